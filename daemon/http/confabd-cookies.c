/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-cookies"

#include "config.h"

#include <string.h>

#include "confabd-cookies.h"

#define ATTRIBUTES "Path=/; Secure; HttpOnly; SameSite=Strict"

/*
 * How a browser is signed in: the tokens are in cookies that no script of a page can read, and that
 * no page of another site makes it send.
 */

static char *
dup_value (const char *pair, const char *name)
{
  gsize length = strlen (name);

  return g_str_has_prefix (pair, name) && pair[length] == '=' ? g_strdup (pair + length + 1) : NULL;
}

/**
 * confabd_cookies_dup:
 * @request: a request
 * @name: of a cookie of ours
 *
 * Source: RFC 6265, 4.2.
 *
 * Returns: (transfer full) (nullable): its value; %NULL for none, and for an empty one
 */
char *
confabd_cookies_dup (ConfabdRequest *request, const char *name)
{
  const char *field = confabd_request_get_header (request, "Cookie");
  g_auto (GStrv) pairs = field != NULL ? g_strsplit (field, ";", -1) : NULL;

  for (guint i = 0; pairs != NULL && pairs[i] != NULL; i++) {
    g_autofree char *value = dup_value (g_strstrip (pairs[i]), name);

    if (value != NULL) {
      return *value != '\0' ? g_steal_pointer (&value) : NULL;
    }
  }
  return NULL;
}

/**
 * confabd_cookies_are_sent:
 * @request: a request
 *
 * Returns: whether a browser that is signed in sent it: it has cookies of ours, and no other
 *   credentials
 */
gboolean
confabd_cookies_are_sent (ConfabdRequest *request)
{
  g_autofree char *access = NULL;
  g_autofree char *refresh = NULL;

  if (confabd_request_get_header (request, "Authorization") != NULL) {
    return FALSE;
  }
  access = confabd_cookies_dup (request, CONFABD_COOKIE_ACCESS);
  refresh = confabd_cookies_dup (request, CONFABD_COOKIE_REFRESH);
  return access != NULL || refresh != NULL;
}

/**
 * confabd_cookies_set:
 * @request: a request without an answer yet
 * @name: of a cookie of ours
 * @value: a token
 * @expires_at: how long the browser keeps it
 */
void
confabd_cookies_set (ConfabdRequest *request,
                     const char *name,
                     const char *value,
                     GDateTime *expires_at)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  gint64 age_s = g_date_time_difference (expires_at, now) / G_TIME_SPAN_SECOND;
  g_autofree char *cookie = g_strdup_printf ("%s=%s; Max-Age=%" G_GINT64_FORMAT "; " ATTRIBUTES,
                                             name, value, MAX (age_s, 1));

  confabd_request_add_header (request, "Set-Cookie", cookie);
}

/**
 * confabd_cookies_clear:
 * @request: a request without an answer yet
 *
 * Has the browser forget them.
 */
void
confabd_cookies_clear (ConfabdRequest *request)
{
  confabd_request_add_header (request, "Set-Cookie",
                              CONFABD_COOKIE_ACCESS "=; Max-Age=0; " ATTRIBUTES);
  confabd_request_add_header (request, "Set-Cookie",
                              CONFABD_COOKIE_REFRESH "=; Max-Age=0; " ATTRIBUTES);
}
