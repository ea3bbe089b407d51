#!/usr/bin/env bash
# Two machines that share a store, of every kind that there is and of real servers: "machine A" builds a real project with an empty cache
# and an empty store, and drains; "machine B", with an empty cache and the checkout at another path, must get every compilation from the
# store, with objects equal to those of machine A and of a bare compiler that is told to map paths, and the build tool must have nothing to
# do afterwards.
set -euo pipefail
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

readonly kinds='directory s3 s3-virtual-host webdav gcs'
for kind in "$@"; do
    case " $kinds " in
    *" $kind "*) ;;
    *) die "usage: remote.sh [KIND ...], of: $kinds" ;;
    esac
done
s3proxy=$root/remote-tier/target/servers/s3proxy.jar
[ -x "$distribution/bin/cairn" ] || die "no distribution in $distribution; build it: mvn -DskipTests package"
[ -e "$s3proxy" ] || die "no $s3proxy; the build puts it there: mvn -DskipTests package"
work=$target/remote
jobs=$(nproc)
port=${CAIRN_TEST_PORT:-19078}
secret=s3cr3t/with+signs
export LC_ALL=C CAIRN_PATH_REMAP=auto CCACHE_DISABLE=1
unset CAIRN_DISABLE CAIRN_RECACHE CAIRN_CONFIG CAIRN_WORKTREE_ROOT CC CXX CFLAGS CXXFLAGS CPPFLAGS LDFLAGS MAKEFLAGS SOURCE_DATE_EPOCH
unset "${!CAIRN_REMOTE@}" "${!AWS_@}" "${!GOOGLE_@}" "${!CLOUDSDK_@}" http_proxy https_proxy HTTPS_PROXY all_proxy ALL_PROXY
failed=0

check() { # description, problem or nothing
    if [ -n "$2" ]; then
        failed=$((failed + 1))
        say "$1: FAILED" "$2"
    fi
}

configure() { # words that stand before the compiler, separated by semicolons
    cmake -G Ninja -S . -B out -DCMAKE_BUILD_TYPE=Debug -DLEVELDB_BUILD_TESTS=OFF -DLEVELDB_BUILD_BENCHMARKS=OFF \
        "-DCMAKE_C_COMPILER_LAUNCHER=$1" "-DCMAKE_CXX_COMPILER_LAUNCHER=$1"
}

build() { ninja -C out -d keepdepfile -j "$jobs"; }

made() { # checkout, patterns of names
    local directory=$1/out pattern names=()
    shift
    for pattern in "$@"; do names+=(-o -name "$pattern"); done
    (cd "$directory" && find . \( "${names[@]:1}" \) -exec sha256sum {} + | LC_ALL=C sort -k2)
}

# The builds of a machine; leaves in $remote, $hits and $misses what became of the requests.
machine() { # name, checkout
    export CAIRN_DIR=$work/$kind/cache-$1
    local start stats log=$work/$kind/$1.log
    rm -rf "$2/out"
    "$cairn" start >/dev/null # so that what CMake tries is counted apart
    (cd "$2" && configure "$cairn") >"$log" 2>&1 </dev/null
    start=$(now_ms)
    (cd "$2" && build) >>"$log" 2>&1 </dev/null || check "$kind, machine $1" "the build failed, see $log"
    stats=$("$cairn" stats --json)
    remote=$(statistic "$stats" hits remote) hits=$(statistic "$stats" hits total) misses=$(statistic "$stats" misses)
    say "$kind, machine $1: $(seconds $(($(now_ms) - start))) s, $hits hits of which $remote remote, $misses misses"
    "$cairn" stop --drain
}

# start_server COMMAND ...: in a directory of its own, until the end of this script.
servers=()
start_server() {
    "$@" >server.log 2>&1 </dev/null &
    servers+=($!)
}

# await_server COMMAND ...: until the command succeeds.
await_server() {
    local tries=0
    until "$@"; do
        tries=$((tries + 1))
        if [ $tries -ge 100 ] || ! kill -0 "${servers[-1]}" 2>/dev/null; then
            die "the server does not start, see $PWD/server.log"
        fi
        sleep 0.3
    done
}

answers() { # code, options of curl
    local code=$1
    shift
    [ "$(curl -s -o /dev/null -w '%{http_code}' "$@")" = "$code" ]
}

s3_server() { # more lines of its configuration
    printf '%s\n' "s3proxy.endpoint=http://127.0.0.1:$port" s3proxy.authorization=aws-v2-or-v4 s3proxy.identity=machine \
        "s3proxy.credential=$secret" jclouds.provider=transient-nio2 "$@" >s3proxy.conf
    printf '%s\n' '<configuration><root level="WARN"/></configuration>' >logback.xml
    start_server "$JAVA_HOME/bin/java" -Xmx256m "-Djava.io.tmpdir=$PWD" -Dlogback.configurationFile=logback.xml -jar "$s3proxy" \
        --properties s3proxy.conf
    export AWS_ACCESS_KEY_ID=machine AWS_SECRET_ACCESS_KEY=$secret
}

s3_bucket() { # options of curl
    await_server answers 200 -H 'x-amz-content-sha256: UNSIGNED-PAYLOAD' --aws-sigv4 aws:amz:us-east-1:s3 \
        --user "machine:$secret" -X PUT "$@"
}

