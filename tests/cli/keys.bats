#!/usr/bin/env bats
# A person's keys over time: devices, a lost one, a new one, and coming back with nothing.
load common
load people

json_of() { "$BW" "$@" --json; }
stewards() { json_of -C "$1" steward list | sed -n '/"stewards"/,/\]/p' | grep -c did:key; }

# ada's world with a home; bob has joined it, and has a clone.
with_bob() {
  shared_world
  become bob
  "$BW" -C bob join >/dev/null 2>&1
  become ada
  "$BW" -C ada merge --inbox >/dev/null
  become bob
  "$BW" -C bob pull >/dev/null
}
admit() { (become ada && "$BW" -C ada merge --inbox "$@"); }
propose() { (become ada && "$BW" -C ada steward propose "$@"); }

@test "a device is linked from both sides, acts as the person, and is revoked" {
  with_bob
  person phone
  "$BW" clone home.git phone >/dev/null 2>&1
  become bob
  apart "$BW" -C bob id link "$(did_of phone)"
  [ "$status" -eq 0 ] || { echo "$stderr"; false; }
  [[ $stderr$stdout == *"bw id link $(did_of bob)"* ]]
  admit >/dev/null
  become phone
  "$BW" -C phone pull >/dev/null
  apart "$BW" -C phone id link "$(did_of bob)"
  [ "$status" -eq 0 ] || { echo "$stderr"; false; }
  [[ $stdout == *"one person's"* ]]
  admit >/dev/null
  "$BW" -C phone pull >/dev/null
  apart "$BW" -C phone status --json
  [[ $stdout == *'"member": true'* ]]
  "$BW" -C phone log "$BEHAVIOUR" >/dev/null
  "$BW" -C phone submit >/dev/null
  admit | grep -q admitted
  become bob
  "$BW" -C bob pull >/dev/null
  "$BW" -C bob log --json | grep -q '"mine": true'
  "$BW" -C bob id revoke "$(did_of phone)" >/dev/null
  admit >/dev/null
  become phone
  "$BW" -C phone log "$BEHAVIOUR" >/dev/null
  "$BW" -C phone submit >/dev/null
  apart admit --json
  [[ $stdout == *'"result": "refused"'* && $stdout == *revoked* ]]
  "$BW" -C phone pull >/dev/null
  apart "$BW" -C phone status
  [[ $stdout == *'bw id dispute'* ]]
  (become ada && "$BW" -C ada verify)
}

@test "a thief who revoked the owner's key is silenced by her dispute, and the stewards settle it" {
  with_bob
  person thief
  "$BW" clone home.git thief >/dev/null 2>&1
  # The thief has bob's key: he links one of his own, and revokes bob's.
  cp -r "$BATS_TEST_TMPDIR/people/bob" "$BATS_TEST_TMPDIR/people/stolen"
  become stolen
  "$BW" clone home.git stolen >/dev/null 2>&1
  "$BW" -C stolen id link "$(did_of thief)" >/dev/null
  admit >/dev/null
  become thief
  "$BW" -C thief pull >/dev/null
  "$BW" -C thief id link "$(did_of bob)" >/dev/null
  admit >/dev/null
  "$BW" -C thief pull >/dev/null
  "$BW" -C thief id revoke "$(did_of bob)" >/dev/null
  admit >/dev/null
  become bob
  "$BW" -C bob pull >/dev/null
  apart "$BW" -C bob id dispute --json
  [ "$status" -eq 0 ] || { echo "$stderr"; false; }
  admit >/dev/null
  apart json_of -C ada steward list
  [[ $stdout == *'"disputed": true'* ]]
  become thief
  "$BW" -C thief log "$BEHAVIOUR" >/dev/null
  "$BW" -C thief submit >/dev/null
  apart admit --json
  [[ $stdout == *disputed* ]]
  apart propose settle-person "$(did_of bob)" "$(did_of bob)"
  [ "$status" -eq 0 ] || { echo "$stderr"; false; }
  become bob
  "$BW" -C bob pull >/dev/null
  "$BW" -C bob log "$BEHAVIOUR" >/dev/null
  "$BW" -C bob submit >/dev/null
  admit | grep -q admitted
  apart propose settle-person "$(did_of bob)" "$(did_of bob)"
  [ "$status" -eq 4 ]
}

@test "a member rotates the key everywhere, and what was logged before stays hers" {
  with_bob
  "$BW" -C bob log "$BEHAVIOUR" >/dev/null
  before=$(did_of bob)
  apart "$BW" id rotate --json
  [ "$status" -eq 0 ] || { echo "$stderr$stdout"; false; }
  [ "$(member before)" = "$before" ]
  [ "$(member now)" = "$(did_of bob)" ]
  [ "$before" != "$(did_of bob)" ]
  admit >/dev/null
  "$BW" -C bob pull >/dev/null
  apart "$BW" -C bob status --json
  [[ $stdout == *'"member": true'* ]]
  [[ $stdout == *'"waiting": 0'* ]]
  id=$("$BW" -C bob log --json | grep -B14 -A14 '"kind": "behaviour.logged"' | sed -n 's/^ *"id": "\(.*\)",*$/\1/p' | head -1)
  "$BW" -C bob log --correct "$id" --quantity 2 >/dev/null
  "$BW" -C bob submit >/dev/null
  admit | grep -q admitted
  (become ada && "$BW" -C ada verify)
}

