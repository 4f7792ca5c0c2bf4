/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What two people compare to know that nobody is between them: docs/safety-code.md. */

#define CONFAB_AUDIO_SAFETY_SYMBOLS 4

/* One end of one connection: the certificate that was seen in DTLS, and a random text of its own.
 */
typedef struct {
  const char *fingerprint; /* (unowned) 32 upper-case pairs with colons */
  const char *nonce;       /* (unowned) passes confab_audio_safety_nonce_is_valid () */
} ConfabAudioSafetyEnd;

/* One of the four, as people see and say it. */
typedef struct {
  char *emoji; /* (owned) */
  char *name;  /* (owned) in the language asked for */
} ConfabAudioSafetySymbol;

char *confab_audio_safety_new_nonce (void);
gboolean confab_audio_safety_nonce_is_valid (const char *nonce);
char *confab_audio_safety_commit (const char *nonce);
char *confab_audio_safety_code_derive (const ConfabAudioSafetyEnd *one,
                                       const ConfabAudioSafetyEnd *other);

GPtrArray *confab_audio_safety_code_describe (const char *code, const char *const *languages);
char *confab_audio_safety_code_dup_sentence (const char *code, const char *const *languages);

G_END_DECLS
