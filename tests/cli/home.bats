#!/usr/bin/env bats
# The home of a world: lost, moved, set back, copied, rewritten, dead, hostile.
load common
load people

waiting() { "$BW" -C "$1" status --json | sed -n 's/^ *"waiting": \([0-9]*\),*$/\1/p'; }
head_of() { git -C "$1" rev-parse "${2:-stream}"; }

# One deed of ada in the home, known to ada and bob.
deed() {
  become ada
  "$BW" -C ada log "$BEHAVIOUR" >/dev/null
  "$BW" -C ada submit >/dev/null
  become bob
  "$BW" -C bob pull >/dev/null
  become ada
}

@test "a home that is gone is replaced, plainly and by a steward's word alone" {
  shared_world
  deed
  mv home.git away.git
  git init -q --bare new.git
  "$BW" -C ada log "$BEHAVIOUR" >/dev/null
  apart "$BW" -C ada steward propose set-home "$PWD/new.git"
  [ "$status" -eq 3 ]
  apart "$BW" -C ada steward propose set-home "$PWD/new.git" --old-home-is-gone --json
  [ "$status" -eq 0 ]
  [[ $stdout == *'"in_force": true'* ]]
  [[ $stderr == *'home.git is given up'* && $stderr == *"refuse the new home"* ]]
  "$BW" -C ada submit
  [ "$(head_of ada)" = "$(head_of new.git)" ]
  [ "$(waiting ada)" -eq 0 ]
  "$BW" verify new.git
  [ "$(git -C new.git show stream:log/000.jsonl | grep -c '"kind":"behaviour.logged"')" -eq 2 ]
  # Everyone else hears of it by address, then goes on as before.
  become bob
  apart "$BW" -C bob pull
  [ "$status" -eq 3 ]
  "$BW" -C bob pull --from "$PWD/new.git"
  [ "$(head_of bob)" = "$(head_of new.git)" ]
  apart "$BW" -C bob pull --json
  [ "$status" -eq 0 ]
  [[ $stdout == *'origin does not answer'* ]]
  "$BW" -C bob log "$BEHAVIOUR"
  apart "$BW" -C bob submit --json
  [ "$(member to)" = "$PWD/new.git" ]
}

@test "a home that answers is not given up, and what it holds is taken first" {
  shared_world
  git init -q --bare new.git
  become ada
  before=$(head_of ada)
  "$BW" clone home.git second >/dev/null 2>&1
  "$BW" -C second log "$BEHAVIOUR" >/dev/null
  "$BW" -C second submit >/dev/null
  apart "$BW" -C ada steward propose set-home "$PWD/new.git" --old-home-is-gone
  [ "$status" -eq 4 ]
  [[ $stderr == *answers* ]]
  [ -z "$(git -C new.git for-each-ref)" ]
  [ "$(head_of ada)" = "$(head_of home.git)" ]
  [ "$(head_of ada)" != "$before" ]
  become bob
  mv home.git away.git
  apart "$BW" -C bob steward propose set-home "$PWD/new.git" --old-home-is-gone
  [ "$status" -eq 4 ]
  [ -z "$(git -C new.git for-each-ref)" ]
  apart "$BW" -C bob steward propose set-threshold 1 --old-home-is-gone
  [ "$status" -ne 0 ]
}

@test "a home that serves another history can be left" {
  shared_world
  deed
  first=$(git -C home.git rev-list --max-parents=0 stream)
  forged=$(git -C home.git -c user.name=x -c user.email=x@y commit-tree "$first^{tree}" -p "$first" -m forged)
  git -C home.git update-ref refs/heads/stream "$forged"
  git init -q --bare new.git
  apart "$BW" -C ada steward propose set-home "$PWD/new.git" --old-home-is-gone
  [ "$status" -eq 0 ]
  [[ $stderr == *"$forged"* ]]
  "$BW" verify new.git
  [ "$(head_of ada)" = "$(head_of new.git)" ]
}

@test "a new home that holds something else is not overwritten" {
  shared_world
  deed
  mv home.git away.git
  "$BW" -C 'ada 世界' status >/dev/null
  "$BW" init other --template minimal >/dev/null 2>&1
  git clone -q --bare other other.git
  before=$(head_of other.git)
  mine=$(head_of ada)
  apart "$BW" -C ada steward propose set-home "$PWD/other.git" --old-home-is-gone
  [ "$status" -eq 4 ]
  [ "$(head_of other.git)" = "$before" ]
  [ "$(head_of ada)" = "$mine" ]
  # A part of this very stream is brought up to date.
  git clone -q --bare away.git part.git
  git -C part.git update-ref refs/heads/stream stream~2
  "$BW" -C ada steward propose set-home "$PWD/part.git" --old-home-is-gone
  [ "$(head_of ada)" = "$(head_of part.git)" ]
}

