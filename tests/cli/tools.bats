#!/usr/bin/env bats
# Tools as their users meet them: points, shop, tasks, members, bodies, badges, exams, evaluation, behaviours.
load common
load people

# Ada's world from the template that uses all tools; she alone is its steward and member.
setup_world() {
  person ada
  "$BW" init ohca --template ohca --name OHCA >/dev/null 2>&1
  cd ohca || return 1
}
# Ben has a clone, has applied and was admitted.
setup_neighbours() {
  setup_world
  ben_joins
}
ben_joins() {
  git init -q --bare "$BATS_TEST_TMPDIR/home.git"
  "$BW" steward propose set-home "$BATS_TEST_TMPDIR/home.git" >/dev/null
  person ben
  (cd "$BATS_TEST_TMPDIR" && "$BW" join home.git ben >/dev/null 2>&1)
  in_ben member apply >/dev/null
  exchange
  become ada
  "$BW" endorse "$(did_of ben)" >/dev/null
  exchange
}
in_ben() { (cd "$BATS_TEST_TMPDIR/ben" && as ben "$BW" "$@"); }
in_ada() { (cd "$BATS_TEST_TMPDIR/ohca" && as ada "$BW" "$@"); }
exchange() {
  in_ben submit >/dev/null 2>&1 || true
  in_ada submit >/dev/null 2>&1
  in_ada merge --inbox >/dev/null 2>&1 || true
  in_ada pull >/dev/null 2>&1 || true
  in_ben pull >/dev/null 2>&1
}

@test "the template ohca uses all tools, and is valid" {
  setup_world
  apart "$BW" validate
  [ "$status" -eq 0 ]
  apart "$BW" tool list --json
  [ "$(jq -r '[.tools[] | select(.adopted)] | length' <<<"$stdout")" -ge 9 ]
}

@test "every template of a tool is valid beside the template minimal, where it needs no other tool" {
  person ada
  "$BW" init world --template minimal --name W >/dev/null 2>&1
  cd world
  for tool in achievement evaluation governance incentive organisation task; do
    "$BW" tool add "$tool" >/dev/null 2>&1
  done
  apart "$BW" validate
  [ "$status" -eq 0 ]
}

@test "deeds earn points, which buy, are donated, and are told with their causes" {
  setup_world
  "$BW" log map-aed --quantity 6 >/dev/null
  "$BW" submit >/dev/null
  apart "$BW" points show --json
  [ "$(jq -r '.balances[0].balance' <<<"$stdout")" = 30 ]
  apart "$BW" shop order face-shield
  [ "$status" -eq 0 ]
  apart "$BW" shop order face-shield
  [ "$status" -eq 4 ]
  [[ $stderr == *'20 heart are needed, and there are 10'* ]]
  "$BW" points donate cabinet 4 >/dev/null
  "$BW" submit >/dev/null
  apart "$BW" points funds --json
  [ "$(jq -r '.funds[] | select(.id == "cabinet") | .balance' <<<"$stdout")" = 6 ]
  apart "$BW" points history
  [[ $stdout == *'earned by map-aed'* ]]
  [[ $stdout == *'ordered face-shield'* ]]
  apart "$BW" board points:heart --json
  [ "$(jq -r '.places[0].figure' <<<"$stdout")" = 6 ]
  apart "$BW" board nonsense
  [ "$status" -eq 2 ]
}

@test "who applies is endorsed and belongs; a task is claimed, delivered, accepted and paid" {
  setup_neighbours
  apart in_ada member list --json
  [ "$(jq -r '[.members[] | select(.state == "member")] | length' <<<"$stdout")" = 2 ]
  apart in_ada task post ordinary --reward 10 --fund kitty --note 'Paint the cabinet' --json
  [ "$status" -eq 0 ]
  task=$(member id)
  exchange
  apart in_ben task list --open
  [[ $stdout == *"${task:0:10}"* ]]
  in_ben task claim "$task" >/dev/null
  in_ben task deliver "$task" --note done >/dev/null
  exchange
  apart in_ada task show "$task"
  [[ $stdout == *'Paint the cabinet'* ]]
  [[ $stdout == *'accepted by the poster'* ]]
  apart in_ada status
  [[ $stdout == *'accept or dispute it'* ]]
  in_ada task accept "$task" >/dev/null
  exchange
  apart in_ben points show --json
  [ "$(jq -r '.balances[0].balance' <<<"$stdout")" = 10 ]
  apart in_ben task claim "$task"
  [ "$status" -eq 4 ]
}

