#!/usr/bin/env bats
# Trust without a copy: prove, verify --proof, verify --since, checkpoint, tiles.
load common
load people

# Ada's world with one deed under its checkpoint; $id is the deed, $world the world's id, $key its log key.
world_with_deed() {
  person ada
  world
  cd 'ada 世界'
  id=$("$BW" log "$BEHAVIOUR" --json | jq -r .id)
  "$BW" submit >/dev/null
  world=$(world_id .)
  key=$("$BW" checkpoint keys)
}

@test "a proof is checked by someone who has no copy, no identity and no network" {
  world_with_deed
  apart "$BW" prove "$id" -o ../deed.tlog-proof
  [ "$status" -eq 0 ]
  [[ $stderr == *"--world-id $world"* ]]
  [ "$(head -1 ../deed.tlog-proof)" = 'c2sp.org/tlog-proof@v1' ]
  cd ..
  mv 'ada 世界' gone
  become stranger
  apart "$BW" verify --proof deed.tlog-proof --world-id "$world" --log-key "$key" --json
  [ "$status" -eq 0 ]
  [ "$(jq -r .id <<<"$stdout")" = "$id" ]
  [ "$(jq -r .ok <<<"$stdout")" = true ]
  printf 'log %s\nquorum none\n' "$key" >policy
  "$BW" verify --proof deed.tlog-proof --world-id "$world" --policy policy
  # By anybody's key but the log's it proves nothing.
  apart "$BW" verify --proof deed.tlog-proof --world-id "$(printf '0%.0s' {1..64})" --log-key "$key"
  [ "$status" -eq 2 ]
}

@test "in the world itself a proof needs nothing else, and a bent one is refused with its reason" {
  world_with_deed
  "$BW" prove "$id" >../deed.tlog-proof
  "$BW" verify --proof ../deed.tlog-proof
  sed 's/^index .*/index 0/' ../deed.tlog-proof >../bent.tlog-proof
  apart "$BW" verify --proof ../bent.tlog-proof
  [ "$status" -eq 1 ]
  [[ $stdout == *'do not lead from the entry at index 0'* ]]
  apart "$BW" verify --proof ../bent.tlog-proof --json
  [ "$(jq -r .ok <<<"$stdout")" = false ]
  apart "$BW" verify --proof nowhere
  [ "$status" -eq 3 ]
  apart "$BW" verify . --proof ../deed.tlog-proof
  [ "$status" -eq 2 ]
  apart "$BW" verify --log-key "$key"
  [ "$status" -eq 2 ]
}

@test "a deed that no checkpoint covers is not proved" {
  world_with_deed
  waiting=$("$BW" log "$BEHAVIOUR" --json | jq -r .id)
  apart "$BW" prove "$waiting"
  [ "$status" -eq 1 ]
  [[ $stderr == *'is not in the log'* ]]
}

@test "one row of a table is proved, and its neighbours stay unseen" {
  person ada
  "$BW" init w --template ohca >/dev/null 2>&1
  cd w
  printf 'at,behaviour,quantity,unit\n' >rows.csv
  for day in 1 2 3; do echo "$(date -u -d "-$day day" +%F),map-aed,$day,device" >>rows.csv; done
  table=$("$BW" log --batch rows.csv --json | jq -r '.ids[0]')
  "$BW" submit >/dev/null
  "$BW" prove "$table:2" -o row.tlog-proof
  apart "$BW" verify --proof row.tlog-proof --json
  [ "$status" -eq 0 ]
  [ "$(jq -r .row.row.quantity <<<"$stdout")" = 2 ]
  [ "$(jq -r .row.count <<<"$stdout")" = 3 ]
  refute grep -q '"quantity":"3"' <(sed -n 's/^extra //p' row.tlog-proof | base64 -d | tail -1)
  apart "$BW" prove "$table:4"
  [ "$status" -eq 1 ]
  apart "$BW" prove "$table:x"
  [ "$status" -eq 2 ]
}

