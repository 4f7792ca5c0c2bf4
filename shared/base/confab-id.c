/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-id"

#include "config.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "confab-id.h"

/* Crockford's base32: no i, l, o, u, so that a code survives being read out. */
static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";

#define CODE_GROUPS    3
#define GROUP_LENGTH   4
#define CODE_SYMBOLS   (CODE_GROUPS * GROUP_LENGTH)
#define MAX_TYPED_CODE 64 /* a code with dashes and spaces, typed generously */

/* Codes and secrets open doors: g_random_*() is a Mersenne twister, and so predictable. */
static void
fill_random (guint8 *bytes, gsize length)
{
  gsize filled = 0;

  while (filled < length) {
    gssize n = getrandom (bytes + filled, length - filled, 0);

    if (n > 0)
      filled += (gsize) n;
    else if (errno != EINTR)
      g_error ("The kernel gives no random bytes: %s", g_strerror (errno));
  }
}

/* 32 divides 256, so that the five low bits of a random byte are evenly spread. */
static char *
new_symbols (gsize length)
{
  g_autofree guint8 *bytes = g_malloc (length);
  char *symbols = g_malloc (length + 1);

  fill_random (bytes, length);
  for (gsize i = 0; i < length; i++)
    symbols[i] = alphabet[bytes[i] & 31];
  symbols[length] = '\0';
  explicit_bzero (bytes, length);
  return symbols;
}

static char *
format_code (const char *symbols)
{
  return g_strdup_printf ("%.4s-%.4s-%.4s", symbols, symbols + GROUP_LENGTH,
                          symbols + 2 * GROUP_LENGTH);
}

/* The symbol that a typed character stands for, or 0. */
static char
fold_symbol (char typed)
{
  char lower = g_ascii_tolower (typed);

  if (lower == 'i' || lower == 'l')
    return '1';
  if (lower == 'o')
    return '0';
  return lower != '\0' && strchr (alphabet, lower) != NULL ? lower : '\0';
}

/**
 * confab_id_new:
 *
 * Makes the identifier of a value: 26 symbols of Crockford's base32 in lower case, 130 bits from
 * the kernel's random number generator. Identifiers sort in no useful order, but always the same.
 *
 * Safe to call from any thread.
 *
 * Returns: (transfer full): %CONFAB_ID_LENGTH ASCII characters
 * Since: 0.1
 */
char *
confab_id_new (void)
{
  return new_symbols (CONFAB_ID_LENGTH);
}

/**
 * confab_id_is_valid:
 * @text: (nullable): what a peer sent
 *
 * Tells whether @text has the form of an identifier or a secret, in the one spelling we make.
 *
 * Returns: %TRUE for 26 lower-case symbols
 * Since: 0.1
 */
gboolean
confab_id_is_valid (const char *text)
{
  return text != NULL && strnlen (text, CONFAB_ID_LENGTH + 1) == CONFAB_ID_LENGTH &&
         strspn (text, alphabet) == CONFAB_ID_LENGTH;
}

/**
 * confab_code_new:
 *
 * Makes the code of a call: three groups of four symbols, 60 bits, to be read out and typed.
 *
 * Safe to call from any thread.
 *
 * Returns: (transfer full): %CONFAB_CODE_LENGTH ASCII characters, as `7h3k-9mzq-c0de`
 * Since: 0.1
 */
char *
confab_code_new (void)
{
  g_autofree char *symbols = new_symbols (CODE_SYMBOLS);

  return format_code (symbols);
}

/**
 * confab_code_normalize:
 * @text: (nullable): what somebody typed, in any case, with or without dashes and spaces
 *
 * Brings a typed code into the spelling of confab_code_new(); `i` and `l` are read as 1, `o` as 0.
 *
 * Returns: (transfer full) (nullable): the code, or %NULL when @text cannot be one
 * Since: 0.1
 */
char *
confab_code_normalize (const char *text)
{
  char symbols[CODE_SYMBOLS + 1] = { 0 };
  guint n_symbols = 0;

  if (text == NULL || strnlen (text, MAX_TYPED_CODE + 1) > MAX_TYPED_CODE)
    return NULL;

  for (const char *p = text; *p != '\0'; p++) {
    char symbol = fold_symbol (*p);

    if (*p == '-' || g_ascii_isspace (*p))
      continue;
    if (symbol == '\0' || n_symbols == CODE_SYMBOLS)
      return NULL;
    symbols[n_symbols++] = symbol;
  }
  return n_symbols == CODE_SYMBOLS ? format_code (symbols) : NULL;
}

/**
 * confab_secret_new:
 *
 * Makes a secret of the form of an identifier: a ticket, the secret of an invitation. It is worth
 * 130 bits and is stored only as a hash.
 *
 * Safe to call from any thread.
 *
 * Returns: (transfer full): %CONFAB_SECRET_LENGTH ASCII characters
 * Since: 0.1
 */
char *
confab_secret_new (void)
{
  return new_symbols (CONFAB_SECRET_LENGTH);
}
