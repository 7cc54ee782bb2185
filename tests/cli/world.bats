#!/usr/bin/env bats
# The daily loop: init, clone, join, submit, merge, pull, adopt, status, verify.
load common
load people

@test "init makes a world that verifies, with commits that plain git accepts" {
  person ada
  apart "$BW" init 'my 世界' --template minimal --name 'Ada World' --json
  [ "$status" -eq 0 ]
  [ "$(member name)" = 'Ada World' ]
  cd 'my 世界'
  "$BW" verify
  for commit in $(git rev-list main stream); do git verify-commit "$commit"; done
  [ -z "$(git fsck --strict --no-progress 2>&1)" ]
  [ -z "$(git status --porcelain)" ]
  [ "$(git log -1 --format=%an stream)" = "$(git log -1 --format=%ae stream | cut -d@ -f1)" ]
  head -1 betterworld.yaml | grep -q 'yaml-language-server: $schema=./schemas/betterworld.schema.json'
  test -x .git/hooks/pre-commit
  test -f .github/workflows/world.yml
}

@test "every template makes a valid world" {
  person ada
  for template in minimal ohca hackathon green-travel; do
    "$BW" init "$template" --template "$template"
    "$BW" -C "$template" validate
    "$BW" -C "$template" verify
  done
}

@test "a small world without a name of its own has that of its folder" {
  person ada
  apart "$BW" init '邻里 kindness' --json
  [ "$(member name)" = '邻里 kindness' ]
  head -5 '邻里 kindness/betterworld.yaml' | grep -q '^name: 邻里 kindness$'
  mkdir here && cd here
  apart "$BW" init --json
  [ "$(member name)" = here ]
  cd .. && apart "$BW" init ohca --template ohca --json
  [ "$(member name)" != ohca ]
}

@test "init lists its templates and refuses others, suggesting the closest" {
  person ada
  apart "$BW" init --list-templates --json
  [ "$status" -eq 0 ]
  [[ $stdout == *'"name": "ohca"'* ]]
  apart "$BW" init w --template ohac
  [ "$status" -eq 2 ]
  [[ $stderr == *ohca* ]]
  [ ! -e w ]
}

@test "init needs an identity and an empty folder, and leaves nothing half made" {
  apart "$BW" init w
  [ "$status" -eq 4 ]
  [[ $stderr == *'bw id new'* ]]
  [ ! -e w ]
  person ada
  mkdir full && touch full/file
  apart "$BW" init full
  [ "$status" -eq 4 ]
  [ "$(ls -A full)" = file ]
  touch afile
  apart "$BW" init afile
  [ "$status" -eq 4 ]
}

@test "a clone verifies without any identity, and its commits are accepted by git" {
  person ada
  world
  become nobody
  apart "$BW" clone 'ada 世界' copy
  [ "$status" -eq 0 ]
  [[ $stderr == *'first sight'* ]]
  cd copy
  "$BW" verify
  for commit in $(git rev-list main stream); do git verify-commit "$commit"; done
  [ -z "$(git fsck --strict --no-progress 2>&1)" ]
  [ ! -e "$BW_HOME/config/identity" ]
}

@test "a pinned clone accepts the world named and no other" {
  person ada
  world
  id=$(world_id 'ada 世界')
  apart "$BW" clone "ada 世界#$id" copy --json
  [ "$status" -eq 0 ]
  [[ $stdout == *'"pinned": true'* ]]
  apart "$BW" clone "ada 世界#$(printf 'ab%.0s' {1..32})" other
  [ "$status" -eq 1 ]
  [ ! -e other ]
}

