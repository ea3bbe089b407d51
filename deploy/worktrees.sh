#!/usr/bin/env bash
# Builds real projects in three checkouts of one commit: the first with an empty cache, a clone at a longer path, and a linked worktree.
# The second and the third must get every compilation from the first; their objects must be those of a bare compiler that is told to map
# paths; their depfiles must name their own checkout only; the build tool must have nothing to do afterwards, and rebuild just the users
# of an edited header; and gdb, started in the checkout, must show source lines.
set -euo pipefail
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

[ $# -eq 0 ] || die "takes no arguments"
cairn=$distribution/bin/cairn
[ -x "$cairn" ] || die "no distribution in $distribution; build it: mvn -DskipTests package"
work=$target/worktrees
jobs=$(nproc)
export LC_ALL=C CAIRN_DIR=$work/cache CAIRN_PATH_REMAP=auto CCACHE_DISABLE=1
export GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@example.org GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@example.org GIT_CONFIG_GLOBAL=/dev/null
unset CAIRN_DISABLE CAIRN_RECACHE CAIRN_REMOTE CAIRN_CONFIG CAIRN_WORKTREE_ROOT CC CXX CFLAGS CXXFLAGS CPPFLAGS LDFLAGS MAKEFLAGS SOURCE_DATE_EPOCH
passed=0 failed=0

check() { # description, problem or nothing
    if [ -z "$2" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        say "$1: FAILED" "$2"
    fi
}

# How each project is built in its checkout; the words after it stand before the compiler.
build() { # project, words
    local project=$1
    shift
    case $project in
    leveldb)
        [ -e out/build.ninja ] || cmake -G Ninja -S . -B out -DCMAKE_BUILD_TYPE=Debug -DLEVELDB_BUILD_TESTS=OFF \
            -DLEVELDB_BUILD_BENCHMARKS=OFF "-DCMAKE_C_COMPILER_LAUNCHER=$(join_words "$@")" "-DCMAKE_CXX_COMPILER_LAUNCHER=$(join_words "$@")"
        ninja -C out -d keepdepfile -j "$jobs"
        ;;
    lua) make -C src -j "$jobs" "CC=$* gcc -std=gnu99 -g -MMD" linux ;;
    esac
}
join_words() {
    local IFS=';'
    printf '%s' "$*"
}
function_of() { case $1 in leveldb) echo 'leveldb::DBImpl::Get' ;; lua) echo lua_newstate ;; esac }
object_of() { case $1 in leveldb) echo out/CMakeFiles/leveldb.dir/db/db_impl.cc.o ;; lua) echo src/lstate.o ;; esac }
header_of() { case $1 in leveldb) echo db/skiplist.h ;; lua) echo src/lopcodes.h ;; esac }

outputs() { (cd "$1" && find . \( -name '*.o' -o -name '*.d' \) | LC_ALL=C sort); }

naming() { # checkout, which outputs, text: those that hold the text
    local file
    outputs "$1" | grep "$2" | while read -r file; do
        if grep -q -F "$3" "$1/$file"; then echo "$file"; fi
    done
}

compare() { # checkout, bare copy
    local file
    diff <(outputs "$1") <(outputs "$2") || return 0
    outputs "$1" | while read -r file; do
        cmp -s "$1/$file" "$2/$file" || echo "differs: $file"
    done
}

# The bare compiler in the same place, told to map paths as Cairn does.
bare() { # project, checkout
    local copy=$work/bare/$1
    (cd "$2" && git clean -qfdx && build "$1" sh "$work/mapped.sh" "$2") >"$work/$1.bare.log" 2>&1 </dev/null
    rm -rf "$copy"
    mkdir -p "$(dirname "$copy")"
    cp -a "$2" "$copy"
    (cd "$2" && git clean -qfdx)
}

cached() { # project, checkout, phase
    local stats start
    "$cairn" stats --zero >/dev/null
    start=$(now_ms)
    (cd "$2" && build "$1" "$cairn") >"$work/$1.$3.log" 2>&1 </dev/null || check "$1, $3" "the build failed, see $work/$1.$3.log"
    stats=$("$cairn" stats --json)
    hits=$(statistic "$stats" hits total) misses=$(statistic "$stats" misses)
    say "$(printf '%-8s %-9s %5s s, %s hits, %s misses' "$1" "$3" "$(seconds $(($(now_ms) - start)))" "$hits" "$misses")"
}

second() { # project, checkout, phase, other checkouts
    local project=$1 tree=$2 phase=$3 other users rebuilt
    shift 3
    bare "$project" "$tree"
    cached "$project" "$tree" "$phase"
    check "$project, $phase: all hits" "$([ "$misses" = 0 ] && [ "$hits" -gt 0 ] || echo "$hits hits, $misses misses; cairn explain --last: $("$cairn" explain --last)")"
    check "$project, $phase: objects and depfiles" "$(compare "$tree" "$work/bare/$project")"
    for other; do
        check "$project, $phase: names of $other" "$(naming "$tree" '' "$other/")"
    done
    touch "$work/stamp"
    (cd "$tree" && build "$project" "$cairn") >"$work/$project.$phase.again" 2>&1 </dev/null
    check "$project, $phase: nothing to do" "$(find "$tree" -newer "$work/stamp" -name '*.o')"
    check "$project, $phase: gdb" "$(cd "$tree" && gdb -q -batch -nx -ex "list $(function_of "$project")" "$(object_of "$project")" 2>&1 |
        grep -q '^[0-9][0-9]*.*{' || echo "no source lines")"
    users=$(naming "$tree" '\.d$' "$(basename "$(header_of "$project")")" | wc -l)
    printf '\n/* edited */\n' >>"$tree/$(header_of "$project")"
    touch "$work/stamp"
    (cd "$tree" && build "$project" "$cairn") >"$work/$project.$phase.edited" 2>&1 </dev/null
    rebuilt=$(find "$tree" -newer "$work/stamp" -name '*.o' | wc -l)
    case $project in
    leveldb) check "$project, $phase: an edited header rebuilds its users" "$([ "$rebuilt" = "$users" ] && [ "$users" -gt 0 ] || echo "$rebuilt rebuilt, $users users")" ;;
    esac
    (cd "$tree" && git checkout -q .)
}

project() { # name, package
    local name=$1 one=$work/one/$1 two=$work/a/much/longer/place/for/two/$1 three=$work/three/$1
    rm -rf "$one" "$two" "$three"
    unpack_source "$2" "$one" || return 1
    (cd "$one" && rm -rf .git && git init -q . && git add -A -f . && git commit -qm one)
    git clone -q "$one" "$two"
    git -C "$one" worktree add -q "$three" -b three
    cached "$name" "$one" first
    check "$name, first: all misses" "$([ "$hits" = 0 ] && [ "$misses" -gt 0 ] || echo "$hits hits, $misses misses")"
    second "$name" "$two" clone "$one" "$three"
    second "$name" "$three" worktree "$one" "$two"
}

need gcc:gcc g++:g++ make:make cmake:cmake ninja:ninja-build dpkg-source:dpkg-dev git:git gdb:gdb
rm -rf "$work"
mkdir -p "$work"
# shellcheck disable=SC2016
printf '%s\n' '#!/bin/sh' 'root=$1 compiler=$2' 'shift 2' 'exec "$compiler" "-ffile-prefix-map=$root=." "$@"' >"$work/mapped.sh"
"$cairn" start >/dev/null
trap '"$cairn" stop >/dev/null || :' EXIT
project leveldb leveldb || check leveldb "its source cannot be had"
project lua lua5.4 || check lua "its source cannot be had"
say "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
