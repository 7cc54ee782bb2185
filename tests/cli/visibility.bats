#!/usr/bin/env bats
# Who sees what: public, sealed, private, and what was withdrawn. These tests look for the words themselves, in
# every object of every repository and in every file that left a machine.
load common
load people

# Everything that a folder holds: its files, and every object of the repository that it is or has.
contents() {
  find "$1" -type f ! -path '*/objects/*' -exec cat {} +
  find "$1" \( -name '*.git' -o -name .git \) -type d | while read -r repository; do
    git -C "$repository" cat-file --batch-all-objects --batch --unordered 2>/dev/null
  done
  [[ -d $1/objects ]] && git -C "$1" cat-file --batch-all-objects --batch --unordered
  true
}
# base64url of a secret at each of the three offsets that it can have in a file.
in_base64() {
  local text=$1 skip
  for skip in '' a aa; do
    printf '%s' "$skip$text" | base64 -w0 | tr '+/' '-_' | tr -d = |
      sed -E "s/^.{$(((${#skip} * 4 + 2) / 3))}//; s/..$//"
    echo
  done
}
# Fails where the words, or a file that holds them, are anywhere below one of the folders.
nowhere() {
  local secret=$1 folder part
  shift
  for folder; do
    contents "$folder" >"$BATS_TEST_TMPDIR/.all"
    [ -s "$BATS_TEST_TMPDIR/.all" ] || { echo "$folder is empty"; return 1; }
    if grep -aqF "$secret" "$BATS_TEST_TMPDIR/.all"; then echo "\"$secret\" lies in $folder"; return 1; fi
    for part in $(in_base64 "$secret"); do
      if grep -aqF "$part" "$BATS_TEST_TMPDIR/.all"; then echo "a file with \"$secret\" lies in $folder"; return 1; fi
    done
  done
}
somewhere() { ! nowhere "$@" >/dev/null; }

id_of() { member id; }
check_world() { "$BATS_TEST_DIRNAME/../vectors/check_world.py" "$1"; }

@test "looking for words finds them where they are" {
  git init -q found
  echo 'nothing here' >found/plain
  git -C found add plain
  nowhere 'a secret of bob' found
  printf 'xx a secret of bob xx' >found/file
  blob=$(base64 -w0 found/file | tr '+/' '-_' | tr -d = | git -C found hash-object -w --stdin)
  [ -n "$blob" ]
  rm found/file
  somewhere 'a secret of bob' found
  git -C found prune
  nowhere 'a secret of bob' found
  echo 'a secret of bob' | git -C found hash-object -w --stdin
  somewhere 'a secret of bob' found
}

@test "what is sealed is read by its owner and by the stewards, and by nobody else" {
  shared_world
  become bob
  printf 'file-secret-of-bob in a photo' >photo.jpg
  apart "$BW" -C bob log "$BEHAVIOUR" --visibility sealed --note 'note-secret-of-bob' --place 50.9431,6.9622 \
    --evidence "$PWD/photo.jpg" --json
  [ "$status" -eq 0 ] || { echo "$stderr"; false; }
  event=$(id_of)
  "$BW" -C bob log "$BEHAVIOUR" --note 'kept-secret-of-bob' --evidence "$PWD/photo.jpg" >/dev/null
  "$BW" -C bob submit --bundle "$PWD/deed.jsonl" >/dev/null
  mkdir mail && mv deed.jsonl mail
  "$BW" -C bob submit "$event" >/dev/null
  become ada
  apart "$BW" -C ada merge --inbox
  [ "$status" -eq 0 ] || { echo "$stderr"; false; }
  for who in bob eve; do become "$who"; "$BW" -C "$who" pull >/dev/null; done
  become ada
  "$BW" hub init hub --name Hub >/dev/null 2>&1
  "$BW" -C ada publish --hub "$PWD/hub" >/dev/null

  for who in ada bob; do
    become "$who"
    apart "$BW" -C "$who" show "$event"
    [[ $stdout == *'note (sealed)'*note-secret-of-bob* ]] || { echo "$who: $stdout$stderr"; false; }
    [[ $stdout == *'place (sealed)'*50.9431* ]]
    [[ $stdout == *'photo.jpg, 29 bytes (sealed)'* ]]
  done
  become eve
  apart "$BW" -C eve show "$event"
  [ "$status" -eq 0 ]
  [[ $stdout == *'note'*'sealed to the stewards'* ]]
  [[ $stdout != *secret* ]]
  apart "$BW" -C eve show "$event" --json
  [[ $stdout == *'"sealed": ['*'"note"'* ]]

  # Nor is it in what others make of the world.
  mkdir made
  "$BW" search Ada --hub "$PWD/hub" >made/search
  [ -e hub/index.sqlite ]
  "$BW" -C eve tiles "$PWD/made/tiles" >/dev/null
  "$BW" -C eve log --json >made/log
  "$BW" -C eve show "$event" --json >made/show
  for secret in note-secret-of-bob file-secret-of-bob kept-secret-of-bob 50.9431; do
    nowhere "$secret" home.git ada bob eve hub mail made
  done
  apart "$BW" -C eve verify
  [ "$status" -eq 0 ]
  [[ $stderr != *details* ]]
  check_world home.git
}

