/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-live-participant"

#include "config.h"

#include "confab-compat-private.h"
#include "confab-enum-types.h"
#include "confab-live-participant.h"

#define SILENCE_DBOV -127.0 /* the least that RFC 6464 can say */

/**
 * ConfabLiveParticipant:
 *
 * A participant as they are now, for widgets to bind to: what the server says, and what whoever
 * hears the sound adds to it. Belongs to the main context of its call.
 *
 * Since: 0.1
 */
struct _ConfabLiveParticipant {
  GObject parent_instance;

  ConfabParticipant *participant; /* (owned) */
  gboolean is_self;
  double level_dbov;
  gboolean is_speaking;
  char *connection;  /* (owned) */
  char *safety_code; /* (owned) (nullable) */
};

typedef enum {
  PROP_PARTICIPANT = 1,
  PROP_ID,
  PROP_DISPLAY_NAME,
  PROP_ROLE,
  PROP_MUTED,
  PROP_DEAFENED,
  PROP_LISTEN_ONLY,
  PROP_RECORDING,
  PROP_IS_SELF,
  PROP_LEVEL_DBOV,
  PROP_SPEAKING,
  PROP_CONNECTION,
  PROP_SAFETY_CODE,
} ConfabLiveParticipantProperty;
static GParamSpec *properties[PROP_SAFETY_CODE + 1];

G_DEFINE_FINAL_TYPE (ConfabLiveParticipant, confab_live_participant, G_TYPE_OBJECT)

static ConfabParticipantFlags
get_flags (ConfabLiveParticipant *self)
{
  ConfabParticipantFlags flags;

  confab_participant_get_flags (self->participant, &flags);
  return flags;
}

