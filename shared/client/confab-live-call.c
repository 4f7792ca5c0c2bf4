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
#include "confab-permission.h"
#include "confab-signaling-private.h"
#include "confab-wire-model.h"

#define JOIN_DEADLINE_MS (15 * 1000)

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

/* The one place where the state changes. */
gboolean
confab_live_call_apply_event (ConfabLiveCall *self, ConfabLinkEvent event)
{
  ConfabLinkState next = self->state;

  if (!confab_link_state_next (self->state, event, &next))
    return FALSE;
  if (next != self->state) {
    self->state = next;
    confab_live_call_notify (self, PROP_STATE);
  }
  return TRUE;
}

/* The end of every stay, whoever ends it. */
gboolean
confab_live_call_finish_stay (ConfabLiveCall *self)
{
  confab_timer_stop (&self->join_timer);
  confab_ice_renewal_stop (self->ice_renewal);
  confab_signaling_close (self->signaling);
  return confab_live_call_apply_event (self, CONFAB_LINK_EVENT_LEAVE);
}

void
confab_live_call_fail (ConfabLiveCall *self, const GError *error)
{
  if (confab_live_call_finish_stay (self))
    g_signal_emit (self, signals[SIGNAL_FAILED], 0, error);
}

void
confab_live_call_send_flag (ConfabLiveCall *self, const char *name, gboolean value)
{
  g_autoptr (ConfabMessage) message = confab_message_new ("state");

  confab_message_set_boolean (message, name, value);
  if (self->state == CONFAB_LINK_STATE_LIVE)
    confab_signaling_send (self->signaling, message);
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

/* What we say of ourselves holds at once, whenever the server comes round to it. */
void
confab_live_call_update_self (ConfabLiveCall *self)
{
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->clock);
  g_autoptr (ConfabParticipant) changed = NULL;
  ConfabLiveParticipant *live = NULL;
  ConfabParticipantFlags flags;

  if (self->participants->len == 0)
    return;
  live = g_ptr_array_index (self->participants, 0);
  confab_participant_get_flags (confab_live_participant_get_participant (live), &flags);
  flags.is_muted = !!self->is_muted;
  flags.is_deafened = !!self->is_deafened;
  flags.is_listen_only = !!self->is_listen_only;
  changed =
      confab_participant_with_flags (confab_live_participant_get_participant (live), &flags, now);
  confab_live_participant_set_participant (live, changed);
}

static gboolean
on_join_deadline (gpointer user_data)
{
  ConfabLiveCall *self = user_data;
  g_autoptr (GError) error = NULL;

  confab_timer_stop (&self->join_timer);
  error =
      g_error_new (CONFAB_ERROR, CONFAB_ERROR_TIMED_OUT,
                   "The server did not let us in within %u seconds", self->join_deadline_ms / 1000);
  confab_signaling_drop (self->signaling, error);
  return G_SOURCE_REMOVE;
}

static void
send_join (ConfabLiveCall *self)
{
  g_autoptr (ConfabMessage) message = confab_message_new ("join");

  confab_message_set_string (message, "call", confab_call_get_id (self->call));
  confab_message_set_boolean (message, "muted", self->is_muted);
  confab_message_set_boolean (message, "listen_only", self->is_listen_only);
  confab_signaling_send (self->signaling, message);

  confab_timer_stop (&self->join_timer);
  self->join_timer = confab_timer_start (self->join_deadline_ms, on_join_deadline, self);
}

static void
on_welcome (ConfabSignaling *signaling, ConfabMessage *message, ConfabLiveCall *self)
{
  if (confab_live_call_apply_event (self, CONFAB_LINK_EVENT_WELCOMED))
    send_join (self);
}

static void
on_lost (ConfabSignaling *signaling, const GError *error, ConfabLiveCall *self)
{
  gboolean is_news = self->state != CONFAB_LINK_STATE_RESUMING;

  confab_timer_stop (&self->join_timer);
  if (confab_live_call_apply_event (self, CONFAB_LINK_EVENT_LOST) && is_news)
    g_signal_emit (self, signals[SIGNAL_RECONNECTING], 0, error);
}

static void
on_message (ConfabSignaling *signaling, ConfabMessage *message, ConfabLiveCall *self)
{
  confab_live_call_take_message (self, message);
}

static void
on_failed (ConfabSignaling *signaling, const GError *error, ConfabLiveCall *self)
{
  confab_live_call_fail (self, error);
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
  g_clear_object (&self->client);
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
  self->join_deadline_ms = JOIN_DEADLINE_MS;
  self->participants = g_ptr_array_new_with_free_func (g_object_unref);
  self->ice_servers = g_ptr_array_new_with_free_func ((GDestroyNotify) confab_ice_server_unref);
}

