#!/usr/bin/env bats
# Several people and processes at once; homes that vanish; streams that someone rewrote.
load common
load people

@test "two stewards who submit at the same instant lose nothing and duplicate nothing" {
  shared_world
  become ada
  cd ada
  "$BW" steward propose add-steward "$(did_of bob)" >/dev/null
  cd ..
  become bob
  "$BW" -C bob pull >/dev/null
  for round in 1 2 3; do
    for who in ada bob; do
      become "$who"
      for i in 1 2 3; do "$BW" -C "$who" log "$BEHAVIOUR" >/dev/null; done
    done
    BW_HOME=$BATS_TEST_TMPDIR/people/ada "$BW" -C ada submit >ada.out 2>&1 3>&- & one=$!
    BW_HOME=$BATS_TEST_TMPDIR/people/bob "$BW" -C bob submit >bob.out 2>&1 3>&- & two=$!
    wait "$one" || { cat ada.out; false; }
    wait "$two" || { cat bob.out; false; }
  done
  for who in ada bob; do
    become "$who"
    "$BW" -C "$who" pull >/dev/null
    "$BW" -C "$who" verify
  done
  [ "$(git -C ada rev-parse stream)" = "$(git -C bob rev-parse stream)" ]
  [ "$(git -C home.git rev-parse stream)" = "$(git -C bob rev-parse stream)" ]
  # Every event once: as many as were logged, and no id twice.
  git -C ada show stream:log/000.jsonl >entries
  [ "$(grep -c '"kind":"behaviour.logged"' entries)" -eq 18 ]
  [ "$(sort entries | uniq -d | wc -l)" -eq 0 ]
  # One history: nobody signed two checkpoints of one size with different roots, also not one that lost and that no
  # branch refers to. A checkpoint begins with its origin; its size and root follow.
  for repository in ada bob home.git; do
    git -C "$repository" cat-file --batch-all-objects --batch --unordered | grep -aA2 "^bw/$(world_id ada)$" |
      grep -av '^--$' | paste -d' ' - - -
  done | sort -u >checkpoints
  [ "$(wc -l <checkpoints)" -ge 4 ]
  [ "$(cut -d' ' -f2 checkpoints | sort | uniq -d | wc -l)" -eq 0 ]
}

@test "submitting from four processes of one steward at once" {
  person ada
  world
  cd 'ada 世界'
  for i in 1 2 3 4; do "$BW" log "$BEHAVIOUR" >/dev/null; done
  for i in 1 2 3 4; do "$BW" submit >"../out.$i" 2>&1 3>&- & pids[i]=$!; done
  for i in 1 2 3 4; do wait "${pids[i]}" || { cat "../out.$i"; false; }; done
  "$BW" verify
  [ "$(git show stream:log/000.jsonl | grep -c '"kind":"behaviour.logged"')" -eq 4 ]
}

@test "a home that vanishes midway loses nothing" {
  shared_world
  become ada
  cd ada
  "$BW" log "$BEHAVIOUR"
  mv ../home.git ../away.git
  apart "$BW" submit
  [ "$status" -eq 3 ]
  apart "$BW" status --json
  [[ $stdout == *'"waiting": 1'* ]]
  mv ../away.git ../home.git
  "$BW" submit
  apart "$BW" status --json
  [[ $stdout == *'"waiting": 0'* ]]
  "$BW" verify
}

@test "a home that takes the push but never answers leads to no second copy" {
  shared_world
  become ada
  cd ada
  "$BW" log "$BEHAVIOUR"
  # The push arrives, then the connection breaks before the answer.
  printf '#!/bin/sh\nkill -9 $PPID\n' >../home.git/hooks/post-receive
  chmod +x ../home.git/hooks/post-receive
  apart "$BW" submit
  rm ../home.git/hooks/post-receive
  "$BW" submit
  "$BW" verify
  [ "$(git show stream:log/000.jsonl | grep -c '"kind":"behaviour.logged"')" -eq 1 ]
}

@test "a home that refuses the push says so and nothing is lost" {
  shared_world
  printf '#!/bin/sh\necho "not today" >&2\nexit 1\n' >home.git/hooks/pre-receive
  chmod +x home.git/hooks/pre-receive
  become ada
  cd ada
  "$BW" log "$BEHAVIOUR"
  apart "$BW" submit
  [ "$status" -eq 4 ]
  [[ $stderr == *'not today'* || $stderr == *refused* ]]
  rm ../home.git/hooks/pre-receive
  "$BW" submit
  "$BW" verify
}

