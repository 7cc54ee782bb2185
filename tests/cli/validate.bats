#!/usr/bin/env bats
# bw validate, and definitions that are hostile or broken: always an exit code of its own, a place, a reason.
load common

# A valid definition of the fewest lines.
definition() {
  cat <<'YAML'
betterworld: 1
name: Test
vision: Something good.
utc_offset: "+08:00"
grace: 30d
YAML
}

# Checks draft.yaml and expects problems on its standard output: the code of one and its place.
refused() {
  apart timeout 20 "$BW" validate draft.yaml --json
  [ "$status" -eq 1 ] || { echo "status $status: $stdout $stderr"; return 1; }
  [[ $stdout == *'"valid": false'* ]]
  [[ $stdout == *"\"code\": \"$1\""* ]] || { echo "$stdout"; return 1; }
  [[ $stdout == *"\"line\": ${2:-1}"* ]] || { echo "$stdout"; return 1; }
}

@test "a valid definition says so on standard error, and nothing else" {
  definition >betterworld.yaml
  apart "$BW" validate
  [ "$status" -eq 0 ]
  [ -z "$stdout" ]
  [[ $stderr == "valid: 1 file, 0 errors, 0 warnings" ]]
  apart "$BW" validate --quiet
  [ -z "$stderr" ]
}

@test "everything that is wrong is said in one run, with file, line, column and a hint" {
  definition >betterworld.yaml
  cat >>betterworld.yaml <<'YAML'
goals:
  - {id: a, title: A, indicator: nothing, target: 3}
  - {id: a, title: A}
behaviours:
  - {id: b, title: B, unit: hour}
colour: red
YAML
  apart "$BW" validate
  [ "$status" -eq 1 ]
  [[ $stdout == *betterworld.yaml:7:* ]]
  [[ $stdout == *betterworld.yaml:8:* ]]
  [[ $stdout == *betterworld.yaml:10:* ]]
  [[ $stdout == *betterworld.yaml:11:1* ]]
  [[ $stderr == "not valid: 1 file, "*" errors, "* ]]
}

@test "warnings alone are no failure" {
  definition >betterworld.yaml
  cat >>betterworld.yaml <<'YAML'
units: [{id: hour, title: Hour}]
indicators: [{id: hours, title: Hours, unit: hour}]
goals: [{id: a, title: A, indicator: hours, target: 3, due: 2030-01-01}]
YAML
  apart "$BW" validate --json
  [ "$status" -eq 0 ]
  [[ $stdout == *'"valid": true'* ]]
}

@test "each format is what its readers expect" {
  definition >betterworld.yaml
  echo 'colour: red' >>betterworld.yaml
  apart "$BW" validate --format json
  [ "$status" -eq 1 ]
  json=$stdout
  apart "$BW" validate --json
  [ "$json" = "$stdout" ]
  apart "$BW" validate --format sarif
  [ "$status" -eq 1 ]
  [[ $stdout == *'"version": "2.1.0"'* ]]
  [[ $stdout == *'"startLine": 6'* ]]
  apart "$BW" validate --format github
  [ "$status" -eq 1 ]
  [[ $stdout == '::error file=betterworld.yaml,line=6,col=1,'* ]]
  apart "$BW" validate --format xml
  [ "$status" -eq 2 ]
}

@test "files and folders are checked wherever they are, under the names they were given" {
  mkdir -p 'a folder/中文'
  definition >'a folder/中文/betterworld.yaml'
  echo 'colour: red' >>'a folder/中文/betterworld.yaml'
  definition >fine.yaml
  apart "$BW" validate fine.yaml 'a folder/中文'
  [ "$status" -eq 1 ]
  [[ $stdout == *'a folder/中文/betterworld.yaml:6:1'* ]]
  [[ $stderr == *"2 files, 1 error, "* ]]
  apart "$BW" validate fine.yaml
  [ "$status" -eq 0 ]
  apart "$BW" validate nothing.yaml
  [ "$status" -eq 3 ]
  [[ $stderr == *nothing.yaml* ]]
}

@test "neither identity nor home is needed" {
  definition >betterworld.yaml
  apart "$BW" validate
  [ "$status" -eq 0 ]
  [ ! -e "$BW_HOME" ]
}

