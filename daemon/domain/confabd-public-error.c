/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-domain"

#include "config.h"

#include "confabd-public-error.h"

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
  default:
    return NULL;
  }
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
