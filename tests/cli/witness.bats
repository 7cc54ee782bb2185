#!/usr/bin/env bats
# Witnesses: being one, collecting what they said, and who stands behind a world.
load common
load people

# Ada's world at a home that everyone reaches; ben's and cleo's machines are witnesses, and both must stand behind it.
witnessed_world() {
  local who
  shared_world
  for who in ben cleo; do
    person "$who"
    "$BW" witness init --name "$who.example/w1" >"$who.key" 2>/dev/null
  done
  become ada
  cd ada
  for who in ben cleo; do "$BW" steward propose add-witness "$(cat "../$who.key")" >/dev/null; done
  "$BW" steward propose set-witness-quorum 2 >/dev/null
  cd ..
}
witness() {
  become "$1"
  shift
  apart "$BW" witness "$@"
}

@test "two witnesses look at a world, a steward collects, and everyone sees who stands behind it" {
  witnessed_world
  witness ben cosign home.git
  [ "$status" -eq 0 ]
  [[ $stdout == *'cosigned  Ada World: '* ]]
  become ada
  apart "$BW" -C ada witness collect --json
  [ "$(jq -r .appended <<<"$stdout")" = false ]
  [ "$(jq -r '.witnessed.by[0].name' <<<"$stdout")" = ben.example/w1 ]
  [ "$(jq -r .witnessed.enough <<<"$stdout")" = false ]
  witness cleo cosign home.git
  become ada
  apart "$BW" -C ada merge --inbox
  [[ $stdout == *"The world's witnesses stand behind more now"* ]]
  # Everyone who pulls has it; nothing but git and Python finds the same.
  become bob
  "$BW" -C bob pull >/dev/null
  apart "$BW" -C bob verify
  [ "$status" -eq 0 ]
  [[ $stdout == *'witnesses  2 of 2 behind '*' entries, '* ]]
  [[ $stdout == *cleo.example/w1* ]]
  apart "$BW" -C bob verify --json
  [ "$(jq -r '.witnessed.enough, .witnessed.quorum, .witnessed.frozen' <<<"$stdout" | paste -sd' ')" = 'true 2 false' ]
  apart "$BW" -C bob status
  [[ $stdout == *'witnesses   2 of 2 behind'* ]]
  /usr/bin/python3 -c 'import nacl' 2>/dev/null || skip 'PyNaCl is not installed'
  "$BATS_TEST_DIRNAME/../vectors/check_world.py" bob
}

@test "a proof carries the world's witnesses, and without them the world does not take it" {
  witnessed_world
  id=$("$BW" -C ada log "$BEHAVIOUR" --json | jq -r .id)
  "$BW" -C ada submit >/dev/null
  apart "$BW" -C ada prove "$id" -o "$PWD/early.tlog-proof"
  [[ $stderr == *'asks for 2 witnesses, and none stands behind'* ]]
  apart "$BW" -C ada verify --proof "$PWD/early.tlog-proof"
  [ "$status" -eq 1 ]
  [[ $stdout == *'too few witnesses cosigned the checkpoint: 0'* ]]
  witness ben cosign home.git
  witness cleo cosign home.git
  become ada
  "$BW" -C ada witness collect >/dev/null
  "$BW" -C ada prove "$id" -o "$PWD/deed.tlog-proof"
  apart "$BW" -C ada verify --proof "$PWD/deed.tlog-proof" --json
  [ "$status" -eq 0 ]
  [ "$(jq -r '.witnesses | length' <<<"$stdout")" = 2 ]
  # By somebody who has no copy and trusts only ben.
  printf 'log %s\nwitness b %s\nquorum b\n' "$("$BW" -C ada checkpoint keys | head -1)" "$(cat ben.key)" >policy
  world=$(world_id ada)
  become stranger
  "$BW" verify --proof deed.tlog-proof --world-id "$world" --policy policy
}

