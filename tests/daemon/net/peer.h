/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "confabd-poller.h"

G_BEGIN_DECLS

/* Generous: the machine may be loaded. Nothing waits that long when it works. */
#define DEADLINE_US (20 * G_USEC_PER_SEC)

/* The other end of a connection, as a stranger would hold it: bytes, and nothing done for
 * politeness. */
typedef struct {
  int fd;
  GByteArray *received; /* (owned) what came and was not taken yet */
  gboolean is_at_end;   /* the server has closed, or reset */
} Peer;

typedef struct {
  guint8 opcode;
  gboolean is_final;
  GBytes *payload; /* (owned) */
} PeerFrame;

Peer *peer_new (int fd);
Peer *peer_connect (GSocketAddress *address);
Peer *peer_new_pair (int *server_fd);
void peer_free (Peer *self);

void peer_send (Peer *self, gconstpointer data, gsize length);
gssize peer_try_send (Peer *self, gconstpointer data, gsize length);
void peer_send_text (Peer *self, const char *text);
void peer_send_frame (Peer *self, guint8 first_byte, gconstpointer payload, gsize length);
void peer_send_unmasked (Peer *self, guint8 first_byte, gconstpointer payload, gsize length);
GBytes *peer_make_frame (guint8 first_byte,
                         gconstpointer payload,
                         gsize length,
                         gboolean is_masked);

gboolean peer_has (Peer *self, const char *text);
gboolean peer_take_frame (Peer *self, PeerFrame *frame);
PeerFrame peer_wait_frame (Peer *self);
guint peer_wait_close (Peer *self);
void peer_frame_clear (PeerFrame *frame);
gboolean peer_check_end (Peer *self);

/* Runs the main context once; returns at the latest after a millisecond. */
void iterate (void);

#define run_until(condition)                                           \
  G_STMT_START                                                         \
  {                                                                    \
    gint64 deadline_mono_us_ = g_get_monotonic_time () + DEADLINE_US;  \
                                                                       \
    while (!(condition)) {                                             \
      g_assert_cmpint (g_get_monotonic_time (), <, deadline_mono_us_); \
      iterate ();                                                      \
    }                                                                  \
  }                                                                    \
  G_STMT_END

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Peer, peer_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PeerFrame, peer_frame_clear)

G_END_DECLS
