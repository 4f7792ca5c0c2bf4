/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-keys"

#include "config.h"

#include "confab-error.h"
#include "confab-id.h"
#include "confabd-keys.h"
#include "confabd-label-private.h"

#define NAME_CHARS 64
#define PREFIX_CHARS \
  8 /* of the random part: some tell a hundred keys apart, and help nobody to guess */

/* What an API key is made of. */

/**
 * confabd_key_make_secret:
 * @prefix: (out) (transfer full): its beginning, which may be shown
 *
 * Returns: (transfer full): `cfk_` and 34 symbols, 130 bits of which are not in @prefix
 */
char *
confabd_key_make_secret (char **prefix)
{
  g_autofree char *shown = confab_secret_new ();
  g_autofree char *hidden = confab_secret_new ();

  shown[PREFIX_CHARS] = '\0';
  *prefix = g_strconcat (CONFABD_KEY_PREFIX, shown, NULL);
  return g_strconcat (*prefix, hidden, NULL);
}

/**
 * confabd_key_hash:
 * @secret: what a program shows
 *
 * Returns: (transfer full): what is kept of it; it is too long to be guessed, so a fast hash is
 * good
 */
char *
confabd_key_hash (const char *secret)
{
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, secret, -1);
}

static gpointer
set_bad (GError **error, const char *sentence)
{
  g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST, sentence);
  return NULL;
}

/* Each once. */
static char **
read_scopes (const char *const *scopes, ConfabUserRole role, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (scopes == NULL || scopes[0] == NULL) {
    return set_bad (error, "An API key needs a scope");
  }
  for (guint i = 0; scopes[i] != NULL; i++) {
    gboolean is_new = TRUE;

    for (guint j = 0; j < i; j++) {
      is_new = is_new && !g_str_equal (scopes[i], scopes[j]);
    }
    if (!confab_permission_offers_scope (scopes[i], role)) {
      return set_bad (error, "There is no such scope, or not for your role");
    }
    if (is_new) {
      g_strv_builder_add (builder, scopes[i]);
    }
  }
  return g_strv_builder_end (builder);
}

/**
 * confabd_key_make:
 * @user: whose key it is to be
 * @request: what they want of it
 * @now: the time
 * @secret: (out) (transfer full): what a program shows; it is kept nowhere
 * @error: return location for a #GError
 *
 * Makes a key that is nowhere yet. Fails with %CONFAB_ERROR_BAD_REQUEST.
 *
 * Returns: (transfer full): the key
 */
ConfabdKey *
confabd_key_make (ConfabUser *user,
                  const ConfabdKeyRequest *request,
                  GDateTime *now,
                  char **secret,
                  GError **error)
{
  g_autofree char *id = confab_id_new ();
  g_autofree char *name = confabd_label_normalize (request->name, NAME_CHARS);
  g_autofree char *prefix = NULL;
  g_auto (GStrv) scopes = NULL;
  ConfabdKey fields = { NULL };

  if (name == NULL || *name == '\0') {
    return set_bad (error, "The name of an API key has 1 to 64 characters, in one line");
  }
  if (request->expires_at != NULL && g_date_time_compare (request->expires_at, now) <= 0) {
    return set_bad (error, "“expires_at” is not in the future");
  }
  scopes = read_scopes (request->scopes, confab_user_get_role (user), error);
  if (scopes == NULL) {
    return NULL;
  }
  *secret = confabd_key_make_secret (&prefix);
  fields.id = id;
  fields.user_id = (char *) confab_user_get_id (user);
  fields.name = name;
  fields.prefix = prefix;
  fields.scopes = scopes;
  fields.created_at = now;
  fields.expires_at = request->expires_at;
  return confabd_key_new (&fields);
}
