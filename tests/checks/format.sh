#!/bin/sh
# Lists the sources that clang-format would lay out differently; with --fix, does it.
# Version 14 is Debian 12's; another version has other opinions.
set -eu
cd -- "$(dirname -- "$0")/../.."
formatter=$(command -v clang-format-14 || command -v clang-format)

sources() {
  find libbw cli bench tests -name node_modules -prune -o \( -name '*.h' -o -name '*.cpp' \) -print0 2>/dev/null || true
}

if [ "${1:-}" = --fix ]; then
  sources | xargs -0 "$formatter" -i
  exit
fi
differing=$(sources | xargs -0 "$formatter" --dry-run --Werror 2>&1 | sed -n 's/:[0-9]*:[0-9]*: error:.*//p' | sort -u)
if [ -n "$differing" ]; then
  printf 'To be laid out by ./run format:\n%s\n' "$differing"
  exit 1
fi
