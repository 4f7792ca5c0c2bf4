/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-problem-reply"

#include "config.h"

#include "confab-codec.h"
#include "confab-error.h"
#include "confab-wire-model.h"
#include "confabd-problem-reply.h"
#include "confabd-public-error.h"

#define CONTENT_TYPE "application/problem+json"

static void
set_body (SoupServerMessage *message, guint status, ConfabMessage *problem)
{
  g_autoptr (GBytes) body = confab_codec_encode (problem);
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  soup_server_message_set_status (message, status, NULL);
  soup_message_headers_set_content_type (headers, CONTENT_TYPE, NULL);
  soup_message_body_append_bytes (soup_server_message_get_response_body (message), body);
}

static ConfabError
code_of (const GError *error)
{
  if (error->domain != CONFAB_ERROR)
    return CONFAB_ERROR_FAILED;
  /* A body is a request to whoever reads the answer, whatever the codec calls it. */
  if (error->code == CONFAB_ERROR_BAD_MESSAGE)
    return CONFAB_ERROR_BAD_REQUEST;
  return (ConfabError) error->code;
}

/**
 * confabd_problem_reply_set:
 * @message: a request that is to be answered
 * @error: what went wrong; anything but a %CONFAB_ERROR goes out as `failed`, without its text
 * @request_id: the id under which the log knows the request
 *
 * Makes the answer an `application/problem+json` with the status of the error table.
 * Source: RFC 9457; data/api/openapi.yaml, “Problem”.
 */
void
confabd_problem_reply_set (SoupServerMessage *message, const GError *error, const char *request_id)
{
  g_autoptr (GError) public_error = g_error_new_literal (CONFAB_ERROR, (int) code_of (error),
                                                         confabd_error_get_public_text (error));
  g_autoptr (ConfabMessage) problem = confab_problem_to_message (public_error, request_id);

  set_body (message, confab_error_get_http_status (code_of (error)), problem);
}

/**
 * confabd_problem_reply_set_status:
 * @message: a request that is to be answered
 * @status: a status of HTTP that is no %CONFAB_ERROR, such as 405
 * @code: its stable name
 * @detail: one sentence
 * @request_id: the id under which the log knows the request
 *
 * The same for what only HTTP knows.
 */
void
confabd_problem_reply_set_status (SoupServerMessage *message,
                                  guint status,
                                  const char *code,
                                  const char *detail,
                                  const char *request_id)
{
  g_autoptr (ConfabMessage) problem = confab_message_new ("about:blank");

  confab_message_set_string (problem, "title", soup_status_get_phrase (status));
  confab_message_set_integer (problem, "status", status);
  confab_message_set_string (problem, "detail", detail);
  confab_message_set_string (problem, "code", code);
  confab_message_set_string (problem, "request_id", request_id);
  set_body (message, status, problem);
}
