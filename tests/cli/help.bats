#!/usr/bin/env bats
load common

commands() { "$BW" help --json | sed -n 's/^      "name": "bw \([a-z]*\)",$/\1/p'; }

@test "bare bw lists the commands by purpose and succeeds" {
  apart "$BW"
  [ "$status" -eq 0 ]
  [[ $stdout == *"Start:"*"More:"* ]]
  [ "$("$BW" --help)" = "$stdout" ]
  [ "$("$BW" help)" = "$stdout" ]
}

@test "every command has help with a summary and a usage" {
  for command in $(commands); do
    case $command in hub | search) continue ;; esac
    run "$BW" "$command" --help
    [ "$status" -eq 0 ]
    [[ $output == *"usage: bw $command"* ]]
    [ "$("$BW" help "$command")" = "$output" ]
  done
}

@test "help wins over what is missing, and stands anywhere" {
  "$BW" id use --help | grep -q KEYFILE
  "$BW" --help id use | grep -q KEYFILE
  "$BW" id --help | grep -q Verbs
}

@test "options of every command stand before and after its name" {
  "$BW" id new --name Ada </dev/null
  [ "$("$BW" --json id show)" = "$("$BW" id --json show)" ]
  [ "$("$BW" id show --json)" = "$("$BW" id --json show)" ]
  mkdir 'a folder 文'
  [ "$("$BW" -C 'a folder 文' id show)" = "$("$BW" id show -C 'a folder 文')" ]
}

