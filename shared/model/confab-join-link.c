/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-join-link"

#include "config.h"

#include <string.h>

#include "confab-error.h"
#include "confab-id.h"
#include "confab-join-link.h"

#define MAX_TEXT_BYTES 4096 /* a link with the sentence around it; a whole mail is a mistake */
#define JOIN_PATH      "/j/"

/* What mail programs, chats and people put before and behind a link. */
#define OPENING "<([{\"'`*"
#define CLOSING ">)]}\"'`*.,;:!?"

/**
 * ConfabJoinLink:
 *
 * What a person pasted to join a call: a server, unless it is a bare code, and a call's code or an
 * invite's secret. An immutable value.
 *
 * Since: 0.1
 */
struct _ConfabJoinLink {
  char *server; /* (owned) (nullable) */
  char *code;   /* (owned) (nullable) either this */
  char *secret; /* (owned) (nullable) or this */
};

G_DEFINE_BOXED_TYPE (ConfabJoinLink, confab_join_link, confab_join_link_ref, confab_join_link_unref)

static void
confab_join_link_clear (ConfabJoinLink *self)
{
  g_free (self->server);
  g_free (self->code);
  g_free (self->secret);
}

/* Secrets are pasted rather than typed, so that only the case is forgiven. */
static char *
normalize_secret (const char *text)
{
  g_autofree char *lower = g_ascii_strdown (text, -1);

  return confab_id_is_valid (lower) ? g_steal_pointer (&lower) : NULL;
}

/* Takes the server over. */
static ConfabJoinLink *
new_from_key (char *server, const char *key)
{
  g_autofree char *owned_server = server;
  g_autofree char *code = confab_code_normalize (key);
  g_autofree char *secret = code == NULL ? normalize_secret (key) : NULL;
  ConfabJoinLink *self = NULL;

  if (code == NULL && secret == NULL)
    return NULL;
  self = g_atomic_rc_box_new0 (ConfabJoinLink);
  self->server = g_steal_pointer (&owned_server);
  self->code = g_steal_pointer (&code);
  self->secret = g_steal_pointer (&secret);
  return self;
}

static gboolean
is_loopback (const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  if (address != NULL)
    return g_inet_address_get_is_loopback (address);
  return g_strcmp0 (host, "localhost") == 0 || g_str_has_suffix (host, ".localhost");
}

/* Our own scheme and a bare host do not say how to speak to the server: a foreign one has TLS. */
static const char *
choose_scheme (const char *scheme, const char *host)
{
  if (g_strcmp0 (scheme, "http") == 0 || g_strcmp0 (scheme, "https") == 0)
    return g_intern_string (scheme);
  return is_loopback (host) ? "http" : "https";
}

static int
drop_default_port (const char *scheme, int port)
{
  return port == (strcmp (scheme, "http") == 0 ? 80 : 443) ? -1 : port;
}

/* "scheme://host[:port][/prefix]" without a slash at the end. */
static char *
build_server (GUri *uri, const char *prefix)
{
  g_autofree char *host = g_ascii_strdown (g_uri_get_host (uri), -1);
  const char *scheme = choose_scheme (g_uri_get_scheme (uri), host);
  int port = drop_default_port (scheme, g_uri_get_port (uri));

  return g_uri_join (G_URI_FLAGS_NONE, scheme, NULL, host, port, prefix, NULL, NULL);
}

/* Splits ".../prefix/j/KEY/" at its last "/j/". */
static ConfabJoinLink *
parse_path (GUri *uri)
{
  g_autofree char *path = g_strdup (g_uri_get_path (uri));
  char *join_path = g_strrstr (path, JOIN_PATH);
  char *key = NULL;

  if (join_path == NULL)
    return NULL;
  key = join_path + strlen (JOIN_PATH);
  *join_path = '\0';
  if (g_str_has_suffix (key, "/"))
    key[strlen (key) - 1] = '\0';
  return new_from_key (build_server (uri, path), key);
}

static gboolean
is_join_scheme (const char *scheme)
{
  return strcmp (scheme, "http") == 0 || strcmp (scheme, "https") == 0 ||
         strcmp (scheme, "confab") == 0;
}

/* “confab:CODE” and “confab://CODE” name no server. */
static ConfabJoinLink *
parse_bare_uri (GUri *uri)
{
  const char *host = g_uri_get_host (uri);
  const char *path = g_uri_get_path (uri);

  if (strcmp (g_uri_get_scheme (uri), "confab") != 0)
    return NULL;
  if (host == NULL)
    return new_from_key (NULL, path);
  return strcmp (path, "") == 0 || strcmp (path, "/") == 0 ? new_from_key (NULL, host) : NULL;
}

/* A name or password in a link is how one host is made to look like another. */
static ConfabJoinLink *
parse_uri (const char *text)
{
  g_autoptr (GUri) uri = g_uri_parse (text, G_URI_FLAGS_NONE, NULL);

  if (uri == NULL || !is_join_scheme (g_uri_get_scheme (uri)) || g_uri_get_userinfo (uri) != NULL)
    return NULL;
  if (g_uri_get_host (uri) == NULL || strstr (g_uri_get_path (uri), JOIN_PATH) == NULL)
    return parse_bare_uri (uri);
  return *g_uri_get_host (uri) != '\0' ? parse_path (uri) : NULL;
}

