/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include <errno.h>
#include <poll.h>

#include "confab-error.h"
#include "confabd-postgres-error-private.h"
#include "confabd-postgres-link-private.h"

/* The server ends a statement by itself at the deadline; who says nothing this much later is gone.
 */
#define GRACE_US (2 * G_TIME_SPAN_SECOND)
/* Asked before use when it was idle for longer: a firewall may have forgotten it. */
#define IDLE_US (30 * G_TIME_SPAN_SECOND)

#define RETRY_MIN_US (50 * G_TIME_SPAN_MILLISECOND)
#define RETRY_MAX_US (1 * G_TIME_SPAN_SECOND)

struct _ConfabdPostgresLink {
  char *url;      /* (owned) with its password: never for a log */
  char *name;     /* (owned) */
  PGconn *handle; /* (owned) (nullable) NULL: not connected */
  gint64 used_mono_us;
  gint64 deadline_mono_us; /* 0: none */
};

/**
 * confabd_postgres_link_new:
 * @url: as libpq takes it
 * @name: for sentences
 *
 * Returns: (transfer full): a link that is not connected yet
 */
ConfabdPostgresLink *
confabd_postgres_link_new (const char *url, const char *name)
{
  ConfabdPostgresLink *self = g_new0 (ConfabdPostgresLink, 1);

  self->url = g_strdup (url);
  self->name = g_strdup (name);
  return self;
}

void
confabd_postgres_link_free (ConfabdPostgresLink *self)
{
  confabd_postgres_link_drop (self);
  g_free (self->url);
  g_free (self->name);
  g_free (self);
}

/**
 * confabd_postgres_link_drop:
 *
 * Ends the session; the server undoes what it had not committed.
 */
void
confabd_postgres_link_drop (ConfabdPostgresLink *self)
{
  g_clear_pointer (&self->handle, PQfinish);
}

PGconn *
confabd_postgres_link_get_handle (ConfabdPostgresLink *self)
{
  return self->handle;
}

void
confabd_postgres_link_set_deadline (ConfabdPostgresLink *self, gint64 deadline_mono_us)
{
  self->deadline_mono_us = deadline_mono_us;
}

gint64
confabd_postgres_link_get_deadline (ConfabdPostgresLink *self)
{
  return self->deadline_mono_us;
}

gboolean
confabd_postgres_link_is_in_transaction (ConfabdPostgresLink *self)
{
  PGTransactionStatusType status = PQtransactionStatus (self->handle);

  return self->handle != NULL && (status == PQTRANS_INTRANS || status == PQTRANS_INERROR);
}

gboolean
confabd_postgres_link_is_aborted (ConfabdPostgresLink *self)
{
  return self->handle != NULL && PQtransactionStatus (self->handle) == PQTRANS_INERROR;
}

/* ---- asking ---- */

/* Returns: milliseconds for poll (); -1: for ever, 0: it is too late */
static int
get_patience_ms (ConfabdPostgresLink *self)
{
  gint64 left_us = self->deadline_mono_us + GRACE_US - g_get_monotonic_time ();

  if (self->deadline_mono_us == 0) {
    return -1;
  }
  return (int) CLAMP (left_us / 1000, 0, G_MAXINT32);
}

/* Returns: whether something can be read (or written); FALSE past the deadline */
static gboolean
wait_for_server (ConfabdPostgresLink *self, gboolean has_more_to_send)
{
  struct pollfd poll_fd = { .fd = PQsocket (self->handle), .events = POLLIN };
  int rc;

  if (has_more_to_send) {
    poll_fd.events |= POLLOUT;
  }
  do {
    rc = poll (&poll_fd, 1, get_patience_ms (self));
  } while (rc < 0 && errno == EINTR);
  return rc > 0;
}

/* Returns: FALSE when the connection broke, or the server says nothing */
static gboolean
wait_for_answer (ConfabdPostgresLink *self)
{
  int unsent = PQflush (self->handle);

  while (unsent > 0 || (unsent == 0 && PQisBusy (self->handle))) {
    if (!wait_for_server (self, unsent > 0) || !PQconsumeInput (self->handle)) {
      return FALSE;
    }
    unsent = PQflush (self->handle);
  }
  return unsent == 0;
}

static gboolean
is_good (const PGresult *result)
{
  ExecStatusType status = PQresultStatus (result);

  return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY;
}

/* Reads all answers to one question. Returns: the first that is an error, else the last. */
static PGresult *
read_answers (ConfabdPostgresLink *self)
{
  PGresult *kept = NULL;

  while (wait_for_answer (self)) {
    PGresult *next = PQgetResult (self->handle);

    if (next == NULL) {
      return kept;
    }
    if (kept != NULL && !is_good (kept)) {
      PQclear (next);
    } else {
      PQclear (kept);
      kept = next;
    }
  }
  PQclear (kept);
  return NULL;
}

