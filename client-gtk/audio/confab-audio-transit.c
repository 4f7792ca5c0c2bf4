/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-transit"

#include "confab-audio-transit.h"

#include <stdlib.h>
#include <string.h>

#define WINDOW_US \
  (4 * G_USEC_PER_SEC) /* what came in it decides: slow changes are forgotten after it */
#define UPDATE_US      (100 * 1000) /* sorting for every packet would cost more than decoding it */
#define LATE_UPDATE_US (20 * 1000)
#define YOUNG_PACKETS  100
#define BACKLOG_US \
  (15 * 1000) /* sooner than the first by so much: that one had waited for the call's set-up */
#define FEW_PACKETS   25
#define FEW_JITTER_US 5000 /* assumed until we know better: an ordinary wireless network */
#define PERCENTILE \
  0.96 /* the other four in a hundred are concealed, or come out of the next one's FEC */
#define CALM_PACKETS \
  192 /* so many in a row that were sooner, and the trouble is over: by chance 1 in 300 */
#define JOIN_US          2000 /* packets closer together come at once: something had held them up */
#define STALL_PACKETS    4    /* of those that come at once, the ones that waited longest */
#define FRESH_ARRIVALS   48   /* so few suffice to see that trouble begins ... */
#define FRESH_PERCENTILE 0.9  /* ... when every tenth of them is late: by chance 1 in 250 */
#define MIN_BAND_US      1000
#define BAND             6 /* an estimate out of 4 s wanders by a sixth; following it is heard */
#define MARGIN_US        1000
#define MIN_TARGET_US    2000
#define MAX_TARGET_US \
  (200 * 1000) /* beyond it people fall into each other's words: rather lose packets */
#define LOSSY_ABOVE   0.03
#define LOSSY_UNTIL   0.02
#define LOSS_PACKETS  50
#define DRIFT_PACKETS 20
#define DRIFT_SHOWS   3 /* of so many parts of the jitter: minima of gaussian jitter wander less */
#define MAX_DRIFT     0.005 /* of sound cards 0.001; what changes faster is the network */

/* What the window holds, the newest first, as one pass over the history finds it. */
typedef struct {
  gint64 transit_us[CONFAB_AUDIO_TRANSIT_HISTORY];
  gint64 age_us[CONFAB_AUDIO_TRANSIT_HISTORY];
  guint n_before[CONFAB_AUDIO_TRANSIT_HISTORY]; /* that came at once with it */
  guint n;
  gint64 first_seq;
  gint64 last_seq;
} Window;

static int
compare_us (const void *a, const void *b)
{
  gint64 left = *(const gint64 *) a;
  gint64 right = *(const gint64 *) b;

  return (left > right) - (left < right);
}

static void
collect (const ConfabAudioTransit *self, gint64 now_us, Window *window)
{
  guint n = MIN (self->n_seen, CONFAB_AUDIO_TRANSIT_HISTORY);

  window->n = 0;
  for (guint i = 0; i < n; i++) {
    guint place = (self->n_seen - 1 - i) % CONFAB_AUDIO_TRANSIT_HISTORY;
    gint64 age_us = now_us - self->history[place].arrival_us;
    gint64 seq = self->history[place].seq;

    if (age_us >= WINDOW_US)
      continue;
    if (window->n == 0)
      window->first_seq = window->last_seq = seq;
    window->first_seq = MIN (window->first_seq, seq);
    window->last_seq = MAX (window->last_seq, seq);
    window->transit_us[window->n] = self->history[place].transit_us;
    window->n_before[window->n] = self->history[place].n_before;
    window->age_us[window->n++] = age_us;
  }
}

/* Clocks that run apart move the transit time steadily: the minima of the older and the newer half
 * tell how fast. Without taking that out, 0.2 % would look like 8 ms of jitter; in jitter that is
 * larger, the minima say nothing, and it would not matter. */
