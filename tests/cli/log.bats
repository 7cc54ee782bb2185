#!/usr/bin/env bats
# Recording, correcting, looking back; and what must not harm the journal.
load common
load people

setup_world() {
  person ada
  world
  cd 'ada 世界' || return 1
}
journal() { find "$BW_HOME/data/journals" -name journal.jsonl; }
journalled() { cat "$(journal)" 2>/dev/null | wc -l; }
logged_id() { "$BW" log --json "$@" 2>/dev/null | sed -n 's/^  "id": "\(.*\)",*$/\1/p'; }

@test "a deed is in the journal when the command returns, and in the log after submitting" {
  setup_world
  apart "$BW" log "$BEHAVIOUR" --quantity 2 --note 'carried 行李 upstairs' --place 50.94,6.96 --json
  [ "$status" -eq 0 ]
  [[ $stdout == *'"waiting": 1'* ]]
  id=$(member id)
  [ "${#id}" -eq 64 ]
  [ "$(journalled)" -eq 1 ]
  apart "$BW" log
  [[ $stdout == *"${id:0:10}"*journal*"$BEHAVIOUR 2 "* ]]
  "$BW" submit >/dev/null
  apart "$BW" log --json --behaviour "$BEHAVIOUR"
  [[ $stdout == *'"state": "logged"'* ]]
  [ "$(grep -c '"sentence"' <<<"$stdout")" -eq 1 ]
  # Note and place did not travel: only commitments did.
  run git show stream:log/000.jsonl
  [[ $output != *行李* && $output != *50.94* ]]
  apart "$BW" show "${id:0:8}"
  [[ $stdout == *'carried 行李 upstairs'* && $stdout == *50.94* ]]
}

@test "behaviours that are none are refused with exit 1, and the closest is named" {
  setup_world
  apart "$BW" log good-ded
  [ "$status" -eq 1 ]
  [[ $stderr == *'did you mean "good-deed"?'* ]]
  for id in 'a"b' "a'b" '../../etc/passwd' 'good/deed' '..' '😀' 'GOOD-DEED' $'x\ny' $'\e[2J' ''; do
    apart "$BW" log "$id"
    [ "$status" -eq 1 ]
    [ "$(wc -l <<<"$stderr")" -le 2 ]
    [[ $stderr != *$'\e'* ]]
  done
  [ "$(journalled)" -eq 0 ]
}

@test "quantities that are no plain decimals, or out of bounds, are refused" {
  setup_world
  for quantity in 1e400 NaN inf １２ 0x10 1,5 '' ' 1' 1_000 1.0000000001 1000000000000000000000; do
    apart "$BW" log "$BEHAVIOUR" --quantity "$quantity"
    [ "$status" -eq 2 ]
  done
  for quantity in 0 -0 -1 0.5 11; do
    apart "$BW" log "$BEHAVIOUR" --quantity "$quantity"
    [ "$status" -eq 1 ]
  done
  [ "$(journalled)" -eq 0 ]
}

@test "times that do not exist or are to come are refused" {
  setup_world
  for time in 0000-01-01 99999-01-01 2026-02-30 1969-12-31 '2026-01-01 25:00' soon ''; do
    apart "$BW" log "$BEHAVIOUR" --at "$time"
    [ "$status" -eq 2 ]
  done
  for time in 0000-01-01 0000-01-01T00:00:00Z 99999-01-01 99999-01-01T00:00:00Z 1970-01-01T00:00+02:00; do
    apart "$BW" log "$BEHAVIOUR" --at "$time"
    [[ $stderr == *'a year outside 1970 to 9999'* ]] || { echo "$time: $stderr"; return 1; }
  done
  apart "$BW" log "$BEHAVIOUR" --at soon
  [[ $stderr == *'not a time'*'hint: write it like 2026-11-20'* ]]
  apart "$BW" log "$BEHAVIOUR" --at 9999-12-31
  [ "$status" -eq 1 ]
  apart "$BW" log "$BEHAVIOUR" --at 2022-05-31
  [ "$status" -eq 0 ]
  [[ $stderr == *'grace of 30 days'* ]]
  apart "$BW" log "$BEHAVIOUR" --at -2h
  [ "$status" -eq 0 ]
}

