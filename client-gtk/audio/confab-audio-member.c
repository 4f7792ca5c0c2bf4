/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-member"

#include "config.h"

#include "confab-audio-closer.h"
#include "confab-audio-context.h"
#include "confab-audio-level.h"
#include "confab-audio-member.h"
#include "confab-audio-peer.h"
#include "confab-audio-sdp.h"
#include "confab-backoff.h"
#include "confab-error.h"

#define LINGER_MS       500 /* the other side may still be on the old generation when we are not */
#define BUILD_BURST     8   /* connections that the other side may make us build at once ... */
#define BUILD_REFILL_US (2 * G_TIME_SPAN_SECOND) /* ... and how often one more */

/* Generations: one connection is heard (current) while the next one is built beside it; the first
 * sound of that one ends the old. Which side builds is fixed, see DESIGN: it offers, always, and
 * the other side can only ask for it. */
struct _ConfabAudioMember {
  const ConfabAudioParts *parts; /* (unowned) outlives the open member */
  char *id;                      /* (owned) */
  gboolean we_offer;
  ConfabAudioMemberEvents events;
  gpointer user_data; /* (unowned) the engine; not used after close */

  ConfabAudioMemberState state;
  gboolean is_closed;
  gboolean is_refused; /* a wrong certificate: nothing brings this member back */
  gboolean was_heard;
  double volume;

  ConfabAudioPeer *current;    /* (owned) (nullable) whose sound is in the mix */
  ConfabAudioPeer *next;       /* (owned) (nullable) being built */
  guint generation;            /* the newest one */
  gboolean is_current_relayed; /* nothing but a relay may carry it, as was asked for when it ... */
  gboolean is_next_relayed;    /* ... was made; so may this one */
  GPtrArray *early; /* (owned) (element-type ConfabSignal) candidates before their offer */

  char *code;         /* (owned) (nullable) what people compare ... */
  char *certificates; /* (owned) (nullable) ... about this pair */
  gboolean was_known; /* there was a code before */

  guint n_attempts; /* in vain, in a row */
  ConfabBackoff backoff;
  GSource *timer; /* (owned) (nullable) deadline of an attempt, or the pause before the next */
  double build_allowance;
  gint64 build_mono_us;
};

static const ConfabAudioPeerEvents peer_events;

static void
set_state (ConfabAudioMember *self, ConfabAudioMemberEvent event)
{
  ConfabAudioMemberState next = confab_audio_member_state_next (self->state, event);

  if (self->is_closed || next == self->state)
    return;
  self->state = next;
  self->events.state (self->id, confab_audio_member_state_to_string (next), self->user_data);
}

static void
arm (ConfabAudioMember *self, guint interval_ms, GSourceFunc func)
{
  confab_audio_context_clear_source (&self->timer);
  self->timer = confab_audio_context_add_timeout (self->parts->context, interval_ms, func, self);
}

static gboolean
is_alive (ConfabAudioMember *self)
{
  return self->current != NULL &&
         confab_audio_peer_get_silence_ms (self->current) <= self->parts->timing.silence_ms;
}

static void
close_peer (ConfabAudioPeer **peer)
{
  if (*peer == NULL)
    return;
  confab_audio_peer_close (*peer);
  g_clear_pointer (peer, confab_audio_peer_unref);
}

/* The other side may have us build, but not as often as it likes. */
static gboolean
may_build (ConfabAudioMember *self)
{
  gint64 now = g_get_monotonic_time ();

  self->build_allowance += (double) (now - self->build_mono_us) / BUILD_REFILL_US;
  self->build_allowance = MIN (self->build_allowance, BUILD_BURST);
  self->build_mono_us = now;
  if (self->build_allowance < 1)
    return FALSE;
  self->build_allowance -= 1;
  return TRUE;
}

static void
build (ConfabAudioMember *self, guint generation, ConfabAudioSdp *offer, const char *commitment)
{
  ConfabAudioPeerSetup setup = {
    .member = self->id,
    .generation = generation,
    .volume = self->volume,
    .offer = offer,
    .commitment = commitment,
    .replaced = self->current != NULL ? confab_audio_peer_get_slot (self->current) : NULL,
  };

  close_peer (&self->next);
  self->generation = generation;
  self->is_next_relayed = confab_audio_relays_get_only (self->parts->relays);
  self->next = confab_audio_peer_new (self->parts, &setup, &peer_events, self);
}

/* ---- attempts ---- */

static gboolean on_deadline (gpointer user_data);

