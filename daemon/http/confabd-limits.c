/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-limits"

#include "config.h"

#include "confabd-limits.h"

#define MAX_KEYS 10000 /* 1 MB of buckets a row; beyond that the longest idle one is forgotten */
#define MINUTE   60
#define HOUR     3600

#define FIGURE(field) G_STRUCT_OFFSET (ConfabdConfigLimits, field)

typedef struct {
  guint period_s; /* 0: no limit */
  gsize figure;   /* where the amount is in the configuration */
  gboolean by_principal;
  gboolean guards_secret; /* guessing stays slow also for what runs on a desktop */
  guint counted_status;   /* only what is answered so counts; 0: everything */
} LimitRow;

/* clang-format off */
static const LimitRow rows[] = {
  [CONFABD_LIMIT_NONE] = { 0 },
  [CONFABD_LIMIT_ANONYMOUS] = { MINUTE, FIGURE (anonymous_per_minute) },
  [CONFABD_LIMIT_SIGNED_IN] = { HOUR, FIGURE (signed_in_per_hour), .by_principal = TRUE },
  [CONFABD_LIMIT_LOG_IN] = { MINUTE, FIGURE (log_in_per_minute), .guards_secret = TRUE },
  [CONFABD_LIMIT_REGISTER] = { HOUR, FIGURE (register_per_hour) },
  [CONFABD_LIMIT_REFRESH] = { MINUTE, FIGURE (refresh_per_minute) },
  [CONFABD_LIMIT_LETTER] = { HOUR, FIGURE (letters_per_hour) },
  [CONFABD_LIMIT_GUEST] = { MINUTE, FIGURE (guest_per_minute) },
  [CONFABD_LIMIT_CREATE_CALL] = { MINUTE, FIGURE (create_per_minute), .by_principal = TRUE },
  [CONFABD_LIMIT_JOIN] = { MINUTE, FIGURE (join_failures_per_minute), .guards_secret = TRUE, .counted_status = 404 },
  [CONFABD_LIMIT_CLIENT_ERROR] = { MINUTE, FIGURE (client_errors_per_minute) },
};
/* clang-format on */

/*
 * How often anybody may do anything: token buckets, a table of them a row. Each request also counts
 * for all that its principal, or its address, does: the rows ANONYMOUS and SIGNED_IN.
 *
 * On a desktop the person whom the bus vouches for is not counted, nor are programs of the same
 * machine, except where they could guess secrets.
 */
struct _ConfabdLimits {
  GObject parent_instance;

  ConfabdLimiter *limiters[G_N_ELEMENTS (rows)]; /* (owned) (nullable) */
  gboolean is_desktop;
};

G_DEFINE_FINAL_TYPE (ConfabdLimits, confabd_limits, G_TYPE_OBJECT)

static guint
get_amount (const LimitRow *row, const ConfabdConfigLimits *figures)
{
  return G_STRUCT_MEMBER (guint, figures, row->figure);
}

static gboolean
is_exempt (ConfabdLimits *self, const LimitRow *row, const ConfabdVisitor *visitor)
{
  if (row->period_s == 0)
    return TRUE;
  if (visitor->principal != NULL &&
      (confabd_principal_get_kind (visitor->principal) == CONFABD_PRINCIPAL_LOCAL ||
       confabd_principal_get_kind (visitor->principal) == CONFABD_PRINCIPAL_CONSOLE))
    return TRUE;
  return self->is_desktop && visitor->is_loopback && !row->guards_secret;
}

static char *
make_key (const LimitRow *row, const ConfabdVisitor *visitor)
{
  const char *key_id;

  if (!row->by_principal || visitor->principal == NULL)
    return g_strconcat ("address:", visitor->address_key, NULL);
  key_id = confabd_principal_get_key_id (visitor->principal);
  if (key_id != NULL)
    return g_strconcat ("key:", key_id, NULL);
  return g_strconcat ("user:", confab_user_get_id (confabd_principal_get_user (visitor->principal)),
                      NULL);
}

/* Returns whether there was something left. */
static gboolean
charge (ConfabdLimits *self, ConfabdLimit limit, const ConfabdVisitor *visitor, ConfabdQuota *quota)
{
  const LimitRow *row = &rows[limit];
  g_autofree char *key = NULL;

  *quota = (ConfabdQuota){ 0 };
  if (is_exempt (self, row, visitor))
    return TRUE;
  key = make_key (row, visitor);
  if (row->counted_status != 0)
    return confabd_limiter_peek (self->limiters[limit], key, quota);
  return confabd_limiter_take (self->limiters[limit], key, quota);
}

