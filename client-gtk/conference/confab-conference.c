/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-conference"

#include "config.h"

#include "confab-conference.h"
#include "confab-quality-reporter.h"
#include "confab-recording-control.h"
#include "confab-roster.h"

/**
 * ConfabConference:
 *
 * One stay in one call with sound: joins a #ConfabLiveCall to a #ConfabAudioEngine, from the
 * beginning to the one end there is. What is muted or deafened is so in the sound and in what the
 * others are told; what goes wrong with a peer is said of its participant. Who is heard is the
 * affair of its #ConfabRoster, and who records that of its #ConfabRecordingControl.
 *
 * Belongs to the main context in which the engine was made.
 */
struct _ConfabConference {
  GObject parent_instance;

  ConfabLiveCall *call;              /* (owned) */
  ConfabAudioEngine *engine;         /* (owned) */
  ConfabRoster *roster;              /* (owned) */
  ConfabRecordingControl *recording; /* (owned) (nullable) until the end */
  ConfabQualityReporter *reporter;   /* (owned) (nullable) likewise */
  gboolean is_running;               /* between start and the end, whoever brings it */
};

enum {
  SIGNAL_FIRST_AUDIO,
  SIGNAL_PEER_FAILED,
  SIGNAL_SAFETY_CODE,
  SIGNAL_RELAY_PROBLEM,
  SIGNAL_AUDIO_PROBLEM,
  SIGNAL_AUDIO_RECOVERED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ConfabConference, confab_conference, G_TYPE_OBJECT)

/* --- on the way in --- */

static void
on_ready (ConfabAudioEngine *engine, ConfabConference *self)
{
  if (self->is_running)
    confab_live_call_join (self->call);
}

/* --- what the call says goes into the sound --- */

/* With joined, and whenever the credentials of the relays were renewed. */
static void
on_ice_servers_changed (ConfabLiveCall *call, GParamSpec *pspec, ConfabConference *self)
{
  confab_audio_engine_set_ice_servers (self->engine, confab_live_call_get_ice_servers (call));
}

static void
on_muted_changed (ConfabLiveCall *call, GParamSpec *pspec, ConfabConference *self)
{
  confab_audio_engine_set_muted (self->engine, confab_live_call_get_muted (call));
}

static void
on_deafened_changed (ConfabLiveCall *call, GParamSpec *pspec, ConfabConference *self)
{
  gboolean is_deafened = FALSE;

  g_object_get (call, "deafened", &is_deafened, NULL);
  confab_audio_engine_set_deafened (self->engine, is_deafened);
}

/* --- what the engine says of a peer is said of the participant --- */

static void
on_peer_failed (ConfabAudioEngine *engine,
                const char *peer_id,
                const GError *error,
                ConfabConference *self)
{
  ConfabLiveParticipant *participant = confab_live_call_find (self->call, peer_id);

  if (participant != NULL)
    g_signal_emit (self, signals[SIGNAL_PEER_FAILED], 0, participant, error);
}

static void
on_first_audio (ConfabAudioEngine *engine, const char *peer_id, ConfabConference *self)
{
  ConfabLiveParticipant *participant = confab_live_call_find (self->call, peer_id);
  gint64 added_mono_us = confab_roster_get_added_mono_us (self->roster, peer_id);
  gint64 since_us = g_get_monotonic_time () - added_mono_us;

  if (participant != NULL && added_mono_us >= 0)
    g_signal_emit (self, signals[SIGNAL_FIRST_AUDIO], 0, participant, (guint) (since_us / 1000));
}

static void
on_safety_code (ConfabAudioEngine *engine,
                const char *peer_id,
                const char *code,
                gboolean has_changed,
                ConfabConference *self)
{
  ConfabLiveParticipant *participant = confab_live_call_find (self->call, peer_id);

  if (participant == NULL)
    return;
  confab_live_participant_set_safety_code (participant, code);
  if (code != NULL)
    g_signal_emit (self, signals[SIGNAL_SAFETY_CODE], 0, participant, has_changed);
}

static void
on_device_problem (ConfabAudioEngine *engine, const GError *error, ConfabConference *self)
{
  confab_live_call_set_listen_only (self->call, !confab_audio_engine_has_source (engine));
  g_signal_emit (self, signals[SIGNAL_AUDIO_PROBLEM], 0, error);
}

static void
on_recording_failed (ConfabRecordingControl *recording, const GError *error, ConfabConference *self)
{
  g_signal_emit (self, signals[SIGNAL_AUDIO_PROBLEM], 0, error);
}

static void
on_relay_problem (ConfabAudioEngine *engine, const GError *error, ConfabConference *self)
{
  g_signal_emit (self, signals[SIGNAL_RELAY_PROBLEM], 0, error);
}

