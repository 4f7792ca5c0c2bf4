/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-generations"

#include "config.h"

#include "confab-audio-candidate.h"
#include "confab-audio-closer.h"
#include "confab-audio-generations.h"
#include "confab-audio-sdp.h"

#define LINGER_MS 500 /* the other side may still be on the old generation when we are not */

struct _ConfabAudioGenerations {
  const ConfabAudioParts *parts; /* (unowned) outlives them while they are open */
  char *member;                  /* (owned) whose they are */
  gboolean is_offerer;
  ConfabAudioGenerationsEvents events;
  gpointer user_data; /* (unowned) the member; not used after close */

  ConfabAudioPeer *current;    /* (owned) (nullable) whose sound is in the mix */
  ConfabAudioPeer *next;       /* (owned) (nullable) being built */
  gboolean is_current_relayed; /* nothing but a relay may carry it, as was asked for when it ... */
  gboolean is_next_relayed;    /* ... was made; so may this one */
  guint newest;                /* the number of the newest one; 0: there was none */
  GPtrArray *early; /* (owned) (element-type ConfabSignal) candidates before their offer */
  double volume;
};

static void
close_peer (ConfabAudioPeer **peer)
{
  if (*peer == NULL)
    return;
  confab_audio_peer_close (*peer);
  g_clear_pointer (peer, confab_audio_peer_unref);
}

/* (transfer none) (nullable) */
static ConfabAudioPeer *
find_peer (ConfabAudioGenerations *self, ConfabSignal *signal)
{
  ConfabAudioPeer *peers[] = { self->next, self->current };

  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    if (peers[i] != NULL &&
        confab_audio_peer_get_generation (peers[i]) == confab_signal_get_generation (signal))
      return peers[i];
  return NULL;
}

/* ---- events of a peer ---- */

static gboolean
is_ours (ConfabAudioGenerations *self, ConfabAudioPeer *peer)
{
  return peer == self->next || peer == self->current;
}

static void
on_send (ConfabAudioPeer *peer, ConfabSignal *signal, gpointer user_data)
{
  ConfabAudioGenerations *self = user_data;

  if (is_ours (self, peer))
    self->events.send (signal, self->user_data);
}

typedef struct {
  ConfabAudioGenerations *generations; /* (owned) the peer's events still go there */
  ConfabAudioPeer *peer;               /* (owned) */
} Lingering;

static void
end_lingering (gpointer data)
{
  Lingering *lingering = data;

  close_peer (&lingering->peer);
  confab_audio_generations_unref (lingering->generations);
  g_free (lingering);
}

static void
let_linger (ConfabAudioGenerations *self, ConfabAudioPeer *peer)
{
  Lingering *lingering = g_new0 (Lingering, 1);

  lingering->generations = confab_audio_generations_ref (self);
  lingering->peer = peer;
  confab_audio_closer_add (self->parts->closer, LINGER_MS, FALSE, end_lingering, lingering);
}

static void
on_heard (ConfabAudioPeer *peer, gpointer user_data)
{
  ConfabAudioGenerations *self = user_data;

  if (peer != self->next)
    return;
  if (self->current != NULL)
    let_linger (self, g_steal_pointer (&self->current));
  self->current = g_steal_pointer (&self->next);
  self->is_current_relayed = self->is_next_relayed;
  self->events.heard (self->user_data);
}

static void
on_failed (ConfabAudioPeer *peer, const GError *error, gpointer user_data)
{
  ConfabAudioGenerations *self = user_data;
  gboolean was_current = peer == self->current;

  if (!is_ours (self, peer))
    return;
  close_peer (was_current ? &self->current : &self->next);
  self->events.failed (was_current, error, self->user_data);
}

static void
on_safety (ConfabAudioPeer *peer, gpointer user_data)
{
  ConfabAudioGenerations *self = user_data;

  if (is_ours (self, peer))
    self->events.safety (confab_audio_peer_get_safety (peer), self->user_data);
}

static const ConfabAudioPeerEvents peer_events = { on_send, on_heard, on_failed, on_safety };

/* ---- building ---- */

static void
build (ConfabAudioGenerations *self, ConfabAudioSdp *offer, const char *commitment)
{
  ConfabAudioPeerSetup setup = {
    .member = self->member,
    .generation = self->newest,
    .volume = self->volume,
    .offer = offer,
    .commitment = commitment,
    .replaced = self->current != NULL ? confab_audio_peer_get_slot (self->current) : NULL,
  };

  close_peer (&self->next);
  self->is_next_relayed = confab_audio_relays_get_only (self->parts->relays);
  self->next = confab_audio_peer_new (self->parts, &setup, &peer_events, self);
}

