/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-cli"

#include "config.h"

#include <glib-unix.h>

#include "confab-cli-entry.h"
#include "confab-cli-join.h"
#include "confab-cli-printer.h"
#include "confab-conference.h"
#include "confab-error.h"
#include "confab-join-link.h"

#define STATS_S 1
#define PLAYED_TAIL_MS                                                                        \
  500                   /* what was sent last is still on its way, and in the others' buffers \
                         */
#define GOODBYE_MS 1000 /* for the last message to go out */

/* One stay from the command line. */
typedef struct {
  const ConfabCliOptions *options; /* (unowned) */
  GMainLoop *loop;                 /* (owned) */
  GCancellable *cancellable;       /* (owned) of what comes before the call */
  ConfabCliPrinter *printer;       /* (owned) */
  ConfabJoinLink *link;            /* (owned) (nullable) */
  ConfabSession *session;          /* (owned) (nullable) */
  ConfabAudioEngine *engine;       /* (owned) (nullable) */
  ConfabConference *conference;    /* (owned) (nullable) from being admitted on */
  guint stats_timer;
  guint end_timer; /* the duration, then the tail of what was played */
  guint press_source;
  guint release_source;
  guint interrupt_source;
  guint terminate_source;
  gboolean is_in; /* joined was printed, left was not */
  gboolean is_over;
  gboolean is_played;    /* the file has been begun for somebody to hear */
  char *recording_error; /* (owned) (nullable) why the recording is not whole */
  int exit_code;
} Stay;

static void
stay_clear (Stay *self)
{
  g_clear_handle_id (&self->stats_timer, g_source_remove);
  g_clear_handle_id (&self->end_timer, g_source_remove);
  g_clear_handle_id (&self->press_source, g_source_remove);
  g_clear_handle_id (&self->release_source, g_source_remove);
  g_clear_handle_id (&self->interrupt_source, g_source_remove);
  g_clear_handle_id (&self->terminate_source, g_source_remove);
  g_clear_object (&self->conference);
  g_clear_object (&self->engine);
  g_clear_object (&self->session);
  g_clear_pointer (&self->link, confab_join_link_unref);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->printer, confab_cli_printer_free);
  g_clear_pointer (&self->loop, g_main_loop_unref);
  g_free (self->recording_error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Stay, stay_clear)

static void
dump_pipelines (Stay *self)
{
  g_autoptr (GError) error = NULL;

  if (self->options->dump_folder != NULL &&
      !confab_audio_engine_dump_dot (self->engine, self->options->dump_folder, &error))
    confab_cli_complain (error->message);
}

/* --- the end --- */

