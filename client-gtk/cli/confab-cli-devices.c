/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-cli"

#include "config.h"

#include "confab-audio-device-list.h"
#include "confab-cli-devices.h"
#include "confab-cli-printer.h"

static gboolean
print_devices (ConfabCliPrinter *printer, ConfabAudioDeviceList *devices, gboolean is_input)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (devices));
  gboolean is_read = TRUE;

  for (guint i = 0; i < n && is_read; i++) {
    g_autoptr (ConfabAudioDevice) device = g_list_model_get_item (G_LIST_MODEL (devices), i);

    is_read = confab_cli_printer_print (
        printer, confab_cli_event_device (confab_audio_device_get_id (device),
                                          confab_audio_device_get_name (device), is_input));
  }
  return is_read;
}

/**
 * confab_cli_devices:
 * @options: of the command “devices”
 *
 * Prints the microphones and speakers of the sound server, a line for each. Opens none of them.
 *
 * Returns: 0, or 1 without a sound server, which was said on standard error
 */
int
confab_cli_devices (const ConfabCliOptions *options)
{
  g_autoptr (ConfabAudioDeviceList) microphones = confab_audio_device_list_new (TRUE);
  g_autoptr (ConfabAudioDeviceList) speakers = confab_audio_device_list_new (FALSE);
  ConfabCliPrinter *printer = NULL;
  gboolean is_read = FALSE;

  if (!confab_audio_device_list_has_server (microphones)) {
    confab_cli_complain ("There is no sound server");
    return 1;
  }
  printer = confab_cli_printer_new (options->is_json);
  is_read = print_devices (printer, microphones, TRUE) && print_devices (printer, speakers, FALSE);
  confab_cli_printer_free (printer);
  return is_read ? 0 : 1;
}
