/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define CONFAB_TYPE_AUDIO_DEVICE (confab_audio_device_get_type ())
G_DECLARE_FINAL_TYPE (ConfabAudioDevice, confab_audio_device, CONFAB, AUDIO_DEVICE, GObject)

/* Properties: id (what set_source_device takes), name (for people), is-input. */
const char *confab_audio_device_get_id (ConfabAudioDevice *self);
const char *confab_audio_device_get_name (ConfabAudioDevice *self);

#define CONFAB_TYPE_AUDIO_DEVICE_LIST (confab_audio_device_list_get_type ())
G_DECLARE_FINAL_TYPE (
    ConfabAudioDeviceList, confab_audio_device_list, CONFAB, AUDIO_DEVICE_LIST, GObject)

/* A live GListModel of the sound server's microphones (inputs) or speakers; empty when no server is
 * there. */
ConfabAudioDeviceList *confab_audio_device_list_new (gboolean inputs);
/* Looks anew: a list does not hear of a sound server that came, or came back, after it was made. */
void confab_audio_device_list_refresh (ConfabAudioDeviceList *self);
/* Whether there was a sound server, at the last look. */
gboolean confab_audio_device_list_has_server (ConfabAudioDeviceList *self);

G_END_DECLS
