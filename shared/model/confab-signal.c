/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-signal"

#include "config.h"

#include "confab-signal.h"

/**
 * ConfabSignal:
 *
 * One step of the negotiation between two participants. An immutable value; what it holds never
 * goes to a log.
 *
 * Since: 0.1
 */
struct _ConfabSignal {
  ConfabSignalKind kind;
  guint generation;
  char *sdp;       /* (owned) (nullable) */
  char *candidate; /* (owned) (nullable) */
  guint sdp_mline_index;
  char *sdp_mid; /* (owned) (nullable) */
  char *safety;  /* (owned) (nullable) */
};

G_DEFINE_BOXED_TYPE (ConfabSignal, confab_signal, confab_signal_ref, confab_signal_unref)

static const char *const signal_kind_names[] = {
  [CONFAB_SIGNAL_OFFER] = "offer",         [CONFAB_SIGNAL_ANSWER] = "answer",
  [CONFAB_SIGNAL_CANDIDATE] = "candidate", [CONFAB_SIGNAL_END_OF_CANDIDATES] = "end-of-candidates",
  [CONFAB_SIGNAL_REBUILD] = "rebuild",     [CONFAB_SIGNAL_REVEAL] = "reveal",
};

static void
confab_signal_clear (ConfabSignal *self)
{
  g_free (self->sdp);
  g_free (self->candidate);
  g_free (self->sdp_mid);
  g_free (self->safety);
}

/**
 * confab_signal_ref:
 * @self: a signal
 *
 * Safe to call from any thread, as everything about a value.
 *
 * Returns: (transfer full): @self
 * Since: 0.1
 */
ConfabSignal *
confab_signal_ref (ConfabSignal *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

/**
 * confab_signal_unref:
 * @self: (transfer full): a signal
 *
 * Since: 0.1
 */
void
confab_signal_unref (ConfabSignal *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, (GDestroyNotify) confab_signal_clear);
}

static ConfabSignal *
new_signal (ConfabSignalKind kind, guint generation)
{
  ConfabSignal *self = g_atomic_rc_box_new0 (ConfabSignal);

  self->kind = kind;
  self->generation = generation;
  return self;
}

/**
 * confab_signal_new_description:
 * @kind: %CONFAB_SIGNAL_OFFER or %CONFAB_SIGNAL_ANSWER
 * @generation: 1 or more: which connection of the pair it is about
 * @sdp: a session description (RFC 8866), at most %CONFAB_LIMIT_SDP_BYTES
 *
 * Returns: (transfer full): a new signal
 * Since: 0.1
 */
ConfabSignal *
confab_signal_new_description (ConfabSignalKind kind, guint generation, const char *sdp)
{
  ConfabSignal *self = NULL;

  g_return_val_if_fail (kind == CONFAB_SIGNAL_OFFER || kind == CONFAB_SIGNAL_ANSWER, NULL);
  g_return_val_if_fail (generation > 0, NULL);
  g_return_val_if_fail (sdp != NULL, NULL);

  self = new_signal (kind, generation);
  self->sdp = g_strdup (sdp);
  return self;
}

/**
 * confab_signal_new_candidate:
 * @generation: 1 or more: which connection of the pair it is about
 * @candidate: `candidate:…` (RFC 8839 §5.1), at most %CONFAB_LIMIT_CANDIDATE_BYTES
 * @sdp_mline_index: the media section it belongs to
 * @sdp_mid: (nullable): the same by name
 *
 * Returns: (transfer full): a new signal
 * Since: 0.1
 */
ConfabSignal *
confab_signal_new_candidate (guint generation,
                             const char *candidate,
                             guint sdp_mline_index,
                             const char *sdp_mid)
{
  ConfabSignal *self = NULL;

  g_return_val_if_fail (generation > 0, NULL);
  g_return_val_if_fail (candidate != NULL, NULL);

  self = new_signal (CONFAB_SIGNAL_CANDIDATE, generation);
  self->candidate = g_strdup (candidate);
  self->sdp_mline_index = sdp_mline_index;
  self->sdp_mid = g_strdup (sdp_mid);
  return self;
}

/**
 * confab_signal_new_plain:
 * @kind: %CONFAB_SIGNAL_END_OF_CANDIDATES or %CONFAB_SIGNAL_REBUILD
 * @generation: 1 or more: which connection of the pair it is about
 *
 * Returns: (transfer full): a new signal that says no more than its kind
 * Since: 0.1
 */
