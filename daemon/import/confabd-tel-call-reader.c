/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-import"

#include "config.h"

#include "confabd-foreign-file-private.h"
#include "confabd-tel-call-reader.h"

typedef struct {
  const char *name;
  const char *key; /* what tells rows apart, as text */
  const char *columns[CONFABD_TEL_CALL_MAX_COLUMNS + 1];
} Table;

static const Table tables[CONFABD_TEL_CALL_N_TABLES] = {
  [CONFABD_TEL_CALL_USERS] = { "users",
                               "CAST (id AS TEXT)",
                               { "id", "telegram_user_id", "username", "first_name", "last_name",
                                 "photo_url", "created_at", "updated_at" } },
  [CONFABD_TEL_CALL_CALLS] = { "calls",
                               "CAST (id AS TEXT)",
                               { "id", "call_id", "creator_user_id", "title", "is_video_enabled",
                                 "status", "created_at", "expires_at" } },
  [CONFABD_TEL_CALL_PARTICIPANTS] = { "participants",
                                      "CAST (id AS TEXT)",
                                      { "id", "call_id", "user_id", "joined_at", "left_at" } },
  [CONFABD_TEL_CALL_STATS] = { "call_stats",
                               "CAST (id AS TEXT)",
                               { "id", "call_id", "user_id", "duration_seconds",
                                 "audio_bitrate_kbps", "audio_packets_lost", "audio_packets_sent",
                                 "audio_jitter_ms", "rtt_ms", "created_at" } },
  [CONFABD_TEL_CALL_FRIEND_LINKS] = { "friend_links",
                                      "user_id || ':' || friend_id",
                                      { "user_id", "friend_id", "created_at", "updated_at" } },
};

/* In front of the columns of the table. */
enum { ROWID, KEY, IS_SECOND, N_OWN_COLUMNS };

typedef enum { FORWARD, BACKWARD, ENDED } Direction;

/**
 * ConfabdTelCallReader:
 *
 * The SQLite database of a Tel_call server, read only, as it was at one moment, row by row. What
 * older servers did not have reads as empty. Rows on damaged pages are stepped over where SQLite
 * can; a table that breaks off in the middle is read from its other end, too.
 *
 * Used by one thread at a time.
 */
struct _ConfabdTelCallReader {
  GObject parent_instance;

  ConfabdForeignFile *file; /* (owned) (nullable) until it is open */
  sqlite3_stmt *statement;  /* (owned) (nullable) stands on a row, or before the first */
  ConfabdTelCallTable table;
  Direction direction;
  gint64 first_rowid; /* between these two, rows were not read yet */
  gint64 last_rowid;
  char *damage;     /* (owned) (nullable) */
  char *damaged_id; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (ConfabdTelCallReader, confabd_tel_call_reader, G_TYPE_OBJECT)

static void
confabd_tel_call_reader_finalize (GObject *object)
{
  ConfabdTelCallReader *self = CONFABD_TEL_CALL_READER (object);

  g_clear_pointer (&self->statement, sqlite3_finalize);
  g_clear_pointer (&self->file, confabd_foreign_file_free);
  g_free (self->damage);
  g_free (self->damaged_id);

  G_OBJECT_CLASS (confabd_tel_call_reader_parent_class)->finalize (object);
}

static void
confabd_tel_call_reader_class_init (ConfabdTelCallReaderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confabd_tel_call_reader_finalize;
}

static void
confabd_tel_call_reader_init (ConfabdTelCallReader *self)
{
  self->direction = ENDED;
}

/* ---- opening ---- */

/* Whether SQLite itself sees to it that no two rows have one key. */
static gboolean
has_unique_key (ConfabdTelCallReader *self, const Table *table)
{
  g_autofree char *sql =
      g_strdup_printf ("SELECT count(*) FROM pragma_table_xinfo ('%s')"
                       " WHERE lower(name) = 'id' AND pk = 1 AND upper(type) = 'INTEGER'",
                       table->name);

  return g_str_equal (table->columns[0], "id") && confabd_foreign_file_ask (self->file, sql) == 1;
}

/* Rows that say to be the same one are told apart by who comes first. */
static gboolean
note_seconds (ConfabdTelCallReader *self, const Table *table)
{
  g_autofree char *make = g_strdup_printf (
      "CREATE TEMP TABLE seconds_%s (key TEXT PRIMARY KEY, first INTEGER) WITHOUT ROWID",
      table->name);
  g_autofree char *fill =
      g_strdup_printf ("INSERT INTO temp.seconds_%s SELECT %s, min(rowid) FROM main.%s"
                       " WHERE %s IS NOT NULL GROUP BY %s HAVING count(*) > 1",
                       table->name, table->key, table->name, table->key, table->key);

  if (!confabd_foreign_file_run (self->file, make)) {
    return FALSE;
  }
  /* Where the table cannot be read to its end, nor can it be told who comes twice. */
  if (!has_unique_key (self, table)) {
    confabd_foreign_file_run (self->file, fill);
  }
  return TRUE;
}

static gboolean
check_tables (ConfabdTelCallReader *self, GError **error)
{
  if (!confabd_foreign_file_has_column (self->file, "users", "telegram_user_id") ||
      !confabd_foreign_file_has_column (self->file, "calls", "id") ||
      !confabd_foreign_file_has_column (self->file, "calls", "creator_user_id")) {
    gboolean is_read = confabd_foreign_file_ask (
                           self->file, "SELECT count(*) FROM pragma_table_xinfo ('users')") >= 0;

    return confabd_foreign_file_refuse (self->file,
                                        is_read ? "it is no database of a Tel_call server"
                                                : confabd_foreign_file_get_trouble (self->file),
                                        error);
  }
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++) {
    if (!note_seconds (self, &tables[i])) {
      return confabd_foreign_file_refuse (self->file, confabd_foreign_file_get_trouble (self->file),
                                          error);
    }
  }
  return TRUE;
}