@test "the version is shown in each of its ways, without HOME or any setting" {
  version=$("$BW" --version)
  [[ $version =~ ^bw\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
  [ "$("$BW" version)" = "$version" ]
  [ "$(env -i "$BW" version)" = "$version" ]
  "$BW" version --json | grep -q '"version"'
}

@test "the man page of every command is written without a warning" {
  command -v man >/dev/null || skip "man is not installed"
  mkdir man
  "$BW" __man --folder man
  for page in man/*.1; do
    [ -z "$(MANWIDTH=80 man -l --warnings -E UTF-8 "$page" 2>&1 >/dev/null)" ]
  done
  for command in $(commands); do
    case $command in hub | search) continue ;; esac
    for section in NAME SYNOPSIS DESCRIPTION OPTIONS 'EXIT STATUS' 'SEE ALSO'; do
      grep -qx ".SH $section" "man/bw-$command.1"
    done
  done
  grep -qx '.SH ENVIRONMENT' man/bw.1
}

@test "the reference in docs is what the program says" {
  docs=$BATS_TEST_DIRNAME/../../docs/cli.md
  "$BW" __reference | diff - "$docs"
}

@test "the reference, the help and the man pages tell of the commands of bw-hub as of all others" {
  "$BW" __reference >reference
  for text in '### bw hub list' '`--hub DIR`' '## bw search' '`--sdg N`' '`results`' '`ineffective`'; do
    grep -qF -- "$text" reference || { echo "no $text"; false; }
  done
  refute grep -q 'Served by' reference
  mkdir man
  "$(dirname "$BW")/bw-hub" __man --folder man
  grep -q 'hub \\-\\-' <(cat man/bw-search.1) || grep -q 'sdg' man/bw-search.1
  grep -q 'ineffective' man/bw-hub.1
}

@test "the JSON of errors is documented" {
  "$BW" __reference | grep -qF '"error":{"code":"usage"'
  "$BW" __man | grep -q '^.fBhint'
}

@test "help as JSON tells the usage of one command, wherever it is served" {
  for words in 'id new' search 'hub list' log; do
    # shellcheck disable=SC2086
    apart "$BW" $words --help --json
    [ "$status" -eq 0 ]
    [[ $stdout == *"\"usage\": \"bw $words "* ]] || { echo "$words: $stdout"; return 1; }
  done
  apart "$BW" help hub --json
  [[ $stdout == *'"usage": "bw hub check [OPTIONS] [DIR]"'* ]] || { echo "$stdout"; return 1; }
}

@test "help lists programs on PATH and runs none of them" {
  mkdir bin
  printf '#!/bin/sh\ntouch ran\n' >bin/bw-dance
  cp bin/bw-dance "bin/bw-evil$(printf '\033')[2J"
  cp bin/bw-dance bin/bw-version
  chmod +x bin/*
  export PATH=$PWD/bin:$PATH
  apart "$BW" help
  [[ $stdout == *'Programs on PATH:'*$'\n  dance\n'* ]]
  [[ $stdout != *$'\033'* ]]
  [ "$("$BW")" = "$stdout" ]
  apart "$BW" help --json
  [[ $stdout == *'"programs": ['*'"dance"'* ]]
  [[ $stdout != *'"hub",'* ]]
  [ ! -e ran ]
}

@test "each setting has an effect" {
  "$BW" id new --name Ada </dev/null
  "$BW" init w --template ohca >/dev/null 2>&1
  titles() { (cd w && "$BW" __complete -- log teach | cut -f2); }
  english=$(LC_ALL=C.UTF-8 titles)
  [[ $(LC_ALL=zh_CN.UTF-8 titles) != "$english" ]]
  "$BW" config language zh-CN
  [[ $(LC_ALL=C.UTF-8 titles) != "$english" ]]
  "$BW" config language en
  [[ $(LC_ALL=zh_CN.UTF-8 titles) == "$english" ]]
  # hub: relative as seen from here, and used from anywhere.
  "$BW" hub init 'my hub' >/dev/null
  "$BW" config hub 'my hub'
  "$BW" -C w publish --as ohca >/dev/null
  mkdir elsewhere && cd elsewhere
  "$BW" search 急救 --json | grep -q '"name": "ohca"'
  "$BW" clone ohca 2>/dev/null
  "$BW" hub check
  "$BW" config sync immediate
  BW_HOME=$BATS_TEST_TMPDIR/ben "$BW" id new --name Ben </dev/null
  BW_HOME=$BATS_TEST_TMPDIR/ben "$BW" config sync immediate
  BW_HOME=$BATS_TEST_TMPDIR/ben apart "$BW" -C ohca join --json
  [ "$(member sync)" = immediate ]
}

@test "a setting is listed, set, read and unset" {
  "$BW" config | grep -q pager
  "$BW" config pager 'less -S'
  [ "$("$BW" config pager)" = 'less -S' ]
  "$BW" config --unset pager
  [ "$("$BW" config pager)" = 'less -FRX' ]
  apart "$BW" config hub
  [ "$status" -eq 1 ]
  apart "$BW" config colour never
  [ "$status" -eq 2 ]
  [[ $stderr == *color* ]]
  apart "$BW" config color purple
  [ "$status" -eq 2 ]
}

@test "a page that is longer than the terminal goes through the pager, without a shell" {
  cat >pager <<'END'
#!/bin/sh
echo "PAGED with $1"
cat
END
  chmod +x pager
  at_terminal "BW_PAGER='$PWD/pager --flag;x' '$BW' help" | grep -q 'PAGED with --flag;x'
  [[ $(at_terminal "BW_PAGER='$PWD/pager' '$BW' --no-pager help") != *PAGED* ]]
  [[ $(BW_PAGER=$PWD/pager "$BW" help) != *PAGED* ]]
  at_terminal "BW_PAGER=/nowhere/pager '$BW' help" | grep -q 'Start:'
}

@test "colour is for terminals, and NO_COLOR and --color decide" {
  "$BW" id new --name Ada </dev/null
  esc=$'\033['
  [[ $("$BW" id show) != *"$esc"* ]]
  [[ $("$BW" id show --color=always) == *"$esc"* ]]
  [[ $(TERM=xterm at_terminal "'$BW' id show") == *"$esc"* ]]
  [[ $(TERM=xterm at_terminal "'$BW' id show --no-color") != *"$esc"* ]]
  [[ $(TERM=xterm NO_COLOR=1 at_terminal "'$BW' id show") != *"$esc"* ]]
  "$BW" config color never
  [[ $(TERM=xterm at_terminal "'$BW' id show") != *"$esc"* ]]
}
