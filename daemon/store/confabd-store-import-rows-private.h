/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-store-import.h"

G_BEGIN_DECLS

/* An import under way, in one transaction. */
typedef struct {
  ConfabdConnection *connection; /* (unowned) for the length of the call */
  const char *source;            /* (unowned) whose database it is, as in the table of imports */
  gint64 now_us;
} ConfabdImportPass;

char *confabd_import_find (const ConfabdImportPass *pass,
                           const char *kind,
                           const char *id,
                           GError **error);
char *confabd_import_add (const ConfabdImportPass *pass,
                          const ConfabdImportItem *item,
                          GError **error);
gboolean confabd_import_update (const ConfabdImportPass *pass,
                                const ConfabdImportItem *item,
                                const char *local_id,
                                gint64 imported_us,
                                GError **error);

/* For the files confabd-store-import-*.c. */
gboolean confabd_import_execute (const ConfabdImportPass *pass,
                                 const char *sql,
                                 GVariant *parameters,
                                 GError **error);
gboolean confabd_import_add_member (const ConfabdImportPass *pass,
                                    const char *call_id,
                                    const char *user_id,
                                    const char *role,
                                    gint64 at_us,
                                    GError **error);
char *confabd_import_add_participant (const ConfabdImportPass *pass,
                                      const ConfabdImportItem *item,
                                      GError **error);
gboolean confabd_import_update_participant (const ConfabdImportPass *pass,
                                            const ConfabdImportItem *item,
                                            const char *id,
                                            GError **error);
char *confabd_import_add_quality (const ConfabdImportPass *pass,
                                  const ConfabdImportItem *item,
                                  GError **error);

/* Also the names of the kinds in the table of imports. */
#define CONFABD_IMPORT_NAME_OF_USER "users"
#define CONFABD_IMPORT_NAME_OF_CALL "calls"
#define CONFABD_IMPORT_NAME_OF_CODE "call-codes"

G_END_DECLS
