#!/usr/bin/env bats
# bw fork and bw diff.
load common
load people

@test "a fork is a new world of its own with its parent's history" {
  person ada
  world
  parent=$(world_id 'ada 世界')
  person eve
  apart "$BW" fork 'ada 世界' 'eve fork' --name 'Eve World' --json
  [ "$status" -eq 0 ]
  [ "$(member name | head -1)" != '' ]
  [[ $stdout == *"\"world\": \"$parent\""* ]]
  [[ $stdout == *'"unknown": []'* ]]
  cd 'eve fork'
  "$BW" verify
  for commit in $(git rev-list main stream); do git verify-commit "$commit"; done
  [ -z "$(git fsck --strict 2>&1 | grep -v ^Checking)" ]
  [ "$(git rev-list --count main)" -eq 2 ]
  [ "$(git remote)" = upstream ]
  [ -z "$(git status --porcelain)" ]
  grep -q 'name: Eve World' betterworld.yaml
}

@test "the default folder is the last part of the source" {
  person ada
  world
  git clone -q --bare 'ada 世界' copy.git
  person eve
  "$BW" fork copy.git
  [ -f copy/betterworld.yaml ]
}

@test "a fork of what is no world leaves nothing behind" {
  person eve
  git init -q -b main plain
  apart "$BW" fork plain copy
  [ "$status" -eq 1 ]
  [ ! -e copy ]
  apart "$BW" fork "$PWD/nothing" copy
  [ "$status" -eq 3 ]
  [ ! -e copy ]
}

@test "a fork needs an identity, and an address that is none" {
  person ada
  world
  become nobody
  apart "$BW" fork 'ada 世界' copy
  [ "$status" -eq 4 ]
  [[ $stderr == *"bw id new"* ]]
  for url in 'ext::sh -c id' '--upload-pack=touch x' 'file:///x#pin'; do
    apart "$BW" fork -- "$url" copy
    [ "$status" -eq 2 ] || { echo "$url: $status"; return 1; }
  done
  [ ! -e copy ]
}

@test "bw diff tells what changed in meaning" {
  person ada
  "$BW" init w --template ohca >/dev/null 2>&1
  cd w
  apart "$BW" diff
  [ "$status" -eq 0 ]
  [ -z "$stdout" ]
  goal=$(sed -n 's/^  - id: \(aed[a-z-]*\)$/\1/p' betterworld.yaml | head -1)
  sed -i '1i # only a comment' betterworld.yaml
  apart "$BW" diff
  [ -z "$stdout" ]
  printf 'units_are: wrong\n' >>betterworld.yaml
  apart "$BW" diff
  [ "$status" -eq 0 ]
  [[ $stdout == *units_are* ]]
  [[ $stderr == *"bw validate"* ]]
  git checkout -q betterworld.yaml
  sed -i '0,/target: [0-9.]*/s//target: 7/' betterworld.yaml
  apart "$BW" diff --json
  [ "$status" -eq 0 ]
  [[ $stdout == *'"kind": "changed"'* ]]
  [[ $stdout == *'→ 7"'* ]]
  apart "$BW" diff adopted main
  [ -z "$stdout" ]
  apart "$BW" diff nothing
  [ "$status" -eq 1 ]
  apart "$BW" diff -- --output=x
  [ "$status" -eq 1 ]
  [ ! -e x ]
}
