/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "bad-network.h"

#include <math.h>
#include <string.h>

#define OVERHEAD_BYTES 50 /* IPv4, UDP, RTP and the tag of SRTP */
#define QUEUE_US       (400 * 1000)

static void
clear_packet (gpointer data)
{
  BadNetworkPacket *packet = data;

  g_clear_pointer (&packet->payload, g_bytes_unref);
}

void
bad_network_init (BadNetwork *self, guint32 seed)
{
  memset (self, 0, sizeof *self);
  self->random = g_rand_new_with_seed (seed);
  self->packets = g_array_new (FALSE, FALSE, sizeof (BadNetworkPacket));
  g_array_set_clear_func (self->packets, clear_packet);
  self->figures.burst = 1;
}

void
bad_network_clear (BadNetwork *self)
{
  g_array_unref (self->packets);
  g_rand_free (self->random);
}

/* Two states: a good one that loses nothing and a bad one that loses everything (Gilbert 1960). */
static gboolean
is_lost (BadNetwork *self)
{
  double loss = self->figures.loss;
  double leave = 1 / MAX (self->figures.burst, 1);
  double enter = self->figures.burst > 1 ? loss * leave / (1 - loss) : loss;

  if (self->is_losing && self->figures.burst > 1)
    self->is_losing = g_rand_double (self->random) >= leave;
  else
    self->is_losing = g_rand_double (self->random) < enter;
  return self->is_losing || self->figures.is_cut;
}

/* Box and Muller. */
static double
get_gaussian (BadNetwork *self)
{
  double radius = sqrt (-2 * log (1 - g_rand_double (self->random)));

  return radius * cos (2 * G_PI * g_rand_double (self->random));
}

/* Returns how long the packet waits for its turn, negative when the queue is full. */
static double
wait_for_bottleneck (BadNetwork *self, gsize size, double now_us)
{
  double start_us = MAX (now_us, self->free_at_us);

  if (self->figures.rate_kbps <= 0)
    return 0;
  if (start_us - now_us > QUEUE_US)
    return -1;
  self->free_at_us = start_us + (double) (size + OVERHEAD_BYTES) * 8000 / self->figures.rate_kbps;
  return self->free_at_us - now_us;
}

/* Stalls come at random (Poisson), a processor or a radio that is taken away for a moment. Returns
 * when the packet arrives. */
static double
stall (BadNetwork *self, double arrival_us)
{
  if (self->figures.stall_s <= 0)
    return arrival_us;
  while (arrival_us >= self->flows_us) {
    double interval_s = -log (1 - g_rand_double (self->random)) * self->figures.stall_s;
    double part = g_rand_double_range (self->random, 0.25, 1);

    self->stall_us = self->flows_us + interval_s * 1e6;
    self->flows_us = self->stall_us + part * self->figures.stall_ms * 1000;
  }
  return arrival_us >= self->stall_us ? self->flows_us : arrival_us;
}

void
bad_network_send (BadNetwork *self, guint16 seq, guint32 timestamp, GBytes *payload, gint64 now_us)
{
  double late_ms = self->figures.delay_ms + self->figures.jitter_ms * get_gaussian (self);
  double waits_us = wait_for_bottleneck (self, g_bytes_get_size (payload), (double) now_us);
  guint n = g_rand_double (self->random) < self->figures.duplicates ? 2 : 1;

  if (is_lost (self) || waits_us < 0)
    return;
  for (guint i = 0; i < n; i++) {
    BadNetworkPacket packet = { .seq = seq, .timestamp = timestamp };

    packet.payload = g_bytes_ref (payload);
    packet.arrival_us =
        (gint64) stall (self, (double) now_us + waits_us + MAX (late_ms, 0) * 1000) + 5000 * i;
    g_array_append_val (self->packets, packet);
  }
}

static int
compare_arrival (gconstpointer a, gconstpointer b)
{
  const BadNetworkPacket *left = a;
  const BadNetworkPacket *right = b;

  return left->arrival_us < right->arrival_us ? -1 : left->arrival_us > right->arrival_us;
}

/* Hands over what has arrived by until_us, in the order of arrival. */
void
bad_network_deliver (BadNetwork *self, gint64 until_us, BadNetworkFunc func, gpointer user_data)
{
  guint n = 0;

  g_array_sort (self->packets, compare_arrival);
  while (n < self->packets->len) {
    const BadNetworkPacket *packet = &g_array_index (self->packets, BadNetworkPacket, n);

    if (packet->arrival_us > until_us)
      break;
    func (packet, user_data);
    n++;
  }
  if (n > 0)
    g_array_remove_range (self->packets, 0, n);
}
