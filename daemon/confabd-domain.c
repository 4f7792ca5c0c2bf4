/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-domain"

#include "config.h"

#include "confabd-config-auth.h"
#include "confabd-config-database.h"
#include "confabd-config-ice.h"
#include "confabd-config-limits.h"
#include "confabd-config-mail.h"
#include "confabd-config-retention.h"
#include "confabd-config-turn.h"
#include "confabd-config-webhooks.h"
#include "confabd-domain.h"
#include "confabd-signing-key.h"
#include "confabd-smtp.h"
#include "confabd-statements.h"
#include "confabd-store-foreign-hash.h"
#include "confabd-webhooks.h"

#define BRAKE_ENTRIES 10000 /* 2 MB of failed log-ins */

/* In the keyring; beside the database where there is none, and then for good. */
static GBytes *
load_desktop_key (const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "secret.key", NULL);
  g_autoptr (GError) local_error = NULL;
  GBytes *key = NULL;

  if (!g_file_test (path, G_FILE_TEST_EXISTS)) {
    key = confabd_signing_key_load_from_keyring (folder, &local_error);
  }
  if (local_error != NULL) {
    g_message ("The keyring cannot be used, “%s” has the key: %s", path, local_error->message);
  }
  return key != NULL ? key : confabd_signing_key_load (path, error);
}

/* A desktop makes its own; a server is given one. */
static GBytes *
load_key (ConfabdDomain *self, ConfabdConfig *config, GError **error)
{
  const char *path = confabd_config_get_auth (config)->key_file;
  const char *folder = confabd_store_get_folder (self->store);

  if (!self->is_desktop)
    return confabd_signing_key_find (path, error);
  if (path == NULL && folder != NULL)
    return load_desktop_key (folder, error);
  return confabd_signing_key_load (path, error);
}

/**
 * confabd_domain_read_keyring:
 * @self: the objects
 * @config: theirs, or one that was read later
 * @error: return location for a #GError
 *
 * Finds the keys that sign tokens. Waits for the disk; any thread.
 *
 * Returns: (transfer full): the keys
 */
ConfabdKeyring *
confabd_domain_read_keyring (ConfabdDomain *self, ConfabdConfig *config, GError **error)
{
  const char *previous_path = confabd_config_get_auth (config)->previous_key_file;
  g_autoptr (GBytes) key = load_key (self, config, error);
  g_autoptr (GBytes) previous = NULL;

  if (key == NULL)
    return NULL;
  if (previous_path != NULL) {
    previous = confabd_signing_key_read (previous_path, error);
    if (previous == NULL)
      return NULL;
  }
  return confabd_keyring_new (key, previous);
}

/* Who cannot be reached for half a minute may be back in a second: the first retry is soon. After
 * twelve, about eight hours, somebody has to look. */
static const ConfabdJobPolicy mail_policy = {
  .kind = "mail",
  .n_at_once = 2,
  .max_attempts = 12,
  .first_retry_ms = 20000,
  .retry_limit_ms = 3600000,
  .deadline_ms = 60000,
};

static void
open_post_office (ConfabdDomain *self)
{
  const ConfabdConfigMail *mail = confabd_config_get_mail (self->config);
  const ConfabdSmtpSetup setup = {
    .clock = self->clock,
    .url = mail->url,
    .from = mail->from,
    .from_name = mail->from_name,
    .user_name = mail->user_name,
    .password = mail->password,
    .ca_file = mail->ca_file,
  };
  g_autoptr (ConfabdSmtp) smtp = NULL;

  self->jobs = confabd_jobs_new (self->store, self->clock);
  self->mail = confabd_mail_new (self->jobs, mail->url != NULL);
  if (mail->url != NULL) {
    smtp = confabd_smtp_new (&setup);
    confabd_jobs_set_handler (self->jobs, &mail_policy, CONFABD_JOB_HANDLER (smtp));
  }
}

static gboolean
build_sessions (ConfabdDomain *self, GError **error)
{
  g_autoptr (ConfabdKeyring) keyring = confabd_domain_read_keyring (self, self->config, error);

  if (keyring == NULL)
    return FALSE;
  self->sessions = confabd_sessions_new (self->store, self->clock, keyring);
  confabd_sessions_set_audit (self->sessions, self->audit);
  self->keys = confabd_keys_new (self->store, self->clock, self->audit);
  self->key_watch = confabd_key_watch_new (self->store, self->clock);
  self->accounts = confabd_accounts_new (self->store, self->clock, self->sessions,
                                         confabd_config_get_auth (self->config)->guests);
  return confabd_sessions_start (self->sessions, error);
}

