/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-live-call"

#include "config.h"

#include "confab-enum-types.h"
#include "confab-error.h"
#include "confab-keepalive-private.h"
#include "confab-live-call-private.h"
#include "confab-live-call.h"
#include "confab-message.h"
#include "confab-signaling-private.h"
#include "confab-wire-model.h"

/**
 * ConfabLiveCall:
 *
 * One stay in one call, as a list of #ConfabLiveParticipant: ourselves first, then the others in
 * the order in which they came. It survives outages of the server: then it joins anew, all of its
 * participants are other ones, and #ConfabLiveCall::joined is emitted again.
 *
 * Belongs to the main context that is the thread's default at confab_live_call_join().
 *
 * Since: 0.1
 */

static GParamSpec *properties[PROP_ICE_SERVERS + 1];

enum {
  SIGNAL_JOINED,
  SIGNAL_SIGNAL,
  SIGNAL_PARTICIPANT_JOINED,
  SIGNAL_PARTICIPANT_LEFT,
  SIGNAL_RECONNECTING,
  SIGNAL_REFUSED,
  SIGNAL_ENDING,
  SIGNAL_ENDED,
  SIGNAL_FAILED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static GType
confab_live_call_get_item_type (GListModel *model)
{
  return CONFAB_TYPE_LIVE_PARTICIPANT;
}

static guint
confab_live_call_get_n_items (GListModel *model)
{
  return CONFAB_LIVE_CALL (model)->participants->len;
}

static gpointer
confab_live_call_get_item (GListModel *model, guint position)
{
  ConfabLiveCall *self = CONFAB_LIVE_CALL (model);

  if (position >= self->participants->len)
    return NULL;
  return g_object_ref (g_ptr_array_index (self->participants, position));
}

static void
confab_live_call_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = confab_live_call_get_item_type;
  iface->get_n_items = confab_live_call_get_n_items;
  iface->get_item = confab_live_call_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (ConfabLiveCall,
                               confab_live_call,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      confab_live_call_list_model_init))

