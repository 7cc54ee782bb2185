#!/usr/bin/env bats
# My journal: list, export, check; its proofs and witnesses; backup and restore.
load common
load people

# Ada's world with a deed that was submitted, one that was undone and one that waits; $logged, $undone, $waiting.
journal_with_deeds() {
  person ada
  world
  cd 'ada 世界'
  logged=$("$BW" log "$BEHAVIOUR" --note 'carried the shopping' --json | jq -r .id)
  "$BW" submit >/dev/null
  undone=$("$BW" log "$BEHAVIOUR" --json | jq -r .id)
  "$BW" undo >/dev/null
  waiting=$("$BW" log "$BEHAVIOUR" --json | jq -r .id)
}
journal_file() { echo "$BW_HOME"/data/journals/*/journal.jsonl; }

@test "the journal tells of each event what became of it" {
  journal_with_deeds
  apart "$BW" journal list --json
  [ "$status" -eq 0 ]
  [ "$(jq -r ".events[] | select(.id == \"$logged\") | .fate" <<<"$stdout")" = logged ]
  [ "$(jq -r ".events[] | select(.id == \"$undone\") | .fate" <<<"$stdout")" = undone ]
  [ "$(jq -r ".events[] | select(.id == \"$waiting\") | .fate" <<<"$stdout")" = waiting ]
  [ "$("$BW" journal list --fate waiting --fate undone --json | jq '.events | length')" -eq 2 ]
  "$BW" journal list | grep -q "${waiting:0:10}.*waiting"
  apart "$BW" journal list --fate lost
  [ "$status" -eq 2 ]
}

@test "a journal outlives every copy of its world" {
  journal_with_deeds
  id=$(world_id .)
  cd ..
  rm -rf 'ada 世界'
  apart "$BW" journal list
  [ "$status" -ne 0 ]
  apart "$BW" journal list --world-id "${id:0:8}" --json
  [ "$status" -eq 0 ]
  [ "$(jq -r ".events[] | select(.id == \"$logged\") | .fate" <<<"$stdout")" = sent ]
  "$BW" journal check --all
  "$BW" journal prove "$waiting" --world-id "$id" -o proof
  "$BW" journal verify proof
  apart "$BW" journal list --world-id 0000
  [ "$status" -eq 2 ]
}

@test "all I ever said is written out, for me alone to read" {
  journal_with_deeds
  "$BW" journal export ../mine.jsonl
  [ "$(stat -c %a ../mine.jsonl)" = 600 ]
  [ "$(jq -r 'select(.event) | .event.nonce' ../mine.jsonl | wc -l)" -ge 3 ]
  [ "$(jq -r 'select(.openings) | .openings[] | select(.field == "note") | .value' ../mine.jsonl)" = 'carried the shopping' ]
  [ "$("$BW" journal export | jq -s 'map(select(.sent)) | length')" -eq 1 ]
  "$BW" journal export --csv >../claims.csv
  [ "$(wc -l <../claims.csv)" -eq 4 ]
  grep -q "^$logged,,.*,logged,carried the shopping" ../claims.csv
  [ "$("$BW" journal export --all --csv | wc -l)" -eq 4 ]
  apart "$BW" journal export --json
  [ "$status" -eq 2 ]
}

@test "a bad line is named, and so is a line that was taken out of what was signed" {
  journal_with_deeds
  "$BW" journal check
  "$BW" journal checkpoint >/dev/null
  file=$(journal_file)
  cp "$file" ../good
  sed -i '1s/carried/dragged/' "$file"
  apart "$BW" journal check
  [ "$status" -eq 1 ]
  [[ $stdout == *'journal.jsonl line 1: event '*': the opening of note is not what it commits to'* ]]
  sed 1d ../good >"$file"
  apart "$BW" journal check --json
  [ "$status" -eq 1 ]
  [[ $stdout == *'lines are missing'* ]]
  [ "$(jq .ok <<<"$stdout")" = false ]
  apart "$BW" journal checkpoint
  [ "$status" -eq 4 ]
  [[ $stderr == *'does not continue what this machine signed'* ]]
  cp ../good "$file"
  printf '{"event":{"ac' >>"$file"
  apart "$BW" journal check
  [ "$status" -eq 0 ]
  [[ $stderr == *'ends in 13 bytes of a broken append'* ]]
  sed 1d ../good >"$file"
  apart "$BW" journal checkpoint --new-log
  [ "$status" -eq 0 ]
}

@test "an event of a journal is proved to a stranger, who needs nothing but the journal's key" {
  journal_with_deeds
  "$BW" journal prove "$waiting" -o ../mine.tlog-proof
  key=$("$BW" journal checkpoint --key)
  [[ $key == "bw/journal/$(world_id .)/z6Mk"*/* ]]
  cd ..
  become stranger
  apart "$BW" journal verify mine.tlog-proof --log-key "$key" --json
  [ "$status" -eq 0 ]
  [ "$(jq -r .id <<<"$stdout")" = "$waiting" ]
  "$BW" verify --proof mine.tlog-proof --log-key "$key"
  apart "$BW" journal verify mine.tlog-proof
  [ "$status" -eq 2 ]
  sed 's/^index .*/index 1/' mine.tlog-proof >bent
  apart "$BW" journal verify bent --log-key "$key"
  [ "$status" -eq 1 ]
  printf 'log %s\nwitness w witness.example/w1+773a6c12+BMhTrQ8M0rYZrqks7sT9VqJNZJnVhM55JX5Fz9gTm2Cn\nquorum w\n' "$key" >policy
  apart "$BW" journal verify mine.tlog-proof --policy policy
  [ "$status" -eq 1 ]
}

