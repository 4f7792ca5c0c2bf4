/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a network does to packets, on a clock of the test's own; changed as the test goes on. */
typedef struct {
  double loss;      /* 0..1, share of the packets */
  double burst;     /* mean number of packets lost in a row, 1 = each by itself */
  double delay_ms;  /* of all packets */
  double jitter_ms; /* standard deviation around delay_ms; packets overtake each other */
  double rate_kbps; /* with headers; 0 = unlimited. What waits for longer than 400 ms is dropped */
  double duplicates;
  double stall_s;  /* mean time between two stalls, in which nothing comes through; 0 = none */
  double stall_ms; /* the longest; the shortest is a quarter of it */
  gboolean is_cut;
} BadNetworkFigures;

typedef struct {
  BadNetworkFigures figures;

  /*< private >*/
  GRand *random;   /* (owned) */
  GArray *packets; /* (element-type BadNetworkPacket) (owned) under way */
  gboolean is_losing;
  double free_at_us; /* when the last packet will have left through the bottleneck */
  double stall_us;   /* when the last stall begins or began, ... */
  double flows_us;   /* ... and when what it held up comes, all at once */
} BadNetwork;

typedef struct {
  gint64 arrival_us;
  guint16 seq;
  guint32 timestamp;
  GBytes *payload; /* (owned) */
} BadNetworkPacket;

typedef void (*BadNetworkFunc) (const BadNetworkPacket *packet, gpointer user_data);

void bad_network_init (BadNetwork *self, guint32 seed);
void bad_network_clear (BadNetwork *self);
void bad_network_send (
    BadNetwork *self, guint16 seq, guint32 timestamp, GBytes *payload, gint64 now_us);
void bad_network_deliver (BadNetwork *self,
                          gint64 until_us,
                          BadNetworkFunc func,
                          gpointer user_data);

G_END_DECLS
