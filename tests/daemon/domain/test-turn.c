/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "confabd-turn.h"

static const char *const relays[] = { "turn:relay.example.org:3478", "turns:relay.example.org:5349",
                                      NULL };
static const char *const none[] = { NULL };

static ConfabdTurn *
make_turn (const char *const *urls, const char *secret)
{
  g_autoptr (GDateTime) start = g_date_time_new_utc (2026, 3, 1, 12, 0, 0);
  g_autoptr (ConfabClock) clock = CONFAB_CLOCK (confab_manual_clock_new (start));
  g_autoptr (GPtrArray) stun =
      g_ptr_array_new_with_free_func ((GDestroyNotify) confab_ice_server_unref);
  g_autoptr (GBytes) key = secret != NULL ? g_bytes_new (secret, strlen (secret)) : NULL;
  const char *const urls_of_stun[] = { "stun:stun.example.org", NULL };
  const ConfabdTurnSetup setup = { clock, stun, urls, key, 600 };

  g_ptr_array_add (stun, confab_ice_server_new (urls_of_stun, NULL, NULL, 0));
  return confabd_turn_new (&setup);
}

/* Checked against: printf 1772367000:ada | openssl dgst -sha1 -hmac north-pole -binary | base64 */
static void
test_credential (void)
{
  g_autoptr (ConfabdTurn) turn = make_turn (relays, "north-pole");
  g_autoptr (GPtrArray) servers = confabd_turn_issue (turn, "ada");
  g_autoptr (GPtrArray) others = confabd_turn_issue (turn, "bob");
  ConfabIceServer *relay = servers->pdata[1];

  g_assert_cmpuint (servers->len, ==, 2);
  g_assert_null (confab_ice_server_get_username (servers->pdata[0]));
  g_assert_cmpstrv ((char **) confab_ice_server_get_urls (relay), (char **) relays);
  g_assert_cmpstr (confab_ice_server_get_username (relay), ==, "1772367000:ada");
  g_assert_cmpstr (confab_ice_server_get_credential (relay), ==, "R1F/G623+roppumWboIYH6bwxCw=");
  g_assert_cmpuint (confab_ice_server_get_lifetime_s (relay), ==, 600);
  g_assert_cmpstr (confab_ice_server_get_username (others->pdata[1]), ==, "1772367000:bob");
  g_assert_cmpstr (confab_ice_server_get_credential (others->pdata[1]), !=,
                   confab_ice_server_get_credential (relay));
}

static void
test_no_relay (void)
{
  g_autoptr (ConfabdTurn) without_urls = make_turn (none, "north-pole");
  g_autoptr (ConfabdTurn) without_secret = make_turn (relays, NULL);
  g_autoptr (GPtrArray) first = confabd_turn_issue (without_urls, "ada");
  g_autoptr (GPtrArray) second = confabd_turn_issue (without_secret, "ada");

  g_assert_cmpuint (first->len, ==, 1);
  g_assert_cmpuint (second->len, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/turn/credential", test_credential);
  g_test_add_func ("/turn/no-relay", test_no_relay);
  return g_test_run ();
}
