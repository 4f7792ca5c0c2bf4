/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "sound-server.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

#include "confab-audio-format.h"

#define DEADLINE_US (20 * G_TIME_SPAN_SECOND)

struct _SoundServer {
  char *folder; /* (owned) */
  char *socket; /* (owned) */
  gboolean is_pipewire;
  GPtrArray *daemons;  /* (element-type GSubprocess) (owned) in the order of their start */
  GHashTable *modules; /* (element-type utf8 utf8) (owned) device -> index of its module */
};

static char *
run_pactl (const char *const *arguments, gboolean *is_good)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GSubprocess) pactl = NULL;
  g_autoptr (GError) error = NULL;
  char *output = NULL;

  g_ptr_array_add (argv, (gpointer) "pactl");
  for (guint i = 0; arguments[i] != NULL; i++)
    g_ptr_array_add (argv, (gpointer) arguments[i]);
  g_ptr_array_add (argv, NULL);
  pactl = g_subprocess_newv ((const char *const *) argv->pdata,
                             G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                             &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (pactl, NULL, NULL, &output, NULL, &error);
  g_assert_no_error (error);
  *is_good = g_subprocess_get_successful (pactl);
  return g_strchomp (output);
}

static void
load (SoundServer *self, const char *device, const char *module, const char *arguments)
{
  const char *words[] = { "load-module", module, arguments, NULL };
  gboolean is_good = FALSE;
  char *index = run_pactl (words, &is_good);

  g_assert_true (is_good);
  g_hash_table_insert (self->modules, g_strdup (device), index);
}

static void
unload (SoundServer *self, const char *device)
{
  const char *words[] = { "unload-module", g_hash_table_lookup (self->modules, device), NULL };
  gboolean is_good = FALSE;

  g_free (run_pactl (words, &is_good));
  g_assert_true (is_good);
  g_hash_table_remove (self->modules, device);
}

static void
wait_until_ready (void)
{
  const char *words[] = { "info", NULL };
  gint64 end = g_get_monotonic_time () + DEADLINE_US;
  gboolean is_ready = FALSE;

  while (!is_ready) {
    g_free (run_pactl (words, &is_ready));
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    if (!is_ready)
      g_usleep (20000);
  }
}

/* A test that aborts leaves no sound server behind. */
static void
die_with_parent (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static GSubprocess *
spawn (const char *const *argv)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autoptr (GError) error = NULL;
  GSubprocess *process = NULL;

  g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);
  process = g_subprocess_launcher_spawnv (launcher, argv, &error);
  g_assert_no_error (error);
  return process;
}

/* pulseaudio forks nothing with --daemonize=no, and works as root when it is not the system's. */
static void
start_pulseaudio (SoundServer *self)
{
  g_autofree char *socket_module =
      g_strdup_printf ("module-native-protocol-unix socket=%s auth-anonymous=1", self->socket);
  g_autofree char *log = g_strdup_printf ("--log-target=file:%s/log", self->folder);
  const char *argv[] = { "pulseaudio",
                         "-n",
                         "--daemonize=no",
                         "--exit-idle-time=-1",
                         "--disable-shm=no",
                         "--use-pid-file=no",
                         "--realtime=no",
                         log,
                         "-L",
                         socket_module,
                         "-L",
                         "module-rescue-streams",
                         NULL };

  g_ptr_array_add (self->daemons, spawn (argv));
}

static void
wait_for_file (const char *path)
{
  gint64 end = g_get_monotonic_time () + DEADLINE_US;

  while (!g_file_test (path, G_FILE_TEST_EXISTS)) {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    g_usleep (10000);
  }
}

/* PipeWire, its session manager and what speaks PulseAudio's protocol, on a session bus of theirs.
 */
static void
start_pipewire (SoundServer *self)
{
  g_autofree char *bus = g_build_filename (self->folder, "bus", NULL);
  g_autofree char *core = g_build_filename (self->folder, "pipewire-0", NULL);
  g_autofree char *address = g_strdup_printf ("--address=unix:path=%s", bus);
  const char *const programs[] = { "wireplumber", "pipewire-pulse" };
  const char *bus_argv[] = { "dbus-daemon", "--session", "--nofork", "--nopidfile", address, NULL };
  const char *core_argv[] = { "pipewire", NULL };

  g_unlink (bus);
  g_unlink (core);
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", address + strlen ("--address="), TRUE);
  g_ptr_array_add (self->daemons, spawn (bus_argv));
  wait_for_file (bus);
  g_ptr_array_add (self->daemons, spawn (core_argv));
  wait_for_file (core);
  for (guint i = 0; i < G_N_ELEMENTS (programs); i++) {
    const char *argv[] = { programs[i], NULL };

    g_ptr_array_add (self->daemons, spawn (argv));
  }
}

void
sound_server_start (SoundServer *self)
{
  g_unlink (self->socket);
  if (self->is_pipewire)
    start_pipewire (self);
  else
    start_pulseaudio (self);
  wait_until_ready ();
  sound_server_plug_speaker (self, "speaker");
  sound_server_plug_speaker (self, "feed");
  sound_server_plug_microphone (self);
}