/* “calls.example.org/j/CODE” */
static ConfabJoinLink *
parse_host (const char *text)
{
  g_autofree char *with_scheme = NULL;

  if (strstr (text, JOIN_PATH) == NULL || strstr (text, "://") != NULL)
    return NULL;
  with_scheme = g_strconcat ("confab://", text, NULL);
  return parse_uri (with_scheme);
}

/* A bracket that begins a host, “[::1]:8080/j/…”, is no decoration. */
static gboolean
is_bracketed_host (const char *text)
{
  return strstr (text, "]:") != NULL || strstr (text, "]" JOIN_PATH) != NULL;
}

static char *
strip_decoration (const char *text)
{
  gsize start = strspn (text, OPENING);
  gsize end = strlen (text);

  if (start > 0 && text[start - 1] == '[' && is_bracketed_host (text + start))
    start--;
  while (end > start && strchr (CLOSING, text[end - 1]) != NULL)
    end--;
  return g_strndup (text + start, end - start);
}

static ConfabJoinLink *
parse_word (const char *word)
{
  g_autofree char *stripped = strip_decoration (word);
  ConfabJoinLink *link = parse_uri (stripped);

  return link != NULL ? link : parse_host (stripped);
}

/* Finds the link in a sentence. A bare code is looked for only when there is nothing else: twelve
 * letters make one, and many words have twelve. */
static ConfabJoinLink *
parse_sentence (const char *text)
{
  g_auto (GStrv) words = g_strsplit_set (text, " \t\r\n", -1);

  for (guint i = 0; words[i] != NULL; i++) {
    ConfabJoinLink *link = parse_word (words[i]);

    if (link != NULL)
      return link;
  }
  return NULL;
}

static ConfabJoinLink *
parse_bare_key (const char *text)
{
  g_autofree char *stripped = strip_decoration (text);

  return new_from_key (NULL, g_strstrip (stripped));
}

/**
 * confab_join_link_parse:
 * @text: what a person pasted or typed, UTF-8, at most 4 KiB
 * @error: return location for a #GError
 *
 * Understands `https://host/j/CODE` with or without a path before, a slash behind and the
 * punctuation of a sentence around it, `confab://host/j/CODE`, `host/j/CODE` (by TLS, unless it is
 * this machine), and a bare code or secret in any case.
 *
 * Fails with %CONFAB_ERROR_BAD_REQUEST, in words for whoever pasted it. Nothing is looked up.
 *
 * Returns: (transfer full): the link
 * Since: 0.1
 */
ConfabJoinLink *
confab_join_link_parse (const char *text, GError **error)
{
  g_autofree char *stripped = NULL;
  ConfabJoinLink *link = NULL;

  g_return_val_if_fail (text != NULL, NULL);

  if (strnlen (text, MAX_TEXT_BYTES + 1) <= MAX_TEXT_BYTES && g_utf8_validate (text, -1, NULL)) {
    stripped = g_strstrip (g_strdup (text));
    link = parse_sentence (stripped);
    if (link == NULL)
      link = parse_bare_key (stripped);
  }
  if (link == NULL)
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST,
                 "“%.80s” is neither a link to a call nor the code of one",
                 stripped != NULL ? stripped : "…");
  return link;
}

/**
 * confab_join_link_ref:
 * @self: a link
 *
 * Safe to call from any thread, as everything about a value.
 *
 * Returns: (transfer full): @self
 * Since: 0.1
 */
ConfabJoinLink *
confab_join_link_ref (ConfabJoinLink *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

/**
 * confab_join_link_unref:
 * @self: (transfer full): a link
 *
 * Since: 0.1
 */
void
confab_join_link_unref (ConfabJoinLink *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, (GDestroyNotify) confab_join_link_clear);
}

/**
 * confab_join_link_get_server:
 * @self: a link
 *
 * Returns: (transfer none) (nullable): `http://host:port` without a slash at the end, in lower
 * case, with a path only when the link had one before `/j/`; %NULL for a bare code or secret Since:
 * 0.1
 */
const char *
confab_join_link_get_server (ConfabJoinLink *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->server;
}

/**
 * confab_join_link_get_code:
 * @self: a link
 *
 * Returns: (transfer none) (nullable): the code as confab_code_normalize() spells it, or %NULL when
 *   the link has a secret
 * Since: 0.1
 */
const char *
confab_join_link_get_code (ConfabJoinLink *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->code;
}

/**
 * confab_join_link_get_secret:
 * @self: a link
 *
 * Returns: (transfer none) (nullable): the secret of an invite, or %NULL when the link has a code
 * Since: 0.1
 */
const char *
confab_join_link_get_secret (ConfabJoinLink *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->secret;
}

/**
 * confab_join_link_build:
 * @server: `http://host:port`, with or without a slash at the end
 * @code_or_secret: what opens the call
 *
 * Writes the link that confab_join_link_parse() reads.
 *
 * Returns: (transfer full): the link, to be passed on
 * Since: 0.1
 */
char *
confab_join_link_build (const char *server, const char *code_or_secret)
{
  gsize length = 0;

  g_return_val_if_fail (server != NULL, NULL);
  g_return_val_if_fail (code_or_secret != NULL, NULL);

  length = strlen (server);
  while (length > 0 && server[length - 1] == '/')
    length--;
  return g_strdup_printf ("%.*s" JOIN_PATH "%s", (int) length, server, code_or_secret);
}