@test "where two must decide, both approve the new home there" {
  shared_world
  become ada
  "$BW" -C ada steward propose add-steward "$(did_of bob)" >/dev/null
  "$BW" -C ada steward propose set-threshold 2 >/dev/null
  become bob
  "$BW" -C bob pull >/dev/null
  rm -rf home.git
  git init -q --bare new.git
  become ada
  apart "$BW" -C ada steward propose set-home "$PWD/new.git" --old-home-is-gone --json
  [ "$status" -eq 0 ]
  [[ $stdout == *'"in_force": false'* ]]
  proposal=$(member proposal)
  become bob
  "$BW" -C bob pull --from "$PWD/new.git"
  apart "$BW" -C bob steward approve "$proposal" --json
  [ "$status" -eq 3 ]
  apart "$BW" -C bob steward approve "$proposal" --old-home-is-gone --json
  [ "$status" -eq 0 ]
  [[ $stdout == *'"in_force": true'* ]]
  "$BW" -C bob log "$BEHAVIOUR"
  "$BW" -C bob submit
  become ada
  "$BW" -C ada pull --from "$PWD/new.git"
  [ "$(head_of ada)" = "$(head_of new.git)" ]
  "$BW" -C ada verify
}

@test "a home that was set back is told of, and nothing here goes back" {
  shared_world
  deed
  ours=$(head_of bob)
  size=$(entries bob)
  git -C home.git update-ref refs/heads/stream stream~2
  become bob
  apart "$BW" -C bob pull
  [ "$status" -eq 0 ]
  [[ $stderr == *warning* && $stderr == *'lacks 2 commits'* && $stderr == *"$ours"* ]]
  apart "$BW" -C bob pull --json
  [[ $stdout == *'lacks 2 commits'* ]]
  [ "$(head_of bob)" = "$ours" ]
  "$BW" -C bob verify
  [ "$(entries bob)" -eq "$size" ]
  git -C home.git update-ref -d refs/heads/stream
  apart "$BW" -C bob pull
  [ "$status" -eq 0 ]
  [[ $stderr == *'no stream any more'* ]]
  [ "$(head_of bob)" = "$ours" ]
  # A steward's next submit brings back what she has seen.
  become ada
  "$BW" -C ada log "$BEHAVIOUR"
  "$BW" -C ada submit
  [ "$(git -C home.git show stream:log/000.jsonl | grep -c '"kind":"behaviour.logged"')" -eq 2 ]
  become bob
  apart "$BW" -C bob pull
  [ "$status" -eq 0 ]
  [ -z "$stderr" ] || refute grep -q warning <<<"$stderr"
}

@test "the maker's repository that was set back is noticed in its clones" {
  person ada
  world
  "$BW" -C 'ada 世界' log "$BEHAVIOUR" >/dev/null
  "$BW" -C 'ada 世界' submit >/dev/null
  become nobody
  "$BW" clone 'ada 世界' copy >/dev/null 2>&1
  ours=$(head_of copy)
  git -C 'ada 世界' update-ref refs/heads/stream stream~2
  apart "$BW" -C copy pull
  [ "$status" -eq 0 ]
  [[ $stderr == *'lacks 2 commits'* ]]
  [ "$(head_of copy)" = "$ours" ]
}

@test "a copied folder does not take itself for the home" {
  person ada
  world
  cp -a 'ada 世界' copy
  head=$(head_of copy)
  "$BW" -C copy log "$BEHAVIOUR" >/dev/null
  apart "$BW" -C copy submit
  [ "$status" -eq 4 ]
  [[ $stderr == *'ada 世界'* && $stderr == *'bw world home --here'* ]]
  [ "$(head_of copy)" = "$head" ]
  [ "$(waiting copy)" -eq 1 ]
  apart "$BW" -C copy status
  [[ $stdout == *'bw world home --here'* ]]
  apart "$BW" -C 'ada 世界' status
  [[ $stdout != *'bw world home'* ]]
  # The home goes on, and the machine continues no other history, whatever the copy says of itself.
  "$BW" -C 'ada 世界' submit
  "$BW" -C copy world home --here
  "$BW" -C copy log "$BEHAVIOUR" >/dev/null
  apart "$BW" -C copy submit
  [ "$status" -eq 4 ]
  [[ $stderr == *'signed a checkpoint'* ]]
  [ "$(head_of copy)" = "$head" ]
  [ "$(waiting copy)" -ge 1 ]
  "$BW" -C 'ada 世界' submit
  "$BW" -C 'ada 世界' verify
}

