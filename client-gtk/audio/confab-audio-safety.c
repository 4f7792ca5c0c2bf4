/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-safety"

#include "config.h"

#include "confab-audio-safety-code.h"
#include "confab-audio-safety.h"
#include "confab-error.h"

struct _ConfabAudioSafety {
  gboolean is_offerer;
  char *nonce;        /* (owned) ours */
  char *opening;      /* (owned) (nullable) what our description brings */
  char *commitment;   /* (owned) (nullable) of the other side, when that one offers */
  char *other_nonce;  /* (owned) (nullable) */
  char *ours;         /* (owned) (nullable) fingerprints, as verified */
  char *theirs;       /* (owned) (nullable) */
  char *certificates; /* (owned) (nullable) both in one text, to compare */
};

/**
 * confab_audio_safety_new:
 * @commitment: (nullable): what the offer brought; empty when that takes no part, and then nobody
 *   does; %NULL when we offer
 *
 * Returns: (transfer full): the exchange of one connection
 */
ConfabAudioSafety *
confab_audio_safety_new (const char *commitment)
{
  ConfabAudioSafety *self = g_new0 (ConfabAudioSafety, 1);

  self->is_offerer = commitment == NULL;
  self->nonce = confab_audio_safety_new_nonce ();
  self->commitment = g_strdup (commitment);
  if (self->is_offerer)
    self->opening = confab_audio_safety_commit (self->nonce);
  else if (*commitment != '\0')
    self->opening = g_strdup (self->nonce);
  return self;
}

void
confab_audio_safety_free (ConfabAudioSafety *self)
{
  g_free (self->nonce);
  g_free (self->opening);
  g_free (self->commitment);
  g_free (self->other_nonce);
  g_free (self->ours);
  g_free (self->theirs);
  g_free (self->certificates);
  g_free (self);
}

/**
 * confab_audio_safety_get_opening:
 * @self: an exchange
 *
 * Returns: (nullable): what goes with our description: the commitment in an offer, the nonce in an
 *   answer
 */
const char *
confab_audio_safety_get_opening (ConfabAudioSafety *self)
{
  return self->opening;
}

/**
 * confab_audio_safety_get_nonce:
 * @self: an exchange
 *
 * Returns: our nonce; who offers sends it after confab_audio_safety_take_answer () alone
 */
const char *
confab_audio_safety_get_nonce (ConfabAudioSafety *self)
{
  return self->nonce;
}

/**
 * confab_audio_safety_take_answer:
 * @self: the exchange of the side that offers
 * @nonce: (nullable): what the answer brought; the first one counts
 *
 * Returns: whether our nonce may be revealed now: the other side is bound to its own
 */
gboolean
confab_audio_safety_take_answer (ConfabAudioSafety *self, const char *nonce)
{
  if (!self->is_offerer || self->other_nonce != NULL || !confab_audio_safety_nonce_is_valid (nonce))
    return FALSE;
  self->other_nonce = g_strdup (nonce);
  return TRUE;
}

/**
 * confab_audio_safety_take_reveal:
 * @self: the exchange of the side that answers
 * @nonce: (nullable): what the other side was bound to
 * @error: return location for a #GError
 *
 * Fails with %CONFAB_ERROR_CERTIFICATE_MISMATCH when it is another one than was committed to.
 */
gboolean
confab_audio_safety_take_reveal (ConfabAudioSafety *self, const char *nonce, GError **error)
{
  g_autofree char *commitment = NULL;

  if (self->opening == NULL || self->is_offerer || self->other_nonce != NULL)
    return TRUE;
  if (confab_audio_safety_nonce_is_valid (nonce))
    commitment = confab_audio_safety_commit (nonce);
  if (g_strcmp0 (commitment, self->commitment) != 0) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_CERTIFICATE_MISMATCH,
                         "Somebody is in between: the safety code was tampered with");
    return FALSE;
  }
  self->other_nonce = g_strdup (nonce);
  return TRUE;
}

/**
 * confab_audio_safety_set_certificates:
 * @self: an exchange
 * @ours: the fingerprint of the certificate that we showed in DTLS
 * @theirs: of the one that we saw there and that is the announced one
 */
void
confab_audio_safety_set_certificates (ConfabAudioSafety *self, const char *ours, const char *theirs)
{
  g_free (self->ours);
  g_free (self->theirs);
  g_free (self->certificates);
  self->ours = g_strdup (ours);
  self->theirs = g_strdup (theirs);
  self->certificates = g_strconcat (ours, " ", theirs, NULL);
}

/**
 * confab_audio_safety_get_certificates:
 * @self: an exchange
 *
 * Returns: (nullable): the pair of certificates as one text, once they are verified: two
 * connections with the same pair have the same ends
 */
const char *
confab_audio_safety_get_certificates (ConfabAudioSafety *self)
{
  return self->certificates;
}

/**
 * confab_audio_safety_dup_code:
 * @self: an exchange
 *
 * Returns: (transfer full) (nullable): the code, or %NULL as long as something is missing
 */
char *
confab_audio_safety_dup_code (ConfabAudioSafety *self)
{
  ConfabAudioSafetyEnd us = { self->ours, self->nonce };
  ConfabAudioSafetyEnd them = { self->theirs, self->other_nonce };

  if (self->certificates == NULL || self->other_nonce == NULL)
    return NULL;
  return confab_audio_safety_code_derive (&us, &them);
}