@test "a stream that someone force-pushed is refused, both heads named" {
  shared_world
  become ada
  cd ada
  "$BW" log "$BEHAVIOUR"
  "$BW" submit
  cd ..
  become bob
  "$BW" -C bob pull
  ours=$(git -C bob rev-parse stream)
  first=$(git -C home.git rev-list --max-parents=0 stream)
  forged=$(git -C home.git -c user.name=x -c user.email=x@y commit-tree "$first^{tree}" -p "$first" -m forged)
  git -C home.git update-ref refs/heads/stream "$forged"
  apart "$BW" -C bob pull
  [ "$status" -ne 0 ]
  [[ $stderr == *"${ours:0:10}"* && $stderr == *"${forged:0:10}"* ]]
  [ "$(git -C bob rev-parse stream)" = "$ours" ]
}

@test "a stream edited by hand opens only for verify, which says where" {
  person ada
  world
  cd 'ada 世界'
  git worktree add -q ../edit stream
  sed -i 's/"kind":"world.created"/"kind":"world.Created"/' ../edit/log/000.jsonl
  git -C ../edit commit -qam 'By hand'
  apart "$BW" status
  [ "$status" -eq 1 ]
  [[ $stderr == *'bw verify'* ]]
  apart "$BW" verify
  [ "$status" -eq 1 ]
  [[ $stdout == *'log/000.jsonl line 1'* ]]
}

@test "any bit changed in the stream's files is found, also when committed again by a stranger" {
  person ada
  world
  "$BW" -C 'ada 世界' log "$BEHAVIOUR" >/dev/null
  "$BW" -C 'ada 世界' submit >/dev/null
  person mallory
  git -C 'ada 世界' ls-tree -r --name-only stream >files
  [ "$(wc -l <files)" -ge 3 ]
  while read -r file; do
    for position in 0 40 200; do
      rm -rf copy
      git clone -q --no-local 'ada 世界' copy -b stream
      git -C copy config user.name x
      git -C copy config user.email x@y
      git -C copy config gpg.format ssh
      git -C copy config user.signingkey "$BW_HOME/config/identity/id_ed25519"
      [ "$(stat -c %s "copy/$file")" -gt "$position" ] || continue
      byte=$(od -An -tu1 -j"$position" -N1 "copy/$file")
      printf "\\x$(printf %x $((byte ^ 1)))" | dd of="copy/$file" bs=1 seek="$position" conv=notrunc status=none
      git -C copy commit -qam Tamper -S
      apart "$BW" verify copy
      [ "$status" -eq 1 ] || { echo "$file at $position was not noticed"; false; }
      [[ $stdout == *"$file"* || $stdout == *"${file%%/*}"* ]] || { echo "$stdout"; false; }
    done
  done <files
}

@test "any bit changed in a stored object is found" {
  person ada
  world
  cd 'ada 世界'
  for object in $(git rev-list --objects stream | cut -d' ' -f1 | head -40); do
    path=.git/objects/${object:0:2}/${object:2}
    [ -f "$path" ] || continue
    cp "$path" ../kept
    chmod u+w "$path"
    printf '\x5a' | dd of="$path" bs=1 seek=$(($(stat -c %s "$path") / 2)) conv=notrunc status=none
    if cmp -s "$path" ../kept; then continue; fi
    apart "$BW" verify
    [ "$status" -eq 1 ] || { echo "$object: exit $status"; echo "$stderr"; false; }
    [[ $stdout$stderr == *"${object:0:10}"* ]] || { echo "$stdout$stderr"; false; }
    cp -f ../kept "$path"
  done
  "$BW" verify
}

@test "hostile addresses are refused before git sees them" {
  person ada
  world
  for address in 'ext::sh -c touch% pwned' '--upload-pack=touch pwned' '-oProxyCommand=touch pwned' \
    'ssh://-oProxyCommand=touch%20pwned/x' 'fd::17' 'http://-x/y' $'file:///tmp/\x01' 'transport::address'; do
    apart "$BW" clone -- "$address" target
    [ "$status" -ne 0 ]
    [ "$status" -le 4 ]
    [ ! -e pwned ]
    [ ! -e target ]
  done
}

@test "a remote with symlinks and .git entries in its trees harms nobody" {
  person ada
  world
  git clone -q --bare 'ada 世界' evil.git
  cd evil.git
  link=$(printf '/etc/passwd' | git hash-object -w --stdin)
  blob=$(printf 'x' | git hash-object -w --stdin)
  tree=$(printf '120000 blob %s\tbetterworld.yaml\n100644 blob %s\tok\n' "$link" "$blob" | git mktree)
  commit=$(git -c user.name=x -c user.email=x@y commit-tree "$tree" -p main -m evil)
  git update-ref refs/heads/main "$commit"
  cd ..
  become nobody
  apart "$BW" clone evil.git victim
  if [ "$status" -eq 0 ]; then
    apart "$BW" -C victim validate
    [ "$status" -eq 1 ]
    refute grep -q root: <<<"$stdout$stderr"
  fi
  cd evil.git
  sub=$(printf '100644 blob %s\tconfig\n' "$blob" | git mktree)
  printf '40000 .git\0' >raw && git cat-file tree "$sub" >/dev/null
  python3 - "$sub" >raw <<'PY'
import sys
sys.stdout.buffer.write(b"40000 .git\0" + bytes.fromhex(sys.argv[1]))
PY
  dotgit=$(git hash-object -w -t tree --literally raw)
  commit=$(git -c user.name=x -c user.email=x@y commit-tree "$dotgit" -p main -m evil)
  git update-ref refs/heads/main "$commit"
  cd ..
  apart "$BW" clone evil.git victim2
  [ "$status" -ne 0 ]
  [ ! -e victim2 ]
}

