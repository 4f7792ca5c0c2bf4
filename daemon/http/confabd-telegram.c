/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-telegram"

#include "config.h"

#include <sodium.h>
#include <string.h>

#include "confab-codec.h"
#include "confab-error.h"
#include "confab-limits.h"
#include "confab-profile.h"
#include "confabd-accounts.h"
#include "confabd-profile-rules.h"
#include "confabd-telegram.h"

#define KEY        "WebAppData"
#define MAX_FIELDS 32
#define HASH_BYTES 32
#define MAX_ID     (G_GINT64_CONSTANT (1) << 53) /* “at most 52 significant bits” */
#define FUTURE_S   5                             /* clocks are not quite the same everywhere */
#define USER_BYTES 4096
#define NAME_CHARS 64 /* of each half of a name at Telegram */

/**
 * confabd_telegram_proof_free:
 * @self: (transfer full): a proof
 */
void
confabd_telegram_proof_free (ConfabdTelegramProof *self)
{
  g_free ((char *) self->sign_in.login_name);
  g_free ((char *) self->sign_in.display_name);
  g_free ((char *) self->sign_in.avatar_url);
  g_free ((char *) self->sign_in.proof_hash);
  g_clear_pointer (&self->sign_in.proof_expires_at, g_date_time_unref);
  g_free (self);
}

static gboolean
refuse (GError **error, const char *sentence)
{
  g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_NOT_AUTHENTICATED, sentence);
  return FALSE;
}

/* A field twice could be read in two ways. */
static GHashTable *
read_fields (const char *init_data, GError **error)
{
  g_auto (GStrv) pieces = g_strsplit (init_data, "&", MAX_FIELDS + 1);
  g_autoptr (GHashTable) fields =
      g_uri_parse_params (init_data, -1, "&", G_URI_PARAMS_WWW_FORM, NULL);

  if (fields == NULL || g_hash_table_size (fields) != g_strv_length (pieces)) {
    refuse (error, "That is no proof of Telegram");
    return NULL;
  }
  return g_steal_pointer (&fields);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (a, b);
}