static void
confabd_limits_dispose (GObject *object)
{
  ConfabdLimits *self = CONFABD_LIMITS (object);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_clear_object (&self->limiters[i]);

  G_OBJECT_CLASS (confabd_limits_parent_class)->dispose (object);
}

static void
confabd_limits_class_init (ConfabdLimitsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = confabd_limits_dispose;
}

static void
confabd_limits_init (ConfabdLimits *self)
{
}

/**
 * confabd_limits_new:
 * @clock: where time comes from
 * @figures: how often
 * @is_desktop: whether the daemon serves the person at this machine
 *
 * Returns: (transfer full): the limits, for one main context
 */
ConfabdLimits *
confabd_limits_new (ConfabClock *clock, const ConfabdConfigLimits *figures, gboolean is_desktop)
{
  ConfabdLimits *self = g_object_new (CONFABD_TYPE_LIMITS, NULL);

  self->is_desktop = is_desktop;
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (rows[i].period_s > 0)
      self->limiters[i] =
          confabd_limiter_new (clock, get_amount (&rows[i], figures), rows[i].period_s, MAX_KEYS);
  }
  return self;
}

/**
 * confabd_limits_set_figures:
 * @self: the limits
 * @figures: how often from now on
 *
 * What was counted still counts.
 */
void
confabd_limits_set_figures (ConfabdLimits *self, const ConfabdConfigLimits *figures)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (rows[i].period_s > 0)
      confabd_limiter_set_amount (self->limiters[i], get_amount (&rows[i], figures));
  }
}

static ConfabdLimit
get_general (const ConfabdVisitor *visitor)
{
  return visitor->principal != NULL ? CONFABD_LIMIT_SIGNED_IN : CONFABD_LIMIT_ANONYMOUS;
}

/* Of two buckets the one that runs dry first; one without a limit never does. */
static gboolean
is_tighter (const ConfabdQuota *a, const ConfabdQuota *b)
{
  return a->amount != 0 && (b->amount == 0 || a->remaining <= b->remaining);
}

/**
 * confabd_limits_admit:
 * @self: the limits
 * @limit: of the route
 * @visitor: who asks
 * @quota: (out): of the bucket that said no, or that runs dry first; all 0 when nothing counts
 *
 * Counts one request.
 *
 * Returns: whether it may be answered
 */
gboolean
confabd_limits_admit (ConfabdLimits *self,
                      ConfabdLimit limit,
                      const ConfabdVisitor *visitor,
                      ConfabdQuota *quota)
{
  ConfabdLimit general = get_general (visitor);
  ConfabdQuota own;

  *quota = (ConfabdQuota){ 0 };
  if (limit == CONFABD_LIMIT_NONE)
    return TRUE;
  if (!charge (self, general, visitor, quota))
    return FALSE;
  if (limit == CONFABD_LIMIT_ANONYMOUS || limit == CONFABD_LIMIT_SIGNED_IN)
    return TRUE;
  if (!charge (self, limit, visitor, &own)) {
    *quota = own;
    return FALSE;
  }
  if (is_tighter (&own, quota))
    *quota = own;
  return TRUE;
}

/**
 * confabd_limits_counts_answer:
 * @limit: of a route
 * @status: what somebody was answered there
 *
 * Returns: whether confabd_limits_note_answer() may count it
 */
gboolean
confabd_limits_counts_answer (ConfabdLimit limit, guint status)
{
  return rows[limit].counted_status != 0 && rows[limit].counted_status == status;
}

/**
 * confabd_limits_note_answer:
 * @self: the limits
 * @limit: of the route
 * @visitor: who asked
 * @status: what they were answered
 *
 * Counts what counts only when it fails.
 */
void
confabd_limits_note_answer (ConfabdLimits *self,
                            ConfabdLimit limit,
                            const ConfabdVisitor *visitor,
                            guint status)
{
  const LimitRow *row = &rows[limit];
  g_autofree char *key = NULL;

  if (!confabd_limits_counts_answer (limit, status) || is_exempt (self, row, visitor))
    return;
  key = make_key (row, visitor);
  confabd_limiter_take (self->limiters[limit], key, NULL);
}
