/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <math.h>
#include <opus/opus.h>
#include <string.h>

#include "confab-audio-encoder.h"
#include "confab-audio-opus-packet.h"
#include "confab-audio-pause.h"

#define TICK       CONFAB_AUDIO_TICK_SAMPLES
#define TICK_NS    (10 * G_GUINT64_CONSTANT (1000000))
#define START_NS   (3600 * G_GUINT64_CONSTANT (1000000000))
#define MIN_SENT   3 /* bytes: less is "nothing to send" */
#define TONE_HZ    440
#define MAX_FRAMES 4096
#define CHIRP_MS   400
#define CHIRP      (CHIRP_MS * CONFAB_AUDIO_SAMPLES_PER_MS)
#define SETTLED    (100 * CONFAB_AUDIO_SAMPLES_PER_MS)
#define MAX_LAG    (20 * CONFAB_AUDIO_SAMPLES_PER_MS)
#define NEAR_LAG   12 /* a quarter of a millisecond */

typedef struct {
  gsize size;
  guint n_samples;
  guint64 time_ns;
  gboolean has_fec;
  gboolean is_celt_alone;
  opus_int16 decoded[CONFAB_AUDIO_MAX_FRAME_SAMPLES];
} Seen;

typedef struct {
  ConfabAudioEncoder *encoder; /* (owned) */
  OpusDecoder *decoder;        /* (owned) */
  GPtrArray *frames;           /* (owned) (element-type Seen) */
  guint64 time_ns;
  guint n_fed; /* samples */
  GRand *random;
} Fixture;

/* Whether the SILK part carries a second frame: the flag behind those of activity (RFC 6716,
 * 4.2.3); one channel, one SILK frame. */
static gboolean
read_fec_flag (const guint8 *data, gsize size)
{
  gboolean is_celt_only = (data[0] & 0x80) != 0;

  return !is_celt_only && size >= MIN_SENT && (data[1] & 0x40) != 0;
}

static void
on_frame (const ConfabAudioEncoderFrame *frame, gpointer user_data)
{
  Fixture *f = user_data;
  Seen *seen = g_new0 (Seen, 1);
  int n = 0;

  seen->size = frame->size;
  seen->n_samples = frame->n_samples;
  seen->time_ns = frame->time_ns;
  seen->has_fec = read_fec_flag (frame->data, frame->size);
  seen->is_celt_alone = confab_audio_opus_packet_is_celt_alone (frame->data, frame->size);
  n = opus_decode (f->decoder, frame->data, (int) frame->size, seen->decoded,
                   CONFAB_AUDIO_MAX_FRAME_SAMPLES, 0);
  g_assert_cmpint (n, ==, (int) frame->n_samples);
  g_ptr_array_add (f->frames, seen);
  g_assert_cmpuint (f->frames->len, <, MAX_FRAMES);
}

static void
set_up (Fixture *f, gconstpointer unused)
{
  f->encoder = confab_audio_encoder_new (on_frame, f);
  confab_audio_encoder_set_dtx (f->encoder, FALSE);
  f->decoder = opus_decoder_create (CONFAB_AUDIO_RATE, 1, NULL);
  f->frames = g_ptr_array_new_with_free_func (g_free);
  f->time_ns = START_NS;
  f->random = g_rand_new_with_seed (7);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  confab_audio_encoder_free (f->encoder);
  opus_decoder_destroy (f->decoder);
  g_ptr_array_unref (f->frames);
  g_rand_free (f->random);
}

static void
feed (Fixture *f, guint ms, double amplitude, double noise)
{
  for (guint i = 0; i < ms / 10; i++) {
    gint16 samples[TICK];

    for (guint k = 0; k < TICK; k++) {
      double t = (double) (f->n_fed + k) / CONFAB_AUDIO_RATE;
      double hiss = noise > 0 ? g_rand_double_range (f->random, -noise, noise) : 0;

      samples[k] = (gint16) (amplitude * sin (2 * G_PI * TONE_HZ * t) + hiss);
    }
    confab_audio_encoder_feed (f->encoder, samples, TICK, f->time_ns);
    f->n_fed += TICK;
    f->time_ns += TICK_NS;
  }
}