static void
end (Stay *self, const char *reason, int exit_code)
{
  if (self->is_over)
    return;
  self->is_over = TRUE;
  self->exit_code = exit_code;
  g_clear_handle_id (&self->stats_timer, g_source_remove);
  g_clear_handle_id (&self->end_timer, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  if (self->is_in)
    dump_pipelines (self);
  if (self->conference != NULL)
    confab_conference_leave (self->conference);
  if (self->is_in)
    confab_cli_printer_print (self->printer, confab_cli_event_left (reason));
  self->is_in = FALSE;
  g_main_loop_quit (self->loop);
}

static void
end_with_error (Stay *self, const char *reason, const GError *error)
{
  if (self->is_over)
    return;
  end (self, reason, 1);
  confab_cli_complain (error->message);
}

static void
print (Stay *self, ConfabCliEvent event)
{
  g_autoptr (GError) error = NULL;

  if (confab_cli_printer_print (self->printer, event))
    return;
  error =
      g_error_new_literal (CONFAB_ERROR, CONFAB_ERROR_FAILED, "Nobody reads what happens any more");
  end_with_error (self, "left", error);
}

static gboolean
on_interrupted (gpointer user_data)
{
  end (user_data, "left", 0);
  return G_SOURCE_CONTINUE;
}

/* The key of push-to-talk, for scripts. */
static gboolean
on_key_pressed (gpointer user_data)
{
  confab_audio_engine_start_talking (((Stay *) user_data)->engine);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_key_released (gpointer user_data)
{
  confab_audio_engine_stop_talking (((Stay *) user_data)->engine);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_duration_over (gpointer user_data)
{
  Stay *self = user_data;

  self->end_timer = 0;
  end (self, "duration", 0);
  return G_SOURCE_REMOVE;
}

static gboolean
on_tail_over (gpointer user_data)
{
  Stay *self = user_data;

  self->end_timer = 0;
  end (self, "played", 0);
  return G_SOURCE_REMOVE;
}

/* --- in the call --- */

static gboolean
on_stats (gpointer user_data)
{
  Stay *self = user_data;
  ConfabLiveCall *call = confab_conference_get_call (self->conference);
  g_autoptr (GArray) peers = g_array_new (FALSE, TRUE, sizeof (ConfabCliPeer));
  guint n = g_list_model_get_n_items (G_LIST_MODEL (call));

  for (guint i = 0; i < n; i++) {
    g_autoptr (ConfabLiveParticipant) participant = g_list_model_get_item (G_LIST_MODEL (call), i);
    ConfabCliPeer peer = { .id = confab_live_participant_get_id (participant) };

    if (confab_live_participant_get_is_self (participant))
      continue;
    peer.level_dbov = confab_audio_engine_get_peer_level (self->engine, peer.id, NULL);
    peer.is_connected = confab_audio_engine_get_peer_stats (self->engine, peer.id, &peer.stats);
    g_array_append_val (peers, peer);
  }
  print (self, confab_cli_event_stats (confab_live_call_get_elapsed_s (call),
                                       confab_audio_engine_get_input_level (self->engine, NULL),
                                       (ConfabCliPeer *) (gpointer) peers->data, peers->len));
  return self->is_over ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

static void
on_participant_changed (ConfabLiveParticipant *participant, GParamSpec *pspec, Stay *self)
{
  ConfabParticipant *value = confab_live_participant_get_participant (participant);

  if (!self->is_over && confab_participant_get_left_at (value) == NULL)
    print (self, confab_cli_event_participant ("participant-updated", participant));
}

static void
on_recording_changed (ConfabLiveParticipant *participant, GParamSpec *pspec, Stay *self)
{
  if (!self->is_over)
    print (self, confab_cli_event_recording (participant));
}

static void
watch_participant (Stay *self, ConfabLiveParticipant *participant)
{
  g_signal_connect (participant, "notify::recording", G_CALLBACK (on_recording_changed), self);
  if (!confab_live_participant_get_is_self (participant))
    g_signal_connect (participant, "notify::participant", G_CALLBACK (on_participant_changed),
                      self);
}

static void
on_joined (ConfabLiveCall *call, Stay *self)
{
  gboolean is_first = !self->is_in;
  guint n = g_list_model_get_n_items (G_LIST_MODEL (call));

  self->is_in = TRUE;
  print (self, confab_cli_event_joined (call));
  for (guint i = 0; i < n; i++) {
    g_autoptr (ConfabLiveParticipant) participant = g_list_model_get_item (G_LIST_MODEL (call), i);

    watch_participant (self, participant);
  }
  if (self->options->record_path != NULL)
    confab_conference_record_hearing (self->conference);
  if (!is_first || self->is_over)
    return;
  if (self->options->record_folder != NULL)
    confab_conference_record (self->conference, self->options->record_folder);
  self->stats_timer = g_timeout_add_seconds (STATS_S, on_stats, self);
  if (self->options->duration_us > 0)
    self->end_timer =
        g_timeout_add ((guint) (self->options->duration_us / 1000), on_duration_over, self);
}

static void
on_participant_joined (ConfabLiveCall *call, ConfabLiveParticipant *participant, Stay *self)
{
  watch_participant (self, participant);
  print (self, confab_cli_event_participant ("participant-joined", participant));
}

static void
on_participant_left (ConfabLiveCall *call, ConfabLiveParticipant *participant, Stay *self)
{
  g_signal_handlers_disconnect_by_data (participant, self);
  print (self, confab_cli_event_participant ("participant-left", participant));
}

static void
on_reconnecting (ConfabLiveCall *call, const GError *error, Stay *self)
{
  print (self, confab_cli_event_error ("reconnecting", error));
}

static void
on_refused (ConfabLiveCall *call, const GError *error, Stay *self)
{
  if ((self->options->record_folder != NULL || self->options->record_path != NULL) &&
      g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED))
    end_with_error (self, "left", error);
}

static void
on_ended (ConfabLiveCall *call, const char *reason, Stay *self)
{
  end (self, reason, 0);
}

static void
on_failed (ConfabLiveCall *call, const GError *error, Stay *self)
{
  end_with_error (self, "lost", error);
}

/* The file begins when there is somebody to hear it. */
static void
on_first_audio (ConfabConference *conference,
                ConfabLiveParticipant *participant,
                guint ms_since_join,
                Stay *self)
{
  print (self, confab_cli_event_first_audio (participant, ms_since_join));
  dump_pipelines (self);
  if (self->options->play_path == NULL || self->is_played)
    return;
  self->is_played = TRUE;
  confab_audio_engine_restart_source (self->engine);
}

static void
on_safety_code (ConfabConference *conference,
                ConfabLiveParticipant *participant,
                gboolean has_changed,
                Stay *self)
{
  print (self, confab_cli_event_safety_code (participant, has_changed));
}

static void
on_peer_failed (ConfabConference *conference,
                ConfabLiveParticipant *participant,
                const GError *error,
                Stay *self)
{
  print (self, confab_cli_event_peer_failed (participant, error));
}

static void
on_audio_problem (ConfabConference *conference, const GError *error, Stay *self)
{
  print (self, confab_cli_event_error ("audio-problem", error));
}

static void
on_relay_problem (ConfabConference *conference, const GError *error, Stay *self)
{
  print (self, confab_cli_event_error ("relay-problem", error));
}

static void
on_audio_recovered (ConfabConference *conference, Stay *self)
{
  print (self, confab_cli_event_plain ("audio-recovered", "Sound works again"));
}

static void
on_talking_while_muted (ConfabAudioEngine *engine, Stay *self)
{
  if (!self->is_over)
    print (self, confab_cli_event_plain ("talking-while-muted",
                                         "You are talking, but you are muted: nobody hears you"));
}

/* Also after the conference has ended, when the last samples find the disk full. */
static void
on_device_problem (ConfabAudioEngine *engine, const GError *error, Stay *self)
{
  if (g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_BAD_FILE) && self->recording_error == NULL)
    self->recording_error = g_strdup (error->message);
}

static void
on_echo (ConfabAudioEngine *engine, gboolean is_heard, Stay *self)
{
  if (is_heard)
    print (self, confab_cli_event_plain ("echo", "The others hear themselves: the echo of this "
                                                 "microphone cannot be taken out"));
  else
    print (self,
           confab_cli_event_plain ("echo-gone", "The others do not hear themselves any more"));
}

static void
on_realtime_refused (ConfabAudioEngine *engine, const GError *error, Stay *self)
{
  if (!self->is_over)
    print (self, confab_cli_event_error ("realtime-refused", error));
}

static void
on_source_ended (ConfabAudioEngine *engine, Stay *self)
{
  const ConfabCliOptions *options = self->options;

  if (!self->is_played || options->duration_us > 0 || options->record_path != NULL || self->is_over)
    return;
  self->end_timer = g_timeout_add (PLAYED_TAIL_MS, on_tail_over, self);
}

/* --- on the way into the call --- */

static void
begin_conference (Stay *self, ConfabCall *call, const char *link)
{
  g_autoptr (ConfabLiveCall) live = confab_live_call_new (self->session, call, link, "confab-cli");
  g_autoptr (GError) error = NULL;

  self->conference = confab_conference_new (live, self->engine);
  g_signal_connect (live, "joined", G_CALLBACK (on_joined), self);
  g_signal_connect (live, "participant-joined", G_CALLBACK (on_participant_joined), self);
  g_signal_connect (live, "participant-left", G_CALLBACK (on_participant_left), self);
  g_signal_connect (live, "reconnecting", G_CALLBACK (on_reconnecting), self);
  g_signal_connect (live, "refused", G_CALLBACK (on_refused), self);
  g_signal_connect (live, "ended", G_CALLBACK (on_ended), self);
  g_signal_connect (live, "failed", G_CALLBACK (on_failed), self);
  g_signal_connect (self->conference, "first-audio", G_CALLBACK (on_first_audio), self);
  g_signal_connect (self->conference, "peer-failed", G_CALLBACK (on_peer_failed), self);
  g_signal_connect (self->conference, "safety-code", G_CALLBACK (on_safety_code), self);
  g_signal_connect (self->conference, "relay-problem", G_CALLBACK (on_relay_problem), self);
  g_signal_connect (self->conference, "audio-problem", G_CALLBACK (on_audio_problem), self);
  g_signal_connect (self->conference, "audio-recovered", G_CALLBACK (on_audio_recovered), self);
  confab_conference_set_muted (self->conference, self->options->is_muted);
  if (!confab_conference_start (self->conference, &error))
    end_with_error (self, "failed", error);
}

static void
on_admitted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Stay *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *link = NULL;
  g_autoptr (ConfabCall) call = confab_client_join_call_finish (
      confab_session_get_client (self->session), result, &link, &error);

  if (call == NULL)
    end_with_error (self, "failed", error);
  else if (!self->is_over)
    begin_conference (self, call, link);
}

static void
on_signed_in (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Stay *self = user_data;
  g_autoptr (GError) error = NULL;

  if (!confab_cli_entry_finish (self->session, result, &error))
    end_with_error (self, "failed", error);
  else if (!self->is_over)
    confab_client_join_call_async (
        confab_session_get_client (self->session), confab_join_link_get_code (self->link),
        confab_join_link_get_secret (self->link), self->cancellable, on_admitted, self);
}

static gboolean
make_session (Stay *self, GError **error)
{
  g_autoptr (ConfabClient) client = NULL;
  const char *server = NULL;

  self->link = confab_join_link_parse (self->options->link, error);
  if (self->link == NULL)
    return FALSE;
  server = confab_join_link_get_server (self->link);
  if (server == NULL)
    server = self->options->server;
  if (server == NULL) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST,
                 "“%s” does not say on which server: say --server URL", self->options->link);
    return FALSE;
  }
  client = confab_client_new (server, error);
  if (client == NULL)
    return FALSE;
  self->session = confab_session_new (client, NULL);
  return TRUE;
}