@test "a time with an offset is that moment, one without is the world's" {
  setup_world
  at_of() { "$BW" log "$BEHAVIOUR" --json --at "$1" 2>/dev/null | sed -n 's/^ *"at": "\(.*\)",$/\1/p'; }
  [ "$(at_of 2022-05-01T10:00+02:00)" = 2022-05-01T08:00:00Z ]
  [ "$(at_of 2022-05-01T10:00:00.5-03:30)" = 2022-05-01T13:30:00Z ]
  [ "$(at_of '2022-05-01 10:00Z')" = 2022-05-01T10:00:00Z ]
  sed -i 's/^utc_offset: .*/utc_offset: "+08:00"/' betterworld.yaml
  git commit -qam 'In China'
  "$BW" adopt >/dev/null
  [ "$(at_of '2022-05-02 10:00')" = 2022-05-02T02:00:00Z ]
  [ "$(at_of 2022-05-02T10:00+02:00)" = 2022-05-02T08:00:00Z ]
  printf 'at,behaviour,quantity\n2022-05-03T10:00+02:00,good-deed,1\n' >deeds.csv
  "$BW" log --batch deeds.csv >/dev/null 2>&1
  "$BW" submit >/dev/null
  git grep -q '"at":"2022-05-03T08:00:00Z"' stream -- tables
}

@test "a note has lines, and no control characters" {
  setup_world
  id=$(logged_id "$BEHAVIOUR" --note $'first line\nsecond 第二行')
  apart "$BW" show "$id"
  [[ $stdout == *'first line'*$'\n'*'second 第二行'* ]]
  [[ $stdout != *�* ]]
  for note in $'a\e[31mb' $'a\ab' $'a\rb' $'a\u202eb'; do
    apart "$BW" log "$BEHAVIOUR" --note "$note"
    [ "$status" -eq 1 ]
    [[ $stderr == *'control characters'* ]]
  done
  [ "$(journalled)" -eq 1 ]
}

@test "places, units, notes and options that make no sense are refused" {
  setup_world
  for place in 91,0 0,181 50 'a,b' 1,2,3; do
    apart "$BW" log "$BEHAVIOUR" --place "$place"
    [ "$status" -eq 2 ]
  done
  apart "$BW" log "$BEHAVIOUR" --unit hour
  [ "$status" -eq 1 ]
  apart "$BW" log "$BEHAVIOUR" --note "$(head -c 9000 /dev/zero | tr '\0' x)"
  [ "$status" -eq 1 ]
  apart "$BW" log "$BEHAVIOUR" --note $'\xff'
  [ "$status" -eq 1 ]
  for options in '--quantity 3' '--note x' '--keep-going' '--map m.yaml' "$BEHAVIOUR --since 2026-01-01" \
    '--correct aaaa --retract bbbb' '--confirm aaaa --confirm-all-old' "--retract aaaa $BEHAVIOUR"; do
    # shellcheck disable=SC2086
    apart "$BW" log $options
    [ "$status" -eq 2 ]
  done
  [ "$(journalled)" -eq 0 ]
}

@test "evidence is read from regular files only" {
  setup_world
  mkfifo pipe
  for file in none.jpg . pipe /dev/null; do
    apart timeout 10 "$BW" log "$BEHAVIOUR" --evidence "$file"
    [ "$status" -ne 0 ] && [ "$status" -ne 124 ]
  done
  head -c 17000000 /dev/zero >big
  apart "$BW" log "$BEHAVIOUR" --evidence big
  [ "$status" -ne 0 ]
  [ "$(journalled)" -eq 0 ]
  printf 'seen' >'foto 照片.jpg'
  id=$(logged_id "$BEHAVIOUR" --evidence 'foto 照片.jpg')
  apart "$BW" show "$id"
  [[ $stdout == *'foto 照片.jpg, 4 bytes'* ]]
}