static const Seen *
get_frame (Fixture *f, guint i)
{
  return g_ptr_array_index (f->frames, i);
}

static guint
count_sent (Fixture *f, guint from)
{
  guint n = 0;

  for (guint i = from; i < f->frames->len; i++)
    n += get_frame (f, i)->size >= MIN_SENT;
  return n;
}

static double
measure_rms (const Seen *frame)
{
  double sum = 0;

  for (guint i = 0; i < frame->n_samples; i++)
    sum += (double) frame->decoded[i] * frame->decoded[i];
  return sqrt (sum / frame->n_samples);
}

static void
test_sound_comes_through (Fixture *f, gconstpointer unused)
{
  feed (f, 500, 10000, 0);
  g_assert_cmpuint (f->frames->len, ==, 50);
  g_assert_cmpfloat (measure_rms (get_frame (f, 49)), >, 5000);
  g_assert_cmpfloat (measure_rms (get_frame (f, 49)), <, 9000);
}

static void
test_frames_change_at_their_boundary (Fixture *f, gconstpointer unused)
{
  static const guint lengths_ms[] = { 60, 10, 40, 20, 10 };
  guint64 due_ns = START_NS;

  feed (f, 100, 10000, 0);
  for (guint i = 0; i < G_N_ELEMENTS (lengths_ms); i++) {
    confab_audio_encoder_set_frame_ms (f->encoder, lengths_ms[i]);
    g_assert_cmpuint (confab_audio_encoder_get_frame_ms (f->encoder), ==, lengths_ms[i]);
    feed (f, 250, 10000, 0); /* no multiple of 60 and 40: the change comes amid a frame */
    g_assert_cmpuint (get_frame (f, f->frames->len - 1)->n_samples, ==,
                      lengths_ms[i] * CONFAB_AUDIO_SAMPLES_PER_MS);
  }
  for (guint i = 0; i < f->frames->len; i++) {
    g_assert_cmpuint (get_frame (f, i)->time_ns, ==, due_ns);
    due_ns += get_frame (f, i)->n_samples * TICK_NS / TICK;
  }
}

static void
test_bitrate_is_what_is_set (Fixture *f, gconstpointer unused)
{
  static const guint rates[] = { 12000, 24000, 32000, 48000, 64000 };

  for (guint i = 0; i < G_N_ELEMENTS (rates); i++) {
    confab_audio_encoder_set_bitrate (f->encoder, rates[i]);
    feed (f, 200, 10000, 1000);
    g_assert_cmpuint (get_frame (f, f->frames->len - 1)->size, ==, rates[i] / 800);
  }
  confab_audio_encoder_set_bitrate (f->encoder, 0);
  g_assert_cmpuint (confab_audio_encoder_get_bitrate (f->encoder), ==, CONFAB_AUDIO_MIN_BITRATE);
  confab_audio_encoder_set_bitrate (f->encoder, G_MAXUINT);
  g_assert_cmpuint (confab_audio_encoder_get_bitrate (f->encoder), ==, CONFAB_AUDIO_MAX_BITRATE);
}

static guint
count_fec (Fixture *f, guint from)
{
  guint n = 0;

  for (guint i = from; i < f->frames->len; i++)
    n += get_frame (f, i)->has_fec;
  return n;
}