ConfabSignal *
confab_signal_new_plain (ConfabSignalKind kind, guint generation)
{
  g_return_val_if_fail (kind == CONFAB_SIGNAL_END_OF_CANDIDATES || kind == CONFAB_SIGNAL_REBUILD,
                        NULL);
  g_return_val_if_fail (generation > 0, NULL);

  return new_signal (kind, generation);
}

/**
 * confab_signal_new_reveal:
 * @generation: 1 or more: which connection of the pair it is about
 * @nonce: what the offer committed to, at most %CONFAB_LIMIT_SAFETY_BYTES
 *
 * Returns: (transfer full): a new signal
 * Since: 0.1
 */
ConfabSignal *
confab_signal_new_reveal (guint generation, const char *nonce)
{
  ConfabSignal *self = NULL;

  g_return_val_if_fail (generation > 0, NULL);
  g_return_val_if_fail (nonce != NULL, NULL);

  self = new_signal (CONFAB_SIGNAL_REVEAL, generation);
  self->safety = g_strdup (nonce);
  return self;
}

/**
 * confab_signal_with_safety:
 * @self: an offer or an answer
 * @safety: (nullable): the commitment of an offer, the nonce of an answer; at most
 *   %CONFAB_LIMIT_SAFETY_BYTES
 *
 * Source: docs/safety-code.md.
 *
 * Returns: (transfer full): a copy that takes part in the safety code
 * Since: 0.1
 */
ConfabSignal *
confab_signal_with_safety (ConfabSignal *self, const char *safety)
{
  ConfabSignal *copy = NULL;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (self->sdp != NULL, NULL);

  copy = confab_signal_new_description (self->kind, self->generation, self->sdp);
  copy->safety = g_strdup (safety);
  return copy;
}

/**
 * confab_signal_get_kind:
 * @self: a signal
 *
 * Returns: what it is
 * Since: 0.1
 */
ConfabSignalKind
confab_signal_get_kind (ConfabSignal *self)
{
  g_return_val_if_fail (self != NULL, CONFAB_SIGNAL_OFFER);

  return self->kind;
}

/**
 * confab_signal_get_generation:
 * @self: a signal
 *
 * Returns: which connection of the pair it is about, 1 or more
 * Since: 0.1
 */
guint
confab_signal_get_generation (ConfabSignal *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->generation;
}

/**
 * confab_signal_get_sdp:
 * @self: a signal
 *
 * Returns: (transfer none) (nullable): the description of an offer or answer
 * Since: 0.1
 */
const char *
confab_signal_get_sdp (ConfabSignal *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->sdp;
}

/**
 * confab_signal_get_candidate:
 * @self: a signal
 *
 * Returns: (transfer none) (nullable): the candidate
 * Since: 0.1
 */
const char *
confab_signal_get_candidate (ConfabSignal *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->candidate;
}

/**
 * confab_signal_get_sdp_mline_index:
 * @self: a signal
 *
 * Returns: the media section of a candidate
 * Since: 0.1
 */
guint
confab_signal_get_sdp_mline_index (ConfabSignal *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->sdp_mline_index;
}

/**
 * confab_signal_get_sdp_mid:
 * @self: a signal
 *
 * Returns: (transfer none) (nullable): the same by name
 * Since: 0.1
 */
const char *
confab_signal_get_sdp_mid (ConfabSignal *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->sdp_mid;
}

/**
 * confab_signal_get_safety:
 * @self: a signal
 *
 * Returns: (transfer none) (nullable): the commitment of an offer, the nonce of an answer or of
 * what is revealed Since: 0.1
 */
const char *
confab_signal_get_safety (ConfabSignal *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->safety;
}

/**
 * confab_signal_kind_to_string:
 * @kind: a kind
 *
 * Returns: (transfer none): its name on the wire and in the store
 * Since: 0.1
 */
const char *
confab_signal_kind_to_string (ConfabSignalKind kind)
{
  g_return_val_if_fail ((guint) kind < G_N_ELEMENTS (signal_kind_names), NULL);

  return signal_kind_names[kind];
}

/**
 * confab_signal_kind_from_string:
 * @text: (nullable): a name
 * @kind: (out): its kind
 *
 * Returns: %FALSE for a name that this version does not know; @kind is left alone then
 * Since: 0.1
 */
gboolean
confab_signal_kind_from_string (const char *text, ConfabSignalKind *kind)
{
  g_return_val_if_fail (kind != NULL, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (signal_kind_names); i++) {
    if (g_strcmp0 (signal_kind_names[i], text) == 0) {
      *kind = (ConfabSignalKind) i;
      return TRUE;
    }
  }
  return FALSE;
}