@test "B joins through the inbox, A admits, B gets a receipt" {
  person ada
  world
  person bob
  "$BW" clone "$PWD/ada 世界" bob-copy
  cd bob-copy
  "$BW" join
  "$BW" log "$BEHAVIOUR" --note 'private words'
  apart "$BW" submit --json
  [ "$status" -eq 0 ]
  [ "$(member way)" = inbox ]
  apart "$BW" status --json
  [[ $stdout == *'"sent": 2'* ]]
  become ada
  cd '../ada 世界'
  apart "$BW" merge --inbox --json
  [ "$status" -eq 0 ]
  [ "$(grep -c '"result": "admitted"' <<<"$stdout")" -eq 2 ]
  apart "$BW" merge --inbox
  [[ $stdout == *'inbox is empty'* ]]
  become bob
  cd ../bob-copy
  apart "$BW" pull --json
  [ "$status" -eq 0 ]
  [ "$(grep -c '1 admitted' <<<"$stdout")" -eq 2 ]
  apart "$BW" status --json
  [[ $stdout == *'"sent": 0'* && $stdout == *'"member": true'* && $stdout == *'"waiting": 0'* ]]
  "$BW" verify
  refute git grep -q 'private words' stream
  refute git grep -q 'private words' "$(git rev-parse refs/heads/details 2>/dev/null || git hash-object -t tree /dev/null)"
}

@test "the same bundle merged twice changes nothing" {
  person ada
  world
  person bob
  "$BW" clone "$PWD/ada 世界" bob-copy
  cd bob-copy
  "$BW" log "$BEHAVIOUR"
  "$BW" submit --bundle "$BATS_TEST_TMPDIR/deeds.jsonl"
  become ada
  cd '../ada 世界'
  "$BW" merge ../deeds.jsonl
  before=$(git rev-parse stream)
  apart "$BW" merge ../deeds.jsonl --json
  [ "$status" -eq 0 ]
  [[ $stdout == *'"duplicate": 1'* ]]
  [ "$(git rev-parse stream)" = "$before" ]
  apart "$BW" merge - <../deeds.jsonl
  "$BW" verify
}

@test "merging several things prints one JSON object" {
  person ada
  world
  cd 'ada 世界'
  for n in 1 2; do
    "$BW" log "$BEHAVIOUR" --quantity $n >/dev/null 2>&1
    "$BW" submit --bundle ../deeds.$n >/dev/null
  done
  git branch other
  "$BW" merge ../deeds.1 ../deeds.2 other --json >../told
  python3 -c 'import json,sys; t = json.load(open(sys.argv[1])); assert [b["admitted"] for b in t["bundles"]] == [1, 1]; assert t["outcome"] == "already" and t["changes"] == []' ../told
  apart "$BW" merge ../deeds.1 nowhere --json
  [ "$status" -eq 2 ]
  [[ $stdout == *'"duplicate": 1'* && $stderr == '{"error":'* ]]
}

@test "a bundle reaches a steward through a pipe" {
  person ada
  world
  person bob
  "$BW" clone "$PWD/ada 世界" bob-copy
  "$BW" -C bob-copy log "$BEHAVIOUR"
  "$BW" -C bob-copy submit --bundle - >bundle
  become ada
  "$BW" -C 'ada 世界' merge - <bundle
  [ "$(entries 'ada 世界')" -eq 4 ]
}

@test "a public note travels, a private one stays" {
  person ada
  world
  person bob
  "$BW" clone "$PWD/ada 世界" bob-copy
  cd bob-copy
  "$BW" log "$BEHAVIOUR" --note 'for everyone' --visibility public
  "$BW" log "$BEHAVIOUR" --note 'for me alone' --visibility private
  "$BW" submit
  become ada
  cd '../ada 世界'
  "$BW" merge --inbox
  git grep -q 'for everyone' details
  refute git grep -q 'for me alone' $(git for-each-ref --format='%(objectname)')
  refute grep -rq 'for me alone' .git
  apart "$BW" verify --json
  [[ $stdout == *'"warnings": []'* ]]
}

