/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-json-guard"

#include "config.h"

#include <string.h>

#include "confab-error.h"
#include "confab-json-guard-private.h"
#include "confab-limits.h"

/* json-glib 1.6 recurses without a limit (80 kB of “[” end the process), and takes comments, single
 * quotes, octal numbers, lone surrogates and a NUL written as an escape. This checks RFC 8259
 * first, without recursion and without making anything, so that whatever reaches json-glib means
 * the same to every parser. */

#define MAX_INTEGER_DIGITS 18 /* json-glib saturates beyond gint64 and does not say so */

typedef enum {
  EXPECT_VALUE,
  EXPECT_VALUE_OR_END,
  EXPECT_KEY,
  EXPECT_KEY_OR_END,
  EXPECT_COMMA_OR_END,
  EXPECT_NOTHING,
} Expectation;

typedef struct {
  const char *p;
  const char *end;
  Expectation expected;
  guint depth;
  guint n_members;
  char open[CONFAB_LIMIT_BRACKETS]; /* the brackets that are open, outermost first */
} Guard;

/* A count that knows of strings is fooled by what it does not know, as comments: all are counted.
 */
static gboolean
has_few_brackets (const char *data, gsize size)
{
  guint n_brackets = 0;

  for (gsize i = 0; i < size && n_brackets <= CONFAB_LIMIT_BRACKETS; i++)
    n_brackets += data[i] == '[' || data[i] == '{';
  return n_brackets <= CONFAB_LIMIT_BRACKETS;
}

static char
peek (const Guard *self)
{
  return self->p < self->end ? *self->p : '\0';
}

static gboolean
take (Guard *self, char c)
{
  if (peek (self) != c)
    return FALSE;
  self->p++;
  return TRUE;
}

static void
skip_space (Guard *self)
{
  while (self->p < self->end && strchr (" \t\r\n", *self->p) != NULL)
    self->p++;
}

static guint
take_digits (Guard *self)
{
  const char *start = self->p;

  while (g_ascii_isdigit (peek (self)))
    self->p++;
  return (guint) (self->p - start);
}

static gboolean
take_number (Guard *self)
{
  gboolean is_integer = TRUE;
  gboolean starts_with_zero = FALSE;
  guint n_digits = 0;

  take (self, '-');
  starts_with_zero = peek (self) == '0';
  n_digits = take_digits (self);
  if (n_digits == 0 || (starts_with_zero && n_digits > 1))
    return FALSE;
  if (take (self, '.')) {
    is_integer = FALSE;
    if (take_digits (self) == 0)
      return FALSE;
  }
  if (take (self, 'e') || take (self, 'E')) {
    is_integer = FALSE;
    if (!take (self, '+'))
      take (self, '-');
    if (take_digits (self) == 0)
      return FALSE;
  }
  return !is_integer || n_digits <= MAX_INTEGER_DIGITS;
}

static gboolean
take_word (Guard *self, const char *word)
{
  gsize length = strlen (word);

  if ((gsize) (self->end - self->p) < length || memcmp (self->p, word, length) != 0)
    return FALSE;
  self->p += length;
  return TRUE;
}

/* The four digits of “\uXXXX”, or -1. */
static int
take_unit (Guard *self)
{
  int unit = 0;

  for (guint i = 0; i < 4; i++) {
    int digit = g_ascii_xdigit_value (peek (self));

    if (digit < 0)
      return -1;
    unit = unit * 16 + digit;
    self->p++;
  }
  return unit;
}

static gboolean
take_unicode_escape (Guard *self)
{
  int unit = take_unit (self);

  if (unit <= 0)
    return FALSE;
  if (unit >= 0xd800 && unit <= 0xdbff) {
    int low = take (self, '\\') && take (self, 'u') ? take_unit (self) : -1;

    return low >= 0xdc00 && low <= 0xdfff;
  }
  return unit < 0xdc00 || unit > 0xdfff;
}

static gboolean
take_escape (Guard *self)
{
  char c = peek (self);

  if (c == '\0' || strchr ("\"\\/bfnrtu", c) == NULL)
    return FALSE;
  self->p++;
  return c != 'u' || take_unicode_escape (self);
}

