/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-safety"

#include "config.h"

#include "confab-audio-safety-binding.h"

/**
 * confab_audio_safety_binding_take:
 * @self: the binding
 * @safety: (transfer none): of a connection of which something is known now
 * @has_changed: (out): when there is news, whether there had been a code before it
 *
 * Takes over the code of a connection. Another pair of certificates voids the code at once, and
 * what comes for the same pair later says nothing new: nobody may try codes until one fits.
 *
 * Returns: whether the code is another one now, or none any more
 */
gboolean
confab_audio_safety_binding_take (ConfabAudioSafetyBinding *self,
                                  ConfabAudioSafety *safety,
                                  gboolean *has_changed)
{
  const char *certificates = confab_audio_safety_get_certificates (safety);
  gboolean is_same = g_strcmp0 (certificates, self->certificates) == 0;
  gboolean had_code = self->code != NULL;

  *has_changed = self->was_known;
  if (certificates == NULL || (is_same && had_code))
    return FALSE;
  g_free (self->certificates);
  self->certificates = g_strdup (certificates);
  g_free (self->code);
  self->code = confab_audio_safety_dup_code (safety);
  self->was_known = self->was_known || self->code != NULL;
  return self->code != NULL || had_code;
}

void
confab_audio_safety_binding_clear (ConfabAudioSafetyBinding *self)
{
  g_clear_pointer (&self->certificates, g_free);
  g_clear_pointer (&self->code, g_free);
  self->was_known = FALSE;
}
