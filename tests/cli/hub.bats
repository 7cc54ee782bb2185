#!/usr/bin/env bats
# A Hub that is a folder: made, published to, searched, cloned from, checked; its index thrown away.
load common
load people

# The Hub "市 hub" of ada, and her world published there.
hub_of_ada() {
  person ada
  HUB=$BATS_TEST_TMPDIR/'市 hub'
  "$BW" hub init "$HUB" --name 'City hub' >/dev/null
  "$BW" init ohca --template ohca >/dev/null 2>&1
  "$BW" -C ohca publish --hub "$HUB" --as ohca >/dev/null
}

# The names that a search finds, in order.
found() {
  apart "$BW" search --hub "$HUB" --json "$@"
  [ "$status" -eq 0 ]
  sed -n 's/^      "name": "\(.*\)",$/\1/p' <<<"$stdout" | paste -sd' '
}

@test "a world is published, found in two languages, cloned and verified without an identity" {
  hub_of_ada
  for query in 急救 救 除颤 除颤器 心肺复苏 cpr CPR ｃｐｒ 'first aid' 'aed 急救' map-aed; do
    [ "$(found "$query")" = ohca ] || { echo "not found by $query"; false; }
  done
  [ "$(found 火箭)" = '' ]
  apart "$BW" search 急救 --hub "$HUB" --json
  for member in world name title summary size sdgs matched behaviours remotes; do
    [[ $stdout == *"\"$member\":"* ]] || { echo "no $member"; false; }
  done
  become nobody
  mkdir elsewhere && cd elsewhere
  "$BW" clone ohca --hub "$HUB"
  "$BW" -C ohca verify
}

@test "a name is cloned in any spelling, pinned to its world" {
  hub_of_ada
  id=$(world_id ohca)
  become nobody
  apart "$BW" clone ＯＨＣＡ --hub "$HUB" copy --json
  [ "$status" -eq 0 ]
  [ "$(member world)" = "$id" ]
  [[ $stdout == *'"pinned": true'* ]]
  "$BW" -C copy verify
  apart "$BW" clone ohcaa --hub "$HUB"
  [ "$status" -eq 1 ]
  [[ $stderr == *'"ohca"'* ]]
}

@test "search filters by goal of the UN and by behaviour, with words or without" {
  hub_of_ada
  "$BW" init green --template green-travel >/dev/null 2>&1
  "$BW" -C green publish --hub "$HUB" --as green >/dev/null
  [ "$(found)" = 'green ohca' ]
  [ "$(found --limit 1)" = green ]
  [ "$(found --sdg 3 急救)" = ohca ]
  [ "$(found --behaviour map-aed)" = ohca ]
  [ "$(found --behaviour nothing-like-it)" = '' ]
  apart "$BW" search --sdg 18 --hub "$HUB"
  [ "$status" -eq 2 ]
  apart "$BW" search --limit 0 --hub "$HUB"
  [ "$status" -eq 2 ]
  [[ $stderr == *'1 to 1000'* ]]
  # Nothing found is an answer like another, as documented.
  apart "$BW" search 火箭 --hub "$HUB"
  [ "$status" -eq 0 ]
  [ -z "$stdout" ]
  [[ $stderr == *'No world was found'* ]]
  "$BW" search --help | grep -q 'exit code 0 and an empty list'
}

@test "no query breaks the search" {
  hub_of_ada
  for query in '"' '*' 'NEAR(' OR 'a AND' '(' "'; DROP TABLE worlds;--" 'name:x' '^' '%' '{' '\' "$(printf 'é%.0s' {1..3000})"; do
    apart "$BW" search --hub "$HUB" -- "$query"
    [ "$status" -eq 0 ] || { echo "$query: $stderr"; false; }
  done
  apart "$BW" search --hub "$HUB" -- --
  [ "$status" -eq 0 ]
  apart "$BW" search --hub "$HUB" "$(printf '\377')"
  [ "$status" -eq 2 ]
  [ "$(found 急救)" = ohca ]
}

@test "the index is thrown away, damaged, and made again the same" {
  hub_of_ada
  dump() { sqlite3 "$HUB/index.sqlite" .dump | sort; }
  found 急救
  command -v sqlite3 >/dev/null && dump >before
  rm "$HUB/index.sqlite"
  [ "$(found 急救)" = ohca ]
  echo 'no database' >"$HUB/index.sqlite"
  [ "$(found 急救)" = ohca ]
  "$BW" hub reindex "$HUB"
  [ "$(found 急救)" = ohca ]
  if command -v sqlite3 >/dev/null; then dump >after && cmp before after; fi
}