/* All but the hash, sorted by name, a line each. */
static char *
make_check_text (GHashTable *fields)
{
  g_autoptr (GList) names = g_list_sort (g_hash_table_get_keys (fields), compare_names);
  g_autoptr (GString) text = g_string_new (NULL);

  for (GList *l = names; l != NULL; l = l->next) {
    if (!g_str_equal (l->data, "hash")) {
      g_string_append_printf (text, "%s%s=%s", text->len > 0 ? "\n" : "", (char *) l->data,
                              (char *) g_hash_table_lookup (fields, l->data));
    }
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
compute_hmac (gconstpointer key, gsize key_size, gconstpointer data, gsize size, guint8 *digest)
{
  crypto_auth_hmacsha256_state state;

  crypto_auth_hmacsha256_init (&state, key, key_size);
  crypto_auth_hmacsha256_update (&state, data, size);
  crypto_auth_hmacsha256_final (&state, digest);
  sodium_memzero (&state, sizeof state);
}

static gboolean
check_hash (GHashTable *fields, GBytes *bot_token, GError **error)
{
  const char *hash = g_hash_table_lookup (fields, "hash");
  g_autofree char *text = make_check_text (fields);
  guint8 key[HASH_BYTES];
  guint8 own[HASH_BYTES];
  guint8 theirs[HASH_BYTES];
  gsize token_size;
  const void *token = g_bytes_get_data (bot_token, &token_size);
  gsize size = 0;

  if (hash == NULL ||
      sodium_hex2bin (theirs, sizeof theirs, hash, strlen (hash), NULL, &size, NULL) != 0 ||
      size != sizeof theirs) {
    return refuse (error, "That is no proof of Telegram");
  }
  compute_hmac (KEY, strlen (KEY), token, token_size, key);
  compute_hmac (key, sizeof key, text, strlen (text), own);
  sodium_memzero (key, sizeof key);
  return sodium_memcmp (own, theirs, sizeof own) == 0 ||
         refuse (error, "That is no proof of Telegram");
}

static gboolean
check_age (GHashTable *fields, GDateTime *now, GDateTime **expires_at, GError **error)
{
  const char *text = g_hash_table_lookup (fields, "auth_date");
  g_autoptr (GDateTime) made_at = NULL;
  gint64 made_s = 0;

  if (text == NULL || !g_ascii_string_to_signed (text, 10, 1, G_MAXUINT32, &made_s, NULL)) {
    return refuse (error, "The proof of Telegram does not say when it was made");
  }
  made_at = g_date_time_new_from_unix_utc (made_s);
  *expires_at = g_date_time_add_hours (made_at, CONFABD_TELEGRAM_MAX_AGE_HOURS);
  if (made_s > g_date_time_to_unix (now) + FUTURE_S) {
    return refuse (error, "The proof of Telegram was made in the future");
  }
  return g_date_time_compare (now, *expires_at) <= 0 ||
         refuse (error, "The proof of Telegram is too old");
}

/* Whatever is of no use here is as if it had not been said. */
static char *
read_display_name (ConfabMessage *user)
{
  const char *first = NULL;
  const char *last = NULL;
  g_autofree char *both = NULL;

  confab_message_get_string (user, "first_name", CONFAB_FIELD_OPTIONAL, NAME_CHARS, &first, NULL);
  confab_message_get_string (user, "last_name", CONFAB_FIELD_OPTIONAL, NAME_CHARS, &last, NULL);
  both = g_strconcat (first != NULL ? first : "", " ", last != NULL ? last : "", NULL);
  return confabd_accounts_dup_name (both, NULL);
}

static gboolean
read_user (const char *json, ConfabdTelegramSignIn *sign_in, GError **error)
{
  g_autoptr (GBytes) bytes = json != NULL ? g_bytes_new (json, strlen (json)) : NULL;
  g_autoptr (ConfabMessage) user =
      bytes != NULL ? confab_codec_decode_body (bytes, USER_BYTES, NULL) : NULL;
  const char *name = NULL;
  const char *picture = NULL;

  if (user == NULL || !confab_message_get_integer (user, "id", CONFAB_FIELD_REQUIRED, 1, MAX_ID,
                                                   &sign_in->telegram_id, NULL)) {
    return refuse (error, "The proof of Telegram does not say who somebody is");
  }
  confab_message_get_string (user, "username", CONFAB_FIELD_OPTIONAL, NAME_CHARS, &name, NULL);
  confab_message_get_string (user, "photo_url", CONFAB_FIELD_OPTIONAL, CONFAB_LIMIT_URL_CHARS,
                             &picture, NULL);
  sign_in->login_name = confab_login_name_is_valid (name) ? g_strdup (name) : NULL;
  sign_in->avatar_url =
      confabd_profile_check_avatar_url (picture, NULL) ? g_strdup (picture) : NULL;
  sign_in->display_name = read_display_name (user);
  return TRUE;
}

/**
 * confabd_telegram_check:
 * @init_data: what a page of a bot has from Telegram: a query with a `hash`
 * @bot_token: of that bot
 * @now: when
 * @error: return location for a #GError
 *
 * Checks whether Telegram vouches for somebody: by HMAC-SHA256 over the other fields with a key
 * that is the HMAC of the token, compared in constant time. A proof holds for 24 hours; that it is
 * shown once only is for the store to see to.
 *
 * Source: core.telegram.org/bots/webapps, “Validating data received via the Mini App”.
 *
 * Returns: (transfer full): what it vouches for; %NULL with %CONFAB_ERROR_NOT_AUTHENTICATED
 */
ConfabdTelegramProof *
confabd_telegram_check (const char *init_data, GBytes *bot_token, GDateTime *now, GError **error)
{
  g_autoptr (GHashTable) fields = read_fields (init_data, error);
  g_autoptr (ConfabdTelegramProof) proof = g_new0 (ConfabdTelegramProof, 1);

  if (fields == NULL || !check_hash (fields, bot_token, error) ||
      !check_age (fields, now, &proof->sign_in.proof_expires_at, error) ||
      !read_user (g_hash_table_lookup (fields, "user"), &proof->sign_in, error)) {
    return NULL;
  }
  /* Of the hash in one spelling: capitals make no other proof. */
  proof->sign_in.proof_hash = g_ascii_strdown (g_hash_table_lookup (fields, "hash"), -1);
  return g_steal_pointer (&proof);
}