@test "without a definition or a repository it says what to do" {
  mkdir empty
  cd empty
  apart "$BW" validate
  [ "$status" -eq 1 ]
  [[ $stderr == *hint:* ]]
}

@test "tabs in indentation" {
  definition >draft.yaml
  printf 'admission:\n\tpolicy: open\n' >>draft.yaml
  refused yaml-tab 7
}

@test "a byte order mark" {
  { printf '\xef\xbb\xbf'; definition; } >draft.yaml
  apart "$BW" validate draft.yaml
  [ "$status" -eq 1 ]
  [[ $stdout == *draft.yaml:1:1* ]]
  [[ ${stdout,,} == *"byte order mark"* ]]
}

@test "duplicate keys, at the top and deep inside" {
  definition >draft.yaml
  printf 'name: Again\n' >>draft.yaml
  refused yaml-duplicate-key 6
  definition >draft.yaml
  printf 'units:\n  - id: hour\n    title: Hour\n    title: Stunde\n' >>draft.yaml
  refused yaml-duplicate-key 9
}

@test "aliases that explode end quickly" {
  definition >draft.yaml
  {
    printf 'a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n'
    for i in 1 2 3 4 5 6 7 8 9; do
      p=$((i - 1))
      printf 'a%s: &a%s [*a%s, *a%s, *a%s, *a%s, *a%s, *a%s, *a%s, *a%s, *a%s, *a%s]\n' $i $i $p $p $p $p $p $p $p $p $p $p
    done
  } >>draft.yaml
  apart timeout 10 "$BW" validate draft.yaml --json
  [ "$status" -eq 1 ]
  [[ $stdout == *alias* ]]
}

@test "100,000 levels, in flow and in block style" {
  definition >draft.yaml
  { printf 'name: '; head -c 100000 /dev/zero | tr '\0' '['; echo; } >>draft.yaml
  refused yaml-too-deep 6
  { head -c 200000 /dev/zero | sed 's/\x00\x00/- /g'; echo x; } >draft.yaml
  refused yaml-too-deep 1
}

@test "10 MB" {
  definition >draft.yaml
  { printf 'summary: '; head -c 10000000 /dev/zero | tr '\0' x; echo; } >>draft.yaml
  refused yaml-too-large 1
  [ "${#stdout}" -lt 2000 ]
}

@test "invalid UTF-8, and control characters reach no terminal" {
  definition >draft.yaml
  printf 'summary: "\xff\xfe"\n' >>draft.yaml
  apart "$BW" validate draft.yaml
  [ "$status" -eq 1 ]
  [[ $stdout == *draft.yaml:6:* ]]
  definition >draft.yaml
  printf 'summary: "\033[31mred"\n' >>draft.yaml
  apart "$BW" validate draft.yaml
  [ "$status" -eq 1 ]
  [[ $stdout != *$'\033'* ]]
}

@test "an empty file, and one of comments only" {
  : >draft.yaml
  apart "$BW" validate draft.yaml
  [ "$status" -eq 1 ]
  [[ $stdout == *draft.yaml:1:1* ]]
  echo '# nothing yet' >draft.yaml
  apart "$BW" validate draft.yaml
  [ "$status" -eq 1 ]
}

@test "a symbolic link is not followed" {
  ln -s /etc/passwd betterworld.yaml
  apart "$BW" validate
  [ "$status" -eq 1 ]
  [[ $stdout$stderr != *root:* ]]
  apart "$BW" validate betterworld.yaml
  [ "$status" -eq 1 ]
  [[ $stdout$stderr != *root:* ]]
}

@test "a folder in place of the file, and a file that cannot be read" {
  mkdir betterworld.yaml
  apart "$BW" validate
  [ "$status" -eq 1 ]
  [[ $stdout == *betterworld.yaml* ]]
  mkfifo pipe.yaml
  apart timeout 10 "$BW" validate pipe.yaml
  [ "$status" -eq 1 ]
}

@test "ids with quotes, slashes, dots or emoji" {
  for id in "a'b" 'a\"b' a/b .. '💓' A -a "$(printf 'x%.0s' {1..65})"; do
    definition >draft.yaml
    printf 'units: [{id: "%s", title: X}]\n' "$id" >>draft.yaml
    apart "$BW" validate draft.yaml
    [ "$status" -eq 1 ] || { echo "$id"; return 1; }
    [[ $stdout == *draft.yaml:6:* ]]
  done
}
