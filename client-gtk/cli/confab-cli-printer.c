/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-cli"

#include "config.h"

#include <stdio.h>
#include <string.h>

#include "confab-audio-safety-code.h"
#include "confab-cli-printer.h"
#include "confab-cli-stats.h"
#include "confab-codec.h"
#include "confab-error.h"
#include "confab-wire-model.h"

struct _ConfabCliPrinter {
  gboolean is_json;
};

/**
 * confab_cli_printer_new:
 * @is_json: one JSON object a line instead of sentences
 *
 * Returns: (transfer full): a printer to standard output
 */
ConfabCliPrinter *
confab_cli_printer_new (gboolean is_json)
{
  ConfabCliPrinter *self = g_new0 (ConfabCliPrinter, 1);

  self->is_json = is_json;
  return self;
}

void
confab_cli_printer_free (ConfabCliPrinter *self)
{
  g_free (self);
}

/* Names come from others: what would move the cursor or begin another line does not get to the
 * terminal. */
static char *
make_printable (const char *text)
{
  GString *printable = g_string_new (NULL);

  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at)) {
    gunichar character = g_utf8_get_char (at);

    g_string_append_unichar (printable, g_unichar_iscntrl (character) ? ' ' : character);
  }
  return g_string_free (printable, FALSE);
}

static gboolean
put_line (FILE *stream, const char *line, gsize size)
{
  return fwrite (line, 1, size, stream) == size && putc ('\n', stream) != EOF &&
         fflush (stream) == 0;
}

/**
 * confab_cli_printer_print:
 * @event: (transfer full): what happened
 *
 * Prints one line and flushes it. Waits for whoever reads it.
 *
 * Returns: whether somebody still reads
 */
gboolean
confab_cli_printer_print (ConfabCliPrinter *self, ConfabCliEvent event)
{
  g_autoptr (ConfabMessage) message = event.message;
  g_autofree char *sentence = event.sentence;
  g_autofree char *printable = NULL;
  g_autoptr (GBytes) bytes = NULL;
  gsize size = 0;
  const char *line = NULL;

  if (self->is_json) {
    bytes = confab_codec_encode (message);
    line = g_bytes_get_data (bytes, &size);
  } else if (sentence != NULL) {
    line = printable = make_printable (sentence);
    size = strlen (line);
  }
  return line == NULL || put_line (stdout, line, size);
}

/**
 * confab_cli_complain:
 * @sentence: what went wrong
 *
 * Prints one line to standard error, after the name of the program.
 */
void
confab_cli_complain (const char *sentence)
{
  g_autofree char *valid = g_utf8_make_valid (sentence, -1);
  g_autofree char *printable = make_printable (valid);

  fprintf (stderr, "confab-cli: %s\n", g_strchomp (printable));
}

/* --- events --- */

static ConfabCliEvent
make_event (const char *kind, char *sentence)
{
  ConfabMessage *message = confab_message_new (NULL);

  confab_message_set_string (message, "event", kind);
  return (ConfabCliEvent){ .message = message, .sentence = sentence };
}

static ConfabMessage *
describe (ConfabLiveParticipant *participant)
{
  return confab_participant_to_message (confab_live_participant_get_participant (participant));
}

static void
set_participant (ConfabCliEvent *event, ConfabLiveParticipant *participant)
{
  confab_message_set_string (event->message, "participant",
                             confab_live_participant_get_id (participant));
  confab_message_set_string (event->message, "display_name",
                             confab_live_participant_get_display_name (participant));
}

static void
set_error (ConfabCliEvent *event, const GError *error)
{
  const char *code = error->domain == CONFAB_ERROR
                         ? confab_error_get_wire_name ((ConfabError) error->code)
                         : "failed";

  confab_message_set_string (event->message, "code", code);
  confab_message_set_string (event->message, "detail", error->message);
}

ConfabCliEvent
confab_cli_event_joined (ConfabLiveCall *call)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (call));
  const char *title = confab_call_get_title (confab_live_call_get_call (call));
  GPtrArray *participants = g_ptr_array_new_with_free_func ((GDestroyNotify) confab_message_unref);
  GString *names = g_string_new (NULL);
  ConfabCliEvent event = make_event ("joined", NULL);

  for (guint i = 0; i < n; i++) {
    g_autoptr (ConfabLiveParticipant) participant = g_list_model_get_item (G_LIST_MODEL (call), i);

    g_ptr_array_add (participants, describe (participant));
    if (!confab_live_participant_get_is_self (participant))
      g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "",
                              confab_live_participant_get_display_name (participant));
  }
  confab_message_take_object (event.message, "call",
                              confab_call_to_message (confab_live_call_get_call (call)));
  confab_message_set_string (event.message, "link", confab_live_call_get_link (call));
  confab_message_set_string (event.message, "self", confab_live_call_get_self_id (call));
  confab_message_take_list (event.message, "participants", participants);
  event.sentence = g_strdup_printf ("Joined %s%s%s; %s%s", title != NULL ? "“" : "the call",
                                    title != NULL ? title : "", title != NULL ? "”" : "",
                                    n > 1 ? "here: " : "nobody else is here", names->str);
  g_string_free (names, TRUE);
  return event;
}

/* "participant-joined" and "-updated" carry the participant, "-left" the id of one that is none any
 * more. */
