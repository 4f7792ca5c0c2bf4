/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-candidate"

#include "config.h"

#include <string.h>

#include "confab-audio-candidate.h"

/**
 * confab_audio_candidate_is_relay:
 * @candidate: one of our own agent
 *
 * Returns: whether it is a place at a relay
 */
gboolean
confab_audio_candidate_is_relay (const char *candidate)
{
  return strstr (candidate, " typ relay") != NULL;
}

/* What stands for an address that is nobody's business. Source: RFC 8839, section 5.1. */
static void
hide_base (GStrv words)
{
  gboolean is_ipv6 = strchr (words[4], ':') != NULL;

  for (guint i = 8; words[i] != NULL && words[i + 1] != NULL; i += 2) {
    const char *hidden = g_str_equal (words[i], "raddr")   ? (is_ipv6 ? "::" : "0.0.0.0")
                         : g_str_equal (words[i], "rport") ? "9"
                                                           : NULL;

    if (hidden == NULL)
      continue;
    g_free (words[i + 1]);
    words[i + 1] = g_strdup (hidden);
  }
}

/**
 * confab_audio_candidate_dup_told:
 * @candidate: one of our own agent
 *
 * What the others are told. libnice adds the address of this machine to each place at a relay, also
 * where nothing but a relay may be used, so that nobody learns that address.
 *
 * Returns: (transfer full): the candidate
 */
char *
confab_audio_candidate_dup_told (const char *candidate)
{
  g_auto (GStrv) words = g_strsplit (candidate, " ", -1);

  if (confab_audio_candidate_is_relay (candidate) && g_strv_length (words) >= 8)
    hide_base (words);
  return g_strjoinv (" ", words);
}

/**
 * confab_audio_candidate_is_usable:
 * @candidate: (nullable): `candidate:1 1 UDP 2015363327 192.0.2.2 50000 typ host …`, or the same
 *   without `candidate:`
 *
 * Whether a candidate of the other side goes on to ICE. Names are not: looking up what a stranger
 * writes tells others where we are, and the `….local` names of browsers mostly cannot be looked up
 * at all. ICE finds such a peer by its own checks (peer-reflexive, RFC 8445, section 7.3.1.3).
 * TCP is switched off in our agent.
 *
 * Returns: %TRUE for UDP to a numeric address
 */
gboolean
confab_audio_candidate_is_usable (const char *candidate)
{
  g_auto (GStrv) words = NULL;
  guint64 port = 0;

  if (candidate == NULL || strlen (candidate) > 512)
    return FALSE;
  if (g_str_has_prefix (candidate, "candidate:"))
    candidate += strlen ("candidate:");
  words = g_strsplit (candidate, " ", 9);
  if (g_strv_length (words) < 8 || g_ascii_strcasecmp (words[2], "udp") != 0)
    return FALSE;
  return g_hostname_is_ip_address (words[4]) && strcmp (words[6], "typ") == 0 &&
         g_ascii_string_to_unsigned (words[5], 10, 1, 65535, &port, NULL);
}
