#!/usr/bin/env bats
# How bundles and receipts travel where anyone may push: junk, floods, races, and answers that get lost.
load common
load people

logged() { git -C "$1" show stream:log/000.jsonl | grep -c '"kind":"behaviour.logged"'; }
# Waits until a file exists, for at most ten seconds.
wait_for() {
  local i
  for i in $(seq 100); do [ -e "$1" ] && return; sleep 0.1; done
  return 1
}
receipts() { git -C "$1" for-each-ref --format='%(objectname) %(refname)' refs/bw/receipt; }

# eve, who may not append, has left one deed in the inbox of home.git.
eve_submitted() {
  shared_world
  become eve
  "$BW" -C eve log "$BEHAVIOUR" >/dev/null
  "$BW" -C eve submit >/dev/null
  REF=$(git -C home.git for-each-ref --format='%(refname)' refs/bw/inbox)
  RECEIPT=${REF/inbox/receipt}
}

@test "a junk receipt at home hides a bundle neither from stewards nor from its sender" {
  eve_submitted
  junk=$(echo junk | git -C home.git hash-object -w --stdin)
  git -C home.git update-ref "$RECEIPT" "$junk"
  apart "$BW" -C eve pull
  [ "$status" -eq 0 ]
  [[ $stdout != *admitted* ]]
  apart "$BW" -C eve status --json
  [ "$status" -eq 0 ]
  [[ $stdout == *'"sent": 1'* ]]
  become ada
  apart "$BW" -C ada merge --inbox --json
  [ "$status" -eq 0 ] || { echo "$stdout$stderr"; false; }
  [[ $stdout == *'"result": "admitted"'* ]]
  # The genuine receipt lies there in its place.
  [ "$(git -C home.git rev-parse "$RECEIPT")" != "$junk" ]
  become eve
  apart "$BW" -C eve pull
  [[ $stdout == *'1 admitted'* ]]
  apart "$BW" -C eve status --json
  [[ $stdout == *'"sent": 0'* ]]
}

@test "a receipt that lies in one's own repository and is junk stops no command" {
  eve_submitted
  git -C eve update-ref "$RECEIPT" "$(echo junk | git -C eve hash-object -w --stdin)"
  for command in status 'log --json' pull "log $BEHAVIOUR" submit; do
    # shellcheck disable=SC2086
    apart "$BW" -C eve $command
    [ "$status" -eq 0 ] || { echo "$command: $stderr"; false; }
  done
  apart "$BW" -C eve status --json
  [[ $stdout == *'"junk_receipts": 1'* ]]
}