@test "what moved is an accounting journal that hledger finds sound, with the balances of the ledger" {
  setup_world
  "$BW" log map-aed --quantity 6 >/dev/null
  "$BW" submit >/dev/null
  "$BW" shop order face-shield >/dev/null
  "$BW" points donate cabinet 4 >/dev/null
  "$BW" submit >/dev/null
  "$BW" points export points.journal
  hledger -f points.journal check --strict
  balance=$("$BW" points show --json | jq -r '.balances[0].balance')
  [ "$(hledger -f points.journal balance --flat -N person: -O json | jq '.[0][0][3][0].aquantity.floatingPoint')" = "$balance" ]
  apart hledger -f points.journal balance -O csv
  [[ $stdout == *'"0"'* ]]
  # One figure changed, and it is not sound.
  sed -i '0,/  30 /s//  31 /' points.journal
  apart hledger -f points.journal check
  [ "$status" -ne 0 ]
  apart "$BW" points export --json
  [ "$status" -eq 2 ]
  apart "$BW" points export /dev/null/x
  [ "$status" -eq 3 ]
  [[ $stderr == *'/dev/null'* ]]
  [ "$("$BW" points export | grep -c '; index:')" -ge 3 ]
}

@test "an exam is drawn by the log, answered in secret, and gives its badge, which opens a gate" {
  setup_neighbours
  apart in_ada task post expert --note 'For first aiders' --json
  task=$(member id)
  exchange
  apart in_ben task claim "$task"
  [ "$status" -eq 4 ]
  apart in_ben exam begin cpr --json
  attempt=$(member id)
  apart in_ben exam questions "$attempt"
  [ "$status" -eq 1 ]
  exchange
  apart in_ben exam questions "$attempt" --json
  [ "$(jq '.questions | length' <<<"$stdout")" = 3 ]
  answers=$(jq -r '{rate: "b", depth: "b", ratio: "a", first: "b", aed: "a"} as $key | .questions[].id | "\(.)=\($key[.])"' <<<"$stdout")
  apart in_ben exam answer "$attempt" nonsense=a
  [ "$status" -eq 2 ]
  # shellcheck disable=SC2086
  in_ben exam answer "$attempt" $answers >/dev/null
  exchange
  in_ben exam tell "$attempt" >/dev/null
  exchange
  apart in_ben badge list --json
  [ "$(jq -r '.held[0].badge' <<<"$stdout")" = first-aider ]
  apart in_ben task claim "$task"
  [ "$status" -eq 0 ]
}

@test "who was there proves it without telling the code" {
  setup_neighbours
  apart in_ada occasion open training-day tulip 'tomorrow 18:00' --json
  [ "$status" -eq 0 ]
  occasion=$(member id)
  exchange
  in_ben occasion attend "$occasion" tulip >/dev/null
  exchange
  ! grep -rqa tulip "$BATS_TEST_TMPDIR/ben/.git" "$BATS_TEST_TMPDIR/home.git"
  apart in_ada occasion close "$occasion" rose
  [ "$status" -eq 4 ]
  in_ada occasion close "$occasion" tulip >/dev/null
  exchange
  apart in_ben badge list "$(did_of ben)" --json
  [ "$(jq -r '.held[0].badge' <<<"$stdout")" = training-day ]
}

@test "results are reviewed, units divided, and nobody judges her own" {
  setup_neighbours
  apart in_ben evaluate submit media --note https://example.org/article --json
  result=$(member id)
  exchange
  apart in_ben evaluate review "$result" 50
  [ "$status" -eq 4 ]
  in_ada evaluate review "$result" 40 >/dev/null
  apart in_ada evaluate review "$result" 40
  [ "$status" -eq 4 ]
  apart in_ada evaluate divide team "$(did_of ben)=101"
  [ "$status" -eq 4 ]
  apart in_ada evaluate divide team "$(did_of ben)=100"
  [ "$status" -eq 0 ]
  apart in_ada evaluate divide team nobody=1
  [ "$status" -eq 2 ]
  apart in_ada evaluate results --json
  [ "$(jq '.results[0].reviews' <<<"$stdout")" = 1 ]
}

