/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "confab-codec.h"
#include "confab-error.h"
#include "confab-limits.h"
#include "confab-wire-model.h"

#define T "\"2024-05-01T10:00:00Z\""

static ConfabMessage *
decode (const char *json)
{
  g_autoptr (GBytes) bytes = g_bytes_new (json, strlen (json));
  g_autoptr (GError) error = NULL;
  ConfabMessage *message = confab_codec_decode_body (bytes, CONFAB_LIMIT_BODY_BYTES, &error);

  g_assert_no_error (error);
  return message;
}

#define ASSERT_VALUE(Type, name, json)                                       \
  G_STMT_START                                                               \
  {                                                                          \
    g_autoptr (ConfabMessage) message = decode (json);                       \
    g_autoptr (GError) error = NULL;                                         \
    g_autoptr (Type) value = confab_##name##_from_message (message, &error); \
    g_assert_no_error (error);                                               \
    g_assert_nonnull (value);                                                \
  }                                                                          \
  G_STMT_END

#define ASSERT_NO_VALUE(Type, name, json)                                    \
  G_STMT_START                                                               \
  {                                                                          \
    g_autoptr (ConfabMessage) message = decode (json);                       \
    g_autoptr (GError) error = NULL;                                         \
    g_autoptr (Type) value = confab_##name##_from_message (message, &error); \
    g_assert_null (value);                                                   \
    g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_MESSAGE);          \
  }                                                                          \
  G_STMT_END

#define USER(role, created)                                                          \
  "{\"id\":\"u\",\"display_name\":\"Ada\",\"role\":" role ",\"created_at\":" created \
  ",\"later\":[1]}"

static void
test_user (void)
{
  ASSERT_VALUE (ConfabUser, user, USER ("\"guest\"", T));
  ASSERT_NO_VALUE (ConfabUser, user, "{}");
  ASSERT_NO_VALUE (ConfabUser, user, USER ("\"emperor\"", T));
  ASSERT_NO_VALUE (ConfabUser, user, USER ("1", T));
  ASSERT_NO_VALUE (ConfabUser, user, USER ("\"guest\"", "\"2024-05-01T10:00:00\""));
  ASSERT_NO_VALUE (ConfabUser, user, USER ("\"guest\"", "1714557600"));
}

#define CALL(kind, state, rest)                                                              \
  "{\"id\":\"c\",\"code\":\"k\",\"kind\":" kind ",\"state\":" state ",\"creator_id\":\"u\"," \
  "\"created_at\":" T ",\"expires_at\":" T ",\"max_participants\":6" rest "}"

static void
test_call (void)
{
  ASSERT_VALUE (ConfabCall, call, CALL ("\"now\"", "\"open\"", ""));
  ASSERT_VALUE (ConfabCall, call, CALL ("\"scheduled\"", "\"open\"", ""));
  ASSERT_VALUE (ConfabCall, call, CALL ("\"scheduled\"", "\"scheduled\"", ""));
  ASSERT_VALUE (ConfabCall, call, CALL ("\"now\"", "\"expired\"", ""));
  ASSERT_VALUE (ConfabCall, call, CALL ("\"now\"", "\"ended\"", ",\"ended_at\":" T));
  ASSERT_NO_VALUE (ConfabCall, call, "{}");
  ASSERT_NO_VALUE (ConfabCall, call, CALL ("\"then\"", "\"open\"", ""));
  ASSERT_NO_VALUE (ConfabCall, call, CALL ("\"now\"", "\"broken\"", ""));
  ASSERT_NO_VALUE (ConfabCall, call, CALL ("\"now\"", "\"open\"", ",\"title\":1"));
  ASSERT_NO_VALUE (ConfabCall, call,
                   CALL ("\"now\"", "\"open\"", ",\"started_at\":\"2024-05-01\""));
}