@test "a limit holds, whoever is first" {
  setup_world
  apart "$BW" log "$BEHAVIOUR" --quantity 8
  apart "$BW" log "$BEHAVIOUR" --quantity 3
  [ "$status" -eq 4 ]
  [[ $stderr == *'10 deed per day: 8 used up, 2 left, 3 asked for'* ]]
  # Thirty at once, for two that are left.
  for i in {1..30}; do
    { code=0; "$BW" log "$BEHAVIOUR" >/dev/null 2>&1 3>&- || code=$?; echo "$code" >"code.$i"; } &
  done
  wait
  [ "$(cat code.* | grep -c '^0$')" -eq 2 ]
  [ "$(cat code.* | grep -c '^4$')" -eq 28 ]
  [ "$(journalled)" -eq 3 ]
}

@test "fifty processes at once: fifty events in the journal, all whole" {
  setup_world
  for i in {1..50}; do
    "$BW" log "$BEHAVIOUR" --at "-${i}d" --note "number $i" >"out.$i" 2>&1 3>&- &
  done
  wait
  [ "$(journalled)" -eq 50 ]
  [ "$(grep -c '^{"event":{.*"openings":\[{.*}\]}$' "$(journal)")" -eq 50 ]
  apart "$BW" log --limit 0 --json --actor me --behaviour "$BEHAVIOUR"
  [ "$(grep -c '"state": "journal"' <<<"$stdout")" -eq 50 ]
  "$BW" submit >/dev/null
  "$BW" verify >/dev/null
  [ "$(git show stream:log/000.jsonl | grep -c behaviour.logged)" -eq 50 ]
}

@test "a full disk is said, and what was recorded before stays whole" {
  setup_world
  "$BW" log "$BEHAVIOUR" >/dev/null 2>&1
  cp "$(journal)" before
  # A file may not grow past its present size: what a full disk does, without needing to be root.
  blocks=$(( ($(stat -c %s before) + 1023) / 1024 ))
  apart bash -c 'trap "" XFSZ; ulimit -f '"$blocks"'; exec "$@"' bash "$BW" log "$BEHAVIOUR" \
    --note "$(head -c 4000 /dev/zero | tr '\0' x)"
  [ "$status" -eq 3 ]
  cmp before "$(journal)"
  "$BW" log "$BEHAVIOUR" >/dev/null 2>&1
  [ "$(journalled)" -eq 2 ]
}

@test "a disk that is really full" {
  setup_world
  mkdir small
  mount -t tmpfs -o size=128k none small 2>/dev/null || skip 'needs a file system of its own'
  cp -r "$BW_HOME" small/home
  "$BW" log "$BEHAVIOUR" >/dev/null 2>&1 || true
  BW_HOME=$PWD/small/home
  "$BW" log "$BEHAVIOUR" >/dev/null 2>&1
  cat /dev/zero >small/filler 2>/dev/null || true
  cp "$(journal)" before
  apart "$BW" log "$BEHAVIOUR" --note "$(head -c 8000 /dev/zero | tr '\0' x)"
  code=$status said=$stderr
  cmp before "$(journal)" && same=yes
  mount -o remount,ro small
  apart "$BW" log "$BEHAVIOUR"
  umount small
  [ "$code" -eq 3 ] && [ "$same" = yes ]
  [[ $said == *'hint: '* ]]
  # And one that may only be read.
  [ "$status" -eq 3 ]
}

