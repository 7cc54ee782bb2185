#!/bin/sh
# Our scripts run on a bare machine: plain sh, and nothing that shellcheck frowns at.
set -eu
cd -- "$(dirname -- "$0")/../.."
find run .ci/run tests demo -name node_modules -prune -o -type f \( -name run -o -name '*.sh' \) -print 2>/dev/null | while read -r script; do
  echo "$script"
  case $(head -n 1 "$script") in
    '#!/bin/sh') dash -n "$script" ;;
  esac
  shellcheck "$script"
done