#define PERSON(rest) \
  "{\"id\":\"p\",\"display_name\":\"Ada\",\"role\":\"host\",\"joined_at\":" T rest "}"

static void
test_participant (void)
{
  ASSERT_VALUE (ConfabParticipant, participant, PERSON (""));
  ASSERT_VALUE (ConfabParticipant, participant, PERSON (",\"muted\":true,\"hand_raised_at\":" T));
  ASSERT_NO_VALUE (ConfabParticipant, participant, "{}");
  ASSERT_NO_VALUE (ConfabParticipant, participant, PERSON (",\"muted\":1"));
  ASSERT_NO_VALUE (ConfabParticipant, participant, PERSON (",\"user_id\":1"));
  ASSERT_NO_VALUE (ConfabParticipant, participant, PERSON (",\"left_at\":\"now\""));
}

#define INVITE(rest) \
  "{\"id\":\"i\",\"call_id\":\"c\",\"made_by\":\"u\",\"role\":\"speaker\"" rest "}"

static void
test_invite (void)
{
  ASSERT_VALUE (ConfabInvite, invite, INVITE (",\"uses_left\":0"));
  ASSERT_NO_VALUE (ConfabInvite, invite, INVITE (",\"uses_left\":-1"));
  ASSERT_NO_VALUE (ConfabInvite, invite, INVITE (",\"uses_left\":99999999999"));
  ASSERT_NO_VALUE (ConfabInvite, invite, "{}");
}

static void
test_ice_server (void)
{
  ASSERT_VALUE (ConfabIceServer, ice_server, "{\"urls\":[\"stun:h\"],\"username\":null}");
  ASSERT_NO_VALUE (ConfabIceServer, ice_server, "{\"urls\":\"stun:h\"}");
  ASSERT_NO_VALUE (ConfabIceServer, ice_server, "{}");
}

#define SIGNAL(kind, generation, payload)                                            \
  "{\"type\":\"signal\",\"from\":\"p\",\"kind\":" kind ",\"generation\":" generation \
  ",\"payload\":" payload "}"

static void
test_signal (void)
{
  ASSERT_VALUE (ConfabSignal, signal, SIGNAL ("\"offer\"", "1", "{\"sdp\":\"v=0\"}"));
  ASSERT_VALUE (ConfabSignal, signal, SIGNAL ("\"candidate\"", "1", "{\"candidate\":\"c\"}"));
  ASSERT_VALUE (ConfabSignal, signal, SIGNAL ("\"rebuild\"", "7", "{\"later\":1}"));
  ASSERT_VALUE (ConfabSignal, signal, SIGNAL ("\"reveal\"", "1", "{\"safety\":\"n\"}"));
  ASSERT_NO_VALUE (ConfabSignal, signal, SIGNAL ("\"reveal\"", "1", "{}"));
  ASSERT_NO_VALUE (ConfabSignal, signal,
                   SIGNAL ("\"offer\"", "1", "{\"sdp\":\"v=0\",\"safety\":1}"));
  ASSERT_NO_VALUE (ConfabSignal, signal, "{}");
  ASSERT_NO_VALUE (ConfabSignal, signal, SIGNAL ("\"offer\"", "0", "{\"sdp\":\"v=0\"}"));
  ASSERT_NO_VALUE (ConfabSignal, signal, SIGNAL ("\"offer\"", "-1", "{\"sdp\":\"v=0\"}"));
  ASSERT_NO_VALUE (ConfabSignal, signal, SIGNAL ("\"offer\"", "1", "{}"));
  ASSERT_NO_VALUE (ConfabSignal, signal, SIGNAL ("\"offer\"", "1", "[]"));
  ASSERT_NO_VALUE (ConfabSignal, signal, SIGNAL ("\"answer\"", "1", "{\"sdp\":1}"));
  ASSERT_NO_VALUE (ConfabSignal, signal, SIGNAL ("\"candidate\"", "1", "{}"));
  ASSERT_NO_VALUE (ConfabSignal, signal,
                   SIGNAL ("\"candidate\"", "1", "{\"candidate\":\"c\",\"sdp_mline_index\":-1}"));
}

