/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include <string.h>

#include "confab-error.h"
#include "confabd-postgres-error-private.h"

typedef struct {
  const char *state; /* the SQLSTATE, or its class of two characters */
  ConfabError code;
  const char *predicate; /* of the sentence that begins “The database NAME” */
} Row;

/* Source: PostgreSQL 15, appendix A, “PostgreSQL Error Codes”. The first row that fits counts. */
static const Row rows[] = {
  { "57014", CONFAB_ERROR_TIMED_OUT, "took too long" },
  { "55P03", CONFAB_ERROR_TIMED_OUT, "is held by another program" },
  { "25006", CONFAB_ERROR_FAILED, "is not writable" },
  { "53100", CONFAB_ERROR_NO_SPACE, "is on a full disk; nothing was changed" },
  { "53", CONFAB_ERROR_UNAVAILABLE, "has no room for more connections" },
  { "57P", CONFAB_ERROR_UNAVAILABLE, "is restarting" },
  { "08", CONFAB_ERROR_UNAVAILABLE, "broke the connection" },
  { "40", CONFAB_ERROR_UNAVAILABLE, "asks to try again" },
};

static const Row *
find_row (const char *state)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (g_str_has_prefix (state, rows[i].state)) {
      return &rows[i];
    }
  }
  return NULL;
}

static const char *
get_field (const PGresult *result, int field)
{
  const char *text = PQresultErrorField (result, field);

  return text != NULL ? text : "";
}

/**
 * confabd_postgres_set_error:
 * @result: a result that is an error
 * @name: of the database, for the sentence
 *
 * Turns an answer of PostgreSQL into an error of ours, with one clear sentence.
 */
void
confabd_postgres_set_error (GError **error, const PGresult *result, const char *name)
{
  const char *state = get_field (result, PG_DIAG_SQLSTATE);
  const char *text = get_field (result, PG_DIAG_MESSAGE_PRIMARY);
  const Row *row = find_row (state);

  if (row != NULL) {
    g_set_error (error, CONFAB_ERROR, row->code, "The database “%s” %s", name, row->predicate);
  } else if (g_str_has_prefix (state, "23")) {
    /* Which constraint is for the log: strangers are told of conflicts in full. */
    g_info ("The database “%s” refused: %s", name, text);
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_CONFLICT,
                         "That does not go with what is kept already");
  } else {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED, "The database “%s” failed: %s (%s)",
                 name, text, state);
  }
}

/**
 * confabd_postgres_set_away:
 * @handle: (nullable): what is left of the connection
 * @name: of the database, for the sentence
 *
 * Sets %CONFAB_ERROR_UNAVAILABLE: the server cannot be reached, or went away in the middle.
 */
void
confabd_postgres_set_away (GError **error, PGconn *handle, const char *name)
{
  g_autofree char *text = g_strdup (handle != NULL ? PQerrorMessage (handle) : "");

  g_strdelimit (g_strstrip (text), "\n\t", ' ');
  g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_UNAVAILABLE, "The database “%s” is away%s%s", name,
               *text != '\0' ? ": " : "", text);
}
