/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <gst/gst.h>
#include <string.h>

#include "confab-audio-candidate.h"
#include "confab-audio-certificate.h"
#include "confab-audio-member-state.h"
#include "confab-audio-sdp.h"
#include "confab-error.h"

#define FINGERPRINT                                                                               \
  "1A:9F:49:40:57:2F:71:0D:DA:E2:5C:A3:7A:B6:02:AE:63:06:B7:A3:DE:F5:BE:28:49:E1:F4:88:96:1C:0D:" \
  "29"
#define SESSION "v=0\r\no=- 1 0 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n"
#define MEDIUM \
  "m=audio 9 UDP/TLS/RTP/SAVPF 111 9\r\nc=IN IP4 0.0.0.0\r\na=rtpmap:111 opus/48000/2\r\n"
#define SETUP "a=setup:actpass\r\n"
#define UFRAG "a=ice-ufrag:5PDd\r\n"
#define PWD   "a=ice-pwd:OIIjHNcVj4R0jchB+wIIpIMn\r\n"
#define MID   "a=mid:0\r\n"
#define PRINT "a=fingerprint:sha-256 " FINGERPRINT "\r\n"
#define GOOD  SESSION MEDIUM SETUP UFRAG PWD MID PRINT

static void
test_accepted (void)
{
  /* Chromium puts the fingerprint at the medium, Firefox at the session; case does not matter. */
  static const char *const texts[] = {
    GOOD,
    SESSION PRINT MEDIUM SETUP UFRAG PWD MID,
    SESSION UFRAG PWD SETUP MEDIUM MID PRINT,
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (ConfabAudioSdp) sdp = confab_audio_sdp_new (texts[i], &error);

    g_assert_no_error (error);
    g_assert_cmpuint (confab_audio_sdp_get_payload_type (sdp), ==, 111);
    g_assert_cmpstr (confab_audio_sdp_get_fingerprint (sdp), ==, FINGERPRINT);
  }
}

static void
test_fingerprint_is_upper_case (void)
{
  g_autofree char *lower = g_ascii_strdown (PRINT, -1);
  g_autofree char *text = g_strconcat (SESSION MEDIUM SETUP UFRAG PWD MID, lower, NULL);
  g_autoptr (ConfabAudioSdp) sdp = confab_audio_sdp_new (text, NULL);

  g_assert_cmpstr (confab_audio_sdp_get_fingerprint (sdp), ==, FINGERPRINT);
}

static void
test_least_frame (void)
{
  static const struct {
    const char *line;
    guint frame_ms;
  } rows[] = {
    { "", 20 },
    { "a=fmtp:111 minptime=10;useinbandfec=1\r\n", 10 },
    { "a=fmtp:111 useinbandfec=1; minptime = 10\r\n", 10 },
    { "a=fmtp:111 minptime=3\r\n", 10 },
    { "a=fmtp:111 minptime=20\r\n", 20 },
    { "a=fmtp:9 minptime=10\r\n", 20 },
    { "a=fmtp:111 minptime\r\n", 20 },
    { "a=fmtp:111 minptime=10x;=;;\r\n", 20 },
    { "a=fmtp:111 minptime=99999999999999999999\r\n", 20 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *text = g_strconcat (GOOD, rows[i].line, NULL);
    g_autoptr (ConfabAudioSdp) sdp = confab_audio_sdp_new (text, NULL);

    g_assert_cmpuint (confab_audio_sdp_get_least_frame_ms (sdp), ==, rows[i].frame_ms);
  }
}

static void
test_refused (void)
{
  g_autofree char *long_line = g_strnfill (CONFAB_AUDIO_SDP_MAX_BYTES, 'x');
  g_autofree char *too_long = g_strconcat (GOOD "a=x:", long_line, "\r\n", NULL);
  const char *const texts[] = {
    NULL,
    "",
    "hello",
    too_long,
    SESSION,                                        /* no medium */
    SESSION MEDIUM SETUP UFRAG PWD MID,             /* no fingerprint */
    GOOD PRINT,                                     /* two */
    SESSION PRINT MEDIUM SETUP UFRAG PWD MID PRINT, /* two in two places */
    SESSION MEDIUM UFRAG PWD MID PRINT,             /* no setup */
    SESSION MEDIUM "a=setup:holdconn\r\n" UFRAG PWD MID PRINT,
    SESSION MEDIUM SETUP PWD MID PRINT, /* no ufrag */
    SESSION MEDIUM SETUP "a=ice-ufrag:abc\r\n" PWD MID PRINT,
    SESSION MEDIUM SETUP UFRAG MID PRINT, /* no password */
    SESSION MEDIUM SETUP UFRAG "a=ice-pwd:short\r\n" MID PRINT,
    SESSION MEDIUM SETUP UFRAG PWD PRINT, /* no mid */
    GOOD MEDIUM,                          /* two media */
    SESSION
    "m=video 9 UDP/TLS/RTP/SAVPF 111\r\na=rtpmap:111 opus/48000/2\r\n" SETUP UFRAG PWD MID PRINT,
    SESSION "m=audio 0 UDP/TLS/RTP/SAVPF 111\r\na=rtpmap:111 opus/48000/2\r\n" SETUP UFRAG PWD MID
        PRINT, /* rejected */
    SESSION "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=rtpmap:0 PCMU/8000\r\n" SETUP UFRAG PWD MID PRINT,
    SESSION "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=rtpmap:111 opus/48000/2\r\n" SETUP UFRAG PWD MID
        PRINT, /* Opus not among the formats */
    SESSION "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n" SETUP UFRAG PWD MID PRINT, /* no rtpmap */
    SESSION MEDIUM SETUP UFRAG PWD MID "a=fingerprint:md5 00\r\n",
    SESSION MEDIUM SETUP UFRAG PWD MID "a=fingerprint:sha-256 00:11\r\n",
    SESSION MEDIUM SETUP UFRAG PWD MID "a=fingerprint:sha-1 " FINGERPRINT "\r\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (confab_audio_sdp_new (texts[i], &error));
    g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_MEDIA_FAILED);
  }
}

