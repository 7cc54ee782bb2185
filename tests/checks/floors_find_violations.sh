#!/bin/sh
# The floors check must find what it is there for: plant one violation at a time in a small house.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
house=$(mktemp -d)
trap 'rm -rf "$house"' EXIT

check() { cmake -DROOT="$house" -P "$here/../floors.cmake" 2>&1; }

build_house() {
  rm -rf "${house:?}"/*
  mkdir -p "$house/libbw" "$house/cli" "$house/tests/support"
  cd "$house/libbw"
  echo 'set(BW_FLOORS base crypto tlog git stream definition state world)' >CMakeLists.txt
  mkdir base crypto tlog git stream definition state world hub
  echo '#include <string>' >base/text.h
  printf '#include "base/text.h"\n#include <sodium.h>\n' >crypto/did.h
  printf '#include "crypto/did.h"\nconst char* list = "[a;b]";\n' >tlog/note.cpp
  echo '#include "crypto/did.h"' >git/repository.cpp
  printf '#include "tlog/note.h"\n  #  include "git/repository.h"\n' >stream/event.cpp
  printf '#include <doctest/doctest.h>\n#include "support/clock.h"\n' >stream/event_test.cpp
  : >"$house/tests/support/clock.h"
  echo '#include "world/init.h"' >hub/index.cpp
  printf '#include "output.h"\n#include "world/init.h"\n' >"$house/cli/init.cpp"
  echo '#include "hub/index.h"' >"$house/cli/hub_serve.cpp"
}

# plant FILE LINE REASON
plant() {
  build_house
  mkdir -p "$(dirname "$house/$1")"
  echo "$2" >>"$house/$1"
  if said=$(check); then
    echo "not found: $2 in $1"
    exit 1
  fi
  case $said in
    *"$1:"*"$3"*) ;;
    *) printf 'wrong reason for %s in %s:\n%s\n' "$2" "$1" "$said" && exit 1 ;;
  esac
}

build_house
check || { echo 'a house in order is refused' && exit 1; }

plant libbw/base/text.h '#include "crypto/did.h"' 'crypto is above base'
plant libbw/state/fold.cpp '#include "world/init.h"' 'world is above state'
plant libbw/tlog/note.cpp '#include "git/repository.h"' 'tlog and git stand side by side'
plant libbw/git/repository.cpp '#include "tlog/note.h"' 'git and tlog stand side by side'
plant libbw/git/repository_test.cpp '#include "tlog/note.h"' 'git and tlog stand side by side'
plant libbw/world/init.cpp '#include "hub/index.h"' 'hub is above world'
plant libbw/hub/index.cpp '#include "cli/output.h"' 'cli is above hub'
plant libbw/crypto/did.h '#include "../base/text.h"' 'named from the top'
plant libbw/crypto/did.h '#include "base/../world/init.h"' 'named from the top'
plant libbw/crypto/did.h '#include "libbw/base/text.h"' 'named from the top'
plant libbw/crypto/did.h '#include "text.h"' "neither a floor's header"
plant libbw/crypto/did.h '#include <base/text.h>' 'in quotes'
plant libbw/crypto/did.h '  #  include   "world/init.h"' 'world is above crypto'
plant libbw/crypto/did.cpp '#include "support/clock.h"' "neither a floor's header"
plant libbw/crypto/did_test.cpp '#include "support/nothing.h"' 'no such header'
plant libbw/shed/spade.cpp '#include "base/text.h"' 'stands on no floor'
plant cli/init.cpp '#include "hub/index.h"' 'only bw-hub pays'
plant cli/init.cpp '#include "../libbw/base/text.h"' 'named from the top'

rm -rf "$house/libbw/"*/ "$house/cli/"*
if check >/dev/null; then
  echo 'an empty house proves nothing, but was accepted'
  exit 1
fi