@test "a receipt that could not be brought to the sender is brought by the next run" {
  eve_submitted
  cat >home.git/hooks/update <<'HOOK'
#!/bin/sh
case $1 in refs/bw/receipt/*) echo 'not today' >&2; exit 1 ;; esac
HOOK
  chmod +x home.git/hooks/update
  become ada
  apart "$BW" -C ada merge --inbox
  [ "$status" -eq 0 ]
  [[ $stderr == *'could not be left'*'not today'* ]]
  [ -z "$(receipts home.git)" ]
  # Still not: that is said again, and nothing is admitted twice.
  apart "$BW" -C ada merge --inbox
  [[ $stderr == *'could not be brought'* ]]
  rm home.git/hooks/update
  apart "$BW" -C ada merge --inbox --json
  [[ $stdout == *'"bundles": []'* ]]
  [ -n "$(receipts home.git)" ]
  [ "$(logged ada)" -eq 1 ]
  become eve
  apart "$BW" -C eve pull
  [[ $stdout == *'1 admitted'* ]]
}

@test "fetching leaves nothing of a stranger's in a steward's repository" {
  eve_submitted
  bundle=$(git -C home.git rev-parse "$REF")
  git -C home.git update-ref refs/bw/inbox/x/y "$(echo junk | git -C home.git hash-object -w --stdin)"
  become ada
  "$BW" -C ada merge --inbox
  [ -z "$(git -C ada for-each-ref refs/bw/inbox)" ]
  apart "$BW" -C ada merge --inbox
  [ "$status" -eq 0 ]
  [[ $stdout == *'inbox is empty'* ]]
  refute git -C ada cat-file -e "$bundle"
  [ -z "$(git -C ada fsck --strict --no-progress 2>&1)" ]
}

@test "objects that git does not take harm only the ref under which they lie" {
  eve_submitted
  sender=${REF#refs/bw/inbox/} sender=${sender%/*}
  # A commit whose tree has an entry ".git".
  blob=$(echo x | git -C home.git hash-object -w --stdin)
  sub=$(printf '100644 blob %s\tconfig\n' "$blob" | git -C home.git mktree)
  python3 - "$sub" >raw <<'PY'
import sys
sys.stdout.buffer.write(b"40000 .git\0" + bytes.fromhex(sys.argv[1]))
PY
  tree=$(git -C home.git hash-object -w -t tree --literally "$PWD/raw")
  commit=$(git -C home.git -c user.name=x -c user.email=x@y commit-tree "$tree" -m evil)
  git -C home.git update-ref "refs/bw/inbox/$sender/$(printf '0%.0s' $(seq 64))" "$commit"
  become ada
  apart "$BW" -C ada merge --inbox --json
  [[ $stdout == *'"result": "admitted"'* ]] || { echo "$stdout$stderr"; false; }
}

@test "five hundred junk refs neither stop nor slow an inbox for ever" {
  eve_submitted
  sender=${REF#refs/bw/inbox/} sender=${sender%/*}
  junk=$(git -C home.git rev-parse "$REF")
  for i in $(seq 500); do
    echo "create refs/bw/inbox/$sender/$(echo "$i" | sha256sum | cut -c1-64) $junk"
  done | git -C home.git update-ref --stdin
  become ada
  apart "$BW" -C ada merge --inbox --json
  [[ $stdout == *'"result": "admitted"'* ]]
  apart "$BW" -C ada merge --inbox
  [ "$status" -eq 0 ]
  [[ $stdout == *'inbox is empty'* ]]
  [ "$(logged ada)" -eq 1 ]
}

# Makes pushes to home.git stop at the file `here` until there is a file `go`.
hold_pushes() {
  cat >home.git/hooks/pre-receive <<HOOK
#!/bin/sh
touch '$PWD/here'
i=0
while [ ! -e '$PWD/go' ] && [ \$i -lt 300 ]; do sleep 0.1; i=\$((i + 1)); done
HOOK
  chmod +x home.git/hooks/pre-receive
}

@test "what a submission in progress sends cannot be undone, by a steward or anyone" {
  shared_world
  hold_pushes
  for who in ada eve; do
    become "$who"
    rm -f here go
    "$BW" -C "$who" log "$BEHAVIOUR" >/dev/null
    "$BW" -C "$who" submit >submit.out 2>&1 3>&- & pid=$!
    wait_for here
    apart "$BW" -C "$who" undo
    [ "$status" -eq 4 ]
    [[ $stderr == *'being submitted'* ]]
    # What was logged since is not part of it.
    "$BW" -C "$who" log "$BEHAVIOUR" >/dev/null
    "$BW" -C "$who" undo
    touch go
    wait "$pid" || { cat submit.out; false; }
  done
  become ada
  "$BW" -C ada merge --inbox
  [ "$(logged ada)" -eq 2 ]
  "$BW" -C ada verify
}

@test "a submission that was killed while it sent goes on with the next one" {
  shared_world
  hold_pushes
  become eve
  "$BW" -C eve log "$BEHAVIOUR" >/dev/null
  "$BW" -C eve submit >submit.out 2>&1 3>&- & pid=$!
  wait_for here
  kill -9 "$pid"
  touch go
  apart "$BW" -C eve undo
  [ "$status" -eq 4 ]
  apart "$BW" -C eve status --json
  [[ $stdout == *'"waiting": 1'* ]]
  "$BW" -C eve submit
  apart "$BW" -C eve status --json
  [[ $stdout == *'"waiting": 0'* && $stdout == *'"sent": 1'* ]]
  become ada
  "$BW" -C ada merge --inbox
  [ "$(logged ada)" -eq 1 ]
}

@test "where home did not answer or refused, what waits can still be undone" {
  shared_world
  for who in ada eve; do
    become "$who"
    "$BW" -C "$who" log "$BEHAVIOUR" >/dev/null
    mv home.git away.git
    apart "$BW" -C "$who" submit
    [ "$status" -eq 3 ]
    mv away.git home.git
    "$BW" -C "$who" undo
    "$BW" -C "$who" log "$BEHAVIOUR" >/dev/null
    printf '#!/bin/sh\nexit 1\n' >home.git/hooks/pre-receive
    chmod +x home.git/hooks/pre-receive
    apart "$BW" -C "$who" submit
    [ "$status" -eq 4 ]
    rm home.git/hooks/pre-receive
    "$BW" -C "$who" undo
  done
}

@test "joining twice asks once" {
  shared_world
  become eve
  "$BW" -C eve join
  apart "$BW" -C eve join
  [ "$status" -eq 4 ]
  [[ $stderr == *'asked to join'*already* ]]
  [ "$(git -C home.git for-each-ref refs/bw/inbox | wc -l)" -eq 1 ]
  apart "$BW" -C eve status
  [[ $stdout == *'already asked to join'* ]]
  become ada
  "$BW" -C ada merge --inbox
  become eve
  "$BW" -C eve pull
  apart "$BW" -C eve status
  [[ $stdout == *'(member)'* ]]
  apart "$BW" -C eve join
  [ "$status" -eq 4 ]
  [[ $stderr == *'joined'*already* ]]
}

@test "joining again sends what could not be sent before" {
  shared_world
  become eve
  mv home.git away.git
  apart "$BW" -C eve join
  [ "$status" -eq 3 ]
  mv away.git home.git
  "$BW" -C eve join
  [ "$(git -C home.git for-each-ref refs/bw/inbox | wc -l)" -eq 1 ]
  become ada
  "$BW" -C ada merge --inbox
  [ "$(git -C ada show stream:log/000.jsonl | grep -c "\"actor\":\"$(did_of eve)\"")" -eq 1 ]
}
