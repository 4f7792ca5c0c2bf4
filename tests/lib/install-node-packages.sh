#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# install-node-packages.sh FOLDER: the npm packages of the integration tests, as the lock file pins them.
set -eu
folder=$1
mkdir -p "$folder"
cp "$(dirname "$0")/../integration/node/package.json" "$(dirname "$0")/../integration/node/package-lock.json" "$folder/"
cd "$folder"
npm ci --ignore-scripts --no-audit --no-fund --silent
