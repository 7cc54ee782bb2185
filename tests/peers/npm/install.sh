#!/bin/sh
# Puts the npm peer where it can run: install.sh FOLDER CACHE-FOLDER
# The versions are those of package-lock.json. The same by hand: cd tests/peers/npm && npm ci
set -eu
folder=$1
cache=$2
cd "$(dirname "$0")"
if ! command -v npm >/dev/null; then
  echo "the npm peer needs Node.js 18 or later with npm (./run setup)" >&2
  exit 1
fi
mkdir -p "$folder" "$cache"
cp package.json package-lock.json peer.mjs "$folder"
cd "$folder"
# What is there and of these versions stays: tests then need no network.
if ! cmp -s package-lock.json installed.json; then
  npm ci --ignore-scripts --no-audit --no-fund --cache "$cache" </dev/null
  cp package-lock.json installed.json
fi