static void
add_early_candidates (ConfabAudioGenerations *self)
{
  for (guint i = 0; i < self->early->len; i++) {
    ConfabSignal *signal = g_ptr_array_index (self->early, i);

    if (confab_signal_get_generation (signal) == self->newest)
      confab_audio_peer_take_candidate (self->next, signal);
  }
  g_ptr_array_set_size (self->early, 0);
}

/* (transfer full) (nullable) */
static ConfabAudioSdp *
read_description (ConfabAudioGenerations *self, ConfabSignal *signal, GError **error)
{
  ConfabAudioSdp *sdp = confab_audio_sdp_new (confab_signal_get_sdp (signal), error);

  if (sdp != NULL)
    confab_audio_adaptation_set_least_frame_ms (self->parts->adaptation, self->member,
                                                confab_audio_sdp_get_least_frame_ms (sdp),
                                                g_get_monotonic_time ());
  return sdp;
}

/**
 * confab_audio_generations_offer:
 * @self: the generations of the side that offers
 *
 * Begins to build the next generation, in place of one that is being built.
 */
void
confab_audio_generations_offer (ConfabAudioGenerations *self)
{
  self->newest++;
  build (self, NULL, NULL);
}

/**
 * confab_audio_generations_answer:
 * @self: the generations of the side that answers
 * @offer: (transfer none): of a newer generation than confab_audio_generations_get_newest ()
 * @error: return location for a #GError
 *
 * Builds the generation of an offer, in place of one that is being built. The generation is used up
 * even if the offer is of no use, which fails with the errors of confab_audio_sdp_new ().
 */
gboolean
confab_audio_generations_answer (ConfabAudioGenerations *self, ConfabSignal *offer, GError **error)
{
  g_autoptr (ConfabAudioSdp) sdp = NULL;

  self->newest = confab_signal_get_generation (offer);
  sdp = read_description (self, offer, error);
  if (sdp == NULL)
    return FALSE;
  build (self, sdp, confab_signal_get_safety (offer));
  add_early_candidates (self);
  return TRUE;
}

/**
 * confab_audio_generations_take_answer:
 * @self: the generations
 * @answer: (transfer none): of any generation, ignored unless it is of the one being built
 * @error: return location for a #GError
 *
 * Fails with the errors of confab_audio_sdp_new ().
 */
gboolean
confab_audio_generations_take_answer (ConfabAudioGenerations *self,
                                      ConfabSignal *answer,
                                      GError **error)
{
  g_autoptr (ConfabAudioSdp) sdp = NULL;

  if (!self->is_offerer || self->next == NULL ||
      confab_signal_get_generation (answer) != self->newest)
    return TRUE;
  sdp = read_description (self, answer, error);
  if (sdp == NULL)
    return FALSE;
  confab_audio_peer_take_answer (self->next, sdp, confab_signal_get_safety (answer));
  return TRUE;
}

/**
 * confab_audio_generations_take_candidate:
 * @self: the generations
 * @signal: (transfer none): of any generation; one that comes before its offer waits for it
 */
void
confab_audio_generations_take_candidate (ConfabAudioGenerations *self, ConfabSignal *signal)
{
  ConfabAudioPeer *peer = find_peer (self, signal);

  if (peer != NULL)
    confab_audio_peer_take_candidate (peer, signal);
  else if (!self->is_offerer && confab_signal_get_generation (signal) > self->newest &&
           self->early->len < CONFAB_AUDIO_MAX_CANDIDATES)
    g_ptr_array_add (self->early, confab_signal_ref (signal));
}

/**
 * confab_audio_generations_take_reveal:
 * @self: the generations
 * @signal: (transfer none): of any generation; only who answers is told
 */
void
confab_audio_generations_take_reveal (ConfabAudioGenerations *self, ConfabSignal *signal)
{
  ConfabAudioPeer *peer = find_peer (self, signal);

  if (!self->is_offerer && peer != NULL)
    confab_audio_peer_take_reveal (peer, confab_signal_get_safety (signal));
}

/* ---- reading and setting ---- */

gboolean
confab_audio_generations_is_offerer (ConfabAudioGenerations *self)
{
  return self->is_offerer;
}

