/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-database.h"

G_BEGIN_DECLS

/* Another driver joins the suites by a line in factory.c. */
typedef struct {
  const char *name;
  ConfabdDatabase *(*open) (const char *folder, GError **error);
} DatabaseFactory;

extern const DatabaseFactory database_factories[];
/* Without those of PostgreSQL, which are the last, where there is no server. */
guint count_database_factories (void);

char *test_make_folder (void);
char *test_make_postgres_url (void);
void test_remove_folder (const char *folder);
gpointer test_run_script (ConfabdConnection *connection, gpointer sql, GError **error);
gboolean test_try_execute (ConfabdDatabase *database, const char *sql, GError **error);
void test_execute (ConfabdDatabase *database, const char *sql);

/* Adds "/FACTORY/path" for every factory. */
#define TEST_ADD_FOR_ALL(path, Fixture, set_up, run, tear_down)                                \
  G_STMT_START                                                                                 \
  {                                                                                            \
    for (guint factory_i = 0; factory_i < count_database_factories (); factory_i++) {          \
      g_autofree char *full_path =                                                             \
          g_strdup_printf ("/%s%s", database_factories[factory_i].name, path);                 \
      g_test_add (full_path, Fixture, &database_factories[factory_i], set_up, run, tear_down); \
    }                                                                                          \
  }                                                                                            \
  G_STMT_END

G_END_DECLS