@test "a journal that may not be written is said as such" {
  setup_world
  become_nobody
  "$BW" log "$BEHAVIOUR" >/dev/null 2>&1
  chmod 500 "$(dirname "$(journal)")"
  chmod 400 "$(journal)"
  apart "$BW" log "$BEHAVIOUR"
  chmod 700 "$(dirname "$(journal)")"
  [ "$status" -eq 3 ]
  [[ $stderr == *"$(journal)"* ]]
}

@test "a torn tail is set aside and nothing whole is lost" {
  setup_world
  "$BW" log "$BEHAVIOUR" >/dev/null 2>&1
  printf '{"event":{"actor":"did:key:z6Mk' >>"$(journal)"
  apart "$BW" log --json --behaviour "$BEHAVIOUR"
  [ "$(grep -c '"sentence"' <<<"$stdout")" -eq 1 ]
  "$BW" log "$BEHAVIOUR" >/dev/null 2>&1
  [ "$(journalled)" -eq 2 ]
  [ -s "$(dirname "$(journal)")/journal.torn" ]
}

@test "undo takes back what was not submitted, and only that" {
  setup_world
  apart "$BW" undo
  [ "$status" -eq 1 ]
  first=$(logged_id "$BEHAVIOUR")
  second=$(logged_id "$BEHAVIOUR" --quantity 2)
  apart "$BW" undo --json
  [ "$(member id)" = "$second" ]
  "$BW" submit >/dev/null
  apart "$BW" undo
  [ "$status" -eq 4 ]
  [[ $stderr == *"--retract ${first:0:10}"* ]]
  apart "$BW" show "$second"
  [[ $stdout == *'taken back before it was submitted'* ]]
  run git show stream:log/000.jsonl
  [[ $output != *"$second"* ]]
}

@test "what was submitted is put right in the open" {
  setup_world
  id=$(logged_id "$BEHAVIOUR" --quantity 3)
  "$BW" submit >/dev/null
  "$BW" log --correct "${id:0:10}" --quantity 2 >/dev/null 2>&1
  "$BW" submit >/dev/null
  apart "$BW" log --correct "${id:0:10}" --quantity 2
  [ "$status" -eq 1 ]
  "$BW" log --retract "${id:0:10}" --note 'it was not so' >/dev/null 2>&1
  "$BW" submit >/dev/null
  apart "$BW" log --retract "${id:0:10}"
  [ "$status" -eq 4 ]
  apart "$BW" show "$id"
  [[ $stdout == *"corrected ${id:0:10}: $BEHAVIOUR 2 deed"*"retracted ${id:0:10}"* ]]
  [[ $(head -1 <<<"$stdout") == "$id  retracted" ]]
  apart "$BW" show "$id" --json
  [[ $stdout == *'"in_force": null'* ]]
  "$BW" verify >/dev/null
}

@test "an event is shown as it stands, with its history below" {
  setup_world
  id=$(logged_id "$BEHAVIOUR" --quantity 3)
  apart "$BW" show "$id"
  [[ $(head -1 <<<"$stdout") == "$id  $BEHAVIOUR 3 deed" ]]
  [[ $stdout != *History* ]]
  "$BW" submit >/dev/null
  "$BW" log --correct "${id:0:10}" --quantity 2 >/dev/null 2>&1
  "$BW" submit >/dev/null
  "$BW" log --correct "${id:0:10}" --quantity 5 >/dev/null 2>&1
  apart "$BW" show "$id"
  [[ $(head -1 <<<"$stdout") == "$id  $BEHAVIOUR 5 deed" ]]
  [[ $stdout == *History*"${id:0:10}"*"$BEHAVIOUR 3 deed"*"corrected ${id:0:10}: $BEHAVIOUR 2 deed"*"corrected ${id:0:10}: $BEHAVIOUR 5 deed"* ]]
  apart "$BW" show "$id" --json
  [[ $stdout == *'"in_force": {'*'"quantity": "5"'* ]]
}

