#!/bin/sh
# Makes the AOT cache lib/cairn.aot by a training run: a daemon, driven by the real launcher with real compilations.
# Usage: aot.sh HOME VERSION
set -eu
home=$1 version=$2
cache=$home/lib/cairn.aot

# What the training run is; the options are those of docs/protocol.md, "Starting the daemon".
train() {
    env -i HOME="$work" PATH="$PATH" LD_LIBRARY_PATH="$home/lib/native" LD_PRELOAD=libcairn-bytes.so \
        "$home/runtime/bin/java" "@$home/lib/daemon.options" "-XX:AOTCacheOutput=$cache.new" "-Dcairn.home=$home" \
        -cp "$home/lib/cairn.jar" dev.cairn.wrapper.Main daemon "$CAIRN_DIR" "$CAIRN_DIR/run/$version.sock" </dev/null >"$work/log" 2>&1 &
    daemon=$!
    waited=0
    until [ -S "$CAIRN_DIR/run/$version.sock" ]; do
        waited=$((waited + 1))
        kill -0 "$daemon" 2>/dev/null && [ $waited -lt 300 ] || return 1
        sleep 0.1
    done
    drive >>"$work/log" 2>&1
    kill "$daemon"
    wait "$daemon" || [ $? -eq 143 ] || return 1
    daemon=
}

# Misses, hits, hits after a change, diagnostics, a passthrough; then so many hits in a row that the profile kept in the
# cache lets the JIT compile the way of a hit at once, and for good.
drive() {
    compiler=$(command -v cc || command -v gcc || command -v clang) || return 0
    mkdir "$work/src"
    cd "$work/src"
    for n in 1 2 3 4 5 6 7 8; do
        printf 'int f%s(int x) { return x + %s; }\n' $n $n >"f$n.h"
        printf '#include <stdio.h>\n#include "f%s.h"\nint main(void) { int unused; return printf("%%d", f%s(1)) < 0; }\n' $n $n >"f$n.c"
    done
    for round in 1 2 3 4 5 6; do
        for n in 1 2 3 4 5 6 7 8; do
            "$home/bin/cairn" "$compiler" -O1 -Wall -MD -MF "f$n.d" -c "f$n.c" -o "f$n.o"
        done
        printf 'int g%s;\n' $round >>f1.h
    done
    "$home/bin/cairn" "$compiler" -E f1.c
    hits=0
    while [ $hits -lt 1500 ]; do
        hits=$((hits + 1))
        "$home/bin/cairn" "$compiler" -O1 -Wall -MD -MF f2.d -c f2.c -o f2.o
    done
    cd /
}

if [ -e "$cache" ] && [ -z "$(find "$0" -newer "$cache")" ]; then
    exit 0
fi
work=$(mktemp -d)
daemon=
trap '[ -z "$daemon" ] || kill "$daemon" 2>/dev/null || :; rm -rf "$work"' EXIT
CAIRN_DIR=$work/cache
export CAIRN_DIR
(umask 077 && mkdir -p "$CAIRN_DIR/run")
rm -f "$cache" "$cache.new"
# The JVM checks the jars' sizes and modification times, not their place. Whoever copies a distribution without its times
# brings the cache back with: touch -d "@$(cat lib/jars.time)" lib/*.jar
date +%s >"$home/lib/jars.time"
touch -d "@$(cat "$home/lib/jars.time")" "$home"/lib/*.jar
if ! train || [ ! -s "$cache.new" ]; then
    echo "aot: the training run failed:" >&2
    cat "$work/log" >&2
    exit 1
fi
mv "$cache.new" "$cache"
echo "aot: $(wc -c <"$cache") bytes"
