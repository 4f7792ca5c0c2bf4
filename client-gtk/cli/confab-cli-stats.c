/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-cli"

#include "config.h"

#include <math.h>

#include "confab-cli-stats.h"

static void
set_rounded (ConfabMessage *message, const char *name, double value, double steps)
{
  confab_message_set_double (message, name, round (value * steps) / steps);
}

/* What is not known is left out. */
static void
set_known (ConfabMessage *message, const char *name, double value, double steps)
{
  if (value >= 0)
    set_rounded (message, name, value, steps);
}

/* A tenth is what a person reads; more digits would say that more is known. */
void
confab_cli_stats_set_tenths (ConfabMessage *message, const char *name, double value)
{
  set_rounded (message, name, value, 10);
}

static ConfabMessage *
describe_delay (const ConfabAudioDelay *delay)
{
  ConfabMessage *message = confab_message_new (NULL);

  set_known (message, "capture_ms", delay->capture_ms, 10);
  set_known (message, "encoder_ms", delay->encoder_ms, 10);
  set_known (message, "network_ms", delay->network_ms, 10);
  set_known (message, "jitter_buffer_ms", delay->jitter_buffer_ms, 10);
  set_known (message, "output_ms", delay->output_ms, 10);
  return message;
}

/* Everything about one connection into its object of the event “stats”. */
void
confab_cli_stats_describe (ConfabMessage *message, const ConfabAudioPeerStats *stats)
{
  confab_message_set_string (message, "codec", stats->codec);
  confab_message_set_string (message, "route", confab_audio_route_to_string (stats->route));
  set_known (message, "rtt_ms", stats->rtt_ms, 10);
  set_known (message, "jitter_ms", stats->jitter_ms, 10);
  set_known (message, "jitter_buffer_ms", stats->jitter_buffer_ms, 10);
  set_known (message, "lost_ratio", stats->lost_ratio, 10000);
  set_known (message, "concealed_ratio", stats->concealed_ratio, 10000);
  set_known (message, "received_kbps", stats->received_kbps, 10);
  set_known (message, "sent_kbps", stats->sent_kbps, 10);
  set_known (message, "mouth_to_ear_ms", stats->mouth_to_ear_ms, 10);
  confab_message_take_object (message, "delay", describe_delay (&stats->delay));
  set_known (message, "mos", stats->mos, 100);
  confab_message_set_integer (message, "packets", stats->packets_received);
  confab_message_set_integer (message, "packets_sent", stats->packets_sent);
  confab_message_set_integer (message, "concealed_ticks", stats->concealed_ticks);
}
