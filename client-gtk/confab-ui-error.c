/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <glib/gi18n.h>

#include "confab-error.h"
#include "confab-ui-error.h"

/* Messages of errors are for logs and not translated; people get these. */
static const char *const sentences[CONFAB_N_ERRORS] = {
  [CONFAB_ERROR_FAILED] = N_ ("Something went wrong on the server. Please try again."),
  [CONFAB_ERROR_BAD_REQUEST] = N_ ("The server did not accept this."),
  [CONFAB_ERROR_BAD_MESSAGE] = N_ ("The server’s answer could not be understood."),
  [CONFAB_ERROR_UNSUPPORTED] =
      N_ ("The server does not know how to do this. It may be older or newer than this app."),
  [CONFAB_ERROR_TOO_LARGE] = N_ ("That is more than the server accepts."),
  [CONFAB_ERROR_NOT_AUTHENTICATED] =
      N_ ("The server does not know you any more. Please try again."),
  [CONFAB_ERROR_TOKEN_REUSED] =
      N_ ("You were signed out, because somebody else may have used your session. Please sign in "
          "again, and change your password if this surprises you."),
  [CONFAB_ERROR_TICKET_EXPIRED] = N_ ("Joining took too long. Please try again."),
  [CONFAB_ERROR_TICKET_USED] = N_ ("Joining did not work. Please try again."),
  [CONFAB_ERROR_NOT_ALLOWED] = N_ ("You are not allowed to do this."),
  [CONFAB_ERROR_BAD_ORIGIN] = N_ ("The server refuses connections from here."),
  [CONFAB_ERROR_NOT_FOUND] = N_ ("There is no Confab server at this address."),
  [CONFAB_ERROR_NO_SUCH_CALL] = N_ ("There is no call with this link or code."),
  [CONFAB_ERROR_NO_SUCH_PARTICIPANT] = N_ ("This person has left the call."),
  [CONFAB_ERROR_CALL_OVER] = N_ ("This call is over."),
  [CONFAB_ERROR_CALL_FULL] = N_ ("This call is full."),
  [CONFAB_ERROR_CONFLICT] = N_ ("You have too many open calls. End one of them first."),
  [CONFAB_ERROR_NAME_TAKEN] = N_ ("This name is taken. Please choose another one."),
  [CONFAB_ERROR_WEAK_PASSWORD] =
      N_ ("This password is too easy to guess. Take at least 8 characters that few others use."),
  [CONFAB_ERROR_TOO_MANY] = N_ ("That was too often. Please wait a minute and try again."),
  [CONFAB_ERROR_TOO_SLOW] = N_ ("Your connection is too slow for this call."),
  [CONFAB_ERROR_REPLACED] = N_ ("You joined this call from another place."),
  [CONFAB_ERROR_RESTARTING] = N_ ("The server is restarting. Please try again in a moment."),
  [CONFAB_ERROR_UNAVAILABLE] =
      N_ ("The server cannot do this at the moment. Please try again later."),
  [CONFAB_ERROR_TIMED_OUT] = N_ ("The server did not answer in time."),
  [CONFAB_ERROR_NO_SPACE] =
      N_ ("The server has no room left to keep this. Please try again later."),
  [CONFAB_ERROR_UNREACHABLE] =
      N_ ("The server cannot be reached. Check the address and your network."),
  [CONFAB_ERROR_CERTIFICATE_MISMATCH] = N_ ("Somebody may be listening in between."),
  [CONFAB_ERROR_MEDIA_FAILED] = N_ ("The sound does not work."),
  [CONFAB_ERROR_NO_DEVICE] = N_ ("No microphone or speaker was found."),
  [CONFAB_ERROR_BAD_FILE] = N_ ("This file cannot be played."),
  [CONFAB_ERROR_RELAY_REFUSED] =
      N_ ("The relay that this server offers cannot be used. Some people may not hear you."),
};

/**
 * confab_ui_error_to_sentence:
 * @error: an error of libconfab, of the bus or of GIO
 *
 * Says what an error means to the person in front of the screen.
 *
 * Returns: (transfer none): a translated sentence, plain text
 */
const char *
confab_ui_error_to_sentence (const GError *error)
{
  g_return_val_if_fail (error != NULL, NULL);

  if (error->domain == CONFAB_ERROR && error->code >= 0 && error->code < CONFAB_N_ERRORS)
    return _ (sentences[error->code]);
  if (error->domain == G_DBUS_ERROR)
    return _ ("Confab’s service on this computer could not be started.");
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return _ (sentences[CONFAB_ERROR_TIMED_OUT]);
  return _ (sentences[CONFAB_ERROR_FAILED]);
}

/**
 * confab_ui_end_reason_to_sentence:
 * @reason: the reason of a call-ended message, such as "ended-by-host"
 *
 * Says why a call is over.
 *
 * Returns: (transfer none): a translated sentence, plain text
 */
const char *
confab_ui_end_reason_to_sentence (const char *reason)
{
  if (g_strcmp0 (reason, "ended-by-host") == 0)
    return _ ("The host ended the call for everyone.");
  if (g_strcmp0 (reason, "too-long") == 0)
    return _ ("The call reached its longest time.");
  if (g_strcmp0 (reason, "expired") == 0)
    return _ ("Nobody came to the call in time.");
  if (g_strcmp0 (reason, "empty") == 0)
    return _ ("Nobody was in the call any more.");
  return _ ("The server ended the call.");
}
