/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "confab-live-participant.h"

G_BEGIN_DECLS

#define UI_DEADLINE_S 20

/* What the pages ask for: each action that was activated, with its parameter or new state, as
 * "name(value)". */
typedef struct {
  GtkWidget *window;        /* (owned) */
  GSimpleActionGroup *call; /* (owned) */
  GSimpleActionGroup *home; /* (owned) */
  GPtrArray *asked;         /* (owned) (element-type utf8) */
} UiFixture;

void ui_init (int *argc, char ***argv);

UiFixture *ui_fixture_new (GtkWidget *page, int width, int height);
void ui_fixture_free (UiFixture *self);
const char *ui_fixture_get_last (UiFixture *self);
void ui_fixture_shoot (UiFixture *self, const char *name);
void ui_shoot_window (GtkWidget *window, const char *name);
void ui_fixture_shoot_popover (UiFixture *self, const char *name);
void ui_fixture_settle (UiFixture *self);

GListStore *ui_make_roster (guint n_people);
ConfabLiveParticipant *ui_make_person (const char *name, ConfabRole role, gboolean is_self);
void ui_set_flags (ConfabLiveParticipant *person, ConfabParticipantFlags flags);
GListModel *ui_make_devices (const char *const *names);

typedef gboolean (*UiPredicate) (GtkWidget *widget, gpointer user_data);
GtkWidget *ui_find (GtkWidget *root, UiPredicate predicate, gpointer user_data);
GtkWidget *ui_find_label (GtkWidget *root, const char *text);
GtkWidget *ui_find_button (GtkWidget *root, const char *action_name);
char *ui_find_nameless (GtkWidget *root);

/* Runs the loop until the condition holds; fails at the deadline. */
#define ui_wait_until(condition)                                                    \
  G_STMT_START                                                                      \
  {                                                                                 \
    gint64 deadline = g_get_monotonic_time () + UI_DEADLINE_S * G_TIME_SPAN_SECOND; \
    while (!(condition)) {                                                          \
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);                       \
      g_main_context_iteration (NULL, FALSE);                                       \
      g_usleep (1000);                                                              \
    }                                                                               \
  }                                                                                 \
  G_STMT_END

G_END_DECLS
