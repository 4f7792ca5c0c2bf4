/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-calls"

#include "config.h"

#include "confab-error.h"
#include "confab-id.h"
#include "confabd-calls-private.h"

#define LIST_LIMIT 100

/**
 * ConfabdCalls:
 *
 * Making, entering, leaving and ending calls.
 *
 * The rules that hold between several people are checked where they can be, in the store's
 * transactions. What is kept here is who is in a call of this daemon right now; it follows the
 * store's answers, which come in the order of its writes. Its struct is in confabd-calls-private.h.
 */
typedef enum { PROP_N_PRESENT = 1, PROP_N_ACTIVE } ConfabdCallsProperty;
static GParamSpec *properties[PROP_N_ACTIVE + 1];

typedef enum {
  SIGNAL_CALL_CREATED,
  SIGNAL_CALL_STARTED,
  SIGNAL_CALL_CHANGED,
  SIGNAL_CALL_ENDED,
  SIGNAL_PARTICIPANT_JOINED,
  SIGNAL_PARTICIPANT_LEFT,
} ConfabdCallsSignal;
static guint signals[SIGNAL_PARTICIPANT_LEFT + 1];

G_DEFINE_FINAL_TYPE (ConfabdCalls, confabd_calls, G_TYPE_OBJECT)

static void
notify_presence (ConfabdCalls *self, guint n_active_before)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_PRESENT]);
  if (confabd_presence_get_n_calls (self->presence) != n_active_before) {
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_ACTIVE]);
  }
}

/**
 * confabd_calls_note_created:
 *
 * Follows the store: there is a new call.
 */
void
confabd_calls_note_created (ConfabdCalls *self, ConfabCall *call)
{
  g_signal_emit (self, signals[SIGNAL_CALL_CREATED], 0, call);
}

/**
 * confabd_calls_note_entered:
 *
 * Follows the store: somebody is in a call now.
 */
void
confabd_calls_note_entered (ConfabdCalls *self, ConfabdEntry *entry)
{
  guint n_active = confabd_calls_get_n_active (self);

  confabd_presence_add (self->presence, confab_participant_get_id (entry->participant),
                        confab_call_get_id (entry->call));
  notify_presence (self, n_active);
  if (entry->is_first) {
    g_signal_emit (self, signals[SIGNAL_CALL_STARTED], 0, entry->call);
  }
  g_signal_emit (self, signals[SIGNAL_PARTICIPANT_JOINED], 0, confab_call_get_id (entry->call),
                 entry->participant);
}

/**
 * confabd_calls_note_left:
 *
 * Goes ahead of the store: whoever leaves is gone.
 */
void
confabd_calls_note_left (ConfabdCalls *self, const char *participant_id)
{
  guint n_active = confabd_calls_get_n_active (self);
  g_autofree char *call_id = g_strdup (confabd_presence_find_call (self->presence, participant_id));

  if (confabd_presence_remove (self->presence, participant_id)) {
    notify_presence (self, n_active);
    g_signal_emit (self, signals[SIGNAL_PARTICIPANT_LEFT], 0, call_id, participant_id);
  }
}

/**
 * confabd_calls_note_changed:
 *
 * Follows the store: other people may record the call from now on.
 */
void
confabd_calls_note_changed (ConfabdCalls *self, ConfabCall *call)
{
  g_signal_emit (self, signals[SIGNAL_CALL_CHANGED], 0, call);
}

/**
 * confabd_calls_note_ended:
 *
 * Follows the store: a call is over, and nobody is in it.
 */
void
confabd_calls_note_ended (ConfabdCalls *self, ConfabCall *call)
{
  guint n_active = confabd_calls_get_n_active (self);

  if (confabd_presence_remove_call (self->presence, confab_call_get_id (call))) {
    notify_presence (self, n_active);
  }
  g_signal_emit (self, signals[SIGNAL_CALL_ENDED], 0, call);
}

