/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-leg-kind"

#include "config.h"

#include "confabd-leg-kind.h"

/* What may be said when, and what a mistake in it costs: the grammar of a session. Pure. */

#define IN(state) (1u << CONFABD_LEG_STATE_##state)
#define WELCOMED  (IN (READY) | IN (JOINING) | IN (IN_CALL))

typedef struct {
  const char *name;
  guint states; /* in which it may come, as bits */
} Kind;

/* clang-format off */
static const Kind kinds[CONFABD_N_LEG_KINDS] = {
  [CONFABD_LEG_KIND_SIGNAL]  = { "signal",  IN (IN_CALL) },
  [CONFABD_LEG_KIND_PING]    = { "ping",    WELCOMED },
  [CONFABD_LEG_KIND_ACK]     = { "ack",     WELCOMED },
  [CONFABD_LEG_KIND_STATE]   = { "state",   IN (IN_CALL) },
  [CONFABD_LEG_KIND_QUALITY] = { "quality", IN (IN_CALL) },
  [CONFABD_LEG_KIND_HELLO]   = { "hello",   IN (HELLO) },
  [CONFABD_LEG_KIND_JOIN]    = { "join",    IN (READY) },
  [CONFABD_LEG_KIND_LEAVE]   = { "leave",   WELCOMED },
  [CONFABD_LEG_KIND_END]     = { "end",     IN (IN_CALL) },
};
/* clang-format on */

/**
 * confabd_leg_kind_find:
 * @envelope: a scanned envelope
 * @text: the text it was scanned from
 *
 * Returns: what kind of message it is
 */
ConfabdLegKind
confabd_leg_kind_find (const ConfabdEnvelope *envelope, GBytes *text)
{
  guint kind = 0;

  while (kind < CONFABD_N_LEG_KINDS && !confabd_envelope_is (envelope, text, kinds[kind].name))
    kind++;
  return (ConfabdLegKind) kind;
}

/**
 * confabd_leg_kind_to_string:
 * @kind: a kind
 *
 * Returns: (nullable): its name on the wire; %NULL when it is unknown
 */
const char *
confabd_leg_kind_to_string (ConfabdLegKind kind)
{
  return kind < CONFABD_N_LEG_KINDS ? kinds[kind].name : NULL;
}

/**
 * confabd_leg_kind_check:
 * @kind: what a client says
 * @state: where its session is
 * @error: return location for a #GError
 *
 * Fails with %CONFAB_ERROR_NOT_AUTHENTICATED for a stranger, %CONFAB_ERROR_UNSUPPORTED for what is
 * unknown, %CONFAB_ERROR_BAD_MESSAGE for a second `hello` and otherwise with
 * %CONFAB_ERROR_CONFLICT.
 *
 * Returns: whether that may be said now
 */
gboolean
confabd_leg_kind_check (ConfabdLegKind kind, ConfabdLegState state, GError **error)
{
  if (kind < CONFABD_N_LEG_KINDS && (kinds[kind].states & 1u << state) != 0)
    return TRUE;
  if (state == CONFABD_LEG_STATE_HELLO)
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_NOT_AUTHENTICATED,
                         "“hello” must come first");
  else if (kind >= CONFABD_N_LEG_KINDS)
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_UNSUPPORTED,
                         "This server does not know that kind of message");
  else if (kind == CONFABD_LEG_KIND_HELLO)
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_BAD_MESSAGE, "“hello” came twice");
  else if (kind == CONFABD_LEG_KIND_JOIN)
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_CONFLICT,
                         "A session joins one call only");
  else
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_CONFLICT, "“%s” needs a call to be in",
                 kinds[kind].name);
  return FALSE;
}

/**
 * confabd_leg_kind_is_fatal:
 * @kind: what the mistake was made in
 * @state: where the session is
 * @mistake: the mistake
 *
 * What the table of close codes says; but nobody is thrown out for wanting to end a call or to
 * record it, nor for a statistic, and a stranger is for anything that is wrong.
 *
 * Returns: whether the session ends with it
 */
gboolean
confabd_leg_kind_is_fatal (ConfabdLegKind kind, ConfabdLegState state, ConfabError mistake)
{
  if (state == CONFABD_LEG_STATE_HELLO)
    return TRUE;
  if (confab_error_get_close_code (mistake) == 0 || kind == CONFABD_LEG_KIND_END ||
      kind == CONFABD_LEG_KIND_QUALITY)
    return FALSE;
  return kind != CONFABD_LEG_KIND_STATE || mistake != CONFAB_ERROR_NOT_ALLOWED;
}