static void
test_many_media (void)
{
  g_autoptr (GString) text = g_string_new (SESSION);

  for (guint i = 0; i < 200; i++)
    g_string_append (text, "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n");
  g_assert_null (confab_audio_sdp_new (text->str, NULL));
}

static void
test_candidates_inside (void)
{
  g_autoptr (GString) text = g_string_new (GOOD);
  g_autoptr (ConfabAudioSdp) sdp = NULL;
  const GstSDPMedia *media = NULL;
  guint n = 0;

  g_string_append (text, "a=candidate:0 1 UDP 1 3fa0.local 5000 typ host\r\n");
  for (guint i = 0; i < 100; i++)
    g_string_append_printf (text, "a=candidate:%u 1 UDP 1 192.0.2.1 %u typ host\r\n", i, 5000 + i);
  sdp = confab_audio_sdp_new (text->str, NULL);
  media = gst_sdp_message_get_media (confab_audio_sdp_get_message (sdp), 0);
  while (gst_sdp_media_get_attribute_val_n (media, "candidate", n) != NULL) {
    g_assert_null (strstr (gst_sdp_media_get_attribute_val_n (media, "candidate", n), "local"));
    n++;
  }
  g_assert_cmpuint (n, ==, CONFAB_AUDIO_MAX_CANDIDATES);
}

static void
test_candidates (void)
{
  static const struct {
    const char *text;
    gboolean is_usable;
  } cases[] = {
    { "candidate:1 1 UDP 2015363327 192.0.2.2 50092 typ host", TRUE },
    { "candidate:1 1 udp 2015363327 fd00::2 50092 typ host generation 0 ufrag x", TRUE },
    { "1 1 UDP 1 192.0.2.2 1 typ srflx raddr 0.0.0.0 rport 0", TRUE },
    { "candidate:1 1 udp 1 1f0e2a4b-6d1c.local 50092 typ host", FALSE },
    { "candidate:1 1 udp 1 example.org 50092 typ host", FALSE },
    { "candidate:1 1 TCP 1 192.0.2.2 9 typ host tcptype active", FALSE },
    { "candidate:1 1 UDP 1 192.0.2.2 0 typ host", FALSE },
    { "candidate:1 1 UDP 1 192.0.2.2 65536 typ host", FALSE },
    { "candidate:1 1 UDP 1 192.0.2.2 x typ host", FALSE },
    { "candidate:1 1 UDP 1 192.0.2.2 1 is host", FALSE },
    { "candidate:1 1 UDP 1 192.0.2.2", FALSE },
    { "candidate:", FALSE },
    { "", FALSE },
    { NULL, FALSE },
  };
  g_autofree char *spaces = g_strnfill (4000, ' ');

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (confab_audio_candidate_is_usable (cases[i].text), ==, cases[i].is_usable);
  g_assert_false (confab_audio_candidate_is_usable (spaces));
}

