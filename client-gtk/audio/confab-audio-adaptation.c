/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-adaptation"

#include "confab-audio-adaptation.h"

#include <math.h>

#define MEMORY_US     (2 * G_USEC_PER_SEC) /* loss is averaged over it: one report has 50 packets */
#define LOSS          0.01
#define MUCH_LOSS     0.08
#define LOSS_JAM      0.35  /* beyond what FEC repairs; people take it for a broken line */
#define JITTER_MS     8     /* late packets come out of the next one's FEC */
#define QUEUE_MS      120   /* by which the round trip is longer: our packets queue up on the way */
#define EASE          0.6   /* a way gets better below that part of what made it worse */
#define MAX_RTT_MS    10000 /* what is beyond is a mistake */
#define MAX_JITTER_MS 1000
#define RTT_LEAK      0.01 /* of the difference, each report: a longer route is no queue for ever */
#define CROWD         3    /* receivers: one packet in 10 ms to each costs more than it is worth */
#define CROWD_MS      20
#define N_RTTS        3 /* jitter makes one round trip long, a queue all of them */

#define SILENT_US     (15 * G_USEC_PER_SEC) /* without a report: a browser's come each 2.5 to 7.5 s */
#define SETTLE_US     (2 * G_USEC_PER_SEC) /* until a change shows in the reports */
#define FIRST_HOLD_US (6 * G_USEC_PER_SEC) /* so long well, and we try what is better */
#define LONGEST_HOLD_US \
  (120 * G_USEC_PER_SEC) /* each time in vain it is twice as long, up to here */

/* One receiver. */
typedef struct {
  ConfabAudioWay way;
  gint64 changed_us;  /* when the way became what it is */
  gint64 reported_us; /* 0: never */
  gint64 bad_us;      /* when it was last no better than the way says */
  gint64 hold_us;
  gboolean is_trial; /* the last change was for the better */
  guint least_frame_ms;
  double loss; /* averaged */
  double jitter_ms;
  double rtts_ms[N_RTTS];
  guint n_rtts;
  double base_rtt_ms;
} Receiver;

struct _ConfabAudioAdaptation {
  GHashTable *receivers; /* (element-type utf8 Receiver) (owned) */
  guint fixed_frame_ms;  /* 0: ours to choose */
};

/* Measured with speech (tests/integration/test_bad_network.py): in frames of 10 ms, 64 kbit/s with
 * FEC lose nothing to be heard at a tenth of the packets, and a burst of three is 30 ms. Of a
 * narrow way 50 bytes a packet are taken by headers: fewer packets save more than fewer bits. FEC
 * has a price where nothing is lost (STOI 0.984 instead of 0.996, four times the work of the
 * encoder): who comes is taken to have a clean way until the first report, half a second later. */
static const ConfabAudioPlan plans[CONFAB_AUDIO_N_WAYS] = {
  [CONFAB_AUDIO_WAY_CLEAN] = { 10, 64000, 0 },     [CONFAB_AUDIO_WAY_UNKNOWN] = { 10, 64000, 0 },
  [CONFAB_AUDIO_WAY_LOSSY] = { 10, 64000, 5 },     [CONFAB_AUDIO_WAY_BAD] = { 10, 64000, 5 },
  [CONFAB_AUDIO_WAY_NARROW] = { 20, 32000, 10 },   [CONFAB_AUDIO_WAY_NARROWER] = { 40, 20000, 5 },
  [CONFAB_AUDIO_WAY_NARROWEST] = { 60, 12000, 0 },
};

#define CLEAN     CONFAB_AUDIO_WAY_CLEAN
#define LOSSY     CONFAB_AUDIO_WAY_LOSSY
#define BAD       CONFAB_AUDIO_WAY_BAD
#define NARROW    CONFAB_AUDIO_WAY_NARROW
#define NARROWER  CONFAB_AUDIO_WAY_NARROWER
#define NARROWEST CONFAB_AUDIO_WAY_NARROWEST

/* Where to go from each way; one step at a time out of narrow ones, for nobody knows how wide they
 * are now. A narrow way that also loses is not made better by sending more. */
static const ConfabAudioWay nexts[CONFAB_AUDIO_N_WAYS][CONFAB_AUDIO_N_FINDINGS] = {
  /*                              clear      loss       much loss  jam */
  [CONFAB_AUDIO_WAY_CLEAN] = { CLEAN, LOSSY, BAD, NARROW },
  [CONFAB_AUDIO_WAY_UNKNOWN] = { CLEAN, LOSSY, BAD, NARROW },
  [CONFAB_AUDIO_WAY_LOSSY] = { CLEAN, LOSSY, BAD, NARROW },
  [CONFAB_AUDIO_WAY_BAD] = { LOSSY, LOSSY, BAD, NARROW },
  [CONFAB_AUDIO_WAY_NARROW] = { LOSSY, LOSSY, BAD, NARROWER },
  [CONFAB_AUDIO_WAY_NARROWER] = { NARROW, NARROW, NARROW, NARROWEST },
  [CONFAB_AUDIO_WAY_NARROWEST] = { NARROWER, NARROWER, NARROWER, NARROWEST },
};