static void
test_loss_is_answered_with_fec (Fixture *f, gconstpointer unused)
{
  guint mark = 0;

  confab_audio_encoder_set_frame_ms (f->encoder, 20);
  confab_audio_encoder_set_bitrate (f->encoder, 24000);
  confab_audio_encoder_set_loss_percent (f->encoder, 0);
  feed (f, 1000, 10000, 1000);
  g_assert_cmpuint (count_fec (f, 0), ==, 0);
  confab_audio_encoder_set_loss_percent (f->encoder, 20);
  feed (f, 100, 10000, 1000);
  mark = f->frames->len;
  feed (f, 1000, 10000, 1000);
  g_assert_cmpuint (count_fec (f, mark), >=, 20); /* those that a loss would be heard in */
  confab_audio_encoder_set_loss_percent (f->encoder, 1000);
  g_assert_cmpuint (confab_audio_encoder_get_loss_percent (f->encoder), ==, 100);
}

/* The longest time from one frame that is sent to the next. */
static guint
find_longest_pause_ms (Fixture *f, guint from)
{
  guint64 last_ns = get_frame (f, from)->time_ns;
  guint64 longest_ns = 0;

  for (guint i = from; i < f->frames->len; i++) {
    if (get_frame (f, i)->size < MIN_SENT)
      continue;
    longest_ns = MAX (longest_ns, get_frame (f, i)->time_ns - last_ns);
    last_ns = get_frame (f, i)->time_ns;
  }
  longest_ns = MAX (longest_ns, f->time_ns - last_ns);
  return (guint) (longest_ns / 1000000);
}

/* What a silent room, or a muted microphone, costs: two or five frames a second, but those. */
static void
check_pause (Fixture *f, double noise, guint max_sent)
{
  guint mark = 0;

  confab_audio_encoder_reset (f->encoder);
  feed (f, 1000, 10000, noise);
  feed (f, 1000, 0, noise); /* until the encoder believes it */
  mark = f->frames->len - 1;
  feed (f, 8000, 0, noise);
  g_assert_cmpuint (count_sent (f, mark), >=, 18);
  g_assert_cmpuint (count_sent (f, mark), <=, max_sent);
  g_assert_cmpuint (find_longest_pause_ms (f, mark), <=,
                    CONFAB_AUDIO_KEEP_ALIVE_MS + confab_audio_encoder_get_frame_ms (f->encoder));
}

static void
test_silence_is_left_out (Fixture *f, gconstpointer is_low_delay)
{
  static const guint lengths_ms[] = { 10, 20, 40, 60 };

  confab_audio_encoder_set_low_delay (f->encoder, is_low_delay != NULL);
  confab_audio_encoder_set_dtx (f->encoder, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (lengths_ms); i++) {
    confab_audio_encoder_set_frame_ms (f->encoder, lengths_ms[i]);
    check_pause (f, 0, 24);
    check_pause (f, 10, 48);
  }
}

/* The first empty frame is for the payloader, which marks the next talk spurt by it. */
static void
test_time_goes_on_in_silence (Fixture *f, gconstpointer is_low_delay)
{
  guint64 end_ns = 0;
  guint mark = 0;

  confab_audio_encoder_set_low_delay (f->encoder, is_low_delay != NULL);
  confab_audio_encoder_set_dtx (f->encoder, TRUE);
  feed (f, 500, 10000, 0);
  mark = f->frames->len;
  feed (f, 5000, 0, 0);
  end_ns = f->time_ns;
  for (guint i = mark + 1; i < f->frames->len; i++)
    g_assert_false (get_frame (f, i)->size < MIN_SENT && get_frame (f, i - 1)->size < MIN_SENT);
  mark = f->frames->len;
  feed (f, 10, 10000, 0);
  g_assert_cmpuint (f->frames->len, ==, mark + 1);
  g_assert_cmpuint (get_frame (f, mark)->time_ns, ==, end_ns);
  g_assert_cmpuint (get_frame (f, mark)->size, >=, MIN_SENT);
}

