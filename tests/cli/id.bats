#!/usr/bin/env bats
load common

@test "a new identity has a DID, a name and a key that ssh-keygen knows" {
  apart "$BW" id new --name 'Ada 王' --json
  [ "$status" -eq 0 ]
  [ "$(member name)" = 'Ada 王' ]
  [[ $(member did) == did:key:z6Mk* ]]
  key_file=$(member key_file)
  [ "$(stat -c %a "$key_file")" = 600 ]
  [ "$(ssh-keygen -y -f "$key_file" | cut -d' ' -f1,2)" = "$(member public_key | cut -d' ' -f1,2)" ]
}

@test "a second identity is refused with exit code 4, and the first stays" {
  "$BW" id new --name Ada </dev/null
  before=$("$BW" id show)
  apart "$BW" id new --name Bob
  [ "$status" -eq 4 ]
  [ -z "$stdout" ]
  [ "$("$BW" id show)" = "$before" ]
}

@test "without an identity, show says how to make one" {
  apart "$BW" id show
  [ "$status" -eq 4 ]
  [[ $stderr == *"bw id new"* ]]
}

@test "nothing is asked without a terminal" {
  run timeout 10 "$BW" id new </dev/null
  [ "$status" -eq 0 ]
  run setsid timeout 10 "$BW" id restore --replace
  [ "$status" -eq 2 ]
}

@test "at a terminal it asks for name and passphrase, and shows no passphrase" {
  screen=$( (sleep 0.3; echo Ada; sleep 0.3; echo geheim; sleep 0.3; echo geheim; sleep 1) | at_terminal "'$BW' id new")
  [[ $screen == *"New passphrase"* ]]
  [[ $screen != *geheim* ]]
  [[ $("$BW" id show) == *Ada* ]]
  grep -q 'bw-seed-v1 argon2id' "$BW_HOME/config/identity/seed"
}

@test "BW_PASSPHRASE encrypts, opens, and is refused when wrong" {
  BW_PASSPHRASE=right "$BW" id new --name Ada </dev/null
  refute ssh-keygen -y -P '' -f "$BW_HOME/config/identity/id_ed25519"
  BW_PASSPHRASE=right "$BW" id backup >paper.txt
  apart env BW_PASSPHRASE=wrong "$BW" id backup
  [ "$status" -eq 4 ]
  [[ $stderr == *"wrong passphrase"* ]]
  apart setsid "$BW" id backup
  [ "$status" -eq 4 ]
  [[ $stderr == *"nobody can be asked"* ]]
}

@test "a saved page of either kind, or its text read from a pipe, brings the same identity back" {
  "$BW" id new --name Ada </dev/null
  did=$("$BW" id show --json | sed -n 's/.*"did": "\(.*\)",/\1/p')
  "$BW" id backup -o paper.txt
  "$BW" id backup -o paper.svg
  [ "$(stat -c %a paper.txt paper.svg | sort -u)" = 600 ]
  for paper in paper.txt paper.svg; do
    BW_HOME=$BATS_TEST_TMPDIR/other-$paper apart "$BW" id restore "$paper" --json
    [ "$status" -eq 0 ]
    [ "$(member did)" = "$did" ]
  done
  export BW_HOME=$BATS_TEST_TMPDIR/third
  "$BW" id restore - --name Ada <paper.txt
  [[ $("$BW" id show) == *$did* ]]
}

@test "a mistyped paper key is refused in its line" {
  "$BW" id new --name Ada </dev/null
  "$BW" id backup --json | sed -n 's/.*"code": "\(.*\)",/\1/p' | sed 's/\\n/\n/g' | sed '3s/^...../ZZZZZ/' >typed
  BW_HOME=$BATS_TEST_TMPDIR/other apart "$BW" id restore typed
  [ "$status" -eq 1 ]
  [[ $stderr == *"line 3"* ]]
  [ ! -e "$BATS_TEST_TMPDIR/other/config/identity" ]
}

@test "a backup overwrites nothing" {
  "$BW" id new </dev/null
  echo mine >paper.txt
  apart "$BW" id backup -o paper.txt
  [ "$status" -eq 3 ]
  [ "$(cat paper.txt)" = mine ]
  apart "$BW" id backup -o paper.pdf
  [ "$status" -eq 2 ]
}