static void
confabd_calls_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  ConfabdCalls *self = CONFABD_CALLS (object);

  switch ((ConfabdCallsProperty) id) {
  case PROP_N_PRESENT:
    g_value_set_uint (value, confabd_calls_get_n_present (self));
    break;
  case PROP_N_ACTIVE:
    g_value_set_uint (value, confabd_calls_get_n_active (self));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
confabd_calls_finalize (GObject *object)
{
  ConfabdCalls *self = CONFABD_CALLS (object);

  g_clear_object (&self->store);
  g_clear_object (&self->clock);
  g_clear_pointer (&self->presence, confabd_presence_free);

  G_OBJECT_CLASS (confabd_calls_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *class)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  /**
   * ConfabdCalls:n-present:
   *
   * How many participants are in calls of this daemon right now.
   */
  properties[PROP_N_PRESENT] = g_param_spec_uint ("n-present", NULL, NULL, 0, G_MAXUINT, 0, flags);
  /**
   * ConfabdCalls:n-active:
   *
   * How many calls have somebody in them.
   */
  properties[PROP_N_ACTIVE] = g_param_spec_uint ("n-active", NULL, NULL, 0, G_MAXUINT, 0, flags);
  g_object_class_install_properties (class, G_N_ELEMENTS (properties), properties);
}

static guint
new_call_signal (GObjectClass *class, const char *name)
{
  return g_signal_new (name, G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                       G_TYPE_NONE, 1, CONFAB_TYPE_CALL);
}

static void
confabd_calls_class_init (ConfabdCallsClass *klass)
{
  GObjectClass *class = G_OBJECT_CLASS (klass);

  class->get_property = confabd_calls_get_property;
  class->finalize = confabd_calls_finalize;
  install_properties (class);
  /**
   * ConfabdCalls::call-created:
   * @call: the call, open
   *
   * Somebody made a call, and has its link.
   */
  signals[SIGNAL_CALL_CREATED] = new_call_signal (class, "call-created");
  /**
   * ConfabdCalls::call-started:
   * @call: the call, live
   *
   * The first participant entered.
   */
  signals[SIGNAL_CALL_STARTED] = new_call_signal (class, "call-started");
  /**
   * ConfabdCalls::call-changed:
   * @call: the call as it is now
   *
   * One of its moderators changed it.
   */
  signals[SIGNAL_CALL_CHANGED] = new_call_signal (class, "call-changed");
  /**
   * ConfabdCalls::call-ended:
   * @call: the call, with its end reason
   *
   * The call is over, by its host or by time; all who were in it are out.
   */
  signals[SIGNAL_CALL_ENDED] = new_call_signal (class, "call-ended");
  /**
   * ConfabdCalls::participant-joined:
   * @call_id: which call
   * @participant: the participant
   *
   * Somebody came into a call.
   */
  signals[SIGNAL_PARTICIPANT_JOINED] =
      g_signal_new ("participant-joined", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL,
                    NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, CONFAB_TYPE_PARTICIPANT);
  /**
   * ConfabdCalls::participant-left:
   * @call_id: which call
   * @participant_id: who
   *
   * Somebody left a call that goes on without them.
   */
  signals[SIGNAL_PARTICIPANT_LEFT] =
      g_signal_new ("participant-left", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
}

static void
confabd_calls_init (ConfabdCalls *self)
{
  self->presence = confabd_presence_new ();
}

/**
 * confabd_calls_new:
 * @store: where calls are kept
 * @clock: their time
 * @limits: copied
 *
 * Returns: (transfer full): the calls
 */
ConfabdCalls *
confabd_calls_new (ConfabdStore *store, ConfabClock *clock, const ConfabdCallLimits *limits)
{
  ConfabdCalls *self = NULL;

  g_return_val_if_fail (CONFABD_IS_STORE (store), NULL);
  g_return_val_if_fail (CONFAB_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (limits != NULL, NULL);

  self = g_object_new (CONFABD_TYPE_CALLS, NULL);
  self->store = g_object_ref (store);
  self->clock = g_object_ref (clock);
  self->limits = *limits;
  return self;
}

/**
 * confabd_calls_set_limits:
 * @self: the calls
 * @limits: what holds from now on; copied
 */
void
confabd_calls_set_limits (ConfabdCalls *self, const ConfabdCallLimits *limits)
{
  g_return_if_fail (CONFABD_IS_CALLS (self));

  self->limits = *limits;
}

/**
 * confabd_calls_get_n_present:
 *
 * Returns: how many participants are in calls of this daemon right now
 */
guint
confabd_calls_get_n_present (ConfabdCalls *self)
{
  g_return_val_if_fail (CONFABD_IS_CALLS (self), 0);

  return confabd_presence_get_n_participants (self->presence);
}

/**
 * confabd_calls_get_n_active:
 *
 * Returns: how many calls have somebody in them
 */
guint
confabd_calls_get_n_active (ConfabdCalls *self)
{
  g_return_val_if_fail (CONFABD_IS_CALLS (self), 0);

  return confabd_presence_get_n_calls (self->presence);
}

/**
 * confabd_calls_begin:
 *
 * Returns: (transfer full): a task for the public function @source_tag
 */
GTask *
confabd_calls_begin (ConfabdCalls *self,
                     gpointer source_tag,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, source_tag);
  return task;
}

/**
 * confabd_calls_refuse_unknown:
 *
 * Answers @task when @id cannot be the id of a call.
 *
 * Returns: whether it did
 */
gboolean
confabd_calls_refuse_unknown (GTask *task, const char *id)
{
  if (confab_id_is_valid (id)) {
    return FALSE;
  }
  g_task_return_new_error (task, CONFAB_ERROR, CONFAB_ERROR_NO_SUCH_CALL, "There is no such call");
  return TRUE;
}

/**
 * confabd_calls_hash_secret:
 *
 * Returns: (transfer full): what the store knows a secret by
 */
char *
confabd_calls_hash_secret (const char *secret)
{
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, secret, -1);
}

/* Looking */

static void
on_got (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  ConfabdRoster *roster = confabd_store_get_call_finish (CONFABD_STORE (object), result, &error);

  if (roster == NULL) {
    g_task_return_error (task, error);
  } else {
    g_task_return_pointer (task, roster, (GDestroyNotify) confabd_roster_free);
  }
}

/**
 * confabd_calls_get_async:
 *
 * Looks at a call, also one that is over. Finishes with %CONFAB_ERROR_NO_SUCH_CALL for whoever was
 * not let in.
 */
void
confabd_calls_get_async (ConfabdCalls *self,
                         ConfabUser *user,
                         const char *call_id,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (CONFABD_IS_CALLS (self));
  g_return_if_fail (user != NULL);

  task = confabd_calls_begin (self, confabd_calls_get_async, cancellable, callback, user_data);
  if (confabd_calls_refuse_unknown (task, call_id)) {
    return;
  }
  confabd_store_get_call_async (self->store, confab_user_get_id (user), call_id, cancellable,
                                on_got, g_steal_pointer (&task));
}

/**
 * confabd_calls_get_finish:
 * @participants: (out) (optional) (transfer full) (element-type ConfabParticipant): those who are
 * in the call now, in the order in which they entered
 * @error: return location for a #GError
 *
 * Returns: (transfer full): the call
 */
ConfabCall *
confabd_calls_get_finish (ConfabdCalls *self,
                          GAsyncResult *result,
                          GPtrArray **participants,
                          GError **error)
{
  g_autoptr (ConfabdRoster) roster = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  roster = g_task_propagate_pointer (G_TASK (result), error);
  if (roster == NULL) {
    return NULL;
  }
  if (participants != NULL) {
    *participants = g_steal_pointer (&roster->participants);
  }
  return g_steal_pointer (&roster->call);
}

static void
on_listed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  GPtrArray *calls = confabd_store_list_calls_finish (CONFABD_STORE (object), result, &error);

  if (calls == NULL) {
    g_task_return_error (task, error);
  } else {
    g_task_return_pointer (task, calls, (GDestroyNotify) g_ptr_array_unref);
  }
}