void
confab_live_call_notify (ConfabLiveCall *self, ConfabLiveCallProperty property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

gboolean
confab_live_call_find_position (ConfabLiveCall *self, const char *participant_id, guint *position)
{
  for (guint i = 0; i < self->participants->len; i++) {
    ConfabLiveParticipant *participant = g_ptr_array_index (self->participants, i);

    if (g_strcmp0 (confab_live_participant_get_id (participant), participant_id) == 0) {
      *position = i;
      return TRUE;
    }
  }
  return FALSE;
}

static void
confab_live_call_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  ConfabLiveCall *self = CONFAB_LIVE_CALL (object);

  switch ((ConfabLiveCallProperty) id) {
  case PROP_CALL:
    g_value_set_boxed (value, self->call);
    break;
  case PROP_STATE:
    g_value_set_enum (value, (gint) self->state);
    break;
  case PROP_SELF_ID:
    g_value_set_string (value, self->self_id);
    break;
  case PROP_STARTED_AT:
    g_value_set_boxed (value, self->started_at);
    break;
  case PROP_LINK:
    g_value_set_string (value, self->link);
    break;
  case PROP_MUTED:
    g_value_set_boolean (value, self->is_muted);
    break;
  case PROP_DEAFENED:
    g_value_set_boolean (value, self->is_deafened);
    break;
  case PROP_LISTEN_ONLY:
    g_value_set_boolean (value, self->is_listen_only);
    break;
  case PROP_ICE_SERVERS:
    g_value_set_boxed (value, self->ice_servers);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
confab_live_call_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  ConfabLiveCall *self = CONFAB_LIVE_CALL (object);

  switch ((ConfabLiveCallProperty) id) {
  case PROP_MUTED:
    confab_live_call_set_muted (self, g_value_get_boolean (value));
    break;
  case PROP_DEAFENED:
    confab_live_call_set_deafened (self, g_value_get_boolean (value));
    break;
  case PROP_LISTEN_ONLY:
    confab_live_call_set_listen_only (self, g_value_get_boolean (value));
    break;
  case PROP_CALL:
  case PROP_STATE:
  case PROP_SELF_ID:
  case PROP_STARTED_AT:
  case PROP_LINK:
  case PROP_ICE_SERVERS:
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
confab_live_call_dispose (GObject *object)
{
  ConfabLiveCall *self = CONFAB_LIVE_CALL (object);

  confab_timer_stop (&self->join_timer);
  if (self->signaling != NULL)
    confab_signaling_close (self->signaling);
  g_clear_pointer (&self->ice_renewal, confab_ice_renewal_free);
  g_clear_object (&self->signaling);
  g_clear_object (&self->session);
  g_clear_object (&self->clock);
  g_ptr_array_set_size (self->participants, 0);

  G_OBJECT_CLASS (confab_live_call_parent_class)->dispose (object);
}

static void
confab_live_call_finalize (GObject *object)
{
  ConfabLiveCall *self = CONFAB_LIVE_CALL (object);

  g_clear_pointer (&self->call, confab_call_unref);
  g_clear_pointer (&self->started_at, g_date_time_unref);
  g_clear_pointer (&self->participants, g_ptr_array_unref);
  g_clear_pointer (&self->ice_servers, g_ptr_array_unref);
  g_free (self->link);
  g_free (self->self_id);

  G_OBJECT_CLASS (confab_live_call_parent_class)->finalize (object);
}

static guint
new_signal (const char *name, guint n_params, GType first, GType second)
{
  return g_signal_new (name, CONFAB_TYPE_LIVE_CALL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                       G_TYPE_NONE, n_params, first, second);
}

static void
install_properties (GObjectClass *object_class)
{
  GParamFlags read = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  GParamFlags write = read | G_PARAM_WRITABLE;

  /**
   * ConfabLiveCall:call:
   *
   * The call as the server told it last.
   *
   * Since: 0.1
   */
  properties[PROP_CALL] = g_param_spec_boxed ("call", NULL, NULL, CONFAB_TYPE_CALL, read);
  /**
   * ConfabLiveCall:state:
   *
   * Where we are with it.
   *
   * Since: 0.1
   */
  properties[PROP_STATE] =
      g_param_spec_enum ("state", NULL, NULL, CONFAB_TYPE_LINK_STATE, CONFAB_LINK_STATE_IDLE, read);
  /**
   * ConfabLiveCall:self-id:
   *
   * Our identifier in the call: another one after each outage, %NULL before the first time.
   *
   * Since: 0.1
   */
  properties[PROP_SELF_ID] = g_param_spec_string ("self-id", NULL, NULL, NULL, read);
  /**
   * ConfabLiveCall:started-at:
   *
   * When the first participant came, by the server's clock.
   *
   * Since: 0.1
   */
  properties[PROP_STARTED_AT] =
      g_param_spec_boxed ("started-at", NULL, NULL, G_TYPE_DATE_TIME, read);
  /**
   * ConfabLiveCall:link:
   *
   * What lets others in.
   *
   * Since: 0.1
   */
  properties[PROP_LINK] = g_param_spec_string ("link", NULL, NULL, NULL, read);
  /**
   * ConfabLiveCall:muted:
   *
   * Whether we tell the others that we are muted.
   *
   * Since: 0.1
   */
  properties[PROP_MUTED] = g_param_spec_boolean ("muted", NULL, NULL, FALSE, write);
  /**
   * ConfabLiveCall:deafened:
   *
   * Whether we tell the others that we hear nobody.
   *
   * Since: 0.1
   */
  properties[PROP_DEAFENED] = g_param_spec_boolean ("deafened", NULL, NULL, FALSE, write);
  /**
   * ConfabLiveCall:listen-only:
   *
   * Whether we tell the others that we have no microphone; counts from the next join on.
   *
   * Since: 0.1
   */
  properties[PROP_LISTEN_ONLY] = g_param_spec_boolean ("listen-only", NULL, NULL, FALSE, write);

  /**
   * ConfabLiveCall:ice-servers: (type GPtrArray(ConfabIceServer))
   *
   * What helps to connect. Renewed before its credentials expire, for connections made from then
   * on.
   *
   * Since: 0.1
   */
  properties[PROP_ICE_SERVERS] =
      g_param_spec_boxed ("ice-servers", NULL, NULL, G_TYPE_PTR_ARRAY, read);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
confab_live_call_class_init (ConfabLiveCallClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = confab_live_call_get_property;
  object_class->set_property = confab_live_call_set_property;
  object_class->dispose = confab_live_call_dispose;
  object_class->finalize = confab_live_call_finalize;
  install_properties (object_class);

  /**
   * ConfabLiveCall::joined:
   * @self: the call
   *
   * We are in the call, for the first time or anew, and the list is complete: whatever was before
   * is void.
   *
   * Since: 0.1
   */
  signals[SIGNAL_JOINED] = new_signal ("joined", 0, 0, 0);
  /**
   * ConfabLiveCall::signal:
   * @self: the call
   * @from: the participant it comes from, who is in the list
   * @signal: a step of the negotiation, within the limits of the wire
   *
   * Since: 0.1
   */
  signals[SIGNAL_SIGNAL] = new_signal ("signal", 2, G_TYPE_STRING, CONFAB_TYPE_SIGNAL);
  /**
   * ConfabLiveCall::participant-joined:
   * @self: the call
   * @participant: who came, already in the list
   *
   * Since: 0.1
   */
  signals[SIGNAL_PARTICIPANT_JOINED] =
      new_signal ("participant-joined", 1, CONFAB_TYPE_LIVE_PARTICIPANT, 0);
  /**
   * ConfabLiveCall::participant-left:
   * @self: the call
   * @participant: who went, no longer in the list
   *
   * Since: 0.1
   */
  signals[SIGNAL_PARTICIPANT_LEFT] =
      new_signal ("participant-left", 1, CONFAB_TYPE_LIVE_PARTICIPANT, 0);
  /**
   * ConfabLiveCall::reconnecting:
   * @self: the call
   * @error: why
   *
   * The server is gone, and we try for two minutes to come back. The list stays as it was; sound
   * that goes from person to person may go on.
   *
   * Since: 0.1
   */
  signals[SIGNAL_RECONNECTING] = new_signal ("reconnecting", 1, G_TYPE_ERROR, 0);
  /**
   * ConfabLiveCall::refused:
   * @self: the call
   * @error: why
   *
   * The server refused something we asked for, as the end of the call; we stay in it.
   *
   * Since: 0.1
   */
  signals[SIGNAL_REFUSED] = new_signal ("refused", 1, G_TYPE_ERROR, 0);
  /**
   * ConfabLiveCall::ending:
   * @self: the call
   * @in_s: in how many seconds
   *
   * The call will reach its longest time.
   *
   * Since: 0.1
   */
  signals[SIGNAL_ENDING] = new_signal ("ending", 1, G_TYPE_UINT, 0);
  /**
   * ConfabLiveCall::ended:
   * @self: the call
   * @reason: as in confab_call_get_end_reason()
   *
   * The call is over for everybody, and the stay with it.
   *
   * Since: 0.1
   */
  signals[SIGNAL_ENDED] = new_signal ("ended", 1, G_TYPE_STRING, 0);
  /**
   * ConfabLiveCall::failed:
   * @self: the call
   * @error: why
   *
   * The stay is over: refused, or lost for good.
   *
   * Since: 0.1
   */
  signals[SIGNAL_FAILED] = new_signal ("failed", 1, G_TYPE_ERROR, 0);
}

static void
confab_live_call_init (ConfabLiveCall *self)
{
  self->clock = confab_system_clock_new ();
  self->state = CONFAB_LINK_STATE_IDLE;
  self->participants = g_ptr_array_new_with_free_func (g_object_unref);
  self->ice_servers = g_ptr_array_new_with_free_func ((GDestroyNotify) confab_ice_server_unref);
}

/**
 * confab_live_call_new:
 * @session: who we are, admitted by confab_client_create_call_async() or
 *   confab_client_join_call_async()
 * @call: the call
 * @link: (nullable): what lets others in
 * @device_name: how the server may call this device, UTF-8
 *
 * Returns: (transfer full): a stay that has not begun
 * Since: 0.1
 */
ConfabLiveCall *
confab_live_call_new (ConfabSession *session,
                      ConfabCall *call,
                      const char *link,
                      const char *device_name)
{
  ConfabLiveCall *self = NULL;

  g_return_val_if_fail (CONFAB_IS_SESSION (session), NULL);
  g_return_val_if_fail (call != NULL, NULL);
  g_return_val_if_fail (device_name != NULL, NULL);

  self = g_object_new (CONFAB_TYPE_LIVE_CALL, NULL);
  self->session = g_object_ref (session);
  self->call = confab_call_ref (call);
  self->link = g_strdup (link);
  confab_live_call_open_link (self, device_name);
  return self;
}

/* Returns: (transfer none) */
ConfabSignaling *
confab_live_call_get_signaling (ConfabLiveCall *self)
{
  return self->signaling;
}

void
confab_live_call_set_clock (ConfabLiveCall *self, ConfabClock *clock)
{
  g_set_object (&self->clock, clock);
}

void
confab_live_call_set_join_deadline_ms (ConfabLiveCall *self, guint deadline_ms)
{
  self->join_deadline_ms = deadline_ms;
}

/**
 * confab_live_call_get_state:
 * @self: a stay
 *
 * Returns: where we are with the call
 * Since: 0.1
 */
ConfabLinkState
confab_live_call_get_state (ConfabLiveCall *self)
{
  g_return_val_if_fail (CONFAB_IS_LIVE_CALL (self), CONFAB_LINK_STATE_LEFT);

  return self->state;
}

/**
 * confab_live_call_get_call:
 * @self: a stay
 *
 * Returns: (transfer none): the call as the server told it last
 * Since: 0.1
 */
ConfabCall *
confab_live_call_get_call (ConfabLiveCall *self)
{
  g_return_val_if_fail (CONFAB_IS_LIVE_CALL (self), NULL);

  return self->call;
}

/**
 * confab_live_call_get_self_id:
 * @self: a stay
 *
 * Returns: (transfer none) (nullable): our identifier in the call; another one after each outage
 * Since: 0.1
 */
const char *
confab_live_call_get_self_id (ConfabLiveCall *self)
{
  g_return_val_if_fail (CONFAB_IS_LIVE_CALL (self), NULL);

  return self->self_id;
}

/**
 * confab_live_call_get_link:
 * @self: a stay
 *
 * Returns: (transfer none) (nullable): what lets others in
 * Since: 0.1
 */
const char *
confab_live_call_get_link (ConfabLiveCall *self)
{
  g_return_val_if_fail (CONFAB_IS_LIVE_CALL (self), NULL);

  return self->link;
}

/**
 * confab_live_call_get_ice_servers:
 * @self: a stay
 *
 * Returns: (transfer none) (element-type ConfabIceServer): for connections made from now on; empty
 *   before the first #ConfabLiveCall::joined
 * Since: 0.1
 */
GPtrArray *
confab_live_call_get_ice_servers (ConfabLiveCall *self)
{
  g_return_val_if_fail (CONFAB_IS_LIVE_CALL (self), NULL);

  return self->ice_servers;
}

/**
 * confab_live_call_get_elapsed_s:
 * @self: a stay
 *
 * How long the call has been going on: the same on all screens, as it goes by the server's clock.
 *
 * Returns: whole seconds, 0 before the first #ConfabLiveCall::joined
 * Since: 0.1
 */
guint
confab_live_call_get_elapsed_s (ConfabLiveCall *self)
{
  g_autoptr (GDateTime) now = NULL;
  gint64 elapsed_us = 0;

  g_return_val_if_fail (CONFAB_IS_LIVE_CALL (self), 0);

  if (self->started_at == NULL)
    return 0;
  now = confab_clock_dup_now (self->clock);
  elapsed_us = g_date_time_difference (now, self->started_at) +
               confab_signaling_get_clock_offset_us (self->signaling);
  return (guint) CLAMP (elapsed_us / G_USEC_PER_SEC, 0, G_MAXUINT);
}

/**
 * confab_live_call_find:
 * @self: a stay
 * @participant_id: (nullable): an identifier
 *
 * Returns: (transfer none) (nullable): the participant in the list
 * Since: 0.1
 */
ConfabLiveParticipant *
confab_live_call_find (ConfabLiveCall *self, const char *participant_id)
{
  guint position = 0;

  g_return_val_if_fail (CONFAB_IS_LIVE_CALL (self), NULL);

  if (!confab_live_call_find_position (self, participant_id, &position))
    return NULL;
  return g_ptr_array_index (self->participants, position);
}