static void
confab_live_participant_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  ConfabLiveParticipant *self = CONFAB_LIVE_PARTICIPANT (object);

  switch ((ConfabLiveParticipantProperty) id) {
  case PROP_PARTICIPANT:
    g_value_set_boxed (value, self->participant);
    break;
  case PROP_ID:
    g_value_set_string (value, confab_participant_get_id (self->participant));
    break;
  case PROP_DISPLAY_NAME:
    g_value_set_string (value, confab_participant_get_display_name (self->participant));
    break;
  case PROP_ROLE:
    g_value_set_enum (value, (gint) confab_participant_get_role (self->participant));
    break;
  case PROP_MUTED:
    g_value_set_boolean (value, get_flags (self).is_muted);
    break;
  case PROP_DEAFENED:
    g_value_set_boolean (value, get_flags (self).is_deafened);
    break;
  case PROP_LISTEN_ONLY:
    g_value_set_boolean (value, get_flags (self).is_listen_only);
    break;
  case PROP_RECORDING:
    g_value_set_boolean (value, get_flags (self).is_recording);
    break;
  case PROP_IS_SELF:
    g_value_set_boolean (value, self->is_self);
    break;
  case PROP_LEVEL_DBOV:
    g_value_set_double (value, self->level_dbov);
    break;
  case PROP_SPEAKING:
    g_value_set_boolean (value, self->is_speaking);
    break;
  case PROP_CONNECTION:
    g_value_set_string (value, self->connection);
    break;
  case PROP_SAFETY_CODE:
    g_value_set_string (value, self->safety_code);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
confab_live_participant_finalize (GObject *object)
{
  ConfabLiveParticipant *self = CONFAB_LIVE_PARTICIPANT (object);

  g_clear_pointer (&self->participant, confab_participant_unref);
  g_free (self->connection);
  g_free (self->safety_code);

  G_OBJECT_CLASS (confab_live_participant_parent_class)->finalize (object);
}

static void
confab_live_participant_class_init (ConfabLiveParticipantClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = confab_live_participant_get_property;
  object_class->finalize = confab_live_participant_finalize;

  /**
   * ConfabLiveParticipant:participant:
   *
   * The value that the server told last.
   *
   * Since: 0.1
   */
  properties[PROP_PARTICIPANT] =
      g_param_spec_boxed ("participant", NULL, NULL, CONFAB_TYPE_PARTICIPANT, flags);
  /**
   * ConfabLiveParticipant:id:
   *
   * The identifier, the same for the whole stay.
   *
   * Since: 0.1
   */
  properties[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, flags);
  /**
   * ConfabLiveParticipant:display-name:
   *
   * What others see, UTF-8.
   *
   * Since: 0.1
   */
  properties[PROP_DISPLAY_NAME] = g_param_spec_string ("display-name", NULL, NULL, NULL, flags);
  /**
   * ConfabLiveParticipant:role:
   *
   * What they may do in the call.
   *
   * Since: 0.1
   */
  properties[PROP_ROLE] =
      g_param_spec_enum ("role", NULL, NULL, CONFAB_TYPE_ROLE, CONFAB_ROLE_LISTENER, flags);
  /**
   * ConfabLiveParticipant:muted:
   *
   * Whether they send nothing that can be heard.
   *
   * Since: 0.1
   */
  properties[PROP_MUTED] = g_param_spec_boolean ("muted", NULL, NULL, FALSE, flags);
  /**
   * ConfabLiveParticipant:deafened:
   *
   * Whether they hear nobody.
   *
   * Since: 0.1
   */
  properties[PROP_DEAFENED] = g_param_spec_boolean ("deafened", NULL, NULL, FALSE, flags);
  /**
   * ConfabLiveParticipant:listen-only:
   *
   * Whether they have no microphone.
   *
   * Since: 0.1
   */
  properties[PROP_LISTEN_ONLY] = g_param_spec_boolean ("listen-only", NULL, NULL, FALSE, flags);
  /**
   * ConfabLiveParticipant:recording:
   *
   * Whether they record the call.
   *
   * Since: 0.1
   */
  properties[PROP_RECORDING] = g_param_spec_boolean ("recording", NULL, NULL, FALSE, flags);
  /**
   * ConfabLiveParticipant:is-self:
   *
   * Whether this is us.
   *
   * Since: 0.1
   */
  properties[PROP_IS_SELF] = g_param_spec_boolean ("is-self", NULL, NULL, FALSE, flags);
  /**
   * ConfabLiveParticipant:level-dbov:
   *
   * How loud they are: -127 (silence) to 0, by RFC 6464.
   *
   * Since: 0.1
   */
  properties[PROP_LEVEL_DBOV] =
      g_param_spec_double ("level-dbov", NULL, NULL, SILENCE_DBOV, 0.0, SILENCE_DBOV, flags);
  /**
   * ConfabLiveParticipant:speaking:
   *
   * Whether what they send is speech.
   *
   * Since: 0.1
   */
  properties[PROP_SPEAKING] = g_param_spec_boolean ("speaking", NULL, NULL, FALSE, flags);
  /**
   * ConfabLiveParticipant:connection:
   *
   * How we hear them: `connecting`, `connected`, `rebuilding` or `failed`; `connected` for
   * ourselves.
   *
   * Since: 0.1
   */
  properties[PROP_CONNECTION] = g_param_spec_string ("connection", NULL, NULL, NULL, flags);
  /**
   * ConfabLiveParticipant:safety-code:
   *
   * What to compare with them to know that nobody is in between, as words for a program; %NULL
   * while it is not known. Source: docs/safety-code.md.
   *
   * Since: 0.1
   */
  properties[PROP_SAFETY_CODE] = g_param_spec_string ("safety-code", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
confab_live_participant_init (ConfabLiveParticipant *self)
{
  self->level_dbov = SILENCE_DBOV;
}

/**
 * confab_live_participant_new:
 * @participant: how they are at first
 * @is_self: whether this is us
 *
 * Returns: (transfer full): a live participant
 * Since: 0.1
 */
ConfabLiveParticipant *
confab_live_participant_new (ConfabParticipant *participant, gboolean is_self)
{
  ConfabLiveParticipant *self = NULL;

  g_return_val_if_fail (participant != NULL, NULL);

  self = g_object_new (CONFAB_TYPE_LIVE_PARTICIPANT, NULL);
  self->participant = confab_participant_ref (participant);
  self->is_self = is_self;
  self->connection = g_strdup (is_self ? "connected" : "connecting");
  return self;
}

/**
 * confab_live_participant_get_participant:
 * @self: a live participant
 *
 * Returns: (transfer none): the value that the server told last
 * Since: 0.1
 */
ConfabParticipant *
confab_live_participant_get_participant (ConfabLiveParticipant *self)
{
  g_return_val_if_fail (CONFAB_IS_LIVE_PARTICIPANT (self), NULL);

  return self->participant;
}

static void
notify_changes (ConfabLiveParticipant *self, ConfabParticipant *before)
{
  GObject *object = G_OBJECT (self);
  ConfabParticipantFlags now = get_flags (self);
  ConfabParticipantFlags old;

  confab_participant_get_flags (before, &old);
  g_object_freeze_notify (object);
  g_object_notify_by_pspec (object, properties[PROP_PARTICIPANT]);
  if (g_strcmp0 (confab_participant_get_display_name (before),
                 confab_participant_get_display_name (self->participant)) != 0)
    g_object_notify_by_pspec (object, properties[PROP_DISPLAY_NAME]);
  if (confab_participant_get_role (before) != confab_participant_get_role (self->participant))
    g_object_notify_by_pspec (object, properties[PROP_ROLE]);
  if (old.is_muted != now.is_muted)
    g_object_notify_by_pspec (object, properties[PROP_MUTED]);
  if (old.is_deafened != now.is_deafened)
    g_object_notify_by_pspec (object, properties[PROP_DEAFENED]);
  if (old.is_listen_only != now.is_listen_only)
    g_object_notify_by_pspec (object, properties[PROP_LISTEN_ONLY]);
  if (old.is_recording != now.is_recording)
    g_object_notify_by_pspec (object, properties[PROP_RECORDING]);
  g_object_thaw_notify (object);
}

/**
 * confab_live_participant_set_participant:
 * @self: a live participant
 * @participant: how they are now, with the same identifier
 *
 * Replaces the value and notifies of what is another in it.
 *
 * Since: 0.1
 */
void
confab_live_participant_set_participant (ConfabLiveParticipant *self,
                                         ConfabParticipant *participant)
{
  g_autoptr (ConfabParticipant) before = NULL;

  g_return_if_fail (CONFAB_IS_LIVE_PARTICIPANT (self));
  g_return_if_fail (participant != NULL);
  g_return_if_fail (g_str_equal (confab_participant_get_id (participant),
                                 confab_participant_get_id (self->participant)));

  if (self->participant == participant)
    return;
  before = self->participant;
  self->participant = confab_participant_ref (participant);
  notify_changes (self, before);
}

/**
 * confab_live_participant_get_id:
 * @self: a live participant
 *
 * Returns: (transfer none): the identifier
 * Since: 0.1
 */
const char *
confab_live_participant_get_id (ConfabLiveParticipant *self)
{
  g_return_val_if_fail (CONFAB_IS_LIVE_PARTICIPANT (self), NULL);

  return confab_participant_get_id (self->participant);
}

/**
 * confab_live_participant_get_display_name:
 * @self: a live participant
 *
 * Returns: (transfer none): what others see, UTF-8
 * Since: 0.1
 */
const char *
confab_live_participant_get_display_name (ConfabLiveParticipant *self)
{
  g_return_val_if_fail (CONFAB_IS_LIVE_PARTICIPANT (self), NULL);

  return confab_participant_get_display_name (self->participant);
}

/**
 * confab_live_participant_get_muted:
 * @self: a live participant
 *
 * Returns: whether they send nothing that can be heard
 * Since: 0.1
 */
gboolean
confab_live_participant_get_muted (ConfabLiveParticipant *self)
{
  g_return_val_if_fail (CONFAB_IS_LIVE_PARTICIPANT (self), FALSE);

  return get_flags (self).is_muted;
}

/**
 * confab_live_participant_get_is_self:
 * @self: a live participant
 *
 * Returns: whether this is us
 * Since: 0.1
 */
gboolean
confab_live_participant_get_is_self (ConfabLiveParticipant *self)
{
  g_return_val_if_fail (CONFAB_IS_LIVE_PARTICIPANT (self), FALSE);

  return self->is_self;
}

/**
 * confab_live_participant_set_level:
 * @self: a live participant
 * @level_dbov: -127 to 0; anything beyond is brought there
 * @speaking: whether it is speech
 *
 * For whoever hears the sound, some ten times a second.
 *
 * Since: 0.1
 */
void
confab_live_participant_set_level (ConfabLiveParticipant *self,
                                   double level_dbov,
                                   gboolean speaking)
{
  double level = CLAMP (level_dbov, SILENCE_DBOV, 0.0);

  g_return_if_fail (CONFAB_IS_LIVE_PARTICIPANT (self));

  if (self->level_dbov < level || self->level_dbov > level) {
    self->level_dbov = level;
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LEVEL_DBOV]);
  }
  if (self->is_speaking != !!speaking) {
    self->is_speaking = !!speaking;
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SPEAKING]);
  }
}

