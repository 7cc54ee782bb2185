#!/bin/sh
# package.sh BUILD WORK: makes the .deb of BUILD in WORK and looks at it as Debian would.
set -eu
build=$1
work=$2
rm -rf "$work"
mkdir -p "$work"

cpack --config "$build/CPackConfig.cmake" -G DEB -B "$work" >"$work/cpack.log" 2>&1 || {
  cat "$work/cpack.log"
  exit 1
}
deb=$(find "$work" -maxdepth 1 -name 'bw_*.deb')
dpkg-deb --field "$deb"
dpkg-deb --extract "$deb" "$work/root"

field() { # FIELD PATTERN
  dpkg-deb --field "$deb" "$1" | grep -Eq -- "$2" || {
    echo "$1 does not say $2"
    exit 1
  }
}
field Package '^bw$'
field Version '^[0-9]'
field Section '^vcs$'
field Maintainer '<.+@.+>'
field Depends 'git \(>= .*openssh-client \(>= '

# Programs are owned by root and writable by nobody else, and nothing lies outside /usr.
dpkg-deb --contents "$deb" >"$work/contents"
if grep -Ev '^[dl-]r[w-][x-]r-[x-]r-[x-] root/root +[0-9]+ [0-9: -]+ \./(usr/.*)?$' "$work/contents"; then
  echo 'these have the wrong owner, mode or place'
  exit 1
fi

# What the tree has, the package has.
source=$(sed -n 's/^CMAKE_HOME_DIRECTORY:INTERNAL=//p' "$build/CMakeCache.txt")
has() {
  [ -e "$work/root/usr/$1" ] || {
    echo "/usr/$1 is missing"
    exit 1
  }
}
has share/doc/bw/copyright
has include/bw/base/bytes.h
has "$(cd "$work/root/usr" && find lib -name bwConfig.cmake)"
has "$(cd "$work/root/usr" && find lib -name libbw.a)"
for part in schemas examples; do
  if [ -d "$source/$part" ]; then
    diff -r "$source/$part" "$work/root/usr/share/bw/$part"
  fi
done
for page in "$source"/man/*.1 "$build"/man/*.1; do
  [ ! -e "$page" ] || has "share/man/man1/$(basename "$page")"
done
has share/bash-completion/completions/bw
has share/zsh/vendor-completions/_bw
has share/fish/vendor_completions.d/bw.fish

if [ -e "$build/bw" ]; then
  has bin/bw
  field Depends 'libc6 '
  field Depends 'libgit2-'
  "$work/root/usr/bin/bw" --version
fi