@test "a witness answers requests as C2SP says, of any log whose key it was told" {
  witnessed_world
  become ada
  "$BW" -C ada witness request >request
  [ "$(head -1 request)" = 'old 0' ]
  size=$(sed -n 4p request)
  witness ben cosign --request request
  [ "$status" -eq 4 ]
  [ -z "$stdout" ]
  [[ $stderr == *'(404)'* ]]
  become ada
  key=$("$BW" -C ada checkpoint keys | head -1)
  witness ben cosign --request request --log-key "$key"
  [ "$status" -eq 0 ]
  [[ $stdout == '— ben.example/w1 '* ]]
  [ "$(wc -l <<<"$stdout")" -eq 1 ]
  echo "$stdout" >lines
  # Asked again as if for the first time, it tells what it cosigned last.
  witness ben cosign --request request
  [ "$status" -eq 4 ]
  [ "$stdout" = "$size" ]
  [[ $stderr == *'(409)'* ]]
  witness ben cosign --request request --json
  [ "$(jq -r '"\(.status) \(.body)"' <<<"$stdout")" = "409 $size" ]
  become ada
  "$BW" -C ada witness request --old "$size" >request
  [ "$(head -2 request | paste -sd' ')" = "old $size " ]
  witness ben cosign --request - <request || true
  become ben
  [[ $("$BW" witness cosign --request - <request) == '— ben.example/w1 '* ]]
  sed 's/^old .*/old 1/' request >bent
  witness ben cosign --request bent
  [ "$status" -eq 4 ]
  # The lines are as good as what is left at home.
  become ada
  apart "$BW" -C ada witness collect "$PWD/lines" --json
  [ "$(jq -r '.taken[0]' <<<"$stdout")" = ben.example/w1 ]
  apart "$BW" -C ada witness collect "$PWD/request"
  [ "$status" -eq 1 ]
}

@test "a witness who may not push prints what it says, and a steward takes it" {
  witnessed_world
  chmod -R a-w home.git
  become ben
  if [ "$(id -u)" -ne 0 ]; then
    witness ben cosign home.git
    [ "$status" -ne 0 ]
  fi
  witness ben cosign home.git --print
  chmod -R u+w home.git
  [ "$status" -eq 0 ]
  [ "$(head -1 <<<"$stdout")" = "bw/$(world_id ada)" ]
  echo "$stdout" >ben.note
  become ada
  apart "$BW" -C ada witness collect "$PWD/ben.note" --json
  [ "$(jq -r '.witnessed.by[0].name' <<<"$stdout")" = ben.example/w1 ]
}

@test "a home that was set back gets no cosignature, and the witness keeps what both say" {
  witnessed_world
  old=$(git -C home.git rev-parse stream)
  become ada
  "$BW" -C ada log "$BEHAVIOUR" >/dev/null
  "$BW" -C ada submit >/dev/null
  witness ben cosign home.git
  git -C home.git update-ref refs/heads/stream "$old"
  witness ben cosign home.git
  [ "$status" -eq 4 ]
  [[ $stderr == *'it was rolled back, or this copy is old'* ]]
  [ -n "$(find "$BW_HOME/state/witness" -path '*rolled-back/here')" ]
  # Several at once: one that is refused does not keep the others from being seen.
  become ada
  "$BW" init other --template minimal >/dev/null 2>&1
  witness ben cosign home.git other --json
  [ "$status" -eq 4 ]
  [ "$(jq -r '(.cosigned | length), (.refused | length)' <<<"$stdout" | paste -sd' ')" = '1 1' ]
}

@test "a witness is killed while it cosigns, again and again, and never says two things" {
  witnessed_world
  become ben
  for round in {1..12}; do
    "$BW" witness cosign home.git >/dev/null 2>&1 &
    sleep "0.0$((round * 7))"
    kill -9 $! 2>/dev/null || true
    wait $! 2>/dev/null || true
  done
  witness ben cosign home.git
  [ "$status" -eq 0 ]
  apart "$BW" witness show --json
  [ "$(jq '.logs | length' <<<"$stdout")" -eq 1 ]
  become ada
  apart "$BW" -C ada witness collect --json
  [ "$(jq -r '.witnessed.by[0].name' <<<"$stdout")" = ben.example/w1 ]
}

@test "what a witness needs is asked for, and what it is given is checked" {
  person eve
  apart "$BW" witness cosign
  [ "$status" -eq 4 ]
  [[ $stderr == *'bw witness init'* ]]
  apart "$BW" witness init --name 'two words'
  [ "$status" -eq 1 ]
  apart "$BW" witness init
  [ "$status" -eq 0 ]
  [[ $stdout == bw/witness/* ]]
  [ "$(stat -c %a "$BW_HOME/state/witness/witness.key")" = 600 ]
  apart "$BW" witness init
  [ "$status" -eq 4 ]
  world
  cd 'ada 世界'
  apart "$BW" steward propose add-witness "$("$BW" checkpoint keys)"
  [ "$status" -eq 2 ]
  [[ $stderr == *'not of the type for cosignatures'* ]]
  apart "$BW" witness collect
  [ "$status" -eq 4 ]
  [[ $stderr == *'names no witnesses'* ]]
  apart "$BW" witness cosign
  [ "$status" -eq 0 ]
  [[ $stderr == *'does not name this witness'* ]]
  apart "$BW" witness request --old 9999
  [ "$status" -eq 2 ]
  apart "$BW" witness cosign --log-key x
  [ "$status" -eq 2 ]
}