@test "a bundle cut anywhere is refused whole and nothing enters" {
  person ada
  world
  person bob
  "$BW" clone "$PWD/ada 世界" copy >/dev/null 2>&1
  "$BW" -C copy log "$BEHAVIOUR" --note hello --visibility public >/dev/null
  "$BW" -C copy submit --bundle "$PWD/whole" >/dev/null
  become ada
  size=$(stat -c %s whole)
  before=$(git -C 'ada 世界' rev-parse stream)
  for length in 0 1 10 100 300 $((size / 2)) $((size - 200)) $((size - 2)) $((size - 1)); do
    head -c "$length" whole >cut
    apart "$BW" -C 'ada 世界' merge "$PWD/cut"
    [ "$status" -eq 4 ] || { echo "$length: $status $stdout $stderr"; false; }
  done
  [ "$(git -C 'ada 世界' rev-parse stream)" = "$before" ]
  "$BW" -C 'ada 世界' merge "$PWD/whole"
}

@test "a bundle that could not be written leaves its events waiting" {
  person ada
  world
  person bob
  "$BW" clone "$PWD/ada 世界" copy >/dev/null 2>&1
  cd copy
  "$BW" log "$BEHAVIOUR" >/dev/null
  status=0
  "$BW" submit --bundle - >/dev/full 2>/dev/null || status=$?
  [ "$status" -eq 3 ]
  apart "$BW" submit --bundle "$PWD/nowhere/file"
  [ "$status" -eq 3 ]
  [ ! -e nowhere ]
  apart "$BW" status --json
  [[ $stdout == *'"waiting": 1'* ]]
  "$BW" submit
  # What was sent can be sent again by name.
  event=$("$BW" log --limit 1 --json | sed -n 's/^ *"id": "\(.*\)",*$/\1/p')
  apart "$BW" submit "$event" --bundle again
  [ "$status" -eq 0 ]
  [ -s again ]
}

@test "a home that does not answer cannot be named" {
  person ada
  world
  cd 'ada 世界'
  apart "$BW" steward propose set-home "$BATS_TEST_TMPDIR/nowhere"
  [ "$status" -eq 3 ]
  "$BW" log "$BEHAVIOUR"
  "$BW" submit
}

@test "four submits at once in one clone of a shared home lose nothing and rewind nothing" {
  shared_world
  become ada
  cd ada
  for i in 1 2 3 4; do "$BW" log "$BEHAVIOUR" >/dev/null; done
  for i in 1 2 3 4; do "$BW" submit >"../out.$i" 2>&1 3>&- & pids[i]=$!; done
  for i in 1 2 3 4; do wait "${pids[i]}" || { cat "../out.$i"; false; }; done
  "$BW" verify
  [ "$(git rev-parse stream)" = "$(git -C ../home.git rev-parse stream)" ]
  [ "$(git show stream:log/000.jsonl | grep -c '"kind":"behaviour.logged"')" -eq 4 ]
}

@test "a home moves from one shared repository to another, and its address holds no secret" {
  shared_world
  git init -q --bare second.git
  become ada
  cd ada
  "$BW" steward propose set-home ../second.git
  "$BW" log "$BEHAVIOUR"
  "$BW" submit
  [ "$(git rev-parse stream)" = "$(git -C ../second.git rev-parse stream)" ]
  "$BW" verify ../second.git
  apart "$BW" steward propose set-home https://ada:s3cret@example.org/w.git
  [ "$status" -eq 2 ]
  refute grep -q s3cret <<<"$stdout$stderr"
}

@test "one bad ref in an inbox does not stop the others" {
  person ada
  world
  person bob
  "$BW" clone "$PWD/ada 世界" copy >/dev/null 2>&1
  "$BW" -C copy log "$BEHAVIOUR" >/dev/null
  "$BW" -C copy submit >/dev/null
  become ada
  cd 'ada 世界'
  git update-ref refs/bw/inbox/x/y "$(echo junk | git hash-object -w --stdin)"
  apart "$BW" merge --inbox --json
  [[ $stdout == *'"result": "admitted"'* ]]
  [ "$(entries .)" -eq 4 ]
}
