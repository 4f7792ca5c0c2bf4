/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-call.h"
#include "confab-cli-voice-options.h"

G_BEGIN_DECLS

typedef enum { CONFAB_CLI_CREATE, CONFAB_CLI_DEVICES, CONFAB_CLI_JOIN } ConfabCliCommand;

/* What the command line asks for. All text is UTF-8, paths are as given. */
typedef struct {
  ConfabCliCommand command;
  char *server;                           /* (owned) (nullable) */
  char *name;                             /* (owned) (nullable) a guest's */
  char *login;                            /* (owned) (nullable) of an account */
  char *password_file;                    /* (owned) (nullable) "-" is standard input */
  char *title;                            /* (owned) (nullable) create */
  char *link;                             /* (owned) join: link, or code when there is a server */
  char *play_path;                        /* (owned) (nullable) */
  char *record_path;                      /* (owned) (nullable) */
  char *record_folder;                    /* (owned) (nullable) */
  char *dump_folder;                      /* (owned) (nullable) */
  ConfabRecordingPolicy recording_policy; /* create */
  char *microphone;                       /* (owned) (nullable) "" is the default one */
  char *speaker;                          /* (owned) (nullable) "" is the default one */
  gint64 duration_us;                     /* 0: as long as the call goes on */
  gboolean is_looping;
  gboolean is_echo;
  gboolean is_muted;
  gboolean is_relay_only;
  gboolean is_json;
  ConfabAudioTalkMode talk_mode;
  ConfabCliVoiceOptions voice;
} ConfabCliOptions;

ConfabCliOptions *confab_cli_options_parse (char **arguments, GError **error);
void confab_cli_options_free (ConfabCliOptions *self);
const char *confab_cli_get_help (void);
gboolean confab_cli_is_command (const char *word);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabCliOptions, confab_cli_options_free)

G_END_DECLS
