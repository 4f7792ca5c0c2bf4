#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Derives common-passwords.txt from the frequency lists of zxcvbn (Debian: python3-zxcvbn).

Kept is what could be a password here at all: 8 characters or more. zxcvbn lists a word once, in the list where it
is commonest, so given names that are common passwords stand in the lists of names.
"""

import pathlib

from zxcvbn.frequency_lists import FREQUENCY_LISTS

MIN_CHARS = 8

words = {
    word.lower()
    for name in ("passwords", "female_names", "male_names")
    for word in FREQUENCY_LISTS[name]
    if len(word) >= MIN_CHARS
}
assert all(word.isascii() and word.isprintable() for word in words)
target = pathlib.Path(__file__).with_name("common-passwords.txt")
target.write_text("".join(word + "\n" for word in sorted(words, key=str.encode)))
