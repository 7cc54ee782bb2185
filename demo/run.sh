#!/bin/sh
# The three scenarios of bw as one story, on real input: A starts a world, B joins it, C forks it and
# contributes back; the pilot of 2022 enters as history, a register of 145 defibrillators as bulk data,
# and a Hub directory makes it findable. Everything happens in a temporary folder and is removed after.
#
#   BW=path/to/bw demo/run.sh          (./run demo builds bw and does this)
#   DEMO_KEEP=DIR …                    works in DIR and leaves everything there to look at
set -eu

examples=$(CDPATH='' cd -- "$(dirname -- "$0")/../examples" && pwd)
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
export GIT_CONFIG_GLOBAL=/dev/null NO_COLOR=1

chapter() { printf '\n\n━━ %s\n\n' "$*"; }
say() { printf '   %s\n' "$*"; }

# Runs a command as one of the three people, showing it first. Each has a home of her own.
as() {
  person=$1
  shift
  printf '%s $' "$person"
  for word in "$@"; do
    case $word in
      "$bw") printf ' bw' ;;
      *[!A-Za-z0-9_./:,=@%+-]*) printf " '%s'" "$word" ;;
      *) printf ' %s' "$word" ;;
    esac
  done
  printf '\n'
  BW_HOME="$work/home-$person" "$@"
}
# A member of the JSON object that a command prints, for scripts: json NAME COMMAND…
member() { sed -n "s/^ *\"$1\": \"\{0,1\}\([^\",]*\)\"\{0,1\},\{0,1\}\$/\1/p"; }

chapter "A starts a world"
say "A learns that about 1 % survive a cardiac arrest at home, against 40 % in the best regions."
say "She makes herself an identity, and a world from the template ohca."
as A "$bw" id new --name 'A 阿珍'
as A "$bw" init ohca --template ohca --name 'OHCA 心脏骤停急救'
cd "$work/ohca"
as A "$bw" validate
as A "$bw" status

chapter "A logs what she did, and submits it"
as A "$bw" log spread-the-word --note '给邻居讲了急救的黄金四分钟'
as A "$bw" log learn-cpr --at yesterday
as A "$bw" submit
as A "$bw" log

chapter "The pilot of 2022 enters as history"
say "Five estates, February to May 2022. It is older than the world's grace, so it counts once a steward confirms it."
as A "$bw" log --batch "$examples/ohca/history/pilot-2022.csv" --map "$examples/ohca/history/pilot-2022.map.yaml"
as A "$bw" submit
as A "$bw" log --confirm-all-old
as A "$bw" submit

chapter "A public register of 145 defibrillators enters as one table"
as A "$bw" log --batch "$examples/ohca/data/koeln-aed.csv" --map "$examples/ohca/data/koeln-aed.map.yaml"
as A "$bw" submit

chapter "A publishes the world on a Hub, and anyone finds it by 急救"
as A "$bw" hub init "$work/hub" --name 'Public-good Hub'
as A "$bw" publish --hub "$work/hub" --as ohca
as A "$bw" search 急救 --hub "$work/hub"

chapter "B joins"
say "B finds the world on the Hub, clones it (no identity needed for that) and announces himself."
as B "$bw" clone ohca --hub "$work/hub" "$work/b-ohca"
cd "$work/b-ohca"
as B "$bw" verify
as B "$bw" id new --name 'B'
as B "$bw" join
as B "$bw" log map-aed --quantity 2 --place 31.2304,121.4737 --note 'Two devices in the north gate hall'
as B "$bw" submit
as B "$bw" status

chapter "A admits what B sent; B gets a signed answer"
cd "$work/ohca"
as A "$bw" merge --inbox
as A "$bw" publish
cd "$work/b-ohca"
as B "$bw" pull

chapter "C forks"
say "C shares the idea, not the goals: her own world keeps the history of the definition and names its parent."
as C "$bw" id new --name 'C'
as C "$bw" fork "$work/hub/repos/$(BW_HOME="$work/home-A" "$bw" -C "$work/ohca" status --json | member world).git" "$work/campus" --name 'Campus CPR'
cd "$work/campus"
as C sed -i '/^behaviours:/a\
  - id: teach-a-class\
    title: {en: Teach a school class, zh-CN: 给一个班级上急救课}\
    unit: session\
    category: training\
    limits: [{per: day, quantity: 4}]\
' betterworld.yaml
as C "$bw" validate
as C "$bw" diff
as C git commit --quiet -S -a -m 'Teach school classes'
as C "$bw" adopt
as C "$bw" log teach-a-class
as C "$bw" submit

chapter "C offers her new behaviour upstream, and A merges it by meaning"
as C "$bw" contribute --to "$work/ohca" --only behaviours/teach-a-class --topic school-classes
cd "$work/ohca"
branch=$(git for-each-ref --format='%(refname:short)' 'refs/heads/contribute/*/school-classes')
as A "$bw" merge "$branch"
as A "$bw" adopt
as A "$bw" publish

chapter "Anyone checks all of it, with bw and without"
as A "$bw" verify
event=$(BW_HOME="$work/home-A" "$bw" log --limit 1 --json | member id | head -n 1)
principal=$(BW_HOME="$work/home-A" "$bw" show "$event" --ssh "$work/proof" --json | member principal)
as A git log --format='%h %G? %s' main
as A git log --format='%h %G? %s' -3 stream
as A ssh-keygen -Y verify -f "$work/proof/allowed_signers" -I "$principal" -n bw.event.v1 -s "$work/proof/message.sig" < "$work/proof/message"
as A git fsck --strict --no-progress
as A "$bw" status

chapter "What you saw"
say "A world is a Git repository: main holds what was decided, stream what happened."
say "Everything that happened is an event that one person signed; everyone can check it alone."
say "B's place stayed in his journal: the log holds only a commitment to it."
say "C's world carries its lineage, and her improvement flowed back, merged by meaning."
