/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-import"

#include "config.h"

#include <math.h>
#include <string.h>

#include "confab-error.h"
#include "confabd-foreign-figures.h"
#include "confabd-foreign-time.h"
#include "confabd-name-finder.h"
#include "confabd-tel-call-mapper.h"

/* Rows of a Tel_call server as items of ours. */

#define TITLE_CHARS   255
#define MAX_URL_BYTES 2048
#define OPEN_US       G_TIME_SPAN_DAY /* of a call without an end there: as for a new one here */
#define MAX_KEY_BYTES 255

#define MAX_MS   60000.0
#define MAX_KBPS 10000.0

static gpointer
refuse (GError **error, const char *column, const char *why)
{
  g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST, "Its %s %s", column, why);
  return NULL;
}

/* ---- cells ---- */

typedef enum { TIME_THERE, TIME_EMPTY, TIME_WRONG } TimeState;

static TimeState
read_time (ConfabdTelCallReader *reader, guint column, gint64 *unix_us)
{
  const char *text = confabd_tel_call_reader_get_text (reader, column);

  if (confabd_tel_call_reader_get_type_of (reader, column) == CONFABD_CELL_NULL ||
      (text != NULL && *text == '\0')) {
    return TIME_EMPTY;
  }
  return confabd_foreign_time_parse (text, unix_us) ? TIME_THERE : TIME_WRONG;
}

static gboolean
need_time (
    ConfabdTelCallReader *reader, guint column, const char *name, gint64 *unix_us, GError **error)
{
  switch (read_time (reader, column, unix_us)) {
  case TIME_THERE:
    return TRUE;
  case TIME_EMPTY:
    refuse (error, name, "is missing");
    return FALSE;
  case TIME_WRONG:
    refuse (error, name, "is no time");
    return FALSE;
  }
  g_return_val_if_reached (FALSE);
}

/* A time that may be missing: then it is the one that is there already. */
static gboolean
may_have_time (
    ConfabdTelCallReader *reader, guint column, const char *name, gint64 *unix_us, GError **error)
{
  if (read_time (reader, column, unix_us) == TIME_WRONG) {
    refuse (error, name, "is no time");
    return FALSE;
  }
  return TRUE;
}

static char *
need_key (ConfabdTelCallReader *reader, guint column, const char *name, GError **error)
{
  g_autofree char *key = confabd_tel_call_reader_dup_key (reader, column);

  if (key == NULL || *key == '\0') {
    return refuse (error, name, "is missing");
  }
  if (strlen (key) > MAX_KEY_BYTES) {
    return refuse (error, name, "is far too long");
  }
  return g_steal_pointer (&key);
}

static gboolean
is_number (ConfabdTelCallReader *reader, guint column)
{
  ConfabdCellType type = confabd_tel_call_reader_get_type_of (reader, column);

  return type == CONFABD_CELL_INTEGER || type == CONFABD_CELL_REAL;
}

/* A figure of 0 to @max; what is not measured is -1. */
static gboolean
read_figure (ConfabdTelCallReader *reader,
             guint column,
             const char *name,
             double max,
             double *figure,
             GError **error)
{
  *figure = -1;
  if (confabd_tel_call_reader_get_type_of (reader, column) == CONFABD_CELL_NULL) {
    return TRUE;
  }
  *figure = is_number (reader, column) ? confabd_tel_call_reader_get_real (reader, column) : -1;
  if (!(*figure >= 0 && *figure <= max)) {
    refuse (error, name, "is no figure that can be believed");
    return FALSE;
  }
  return TRUE;
}

/* ---- users ---- */

static char *
read_avatar (ConfabdTelCallReader *reader, ConfabdImportReport *report)
{
  const char *url = confabd_tel_call_reader_get_text (reader, USER_PHOTO);

  if (url == NULL || *url == '\0') {
    return NULL;
  }
  if (!g_str_has_prefix (url, "https://") || strlen (url) > MAX_URL_BYTES ||
      !g_uri_is_valid (url, G_URI_FLAGS_NONE, NULL)) {
    confabd_import_report_add_remark (report, "users: pictures not at an https address were left");
    return NULL;
  }
  return g_strdup (url);
}