static double
get_drift (const Window *window, gint64 jitter_us)
{
  gint64 lowest_us[2] = { G_MAXINT64, G_MAXINT64 };
  gint64 age_us[2] = { 0, 0 };
  guint n[2] = { 0, 0 };
  double drift;

  for (guint i = 0; i < window->n; i++) {
    guint half = window->age_us[i] < WINDOW_US / 2 ? 1 : 0;

    n[half]++;
    if (window->transit_us[i] < lowest_us[half]) {
      lowest_us[half] = window->transit_us[i];
      age_us[half] = window->age_us[i];
    }
  }
  if (n[0] < DRIFT_PACKETS || n[1] < DRIFT_PACKETS || age_us[0] - age_us[1] < WINDOW_US / 8)
    return 0;
  if (ABS (lowest_us[1] - lowest_us[0]) < jitter_us / DRIFT_SHOWS)
    return 0;
  drift = (double) (lowest_us[1] - lowest_us[0]) / (double) (age_us[0] - age_us[1]);
  return ABS (drift) <= MAX_DRIFT ? drift : 0;
}

static void
update_loss (ConfabAudioTransit *self, const Window *window)
{
  gint64 expected = window->last_seq - window->first_seq + 1;

  if (window->n < LOSS_PACKETS)
    return;
  self->loss_ratio = 1.0 - (double) window->n / (double) MAX (expected, (gint64) window->n);
  self->is_lossy = self->loss_ratio >= (self->is_lossy ? LOSSY_UNTIL : LOSSY_ABOVE);
}

static void
take_drift_out (Window *window, double drift)
{
  for (guint i = 0; i < window->n; i++)
    window->transit_us[i] += (gint64) (drift * (double) window->age_us[i]);
}

/* Sorts the first n of values. */
static gint64
get_percentile (gint64 *values, guint n, double percentile)
{
  qsort (values, n, sizeof *values, compare_us);
  return values[(guint) ((n - 1) * percentile + 0.5)];
}

static gint64
get_best (const gint64 *values, guint n)
{
  gint64 best = values[0];

  for (guint i = 1; i < n; i++)
    best = MIN (best, values[i]);
  return best;
}

static gint64
get_worst (const gint64 *values, guint n)
{
  gint64 worst = values[0];

  for (guint i = 1; i < n; i++)
    worst = MAX (worst, values[i]);
  return worst;
}

/* The transit time that packets have to be waited for: what the window asks for, but no more than
 * the newest packets needed, and no less than the very newest do. What came at once counts for a
 * few packets only, and as one of the very newest: a single stall is no reason to wait for longer.
 */
static gint64
find_deadline (const Window *window)
{
  gint64 counted_us[CONFAB_AUDIO_TRANSIT_HISTORY];
  gint64 fresh_us[FRESH_ARRIVALS];
  gint64 calm_us = get_worst (window->transit_us, MIN (window->n, CALM_PACKETS));
  gint64 wanted_us = calm_us;
  guint n = 0;
  guint n_fresh = 0;

  for (guint i = 0; i < window->n; i++) {
    if (window->n_before[i] < STALL_PACKETS)
      counted_us[n++] = window->transit_us[i];
    if (window->n_before[i] == 0 && n_fresh < FRESH_ARRIVALS)
      fresh_us[n_fresh++] = window->transit_us[i];
  }
  if (n > 0)
    wanted_us = MIN (get_percentile (counted_us, n, PERCENTILE), calm_us);
  if (n_fresh < FRESH_ARRIVALS)
    return wanted_us;
  return MAX (wanted_us, get_percentile (fresh_us, n_fresh, FRESH_PERCENTILE));
}

/* Up at once; down only when it is worth a change of the delay, which is heard. */
static void
move_deadline (ConfabAudioTransit *self, gint64 wanted_us)
{
  gint64 band_us = MAX (MIN_BAND_US, (wanted_us - self->base_us) / BAND);

  if (wanted_us > self->deadline_us)
    self->deadline_us = wanted_us;
  else if (wanted_us < self->deadline_us - band_us)
    self->deadline_us = wanted_us + band_us / 2;
}

