/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabctl"

#include "config.h"

#include "confabd-ctl.h"
#include "confabd-signing-key.h"

/* confabctl generate-key: what a server signs tokens with. */

static gboolean
run_generate_key (ConfabdCtl *ctl, GError **error)
{
  if (!confabd_ctl_parse (ctl, NULL, 1, error) ||
      !confabd_signing_key_generate (ctl->arguments[1], error)) {
    return FALSE;
  }
  if (ctl->as_json) {
    g_autoptr (JsonBuilder) builder = json_builder_new ();

    json_builder_begin_object (builder);
    json_builder_set_member_name (builder, "file");
    json_builder_add_string_value (builder, ctl->arguments[1]);
    json_builder_end_object (builder);
    confabd_ctl_print_json (builder);
  } else {
    g_print ("Made a key; name it in [auth] key-file, and let the user of confabd own it.\n");
  }
  return TRUE;
}

const ConfabdCtlCommand confabd_ctl_generate_key_commands[] = {
  { "generate-key", "", "FILE", "Make a key for [auth] key-file; never replaces one.",
    run_generate_key },
  { NULL },
};
