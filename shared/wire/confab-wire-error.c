/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-wire-error"

#include "config.h"

#include "confab-error.h"
#include "confab-wire-model.h"

#define MAX_DETAIL_CHARS 1024

/* What a stranger may know of an error: of anything that is not ours, nothing. */
static ConfabError
get_public_code (const GError *error)
{
  return error->domain == CONFAB_ERROR ? (ConfabError) error->code : CONFAB_ERROR_FAILED;
}

/* What a request did wrong is for whoever made it. What went wrong here is for the administrator:
 * such a sentence names files and disks. */
static const char *
get_public_detail (const GError *error)
{
  ConfabError code = get_public_code (error);

  if (code == CONFAB_ERROR_FAILED)
    return "Something went wrong on the server";
  if (code == CONFAB_ERROR_TIMED_OUT)
    return "The server took too long";
  if (code == CONFAB_ERROR_NO_SPACE)
    return "The server has no room to keep this";
  return error->message;
}

/* “no-such-call” → “No such call” */
static char *
make_title (ConfabError code)
{
  char *title = g_strdelimit (g_strdup (confab_error_get_wire_name (code)), "-", ' ');

  title[0] = g_ascii_toupper (title[0]);
  return title;
}

/* A name of a later version is still an error, with its sentence. */
static GError *
read_error (ConfabMessage *message)
{
  ConfabError code = CONFAB_ERROR_FAILED;
  const char *name = NULL;
  const char *detail = NULL;

  if (confab_message_get_string (message, "code", CONFAB_FIELD_OPTIONAL, 0, &name, NULL))
    confab_error_from_wire_name (name, &code);
  if (!confab_message_get_string (message, "detail", CONFAB_FIELD_OPTIONAL, MAX_DETAIL_CHARS,
                                  &detail, NULL) ||
      detail == NULL)
    detail = "The server refused without a reason";
  return g_error_new_literal (CONFAB_ERROR, (gint) code, detail);
}

/**
 * confab_error_to_message:
 * @error: an error; one of another domain than %CONFAB_ERROR goes out as `failed`. The texts of
 *   `failed` and `timed-out` stay here: they are about the server and not about the request
 * @about: (nullable): the kind of the message it answers, as `join`
 *
 * Source: data/api/asyncapi.yaml, “error”.
 *
 * Returns: (transfer full): a message of the kind `error`
 * Since: 0.1
 */
ConfabMessage *
confab_error_to_message (const GError *error, const char *about)
{
  ConfabMessage *message = NULL;

  g_return_val_if_fail (error != NULL, NULL);

  message = confab_message_new ("error");
  confab_message_set_string (message, "code", confab_error_get_wire_name (get_public_code (error)));
  confab_message_set_string (message, "detail", get_public_detail (error));
  confab_message_set_string (message, "about", about);
  return message;
}

/**
 * confab_error_from_message:
 * @message: a message of the kind `error`
 *
 * Returns: (transfer full): an error in %CONFAB_ERROR; %CONFAB_ERROR_FAILED for a code that this
 *   version does not know
 * Since: 0.1
 */
GError *
confab_error_from_message (ConfabMessage *message)
{
  g_return_val_if_fail (message != NULL, NULL);

  return read_error (message);
}

/**
 * confab_problem_to_message:
 * @error: an error; one of another domain than %CONFAB_ERROR goes out as `failed`. The texts of
 *   `failed` and `timed-out` stay here: they are about the server and not about the request
 * @request_id: (nullable): what the log calls the request
 *
 * Source: RFC 9457; data/api/openapi.yaml, “Problem”.
 *
 * Returns: (transfer full): the body of an `application/problem+json`
 * Since: 0.1
 */
ConfabMessage *
confab_problem_to_message (const GError *error, const char *request_id)
{
  g_autofree char *title = NULL;
  ConfabMessage *message = NULL;
  ConfabError code = CONFAB_ERROR_FAILED;

  g_return_val_if_fail (error != NULL, NULL);

  code = get_public_code (error);
  title = make_title (code);
  message = confab_message_new ("about:blank");
  confab_message_set_string (message, "title", title);
  confab_message_set_integer (message, "status", confab_error_get_http_status (code));
  confab_message_set_string (message, "detail", get_public_detail (error));
  confab_message_set_string (message, "code", confab_error_get_wire_name (code));
  confab_message_set_string (message, "request_id", request_id);
  return message;
}

/**
 * confab_problem_from_message:
 * @message: the body of an `application/problem+json`
 *
 * Returns: (transfer full): an error in %CONFAB_ERROR; %CONFAB_ERROR_FAILED for a code that this
 *   version does not know
 * Since: 0.1
 */
GError *
confab_problem_from_message (ConfabMessage *message)
{
  g_return_val_if_fail (message != NULL, NULL);

  return read_error (message);
}
