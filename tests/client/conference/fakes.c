/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "fakes.h"

#include "confab-error.h"
#include "confab-quality-sample.h"

static GString *script;
static char *taken;

static void G_GNUC_PRINTF (1, 2) note (const char *format, ...)
{
  va_list arguments;

  if (script->len > 0)
    g_string_append_c (script, ' ');
  va_start (arguments, format);
  g_string_append_vprintf (script, format, arguments);
  va_end (arguments);
}

void
fake_begin (void)
{
  g_clear_pointer (&taken, g_free);
  if (script != NULL)
    g_string_free (script, TRUE);
  script = g_string_new (NULL);
}

const char *
fake_take_log (void)
{
  g_free (taken);
  taken = g_strdup (script->str);
  g_string_truncate (script, 0);
  return taken;
}

/* --- the call --- */

struct _ConfabLiveCall {
  GObject parent_instance;

  char *self_id;           /* (owned) */
  GPtrArray *participants; /* (element-type ConfabLiveParticipant) (owned) */
  GPtrArray *ice_servers;  /* (owned) */
  gboolean is_muted;
  gboolean is_deafened;
};

static GType
get_item_type (GListModel *model)
{
  return CONFAB_TYPE_LIVE_PARTICIPANT;
}

static guint
get_n_items (GListModel *model)
{
  return CONFAB_LIVE_CALL (model)->participants->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  ConfabLiveCall *self = CONFAB_LIVE_CALL (model);

  return position < self->participants->len
             ? g_object_ref (g_ptr_array_index (self->participants, position))
             : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (ConfabLiveCall,
                               confab_live_call,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
confab_live_call_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  ConfabLiveCall *self = CONFAB_LIVE_CALL (object);

  g_value_set_boolean (value, id == 1 ? self->is_muted : self->is_deafened);
}

static void
confab_live_call_finalize (GObject *object)
{
  ConfabLiveCall *self = CONFAB_LIVE_CALL (object);

  g_free (self->self_id);
  g_ptr_array_unref (self->participants);
  g_ptr_array_unref (self->ice_servers);
  G_OBJECT_CLASS (confab_live_call_parent_class)->finalize (object);
}

static void
add_signal (GType type, const char *name, guint n, GType first, GType second)
{
  g_signal_new (name, type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, n, first, second);
}

static void
confab_live_call_class_init (ConfabLiveCallClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = confab_live_call_get_property;
  object_class->finalize = confab_live_call_finalize;
  g_object_class_install_property (
      object_class, 1, g_param_spec_boolean ("muted", NULL, NULL, FALSE, G_PARAM_READABLE));
  g_object_class_install_property (
      object_class, 2, g_param_spec_boolean ("deafened", NULL, NULL, FALSE, G_PARAM_READABLE));
  g_object_class_install_property (
      object_class, 3,
      g_param_spec_boxed ("ice-servers", NULL, NULL, G_TYPE_PTR_ARRAY, G_PARAM_READABLE));
  add_signal (type, "reconnecting", 1, G_TYPE_ERROR, 0);
  add_signal (type, "joined", 0, 0, 0);
  add_signal (type, "signal", 2, G_TYPE_STRING, CONFAB_TYPE_SIGNAL);
  add_signal (type, "participant-joined", 1, CONFAB_TYPE_LIVE_PARTICIPANT, 0);
  add_signal (type, "participant-left", 1, CONFAB_TYPE_LIVE_PARTICIPANT, 0);
  add_signal (type, "ended", 1, G_TYPE_STRING, 0);
  add_signal (type, "failed", 1, G_TYPE_ERROR, 0);
}

static void
confab_live_call_init (ConfabLiveCall *self)
{
  self->participants = g_ptr_array_new_with_free_func (g_object_unref);
  self->ice_servers = g_ptr_array_new ();
}

ConfabLiveCall *
fake_call_new (void)
{
  return g_object_new (CONFAB_TYPE_LIVE_CALL, NULL);
}

static ConfabLiveParticipant *
make_participant (const char *id, gboolean is_self)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (ConfabParticipant) value =
      confab_participant_new (id, NULL, id, CONFAB_ROLE_SPEAKER, now);

  return confab_live_participant_new (value, is_self);
}

