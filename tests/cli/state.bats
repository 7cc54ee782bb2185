#!/usr/bin/env bats
# The state that follows from a log: the same for everyone, and every figure of it explained.
load common
load people

figure() { "$BW" state --json | jq -r ".tools.goal.indicators[\"$1\"].sum // \"0\""; }

# Ada's world with goals, where she has mapped AEDs.
mapped_world() {
  person ada
  "$BW" init ohca --template ohca >/dev/null 2>&1
  cd ohca
  for quantity in 1 2 3; do "$BW" log map-aed --quantity "$quantity" >/dev/null 2>&1; done
  "$BW" submit >/dev/null
}

@test "what counts feeds the indicators, and goals are as far as these" {
  mapped_world
  apart "$BW" state
  [ "$status" -eq 0 ]
  grep -Eq '^map-aed +6 +3 +device$' <<<"$stdout"
  grep -Eq '^aeds-mapped +6 +device$' <<<"$stdout"
  apart "$BW" goal list --json
  [ "$(jq -r '.goals[] | select(.id == "aeds-findable") | .value, .share' <<<"$stdout" | paste -sd' ')" = '6 0.02' ]
  apart "$BW" goal show aeds-findable
  [[ $stdout == *'6 / 300 device'* ]]
  [[ $stdout == *'fed by map-aed'* ]]
  "$BW" __complete -- goal show aeds-f | grep -q '^aeds-findable'
  # What is in the journal only is no state yet.
  "$BW" log map-aed >/dev/null 2>&1
  [ "$(figure aeds-mapped)" = 6 ]
}

@test "a figure is traced to its events, and an event to its figures" {
  mapped_world
  apart "$BW" explain aeds-mapped --json
  [ "$status" -eq 0 ]
  [ "$(jq -r '[.steps[].after] | join(" ")' <<<"$stdout")" = '1 3 6' ]
  event=$(jq -r '.steps[1].event' <<<"$stdout")
  apart "$BW" show "$event" --json
  [ "$(jq -r '.event.body.quantity' <<<"$stdout")" = 2 ]
  apart "$BW" explain "$event" --json
  [ "$(jq -r '.ineffective, (.steps | map(.figure) | sort | join(","))' <<<"$stdout" | paste -sd' ')" = \
    'null indicator:aeds-available,indicator:aeds-mapped' ]
  # A goal stands for its indicator; a slip of the pen gets the closest name.
  apart "$BW" explain aeds-findable
  [[ $stdout == 'indicator:aeds-available  3 steps'* ]]
  apart "$BW" explain aeds-mappd
  [ "$status" -eq 1 ]
  [[ $stderr == *'aeds-mapped'* ]]
  # What was corrected posts the difference.
  "$BW" log --correct "$event" --quantity 5 >/dev/null 2>&1
  "$BW" submit >/dev/null
  apart "$BW" explain aeds-mapped --json
  [ "$(jq -r '[.steps[].change] | join(" ")' <<<"$stdout")" = '1 2 3 3' ]
  [ "$(figure aeds-mapped)" = 9 ]
}

@test "the digest is the same from nothing, from a snapshot, in a clone, in another locale and without openings" {
  mapped_world
  for _ in {1..70}; do "$BW" log spread-the-word >/dev/null 2>&1; done
  "$BW" submit >/dev/null
  rm -f .git/bw/world-state
  first=$("$BW" state --digest)
  [ -f .git/bw/world-state ]
  "$BW" log map-aed --note 'seen' --visibility public >/dev/null 2>&1
  "$BW" submit >/dev/null
  from_snapshot=$("$BW" state --digest)
  [ "$from_snapshot" != "$first" ]
  rm .git/bw/world-state
  [ "$("$BW" state --digest)" = "$from_snapshot" ]
  [ "$(LC_ALL=tr_TR.UTF-8 TZ=Pacific/Chatham "$BW" state --digest)" = "$from_snapshot" ]
  cd ..
  "$BW" clone ohca copy >/dev/null
  [ "$(BW_HOME=$PWD/nobody "$BW" -C copy state --digest)" = "$from_snapshot" ]
  git -C copy update-ref -d refs/heads/details
  [ "$("$BW" -C copy state --digest)" = "$from_snapshot" ]
  # As of an earlier size, whoever asks.
  size=$("$BW" -C copy state --json | jq .size)
  [ "$("$BW" -C copy state --digest --at "$size")" = "$from_snapshot" ]
  [ "$("$BW" -C ohca state --digest --at 6)" = "$("$BW" -C copy state --digest --at 6)" ]
}

@test "a snapshot that was changed or comes from elsewhere is dropped" {
  mapped_world
  for _ in {1..70}; do "$BW" log spread-the-word >/dev/null 2>&1; done
  "$BW" submit >/dev/null
  before=$("$BW" state --digest)
  sed -i 's/"quantity":"70"/"quantity":"99"/' .git/bw/world-state
  grep -q '"quantity":"99"' .git/bw/world-state
  [ "$("$BW" state --digest)" = "$before" ]
  head -c 1000 .git/bw/world-state >half && mv half .git/bw/world-state
  [ "$("$BW" state --digest)" = "$before" ]
  "$BW" state --digest >/dev/null
  cp .git/bw/world-state kept
  person eve
  cp kept .git/bw/world-state
  [ "$("$BW" state --digest)" = "$before" ]
}

@test "goals are claimed, released and pledged, and what the tool refuses is not written" {
  mapped_world
  apart "$BW" goal claim aed-coverage
  [ "$status" -eq 0 ]
  apart "$BW" goal claim aed-coverage
  [ "$status" -eq 4 ]
  [[ $stderr == *'claimed it already'* ]]
  apart "$BW" goal claim aed-covrage
  [ "$status" -eq 4 ]
  "$BW" pledge >/dev/null 2>&1
  "$BW" submit >/dev/null
  apart "$BW" goal show aed-coverage --json
  [ "$(jq -r '.claimed_by | length' <<<"$stdout")" -eq 1 ]
  "$BW" goal release aed-coverage >/dev/null 2>&1
  apart "$BW" goal release aed-coverage
  [ "$status" -eq 4 ]
  [ "$("$BW" journal list --json | jq '[.events[] | select(.event.kind | startswith("goal."))] | length')" -eq 3 ]
  "$BW" verify
}

@test "a goal is drawn on the terminal and as a picture" {
  mapped_world
  apart "$BW" goal chart aeds-findable
  [ "$status" -eq 0 ]
  [[ $stdout == *300* ]]
  apart "$BW" goal chart aeds-findable --svg aeds.svg --json
  [ "$(jq -r '.points | length' <<<"$stdout")" -eq 3 ]
  python3 -c 'import sys, xml.dom.minidom as x; assert x.parse(sys.argv[1]).documentElement.tagName == "svg"' aeds.svg
  apart "$BW" goal chart estate-ready
  [ "$status" -eq 1 ]
}

@test "what is wrong in a question about the state is said" {
  mapped_world
  apart "$BW" state gaol
  [ "$status" -eq 2 ]
  [[ $stderr == *'behaviour, goal'* ]]
  apart "$BW" state --at 999
  [ "$status" -eq 1 ]
  apart "$BW" state --at yesterday --json
  [ "$status" -eq 0 ]
  [ "$(jq .size <<<"$stdout")" -eq 0 ]
  "$BW" log map-aed >/dev/null 2>&1
  event=$("$BW" log --json --limit 1 | jq -r '.events[0].id')
  apart "$BW" explain "$event"
  [ "$status" -eq 1 ]
  [[ $stderr == *'under no checkpoint yet'* ]]
}