static void
on_device_recovered (ConfabAudioEngine *engine, ConfabConference *self)
{
  confab_live_call_set_listen_only (self->call, !confab_audio_engine_has_source (engine));
  g_signal_emit (self, signals[SIGNAL_AUDIO_RECOVERED], 0);
}

/* --- the end --- */

/* The one order of every end: nothing more comes out of the engine, every peer is closed, the
 * device last. Then nothing refers to anything that is gone. */
static void
stop (ConfabConference *self)
{
  if (!self->is_running)
    return;
  self->is_running = FALSE;
  g_signal_handlers_disconnect_by_data (self->engine, self);
  g_clear_object (&self->reporter);
  g_clear_object (&self->recording);
  confab_roster_close (self->roster);
  confab_audio_engine_stop (self->engine);
}

static void
on_ended (ConfabLiveCall *call, const char *reason, ConfabConference *self)
{
  stop (self);
}

static void
on_failed (ConfabLiveCall *call, const GError *error, ConfabConference *self)
{
  stop (self);
}

static void
connect_call (ConfabConference *self)
{
  g_signal_connect_object (self->call, "ended", G_CALLBACK (on_ended), self, 0);
  g_signal_connect_object (self->call, "failed", G_CALLBACK (on_failed), self, 0);
  g_signal_connect_object (self->call, "notify::ice-servers", G_CALLBACK (on_ice_servers_changed),
                           self, 0);
  g_signal_connect_object (self->call, "notify::muted", G_CALLBACK (on_muted_changed), self, 0);
  g_signal_connect_object (self->call, "notify::deafened", G_CALLBACK (on_deafened_changed), self,
                           0);
}

static void
connect_engine (ConfabConference *self)
{
  g_signal_connect_object (self->engine, "relay-problem", G_CALLBACK (on_relay_problem), self, 0);
  g_signal_connect_object (self->engine, "ready", G_CALLBACK (on_ready), self, 0);
  g_signal_connect_object (self->engine, "peer-failed", G_CALLBACK (on_peer_failed), self, 0);
  g_signal_connect_object (self->engine, "first-audio", G_CALLBACK (on_first_audio), self, 0);
  g_signal_connect_object (self->engine, "safety-code", G_CALLBACK (on_safety_code), self, 0);
  g_signal_connect_object (self->engine, "device-problem", G_CALLBACK (on_device_problem), self, 0);
  g_signal_connect_object (self->engine, "device-recovered", G_CALLBACK (on_device_recovered), self,
                           0);
}

static void
confab_conference_dispose (GObject *object)
{
  ConfabConference *self = CONFAB_CONFERENCE (object);

  if (self->is_running)
    confab_conference_leave (self);
  if (self->call != NULL)
    g_signal_handlers_disconnect_by_data (self->call, self);
  g_clear_object (&self->reporter);
  g_clear_object (&self->recording);
  g_clear_object (&self->roster);
  g_clear_object (&self->engine);
  g_clear_object (&self->call);

  G_OBJECT_CLASS (confab_conference_parent_class)->dispose (object);
}

