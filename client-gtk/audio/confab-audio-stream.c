/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-stream"

#include "config.h"

#include <pulse/pulseaudio.h>

#include "confab-audio-context.h"
#include "confab-audio-device-delay.h"
#include "confab-audio-format.h"
#include "confab-audio-stream.h"
#include "confab-error.h"

#define GRAIN_SAMPLES  CONFAB_AUDIO_MIN_FRAME_SAMPLES /* nothing smaller is worth a mix */
#define MAX_BACKLOG_US (200 * 1000)   /* of a microphone: what is older nobody wants to hear */
#define MAX_ROOM_US    G_USEC_PER_SEC /* of a speaker: who has missed more is asked again */
#define BYTES_PER_MS   (CONFAB_AUDIO_SAMPLES_PER_MS * (guint) sizeof (gint16))
#define UNSET          ((guint32) -1)

/* Counted: a failure that is on its way to the engine's context holds it. */
struct _ConfabAudioStream {
  ConfabAudioRealtime *realtime; /* (owned) */
  GMainContext *context;         /* (owned) */
  ConfabAudioStreamUser user;
  gpointer user_data; /* (unowned) outlives the open stream */
  ConfabAudioDelayMode mode;
  char *device;      /* (owned) (nullable) NULL: the default one */
  pa_mainloop *loop; /* (owned) */
  GThread *thread;   /* (owned) (nullable) NULL: closed; engine's context */
  gint is_over;      /* (atomic) the thread is to end */
  gint piece_us;     /* (atomic) what the server brings or takes at a time; 0: not open yet */

  /* the thread's own */
  pa_context *server; /* (owned) (nullable) */
  pa_stream *stream;  /* (owned) (nullable) */
  gboolean has_failed;
  ConfabAudioDeviceDelay delay;
};

static void
clear (gpointer data)
{
  ConfabAudioStream *self = data;

  pa_mainloop_free (self->loop);
  confab_audio_realtime_unref (self->realtime);
  g_main_context_unref (self->context);
  g_free (self->device);
}

static void
unref (gpointer self)
{
  g_atomic_rc_box_release_full (self, clear);
}

static gboolean
is_input (const ConfabAudioStream *self)
{
  return self->user.take != NULL;
}

/* ---- saying that it is over ---- */

typedef struct {
  ConfabAudioStream *stream; /* (owned) */
  GError *cause;             /* (owned) */
} Failure;

static void
free_failure (gpointer data)
{
  Failure *failure = data;

  unref (failure->stream);
  g_error_free (failure->cause);
  g_free (failure);
}

static gboolean
deliver_failure (gpointer data)
{
  Failure *failure = data;

  if (failure->stream->thread != NULL)
    failure->stream->user.failed (failure->cause, failure->stream->user_data);
  return G_SOURCE_REMOVE;
}

/* The thread stays until it is told to end, but has nothing to do any more. */
static void
fail (ConfabAudioStream *self)
{
  Failure *failure = NULL;

  if (self->has_failed)
    return;
  self->has_failed = TRUE;
  failure = g_new0 (Failure, 1);
  failure->stream = g_atomic_rc_box_acquire (self);
  failure->cause = g_error_new_literal (CONFAB_ERROR, CONFAB_ERROR_MEDIA_FAILED,
                                        pa_strerror (pa_context_errno (self->server)));
  confab_audio_context_post (self->context, deliver_failure, failure, free_failure);
}

/* ---- sound: the stream's thread ---- */

static guint32
to_bytes (gint64 us)
{
  return (guint32) (us * BYTES_PER_MS / 1000);
}

static void
note_delay (ConfabAudioStream *self)
{
  pa_usec_t delay_us = 0;
  int is_negative = 0;

  if (!confab_audio_device_delay_is_due (&self->delay, g_get_monotonic_time ()) ||
      pa_stream_get_latency (self->stream, &delay_us, &is_negative) != 0)
    return;
  confab_audio_device_delay_note (&self->delay, is_negative ? 0 : (double) delay_us / 1000,
                                  is_input (self));
}

/* Where the server has no data it has a hole, which is as long as it lasted. */
static void
take (ConfabAudioStream *self, const gint16 *samples, gsize n_samples)
{
  static const gint16 silence[CONFAB_AUDIO_MAX_TICK_SAMPLES];

  while (n_samples > 0) {
    guint n = (guint) MIN (n_samples, CONFAB_AUDIO_MAX_TICK_SAMPLES);

    self->user.take (samples != NULL ? samples : silence, n, self->user_data);
    samples = samples != NULL ? samples + n : NULL;
    n_samples -= n;
  }
}