static gboolean
open_store (ConfabdDomain *self, GError **error)
{
  confabd_statements_set_slow_ms (confabd_config_get_database (self->config)->slow_statement_ms);
  self->store = confabd_store_open (confabd_config_get_database (self->config)->url,
                                    self->is_desktop ? CONFABD_SCHEMA_MIGRATE : CONFABD_SCHEMA_KEEP,
                                    self->clock, error);
  if (self->store == NULL)
    return FALSE;
  self->audit = confabd_audit_new (self->store, self->clock, CONFABD_AUDIT_MAX_WAITING);
  open_post_office (self);
  return build_sessions (self, error);
}

static ConfabdRetentionPolicy
get_retention_policy (ConfabdDomain *self)
{
  const ConfabdConfigRetention *config = confabd_config_get_retention (self->config);

  return (ConfabdRetentionPolicy){ .days = {
                                       [CONFABD_AGING_QUALITY] = config->quality_days,
                                       [CONFABD_AGING_HISTORY] = config->history_days,
                                       [CONFABD_AGING_SESSIONS] = config->session_days,
                                       [CONFABD_AGING_KEYS] = config->session_days,
                                       [CONFABD_AGING_LETTERS] = 1,
                                       [CONFABD_AGING_SIGNED_OUT] = 1,
                                       [CONFABD_AGING_PROOFS] = 1,
                                       [CONFABD_AGING_DONE_JOBS] = config->job_days,
                                       [CONFABD_AGING_DEAD_JOBS] = config->job_days * 3,
                                       [CONFABD_AGING_AUDIT] = config->audit_days,
                                   } };
}

/* A receiver that is being restarted is told in seconds, one that is away for a day as well. */
static const ConfabdJobPolicy webhook_policy = {
  .kind = "webhook",
  .n_at_once = 4,
  .max_attempts = 30,
  .first_retry_ms = 2000,
  .retry_limit_ms = 3600000,
  .deadline_ms = 30000,
};

static void
follow_calls (ConfabdDomain *self)
{
  const ConfabdConfigWebhooks *config = confabd_config_get_webhooks (self->config);
  const ConfabdWebhooksSetup setup = { (const char *const *) config->urls,
                                       (const char *const *) config->events, config->secret,
                                       config->authorities };
  g_autoptr (ConfabdWebhooks) webhooks = NULL;

  if (config->urls[0] == NULL)
    return;
  webhooks = confabd_webhooks_new (&setup);
  confabd_jobs_set_handler (self->jobs, &webhook_policy, CONFABD_JOB_HANDLER (webhooks));
  confabd_webhooks_follow (webhooks, self->calls, self->jobs);
}

static ConfabdTurnSetup
get_turn_setup (ConfabdDomain *self)
{
  const ConfabdConfigTurn *turn = confabd_config_get_turn (self->config);

  return (ConfabdTurnSetup){
    .clock = self->clock,
    .stun_servers = confabd_config_get_ice (self->config)->servers,
    .urls = (const char *const *) turn->urls,
    .secret = turn->secret,
    .lifetime_s = turn->lifetime_s,
  };
}

static ConfabdCallLimits
get_call_limits (ConfabdDomain *self)
{
  const ConfabdConfigLimits *configured = confabd_config_get_limits (self->config);
  ConfabdCallLimits limits = CONFABD_CALL_LIMITS_INIT;

  limits.max_participants = configured->max_participants;
  limits.open_per_user = configured->open_calls_per_user;
  return limits;
}

static ConfabdExpiryLimits
get_expiry_limits (ConfabdDomain *self)
{
  const ConfabdConfigLimits *configured = confabd_config_get_limits (self->config);
  ConfabdExpiryLimits limits = CONFABD_EXPIRY_LIMITS_INIT;

  limits.call_s = configured->call_s;
  limits.empty_room_s = configured->empty_room_s;
  return limits;
}

static void
build_calls (ConfabdDomain *self)
{
  const ConfabdCallLimits limits = get_call_limits (self);
  const ConfabdExpiryLimits expiry_limits = get_expiry_limits (self);
  const ConfabdQualityLimits quality_limits = CONFABD_QUALITY_LIMITS_INIT;
  const ConfabdRetentionPolicy policy = get_retention_policy (self);
  const ConfabdTurnSetup turn = get_turn_setup (self);

  self->brake = confabd_brake_new (self->clock, BRAKE_ENTRIES);
  self->passwords = confabd_passwords_new ();
  self->tickets = confabd_tickets_new (self->clock);
  self->calls = confabd_calls_new (self->store, self->clock, &limits);
  self->expiry = confabd_expiry_new (self->store, self->calls, self->clock, &expiry_limits);
  self->quality = confabd_quality_new (self->store, &quality_limits);
  self->turn = confabd_turn_new (&turn);
  self->retention = confabd_retention_new (self->store, self->clock, &policy);
  follow_calls (self);
}