static const char *
get_device (const char *option)
{
  return *option != '\0' ? option : NULL;
}

static gboolean
make_engine (Stay *self, GError **error)
{
  const ConfabCliOptions *options = self->options;

  self->engine = confab_audio_engine_new ();
  confab_audio_engine_set_talk_mode (self->engine, options->talk_mode);
  self->press_source = g_unix_signal_add (SIGUSR1, on_key_pressed, self);
  self->release_source = g_unix_signal_add (SIGUSR2, on_key_released, self);
  g_signal_connect (self->engine, "talking-while-muted", G_CALLBACK (on_talking_while_muted), self);
  g_signal_connect (self->engine, "source-ended", G_CALLBACK (on_source_ended), self);
  g_signal_connect (self->engine, "device-problem", G_CALLBACK (on_device_problem), self);
  g_signal_connect (self->engine, "echo", G_CALLBACK (on_echo), self);
  confab_cli_voice_options_apply (&options->voice, self->engine);
  g_signal_connect (self->engine, "realtime-refused", G_CALLBACK (on_realtime_refused), self);
  confab_audio_engine_set_relay_only (self->engine, options->is_relay_only);
  confab_audio_engine_set_source_silence (self->engine);
  if (options->is_echo)
    confab_audio_engine_set_source_echo (self->engine);
  if (options->microphone != NULL)
    confab_audio_engine_set_source_device (self->engine, get_device (options->microphone));
  if (options->speaker != NULL)
    confab_audio_engine_set_sink_device (self->engine, get_device (options->speaker));
  else
    confab_audio_engine_set_sink_null (self->engine);
  if (options->play_path != NULL &&
      !confab_audio_engine_set_source_file (self->engine, options->play_path, options->is_looping,
                                            error))
    return FALSE;
  confab_audio_engine_hold_source (self->engine);
  confab_audio_engine_hold_recording (self->engine, TRUE);
  return options->record_path == NULL ||
         confab_audio_engine_set_record_path (self->engine, options->record_path, error);
}

