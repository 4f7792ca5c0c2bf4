#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# with-postgres.sh COMMAND...: runs COMMAND beside a PostgreSQL server of its own, which listens on a socket in a
# temporary folder only, runs as an unprivileged user, and is gone afterwards. The command finds it by
# CONFAB_TEST_POSTGRES, an URL of the database “postgres”, and may stop and start it by CONFAB_TEST_POSTGRES_CTL.
# With CONFAB_TEST_POSTGRES_ONLY="NAME NAME", programs of other names run without one.
set -eu

case " ${CONFAB_TEST_POSTGRES_ONLY:-${1##*/}} " in
  *" ${1##*/} "*) ;;
  *) exec "$@" ;;
esac

programs=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
folder=$(mktemp -d "${TMPDIR:-/tmp}/confab-pg-XXXXXX")

# PostgreSQL refuses to run as root.
as_user=
if [ "$(id -u)" = 0 ]; then
  as_user='setpriv --reuid=nobody --regid=nogroup --clear-groups --'
  chown nobody:nogroup "$folder"
fi

end ()
{
  status=$?
  trap - EXIT
  $as_user "$programs/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null 2>&1 || true
  rm -rf "$folder"
  exit $status
}
trap end EXIT
trap 'exit 143' TERM INT

cd "$folder"
$as_user "$programs/initdb" -D "$folder/data" -U confab -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$folder/log" ||
  { cat "$folder/log" >&2; exit 1; }
cat >>"$folder/data/postgresql.conf" <<CONF
listen_addresses = ''
unix_socket_directories = '$folder'
fsync = ${CONFAB_TEST_POSTGRES_FSYNC:-off}
shared_buffers = 16MB
max_connections = 60
CONF

CONFAB_TEST_POSTGRES="postgresql://confab@/postgres?host=$folder"
CONFAB_TEST_POSTGRES_CTL="$as_user $programs/pg_ctl -D $folder/data -l $folder/server-log -w"
export CONFAB_TEST_POSTGRES CONFAB_TEST_POSTGRES_CTL
$CONFAB_TEST_POSTGRES_CTL start >/dev/null || { cat "$folder/server-log" >&2; exit 1; }
cd - >/dev/null
"$@"