/**
 * confabd_domain_reload:
 * @self: the objects
 * @config: without mistakes, and what holds from now on
 * @keyring: (nullable): of confabd_domain_read_keyring(); %NULL leaves the keys as they are
 *
 * Takes over what can change while the objects are in use.
 */
void
confabd_domain_reload (ConfabdDomain *self, ConfabdConfig *config, ConfabdKeyring *keyring)
{
  ConfabdCallLimits limits;
  ConfabdExpiryLimits expiry_limits;
  ConfabdRetentionPolicy policy;
  ConfabdTurnSetup turn;

  g_set_object (&self->config, config);
  limits = get_call_limits (self);
  expiry_limits = get_expiry_limits (self);
  policy = get_retention_policy (self);
  turn = get_turn_setup (self);
  confabd_statements_set_slow_ms (confabd_config_get_database (config)->slow_statement_ms);
  confabd_calls_set_limits (self->calls, &limits);
  confabd_expiry_set_limits (self->expiry, &expiry_limits);
  confabd_retention_set_policy (self->retention, &policy);
  confabd_turn_set_servers (self->turn, &turn);
  if (keyring != NULL)
    confabd_sessions_set_keyring (self->sessions, keyring);
}

/**
 * confabd_domain_open:
 * @config: a configuration without mistakes
 * @clock: the time
 * @is_desktop: whether to bring an older database up to date, and to make a key when there is none
 * @error: return location for a #GError
 *
 * Opens the store and builds what is on top of it. Waits for the disk: for the start only.
 *
 * Returns: (transfer full): the objects, none of them started
 */
ConfabdDomain *
confabd_domain_open (ConfabdConfig *config, ConfabClock *clock, gboolean is_desktop, GError **error)
{
  g_autoptr (ConfabdDomain) self = g_new0 (ConfabdDomain, 1);

  self->is_desktop = is_desktop;
  self->config = g_object_ref (config);
  self->clock = g_object_ref (clock);
  if (!open_store (self, error))
    return NULL;
  build_calls (self);
  return g_steal_pointer (&self);
}

static void
on_foreign_hash_found (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabdPasswords) passwords = CONFABD_PASSWORDS (user_data);
  g_autoptr (GError) error = NULL;
  g_autofree char *hash =
      confabd_store_find_foreign_hash_finish (CONFABD_STORE (object), result, &error);

  if (hash != NULL) {
    confabd_passwords_expect (passwords, hash);
  } else {
    g_message ("What hashes other servers made is not known yet: %s", error->message);
  }
}

/**
 * confabd_domain_admit_members:
 * @self: the objects
 * @base_url: what links in letters begin with
 *
 * Builds what people with an account need, once it is known where this is.
 */
void
confabd_domain_admit_members (ConfabdDomain *self, const char *base_url)
{
  const ConfabdMembersParts parts = {
    .store = self->store,
    .clock = self->clock,
    .sessions = self->sessions,
    .passwords = self->passwords,
    .audit = self->audit,
    .brake = self->brake,
    .mail = self->mail,
    .registration = confabd_config_get_auth (self->config)->registration,
    .base_url = base_url,
  };

  self->members = confabd_members_new (&parts);
  confabd_store_find_foreign_hash_async (self->store, NULL, on_foreign_hash_found,
                                         g_object_ref (self->passwords));
  self->people =
      confabd_people_new (self->store, self->clock, self->sessions, self->passwords, self->audit);
  g_signal_connect_object (self->people, "shut-out", G_CALLBACK (confabd_key_watch_look),
                           self->key_watch, G_CONNECT_SWAPPED);
}

/**
 * confabd_domain_free:
 * @self: (transfer full): the objects
 */
void
confabd_domain_free (ConfabdDomain *self)
{
  g_clear_object (&self->turn);
  g_clear_object (&self->expiry);
  g_clear_object (&self->quality);
  g_clear_object (&self->calls);
  g_clear_object (&self->tickets);
  g_clear_object (&self->people);
  g_clear_object (&self->members);
  g_clear_object (&self->passwords);
  g_clear_object (&self->brake);
  g_clear_object (&self->accounts);
  g_clear_object (&self->sessions);
  g_clear_object (&self->key_watch);
  g_clear_object (&self->keys);
  g_clear_object (&self->retention);
  g_clear_object (&self->mail);
  g_clear_object (&self->jobs);
  g_clear_object (&self->audit);
  g_clear_object (&self->store);
  g_clear_object (&self->clock);
  g_clear_object (&self->config);
  g_free (self);
}
