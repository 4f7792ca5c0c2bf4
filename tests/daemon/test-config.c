/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>

#include "confab-ice-server.h"
#include "confabd-config-auth.h"
#include "confabd-config-database.h"
#include "confabd-config-ice.h"
#include "confabd-config-limits.h"
#include "confabd-config-log.h"
#include "confabd-config-server.h"
#include "confabd-config-turn.h"

static void
assert_mistakes (ConfabdConfig *config, const char *const *patterns)
{
  GPtrArray *mistakes = confabd_config_get_mistakes (config);
  guint i;

  for (i = 0; patterns[i] != NULL; i++) {
    g_assert_cmpuint (i, <, mistakes->len);
    if (!g_pattern_match_simple (patterns[i], mistakes->pdata[i])) {
      g_error ("“%s” is not “%s”", (char *) mistakes->pdata[i], patterns[i]);
    }
  }
  g_assert_cmpuint (mistakes->len, ==, i);
}

#define assert_no_mistakes(config) assert_mistakes (config, (const char *const[]){ NULL })

static void
assert_listens (ConfabdConfig *config, guint i, const char *address, guint port)
{
  GInetSocketAddress *socket_address =
      G_INET_SOCKET_ADDRESS (g_ptr_array_index (confabd_config_get_server (config)->listen, i));
  g_autofree char *text =
      g_inet_address_to_string (g_inet_socket_address_get_address (socket_address));

  g_assert_cmpstr (text, ==, address);
  g_assert_cmpuint (g_inet_socket_address_get_port (socket_address), ==, port);
}

/* The list of a hundred participants has to go in, or nobody could join them. */
static void
test_outbox_holds_a_message (void)
{
  g_autoptr (ConfabdConfig) config = confabd_config_new ();

  confabd_config_set (config, "limits", "outbox-bytes", "65535", "here");
  assert_mistakes (config, (const char *const[]){ "here: *limits* outbox-bytes: *65535*", NULL });
}

static void
test_defaults (void)
{
  g_autoptr (ConfabdConfig) config = confabd_config_new ();

  assert_no_mistakes (config);
  g_assert_cmpuint (confabd_config_get_server (config)->listen->len, ==, 1);
  assert_listens (config, 0, "127.0.0.1", 0);
  g_assert_null (confabd_config_get_server (config)->base_url);
  g_assert_null (confabd_config_get_server (config)->allowed_origins[0]);
  g_assert_true (g_pattern_match_simple ("sqlite:///*/confab/confab.db",
                                         confabd_config_get_database (config)->url));
  g_assert_cmpuint (confabd_config_get_limits (config)->max_participants, ==, 100);
  g_assert_cmpuint (confabd_config_get_limits (config)->open_calls_per_user, ==, 5);
  g_assert_cmpuint (confabd_config_get_limits (config)->call_s, ==, 12 * 60 * 60);
  g_assert_cmpuint (confabd_config_get_limits (config)->empty_room_s, ==, 300);
  g_assert_cmpuint (confabd_config_get_limits (config)->outbox_messages, ==, 256);
  g_assert_cmpuint (confabd_config_get_limits (config)->outbox_bytes, ==, 1024 * 1024);
  g_assert_cmpuint (confabd_config_get_limits (config)->create_per_minute, ==, 10);
  g_assert_cmpint (confabd_config_get_auth (config)->guests, ==, CONFAB_GUEST_ACCESS_JOIN);
  g_assert_cmpuint (confabd_config_get_ice (config)->servers->len, ==, 0);
  g_assert_cmpint (confabd_config_get_log (config)->level, ==, G_LOG_LEVEL_MESSAGE);
}

