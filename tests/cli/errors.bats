#!/usr/bin/env bats
# What goes wrong at the command line, and what is said of it. Bad input, case by case, and its tests (a name
# without a file: here):
#
#   not a repository; a Git repository        world.bats     status says what to do next, in every state
#     that is no world                        here           every command says where there is no world
#   no identity                               id.bats        without an identity, show says how to make one
#                                             world.bats     init needs an identity and an empty folder, …
#                                             here           without an identity nothing is signed …
#   key of another type (RSA, ECDSA)          id.bats        a key of another type is refused by its name
#   wrong passphrase                          id.bats        BW_PASSPHRASE encrypts, opens, and is refused when wrong
#                                             id.bats        a wrong passphrase stops a deed, and nothing is recorded
#   YAML with tabs                            validate.bats  tabs in indentation
#     a BOM                                   validate.bats  a byte order mark
#     duplicate keys                          validate.bats  duplicate keys, at the top and deep inside
#     exploding aliases                       validate.bats  aliases that explode end quickly
#     100,000 levels                          validate.bats  100,000 levels, in flow and in block style
#     10 MB                                   validate.bats  10 MB
#     invalid UTF-8                           validate.bats  invalid UTF-8, and control characters reach no terminal
#     empty                                   validate.bats  an empty file, and one of comments only
#     the same on the way into the stream     here           a definition that cannot be read is not adopted
#   behaviour ids with quotes, slashes,       log.bats       behaviours that are none are refused with exit 1, …
#     `..`, emoji                             validate.bats  ids with quotes, slashes, dots or emoji
#   quantities 1e400, -0, NaN, １２             log.bats       quantities that are no plain decimals, …
#                                             log.bats       a batch is recorded whole or not at all, …
#                                             base/decimal_test.cpp
#   dates in the year 0 and 99999             log.bats       times that do not exist or are to come are refused
#                                             base/time_test.cpp
#   a full disk                               log.bats       a full disk is said, … ; a disk that is really full
#                                             here           a full disk under the results …
#   a read-only directory                     log.bats       a journal that may not be written is said as such
#                                             here           a folder that may only be read gets no world
#   two `bw log` at the same instant          log.bats       fifty processes at once: …; a limit holds, whoever is first
#   a path with spaces and Chinese            world.bats     all: the world of people.bash lies in "ada 世界"
#                                             hub.bats       all: its Hub lies in "市 hub"
#
# Bundles, force-pushed and edited streams, vanishing and hostile remotes: submit.bats and the unit tests
# beside libbw/stream and libbw/git.
load common
load people

@test "a typo gets exit code 2 and the closest name" {
  apart "$BW" verison
  [ "$status" -eq 2 ]
  [[ $stderr == *'hint: did you mean "version"?'* ]]
  apart "$BW" id bakcup
  [ "$status" -eq 2 ]
  [[ $stderr == *'"backup"'* ]]
  apart "$BW" id new --nmae Ada
  [ "$status" -eq 2 ]
  [[ $stderr == *'"--name"'* ]]
  apart "$BW" --wrold x id show
  [ "$status" -eq 2 ]
  [[ $stderr == *'"--world"'* ]]
}

@test "what is missing or too much is named" {
  apart "$BW" id use
  [ "$status" -eq 2 ]
  [[ $stderr == *"KEYFILE is missing"* ]]
  apart "$BW" id show extra
  [ "$status" -eq 2 ]
  [[ $stderr == *'"extra"'* ]]
  apart "$BW" id new --name
  [ "$status" -eq 2 ]
  [[ $stderr == *"--name needs a value: NAME"* ]]
  apart "$BW" id new --name a --name b
  [ "$status" -eq 2 ]
  [[ $stderr == *"--name is given more than once"*"a, b"* ]]
  apart "$BW" id show --json=yes
  [ "$status" -eq 2 ]
  [[ $stderr == *"--json takes no value"* ]]
  apart "$BW" log --limit=many
  [ "$status" -eq 2 ]
  [[ $stderr == *'"many" is not a whole number'* ]]
  apart "$BW" steward propose
  [ "$status" -eq 2 ]
  [[ $stderr == *"is missing"*"usage: bw steward propose"* ]]
  apart "$BW" log --visibility secret
  [ "$status" -eq 2 ]
  [[ $stderr == *'"secret" is no WHO'*'public, sealed, private'* ]]
  apart "$BW" id
  [ "$status" -eq 2 ]
  [[ $stderr == *"needs a verb"* ]]
  [ ! -e "$BW_HOME/config/identity" ]
}