ConfabCliEvent
confab_cli_event_participant (const char *kind, ConfabLiveParticipant *participant)
{
  const char *name = confab_live_participant_get_display_name (participant);
  const char *reason =
      confab_participant_get_leave_reason (confab_live_participant_get_participant (participant));
  ConfabCliEvent event = make_event (kind, NULL);

  if (g_str_equal (kind, "participant-left")) {
    set_participant (&event, participant);
    confab_message_set_string (event.message, "reason", reason);
    event.sentence =
        g_strdup_printf (g_strcmp0 (reason, "lost") == 0 ? "%s was lost" : "%s left", name);
    return event;
  }
  confab_message_take_object (event.message, "participant", describe (participant));
  if (g_str_equal (kind, "participant-joined"))
    event.sentence = g_strdup_printf ("%s joined", name);
  else
    event.sentence = g_strdup_printf (
        "%s is %s", name, confab_live_participant_get_muted (participant) ? "muted" : "not muted");
  return event;
}

ConfabCliEvent
confab_cli_event_first_audio (ConfabLiveParticipant *participant, guint ms_since_join)
{
  ConfabCliEvent event = make_event ("first-audio", NULL);

  set_participant (&event, participant);
  confab_message_set_integer (event.message, "ms_since_join", ms_since_join);
  event.sentence =
      g_strdup_printf ("Hearing %s after %u ms",
                       confab_live_participant_get_display_name (participant), ms_since_join);
  return event;
}

/* Programs get the English words, which are the same everywhere; people their own language's. */
ConfabCliEvent
confab_cli_event_safety_code (ConfabLiveParticipant *participant, gboolean has_changed)
{
  const char *code = confab_live_participant_get_safety_code (participant);
  const char *name = confab_live_participant_get_display_name (participant);
  g_autofree char *symbols = confab_audio_safety_code_dup_sentence (code, g_get_language_names ());
  ConfabCliEvent event = make_event ("safety-code", NULL);

  set_participant (&event, participant);
  confab_message_set_string (event.message, "code", code);
  confab_message_set_boolean (event.message, "has_changed", has_changed);
  event.sentence = has_changed
                       ? g_strdup_printf ("The safety code with %s has CHANGED: %s – compare again",
                                          name, symbols)
                       : g_strdup_printf ("Safety code with %s: %s", name, symbols);
  return event;
}

ConfabCliEvent
confab_cli_event_recording (ConfabLiveParticipant *participant)
{
  const char *name = confab_live_participant_get_display_name (participant);
  gboolean is_recording = confab_participant_get_recording_since (
                              confab_live_participant_get_participant (participant)) != NULL;
  ConfabCliEvent event = make_event ("recording", NULL);

  set_participant (&event, participant);
  confab_message_set_boolean (event.message, "is_recording", is_recording);
  event.sentence =
      g_strdup_printf (is_recording ? "%s records this call" : "%s records no more", name);
  return event;
}

ConfabCliEvent
confab_cli_event_peer_failed (ConfabLiveParticipant *participant, const GError *error)
{
  ConfabCliEvent event = make_event ("peer-failed", NULL);

  set_participant (&event, participant);
  set_error (&event, error);
  event.sentence =
      g_strdup_printf ("No sound from and to %s: %s",
                       confab_live_participant_get_display_name (participant), error->message);
  return event;
}

ConfabCliEvent
confab_cli_event_error (const char *kind, const GError *error)
{
  ConfabCliEvent event = make_event (kind, NULL);

  set_error (&event, error);
  event.sentence =
      g_str_equal (kind, "reconnecting")
          ? g_strdup_printf ("The server is gone (%s); trying to come back", error->message)
          : g_strdup_printf ("Sound: %s", error->message);
  return event;
}

/* id: what --mic and --speaker take; name: what people call it */
ConfabCliEvent
confab_cli_event_device (const char *id, const char *name, gboolean is_input)
{
  const char *kind = is_input ? "microphone" : "speaker";
  ConfabCliEvent event = make_event (kind, g_strdup_printf ("%-10s  %s  (%s)", kind, id, name));

  confab_message_set_string (event.message, "id", id);
  confab_message_set_string (event.message, "name", name);
  return event;
}

ConfabCliEvent
confab_cli_event_plain (const char *kind, const char *sentence)
{
  return make_event (kind, g_strdup (sentence));
}

static ConfabMessage *
describe_peer (const ConfabCliPeer *peer)
{
  ConfabMessage *message = confab_message_new (NULL);

  confab_message_set_string (message, "participant", peer->id);
  confab_message_set_boolean (message, "is_connected", peer->is_connected);
  confab_cli_stats_set_tenths (message, "level_dbov", peer->level_dbov);
  if (!peer->is_connected)
    return message;
  confab_cli_stats_describe (message, &peer->stats);
  return message;
}

/* level_dbov: of what we send; n_peers of them. People are spared it. */
ConfabCliEvent
confab_cli_event_stats (guint elapsed_s,
                        double level_dbov,
                        const ConfabCliPeer *peers,
                        guint n_peers)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) confab_message_unref);
  ConfabCliEvent event = make_event ("stats", NULL);

  for (guint i = 0; i < n_peers; i++)
    g_ptr_array_add (list, describe_peer (&peers[i]));
  confab_message_set_integer (event.message, "elapsed_s", elapsed_s);
  confab_cli_stats_set_tenths (event.message, "level_dbov", level_dbov);
  confab_message_take_list (event.message, "peers", list);
  return event;
}

/* reason: why, as the server says it or "left", "played", "duration" */
ConfabCliEvent
confab_cli_event_left (const char *reason)
{
  ConfabCliEvent event = make_event ("left", g_strdup_printf ("Left the call (%s)", reason));

  confab_message_set_string (event.message, "reason", reason);
  return event;
}