/**
 * confabd_postgres_link_take_result:
 * @is_sent: what the PQsend function said
 * @error: return location for a #GError
 *
 * Waits for the answer to what was sent just now. A server that does not answer, or went away, ends
 * the session.
 *
 * Returns: (transfer full): a good result, for PQclear()
 */
PGresult *
confabd_postgres_link_take_result (ConfabdPostgresLink *self, gboolean is_sent, GError **error)
{
  PGresult *result = is_sent ? read_answers (self) : NULL;

  if (result == NULL || PQstatus (self->handle) == CONNECTION_BAD) {
    PQclear (result);
    confabd_postgres_set_away (error, self->handle, self->name);
    confabd_postgres_link_drop (self);
    return NULL;
  }
  self->used_mono_us = g_get_monotonic_time ();
  if (!is_good (result)) {
    confabd_postgres_set_error (error, result, self->name);
    g_clear_pointer (&result, PQclear);
  }
  return result;
}

/**
 * confabd_postgres_link_run:
 * @sql: any number of statements without parameters
 *
 * Returns: whether all of them ran; those of one call are one transaction unless they say otherwise
 */
gboolean
confabd_postgres_link_run (ConfabdPostgresLink *self, const char *sql, GError **error)
{
  PGresult *result = NULL;

  if (self->handle == NULL) {
    confabd_postgres_set_away (error, NULL, self->name);
    return FALSE;
  }
  result = confabd_postgres_link_take_result (self, PQsendQuery (self->handle, sql), error);
  if (result == NULL) {
    return FALSE;
  }
  PQclear (result);
  return TRUE;
}

/* ---- connecting ---- */

static void
on_notice (void *user_data, const PGresult *notice)
{
  g_debug ("PostgreSQL says: %s", PQresultErrorField (notice, PG_DIAG_MESSAGE_PRIMARY));
}

/* Later words win over those of the URL only where ours stand behind it; the URL stands last. */
static PGconn *
open_session (const char *url)
{
  static const char *const keys[] = {
    "fallback_application_name", "connect_timeout",  "keepalives_idle",
    "keepalives_interval",       "keepalives_count", "tcp_user_timeout",
    "client_encoding",           "dbname",           NULL
  };
  const char *const values[] = { "confabd", "5", "10", "5", "3", "10000", "UTF8", url, NULL };

  return PQconnectdbParams (keys, values, TRUE);
}

static gboolean
try_connect (ConfabdPostgresLink *self, GError **error)
{
  PGconn *handle = open_session (self->url);

  if (PQstatus (handle) != CONNECTION_OK) {
    confabd_postgres_set_away (error, handle, self->name);
    PQfinish (handle);
    return FALSE;
  }
  PQsetnonblocking (handle, TRUE);
  PQsetNoticeReceiver (handle, on_notice, self);
  self->handle = handle;
  /* Moments travel as microseconds and are printed nowhere; this is for who looks on. */
  return confabd_postgres_link_run (self, "SET TimeZone = 'UTC'", error);
}

static gboolean
is_well (ConfabdPostgresLink *self)
{
  struct pollfd poll_fd = { .events = POLLIN };

  if (self->handle == NULL || PQstatus (self->handle) != CONNECTION_OK) {
    return FALSE;
  }
  poll_fd.fd = PQsocket (self->handle);
  /* Nothing is due: what is there to read now is a farewell, or a notice. */
  if (poll (&poll_fd, 1, 0) > 0 && !PQconsumeInput (self->handle)) {
    return FALSE;
  }
  return g_get_monotonic_time () - self->used_mono_us < IDLE_US ||
         confabd_postgres_link_run (self, "", NULL);
}

/* Returns: whether there is time for another attempt, after a while */
static gboolean
wait_for_retry (ConfabdPostgresLink *self, gint64 *delay_us)
{
  if (self->deadline_mono_us == 0 || g_get_monotonic_time () + *delay_us > self->deadline_mono_us) {
    return FALSE;
  }
  g_usleep ((gulong) *delay_us);
  *delay_us = MIN (*delay_us * 2, RETRY_MAX_US);
  return TRUE;
}

/**
 * confabd_postgres_link_ensure:
 * @is_new: (out): whether the session is another one than before
 * @error: return location for a #GError
 *
 * Sees to it that there is a session that works, trying until the deadline; without a deadline,
 * once.
 *
 * Returns: whether there is one
 */
gboolean
confabd_postgres_link_ensure (ConfabdPostgresLink *self, gboolean *is_new, GError **error)
{
  gint64 delay_us = RETRY_MIN_US;
  g_autoptr (GError) local_error = NULL;

  *is_new = FALSE;
  if (is_well (self)) {
    return TRUE;
  }
  *is_new = TRUE;
  do {
    g_clear_error (&local_error);
    confabd_postgres_link_drop (self);
    if (try_connect (self, &local_error)) {
      return TRUE;
    }
  } while (wait_for_retry (self, &delay_us));
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}