/**
 * confab_live_participant_set_connection:
 * @self: a live participant
 * @connection: a word of #ConfabLiveParticipant:connection
 *
 * For whoever connects the sound.
 *
 * Since: 0.1
 */
void
confab_live_participant_set_connection (ConfabLiveParticipant *self, const char *connection)
{
  g_return_if_fail (CONFAB_IS_LIVE_PARTICIPANT (self));
  g_return_if_fail (connection != NULL);

  if (confab_set_str (&self->connection, connection))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CONNECTION]);
}

/**
 * confab_live_participant_set_safety_code:
 * @self: a live participant
 * @safety_code: (nullable): #ConfabLiveParticipant:safety-code
 *
 * For whoever connects the sound.
 *
 * Since: 0.1
 */
void
confab_live_participant_set_safety_code (ConfabLiveParticipant *self, const char *safety_code)
{
  g_return_if_fail (CONFAB_IS_LIVE_PARTICIPANT (self));

  if (confab_set_str (&self->safety_code, safety_code))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SAFETY_CODE]);
}

/**
 * confab_live_participant_get_safety_code:
 * @self: a live participant
 *
 * Returns: (transfer none) (nullable): #ConfabLiveParticipant:safety-code
 * Since: 0.1
 */
const char *
confab_live_participant_get_safety_code (ConfabLiveParticipant *self)
{
  g_return_val_if_fail (CONFAB_IS_LIVE_PARTICIPANT (self), NULL);

  return self->safety_code;
}
