/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-session"

#include "config.h"

#include "confab-client-private.h"
#include "confab-compat-private.h"
#include "confab-keepalive-private.h"
#include "confab-memory-vault.h"
#include "confab-secret-private.h"
#include "confab-session-private.h"
#include "confab-wire-model.h"

#define MAX_TOKEN_CHARS 4096

/**
 * ConfabSession:
 *
 * Who we are on one server: nobody, a guest, or somebody with an account. It gives its
 * #ConfabClient the token of each request, gets a new one before it is too old or when the server
 * does not take it any more, and is offline rather than over when the server cannot be reached.
 *
 * Belongs to the main context that is the thread's default when it is made.
 *
 * Since: 0.1
 */

typedef enum { PROP_USER = 1, PROP_LOGIN, PROP_SIGNED_IN, PROP_OFFLINE } ConfabSessionProperty;
static GParamSpec *properties[PROP_OFFLINE + 1];

typedef enum { SIGNAL_ENDED, N_SIGNALS } ConfabSessionSignal;
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ConfabSession, confab_session, G_TYPE_OBJECT)

static void
notify (ConfabSession *self, ConfabSessionProperty property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

static void
set_flag (ConfabSession *self, gboolean *flag, gboolean value, ConfabSessionProperty property)
{
  if (*flag == value)
    return;
  *flag = value;
  notify (self, property);
}

static void
set_user (ConfabSession *self, ConfabUser *user)
{
  g_autoptr (ConfabUser) before = g_steal_pointer (&self->user);

  self->user = user != NULL ? confab_user_ref (user) : NULL;
  notify (self, PROP_USER);
}

/* Takes the refresh token over: with it a new access token will be asked for. */
void
confab_session_set_secrets (ConfabSession *self,
                            const char *token,
                            const char *login,
                            char *refresh_token)
{
  confab_client_set_token (self->client, token);
  confab_secret_free (self->refresh_token);
  self->refresh_token = refresh_token;
  if (confab_set_str (&self->login, login))
    notify (self, PROP_LOGIN);
}

void
confab_session_set_offline (ConfabSession *self, gboolean is_offline)
{
  set_flag (self, &self->is_offline, is_offline, PROP_OFFLINE);
}

/* The user is not known, in a session that was restored without a server. */
void
confab_session_enter (ConfabSession *self, ConfabUser *user)
{
  set_user (self, user);
  set_flag (self, &self->is_signed_in, TRUE, PROP_SIGNED_IN);
}

/* Who we are from now on, as a reply to a way in says it: all of it or nothing. */
gboolean
confab_session_adopt (
    ConfabSession *self, ConfabMessage *reply, const char *login, gboolean is_kept, GError **error)
{
  const ConfabFieldPresence required = CONFAB_FIELD_REQUIRED;
  g_autoptr (ConfabMessage) object = NULL;
  g_autoptr (ConfabUser) user = NULL;
  g_autoptr (GDateTime) expires_at = NULL;
  const char *token = NULL;
  const char *refresh_token = NULL;

  if (!confab_message_get_string (reply, "token", required, MAX_TOKEN_CHARS, &token, error) ||
      !confab_message_get_string (reply, "refresh_token", CONFAB_FIELD_OPTIONAL, MAX_TOKEN_CHARS,
                                  &refresh_token, error) ||
      !confab_message_get_time (reply, "expires_at", CONFAB_FIELD_OPTIONAL, &expires_at, error) ||
      !confab_message_get_object (reply, "user", required, &object, error))
    return FALSE;
  user = confab_user_from_message (object, error);
  if (user == NULL)
    return FALSE;

  confab_session_stop_renewal (self);
  confab_session_set_secrets (self, token, login, g_strdup (refresh_token));
  self->is_kept = is_kept && login != NULL && refresh_token != NULL;
  if (self->is_kept)
    confab_keeper_put (self->keeper, login, refresh_token);
  confab_session_plan_renewal (self, expires_at);
  confab_session_set_offline (self, FALSE);
  confab_session_enter (self, user);
  return TRUE;
}

/* We are nobody from now on. */
void
confab_session_forget (ConfabSession *self)
{
  confab_session_stop_renewal (self);
  if (self->is_kept)
    confab_keeper_put (self->keeper, self->login, NULL);
  self->is_kept = FALSE;
  confab_session_set_secrets (self, NULL, NULL, NULL);
  confab_session_set_offline (self, FALSE);
  set_user (self, NULL);
  set_flag (self, &self->is_signed_in, FALSE, PROP_SIGNED_IN);
}

/* The server does not know us any more. */
void
confab_session_end (ConfabSession *self, const GError *error)
{
  g_autoptr (ConfabSession) alive = g_object_ref (self);

  if (!self->is_signed_in)
    return;
  confab_session_forget (self);
  g_signal_emit (self, signals[SIGNAL_ENDED], 0, error);
}

static void
confab_session_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  ConfabSession *self = CONFAB_SESSION (object);

  switch ((ConfabSessionProperty) id) {
  case PROP_USER:
    g_value_set_boxed (value, self->user);
    break;
  case PROP_LOGIN:
    g_value_set_string (value, self->login);
    break;
  case PROP_SIGNED_IN:
    g_value_set_boolean (value, self->is_signed_in);
    break;
  case PROP_OFFLINE:
    g_value_set_boolean (value, self->is_offline);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
confab_session_dispose (GObject *object)
{
  ConfabSession *self = CONFAB_SESSION (object);

  confab_timer_stop (&self->timer);
  if (self->client != NULL) {
    confab_client_set_renewal (self->client, NULL, NULL);
    confab_client_set_token (self->client, NULL);
  }
  g_clear_object (&self->client);
  g_clear_pointer (&self->keeper, confab_keeper_unref);

  G_OBJECT_CLASS (confab_session_parent_class)->dispose (object);
}

/* Nothing is under way: that would have held a reference. */
static void
confab_session_finalize (GObject *object)
{
  ConfabSession *self = CONFAB_SESSION (object);

  g_clear_pointer (&self->user, confab_user_unref);
  g_clear_pointer (&self->waiting, g_ptr_array_unref);
  confab_secret_free (self->refresh_token);
  g_free (self->login);

  G_OBJECT_CLASS (confab_session_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  /**
   * ConfabSession:user:
   *
   * Who we are, when that is known.
   *
   * Since: 0.1
   */
  properties[PROP_USER] = g_param_spec_boxed ("user", NULL, NULL, CONFAB_TYPE_USER, flags);
  /**
   * ConfabSession:login:
   *
   * The name that was signed in with; %NULL for guests.
   *
   * Since: 0.1
   */
  properties[PROP_LOGIN] = g_param_spec_string ("login", NULL, NULL, NULL, flags);
  /**
   * ConfabSession:signed-in:
   *
   * Whether we are somebody.
   *
   * Since: 0.1
   */
  properties[PROP_SIGNED_IN] = g_param_spec_boolean ("signed-in", NULL, NULL, FALSE, flags);
  /**
   * ConfabSession:offline:
   *
   * Whether the server could not be reached when a new token was needed.
   *
   * Since: 0.1
   */
  properties[PROP_OFFLINE] = g_param_spec_boolean ("offline", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
confab_session_class_init (ConfabSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = confab_session_get_property;
  object_class->dispose = confab_session_dispose;
  object_class->finalize = confab_session_finalize;
  install_properties (object_class);

  /**
   * ConfabSession::ended:
   * @self: the session
   * @error: why
   *
   * The server does not know us any more: somebody signed this device out, the account is gone, or
   * too much time has passed. What was kept in the vault is forgotten. Not emitted for signing out.
   *
   * Since: 0.1
   */
  signals[SIGNAL_ENDED] = g_signal_new ("ended", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
confab_session_init (ConfabSession *self)
{
  confab_session_init_renewal (self);
}

static void
on_client_asks (gpointer renewer, GAsyncReadyCallback callback, gpointer user_data)
{
  confab_session_renew_async (renewer, callback, user_data);
}

/**
 * confab_session_new:
 * @client: a server; it is for this session alone
 * @vault: (nullable): where to keep what lets one back in; %NULL: in memory
 *
 * Returns: (transfer full): a session in which nobody is signed in
 * Since: 0.1
 */
ConfabSession *
confab_session_new (ConfabClient *client, ConfabVault *vault)
{
  g_autoptr (ConfabVault) owned_vault = NULL;
  ConfabSession *self = NULL;

  g_return_val_if_fail (CONFAB_IS_CLIENT (client), NULL);
  g_return_val_if_fail (vault == NULL || CONFAB_IS_VAULT (vault), NULL);

  self = g_object_new (CONFAB_TYPE_SESSION, NULL);
  self->client = g_object_ref (client);
  owned_vault = vault != NULL ? g_object_ref (vault) : confab_memory_vault_new ();
  self->keeper = confab_keeper_new (owned_vault, confab_client_get_server (client));
  confab_client_set_renewal (client, on_client_asks, self);
  return self;
}

/**
 * confab_session_get_client:
 * @self: a session
 *
 * Returns: (transfer none): the server, to be asked as who we are
 * Since: 0.1
 */
ConfabClient *
confab_session_get_client (ConfabSession *self)
{
  g_return_val_if_fail (CONFAB_IS_SESSION (self), NULL);

  return self->client;
}

/**
 * confab_session_get_user:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): who we are; %NULL when nobody is signed in, when the token
 *   came without a user, and after confab_session_restore_async() without a server
 * Since: 0.1
 */
ConfabUser *
confab_session_get_user (ConfabSession *self)
{
  g_return_val_if_fail (CONFAB_IS_SESSION (self), NULL);

  return self->user;
}

/**
 * confab_session_get_login:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): the name that was signed in with; guests have none
 * Since: 0.1
 */
const char *
confab_session_get_login (ConfabSession *self)
{
  g_return_val_if_fail (CONFAB_IS_SESSION (self), NULL);

  return self->login;
}

/**
 * confab_session_is_signed_in:
 * @self: a session
 *
 * Returns: whether we are somebody
 * Since: 0.1
 */
gboolean
confab_session_is_signed_in (ConfabSession *self)
{
  g_return_val_if_fail (CONFAB_IS_SESSION (self), FALSE);

  return self->is_signed_in;
}

/**
 * confab_session_is_offline:
 * @self: a session
 *
 * Returns: whether the server could not be reached when a new token was needed; it is asked again
 * by and by, and with each request Since: 0.1
 */
gboolean
confab_session_is_offline (ConfabSession *self)
{
  g_return_val_if_fail (CONFAB_IS_SESSION (self), FALSE);

  return self->is_offline;
}

/**
 * confab_session_is_kept:
 * @self: a session
 *
 * Returns: whether it will be there when the program starts again
 * Since: 0.1
 */
gboolean
confab_session_is_kept (ConfabSession *self)
{
  g_return_val_if_fail (CONFAB_IS_SESSION (self), FALSE);

  return self->is_kept && confab_vault_is_lasting (confab_keeper_get_vault (self->keeper));
}

/**
 * confab_session_set_token:
 * @self: a session
 * @token: (nullable): a bearer token of the server (RFC 6750), or %NULL
 * @user: (nullable): whose it is, when known
 *
 * Signs in with a token that came another way, as from the daemon's D-Bus service. Whoever gave it
 * has to give another when it is too old.
 *
 * Since: 0.1
 */
void
confab_session_set_token (ConfabSession *self, const char *token, ConfabUser *user)
{
  g_return_if_fail (CONFAB_IS_SESSION (self));

  if (token == NULL) {
    confab_session_forget (self);
    return;
  }
  confab_session_stop_renewal (self);
  confab_session_set_secrets (self, token, NULL, NULL);
  self->is_kept = FALSE;
  confab_session_set_offline (self, FALSE);
  confab_session_enter (self, user);
}