/* The detector of libopus takes a steady tone for noise; people sing and play instruments. */
static void
test_a_held_note_is_no_silence (Fixture *f, gconstpointer is_low_delay)
{
  confab_audio_encoder_set_low_delay (f->encoder, is_low_delay != NULL);
  confab_audio_encoder_set_dtx (f->encoder, TRUE);
  feed (f, 4000, 1000, 0);
  g_assert_cmpuint (count_sent (f, 0), ==, 400);
}

static void
test_without_dtx_everything_is_sent (Fixture *f, gconstpointer unused)
{
  feed (f, 3000, 0, 0);
  g_assert_cmpuint (count_sent (f, 0), ==, 300);
}

static void
test_low_delay_is_celt_alone (Fixture *f, gconstpointer unused)
{
  feed (f, 200, 10000, 0);
  confab_audio_encoder_set_low_delay (f->encoder, TRUE);
  feed (f, 200, 10000, 0);
  confab_audio_encoder_set_low_delay (f->encoder, FALSE);
  feed (f, 200, 10000, 0);
  g_assert_cmpuint (f->frames->len, ==, 60);
  g_assert_cmpfloat (measure_rms (get_frame (f, 39)), >, 5000);
  g_assert_cmpfloat (measure_rms (get_frame (f, 59)), >, 5000);
}

/* From 300 to 3000 Hz: is like itself at one place alone. */
static void
make_chirp (gint16 *samples)
{
  for (guint i = 0; i < CHIRP; i++) {
    double t = (double) i / CONFAB_AUDIO_RATE;

    samples[i] = (gint16) (10000 * sin (2 * G_PI * (300 * t + 2700 * t * t / (CHIRP_MS / 500.))));
  }
}

static gint64
correlate (Fixture *f, const gint16 *said, guint lag)
{
  gint64 sum = 0;

  for (guint i = SETTLED; i < CHIRP; i++)
    sum += get_frame (f, i / TICK)->decoded[i % TICK] * said[i - lag];
  return sum;
}

static guint
measure_lag (Fixture *f, const gint16 *said)
{
  gint64 most = 0;
  guint best = 0;

  for (guint lag = 0; lag < MAX_LAG; lag++) {
    gint64 likeness = correlate (f, said, lag);

    if (likeness > most)
      best = lag;
    most = MAX (most, likeness);
  }
  return best;
}

/* What is told of the encoder in either mode is what it does, and the packets show the mode. */
static void
test_look_ahead_is_what_is_told (Fixture *f, gconstpointer is_low_delay)
{
  gint16 samples[CHIRP];
  guint told = confab_audio_encoder_get_look_ahead (is_low_delay != NULL);
  guint lag = 0;

  make_chirp (samples);
  confab_audio_encoder_set_low_delay (f->encoder, is_low_delay != NULL);
  confab_audio_encoder_feed (f->encoder, samples, CHIRP, START_NS);
  lag = measure_lag (f, samples);
  g_test_message ("%u samples told, %u measured", told, lag);
  g_assert_cmpuint (lag, >=, told - NEAR_LAG);
  g_assert_cmpuint (lag, <=, told + NEAR_LAG);
  for (guint i = 0; i < f->frames->len; i++)
    g_assert_cmpint (get_frame (f, i)->is_celt_alone, ==, is_low_delay != NULL);
}

/* A gap in what is fed is a gap in what comes out; odd amounts are no reason for one. */
static void
test_any_amount_can_be_fed (Fixture *f, gconstpointer unused)
{
  gint16 samples[1000] = { 0 };
  guint64 time_ns = START_NS;

  for (guint i = 0; i < 48; i++) {
    confab_audio_encoder_feed (f->encoder, samples, 1000, time_ns);
    time_ns += 1000 * TICK_NS / TICK;
  }
  g_assert_cmpuint (f->frames->len, ==, 100);
  for (guint i = 0; i < f->frames->len; i++)
    g_assert_cmpuint (ABS ((gint64) (get_frame (f, i)->time_ns - START_NS - i * TICK_NS)), <,
                      50000);
  confab_audio_encoder_feed (f->encoder, samples, TICK, time_ns + 50 * TICK_NS);
  g_assert_cmpuint (get_frame (f, 100)->time_ns, ==, time_ns + 50 * TICK_NS);
}