/**
 * confabd_calls_list_async:
 *
 * Lists the calls that @user made or was let into and that are not over, the newest first, at most
 * 100.
 */
void
confabd_calls_list_async (ConfabdCalls *self,
                          ConfabUser *user,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  GTask *task = NULL;

  g_return_if_fail (CONFABD_IS_CALLS (self));
  g_return_if_fail (user != NULL);

  task = confabd_calls_begin (self, confabd_calls_list_async, cancellable, callback, user_data);
  confabd_store_list_calls_async (self->store, confab_user_get_id (user), LIST_LIMIT, cancellable,
                                  on_listed, task);
}

/**
 * confabd_calls_list_finish:
 *
 * Returns: (transfer full) (element-type ConfabCall): the calls
 */
GPtrArray *
confabd_calls_list_finish (ConfabdCalls *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Letting in */

static void
on_admitted (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  ConfabdAdmission *admission = confabd_store_admit_finish (CONFABD_STORE (object), result, &error);

  if (admission == NULL) {
    g_task_return_error (task, error);
  } else {
    g_task_return_pointer (task, admission, (GDestroyNotify) confabd_admission_free);
  }
}

/**
 * confabd_calls_admit_async:
 * @code: (nullable): the code of a call, as somebody typed it; or
 * @secret: (nullable): the secret of an invitation
 *
 * Makes @user a member of a call: its host stays host, a code makes a speaker, an invitation what
 * it says.
 *
 * Finishes with %CONFAB_ERROR_NO_SUCH_CALL, %CONFAB_ERROR_CALL_OVER, %CONFAB_ERROR_CALL_FULL, with
 * %CONFAB_ERROR_NOT_ALLOWED for an invitation that is used up, expired or revoked.
 */
void
confabd_calls_admit_async (ConfabdCalls *self,
                           ConfabUser *user,
                           const char *code,
                           const char *secret,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GDateTime) now = NULL;
  g_autofree char *normal_code = NULL;
  g_autofree char *secret_hash = NULL;

  g_return_if_fail (CONFABD_IS_CALLS (self));
  g_return_if_fail (user != NULL);
  g_return_if_fail ((code != NULL) != (secret != NULL));

  task = confabd_calls_begin (self, confabd_calls_admit_async, cancellable, callback, user_data);
  if (code != NULL) {
    normal_code = confab_code_normalize (code);
  } else if (confab_id_is_valid (secret)) {
    secret_hash = confabd_calls_hash_secret (secret);
  }
  if (normal_code == NULL && secret_hash == NULL) {
    g_task_return_new_error (task, CONFAB_ERROR, CONFAB_ERROR_NO_SUCH_CALL,
                             "There is no such call");
    return;
  }
  now = confab_clock_dup_now (self->clock);
  confabd_store_admit_async (self->store, user, normal_code, secret_hash, now, cancellable,
                             on_admitted, g_steal_pointer (&task));
}

/**
 * confabd_calls_admit_finish:
 * @role: (out) (optional): what the user may be in the call
 * @error: return location for a #GError
 *
 * Returns: (transfer full): the call
 */
ConfabCall *
confabd_calls_admit_finish (ConfabdCalls *self,
                            GAsyncResult *result,
                            ConfabRole *role,
                            GError **error)
{
  g_autoptr (ConfabdAdmission) admission = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  admission = g_task_propagate_pointer (G_TASK (result), error);
  if (admission == NULL) {
    return NULL;
  }
  if (role != NULL) {
    *role = admission->role;
  }
  return g_steal_pointer (&admission->call);
}