static void
attempt (ConfabAudioMember *self)
{
  g_autoptr (ConfabSignal) signal = NULL;

  arm (self, self->parts->timing.attempt_ms, on_deadline);
  if (self->we_offer) {
    build (self, self->generation + 1, NULL, NULL);
  } else {
    signal = confab_signal_new_plain (CONFAB_SIGNAL_REBUILD, MAX (self->generation, 1));
    self->events.send (self->id, signal, self->user_data);
  }
}

static gboolean
on_pause_over (gpointer user_data)
{
  g_autoptr (ConfabAudioMember) self = confab_audio_member_ref (user_data);

  confab_audio_context_clear_source (&self->timer);
  attempt (self);
  return G_SOURCE_REMOVE;
}

/* The member stays in the list, and an attempt now and then finds out whether it came back. */
static void
give_up (ConfabAudioMember *self, const GError *error)
{
  gboolean is_news = self->state != CONFAB_AUDIO_MEMBER_FAILED;

  if (!self->is_refused)
    arm (self, self->parts->timing.slow_retry_ms, on_pause_over);
  set_state (self, CONFAB_AUDIO_MEMBER_GIVE_UP);
  if (is_news && !self->is_closed)
    self->events.failed (self->id, error, self->user_data);
}

static void
settle (ConfabAudioMember *self)
{
  confab_audio_context_clear_source (&self->timer);
  confab_backoff_reset (&self->backoff);
  self->n_attempts = 0;
}

/* Made before nothing but a relay was to carry it: it holds only until there is a better one. */
static gboolean
is_forbidden (ConfabAudioMember *self)
{
  return self->current != NULL && !self->is_current_relayed &&
         confab_audio_relays_get_only (self->parts->relays);
}

static void
fail_attempt (ConfabAudioMember *self, const GError *error)
{
  g_debug ("generation %u came to nothing: %s", self->generation, error->message);
  close_peer (&self->next);
  if (is_forbidden (self))
    close_peer (&self->current);
  if (is_alive (self)) {
    settle (self);
    set_state (self, CONFAB_AUDIO_MEMBER_HEARD);
    return;
  }
  self->n_attempts++;
  if (self->n_attempts >= self->parts->timing.max_attempts) {
    give_up (self, error);
    return;
  }
  arm (self, confab_backoff_next_ms (&self->backoff, g_random_double ()), on_pause_over);
  set_state (self, CONFAB_AUDIO_MEMBER_LOST);
}

static gboolean
on_deadline (gpointer user_data)
{
  g_autoptr (ConfabAudioMember) self = confab_audio_member_ref (user_data);
  g_autoptr (GError) error = NULL;

  confab_audio_context_clear_source (&self->timer);
  error = g_error_new (CONFAB_ERROR, CONFAB_ERROR_TIMED_OUT, "No sound came within %u seconds",
                       (self->parts->timing.attempt_ms + 999) / 1000);
  fail_attempt (self, error);
  return G_SOURCE_REMOVE;
}

static void
rebuild (ConfabAudioMember *self)
{
  settle (self);
  attempt (self);
  set_state (self, CONFAB_AUDIO_MEMBER_LOST);
}

/* ---- events of a peer ---- */

static void
on_peer_send (ConfabAudioPeer *peer, ConfabSignal *signal, gpointer user_data)
{
  ConfabAudioMember *self = user_data;

  if (!self->is_closed && (peer == self->next || peer == self->current))
    self->events.send (self->id, signal, self->user_data);
}

typedef struct {
  ConfabAudioMember *member; /* (owned) the peer's events still go there */
  ConfabAudioPeer *peer;     /* (owned) */
} Lingering;

static void
end_lingering (gpointer data)
{
  Lingering *lingering = data;

  close_peer (&lingering->peer);
  confab_audio_member_unref (lingering->member);
  g_free (lingering);
}

static void
let_linger (ConfabAudioMember *self, ConfabAudioPeer *peer)
{
  Lingering *lingering = g_new0 (Lingering, 1);

  lingering->member = confab_audio_member_ref (self);
  lingering->peer = peer;
  confab_audio_closer_add (self->parts->closer, LINGER_MS, FALSE, end_lingering, lingering);
}