static void
on_ice_servers (GPtrArray *servers, gpointer user_data)
{
  ConfabLiveCall *self = user_data;

  g_ptr_array_unref (self->ice_servers);
  self->ice_servers = g_ptr_array_ref (servers);
  confab_live_call_notify (self, PROP_ICE_SERVERS);
}

/**
 * confab_live_call_new:
 * @client: a client that is signed in and was admitted by confab_client_create_call_async() or
 *   confab_client_join_call_async()
 * @call: the call
 * @link: (nullable): what lets others in
 * @device_name: how the server may call this device, UTF-8
 *
 * Returns: (transfer full): a stay that has not begun
 * Since: 0.1
 */
ConfabLiveCall *
confab_live_call_new (ConfabClient *client,
                      ConfabCall *call,
                      const char *link,
                      const char *device_name)
{
  ConfabLiveCall *self = NULL;

  g_return_val_if_fail (CONFAB_IS_CLIENT (client), NULL);
  g_return_val_if_fail (call != NULL, NULL);
  g_return_val_if_fail (device_name != NULL, NULL);

  self = g_object_new (CONFAB_TYPE_LIVE_CALL, NULL);
  self->client = g_object_ref (client);
  self->call = confab_call_ref (call);
  self->link = g_strdup (link);
  self->signaling = confab_signaling_new (client, device_name);
  self->ice_renewal =
      confab_ice_renewal_new (client, confab_call_get_id (call), on_ice_servers, self);
  g_signal_connect_object (self->signaling, "welcome", G_CALLBACK (on_welcome), self, 0);
  g_signal_connect_object (self->signaling, "message", G_CALLBACK (on_message), self, 0);
  g_signal_connect_object (self->signaling, "lost", G_CALLBACK (on_lost), self, 0);
  g_signal_connect_object (self->signaling, "failed", G_CALLBACK (on_failed), self, 0);
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
 * confab_live_call_join:
 * @self: a stay that has not begun
 *
 * Begins: ends in #ConfabLiveCall::joined or #ConfabLiveCall::failed, never within this call.
 *
 * Since: 0.1
 */
void
confab_live_call_join (ConfabLiveCall *self)
{
  g_return_if_fail (CONFAB_IS_LIVE_CALL (self));
  g_return_if_fail (self->state == CONFAB_LINK_STATE_IDLE);

  confab_live_call_apply_event (self, CONFAB_LINK_EVENT_CONNECT);
  confab_signaling_open (self->signaling);
}

/**
 * confab_live_call_leave:
 * @self: a stay
 *
 * Leaves the call, at any time. Nothing is emitted but the change of #ConfabLiveCall:state.
 *
 * Since: 0.1
 */
void
confab_live_call_leave (ConfabLiveCall *self)
{
  g_autoptr (ConfabMessage) message = NULL;

  g_return_if_fail (CONFAB_IS_LIVE_CALL (self));

  message = confab_message_new ("leave");
  confab_signaling_send (self->signaling, message);
  confab_live_call_finish_stay (self);
}

static void
on_end_finished (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabLiveCall) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!confab_client_end_call_finish (CONFAB_CLIENT (source), result, &error))
    g_signal_emit (self, signals[SIGNAL_REFUSED], 0, error);
}

/**
 * confab_live_call_end:
 * @self: a stay in a call of which we are the host
 *
 * Ends the call for everybody: #ConfabLiveCall::ended follows for us too, or
 * #ConfabLiveCall::refused.
 *
 * Since: 0.1
 */
void
confab_live_call_end (ConfabLiveCall *self)
{
  g_autoptr (ConfabMessage) message = NULL;

  g_return_if_fail (CONFAB_IS_LIVE_CALL (self));

  message = confab_message_new ("end");
  if (self->state == CONFAB_LINK_STATE_LIVE && confab_signaling_send (self->signaling, message))
    return;
  confab_client_end_call_async (self->client, confab_call_get_id (self->call), NULL,
                                on_end_finished, g_object_ref (self));
}

/**
 * confab_live_call_send_signal:
 * @self: a stay
 * @to: a participant of the list
 * @signal: a step of the negotiation
 *
 * Sends it, if we are in the call: otherwise it is about a connection that is void anyway.
 *
 * Since: 0.1
 */
void
confab_live_call_send_signal (ConfabLiveCall *self, const char *to, ConfabSignal *signal)
{
  g_autoptr (ConfabMessage) message = NULL;

  g_return_if_fail (CONFAB_IS_LIVE_CALL (self));
  g_return_if_fail (to != NULL);
  g_return_if_fail (signal != NULL);

  if (self->state != CONFAB_LINK_STATE_LIVE)
    return;
  message = confab_signal_to_message (signal, to);
  confab_signaling_send (self->signaling, message);
}

