/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-client-errors"

#include "config.h"

#include "confabd-api-client-errors.h"

#define MESSAGE_CHARS 500
#define SOURCE_CHARS  200
#define STACK_CHARS   4000
#define MAX_LINE      10000000

/*
 * /api/v1/client-errors: what went wrong in somebody's browser, for the log of whoever serves the
 * page. Anybody may write anything into it, so it is a message, not a warning; fields of the log
 * are redacted.
 */
typedef struct {
  const char *message;
  const char *source; /* (nullable) */
  const char *stack;  /* (nullable) */
  gint64 line;        /* 0: not known */
} ClientError;

static gboolean
read_report (ConfabMessage *body, ClientError *report, GError **error)
{
  return confab_message_get_string (body, "message", CONFAB_FIELD_REQUIRED, MESSAGE_CHARS,
                                    &report->message, error) &&
         confab_message_get_string (body, "source", CONFAB_FIELD_OPTIONAL, SOURCE_CHARS,
                                    &report->source, error) &&
         confab_message_get_string (body, "stack", CONFAB_FIELD_OPTIONAL, STACK_CHARS,
                                    &report->stack, error) &&
         confab_message_get_integer (body, "line", CONFAB_FIELD_OPTIONAL, 0, MAX_LINE,
                                     &report->line, error);
}

static void
write_report (const ClientError *report)
{
  g_autofree char *line = g_strdup_printf ("%" G_GINT64_FORMAT, report->line);

  g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, "CLIENT_SOURCE",
                    report->source != NULL ? report->source : "", "CLIENT_LINE", line,
                    "CLIENT_STACK", report->stack != NULL ? report->stack : "", "MESSAGE",
                    "A browser reports: %s", report->message);
}

static void
handle_report (ConfabdRequest *request, gpointer api)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ConfabMessage) body = confabd_request_read_body (request, &error);
  ClientError report = { NULL };

  if (body == NULL || !read_report (body, &report, &error)) {
    confabd_request_fail (request, error);
    return;
  }
  write_report (&report);
  confabd_request_reply_bytes (request, SOUP_STATUS_NO_CONTENT, NULL, NULL);
}

/* clang-format off */
static const ConfabdRoute routes[] = {
  { "POST", "/api/v1/client-errors", CONFAB_PERMISSION_PUBLIC, CONFABD_LIMIT_CLIENT_ERROR, handle_report },
};
/* clang-format on */

/**
 * confabd_api_client_errors_add_routes:
 * @router: a router
 */
void
confabd_api_client_errors_add_routes (ConfabdRouter *router)
{
  confabd_router_add (router, routes, G_N_ELEMENTS (routes), NULL);
}
