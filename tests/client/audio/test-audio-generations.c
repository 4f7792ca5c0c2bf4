/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <gst/gst.h>

#include "confab-audio-generations.h"
#include "confab-error.h"
#include "confab-signal.h"
#include "sound-room.h"

/* One side of a connection, on the parts of an engine that speaks but knows of no peer. */
typedef struct _End End;
struct _End {
  ConfabAudioGenerations *generations; /* (owned) */
  End *other;                          /* (unowned) the fixture has both */
  GQueue post;                         /* (element-type ConfabSignal) (owned) for the other one */
  guint n_heard;
  guint n_failed;
  guint all_found; /* the last generation of which every candidate is posted */
};

typedef struct {
  SoundRoom *room; /* (owned) */
  End a;           /* offers */
  End b;
} Fixture;

static void
on_send (ConfabSignal *signal, gpointer user_data)
{
  End *self = user_data;

  if (confab_signal_get_kind (signal) == CONFAB_SIGNAL_END_OF_CANDIDATES)
    self->all_found = confab_signal_get_generation (signal);
  g_queue_push_tail (&self->post, confab_signal_ref (signal));
}

static void
on_heard (gpointer user_data)
{
  End *self = user_data;

  g_assert_null (confab_audio_generations_get_next (self->generations));
  self->n_heard++;
}

static void
on_failed (gboolean was_current, const GError *error, gpointer user_data)
{
  End *self = user_data;

  g_test_message ("failed: %s", error->message);
  self->n_failed++;
}

static void
on_safety (ConfabAudioSafety *safety, gpointer user_data)
{
}

static const ConfabAudioGenerationsEvents events = { on_send, on_heard, on_failed, on_safety };

static void
set_up_end (Fixture *fixture, End *self, Person *person, End *other)
{
  self->other = other;
  g_queue_init (&self->post);
  self->generations = confab_audio_generations_new (confab_audio_engine_get_parts (person->engine),
                                                    self == &fixture->a ? "b" : "a",
                                                    self == &fixture->a, &events, self);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->room = sound_room_new ();
  set_up_end (fixture, &fixture->a, sound_room_enter (fixture->room, "a", 600), &fixture->b);
  set_up_end (fixture, &fixture->b, sound_room_enter (fixture->room, "b", 1100), &fixture->a);
}

static void
tear_down_end (End *self)
{
  confab_audio_generations_close (self->generations);
  confab_audio_generations_unref (self->generations);
  g_queue_clear_full (&self->post, (GDestroyNotify) confab_signal_unref);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  tear_down_end (&fixture->a);
  tear_down_end (&fixture->b);
  sound_room_free (fixture->room);
}

static void
take (End *self, ConfabSignal *signal)
{
  g_autoptr (GError) error = NULL;

  switch (confab_signal_get_kind (signal)) {
  case CONFAB_SIGNAL_OFFER:
    g_assert_true (confab_audio_generations_answer (self->generations, signal, &error));
    break;
  case CONFAB_SIGNAL_ANSWER:
    g_assert_true (confab_audio_generations_take_answer (self->generations, signal, &error));
    break;
  case CONFAB_SIGNAL_CANDIDATE:
    confab_audio_generations_take_candidate (self->generations, signal);
    break;
  case CONFAB_SIGNAL_REVEAL:
    confab_audio_generations_take_reveal (self->generations, signal);
    break;
  case CONFAB_SIGNAL_END_OF_CANDIDATES:
  case CONFAB_SIGNAL_REBUILD:
    break;
  default:
    g_assert_not_reached ();
  }
  g_assert_no_error (error);
}

static void
deliver (End *from)
{
  ConfabSignal *signal = NULL;

  while ((signal = g_queue_pop_head (&from->post)) != NULL) {
    take (from->other, signal);
    confab_signal_unref (signal);
  }
}

static gboolean
are_heard (Fixture *fixture, guint n_times)
{
  deliver (&fixture->a);
  deliver (&fixture->b);
  return fixture->a.n_heard == n_times && fixture->b.n_heard == n_times;
}

static guint
get_current (End *self)
{
  ConfabAudioPeer *current = confab_audio_generations_get_current (self->generations);

  return current != NULL ? confab_audio_peer_get_generation (current) : 0;
}

/* (transfer full): the first signal of a kind that waits, taken out */
static ConfabSignal *
pick (End *self, ConfabSignalKind kind)
{
  for (GList *l = self->post.head; l != NULL; l = l->next) {
    ConfabSignal *signal = l->data;

    if (confab_signal_get_kind (signal) == kind) {
      g_queue_delete_link (&self->post, l);
      return signal;
    }
  }
  return NULL;
}

/* The one that is heard stays until the next one is heard, which takes its volume over. */
static void
test_next_replaces_current (Fixture *fixture, gconstpointer data)
{
  ConfabAudioPeer *next = NULL;

  confab_audio_generations_offer (fixture->a.generations);
  g_assert_cmpuint (get_current (&fixture->a), ==, 0);
  g_assert_nonnull (confab_audio_generations_get_best (fixture->a.generations));
  RUN_UNTIL (are_heard (fixture, 1), 30);
  confab_audio_generations_set_volume (fixture->b.generations, 0.25);

  confab_audio_generations_offer (fixture->a.generations);
  RUN_UNTIL (fixture->a.all_found == 2, 30);
  deliver (&fixture->a);
  g_assert_cmpuint (get_current (&fixture->b), ==, 1);
  g_assert_cmpuint (confab_audio_generations_get_newest (fixture->b.generations), ==, 2);
  next = confab_audio_generations_get_next (fixture->b.generations);
  g_assert_nonnull (next);
  g_assert_cmpfloat (confab_audio_slot_get_volume (confab_audio_peer_get_slot (next)), ==, 0.25);
  RUN_UNTIL (are_heard (fixture, 2), 30);
  g_assert_cmpuint (get_current (&fixture->a), ==, 2);
  g_assert_cmpuint (get_current (&fixture->b), ==, 2);
  g_assert_true (confab_audio_generations_is_alive (fixture->b.generations));
  g_assert_cmpuint (fixture->a.n_failed + fixture->b.n_failed, ==, 0);
}