/**
 * confabd_tel_call_reader_open:
 * @path: a file
 * @error: return location for a #GError
 *
 * Fails with %CONFAB_ERROR_FAILED, and one sentence, for what is not there, not readable, no
 * database of SQLite, one whose first page is damaged, and one of something else.
 *
 * Returns: (transfer full): the reader, which sees the file as it is now
 */
ConfabdTelCallReader *
confabd_tel_call_reader_open (const char *path, GError **error)
{
  g_autoptr (ConfabdTelCallReader) self = g_object_new (CONFABD_TYPE_TEL_CALL_READER, NULL);

  self->file = confabd_foreign_file_open (path, error);
  return self->file != NULL && check_tables (self, error) ? g_steal_pointer (&self) : NULL;
}

/**
 * confabd_tel_call_reader_get_table_name:
 *
 * Returns: as it is called there
 */
const char *
confabd_tel_call_reader_get_table_name (ConfabdTelCallTable table)
{
  return tables[table].name;
}

/* ---- going through a table ---- */

/* Columns that are not there read as NULL. */
static char *
make_query (ConfabdTelCallReader *self)
{
  const Table *table = &tables[self->table];
  GString *sql = g_string_new (NULL);

  g_string_printf (sql,
                   "SELECT t.rowid, %s AS key, EXISTS (SELECT 1 FROM temp.seconds_%s s"
                   " WHERE s.key = %s AND s.first <> t.rowid)",
                   table->key, table->name, table->key);
  for (const char *const *column = table->columns; *column != NULL; column++) {
    g_string_append_printf (
        sql, ", %s%s",
        confabd_foreign_file_has_column (self->file, table->name, *column) ? "t." : "NULL AS ",
        *column);
  }
  g_string_append_printf (sql,
                          " FROM main.%s t WHERE t.rowid > ?1 AND t.rowid < ?2 ORDER BY t.rowid%s",
                          table->name, self->direction == BACKWARD ? " DESC" : "");
  return g_string_free (sql, FALSE);
}

static void
restart (ConfabdTelCallReader *self)
{
  g_autofree char *sql = make_query (self);

  g_clear_pointer (&self->statement, sqlite3_finalize);
  self->statement = confabd_foreign_file_prepare (self->file, sql);
  if (self->statement != NULL) {
    sqlite3_bind_int64 (self->statement, 1, self->first_rowid);
    sqlite3_bind_int64 (self->statement, 2, self->last_rowid);
  }
}

/**
 * confabd_tel_call_reader_begin:
 *
 * Goes to before the first row of @table. One that is not there has none.
 */
void
confabd_tel_call_reader_begin (ConfabdTelCallReader *self, ConfabdTelCallTable table)
{
  g_return_if_fail (CONFABD_IS_TEL_CALL_READER (self));

  self->table = table;
  self->direction =
      confabd_foreign_file_has_column (self->file, tables[table].name, tables[table].columns[0])
          ? FORWARD
          : ENDED;
  self->first_rowid = G_MININT64;
  self->last_rowid = G_MAXINT64;
  g_clear_pointer (&self->statement, sqlite3_finalize);
  if (self->direction == FORWARD) {
    restart (self);
  }
}