/**
 * confab_live_call_send_quality:
 * @self: a stay
 * @samples: (element-type ConfabQualitySample): how we hear the others, at most one of each
 *
 * Has the server keep them, if we are in the call. It takes them each 5 s at most, and drops what
 * is sooner.
 *
 * Since: 0.1
 */
void
confab_live_call_send_quality (ConfabLiveCall *self, GPtrArray *samples)
{
  g_autoptr (ConfabMessage) message = NULL;

  g_return_if_fail (CONFAB_IS_LIVE_CALL (self));
  g_return_if_fail (samples != NULL);

  if (self->state != CONFAB_LINK_STATE_LIVE || samples->len == 0)
    return;
  message = confab_quality_to_message (samples);
  confab_signaling_send (self->signaling, message);
}

static gboolean
set_flag (ConfabLiveCall *self, gboolean *flag, gboolean value, ConfabLiveCallProperty property)
{
  if (*flag == !!value)
    return FALSE;
  *flag = !!value;
  confab_live_call_update_self (self);
  confab_live_call_notify (self, property);
  return TRUE;
}

/**
 * confab_live_call_set_muted:
 * @self: a stay
 * @muted: whether to say so
 *
 * Tells the others, now or when we come in. Muting itself is for whoever sends the sound.
 *
 * Since: 0.1
 */
void
confab_live_call_set_muted (ConfabLiveCall *self, gboolean muted)
{
  g_return_if_fail (CONFAB_IS_LIVE_CALL (self));

  if (set_flag (self, &self->is_muted, muted, PROP_MUTED))
    confab_live_call_send_flag (self, "muted", self->is_muted);
}

/**
 * confab_live_call_get_muted:
 * @self: a stay
 *
 * Returns: what was last set
 * Since: 0.1
 */
gboolean
confab_live_call_get_muted (ConfabLiveCall *self)
{
  g_return_val_if_fail (CONFAB_IS_LIVE_CALL (self), FALSE);

  return self->is_muted;
}

/**
 * confab_live_call_set_deafened:
 * @self: a stay
 * @deafened: whether to say so
 *
 * Tells the others, now or when we come in. Silence itself is for whoever plays the sound.
 *
 * Since: 0.1
 */
void
confab_live_call_set_deafened (ConfabLiveCall *self, gboolean deafened)
{
  g_return_if_fail (CONFAB_IS_LIVE_CALL (self));

  if (set_flag (self, &self->is_deafened, deafened, PROP_DEAFENED))
    confab_live_call_send_flag (self, "deafened", self->is_deafened);
}

/**
 * confab_live_call_set_listen_only:
 * @self: a stay
 * @listen_only: whether to say that we have no microphone
 *
 * Tells the others, now or when we come in.
 *
 * Since: 0.1
 */
void
confab_live_call_set_listen_only (ConfabLiveCall *self, gboolean listen_only)
{
  g_return_if_fail (CONFAB_IS_LIVE_CALL (self));

  if (set_flag (self, &self->is_listen_only, listen_only, PROP_LISTEN_ONLY))
    confab_live_call_send_flag (self, "listen_only", self->is_listen_only);
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

/**
 * confab_live_call_ask_recording:
 * @self: a stay
 * @is_wanted: whether to begin, or to end
 *
 * Asks the server to tell everybody that we record the call, or no more. Nothing may be recorded
 * before #ConfabLiveParticipant:recording of ourselves says so: whoever is in the call has been
 * told by then. #ConfabLiveCall::refused with %CONFAB_ERROR_NOT_ALLOWED where the call does not
 * allow it. After an outage one has to ask anew.
 *
 * Since: 0.1
 */
void
confab_live_call_ask_recording (ConfabLiveCall *self, gboolean is_wanted)
{
  g_return_if_fail (CONFAB_IS_LIVE_CALL (self));

  confab_live_call_send_flag (self, "recording", is_wanted != FALSE);
}

/**
 * confab_live_call_may_record:
 * @self: a stay
 *
 * Returns: whether the call allows us to record it, as far as we know; the server has the last word
 * Since: 0.1
 */
gboolean
confab_live_call_may_record (ConfabLiveCall *self)
{
  ConfabRecordingPolicy policy = CONFAB_RECORDING_NEVER;
  ConfabParticipant *us = NULL;

  g_return_val_if_fail (CONFAB_IS_LIVE_CALL (self), FALSE);

  if (self->participants->len == 0)
    return FALSE;
  policy = confab_call_get_recording_policy (self->call);
  us = confab_live_participant_get_participant (g_ptr_array_index (self->participants, 0));
  return policy == CONFAB_RECORDING_EVERYONE ||
         (policy == CONFAB_RECORDING_HOST &&
          confab_call_permission_is_granted (CONFAB_CALL_PERMISSION_RECORD,
                                             confab_participant_get_role (us)));
}
