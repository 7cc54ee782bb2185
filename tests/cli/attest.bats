#!/usr/bin/env bats
# What people say about each other's deeds: attesting, disputing, thanking, and what it amounts to.
load common
load people

# A shared world whose one behaviour asks for two members; ada (its steward), bob and eve have joined.
vouching_world() {
  local who
  shared_world
  become ada
  cd ada
  sed -i 's/^    limits: .*/    verification: {by: peers, count: 2}/' betterworld.yaml
  git commit -qam 'Two must have seen it' --no-verify
  "$BW" adopt >/dev/null
  cd ..
  for who in bob eve; do
    become "$who"
    "$BW" -C "$who" pull >/dev/null
    "$BW" -C "$who" join --sync manual >/dev/null 2>&1
  done
  admit
}
# Whatever lies in the inbox is admitted, and everyone hears of it.
admit() {
  local who
  become ada
  "$BW" -C ada merge --inbox >/dev/null
  for who in ada bob eve; do
    become "$who"
    "$BW" -C "$who" pull >/dev/null
  done
}
# A deed of that person's, in everyone's log.
deed_of() {
  become "$1"
  DEED=$("$BW" -C "$1" log "$BEHAVIOUR" --quantity "${2:-1}" --json | sed -n '1,/"id":/s/^ *"id": "\(.*\)",*$/\1/p' | head -1)
  "$BW" -C "$1" submit >/dev/null
  admit
}
says() { # WHO WORDS…: attests as that person, and sends it
  local who=$1
  shift
  become "$who"
  apart "$BW" -C "$who" attest "$@"
  [ "$status" -eq 0 ] || { echo "$stderr"; return 1; }
  "$BW" -C "$who" submit >/dev/null
}
standing() { # of $DEED as this person's copy tells it
  "$BW" -C "$1" show "$DEED" | sed -n 's/^ *standing  *//p'
}

@test "a deed waits for two members, is verified by them, and everyone sees the same" {
  vouching_world
  deed_of bob
  [ "$(standing bob)" = 'waits for 2 more members' ]
  become eve
  apart "$BW" -C eve status
  [[ $stdout == *'1 claim waits for your word'*'bw attest'* ]]
  apart "$BW" -C eve attest
  [[ $stdout == *"${DEED:0:10}"*"$BEHAVIOUR 1 deed"* || $stdout == *"${DEED:0:10}"*'waits for 2 more members'* ]]
  says eve "${DEED:0:12}"
  admit
  [ "$(standing bob)" = 'waits for 1 more member' ]
  become eve
  apart "$BW" -C eve attest --json
  [[ $stdout == *'"claims": []'* ]]
  says ada "$DEED"
  admit
  for who in ada bob eve; do
    become "$who"
    [ "$(standing "$who")" = verified ]
    apart "$BW" -C "$who" log --json
    [[ $stdout == *'"state": "verified"'* ]]
    "$BW" -C "$who" verify >/dev/null
  done
  apart "$BW" -C eve log
  [[ $stdout == *STANDING*"verified"*"$BEHAVIOUR 1 deed"* ]]
  apart "$BW" -C eve show "$DEED" --json
  [ "$(grep -c '"verdict": "supports"' <<<"$stdout")" -ge 2 ]
}

@test "a dispute is shown always, with who and why, and can be taken back" {
  vouching_world
  deed_of bob
  says ada "$DEED"
  says eve "$DEED" --dispute --note 'there was nobody' --visibility public
  word=$("$BW" -C eve log --limit 1 --json | sed -n 's/^ *"id": "\(.*\)",*$/\1/p' | head -1)
  admit
  [ "$(standing ada)" = 'waits for 1 more member; disputed by 1' ]
  apart "$BW" -C ada show "$DEED"
  eve_short=$(did_of eve) && eve_short=${eve_short#did:key:}
  [[ $stdout == *'What others say'*"$eve_short"*disputes* ]]
  apart "$BW" -C ada show "$word"
  [[ $stdout == *'there was nobody'* ]]
  apart "$BW" -C bob log
  [[ $stdout == *'disputed by 1'* ]]
  become eve
  "$BW" -C eve log --retract "$word" >/dev/null
  "$BW" -C eve submit >/dev/null
  admit
  [ "$(standing ada)" = 'waits for 1 more member' ]
  apart "$BW" -C ada show "$DEED"
  [[ $stdout == *'disputes (counts for nothing: retracted)'* ]]
}

@test "a correction needs fresh words" {
  vouching_world
  deed_of bob 1
  says ada "$DEED"
  says eve "$DEED"
  admit
  [ "$(standing bob)" = verified ]
  become bob
  "$BW" -C bob log --correct "$DEED" --quantity 9 >/dev/null
  "$BW" -C bob submit >/dev/null
  admit
  [ "$(standing bob)" = 'waits for 2 more members' ]
  become eve
  apart "$BW" -C eve attest
  [[ $stdout == *"$BEHAVIOUR 9 deed"* ]]
  says eve "$DEED"
  admit
  [ "$(standing bob)" = 'waits for 1 more member' ]
}

@test "nobody attests her own deed, twice the same, or what is no claim; each with its exit code" {
  vouching_world
  deed_of bob
  become bob
  apart "$BW" -C bob attest "$DEED"
  [ "$status" -eq 4 ]
  [[ $stderr == *'is your own'* ]]
  become eve
  "$BW" -C eve attest "$DEED" >/dev/null
  apart "$BW" -C eve attest "$DEED"
  [ "$status" -eq 1 ]
  [[ $stderr == *already*--dispute* ]]
  apart "$BW" -C eve attest "$("$BW" -C eve status --json | sed -n 's/^ *"world": "\(.*\)",*$/\1/p')"
  [ "$status" -eq 1 ]
  [[ $stderr == *'nobody attests'* ]]
  apart "$BW" -C eve attest --dispute
  [ "$status" -eq 2 ]
  apart "$BW" -C eve attest "$DEED" --evidence nowhere.jpg --dispute
  [ "$status" -eq 3 ]
  [ "$("$BW" -C eve status --json | sed -n 's/^ *"waiting": \([0-9]*\),*$/\1/p')" -eq 1 ]
}

@test "one who has not joined is told that her word will not count" {
  vouching_world
  deed_of bob
  person mallory
  "$BW" clone home.git mallory >/dev/null 2>&1
  apart "$BW" -C mallory attest "$DEED"
  [ "$status" -eq 0 ]
  [[ $stderr == *'have not joined'* ]]
  "$BW" -C mallory submit >/dev/null
  admit
  [ "$(standing ada)" = 'waits for 2 more members' ]
  apart "$BW" -C ada show "$DEED"
  [[ $stdout == *'counts for nothing: had not joined then'* ]]
}

@test "thanks go to a person or for an event, never to oneself, and their words only where asked" {
  vouching_world
  deed_of bob
  become eve
  apart "$BW" -C eve thank "$DEED" --note 'that was kind'
  [ "$status" -eq 0 ]
  [[ $stdout == *thanked*"${DEED:0:10}"* ]]
  "$BW" -C eve thank "$(did_of ada)" >/dev/null
  apart "$BW" -C eve thank "$(did_of eve)"
  [ "$status" -eq 4 ]
  apart "$BW" -C eve thank did:key:z6Mkwrong
  [ "$status" -eq 2 ]
  "$BW" -C eve submit >/dev/null
  admit
  apart "$BW" -C bob show "$DEED"
  [[ $stdout == *'What others say'*thanks* ]]
  refute git -C ada grep -q 'that was kind' stream
  become bob
  apart "$BW" -C bob thank "$DEED"
  [ "$status" -eq 4 ]
}