/* The pages of a damaged file may lead around in circles. */
static gboolean
is_new (ConfabdTelCallReader *self, gint64 rowid)
{
  return rowid > self->first_rowid && rowid < self->last_rowid;
}

/* The row that comes next, when its page can be found; it may be what cannot be read. */
static gboolean
find_next_rowid (ConfabdTelCallReader *self, gint64 *rowid)
{
  g_autofree char *sql =
      g_strdup_printf ("SELECT rowid FROM main.%s WHERE rowid > %" G_GINT64_FORMAT
                       " AND rowid < %" G_GINT64_FORMAT " ORDER BY rowid%s LIMIT 1",
                       tables[self->table].name, self->first_rowid, self->last_rowid,
                       self->direction == BACKWARD ? " DESC" : "");
  sqlite3_stmt *statement = confabd_foreign_file_prepare (self->file, sql);
  gboolean is_there = statement != NULL && sqlite3_step (statement) == SQLITE_ROW;

  if (is_there) {
    *rowid = sqlite3_column_int64 (statement, 0);
  }
  sqlite3_finalize (statement);
  return is_there && is_new (self, *rowid);
}

static void
pass_rowid (ConfabdTelCallReader *self, gint64 rowid)
{
  if (self->direction == FORWARD) {
    self->first_rowid = rowid;
  } else {
    self->last_rowid = rowid;
  }
}

static void
give_up (ConfabdTelCallReader *self)
{
  g_autofree char *first = g_strdup_printf ("row %" G_GINT64_FORMAT, self->first_rowid);
  g_autofree char *last = g_strdup_printf ("row %" G_GINT64_FORMAT, self->last_rowid);

  self->direction = ENDED;
  g_free (self->damage);
  self->damage = g_strdup_printf ("The file is damaged: what is between %s and %s cannot be read",
                                  self->first_rowid == G_MININT64 ? "the beginning" : first,
                                  self->last_rowid == G_MAXINT64 ? "the end" : last);
}

/* Steps over one row, else goes on from the other end, else gives up. */
static ConfabdTelCallStep
pass_damage (ConfabdTelCallReader *self)
{
  gint64 rowid = 0;

  g_free (self->damage);
  g_clear_pointer (&self->damaged_id, g_free);
  self->damage =
      g_strdup_printf ("It cannot be read: %s", confabd_foreign_file_get_trouble (self->file));
  if (find_next_rowid (self, &rowid)) {
    self->damaged_id = g_strdup_printf ("%" G_GINT64_FORMAT, rowid);
    pass_rowid (self, rowid);
    restart (self);
    return CONFABD_TEL_CALL_DAMAGED;
  }
  if (self->direction == FORWARD) {
    self->direction = BACKWARD;
    restart (self);
    return confabd_tel_call_reader_next (self);
  }
  give_up (self);
  return CONFABD_TEL_CALL_DAMAGED;
}

/**
 * confabd_tel_call_reader_next:
 *
 * Goes to the next row. What the functions below give is of it, and valid until then.
 *
 * Returns: whether there is one
 */
ConfabdTelCallStep
confabd_tel_call_reader_next (ConfabdTelCallReader *self)
{
  int rc;

  g_return_val_if_fail (CONFABD_IS_TEL_CALL_READER (self), CONFABD_TEL_CALL_END);

  if (self->direction == ENDED) {
    return CONFABD_TEL_CALL_END;
  }
  rc = self->statement != NULL ? sqlite3_step (self->statement) : SQLITE_ERROR;
  if (rc == SQLITE_ROW && is_new (self, sqlite3_column_int64 (self->statement, ROWID))) {
    g_clear_pointer (&self->damage, g_free);
    pass_rowid (self, sqlite3_column_int64 (self->statement, ROWID));
    return CONFABD_TEL_CALL_ROW;
  }
  if (rc != SQLITE_DONE) {
    return pass_damage (self);
  }
  if (self->direction == BACKWARD) {
    /* From this end all is well, but the two ends never met. */
    return pass_damage (self);
  }
  self->direction = ENDED;
  return CONFABD_TEL_CALL_END;
}

/**
 * confabd_tel_call_reader_dup_id:
 *
 * Returns: (transfer full) (nullable): what the row is called there; %NULL when nobody knows
 */
char *
confabd_tel_call_reader_dup_id (ConfabdTelCallReader *self)
{
  const char *key;

  if (self->damage != NULL) {
    return g_strdup (self->damaged_id);
  }
  key = (const char *) sqlite3_column_text (self->statement, KEY);
  return key != NULL ? g_utf8_make_valid (key, -1) : NULL;
}

