/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-encoder"

#include "confab-audio-encoder.h"

#include <opus/opus.h>
#include <string.h>

#include "confab-audio-pause.h"

#define MAX_FRAME_SAMPLES    (60 * CONFAB_AUDIO_SAMPLES_PER_MS)
#define MAX_UNIT_SAMPLES     (20 * CONFAB_AUDIO_SAMPLES_PER_MS) /* what is encoded in one piece */
#define MAX_EMPTY_BYTES      2 /* a frame that need not be sent (opus_encode (3), OPUS_SET_DTX) */
#define MAX_COMPLEXITY       10
#define DEFAULT_COMPLEXITY   5 /* half the work of 10 */
#define DEFAULT_FRAME_MS     10
#define DEFAULT_BITRATE      48000 /* frames of 10 ms need as much for STOI 0.985, with FEC */
#define DEFAULT_LOSS_PERCENT 10    /* until somebody has reported how it is */

/* Atomic, each of them. */
typedef struct {
  gint frame_ms;
  gint bitrate;
  gint loss_percent;
  gint has_dtx;
  gint complexity;
  gint is_low_delay;
} Settings;

struct _ConfabAudioEncoder {
  ConfabAudioEncoderFunc func;
  gpointer user_data; /* (unowned) the owner */
  Settings wanted;
  gint is_changed; /* (atomic) something in wanted */

  /* the feeding thread's own */
  OpusEncoder *opus; /* (owned) */
  int application;
  gint16 samples[MAX_FRAME_SAMPLES];
  guint n_samples; /* of the frame that is being gathered */
  guint frame_samples;
  guint64 time_ns; /* of its first sample */
  gboolean has_dtx;
  ConfabAudioPause pause;
  guint8 toc; /* the first byte of the last frame */
};

/* ---- the settings, at the beginning of a frame ---- */

static int
get_application (gboolean is_low_delay)
{
  return is_low_delay ? OPUS_APPLICATION_RESTRICTED_LOWDELAY : OPUS_APPLICATION_VOIP;
}

/* The application is fixed once a frame was encoded: another one is a new beginning. */
static void
begin (ConfabAudioEncoder *self)
{
  self->application = get_application (g_atomic_int_get (&self->wanted.is_low_delay));
  opus_encoder_init (self->opus, CONFAB_AUDIO_RATE, 1, self->application);
  opus_encoder_ctl (self->opus, OPUS_SET_SIGNAL (OPUS_SIGNAL_VOICE));
  /* Constant: the sizes of encrypted packets tell nothing of what is said (RFC 6562). */
  opus_encoder_ctl (self->opus, OPUS_SET_VBR (0));
  confab_audio_pause_init (&self->pause);
}

static void
apply (ConfabAudioEncoder *self)
{
  gint loss_percent = g_atomic_int_get (&self->wanted.loss_percent);

  if (self->application != get_application (g_atomic_int_get (&self->wanted.is_low_delay)))
    begin (self);
  self->frame_samples =
      (guint) g_atomic_int_get (&self->wanted.frame_ms) * CONFAB_AUDIO_SAMPLES_PER_MS;
  self->has_dtx = g_atomic_int_get (&self->wanted.has_dtx);
  opus_encoder_ctl (self->opus, OPUS_SET_BITRATE (g_atomic_int_get (&self->wanted.bitrate)));
  opus_encoder_ctl (self->opus, OPUS_SET_COMPLEXITY (g_atomic_int_get (&self->wanted.complexity)));
  opus_encoder_ctl (self->opus, OPUS_SET_INBAND_FEC (loss_percent > 0));
  opus_encoder_ctl (self->opus, OPUS_SET_PACKET_LOSS_PERC (loss_percent));
}

static void
want (ConfabAudioEncoder *self, gint *setting, gint value)
{
  if (g_atomic_int_get (setting) == value)
    return;
  g_atomic_int_set (setting, value);
  g_atomic_int_set (&self->is_changed, TRUE);
}

/* ---- one frame ---- */

/* At a constant rate libopus 1.3 fills up a packet of several frames that are all empty. */
static int
strip_if_empty (ConfabAudioEncoder *self, guint8 *data, int size)
{
  guint8 stripped[CONFAB_AUDIO_MAX_ENCODED_BYTES];
  int n_bytes = 0;

  if (size <= MAX_EMPTY_BYTES || self->frame_samples <= MAX_UNIT_SAMPLES)
    return size;
  memcpy (stripped, data, (gsize) size);
  n_bytes = opus_packet_unpad (stripped, size);
  if (n_bytes <= 0 || n_bytes > MAX_EMPTY_BYTES)
    return size;
  memcpy (data, stripped, (gsize) n_bytes);
  return n_bytes;
}

static void
emit (ConfabAudioEncoder *self, const guint8 *data, int size)
{
  ConfabAudioEncoderFrame frame = { data, (gsize) size, self->frame_samples, self->time_ns };

  self->func (&frame, self->user_data);
}

