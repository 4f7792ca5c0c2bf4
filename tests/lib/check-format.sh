#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Every C file is as clang-format 14 would write it.
set -eu
cd "$(dirname "$0")/../.."
find shared daemon client-gtk data tests -name '*.[ch]' | sort | xargs clang-format-14 --dry-run -Werror