/**
 * confabd_tel_call_reader_get_damage:
 *
 * Returns: (nullable): why there is no row, after %CONFABD_TEL_CALL_DAMAGED
 */
const char *
confabd_tel_call_reader_get_damage (ConfabdTelCallReader *self)
{
  return self->damage;
}

/**
 * confabd_tel_call_reader_is_second:
 *
 * Returns: whether another row before it says to be the same
 */
gboolean
confabd_tel_call_reader_is_second (ConfabdTelCallReader *self)
{
  return sqlite3_column_int (self->statement, IS_SECOND) != 0;
}

/* Its type in front, so that no two rows look alike; nothing is converted, which would change it.
 */
static void
add_cell (GChecksum *checksum, sqlite3_stmt *statement, int column)
{
  guchar type = (guchar) sqlite3_column_type (statement, column);
  gint64 integer;
  double real;
  int length;

  g_checksum_update (checksum, &type, 1);
  switch (type) {
  case SQLITE_INTEGER:
    integer = sqlite3_column_int64 (statement, column);
    g_checksum_update (checksum, (const guchar *) &integer, sizeof integer);
    break;
  case SQLITE_FLOAT:
    real = sqlite3_column_double (statement, column);
    g_checksum_update (checksum, (const guchar *) &real, sizeof real);
    break;
  case SQLITE_TEXT:
  case SQLITE_BLOB:
    length = sqlite3_column_bytes (statement, column);
    g_checksum_update (checksum, (const guchar *) &length, sizeof length);
    if (length > 0) {
      g_checksum_update (checksum, sqlite3_column_blob (statement, column), length);
    }
    break;
  default:
    break;
  }
}

/**
 * confabd_tel_call_reader_dup_digest:
 *
 * Returns: (transfer full): SHA-256 of all that was read of the row, in hexadecimal
 */
char *
confabd_tel_call_reader_dup_digest (ConfabdTelCallReader *self)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);

  for (int i = N_OWN_COLUMNS; i < sqlite3_column_count (self->statement); i++) {
    add_cell (checksum, self->statement, i);
  }
  return g_strdup (g_checksum_get_string (checksum));
}

ConfabdCellType
confabd_tel_call_reader_get_type_of (ConfabdTelCallReader *self, guint column)
{
  switch (sqlite3_column_type (self->statement, N_OWN_COLUMNS + (int) column)) {
  case SQLITE_INTEGER:
    return CONFABD_CELL_INTEGER;
  case SQLITE_FLOAT:
    return CONFABD_CELL_REAL;
  case SQLITE_TEXT:
    return CONFABD_CELL_TEXT;
  case SQLITE_BLOB:
    return CONFABD_CELL_BLOB;
  default:
    return CONFABD_CELL_NULL;
  }
}

gint64
confabd_tel_call_reader_get_integer (ConfabdTelCallReader *self, guint column)
{
  return sqlite3_column_int64 (self->statement, N_OWN_COLUMNS + (int) column);
}

double
confabd_tel_call_reader_get_real (ConfabdTelCallReader *self, guint column)
{
  return sqlite3_column_double (self->statement, N_OWN_COLUMNS + (int) column);
}

/**
 * confabd_tel_call_reader_get_text:
 *
 * Returns: (nullable) (transfer none): the text of the cell, which need not be UTF-8; %NULL when it
 *   holds something else
 */
const char *
confabd_tel_call_reader_get_text (ConfabdTelCallReader *self, guint column)
{
  return confabd_tel_call_reader_get_type_of (self, column) == CONFABD_CELL_TEXT
             ? (const char *) sqlite3_column_text (self->statement, N_OWN_COLUMNS + (int) column)
             : NULL;
}

/**
 * confabd_tel_call_reader_dup_key:
 *
 * Returns: (transfer full) (nullable): the cell as what another row is called; %NULL when nothing
 *   is called so
 */
char *
confabd_tel_call_reader_dup_key (ConfabdTelCallReader *self, guint column)
{
  const char *text = confabd_tel_call_reader_get_text (self, column);

  if (confabd_tel_call_reader_get_type_of (self, column) == CONFABD_CELL_INTEGER) {
    return g_strdup_printf ("%" G_GINT64_FORMAT,
                            confabd_tel_call_reader_get_integer (self, column));
  }
  return text != NULL ? g_utf8_make_valid (text, -1) : NULL;
}