/* The answer alone is passed on: not where the side that answers is. */
static gboolean
are_heard_by_answer (Fixture *fixture)
{
  g_autoptr (ConfabSignal) answer = pick (&fixture->b, CONFAB_SIGNAL_ANSWER);

  if (answer != NULL)
    take (&fixture->a, answer);
  return fixture->a.n_heard == 1 && fixture->b.n_heard == 1;
}

/* What overtook its offer counts: nobody else says where the other side is. */
static void
test_candidates_before_their_offer (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ConfabSignal) offer = NULL;

  confab_audio_generations_offer (fixture->a.generations);
  RUN_UNTIL (fixture->a.all_found == 1, 30);
  offer = pick (&fixture->a, CONFAB_SIGNAL_OFFER);
  g_assert_nonnull (offer);
  deliver (&fixture->a);
  g_assert_null (confab_audio_generations_get_best (fixture->b.generations));
  take (&fixture->b, offer);
  RUN_UNTIL (are_heard_by_answer (fixture), 30);
}

/* The other way round: the offer alone is passed on, and the answer comes last. */
static void
test_candidates_before_their_answer (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ConfabSignal) offer = NULL;
  g_autoptr (ConfabSignal) answer = NULL;

  confab_audio_generations_offer (fixture->a.generations);
  RUN_UNTIL ((offer = pick (&fixture->a, CONFAB_SIGNAL_OFFER)) != NULL, 30);
  take (&fixture->b, offer);
  RUN_UNTIL (fixture->b.all_found == 1, 30);
  answer = pick (&fixture->b, CONFAB_SIGNAL_ANSWER);
  g_assert_nonnull (answer);
  deliver (&fixture->b);
  take (&fixture->a, answer);
  RUN_UNTIL (fixture->a.n_heard == 1 && fixture->b.n_heard == 1, 30);
}

/* What is of no use is of no use for the generations that are there either. */
static void
test_offer_of_no_use (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ConfabSignal) offer =
      confab_signal_new_description (CONFAB_SIGNAL_OFFER, 7, "v=0\r\nnonsense");
  g_autoptr (GError) error = NULL;

  g_assert_false (confab_audio_generations_answer (fixture->b.generations, offer, &error));
  g_assert_nonnull (error);
  g_assert_cmpuint (confab_audio_generations_get_newest (fixture->b.generations), ==, 7);
  g_assert_null (confab_audio_generations_get_best (fixture->b.generations));
}

/* An answer to a generation that was given up is too late. */
static void
test_answer_too_late (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ConfabSignal) late = NULL;

  confab_audio_generations_offer (fixture->a.generations);
  RUN_UNTIL (fixture->a.all_found == 1, 30);
  deliver (&fixture->a);
  RUN_UNTIL ((late = pick (&fixture->b, CONFAB_SIGNAL_ANSWER)) != NULL, 30);
  confab_audio_generations_offer (fixture->a.generations);
  take (&fixture->a, late);
  RUN_UNTIL (are_heard (fixture, 1), 30);
  g_assert_cmpuint (get_current (&fixture->a), ==, 2);
  g_assert_cmpuint (get_current (&fixture->b), ==, 2);
}

/* Whoever is closed says nothing, whatever comes afterwards. */
static void
test_nothing_after_close (Fixture *fixture, gconstpointer data)
{
  confab_audio_generations_offer (fixture->a.generations);
  RUN_UNTIL (are_heard (fixture, 1), 30);
  confab_audio_generations_offer (fixture->a.generations);
  RUN_UNTIL (fixture->a.all_found == 2, 30);
  confab_audio_generations_close (fixture->a.generations);
  g_assert_null (confab_audio_generations_get_best (fixture->a.generations));
  g_assert_false (confab_audio_generations_is_alive (fixture->a.generations));
  deliver (&fixture->a);
  RUN_UNTIL (fixture->b.all_found == 2, 30);
  deliver (&fixture->b);
  sound_room_run_ms (200);
  g_assert_cmpuint (fixture->a.n_heard, ==, 1);
  g_assert_true (g_queue_is_empty (&fixture->a.post));
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*func) (Fixture *, gconstpointer);
  } tests[] = {
    { "/audio/generations/next-replaces-current", test_next_replaces_current },
    { "/audio/generations/candidates-before-their-offer", test_candidates_before_their_offer },
    { "/audio/generations/candidates-before-their-answer", test_candidates_before_their_answer },
    { "/audio/generations/offer-of-no-use", test_offer_of_no_use },
    { "/audio/generations/answer-too-late", test_answer_too_late },
    { "/audio/generations/nothing-after-close", test_nothing_after_close },
  };

  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].func, tear_down);
  return g_test_run ();
}