@test "a witness is asked in the form that witnesses understand" {
  journal_with_deeds
  "$BW" journal witness -o ../request
  [ "$(head -1 ../request)" = 'old 0' ]
  [ "$(sed -n 2p ../request)" = '' ]
  [ "$(sed -n 3p ../request)" = "$("$BW" journal checkpoint --json | jq -r .origin)" ]
  [ "$("$BW" journal witness --old 1 | head -1)" = 'old 1' ]
  apart "$BW" journal witness --old 100
  [ "$status" -eq 2 ]
  echo words >../answer
  apart "$BW" journal witness --take ../answer
  [ "$status" -eq 1 ]
  apart "$BW" journal witness --witness nonsense
  [ "$status" -eq 2 ]
  [ "$("$BW" journal checkpoint --list --json | jq '.checkpoints | length')" -eq 1 ]
}

@test "a backup comes back on a new machine with nothing but the paper key" {
  journal_with_deeds
  "$BW" id backup -o ../paper.txt >/dev/null
  git init -q --bare ../keepsake.git
  cd ..
  "$BW" config backup keepsake.git
  cd 'ada 世界'
  apart "$BW" journal backup --json
  [ "$status" -eq 0 ]
  [ "$(jq .added <<<"$stdout")" -ge 1 ]
  [ "$("$BW" journal backup --json | jq .added)" -eq 0 ]
  file=$(journal_file)
  cd ..
  rm -rf 'ada 世界'
  become new
  "$BW" id restore paper.txt --name Ada >/dev/null 2>&1 </dev/null
  apart "$BW" journal restore keepsake.git --json
  [ "$status" -eq 0 ]
  [ "$(jq -r '.worlds[]' <<<"$stdout")" = 'Ada World' ]
  cmp "$file" "$(journal_file)"
  "$BW" journal check --all
  "$BW" journal restore | grep -q ' 0 events came'
  cmp "$file" "$(journal_file)"
  # Somebody else finds nothing there, and is told so.
  person eve
  apart "$BW" journal restore keepsake.git
  [ "$status" -eq 1 ]
  [[ $stderr == *'none of the 1 backups'* ]]
  apart "$BW" journal restore nowhere.git
  [ "$status" -eq 3 ]
  apart "$BW" journal backup
  [ "$status" -eq 2 ]
}

@test "a backup whose pieces were touched is named and leaves everything as it was" {
  journal_with_deeds
  "$BW" id backup -o ../paper.txt >/dev/null
  git init -q --bare ../keepsake.git
  "$BW" journal backup ../keepsake.git >/dev/null
  cd ../keepsake.git
  ref=$(git for-each-ref --format='%(refname)' refs/heads/bw-backup)
  piece=$(git cat-file blob "$ref:pieces/000" | head -c -1 | git hash-object -w --stdin)
  tree=$(git ls-tree "$ref" | sed "s/tree [0-9a-f]*/tree $(printf '100644 blob %s\t000\n' "$piece" | git mktree)/" | git mktree)
  git update-ref "$ref" "$(git -c user.name=x -c user.email=x@bw.invalid commit-tree -p "$ref" -m x "$tree")"
  cd ..
  become new
  "$BW" id restore paper.txt --name Ada >/dev/null 2>&1 </dev/null
  apart "$BW" journal restore keepsake.git
  [ "$status" -eq 1 ]
  [[ $stdout == *'piece 0: it does not open with your key in its place'* ]]
  [ ! -e "$BW_HOME/data/journals" ]
}

@test "a passphrase that nobody can be asked for is an error that says what to do" {
  become ada
  BW_PASSPHRASE=pass "$BW" id new --name ada >/dev/null 2>&1 </dev/null
  git init -q --bare keepsake.git
  apart "$BW" journal backup keepsake.git
  [ "$status" -eq 4 ]
  [[ $stderr == *BW_PASSPHRASE* ]]
}

@test "a backup that is killed at any moment loses nothing and goes on with the next" {
  journal_with_deeds
  "$BW" id backup -o ../paper.txt >/dev/null
  git init -q --bare ../keepsake.git
  head -c 3000000 /dev/urandom >../photo
  for round in 1 2 3 4 5 6 7; do
    "$BW" log "$BEHAVIOUR" --note "round $round" --evidence ../photo >/dev/null
    timeout -s KILL "0.0$((round * 11))" "$BW" journal backup ../keepsake.git >/dev/null 2>&1 || true
  done
  "$BW" journal backup ../keepsake.git >/dev/null
  git -C ../keepsake.git fsck --strict --no-progress
  file=$(journal_file)
  cd ..
  become new
  "$BW" id restore paper.txt --name Ada >/dev/null 2>&1 </dev/null
  "$BW" journal restore keepsake.git
  cmp "$file" "$(journal_file)"
  "$BW" journal check --all
}
