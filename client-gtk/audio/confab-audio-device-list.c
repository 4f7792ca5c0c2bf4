/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-device-list"

#include "config.h"

#include <gst/gst.h>

#include "confab-audio-context.h"
#include "confab-audio-device-list.h"
#include "confab-audio-device-private.h"
#include "confab-audio-patience.h"

/* PulseAudio's provider alone, which PipeWire serves as well: with PipeWire's own provider beside
 * it each device would be listed twice. */
#define PROVIDER  "pulsedeviceprovider"
#define NOT_THERE G_MAXUINT
#define WAIT_MS   500 /* a server that answers needs 5 to 20 */

struct _ConfabAudioDeviceList {
  GObject parent_instance;

  gboolean inputs;
  GListStore *devices;         /* (owned) (element-type ConfabAudioDevice) */
  GMainContext *context;       /* (owned) */
  GstDeviceProvider *provider; /* (owned) (nullable) NULL: no sound server */
  GSource *bus_watch;          /* (owned) (nullable) */
  gint *n_hanging;             /* (owned) (atomic) servers asked that have not answered, 0 or 1 */
};

/* Asking a server: what it takes and what comes of it. Counted atomically. */
typedef struct {
  GstDeviceProvider *provider; /* (owned) */
  gint *n_hanging;             /* (owned) as the list's */
  gint is_awaited;             /* (atomic) somebody will take the provider as it is */
  gint is_started;             /* (atomic) */
} Inquiry;

static void confab_audio_device_list_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ConfabAudioDeviceList,
                               confab_audio_device_list,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      confab_audio_device_list_list_model_init))

/* ---- what is there ---- */

static gboolean
is_monitor (GstDevice *device)
{
  g_autoptr (GstStructure) properties = gst_device_get_properties (device);

  return properties != NULL &&
         g_strcmp0 (gst_structure_get_string (properties, "device.class"), "monitor") == 0;
}

static gboolean
is_ours (ConfabAudioDeviceList *self, GstDevice *device)
{
  return gst_device_has_classes (device, self->inputs ? "Audio/Source" : "Audio/Sink") &&
         !is_monitor (device);
}

static char *
dup_id (GstDevice *device)
{
  char *id = NULL;

  if (g_object_class_find_property (G_OBJECT_GET_CLASS (device), "internal-name") != NULL)
    g_object_get (device, "internal-name", &id, NULL);
  return id;
}

static guint
find (ConfabAudioDeviceList *self, const char *id)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->devices));

  for (guint i = 0; i < n; i++) {
    g_autoptr (ConfabAudioDevice) device = g_list_model_get_item (G_LIST_MODEL (self->devices), i);

    if (g_strcmp0 (confab_audio_device_get_id (device), id) == 0)
      return i;
  }
  return NOT_THERE;
}

static void
add (ConfabAudioDeviceList *self, GstDevice *device)
{
  g_autofree char *id = dup_id (device);
  g_autofree char *name = gst_device_get_display_name (device);
  g_autoptr (ConfabAudioDevice) item = NULL;

  /* Devices that were there before are announced as added, too. */
  if (id == NULL || !is_ours (self, device) || find (self, id) != NOT_THERE)
    return;
  item = confab_audio_device_new (id, name != NULL ? name : id, self->inputs);
  g_list_store_append (self->devices, item);
}

static void
remove_id (ConfabAudioDeviceList *self, const char *id)
{
  guint position = find (self, id);

  if (position != NOT_THERE)
    g_list_store_remove (self->devices, position);
}

static void
remove_missing (ConfabAudioDeviceList *self, GList *present)
{
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint i = g_list_model_get_n_items (G_LIST_MODEL (self->devices));

  for (GList *l = present; l != NULL; l = l->next) {
    char *id = dup_id (l->data);

    if (id != NULL)
      g_hash_table_add (ids, id);
  }
  while (i-- > 0) {
    g_autoptr (ConfabAudioDevice) device = g_list_model_get_item (G_LIST_MODEL (self->devices), i);

    if (!g_hash_table_contains (ids, confab_audio_device_get_id (device)))
      g_list_store_remove (self->devices, i);
  }
}

