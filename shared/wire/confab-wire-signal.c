/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-wire-signal"

#include "config.h"

#include <string.h>

#include "confab-error.h"
#include "confab-limits.h"
#include "confab-wire-model.h"

#define MAX_MID_CHARS   64
#define MAX_MLINE_INDEX 255

static ConfabMessage *
make_payload (ConfabSignal *signal)
{
  ConfabMessage *payload = confab_message_new (NULL);

  confab_message_set_string (payload, "sdp", confab_signal_get_sdp (signal));
  confab_message_set_string (payload, "safety", confab_signal_get_safety (signal));
  if (confab_signal_get_candidate (signal) != NULL) {
    confab_message_set_string (payload, "candidate", confab_signal_get_candidate (signal));
    confab_message_set_integer (payload, "sdp_mline_index",
                                confab_signal_get_sdp_mline_index (signal));
    confab_message_set_string (payload, "sdp_mid", confab_signal_get_sdp_mid (signal));
  }
  return payload;
}

/**
 * confab_signal_to_message:
 * @signal: a signal
 * @to: the participant it is for
 *
 * Source: data/api/asyncapi.yaml, “signal”.
 *
 * Returns: (transfer full): a message of the kind `signal`
 * Since: 0.1
 */
ConfabMessage *
confab_signal_to_message (ConfabSignal *signal, const char *to)
{
  ConfabMessage *message = NULL;

  g_return_val_if_fail (signal != NULL, NULL);
  g_return_val_if_fail (to != NULL, NULL);

  message = confab_message_new ("signal");
  confab_message_set_string (message, "to", to);
  confab_message_set_string (message, "kind",
                             confab_signal_kind_to_string (confab_signal_get_kind (signal)));
  confab_message_set_integer (message, "generation", confab_signal_get_generation (signal));
  confab_message_take_object (message, "payload", make_payload (signal));
  return message;
}

/* The limits of what engines are handed count bytes. */
static gboolean
get_bounded (
    ConfabMessage *payload, const char *member, gsize max_bytes, const char **value, GError **error)
{
  if (!confab_message_get_string (payload, member, CONFAB_FIELD_REQUIRED, 0, value, error))
    return FALSE;
  if (strlen (*value) <= max_bytes)
    return TRUE;
  g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_MESSAGE,
               "The member “%s” has more than %" G_GSIZE_FORMAT " bytes", member, max_bytes);
  return FALSE;
}

static ConfabSignal *
read_description (ConfabSignalKind kind, guint generation, ConfabMessage *payload, GError **error)
{
  g_autoptr (ConfabSignal) plain = NULL;
  const char *sdp = NULL;
  const char *safety = NULL;

  if (!get_bounded (payload, "sdp", CONFAB_LIMIT_SDP_BYTES, &sdp, error) ||
      !confab_message_get_string (payload, "safety", CONFAB_FIELD_OPTIONAL,
                                  CONFAB_LIMIT_SAFETY_BYTES, &safety, error))
    return NULL;
  plain = confab_signal_new_description (kind, generation, sdp);
  return confab_signal_with_safety (plain, safety);
}

static ConfabSignal *
read_reveal (guint generation, ConfabMessage *payload, GError **error)
{
  const char *nonce = NULL;

  if (!get_bounded (payload, "safety", CONFAB_LIMIT_SAFETY_BYTES, &nonce, error))
    return NULL;
  return confab_signal_new_reveal (generation, nonce);
}

static ConfabSignal *
read_candidate (guint generation, ConfabMessage *payload, GError **error)
{
  const char *candidate = NULL;
  const char *mid = NULL;
  gint64 index = 0;

  if (!get_bounded (payload, "candidate", CONFAB_LIMIT_CANDIDATE_BYTES, &candidate, error) ||
      !confab_message_get_integer (payload, "sdp_mline_index", CONFAB_FIELD_OPTIONAL, 0,
                                   MAX_MLINE_INDEX, &index, error) ||
      !confab_message_get_string (payload, "sdp_mid", CONFAB_FIELD_OPTIONAL, MAX_MID_CHARS, &mid,
                                  error))
    return NULL;
  return confab_signal_new_candidate (generation, candidate, (guint) index, mid);
}

static gboolean
get_signal_kind (ConfabMessage *message, ConfabSignalKind *kind, GError **error)
{
  const char *text = NULL;

  if (!confab_message_get_string (message, "kind", CONFAB_FIELD_REQUIRED, 0, &text, error))
    return FALSE;
  if (confab_signal_kind_from_string (text, kind))
    return TRUE;
  g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_UNSUPPORTED,
                       "The signal is of a kind that this version does not know");
  return FALSE;
}

/**
 * confab_signal_from_message:
 * @message: a message of the kind `signal`
 * @error: return location for a #GError
 *
 * Fails with %CONFAB_ERROR_UNSUPPORTED for a kind of signal that this version does not know, and
 * with %CONFAB_ERROR_BAD_MESSAGE for anything malformed or beyond %CONFAB_LIMIT_SDP_BYTES and
 * %CONFAB_LIMIT_CANDIDATE_BYTES. Unknown members are ignored.
 *
 * Returns: (transfer full): the signal
 * Since: 0.1
 */
ConfabSignal *
confab_signal_from_message (ConfabMessage *message, GError **error)
{
  g_autoptr (ConfabMessage) payload = NULL;
  ConfabSignalKind kind = CONFAB_SIGNAL_OFFER;
  gint64 generation = 0;

  g_return_val_if_fail (message != NULL, NULL);

  if (!get_signal_kind (message, &kind, error) ||
      !confab_message_get_integer (message, "generation", CONFAB_FIELD_REQUIRED, 1, G_MAXINT,
                                   &generation, error) ||
      !confab_message_get_object (message, "payload", CONFAB_FIELD_REQUIRED, &payload, error))
    return NULL;

  switch (kind) {
  case CONFAB_SIGNAL_OFFER:
  case CONFAB_SIGNAL_ANSWER:
    return read_description (kind, (guint) generation, payload, error);
  case CONFAB_SIGNAL_CANDIDATE:
    return read_candidate ((guint) generation, payload, error);
  case CONFAB_SIGNAL_END_OF_CANDIDATES:
  case CONFAB_SIGNAL_REBUILD:
    return confab_signal_new_plain (kind, (guint) generation);
  case CONFAB_SIGNAL_REVEAL:
    return read_reveal ((guint) generation, payload, error);
  }
  g_assert_not_reached ();
}
