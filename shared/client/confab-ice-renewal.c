/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-ice-renewal"

#include "config.h"

#include "confab-ice-renewal-private.h"
#include "confab-ice-server.h"
#include "confab-keepalive-private.h"

#define RENEW_AFTER  0.75 /* of the lifetime: the rest is for connections that are being built */
#define RETRY_MIN_MS 1000
#define RETRIES_LEFT 5 /* that many fit in before the old credential is void */

struct _ConfabIceRenewal {
  ConfabClient *client; /* (owned) */
  char *call_id;        /* (owned) */
  ConfabIceRenewalFunc renewed;
  gpointer user_data; /* (unowned) owns us */

  guint lifetime_s;          /* the shortest of those that are watched; 0: none expires */
  GSource *timer;            /* (owned) (nullable) */
  GCancellable *cancellable; /* (owned) (nullable) of the request that is under way */
};

static gboolean on_due (gpointer user_data);

static void
arm (ConfabIceRenewal *self, double share)
{
  double delay_ms = self->lifetime_s * share * 1000;

  confab_timer_stop (&self->timer);
  self->timer = confab_timer_start ((guint) MAX (delay_ms, RETRY_MIN_MS / 2), on_due, self);
}

static void
on_fetched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ConfabIceRenewal *self = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) servers =
      confab_client_get_ice_servers_finish (CONFAB_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self = user_data;
  g_clear_object (&self->cancellable);
  if (servers == NULL) {
    g_debug ("no new credential: %s", error->message);
    arm (self, (1 - RENEW_AFTER) / RETRIES_LEFT);
    return;
  }
  confab_ice_renewal_watch (self, servers);
  self->renewed (servers, self->user_data);
}

static gboolean
on_due (gpointer user_data)
{
  ConfabIceRenewal *self = user_data;

  confab_timer_stop (&self->timer);
  self->cancellable = g_cancellable_new ();
  confab_client_get_ice_servers_async (self->client, self->call_id, self->cancellable, on_fetched,
                                       self);
  return G_SOURCE_REMOVE;
}

/* renewed is called until confab_ice_renewal_stop (). */
ConfabIceRenewal *
confab_ice_renewal_new (ConfabClient *client,
                        const char *call_id,
                        ConfabIceRenewalFunc renewed,
                        gpointer user_data)
{
  ConfabIceRenewal *self = g_new0 (ConfabIceRenewal, 1);

  self->client = g_object_ref (client);
  self->call_id = g_strdup (call_id);
  self->renewed = renewed;
  self->user_data = user_data;
  return self;
}

void
confab_ice_renewal_free (ConfabIceRenewal *self)
{
  confab_ice_renewal_stop (self);
  g_object_unref (self->client);
  g_free (self->call_id);
  g_free (self);
}

/* From now on it is these servers that have to be renewed. */
void
confab_ice_renewal_watch (ConfabIceRenewal *self, GPtrArray *servers)
{
  confab_ice_renewal_stop (self);
  self->lifetime_s = 0;
  for (guint i = 0; i < servers->len; i++) {
    guint lifetime_s = confab_ice_server_get_lifetime_s (servers->pdata[i]);

    if (lifetime_s > 0 && (self->lifetime_s == 0 || lifetime_s < self->lifetime_s))
      self->lifetime_s = lifetime_s;
  }
  if (self->lifetime_s > 0)
    arm (self, RENEW_AFTER);
}

void
confab_ice_renewal_stop (ConfabIceRenewal *self)
{
  confab_timer_stop (&self->timer);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}