/* ---- the provider ---- */

static gboolean
on_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  ConfabAudioDeviceList *self = user_data;
  g_autoptr (GstDevice) device = NULL;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_DEVICE_ADDED) {
    gst_message_parse_device_added (message, &device);
    add (self, device);
  } else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_DEVICE_REMOVED) {
    g_autofree char *id = NULL;

    gst_message_parse_device_removed (message, &device);
    id = dup_id (device);
    remove_id (self, id);
  }
  return G_SOURCE_CONTINUE;
}

/* One of our own: the factory's is shared by the whole process, with one bus and one watch. */
static GstDeviceProvider *
new_provider (void)
{
  g_autoptr (GstDeviceProviderFactory) factory = gst_device_provider_factory_find (PROVIDER);
  g_autoptr (GstPluginFeature) loaded = NULL;

  if (factory != NULL)
    loaded = gst_plugin_feature_load (GST_PLUGIN_FEATURE (factory));
  if (loaded == NULL)
    return NULL;
  return gst_object_ref_sink (g_object_new (
      gst_device_provider_factory_get_device_provider_type (GST_DEVICE_PROVIDER_FACTORY (loaded)),
      NULL));
}

static void
disconnect_provider (ConfabAudioDeviceList *self)
{
  confab_audio_context_clear_source (&self->bus_watch);
  if (self->provider != NULL)
    gst_device_provider_stop (self->provider);
  gst_clear_object (&self->provider);
}

static void
clear_inquiry (gpointer data)
{
  Inquiry *self = data;

  gst_object_unref (self->provider);
  g_atomic_rc_box_release (self->n_hanging);
}

static void
unref_inquiry (gpointer data)
{
  g_atomic_rc_box_release_full (data, clear_inquiry);
}

/* In a thread of its own. */
static void
start_provider (gpointer data)
{
  Inquiry *self = data;
  gboolean is_started = gst_device_provider_start (self->provider);

  g_atomic_int_set (&self->is_started, is_started);
  if (!g_atomic_int_compare_and_exchange (&self->is_awaited, TRUE, FALSE) && is_started)
    gst_device_provider_stop (self->provider);
  g_atomic_int_set (self->n_hanging, 0);
}

/* Whether the server has answered in time. One that hangs is not asked again before it has. */
static gboolean
try_provider (ConfabAudioDeviceList *self, GstDeviceProvider *provider)
{
  Inquiry *inquiry = NULL;
  gboolean is_started = FALSE;

  if (!g_atomic_int_compare_and_exchange (self->n_hanging, 0, 1))
    return FALSE;
  inquiry = g_atomic_rc_box_new0 (Inquiry);
  inquiry->provider = gst_object_ref (provider);
  inquiry->n_hanging = g_atomic_rc_box_acquire (self->n_hanging);
  inquiry->is_awaited = TRUE;
  confab_audio_patience_run (start_provider, g_atomic_rc_box_acquire (inquiry), unref_inquiry,
                             WAIT_MS);
  /* Whoever exchanges second knows that the other one has been there. */
  if (!g_atomic_int_compare_and_exchange (&inquiry->is_awaited, TRUE, FALSE))
    is_started = g_atomic_int_get (&inquiry->is_started);
  unref_inquiry (inquiry);
  return is_started;
}

static void
connect_provider (ConfabAudioDeviceList *self)
{
  g_autoptr (GstBus) bus = NULL;

  self->provider = new_provider ();
  if (self->provider == NULL)
    return;
  if (!try_provider (self, self->provider)) {
    gst_clear_object (&self->provider);
    return;
  }
  bus = gst_device_provider_get_bus (self->provider);
  self->bus_watch = gst_bus_create_watch (bus);
  g_source_set_callback (self->bus_watch, G_SOURCE_FUNC (on_message), self, NULL);
  g_source_attach (self->bus_watch, self->context);
}