@test "a wrong passphrase stops a deed, and nothing is recorded" {
  export BW_PASSPHRASE=right
  "$BW" id new --name Ada </dev/null
  "$BW" init w >/dev/null 2>&1
  apart env BW_PASSPHRASE=wrong "$BW" -C w log good-deed
  [ "$status" -eq 4 ]
  [[ $stderr == *"wrong passphrase"* ]]
  apart env BW_PASSPHRASE=wrong "$BW" init other
  [ "$status" -eq 4 ]
  [ ! -e other ]
  apart "$BW" -C w status --json
  [[ $stdout == *'"waiting": 0'* ]]
}

@test "a paper without the key names no file that is not there" {
  ssh-keygen -q -t ed25519 -N '' -f 'my key'
  "$BW" id use 'my key' --name Ada </dev/null
  "$BW" id backup -o paper.txt
  did=$("$BW" id show --json | sed -n 's/.*"did": "\(.*\)",/\1/p')
  export BW_HOME=$BATS_TEST_TMPDIR/other
  apart "$BW" id restore paper.txt
  [ "$status" -eq 0 ]
  [[ $stdout == *'not on this machine'*'bw id use KEYFILE'* ]]
  apart "$BW" id show --json
  [ "$(member did)" = "$did" ]
  [[ $stdout == *'"key_file": null'* ]]
  apart "$BW" init w
  [ "$status" -ne 0 ]
  [[ $stderr == *'hint: '* ]]
  # The key comes back, and is named again.
  apart "$BW" id use 'my key' --json
  [ "$status" -eq 0 ]
  [ "$(member key_file)" = "$BATS_TEST_TMPDIR/my key" ]
}

@test "a key of another type is refused by its name" {
  ssh-keygen -q -t rsa -b 1024 -N '' -f rsa
  ssh-keygen -q -t ecdsa -N '' -f ecdsa
  ssh-keygen -q -t rsa -b 1024 -N secret -f locked-rsa
  for key in rsa ecdsa locked-rsa rsa.pub ecdsa.pub; do
    apart "$BW" id use $key
    [ "$status" -eq 1 ] || { echo "$key: $status $stderr"; return 1; }
    [[ $stderr == *rsa* || $stderr == *ecdsa* ]] || { echo "$key: $stderr"; return 1; }
    [[ $stderr == *Ed25519* || $stderr == *ed25519* ]] || { echo "$key: $stderr"; return 1; }
  done
  [ ! -e "$BW_HOME/config/identity" ]
}

@test "a key of my own is used where it lies, and replaces an identity only when told to" {
  ssh-keygen -q -t ed25519 -N '' -f 'my key'
  "$BW" id new --name Ada </dev/null
  apart "$BW" id use 'my key'
  [ "$status" -eq 4 ]
  apart "$BW" id use 'my key' --replace --name Bea --json
  [ "$status" -eq 0 ]
  [ "$(member key_file)" = "$BATS_TEST_TMPDIR/my key" ]
  ls -d "$BW_HOME"/config/identity.old-*
}

@test "a name with control characters is refused" {
  "$BW" id new --name Ada </dev/null
  apart "$BW" id name $'a\033[31mb'
  [ "$status" -eq 2 ]
  "$BW" id name ''
  [ "$("$BW" id show --json | grep -c '"name": ""')" -eq 1 ]
}

@test "of ten processes that make an identity at once, one does" {
  for i in 1 2 3 4 5 6 7 8 9 10; do
    { code=0; "$BW" id new --name "p$i" </dev/null >/dev/null 2>&1 || code=$?; echo $code >"status-$i"; } &
  done
  wait
  [ "$(cat status-* | sort | uniq -c | tr -s ' ' | tr '\n' ';')" = ' 1 0; 9 4;' ]
}

@test "without BW_HOME the folders of XDG are used" {
  unset BW_HOME
  "$BW" id new </dev/null
  [ -e "$HOME/.config/bw/identity/identity.json" ]
  XDG_CONFIG_HOME=$BATS_TEST_TMPDIR/xdg "$BW" id new </dev/null
  [ -e "$BATS_TEST_TMPDIR/xdg/bw/identity/identity.json" ]
}