/**
 * confab_audio_way_next:
 *
 * Returns: the way that should be taken for this, once it has been so for long enough
 */
ConfabAudioWay
confab_audio_way_next (ConfabAudioWay way, ConfabAudioFinding finding)
{
  return nexts[way][finding];
}

void
confab_audio_way_get_plan (ConfabAudioWay way, ConfabAudioPlan *plan)
{
  *plan = plans[way];
}

/* ---- what the reports say ---- */

static double
get_queue_ms (const Receiver *receiver)
{
  double lowest_ms = receiver->rtts_ms[0];

  if (receiver->n_rtts < N_RTTS)
    return 0;
  for (guint i = 1; i < N_RTTS; i++)
    lowest_ms = MIN (lowest_ms, receiver->rtts_ms[i]);
  return lowest_ms - receiver->base_rtt_ms;
}

static void
learn_rtt (Receiver *receiver, double rtt_ms)
{
  if (!(rtt_ms >= 0 && rtt_ms < MAX_RTT_MS))
    return;
  if (receiver->n_rtts == 0 || rtt_ms < receiver->base_rtt_ms)
    receiver->base_rtt_ms = rtt_ms;
  else
    receiver->base_rtt_ms += (rtt_ms - receiver->base_rtt_ms) * RTT_LEAK;
  receiver->rtts_ms[receiver->n_rtts++ % N_RTTS] = rtt_ms;
}

static void
learn (Receiver *receiver, const ConfabAudioReport *report, gint64 now_us)
{
  double weight = 1 - exp (-(double) (now_us - receiver->reported_us) / (double) MEMORY_US);

  if (receiver->reported_us == 0)
    weight = 1;
  if (isfinite (report->loss_ratio))
    receiver->loss += (CLAMP (report->loss_ratio, 0, 1) - receiver->loss) * weight;
  if (isfinite (report->jitter_ms))
    receiver->jitter_ms +=
        (CLAMP (report->jitter_ms, 0, MAX_JITTER_MS) - receiver->jitter_ms) * weight;
  receiver->reported_us = now_us;
  learn_rtt (receiver, report->rtt_ms);
}

/* A finding that calls for less than the way does is believed only when it is clearly so. */
static ConfabAudioFinding
judge (const Receiver *receiver, double ease)
{
  if (receiver->loss > LOSS_JAM * ease || get_queue_ms (receiver) > QUEUE_MS * ease)
    return CONFAB_AUDIO_FINDING_JAM;
  if (receiver->loss > MUCH_LOSS * ease)
    return CONFAB_AUDIO_FINDING_MUCH_LOSS;
  if (receiver->loss > LOSS * ease || receiver->jitter_ms > JITTER_MS * ease)
    return CONFAB_AUDIO_FINDING_LOSS;
  return CONFAB_AUDIO_FINDING_CLEAR;
}

/* ---- what follows from it ---- */

static void
set_way (Receiver *receiver, ConfabAudioWay way, gint64 now_us)
{
  g_debug ("way %u instead of %u: loss %.3f, jitter %.1f ms, queue %.0f ms", way, receiver->way,
           receiver->loss, receiver->jitter_ms, get_queue_ms (receiver));
  receiver->is_trial = way < receiver->way;
  receiver->way = way;
  receiver->changed_us = receiver->bad_us = now_us;
}

/* At once, but not again before the last change can have shown. A trial of a wider way that went
 * wrong is not repeated soon. */
static void
get_worse (Receiver *receiver, ConfabAudioWay way, gint64 now_us)
{
  if (receiver->way >= CONFAB_AUDIO_WAY_NARROW && now_us - receiver->changed_us < SETTLE_US)
    return;
  if (way >= CONFAB_AUDIO_WAY_NARROW && receiver->is_trial)
    receiver->hold_us = MIN (receiver->hold_us * 2, LONGEST_HOLD_US);
  set_way (receiver, way, now_us);
}

static void
get_better (Receiver *receiver, ConfabAudioWay way, gint64 now_us)
{
  if (way >= receiver->way)
    receiver->bad_us = now_us;
  else if (now_us - receiver->bad_us >= receiver->hold_us)
    set_way (receiver, way, now_us);
}

static void
follow (Receiver *receiver, gint64 now_us)
{
  ConfabAudioWay worse = confab_audio_way_next (receiver->way, judge (receiver, 1));
  ConfabAudioWay better = confab_audio_way_next (receiver->way, judge (receiver, EASE));

  if (now_us - receiver->changed_us > 2 * LONGEST_HOLD_US)
    receiver->hold_us = FIRST_HOLD_US;
  if (worse > receiver->way)
    get_worse (receiver, worse, now_us);
  else
    get_better (receiver, better, now_us);
}