static void
confab_conference_class_init (ConfabConferenceClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = confab_conference_dispose;

  /**
   * ConfabConference::first-audio:
   * @participant: who
   * @ms_since_join: since both of us are in the call
   *
   * The first sound of a participant has been heard here.
   */
  signals[SIGNAL_FIRST_AUDIO] =
      g_signal_new ("first-audio", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                    CONFAB_TYPE_LIVE_PARTICIPANT, G_TYPE_UINT);
  /**
   * ConfabConference::peer-failed:
   * @participant: who
   * @error: %CONFAB_ERROR_CERTIFICATE_MISMATCH, %CONFAB_ERROR_TIMED_OUT or
   * %CONFAB_ERROR_MEDIA_FAILED
   *
   * There is no sound from and to this participant; the call goes on.
   */
  signals[SIGNAL_PEER_FAILED] =
      g_signal_new ("peer-failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                    CONFAB_TYPE_LIVE_PARTICIPANT, G_TYPE_ERROR);
  /**
   * ConfabConference::safety-code:
   * @participant: whose #ConfabLiveParticipant:safety-code there is now
   * @has_changed: whether there was another one before, which is worth a warning
   */
  signals[SIGNAL_SAFETY_CODE] =
      g_signal_new ("safety-code", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                    CONFAB_TYPE_LIVE_PARTICIPANT, G_TYPE_BOOLEAN);
  /**
   * ConfabConference::relay-problem:
   * @error: %CONFAB_ERROR_RELAY_REFUSED
   *
   * No relay can be used, which may keep people behind routers from hearing each other.
   */
  signals[SIGNAL_RELAY_PROBLEM] = g_signal_new ("relay-problem", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                                NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
  /**
   * ConfabConference::audio-problem:
   * @error: %CONFAB_ERROR_NO_DEVICE, %CONFAB_ERROR_MEDIA_FAILED or %CONFAB_ERROR_BAD_FILE
   *
   * Microphone or speaker do not work, or, the last, a recording cannot be written; the call goes
   * on without.
   */
  signals[SIGNAL_AUDIO_PROBLEM] = g_signal_new ("audio-problem", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                                NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
  /**
   * ConfabConference::audio-recovered:
   *
   * They work again.
   */
  signals[SIGNAL_AUDIO_RECOVERED] = g_signal_new ("audio-recovered", type, G_SIGNAL_RUN_LAST, 0,
                                                  NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
confab_conference_init (ConfabConference *self)
{
}

/**
 * confab_conference_new:
 * @call: a stay that has not begun
 * @engine: an engine that has not been started, its source and sink chosen
 *
 * Returns: (transfer full): a conference that has not begun
 */
ConfabConference *
confab_conference_new (ConfabLiveCall *call, ConfabAudioEngine *engine)
{
  ConfabConference *self = NULL;

  g_return_val_if_fail (CONFAB_IS_LIVE_CALL (call), NULL);
  g_return_val_if_fail (CONFAB_IS_AUDIO_ENGINE (engine), NULL);

  self = g_object_new (CONFAB_TYPE_CONFERENCE, NULL);
  self->call = g_object_ref (call);
  self->engine = g_object_ref (engine);
  connect_call (self);
  connect_engine (self);
  self->roster = confab_roster_new (call, engine);
  self->reporter = confab_quality_reporter_new (call, engine);
  self->recording = confab_recording_control_new (call, engine);
  g_signal_connect_object (self->recording, "failed", G_CALLBACK (on_recording_failed), self, 0);
  on_muted_changed (call, NULL, self);
  on_deafened_changed (call, NULL, self);
  return self;
}

/**
 * confab_conference_start:
 * @error: return location for a #GError
 *
 * Starts the sound and, once the engine is ready, begins to join: #ConfabLiveCall::joined or
 * #ConfabLiveCall::failed follows. To be called once.
 *
 * Fails only when there can be no sound at all, not for want of a device. Then nothing was begun.
 *
 * Returns: whether it has begun
 */
gboolean
confab_conference_start (ConfabConference *self, GError **error)
{
  g_return_val_if_fail (CONFAB_IS_CONFERENCE (self), FALSE);

  if (!confab_audio_engine_start (self->engine, error))
    return FALSE;
  self->is_running = TRUE;
  confab_live_call_set_listen_only (self->call, !confab_audio_engine_has_source (self->engine));
  if (confab_audio_engine_is_ready (self->engine))
    on_ready (self->engine, self);
  return TRUE;
}

/**
 * confab_conference_leave:
 *
 * Leaves the call and stops the sound; nothing is emitted. Does nothing when the stay is over
 * already.
 */
void
confab_conference_leave (ConfabConference *self)
{
  g_return_if_fail (CONFAB_IS_CONFERENCE (self));

  if (!self->is_running)
    return;
  confab_live_call_leave (self->call);
  stop (self);
}

/**
 * confab_conference_get_call:
 *
 * Returns: (transfer none): the call
 */
ConfabLiveCall *
confab_conference_get_call (ConfabConference *self)
{
  g_return_val_if_fail (CONFAB_IS_CONFERENCE (self), NULL);

  return self->call;
}

/**
 * confab_conference_get_engine:
 *
 * Returns: (transfer none): the engine
 */
ConfabAudioEngine *
confab_conference_get_engine (ConfabConference *self)
{
  g_return_val_if_fail (CONFAB_IS_CONFERENCE (self), NULL);

  return self->engine;
}

/**
 * confab_conference_set_muted:
 * @muted: whether to send silence
 *
 * Mutes the sound and tells the others, before or during the call.
 */
void
confab_conference_set_muted (ConfabConference *self, gboolean muted)
{
  g_return_if_fail (CONFAB_IS_CONFERENCE (self));

  confab_live_call_set_muted (self->call, muted);
}

/**
 * confab_conference_record:
 * @folder: (nullable): where to; %NULL ends the recording
 *
 * Records the call, once the server has told everybody: #ConfabLiveParticipant:recording of
 * ourselves says so. #ConfabLiveCall::refused when the call does not allow it. It ends with the
 * stay and when the server is lost.
 */
void
confab_conference_record (ConfabConference *self, const char *folder)
{
  g_return_if_fail (CONFAB_IS_CONFERENCE (self));

  if (self->recording != NULL)
    confab_recording_control_record (self->recording, folder);
}

/**
 * confab_conference_record_hearing:
 *
 * Lets what one hears into the file of confab_audio_engine_set_record_path () from the moment on in
 * which everybody was told, as confab_conference_record (). To be called whenever the call was
 * joined.
 */
void
confab_conference_record_hearing (ConfabConference *self)
{
  g_return_if_fail (CONFAB_IS_CONFERENCE (self));

  if (self->recording != NULL)
    confab_recording_control_record_hearing (self->recording);
}