@test "a home that was moved to another place goes on when told so" {
  person ada
  world
  mv 'ada 世界' renamed
  "$BW" -C renamed log "$BEHAVIOUR"
  "$BW" -C renamed submit
  cp -a renamed 'other disk'
  rm -rf renamed
  cd 'other disk'
  apart "$BW" world home --here --json
  [ "$status" -eq 0 ]
  [[ $stdout == *'"here": true'* ]]
  "$BW" log "$BEHAVIOUR"
  "$BW" submit
  "$BW" verify
  person eve
  apart "$BW" world home --here
  [ "$status" -eq 4 ]
}

@test "a stream that someone rewrote at home: pull, submit and verify say so, and nothing is lost" {
  shared_world
  deed
  ours=$(head_of ada)
  git -C home.git worktree add -q "$PWD/edit" stream
  sed -i 's/"kind":"behaviour.logged"/"kind":"behaviour.lagged"/' edit/log/000.jsonl
  git -C edit -c user.name=x -c user.email=x@y -c commit.gpgsign=false commit -q --amend -am 'By hand'
  forged=$(head_of home.git)
  "$BW" -C ada log "$BEHAVIOUR" >/dev/null
  for command in pull submit; do
    apart "$BW" -C ada "$command"
    [ "$status" -eq 4 ]
    [[ $stderr == *"$forged"* && $stderr == *"$ours"* ]]
    [ "$(head_of ada)" = "$ours" ]
    [ "$(waiting ada)" -eq 1 ]
  done
  "$BW" -C ada verify
  apart "$BW" verify home.git
  [ "$status" -eq 1 ]
  [[ $stdout == *"${forged:0:10}"* ]]
  become nobody
  apart "$BW" clone home.git newcomer
  [ "$status" -eq 1 ]
  [ ! -e newcomer ]
}

@test "a commit by hand on top of the home's stream is not taken" {
  shared_world
  deed
  ours=$(head_of ada)
  git -C home.git worktree add -q "$PWD/edit" stream
  echo more >>edit/log/000.jsonl
  git -C edit -c user.name=x -c user.email=x@y -c commit.gpgsign=false commit -qam 'By hand'
  "$BW" -C ada log "$BEHAVIOUR" >/dev/null
  for command in pull submit; do
    apart "$BW" -C ada "$command"
    [ "$status" -eq 1 ]
    [[ $stderr == *'does not verify'* ]]
    [ "$(head_of ada)" = "$ours" ]
    [ "$(waiting ada)" -eq 1 ]
  done
}

@test "a branch stream that was rewritten here is named, with the way back" {
  shared_world
  deed
  ours=$(head_of ada)
  first=$(git -C ada rev-list --max-parents=0 stream)
  git -C ada update-ref refs/heads/stream "$first"
  for command in pull submit status; do
    apart "$BW" -C ada "$command"
    [ "$status" -eq 1 ]
    [[ $stderr == *"$first"* && $stderr == *"git update-ref refs/heads/stream $ours"* ]]
  done
  git -C ada update-ref refs/heads/stream "$ours"
  "$BW" -C ada pull
}

@test "homes that do not answer: exit 3, a clear word, and the events stay in the journal" {
  person ada
  for address in http://127.0.0.1:1/w.git git://127.0.0.1:1/w.git ssh://127.0.0.1:1/w.git; do
    rm -rf w
    apart "$BW" init w --template minimal --home "$address"
    [ "$status" -eq 0 ] || { echo "$stderr"; false; }
    BEHAVIOUR=$(sed -n '/^behaviours:/,$s/^ *- id: *//p' w/betterworld.yaml | head -1)
    "$BW" -C w log "$BEHAVIOUR" >/dev/null
    head=$(head_of w)
    for command in submit pull; do
      apart "$BW" -C w "$command"
      [ "$status" -eq 3 ] || { echo "$address $command: $status $stderr"; false; }
      [[ $stderr == *127.0.0.1* && $stderr == *"does not answer"* ]] || { echo "$stderr"; false; }
    done
    [ "$(head_of w)" = "$head" ]
    [ "$(waiting w)" -eq 1 ]
  done
}

