#!/bin/sh
# Makes the AOT caches by training runs: daemons, driven by the real launcher with real compilations, and a command. The JVM loads
# all classes of its cache when it starts, and uses one only with the options it was made with, so there are three: lib/cairn.aot,
# lib/cairn-s3.aot for daemons whose builds share through S3, and lib/cairn-cli.aot for commands.
# Usage: aot.sh HOME VERSION
set -eu
home=$1 version=$2
cache=$home/lib/cairn.aot shared=$home/lib/cairn-s3.aot commands=$home/lib/cairn-cli.aot
SHARED=60

# Waits until a process has made a file; fails when it ends before, or takes half a minute.
# Usage: await PID TEST FILE
await() {
    waited=0
    until test "$2" "$3"; do
        waited=$((waited + 1))
        kill -0 "$1" 2>/dev/null && [ $waited -lt 300 ] || return 1
        sleep 0.1
    done
}

# Runs a daemon and what is asked of it. The options are those of docs/protocol.md, "Starting the daemon".
# Usage: with_daemon "JVM OPTION OR NOTHING" FUNCTION
with_daemon() {
    rm -f "$CAIRN_DIR/run/$version.sock" # a daemon that was killed leaves it, and a launcher would start another one
    env -i HOME="$work" PATH="$PATH" LD_LIBRARY_PATH="$home/lib/native" LD_PRELOAD=libcairn-bytes.so ROCKSDB_MUSL_LIBC=false \
        "$home/runtime/bin/java" "@$home/lib/daemon.options" ${1:+"$1"} "-Dcairn.home=$home" \
        -cp "$home/lib/cairn.jar" dev.cairn.wrapper.Main daemon "$CAIRN_DIR" "$CAIRN_DIR/run/$version.sock" </dev/null >>"$work/log" 2>&1 &
    daemon=$!
    await "$daemon" -S "$CAIRN_DIR/run/$version.sock" || return 1
    (cd "$work/src" && "$2") >>"$work/log" 2>&1
    kill "$daemon" 2>/dev/null || :
    wait "$daemon" || [ $? -eq 143 ] || return 1
    daemon=
}

use() {
    CAIRN_DIR=$work/$1
    export CAIRN_DIR
    (umask 077 && mkdir -p "$CAIRN_DIR/run")
}

cairn() {
    "$home/bin/cairn" "$compiler" -O1 -Wall "$@"
}

# Every other object is too large to be kept in the database (BlobFiles.INLINE_LIMIT), as those of real projects mostly are.
write_sources() {
    mkdir "$work/src"
    for n in 1 2 3 4 5 6 7 8; do
        bulk=$((n % 2 * 100000 + 1))
        printf 'int f%s(int x) { return x + %s; }\n' $n $n >"$work/src/f$n.h"
        printf '%s\n' '#include <stdio.h>' '#include <stdlib.h>' '#include <string.h>' '#include <unistd.h>' '#include <errno.h>' \
            "#include \"f$n.h\"" "char bulk[$bulk] = {1};" 'int main(void) { int unused; return printf("%d", f'$n'(1)) < 0; }' \
            >"$work/src/f$n.c"
    done
}

# What an earlier daemon left on disk.
fill() {
    for n in 1 2 3 4 5 6 7 8; do
        cairn -MD -MF "f$n.d" -c "f$n.c" -o "f$n.o"
    done
}

# Hits from disk, each of them again by another name, which has to be looked up; misses, diagnostics, a passthrough; then so
# many hits in a row that the profile kept in the cache lets the JIT compile the way of a hit at once, and for good.
drive() {
    fill
    for other in $(seq 60); do
        for n in 1 2 3 4 5 6 7 8; do
            cairn -MD -MF "f$n.d" -c "f$n.c" -o "other$other.o"
        done
    done
    for round in 1 2 3 4 5 6; do
        printf 'int g%s;\n' $round >>f1.h
        fill
    done
    cairn -E f1.c
    hits=0
    while [ $hits -lt 750 ]; do
        hits=$((hits + 1))
        cairn -MD -MF f2.d -c f2.c -o f2.o
        cairn -MD -MF f3.d -c f3.c -o f3.o
    done
}

# What another machine leaves in the store.
share() {
    for n in $(seq "$SHARED"); do
        printf '%s\n' '#include <stdio.h>' '#include <stdlib.h>' '#include <string.h>' '#include <unistd.h>' \
            "int shared$n(int x) { return x + printf(\"$n\"); }" >"s$n.c"
        cairn -c "s$n.c" -o "s$n.o"
    done
    "$home/bin/cairn" stop --drain
}

# A build of which the store has everything, then what each daemon does.
take() {
    for n in $(seq "$SHARED"); do
        cairn -c "s$n.c" -o "s$n.o"
    done
    "$home/bin/cairn" warm
    drive
}

# What all commands have in common, and the most that one of them needs.
command_line() {
    "$home/runtime/bin/java" "@$home/lib/cli.options" "-XX:AOTCacheOutput=$commands.new" "-Dcairn.home=$home" \
        "-Dcairn.launcher=$home/bin/cairn" "-Dcairn.dir=$CAIRN_DIR" "-Dcairn.endpoint=$CAIRN_DIR/run/$version.sock" \
        -cp "$home/lib/cairn.jar" dev.cairn.wrapper.Main cli stats
}

start_store() {
    "$JAVA_HOME/bin/java" -Xmx64m "${0%/*}/TrainingStore.java" "$work/port" >>"$work/log" 2>&1 &
    store=$!
    await "$store" -s "$work/port" || return 1
    CAIRN_REMOTE="s3://training?endpoint=http://127.0.0.1:$(cat "$work/port")&region=us-east-1"
    export CAIRN_REMOTE AWS_ACCESS_KEY_ID=training AWS_SECRET_ACCESS_KEY=training no_proxy=127.0.0.1 NO_PROXY=127.0.0.1
}

end() {
    for process in "$@"; do
        kill "$process" 2>/dev/null || :
    done
}

train() {
    compiler=$(command -v cc || command -v gcc || command -v clang) || compiler=:
    write_sources
    use local
    with_daemon "" fill && with_daemon "-XX:AOTCacheOutput=$cache.new" drive && with_daemon "" command_line || return 1
    start_store || return 1
    use there
    with_daemon "" share || return 1
    use here
    with_daemon "-XX:AOTCacheOutput=$shared.new" take
}

if [ -e "$cache" ] && [ -e "$shared" ] && [ -e "$commands" ] && [ -z "$(find "$0" "${0%/*}/TrainingStore.java" -newer "$cache")" ]; then
    exit 0
fi
work=$(mktemp -d)
daemon='' store=''
trap 'end $daemon $store; rm -rf "$work"' EXIT
rm -f "$cache" "$cache.new" "$shared" "$shared.new" "$commands" "$commands.new"
# The JVM checks the jars' sizes and modification times, not their place. Whoever copies a distribution without its times
# brings the cache back with: touch -d "@$(cat lib/jars.time)" lib/*.jar
date +%s >"$home/lib/jars.time"
touch -d "@$(cat "$home/lib/jars.time")" "$home"/lib/*.jar
if ! train || [ ! -s "$cache.new" ] || [ ! -s "$shared.new" ] || [ ! -s "$commands.new" ]; then
    echo "aot: the training run failed:" >&2
    cat "$work/log" >&2
    exit 1
fi
mv "$cache.new" "$cache"
mv "$shared.new" "$shared"
mv "$commands.new" "$commands"
echo "aot: $(wc -c <"$cache") bytes, for S3 $(wc -c <"$shared") bytes, for commands $(wc -c <"$commands") bytes"