# bob's deed with a public note and photo, admitted by ada, pulled by eve and published to a Hub.
published_deed() {
  shared_world
  become bob
  printf 'file-secret-of-bob in a photo' >photo.jpg
  apart "$BW" -C bob log "$BEHAVIOUR" --visibility public --note 'note-secret-of-bob' --evidence "$PWD/photo.jpg" --json
  event=$(id_of)
  "$BW" -C bob log "$BEHAVIOUR" --visibility public --note 'what-stays-of-bob' >/dev/null
  "$BW" -C bob submit >/dev/null
  become ada
  "$BW" -C ada merge --inbox >/dev/null
  "$BW" hub init hub --name Hub >/dev/null 2>&1
  "$BW" -C ada publish --hub "$PWD/hub" >/dev/null
  for who in bob eve; do become "$who"; "$BW" -C "$who" pull >/dev/null; done
  rm photo.jpg
}

@test "what is withdrawn is nowhere any more: not at home, not in clones, not at the Hub, in no object" {
  published_deed
  for place in home.git ada bob eve hub; do
    somewhere note-secret-of-bob "$place" || { echo "it never was in $place"; false; }
    somewhere file-secret-of-bob "$place"
  done
  # A copy that packed it keeps it no better.
  git -C eve repack -a -d -q
  git -C home.git repack -a -d -q

  become bob
  apart "$BW" -C bob withdraw "$event" --json
  [ "$status" -eq 0 ] || { echo "$stdout$stderr"; false; }
  [[ $stdout == *'"in_log": false'* ]]
  become ada
  apart "$BW" -C ada merge --inbox
  [ "$status" -eq 0 ] || { echo "$stderr"; false; }
  [[ $stderr != *warning* ]] || { echo "$stderr"; false; }
  for who in bob eve; do become "$who"; "$BW" -C "$who" pull >/dev/null; done

  for secret in note-secret-of-bob file-secret-of-bob; do nowhere "$secret" home.git ada bob eve hub; done
  for place in home.git ada bob eve hub; do somewhere what-stays-of-bob "$place"; done
  for repository in home.git ada bob eve hub/repos/*.git; do
    git -C "$repository" fsck --strict
    check_world "$repository"
  done
  become eve
  apart "$BW" -C eve verify
  [ "$status" -eq 0 ]
  [[ $stderr != *details* ]]
  apart "$BW" -C eve show "$event"
  [[ $stdout == *'note'*'withdrawn by its author'* ]] || { echo "$stdout"; false; }
  # Its owner keeps it, unless he says otherwise.
  become bob
  apart "$BW" -C bob show "$event"
  [[ $stdout == *'note (withdrawn)'*note-secret-of-bob* ]]
  apart "$BW" -C bob withdraw "$event" --everywhere
  [ "$status" -eq 0 ]
  apart "$BW" -C bob show "$event"
  [[ $stdout == *'withdrawn by its author'* ]]
  [[ $stdout != *note-secret-of-bob* ]]
  for secret in note-secret-of-bob file-secret-of-bob; do nowhere "$secret" people/bob; done
}

@test "a steward takes down what others published, field by field" {
  published_deed
  become ada
  apart "$BW" -C ada withdraw "$event" --field evidence
  [ "$status" -eq 0 ] || { echo "$stdout$stderr"; false; }
  [[ $stdout == *'Withdrew evidence of'*'erased in'*home.git* ]] || { echo "$stdout"; false; }
  become eve
  "$BW" -C eve pull >/dev/null
  nowhere file-secret-of-bob home.git ada eve hub
  for place in home.git ada eve hub/repos; do somewhere note-secret-of-bob "$place" || true; done
  apart "$BW" -C eve show "$event"
  [[ $stdout == *note-secret-of-bob* ]]
  [[ $stdout == *'withdrawn by a steward'* ]]
  # Nobody else can: neither is it hers, nor is she a steward.
  apart "$BW" -C eve withdraw "$event" --field note
  [ "$status" -eq 4 ]
  check_world home.git
}

@test "what was withdrawn does not come back with a bundle that carries it" {
  shared_world
  become bob
  apart "$BW" -C bob log "$BEHAVIOUR" --visibility public --note 'note-secret-of-bob' --json
  event=$(id_of)
  "$BW" -C bob submit --bundle "$PWD/kept.jsonl" >/dev/null
  "$BW" -C bob submit "$event" >/dev/null
  become ada
  "$BW" -C ada merge --inbox >/dev/null
  become bob
  "$BW" -C bob pull >/dev/null
  "$BW" -C bob withdraw "$event" >/dev/null 2>&1
  become ada
  "$BW" -C ada merge --inbox >/dev/null
  apart "$BW" -C ada merge "$PWD/kept.jsonl"
  [[ $stdout$stderr == *'was withdrawn'* ]] || { echo "$stdout$stderr"; false; }
  nowhere note-secret-of-bob home.git ada
}

@test "a deed withdrawn before anyone answered is sent again without what was withdrawn" {
  shared_world
  become bob
  apart "$BW" -C bob log "$BEHAVIOUR" --visibility public --note 'note-secret-of-bob' --json
  event=$(id_of)
  apart "$BW" -C bob withdraw "$event"
  [ "$status" -eq 4 ]
  [[ $stderr == *'bw undo'* ]]
  "$BW" -C bob submit >/dev/null
  somewhere note-secret-of-bob home.git
  apart "$BW" -C bob withdraw "$event"
  [ "$status" -eq 0 ] || { echo "$stderr"; false; }
  become ada
  apart "$BW" -C ada merge --inbox --json
  [[ $stdout == *'"result": "admitted"'* ]]
  become bob
  "$BW" -C bob pull >/dev/null
  nowhere note-secret-of-bob ada bob
  become ada
  apart "$BW" -C ada show "$event"
  [ "$status" -eq 0 ]
  [[ $stdout == *'withdrawn by its author'* ]]
}

@test "a withdrawal that broke off goes on when it is run again" {
  published_deed
  become ada
  # It stops after the log said so, since home takes no rewritten branch.
  printf '#!/bin/sh\n[ "$1" = refs/heads/details ] && exit 1\nexit 0\n' >home.git/hooks/update
  chmod +x home.git/hooks/update
  apart "$BW" -C ada withdraw "$event" --field note
  [ "$status" -eq 1 ]
  [[ $stderr == *'did not take the branch'* ]] || { echo "$stderr"; false; }
  somewhere note-secret-of-bob home.git
  rm home.git/hooks/update
  apart "$BW" -C ada withdraw "$event" --field note
  [ "$status" -eq 0 ] || { echo "$stderr"; false; }
  nowhere note-secret-of-bob home.git ada
}

@test "a concealed deed counts once it is revealed, as what it was committed to" {
  shared_world
  become bob
  apart "$BW" -C bob log "$BEHAVIOUR" --quantity 2 --conceal --json
  [ "$status" -eq 0 ] || { echo "$stderr"; false; }
  event=$(id_of)
  "$BW" -C bob submit >/dev/null
  become ada
  "$BW" -C ada merge --inbox >/dev/null
  nowhere '"quantity":"2"' ada home.git
  apart "$BW" -C ada show "$event"
  [[ $stdout == *concealed* ]]
  apart "$BW" -C ada log --behaviour "$BEHAVIOUR" --json
  [[ $stdout != *"$event"* ]]
  become bob
  "$BW" -C bob pull >/dev/null
  apart "$BW" -C bob log --correct "$event" --quantity 3
  [ "$status" -eq 4 ]
  apart "$BW" -C bob reveal "$event"
  [ "$status" -eq 0 ] || { echo "$stderr"; false; }
  apart "$BW" -C bob reveal "$event"
  [ "$status" -eq 4 ]
  become ada
  "$BW" -C ada merge --inbox >/dev/null
  apart "$BW" -C ada show "$event" --json
  [[ $stdout == *'"in_force": {'*'"quantity": "2"'* ]] || { echo "$stdout"; false; }
  apart "$BW" -C ada log --behaviour "$BEHAVIOUR"
  [[ $stdout == *revealed* ]]
  become eve
  "$BW" -C eve pull >/dev/null
  apart "$BW" -C eve reveal "$event"
  [ "$status" -eq 4 ]
}

@test "a private note is revealed beside an event that is in the log already" {
  shared_world
  become bob
  apart "$BW" -C bob log "$BEHAVIOUR" --note 'note-secret-of-bob' --json
  event=$(id_of)
  "$BW" -C bob submit >/dev/null
  become ada
  "$BW" -C ada merge --inbox >/dev/null
  nowhere note-secret-of-bob ada home.git
  become bob
  "$BW" -C bob pull >/dev/null
  apart "$BW" -C bob reveal "$event" --field note
  [ "$status" -eq 0 ] || { echo "$stderr"; false; }
  become ada
  "$BW" -C ada merge --inbox >/dev/null
  apart "$BW" -C ada show "$event"
  [[ $stdout == *note-secret-of-bob* ]]
  check_world home.git
  # What was withdrawn is not revealed.
  become bob
  "$BW" -C bob pull >/dev/null
  "$BW" -C bob withdraw "$event" >/dev/null 2>&1
  apart "$BW" -C bob reveal "$event" --field note
  [ "$status" -eq 4 ]
}

@test "a disclosure is checked by somebody who has only the world's id and a log key" {
  shared_world
  become bob
  printf 'file-secret-of-bob in a photo' >photo.jpg
  apart "$BW" -C bob log "$BEHAVIOUR" --note 'note-secret-of-bob' --evidence "$PWD/photo.jpg" --json
  event=$(id_of)
  "$BW" -C bob submit >/dev/null
  become ada
  "$BW" -C ada merge --inbox >/dev/null
  become bob
  "$BW" -C bob pull >/dev/null
  apart "$BW" -C bob disclose "$event" --to "$PWD/shown"
  [ "$status" -eq 0 ] || { echo "$stderr"; false; }
  apart "$BW" -C bob disclose "$event" --field place --to "$PWD/other"
  [ "$status" -eq 1 ]
  [ ! -e other ]
  id=$(world_id bob)
  key=$(git -C bob show stream:log/000.jsonl | grep -o '"key":"bw/[^"]*' | head -1 | cut -d'"' -f4)
  become nobody
  apart "$BW" verify --disclosure shown --world-id "$id" --log-key "$key" --into files
  [ "$status" -eq 0 ] || { echo "$stdout$stderr"; false; }
  [[ $stdout == *note-secret-of-bob*photo.jpg* ]]
  cmp photo.jpg files/*/photo.jpg
  sed 's/note-secret-of-bob/note-secret-of-eve/' shown >bent
  apart "$BW" verify --disclosure bent --world-id "$id" --log-key "$key"
  [ "$status" -eq 1 ]
  [[ $stdout == *'not what the event committed to'* ]]
  # Eve, who holds neither the opening nor its right, has nothing to show.
  become eve
  "$BW" -C eve pull >/dev/null
  apart "$BW" -C eve disclose "$event" --field note --to "$PWD/none"
  [ "$status" -eq 1 ]
}
