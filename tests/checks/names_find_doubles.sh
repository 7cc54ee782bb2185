#!/bin/sh
# The names check must find what it is there for, and nothing else.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
house=$(mktemp -d)
trap 'rm -rf "$house"' EXIT
mkdir -p "$house/libbw/world" "$house/libbw/git"

check() { "$here/names.py" "$house"; }
put() { printf '%b' "$2" >"$house/libbw/$1"; }

check >/dev/null && { echo 'a house without a type is not refused' && exit 1; }
put world/standing.h 'namespace bw {\nstruct Standing {\n};\nstruct Later;\n}  // namespace bw\n'
# A namespace of its own, a declaration, a specialisation, and a type inside another are no doubles.
put git/standing.h 'namespace bw::git {\nstruct Standing {\n};\n}  // namespace bw::git\n'
put world/later.h 'namespace bw {\nclass Later {\n  struct Standing {};\n};\ntemplate <>\nstruct Shape<int> {};\n}  // namespace bw\n'
check || { echo 'a house in order is refused' && exit 1; }

for type in 'struct Standing {' 'enum class Standing { no };' 'using Standing = int;'; do
  put world/listing.h "namespace bw {\n$type\n};\n}  // namespace bw\n"
  said=$(check) && { echo "not found: $type" && exit 1; }
  case $said in
    'bw::Standing is defined in libbw/world/listing.h and in libbw/world/standing.h') ;;
    *) printf 'wrong words for %s:\n%s\n' "$type" "$said" && exit 1 ;;
  esac
done