static void
update (ConfabAudioTransit *self, gint64 now_us)
{
  Window window;
  gint64 deadline_us;
  double drift;

  collect (self, now_us, &window);
  if (window.n == 0)
    return;
  drift = get_drift (&window, self->jitter_us);
  take_drift_out (&window, drift);
  deadline_us = find_deadline (&window);
  if (self->updated_us == 0)
    self->deadline_us = deadline_us;
  else
    self->deadline_us += (gint64) (drift * (double) (now_us - self->updated_us));
  self->base_us = get_best (window.transit_us, window.n);
  self->jitter_us = deadline_us - self->base_us;
  move_deadline (self, deadline_us);
  self->updated_us = now_us;
  update_loss (self, &window);
}

/**
 * confab_audio_transit_reset:
 *
 * Forgets everything: another stream begins. A zeroed struct is a reset one.
 */
void
confab_audio_transit_reset (ConfabAudioTransit *self)
{
  self->n_seen = 0;
  self->updated_us = 0;
  self->base_us = self->jitter_us = 0;
  self->loss_ratio = 0;
  self->is_lossy = FALSE;
}

static guint
count_before (const ConfabAudioTransit *self, gint64 arrival_us)
{
  guint last = (self->n_seen - 1) % CONFAB_AUDIO_TRANSIT_HISTORY;

  if (self->n_seen == 0 || ABS (arrival_us - self->history[last].arrival_us) >= JOIN_US)
    return 0;
  return self->history[last].n_before + 1;
}

/**
 * confab_audio_transit_observe:
 * @seq: the packet's sequence number, unwrapped; each at most once
 * @media_us: its RTP timestamp, unwrapped, in microseconds
 * @arrival_us: when it came, by our monotonic clock
 *
 * Takes one packet into account. What was seen at the beginning is forgotten when it turns out to
 * have been a backlog. Packets that come too late to be played count as well: the target has to
 * grow for them.
 */
void
confab_audio_transit_observe (ConfabAudioTransit *self,
                              gint64 seq,
                              gint64 media_us,
                              gint64 arrival_us)
{
  gint64 transit_us = arrival_us - media_us;
  gint64 since_us = arrival_us - self->updated_us;
  guint n_before;
  guint i;

  if (confab_audio_transit_is_young (self) && transit_us < self->first_us - BACKLOG_US)
    confab_audio_transit_reset (self);
  if (self->n_seen == 0)
    self->first_us = transit_us;
  n_before = count_before (self, arrival_us);
  i = self->n_seen++ % CONFAB_AUDIO_TRANSIT_HISTORY;
  self->history[i].n_before = n_before;
  self->history[i].seq = seq;
  self->history[i].transit_us = transit_us;
  self->history[i].arrival_us = arrival_us;
  if (self->n_seen == 1 || transit_us < self->base_us)
    self->base_us = transit_us;
  if (self->n_seen == 1 || since_us >= UPDATE_US ||
      (since_us >= LATE_UPDATE_US && transit_us > self->deadline_us))
    update (self, arrival_us);
}

/**
 * confab_audio_transit_get_slack_us:
 *
 * Returns: how long before @now_us a packet with this media time arrives if nothing holds it up
 */
gint64
confab_audio_transit_get_slack_us (const ConfabAudioTransit *self, gint64 media_us, gint64 now_us)
{
  return now_us - media_us - self->base_us;
}

/**
 * confab_audio_transit_get_target_us:
 * @frame_us: the length of one packet's sound
 *
 * Returns: the slack at which packets should be decoded, 2..200 ms
 */
gint64
confab_audio_transit_get_target_us (const ConfabAudioTransit *self, gint64 frame_us)
{
  gint64 target_us = self->deadline_us - self->base_us + MARGIN_US;

  if (self->n_seen < FEW_PACKETS)
    target_us = MAX (target_us, FEW_JITTER_US);
  if (self->is_lossy) /* wait for the packet that carries the lost one's FEC */
    target_us += frame_us;
  return CLAMP (target_us, MIN_TARGET_US, MAX_TARGET_US);
}

/**
 * confab_audio_transit_is_young:
 *
 * Returns: whether the stream has just begun, when a backlog from its set-up may still come
 */
gboolean
confab_audio_transit_is_young (const ConfabAudioTransit *self)
{
  return self->n_seen < YOUNG_PACKETS;
}