static void
on_peer_heard (ConfabAudioPeer *peer, gpointer user_data)
{
  g_autoptr (ConfabAudioMember) self = confab_audio_member_ref (user_data);
  gboolean is_first = !self->was_heard;

  if (self->is_closed || peer != self->next)
    return;
  if (self->current != NULL)
    let_linger (self, g_steal_pointer (&self->current));
  self->current = g_steal_pointer (&self->next);
  self->is_current_relayed = self->is_next_relayed;
  self->was_heard = TRUE;
  settle (self);
  set_state (self, CONFAB_AUDIO_MEMBER_HEARD);
  if (is_first && !self->is_closed)
    self->events.first_audio (self->id, self->user_data);
}

static void
refuse (ConfabAudioMember *self, const GError *error)
{
  self->is_refused = TRUE;
  confab_audio_context_clear_source (&self->timer);
  close_peer (&self->next);
  close_peer (&self->current);
  give_up (self, error);
}

static void
on_peer_failed (ConfabAudioPeer *peer, const GError *error, gpointer user_data)
{
  g_autoptr (ConfabAudioMember) self = confab_audio_member_ref (user_data);

  if (self->is_closed || (peer != self->next && peer != self->current))
    return;
  if (g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_CERTIFICATE_MISMATCH)) {
    refuse (self, error);
  } else if (peer == self->next) {
    fail_attempt (self, error);
  } else {
    close_peer (&self->current);
    if (self->timer == NULL)
      rebuild (self);
  }
}

/* A code stands for a pair of certificates. Another pair voids it at once, and what comes for the
 * same pair later says nothing new: nobody may try codes until one fits. */
static void
on_peer_safety (ConfabAudioPeer *peer, gpointer user_data)
{
  ConfabAudioMember *self = user_data;
  ConfabAudioSafety *safety = confab_audio_peer_get_safety (peer);
  const char *certificates = confab_audio_safety_get_certificates (safety);
  gboolean is_same = g_strcmp0 (certificates, self->certificates) == 0;
  gboolean had_code = self->code != NULL;

  if (self->is_closed || (peer != self->next && peer != self->current) || certificates == NULL ||
      (is_same && had_code))
    return;
  g_free (self->certificates);
  self->certificates = g_strdup (certificates);
  g_free (self->code);
  self->code = confab_audio_safety_dup_code (safety);
  if (self->code != NULL || had_code)
    self->events.safety_code (self->id, self->code, self->was_known, self->user_data);
  self->was_known = self->was_known || self->code != NULL;
}

static const ConfabAudioPeerEvents peer_events = { on_peer_send, on_peer_heard, on_peer_failed,
                                                   on_peer_safety };

/* ---- signals of the other side ---- */

static void
add_early_candidates (ConfabAudioMember *self)
{
  for (guint i = 0; i < self->early->len; i++) {
    ConfabSignal *signal = g_ptr_array_index (self->early, i);

    if (confab_signal_get_generation (signal) == self->generation)
      confab_audio_peer_take_candidate (self->next, signal);
  }
  g_ptr_array_set_size (self->early, 0);
}

static void
learn_frame (ConfabAudioMember *self, ConfabAudioSdp *sdp)
{
  confab_audio_adaptation_set_least_frame_ms (self->parts->adaptation, self->id,
                                              confab_audio_sdp_get_least_frame_ms (sdp),
                                              g_get_monotonic_time ());
}

static void
take_offer (ConfabAudioMember *self, ConfabSignal *signal)
{
  guint generation = confab_signal_get_generation (signal);
  g_autoptr (ConfabAudioSdp) sdp = NULL;
  g_autoptr (GError) error = NULL;

  if (self->we_offer || generation <= self->generation || !may_build (self))
    return;
  self->generation = generation;
  sdp = confab_audio_sdp_new (confab_signal_get_sdp (signal), &error);
  if (sdp == NULL) {
    fail_attempt (self, error);
    return;
  }
  learn_frame (self, sdp);
  arm (self, self->parts->timing.attempt_ms, on_deadline);
  build (self, generation, sdp, confab_signal_get_safety (signal));
  add_early_candidates (self);
}

static void
take_answer (ConfabAudioMember *self, ConfabSignal *signal)
{
  g_autoptr (ConfabAudioSdp) sdp = NULL;
  g_autoptr (GError) error = NULL;

  if (!self->we_offer || self->next == NULL ||
      confab_signal_get_generation (signal) != self->generation)
    return;
  sdp = confab_audio_sdp_new (confab_signal_get_sdp (signal), &error);
  if (sdp == NULL) {
    fail_attempt (self, error);
    return;
  }
  learn_frame (self, sdp);
  confab_audio_peer_take_answer (self->next, sdp, confab_signal_get_safety (signal));
}

