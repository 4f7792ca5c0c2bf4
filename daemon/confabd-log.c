/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-log"

#include "config.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "confab-redact.h"
#include "confab-time.h"
#include "confabd-log.h"

/* (atomic) The graver a level, the lower its bit. */
static gint least_level = G_LOG_LEVEL_MESSAGE;

static const char *
get_level_name (GLogLevelFlags level)
{
  switch (level & G_LOG_LEVEL_MASK) {
  case G_LOG_LEVEL_ERROR:
    return "error";
  case G_LOG_LEVEL_CRITICAL:
    return "critical";
  case G_LOG_LEVEL_WARNING:
    return "warning";
  case G_LOG_LEVEL_MESSAGE:
    return "message";
  case G_LOG_LEVEL_INFO:
    return "info";
  case G_LOG_LEVEL_DEBUG:
  default:
    return "debug";
  }
}

/* Values with a length are bytes, not text; none of ours are. */
static const char *
find_text (const GLogField *fields, gsize n_fields, const char *key)
{
  for (gsize i = 0; i < n_fields; i++) {
    if (g_str_equal (fields[i].key, key) && fields[i].length < 0) {
      return fields[i].value;
    }
  }
  return NULL;
}

/* What every line has, and what is for people who read the source. */
static gboolean
is_plain (const char *key)
{
  static const char *const plain[] = { "MESSAGE",   "PRIORITY",  "GLIB_DOMAIN",      "CODE_FILE",
                                       "CODE_LINE", "CODE_FUNC", "GLIB_OLD_LOG_API", NULL };

  return g_strv_contains (plain, key);
}

/* A line stays a line, whatever a stranger wrote. */
static void
append_redacted (GString *line, const char *text)
{
  g_autofree char *redacted = confab_redact_text (text);

  for (const char *p = redacted; *p != '\0'; p++) {
    g_string_append_c (line, g_ascii_iscntrl (*p) ? ' ' : *p);
  }
}

/**
 * confabd_log_format:
 * @level: of the message
 * @fields: (array length=n_fields): of the message
 * @now: when it is written
 *
 * Makes `TIME LEVEL DOMAIN: MESSAGE (KEY=value …)` of a message, redacted.
 *
 * Returns: (transfer full): one line, without its end
 */
char *
confabd_log_format (GLogLevelFlags level, const GLogField *fields, gsize n_fields, GDateTime *now)
{
  g_autofree char *time = confab_time_format (now);
  const char *domain = find_text (fields, n_fields, "GLIB_DOMAIN");
  const char *message = find_text (fields, n_fields, "MESSAGE");
  GString *line = g_string_new (time);
  const char *separator = " (";

  g_string_append_printf (line, " %s %s: ", get_level_name (level),
                          domain != NULL ? domain : "confabd");
  append_redacted (line, message != NULL ? message : "");
  for (gsize i = 0; i < n_fields; i++) {
    if (fields[i].length < 0 && !is_plain (fields[i].key)) {
      g_string_append_printf (line, "%s%s=", separator, fields[i].key);
      append_redacted (line, fields[i].value);
      separator = " ";
    }
  }
  if (separator[1] == '\0') {
    g_string_append_c (line, ')');
  }
  return g_string_free (line, FALSE);
}

static GLogWriterOutput
write_journal (GLogLevelFlags level, const GLogField *fields, gsize n_fields)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  g_autofree GLogField *redacted = g_memdup2 (fields, n_fields * sizeof *fields);

  for (gsize i = 0; i < n_fields; i++) {
    if (fields[i].length < 0 &&
        (!is_plain (fields[i].key) || g_str_equal (fields[i].key, "MESSAGE"))) {
      char *text = confab_redact_text (fields[i].value);

      g_ptr_array_add (texts, text);
      redacted[i].value = text;
    }
  }
  return g_log_writer_journald (level, redacted, n_fields, NULL);
}

static GLogWriterOutput
write_stderr (GLogLevelFlags level, const GLogField *fields, gsize n_fields)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *line = confabd_log_format (level, fields, n_fields, now);

  /* One call, so that the lines of two threads do not mix. */
  return fprintf (stderr, "%s\n", line) < 0 ? G_LOG_WRITER_UNHANDLED : G_LOG_WRITER_HANDLED;
}

/**
 * confabd_log_writer:
 *
 * A #GLogWriterFunc: to the journal when standard error goes there, else to standard error. Takes
 * out of each message what a log must not hold. Safe to call from any thread.
 */
GLogWriterOutput
confabd_log_writer (GLogLevelFlags level,
                    const GLogField *fields,
                    gsize n_fields,
                    gpointer user_data)
{
  if ((level & G_LOG_LEVEL_MASK) > (GLogLevelFlags) g_atomic_int_get (&least_level)) {
    return G_LOG_WRITER_HANDLED;
  }
  if (g_log_writer_is_journald (fileno (stderr)) &&
      write_journal (level, fields, n_fields) == G_LOG_WRITER_HANDLED) {
    return G_LOG_WRITER_HANDLED;
  }
  return write_stderr (level, fields, n_fields);
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