void
fake_call_join (ConfabLiveCall *call, const char *self_id, const char *const *others)
{
  g_ptr_array_set_size (call->participants, 0);
  g_free (call->self_id);
  call->self_id = g_strdup (self_id);
  g_ptr_array_add (call->participants, make_participant (self_id, TRUE));
  for (guint i = 0; others[i] != NULL; i++)
    g_ptr_array_add (call->participants, make_participant (others[i], FALSE));
  g_object_notify (G_OBJECT (call), "ice-servers");
  g_signal_emit_by_name (call, "joined");
}

void
fake_call_add (ConfabLiveCall *call, const char *id)
{
  ConfabLiveParticipant *participant = make_participant (id, FALSE);

  g_ptr_array_add (call->participants, participant);
  g_signal_emit_by_name (call, "participant-joined", participant);
}

void
fake_call_drop (ConfabLiveCall *call, const char *id)
{
  g_autoptr (ConfabLiveParticipant) participant = g_object_ref (confab_live_call_find (call, id));

  g_ptr_array_remove (call->participants, participant);
  g_signal_emit_by_name (call, "participant-left", participant);
}

void
confab_live_call_join (ConfabLiveCall *self)
{
  note ("join");
}

void
confab_live_call_leave (ConfabLiveCall *self)
{
  note ("leave");
}

void
confab_live_call_send_signal (ConfabLiveCall *self, const char *to, ConfabSignal *signal)
{
  note ("send:%s:%s", to, confab_signal_kind_to_string (confab_signal_get_kind (signal)));
}

void
confab_live_call_send_quality (ConfabLiveCall *self, GPtrArray *samples)
{
  for (guint i = 0; i < samples->len; i++) {
    ConfabQualitySample *sample = g_ptr_array_index (samples, i);
    ConfabQualityFigures figures;

    confab_quality_sample_get_figures (sample, &figures);
    note ("quality:%s:%.1f:%.0f", confab_quality_sample_get_peer_id (sample), figures.mos,
          figures.level_dbov);
  }
}

void
confab_live_call_set_muted (ConfabLiveCall *self, gboolean muted)
{
  note ("say-muted:%d", muted);
  self->is_muted = muted;
  g_object_notify (G_OBJECT (self), "muted");
}

gboolean
confab_live_call_get_muted (ConfabLiveCall *self)
{
  return self->is_muted;
}

void
confab_live_call_set_deafened (ConfabLiveCall *self, gboolean deafened)
{
  self->is_deafened = deafened;
  g_object_notify (G_OBJECT (self), "deafened");
}

void
confab_live_call_set_listen_only (ConfabLiveCall *self, gboolean listen_only)
{
  note ("listen-only:%d", listen_only);
}

const char *
confab_live_call_get_self_id (ConfabLiveCall *self)
{
  return self->self_id;
}

GPtrArray *
confab_live_call_get_ice_servers (ConfabLiveCall *self)
{
  return self->ice_servers;
}

ConfabLiveParticipant *
confab_live_call_find (ConfabLiveCall *self, const char *participant_id)
{
  for (guint i = 0; i < self->participants->len; i++) {
    ConfabLiveParticipant *participant = g_ptr_array_index (self->participants, i);

    if (g_str_equal (confab_live_participant_get_id (participant), participant_id))
      return participant;
  }
  return NULL;
}

/* --- the engine --- */

struct _ConfabAudioEngine {
  GObject parent_instance;

  gboolean fails;
  gboolean has_no_source;
  gboolean is_cold;
};

G_DEFINE_FINAL_TYPE (ConfabAudioEngine, confab_audio_engine, G_TYPE_OBJECT)

static void
confab_audio_engine_class_init (ConfabAudioEngineClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  add_signal (type, "ready", 0, 0, 0);
  add_signal (type, "relay-problem", 1, G_TYPE_ERROR, 0);
  add_signal (type, "send-signal", 2, G_TYPE_STRING, CONFAB_TYPE_SIGNAL);
  add_signal (type, "peer-state", 2, G_TYPE_STRING, G_TYPE_STRING);
  add_signal (type, "peer-failed", 2, G_TYPE_STRING, G_TYPE_ERROR);
  add_signal (type, "first-audio", 1, G_TYPE_STRING, 0);
  g_signal_new ("safety-code", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3,
                G_TYPE_STRING, G_TYPE_STRING, G_TYPE_BOOLEAN);
  add_signal (type, "levels", 0, 0, 0);
  add_signal (type, "stats", 0, 0, 0);
  add_signal (type, "device-problem", 1, G_TYPE_ERROR, 0);
  add_signal (type, "device-recovered", 0, 0, 0);
}

