/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-report"

#include "config.h"

#include "confab-time.h"
#include "confabd-json-text.h"
#include "confabd-log-format.h"
#include "confabd-report.h"
#include "confabd-stack.h"

/*
 * How a report is written: an envelope with one event in it.
 */

#define EVENT_ID_SIZE 32

static void
make_event_id (char id[EVENT_ID_SIZE + 1])
{
  for (guint i = 0; i < EVENT_ID_SIZE; i += 8)
    g_snprintf (id + i, 9, "%08x", g_random_int ());
}

static void
append_member (GString *json, const char *name, const char *key, const char *value)
{
  g_autofree char *redacted = confabd_log_redact_field (key, value);

  confabd_json_text_append_member (json, name, redacted);
}

static void
append_frame (GString *json, const ConfabdFrame *frame)
{
  if (json->str[json->len - 1] == '}')
    g_string_append_c (json, ',');
  g_string_append_c (json, '{');
  confabd_json_text_append_member (json, "instruction_addr", frame->address);
  if (frame->function != NULL)
    confabd_json_text_append_member (json, "function", frame->function);
  if (frame->module != NULL)
    confabd_json_text_append_member (json, "package", frame->module);
  g_string_append_c (json, '}');
}

/* The outermost call first, as the format wants it. */
static void
append_stack (GString *json, GPtrArray *stack)
{
  g_string_append (json,
                   ",\"threads\":{\"values\":[{\"current\":true,\"stacktrace\":{\"frames\":[");
  for (guint i = stack->len; i > 0; i--)
    append_frame (json, stack->pdata[i - 1]);
  g_string_append (json, "]}}]}");
}

static void
append_fields (GString *json, const ConfabdReport *self)
{
  g_string_append (json, ",\"tags\":{");
  for (gsize i = 0; i < self->n_fields; i++) {
    if (self->fields[i].length < 0 && !confabd_log_is_plain (self->fields[i].key)) {
      g_autofree char *name = g_ascii_strdown (self->fields[i].key, -1);

      append_member (json, name, self->fields[i].key, self->fields[i].value);
    }
  }
  g_string_append_c (json, '}');
}

static GString *
render_event (const ConfabdReport *self, const char *id, const char *time)
{
  const char *domain = confabd_log_find_text (self->fields, self->n_fields, "GLIB_DOMAIN");
  const char *message = confabd_log_find_text (self->fields, self->n_fields, "MESSAGE");
  GString *json = g_string_new ("{");

  confabd_json_text_append_member (json, "event_id", id);
  confabd_json_text_append_member (json, "timestamp", time);
  confabd_json_text_append_member (json, "platform", "native");
  confabd_json_text_append_member (json, "level", self->level);
  confabd_json_text_append_member (json, "logger", domain != NULL ? domain : "confabd");
  confabd_json_text_append_member (json, "release", "confabd@" CONFAB_VERSION);
  confabd_json_text_append_member (json, "environment", self->environment);
  g_string_append (json, ",\"message\":{");
  append_member (json, "formatted", "MESSAGE", message != NULL ? message : "");
  g_string_append_c (json, '}');
  append_fields (json, self);
  if (self->stack->len > 0)
    append_stack (json, self->stack);
  g_string_append_c (json, '}');
  return json;
}

/**
 * confabd_report_render:
 * @self: what went wrong
 * @now: when
 *
 * Writes it as it is sent, redacted as in the log. Safe to call from any thread.
 * Source: Sentry's developer documentation, “Envelopes” and “Event payloads”.
 *
 * Returns: (transfer full): of the type `application/x-sentry-envelope`
 */
GBytes *
confabd_report_render (const ConfabdReport *self, GDateTime *now)
{
  g_autofree char *time = confab_time_format (now);
  char id[EVENT_ID_SIZE + 1];
  g_autoptr (GString) event = NULL;
  GString *envelope = g_string_new ("{");

  make_event_id (id);
  event = render_event (self, id, time);
  confabd_json_text_append_member (envelope, "event_id", id);
  confabd_json_text_append_member (envelope, "sent_at", time);
  g_string_append_printf (envelope, "}\n{\"type\":\"event\",\"length\":%" G_GSIZE_FORMAT "}\n",
                          event->len);
  g_string_append_len (envelope, event->str, (gssize) event->len);
  g_string_append_c (envelope, '\n');
  return g_string_free_to_bytes (envelope);
}