/**
 * confab_audio_device_list_refresh:
 * @self: the list
 *
 * Connects to the sound server again and brings the list up to date. What did not change stays.
 */
void
confab_audio_device_list_refresh (ConfabAudioDeviceList *self)
{
  GList *present = NULL;

  g_return_if_fail (CONFAB_IS_AUDIO_DEVICE_LIST (self));
  disconnect_provider (self);
  connect_provider (self);
  if (self->provider != NULL)
    present = gst_device_provider_get_devices (self->provider);
  remove_missing (self, present);
  for (GList *l = present; l != NULL; l = l->next)
    add (self, l->data);
  g_list_free_full (present, gst_object_unref);
}

gboolean
confab_audio_device_list_has_server (ConfabAudioDeviceList *self)
{
  g_return_val_if_fail (CONFAB_IS_AUDIO_DEVICE_LIST (self), FALSE);
  return self->provider != NULL;
}

/* ---- GListModel ---- */

static GType
confab_audio_device_list_get_item_type (GListModel *model)
{
  return CONFAB_TYPE_AUDIO_DEVICE;
}

static guint
confab_audio_device_list_get_n_items (GListModel *model)
{
  return g_list_model_get_n_items (G_LIST_MODEL (CONFAB_AUDIO_DEVICE_LIST (model)->devices));
}

static gpointer
confab_audio_device_list_get_item (GListModel *model, guint position)
{
  return g_list_model_get_item (G_LIST_MODEL (CONFAB_AUDIO_DEVICE_LIST (model)->devices), position);
}

static void
confab_audio_device_list_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = confab_audio_device_list_get_item_type;
  iface->get_n_items = confab_audio_device_list_get_n_items;
  iface->get_item = confab_audio_device_list_get_item;
}

static void
on_items_changed (ConfabAudioDeviceList *self, guint position, guint removed, guint added)
{
  g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);
}

static void
confab_audio_device_list_dispose (GObject *object)
{
  ConfabAudioDeviceList *self = CONFAB_AUDIO_DEVICE_LIST (object);

  disconnect_provider (self);
  g_clear_object (&self->devices);
  g_clear_pointer (&self->context, g_main_context_unref);
  G_OBJECT_CLASS (confab_audio_device_list_parent_class)->dispose (object);
}

static void
confab_audio_device_list_finalize (GObject *object)
{
  g_atomic_rc_box_release (CONFAB_AUDIO_DEVICE_LIST (object)->n_hanging);
  G_OBJECT_CLASS (confab_audio_device_list_parent_class)->finalize (object);
}

static void
confab_audio_device_list_class_init (ConfabAudioDeviceListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = confab_audio_device_list_dispose;
  G_OBJECT_CLASS (klass)->finalize = confab_audio_device_list_finalize;
}

static void
confab_audio_device_list_init (ConfabAudioDeviceList *self)
{
  self->context = g_main_context_ref_thread_default ();
  self->n_hanging = g_atomic_rc_box_new0 (gint);
  self->devices = g_list_store_new (CONFAB_TYPE_AUDIO_DEVICE);
  g_signal_connect_object (self->devices, "items-changed", G_CALLBACK (on_items_changed), self,
                           G_CONNECT_SWAPPED);
}

/**
 * confab_audio_device_list_new:
 * @inputs: microphones, else speakers
 *
 * A live #GListModel of #ConfabAudioDevice. Monitors of speakers are no microphones and are left
 * out. Belongs to the thread-default main context. Asks the sound server, which takes some
 * milliseconds; one that does not answer within half a second counts as none.
 *
 * Returns: (transfer full): the list
 */
ConfabAudioDeviceList *
confab_audio_device_list_new (gboolean inputs)
{
  ConfabAudioDeviceList *self = g_object_new (CONFAB_TYPE_AUDIO_DEVICE_LIST, NULL);

  self->inputs = inputs;
  gst_init (NULL, NULL);
  confab_audio_device_list_refresh (self);
  return self;
}
