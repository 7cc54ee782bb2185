#!/usr/bin/env bats
# Sending and fetching by itself: wishes, being offline, two runs at once, agents, timers.
load common
load people

teardown() { [ -z "${AGENT:-}" ] || kill "$AGENT" 2>/dev/null || true; }

waiting() { "$BW" -C "$1" status --json | sed -n 's/^ *"waiting": \([0-9]*\),*$/\1/p'; }
inbox() { git -C home.git for-each-ref refs/bw/inbox | wc -l; }
# A shared world with a second behaviour, "think", in which bob wishes to be synced as $1 says.
synced_world() {
  shared_world
  become ada
  cd ada
  sed -i 's/^behaviours:$/behaviours:\n  - {id: think, title: Think, unit: deed}/' betterworld.yaml
  git commit -qam 'Think' --no-verify
  "$BW" adopt >/dev/null
  cd ..
  become bob
  "$BW" -C bob pull >/dev/null
  "$BW" -C bob world sync "$1" 2>/dev/null
}

@test "periodic: deeds wait for bw sync, which sends them, fetches, and is told of by status" {
  synced_world periodic
  apart "$BW" -C bob status
  [[ $stdout == *'periodic; no sync has run'*'bw sync --install'* ]]
  "$BW" -C bob log "$BEHAVIOUR" >/dev/null 2>&1
  [ "$(inbox)" -eq 0 ]
  become ada
  "$BW" -C ada log think >/dev/null
  "$BW" -C ada submit >/dev/null
  become bob
  apart "$BW" sync
  [ "$status" -eq 0 ]
  [[ $stdout == *'sent 1 event to '*'1 new entry'* ]]
  [ "$(inbox)" -eq 1 ]
  [ "$(waiting bob)" -eq 0 ]
  apart "$BW" sync --json
  [ "$status" -eq 0 ]
  [[ $stdout == *'"result": "done"'*'"sent": 0'* ]]
  apart "$BW" -C bob status
  [[ $stdout == *'periodic; last at '*'nothing to send'* ]]
}

@test "a behaviour can have a wish of its own, which manual keeps until it is submitted" {
  synced_world immediate
  "$BW" -C bob world sync manual --behaviour think
  apart "$BW" -C bob log think --json
  [[ $stdout == *'"submitted": false'*'"waiting": 1'* ]]
  apart "$BW" -C bob log "$BEHAVIOUR" --json
  [[ $stdout == *'"submitted": true'*'"waiting": 1'* ]]
  apart "$BW" sync --json
  [[ $stdout == *'"sent": 0'* ]]
  [ "$(waiting bob)" -eq 1 ]
  apart "$BW" world list
  [[ $stdout == *'immediate; think: manual'* ]]
  apart "$BW" -C bob world sync manual --behaviour thnk
  [ "$status" -eq 1 ]
  [[ $stderr == *'did you mean "think"'* ]]
  apart "$BW" -C bob world sync default
  [ "$status" -eq 2 ]
  "$BW" -C bob submit >/dev/null
  [ "$(waiting bob)" -eq 0 ]
  "$BW" -C bob world sync default --behaviour think
  apart "$BW" -C bob log think --json
  [[ $stdout == *'"submitted": true'* ]]
  # Joining afterwards, with another wish for the world, forgets no behaviour's.
  "$BW" -C bob world sync periodic --behaviour think
  "$BW" -C bob world sync manual
  apart "$BW" world list --json
  [[ $stdout == *'"think": "periodic"'*'"sync": "manual"'* ]]
}

@test "offline is normal: what could not be sent waits, exit 3 says so, and goes with the next run" {
  synced_world immediate
  mv home.git away.git
  apart "$BW" -C bob log "$BEHAVIOUR"
  [ "$status" -eq 0 ]
  [[ $stderr == *'safe in your journal'* ]]
  apart "$BW" sync
  [ "$status" -eq 3 ]
  [[ $stdout == *'1 event waits until the next time'* ]]
  [ -z "$stderr" ]
  apart "$BW" -C bob status --json
  [ "$status" -eq 0 ]
  [[ $stdout == *'"well": false'* ]]
  mv away.git home.git
  # What waited goes with the next deed, too.
  apart "$BW" -C bob log think --json
  [[ $stdout == *'"submitted": true'*'"waiting": 0'* ]]
  apart "$BW" sync
  [ "$status" -eq 0 ]
}

@test "worlds that are manual are left alone, one that fails keeps no other from its turn" {
  synced_world periodic
  become ada
  apart "$BW" sync
  [ "$status" -eq 0 ]
  [[ $stderr == *'No world here wishes'* ]]
  become bob
  "$BW" clone home.git gone >/dev/null 2>&1
  "$BW" -C gone world sync immediate 2>/dev/null
  rm -rf gone
  "$BW" -C bob log think >/dev/null 2>&1
  apart "$BW" sync --json
  [ "$status" -eq 3 ]
  [[ $stdout == *'bw world forget'* || $stdout == *'is not there'* ]]
  [ "$(inbox)" -eq 1 ]
  apart "$BW" sync nowhere
  [ "$status" -eq 2 ]
}

@test "a second run at once is locked out, and says so" {
  synced_world periodic
  "$BW" -C bob log think >/dev/null 2>&1
  mkdir -p "$BW_HOME/state"
  exec 9>>"$BW_HOME/state/sync.lock"
  flock 9
  apart "$BW" sync
  [ "$status" -eq 3 ]
  [[ $stderr == *'another sync is going on'* ]]
  [ "$(waiting bob)" -eq 1 ]
  exec 9>&-
  "$BW" sync >/dev/null
  [ "$(waiting bob)" -eq 0 ]
}