@test "behaviours are added, imported with their origin, and compared" {
  setup_world
  cd ..
  "$BW" init other --template minimal --name Other >/dev/null 2>&1
  cd other
  apart "$BW" behaviour import OHCA spread-the-word
  [ "$status" -eq 0 ]
  [[ $stderr == *"that world's own"* ]]
  grep -q "imported:" betterworld.yaml
  unit=$(sed -n '/^units:/,$s/.*id: *\([a-z-]*\).*/\1/p' betterworld.yaml | head -1)
  "$BW" behaviour add wave "$unit" "Wave to a neighbour" >/dev/null
  apart "$BW" validate
  [ "$status" -eq 0 ]
  git commit -qam 'Import and add'
  "$BW" adopt >/dev/null
  apart "$BW" behaviour list --json
  [ "$(jq '.behaviours[] | select(.id == "spread-the-word") | .update' <<<"$stdout")" = false ]
  apart "$BW" behaviour overlap OHCA --json
  jq -e '.shared == ["spread-the-word"]' <<<"$stdout"
  # The source says something else now.
  cd ../ohca
  sed -i '/id: spread-the-word/,/difficulty: 1/s/difficulty: 1/difficulty: 2/' betterworld.yaml
  git commit -qam 'Harder'
  "$BW" adopt >/dev/null
  cd ../other
  apart "$BW" behaviour list
  [[ $stdout == *'update there'* ]]
  apart "$BW" behaviour import OHCA spread-the-word
  [ "$status" -eq 0 ]
  apart "$BW" behaviour import OHCA wave
  [ "$status" -eq 1 ]
}

@test "what a body confirms waits for somebody who sits on it" {
  person ada
  "$BW" init ohca --template minimal --name Audited >/dev/null 2>&1
  cd ohca
  mkdir -p tools
  cat >tools/organisation.yaml <<'YAML'
organisation: 1
membership: {founders: stewards, endorsements: 1, admitted_by: itself}
bodies:
  - {id: audit, title: Audit, seats: 1, appointed_by: stewards}
YAML
  sed -i '/^behaviours:/,$ s/^    unit: deed$/&\n    verification: {by: body, body: board}/' betterworld.yaml
  apart "$BW" validate
  [ "$status" -eq 1 ]
  [[ "$stdout" == *'unknown-body'* ]]
  sed -i 's/body: board}/body: audit}/' betterworld.yaml
  git add -A && git commit -qS -m 'Let a body confirm'
  "$BW" adopt >/dev/null
  ben_joins

  id=$(in_ada log good-deed --json | jq -r .id)
  exchange
  # A member who does not sit there helps nothing.
  in_ben attest "$id" >/dev/null
  exchange
  apart in_ada show "$id"
  [[ "$stdout" == *'waits for somebody on the body audit'* ]]
  [[ "$stdout" == *'did not sit on the body audit then'* ]]

  in_ada body seat audit "$(did_of ben)" >/dev/null
  exchange
  apart in_ben status --json
  [ "$(jq -r .to_attest <<<"$stdout")" = 1 ]
  in_ben attest "$id" --note 'I looked at the papers.' >/dev/null
  exchange
  apart in_ada show "$id" --json
  [ "$(jq -r .standing.state <<<"$stdout")" = verified ]
  apart in_ada behaviour show good-deed --json
  [ "$(jq -r .counts <<<"$stdout")" = 1 ]
  in_ada verify >/dev/null
}