static void
take_candidate (ConfabAudioMember *self, ConfabSignal *signal)
{
  guint generation = confab_signal_get_generation (signal);

  if (self->next != NULL && generation == confab_audio_peer_get_generation (self->next))
    confab_audio_peer_take_candidate (self->next, signal);
  else if (self->current != NULL && generation == confab_audio_peer_get_generation (self->current))
    confab_audio_peer_take_candidate (self->current, signal);
  else if (!self->we_offer && generation > self->generation &&
           self->early->len < CONFAB_AUDIO_MAX_CANDIDATES)
    g_ptr_array_add (self->early, confab_signal_ref (signal));
}

static void
take_reveal (ConfabAudioMember *self, ConfabSignal *signal)
{
  ConfabAudioPeer *peers[] = { self->next, self->current };

  for (guint i = 0; i < G_N_ELEMENTS (peers); i++) {
    if (!self->we_offer && peers[i] != NULL &&
        confab_signal_get_generation (signal) == confab_audio_peer_get_generation (peers[i])) {
      confab_audio_peer_take_reveal (peers[i], confab_signal_get_safety (signal));
      return;
    }
  }
}

/* The side that cannot offer hears nothing; we may. */
static void
take_rebuild (ConfabAudioMember *self, ConfabSignal *signal)
{
  if (!self->we_offer || confab_signal_get_generation (signal) < self->generation ||
      !may_build (self))
    return;
  attempt (self);
}

/**
 * confab_audio_member_take_signal:
 * @self: the member
 * @signal: (transfer none): what the participant sent
 *
 * Older generations and what is not this side's part are dropped without a word.
 */
void
confab_audio_member_take_signal (ConfabAudioMember *self, ConfabSignal *signal)
{
  g_autoptr (ConfabAudioMember) keep = confab_audio_member_ref (self);

  if (self->is_closed || self->is_refused)
    return;
  switch (confab_signal_get_kind (signal)) {
  case CONFAB_SIGNAL_OFFER:
    take_offer (self, signal);
    break;
  case CONFAB_SIGNAL_ANSWER:
    take_answer (self, signal);
    break;
  case CONFAB_SIGNAL_CANDIDATE:
    take_candidate (self, signal);
    break;
  case CONFAB_SIGNAL_REBUILD:
    take_rebuild (self, signal);
    break;
  case CONFAB_SIGNAL_REVEAL:
    take_reveal (self, signal);
    break;
  case CONFAB_SIGNAL_END_OF_CANDIDATES: /* ICE goes on looking: peers may be reflexive */
    break;
  default:
    g_assert_not_reached ();
  }
}

static void
pass_report_on (ConfabAudioMember *self)
{
  ConfabAudioReport report;

  if (confab_audio_peer_take_report (self->current, &report))
    confab_audio_adaptation_take_report (self->parts->adaptation, self->id, &report,
                                         g_get_monotonic_time ());
}

/**
 * confab_audio_member_watch:
 * @self: the member
 *
 * To be called some times a second. webrtcbin 1.22 does not notice within 50 s that nobody is there
 * any more; nothing received for two seconds is noticed here. A connection that is silent stays in
 * the mix until another one is heard: it may come back by itself.
 */
void
confab_audio_member_watch (ConfabAudioMember *self)
{
  g_autoptr (ConfabAudioMember) keep = confab_audio_member_ref (self);

  if (self->is_closed || self->current == NULL)
    return;
  pass_report_on (self);
  if (is_alive (self)) {
    if (self->next == NULL)
      settle (self);
    set_state (self, CONFAB_AUDIO_MEMBER_HEARD);
  } else if (self->timer == NULL) {
    rebuild (self);
  }
}

/**
 * confab_audio_member_reroute:
 * @self: the member
 *
 * This machine has other addresses, or other ways are allowed: builds a connection beside the one
 * that is heard, which stays until the new one is heard. Whoever was never heard is being connected
 * anyway.
 */
void
confab_audio_member_reroute (ConfabAudioMember *self)
{
  g_autoptr (ConfabAudioMember) keep = confab_audio_member_ref (self);

  if (self->is_closed || self->is_refused || !self->was_heard)
    return;
  settle (self);
  attempt (self);
}

/* ---- reading and setting ---- */

void
confab_audio_member_set_volume (ConfabAudioMember *self, double volume)
{
  self->volume = CLAMP (volume, 0, 2);
  if (self->current != NULL)
    confab_audio_slot_set_volume (confab_audio_peer_get_slot (self->current), self->volume);
  if (self->next != NULL)
    confab_audio_slot_set_volume (confab_audio_peer_get_slot (self->next), self->volume);
}

