#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# with-display.sh COMMAND...: runs it on a screen and a session bus of its own, in an empty home. Nothing installed on the
# machine is activated, nothing is left behind; the exit code is the command's.
set -eu
# short, since socket paths are limited to 108 bytes
home=$(mktemp -d /tmp/cfui.XXXXXX)
mkdir -m 700 "$home/run" "$home/data" "$home/config" "$home/cache" "$home/state"
screen=
finish ()
{
  if [ -n "$screen" ]; then kill "$screen" 2>/dev/null || true; wait "$screen" 2>/dev/null || true; fi
  rm -rf "$home"
}
trap finish EXIT
trap 'exit 143' INT TERM HUP

unset WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS AT_SPI_BUS_ADDRESS
export HOME="$home" XDG_RUNTIME_DIR="$home/run" XDG_DATA_HOME="$home/data" XDG_CONFIG_HOME="$home/config"
export XDG_CACHE_HOME="$home/cache" XDG_STATE_HOME="$home/state" XDG_CURRENT_DESKTOP=GNOME
# cairo: no graphics driver and the same picture each time
export GDK_BACKEND=x11 GSK_RENDERER=cairo GDK_DEBUG=gl-disable GTK_A11Y="${GTK_A11Y:-none}"
export GSETTINGS_BACKEND=memory GIO_USE_VFS=local ADW_DISABLE_PORTAL=1

cat >"$home/bus.conf" <<CONF
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><keep_umask/><listen>unix:dir=$home/run</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>
CONF

# The server picks a free number by itself: several may start at once.
mkfifo "$home/number"
Xvfb -displayfd 7 -screen 0 1280x1024x24 -nolisten tcp -noreset 7>"$home/number" 2>"$home/xvfb.log" &
screen=$!
read -r number <"$home/number" || { cat "$home/xvfb.log" >&2; exit 1; }
export DISPLAY=":$number"

code=0
dbus-run-session --config-file="$home/bus.conf" -- "$@" || code=$?
exit "$code"