/* The own address stays at home with a place at a relay, and nothing else changes. */
static void
test_told_candidates (void)
{
  static const struct {
    const char *ours;
    const char *told;
  } cases[] = {
    { "candidate:10 1 UDP 5 198.51.100.7 53043 typ relay raddr 192.168.1.23 rport 34445",
      "candidate:10 1 UDP 5 198.51.100.7 53043 typ relay raddr 0.0.0.0 rport 9" },
    { "candidate:10 1 UDP 5 2001:db8::7 53043 typ relay raddr fd00::23 rport 34445 generation 0",
      "candidate:10 1 UDP 5 2001:db8::7 53043 typ relay raddr :: rport 9 generation 0" },
    { "candidate:10 1 UDP 5 198.51.100.7 53043 typ relay",
      "candidate:10 1 UDP 5 198.51.100.7 53043 typ relay" },
    { "candidate:10 1 UDP 5 198.51.100.7 53043 typ relay raddr",
      "candidate:10 1 UDP 5 198.51.100.7 53043 typ relay raddr" },
    { "candidate:1 1 UDP 5 198.51.100.7 4 typ srflx raddr 192.168.1.23 rport 34445",
      "candidate:1 1 UDP 5 198.51.100.7 4 typ srflx raddr 192.168.1.23 rport 34445" },
    { " typ relay", " typ relay" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *told = confab_audio_candidate_dup_told (cases[i].ours);

    g_assert_cmpstr (told, ==, cases[i].told);
  }
}

static void
test_certificate (void)
{
  /* SHA-256 of the four bytes 01 02 03 04 */
  static const char *const pem =
      "-----BEGIN CERTIFICATE-----\nAQID\nBA==\n-----END CERTIFICATE-----\n";
  g_autofree char *print = confab_audio_certificate_fingerprint (pem);

  g_assert_cmpstr (print, ==,
                   "9F:64:A7:47:E1:B9:7F:13:1F:AB:B6:B4:47:29:6C:9B:6F:02:01:E7:9F:B3:C5:35:6E:6C:"
                   "77:E8:9B:6A:80:6A");
  g_assert_null (confab_audio_certificate_fingerprint (NULL));
  g_assert_null (confab_audio_certificate_fingerprint (""));
  g_assert_null (confab_audio_certificate_fingerprint ("-----BEGIN CERTIFICATE-----\nAQID\n"));
  g_assert_null (confab_audio_certificate_fingerprint (
      "-----BEGIN CERTIFICATE----------END CERTIFICATE-----"));
  g_assert_null (confab_audio_certificate_fingerprint (
      "-----END CERTIFICATE-----\n-----BEGIN CERTIFICATE-----\nAQID\n"));
}

/* The whole cross product. */
static void
test_member_states (void)
{
  for (guint s = 0; s < CONFAB_AUDIO_N_MEMBER_STATES; s++) {
    gboolean has_failed = s == CONFAB_AUDIO_MEMBER_FAILED;

    g_assert_cmpint (confab_audio_member_state_next (s, CONFAB_AUDIO_MEMBER_HEARD), ==,
                     CONFAB_AUDIO_MEMBER_CONNECTED);
    g_assert_cmpint (confab_audio_member_state_next (s, CONFAB_AUDIO_MEMBER_LOST), ==,
                     has_failed ? CONFAB_AUDIO_MEMBER_FAILED : CONFAB_AUDIO_MEMBER_REBUILDING);
    g_assert_cmpint (confab_audio_member_state_next (s, CONFAB_AUDIO_MEMBER_GIVE_UP), ==,
                     CONFAB_AUDIO_MEMBER_FAILED);
    g_assert_nonnull (confab_audio_member_state_to_string (s));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add_func ("/audio/sdp/accepted", test_accepted);
  g_test_add_func ("/audio/sdp/fingerprint-is-upper-case", test_fingerprint_is_upper_case);
  g_test_add_func ("/audio/sdp/least-frame", test_least_frame);
  g_test_add_func ("/audio/sdp/refused", test_refused);
  g_test_add_func ("/audio/sdp/many-media", test_many_media);
  g_test_add_func ("/audio/sdp/candidates-inside", test_candidates_inside);
  g_test_add_func ("/audio/sdp/candidates", test_candidates);
  g_test_add_func ("/audio/sdp/told-candidates", test_told_candidates);
  g_test_add_func ("/audio/certificate/fingerprint", test_certificate);
  g_test_add_func ("/audio/member/states", test_member_states);
  return g_test_run ();
}
