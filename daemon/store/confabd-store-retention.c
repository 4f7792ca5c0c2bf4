/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confabd-audit-chain.h"
#include "confabd-store-private.h"
#include "confabd-store-retention.h"

typedef struct {
  const char *find;   /* the times of the oldest rows */
  const char *forget; /* rows up to a time */
  guint at_once;      /* a piece of work of some ms: others write in between */
} Aging;

#define FIND(table, column, condition) \
  "SELECT " column " FROM " table " WHERE " condition column " < $1 ORDER BY " column " LIMIT $2"
#define FORGET(table, column, condition) "DELETE FROM " table " WHERE " condition column " <= $1"
#define AGING(table, column, condition, at_once)                                \
  {                                                                             \
    FIND (table, column, condition), FORGET (table, column, condition), at_once \
  }

#define AUDIT_AT_ONCE 500

/* clang-format off */
static const Aging agings[] = {
  [CONFABD_AGING_QUALITY] = AGING ("quality_samples", "at", "", 500),
  /* each takes up to thousands of other rows with it */
  [CONFABD_AGING_HISTORY] = AGING ("calls", "ended_at", "ended_at IS NOT NULL AND ", 5),
  [CONFABD_AGING_SESSIONS] = AGING ("sessions", "expires_at", "", 100),
  [CONFABD_AGING_KEYS] = AGING ("api_keys", "revoked_at", "revoked_at IS NOT NULL AND ", 500),
  [CONFABD_AGING_LETTERS] = AGING ("letters", "expires_at", "", 500),
  [CONFABD_AGING_SIGNED_OUT] = AGING ("signed_out", "revoked_at", "", 500),
  [CONFABD_AGING_PROOFS] = AGING ("spent_proofs", "expires_at", "", 500),
  [CONFABD_AGING_DONE_JOBS] = AGING ("jobs", "ended_at", "state = 'done' AND ended_at IS NOT NULL AND ", 500),
  [CONFABD_AGING_DEAD_JOBS] = AGING ("jobs", "ended_at", "state = 'dead' AND ended_at IS NOT NULL AND ", 500),
  [CONFABD_AGING_AUDIT] = { NULL, NULL, AUDIT_AT_ONCE },
};
/* clang-format on */

G_STATIC_ASSERT (G_N_ELEMENTS (agings) == CONFABD_N_AGINGS);

typedef struct {
  ConfabdAging what;
  gint64 before_us;
  gint64 now_us;
} Forget;

static gboolean
forget_rows (ConfabdConnection *connection,
             const Aging *aging,
             gint64 before_us,
             guint *n_found,
             GError **error)
{
  g_autoptr (GPtrArray) rows = confabd_connection_query (
      connection, aging->find, g_variant_new ("(xu)", before_us, aging->at_once), "(x)", error);
  gint64 until_us = 0;

  if (rows == NULL) {
    return FALSE;
  }
  *n_found = rows->len;
  if (rows->len == 0) {
    return TRUE;
  }
  g_variant_get (g_ptr_array_index (rows, rows->len - 1), "(x)", &until_us);
  return confabd_connection_execute (connection, aging->forget, g_variant_new ("(x)", until_us),
                                     NULL, error);
}

static gpointer
run_forget (ConfabdConnection *connection, gpointer data, GError **error)
{
  const Forget *forget = data;
  const Aging *aging = &agings[forget->what];
  gboolean is_done;
  guint n = 0;

  if (forget->what == CONFABD_AGING_AUDIT) {
    is_done = confabd_audit_chain_prune (connection, forget->before_us, forget->now_us,
                                         aging->at_once, &n, error);
  } else {
    is_done = forget_rows (connection, aging, forget->before_us, &n, error);
  }
  return GINT_TO_POINTER (is_done && n == aging->at_once);
}

void
confabd_store_forget_async (ConfabdStore *self,
                            ConfabdAging what,
                            gint64 before_us,
                            gint64 now_us,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  Forget *forget = g_new0 (Forget, 1);
  const ConfabdWork work = { run_forget, forget, g_free, NULL };

  g_return_if_fail (what < CONFABD_N_AGINGS);

  *forget = (Forget){ what, before_us, now_us };
  confabd_store_write (self, &work, confabd_store_forget_async, cancellable, callback, user_data);
}

/**
 * confabd_store_forget_finish:
 * @is_more: (out): whether there may be more to take
 *
 * Returns: whether it is done
 */
gboolean
confabd_store_forget_finish (ConfabdStore *self,
                             GAsyncResult *result,
                             gboolean *is_more,
                             GError **error)
{
  GError *local_error = NULL;
  gpointer more = confabd_store_propagate (self, result, confabd_store_forget_async, &local_error);

  if (local_error != NULL) {
    g_propagate_error (error, local_error);
    return FALSE;
  }
  *is_more = more != NULL;
  return TRUE;
}