@test "nobody corrects another's event" {
  shared_world
  become ada
  id=$(cd ada && logged_id "$BEHAVIOUR")
  "$BW" -C ada submit >/dev/null
  become bob
  "$BW" -C bob pull >/dev/null
  apart "$BW" -C bob log --retract "$id"
  [ "$status" -eq 4 ]
  apart "$BW" -C bob log --confirm "$id"
  [ "$status" -eq 4 ]
}

@test "a steward confirms history" {
  setup_world
  old=$(logged_id "$BEHAVIOUR" --at 2022-05-31)
  logged_id "$BEHAVIOUR" >/dev/null
  "$BW" submit >/dev/null
  apart "$BW" log --confirm-all-old --json
  [ "$status" -eq 0 ]
  [ "$(grep -c "$old" <<<"$stdout")" -eq 1 ]
  apart "$BW" log --confirm "$old"
  [ "$status" -eq 1 ]
  apart "$BW" log --confirm-all-old
  [[ $stdout == 'No old event waits'* ]]
}

@test "a batch is recorded whole or not at all, and bad rows are named by line and column" {
  setup_world
  printf 'at,behaviour,quantity\n2026-01-01,good-deed,1\n2026-01-02,good-ded,1\n2026-01-03,good-deed,1e400\n' >deeds.csv
  apart "$BW" log --batch deeds.csv
  [ "$status" -eq 1 ]
  [[ $stderr == *'deeds.csv:3:2: '*'did you mean "good-deed"?'*'deeds.csv:4:3: '* ]]
  [[ $stderr == *'2 rows have something wrong in deeds.csv; nothing was recorded'* ]]
  [ "$(journalled)" -eq 0 ]
  apart "$BW" log --batch deeds.csv --keep-going --dry-run
  [ "$status" -eq 0 ]
  [ "$(journalled)" -eq 0 ]
  apart "$BW" log --batch deeds.csv --keep-going --json
  [ "$status" -eq 0 ]
  [[ $stdout == *'"bad_rows": 2'*'"rows": 1'* ]]
  apart "$BW" log --batch - <<<'' # apart gives it no input
  [ "$status" -eq 1 ]
  [[ $stderr == *'standard input'* && $stderr != */dev/stdin* ]]
  printf '{"at":"2026-01-05","behaviour":"good-deed","quantity":2}\n' >deeds.jsonl
  "$BW" log --batch deeds.jsonl >/dev/null 2>&1
  "$BW" log --batch - >/dev/null 2>&1 <<<$'at,behaviour,quantity\n2026-01-04,good-deed,3'
  "$BW" submit >/dev/null
  "$BW" verify >/dev/null
  apart "$BW" log --behaviour good-deed --json
  [ "$(grep -c '"kind": "behaviour.tabled"' <<<"$stdout")" -eq 3 ]
}

@test "hostile files are bad rows, not crashes" {
  setup_world
  { printf 'at,behaviour\n2026-01-01,'; head -c 10000000 /dev/zero | tr '\0' x; printf '\n2026-01-01,good\0deed\n2026-01-01,\xff\n"\n'; } >bad.csv
  apart "$BW" log --batch bad.csv
  [ "$status" -eq 1 ]
  [[ $stderr == *bad.csv:2:2:*bad.csv:3:2:*bad.csv:4:2:* ]]
  for file in none.csv . /dev/null; do
    apart "$BW" log --batch "$file"
    [ "$status" -ne 0 ]
  done
  printf 'mapping: 1\nat: {colum: x}\n' >map.yaml
  apart "$BW" log --batch bad.csv --map map.yaml
  [ "$status" -eq 1 ]
  [[ $stderr == *map.yaml:2:5:* ]]
  [ "$(journalled)" -eq 0 ]
}