static gboolean
read_telegram (ConfabdTelCallReader *reader, ConfabdImportUser *user, GError **error)
{
  switch (confabd_tel_call_reader_get_type_of (reader, USER_TELEGRAM)) {
  case CONFABD_CELL_NULL:
    return TRUE;
  case CONFABD_CELL_INTEGER:
    user->telegram_id = confabd_tel_call_reader_get_integer (reader, USER_TELEGRAM);
    user->has_telegram = TRUE;
    if (user->telegram_id > 0) {
      return TRUE;
    }
    break;
  case CONFABD_CELL_REAL:
  case CONFABD_CELL_TEXT:
  case CONFABD_CELL_BLOB:
    break;
  }
  refuse (error, "telegram_user_id", "is no number of a Telegram user");
  return FALSE;
}

static gboolean
map_user (ConfabdTelCallReader *reader,
          ConfabdImportItem *item,
          ConfabdImportReport *report,
          GError **error)
{
  const ConfabdForeignName name = {
    confabd_tel_call_reader_get_text (reader, USER_NAME),
    confabd_tel_call_reader_get_text (reader, USER_FIRST),
    confabd_tel_call_reader_get_text (reader, USER_LAST),
    item->id,
  };
  ConfabdImportUser *user = &item->user;

  if (!read_telegram (reader, user, error) ||
      !need_time (reader, USER_CREATED, "created_at", &item->at_us, error)) {
    return FALSE;
  }
  user->updated_us = item->at_us;
  if (!may_have_time (reader, USER_UPDATED, "updated_at", &user->updated_us, error)) {
    return FALSE;
  }
  user->display_name = confabd_name_finder_make_display (&name);
  user->avatar_url = read_avatar (reader, report);
  for (guint i = 0; i < CONFABD_IMPORT_MAX_LOGINS; i++) {
    user->logins[i] = confabd_name_finder_make_login (&name, i);
  }
  return TRUE;
}

/* ---- calls ---- */

static const char *
read_state (ConfabdTelCallReader *reader)
{
  static const struct {
    const char *theirs;
    const char *ours;
  } states[] = { { "ACTIVE", "open" }, { "ENDED", "ended" }, { "EXPIRED", "expired" } };
  const char *status = confabd_tel_call_reader_get_text (reader, CALL_STATUS);

  for (guint i = 0; status != NULL && i < G_N_ELEMENTS (states); i++) {
    if (g_ascii_strcasecmp (status, states[i].theirs) == 0) {
      return states[i].ours;
    }
  }
  return NULL;
}

static char *
read_title (ConfabdTelCallReader *reader, ConfabdImportReport *report)
{
  const char *text = confabd_tel_call_reader_get_text (reader, CALL_TITLE);
  g_autofree char *title = confabd_name_finder_clean (text, TITLE_CHARS);

  if (text != NULL && strlen (text) > TITLE_CHARS && g_utf8_validate (text, -1, NULL) &&
      g_utf8_strlen (text, -1) > TITLE_CHARS) {
    confabd_import_report_add_remark (report, "calls: titles were cut after 255 characters");
  }
  return *title != '\0' ? g_steal_pointer (&title) : NULL;
}

static void
remark_video (ConfabdTelCallReader *reader, ConfabdImportReport *report)
{
  if (is_number (reader, CALL_VIDEO) && confabd_tel_call_reader_get_integer (reader, CALL_VIDEO)) {
    confabd_import_report_add_remark (
        report, "calls: is_video_enabled has no place here, calls are of voice alone");
  }
}

/* Is there a moment at which it was or will be over? */
static gboolean
read_expiry (ConfabdTelCallReader *reader, ConfabdImportItem *item, gint64 now_us, GError **error)
{
  gboolean is_open = g_str_equal (item->call.state, "open");

  item->call.expires_us = is_open ? MAX (now_us, item->at_us) + OPEN_US : item->at_us;
  if (!may_have_time (reader, CALL_EXPIRES, "expires_at", &item->call.expires_us, error)) {
    return FALSE;
  }
  if (item->call.expires_us < item->at_us) {
    refuse (error, "expires_at", "is before its created_at");
    return FALSE;
  }
  return TRUE;
}

