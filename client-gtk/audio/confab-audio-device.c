/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-device"

#include "config.h"

#include "confab-audio-device-private.h"

struct _ConfabAudioDevice {
  GObject parent_instance;

  char *id;   /* (owned) */
  char *name; /* (owned) */
  gboolean is_input;
};

typedef enum { PROP_ID = 1, PROP_NAME, PROP_IS_INPUT } ConfabAudioDeviceProperty;
static GParamSpec *properties[PROP_IS_INPUT + 1];

G_DEFINE_FINAL_TYPE (ConfabAudioDevice, confab_audio_device, G_TYPE_OBJECT)

static void
confab_audio_device_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  ConfabAudioDevice *self = CONFAB_AUDIO_DEVICE (object);

  switch ((ConfabAudioDeviceProperty) id) {
  case PROP_ID:
    g_value_set_string (value, self->id);
    break;
  case PROP_NAME:
    g_value_set_string (value, self->name);
    break;
  case PROP_IS_INPUT:
    g_value_set_boolean (value, self->is_input);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
confab_audio_device_finalize (GObject *object)
{
  ConfabAudioDevice *self = CONFAB_AUDIO_DEVICE (object);

  g_free (self->id);
  g_free (self->name);
  G_OBJECT_CLASS (confab_audio_device_parent_class)->finalize (object);
}

static void
confab_audio_device_class_init (ConfabAudioDeviceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = confab_audio_device_get_property;
  object_class->finalize = confab_audio_device_finalize;
  properties[PROP_ID] =
      g_param_spec_string ("id", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_NAME] =
      g_param_spec_string ("name", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_IS_INPUT] = g_param_spec_boolean ("is-input", NULL, NULL, FALSE,
                                                    G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
confab_audio_device_init (ConfabAudioDevice *self)
{
}

ConfabAudioDevice *
confab_audio_device_new (const char *id, const char *name, gboolean is_input)
{
  ConfabAudioDevice *self = g_object_new (CONFAB_TYPE_AUDIO_DEVICE, NULL);

  self->id = g_strdup (id);
  self->name = g_strdup (name);
  self->is_input = is_input;
  return self;
}

/**
 * confab_audio_device_get_id:
 * @self: the device
 *
 * Returns: the sound server's name for it: what confab_audio_engine_set_source_device () takes
 */
const char *
confab_audio_device_get_id (ConfabAudioDevice *self)
{
  g_return_val_if_fail (CONFAB_IS_AUDIO_DEVICE (self), NULL);
  return self->id;
}

const char *
confab_audio_device_get_name (ConfabAudioDevice *self)
{
  g_return_val_if_fail (CONFAB_IS_AUDIO_DEVICE (self), NULL);
  return self->name;
}
