#!/bin/sh
# install.sh BUILD WORK: installs BUILD below WORK and uses it as a stranger would, through CMake and
# through pkg-config, moved to another place than it was installed to.
set -eu
build=$1
work=$2
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
rm -rf "$work"
mkdir -p "$work"
unset DESTDIR

cmake --install "$build" --prefix "$work/installed" >/dev/null
mv "$work/installed" "$work/moved"

echo '-- through CMake'
cmake -G Ninja -S "$here/consumer" -B "$work/consumer" -DCMAKE_PREFIX_PATH="$work/moved" >"$work/configure.log" 2>&1 || {
  cat "$work/configure.log"
  exit 1
}
cmake --build "$work/consumer"
"$work/consumer/consumer"
"$work/consumer/consumer_of_everything"

echo '-- through pkg-config'
PKG_CONFIG_PATH=$(dirname "$(find "$work/moved" -name bw.pc)")
export PKG_CONFIG_PATH
flags=$(pkg-config --cflags --libs bw)
eval "c++ -o \"\$work/through_pkg_config\" \"\$here/consumer/main.cpp\" $flags"  # it quotes a path with spaces
"$work/through_pkg_config"

if [ -e "$work/moved/bin/bw" ]; then
  echo '-- the program'
  "$work/moved/bin/bw" --version
fi