static gboolean
map_call (ConfabdTelCallReader *reader,
          ConfabdImportItem *item,
          gint64 now_us,
          ConfabdImportReport *report,
          GError **error)
{
  ConfabdImportCall *call = &item->call;

  call->state = read_state (reader);
  if (call->state == NULL) {
    refuse (error, "status", "is none of ACTIVE, ENDED and EXPIRED");
    return FALSE;
  }
  call->creator_id = need_key (reader, CALL_CREATOR, "creator_user_id", error);
  if (call->creator_id == NULL ||
      !need_time (reader, CALL_CREATED, "created_at", &item->at_us, error) ||
      !read_expiry (reader, item, now_us, error)) {
    return FALSE;
  }
  call->code = need_key (reader, CALL_CODE, "call_id", error);
  if (call->code == NULL) {
    return FALSE;
  }
  call->title = read_title (reader, report);
  remark_video (reader, report);
  return TRUE;
}

/* ---- participants ---- */

static gboolean
map_participant (ConfabdTelCallReader *reader, ConfabdImportItem *item, GError **error)
{
  ConfabdImportParticipant *participant = &item->participant;

  participant->left_us = CONFABD_IMPORT_NO_TIME;
  participant->call_id = need_key (reader, PART_CALL, "call_id", error);
  if (participant->call_id == NULL) {
    return FALSE;
  }
  participant->user_id = need_key (reader, PART_USER, "user_id", error);
  if (participant->user_id == NULL ||
      !need_time (reader, PART_JOINED, "joined_at", &item->at_us, error) ||
      !may_have_time (reader, PART_LEFT, "left_at", &participant->left_us, error)) {
    return FALSE;
  }
  if (participant->left_us != CONFABD_IMPORT_NO_TIME && participant->left_us < item->at_us) {
    refuse (error, "left_at", "is before its joined_at");
    return FALSE;
  }
  return TRUE;
}

/* ---- quality ---- */

static gboolean
read_figures (ConfabdTelCallReader *reader, ConfabdForeignFigures *f, GError **error)
{
  return read_figure (reader, STAT_KBPS, "audio_bitrate_kbps", MAX_KBPS, &f->kbps, error) &&
         read_figure (reader, STAT_LOST, "audio_packets_lost", G_MAXINT64, &f->lost, error) &&
         read_figure (reader, STAT_SENT, "audio_packets_sent", G_MAXINT64, &f->sent, error) &&
         read_figure (reader, STAT_JITTER, "audio_jitter_ms", MAX_MS, &f->jitter_ms, error) &&
         read_figure (reader, STAT_RTT, "rtt_ms", MAX_MS, &f->rtt_ms, error);
}

static void
remark_missing (const ConfabdForeignFigures *f, ConfabdImportReport *report)
{
  if (f->kbps < 0 || f->lost < 0 || f->sent < 0 || f->jitter_ms < 0) {
    confabd_import_report_add_remark (report, "call_stats: 0 stands for figures that are missing");
  }
}

static gboolean
map_quality (ConfabdTelCallReader *reader,
             ConfabdImportItem *item,
             ConfabdImportReport *report,
             GError **error)
{
  ConfabdImportQuality *quality = &item->quality;
  ConfabdForeignFigures f = { 0 };

  quality->call_code = need_key (reader, STAT_CODE, "call_id", error);
  if (quality->call_code == NULL) {
    return FALSE;
  }
  quality->user_id = need_key (reader, STAT_USER, "user_id", error);
  if (quality->user_id == NULL ||
      !need_time (reader, STAT_CREATED, "created_at", &item->at_us, error) ||
      !read_figures (reader, &f, error)) {
    return FALSE;
  }
  remark_missing (&f, report);
  quality->rtt_us = f.rtt_ms >= 0 ? llround (f.rtt_ms * 1e3) : -1;
  quality->jitter_us = llround (MAX (f.jitter_ms, 0) * 1e3);
  quality->lost_ppm = llround (confabd_foreign_figures_get_lost_ratio (&f) * 1e6);
  quality->bitrate_bps = llround (MAX (f.kbps, 0) * 1e3);
  quality->mos_millis = llround (confabd_foreign_figures_guess_mos (&f) * 1e3);
  return TRUE;
}