/* Of the frames that need not be sent only the first is handed on: it says that a pause begins. */
static void
pass_on (ConfabAudioEncoder *self, const guint8 *data, int size)
{
  if (size > MAX_EMPTY_BYTES) {
    confab_audio_pause_note_sent (&self->pause);
    emit (self, data, size);
    return;
  }
  if (size > 0 && !confab_audio_pause_has_begun (&self->pause))
    emit (self, data, size);
  confab_audio_pause_note_unsent (&self->pause, self->frame_samples);
}

static void
encode (ConfabAudioEncoder *self, gboolean may_leave_out)
{
  guint8 data[CONFAB_AUDIO_MAX_ENCODED_BYTES];
  int size = 0;

  opus_encoder_ctl (self->opus, OPUS_SET_DTX (may_leave_out));
  /* What was left out the receiver has made up: it cannot be built upon. */
  opus_encoder_ctl (self->opus,
                    OPUS_SET_PREDICTION_DISABLED (confab_audio_pause_has_begun (&self->pause)));
  size = opus_encode (self->opus, self->samples, (int) self->frame_samples, data, sizeof data);
  size = strip_if_empty (self, data, size);
  if (size > 0)
    self->toc = data[0];
  pass_on (self, data, size);
}

/* A packet with nothing but the kind of its frames. Source: RFC 6716, section 3.2. */
static void
leave_out (ConfabAudioEncoder *self)
{
  guint8 n_frames = (guint8) (self->frame_samples / MIN (self->frame_samples, MAX_UNIT_SAMPLES));
  guint8 empty[] = { (guint8) ((self->toc & ~3) | (n_frames > 1 ? 3 : 0)), n_frames };

  pass_on (self, empty, n_frames > 1 ? 2 : 1);
}

static void
end_frame (ConfabAudioEncoder *self)
{
  ConfabAudioPauseVerdict verdict =
      confab_audio_pause_judge (&self->pause, self->samples, self->frame_samples,
                                self->application != OPUS_APPLICATION_RESTRICTED_LOWDELAY);

  if (self->has_dtx && verdict == CONFAB_AUDIO_PAUSE_NOTHING)
    leave_out (self);
  else
    encode (self, self->has_dtx && verdict == CONFAB_AUDIO_PAUSE_DECIDE);
  self->n_samples = 0;
}

/**
 * confab_audio_encoder_feed:
 * @self: the encoder
 * @samples: (array length=n_samples): 48 kHz mono
 * @n_samples: any number
 * @time_ns: of the first sample, on any clock
 *
 * Gathers frames and hands each to the encoder's function before this returns. With DTX, silence is
 * one frame each %CONFAB_AUDIO_KEEP_ALIVE_MS or more often: its time stamps go on, so a receiver
 * sees a pause and no loss. One thread.
 */
void
confab_audio_encoder_feed (ConfabAudioEncoder *self,
                           const gint16 *samples,
                           guint n_samples,
                           guint64 time_ns)
{
  guint done = 0;

  while (done < n_samples) {
    guint n = 0;

    if (self->n_samples == 0) {
      if (g_atomic_int_exchange (&self->is_changed, FALSE))
        apply (self);
      self->time_ns = time_ns + (guint64) done * G_USEC_PER_SEC / CONFAB_AUDIO_SAMPLES_PER_MS;
    }
    n = MIN (n_samples - done, self->frame_samples - self->n_samples);
    memcpy (self->samples + self->n_samples, samples + done, n * sizeof (gint16));
    self->n_samples += n;
    done += n;
    if (self->n_samples == self->frame_samples)
      end_frame (self);
  }
}

/**
 * confab_audio_encoder_reset:
 * @self: the encoder
 *
 * Forgets what has been said and what is half gathered; the settings stay. While nobody feeds.
 */
void
confab_audio_encoder_reset (ConfabAudioEncoder *self)
{
  self->n_samples = 0;
  begin (self);
  apply (self);
}

/* ---- settings ---- */

/**
 * confab_audio_encoder_set_frame_ms:
 * @self: the encoder
 * @frame_ms: 10, 20, 40 or 60
 *
 * Short frames have less delay, long ones less overhead. Any thread; from the next frame on.
 */
void
confab_audio_encoder_set_frame_ms (ConfabAudioEncoder *self, guint frame_ms)
{
  g_return_if_fail (frame_ms == 10 || frame_ms == 20 || frame_ms == 40 || frame_ms == 60);
  want (self, &self->wanted.frame_ms, (gint) frame_ms);
}

guint
confab_audio_encoder_get_frame_ms (ConfabAudioEncoder *self)
{
  return (guint) g_atomic_int_get (&self->wanted.frame_ms);
}

/**
 * confab_audio_encoder_set_bitrate:
 * @self: the encoder
 * @bits_per_s: of the sound alone, without headers; taken as the nearest of 12000..64000
 *
 * Any thread; from the next frame on.
 */
void
confab_audio_encoder_set_bitrate (ConfabAudioEncoder *self, guint bits_per_s)
{
  want (self, &self->wanted.bitrate,
        (gint) CLAMP (bits_per_s, CONFAB_AUDIO_MIN_BITRATE, CONFAB_AUDIO_MAX_BITRATE));
}