guint
confab_audio_generations_get_newest (ConfabAudioGenerations *self)
{
  return self->newest;
}

/* (transfer none) (nullable): whose sound is in the mix */
ConfabAudioPeer *
confab_audio_generations_get_current (ConfabAudioGenerations *self)
{
  return self->current;
}

/* (transfer none) (nullable): being built */
ConfabAudioPeer *
confab_audio_generations_get_next (ConfabAudioGenerations *self)
{
  return self->next;
}

/* (transfer none) (nullable): the one that is heard, else the one being built */
ConfabAudioPeer *
confab_audio_generations_get_best (ConfabAudioGenerations *self)
{
  return self->current != NULL ? self->current : self->next;
}

/**
 * confab_audio_generations_is_alive:
 * @self: the generations
 *
 * Returns: whether there is a current one, from which packets come
 */
gboolean
confab_audio_generations_is_alive (ConfabAudioGenerations *self)
{
  return self->current != NULL &&
         confab_audio_peer_get_silence_ms (self->current) <= self->parts->timing.silence_ms;
}

void
confab_audio_generations_set_volume (ConfabAudioGenerations *self, double volume)
{
  self->volume = CLAMP (volume, 0, 2);
  if (self->current != NULL)
    confab_audio_slot_set_volume (confab_audio_peer_get_slot (self->current), self->volume);
  if (self->next != NULL)
    confab_audio_slot_set_volume (confab_audio_peer_get_slot (self->next), self->volume);
}

double
confab_audio_generations_get_volume (ConfabAudioGenerations *self)
{
  return self->volume;
}

/* ---- life ---- */

/**
 * confab_audio_generations_new:
 * @parts: (transfer none): of the engine
 * @member: the id of the participant
 * @is_offerer: whether this side builds the generations, and the other one answers
 * @events: what happens
 * @user_data: for @events; lives until confab_audio_generations_close ()
 *
 * Returns: (transfer full): no generation yet
 */
ConfabAudioGenerations *
confab_audio_generations_new (const ConfabAudioParts *parts,
                              const char *member,
                              gboolean is_offerer,
                              const ConfabAudioGenerationsEvents *events,
                              gpointer user_data)
{
  ConfabAudioGenerations *self = g_rc_box_new0 (ConfabAudioGenerations);

  self->parts = parts;
  self->member = g_strdup (member);
  self->is_offerer = is_offerer;
  self->events = *events;
  self->user_data = user_data;
  self->volume = 1;
  self->early = g_ptr_array_new_with_free_func ((GDestroyNotify) confab_signal_unref);
  return self;
}

static void
clear (gpointer data)
{
  ConfabAudioGenerations *self = data;

  g_ptr_array_unref (self->early);
  g_free (self->member);
}

ConfabAudioGenerations *
confab_audio_generations_ref (ConfabAudioGenerations *self)
{
  return g_rc_box_acquire (self);
}

void
confab_audio_generations_unref (ConfabAudioGenerations *self)
{
  g_rc_box_release_full (self, clear);
}

/* Made before nothing but a relay was to carry it: it holds only until there is a better one. */
static gboolean
is_forbidden (ConfabAudioGenerations *self)
{
  return self->current != NULL && !self->is_current_relayed &&
         confab_audio_relays_get_only (self->parts->relays);
}

/**
 * confab_audio_generations_drop_outdated:
 * @self: the generations
 *
 * Gives up the one that is being built if it was begun before another kind of way was asked for.
 *
 * Returns: whether there was such a one
 */
gboolean
confab_audio_generations_drop_outdated (ConfabAudioGenerations *self)
{
  if (self->next == NULL ||
      self->is_next_relayed == confab_audio_relays_get_only (self->parts->relays))
    return FALSE;
  close_peer (&self->next);
  return TRUE;
}

/**
 * confab_audio_generations_close_next:
 * @self: the generations
 *
 * Gives up the one that is being built, if any. The current one stays unless it goes a way that is
 * not allowed any more.
 */
void
confab_audio_generations_close_next (ConfabAudioGenerations *self)
{
  close_peer (&self->next);
  if (is_forbidden (self))
    close_peer (&self->current);
}

/**
 * confab_audio_generations_close:
 * @self: the generations
 *
 * Ends all connections; no event comes any more. May be called twice.
 */
void
confab_audio_generations_close (ConfabAudioGenerations *self)
{
  close_peer (&self->next);
  close_peer (&self->current);
}
