/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-error"

#include "config.h"

#include "confab-error.h"

typedef struct {
  const char *wire_name;
  const char *dbus_name;
  guint http_status;
  guint close_code; /* 0: never closes the socket */
} ConfabErrorRow;

#define DBUS(name) CONFAB_APP_ID ".Error." name

/* clang-format off */
static const ConfabErrorRow rows[] = {
  [CONFAB_ERROR_FAILED] = { "failed", DBUS ("Failed"), 500, 1011 },
  [CONFAB_ERROR_BAD_REQUEST] = { "bad-request", DBUS ("BadRequest"), 400, 4400 },
  [CONFAB_ERROR_BAD_MESSAGE] = { "bad-message", DBUS ("BadMessage"), 400, 4400 },
  [CONFAB_ERROR_UNSUPPORTED] = { "unsupported", DBUS ("Unsupported"), 400, 0 },
  [CONFAB_ERROR_TOO_LARGE] = { "too-large", DBUS ("TooLarge"), 413, 4413 },
  [CONFAB_ERROR_NOT_AUTHENTICATED] = { "not-authenticated", DBUS ("NotAuthenticated"), 401, 4401 },
  [CONFAB_ERROR_TOKEN_REUSED] = { "token-reused", DBUS ("TokenReused"), 401, 4401 },
  [CONFAB_ERROR_TICKET_EXPIRED] = { "ticket-expired", DBUS ("TicketExpired"), 401, 4401 },
  [CONFAB_ERROR_TICKET_USED] = { "ticket-used", DBUS ("TicketUsed"), 401, 4401 },
  [CONFAB_ERROR_NOT_ALLOWED] = { "not-allowed", DBUS ("NotAllowed"), 403, 4403 },
  [CONFAB_ERROR_BAD_ORIGIN] = { "bad-origin", DBUS ("BadOrigin"), 403, 4403 },
  [CONFAB_ERROR_NOT_FOUND] = { "not-found", DBUS ("NotFound"), 404, 4404 },
  [CONFAB_ERROR_NO_SUCH_CALL] = { "no-such-call", DBUS ("NoSuchCall"), 404, 4404 },
  [CONFAB_ERROR_NO_SUCH_PARTICIPANT] = { "no-such-participant", DBUS ("NoSuchParticipant"), 404, 0 },
  [CONFAB_ERROR_CALL_OVER] = { "call-over", DBUS ("CallOver"), 410, 4410 },
  [CONFAB_ERROR_CALL_FULL] = { "call-full", DBUS ("CallFull"), 409, 4403 },
  [CONFAB_ERROR_CONFLICT] = { "conflict", DBUS ("Conflict"), 409, 0 },
  [CONFAB_ERROR_NAME_TAKEN] = { "name-taken", DBUS ("NameTaken"), 409, 0 },
  [CONFAB_ERROR_WEAK_PASSWORD] = { "weak-password", DBUS ("WeakPassword"), 400, 0 },
  [CONFAB_ERROR_TOO_MANY] = { "too-many", DBUS ("TooMany"), 429, 4429 },
  [CONFAB_ERROR_TOO_SLOW] = { "too-slow", DBUS ("TooSlow"), 408, 4408 },
  [CONFAB_ERROR_REPLACED] = { "replaced", DBUS ("Replaced"), 409, 4409 },
  [CONFAB_ERROR_RESTARTING] = { "restarting", DBUS ("Restarting"), 503, 4503 },
  [CONFAB_ERROR_UNAVAILABLE] = { "unavailable", DBUS ("Unavailable"), 503, 4503 },
  [CONFAB_ERROR_TIMED_OUT] = { "timed-out", DBUS ("TimedOut"), 504, 0 },
  [CONFAB_ERROR_NO_SPACE] = { "no-space", DBUS ("NoSpace"), 507, 4503 },
  /* Errors of this side: they have a name for logs and programs, and never travel. */
  [CONFAB_ERROR_UNREACHABLE] = { "unreachable", DBUS ("Unreachable"), 502, 0 },
  [CONFAB_ERROR_CERTIFICATE_MISMATCH] = { "certificate-mismatch", DBUS ("CertificateMismatch"), 500, 0 },
  [CONFAB_ERROR_MEDIA_FAILED] = { "media-failed", DBUS ("MediaFailed"), 500, 0 },
  [CONFAB_ERROR_NO_DEVICE] = { "no-device", DBUS ("NoDevice"), 500, 0 },
  [CONFAB_ERROR_BAD_FILE] = { "bad-file", DBUS ("BadFile"), 500, 0 },
  [CONFAB_ERROR_RELAY_REFUSED] = { "relay-refused", DBUS ("RelayRefused"), 502, 0 },
};
/* clang-format on */

