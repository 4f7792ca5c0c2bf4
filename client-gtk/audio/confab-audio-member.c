/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-member"

#include "config.h"

#include "confab-audio-allowance.h"
#include "confab-audio-attempts.h"
#include "confab-audio-member.h"
#include "confab-audio-safety-binding.h"
#include "confab-error.h"

#define BUILD_BURST     8 /* connections that the other side may make us build at once ... */
#define BUILD_REFILL_US (2 * G_TIME_SPAN_SECOND) /* ... and how often one more */

/* When a generation is to be built: at once, after trouble, when an attempt is due. Which side
 * builds is fixed: it offers, always, and the other side can only ask for it. */
struct _ConfabAudioMember {
  const ConfabAudioParts *parts; /* (unowned) outlives the open member */
  char *id;                      /* (owned) */
  ConfabAudioMemberEvents events;
  gpointer user_data; /* (unowned) the engine; not used after close */

  ConfabAudioMemberState state;
  gboolean is_closed;
  gboolean is_refused; /* a wrong certificate: nothing brings this member back */
  gboolean was_heard;
  ConfabAudioGenerations *generations; /* (owned) */
  ConfabAudioSafetyBinding binding;

  ConfabAudioAttempts *attempts; /* (owned) */
  ConfabAudioAllowance builds;   /* that the other side may have us make */
};

static void
set_state (ConfabAudioMember *self, ConfabAudioMemberEvent event)
{
  ConfabAudioMemberState next = confab_audio_member_state_next (self->state, event);

  if (self->is_closed || next == self->state)
    return;
  self->state = next;
  self->events.state (self->id, confab_audio_member_state_to_string (next), self->user_data);
}

/* ---- attempts ---- */

static void
attempt (ConfabAudioMember *self)
{
  guint newest = confab_audio_generations_get_newest (self->generations);
  g_autoptr (ConfabSignal) signal = NULL;

  confab_audio_attempts_begin (self->attempts);
  if (confab_audio_generations_is_offerer (self->generations)) {
    confab_audio_generations_offer (self->generations);
  } else {
    signal = confab_signal_new_plain (CONFAB_SIGNAL_REBUILD, MAX (newest, 1));
    self->events.send (self->id, signal, self->user_data);
  }
}

static void
on_again (gpointer user_data)
{
  g_autoptr (ConfabAudioMember) self = confab_audio_member_ref (user_data);

  attempt (self);
}

/* The member stays in the list, and an attempt now and then finds out whether it came back. */
static void
give_up (ConfabAudioMember *self, const GError *error)
{
  gboolean is_news = self->state != CONFAB_AUDIO_MEMBER_FAILED;

  set_state (self, CONFAB_AUDIO_MEMBER_GIVE_UP);
  if (is_news && !self->is_closed)
    self->events.failed (self->id, error, self->user_data);
}

static void
fail_attempt (ConfabAudioMember *self, const GError *error)
{
  g_debug ("generation %u came to nothing: %s",
           confab_audio_generations_get_newest (self->generations), error->message);
  confab_audio_generations_close_next (self->generations);
  if (confab_audio_generations_is_alive (self->generations)) {
    confab_audio_attempts_settle (self->attempts);
    set_state (self, CONFAB_AUDIO_MEMBER_HEARD);
    return;
  }
  if (confab_audio_attempts_fail (self->attempts))
    set_state (self, CONFAB_AUDIO_MEMBER_LOST);
  else
    give_up (self, error);
}

static void
on_timed_out (const GError *error, gpointer user_data)
{
  g_autoptr (ConfabAudioMember) self = confab_audio_member_ref (user_data);

  fail_attempt (self, error);
}

static const ConfabAudioAttemptsEvents attempts_events = { on_again, on_timed_out };

/* What was heard is not any more. An attempt may be under way already. */
static void
lose (ConfabAudioMember *self)
{
  if (!confab_audio_attempts_are_under_way (self->attempts)) {
    confab_audio_attempts_settle (self->attempts);
    attempt (self);
  }
  set_state (self, CONFAB_AUDIO_MEMBER_LOST);
}

/* ---- events of the generations ---- */

static void
on_send (ConfabSignal *signal, gpointer user_data)
{
  ConfabAudioMember *self = user_data;

  self->events.send (self->id, signal, self->user_data);
}

static void
on_heard (gpointer user_data)
{
  g_autoptr (ConfabAudioMember) self = confab_audio_member_ref (user_data);
  gboolean is_first = !self->was_heard;

  self->was_heard = TRUE;
  confab_audio_attempts_settle (self->attempts);
  set_state (self, CONFAB_AUDIO_MEMBER_HEARD);
  if (is_first && !self->is_closed)
    self->events.first_audio (self->id, self->user_data);
}

static void
refuse (ConfabAudioMember *self, const GError *error)
{
  self->is_refused = TRUE;
  confab_audio_attempts_stop (self->attempts);
  confab_audio_generations_close (self->generations);
  give_up (self, error);
}

