/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-domain"

#include "config.h"

#include <stdio.h>

#include "confabd-public-error.h"

/* An error has no place for a number but its text: only the two functions below know that. */
#define TOO_OFTEN             "Too often; try again in %u s"
#define DEFAULT_RETRY_AFTER_S 30

/* Trouble inside names files, hosts and databases: that is for the log. */
static const char *
find_substitute (const GError *error)
{
  if (error->domain != CONFAB_ERROR) {
    return "Something failed in the server";
  }
  switch (error->code) {
  case CONFAB_ERROR_FAILED:
    return "Something failed in the server";
  case CONFAB_ERROR_UNAVAILABLE:
    return "The server cannot do this at the moment; try again in a few seconds";
  case CONFAB_ERROR_TIMED_OUT:
    return "The server took too long";
  case CONFAB_ERROR_NO_SPACE:
    return "The server has no room to keep this; nothing was changed";
  default:
    return NULL;
  }
}

/**
 * confabd_error_set_too_often:
 * @error: (nullable): return location for a #GError
 * @retry_after_s: when it is worth trying again
 *
 * Sets a %CONFAB_ERROR_TOO_MANY.
 */
void
confabd_error_set_too_often (GError **error, guint retry_after_s)
{
  g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_TOO_MANY, TOO_OFTEN, retry_after_s);
}

/**
 * confabd_error_get_retry_after_s:
 * @error: a %CONFAB_ERROR_TOO_MANY
 *
 * Returns: when it is worth trying again, in seconds; half a minute when @error does not say
 */
guint
confabd_error_get_retry_after_s (const GError *error)
{
  guint retry_after_s = 0;

  return sscanf (error->message, TOO_OFTEN, &retry_after_s) == 1 ? retry_after_s
                                                                 : DEFAULT_RETRY_AFTER_S;
}

/**
 * confabd_error_is_internal:
 *
 * Returns: whether @error is trouble of the server rather than of who asked
 */
gboolean
confabd_error_is_internal (const GError *error)
{
  return find_substitute (error) != NULL;
}

/**
 * confabd_error_get_public_code:
 *
 * Returns: the code that a stranger may know: errors of GIO and the store are our own affair
 */
ConfabError
confabd_error_get_public_code (const GError *error)
{
  return error->domain == CONFAB_ERROR ? (ConfabError) error->code : CONFAB_ERROR_FAILED;
}

/**
 * confabd_error_get_public_text:
 *
 * Returns: (transfer none): one sentence that a stranger may read; as long as @error
 */
const char *
confabd_error_get_public_text (const GError *error)
{
  const char *substitute = find_substitute (error);

  return substitute != NULL ? substitute : error->message;
}
