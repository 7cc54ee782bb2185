#!/usr/bin/env bats
load common

scripts=$BATS_TEST_DIRNAME/../../completions

offered() { "$BW" __complete -- "$@" | cut -f1 | tr '\n' ' '; }

# The shells look for a program called bw.
as_bw() {
  mkdir -p "$BATS_TEST_TMPDIR/bin"
  ln -sf "$BW" "$BATS_TEST_TMPDIR/bin/bw"
  export PATH=$BATS_TEST_TMPDIR/bin:$PATH
}

know_worlds() {
  mkdir -p "$BW_HOME/data"
  cat >"$BW_HOME/data/worlds.json" <<END
{"worlds": [
  {"id": "$(printf 'a%.0s' {1..64})", "name": "ohca", "folder": "/w/ohca", "sync": "manual"},
  {"id": "$(printf 'b%.0s' {1..64})", "name": "green travel", "folder": "/w/green", "sync": "manual"},
  {"id": "$(printf 'c%.0s' {1..64})", "name": "evil\u001b[2J\tx", "folder": "/w/evil", "sync": "manual"}]}
END
}

@test "commands, verbs, options and choices are offered where they fit" {
  [[ " $(offered '')" == *" id "*" version "* ]]
  [ "$(offered vers)" = 'version ' ]
  [ "$(offered id n)" = 'new name ' ]
  [[ " $(offered id new --)" == *" --name "*" --json "* ]]
  [ "$(offered --color '')" = 'auto always never ' ]
  [ "$(offered id show --color=al)" = '--color=always ' ]
  [[ " $(offered config '')" == *" color "* ]]
  [ "$(offered id use '')" = ':files ' ]
  [ "$(offered -C '')" = ':folders ' ]
  [ "$(offered id new --name '')" = '' ]
  [ "$(offered id use -- --)" = ':files ' ]
}

@test "worlds are offered by name, and harmful names are not" {
  know_worlds
  [ "$(offered --world '')" = 'green travel ohca ' ]
  [ "$(offered world forget oh)" = 'ohca ' ]
  [ "$("$BW" __complete -- --world oh)" = $'ohca\t/w/ohca' ]
}

@test "completion shows no error and asks nothing, whatever the words are" {
  mkdir -p "$BW_HOME/data"
  echo damaged >"$BW_HOME/data/worlds.json"
  for words in '--world ' 'nosuch x ' '-C nowhere id ' '--nosuch ' 'id nosuch ' '-- -- ' '--world=' '-C nowhere --world '; do
    mapfile -t -d ' ' typed <<<"$words"
    apart "$BW" __complete -- "${typed[@]%$'\n'}"
    [ "$status" -eq 0 ]
    [ -z "$stderr" ]
  done
  apart "$BW" __complete
  [ "$status" -eq 0 ]
  apart "$BW" __complete --
  [ "$status" -eq 0 ]
}

@test "programs on PATH are offered as commands" {
  mkdir extra
  printf '#!/bin/sh\n' >extra/bw-dance
  chmod +x extra/bw-dance
  PATH=$PWD/extra:$PATH
  [ "$(offered dan)" = 'dance ' ]
}

bash_completes() {
  bash --norc -c '
    [ -r /usr/share/bash-completion/bash_completion ] && [ "$1" = helped ] && . /usr/share/bash-completion/bash_completion
    . "$2"
    COMP_LINE=$3
    COMP_POINT=${#COMP_LINE}
    shift 3
    COMP_WORDS=("$@")
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    _bw 2>&1
    printf "%s\n" "${COMPREPLY[@]}"' _ "$@"
}

@test "bash completes, with bash-completion and without" {
  as_bw
  know_worlds
  touch 'key file'
  for way in helped alone; do
    [ "$(bash_completes $way "$scripts/bw.bash" 'bw id n' bw id n)" = $'new\nname' ]
    [ "$(bash_completes $way "$scripts/bw.bash" 'bw --world g' bw --world g)" = 'green\ travel' ]
    [ "$(bash_completes $way "$scripts/bw.bash" 'bw id use key' bw id use key)" = 'key file' ]
  done
  # As bash cuts "--color=a".
  [ "$(bash_completes helped "$scripts/bw.bash" 'bw --color=a' bw --color = a)" = $'auto\nalways' ]
}

@test "bash loads it for bw" {
  as_bw
  bash --norc -c '. "$1"; complete -p bw' _ "$scripts/bw.bash" | grep -q -- '-F _bw'
}

@test "fish completes with meanings" {
  command -v fish >/dev/null || skip "fish is not installed"
  as_bw
  know_worlds
  touch 'key file'
  fish_completes() { fish --no-config -c "source '$scripts/bw.fish'; complete -C '$1'"; }
  [ "$(fish_completes 'bw id n' | cut -f1 | sort | tr '\n' ' ')" = 'name new ' ]
  [[ $(fish_completes 'bw id ne') == $'new\tMake a key'* ]]
  [[ $(fish_completes 'bw --world ') == *'green travel'* ]]
  [[ $(fish_completes 'bw id use ke') == *'key file'* ]]
}

@test "zsh completes at its prompt" {
  command -v zsh >/dev/null || skip "zsh is not installed"
  as_bw
  know_worlds
  touch 'key file'
  mkdir fpath
  cp "$scripts/_bw" fpath/_bw
  cat >drive.zsh <<'END'
zmodload zsh/zpty
zpty shell "env ZDOTDIR=$PWD/none TERM=dumb zsh -f -i"
zpty -w shell "PS1=READY PROMPT_EOL_MARK= ; fpath=($PWD/fpath \$fpath); autoload -Uz compinit; compinit -u -d $PWD/dump; bindkey '^I' complete-word; zstyle ':completion:*' menu no; setopt no_list_beep; done_file() { print -r -- \"\$BUFFER\" >$PWD/buffer; BUFFER= ; zle accept-line }; zle -N done_file; bindkey '^X' done_file"
sleep 1
zpty -w -n shell "$1"$'\t'
sleep 1
zpty -w -n shell $'\x18'
for i in {1..30}; do [[ -s buffer ]] && break; sleep 0.1; done
zpty -d shell
END
  zsh_completes() {
    rm -f buffer
    zsh -f drive.zsh "$1"
    cat buffer
  }
  [ "$(zsh_completes 'bw vers')" = 'bw version ' ]
  [ "$(zsh_completes 'bw id ba')" = 'bw id backup ' ]
  [ "$(zsh_completes 'bw --world gr')" = 'bw --world green\ travel ' ]
  [ "$(zsh_completes 'bw id use ke')" = 'bw id use key\ file ' ]
  [ "$(zsh_completes 'bw --color=al')" = 'bw --color=always ' ]
}