@test "adopting puts a new definition in force; an invalid one is refused" {
  person ada
  world
  cd 'ada 世界'
  apart "$BW" adopt --json
  [[ $stdout == *'"unchanged": true'* ]]
  sed -i 's/^grace: .*/grace: 9d/' betterworld.yaml
  git commit -qam 'Shorter grace'
  apart "$BW" status --json
  [[ $stdout == *'"definition_differs": true'* ]]
  "$BW" adopt
  apart "$BW" status --json
  [[ $stdout == *'"definition_differs": false'* ]]
  sed -i 's/^grace: .*/grace: soon/' betterworld.yaml
  git commit -qam 'Broken' --no-verify
  apart "$BW" adopt
  [ "$status" -eq 1 ]
  [[ $stderr == *betterworld.yaml:* ]]
  "$BW" verify
}

@test "the pre-commit hook stops a definition with errors" {
  person ada
  world
  cd 'ada 世界'
  sed -i 's/^grace: .*/grace: soon/' betterworld.yaml
  PATH=$(dirname "$BW"):$PATH run git commit -qam 'Broken'
  [ "$status" -ne 0 ]
  [[ $output == *betterworld.yaml:* ]]
}

@test "an unsigned commit on main cannot be adopted" {
  person ada
  world
  cd 'ada 世界'
  sed -i 's/^grace: .*/grace: 9d/' betterworld.yaml
  git commit -qam 'Unsigned' --no-gpg-sign
  apart "$BW" adopt
  [ "$status" -eq 1 ]
  [[ $stderr == *'not signed'* ]]
}

@test "only a steward adopts, merges and names stewards" {
  person ada
  world
  person bob
  "$BW" clone "$PWD/ada 世界" bob-copy
  cd bob-copy
  apart "$BW" adopt
  [ "$status" -eq 4 ]
  apart "$BW" steward propose set-threshold 1
  [ "$status" -eq 4 ]
  "$BW" join --sync manual
  apart "$BW" merge --inbox
  [ "$status" -eq 4 ]
}

@test "two of three stewards decide together" {
  shared_world
  become ada
  cd ada
  for who in bob eve; do "$BW" steward propose add-steward "$(did_of "$who")"; done
  "$BW" steward propose set-threshold 2
  apart "$BW" steward propose add-sequencer "$(did_of bob)" --json
  [[ $stdout == *'"in_force": false'* ]]
  proposal=$(member proposal)
  become bob
  cd ../bob
  "$BW" pull
  apart "$BW" steward approve "${proposal:0:12}" --json
  [[ $stdout == *'"in_force": true'* ]]
  apart "$BW" steward list --json
  [[ $stdout == *'"proposals": []'* ]]
  "$BW" verify
}

@test "status says what to do next, in every state" {
  apart "$BW" status
  [ "$status" -eq 1 ]
  [[ $stderr == *'bw init'* ]]
  git init -q plain
  apart "$BW" -C plain status
  [ "$status" -eq 1 ]
  [[ $stderr == *'no world'* ]]
  person ada
  world
  apart "$BW" -C 'ada 世界' status
  [[ $stdout == *'bw log'* ]]
  apart "$BW" -C 'ada 世界' status --json
  for name in world name size pending next; do [[ $stdout == *"\"$name\":"* ]]; done
}

@test "status knows of a merge that waits, and of bundles elsewhere, without a network" {
  shared_world
  become ada
  cd ada
  git commit -q --allow-empty -m 'Base'
  sed -i 's/^grace: .*/grace: 8d/' betterworld.yaml && git commit -qam 'Eight' && git branch eight
  git reset -q --hard HEAD~ && sed -i 's/^grace: .*/grace: 9d/' betterworld.yaml && git commit -qam 'Nine'
  apart "$BW" merge eight
  [ "$status" -eq 1 ]
  apart "$BW" status
  [[ $stdout == *'conflicts in betterworld.yaml'*'git merge --abort'* ]]
  apart "$BW" status --json
  [[ $stdout == *'"merging": ['*'"betterworld.yaml"'* ]]
  git checkout -q --ours betterworld.yaml && git add betterworld.yaml
  apart "$BW" status --json
  [[ $stdout == *'"merging": []'*'"git commit -S"'* ]]
  git merge --abort
  apart "$BW" status --json
  [[ $stdout == *'"merging": null'* ]]
  become bob
  "$BW" -C ../bob log "$BEHAVIOUR" >/dev/null 2>&1
  "$BW" -C ../bob submit >/dev/null
  become ada
  apart "$BW" status --json
  [[ $stdout == *'"inboxes": []'* ]]
  "$BW" pull >/dev/null
  mv ../home.git ../away.git
  apart "$BW" status --json
  [[ $stdout == *'"bundles": 1'*'"bw merge --inbox"'* ]]
  apart "$BW" status
  [[ $stdout == *'1 bundle at '*'home.git'* ]]
  mv ../away.git ../home.git
  "$BW" merge --inbox >/dev/null
  apart "$BW" status --json
  [[ $stdout == *'"inboxes": []'* ]]
}