@test "others leave a listing that the Hub's keeper admits" {
  hub_of_ada
  person bob
  "$BW" init bobs --template minimal --name 'Bob 的世界' >/dev/null 2>&1
  apart "$BW" -C bobs publish --hub "$HUB" --json
  [ "$status" -eq 0 ]
  [ "$(member result)" = waiting ]
  [ "$(found bob)" = '' ]
  apart "$BW" hub admit "$HUB"
  [ "$status" -eq 4 ]
  become ada
  "$BW" hub admit "$HUB"
  [ "$(found bob)" = bob-的世界 ]
  become bob
  apart "$BW" -C bobs publish --json
  [ "$(member result)" = unchanged ]
  apart "$BW" hub list "$HUB" --json
  [[ $stdout == *'"waiting": 0'* ]] || { echo "$status $stdout $stderr"; false; }
}

@test "a name that is taken is refused, and so is what is no name" {
  hub_of_ada
  "$BW" init other --template minimal --name Other >/dev/null 2>&1
  apart "$BW" -C other publish --hub "$HUB" --as OHCA
  [ "$status" -eq 4 ]
  [[ $stderr == *'belongs to another world'* ]]
  for name in '../x' 'a/b' '' "$(printf 'a\tb')" '-x' "$(printf 'z%.0s' {1..65})"; do
    apart "$BW" -C other publish --hub "$HUB" "--as=$name"
    [ "$status" -eq 2 ] || { echo "$name: $status $stderr"; false; }
  done
  apart "$BW" -C other publish
  [ "$status" -eq 2 ]
  apart "$BW" -C other publish --hub "$BATS_TEST_TMPDIR"
  [ "$status" -eq 1 ]
}

@test "a Hub is named by DIR or by --hub, not by both" {
  hub_of_ada
  for verb in list check reindex admit; do
    [ "$("$BW" hub $verb "$HUB" 2>&1)" = "$("$BW" hub $verb --hub "$HUB" 2>&1)" ]
    apart "$BW" hub $verb "$HUB" --hub "$HUB"
    [ "$status" -eq 2 ]
    [[ $stderr == *twice* ]]
  done
}

@test "a name that is listed in another spelling is told" {
  person ada
  "$BW" hub init hub >/dev/null
  "$BW" init w --template minimal >/dev/null 2>&1
  apart "$BW" -C w publish --hub ../hub --as ＡＥＤ-Map
  [ "$status" -eq 0 ]
  [[ $stderr == *'listed as "aed-map"'*'lower case'* ]]
  apart "$BW" -C w publish --as aed-map
  [[ $stderr != *'listed as'* ]]
}

@test "two worlds published at the same instant are both listed" {
  hub_of_ada
  for name in one two three; do "$BW" init $name --template minimal --name $name >/dev/null 2>&1; done
  for name in one two three; do "$BW" -C $name publish --hub "$HUB" >"$name.out" 2>&1 3>&- & pids+=($!); done
  for pid in "${pids[@]}"; do wait "$pid" || { cat ./*.out; false; }; done
  [ "$(found)" = 'ohca one three two' ]
  "$BW" hub check "$HUB"
}

@test "publishing shows the Hub nothing but main, stream and details" {
  hub_of_ada
  git -C ohca update-ref refs/bw/inbox/secret/x HEAD
  git -C ohca branch private
  git -C ohca tag private
  "$BW" -C ohca publish
  [ "$(git -C "$HUB"/repos/*.git for-each-ref --format='%(refname)' | paste -sd' ')" = 'refs/heads/main refs/heads/stream' ]
}

@test "a Hub whose copies were tampered with says which, and search leaves them out" {
  hub_of_ada
  "$BW" hub check "$HUB"
  copy=$(echo "$HUB"/repos/*.git)
  forged=$(git -C "$copy" -c user.name=eve -c user.email=eve@bw.invalid commit-tree -m forged "$(git -C "$copy" rev-parse 'stream^{tree}')")
  git -C "$copy" update-ref refs/heads/stream "$forged"
  apart "$BW" hub check "$HUB"
  [ "$status" -eq 1 ]
  [[ $stdout == *'does not verify'* ]]
  "$BW" hub reindex "$HUB"
  [ "$(found 急救)" = '' ]
  become nobody
  apart "$BW" clone ohca --hub "$HUB"
  [ "$status" -eq 1 ]
}

@test "what is no Hub is told so" {
  person ada
  for command in 'hub list' 'hub check' 'hub reindex' 'hub admit' 'search x --hub'; do
    # shellcheck disable=SC2086 # words on purpose
    apart "$BW" $command "$BATS_TEST_TMPDIR"
    [ "$status" -eq 1 ] || { echo "$command: $status"; false; }
    [[ $stderr == *'no Hub'* ]]
  done
  apart "$BW" search x
  [ "$status" -eq 2 ]
  mkdir full && touch full/file
  apart "$BW" hub init full
  [ "$status" -eq 4 ]
  [ "$(ls full)" = file ]
}

@test "a Hub on a read-only disk is searched all the same" {
  hub_of_ada
  rm -f "$HUB/index.sqlite" "$HUB/index.lock"
  become_nobody
  chmod -R a-w "$HUB"
  result=$(found 急救)
  chmod -R u+w "$HUB"
  [ "$result" = ohca ]
}
