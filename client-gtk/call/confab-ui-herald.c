/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-ui-herald"

#include "config.h"

#include <glib/gi18n.h>

#include "confab-attendance.h"
#include "confab-ui-herald.h"

#define SHOWN_MS 6000 /* time to look up from what one does, and for a screen reader */
#define TICK_S   1

/**
 * ConfabUiHerald:
 *
 * Nobody joins silently: says on the page, and rings, when somebody comes or goes. For one stay, as
 * long as it lives. The bell is switched by the key `chimes`.
 */
struct _ConfabUiHerald {
  GObject parent_instance;

  ConfabUiCallPage *page;       /* (owned) */
  ConfabConference *conference; /* (owned) */
  ConfabUiSettings *settings;   /* (owned) */
  ConfabAttendance *attendance; /* (owned) */
  guint ticker;
  guint hider;
};

G_DEFINE_FINAL_TYPE (ConfabUiHerald, confab_ui_herald, G_TYPE_OBJECT)

static gint64
get_now_ms (void)
{
  return g_get_monotonic_time () / G_TIME_SPAN_MILLISECOND;
}

static gboolean
on_shown_long_enough (gpointer user_data)
{
  ConfabUiHerald *self = user_data;

  self->hider = 0;
  confab_ui_call_page_set_notice (self->page, CONFAB_UI_NOTICE_PRESENCE, NULL);
  return G_SOURCE_REMOVE;
}

/* One name, or one and how many others. */
static char *
describe (ConfabAttendanceKind kind, const char *name, guint n_others)
{
  if (kind == CONFAB_ATTENDANCE_RETURNED)
    return n_others == 0 ? g_strdup_printf (_ ("%s is back"), name)
                         : g_strdup_printf (ngettext ("%s and %u other are back",
                                                      "%s and %u others are back", n_others),
                                            name, n_others);
  if (kind == CONFAB_ATTENDANCE_JOINED)
    return n_others == 0 ? g_strdup_printf (_ ("%s joined the call"), name)
                         : g_strdup_printf (ngettext ("%s and %u other joined the call",
                                                      "%s and %u others joined the call", n_others),
                                            name, n_others);
  return n_others == 0 ? g_strdup_printf (_ ("%s left the call"), name)
                       : g_strdup_printf (ngettext ("%s and %u other left the call",
                                                    "%s and %u others left the call", n_others),
                                          name, n_others);
}

static void
ring (ConfabUiHerald *self, ConfabAttendanceKind kind)
{
  if (kind != CONFAB_ATTENDANCE_RETURNED &&
      g_settings_get_boolean (confab_ui_settings_get_store (self->settings), CONFAB_UI_KEY_CHIMES))
    confab_audio_engine_ring (confab_conference_get_engine (self->conference),
                              kind == CONFAB_ATTENDANCE_JOINED ? CONFAB_AUDIO_CHIME_JOINED
                                                               : CONFAB_AUDIO_CHIME_LEFT);
}

static void
on_told (ConfabAttendanceKind kind, const char *const *names, gboolean is_first, gpointer user_data)
{
  ConfabUiHerald *self = user_data;
  guint n_others = g_strv_length ((char **) names) - 1;
  g_autofree char *text = describe (kind, names[0], n_others);

  confab_ui_call_page_set_notice (self->page, CONFAB_UI_NOTICE_PRESENCE, text);
  g_clear_handle_id (&self->hider, g_source_remove);
  self->hider = g_timeout_add (SHOWN_MS, on_shown_long_enough, self);
  if (is_first)
    ring (self, kind);
}

static const char *
get_user (ConfabLiveParticipant *participant)
{
  ConfabParticipant *value = confab_live_participant_get_participant (participant);
  const char *user_id = confab_participant_get_user_id (value);

  return user_id != NULL ? user_id : confab_participant_get_id (value);
}

static void
on_joined (ConfabUiHerald *self, ConfabLiveCall *call)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (call));

  confab_attendance_restart (self->attendance, get_now_ms ());
  for (guint i = 0; i < n; i++) {
    g_autoptr (ConfabLiveParticipant) one = g_list_model_get_item (G_LIST_MODEL (call), i);

    if (!confab_live_participant_get_is_self (one))
      confab_attendance_found (self->attendance, get_user (one),
                               confab_live_participant_get_display_name (one), get_now_ms ());
  }
}

static void
on_participant_joined (ConfabUiHerald *self, ConfabLiveParticipant *participant)
{
  confab_attendance_came (self->attendance, get_user (participant),
                          confab_live_participant_get_display_name (participant), get_now_ms ());
}

static void
on_participant_left (ConfabUiHerald *self, ConfabLiveParticipant *participant)
{
  ConfabParticipant *value = confab_live_participant_get_participant (participant);
  gboolean is_lost = g_strcmp0 (confab_participant_get_leave_reason (value), "lost") == 0;

  confab_attendance_went (self->attendance, get_user (participant),
                          confab_live_participant_get_display_name (participant), is_lost,
                          get_now_ms ());
}

static gboolean
on_tick (gpointer user_data)
{
  ConfabUiHerald *self = user_data;

  confab_attendance_tick (self->attendance, get_now_ms ());
  return G_SOURCE_CONTINUE;
}

static void
confab_ui_herald_dispose (GObject *object)
{
  ConfabUiHerald *self = CONFAB_UI_HERALD (object);

  g_clear_handle_id (&self->ticker, g_source_remove);
  g_clear_handle_id (&self->hider, g_source_remove);
  g_clear_pointer (&self->attendance, confab_attendance_free);
  g_clear_object (&self->page);
  g_clear_object (&self->conference);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (confab_ui_herald_parent_class)->dispose (object);
}

static void
confab_ui_herald_class_init (ConfabUiHeraldClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = confab_ui_herald_dispose;
}

static void
confab_ui_herald_init (ConfabUiHerald *self)
{
  self->attendance = confab_attendance_new (on_told, self);
  self->ticker = g_timeout_add_seconds (TICK_S, on_tick, self);
}

/**
 * confab_ui_herald_new:
 * @page: (transfer none): where to say it
 * @conference: (transfer none): of one stay that has not begun
 * @settings: (transfer none): whether to ring
 *
 * Returns: (transfer full): a herald for as long as it lives
 */
ConfabUiHerald *
confab_ui_herald_new (ConfabUiCallPage *page,
                      ConfabConference *conference,
                      ConfabUiSettings *settings)
{
  ConfabUiHerald *self = NULL;
  ConfabLiveCall *call = NULL;

  g_return_val_if_fail (CONFAB_UI_IS_CALL_PAGE (page), NULL);
  g_return_val_if_fail (CONFAB_IS_CONFERENCE (conference), NULL);
  g_return_val_if_fail (CONFAB_UI_IS_SETTINGS (settings), NULL);

  self = g_object_new (CONFAB_UI_TYPE_HERALD, NULL);
  self->page = g_object_ref (page);
  self->conference = g_object_ref (conference);
  self->settings = g_object_ref (settings);
  call = confab_conference_get_call (conference);
  g_signal_connect_object (call, "joined", G_CALLBACK (on_joined), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (call, "participant-joined", G_CALLBACK (on_participant_joined), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (call, "participant-left", G_CALLBACK (on_participant_left), self,
                           G_CONNECT_SWAPPED);
  return self;
}
