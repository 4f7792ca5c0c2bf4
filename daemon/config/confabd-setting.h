/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-types.h"

G_BEGIN_DECLS

typedef struct _ConfabdSetting ConfabdSetting;

/* How the text of a setting becomes the value of a field: either of two ways. What is wrong with a
 * text is the message of the error; the field is left alone then. */
typedef struct {
  /* A value that somebody owns: (transfer full), NULL on error. */
  gpointer (*parse) (const char *text, GError **error);
  GDestroyNotify free;
  /* Any other. */
  gboolean (*read) (const ConfabdSetting *setting,
                    const char *text,
                    gpointer field,
                    GError **error);
} ConfabdSettingType;

typedef struct {
  const char *name;
  int value;
} ConfabdChoice;

/* One row of a group's table. All strings are static. */
struct _ConfabdSetting {
  const char *key;
  const char *fallback; /* as in the key file; NULL: nothing is set */
  const ConfabdSettingType *type;
  gsize offset;                 /* of the field in the values of its group */
  guint min, max;               /* of a number */
  const ConfabdChoice *choices; /* of a choice, the last one without a name */
};

extern const ConfabdSettingType confabd_setting_number;      /* guint */
extern const ConfabdSettingType confabd_setting_choice;      /* int, or an enum */
extern const ConfabdSettingType confabd_setting_path;        /* char *, absolute */
extern const ConfabdSettingType confabd_setting_secret;      /* GBytes * */
extern const ConfabdSettingType confabd_setting_secret_file; /* GBytes *, of the file so named */

/* A group: a file of ours, a section in brackets of theirs. */
typedef struct {
  const char *name;
  gsize size; /* of its values, a struct that begins as zeros */
  const ConfabdSetting *settings;
  gsize n_settings;
  void (*set_defaults) (gpointer values);            /* (nullable) those that are no constant */
  char *(*dup_contradiction) (gconstpointer values); /* (nullable) NULL when all goes together */
} ConfabdConfigGroup;

gboolean confabd_setting_apply (const ConfabdSetting *self,
                                const char *text,
                                gpointer values,
                                GError **error);
void confabd_setting_clear (const ConfabdSetting *self, gpointer values);

gpointer confabd_setting_set_bad (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);
char **confabd_setting_split (const char *text);

G_END_DECLS
