/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-database.h"

G_BEGIN_DECLS

#define EXPLAINING_TYPE_DATABASE (explaining_database_get_type ())
G_DECLARE_FINAL_TYPE (ExplainingDatabase, explaining_database, EXPLAINING, DATABASE, GObject)

/* Passes everything on to a database of SQLite, but asks it for the plan of each statement first:
 * one that would go through a whole table fails the test. */
ConfabdDatabase *explaining_database_new (ConfabdDatabase *inner);

/* Of one with as many rows as in years: what the planner makes of them is believed. */
ConfabdDatabase *explaining_database_new_full (ConfabdDatabase *inner);

G_END_DECLS
