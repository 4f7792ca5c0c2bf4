/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-retry"

#include "config.h"

#include "confab-retry-private.h"

typedef struct {
  ConfabRetry retry;
  const char *sentence; /* for a connection closed without an `error` before */
} RetryRow;

#define REFUSED "The server refused the session"

/* The one place that says after which error a session is tried again. */
/* clang-format off */
static const RetryRow rows[] = {
  [CONFAB_ERROR_FAILED] = { CONFAB_RETRY_LATER, "The server failed" },
  [CONFAB_ERROR_BAD_REQUEST] = { CONFAB_RETRY_NEVER, "The server did not understand us" },
  [CONFAB_ERROR_BAD_MESSAGE] = { CONFAB_RETRY_NEVER, "The server did not understand us" },
  [CONFAB_ERROR_UNSUPPORTED] = { CONFAB_RETRY_NEVER, REFUSED },
  [CONFAB_ERROR_TOO_LARGE] = { CONFAB_RETRY_NEVER, "The server was sent too large a message" },
  [CONFAB_ERROR_NOT_AUTHENTICATED] = { CONFAB_RETRY_NEW_TICKET, "The server does not know us" },
  [CONFAB_ERROR_TOKEN_REUSED] = { CONFAB_RETRY_NEVER, "The session was used by somebody else" },
  [CONFAB_ERROR_TICKET_EXPIRED] = { CONFAB_RETRY_NEW_TICKET, "The ticket was too old" },
  [CONFAB_ERROR_TICKET_USED] = { CONFAB_RETRY_NEW_TICKET, "The ticket was used before" },
  [CONFAB_ERROR_NOT_ALLOWED] = { CONFAB_RETRY_NEVER, "The server does not allow it" },
  [CONFAB_ERROR_BAD_ORIGIN] = { CONFAB_RETRY_NEVER, REFUSED },
  [CONFAB_ERROR_NOT_FOUND] = { CONFAB_RETRY_NEVER, "There is no such call" },
  [CONFAB_ERROR_NO_SUCH_CALL] = { CONFAB_RETRY_NEVER, "There is no such call" },
  [CONFAB_ERROR_NO_SUCH_PARTICIPANT] = { CONFAB_RETRY_NEVER, REFUSED },
  [CONFAB_ERROR_CALL_OVER] = { CONFAB_RETRY_NEVER, "The call is over" },
  [CONFAB_ERROR_CALL_FULL] = { CONFAB_RETRY_NEVER, "The call is full" },
  [CONFAB_ERROR_CONFLICT] = { CONFAB_RETRY_NEVER, REFUSED },
  [CONFAB_ERROR_NAME_TAKEN] = { CONFAB_RETRY_NEVER, REFUSED },
  [CONFAB_ERROR_WEAK_PASSWORD] = { CONFAB_RETRY_NEVER, REFUSED },
  [CONFAB_ERROR_TOO_MANY] = { CONFAB_RETRY_LATER, "The server has too many requests" },
  [CONFAB_ERROR_TOO_SLOW] = { CONFAB_RETRY_LATER, "The connection was too slow" },
  [CONFAB_ERROR_REPLACED] = { CONFAB_RETRY_NEVER, "Another session took this one's place" },
  [CONFAB_ERROR_RESTARTING] = { CONFAB_RETRY_LATER, "The server is restarting" },
  [CONFAB_ERROR_UNAVAILABLE] = { CONFAB_RETRY_LATER, "The server has a moment’s trouble" },
  [CONFAB_ERROR_TIMED_OUT] = { CONFAB_RETRY_LATER, "The server did not answer" },
  [CONFAB_ERROR_NO_SPACE] = { CONFAB_RETRY_LATER, "The server has no room left" },
  [CONFAB_ERROR_UNREACHABLE] = { CONFAB_RETRY_LATER, "The connection to the server was lost" },
  [CONFAB_ERROR_CERTIFICATE_MISMATCH] = { CONFAB_RETRY_NEVER, REFUSED },
  [CONFAB_ERROR_MEDIA_FAILED] = { CONFAB_RETRY_NEVER, REFUSED },
  [CONFAB_ERROR_NO_DEVICE] = { CONFAB_RETRY_NEVER, REFUSED },
  [CONFAB_ERROR_BAD_FILE] = { CONFAB_RETRY_NEVER, REFUSED },
  [CONFAB_ERROR_RELAY_REFUSED] = { CONFAB_RETRY_NEVER, REFUSED },
};
/* clang-format on */

G_STATIC_ASSERT (G_N_ELEMENTS (rows) == CONFAB_N_ERRORS);

ConfabRetry
confab_retry_for_error (const GError *error)
{
  return error->domain == CONFAB_ERROR ? rows[error->code].retry : CONFAB_RETRY_LATER;
}

/* Several errors share a code: the first of the enumeration, the general one, stands for them.
 * Anything else, above all 1006 of a connection that broke, is the network's. */
ConfabError
confab_retry_error_from_close_code (guint close_code)
{
  for (guint i = 0; close_code != 0 && i < CONFAB_N_ERRORS; i++) {
    if (confab_error_get_close_code ((ConfabError) i) == close_code)
      return (ConfabError) i;
  }
  return CONFAB_ERROR_UNREACHABLE;
}

const char *
confab_retry_describe (ConfabError code)
{
  return rows[code].sentence;
}