/* ---- contacts ---- */

static gboolean
map_contact (ConfabdTelCallReader *reader, ConfabdImportItem *item, GError **error)
{
  ConfabdImportContact *contact = &item->contact;

  contact->user_id = need_key (reader, LINK_USER, "user_id", error);
  if (contact->user_id == NULL) {
    return FALSE;
  }
  contact->other_id = need_key (reader, LINK_FRIEND, "friend_id", error);
  if (contact->other_id == NULL ||
      !need_time (reader, LINK_CREATED, "created_at", &item->at_us, error)) {
    return FALSE;
  }
  contact->updated_us = item->at_us;
  return may_have_time (reader, LINK_UPDATED, "updated_at", &contact->updated_us, error);
}

/**
 * confabd_tel_call_get_kind:
 *
 * Returns: what rows of @table become
 */
ConfabdImportKind
confabd_tel_call_get_kind (ConfabdTelCallTable table)
{
  static const ConfabdImportKind kinds[] = {
    [CONFABD_TEL_CALL_USERS] = CONFABD_IMPORT_USER,
    [CONFABD_TEL_CALL_CALLS] = CONFABD_IMPORT_CALL,
    [CONFABD_TEL_CALL_PARTICIPANTS] = CONFABD_IMPORT_PARTICIPANT,
    [CONFABD_TEL_CALL_STATS] = CONFABD_IMPORT_QUALITY,
    [CONFABD_TEL_CALL_FRIEND_LINKS] = CONFABD_IMPORT_CONTACT,
  };

  return kinds[table];
}

static gboolean
map (ConfabdTelCallReader *reader,
     ConfabdImportItem *item,
     gint64 now_us,
     ConfabdImportReport *report,
     GError **error)
{
  switch (item->kind) {
  case CONFABD_IMPORT_USER:
    return map_user (reader, item, report, error);
  case CONFABD_IMPORT_CALL:
    return map_call (reader, item, now_us, report, error);
  case CONFABD_IMPORT_PARTICIPANT:
    return map_participant (reader, item, error);
  case CONFABD_IMPORT_QUALITY:
    return map_quality (reader, item, report, error);
  case CONFABD_IMPORT_CONTACT:
    return map_contact (reader, item, error);
  }
  g_return_val_if_reached (FALSE);
}

/**
 * confabd_tel_call_map:
 * @reader: stands on a row of @table
 * @now_us: now, in microseconds since 1970
 * @report: is told what of the row has no place here
 * @error: return location for a #GError
 *
 * Returns: (transfer full): what the row becomes; %NULL with one sentence about what is wrong with
 *   it
 */
ConfabdImportItem *
confabd_tel_call_map (ConfabdTelCallReader *reader,
                      ConfabdTelCallTable table,
                      gint64 now_us,
                      ConfabdImportReport *report,
                      GError **error)
{
  g_autoptr (ConfabdImportItem) item = g_new0 (ConfabdImportItem, 1);

  item->kind = confabd_tel_call_get_kind (table);
  item->id = confabd_tel_call_reader_dup_id (reader);
  if (item->id == NULL || strlen (item->id) > MAX_KEY_BYTES) {
    return refuse (error, "id", item->id == NULL ? "is missing" : "is far too long");
  }
  if (confabd_tel_call_reader_is_second (reader)) {
    return refuse (error, "id", "is that of another row before it");
  }
  item->digest = confabd_tel_call_reader_dup_digest (reader);
  return map (reader, item, now_us, report, error) ? g_steal_pointer (&item) : NULL;
}
