/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-ui-call-control"

#include "config.h"

#include "confab-ui-call-control.h"

/**
 * ConfabUiCallControl:
 *
 * The one call one is in, as keys, the desktop and programs on the bus reach it: there may be none.
 *
 * The key of push-to-talk is down while anybody holds it, and up after each call.
 */
struct _ConfabUiCallControl {
  GObject parent_instance;

  ConfabConference *conference; /* (owned) (nullable) */
  gulong muted_handler;         /* of its call */
  guint holders;                /* a bit for each ConfabUiTalker that holds the key */
};

typedef enum { PROP_IN_CALL = 1, PROP_MUTED, PROP_TALKING } ConfabUiCallControlProperty;
static GParamSpec *properties[PROP_TALKING + 1];

G_DEFINE_FINAL_TYPE (ConfabUiCallControl, confab_ui_call_control, G_TYPE_OBJECT)

static void
on_muted_changed (ConfabUiCallControl *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MUTED]);
}

static void
set_holders (ConfabUiCallControl *self, guint holders)
{
  gboolean was_talking = self->holders != 0;

  self->holders = holders;
  if (was_talking == (holders != 0))
    return;
  if (self->conference != NULL && holders != 0)
    confab_audio_engine_start_talking (confab_conference_get_engine (self->conference));
  else if (self->conference != NULL)
    confab_audio_engine_stop_talking (confab_conference_get_engine (self->conference));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TALKING]);
}

static void
let_go (ConfabUiCallControl *self)
{
  set_holders (self, 0);
  if (self->conference != NULL)
    g_clear_signal_handler (&self->muted_handler, confab_conference_get_call (self->conference));
  g_clear_object (&self->conference);
}

static void
confab_ui_call_control_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  ConfabUiCallControl *self = CONFAB_UI_CALL_CONTROL (object);

  switch ((ConfabUiCallControlProperty) id) {
  case PROP_IN_CALL:
    g_value_set_boolean (value, confab_ui_call_control_get_in_call (self));
    break;
  case PROP_MUTED:
    g_value_set_boolean (value, confab_ui_call_control_get_muted (self));
    break;
  case PROP_TALKING:
    g_value_set_boolean (value, confab_ui_call_control_get_talking (self));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
confab_ui_call_control_dispose (GObject *object)
{
  let_go (CONFAB_UI_CALL_CONTROL (object));
  G_OBJECT_CLASS (confab_ui_call_control_parent_class)->dispose (object);
}

static void
confab_ui_call_control_class_init (ConfabUiCallControlClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = confab_ui_call_control_get_property;
  object_class->dispose = confab_ui_call_control_dispose;
  properties[PROP_IN_CALL] = g_param_spec_boolean ("in-call", NULL, NULL, FALSE, flags);
  properties[PROP_MUTED] = g_param_spec_boolean ("muted", NULL, NULL, FALSE, flags);
  properties[PROP_TALKING] = g_param_spec_boolean ("talking", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
confab_ui_call_control_init (ConfabUiCallControl *self)
{
}

ConfabUiCallControl *
confab_ui_call_control_new (void)
{
  return g_object_new (CONFAB_UI_TYPE_CALL_CONTROL, NULL);
}

/**
 * confab_ui_call_control_set_conference:
 * @self: the control
 * @conference: (nullable) (transfer none): the stay that begins; %NULL when it is over
 *
 * Sets which call is meant from now on.
 */
void
confab_ui_call_control_set_conference (ConfabUiCallControl *self, ConfabConference *conference)
{
  g_return_if_fail (CONFAB_UI_IS_CALL_CONTROL (self));

  if (self->conference == conference)
    return;
  let_go (self);
  if (conference != NULL) {
    self->conference = g_object_ref (conference);
    self->muted_handler =
        g_signal_connect_object (confab_conference_get_call (conference), "notify::muted",
                                 G_CALLBACK (on_muted_changed), self, G_CONNECT_SWAPPED);
  }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IN_CALL]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MUTED]);
}

gboolean
confab_ui_call_control_get_in_call (ConfabUiCallControl *self)
{
  g_return_val_if_fail (CONFAB_UI_IS_CALL_CONTROL (self), FALSE);

  return self->conference != NULL;
}

/**
 * confab_ui_call_control_get_engine:
 * @self: the control
 *
 * Returns: (nullable) (transfer none): the sound of the call
 */
ConfabAudioEngine *
confab_ui_call_control_get_engine (ConfabUiCallControl *self)
{
  g_return_val_if_fail (CONFAB_UI_IS_CALL_CONTROL (self), NULL);

  return self->conference != NULL ? confab_conference_get_engine (self->conference) : NULL;
}

/**
 * confab_ui_call_control_set_muted:
 * @self: the control
 * @is_muted: whether nobody is to hear us
 *
 * Returns: whether there is a call to be muted in
 */
gboolean
confab_ui_call_control_set_muted (ConfabUiCallControl *self, gboolean is_muted)
{
  g_return_val_if_fail (CONFAB_UI_IS_CALL_CONTROL (self), FALSE);

  if (self->conference == NULL)
    return FALSE;
  confab_conference_set_muted (self->conference, is_muted);
  return TRUE;
}

gboolean
confab_ui_call_control_get_muted (ConfabUiCallControl *self)
{
  g_return_val_if_fail (CONFAB_UI_IS_CALL_CONTROL (self), FALSE);

  return self->conference != NULL &&
         confab_live_call_get_muted (confab_conference_get_call (self->conference));
}

/**
 * confab_ui_call_control_press:
 * @self: the control
 * @talker: whose key goes down
 *
 * Returns: whether there is a call to talk in
 */
gboolean
confab_ui_call_control_press (ConfabUiCallControl *self, ConfabUiTalker talker)
{
  g_return_val_if_fail (CONFAB_UI_IS_CALL_CONTROL (self), FALSE);

  if (self->conference == NULL)
    return FALSE;
  set_holders (self, self->holders | 1u << talker);
  return TRUE;
}

/**
 * confab_ui_call_control_release:
 * @self: the control
 * @talker: whose key goes up; the others' stay as they are
 *
 * Returns: whether there is a call
 */
gboolean
confab_ui_call_control_release (ConfabUiCallControl *self, ConfabUiTalker talker)
{
  g_return_val_if_fail (CONFAB_UI_IS_CALL_CONTROL (self), FALSE);

  set_holders (self, self->holders & ~(1u << talker));
  return self->conference != NULL;
}

/**
 * confab_ui_call_control_get_talking:
 * @self: the control
 *
 * Returns: whether anybody holds the key
 */
gboolean
confab_ui_call_control_get_talking (ConfabUiCallControl *self)
{
  g_return_val_if_fail (CONFAB_UI_IS_CALL_CONTROL (self), FALSE);

  return self->holders != 0;
}
