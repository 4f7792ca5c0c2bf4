/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-engine"

#include "config.h"

#include "confab-audio-adaptation.h"
#include "confab-audio-engine-private.h"
#include "confab-audio-member.h"

#define LOW_DELAY_BITRATE 48000 /* Opus without SILK: below that, voices are better off with it */

/**
 * confab_audio_engine_set_ice_servers:
 * @self: the engine
 * @ice_servers: (nullable) (element-type ConfabIceServer): for connections made from now on, also
 *   those that replace one of now
 */
void
confab_audio_engine_set_ice_servers (ConfabAudioEngine *self, GPtrArray *ice_servers)
{
  g_return_if_fail (CONFAB_IS_AUDIO_ENGINE (self));
  confab_audio_relays_set_servers (confab_audio_engine_get_parts (self)->relays, ice_servers);
}

/**
 * confab_audio_engine_set_relay_only:
 * @self: the engine
 * @is_relay_only: whether sound goes through a relay or not at all
 *
 * Then nobody in the call learns an address of this machine from now on. At any time: what is being
 * built is built anew; connections that there are get another beside them, which takes over once it
 * is heard; one that is not allowed any more ends at the latest when that comes to nothing.
 */
void
confab_audio_engine_set_relay_only (ConfabAudioEngine *self, gboolean is_relay_only)
{
  ConfabAudioRelays *relays = NULL;

  g_return_if_fail (CONFAB_IS_AUDIO_ENGINE (self));
  relays = confab_audio_engine_get_parts (self)->relays;
  if (confab_audio_relays_get_only (relays) == is_relay_only)
    return;
  confab_audio_relays_set_only (relays, is_relay_only);
  confab_audio_engine_for_each_member (self, confab_audio_member_reroute);
}

/**
 * confab_audio_engine_set_frame_ms:
 * @self: the engine
 * @frame_ms: 10, 20, 40 or 60 whatever the network does; 0 to choose by it
 *
 * How much sound goes into a packet. At any time.
 */
void
confab_audio_engine_set_frame_ms (ConfabAudioEngine *self, guint frame_ms)
{
  g_return_if_fail (CONFAB_IS_AUDIO_ENGINE (self));
  g_return_if_fail (frame_ms == 0 || frame_ms == 10 || frame_ms == 20 || frame_ms == 40 ||
                    frame_ms == 60);
  confab_audio_adaptation_set_frame_ms (confab_audio_engine_get_parts (self)->adaptation, frame_ms);
}

/* Without look-ahead there is no FEC either: on a way that loses, that would be dear. Longer frames
 * are for other things than delay, and sound better with it. */
static gboolean
wants_low_delay (const ConfabAudioPlan *plan)
{
  return plan->frame_ms == 10 && plan->loss_percent == 0 && plan->bitrate >= LOW_DELAY_BITRATE;
}

/**
 * confab_audio_engine_set_device_delay:
 * @self: the engine
 * @mode: how much sound lies between the sound server and us
 *
 * At any time; devices that are open are opened again.
 */
void
confab_audio_engine_set_device_delay (ConfabAudioEngine *self, ConfabAudioDelayMode mode)
{
  ConfabAudioDevicePipeline *devices = NULL;

  g_return_if_fail (CONFAB_IS_AUDIO_ENGINE (self));
  devices = confab_audio_engine_get_devices (self);
  if (devices != NULL)
    confab_audio_device_pipeline_set_delay_mode (devices, mode);
}

/**
 * confab_audio_engine_get_device_delay:
 * @self: the engine
 *
 * Returns: how much sound lies between the sound server and us
 */
ConfabAudioDelayMode
confab_audio_engine_get_device_delay (ConfabAudioEngine *self)
{
  ConfabAudioDevicePipeline *devices = NULL;

  g_return_val_if_fail (CONFAB_IS_AUDIO_ENGINE (self), CONFAB_AUDIO_DELAY_MODE_NORMAL);
  devices = confab_audio_engine_get_devices (self);
  return devices != NULL ? confab_audio_device_pipeline_get_delay_mode (devices)
                         : CONFAB_AUDIO_DELAY_MODE_NORMAL;
}

/**
 * confab_audio_engine_adapt:
 * @self: the engine
 *
 * Has the encoder do what the receivers' reports ask for. To be called some times a second; each
 * setting is taken over at the next frame.
 */
void
confab_audio_engine_adapt (ConfabAudioEngine *self)
{
  ConfabAudioEncoder *encoder = confab_audio_engine_get_encoder (self);
  ConfabAudioPlan plan;

  if (encoder == NULL)
    return;
  confab_audio_adaptation_get_plan (confab_audio_engine_get_parts (self)->adaptation,
                                    g_get_monotonic_time (), &plan);
  confab_audio_encoder_set_frame_ms (encoder, plan.frame_ms);
  confab_audio_encoder_set_bitrate (encoder, plan.bitrate);
  confab_audio_encoder_set_loss_percent (encoder, plan.loss_percent);
  confab_audio_encoder_set_low_delay (encoder, wants_low_delay (&plan));
}
