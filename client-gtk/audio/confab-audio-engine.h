/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-audio-chime.h"
#include "confab-audio-delay-mode.h"
#include "confab-audio-quality.h"
#include "confab-audio-talk-mode.h"
#include "confab-ice-server.h"
#include "confab-signal.h"

G_BEGIN_DECLS

#define CONFAB_TYPE_AUDIO_ENGINE (confab_audio_engine_get_type ())
G_DECLARE_FINAL_TYPE (ConfabAudioEngine, confab_audio_engine, CONFAB, AUDIO_ENGINE, GObject)

typedef enum {
  CONFAB_AUDIO_ROUTE_UNKNOWN,
  CONFAB_AUDIO_ROUTE_DIRECT,
  CONFAB_AUDIO_ROUTE_RELAY, /* on either side */
} ConfabAudioRoute;

/* Statistics of one peer at one moment; a negative value is not known (yet). What is a rate, a
 * delay or an opinion is of the last second of ours. */
typedef struct {
  double rtt_ms;
  double jitter_ms;
  double lost_ratio;
  double jitter_buffer_ms;
  double concealed_ratio; /* 0..1 of the last ten seconds: what had to be made up */
  double received_kbps;
  double sent_kbps;
  double mouth_to_ear_ms;
  ConfabAudioDelay delay; /* its parts */
  double mos;             /* 1..4.5, by the E-model */
  const char *codec;      /* "opus" */
  ConfabAudioRoute route;
  gint64 packets_received;
  gint64 packets_sent;
  gint64 concealed_ticks;
} ConfabAudioPeerStats;

/* Lives in one main context (the thread-default one at construction): every function and signal
 * belongs to it. Handlers may call anything.
 *
 * Signals:
 *
 * "ready" (): connections can be made at once, once a process
 *
 * "relay-problem" (GError *error): CONFAB_ERROR_RELAY_REFUSED in words: no relay carries anything;
 *   once for each set of servers
 *
 * "send-signal" (const char *to, ConfabSignal *signal): negotiation to carry to that participant
 *
 * "peer-state" (const char *peer_id, const char *state): "connecting" | "connected" (is heard) |
 *   "rebuilding" (is not heard, and we try) | "failed" (we try only now and then)
 *
 * "peer-failed" (const char *peer_id, GError *error): with state "failed", once:
 *   CONFAB_ERROR_CERTIFICATE_MISMATCH (for good), _TIMED_OUT, _MEDIA_FAILED
 *
 * "first-audio" (const char *peer_id): the first decoded sample of that peer reached the mixer
 *
 * "safety-code" (const char *peer_id, const char *code, gboolean has_changed): for
 *   confab_audio_safety_code_describe (); NULL: the certificates are others than those of the code
 *   that was there, and the new code is on its way. has_changed: there was another one before
 *
 * "levels" (): 10 Hz: read the levels now
 *
 * "stats" (): once a second: the statistics of the peers are new
 *
 * "device-problem" (GError *error): CONFAB_ERROR_NO_DEVICE, _MEDIA_FAILED or (the recording)
 *   _BAD_FILE, in words; the call goes on
 *
 * "device-recovered" (): microphone and speaker are what was asked for, again
 *
 * "source-ended" (): a file that does not loop was played to its end; silence follows
 *
 * "echo" (gboolean is_heard): echo cancellation fails, and the others hear themselves, or that is
 * over; until it is, the microphone is turned down while others talk
 *
 * "talking-while-muted" (): somebody has been speaking into the microphone for about a second and
 *   is muted; once a mute
 *
 * "realtime-refused" (GError *error): CONFAB_ERROR_NOT_ALLOWED: this desktop gives the threads that
 *   carry sound no priority, so that it may drop out on a busy machine; once
 */
ConfabAudioEngine *confab_audio_engine_new (void);

/* Before start, or at any time later for devices. NULL is the default device. Default: default
 * device, both ways. */
void confab_audio_engine_set_source_device (ConfabAudioEngine *self, const char *device);
gboolean confab_audio_engine_set_source_file (ConfabAudioEngine *self,
                                              const char *path,
                                              gboolean loop,
                                              GError **error);
/* A file can wait until there is somebody to hear it. */
void confab_audio_engine_hold_source (ConfabAudioEngine *self);
void confab_audio_engine_restart_source (ConfabAudioEngine *self);
void confab_audio_engine_set_source_silence (ConfabAudioEngine *self);
void confab_audio_engine_set_source_echo (ConfabAudioEngine *self);
void confab_audio_engine_set_sink_device (ConfabAudioEngine *self, const char *device);
void confab_audio_engine_set_sink_null (ConfabAudioEngine *self);
void confab_audio_engine_set_device_delay (ConfabAudioEngine *self, ConfabAudioDelayMode mode);
ConfabAudioDelayMode confab_audio_engine_get_device_delay (ConfabAudioEngine *self);
/* WAV, 48 kHz mono 16 bit: what one hears. */
void confab_audio_engine_hold_recording (ConfabAudioEngine *self, gboolean is_held);
gboolean confab_audio_engine_set_record_path (ConfabAudioEngine *self,
                                              const char *path,
                                              GError **error);