static void
test_signal_kind (void)
{
  g_autoptr (ConfabMessage) message = decode (SIGNAL ("\"of-later\"", "1", "{}"));
  g_autoptr (GError) error = NULL;

  g_assert_null (confab_signal_from_message (message, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_UNSUPPORTED);
}

/* In bytes, as what they are handed to counts. */
static void
test_signal_limits (void)
{
  g_autofree char *sdp = g_strnfill (CONFAB_LIMIT_SDP_BYTES, 's');
  g_autofree char *candidate = g_strnfill (CONFAB_LIMIT_CANDIDATE_BYTES, 'c');
  g_autofree char *fits = g_strdup_printf (SIGNAL ("\"offer\"", "1", "{\"sdp\":\"%s\"}"), sdp);
  g_autofree char *larger = g_strdup_printf (SIGNAL ("\"offer\"", "1", "{\"sdp\":\"x%s\"}"), sdp);
  g_autofree char *candidate_fits =
      g_strdup_printf (SIGNAL ("\"candidate\"", "1", "{\"candidate\":\"%s\"}"), candidate);
  g_autofree char *candidate_larger =
      g_strdup_printf (SIGNAL ("\"candidate\"", "1", "{\"candidate\":\"x%s\"}"), candidate);

  ASSERT_VALUE (ConfabSignal, signal, fits);
  ASSERT_NO_VALUE (ConfabSignal, signal, larger);
  ASSERT_VALUE (ConfabSignal, signal, candidate_fits);
  ASSERT_NO_VALUE (ConfabSignal, signal, candidate_larger);
}

static void
test_errors (void)
{
  for (guint code = 0; code < CONFAB_N_ERRORS; code++) {
    g_autoptr (GError) error = g_error_new_literal (CONFAB_ERROR, (gint) code, "A sentence.");
    g_autoptr (ConfabMessage) message = confab_error_to_message (error, NULL);
    g_autoptr (ConfabMessage) problem = confab_problem_to_message (error, NULL);
    g_autoptr (GError) from_message = confab_error_from_message (message);
    g_autoptr (GError) from_problem = confab_problem_from_message (problem);

    g_assert_error (from_message, CONFAB_ERROR, (gint) code);
    g_assert_error (from_problem, CONFAB_ERROR, (gint) code);
    if (code != CONFAB_ERROR_FAILED && code != CONFAB_ERROR_TIMED_OUT &&
        code != CONFAB_ERROR_NO_SPACE)
      g_assert_cmpstr (from_message->message, ==, "A sentence.");
  }
}

static void
test_odd_errors (void)
{
  const char *const odd[] = { "{}", "{\"code\":1,\"detail\":2}", "{\"code\":\"of-later\"}" };

  for (guint i = 0; i < G_N_ELEMENTS (odd); i++) {
    g_autoptr (ConfabMessage) message = decode (odd[i]);
    g_autoptr (GError) error = confab_error_from_message (message);

    g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED);
    g_assert_cmpstr (error->message, !=, "");
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/wire-model/user", test_user);
  g_test_add_func ("/wire-model/call", test_call);
  g_test_add_func ("/wire-model/participant", test_participant);
  g_test_add_func ("/wire-model/invite", test_invite);
  g_test_add_func ("/wire-model/ice-server", test_ice_server);
  g_test_add_func ("/wire-model/signal", test_signal);
  g_test_add_func ("/wire-model/signal-kind", test_signal_kind);
  g_test_add_func ("/wire-model/signal-limits", test_signal_limits);
  g_test_add_func ("/wire-model/errors", test_errors);
  g_test_add_func ("/wire-model/odd-errors", test_odd_errors);

  return g_test_run ();
}
