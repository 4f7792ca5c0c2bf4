/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-keeper"

#include "config.h"

#include "confab-audio-context.h"
#include "confab-audio-keeper.h"
#include "confab-backoff.h"
#include "confab-error.h"

#define OPENING_CHECK_MS 50
#define OPEN_CHECK_MS    1000
#define STALL_MS         5000 /* a Bluetooth headset changing its profile takes 2 to 3 s */
#define RETRY_FIRST_MS   500
#define RETRY_LIMIT_MS   15000
#define HOTPLUG_MS       100 /* a device is announced before it can be opened */

typedef enum {
  STATE_OPENING,
  STATE_OPEN,
  STATE_WAITING, /* with the substitute; or not started */
} State;

struct _ConfabAudioKeeper {
  GMainContext *context; /* (owned) */
  ConfabAudioHalf half;
  gpointer half_data; /* (unowned) outlives its keeper */
  ConfabAudioKeeperEvents events;
  ConfabAudioDeviceList *list; /* (owned) (nullable) while started */
  char *wanted;                /* (owned) (nullable) NULL: the default device */

  State state;
  gboolean is_on_default; /* instead of the wanted one */
  gboolean has_problem;   /* said, and not recovered yet */
  gboolean was_listed;    /* the wanted one, at the last look */
  ConfabBackoff backoff;
  GSource *timer;         /* (owned) (nullable) */
  gint64 flowing_mono_us; /* when it was seen to deliver, or opened */
};

static void open_device (ConfabAudioKeeper *self);

static void
arm (ConfabAudioKeeper *self, guint interval_ms, GSourceFunc func)
{
  confab_audio_context_clear_source (&self->timer);
  self->timer = confab_audio_context_add_timeout (self->context, interval_ms, func, self);
}

static guint
count_devices (ConfabAudioKeeper *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->list));
}

static gboolean
is_listed (ConfabAudioKeeper *self)
{
  for (guint i = 0; i < count_devices (self); i++) {
    g_autoptr (ConfabAudioDevice) device = g_list_model_get_item (G_LIST_MODEL (self->list), i);

    if (g_strcmp0 (confab_audio_device_get_id (device), self->wanted) == 0)
      return TRUE;
  }
  return FALSE;
}

/* Once for each trouble; what it turns into while it lasts is for the log. */
static void
report (ConfabAudioKeeper *self, const GError *error)
{
  g_info ("%s: %s", self->half.name, error->message);
  if (self->has_problem)
    return;
  self->has_problem = TRUE;
  self->events.problem (error, self->events.user_data);
}

/**
 * confab_audio_keeper_recover:
 * @self: the keeper
 *
 * Says that a problem is over: the device runs, or none is wanted any more.
 */
void
confab_audio_keeper_recover (ConfabAudioKeeper *self)
{
  if (!self->has_problem)
    return;
  self->has_problem = FALSE;
  self->events.recovered (self->events.user_data);
}

static gboolean
on_retry (gpointer user_data)
{
  ConfabAudioKeeper *self = user_data;

  confab_audio_context_clear_source (&self->timer);
  /* The list is deaf after its server has gone. */
  confab_audio_device_list_refresh (self->list);
  open_device (self);
  return G_SOURCE_REMOVE;
}

static void
fail (ConfabAudioKeeper *self, const GError *error)
{
  gboolean may_use_default =
      self->wanted != NULL && !self->is_on_default && count_devices (self) > 0;

  report (self, error);
  self->half.close (self->half_data);
  if (may_use_default) {
    self->is_on_default = TRUE;
    open_device (self);
    return;
  }
  self->is_on_default = FALSE;
  self->state = STATE_WAITING;
  self->half.open_substitute (self->half_data);
  arm (self, confab_backoff_next_ms (&self->backoff, g_random_double ()), on_retry);
}

