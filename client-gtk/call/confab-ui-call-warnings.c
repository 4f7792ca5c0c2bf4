/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-ui-call-warnings"

#include "config.h"

#include <glib/gi18n.h>

#include "confab-error.h"
#include "confab-ui-call-warnings.h"
#include "confab-ui-error.h"

/**
 * ConfabUiCallWarnings:
 *
 * Says on the page what is wrong with the sound of a call, and with whom it is exchanged, until it
 * is right again. For one stay, as long as it lives.
 */
struct _ConfabUiCallWarnings {
  GObject parent_instance;

  ConfabUiCallPage *page;       /* (owned) */
  ConfabConference *conference; /* (owned) */
};

G_DEFINE_FINAL_TYPE (ConfabUiCallWarnings, confab_ui_call_warnings, G_TYPE_OBJECT)

static void
on_peer_failed (ConfabUiCallWarnings *self, ConfabLiveParticipant *participant, const GError *error)
{
  g_autofree char *text = NULL;

  if (!g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_CERTIFICATE_MISMATCH))
    return; /* the tile says it */

  text = g_strdup_printf (
      _ ("Warning: the connection to %s does not lead to them. Somebody may be listening in "
         "between, so no sound is sent to it or played from it."),
      confab_live_participant_get_display_name (participant));
  confab_ui_call_page_set_notice (self->page, CONFAB_UI_NOTICE_TRUST, text);
}

static void
on_safety_code (ConfabUiCallWarnings *self,
                ConfabLiveParticipant *participant,
                gboolean has_changed)
{
  g_autofree char *text = NULL;

  if (!has_changed)
    return;
  text = g_strdup_printf (
      _ ("The safety code with %s has changed. Open their menu and compare the new words."),
      confab_live_participant_get_display_name (participant));
  confab_ui_call_page_set_notice (self->page, CONFAB_UI_NOTICE_TRUST, text);
}

static const char *
describe_audio_problem (ConfabUiCallWarnings *self, const GError *error)
{
  if (!confab_audio_engine_has_source (confab_conference_get_engine (self->conference)))
    return _ ("No microphone works: you are listening only. Choose another one under Devices.");
  if (g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_NO_DEVICE))
    return _ ("No speaker works: you cannot hear the others. Choose another one under Devices.");
  return _ (
      "The sound does not work at the moment. The call goes on, and so do attempts to repair it.");
}

/* A recording that failed is over, and the sound is as good as before. */
static void
on_audio_problem (ConfabUiCallWarnings *self, const GError *error)
{
  if (g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_BAD_FILE))
    confab_ui_call_page_say (
        self->page, _ ("The recording has ended: its files cannot be written. The call goes on."));
  else
    confab_ui_call_page_set_notice (self->page, CONFAB_UI_NOTICE_AUDIO,
                                    describe_audio_problem (self, error));
}

static void
on_relay_problem (ConfabUiCallWarnings *self, const GError *error)
{
  confab_ui_call_page_set_notice (self->page, CONFAB_UI_NOTICE_RELAY,
                                  confab_ui_error_to_sentence (error));
}

static void
on_audio_recovered (ConfabUiCallWarnings *self)
{
  confab_ui_call_page_set_notice (self->page, CONFAB_UI_NOTICE_AUDIO, NULL);
}

static void
on_echo (ConfabUiCallWarnings *self, gboolean is_heard)
{
  confab_ui_call_page_set_notice (
      self->page, CONFAB_UI_NOTICE_ECHO,
      is_heard ? _ ("The others hear themselves through your microphone. Headphones would help.")
               : NULL);
}

static void
confab_ui_call_warnings_dispose (GObject *object)
{
  ConfabUiCallWarnings *self = CONFAB_UI_CALL_WARNINGS (object);

  g_clear_object (&self->page);
  g_clear_object (&self->conference);
  G_OBJECT_CLASS (confab_ui_call_warnings_parent_class)->dispose (object);
}

static void
confab_ui_call_warnings_class_init (ConfabUiCallWarningsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = confab_ui_call_warnings_dispose;
}

static void
confab_ui_call_warnings_init (ConfabUiCallWarnings *self)
{
}

/**
 * confab_ui_call_warnings_new:
 * @page: (transfer none): where to say it
 * @conference: (transfer none): of one stay that has not begun
 *
 * Returns: (transfer full): what warns for as long as it lives
 */
ConfabUiCallWarnings *
confab_ui_call_warnings_new (ConfabUiCallPage *page, ConfabConference *conference)
{
  ConfabUiCallWarnings *self = NULL;

  g_return_val_if_fail (CONFAB_UI_IS_CALL_PAGE (page), NULL);
  g_return_val_if_fail (CONFAB_IS_CONFERENCE (conference), NULL);

  self = g_object_new (CONFAB_UI_TYPE_CALL_WARNINGS, NULL);
  self->page = g_object_ref (page);
  self->conference = g_object_ref (conference);
  g_signal_connect_object (conference, "peer-failed", G_CALLBACK (on_peer_failed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (conference, "safety-code", G_CALLBACK (on_safety_code), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (conference, "relay-problem", G_CALLBACK (on_relay_problem), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (conference, "audio-problem", G_CALLBACK (on_audio_problem), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (conference, "audio-recovered", G_CALLBACK (on_audio_recovered), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (confab_conference_get_engine (conference), "echo", G_CALLBACK (on_echo),
                           self, G_CONNECT_SWAPPED);
  return self;
}
