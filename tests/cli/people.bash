# People and worlds for the stories of this folder.

# One command as that person.
as() { BW_HOME=$BATS_TEST_TMPDIR/people/$1 "${@:2}"; }
# Everything that follows runs as that person.
become() { export BW_HOME=$BATS_TEST_TMPDIR/people/$1; }
person() {
  become "$1"
  "$BW" id new --name "$1" >/dev/null 2>&1 </dev/null
}
did_of() { BW_HOME=$BATS_TEST_TMPDIR/people/$1 "$BW" id show --json | sed -n 's/^ *"did": "\(.*\)",*$/\1/p'; }

# The world "Ada World" in the folder "ada 世界", and the one behaviour of its template.
world() {
  "$BW" init 'ada 世界' --template minimal --name 'Ada World' >/dev/null 2>&1
  BEHAVIOUR=$(sed -n '/^behaviours:/,$s/^ *- id: *//p' 'ada 世界/betterworld.yaml' | head -1)
}
world_id() { "$BW" -C "$1" status --json | sed -n 's/^ *"world": "\(.*\)",*$/\1/p'; }
entries() { "$BW" -C "$1" status --json | sed -n 's/^ *"size": \([0-9]*\),*$/\1/p'; }

# A world of ada whose home is the bare repository home.git; ada, bob and eve each have a clone.
shared_world() {
  local who
  for who in ada bob eve; do person "$who"; done
  become ada
  world
  git init -q --bare home.git
  "$BW" -C 'ada 世界' steward propose set-home "$BATS_TEST_TMPDIR/home.git" >/dev/null
  for who in ada bob eve; do
    become "$who"
    "$BW" clone home.git "$who" >/dev/null 2>&1
  done
}
