#!/usr/bin/env bats
load common

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
  apart "$BW" id new --name a --name b
  [ "$status" -eq 2 ]
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