void
sound_server_kill (SoundServer *self)
{
  for (guint i = self->daemons->len; i-- > 0;) {
    g_subprocess_force_exit (self->daemons->pdata[i]);
    g_subprocess_wait (self->daemons->pdata[i], NULL, NULL);
  }
  g_ptr_array_set_size (self->daemons, 0);
  g_hash_table_remove_all (self->modules);
}

static void
send_signal (SoundServer *self, int number)
{
  for (guint i = 0; i < self->daemons->len; i++)
    g_subprocess_send_signal (self->daemons->pdata[i], number);
}

void
sound_server_freeze (SoundServer *self)
{
  send_signal (self, SIGSTOP);
}

void
sound_server_thaw (SoundServer *self)
{
  send_signal (self, SIGCONT);
}

SoundServer *
sound_server_new (void)
{
  SoundServer *self = g_new0 (SoundServer, 1);
  g_autofree char *address = NULL;
  g_autofree char *cookie = NULL;

  self->folder = g_dir_make_tmp ("confab-sound-XXXXXX", NULL);
  self->is_pipewire = g_strcmp0 (g_getenv ("CONFAB_TEST_SOUND_SERVER"), "pipewire") == 0;
  self->daemons = g_ptr_array_new_with_free_func (g_object_unref);
  self->socket =
      g_build_filename (self->folder, self->is_pipewire ? "pulse/native" : "native", NULL);
  self->modules = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  address = g_strdup_printf ("unix:%s", self->socket);
  cookie = g_build_filename (self->folder, "cookie", NULL);
  g_setenv ("HOME", self->folder, TRUE);
  g_setenv ("XDG_RUNTIME_DIR", self->folder, TRUE);
  if (self->is_pipewire)
    g_setenv ("XDG_STATE_HOME", self->folder, TRUE);
  else
    g_setenv ("PULSE_RUNTIME_PATH", self->folder, TRUE);
  g_setenv ("PULSE_SERVER", address, TRUE);
  g_setenv ("PULSE_COOKIE", cookie, TRUE);
  return self;
}

static void
remove_folder (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name = NULL;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    if (g_file_test (child, G_FILE_TEST_IS_DIR) && !g_file_test (child, G_FILE_TEST_IS_SYMLINK))
      remove_folder (child);
    else
      g_unlink (child);
  }
  g_rmdir (path);
}

void
sound_server_free (SoundServer *self)
{
  sound_server_kill (self);
  g_ptr_array_unref (self->daemons);
  remove_folder (self->folder);
  g_hash_table_unref (self->modules);
  g_free (self->folder);
  g_free (self->socket);
  g_free (self);
}

void
sound_server_plug_microphone (SoundServer *self)
{
  load (self, "mic", "module-remap-source",
        "source_name=mic master=feed.monitor source_properties=device.description=Microphone");
}

void
sound_server_unplug_microphone (SoundServer *self)
{
  unload (self, "mic");
}

void
sound_server_plug_second_microphone (SoundServer *self, const char *name)
{
  g_autofree char *arguments = g_strdup_printf (
      "source_name=%s master=feed.monitor source_properties=device.description=%s", name, name);

  load (self, name, "module-remap-source", arguments);
}

/* The remapped microphones are themselves recordings of the feed; only ours has a process. */
guint
sound_server_count_recordings (SoundServer *self)
{
  const char *words[] = { "list", "source-outputs", NULL };
  gboolean is_good = FALSE;
  g_autofree char *output = run_pactl (words, &is_good);
  guint n = 0;

  g_assert_true (is_good);
  for (const char *at = output; (at = strstr (at, "application.process.id")) != NULL; at++)
    n++;
  return n;
}

void
sound_server_plug_speaker (SoundServer *self, const char *name)
{
  g_autofree char *arguments = g_strdup_printf (
      "sink_name=%s rate=48000 channels=2 sink_properties=device.description=%s", name, name);

  load (self, name, "module-null-sink", arguments);
}

void
sound_server_unplug_speaker (SoundServer *self, const char *name)
{
  unload (self, name);
}

GSubprocess *
sound_server_play (SoundServer *self, const char *speaker, const char *path)
{
  g_autofree char *device = g_strdup_printf ("--device=%s", speaker);
  g_autoptr (GError) error = NULL;
  GSubprocess *player = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, "paplay",
                                          "--latency-msec=20", device, path, NULL);

  g_assert_no_error (error);
  return player;
}

GBytes *
sound_server_listen (SoundServer *self, const char *speaker, guint ms)
{
  g_autofree char *device = g_strdup_printf ("--device=%s.monitor", speaker);
  gsize size = ms * CONFAB_AUDIO_SAMPLES_PER_MS * sizeof (gint16);
  g_autofree guint8 *data = g_malloc (size);
  g_autoptr (GSubprocess) recorder = NULL;
  g_autoptr (GError) error = NULL;
  gsize n_read = 0;

  recorder = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, "parec", device, "--raw",
                               "--format=s16le", "--rate=48000", "--channels=1",
                               "--latency-msec=50", NULL);
  g_assert_no_error (error);
  g_input_stream_read_all (g_subprocess_get_stdout_pipe (recorder), data, size, &n_read, NULL,
                           &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_read, ==, size);
  g_subprocess_force_exit (recorder);
  g_subprocess_wait (recorder, NULL, NULL);
  return g_bytes_new_take (g_steal_pointer (&data), size);
}