@test "an empty value stays empty" {
  apart "$BW" id new --name= --json
  [ "$status" -eq 0 ]
  [ "$(member name)" = '' ]
}

@test "an error as JSON is one line on standard error" {
  apart "$BW" --json id show
  [ "$status" -eq 4 ]
  [ -z "$stdout" ]
  [[ $stderr == '{"error":{"code":"refused",'* ]]
  [ "$(wc -l <.err)" -eq 1 ]
  apart "$BW" id nwe --json
  [[ $stderr == '{"error":{"code":"usage",'* ]]
}

@test "hostile words reach no terminal as they are" {
  apart "$BW" $'\033[31mred\a'
  [ "$status" -eq 2 ]
  [[ $stderr != *$'\033'* && $stderr != *$'\a'* ]]
  apart "$BW" $'\xff\xfe'
  [ "$status" -eq 2 ]
  apart "$BW" ../../bin/sh
  [ "$status" -eq 2 ]
  apart "$BW" ''
  [ "$status" -eq 2 ]
}

@test "a folder that is not there, and a world that nobody knows" {
  apart "$BW" -C nowhere id show
  [ "$status" -eq 3 ]
  [[ $stderr == *nowhere* ]]
  apart "$BW" world forget nowhere
  [ "$status" -eq 2 ]
}

@test "a reader that leaves early is no error" {
  "$BW" id new </dev/null 2>/dev/null
  set -o pipefail
  run bash -c 'set -o pipefail; "$1" help 2>&1 | true' _ "$BW"
  [ -z "$output" ]
  [ "$status" -eq 0 ]
}

@test "a full disk under the results is exit code 3" {
  status=0
  "$BW" help >/dev/full 2>.err || status=$?
  [ "$status" -eq 3 ]
  grep -q 'cannot write the results' .err
  status=0
  "$BW" version >&- 2>.err || status=$?
  [ "$status" -eq 3 ]
}

@test "a full disk under the results: what was done is said to be done" {
  lost() {
    status=0
    "$BW" "$@" >/dev/full 2>"$BATS_TEST_TMPDIR/.err" </dev/null || status=$?
    stderr=$(<"$BATS_TEST_TMPDIR/.err")
    [ "$status" -eq 3 ]
    [[ $stderr == *'only the results could not be written'* ]] || { echo "$*: $stderr"; return 1; }
    [[ $stderr == *'need not be run again'* ]]
  }
  lost id new --name Ada
  [[ $stderr == *'you are did:key:z6Mk'* ]]
  lost init w --template minimal --name W
  [[ $stderr == *'the world W is made in '* ]]
  cd w
  for form in '' --json; do lost log good-deed $form; done
  [[ $stderr == *'the event '*' is recorded in your journal'* ]]
  [ "$(cat "$BW_HOME"/data/journals/*/journal.jsonl | wc -l)" -eq 2 ]
  lost undo
  printf 'at,behaviour,quantity\n2026-01-01,good-deed,1\n' >../deeds.csv
  lost log --batch ../deeds.csv
  [[ $stderr == *'1 row is recorded'* ]]
  lost submit
  [[ $stderr == *'2 events are submitted'* ]]
  lost clone . ../copy
  lost fork . ../fork
  lost hub init ../hub
  lost publish --hub ../hub
  lost config pager cat --json
  lost world sync manual --json
  [ "$("$BW" config pager)" = cat ]
  "$BW" verify
  # What only reads has nothing to say but that.
  status=0
  "$BW" log >/dev/full 2>../.err || status=$?
  [ "$status" -eq 3 ]
  refute grep -q 'only the results' ../.err
}

