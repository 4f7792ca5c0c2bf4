/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "confabd-router.h"

static void
handle (ConfabdRequest *request, gpointer api)
{
}

static const ConfabdRoute things[] = {
  { "GET", "/things", CONFAB_PERMISSION_PUBLIC, CONFABD_LIMIT_NONE, handle },
  { "POST", "/things", CONFAB_PERMISSION_READ_CALLS, CONFABD_LIMIT_SIGNED_IN, handle },
  { "POST", "/things/join", CONFAB_PERMISSION_READ_CALLS, CONFABD_LIMIT_SIGNED_IN, handle },
  { "GET", "/things/{id}", CONFAB_PERMISSION_READ_CALLS, CONFABD_LIMIT_SIGNED_IN, handle },
  { "POST", "/things/{id}/parts/{part}", CONFAB_PERMISSION_READ_CALLS, CONFABD_LIMIT_SIGNED_IN,
    handle },
};

static const ConfabdRoute root[] = { { "GET", "/", CONFAB_PERMISSION_PUBLIC, CONFABD_LIMIT_NONE,
                                       handle } };

typedef struct {
  ConfabdRouter *router;
  GObject *api;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->router = confabd_router_new ();
  fixture->api = g_object_new (G_TYPE_OBJECT, NULL);
  confabd_router_add (fixture->router, things, G_N_ELEMENTS (things), fixture->api);
  confabd_router_add (fixture->router, root, G_N_ELEMENTS (root), NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->router);
  g_assert_finalize_object (fixture->api);
}

static void
assert_route (Fixture *fixture,
              const char *method,
              const char *path,
              const ConfabdRoute *expected,
              const char *expected_arguments)
{
  g_auto (GStrv) arguments = NULL;
  g_autofree char *allow = NULL;
  g_autofree char *joined = NULL;
  GObject *api = NULL;

  g_assert_true (confabd_router_match (fixture->router, method, path, &api, &arguments, &allow) ==
                 expected);
  g_assert_null (allow);
  joined = g_strjoinv (" ", arguments);
  g_assert_cmpstr (joined, ==, expected_arguments);
  g_assert_true (api == (expected == root ? NULL : fixture->api));
}

static void
assert_none (Fixture *fixture, const char *method, const char *path, const char *expected_allow)
{
  g_auto (GStrv) arguments = NULL;
  g_autofree char *allow = NULL;
  GObject *api = NULL;

  g_assert_null (confabd_router_match (fixture->router, method, path, &api, &arguments, &allow));
  g_assert_cmpstr (allow, ==, expected_allow);
}

static void
test_match (Fixture *fixture, gconstpointer data)
{
  assert_route (fixture, "GET", "/things", &things[0], "");
  assert_route (fixture, "HEAD", "/things", &things[0], "");
  assert_route (fixture, "POST", "/things", &things[1], "");
  assert_route (fixture, "POST", "/things/join", &things[2], "");
  assert_route (fixture, "GET", "/things/7", &things[3], "7");
  assert_route (fixture, "GET", "/things/%2e%2e", &things[3], "%2e%2e");
  assert_route (fixture, "POST", "/things/7/parts/8", &things[4], "7 8");
  assert_route (fixture, "GET", "/", root, "");
}

static void
test_no_match (Fixture *fixture, gconstpointer data)
{
  assert_none (fixture, "GET", "/thing", NULL);
  assert_none (fixture, "GET", "/things/", NULL);
  assert_none (fixture, "GET", "//things", NULL);
  assert_none (fixture, "GET", "/things/7/", NULL);
  assert_none (fixture, "GET", "/things/7/parts", NULL);
  assert_none (fixture, "GET", "/things/7/parts/8/9", NULL);
  assert_none (fixture, "GET", "", NULL);
}

static void
test_wrong_method (Fixture *fixture, gconstpointer data)
{
  assert_none (fixture, "DELETE", "/things", "GET, HEAD, POST");
  assert_none (fixture, "OPTIONS", "/things/7/parts/8", "POST");
  assert_none (fixture, "GET", "/things/join", "POST");
  assert_none (fixture, "get", "/", "GET, HEAD");
}

static void
test_list (Fixture *fixture, gconstpointer data)
{
  g_auto (GStrv) list = confabd_router_list (fixture->router);

  g_assert_cmpuint (g_strv_length (list), ==, G_N_ELEMENTS (things) + 1);
  g_assert_cmpstr (list[3], ==, "GET /things/{id} read-calls guest calls:read");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/router/match", test_match);
  ADD ("/router/no-match", test_no_match);
  ADD ("/router/wrong-method", test_wrong_method);
  ADD ("/router/list", test_list);

  return g_test_run ();
}
