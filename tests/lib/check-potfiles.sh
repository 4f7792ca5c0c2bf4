#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# po/POTFILES names exactly the files of the app that have something to translate, and every translation is complete.
set -eu
cd "$(dirname "$0")/../.."
found=$(mktemp)
listed=$(mktemp)
trap 'rm -f "$found" "$listed"' EXIT
{
  grep -rlE '\b(N?C?_|ngettext) ?\(' --include='*.c' client-gtk || true
  grep -rlE 'translatable="(yes|true)"' --include='*.ui' client-gtk || true
  ls data/*.desktop.in data/*.metainfo.xml.in 2>/dev/null || true
} | sort -u >"$found"
grep -vE '^(#|$)' po/POTFILES | sort -u >"$listed"
diff "$listed" "$found"
for language in $(cat po/LINGUAS); do
  msgfmt --check --output-file=/dev/null --statistics "po/$language.po" 2>&1 | tee "$found"
  ! grep -qE 'fuzzy|untranslated' "$found"
done
