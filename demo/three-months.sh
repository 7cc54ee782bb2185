#!/bin/sh
# Three months in the life of a world: members, an exam, tasks, a vote that changes a goal, a milestone, badges; told
# with a clock that moves (faketime). It ends today, with the world at a glance and the way a figure came about.
#
#   BW=path/to/bw demo/three-months.sh    (./run demo does this after the first story)
#   DEMO_KEEP=DIR …                       works in DIR and leaves everything there to look at
set -eu

bw=$(CDPATH='' cd -- "$(dirname -- "${BW:?set BW to the program}")" && pwd)/$(basename -- "$BW")
if [ -n "${DEMO_KEEP:-}" ]; then
  work=$DEMO_KEEP
  mkdir -p "$work"
else
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
fi
cd "$work"
unset BW_PASSPHRASE SSH_AUTH_SOCK XDG_CONFIG_HOME XDG_DATA_HOME XDG_STATE_HOME || true
export GIT_CONFIG_GLOBAL=/dev/null NO_COLOR=1 TZ=UTC

chapter() { printf '\n\n━━ %s\n\n' "$*"; }
say() { printf '   %s\n' "$*"; }

# It is so many days ago now, at this time of day.
clock() {
  now=$(date -u -d "$1 days ago $2" '+%Y-%m-%d %H:%M:%S')
  printf '   [%s]\n' "$now"
}
# as WHO COMMAND…: in her clone, at the time of the story; the clock goes on by a second with each command.
as() {
  who=$1
  shift
  printf '%s $' "$who"
  for word in "$@"; do
    case $word in
      *[!A-Za-z0-9_./:,=@%+-]*) printf " '%s'" "$word" ;;
      *) printf ' %s' "$word" ;;
    esac
  done
  printf '\n'
  quietly "$who" "$@"
}
quietly() {
  who=$1
  shift
  [ "$1" != bw ] || { shift && set -- "$bw" "$@"; }
  now=$(date -u -d "$now UTC + 2 seconds" '+%Y-%m-%d %H:%M:%S')
  (cd "$work/$who" && BW_HOME="$work/home-$who" faketime "$now" "$@")
}
# The id of the event that a command records.
id_of() { quietly "$@" --json | jq -r .id; }
did_of() { BW_HOME="$work/home-$1" "$bw" id show --json | jq -r .did; }
# What everyone recorded goes home, and comes back to everyone.
exchange() {
  for who in ben chen dora; do quietly "$who" bw submit >/dev/null 2>&1 || true; done
  quietly ada bw submit >/dev/null 2>&1
  quietly ada bw merge --inbox >/dev/null 2>&1
  for who in ada ben chen dora; do quietly "$who" bw pull >/dev/null 2>&1; done
}

chapter "The first month: four neighbours"
clock 92 08:00
for who in ada ben chen dora; do
  mkdir -p "$who"
  quietly "$who" bw id new --name "$who" >/dev/null 2>&1
done
rmdir ada ben chen dora
mkdir start
now_home=$work/home.git
git init -q --bare "$now_home"
(cd start && BW_HOME="$work/home-ada" faketime "$now" "$bw" init world --template ohca --name 'Garden Estate 花园小区' >/dev/null 2>&1)
mv start/world ada
rmdir start
as ada bw tool list
quietly ada bw steward propose set-home "$now_home" >/dev/null
for who in ben chen dora; do
  mkdir "$who"
  (cd "$who" && BW_HOME="$work/home-$who" faketime "$now" "$bw" join "$now_home" . >/dev/null 2>&1) ||
    { rmdir "$who" && (BW_HOME="$work/home-$who" faketime "$now" "$bw" join "$now_home" "$who" >/dev/null 2>&1); }
done
exchange
say "Ben, Chen and Dora apply; Ada knows them."
for who in ben chen dora; do as "$who" bw member apply --note "I live in house $who." >/dev/null; done
exchange
for who in ben chen dora; do as ada bw endorse "$(did_of "$who")" >/dev/null; done
exchange
as ada bw member list

chapter "Ben becomes a first aider"
clock 88 19:00
attempt=$(id_of ben bw exam begin cpr)
exchange
as ben bw exam questions "$attempt"
answers=$(quietly ben bw exam questions "$attempt" --json |
  jq -r '{rate: "b", depth: "b", ratio: "a", first: "b", aed: "a"} as $key | .questions[].id | "\(.)=\($key[.])"')
# shellcheck disable=SC2086  # one word for each answer
as ben bw exam answer "$attempt" $answers >/dev/null
exchange
as ben bw exam tell "$attempt" >/dev/null
exchange
as ben bw badge list

chapter "Deeds, points, and a task for a first aider"
clock 80 18:00
as dora bw log teach-cpr --quantity 300 >/dev/null
as chen bw log map-aed --quantity 6 >/dev/null
as chen bw log spread-the-word --quantity 20 >/dev/null
exchange
as ada bw board points:heart
task=$(id_of ada bw task post expert --reward 60 --fund kitty --note 'Check the AEDs of the neighbouring estate')
exchange
as chen bw task claim "$task" || say "(Chen is no first aider.)"
as ben bw task claim "$task" >/dev/null
exchange
as ben bw task deliver "$task" --note 'All four are ready.' >/dev/null
exchange
as ada bw task accept "$task" >/dev/null
exchange
as ada bw task list

chapter "The second month: a vote that changes a goal"
clock 55 09:00
say "Three AEDs are too few, Dora says: five."
sed -i '/id: aed-coverage/,/unit: device/s/target: 3/target: 5/' dora/betterworld.yaml
(cd dora && git add -A && BW_HOME="$work/home-dora" faketime "$now" git commit -qm 'Five AEDs')
as dora bw diff
proposal=$(id_of dora bw propose definition --note 'Five AEDs instead of three: the estate has five gates.')
exchange
for who in ada ben dora; do as "$who" bw vote "$proposal" yes >/dev/null; done
as chen bw vote "$proposal" no >/dev/null
exchange
clock 47 09:00
as ada bw proposal show "$proposal"
say "It has passed: Ada takes the change over and adopts it."
cp dora/betterworld.yaml ada/betterworld.yaml
(cd ada && git add -A && BW_HOME="$work/home-ada" faketime "$now" git commit -qm 'Five AEDs, as voted')
as ada bw adopt >/dev/null
exchange

chapter "The first AED hangs"
clock 40 15:00
aed=$(id_of dora bw log place-aed --note 'At the north gate' --place 30.27,120.15)
exchange
say "A steward looks at it, and says that it hangs."
as ada bw attest "$aed" >/dev/null
exchange
as ada bw goal certificate first-aed --nft "$work/first-aed.json"

chapter "The third month: giving and thanking"
clock 20 20:00
as dora bw points donate cabinet 20 >/dev/null
as chen bw points donate cabinet 20 >/dev/null
as chen bw shop order face-shield >/dev/null
as ada bw evaluate divide team "$(did_of dora)=60" "$(did_of ben)=40" >/dev/null
as ada bw thank "$(did_of dora)" --note 'for the courses' --visibility public >/dev/null
exchange
as ada bw badge export first-aed "$(did_of dora)" "$work/dora-first-aed.svg"
exchange
as chen bw badge verify "$work/dora-first-aed.svg"
as ada bw points funds
as chen bw points history

chapter "Today: the world at a glance"
clock 0 00:00
as dora bw status
as dora bw explain estate-aeds
as ada bw verify
