/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-connection.h"

G_BEGIN_DECLS

/* In the order in which they refer to each other. */
typedef enum {
  CONFABD_IMPORT_USER,
  CONFABD_IMPORT_CALL,
  CONFABD_IMPORT_PARTICIPANT,
  CONFABD_IMPORT_QUALITY,
  CONFABD_IMPORT_CONTACT,
} ConfabdImportKind;
#define CONFABD_IMPORT_N_KINDS (CONFABD_IMPORT_CONTACT + 1)

#define CONFABD_IMPORT_MAX_LOGINS 4
#define CONFABD_IMPORT_NO_TIME    G_MININT64

typedef struct {
  char *display_name;
  char *logins[CONFABD_IMPORT_MAX_LOGINS + 1]; /* the first that nobody has becomes theirs */
  gboolean has_telegram;
  gint64 telegram_id;
  char *avatar_url; /* (nullable) */
  gint64 updated_us;
} ConfabdImportUser;

typedef struct {
  char *creator_id; /* there */
  char *code;       /* (nullable) by which quality refers to it there; here it gets another */
  char *title;      /* (nullable) */
  const char *state;
  gint64 expires_us;
} ConfabdImportCall;

typedef struct {
  char *call_id;  /* there */
  char *user_id;  /* there */
  gint64 left_us; /* or CONFABD_IMPORT_NO_TIME */
} ConfabdImportParticipant;

typedef struct {
  char *call_code; /* there */
  char *user_id;   /* there */
  gint64 rtt_us;   /* negative: not known */
  gint64 jitter_us;
  gint64 lost_ppm;
  gint64 bitrate_bps;
  gint64 mos_millis;
} ConfabdImportQuality;

typedef struct {
  char *user_id;  /* there */
  char *other_id; /* there */
  gint64 updated_us;
} ConfabdImportContact;

/**
 * ConfabdImportItem:
 * @kind: which of the union it is
 * @id: what it is called there
 * @digest: of all that is known of it there: another one, another item
 * @at_us: when it was made, joined or measured, in microseconds since 1970
 *
 * Something of another server on its way into the store. All strings are owned.
 */
typedef struct {
  ConfabdImportKind kind;
  char *id;
  char *digest;
  gint64 at_us;
  union {
    ConfabdImportUser user;
    ConfabdImportCall call;
    ConfabdImportParticipant participant;
    ConfabdImportQuality quality;
    ConfabdImportContact contact;
  };
} ConfabdImportItem;

typedef enum {
  CONFABD_IMPORT_DONE,
  CONFABD_IMPORT_UNCHANGED, /* it came over before, as it is */
  CONFABD_IMPORT_BROKEN,
} ConfabdImportOutcome;

typedef struct {
  ConfabdImportOutcome outcome;
  char *why; /* (owned) (nullable) of what is broken: one sentence */
} ConfabdImportResult;

void confabd_import_item_free (ConfabdImportItem *self);
void confabd_import_result_free (ConfabdImportResult *self);

GPtrArray *confabd_store_import_items (ConfabdConnection *connection,
                                       const char *source,
                                       GPtrArray *items,
                                       gint64 now_us,
                                       GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdImportItem, confabd_import_item_free)

G_END_DECLS
