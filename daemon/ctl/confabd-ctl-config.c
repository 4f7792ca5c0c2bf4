/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabctl"

#include "config.h"

#include "confab-error.h"
#include "confab-redact.h"
#include "confabd-ctl.h"

/* confabctl config: what confabd would be told by files and environment. */

typedef struct {
  JsonBuilder *builder; /* (unowned) (nullable) for JSON */
  const char *group;    /* (unowned) (nullable) the last one */
} Listing;

/* A password in the URL of a database is nobody's business. */
static char *
hide_password (const char *value)
{
  g_autoptr (GRegex) pattern = g_regex_new ("(://[^/@:]*):[^/@]*@", 0, 0, NULL);

  return g_regex_replace (pattern, value, -1, 0, "\\1:***@", 0, NULL);
}

static void
print_setting (
    const char *group, const char *key, const char *value, const char *origin, Listing *listing)
{
  if (g_strcmp0 (listing->group, group) != 0) {
    g_print ("%s[%s]\n", listing->group != NULL ? "\n" : "", group);
  }
  listing->group = group;
  g_print ("%s%s=%s", origin == NULL ? "#" : "", key, value != NULL ? value : "");
  g_print (origin != NULL ? "    (%s)\n" : "%s\n", origin != NULL ? origin : "");
}

static void
add_setting (
    const char *group, const char *key, const char *value, const char *origin, JsonBuilder *builder)
{
  json_builder_begin_object (builder);
  confabd_ctl_add_string (builder, "group", group);
  confabd_ctl_add_string (builder, "key", key);
  confabd_ctl_add_string (builder, "value", value);
  confabd_ctl_add_string (builder, "origin", origin);
  json_builder_end_object (builder);
}

static void
show_setting (
    const char *group, const char *key, const char *value, const char *origin, gpointer user_data)
{
  Listing *listing = user_data;
  g_autofree char *shown = value != NULL ? hide_password (value) : NULL;

  if (listing->builder != NULL) {
    add_setting (group, key, shown, origin, listing->builder);
  } else {
    print_setting (group, key, shown, origin, listing);
  }
}

static gboolean
run_show (ConfabdCtl *ctl, GError **error)
{
  g_autoptr (JsonBuilder) builder = ctl->as_json ? json_builder_new () : NULL;
  Listing listing = { builder, NULL };

  if (!confabd_ctl_parse (ctl, NULL, 0, error)) {
    return FALSE;
  }
  if (builder == NULL) {
    confabd_config_foreach (ctl->config, show_setting, &listing);
    return TRUE;
  }
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "settings");
  json_builder_begin_array (builder);
  confabd_config_foreach (ctl->config, show_setting, &listing);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  confabd_ctl_print_json (builder);
  return TRUE;
}

static void
print_mistakes_json (GPtrArray *mistakes)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "mistakes");
  json_builder_begin_array (builder);
  for (guint i = 0; i < mistakes->len; i++) {
    json_builder_add_string_value (builder, g_ptr_array_index (mistakes, i));
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  confabd_ctl_print_json (builder);
}

static void
print_mistakes (GPtrArray *mistakes)
{
  for (guint i = 0; i < mistakes->len; i++) {
    g_print ("%s\n", (const char *) g_ptr_array_index (mistakes, i));
  }
  if (mistakes->len == 0) {
    g_print ("Every setting is understood\n");
  }
}

static gboolean
run_check (ConfabdCtl *ctl, GError **error)
{
  GPtrArray *mistakes = confabd_config_get_mistakes (ctl->config);

  if (!confabd_ctl_parse (ctl, NULL, 0, error)) {
    return FALSE;
  }
  if (ctl->as_json) {
    print_mistakes_json (mistakes);
  } else {
    print_mistakes (mistakes);
  }
  if (mistakes->len > 0) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED,
                 mistakes->len == 1 ? "%u setting is wrong" : "%u settings are wrong",
                 mistakes->len);
  }
  return mistakes->len == 0;
}

const ConfabdCtlCommand confabd_ctl_config_commands[] = {
  { "config", "show", "", "Print every setting, what it is and who says so; “#” for defaults",
    run_show },
  { "config", "check", "", "Say which settings are wrong", run_check, .takes_mistakes = TRUE },
  { NULL },
};
