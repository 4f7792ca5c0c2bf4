/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-audio-engine.h"
#include "confab-live-call.h"

G_BEGIN_DECLS

/* A call without a server and an engine without sound, in place of the real ones: what is asked of
 * them is written down, each as one word after another; what they would say is said by the test. */
void fake_begin (void);
/* (transfer none): everything since the last time, until the next */
const char *fake_take_log (void);

ConfabLiveCall *fake_call_new (void);
/* A new stay of "self_id" with these others, as after an outage; ends in "joined". */
void fake_call_join (ConfabLiveCall *call, const char *self_id, const char *const *others);
void fake_call_add (ConfabLiveCall *call, const char *id);
void fake_call_record (ConfabLiveCall *call, const char *id, gboolean is_recording);
void fake_call_drop (ConfabLiveCall *call, const char *id);

void fake_engine_set_fails (ConfabAudioEngine *engine, gboolean fails);
void fake_engine_set_ready (ConfabAudioEngine *engine, gboolean is_ready);
void fake_engine_set_has_source (ConfabAudioEngine *engine, gboolean has_source);

G_END_DECLS