guint
confab_audio_encoder_get_bitrate (ConfabAudioEncoder *self)
{
  return (guint) g_atomic_int_get (&self->wanted.bitrate);
}

/**
 * confab_audio_encoder_set_loss_percent:
 * @self: the encoder
 * @percent: of the packets that the receivers do not get, 0..100; more is taken as 100
 *
 * Decides how much of a frame is spent on repeating the one before (in-band FEC); 0 is none. Any
 * thread; from the next frame on. Source: RFC 6716, section 2.1.7.
 */
void
confab_audio_encoder_set_loss_percent (ConfabAudioEncoder *self, guint percent)
{
  want (self, &self->wanted.loss_percent, (gint) MIN (percent, 100));
}

guint
confab_audio_encoder_get_loss_percent (ConfabAudioEncoder *self)
{
  return (guint) g_atomic_int_get (&self->wanted.loss_percent);
}

/**
 * confab_audio_encoder_set_dtx:
 * @self: the encoder
 * @has_dtx: whether silence is left out
 *
 * Any thread; from the next frame on. Source: RFC 6716, section 2.1.9.
 */
void
confab_audio_encoder_set_dtx (ConfabAudioEncoder *self, gboolean has_dtx)
{
  want (self, &self->wanted.has_dtx, has_dtx);
}

/**
 * confab_audio_encoder_set_complexity:
 * @self: the encoder
 * @complexity: 0..10; more is taken as 10
 *
 * What the encoder may cost. Any thread; from the next frame on.
 */
void
confab_audio_encoder_set_complexity (ConfabAudioEncoder *self, guint complexity)
{
  want (self, &self->wanted.complexity, (gint) MIN (complexity, MAX_COMPLEXITY));
}

/**
 * confab_audio_encoder_set_low_delay:
 * @self: the encoder
 * @is_low_delay: less look-ahead (confab_audio_encoder_get_look_ahead ()) and a quarter of the
 *   work, without FEC: for good links, and from 48 kbit/s on
 *
 * Any thread; from the next frame on. Source: RFC 6716, section 2.1.8; opus_encoder_create (3).
 */
void
confab_audio_encoder_set_low_delay (ConfabAudioEncoder *self, gboolean is_low_delay)
{
  want (self, &self->wanted.is_low_delay, is_low_delay);
}

gboolean
confab_audio_encoder_get_low_delay (ConfabAudioEncoder *self)
{
  return g_atomic_int_get (&self->wanted.is_low_delay);
}

static gsize
ask_look_ahead (int application)
{
  g_autofree OpusEncoder *opus = g_malloc ((gsize) opus_encoder_get_size (1));
  opus_int32 n_samples = 0;

  opus_encoder_init (opus, CONFAB_AUDIO_RATE, 1, application);
  opus_encoder_ctl (opus, OPUS_GET_LOOKAHEAD (&n_samples));
  return (gsize) n_samples;
}

/**
 * confab_audio_encoder_get_look_ahead:
 * @is_low_delay: as of confab_audio_encoder_set_low_delay ()
 *
 * Any thread. Source: opus_encoderctls (3), OPUS_GET_LOOKAHEAD.
 *
 * Returns: by how many samples at 48 kHz what is decoded lies behind what was fed; that a frame has
 *   to be full comes on top
 */
guint
confab_audio_encoder_get_look_ahead (gboolean is_low_delay)
{
  static gsize known[2]; /* by is_low_delay; libopus never says 0 */
  gsize *n_samples = &known[is_low_delay ? 1 : 0];

  if (g_once_init_enter (n_samples))
    g_once_init_leave (n_samples, ask_look_ahead (get_application (is_low_delay)));
  return (guint) *n_samples;
}

/* ---- life ---- */

/**
 * confab_audio_encoder_new:
 * @func: gets each frame, in the thread that feeds
 * @user_data: for @func; outlives the encoder
 *
 * Frames of 10 ms, 48 kbit/s, FEC for 10 % of loss, DTX.
 *
 * Returns: (transfer full): the encoder
 */
ConfabAudioEncoder *
confab_audio_encoder_new (ConfabAudioEncoderFunc func, gpointer user_data)
{
  ConfabAudioEncoder *self = g_new0 (ConfabAudioEncoder, 1);

  self->func = func;
  self->user_data = user_data;
  self->wanted = (Settings){
    .frame_ms = DEFAULT_FRAME_MS,
    .bitrate = DEFAULT_BITRATE,
    .loss_percent = DEFAULT_LOSS_PERCENT,
    .has_dtx = TRUE,
    .complexity = DEFAULT_COMPLEXITY,
  };
  self->opus = g_malloc ((gsize) opus_encoder_get_size (1));
  confab_audio_encoder_reset (self);
  return self;
}

void
confab_audio_encoder_free (ConfabAudioEncoder *self)
{
  g_free (self->opus);
  g_free (self);
}
