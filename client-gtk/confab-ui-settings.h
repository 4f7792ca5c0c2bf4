/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The keys of data/app.confab.Confab.gschema.xml, where each is described. */
#define CONFAB_UI_KEY_NAME                "name"
#define CONFAB_UI_KEY_INPUT_DEVICE        "input-device"
#define CONFAB_UI_KEY_OUTPUT_DEVICE       "output-device"
#define CONFAB_UI_KEY_DEVICE_DELAY        "device-delay"
#define CONFAB_UI_KEY_ECHO_CANCELLATION   "echo-cancellation"
#define CONFAB_UI_KEY_NOISE_SUPPRESSION   "noise-suppression"
#define CONFAB_UI_KEY_NOISE_GATE          "noise-gate"
#define CONFAB_UI_KEY_AUTOMATIC_GAIN      "automatic-gain"
#define CONFAB_UI_KEY_HIGH_PASS           "high-pass"
#define CONFAB_UI_KEY_TALK_MODE           "talk-mode"
#define CONFAB_UI_KEY_PUSH_TO_TALK_KEY    "push-to-talk-key"
#define CONFAB_UI_KEY_GLOBAL_PUSH_TO_TALK "global-push-to-talk"
#define CONFAB_UI_KEY_VOICE_THRESHOLD     "voice-threshold"
#define CONFAB_UI_KEY_FRAME               "frame"
#define CONFAB_UI_KEY_RELAY_ONLY          "relay-only"
#define CONFAB_UI_KEY_CHIMES              "chimes"
#define CONFAB_UI_KEY_SERVERS             "servers"
#define CONFAB_UI_KEY_CURRENT_SERVER      "current-server"

#define CONFAB_UI_TYPE_SETTINGS (confab_ui_settings_get_type ())
G_DECLARE_FINAL_TYPE (ConfabUiSettings, confab_ui_settings, CONFAB_UI, SETTINGS, GObject)

ConfabUiSettings *confab_ui_settings_new (GError **error);
GSettings *confab_ui_settings_get_store (ConfabUiSettings *self);
const char *confab_ui_settings_get_name (ConfabUiSettings *self);
void confab_ui_settings_set_name (ConfabUiSettings *self, const char *name);

G_END_DECLS