static void
on_failed (gboolean was_current, const GError *error, gpointer user_data)
{
  g_autoptr (ConfabAudioMember) self = confab_audio_member_ref (user_data);

  if (g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_CERTIFICATE_MISMATCH))
    refuse (self, error);
  else if (!was_current)
    fail_attempt (self, error);
  else
    lose (self);
}

static void
on_safety (ConfabAudioSafety *safety, gpointer user_data)
{
  ConfabAudioMember *self = user_data;
  gboolean has_changed = FALSE;

  if (confab_audio_safety_binding_take (&self->binding, safety, &has_changed))
    self->events.safety_code (self->id, self->binding.code, has_changed, self->user_data);
}

static const ConfabAudioGenerationsEvents generations_events = { on_send, on_heard, on_failed,
                                                                 on_safety };

/* ---- signals of the other side ---- */

static void
take_offer (ConfabAudioMember *self, ConfabSignal *signal)
{
  guint newest = confab_audio_generations_get_newest (self->generations);
  g_autoptr (GError) error = NULL;

  if (confab_audio_generations_is_offerer (self->generations) ||
      confab_signal_get_generation (signal) <= newest ||
      !confab_audio_allowance_take (&self->builds, g_get_monotonic_time ()))
    return;
  confab_audio_attempts_begin (self->attempts);
  if (!confab_audio_generations_answer (self->generations, signal, &error))
    fail_attempt (self, error);
}

static void
take_answer (ConfabAudioMember *self, ConfabSignal *signal)
{
  g_autoptr (GError) error = NULL;

  if (!confab_audio_generations_take_answer (self->generations, signal, &error))
    fail_attempt (self, error);
}

/* The side that cannot offer hears nothing; we may. */
static void
take_rebuild (ConfabAudioMember *self, ConfabSignal *signal)
{
  guint newest = confab_audio_generations_get_newest (self->generations);

  if (!confab_audio_generations_is_offerer (self->generations) ||
      confab_signal_get_generation (signal) < newest ||
      !confab_audio_allowance_take (&self->builds, g_get_monotonic_time ()))
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
    confab_audio_generations_take_candidate (self->generations, signal);
    break;
  case CONFAB_SIGNAL_REBUILD:
    take_rebuild (self, signal);
    break;
  case CONFAB_SIGNAL_REVEAL:
    confab_audio_generations_take_reveal (self->generations, signal);
    break;
  case CONFAB_SIGNAL_END_OF_CANDIDATES: /* ICE goes on looking: peers may be reflexive */
    break;
  default:
    g_assert_not_reached ();
  }
}

static void
pass_report_on (ConfabAudioMember *self, ConfabAudioPeer *current)
{
  ConfabAudioReport report;

  if (confab_audio_peer_take_report (current, &report))
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
  ConfabAudioPeer *current = confab_audio_generations_get_current (self->generations);

  if (self->is_closed || current == NULL)
    return;
  pass_report_on (self, current);
  if (confab_audio_generations_is_alive (self->generations)) {
    if (confab_audio_generations_get_next (self->generations) == NULL)
      confab_audio_attempts_settle (self->attempts);
    set_state (self, CONFAB_AUDIO_MEMBER_HEARD);
  } else {
    lose (self);
  }
}

/**
 * confab_audio_member_reroute:
 * @self: the member
 *
 * This machine has other addresses, or other ways are allowed: builds a connection beside the one
 * that is heard, which stays until the new one is heard. Whoever was never heard is being connected
 * anyway; anew, if what is being built may not go the way that it goes.
 */
void
confab_audio_member_reroute (ConfabAudioMember *self)
{
  g_autoptr (ConfabAudioMember) keep = confab_audio_member_ref (self);

  if (self->is_closed || self->is_refused)
    return;
  if (!confab_audio_generations_drop_outdated (self->generations) && !self->was_heard)
    return;
  confab_audio_attempts_settle (self->attempts);
  attempt (self);
}

/* (transfer none): of its connection */
ConfabAudioGenerations *
confab_audio_member_get_generations (ConfabAudioMember *self)
{
  return self->generations;
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
  return self->binding.code;
}

/* ---- life ---- */

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
  self->events = *events;
  self->user_data = user_data;
  self->generations = confab_audio_generations_new (parts, id, we_offer, &generations_events, self);
  self->attempts =
      confab_audio_attempts_new (parts->context, &parts->timing, &attempts_events, self);
  confab_audio_allowance_init (&self->builds, BUILD_BURST, BUILD_REFILL_US,
                               g_get_monotonic_time ());
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
  confab_audio_attempts_begin (self->attempts);
  if (confab_audio_generations_is_offerer (self->generations))
    confab_audio_generations_offer (self->generations);
  self->events.state (self->id, confab_audio_member_state_to_string (self->state), self->user_data);
}

static void
clear (gpointer data)
{
  ConfabAudioMember *self = data;

  confab_audio_attempts_free (self->attempts);
  confab_audio_generations_unref (self->generations);
  confab_audio_safety_binding_clear (&self->binding);
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
  confab_audio_attempts_stop (self->attempts);
  confab_audio_generations_close (self->generations);
}