G_GNUC_PRINTF (3, 4)
static void
fail_with (ConfabAudioKeeper *self, ConfabError code, const char *format, ...)
{
  g_autoptr (GError) error = NULL;
  va_list args;

  va_start (args, format);
  error = g_error_new_valist (CONFAB_ERROR, (gint) code, format, args);
  va_end (args);
  fail (self, error);
}

static gboolean on_check (gpointer user_data);

static void
settle (ConfabAudioKeeper *self)
{
  self->state = STATE_OPEN;
  confab_backoff_reset (&self->backoff);
  arm (self, OPEN_CHECK_MS, on_check);
  if (!self->is_on_default)
    confab_audio_keeper_recover (self);
}

/* A server that hangs takes all devices with it: none of them can stand in. */
static void
take_stall (ConfabAudioKeeper *self)
{
  self->state = STATE_WAITING; /* what the refreshed list says is no news */
  confab_audio_device_list_refresh (self->list);
  if (confab_audio_device_list_has_server (self->list))
    fail_with (self, CONFAB_ERROR_MEDIA_FAILED, "The %s does not run", self->half.name);
  else
    fail_with (self, CONFAB_ERROR_MEDIA_FAILED, "The sound server does not answer");
}

/* Errors come as messages; a device that just stops is noticed here. */
static gboolean
on_check (gpointer user_data)
{
  ConfabAudioKeeper *self = user_data;
  gint64 now = g_get_monotonic_time ();

  if (self->half.is_flowing (self->half_data)) {
    self->flowing_mono_us = now;
    if (self->state == STATE_OPENING)
      settle (self);
  } else if (now - self->flowing_mono_us > STALL_MS * G_TIME_SPAN_MILLISECOND) {
    take_stall (self);
  }
  return G_SOURCE_CONTINUE;
}

/* PipeWire takes any other device for one that it does not know, and says nothing. Monitors are
 * there and not listed. */
static gboolean
is_missing (ConfabAudioKeeper *self, const char *device)
{
  return device != NULL && !self->was_listed && !g_str_has_suffix (device, ".monitor") &&
         confab_audio_device_list_has_server (self->list);
}

static void
open_device (ConfabAudioKeeper *self)
{
  const char *device = self->is_on_default ? NULL : self->wanted;

  confab_audio_context_clear_source (&self->timer);
  self->half.close (self->half_data);
  self->was_listed = is_listed (self);
  /* Without a microphone the server's default is the monitor of a speaker: everybody's echo. */
  if (device == NULL && count_devices (self) == 0) {
    fail_with (self, CONFAB_ERROR_NO_DEVICE,
               confab_audio_device_list_has_server (self->list)
                   ? "There is no %s"
                   : "There is no sound server for a %s",
               self->half.name);
    return;
  }
  if (is_missing (self, device)) {
    fail_with (self, CONFAB_ERROR_NO_DEVICE, "There is no %s “%s”", self->half.name, device);
    return;
  }
  self->state = STATE_OPENING;
  self->flowing_mono_us = g_get_monotonic_time ();
  self->half.open (device, self->half_data);
  arm (self, OPENING_CHECK_MS, on_check);
}

/* The server moves the stream of a device that is pulled out, and says nothing. */
static void
on_devices_changed (ConfabAudioKeeper *self)
{
  gboolean was_listed = self->was_listed;

  self->was_listed = is_listed (self);
  if (self->state == STATE_WAITING) {
    arm (self, HOTPLUG_MS, on_retry);
  } else if (self->wanted == NULL) {
    if (count_devices (self) == 0)
      fail_with (self, CONFAB_ERROR_NO_DEVICE, "There is no %s any more", self->half.name);
  } else if (self->is_on_default && self->was_listed) {
    self->is_on_default = FALSE;
    open_device (self);
  } else if (was_listed && !self->was_listed && !self->is_on_default) {
    fail_with (self, CONFAB_ERROR_NO_DEVICE, "The %s “%s” was taken away", self->half.name,
               self->wanted);
  }
}

/**
 * confab_audio_keeper_take_error:
 * @self: the keeper
 * @cause: (transfer none): what GStreamer says about this half
 *
 * Ends the half's try with words for people.
 */
