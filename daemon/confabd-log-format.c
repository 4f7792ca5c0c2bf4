/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-log"

#include "config.h"

#include <string.h>

#include "confab-redact.h"
#include "confab-time.h"
#include "confabd-json-text.h"
#include "confabd-log-format.h"

/*
 * How a message looks once it is written, and what of each field may be.
 */

typedef enum {
  FIELD_OURS,   /* made by the daemon itself: as it is */
  FIELD_SECRET, /* whatever is in it stays out */
  FIELD_TEXT,   /* others had a hand in it */
} FieldKind;

/* Parts of names that say what a value is, whoever logs it. */
static const char *const secret_parts[] = { "AUTHORIZATION", "COOKIE", "CREDENTIAL", "DSN", "EMAIL",
                                            "PASSWORD",      "SECRET", "TOKEN",      "_KEY" };

static FieldKind
get_kind (const char *key)
{
  static const char *const ours[] = { "REQUEST_ID", "TRACE_ID", "JOB_ID", NULL };

  if (g_strv_contains (ours, key))
    return FIELD_OURS;
  for (gsize i = 0; i < G_N_ELEMENTS (secret_parts); i++) {
    if (strstr (key, secret_parts[i]) != NULL)
      return FIELD_SECRET;
  }
  return FIELD_TEXT;
}

/**
 * confabd_log_get_level_name:
 * @level: of a message
 *
 * Returns: (transfer none): such as "warning"
 */
const char *
confabd_log_get_level_name (GLogLevelFlags level)
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

/**
 * confabd_log_find_text:
 * @fields: (array length=n_fields): of a message
 * @n_fields: how many
 * @key: which
 *
 * Values with a length are bytes, not text; none of ours are.
 *
 * Returns: (transfer none) (nullable): the value
 */
const char *
confabd_log_find_text (const GLogField *fields, gsize n_fields, const char *key)
{
  for (gsize i = 0; i < n_fields; i++) {
    if (g_str_equal (fields[i].key, key) && fields[i].length < 0)
      return fields[i].value;
  }
  return NULL;
}

/**
 * confabd_log_is_plain:
 * @key: of a field
 *
 * Returns: whether every message has it, or it is for people who read the source
 */
gboolean
confabd_log_is_plain (const char *key)
{
  static const char *const plain[] = { "MESSAGE",   "PRIORITY",  "GLIB_DOMAIN",      "CODE_FILE",
                                       "CODE_LINE", "CODE_FUNC", "GLIB_OLD_LOG_API", NULL };

  return g_strv_contains (plain, key);
}

/**
 * confabd_log_redact_field:
 * @key: of a field, in capitals
 * @value: its text
 *
 * Returns: (transfer full): what a log may hold of it, UTF-8
 */
char *
confabd_log_redact_field (const char *key, const char *value)
{
  switch (get_kind (key)) {
  case FIELD_OURS:
    return g_strdup (value);
  case FIELD_SECRET:
    return g_strdup ("[secret]");
  case FIELD_TEXT:
  default:
    return confab_redact_text (value);
  }
}

/* A line stays a line, whatever a stranger wrote. */
static void
append_line (GString *line, const char *key, const char *value)
{
  g_autofree char *redacted = confabd_log_redact_field (key, value);

  for (const char *p = redacted; *p != '\0'; p++)
    g_string_append_c (line, g_ascii_iscntrl (*p) ? ' ' : *p);
}

/**
 * confabd_log_format_text:
 * @level: of the message
 * @fields: (array length=n_fields): of the message
 * @n_fields: how many
 * @now: when it is written
 *
 * Makes `TIME LEVEL DOMAIN: MESSAGE (KEY=value …)` of a message, redacted.
 *
 * Returns: (transfer full): one line, without its end
 */
char *
confabd_log_format_text (GLogLevelFlags level,
                         const GLogField *fields,
                         gsize n_fields,
                         GDateTime *now)
{
  g_autofree char *time = confab_time_format (now);
  const char *domain = confabd_log_find_text (fields, n_fields, "GLIB_DOMAIN");
  const char *message = confabd_log_find_text (fields, n_fields, "MESSAGE");
  GString *line = g_string_new (time);
  const char *separator = " (";

  g_string_append_printf (line, " %s %s: ", confabd_log_get_level_name (level),
                          domain != NULL ? domain : "confabd");
  append_line (line, "MESSAGE", message != NULL ? message : "");
  for (gsize i = 0; i < n_fields; i++) {
    if (fields[i].length < 0 && !confabd_log_is_plain (fields[i].key)) {
      g_string_append_printf (line, "%s%s=", separator, fields[i].key);
      append_line (line, fields[i].key, fields[i].value);
      separator = " ";
    }
  }
  if (separator[1] == '\0')
    g_string_append_c (line, ')');
  return g_string_free (line, FALSE);
}

static void
append_field (GString *json, const GLogField *field)
{
  g_autofree char *name = g_ascii_strdown (field->key, -1);
  g_autofree char *value = confabd_log_redact_field (field->key, field->value);

  confabd_json_text_append_member (json, name, value);
}

/**
 * confabd_log_format_json:
 * @level: of the message
 * @fields: (array length=n_fields): of the message
 * @n_fields: how many
 * @now: when it is written
 *
 * Makes one object of a message, redacted: `time`, `level`, `domain`, `message`, and each other
 * field under its name in small letters.
 *
 * Returns: (transfer full): one line, without its end
 */
char *
confabd_log_format_json (GLogLevelFlags level,
                         const GLogField *fields,
                         gsize n_fields,
                         GDateTime *now)
{
  g_autofree char *time = confab_time_format (now);
  const char *domain = confabd_log_find_text (fields, n_fields, "GLIB_DOMAIN");
  const char *message = confabd_log_find_text (fields, n_fields, "MESSAGE");
  g_autofree char *redacted = confabd_log_redact_field ("MESSAGE", message != NULL ? message : "");
  GString *json = g_string_new ("{");

  confabd_json_text_append_member (json, "time", time);
  confabd_json_text_append_member (json, "level", confabd_log_get_level_name (level));
  confabd_json_text_append_member (json, "domain", domain != NULL ? domain : "confabd");
  confabd_json_text_append_member (json, "message", redacted);
  for (gsize i = 0; i < n_fields; i++) {
    if (fields[i].length < 0 && !confabd_log_is_plain (fields[i].key))
      append_field (json, &fields[i]);
  }
  g_string_append_c (json, '}');
  return g_string_free (json, FALSE);
}