@test "a wish for immediate sync is kept, and a home that does not answer loses nothing" {
  shared_world
  become bob
  "$BW" -C bob join --sync immediate >/dev/null 2>&1
  inbox() { git -C home.git for-each-ref refs/bw/inbox | wc -l; }
  [ "$(inbox)" -eq 1 ]
  apart "$BW" -C bob log "$BEHAVIOUR" --json
  [[ $stdout == *'"submitted": true'*'"waiting": 0'* ]]
  [ "$(inbox)" -eq 2 ]
  mv home.git away.git
  apart "$BW" -C bob log "$BEHAVIOUR" --json
  [ "$status" -eq 0 ]
  [[ $stderr == *'safe in your journal'* ]]
  [[ $stdout == *'"submitted": false'*'"waiting": 1'* ]]
  mv away.git home.git
  "$BW" -C bob submit >/dev/null
  [ "$(inbox)" -eq 3 ]
}

@test "OpenSSH checks a signature from what show writes" {
  setup_world
  id=$(logged_id "$BEHAVIOUR")
  apart "$BW" show "$id" --ssh 'proof 证' --json
  principal=$(member principal)
  cd 'proof 证'
  ssh-keygen -Y verify -f allowed_signers -I "$principal" -n bw.event.v1 -s message.sig <message
  [ "$(sha256sum <message | cut -d' ' -f1)" = "$id" ]
  cd ..
  apart "$BW" show "$id" --ssh 'proof 证'
  [ "$status" -eq 4 ]
  apart "$BW" show "$id" --raw
  [[ $stdout == '{"actor":"did:key:'*'"sig":"'* ]]
}

@test "ids that name nothing, or too little, are refused" {
  setup_world
  for id in '' abc zzzz '../x' ffffffffffff ABCDEF; do
    apart "$BW" show "$id"
    [ "$status" -eq 1 ]
  done
}

@test "history is filtered, limited and paged" {
  setup_world
  for i in 1 2 3; do "$BW" log "$BEHAVIOUR" --at "-${i}d" >/dev/null 2>&1; done
  [ "$("$BW" log --limit 2 2>/dev/null | wc -l)" -eq 3 ]
  [ "$("$BW" log --since -36h --behaviour "$BEHAVIOUR" 2>/dev/null | wc -l)" -eq 2 ]
  apart "$BW" log --actor nobody
  [ "$status" -eq 2 ]
  export BW_PAGER="sed s/^/paged:/"
  run at_terminal "'$BW' log"
  [[ $output == *paged:*"$BEHAVIOUR"* ]]
}

@test "behaviours and events are offered" {
  setup_world
  id=$(logged_id "$BEHAVIOUR")
  [[ "$("$BW" __complete -- log go)" == good-deed* ]]
  [[ "$("$BW" __complete -- show "${id:0:4}")" == "${id:0:10}"* ]]
  [[ "$("$BW" __complete -- undo '')" == *"${id:0:10}"* ]]
  # Titles and names from a world are words for people, and nothing that a shell would run.
  sed -i 's/^    title: .*/    title: "a \\"quoted\\" $(touch ran) `touch ran` 💓"/' betterworld.yaml
  git commit -qam 'Titles' && "$BW" adopt >/dev/null
  [[ "$("$BW" __complete -- log good)" == $'good-deed\t'*'$(touch ran)'*💓* ]]
  [ "$("$BW" __complete -- log 'good"')" = '' ]
  [ "$("$BW" __complete -- log '💓')" = '' ]
  completions=$BATS_TEST_DIRNAME/../../completions/bw.bash
  mkdir bin && ln -s "$BW" bin/bw
  reply=$(PATH=$PWD/bin:$PATH bash --norc -c '. "$1"; COMP_LINE="bw log go" COMP_POINT=9 COMP_WORDS=(bw log go) COMP_CWORD=2
    _bw; printf "%s\n" "${COMPREPLY[@]}"' _ "$completions")
  [ "$reply" = good-deed ]
  [ ! -e ran ]
  [[ "$("$BW" __complete -- log --retract "${id:0:4}")" == "${id:0:10}"* ]]
}
