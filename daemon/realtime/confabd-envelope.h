/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-message.h"

G_BEGIN_DECLS

#define CONFABD_ENVELOPE_MAX_DEPTH 32 /* a message of ours has three levels */
/* {"seq":18446744073709551615,"from":"abcdefghjkmnpqrstvwxyz0123", and the end of the string */
#define CONFABD_ENVELOPE_HEAD_SIZE 65

/* Where a value stands in the scanned text, without its quotes. A length of 0 also means absent. */
typedef struct {
  gsize offset;
  gsize length;
} ConfabdSpan;

/* What the daemon needs to know of a message it does not decode. Holds offsets into the text, never
 * the text. */
typedef struct {
  gsize body;       /* just behind the opening brace */
  ConfabdSpan type; /* always there in a scanned envelope */
  ConfabdSpan to;
  guint has_from : 1;
  guint has_seq : 1;
} ConfabdEnvelope;

gboolean confabd_envelope_scan (ConfabdEnvelope *self, GBytes *text, GError **error);
gboolean confabd_envelope_is (const ConfabdEnvelope *self, GBytes *text, const char *type);
char *confabd_envelope_dup_to (const ConfabdEnvelope *self, GBytes *text);
GBytes *confabd_envelope_dup_body (const ConfabdEnvelope *self, GBytes *text);
gsize confabd_envelope_write_head (char *head, guint64 seq, const char *from);
GBytes *confabd_envelope_encode_body (ConfabMessage *message);

G_END_DECLS