static void
on_readable (pa_stream *stream, gsize n_bytes, gpointer user_data)
{
  ConfabAudioStream *self = user_data;
  const void *data = NULL;
  gsize size = 0;

  while (pa_stream_peek (stream, &data, &size) == 0 && size > 0) {
    take (self, data, size / sizeof (gint16));
    pa_stream_drop (stream);
  }
  note_delay (self);
}

/* What is given is what there is room for, so that after a drop-out the server is told all that it
 * missed, throws that away, and the delay is what it was. */
static void
on_writable (pa_stream *stream, gsize n_bytes, gpointer user_data)
{
  ConfabAudioStream *self = user_data;
  gint16 samples[CONFAB_AUDIO_TICK_SAMPLES];
  gsize room = MIN (n_bytes, to_bytes (MAX_ROOM_US)) / sizeof (gint16);

  note_delay (self);
  while (room >= GRAIN_SAMPLES) {
    guint n = (guint) MIN (room, CONFAB_AUDIO_TICK_SAMPLES) / GRAIN_SAMPLES * GRAIN_SAMPLES;

    self->user.give (samples, n, self->user_data);
    if (pa_stream_write (stream, samples, n * sizeof *samples, NULL, 0, PA_SEEK_RELATIVE) != 0)
      return;
    room -= n;
  }
}

/* ---- opening: the stream's thread ---- */

static void
on_stream_state (pa_stream *stream, gpointer user_data)
{
  ConfabAudioStream *self = user_data;
  pa_stream_state_t state = pa_stream_get_state (stream);
  const pa_buffer_attr *sizes = NULL;

  if (state == PA_STREAM_FAILED)
    fail (self);
  if (state != PA_STREAM_READY)
    return;
  sizes = pa_stream_get_buffer_attr (stream);
  g_atomic_int_set (&self->piece_us, (gint) ((is_input (self) ? sizes->fragsize : sizes->minreq) *
                                             1000 / BYTES_PER_MS));
}

/* Early requests: the source itself is asked for as much at a time. prebuf 0: a drop-out is over as
 * soon as there is sound. */
static int
connect_stream (ConfabAudioStream *self)
{
  pa_stream_flags_t flags = PA_STREAM_INTERPOLATE_TIMING | PA_STREAM_AUTO_TIMING_UPDATE;
  pa_buffer_attr sizes = { UNSET, UNSET, UNSET, UNSET, UNSET };

  if (is_input (self)) {
    sizes.maxlength = to_bytes (MAX_BACKLOG_US);
    sizes.fragsize = to_bytes (confab_audio_delay_mode_get_piece_us (self->mode));
    pa_stream_set_read_callback (self->stream, on_readable, self);
    return pa_stream_connect_record (self->stream, self->device, &sizes,
                                     flags | PA_STREAM_EARLY_REQUESTS);
  }
  sizes.tlength = to_bytes (confab_audio_delay_mode_get_output_us (self->mode));
  sizes.minreq = GRAIN_SAMPLES * sizeof (gint16);
  sizes.prebuf = 0;
  pa_stream_set_write_callback (self->stream, on_writable, self);
  return pa_stream_connect_playback (self->stream, self->device, &sizes,
                                     flags | PA_STREAM_ADJUST_LATENCY, NULL, NULL);
}

static void
make_stream (ConfabAudioStream *self)
{
  const pa_sample_spec format = { PA_SAMPLE_S16NE, CONFAB_AUDIO_RATE, 1 };

  self->stream = pa_stream_new (self->server, "Confab", &format, NULL);
  if (self->stream == NULL) {
    fail (self);
    return;
  }
  pa_stream_set_state_callback (self->stream, on_stream_state, self);
  if (connect_stream (self) != 0)
    fail (self);
}

static void
on_server_state (pa_context *server, gpointer user_data)
{
  ConfabAudioStream *self = user_data;
  pa_context_state_t state = pa_context_get_state (server);

  if (state == PA_CONTEXT_READY && self->stream == NULL)
    make_stream (self);
  else if (state == PA_CONTEXT_FAILED)
    fail (self);
}

static void
begin (ConfabAudioStream *self)
{
  self->server = pa_context_new (pa_mainloop_get_api (self->loop), "Confab");
  pa_context_set_state_callback (self->server, on_server_state, self);
  if (pa_context_connect (self->server, NULL, PA_CONTEXT_NOAUTOSPAWN, NULL) != 0)
    fail (self);
}

