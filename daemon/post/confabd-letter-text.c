/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-post"

#include "config.h"

#include <string.h>

#include "confabd-letter-text.h"

#define WORD_BYTES 42 /* “=?UTF-8?B?” and “?=” and 56 digits: 68 of the 75 that RFC 2047 allows */

static gboolean
is_plain (const char *text)
{
  return g_str_is_ascii (text) && strstr (text, "=?") == NULL && strlen (text) <= 60;
}

/* As many whole characters as fit. */
static gsize
measure_word (const char *text)
{
  gsize length = 0;

  while (text[length] != '\0') {
    gsize next = (gsize) (g_utf8_next_char (text + length) - text);

    if (next > WORD_BYTES) {
      break;
    }
    length = next;
  }
  return length;
}

/**
 * confabd_letter_text_encode_words:
 * @text: one line of UTF-8
 *
 * What may stand in a head: @text as it is when that is short ASCII, else in encoded words, folded.
 * Source: RFC 2047.
 *
 * Returns: (transfer full): ASCII
 */
char *
confabd_letter_text_encode_words (const char *text)
{
  g_autoptr (GString) words = NULL;

  if (is_plain (text)) {
    return g_strdup (text);
  }
  words = g_string_new (NULL);
  while (*text != '\0') {
    gsize length = measure_word (text);
    g_autofree char *digits = g_base64_encode ((const guchar *) text, length);

    g_string_append_printf (words, "%s=?UTF-8?B?%s?=", words->len > 0 ? "\r\n " : "", digits);
    text += length;
  }
  return g_string_free (g_steal_pointer (&words), FALSE);
}

/* “"Ada, Countess" <ada@example.org>”. Source: RFC 5322, 3.4. */
static char *
format_mailbox (const char *name, const char *address)
{
  g_autofree char *phrase = NULL;

  if (name == NULL || *name == '\0') {
    return g_strdup_printf ("<%s>", address);
  }
  if (is_plain (name)) {
    g_auto (GStrv) parts = g_strsplit (name, "\\", -1);
    g_autofree char *slashed = g_strjoinv ("\\\\", parts);
    g_auto (GStrv) quotes = g_strsplit (slashed, "\"", -1);
    g_autofree char *quoted = g_strjoinv ("\\\"", quotes);

    return g_strdup_printf ("\"%s\"\r\n <%s>", quoted, address);
  }
  phrase = confabd_letter_text_encode_words (name);
  return g_strdup_printf ("%s\r\n <%s>", phrase, address);
}

/* In the C locale, whatever the daemon's is. */
static char *
format_date (GDateTime *date)
{
  static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
  static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
  g_autoptr (GDateTime) utc = g_date_time_to_utc (date);

  return g_strdup_printf (
      "%s, %d %s %d %02d:%02d:%02d +0000", days[g_date_time_get_day_of_week (utc) - 1],
      g_date_time_get_day_of_month (utc), months[g_date_time_get_month (utc) - 1],
      g_date_time_get_year (utc), g_date_time_get_hour (utc), g_date_time_get_minute (utc),
      g_date_time_get_second (utc));
}

/* Nothing in it can look like the end of the letter, or be changed on the way. */
static void
add_body (GString *message, const char *text)
{
  gsize length = strlen (text);
  g_autofree char *digits = g_base64_encode ((const guchar *) text, length);

  for (const char *p = digits; *p != '\0'; p += MIN (strlen (p), 76)) {
    g_string_append_len (message, p, (gssize) MIN (strlen (p), 76));
    g_string_append (message, "\r\n");
  }
}

/**
 * confabd_letter_text_format:
 * @letter: a checked letter
 * @from: the address of the sender
 * @from_name: (nullable): and their name
 * @id: of the job, the same for each attempt
 * @date: when it was written
 *
 * Returns: (transfer full): the letter as it goes over the line: ASCII with CRLF. Source: RFC 5322,
 *   RFC 2045.
 */
char *
confabd_letter_text_format (const ConfabdLetter *letter,
                            const char *from,
                            const char *from_name,
                            const char *id,
                            GDateTime *date)
{
  g_autofree char *sender = format_mailbox (from_name, from);
  g_autofree char *receiver = format_mailbox (letter->name, letter->to);
  g_autofree char *subject = confabd_letter_text_encode_words (letter->subject);
  g_autofree char *stamp = format_date (date);
  g_autoptr (GString) message = g_string_new (NULL);

  g_string_append_printf (message,
                          "From: %s\r\n"
                          "To: %s\r\n"
                          "Subject: %s\r\n"
                          "Date: %s\r\n"
                          "Message-ID: <%s%s>\r\n"
                          "MIME-Version: 1.0\r\n"
                          "Content-Type: text/plain; charset=UTF-8\r\n"
                          "Content-Transfer-Encoding: base64\r\n"
                          "Auto-Submitted: auto-generated\r\n"
                          "\r\n",
                          sender, receiver, subject, stamp, id, strchr (from, '@'));
  add_body (message, letter->text);
  return g_string_free (g_steal_pointer (&message), FALSE);
}
