/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "confabd-proxies.h"

typedef struct {
  const char *name;
  ConfabdProxySource source;
  const char *peer;
  const char *field;
  const char *client;
} Case;

/* Trusted are 10.0.0.0/8 and 2001:db8::/32. */
/* clang-format off */
static const Case cases[] = {
  { "stranger", CONFABD_PROXY_X_FORWARDED_FOR, "192.0.2.1", "203.0.113.1", "192.0.2.1" },
  { "nothing-said", CONFABD_PROXY_X_FORWARDED_FOR, "10.0.0.1", NULL, "10.0.0.1" },
  { "empty", CONFABD_PROXY_X_FORWARDED_FOR, "10.0.0.1", "", "10.0.0.1" },
  { "one", CONFABD_PROXY_X_FORWARDED_FOR, "10.0.0.1", "203.0.113.1", "203.0.113.1" },
  { "made-up-left", CONFABD_PROXY_X_FORWARDED_FOR, "10.0.0.1", "10.9.9.9, 198.51.100.7, 203.0.113.1", "203.0.113.1" },
  { "chain", CONFABD_PROXY_X_FORWARDED_FOR, "10.0.0.1", "198.51.100.7, 203.0.113.1 , 10.0.0.3", "203.0.113.1" },
  { "all-trusted", CONFABD_PROXY_X_FORWARDED_FOR, "10.0.0.1", "10.0.0.2, 10.0.0.3", "10.0.0.2" },
  { "garbage-stops", CONFABD_PROXY_X_FORWARDED_FOR, "10.0.0.1", "203.0.113.1, rm -rf, 10.0.0.3", "10.0.0.3" },
  { "port", CONFABD_PROXY_X_FORWARDED_FOR, "10.0.0.1", "203.0.113.1:4711", "203.0.113.1" },
  { "ipv6", CONFABD_PROXY_X_FORWARDED_FOR, "2001:db8::1", "2001:67c::1", "2001:67c::1" },
  { "ipv6-port", CONFABD_PROXY_X_FORWARDED_FOR, "2001:db8::1", "[2001:67c::1]:80", "2001:67c::1" },
  { "mapped", CONFABD_PROXY_X_FORWARDED_FOR, "10.0.0.1", "203.0.113.1, ::ffff:10.0.0.2", "203.0.113.1" },
  { "forwarded", CONFABD_PROXY_FORWARDED, "10.0.0.1", "for=198.51.100.7, For=203.0.113.1;proto=https;by=10.0.0.1", "203.0.113.1" },
  { "forwarded-quoted", CONFABD_PROXY_FORWARDED, "10.0.0.1", "proto=http; for=\"[2001:67c::1]:80\"", "2001:67c::1" },
  { "forwarded-comma-in-quotes", CONFABD_PROXY_FORWARDED, "10.0.0.1", "for=203.0.113.1;host=\"a, for=198.51.100.7\"", "203.0.113.1" },
  { "forwarded-unknown", CONFABD_PROXY_FORWARDED, "10.0.0.1", "for=203.0.113.1, for=unknown", "10.0.0.1" },
  { "forwarded-hidden", CONFABD_PROXY_FORWARDED, "10.0.0.1", "for=_SEVKISEK", "10.0.0.1" },
  { "forwarded-unclosed", CONFABD_PROXY_FORWARDED, "10.0.0.1", "for=\"203.0.113.1", "10.0.0.1" },
  { "forwarded-is-not-the-other", CONFABD_PROXY_FORWARDED, "10.0.0.1", "203.0.113.1", "10.0.0.1" },
};
/* clang-format on */

static ConfabdProxies *
make_proxies (ConfabdProxySource source)
{
  g_autoptr (GPtrArray) networks = g_ptr_array_new_with_free_func (g_object_unref);

  g_ptr_array_add (networks, g_inet_address_mask_new_from_string ("10.0.0.0/8", NULL));
  g_ptr_array_add (networks, g_inet_address_mask_new_from_string ("2001:db8::/32", NULL));
  return confabd_proxies_new (networks, source);
}

static void
test_client (gconstpointer data)
{
  const Case *expected = data;
  ConfabdProxies *proxies = make_proxies (expected->source);
  g_autoptr (GInetAddress) peer = g_inet_address_new_from_string (expected->peer);
  g_autoptr (GInetAddress) client = confabd_proxies_find_client (proxies, peer, expected->field);
  g_autofree char *text = g_inet_address_to_string (client);

  g_assert_cmpstr (text, ==, expected->client);
  g_assert_finalize_object (proxies);
}

/* Whoever sends a thousand hops gets a bounded number of them looked at. */
static void
test_long_chain (void)
{
  ConfabdProxies *proxies = make_proxies (CONFABD_PROXY_X_FORWARDED_FOR);
  g_autoptr (GInetAddress) peer = g_inet_address_new_from_string ("10.0.0.1");
  g_autoptr (GString) field = g_string_new ("203.0.113.1");
  g_autoptr (GInetAddress) client = NULL;

  for (guint i = 0; i < 1000; i++)
    g_string_append (field, ",10.0.0.2");
  client = confabd_proxies_find_client (proxies, peer, field->str);
  g_assert_true (confabd_proxies_is_trusted (proxies, client));
  g_assert_finalize_object (proxies);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strconcat ("/proxies/client/", cases[i].name, NULL);

    g_test_add_data_func (path, &cases[i], test_client);
  }
  g_test_add_func ("/proxies/long-chain", test_long_chain);
  return g_test_run ();
}
