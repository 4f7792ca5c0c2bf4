/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-turn"

#include "config.h"

#include "confabd-turn.h"

#define SHA1_BYTES 20

/*
 * What helps two people behind routers to find each other. The relay's secret stays here: who is in
 * a call gets a user name that carries its own end, and a password made of it.
 */
struct _ConfabdTurn {
  GObject parent_instance;

  ConfabClock *clock;      /* (owned) */
  GPtrArray *stun_servers; /* (element-type ConfabIceServer) (owned) */
  char **urls;             /* (owned) */
  GBytes *secret;          /* (owned) (nullable) */
  guint lifetime_s;
};

G_DEFINE_FINAL_TYPE (ConfabdTurn, confabd_turn, G_TYPE_OBJECT)

static void
clear_servers (ConfabdTurn *self)
{
  g_clear_pointer (&self->stun_servers, g_ptr_array_unref);
  g_clear_pointer (&self->urls, g_strfreev);
  g_clear_pointer (&self->secret, g_bytes_unref);
}

static void
confabd_turn_finalize (GObject *object)
{
  ConfabdTurn *self = CONFABD_TURN (object);

  clear_servers (self);
  g_object_unref (self->clock);

  G_OBJECT_CLASS (confabd_turn_parent_class)->finalize (object);
}

static void
confabd_turn_class_init (ConfabdTurnClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confabd_turn_finalize;
}

static void
confabd_turn_init (ConfabdTurn *self)
{
}

/**
 * confabd_turn_new:
 * @setup: what there is
 *
 * Returns: (transfer full): the issuer
 */
ConfabdTurn *
confabd_turn_new (const ConfabdTurnSetup *setup)
{
  ConfabdTurn *self = g_object_new (CONFABD_TYPE_TURN, NULL);

  self->clock = g_object_ref (setup->clock);
  confabd_turn_set_servers (self, setup);
  return self;
}

/**
 * confabd_turn_set_servers:
 * @self: the issuer
 * @setup: what there is from now on; its clock is passed over
 */
void
confabd_turn_set_servers (ConfabdTurn *self, const ConfabdTurnSetup *setup)
{
  clear_servers (self);
  self->stun_servers = g_ptr_array_ref (setup->stun_servers);
  self->urls = g_strdupv ((char **) setup->urls);
  self->secret = setup->secret != NULL ? g_bytes_ref (setup->secret) : NULL;
  self->lifetime_s = setup->lifetime_s;
}

static char *
make_password (ConfabdTurn *self, const char *username)
{
  gsize key_size = 0;
  const guchar *key = g_bytes_get_data (self->secret, &key_size);
  g_autoptr (GHmac) hmac = g_hmac_new (G_CHECKSUM_SHA1, key, key_size);
  guint8 digest[SHA1_BYTES];
  gsize digest_size = sizeof digest;

  g_hmac_update (hmac, (const guchar *) username, -1);
  g_hmac_get_digest (hmac, digest, &digest_size);
  return g_base64_encode (digest, digest_size);
}

static ConfabIceServer *
make_relay (ConfabdTurn *self, const char *holder_id)
{
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->clock);
  gint64 expiry_s = g_date_time_to_unix (now) + self->lifetime_s;
  g_autofree char *username = g_strdup_printf ("%" G_GINT64_FORMAT ":%s", expiry_s, holder_id);
  g_autofree char *password = make_password (self, username);

  return confab_ice_server_new ((const char *const *) self->urls, username, password,
                                self->lifetime_s);
}

/**
 * confabd_turn_issue:
 * @self: the issuer
 * @holder_id: who is in the call: a participant, or a user; it is in the relay's logs
 *
 * For people in a call only.
 *
 * Source: draft-uberti-behave-turn-rest-00, section 2.2; coturn's `use-auth-secret`.
 *
 * Returns: (transfer full) (element-type ConfabIceServer): all servers, with a fresh credential
 */
GPtrArray *
confabd_turn_issue (ConfabdTurn *self, const char *holder_id)
{
  GPtrArray *servers = g_ptr_array_new_with_free_func ((GDestroyNotify) confab_ice_server_unref);

  g_return_val_if_fail (holder_id != NULL, servers);

  for (guint i = 0; i < self->stun_servers->len; i++)
    g_ptr_array_add (servers, confab_ice_server_ref (self->stun_servers->pdata[i]));
  if (self->secret != NULL && self->urls[0] != NULL)
    g_ptr_array_add (servers, make_relay (self, holder_id));
  return servers;
}