static gboolean
take_string (Guard *self)
{
  if (!take (self, '"'))
    return FALSE;
  while (self->p < self->end && *self->p != '"') {
    if ((guchar) *self->p < 0x20)
      return FALSE;
    if (*self->p++ == '\\' && !take_escape (self))
      return FALSE;
  }
  return take (self, '"');
}

static void
after_value (Guard *self)
{
  self->expected = self->depth > 0 ? EXPECT_COMMA_OR_END : EXPECT_NOTHING;
}

/* The count of brackets has kept the depth within the stack. */
static gboolean
take_open (Guard *self)
{
  char c = *self->p++;

  g_assert (self->depth < G_N_ELEMENTS (self->open));
  self->open[self->depth++] = c;
  self->expected = c == '{' ? EXPECT_KEY_OR_END : EXPECT_VALUE_OR_END;
  return TRUE;
}

static gboolean
take_close (Guard *self)
{
  char opening = peek (self) == '}' ? '{' : peek (self) == ']' ? '[' : '\0';

  if (opening == '\0' || self->depth == 0 || self->open[self->depth - 1] != opening)
    return FALSE;
  self->p++;
  self->depth--;
  after_value (self);
  return TRUE;
}

static gboolean
take_value (Guard *self)
{
  char c = peek (self);

  if (c == '{' || c == '[')
    return take_open (self);
  after_value (self);
  if (c == '"')
    return take_string (self);
  if (c == '-' || g_ascii_isdigit (c))
    return take_number (self);
  return take_word (self, "true") || take_word (self, "false") || take_word (self, "null");
}

static gboolean
take_key (Guard *self)
{
  if (!take_string (self))
    return FALSE;
  skip_space (self);
  self->n_members++;
  self->expected = EXPECT_VALUE;
  return take (self, ':');
}

static gboolean
take_comma_or_close (Guard *self)
{
  if (!take (self, ','))
    return take_close (self);
  self->expected = self->open[self->depth - 1] == '{' ? EXPECT_KEY : EXPECT_VALUE;
  return TRUE;
}

static gboolean
step (Guard *self)
{
  skip_space (self);
  switch (self->expected) {
  case EXPECT_VALUE:
    return take_value (self);
  case EXPECT_VALUE_OR_END:
    return peek (self) == ']' ? take_close (self) : take_value (self);
  case EXPECT_KEY:
    return take_key (self);
  case EXPECT_KEY_OR_END:
    return peek (self) == '}' ? take_close (self) : take_key (self);
  case EXPECT_COMMA_OR_END:
    return take_comma_or_close (self);
  case EXPECT_NOTHING:
    break;
  }
  g_assert_not_reached ();
}

static gboolean
is_one_object (Guard *self)
{
  skip_space (self);
  if (peek (self) != '{')
    return FALSE;
  while (self->expected != EXPECT_NOTHING) {
    if (!step (self))
      return FALSE;
  }
  skip_space (self);
  return self->p == self->end;
}

/*
 * confab_json_guard_check:
 * @data: (array length=size): bytes of a stranger
 * @size: how many; the caller has limited them
 * @n_members: (out): how many members all of the objects have, counted as often as they are written
 * @error: return location for a #GError
 *
 * Tells whether the bytes are one JSON object of RFC 8259 in UTF-8, with at most
 * CONFAB_LIMIT_BRACKETS brackets, no NUL, no lone surrogate and no integer beyond 18 digits. Takes
 * time linear in @size and a constant amount of stack.
 *
 * Fails with CONFAB_ERROR_BAD_MESSAGE. Safe to call from any thread.
 */
gboolean
confab_json_guard_check (const char *data, gsize size, guint *n_members, GError **error)
{
  Guard self = { .p = data, .end = data + size, .expected = EXPECT_VALUE };

  if (!has_few_brackets (data, size)) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_MESSAGE,
                 "The message has more than %d brackets", CONFAB_LIMIT_BRACKETS);
    return FALSE;
  }
  if (!g_utf8_validate_len (data, size, NULL)) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_BAD_MESSAGE,
                         "The message is not in UTF-8");
    return FALSE;
  }
  if (!is_one_object (&self)) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_MESSAGE,
                 "The message is not one JSON object: see byte %" G_GSIZE_FORMAT,
                 (gsize) (self.p - data));
    return FALSE;
  }
  *n_members = self.n_members;
  return TRUE;
}
