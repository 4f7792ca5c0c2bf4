#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# with-keyring.sh COMMAND...: runs COMMAND on a session bus and in a home of its own, with a real gnome-keyring that is
# unlocked. All of it is gone afterwards.
set -eu

if [ -z "${CONFAB_TEST_KEYRING_HOME:-}" ]; then
  CONFAB_TEST_KEYRING_HOME=$(mktemp -d "${TMPDIR:-/tmp}/confab-keyring-XXXXXX")
  export CONFAB_TEST_KEYRING_HOME
  trap 'rm -rf "$CONFAB_TEST_KEYRING_HOME"' EXIT
  trap 'exit 143' TERM INT
  dbus-run-session -- "$0" "$@"
  exit
fi

HOME=$CONFAB_TEST_KEYRING_HOME
XDG_DATA_HOME=$HOME/data
XDG_CONFIG_HOME=$HOME/config
XDG_CACHE_HOME=$HOME/cache
XDG_RUNTIME_DIR=$HOME/run
export HOME XDG_DATA_HOME XDG_CONFIG_HOME XDG_CACHE_HOME XDG_RUNTIME_DIR
# libsecret of Debian 12 keeps some answers of the bus; a leak of GDBus cannot be told from one of ours by its frames.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"
mkdir -m 700 "$XDG_DATA_HOME" "$XDG_CONFIG_HOME" "$XDG_CACHE_HOME" "$XDG_RUNTIME_DIR"

# It stays in the foreground: a daemon of its own would outlive the bus. Its warnings are not ours to die of.
printf 'password' >"$HOME/password"
env -u G_DEBUG -u G_SLICE gnome-keyring-daemon --foreground --unlock --components=secrets <"$HOME/password" >"$HOME/log" 2>&1 &
keyring=$!
trap 'kill $keyring 2>/dev/null || true; wait $keyring 2>/dev/null || true' EXIT
gdbus wait --session --timeout 30 org.freedesktop.secrets || { cat "$HOME/log" >&2; exit 1; }
"$@"
