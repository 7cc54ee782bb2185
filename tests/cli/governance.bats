#!/usr/bin/env bats
# bw tool, bw propose, bw vote, bw proposal.
load common
load people

setup_village() {
  person ben
  person ada
  as ada "$BW" init world --template minimal --name Village >/dev/null 2>&1
  cd world || return 1
}

adopt_governance() {
  mkdir -p tools
  cat >tools/governance.yaml <<'YAML'
governance: 1
procedures:
  - id: text
    title: A text
    decides: [text]
    who: members
    method: one_person
    voting: 2d
  - id: secret
    title: A secret text
    decides: [text]
    who: members
    method: one_person
    voting: 2d
    reveal: 1d
  - id: definition
    title: The definition
    decides: [definition]
    who: members
    method: one_person
    voting: 2d
binding: [definition]
YAML
  git add tools && as ada git commit -qm "Decide together"
  as ada "$BW" adopt >/dev/null
}

@test "rules of a tool are added as a commented file that is valid, and never overwrite one" {
  setup_village
  apart as ada "$BW" tool add governance
  [ "$status" -eq 0 ]
  apart as ada "$BW" validate
  [ "$status" -eq 0 ]
  echo "# mine" >>tools/governance.yaml
  apart as ada "$BW" tool add governance
  [ "$status" -eq 4 ]
  grep -q "# mine" tools/governance.yaml
  apart as ada "$BW" tool add governence
  [ "$status" -eq 2 ]
  [[ $stderr == *governance* ]]
  apart as ada "$BW" --json tool list
  jq -e '.tools[] | select(.name == "governance") | .adopted == false' <<<"$stdout"
}

@test "a text is proposed, voted on, and passes when its time is over" {
  command -v faketime >/dev/null || skip "faketime is not installed"
  ! grep -qa __asan_init "$BW" || skip "faketime and the address sanitizer wait for each other"
  setup_village
  adopt_governance
  apart as ada "$BW" --json propose text --note "We meet on Mondays."
  [ "$status" -eq 0 ]
  id=$(member id)
  apart as ada "$BW" vote "$id" maybe
  [ "$status" -eq 2 ]
  apart as ada "$BW" vote "$id" yes
  [ "$status" -eq 0 ]
  apart as ada "$BW" vote "$id" no
  [ "$status" -eq 4 ]
  [[ $stderr == *"first vote is final"* ]]
  as ada "$BW" submit >/dev/null
  apart as ada "$BW" proposal show "$id"
  [[ $stdout == *"We meet on Mondays."* ]]
  [[ $stdout == *"1 of 1 took part"* ]]
  apart as ada faketime '+3 days' "$BW" --json proposal show "$id"
  jq -e '.stage == "passed"' <<<"$stdout"
  apart as ada faketime '+3 days' "$BW" vote "$id" no
  [ "$status" -eq 4 ]
  [[ $stderr == *"the vote ended at"* ]]
}

@test "a secret vote leaves only a commitment until it is revealed" {
  command -v faketime >/dev/null || skip "faketime is not installed"
  ! grep -qa __asan_init "$BW" || skip "faketime and the address sanitizer wait for each other"
  setup_village
  adopt_governance
  apart as ada "$BW" --json propose secret --note "Who is in?"
  id=$(member id)
  as ada "$BW" vote "$id" yes >/dev/null 2>&1
  as ada "$BW" submit >/dev/null
  apart as ada "$BW" --json proposal show "$id"
  jq -e '.counts == null and .stage == "voting"' <<<"$stdout"
  # Nothing in the repository says how Ada voted.
  for object in $(git rev-list --objects --all | cut -d' ' -f1); do
    if git cat-file -p "$object" | grep -q '"choice"'; then
      git cat-file -p "$object" | grep '"choice"' | grep -q '"kind":"vote.committed"'
      refute grep -q '"choice":"yes"' <(git cat-file -p "$object")
    fi
  done
  apart as ada "$BW" vote "$id" --reveal
  [ "$status" -eq 4 ]
  apart as ada faketime '+50 hours' "$BW" vote "$id" --reveal
  [ "$status" -eq 0 ]
  as ada faketime '+50 hours' "$BW" submit >/dev/null
  apart as ada faketime '+4 days' "$BW" --json proposal show "$id"
  jq -e '.stage == "passed" and .counts.turnout.unrevealed.people == 0' <<<"$stdout"
}

@test "where the definition says so, bw adopt refuses what no vote has passed" {
  command -v faketime >/dev/null || skip "faketime is not installed"
  ! grep -qa __asan_init "$BW" || skip "faketime and the address sanitizer wait for each other"
  setup_village
  adopt_governance
  apart as ada "$BW" propose definition
  [ "$status" -eq 1 ]
  [[ $stderr == *"in force already"* ]]
  echo "home_page: https://example.org" >>betterworld.yaml
  as ada git commit -qam "Say more"
  apart as ada "$BW" adopt
  [ "$status" -eq 4 ]
  [[ $stderr == *"needs a vote"* ]]
  apart as ada "$BW" --json propose definition --note "More words"
  [ "$status" -eq 0 ]
  id=$(member id)
  as ada "$BW" vote "$id" yes >/dev/null
  as ada "$BW" submit >/dev/null
  apart as ada "$BW" proposal show "$id"
  [[ $stdout == *home_page* ]]
  apart as ada faketime '+3 days' "$BW" adopt
  [ "$status" -eq 0 ]
}

@test "bad input of votes gets a clear error" {
  setup_village
  apart as ada "$BW" propose text
  [ "$status" -eq 1 ]
  [[ $stderr == *"bw tool add governance"* ]]
  adopt_governance
  apart as ada "$BW" propose txet
  [ "$status" -eq 1 ]
  [[ $stderr == *text* ]]
  apart as ben "$BW" propose text
  [ "$status" -eq 4 ]
  [[ $stderr == *"only members"* ]]
  apart as ada "$BW" proposal show 0123456789
  [ "$status" -eq 1 ]
  apart as ada "$BW" vote 0123456789 yes --reveal
  [ "$status" -eq 2 ]
}