@test "a reader that leaves early does not stop what was begun" {
  person ada
  world
  set -o pipefail
  "$BW" -C 'ada 世界' log "$BEHAVIOUR" 2>&1 | true
  "$BW" -C 'ada 世界' submit 2>&1 | true
  [ "$(entries 'ada 世界')" -eq 4 ]
}

@test "results from before an error are shown" {
  person ada
  world
  cd 'ada 世界'
  "$BW" log "$BEHAVIOUR" >/dev/null 2>&1
  "$BW" submit --bundle ../deeds.jsonl >/dev/null
  apart "$BW" merge ../deeds.jsonl nowhere
  [ "$status" -eq 2 ]
  [[ $stdout == *admitted* ]]
}

@test "every command says where there is no world" {
  person ada
  git init -q plain
  mkdir bare
  for folder in plain bare; do
    for words in status log 'log good-deed' 'show abcd' undo submit pull adopt contribute 'merge --inbox' \
      'publish --hub x' verify 'steward list' 'world sync manual' join; do
      # shellcheck disable=SC2086
      apart "$BW" -C $folder $words
      [ "$status" -eq 1 ] || { echo "$folder $words: $status $stderr"; return 1; }
      [[ $stderr == 'bw: '*'hint: '* ]] || { echo "$folder $words: $stderr"; return 1; }
    done
  done
}

@test "without an identity nothing is signed, and what only reads goes on" {
  person ada
  world
  become nobody
  cd 'ada 世界'
  for words in "log $BEHAVIOUR" submit adopt join 'merge --inbox' 'steward propose set-threshold 1' contribute; do
    # shellcheck disable=SC2086
    apart "$BW" $words
    [ "$status" -eq 4 ] || { echo "$words: $status $stderr"; return 1; }
    [[ $stderr == *'bw id new'* ]]
  done
  for words in status log verify validate diff 'steward list'; do
    # shellcheck disable=SC2086
    apart "$BW" $words
    [ "$status" -eq 0 ] || { echo "$words: $status $stderr"; return 1; }
  done
}

@test "a definition that cannot be read is not adopted" {
  person ada
  world
  cd 'ada 世界'
  cp betterworld.yaml good.yaml
  bad() {
    git commit -qam 'Bad' --no-verify
    apart timeout 30 "$BW" adopt
    [ "$status" -eq 1 ] || { echo "$1: $status $stderr"; return 1; }
    [[ $stderr == *betterworld.yaml:* ]] || { echo "$1: $stderr"; return 1; }
    cp good.yaml betterworld.yaml
  }
  printf 'admission:\n\tpolicy: open\n' >>betterworld.yaml && bad tabs
  { printf '\xef\xbb\xbf'; cat good.yaml; } >betterworld.yaml && bad BOM
  printf 'name: Again\n' >>betterworld.yaml && bad 'duplicate keys'
  { printf 'name: '; head -c 100000 /dev/zero | tr '\0' '['; } >betterworld.yaml && bad levels
  { printf 'summary: '; head -c 10000000 /dev/zero | tr '\0' x; } >betterworld.yaml && bad '10 MB'
  printf 'summary: "\xff"\n' >>betterworld.yaml && bad UTF-8
  : >betterworld.yaml && bad empty
  [ "$(entries .)" -eq 3 ]
}

@test "a folder that may only be read gets no world" {
  person ada
  mkdir 'read only'
  become_nobody
  chmod 500 'read only'
  apart "$BW" init 'read only/w'
  chmod 700 'read only'
  [ "$status" -eq 3 ]
  [[ $stderr == *'read only/w'* ]]
  [ -z "$(ls -A 'read only')" ]
}

@test "a damaged settings file is named, and does not stop what needs none" {
  mkdir -p "$BW_HOME/config"
  echo '{' >"$BW_HOME/config/config.json"
  apart "$BW" config
  [ "$status" -eq 1 ]
  [[ $stderr == *config.json* ]]
  "$BW" version
  "$BW" id new </dev/null
}