double
confab_audio_member_get_volume (ConfabAudioMember *self)
{
  return self->volume;
}

double
confab_audio_member_get_level (ConfabAudioMember *self, gboolean *is_speaking)
{
  if (self->current != NULL)
    return confab_audio_peer_get_level (self->current, is_speaking);
  if (is_speaking != NULL)
    *is_speaking = FALSE;
  return CONFAB_AUDIO_LEVEL_MIN_DBOV;
}

/**
 * confab_audio_member_get_safety_code:
 * @self: the member
 *
 * Returns: (nullable): the code of the certificates of the newest connection; %NULL: none (yet)
 */
const char *
confab_audio_member_get_safety_code (ConfabAudioMember *self)
{
  return self->code;
}

void
confab_audio_member_refresh_stats (ConfabAudioMember *self)
{
  if (self->current != NULL)
    confab_audio_peer_refresh_stats (self->current);
}

/**
 * confab_audio_member_get_stats:
 * @self: the member
 * @stats: (out caller-allocates): of the connection that is heard, else of the one being built
 *
 * Returns: whether there is a connection
 */
gboolean
confab_audio_member_get_stats (ConfabAudioMember *self, ConfabAudioPeerStats *stats)
{
  ConfabAudioPeer *peer = self->current != NULL ? self->current : self->next;

  if (peer != NULL)
    confab_audio_peer_get_stats (peer, stats);
  return peer != NULL;
}

/* ---- life ---- */

/**
 * confab_audio_member_get_pipeline:
 * @self: the member
 *
 * Returns: (transfer none) (nullable): of the connection that is heard, else of the one being built
 */
GstElement *
confab_audio_member_get_pipeline (ConfabAudioMember *self)
{
  ConfabAudioPeer *peer = self->current != NULL ? self->current : self->next;

  return peer != NULL ? confab_audio_peer_get_pipeline (peer) : NULL;
}

/**
 * confab_audio_member_new:
 * @parts: (transfer none): of the engine
 * @id: of the participant
 * @we_offer: whether this side builds the generations
 * @events: what happens; a handler may close the member
 * @user_data: for @events; lives until confab_audio_member_close ()
 *
 * Returns: (transfer full): a member that does nothing before confab_audio_member_start ()
 */
ConfabAudioMember *
confab_audio_member_new (const ConfabAudioParts *parts,
                         const char *id,
                         gboolean we_offer,
                         const ConfabAudioMemberEvents *events,
                         gpointer user_data)
{
  ConfabAudioMember *self = g_rc_box_new0 (ConfabAudioMember);

  self->parts = parts;
  self->id = g_strdup (id);
  self->we_offer = we_offer;
  self->events = *events;
  self->user_data = user_data;
  self->volume = 1;
  self->early = g_ptr_array_new_with_free_func ((GDestroyNotify) confab_signal_unref);
  self->backoff = (ConfabBackoff) CONFAB_BACKOFF_INIT (parts->timing.retry_first_ms,
                                                       parts->timing.retry_limit_ms);
  self->build_allowance = BUILD_BURST;
  self->build_mono_us = g_get_monotonic_time ();
  return self;
}

/**
 * confab_audio_member_start:
 * @self: the member
 *
 * Begins to connect: offers, or waits for the offer.
 */
void
confab_audio_member_start (ConfabAudioMember *self)
{
  arm (self, self->parts->timing.attempt_ms, on_deadline);
  if (self->we_offer)
    build (self, 1, NULL, NULL);
  self->events.state (self->id, confab_audio_member_state_to_string (self->state), self->user_data);
}

static void
clear (gpointer data)
{
  ConfabAudioMember *self = data;

  g_ptr_array_unref (self->early);
  g_free (self->code);
  g_free (self->certificates);
  g_free (self->id);
}

ConfabAudioMember *
confab_audio_member_ref (ConfabAudioMember *self)
{
  return g_rc_box_acquire (self);
}

void
confab_audio_member_unref (ConfabAudioMember *self)
{
  g_rc_box_release_full (self, clear);
}

/**
 * confab_audio_member_close:
 * @self: the member
 *
 * Ends its connections; no event comes any more.
 */
void
confab_audio_member_close (ConfabAudioMember *self)
{
  self->is_closed = TRUE;
  confab_audio_adaptation_forget (self->parts->adaptation, self->id);
  confab_audio_context_clear_source (&self->timer);
  close_peer (&self->next);
  close_peer (&self->current);
}