@test "a definition that changes the unit of what was counted is refused before it is adopted" {
  person ada
  "$BW" init world --template minimal --name W >/dev/null 2>&1
  cd world
  "$BW" log good-deed >/dev/null
  "$BW" submit >/dev/null
  sed -i 's/^  - id: deed$/  - id: hour/; s/unit: deed$/unit: hour/' betterworld.yaml
  "$BW" validate >/dev/null
  git commit -qS -a -m 'Count hours'
  apart "$BW" adopt
  [ "$status" -eq 4 ]
  [[ "$stderr" == *'good-deed has figures in deed: what is counted in hour needs another id'* ]]
  sed -i 's/good-deed$/good-hour/; s/good-deeds/good-hours/' betterworld.yaml
  "$BW" validate >/dev/null
  git commit -qS -a -m 'Under other names'
  "$BW" adopt >/dev/null
  "$BW" verify >/dev/null
}

@test "a milestone has a certificate once it is reached" {
  setup_world
  apart "$BW" goal certificate first-rescue
  [ "$status" -eq 4 ]
  apart "$BW" goal certificate first-rescu
  [ "$status" -eq 1 ]
  [[ $stderr == *first-rescue* ]]
}

@test "the state is the same in another locale, time zone and clone, and without details" {
  setup_neighbours
  in_ada log map-aed --quantity 6 >/dev/null
  exchange
  apart in_ada state --digest --json
  digest=$(member digest)
  apart in_ben state --digest --json
  [ "$(member digest)" = "$digest" ]
  apart env LC_ALL=tr_TR.UTF-8 TZ=Pacific/Kiritimati "$BW" -C "$BATS_TEST_TMPDIR/ohca" state --digest --json
  [ "$(member digest)" = "$digest" ]
  git -C "$BATS_TEST_TMPDIR/ben" update-ref -d refs/heads/details
  rm -f "$BATS_TEST_TMPDIR/ben/.git/bw/world-state"
  apart in_ben state --digest --json
  [ "$(member digest)" = "$digest" ]
}

@test "a steward pins the state, and anyone folds again and compares" {
  setup_world
  "$BW" log map-aed --quantity 6 >/dev/null
  "$BW" submit >/dev/null
  "$BW" state --pin >/dev/null
  "$BW" log map-aed --quantity 1 >/dev/null
  "$BW" submit >/dev/null
  apart "$BW" state --check-pins --json
  [ "$status" -eq 0 ]
  jq -e '.ok and (.pins | length == 1)' <<<"$stdout"
}

@test "a badge is exported as a credential and as pictures, verified anywhere, and refused with a byte changed" {
  setup_neighbours
  sed -i 's/^badges:/badges:\n  - {id: helper, title: Helper, criteria: Helped., by: award, awarded_by: stewards}/' tools/achievement.yaml
  git commit -qam 'A badge to award'
  in_ada adopt >/dev/null
  ben=$(did_of ben)
  in_ada badge award helper "$ben" >/dev/null
  exchange
  apart in_ada badge export teacher "$ben" "$BATS_TEST_TMPDIR/x.json"
  [ "$status" -eq 4 ]
  apart in_ada badge export helper "$ben" "$BATS_TEST_TMPDIR/x.gif"
  [ "$status" -eq 2 ]
  for ending in json svg png; do
    file=$BATS_TEST_TMPDIR/badge.$ending
    in_ada badge export helper "$ben" "$file" >/dev/null 2>&1
    exchange
    apart in_ben badge verify "$file" --json
    [ "$status" -eq 0 ]
    jq -e '.ok and .standing.issuer_is_steward and .standing.holds and .standing.event_in_log' <<<"$stdout"
    cd /
    apart as ben "$BW" badge verify "$file" --json
    [ "$status" -eq 0 ]
    jq -e '.ok and .standing == null' <<<"$stdout"
    cd "$BATS_TEST_TMPDIR/ohca"
  done
  sed 's/Helped[.]/Hulped./' "$BATS_TEST_TMPDIR/badge.json" >"$BATS_TEST_TMPDIR/forged.json"
  apart in_ben badge verify "$BATS_TEST_TMPDIR/forged.json"
  [ "$status" -eq 1 ]
  # What is revoked is no longer held, whatever the picture says.
  in_ada badge revoke helper "$ben" >/dev/null
  exchange
  apart in_ben badge verify "$BATS_TEST_TMPDIR/badge.png"
  [ "$status" -eq 1 ]
  [[ $stdout == *'does not hold it'* ]]
}
