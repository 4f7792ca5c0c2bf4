/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-mail.h"

G_BEGIN_DECLS

char *confabd_letter_text_encode_words (const char *text);
char *confabd_letter_text_format (const ConfabdLetter *letter,
                                  const char *from,
                                  const char *from_name,
                                  const char *id,
                                  GDateTime *date);

G_END_DECLS