static void
test_reset_forgets_half_a_frame (Fixture *f, gconstpointer unused)
{
  confab_audio_encoder_set_frame_ms (f->encoder, 20);
  feed (f, 30, 10000, 0);
  confab_audio_encoder_reset (f->encoder);
  g_ptr_array_set_size (f->frames, 0);
  feed (f, 20, 10000, 0);
  g_assert_cmpuint (f->frames->len, ==, 1);
  g_assert_cmpuint (get_frame (f, 0)->n_samples, ==, 2 * TICK);
}

static gpointer
change_settings (gpointer user_data)
{
  ConfabAudioEncoder *encoder = user_data;

  for (guint i = 0; i < 20000; i++) {
    confab_audio_encoder_set_frame_ms (encoder, i % 2 == 0 ? 10 : 60);
    confab_audio_encoder_set_bitrate (encoder, 12000 + i % 50000);
    confab_audio_encoder_set_loss_percent (encoder, i % 30);
    confab_audio_encoder_set_complexity (encoder, i % 11);
    confab_audio_encoder_set_low_delay (encoder, i % 100 == 0);
  }
  return NULL;
}

static void
test_settings_come_from_any_thread (Fixture *f, gconstpointer unused)
{
  GThread *thread = g_thread_new ("settings", change_settings, f->encoder);
  guint n_samples = 0;

  feed (f, 3000, 10000, 100);
  g_thread_join (thread);
  for (guint i = 0; i < f->frames->len; i++)
    n_samples += get_frame (f, i)->n_samples;
  g_assert_cmpuint (n_samples, <=, f->n_fed);
  g_assert_cmpuint (n_samples, >=, f->n_fed - 60 * CONFAB_AUDIO_SAMPLES_PER_MS);
}

#define ADD_WITH(path, data, function) \
  g_test_add ("/audio/encoder/" path, Fixture, data, set_up, function, tear_down)
#define ADD(path, function) ADD_WITH (path, NULL, function)
#define LOW_DELAY           GINT_TO_POINTER (TRUE)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("sound-comes-through", test_sound_comes_through);
  ADD ("frames-change-at-their-boundary", test_frames_change_at_their_boundary);
  ADD ("bitrate-is-what-is-set", test_bitrate_is_what_is_set);
  ADD ("loss-is-answered-with-fec", test_loss_is_answered_with_fec);
  ADD ("silence-is-left-out", test_silence_is_left_out);
  ADD_WITH ("low-delay/silence-is-left-out", LOW_DELAY, test_silence_is_left_out);
  ADD ("time-goes-on-in-silence", test_time_goes_on_in_silence);
  ADD_WITH ("low-delay/time-goes-on-in-silence", LOW_DELAY, test_time_goes_on_in_silence);
  ADD ("a-held-note-is-no-silence", test_a_held_note_is_no_silence);
  ADD_WITH ("low-delay/a-held-note-is-no-silence", LOW_DELAY, test_a_held_note_is_no_silence);
  ADD ("without-dtx-everything-is-sent", test_without_dtx_everything_is_sent);
  ADD ("low-delay-is-celt-alone", test_low_delay_is_celt_alone);
  ADD ("look-ahead-is-what-is-told", test_look_ahead_is_what_is_told);
  ADD_WITH ("low-delay/look-ahead-is-what-is-told", LOW_DELAY, test_look_ahead_is_what_is_told);
  ADD ("any-amount-can-be-fed", test_any_amount_can_be_fed);
  ADD ("reset-forgets-half-a-frame", test_reset_forgets_half_a_frame);
  ADD ("settings-come-from-any-thread", test_settings_come_from_any_thread);
  return g_test_run ();
}
