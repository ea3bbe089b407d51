#!/usr/bin/env bash
# Two machines that share a bucket, of a real server that checks signatures: "machine A" builds a real project with an empty cache and an
# empty bucket, and drains; "machine B", with an empty cache and the checkout at another path, must get every compilation from the bucket,
# with objects equal to those of a bare compiler that is told to map paths, and the build tool must have nothing to do afterwards.
set -euo pipefail
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

[ $# -eq 0 ] || die "takes no arguments"
cairn=$distribution/bin/cairn
server=$root/remote-tier/target/servers/s3proxy.jar
[ -x "$cairn" ] || die "no distribution in $distribution; build it: mvn -DskipTests package"
[ -e "$server" ] || die "no $server; the build puts it there: mvn -DskipTests package"
work=$target/remote
jobs=$(nproc)
port=${CAIRN_TEST_PORT:-19078}
export LC_ALL=C CAIRN_PATH_REMAP=auto CCACHE_DISABLE=1
unset CAIRN_DISABLE CAIRN_RECACHE CAIRN_CONFIG CAIRN_WORKTREE_ROOT CC CXX CFLAGS CXXFLAGS CPPFLAGS LDFLAGS MAKEFLAGS SOURCE_DATE_EPOCH
unset "${!CAIRN_REMOTE@}" "${!AWS_@}"
failed=0

check() { # description, problem or nothing
    if [ -n "$2" ]; then
        failed=$((failed + 1))
        say "$1: FAILED" "$2"
    fi
}

build() { # words that stand before the compiler, separated by semicolons
    [ -e out/build.ninja ] || cmake -G Ninja -S . -B out -DCMAKE_BUILD_TYPE=Debug -DLEVELDB_BUILD_TESTS=OFF -DLEVELDB_BUILD_BENCHMARKS=OFF \
        "-DCMAKE_C_COMPILER_LAUNCHER=$1" "-DCMAKE_CXX_COMPILER_LAUNCHER=$1"
    ninja -C out -d keepdepfile -j "$jobs"
}

objects() { (cd "$1" && find . \( -name '*.o' -o -name '*.d' \) -exec sha256sum {} + | LC_ALL=C sort -k2); }

# The builds of a machine; prints what became of the requests.
machine() { # name, checkout
    export CAIRN_DIR=$work/cache-$1
    local start stats
    "$cairn" start >/dev/null # so that what CMake tries is counted apart
    (cd "$2" && cmake -G Ninja -S . -B out -DCMAKE_BUILD_TYPE=Debug -DLEVELDB_BUILD_TESTS=OFF -DLEVELDB_BUILD_BENCHMARKS=OFF \
        "-DCMAKE_C_COMPILER_LAUNCHER=$cairn" "-DCMAKE_CXX_COMPILER_LAUNCHER=$cairn") >"$work/$1.log" 2>&1 </dev/null
    start=$(now_ms)
    (cd "$2" && build "$cairn") >>"$work/$1.log" 2>&1 </dev/null || check "machine $1" "the build failed, see $work/$1.log"
    stats=$("$cairn" stats --json)
    remote=$(statistic "$stats" hits remote) hits=$(statistic "$stats" hits total) misses=$(statistic "$stats" misses)
    say "machine $1: $(seconds $(($(now_ms) - start))) s, $hits hits of which $remote remote, $misses misses"
    "$cairn" stop --drain
}

need g++:g++ cmake:cmake ninja:ninja-build dpkg-source:dpkg-dev curl:curl
need_jdk
rm -rf "$work"
mkdir -p "$work/server"
cd "$work/server"
printf '%s\n' "s3proxy.endpoint=http://127.0.0.1:$port" s3proxy.authorization=aws-v2-or-v4 s3proxy.identity=machine \
    s3proxy.credential=s3cr3t/with+signs jclouds.provider=transient-nio2 >s3proxy.conf
printf '%s\n' '<configuration><root level="WARN"/></configuration>' >logback.xml
"$JAVA_HOME/bin/java" -Xmx256m -Djava.io.tmpdir="$work/server" -Dlogback.configurationFile=logback.xml -jar "$server" \
    --properties s3proxy.conf >server.log 2>&1 </dev/null &
process=$!
finish() {
    for name in a b; do
        CAIRN_DIR=$work/cache-$name "$cairn" stop >/dev/null 2>&1 || :
    done
    kill "$process" 2>/dev/null || :
}
trap finish EXIT
tries=0
until [ "$(curl -s -o /dev/null -w '%{http_code}' -H 'x-amz-content-sha256: UNSIGNED-PAYLOAD' --aws-sigv4 aws:amz:us-east-1:s3 \
    --user machine:s3cr3t/with+signs -X PUT "http://127.0.0.1:$port/bucket")" = 200 ]; do
    tries=$((tries + 1))
    if [ $tries -ge 100 ] || ! kill -0 $process 2>/dev/null; then
        die "the server does not start, see $work/server/server.log"
    fi
    sleep 0.3
done

one=$work/a/leveldb two=$work/b/at/another/place/leveldb
unpack_source leveldb "$one" || die "the source of leveldb cannot be had"
mkdir -p "$(dirname "$two")" "$one/.git"
echo "ref: refs/heads/main" >"$one/.git/HEAD"
cp -a "$one" "$two"
# shellcheck disable=SC2016
printf '%s\n' '#!/bin/sh' 'root=$1 compiler=$2' 'shift 2' 'exec "$compiler" "-ffile-prefix-map=$root=." "$@"' >"$work/mapped.sh"
(cd "$two" && build "sh;$work/mapped.sh;$two") >"$work/bare.log" 2>&1 </dev/null
objects "$two/out" >"$work/bare.objects"
rm -rf "$two/out"

export AWS_ACCESS_KEY_ID=machine AWS_SECRET_ACCESS_KEY=s3cr3t/with+signs CAIRN_REMOTE_TIMEOUT=5s
export CAIRN_REMOTE="s3://bucket/prefix?endpoint=http://127.0.0.1:$port&region=us-east-1"
machine a "$one"
check "machine a: all misses" "$([ "$misses" -gt 0 ] || echo "$hits hits, $misses misses")"
all=$misses
machine b "$two"
check "machine b: all hits, from the bucket" "$([ "$misses" = 0 ] && [ "$remote" -gt 0 ] && [ "$hits" = "$all" ] ||
    echo "$hits hits, $remote remote, $misses misses; cairn explain --last: $("$cairn" explain --last)")"
check "machine b: objects and depfiles" "$(diff "$work/bare.objects" <(objects "$two/out") || :)"
touch "$work/stamp"
(cd "$two" && build "$cairn") >"$work/again.log" 2>&1 </dev/null
check "machine b: nothing to do" "$(find "$two" -newer "$work/stamp" -name '*.o')"
check "secrets" "$(grep -l -r -F 's3cr3t/with+signs' "$work"/cache-*/run || :)"
say "$failed failed"
[ "$failed" -eq 0 ]
