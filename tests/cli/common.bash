# What every file of this folder starts from: a fresh home, and $BW as the program under test.
#   BW=/path/to/bw bats tests/cli

setup() {
  : "${BW:?set BW to the bw program}"
  BW=$(realpath "$BW")
  export HOME=$BATS_TEST_TMPDIR/home BW_HOME=$BATS_TEST_TMPDIR/bw
  mkdir -p "$HOME"
  export BW_CHECK_JSON=1
  unset BW_PASSPHRASE BW_WORLD BW_PAGER PAGER NO_COLOR SSH_AUTH_SOCK XDG_CONFIG_HOME XDG_DATA_HOME XDG_STATE_HOME
  cd "$BATS_TEST_TMPDIR" || return 1
}

# Runs a command and keeps its two outputs apart: $stdout, $stderr, $status.
apart() {
  status=0
  "$@" >"$BATS_TEST_TMPDIR/.out" 2>"$BATS_TEST_TMPDIR/.err" </dev/null || status=$?
  stdout=$(<"$BATS_TEST_TMPDIR/.out") stderr=$(<"$BATS_TEST_TMPDIR/.err")
}

# From now on everything here belongs to somebody who is not root, and $BW runs as them: root may write anywhere.
become_nobody() {
  [ "$(id -u)" -eq 0 ] || return 0
  local program
  chmod 711 "$BATS_RUN_TMPDIR"
  mkdir "$BATS_TEST_TMPDIR/.programs"
  cp "$BW" "$BW-hub" "$BATS_TEST_TMPDIR/.programs"
  printf '#!/bin/sh\nexec setpriv --reuid=65534 --regid=65534 --clear-groups "%s" "$@"\n' \
    "$BATS_TEST_TMPDIR/.programs/bw" >"$BATS_TEST_TMPDIR/.nobody"
  chmod 755 "$BATS_TEST_TMPDIR/.nobody"
  BW=$BATS_TEST_TMPDIR/.nobody
  chown -R 65534:65534 "$BATS_TEST_TMPDIR"
}

# The value of a string member in the JSON of $stdout.
member() { sed -n 's/^ *"'"$1"'": "\(.*\)",\{0,1\}$/\1/p' <<<"$stdout"; }

# Fails where a command succeeds; bats does not notice a failing `! command`.
refute() { ! "$@"; }

# Runs a command line at a terminal of its own, typing what comes on standard input; prints the screen.
at_terminal() { script -qec "$1" /dev/null; }