@test "a folder that cannot be written to is named" {
  touch file
  BW_HOME=$PWD/file apart "$BW" id new
  [ "$status" -eq 3 ]
  [[ $stderr == *"$PWD/file"* ]]
}

@test "bw-foo on PATH runs as bw foo with its arguments as they are" {
  mkdir bin 'a folder'
  cat >bin/bw-foo <<'END'
#!/bin/sh
echo "in $(basename "$PWD") for ${BW_WORLD:-none}"
printf '<%s>' "$@"
exit 7
END
  chmod +x bin/bw-foo
  export PATH=$PWD/bin:$PATH
  apart "$BW" -C 'a folder' --world w foo --help 'a b' '' '*' --json
  [ "$status" -eq 7 ]
  [ "$stdout" = $'in a folder for w\n<--help><a b><><*><--json>' ]
  apart "$BW" --json foo
  [ "$status" -eq 2 ]
}

@test "a program on PATH does not replace a command, and PATH entries that are no folders are passed over" {
  mkdir bin
  printf '#!/bin/sh\necho stolen\n' >bin/bw-version
  printf '#!/bin/sh\necho local\n' >bw-local
  chmod +x bin/bw-version bw-local
  [[ $(PATH=$PWD/bin:$PATH "$BW" version) != *stolen* ]]
  PATH=.::$PATH apart "$BW" local
  [ "$status" -eq 2 ]
}

@test "what a sibling program serves goes to it whole, and is missed by name" {
  cp "$BW" bw-alone
  PATH=/usr/bin:/bin apart ./bw-alone --json hub serve
  [ "$status" -eq 3 ]
  [[ $stderr == *bw-hub* ]]
  printf '#!/bin/sh\nprintf "<%%s>" "$@"\n' >bw-hub
  chmod +x bw-hub
  apart ./bw-alone -C / hub serve --port 1
  [ "$stdout" = '<-C></><hub><serve><--port><1>' ]
  apart ./bw-alone search 急救
  [ "$stdout" = '<search><急救>' ]
  apart ./bw-alone help search
  [ "$stdout" = '<search><--help>' ]
  apart ./bw-alone __complete -- hub ser
  [ "$stdout" = '<__complete><--><hub><ser>' ]
}

@test "a path that cannot even be looked at is named, and is no bug" {
  person ada
  world
  cd 'ada 世界'
  ln -s loop loop
  long=$(printf 'n%.0s' {1..300})
  for place in loop "$long"; do
    for command in 'merge' 'submit --bundle' 'log --batch' 'clone' 'join' 'tiles' 'checkpoint archive' 'verify --proof' \
      'init' 'fork' 'hub init' 'doctor' 'validate' 'journal restore' 'verify --disclosure'; do
      # shellcheck disable=SC2086  # a command of several words
      apart "$BW" $command "$place"
      [ "$status" -ne 0 ]
      [ "$status" -le 4 ]
      refute grep -q 'this is a bug' <<<"$stderr"
      [ -n "$stderr" ]
    done
  done
  mkdir gone
  cd gone
  rmdir ../gone
  for command in status log init validate submit merge verify 'hub init'; do
    # shellcheck disable=SC2086
    apart "$BW" $command
    [ "$status" -ne 0 ]
    refute grep -q 'this is a bug' <<<"$stderr"
  done
}

@test "a name that a world cannot have is refused before anything is made" {
  person ada
  world
  for name in $'\xff' $'a\e[31mb' $'a\nb' "$(printf 'n%.0s' {1..600})" ''; do
    for command in 'init new' "fork ada\ 世界 new" 'hub init new'; do
      eval "apart \"\$BW\" $command --name \"\$name\""
      [ "$status" -eq 2 ]
      [[ $stderr == *'a world cannot be called'*'hint: a name is one line'* ]]
      [ ! -e new ]
    done
  done
}