@test "what status says to run next can be run as it stands" {
  person ada
  world
  cd 'ada 世界'
  "$BW" log "$BEHAVIOUR" >/dev/null 2>&1
  sed -i 's/^grace: .*/grace: 9d/' betterworld.yaml
  mkdir ../bin && ln -s "$BW" ../bin/bw
  printf '#!/bin/sh\necho Changed >"$1"\n' >../bin/editor
  chmod +x ../bin/editor
  export GIT_EDITOR=editor
  PATH=$PWD/../bin:$PATH
  for round in 1 2 3 4 5 6; do
    apart "$BW" status --json
    next=$(sed -n '/^  "next": \[/{n;s/^ *"\(.*\)",\{0,1\}$/\1/p}' <<<"$stdout")
    echo "$next" >>../ran
    bash -c "$next" >/dev/null 2>&1
  done
  [ "$(head -4 ../ran | paste -sd';')" = 'git commit -S -a;bw adopt;bw submit;bw help log' ] || { cat ../ran; false; }
  [ "$(grep -c '"' <(sed -n '/"next": \[/,/\]/p' <<<"$stdout"))" -eq "$(grep -c '"' <(sed -n '/"next_reasons": \[/,/\]/p' <<<"$stdout"))" ]
}

@test "status names what lies here and was not accepted" {
  shared_world
  become ada
  cd ada
  apart "$BW" status --json
  [[ $stdout == *'"unverified": []'* ]]
  git commit -q --no-gpg-sign --no-verify --allow-empty -m 'Unsigned'
  apart "$BW" status
  [[ $stdout == *'unverified commit '*"$(git rev-parse --short=12 main)"* ]]
  git reset -q --hard HEAD~
  forged=$(git commit-tree -m forged "$(git rev-parse 'stream^{tree}')")
  git push -q --force ../home.git "$forged:refs/heads/stream"
  apart "$BW" pull
  [ "$status" -ne 0 ]
  apart "$BW" status --json
  [[ $stdout == *'"unverified": ['*"the stream of home was fetched up to ${forged:0:12} and not accepted"* ]]
}

@test "merging a slip of the pen names what there is" {
  shared_world
  become ada
  cd ada
  apart "$BW" merge orign
  [ "$status" -eq 2 ]
  [[ $stderr == *'neither a bundle file, a branch, a remote nor'*'did you mean "origin"?'* ]]
  mkdir ../empty
  apart "$BW" merge ../empty
  [ "$status" -ne 0 ]
  [[ $stderr == *empty* ]]
}

@test "a world is found by name from anywhere" {
  person ada
  world
  cd /
  apart "$BW" --world 'ada world' status --json
  [ "$status" -eq 0 ]
  [ "$(member name)" = 'Ada World' ]
  apart "$BW" world list --json
  [[ $stdout == *'Ada World'* ]]
  apart "$BW" --world 'adda world' status
  [ "$status" -eq 2 ]
  [[ $stderr == *'Ada World'* ]]
}

@test "a sync wish of immediate sends each deed at once" {
  person ada
  world
  cd 'ada 世界'
  "$BW" world sync immediate
  "$BW" log "$BEHAVIOUR"
  apart "$BW" status --json
  [[ $stdout == *'"waiting": 0'* && $stdout == *'"size": 4'* ]]
  apart "$BW" world sync sometimes
  [ "$status" -eq 2 ]
}