G_STATIC_ASSERT (G_N_ELEMENTS (rows) == CONFAB_N_ERRORS);

static const ConfabErrorRow *
find_row (ConfabError code)
{
  /* Enums cross D-Bus and language bindings as plain integers. */
  return &rows[(guint) code < CONFAB_N_ERRORS ? code : CONFAB_ERROR_FAILED];
}

/**
 * confab_error_quark:
 *
 * The domain of every error of libconfab, registered for D-Bus as
 * `app.confab.Confab.Error.NoSuchCall` and so on.
 *
 * Returns: the quark
 * Since: 0.1
 */
GQuark
confab_error_quark (void)
{
  static gsize quark = 0;

  if (quark == 0) {
    GDBusErrorEntry entries[CONFAB_N_ERRORS];

    for (guint i = 0; i < CONFAB_N_ERRORS; i++)
      entries[i] = (GDBusErrorEntry){ (gint) i, rows[i].dbus_name };
    g_dbus_error_register_error_domain ("confab-error-quark", &quark, entries, CONFAB_N_ERRORS);
  }
  return (GQuark) quark;
}

/**
 * confab_error_get_wire_name:
 * @code: an error code
 *
 * The stable name of an error in problem documents, `error` messages and the JSON of confab-cli.
 *
 * Source: data/api/openapi.yaml, “Problem”.
 *
 * Returns: (transfer none): kebab-case ASCII, as `no-such-call`
 * Since: 0.1
 */
const char *
confab_error_get_wire_name (ConfabError code)
{
  return find_row (code)->wire_name;
}

/**
 * confab_error_get_http_status:
 * @code: an error code
 *
 * Source: RFC 9110 §15; data/api/openapi.yaml, “Problem”.
 *
 * Returns: the status of a reply that carries this error, 400..599
 * Since: 0.1
 */
guint
confab_error_get_http_status (ConfabError code)
{
  return find_row (code)->http_status;
}

/**
 * confab_error_get_close_code:
 * @code: an error code
 *
 * Source: RFC 6455 §7.4; data/api/asyncapi.yaml.
 *
 * Returns: the code with which a WebSocket is closed after this error, or 0 when the error leaves
 *   the connection open
 * Since: 0.1
 */
guint
confab_error_get_close_code (ConfabError code)
{
  return find_row (code)->close_code;
}

/**
 * confab_error_from_wire_name:
 * @wire_name: (nullable): what a peer sent
 * @code: (out): the code
 *
 * The way back from confab_error_get_wire_name().
 *
 * Returns: %FALSE for a name that this version does not know; @code is left alone then
 * Since: 0.1
 */
gboolean
confab_error_from_wire_name (const char *wire_name, ConfabError *code)
{
  g_return_val_if_fail (code != NULL, FALSE);

  for (guint i = 0; i < CONFAB_N_ERRORS; i++) {
    if (g_strcmp0 (rows[i].wire_name, wire_name) == 0) {
      *code = (ConfabError) i;
      return TRUE;
    }
  }
  return FALSE;
}