@test "an encrypted key works through ssh-agent alone, and without one nobody is asked" {
  synced_world periodic
  "$BW" -C bob log think >/dev/null 2>&1
  ssh-keygen -q -p -P '' -N secret -f "$BW_HOME/config/identity/id_ed25519"
  apart setsid timeout 60 "$BW" sync
  [ "$status" -eq 4 ]
  [[ $stderr == *'is encrypted, and nobody can be asked'*ssh-add* ]]
  apart "$BW" -C bob status
  [[ $stdout == *'is encrypted'*'1 event waits until the next time'* ]]
  export SSH_AUTH_SOCK=$BATS_TEST_TMPDIR/agent
  ssh-agent -D -a "$SSH_AUTH_SOCK" >/dev/null 3>&- &
  AGENT=$!
  for _ in $(seq 50); do [ -S "$SSH_AUTH_SOCK" ] && break; sleep 0.1; done
  printf '#!/bin/sh\necho secret\n' >askpass
  chmod +x askpass
  SSH_ASKPASS=$PWD/askpass SSH_ASKPASS_REQUIRE=force ssh-add -q "$BW_HOME/config/identity/id_ed25519" </dev/null
  apart setsid timeout 60 "$BW" sync
  [ "$status" -eq 0 ] || { echo "$stderr"; false; }
  [ "$(waiting bob)" -eq 0 ]
  [ "$(inbox)" -eq 1 ]
}

@test "the timer is written, enabled and removed by the user's systemd" {
  person ada
  mkdir bin
  printf '#!/bin/sh\necho "$@" >>%s/asked\n' "$PWD" >bin/systemctl
  chmod +x bin/systemctl
  export PATH=$PWD/bin:$PATH XDG_CONFIG_HOME=$PWD/configuration SSH_AUTH_SOCK=/run/user/1/agent
  apart "$BW" sync --install --every 30m
  [ "$status" -eq 0 ]
  units=$XDG_CONFIG_HOME/systemd/user
  grep -qF "ExecStart=\"$BW\" sync" "$units/bw-sync.service"
  grep -qF 'Environment="SSH_AUTH_SOCK=/run/user/1/agent"' "$units/bw-sync.service"
  grep -qF "Environment=\"BW_HOME=$BW_HOME\"" "$units/bw-sync.service"
  grep -qx 'OnUnitActiveSec=1800s' "$units/bw-sync.timer"
  [ "$(cat asked)" = $'--user daemon-reload\n--user enable --now bw-sync.timer' ]
  if command -v systemd-analyze >/dev/null; then
    refute grep -q bw-sync <<<"$(systemd-analyze --user verify "$units/bw-sync.timer" 2>&1)"
  fi
  # What the unit says is what runs.
  eval "env $(sed -n 's/^Environment=//p' "$units/bw-sync.service" | tr '\n' ' ') $(sed -n 's/^ExecStart=//p' "$units/bw-sync.service")"
  apart "$BW" sync --uninstall --json
  [[ $stdout == *'"removed": true'* ]]
  [ -z "$(ls "$units")" ]
  grep -qx -- '--user disable --now bw-sync.timer' asked
  apart "$BW" sync --uninstall
  [ "$status" -eq 0 ]
  [[ $stdout == 'No timer'* ]]
}

@test "where systemd does not answer, what to run is said; another's unit is left alone" {
  person ada
  mkdir bin
  export PATH=$PWD/bin:$PATH XDG_CONFIG_HOME=$PWD/configuration
  printf '#!/bin/sh\necho "Failed to connect to bus" >&2\nexit 1\n' >bin/systemctl
  chmod +x bin/systemctl
  apart "$BW" sync --install
  [ "$status" -eq 3 ]
  [[ $stderr == *'Failed to connect to bus'*'systemctl --user enable --now bw-sync.timer'*'bw sync --cron'* ]]
  echo '[Service]' >"$XDG_CONFIG_HOME/systemd/user/bw-sync.service"
  apart "$BW" sync --install
  [ "$status" -eq 4 ]
  [ "$(cat "$XDG_CONFIG_HOME/systemd/user/bw-sync.service")" = '[Service]' ]
}

@test "a line for cron runs the same, and its options go with nothing else" {
  person ada
  world
  "$BW" -C 'ada 世界' world sync periodic 2>/dev/null
  "$BW" -C 'ada 世界' log "$BEHAVIOUR" >/dev/null 2>&1
  apart "$BW" sync --cron --every 2h
  [ "$status" -eq 0 ]
  [[ $stdout == '17 */2 * * * BW_HOME='*' sync --quiet >/dev/null' ]]
  line=${stdout#17 \*/2 \* \* \* }
  env -i PATH="$PATH" HOME="$HOME" sh -c "$line"
  [ "$(waiting 'ada 世界')" -eq 0 ]
  apart "$BW" sync --cron --every 7m
  [ "$status" -eq 2 ]
  [[ $stderr == *'--every 5m'* || $stderr == *'--every 10m'* ]]
  for words in '--every 1h' '--cron --install' '--install world' '--install --every 5s' '--install --every never'; do
    # shellcheck disable=SC2086
    apart "$BW" sync $words
    [ "$status" -eq 2 ] || { echo "$words: $status"; false; }
  done
}
