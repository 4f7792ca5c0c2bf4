/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-log"

#include "config.h"

#include <stdio.h>
#include <string.h>

#include "confabd-log-format.h"
#include "confabd-log.h"
#include "confabd-trace.h"

#define TRACE_FIELDS 2

/* (atomic) The graver a level, the lower its bit. */
static gint least_level = G_LOG_LEVEL_MESSAGE;
/* (atomic) */
static gint chosen_format = CONFABD_LOG_AUTO;

static GMutex listener_mutex;
static ConfabdLogListener listener = NULL;
static gpointer listener_data = NULL;

static GLogWriterOutput
write_journal (GLogLevelFlags level, const GLogField *fields, gsize n_fields)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  g_autofree GLogField *redacted = g_memdup2 (fields, n_fields * sizeof *fields);

  for (gsize i = 0; i < n_fields; i++) {
    if (fields[i].length < 0 &&
        (!confabd_log_is_plain (fields[i].key) || g_str_equal (fields[i].key, "MESSAGE"))) {
      char *text = confabd_log_redact_field (fields[i].key, fields[i].value);

      g_ptr_array_add (texts, text);
      redacted[i].value = text;
    }
  }
  return g_log_writer_journald (level, redacted, n_fields, NULL);
}

static GLogWriterOutput
write_stderr (GLogLevelFlags level,
              const GLogField *fields,
              gsize n_fields,
              ConfabdLogFormat format)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *line = format == CONFABD_LOG_JSON
                              ? confabd_log_format_json (level, fields, n_fields, now)
                              : confabd_log_format_text (level, fields, n_fields, now);

  /* One call, so that the lines of two threads do not mix. */
  return fprintf (stderr, "%s\n", line) < 0 ? G_LOG_WRITER_UNHANDLED : G_LOG_WRITER_HANDLED;
}

static GLogWriterOutput
write_out (GLogLevelFlags level, const GLogField *fields, gsize n_fields)
{
  ConfabdLogFormat format = (ConfabdLogFormat) g_atomic_int_get (&chosen_format);
  gboolean wants_journal =
      format == CONFABD_LOG_JOURNALD ||
      (format == CONFABD_LOG_AUTO && g_log_writer_is_journald (fileno (stderr)));

  if (wants_journal && write_journal (level, fields, n_fields) == G_LOG_WRITER_HANDLED)
    return G_LOG_WRITER_HANDLED;
  return write_stderr (level, fields, n_fields, format);
}

static void
tell_listener (GLogLevelFlags level, const GLogField *fields, gsize n_fields)
{
  if ((level & G_LOG_LEVEL_MASK) > G_LOG_LEVEL_WARNING)
    return;
  g_mutex_lock (&listener_mutex);
  if (listener != NULL)
    listener (level, fields, n_fields, listener_data);
  g_mutex_unlock (&listener_mutex);
}

/* On whose behalf the thread works is beside each of its lines. */
static GLogField *
add_trace (const GLogField *fields, gsize n_fields, ConfabdTrace *trace)
{
  GLogField *all = g_new (GLogField, n_fields + TRACE_FIELDS);

  memcpy (all, fields, n_fields * sizeof *fields);
  all[n_fields] = (GLogField){ "REQUEST_ID", confabd_trace_get_request_id (trace), -1 };
  all[n_fields + 1] = (GLogField){ "TRACE_ID", confabd_trace_get_trace_id (trace), -1 };
  return all;
}

/**
 * confabd_log_wants:
 * @level: of a message
 *
 * For those who would say much that nobody hears. From any thread.
 *
 * Returns: whether confabd_log_writer() writes it
 */
gboolean
confabd_log_wants (GLogLevelFlags level)
{
  return level <= (GLogLevelFlags) g_atomic_int_get (&least_level);
}

/**
 * confabd_log_writer:
 *
 * A #GLogWriterFunc. Takes out of each message what a log must not hold. Safe to call from any
 * thread.
 */
GLogWriterOutput
confabd_log_writer (GLogLevelFlags level,
                    const GLogField *fields,
                    gsize n_fields,
                    gpointer user_data)
{
  ConfabdTrace *trace = confabd_trace_get_current ();
  g_autofree GLogField *all = NULL;
  GLogWriterOutput output;

  if (!confabd_log_wants (level & G_LOG_LEVEL_MASK))
    return G_LOG_WRITER_HANDLED;
  if (trace != NULL) {
    fields = all = add_trace (fields, n_fields, trace);
    n_fields += TRACE_FIELDS;
  }
  output = write_out (level, fields, n_fields);
  tell_listener (level, fields, n_fields);
  return output;
}

/**
 * confabd_log_install:
 *
 * Makes confabd_log_writer() write what this process logs. To be called once, first of all.
 */
void
confabd_log_install (void)
{
  g_log_set_writer_func (confabd_log_writer, NULL, NULL);
}

/**
 * confabd_log_set_level:
 * @level: the least that is written: %G_LOG_LEVEL_MESSAGE at first
 */
void
confabd_log_set_level (GLogLevelFlags level)
{
  g_atomic_int_set (&least_level, (gint) level);
}

/**
 * confabd_log_set_format:
 * @format: how it is written, and where to: %CONFABD_LOG_AUTO at first
 *
 * A journal that cannot be reached is no reason to lose a line: it goes to standard error then.
 */
void
confabd_log_set_format (ConfabdLogFormat format)
{
  g_atomic_int_set (&chosen_format, (gint) format);
}

/**
 * confabd_log_set_listener:
 * @func: (nullable): who is told of warnings and worse
 * @user_data: for @func
 */
void
confabd_log_set_listener (ConfabdLogListener func, gpointer user_data)
{
  g_mutex_lock (&listener_mutex);
  listener = func;
  listener_data = user_data;
  g_mutex_unlock (&listener_mutex);
}
