/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-types.h"

G_BEGIN_DECLS

/* The tables of a Tel_call server, in the order in which they refer to each other. */
typedef enum {
  CONFABD_TEL_CALL_USERS,
  CONFABD_TEL_CALL_CALLS,
  CONFABD_TEL_CALL_PARTICIPANTS,
  CONFABD_TEL_CALL_STATS,
  CONFABD_TEL_CALL_FRIEND_LINKS,
} ConfabdTelCallTable;
#define CONFABD_TEL_CALL_N_TABLES (CONFABD_TEL_CALL_FRIEND_LINKS + 1)

/* The columns of each that have a place here, or that a remark is about. */
enum {
  USER_ID,
  USER_TELEGRAM,
  USER_NAME,
  USER_FIRST,
  USER_LAST,
  USER_PHOTO,
  USER_CREATED,
  USER_UPDATED
};
enum {
  CALL_ID,
  CALL_CODE,
  CALL_CREATOR,
  CALL_TITLE,
  CALL_VIDEO,
  CALL_STATUS,
  CALL_CREATED,
  CALL_EXPIRES
};
enum { PART_ID, PART_CALL, PART_USER, PART_JOINED, PART_LEFT };
enum {
  STAT_ID,
  STAT_CODE,
  STAT_USER,
  STAT_DURATION,
  STAT_KBPS,
  STAT_LOST,
  STAT_SENT,
  STAT_JITTER,
  STAT_RTT,
  STAT_CREATED
};
enum { LINK_USER, LINK_FRIEND, LINK_CREATED, LINK_UPDATED };
#define CONFABD_TEL_CALL_MAX_COLUMNS 10

typedef enum {
  CONFABD_CELL_NULL,
  CONFABD_CELL_INTEGER,
  CONFABD_CELL_REAL,
  CONFABD_CELL_TEXT,
  CONFABD_CELL_BLOB,
} ConfabdCellType;

typedef enum {
  CONFABD_TEL_CALL_ROW,     /* there is one, until the next */
  CONFABD_TEL_CALL_DAMAGED, /* there was one, or several, which cannot be read */
  CONFABD_TEL_CALL_END,
} ConfabdTelCallStep;

#define CONFABD_TYPE_TEL_CALL_READER (confabd_tel_call_reader_get_type ())
G_DECLARE_FINAL_TYPE (
    ConfabdTelCallReader, confabd_tel_call_reader, CONFABD, TEL_CALL_READER, GObject)

ConfabdTelCallReader *confabd_tel_call_reader_open (const char *path, GError **error);
const char *confabd_tel_call_reader_get_table_name (ConfabdTelCallTable table);

void confabd_tel_call_reader_begin (ConfabdTelCallReader *self, ConfabdTelCallTable table);
ConfabdTelCallStep confabd_tel_call_reader_next (ConfabdTelCallReader *self);

char *confabd_tel_call_reader_dup_id (ConfabdTelCallReader *self);
const char *confabd_tel_call_reader_get_damage (ConfabdTelCallReader *self);
gboolean confabd_tel_call_reader_is_second (ConfabdTelCallReader *self);
char *confabd_tel_call_reader_dup_digest (ConfabdTelCallReader *self);
ConfabdCellType confabd_tel_call_reader_get_type_of (ConfabdTelCallReader *self, guint column);
gint64 confabd_tel_call_reader_get_integer (ConfabdTelCallReader *self, guint column);
double confabd_tel_call_reader_get_real (ConfabdTelCallReader *self, guint column);
const char *confabd_tel_call_reader_get_text (ConfabdTelCallReader *self, guint column);
char *confabd_tel_call_reader_dup_key (ConfabdTelCallReader *self, guint column);

G_END_DECLS