@test "a connection that breaks in the middle leaves nothing half done" {
  person ada
  world
  # What git takes for ssh: the other side's answer ends after so many bytes, where that is asked for.
  cat >cut-ssh <<'SH'
#!/bin/sh
shift $(($# - 1))
[ -n "$CUT_AFTER" ] || eval "exec $1"
eval "$1" | { dd bs=1 count="$CUT_AFTER" 2>/dev/null; kill $$; }
SH
  chmod +x cut-ssh
  export GIT_SSH_COMMAND=$PWD/cut-ssh GIT_SSH_VARIANT=simple CUT_AFTER=
  address="ssh://somewhere$PWD/ada 世界"
  become nobody
  for CUT_AFTER in 10 300 1500 3000; do
    apart timeout 60 "$BW" clone "$address" copy
    [ "$status" -eq 3 ] || { echo "$CUT_AFTER: $status $stdout $stderr"; false; }
    [[ $stderr == *'cannot fetch from'* ]]
    [ ! -e copy ]
  done
  CUT_AFTER= "$BW" clone "$address" copy
  head=$(head_of copy)
  become ada
  "$BW" -C 'ada 世界' log "$BEHAVIOUR"
  "$BW" -C 'ada 世界' submit
  become nobody
  for CUT_AFTER in 10 300 1500; do
    apart timeout 60 "$BW" -C copy pull
    [ "$status" -eq 3 ] || { echo "$CUT_AFTER: $status $stdout $stderr"; false; }
    [ "$(head_of copy)" = "$head" ]
  done
  CUT_AFTER= "$BW" -C copy pull
  [ "$(head_of copy)" = "$(head_of 'ada 世界')" ]
  "$BW" -C copy verify
}

@test "hostile addresses run nothing, wherever an address may stand" {
  shared_world
  become ada
  for address in 'ext::sh -c touch% pwned' '--upload-pack=touch pwned' '-oProxyCommand=touch pwned' \
    'ssh://-oProxyCommand=touch%20pwned/x' 'fd::17' $'/tmp/\x01'; do
    for command in 'pull --from' 'submit --to' 'steward propose set-home' 'merge' 'fork'; do
      # shellcheck disable=SC2086
      apart "$BW" -C ada $command "$address"
      [ "$status" -ne 0 ] || { echo "$command $address"; false; }
    done
    git -C ada config remote.origin.url "$address"
    apart "$BW" -C ada pull
    [ "$status" -ne 0 ] || { echo "origin $address"; false; }
    git -C ada config remote.origin.url "$BATS_TEST_TMPDIR/home.git"
    [ -z "$(find . -name 'pwned*')" ]
  done
}

@test "refs with control characters and streams with links or .git harm nobody" {
  shared_world
  deed
  ours=$(head_of bob)
  # Names that git itself would not make.
  git -C home.git pack-refs --all
  oid=$(head_of home.git main)
  printf '%s refs/bw/inbox/z6Mk\x1b[31m/x\n%s refs/bw/receipt/../../hooks/x\n%s refs/heads/a\x07b\n' "$oid" "$oid" "$oid" \
    >>home.git/packed-refs
  sed -i '1s/ sorted//' home.git/packed-refs
  become bob
  apart "$BW" -C bob pull
  [ "$status" -eq 3 ]
  [[ $stderr == *home.git* ]]
  refute grep -q $'\x1b\|\x07' <<<"$stdout$stderr"
  [ -z "$(find . -path '*hooks/x')" ]
  sed -i '/inbox\|receipt\|heads\/a/d' home.git/packed-refs
  # A stream whose next commit holds a symbolic link, then one with a folder .git.
  cd home.git
  link=$(printf '/etc/passwd' | git hash-object -w --stdin)
  blob=$(printf 'x' | git hash-object -w --stdin)
  linked=$( (git ls-tree stream | grep -v checkpoint; printf '120000 blob %s\tcheckpoint\n' "$link") | git mktree)
  sub=$(printf '100644 blob %s\tconfig\n' "$blob" | git mktree)
  python3 - "$sub" >raw <<'PY'
import sys
sys.stdout.buffer.write(b"40000 .git\0" + bytes.fromhex(sys.argv[1]))
PY
  dotgit=$(git hash-object -w -t tree --literally raw)
  for tree in "$linked" "$dotgit"; do
    commit=$(git -c user.name=x -c user.email=x@y commit-tree "$tree" -p "$ours" -m evil)
    git update-ref refs/heads/stream "$commit"
    apart "$BW" -C ../bob pull
    [ "$status" -eq 1 ] || { echo "$status $stderr"; false; }
    [ "$(head_of ../bob)" = "$ours" ]
  done
  refute grep -q root: <<<"$stdout$stderr"
  "$BW" -C ../bob verify
}