void
confab_audio_keeper_take_error (ConfabAudioKeeper *self, const GError *cause)
{
  gboolean is_unknown = self->wanted != NULL && !self->is_on_default && !is_listed (self);

  if (self->state == STATE_WAITING)
    return;
  self->state = STATE_WAITING; /* what the refreshed list says is no news */
  confab_audio_device_list_refresh (self->list);
  if (!confab_audio_device_list_has_server (self->list))
    fail_with (self, CONFAB_ERROR_MEDIA_FAILED, "The sound server has gone");
  else if (is_unknown)
    fail_with (self, CONFAB_ERROR_NO_DEVICE, "There is no %s “%s”", self->half.name, self->wanted);
  else
    fail_with (self, CONFAB_ERROR_MEDIA_FAILED, "The %s failed: %s", self->half.name,
               cause->message);
}

/**
 * confab_audio_keeper_reopen:
 * @self: a keeper that was started
 *
 * Opens its device again, with what is set now. While a substitute stands in, nothing is to be
 * done.
 */
void
confab_audio_keeper_reopen (ConfabAudioKeeper *self)
{
  if (self->state != STATE_WAITING)
    open_device (self);
}

gboolean
confab_audio_keeper_has_device (ConfabAudioKeeper *self)
{
  return self->state != STATE_WAITING;
}

gboolean
confab_audio_keeper_has_problem (ConfabAudioKeeper *self)
{
  return self->has_problem;
}

/* Without a word: nobody waits for its end any more. */
void
confab_audio_keeper_forget_problem (ConfabAudioKeeper *self)
{
  self->has_problem = FALSE;
}

/**
 * confab_audio_keeper_new:
 * @context: the engine's
 * @half: what to keep; copied
 * @half_data: for @half
 * @events: what to tell; copied
 *
 * Returns: (transfer full): a keeper that has not opened anything
 */
ConfabAudioKeeper *
confab_audio_keeper_new (GMainContext *context,
                         const ConfabAudioHalf *half,
                         gpointer half_data,
                         const ConfabAudioKeeperEvents *events)
{
  ConfabAudioKeeper *self = g_new0 (ConfabAudioKeeper, 1);

  self->context = g_main_context_ref (context);
  self->half = *half;
  self->half_data = half_data;
  self->events = *events;
  self->state = STATE_WAITING;
  self->backoff = (ConfabBackoff) CONFAB_BACKOFF_INIT (RETRY_FIRST_MS, RETRY_LIMIT_MS);
  return self;
}

/**
 * confab_audio_keeper_start:
 * @self: a keeper that is not started
 * @device: (nullable): the wanted device; %NULL for the default
 *
 * Opens the device, or at once the substitute. A problem of the device before lasts until this one
 * runs: it was said already.
 */
void
confab_audio_keeper_start (ConfabAudioKeeper *self, const char *device)
{
  self->wanted = g_strdup (device);
  self->list = confab_audio_device_list_new (self->half.is_input);
  g_signal_connect_swapped (self->list, "items-changed", G_CALLBACK (on_devices_changed), self);
  open_device (self);
}

/**
 * confab_audio_keeper_stop:
 * @self: the keeper, started or not
 *
 * Closes the half, whatever it has open.
 */
void
confab_audio_keeper_stop (ConfabAudioKeeper *self)
{
  confab_audio_context_clear_source (&self->timer);
  if (self->list != NULL)
    g_signal_handlers_disconnect_by_data (self->list, self);
  g_clear_object (&self->list);
  g_clear_pointer (&self->wanted, g_free);
  self->state = STATE_WAITING;
  self->is_on_default = FALSE;
  confab_backoff_reset (&self->backoff);
  self->half.close (self->half_data);
}

void
confab_audio_keeper_free (ConfabAudioKeeper *self)
{
  confab_audio_keeper_stop (self);
  g_main_context_unref (self->context);
  g_free (self);
}