static void
confab_audio_engine_init (ConfabAudioEngine *self)
{
}

ConfabAudioEngine *
confab_audio_engine_new (void)
{
  return g_object_new (CONFAB_TYPE_AUDIO_ENGINE, NULL);
}

void
fake_engine_set_fails (ConfabAudioEngine *engine, gboolean fails)
{
  engine->fails = fails;
}

void
fake_engine_set_has_source (ConfabAudioEngine *engine, gboolean has_source)
{
  engine->has_no_source = !has_source;
}

void
fake_engine_set_ready (ConfabAudioEngine *engine, gboolean is_ready)
{
  engine->is_cold = !is_ready;
  if (is_ready)
    g_signal_emit_by_name (engine, "ready");
}

gboolean
confab_audio_engine_is_ready (ConfabAudioEngine *self)
{
  return !self->is_cold;
}

gboolean
confab_audio_engine_start (ConfabAudioEngine *self, GError **error)
{
  note ("start");
  if (self->fails)
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_MEDIA_FAILED, "No sound today.");
  return !self->fails;
}

void
confab_audio_engine_stop (ConfabAudioEngine *self)
{
  note ("stop");
}

void
confab_audio_engine_add_peer (ConfabAudioEngine *self, const char *peer_id, gboolean we_offer)
{
  note ("add:%s:%s", peer_id, we_offer ? "offer" : "wait");
}

void
confab_audio_engine_remove_peer (ConfabAudioEngine *self, const char *peer_id)
{
  note ("remove:%s", peer_id);
}

void
confab_audio_engine_take_signal (ConfabAudioEngine *self, const char *from, ConfabSignal *signal)
{
  note ("take:%s:%s", from, confab_signal_kind_to_string (confab_signal_get_kind (signal)));
}

void
confab_audio_engine_set_ice_servers (ConfabAudioEngine *self, GPtrArray *ice_servers)
{
  note ("ice");
}

void
confab_audio_engine_set_muted (ConfabAudioEngine *self, gboolean muted)
{
  note ("muted:%d", muted);
}

void
confab_audio_engine_set_deafened (ConfabAudioEngine *self, gboolean deafened)
{
  note ("deafened:%d", deafened);
}

gboolean
confab_audio_engine_has_source (ConfabAudioEngine *self)
{
  return !self->has_no_source;
}

double
confab_audio_engine_get_input_level (ConfabAudioEngine *self, gboolean *is_speaking)
{
  *is_speaking = FALSE;
  return -60;
}

double
confab_audio_engine_get_peer_level (ConfabAudioEngine *self,
                                    const char *peer_id,
                                    gboolean *is_speaking)
{
  if (is_speaking != NULL)
    *is_speaking = TRUE;
  return -20;
}

/* Who is called “zz” is not heard yet. */
gboolean
confab_audio_engine_get_peer_stats (ConfabAudioEngine *self,
                                    const char *peer_id,
                                    ConfabAudioPeerStats *stats)
{
  *stats = (ConfabAudioPeerStats){ .mos = g_str_equal (peer_id, "zz") ? -1 : 4.2 };
  return TRUE;
}

gboolean
confab_audio_engine_start_recording (ConfabAudioEngine *self, const char *folder, GError **error)
{
  note ("record:%s", folder);
  if (self->fails)
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_BAD_FILE, "No disk today.");
  return !self->fails;
}

gboolean
confab_audio_engine_is_recording (ConfabAudioEngine *self)
{
  return !self->fails;
}

void
confab_audio_engine_stop_recording (ConfabAudioEngine *self)
{
  note ("record-no-more");
}

void
confab_audio_engine_hold_recording (ConfabAudioEngine *self, gboolean is_held)
{
  note ("hold-recording:%d", is_held);
}

void
confab_audio_engine_set_recording_name (ConfabAudioEngine *self,
                                        const char *peer_id,
                                        const char *name)
{
}

void
confab_live_call_ask_recording (ConfabLiveCall *self, gboolean is_wanted)
{
  note ("ask-recording:%d", is_wanted);
}

void
fake_call_record (ConfabLiveCall *call, const char *id, gboolean is_recording)
{
  ConfabLiveParticipant *live = confab_live_call_find (call, id);
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (ConfabParticipant) changed = confab_participant_with_recording (
      confab_live_participant_get_participant (live), is_recording ? now : NULL);

  confab_live_participant_set_participant (live, changed);
}
