/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How the two ends of one connection come to their safety code: the offer commits to a nonce, the
 * answer brings the other nonce, and only then the first one is revealed. Engine's context. */
typedef struct _ConfabAudioSafety ConfabAudioSafety;

ConfabAudioSafety *confab_audio_safety_new (const char *commitment);
void confab_audio_safety_free (ConfabAudioSafety *self);

const char *confab_audio_safety_get_opening (ConfabAudioSafety *self);
gboolean confab_audio_safety_take_answer (ConfabAudioSafety *self, const char *nonce);
const char *confab_audio_safety_get_nonce (ConfabAudioSafety *self);
gboolean confab_audio_safety_take_reveal (ConfabAudioSafety *self,
                                          const char *nonce,
                                          GError **error);
void confab_audio_safety_set_certificates (ConfabAudioSafety *self,
                                           const char *ours,
                                           const char *theirs);
const char *confab_audio_safety_get_certificates (ConfabAudioSafety *self);
char *confab_audio_safety_dup_code (ConfabAudioSafety *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabAudioSafety, confab_audio_safety_free)

G_END_DECLS
