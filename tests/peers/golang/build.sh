#!/bin/sh
# Builds the Go peer: build.sh PROGRAM CACHE-FOLDER
# Debian's golang-golang-x-mod-dev puts its sources below /usr/share/gocode, which Go uses as a
# workspace in its mode without modules; nothing is fetched. The same by hand:
#   cd tests/peers/golang && GO111MODULE=off GOPATH=/usr/share/gocode go build -o /tmp/golang-peer main.go
set -eu
program=$1
cache=$2
mkdir -p "$cache"
cd "$(dirname "$0")"
export GO111MODULE=off GOPATH=/usr/share/gocode GOCACHE="$cache" GOTOOLCHAIN=local GOFLAGS='' CGO_ENABLED=0
if ! command -v go >/dev/null || [ ! -d "$GOPATH/src/golang.org/x/mod/sumdb/tlog" ]; then
  echo "the Go peer needs the Debian packages golang-go and golang-golang-x-mod-dev (./run setup)" >&2
  exit 1
fi
go build -o "$program" main.go
