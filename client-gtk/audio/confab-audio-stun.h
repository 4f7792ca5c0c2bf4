/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* As much of STUN (RFC 8489) and TURN (RFC 8656) as it takes to ask for a place. */

#define CONFAB_AUDIO_STUN_MAX_BYTES  1500
#define CONFAB_AUDIO_STUN_HEAD_BYTES 20

typedef enum {
  CONFAB_AUDIO_STUN_ALLOCATE = 3,
  CONFAB_AUDIO_STUN_REFRESH = 4
} ConfabAudioStunMethod;

typedef struct {
  const char *username;
  const char *password;
  char *realm; /* (owned) (nullable) as the server said */
  char *nonce; /* (owned) (nullable) */
} ConfabAudioStunLogin;

typedef struct {
  gboolean is_success;
  guint error_code; /* 300..699; 0 without one */
  char *realm;      /* (owned) (nullable) */
  char *nonce;      /* (owned) (nullable) */
} ConfabAudioStunReply;

GByteArray *confab_audio_stun_request (ConfabAudioStunMethod method,
                                       guint32 lifetime_s,
                                       const ConfabAudioStunLogin *login);
gboolean confab_audio_stun_parse_reply (const guint8 *data,
                                        gsize size,
                                        const guint8 *request,
                                        ConfabAudioStunReply *reply);
void confab_audio_stun_reply_clear (ConfabAudioStunReply *reply);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ConfabAudioStunReply, confab_audio_stun_reply_clear)

G_END_DECLS
