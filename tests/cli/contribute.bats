#!/usr/bin/env bats
# bw contribute, bw merge of what was offered, and plain git merge with the driver for definitions.
load common
load people

# Commits everything as the person of the moment, signed, without any hook's help.
commit() {
  git add -A
  git -c user.name=x -c user.email=x@bw.invalid -c user.signingkey="$BW_HOME/config/identity/id_ed25519" \
    commit -q -S -m "$1"
}
# A behaviour more, before the first one.
add_behaviour() { sed -i "s/^behaviours:.*/&\n  - {id: $1, title: Something, unit: $unit}/" betterworld.yaml; }

# Ada's world and Eve's fork of it.
worlds() {
  PATH=$(dirname "$BW"):$PATH
  person ada
  "$BW" init ada --template ohca --name 'Ada World' >/dev/null 2>&1
  unit=$(sed -n '/^units:/,/^[a-z]*:$/s/.*id: *\([a-z0-9-]*\).*/\1/p' ada/betterworld.yaml | head -1)
  person eve
  "$BW" fork ada 'eve fork' --name 'Eve World' >/dev/null 2>&1
}

@test "an offer goes upstream, is merged there, and comes back" {
  worlds
  cd 'eve fork'
  add_behaviour of-eve
  commit 'Add a behaviour'
  apart "$BW" contribute --dry-run --json
  [ "$status" -eq 0 ]
  [[ $stdout == *'"commit": null'* ]]
  [ -z "$(git -C ../ada for-each-ref refs/heads/contribute)" ]
  apart "$BW" contribute --json
  [ "$status" -eq 0 ]
  branch=$(member branch)
  [[ $branch == contribute/z6Mk*/behaviours-of-eve ]]
  cd ../ada
  become ada
  git verify-commit "$branch" || true # Eve is not known to Ada's stream yet
  add_behaviour of-ada
  commit 'Add another'
  apart "$BW" merge "$branch"
  [ "$status" -eq 0 ] || { echo "$stdout$stderr"; return 1; }
  grep -q 'id: of-ada' betterworld.yaml
  grep -q 'id: of-eve' betterworld.yaml
  grep -q 'name: Ada World' betterworld.yaml
  [ -z "$(git status --porcelain)" ]
  "$BW" validate
  "$BW" adopt
  for c in $(git rev-list main); do git verify-commit "$c"; done
  cd '../eve fork'
  become eve
  git fetch -q upstream main
  "$BW" merge upstream/main
  grep -q 'id: of-ada' betterworld.yaml
  grep -q 'name: Eve World' betterworld.yaml
  apart "$BW" contribute
  [ "$status" -eq 1 ]
  [[ $stderr == *"nothing to offer"* ]]
}

@test "an offer that contradicts upstream is refused, naming goal and field" {
  worlds
  (become ada && cd ada && sed -i '0,/target: [0-9.]*/s//target: 7/' betterworld.yaml && commit 'Seven')
  cd 'eve fork'
  sed -i '0,/target: [0-9.]*/s//target: 8/' betterworld.yaml
  commit 'Eight'
  apart "$BW" contribute
  [ "$status" -eq 1 ]
  [[ $stderr == *"field target"* ]]
  [[ $stderr == *"ours 8, theirs 7"* ]]
  [ -z "$(git -C ../ada for-each-ref refs/heads/contribute)" ]
}

@test "wrong words are usage errors" {
  worlds
  cd 'eve fork'
  add_behaviour of-eve
  commit 'Add a behaviour'
  apart "$BW" contribute --only behaviours/of-ev
  [ "$status" -eq 2 ]
  [[ $stderr == *'behaviours/of-eve'* ]]
  apart "$BW" contribute --topic '../main'
  [ "$status" -eq 2 ]
  apart "$BW" contribute --to 'ext::sh -c id'
  [ "$status" -eq 2 ]
}