/* The server is told and not waited for. */
static void
end (ConfabAudioStream *self)
{
  pa_context_set_state_callback (self->server, NULL, NULL);
  if (self->stream != NULL) {
    pa_stream_set_state_callback (self->stream, NULL, NULL);
    pa_stream_set_read_callback (self->stream, NULL, NULL);
    pa_stream_set_write_callback (self->stream, NULL, NULL);
    pa_stream_disconnect (self->stream);
    g_clear_pointer (&self->stream, pa_stream_unref);
  }
  pa_context_disconnect (self->server);
  g_clear_pointer (&self->server, pa_context_unref);
}

static gpointer
run (gpointer user_data)
{
  ConfabAudioStream *self = user_data;

  confab_audio_realtime_enter (self->realtime);
  begin (self);
  while (!g_atomic_int_get (&self->is_over) && pa_mainloop_iterate (self->loop, TRUE, NULL) >= 0)
    continue;
  end (self);
  confab_audio_realtime_leave (self->realtime);
  return NULL;
}

/* ---- engine's context ---- */

/**
 * confab_audio_stream_open:
 * @parts: of the engine
 * @user: whoever it is for; copied, its strings are not
 * @device: (nullable): of the sound server; %NULL for its default
 * @mode: how much is kept between the server and us
 * @user_data: for @user; until confab_audio_stream_close ()
 *
 * Opens a microphone or a speaker: 48 kHz mono. Does not wait for anything; what goes wrong is said
 * later.
 *
 * Returns: (transfer full): the stream, to be closed
 */
ConfabAudioStream *
confab_audio_stream_open (const ConfabAudioParts *parts,
                          const ConfabAudioStreamUser *user,
                          const char *device,
                          ConfabAudioDelayMode mode,
                          gpointer user_data)
{
  ConfabAudioStream *self = g_atomic_rc_box_new0 (ConfabAudioStream);

  g_assert ((user->take != NULL) != (user->give != NULL));
  self->realtime = confab_audio_realtime_ref (parts->realtime);
  self->context = g_main_context_ref (parts->context);
  self->user = *user;
  self->user_data = user_data;
  self->mode = mode;
  self->device = g_strdup (device);
  confab_audio_device_delay_init (&self->delay);
  self->loop = pa_mainloop_new ();
  self->thread = g_thread_new (user->name, run, self);
  return self;
}

/**
 * confab_audio_stream_close:
 * @self: (transfer full): the stream
 *
 * Ends it. Once this returns, nothing is called any more and its thread has ended; that takes as
 * long as a tick does at most.
 */
void
confab_audio_stream_close (ConfabAudioStream *self)
{
  g_atomic_int_set (&self->is_over, TRUE);
  pa_mainloop_wakeup (self->loop);
  g_clear_pointer (&self->thread, g_thread_join);
  unref (self);
}

/**
 * confab_audio_stream_get_delay_ms:
 * @self: the stream
 *
 * Returns: how long sound is on its way between the sound card and us; negative: not known yet
 */
double
confab_audio_stream_get_delay_ms (ConfabAudioStream *self)
{
  return confab_audio_device_delay_get_ms (&self->delay);
}

/**
 * confab_audio_stream_get_piece_us:
 * @self: the stream
 *
 * Returns: how much the server brings or asks for at a time, at least for a speaker, as it has
 * decided; 0 while it has not
 */
gint64
confab_audio_stream_get_piece_us (ConfabAudioStream *self)
{
  return g_atomic_int_get (&self->piece_us);
}

/**
 * confab_audio_stream_draw:
 * @self: the stream
 *
 * Returns: (transfer full): what it is, for Graphviz
 */
char *
confab_audio_stream_draw (ConfabAudioStream *self)
{
  g_autofree char *escaped = g_strescape (self->device != NULL ? self->device : "default", NULL);
  g_autofree char *device = g_strdup_printf ("\"sound server: %s\"", escaped);

  return g_strdup_printf ("digraph %s {\n  rankdir=LR;\n  %s -> %s [label=\"%.1f ms at a time, "
                          "%.1f ms on its way\"];\n}\n",
                          self->user.name, is_input (self) ? device : "mixer",
                          is_input (self) ? "uplink" : device,
                          (double) confab_audio_stream_get_piece_us (self) / 1000,
                          confab_audio_stream_get_delay_ms (self));
}
