#!/usr/bin/env bats
# What a crash leaves behind, mended; what commands did, taken back; repositories that stay small.
load common
load people

# A minute ago, as far as the doctor can see.
age() { touch -d '1 minute ago' "$@"; }

@test "a world that is whole has nothing to mend, and what a crash leaves is mended" {
  person ada
  world
  cd 'ada 世界'
  apart "$BW" doctor
  [ "$status" -eq 0 ]
  [[ $stdout == *'nothing is wrong'* ]]
  "$BW" log "$BEHAVIOUR" >/dev/null
  touch .git/refs/heads/stream.lock .git/objects/pack/tmp_pack_x
  age .git/refs/heads/stream.lock .git/objects/pack/tmp_pack_x
  printf '{"event":{"act' >>"$BW_HOME"/data/journals/*/journal.jsonl
  apart "$BW" doctor --dry-run
  [ "$status" -eq 1 ]
  [[ $stdout == *stale-lock* && $stdout == *leftover* && $stdout == *torn-journal* ]]
  [ -e .git/refs/heads/stream.lock ]
  apart "$BW" doctor --json
  [ "$status" -eq 0 ]
  [[ $stdout == *'"healthy": true'* && $stdout == *'"outcome": "mended"'* ]]
  [ ! -e .git/refs/heads/stream.lock ]
  "$BW" submit
  "$BW" verify
  git fsck --strict
}

@test "a lock that is left says who removes it, and doctor does" {
  person ada
  world
  cd 'ada 世界'
  "$BW" log "$BEHAVIOUR" >/dev/null
  touch .git/refs/heads/stream.lock
  apart "$BW" submit
  [ "$status" -eq 3 ]
  [[ $stderr == *'bw doctor'* ]]
  age .git/refs/heads/stream.lock
  "$BW" doctor
  "$BW" submit
}

@test "an object that is gone comes back from the home, and without one the finding says what to do" {
  shared_world
  become ada
  cd ada
  head=$(git rev-parse stream)
  rm -f ".git/objects/${head:0:2}/${head:2}" .git/objects/pack/*
  apart "$BW" status
  [ "$status" -ne 0 ]
  "$BW" doctor
  "$BW" status
  git fsck --strict
  mv ../home.git ../away.git
  chmod u+w ".git/objects/${head:0:2}/${head:2}"* 2>/dev/null || true
  rm -rf .git/objects/??
  rm -f .git/objects/pack/*
  apart "$BW" doctor
  [ "$status" -eq 1 ]
  [[ $stdout == *missing-object* && $stdout == *git\ fetch* ]]
}

@test "init that was killed begins anew, and nobody uses what it left" {
  person ada
  mkdir -p new/.git
  printf '1\n' >new/.bw-unfinished
  printf half >new/.git/config
  apart "$BW" doctor --dry-run new
  [ "$status" -eq 1 ]
  [[ $stdout == *unfinished-folder* ]]
  "$BW" init new --template minimal
  "$BW" -C new verify
  [ ! -e new/.bw-unfinished ]
}

@test "a merge is taken back until its definition is adopted, and an adoption never is" {
  person ada
  world
  cd 'ada 世界'
  git switch -q -c topic
  sed -i 's/^vision: .*/vision: Another one./' betterworld.yaml
  git commit -qam 'Say it otherwise'
  git switch -q main
  before=$(git rev-parse main)
  "$BW" merge topic
  apart "$BW" op log
  [[ $stdout == *merge*main* && $stdout == *init* ]]
  "$BW" undo --op last
  [ "$(git rev-parse main)" = "$before" ]
  [ -z "$(git status --porcelain)" ]
  "$BW" merge topic
  "$BW" adopt
  apart "$BW" undo --op last
  [ "$status" -eq 4 ]
  [[ $stderr == *'never goes back'* ]]
  apart "$BW" undo --op 99
  [ "$status" -eq 1 ]
  apart "$BW" undo --op no-number
  [ "$status" -eq 2 ]
}

@test "a wish of when to send is taken back" {
  person ada
  world
  cd 'ada 世界'
  "$BW" world sync immediate
  apart "$BW" undo --op last --json
  [ "$status" -eq 0 ]
  [ "$(member command)" = 'world sync' ]
  apart "$BW" world list --json
  [ "$(member sync)" = manual ]
}

@test "many single appends leave a repository near its packed size" {
  person ada
  world
  cd 'ada 世界'
  for i in $(seq 120); do
    # At most ten a day.
    "$BW" log "$BEHAVIOUR" --at "$(date -u -d "$((1 + i / 9)) days ago" +%F)" >/dev/null 2>&1
    "$BW" submit >/dev/null
  done
  for _ in $(seq 100); do flock -n .git/bw/packing.lock true && break; sleep 0.1; done
  loose=$(find .git/objects -path '*/??/*' -type f | wc -l)
  [ "$loose" -lt 700 ] || { echo "$loose objects lie loose"; false; }
  apart "$BW" gc --json
  [ "$status" -eq 0 ]
  sizes=$(tr -d ' \n' <<<"$stdout")
  before=$(sed 's/.*"before":{"bytes":\([0-9]*\).*/\1/' <<<"$sizes")
  after=$(sed 's/.*"after":{"bytes":\([0-9]*\).*/\1/' <<<"$sizes")
  [ "$before" -lt $((after * 8)) ] || { echo "$before bytes before, $after packed"; false; }
  "$BW" verify
  git fsck --strict
}
