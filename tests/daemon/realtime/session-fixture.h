/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-message.h"
#include "confabd-accounts.h"
#include "confabd-hub.h"

G_BEGIN_DECLS

#define SESSION_TYPE_TRANSPORT (session_transport_get_type ())
G_DECLARE_FINAL_TYPE (SessionTransport, session_transport, SESSION, TRANSPORT, GObject)

/* A hub with everything below it on a database in memory. */
typedef struct {
  ConfabClock *clock; /* manual */
  ConfabdStore *store;
  ConfabdSessions *sessions;
  ConfabdAccounts *accounts;
  ConfabdTickets *tickets;
  ConfabdTurn *turn;
  ConfabdCalls *calls;
  ConfabdQuality *quality;
  ConfabdHub *hub;
} SessionFixture;

/* Somebody with a connection that lives in memory. */
typedef struct {
  SessionFixture *fixture;
  ConfabUser *user;
  SessionTransport *transport;
  char *participant; /* (nullable) once joined */
} Person;

void session_fixture_set_up (SessionFixture *self, gconstpointer data);
void session_fixture_tear_down (SessionFixture *self, gconstpointer data);
void session_fixture_settle (SessionFixture *self);
/* For what a test asks by itself. */
void session_fixture_on_result (GObject *source, GAsyncResult *result, gpointer user_data);
GAsyncResult *session_fixture_wait (GAsyncResult **slot);
char *session_fixture_issue (SessionFixture *self, ConfabUser *user);
ConfabUser *session_fixture_sign_in (SessionFixture *self, const char *name);
ConfabCall *session_fixture_create (SessionFixture *self, ConfabUser *user, guint max_participants);
void session_fixture_admit (SessionFixture *self, ConfabUser *user, ConfabCall *call);

void person_connect (Person *self, SessionFixture *fixture, ConfabUser *user);
void person_clear (Person *self);
void person_say (Person *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
void person_say_binary (Person *self);
void person_hang_up (Person *self, guint code, gboolean was_clean);
/* What comes next; each is checked to have the next seq. */
char *person_expect_text (Person *self);
ConfabMessage *person_expect (Person *self, const char *kind);
void person_expect_error (Person *self, const char *code, const char *about);
void person_expect_nothing (Person *self);
void person_expect_close (Person *self, guint code);
gboolean person_is_open (Person *self);

void person_hello (Person *self);
void person_join (Person *self, ConfabCall *call);
/* Hello, admitted and joined, with everybody's news taken in. */
void person_enter (Person *self, SessionFixture *fixture, const char *name, ConfabCall *call);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Person, person_clear)

G_END_DECLS