ConfabAudioAdaptation *
confab_audio_adaptation_new (void)
{
  ConfabAudioAdaptation *self = g_new0 (ConfabAudioAdaptation, 1);

  self->receivers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
confab_audio_adaptation_free (ConfabAudioAdaptation *self)
{
  g_hash_table_unref (self->receivers);
  g_free (self);
}

static Receiver *
ensure_receiver (ConfabAudioAdaptation *self, const char *id, gint64 now_us)
{
  Receiver *receiver = g_hash_table_lookup (self->receivers, id);

  if (receiver != NULL)
    return receiver;
  receiver = g_new0 (Receiver, 1);
  receiver->way = CONFAB_AUDIO_WAY_UNKNOWN;
  receiver->hold_us = FIRST_HOLD_US;
  receiver->changed_us = receiver->bad_us = now_us;
  g_hash_table_insert (self->receivers, g_strdup (id), receiver);
  return receiver;
}

/**
 * confab_audio_adaptation_take_report:
 * @receiver: which of them; to be forgotten when it leaves
 * @report: what it says, unchecked
 * @now_us: of any monotonic clock that is not 0
 *
 * Worse news count at once, better ones after they have lasted.
 */
void
confab_audio_adaptation_take_report (ConfabAudioAdaptation *self,
                                     const char *receiver,
                                     const ConfabAudioReport *report,
                                     gint64 now_us)
{
  Receiver *known = ensure_receiver (self, receiver, now_us);

  learn (known, report, now_us);
  follow (known, now_us);
}

/**
 * confab_audio_adaptation_set_least_frame_ms:
 * @receiver: which of them; to be forgotten when it leaves
 * @frame_ms: the shortest frame that it takes, 10 or 20
 * @now_us: as in confab_audio_adaptation_take_report()
 */
void
confab_audio_adaptation_set_least_frame_ms (ConfabAudioAdaptation *self,
                                            const char *receiver,
                                            guint frame_ms,
                                            gint64 now_us)
{
  ensure_receiver (self, receiver, now_us)->least_frame_ms = frame_ms;
}

void
confab_audio_adaptation_forget (ConfabAudioAdaptation *self, const char *receiver)
{
  g_hash_table_remove (self->receivers, receiver);
}

/**
 * confab_audio_adaptation_set_frame_ms:
 * @frame_ms: 10, 20, 40 or 60 whatever the network does, but no less than every receiver takes; 0
 *   to choose by it
 */
void
confab_audio_adaptation_set_frame_ms (ConfabAudioAdaptation *self, guint frame_ms)
{
  self->fixed_frame_ms = frame_ms;
}

/* Each receiver is sent packets of its own: their number, not their size, is what a laptop and an
 * uplink feel. */
static guint
choose_frame_ms (ConfabAudioAdaptation *self, guint frame_ms)
{
  gboolean is_crowd = g_hash_table_size (self->receivers) >= CROWD;

  if (self->fixed_frame_ms > 0)
    return self->fixed_frame_ms;
  return is_crowd ? MAX (frame_ms, CROWD_MS) : frame_ms;
}

/* Who has not reported for long has no connection: what one knew of it is no reason any more. */
static ConfabAudioWay
get_way (const Receiver *receiver, gint64 now_us)
{
  return now_us - receiver->reported_us > SILENT_US ? CONFAB_AUDIO_WAY_UNKNOWN : receiver->way;
}

/**
 * confab_audio_adaptation_get_plan:
 * @now_us: as in confab_audio_adaptation_take_report()
 * @plan: (out caller-allocates): what the receiver with the worst way needs; in frames of 20 ms at
 *   least from three receivers on
 */
void
confab_audio_adaptation_get_plan (ConfabAudioAdaptation *self, gint64 now_us, ConfabAudioPlan *plan)
{
  ConfabAudioWay worst =
      g_hash_table_size (self->receivers) > 0 ? CONFAB_AUDIO_WAY_CLEAN : CONFAB_AUDIO_WAY_UNKNOWN;
  guint least_frame_ms = 0;
  GHashTableIter iter;
  gpointer receiver = NULL;

  g_hash_table_iter_init (&iter, self->receivers);
  while (g_hash_table_iter_next (&iter, NULL, &receiver)) {
    worst = MAX (worst, get_way (receiver, now_us));
    least_frame_ms = MAX (least_frame_ms, ((Receiver *) receiver)->least_frame_ms);
  }
  confab_audio_way_get_plan (worst, plan);
  plan->frame_ms = MAX (choose_frame_ms (self, plan->frame_ms), least_frame_ms);
}