/* What the end has to say to the server goes out while the loop still turns. */
static void
say_goodbye (Stay *self)
{
  gint64 until_us = g_get_monotonic_time () + GOODBYE_MS * 1000;

  while (g_main_context_pending (NULL) && g_get_monotonic_time () < until_us)
    g_main_context_iteration (NULL, FALSE);
}

/**
 * confab_cli_join:
 * @options: of the command “join”
 *
 * Joins, prints what happens and stays until it is over: the duration, a signal, the end of the
 * file or of the call.
 *
 * Returns: 0 after a clean end; 1 when it was refused, lost or failed, or the recording is not
 * whole, which was said on standard error
 */
int
confab_cli_join (const ConfabCliOptions *options)
{
  g_auto (Stay) self = { .options = options };
  g_autoptr (GError) error = NULL;

  self.loop = g_main_loop_new (NULL, FALSE);
  self.cancellable = g_cancellable_new ();
  self.printer = confab_cli_printer_new (options->is_json);
  self.interrupt_source = g_unix_signal_add (SIGINT, on_interrupted, &self);
  self.terminate_source = g_unix_signal_add (SIGTERM, on_interrupted, &self);
  if (!make_session (&self, &error) || !make_engine (&self, &error)) {
    confab_cli_complain (error->message);
    return 1;
  }
  if (!confab_cli_entry_begin (self.session, options, self.cancellable, on_signed_in, &self,
                               &error)) {
    confab_cli_complain (error->message);
    return 1;
  }
  g_main_loop_run (self.loop);
  say_goodbye (&self);
  confab_cli_entry_leave (self.session);
  if (self.recording_error != NULL && self.exit_code == 0) {
    confab_cli_complain (self.recording_error);
    return 1;
  }
  return self.exit_code;
}