@test "checkpoints of two people are compared, and the log proved to have only grown" {
  world_with_deed
  "$BW" checkpoint show >../before.checkpoint
  "$BW" log "$BEHAVIOUR" >/dev/null
  "$BW" submit >/dev/null
  "$BW" checkpoint show >../now.checkpoint
  [ "$("$BW" checkpoint compare ../now.checkpoint --json | jq -r .relation)" = same ]
  [ "$("$BW" checkpoint compare ../before.checkpoint --json | jq -r .relation)" = older ]
  apart "$BW" verify --since ../before.checkpoint
  [ "$status" -eq 0 ]
  [[ $stdout == *'none was changed'* ]]
  [ "$("$BW" checkpoint list --json | jq '.checkpoints | length')" -ge 2 ]
  # A checkpoint that somebody made up is of another history, and unsigned.
  { sed -n 1,2p ../now.checkpoint; sed -n 3p ../before.checkpoint; sed -n '4,$p' ../now.checkpoint; } >../bent
  apart "$BW" checkpoint compare ../bent
  [ "$status" -eq 1 ]
  [[ $stdout == 'of another history'* ]]
  [[ $stderr == *'no log key that this world announced signed'* ]]
  apart "$BW" verify --since ../bent
  [ "$status" -eq 1 ]
  [[ $stdout == *'history was changed'* ]]
}

@test "an archive of checkpoints grows, agrees with the log, and proves where it does not" {
  world_with_deed
  apart "$BW" checkpoint archive ../archive --json
  [ "$status" -eq 0 ]
  before=$(jq .written <<<"$stdout")
  [ "$before" -ge 1 ]
  cp -a . ../old
  "$BW" log "$BEHAVIOUR" >/dev/null
  "$BW" submit >/dev/null
  apart "$BW" checkpoint archive ../archive --json
  [ "$(jq -r '.written, .agreeing, .beyond' <<<"$stdout" | paste -sd' ')" = "1 $before 0" ]
  cmp "../archive/$(entries .).checkpoint" <("$BW" checkpoint show)
  apart "$BW" -C ../old checkpoint archive ../archive
  [ "$status" -eq 0 ]
  [[ $stderr == *'1 checkpoint there covers more entries than this copy'* ]]
  # Another root under the same size.
  { sed -n 1,2p "../archive/$(entries .).checkpoint"; sed -n '3p' <(cat ../archive/*.checkpoint); sed -n '4,$p' \
    "../archive/$(entries .).checkpoint"; } >../bent
  cp ../bent "../archive/$(entries .).checkpoint"
  apart "$BW" checkpoint archive ../archive
  [ "$status" -eq 1 ]
  [[ $stderr == *'two histories of this world'* ]]
  cd ..
  "$BW" init second --template minimal >/dev/null 2>&1
  apart "$BW" -C second checkpoint archive "$PWD/archive"
  [ "$status" -eq 4 ]
  [[ $stderr == *'another log'* ]]
}

@test "a copy that was rolled back is found to be shorter than what was seen" {
  world_with_deed
  cp -a . ../old
  "$BW" log "$BEHAVIOUR" >/dev/null
  "$BW" submit >/dev/null
  "$BW" checkpoint show >../now.checkpoint
  cd ../old
  apart "$BW" verify
  [ "$status" -eq 0 ]
  [[ $stderr == *'this machine saw a checkpoint of size'* ]]
  apart "$BW" verify --since ../now.checkpoint
  [ "$status" -eq 1 ]
  [[ $stdout == *'the log was shortened, or this copy is old'* ]]
  apart "$BW" checkpoint compare ../now.checkpoint --json
  [ "$(jq -r .relation <<<"$stdout")" = newer ]
}

@test "tiles are written once, grow with the log, and go nowhere else" {
  world_with_deed
  apart "$BW" tiles ../log --json
  [ "$status" -eq 0 ]
  cmp ../log/checkpoint <("$BW" checkpoint show)
  size=$(jq .size <<<"$stdout")
  test -f "../log/tile/entries/000.p/$size"
  test -f "../log/tile/0/000.p/$size"
  [ "$(stat -c %s "../log/tile/0/000.p/$size")" -eq $((size * 32)) ]
  "$BW" log "$BEHAVIOUR" >/dev/null
  "$BW" submit >/dev/null
  "$BW" tiles ../log
  test -f "../log/tile/0/000.p/$((size + 1))"
  mkdir ../other && touch ../other/file
  apart "$BW" tiles ../other
  [ "$status" -eq 2 ]
  [ "$(ls ../other)" = file ]
  cd ..
  "$BW" init second --template minimal >/dev/null 2>&1
  apart "$BW" -C second tiles ../log
  [ "$status" -eq 4 ]
  [[ $stderr == *'another world'* ]]
}
