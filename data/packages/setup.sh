# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by ./run and ./check: installs what is missing from the distribution's packages, configures and compiles.
# Expects to be sourced in the top folder of the checkout.

# setup_missing LIST...: the packages of data/packages/LIST that are neither installed nor provided by one that is
setup_missing ()
{
  setup_have=$(dpkg-query -W -f='${db:Status-Status} ${Package}, ${Provides}\n' 2>/dev/null \
    | sed -n 's/^installed //p' | sed 's/ ([^)]*)//g' | tr ',' '\n' | sed 's/^ *//; s/ *$//' | sort -u)
  for setup_list in "$@"; do
    sed 's/#.*//' "data/packages/$setup_list"
  done | tr -s ' \n' '\n\n' | sort -u | while read -r setup_name; do
    [ -z "$setup_name" ] || printf '%s\n' "$setup_have" | grep -qxF "$setup_name" || printf '%s ' "$setup_name"
  done
}

# setup_packages LIST...: says what it installs; sudo when not root
setup_packages ()
{
  if ! command -v apt-get >/dev/null 2>&1; then
    echo "This is no Debian: please install what data/packages/ names ($*) yourself. Going on." >&2
    return 0
  fi
  setup_names=$(setup_missing "$@")
  [ -n "$setup_names" ] || return 0
  setup_as_root=
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null 2>&1; then
      echo "These packages are missing, and there is no sudo to install them: $setup_names" >&2
      return 1
    fi
    setup_as_root=sudo
  fi
  echo "Installing from the distribution ($*): $setup_names"
  $setup_as_root apt-get update -qq \
    && $setup_as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $setup_names >/dev/null
}

# setup_configure FOLDER [MESON OPTION...]
setup_configure ()
{
  setup_folder=$1
  shift
  if [ -e "$setup_folder/build.ninja" ]; then
    [ $# -eq 0 ] || meson configure "$setup_folder" "$@"
  else
    echo "Configuring $setup_folder/"
    setup_log=$(meson setup "$setup_folder" "$@" 2>&1) || { printf '%s\n' "$setup_log" >&2; return 1; }
  fi
}

# setup_build FOLDER [MESON OPTION...]: everything, tests included
setup_build ()
{
  setup_configure "$@" && ninja -C "$1"
}