@test "on a terminal bw init shows the templates before it asks, and takes the answers" {
  person ada
  screen=$(printf 'minimal\nOur street\n' | at_terminal "'$BW' init w --json")
  [[ $screen == *'green-travel'*'Template [minimal]:'*'Name of the world (empty: the folder'* ]]
  [ "$(grep -c '"world"' <<<"$screen")" -eq 1 ]
  refute grep -q '"templates"' <<<"$screen"
  [[ $("$BW" -C w status --json) == *'"name": "Our street"'* ]]
}

@test "on a terminal bw join asks for the wish, and takes no other word for one" {
  shared_world
  become eve
  screen=$(printf 'imediate\n' | at_terminal "'$BW' -C eve join") || true
  [[ $screen == *'neither immediate, periodic nor manual'*'did you mean "immediate"'* ]]
  [ -z "$(git -C home.git for-each-ref refs/bw/inbox)" ]
  printf 'immediate\n' | at_terminal "'$BW' -C eve join"
  "$BW" -C eve config list --json | grep -q immediate || "$BW" world list --json | grep -q immediate
}

@test "what one asks to join is cloned, and a name is shown where that is wished" {
  shared_world
  become bob
  rm -rf bob
  "$BW" join home.git 'bob two' --show-name --sync manual
  [ "$(git -C 'bob two' rev-parse stream)" = "$(git -C home.git rev-parse stream)" ]
  become ada
  "$BW" -C ada merge --inbox
  git -C ada cat-file --batch-all-objects --batch --unordered | grep -aq '"value":"bob"'
}

@test "a dead remote does not keep an inbox from being read" {
  shared_world
  become bob
  "$BW" -C bob join --sync manual
  become ada
  git -C ada remote add hub "$PWD/gone.git"
  apart "$BW" -C ada merge --inbox
  [ "$status" -eq 0 ]
  [[ $stdout == *admitted* ]]
  [[ $stderr == *'gone.git'* ]]
  mv home.git away.git
  apart "$BW" -C ada merge --inbox
  [ "$status" -eq 3 ]
}

@test "the pre-commit hook judges what is committed, not what the work tree holds" {
  person ada
  world
  cd 'ada 世界'
  export PATH=$(dirname "$BW"):$PATH
  cp betterworld.yaml good
  sed 's/^grace: .*/grace: soon/' good >betterworld.yaml
  git add betterworld.yaml
  cp good betterworld.yaml
  run git commit -qm 'Broken in the index'
  [ "$status" -ne 0 ]
  [[ $output == *betterworld.yaml:* ]]
  sed 's/^grace: .*/grace: 9d/' good >betterworld.yaml
  git add betterworld.yaml
  sed 's/^grace: .*/grace: soon/' good >betterworld.yaml
  git commit -qm 'Good in the index'
  git show HEAD:betterworld.yaml | grep -qx 'grace: 9d'
}

@test "a bundle left in one's own fork is collected from there" {
  shared_world
  become bob
  git init -q --bare fork.git
  "$BW" -C bob join --sync manual
  "$BW" -C bob log "$BEHAVIOUR" >/dev/null
  apart "$BW" -C bob submit --dry-run --json
  [ "$status" -eq 0 ]
  [ "$(git -C home.git for-each-ref refs/bw/inbox | wc -l)" -eq 1 ]
  "$BW" -C bob submit --to "$PWD/fork.git"
  [ "$(git -C fork.git for-each-ref refs/bw/inbox | wc -l)" -eq 1 ]
  become ada
  "$BW" -C ada merge --inbox
  apart "$BW" -C ada merge "$PWD/fork.git" --json
  [ "$status" -eq 0 ]
  [ "$(grep -c '"result": "admitted"' <<<"$stdout")" -eq 1 ]
  git -C ada show stream:log/000.jsonl | grep -q "\"actor\":\"$(did_of bob)\".*\"kind\":\"behaviour.logged\""
}