static char *
write_file (const char *text)
{
  char *path = NULL;
  g_autoptr (GError) error = NULL;
  int descriptor = g_file_open_tmp ("confab-config-XXXXXX", &path, &error);

  g_assert_no_error (error);
  g_close (descriptor, NULL);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

static ConfabdConfig *
read_text (const char *text)
{
  g_autofree char *path = write_file (text);
  ConfabdConfig *config = confabd_config_new ();

  confabd_config_read_file (config, path);
  g_unlink (path);
  return config;
}

static void
test_file (void)
{
  g_autoptr (ConfabdConfig) config =
      read_text ("[server]\n"
                 "listen=0.0.0.0:80; [::1]:8080 ;\n"
                 "base-url=https://Call.Example.org/\n"
                 "allowed-origins=https://a.example;http://[::1]:3000\n"
                 "[database]\nurl=sqlite:///var/lib/x y/100%.db\nslow-statement-ms=250\n"
                 "[limits]\nmax-participants=12\ncall-hours=0.5\nempty-room-s=0\n"
                 "[ice]\nservers=stun:stun.example.org;stun:[::1]:3478\n"
                 "[turn]\nurls=turn:[::1]:3478?transport=tcp;turns:relay.example.org\n"
                 "secret= s3cret-s3cret \nlifetime-s=600\n"
                 "[log]\nlevel=debug\n");
  ConfabIceServer *stun = NULL;

  assert_no_mistakes (config);
  assert_listens (config, 0, "0.0.0.0", 80);
  assert_listens (config, 1, "::1", 8080);
  g_assert_cmpstr (confabd_config_get_server (config)->base_url, ==, "https://call.example.org");
  g_assert_cmpstr (confabd_config_get_server (config)->allowed_origins[0], ==, "https://a.example");
  g_assert_cmpstr (confabd_config_get_server (config)->allowed_origins[1], ==, "http://[::1]:3000");
  g_assert_cmpstr (confabd_config_get_database (config)->url, ==, "sqlite:///var/lib/x y/100%.db");
  g_assert_cmpuint (confabd_config_get_database (config)->slow_statement_ms, ==, 250);
  g_assert_cmpuint (confabd_config_get_limits (config)->max_participants, ==, 12);
  g_assert_cmpuint (confabd_config_get_limits (config)->call_s, ==, 1800);
  g_assert_cmpuint (confabd_config_get_limits (config)->empty_room_s, ==, 0);
  g_assert_cmpuint (confabd_config_get_ice (config)->servers->len, ==, 2);
  stun = confabd_config_get_ice (config)->servers->pdata[1];
  g_assert_cmpstr (confab_ice_server_get_urls (stun)[0], ==, "stun:[::1]:3478");
  g_assert_cmpstr (confabd_config_get_turn (config)->urls[0], ==, "turn:[::1]:3478?transport=tcp");
  g_assert_cmpstr (confabd_config_get_turn (config)->urls[1], ==, "turns:relay.example.org");
  g_assert_cmpmem (g_bytes_get_data (confabd_config_get_turn (config)->secret, NULL),
                   g_bytes_get_size (confabd_config_get_turn (config)->secret), "s3cret-s3cret",
                   13);
  g_assert_cmpuint (confabd_config_get_turn (config)->lifetime_s, ==, 600);
  g_assert_cmpint (confabd_config_get_log (config)->level, ==, G_LOG_LEVEL_DEBUG);
}

/* One line each, all at once, and nothing of what is wrong is used. */
static void
test_mistakes (void)
{
  g_autoptr (ConfabdConfig) config =
      read_text ("[server]\nlisten=localhost:80\nbase-url=ftp://x\nallowed-origins=*\nport=1\n"
                 "[limits]\nmax-participants=101\ncall-hours=soon\nempty-room-s=-1\n"
                 "[database]\nurl=mysql://x/y\n"
                 "[ice]\nservers=turn:x\n"
                 "[turn]\nurls=stun:x\nsecret=short\nsecret-file=/nowhere\nlifetime-s=1\n"
                 "[log]\nlevel=loud\n"
                 "[colour]\nred=1\n");
  const char *const patterns[] = {
    "*: [server] listen: “localhost:80” is not like “127.0.0.1:8080” or “[::1]:8080”",
    "*: [server] base-url: “ftp://x” is not like *",
    "*: [server] allowed-origins: “?” would let every page *",
    "*: [server] has no key “port”",
    "*: [limits] max-participants: “101” is not a number from 2 to 100",
    "*: [limits] call-hours: “soon” is not a number of hours *",
    "*: [limits] empty-room-s: “-1” is not a number from 0 to 86400",
    "*: [database] url: “mysql://x/y” is not like “sqlite:///PATH” or *",
    "*: [ice] servers: server 1 is not like *",
    "*: [turn] urls: “stun:x” is not like *",
    "*: [turn] secret: a secret has 8 to 1024 characters",
    "*: [turn] secret-file: *nowhere*",
    "*: [turn] lifetime-s: “1” is not a number *",
    "*: [log] level: “loud” is not *",
    "*: there is no group [colour]",
    NULL,
  };

  assert_mistakes (config, patterns);
  assert_listens (config, 0, "127.0.0.1", 0);
  g_assert_cmpuint (confabd_config_get_limits (config)->max_participants, ==, 100);
}

static void
test_relay_needs_secret (void)
{
  g_autofree char *path = write_file ("  north-pole \n");
  g_autoptr (ConfabdConfig) config = read_text ("[turn]\nurls=turn:x\n");
  g_autoptr (ConfabdConfig) whole = read_text ("[turn]\nurls=turn:x\n");

  confabd_config_check (config);
  assert_mistakes (config, (const char *const[]){ "[turn] urls: there is no secret *", NULL });
  confabd_config_set (whole, "turn", "secret-file", path, "--x");
  confabd_config_check (whole);
  assert_no_mistakes (whole);
  g_assert_cmpuint (g_bytes_get_size (confabd_config_get_turn (whole)->secret), ==, 10);
  g_remove (path);
}

static void
test_no_file (void)
{
  g_autoptr (ConfabdConfig) missing = confabd_config_new ();
  g_autoptr (ConfabdConfig) garbage = read_text ("this is a letter\n");

  confabd_config_read_file (missing, "/nowhere/confabd.conf");
  assert_mistakes (missing, (const char *const[]){ "/nowhere/confabd.conf: *", NULL });
  assert_mistakes (garbage, (const char *const[]){ "*confab-config-*: *", NULL });
}

static void
test_environment (void)
{
  const char *const environment[] = {
    "HOME=/root",
    "CONFAB_LIMITS_MAX_PARTICIPANTS=7",
    "CONFAB_SERVER_LISTEN=127.0.0.1:1;127.0.0.1:2",
    "CONFAB_LIMITS_NONSENSE=1",
    "CONFAB_LOG_LEVEL=x=y",
    "CONFAB_PORT=80",
    "CONFAB_OTHER_THING=1",
    "NOTHING",
    NULL,
  };
  g_autoptr (ConfabdConfig) config = read_text ("[limits]\nmax-participants=12\n");

  confabd_config_read_environment (config, environment);
  g_assert_cmpuint (confabd_config_get_limits (config)->max_participants, ==, 7);
  assert_listens (config, 1, "127.0.0.1", 2);
  assert_mistakes (config,
                   (const char *const[]){ "CONFAB_LIMITS_NONSENSE: * has no key “nonsense”",
                                          "CONFAB_LOG_LEVEL: * level: “x=y” is not *", NULL });
}

static void
test_option (void)
{
  g_autoptr (ConfabdConfig) config = confabd_config_new ();
  const char *const environment[] = { "CONFAB_SERVER_LISTEN=127.0.0.1:1", NULL };

  confabd_config_read_environment (config, environment);
  confabd_config_set (config, "server", "listen", "127.0.0.1:2", "--listen");
  confabd_config_set (config, "server", "listen", "x", "--listen");
  confabd_config_set (config, "server", "listen", "", "--listen");
  assert_listens (config, 0, "127.0.0.1", 2);
  assert_mistakes (config,
                   (const char *const[]){ "--listen: * listen: “x” is not *",
                                          "--listen: * listen: there is no address", NULL });
}

static void
test_listen (void)
{
  const char *const bad[] = { ":80",    "127.0.0.1",    "127.0.0.1:",    "127.0.0.1:65536",
                              "::1:80", "[::1:80",      "[]:80",         "256.0.0.1:80",
                              "a:b",    "127.0.0.1:-1", "127.0.0.1:8 0", "[127.0.0.1:80" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (ConfabdConfig) config = confabd_config_new ();

    confabd_config_set (config, "server", "listen", bad[i], "x");
    g_assert_cmpuint (confabd_config_get_mistakes (config)->len, ==, 1);
  }
}

/* The example: as it comes, and with every key taken out of its comment. */
static void
test_example (void)
{
  g_autoptr (ConfabdConfig) config = confabd_config_new ();
  g_autoptr (ConfabdConfig) open_config = NULL;
  g_autofree char *text = NULL;
  g_autofree char *opened = NULL;
  g_autoptr (GRegex) regex = NULL;

  confabd_config_read_file (config, EXAMPLE_CONFIG);
  assert_no_mistakes (config);
  g_assert_true (g_file_get_contents (EXAMPLE_CONFIG, &text, NULL, NULL));
  /* But for a file with a secret in it, which is read at once. */
  regex = g_regex_new ("^#((?!telegram-token-file)[a-z-]+=)", G_REGEX_MULTILINE, 0, NULL);
  opened = g_regex_replace (regex, text, -1, 0, "\\1", 0, NULL);
  open_config = read_text (opened);
  assert_no_mistakes (open_config);
  g_assert_cmpstr (confabd_config_get_server (open_config)->base_url, ==,
                   "https://call.example.org");
  g_assert_cmpuint (confabd_config_get_ice (open_config)->servers->len, ==, 1);
  /* Its defaults are ours. */
  g_assert_cmpuint (confabd_config_get_limits (open_config)->max_connections_per_address, ==,
                    confabd_config_get_limits (config)->max_connections_per_address);
  g_assert_cmpuint (confabd_config_get_limits (open_config)->guest_per_minute, ==,
                    confabd_config_get_limits (config)->guest_per_minute);
  g_assert_cmpuint (confabd_config_get_limits (open_config)->join_failures_per_minute, ==,
                    confabd_config_get_limits (config)->join_failures_per_minute);
  g_assert_cmpuint (confabd_config_get_limits (open_config)->max_connections, ==,
                    confabd_config_get_limits (config)->max_connections);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/config/defaults", test_defaults);
  g_test_add_func ("/config/outbox-holds-a-message", test_outbox_holds_a_message);
  g_test_add_func ("/config/file", test_file);
  g_test_add_func ("/config/file/mistakes", test_mistakes);
  g_test_add_func ("/config/file/none", test_no_file);
  g_test_add_func ("/config/relay-needs-secret", test_relay_needs_secret);
  g_test_add_func ("/config/environment", test_environment);
  g_test_add_func ("/config/option", test_option);
  g_test_add_func ("/config/listen", test_listen);
  g_test_add_func ("/config/example", test_example);
  return g_test_run ();
}