@test "the only steward rotates, goes on appending, and git accepts the old commits and the new" {
  person ada
  world
  apart "$BW" id rotate
  [ "$status" -eq 0 ] || { echo "$stderr"; false; }
  [[ $stdout == *'in force'* ]]
  cd 'ada 世界'
  "$BW" log "$BEHAVIOUR" >/dev/null
  "$BW" submit >/dev/null
  "$BW" verify
  for commit in $(git rev-list stream main); do git verify-commit "$commit"; done
  [ "$(stewards .)" = 1 ]
  echo >>README.md
  git commit -qam 'Say more'
  git verify-commit HEAD
}

@test "the paper key recovers a steward's standing with a new key, and the old one is silent" {
  person ada
  world
  apart "$BW" -C 'ada 世界' id announce --json
  [[ $stdout == *'"in_log": true'* ]]
  "$BW" -C 'ada 世界' id backup >paper.txt
  "$BW" -C 'ada 世界' id announce | grep -q already
  become new
  "$BW" clone 'ada 世界' clone >/dev/null 2>&1
  apart "$BW" -C clone id recover "$PWD/paper.txt" --name Ada
  [ "$status" -eq 0 ] || { echo "$stderr"; false; }
  [ "$(did_of new)" != "$(did_of ada)" ]
  become ada
  "$BW" -C 'ada 世界' merge --inbox >/dev/null
  apart "$BW" -C 'ada 世界' log "$BEHAVIOUR"
  apart "$BW" -C 'ada 世界' steward propose set-threshold 1
  [ "$status" -eq 4 ]
  [[ $stderr == *revoked* ]]
  become new
  "$BW" -C clone pull >/dev/null
  "$BW" -C clone steward list | grep -q "$(did_of new).*key"
  apart "$BW" -C clone id recover "$PWD/paper.txt"
  [ "$status" -eq 4 ]
}

@test "two who know her and the stewards recover a member who lost everything" {
  with_bob
  old=$(did_of bob)
  become eve
  "$BW" -C eve join >/dev/null 2>&1
  admit >/dev/null
  person bob2
  apart propose recover-actor "$(did_of bob2)" "$old"
  [ "$status" -eq 4 ]
  [[ $stderr == *'0 of 2'* ]]
  become eve
  "$BW" -C eve pull >/dev/null
  "$BW" -C eve id endorse "$(did_of bob2)" "$old" >/dev/null
  admit >/dev/null
  become ada
  "$BW" -C ada id endorse "$(did_of bob2)" "$old" >/dev/null
  apart propose recover-actor "$(did_of bob2)" "$old"
  [ "$status" -eq 0 ] || { echo "$stderr"; false; }
  become bob2
  "$BW" clone home.git bob2 >/dev/null 2>&1
  apart "$BW" -C bob2 status --json
  [[ $stdout == *'"member": true'* ]]
}

@test "mistakes about keys are usage or refusals, with the reason" {
  person ada
  world
  cd 'ada 世界'
  apart "$BW" id link ben
  [ "$status" -eq 2 ]
  apart "$BW" id link "$(did_of ada)"
  [ "$status" -eq 4 ]
  apart "$BW" id revoke "$(did_of ada)"
  [ "$status" -eq 4 ]
  [[ $stderr == *'recovery key'* ]]
  apart "$BW" id dispute
  [ "$status" -eq 1 ]
  for words in 'settle-person x' 'recover-actor x' 'name-root 5' 'add-steward a b' 'reset-clock soon'; do
    # shellcheck disable=SC2086
    apart "$BW" steward propose $words
    [ "$status" -eq 2 ] || { echo "$words: $status $stderr"; false; }
  done
  apart "$BW" steward propose name-root here
  [ "$status" -eq 0 ] || { echo "$stderr"; false; }
}

@test "a clock that ran away stops appends until stewards reset it" {
  command -v faketime >/dev/null || skip "faketime is not installed"
  ! grep -qa __asan_init "$BW" || skip "faketime and the address sanitizer wait for each other"
  person ada
  world
  cd 'ada 世界'
  faketime '+400 days' "$BW" log "$BEHAVIOUR" >/dev/null
  faketime '+400 days' "$BW" submit >/dev/null
  "$BW" log "$BEHAVIOUR" >/dev/null
  apart "$BW" submit
  [ "$status" -eq 4 ]
  [[ $stderr == *reset-clock* ]]
  "$BW" steward propose reset-clock now
  "$BW" submit
  "$BW" verify
}