@test "plain git merge: two people who add different behaviours never conflict" {
  worlds
  cd 'eve fork'
  git switch -q -c other
  add_behaviour of-bob
  commit 'Bob adds one'
  git switch -q main
  add_behaviour of-eve
  commit 'Eve adds one'
  git -c user.name=x -c user.email=x@bw.invalid merge -q --no-edit other
  grep -q 'id: of-bob' betterworld.yaml
  grep -q 'id: of-eve' betterworld.yaml
  refute grep -q '<<<<<<<' betterworld.yaml
  "$BW" validate
}

@test "plain git merge: a real conflict names goal and field, and leaves both versions" {
  worlds
  cd 'eve fork'
  git switch -q -c other
  sed -i '0,/target: [0-9.]*/s//target: 7/' betterworld.yaml
  add_behaviour of-bob
  commit 'Seven'
  git switch -q main
  sed -i '0,/target: [0-9.]*/s//target: 8/' betterworld.yaml
  commit 'Eight'
  apart git -c user.name=x -c user.email=x@bw.invalid merge --no-edit other
  [ "$status" -eq 1 ]
  [[ $stdout$stderr == *"field target: base "*"ours 8, theirs 7"* ]]
  [ "$(grep -c '^<<<<<<<' betterworld.yaml)" -eq 1 ]
  grep -q 'target: 7' betterworld.yaml
  grep -q 'target: 8' betterworld.yaml
  grep -q 'id: of-bob' betterworld.yaml
  [[ $(git status --porcelain) == 'UU betterworld.yaml' ]]
  git merge --abort
  [ -z "$(git status --porcelain)" ]
}

@test "plain git merge where bw is not installed: a conflict, as without a driver" {
  worlds
  cd 'eve fork'
  git switch -q -c other
  add_behaviour of-bob
  commit 'Bob adds one'
  git switch -q main
  add_behaviour of-eve
  commit 'Eve adds one'
  mkdir ../bin
  ln -s "$(command -v git)" ../bin/git
  PATH=$PWD/../bin apart /usr/bin/env git -c user.name=x -c user.email=x@bw.invalid merge --no-edit other
  [ "$status" -eq 1 ]
  [[ $(git status --porcelain) == 'UU betterworld.yaml' ]]
}

@test "bw merge: a conflict is left for git to end" {
  worlds
  cd 'eve fork'
  git switch -q -c other
  sed -i '0,/target: [0-9.]*/s//target: 7/' betterworld.yaml
  commit 'Seven'
  git switch -q main
  sed -i '0,/target: [0-9.]*/s//target: 8/' betterworld.yaml
  commit 'Eight'
  apart "$BW" merge other
  [ "$status" -eq 1 ]
  [[ $stdout == *"field target"* ]]
  git checkout -q --ours betterworld.yaml
  "$BW" validate
  commit 'Choose eight'
  git verify-commit HEAD
  [ "$(git rev-list --parents -n1 HEAD | wc -w)" -eq 3 ]
  [ -z "$(git status --porcelain)" ]
}

@test "the pre-commit hook stops a definition with errors" {
  worlds
  cd 'eve fork'
  echo 'colour: red' >>betterworld.yaml
  run commit 'Broken'
  [ "$status" -ne 0 ]
  [[ $output == *betterworld.yaml* ]]
  [ "$(git log -1 --format=%s)" != Broken ]
}

@test "the merge driver works on names with spaces" {
  mkdir 'a folder'
  cd 'a folder'
  printf 'betterworld: 1\nname: A\n' >'the base'
  printf 'betterworld: 1\nname: A\nvision: V\n' >'our file'
  printf 'betterworld: 1\nname: B\n' >'their file'
  "$BW" merge-driver 'the base' 'our file' 'their file' 'tools/a name.yaml'
  [ "$(<'our file')" = "$(printf 'betterworld: 1\nname: B\nvision: V')" ]
  printf 'betterworld: 1\nname: C\n' >'their file'
  printf 'betterworld: 1\nname: D\n' >'our file'
  apart "$BW" merge-driver 'the base' 'our file' 'their file' 'tools/a name.yaml'
  [ "$status" -eq 1 ]
  [[ $stderr == *'tools/a name.yaml:2: '* ]]
}