nginx_server() {
    local user=''
    [ "$(id -u)" -ne 0 ] || user='user root;'
    mkdir data
    cat >nginx.conf <<END
$user
daemon off;
worker_processes 1;
pid $PWD/pid;
error_log stderr warn;
events { worker_connections 512; }
http {
    access_log off;
    client_max_body_size 0;
    client_body_temp_path $PWD/body;
    proxy_temp_path $PWD/proxy;
    fastcgi_temp_path $PWD/fastcgi;
    uwsgi_temp_path $PWD/uwsgi;
    scgi_temp_path $PWD/scgi;
    root $PWD/data;
    dav_methods PUT DELETE;
    create_full_put_path on;
    server { listen 127.0.0.1:$port; location / { } }
}
END
    start_server nginx -e stderr -p "$PWD" -c "$PWD/nginx.conf"
    await_server answers 404 "http://127.0.0.1:$port/nothing"
}

# Starts the server of a kind, in the working directory, and sets CAIRN_REMOTE.
serve() {
    cairn=$distribution/bin/cairn
    unset "${!AWS_@}"
    port=$((port + 1))
    case $kind in
    directory)
        mkdir store
        export CAIRN_REMOTE=file://$PWD/store
        ;;
    s3)
        s3_server
        s3_bucket "http://127.0.0.1:$port/bucket"
        export CAIRN_REMOTE="s3://bucket/prefix?endpoint=http://127.0.0.1:$port&region=us-east-1"
        ;;
    s3-virtual-host)
        s3_server s3proxy.virtual-host=localhost
        s3_bucket --resolve "bucket.localhost:$port:127.0.0.1" "http://bucket.localhost:$port/"
        export CAIRN_REMOTE="s3://bucket/prefix?endpoint=http://localhost:$port&region=us-east-1&path_style=false"
        # No name server knows the bucket: a daemon that is told what its name stands for.
        cp -a "$distribution" home
        echo '127.0.0.1 localhost bucket.localhost' >hosts
        echo "-Djdk.net.hosts.file=$PWD/hosts" >>home/lib/daemon.options
        cairn=$PWD/home/bin/cairn
        ;;
    webdav)
        nginx_server
        export CAIRN_REMOTE="http://127.0.0.1:$port/cache"
        ;;
    gcs)
        local modules=${CAIRN_TEST_FIREBASE:-$target/firebase-tools}/node_modules
        [ -d "$modules/firebase-tools" ] || die "no npm package firebase-tools in $modules; deploy/test.sh installs it"
        # It keeps what it is given below its directory for temporary files.
        start_server env "TMPDIR=$PWD" node "$root/remote-tier/src/test/node/gcs-server.js" "$port" "$modules"
        await_server answers 404 "http://127.0.0.1:$port/storage/v1/b/bucket/o/nothing"
        export CAIRN_REMOTE="gs://bucket/prefix?endpoint=http://127.0.0.1:$port&anonymous=true"
        ;;
    esac
}

two_machines() {
    mkdir -p "$work/$kind/server"
    cd "$work/$kind/server"
    serve
    machine a "$one"
    check "$kind, machine a: all misses" "$([ "$misses" -gt 0 ] || echo "$hits hits, $misses misses")"
    local all=$misses
    machine b "$two"
    check "$kind, machine b: all hits, from the store" "$([ "$misses" = 0 ] && [ "$remote" -gt 0 ] && [ "$hits" = "$all" ] ||
        echo "$hits hits, $remote remote, $misses misses; cairn explain --last: $("$cairn" explain --last)")"
    check "$kind, machine b: objects and depfiles as bare" "$(diff "$work/bare.made" <(made "$two" '*.o' '*.d') || :)"
    check "$kind, machine b: objects as machine a" "$(diff <(made "$one" '*.o') <(made "$two" '*.o') || :)"
    touch "$work/stamp"
    (cd "$two" && build) >"$work/$kind/again.log" 2>&1 </dev/null
    check "$kind, machine b: nothing to do" "$(find "$two" -newer "$work/stamp" -name '*.o')"
    check "$kind, secrets" "$(grep -l -r -F "$secret" "$work/$kind"/cache-*/run || :)"
    stop_machines
}

stop_machines() {
    local name
    for name in a b; do
        CAIRN_DIR=$work/$kind/cache-$name "$cairn" stop >/dev/null 2>&1 || :
    done
}

finish() {
    [ -z "${cairn-}" ] || stop_machines
    [ ${#servers[@]} -eq 0 ] || kill "${servers[@]}" 2>/dev/null || :
    wait
}

need g++:g++ cmake:cmake ninja:ninja-build dpkg-source:dpkg-dev curl:curl nginx:nginx-light node:nodejs
need_jdk
rm -rf "$work"
mkdir -p "$work"
one=$work/a/leveldb two=$work/b/at/another/place/leveldb
unpack_source leveldb "$one" || die "the source of leveldb cannot be had"
mkdir -p "$(dirname "$two")" "$one/.git"
echo "ref: refs/heads/main" >"$one/.git/HEAD"
cp -a "$one" "$two"
# shellcheck disable=SC2016
printf '%s\n' '#!/bin/sh' 'root=$1 compiler=$2' 'shift 2' 'exec "$compiler" "-ffile-prefix-map=$root=." "$@"' >"$work/mapped.sh"
(cd "$two" && configure "sh;$work/mapped.sh;$two" && build) >"$work/bare.log" 2>&1 </dev/null
made "$two" '*.o' '*.d' >"$work/bare.made"

export CAIRN_REMOTE_TIMEOUT=5s CAIRN_REMOTE_HEAD_START=5s # a slow machine is no fault of the store
trap finish EXIT
[ $# -gt 0 ] || eval "set -- $kinds"
for kind in "$@"; do
    two_machines
done
say "$failed failed"
[ "$failed" -eq 0 ]