/* For connections that are made from now on. */
void confab_audio_engine_set_ice_servers (ConfabAudioEngine *self, GPtrArray *ice_servers);
void confab_audio_engine_set_relay_only (ConfabAudioEngine *self, gboolean is_relay_only);

gboolean confab_audio_engine_is_ready (ConfabAudioEngine *self);
/* Never fails for want of a device: that is "device-problem", and one listens (or only speaks). */
gboolean confab_audio_engine_start (ConfabAudioEngine *self, GError **error);
/* Closes every peer and the devices; returns when all streaming threads have ended. */
void confab_audio_engine_stop (ConfabAudioEngine *self);

void confab_audio_engine_add_peer (ConfabAudioEngine *self, const char *peer_id, gboolean we_offer);
void confab_audio_engine_remove_peer (ConfabAudioEngine *self, const char *peer_id);
void confab_audio_engine_take_signal (ConfabAudioEngine *self,
                                      const char *from,
                                      ConfabSignal *signal);

void confab_audio_engine_set_muted (ConfabAudioEngine *self, gboolean muted);
gboolean confab_audio_engine_get_muted (ConfabAudioEngine *self);
/* Default: open. In the mode push-to-talk one is heard from start_talking to stop_talking. */
void confab_audio_engine_set_talk_mode (ConfabAudioEngine *self, ConfabAudioTalkMode mode);
ConfabAudioTalkMode confab_audio_engine_get_talk_mode (ConfabAudioEngine *self);
void confab_audio_engine_set_voice_threshold (ConfabAudioEngine *self, double dbov);
void confab_audio_engine_start_talking (ConfabAudioEngine *self);
void confab_audio_engine_stop_talking (ConfabAudioEngine *self);
void confab_audio_engine_set_deafened (ConfabAudioEngine *self, gboolean deafened);
gboolean confab_audio_engine_get_deafened (ConfabAudioEngine *self);
/* 0.0 silent .. 1.0 as sent .. 2.0 */
void confab_audio_engine_set_peer_volume (ConfabAudioEngine *self,
                                          const char *peer_id,
                                          double volume);
double confab_audio_engine_get_peer_volume (ConfabAudioEngine *self, const char *peer_id);
/* What is done to sound; all of it may change in a call. Default: on, but for the gate. */
void confab_audio_engine_set_echo_cancellation (ConfabAudioEngine *self, gboolean is_wanted);
void confab_audio_engine_set_noise_suppression (ConfabAudioEngine *self, gboolean is_wanted);
void confab_audio_engine_set_noise_gate (ConfabAudioEngine *self, gboolean is_wanted);
void confab_audio_engine_set_high_pass (ConfabAudioEngine *self, gboolean is_wanted);
void confab_audio_engine_set_automatic_gain (ConfabAudioEngine *self, gboolean is_wanted);
void confab_audio_engine_set_frame_ms (ConfabAudioEngine *self, guint frame_ms);
/* dBov, -127..0 */
double confab_audio_engine_get_input_level (ConfabAudioEngine *self, gboolean *is_speaking);
double confab_audio_engine_get_microphone_level (ConfabAudioEngine *self, gboolean *is_speaking);
double confab_audio_engine_get_peer_level (ConfabAudioEngine *self,
                                           const char *peer_id,
                                           gboolean *is_speaking);
const char *confab_audio_route_to_string (ConfabAudioRoute route);
gboolean confab_audio_engine_get_peer_stats (ConfabAudioEngine *self,
                                             const char *peer_id,
                                             ConfabAudioPeerStats *stats);
/* Everybody as they came, oneself and the mix, as Ogg Opus. CONFAB_ERROR_BAD_FILE. Whoever calls
 * this has told the others. A disk that is full later is "device-problem" with
 * CONFAB_ERROR_BAD_FILE. */
gboolean confab_audio_engine_start_recording (ConfabAudioEngine *self,
                                              const char *folder,
                                              GError **error);
void confab_audio_engine_stop_recording (ConfabAudioEngine *self);
gboolean confab_audio_engine_is_recording (ConfabAudioEngine *self);
/* What the file of a participant is called; NULL: our own. */
void confab_audio_engine_set_recording_name (ConfabAudioEngine *self,
                                             const char *peer_id,
                                             const char *name);
void confab_audio_engine_ring (ConfabAudioEngine *self, ConfabAudioChimeKind kind);
const char *confab_audio_engine_get_safety_code (ConfabAudioEngine *self, const char *peer_id);
/* For debugging: each pipeline as a graph for Graphviz. */
gboolean confab_audio_engine_dump_dot (ConfabAudioEngine *self, const char *folder, GError **error);
/* TRUE when a microphone (or another source) delivers: else one is listening only */
gboolean confab_audio_engine_has_source (ConfabAudioEngine *self);

G_END_DECLS
