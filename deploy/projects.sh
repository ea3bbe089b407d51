#!/usr/bin/env bash
# Builds real projects bare, with an empty cache (cold) and with a full one (warm, and disk: after a restart of the daemon), and
# compares: every file of the build tree, everything that each compilation printed, and its exit code must be the same, byte
# for byte; with a full cache no compilation may be a miss; and a second run of the build system must have nothing to do.
# The projects come from Debian source packages, kept in target/sources.
set -euo pipefail
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

# Name, kind, source package. The first of each kind that can be had is a quick run.
readonly projects='
lua         make   lua5.4
jsoncpp     cmake  libjsoncpp
zlib        make   zlib
bzip2       make   bzip2
flac        make   flac
sed         make   sed
leveldb     cmake  leveldb
snappy      cmake  snappy
'

usage() {
    cat <<END
Usage: projects.sh [--quick] [--control] [--cairn DIRECTORY] [PROJECT ...]
  --quick      two projects only: one with make, one with CMake and Ninja
  --control    builds bare twice first, and compares: shows which projects cannot be compared
  --cairn DIR  the distribution to use instead of wrapper/target/cairn
  PROJECT      $(awk 'NF { printf "%s%s", separator, $1; separator = ", " }' <<<"$projects")
END
}

quick='' control='' chosen=' '
while [ $# -gt 0 ]; do
    case $1 in
    --quick) quick=yes ;;
    --control) control=yes ;;
    --cairn) distribution=$(cd "${2:?directory}" && pwd -P) && shift ;;
    -h | --help) usage && exit 0 ;;
    -*) usage >&2 && exit 2 ;;
    *) chosen+="$1 " ;;
    esac
    shift
done

cairn=$distribution/bin/cairn
[ -x "$cairn" ] || die "no distribution in $distribution; build it: mvn -DskipTests package"
work=$target/projects
jobs=$(nproc)
# Bare means without another compiler cache, too.
export LC_ALL=C CAIRN_DIR=$work/cache CAIRN_PATH_REMAP=off CCACHE_DISABLE=1
unset CAIRN_DISABLE CAIRN_RECACHE CAIRN_REMOTE CAIRN_CONFIG CC CXX CFLAGS CXXFLAGS CPPFLAGS LDFLAGS MAKEFLAGS SOURCE_DATE_EPOCH
passed=0 failed=0

# How each project is configured and built, in its tree. $cc and $cxx go through record.sh.
record=$deploy/record.sh
cc="sh $record gcc" cxx="sh $record g++"

with_cmake() { # more options
    cmake -G Ninja -S . -B build.check -DCMAKE_BUILD_TYPE=Release "-DCMAKE_C_COMPILER_LAUNCHER=sh;$record" \
        "-DCMAKE_CXX_COMPILER_LAUNCHER=sh;$record" "$@"
}
with_ninja() { ninja -C build.check -d keepdepfile -j "$jobs"; }

configure() {
    case $1 in
    # Its names of test programs hold a process id, and the compiler writes a source's name into the object.
    zlib) sed -i 's/ztest\$\$/ztest/' configure && CC=$cc ./configure ;;
    flac) ./configure "CC=$cc" "CXX=$cxx" --disable-ogg --disable-doxygen-docs ;;
    sed) ./configure "CC=$cc" --disable-nls ;;
    jsoncpp) with_cmake -DJSONCPP_WITH_POST_BUILD_UNITTEST=OFF -DCCACHE_EXECUTABLE=OFF ;;
    leveldb) with_cmake -DLEVELDB_BUILD_TESTS=OFF -DLEVELDB_BUILD_BENCHMARKS=OFF ;;
    snappy) with_cmake -DSNAPPY_BUILD_TESTS=OFF -DSNAPPY_BUILD_BENCHMARKS=OFF ;;
    esac
}
build() {
    case $1 in
    lua) make -C src -j "$jobs" "CC=$cc -std=gnu99" linux ;;
    bzip2) make -j "$jobs" "CC=$cc" libbz2.a bzip2 bzip2recover ;;
    zlib | flac) make -j "$jobs" ;;
    sed) make -j "$jobs" MAKEINFO=true MANS= ;;
    *) with_ninja ;;
    esac
}

# Files that hold times or random names, whoever compiles.
readonly volatile=(config.log configure.log .ninja_log .ninja_deps CMakeOutput.log CMakeError.log CMakeConfigureLog.yaml CMakeScratch)

check() { # description, problem or nothing
    if [ -z "$2" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        say "$1: FAILED" "$2"
    fi
}

difference() { # one directory, other
    local excluded=() file
    for file in "${volatile[@]}"; do excluded+=(-x "$file"); done
    diff -r -q --no-dereference "${excluded[@]}" "$1" "$2" | head -n 10 || :
}

# run PROJECT PHASE PREFIX: configures and builds a fresh copy; leaves the times in $configuring and $building.
run() {
    local name=$1 phase=$2 tree=$work/build/$1 start
    rm -rf "$tree" "$work/log/$name/$phase"
    mkdir -p "$work/build" "$work/log/$name/$phase"
    cp -a "$work/source/$name" "$tree"
    export CHECK_LOG=$work/log/$name/$phase CHECK_TREE=$tree CHECK_WITH=$3
    start=$(now_ms)
    (cd "$tree" && configure "$name") >"$work/log/$name/$phase.configure" 2>&1 </dev/null || return 1
    configuring=$(($(now_ms) - start))
    start=$(now_ms)
    (cd "$tree" && build "$name") >"$work/log/$name/$phase.build" 2>&1 </dev/null || return 1
    building=$(($(now_ms) - start))
}

# What a second run of the build system does: nothing, or a few lines that say what.
rebuilt() { # project, phase
    local tree=$work/build/$1 log=$work/log/$1/$2.again
    rm -rf "$log"
    mkdir -p "$log"
    touch "$work/stamp"
    if ! (cd "$tree" && CHECK_LOG=$log build "$1") >"$log.build" 2>&1 </dev/null; then
        echo "the second run failed, see $log.build"
    fi
    [ ! -e "$log/called" ] || echo "the second run called the compiler, see $log.build"
    find "$tree" -newer "$work/stamp" -type f ! -name '.ninja_*' | head -n 3
}

ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", b ? a / b : 0 }'; }

report() { # project, phase, remarks
    printf '%-8s %-7s  configure %5s s   build %5s s   %s\n' "$1" "$2" "$(seconds "$configuring")" "$(seconds "$building")" "$3"
}

compilations() { find "$work/log/$1/$2" -name '*.status' | wc -l; }

# Builds with Cairn and checks against the bare build.
cached() { # project, phase
    local name=$1 phase=$2 stats wrong hits misses failures passthroughs errors asked reasons
    "$cairn" start >/dev/null
    "$cairn" stats --zero >/dev/null
    if ! run "$name" "$phase" "$cairn"; then
        check "$name, $phase" "the build failed, see $work/log/$name/$phase.*"
        return
    fi
    stats=$("$cairn" stats --json)
    printf '%s\n' "$stats" >"$work/log/$name/$phase.stats.json"
    hits=$(statistic "$stats" hits total) misses=$(statistic "$stats" misses)
    failures=$(statistic "$stats" failed_compilations)
    passthroughs=$(statistic "$stats" passthroughs) errors=$(statistic "$stats" errors)
    reasons=$(tr -d ' "\n' <<<"$stats" | sed -n 's/.*passthrough_reasons:{\([^}]*\)}.*/\1/p')
    report "$name" "$phase" "build $(ratio "$building" "$bare_building") of bare, all $(ratio $((configuring + building)) \
        $((bare_configuring + bare_building))); $hits hits, $misses misses ($failures fail), \
passthroughs: ${reasons:-none}, errors: $errors"
    wrong=$(difference "$work/bare/$name" "$work/build/$name")
    check "$name, $phase, files" "$wrong"
    wrong=$(difference "$work/log/$name/bare" "$work/log/$name/$phase")
    check "$name, $phase, compilers' messages and exit codes" "$wrong"
    wrong=
    asked=$((hits + misses + passthroughs + errors))
    [ "$asked" -ge "$(compilations "$name" bare)" ] || wrong="only $asked requests; "
    [ "$errors" = 0 ] || wrong+="errors: $(tr -d '\n' <<<"$stats"); "
    # What fails is not stored: configure scripts compile such things.
    if [ "$phase" != cold ] && [ "$misses" -gt "$failures" ]; then
        wrong+="misses: $(tr -d ' \n' <<<"$stats" | sed -n 's/.*\("miss_reasons":{[^}]*}\).*/\1/p')"
    fi
    check "$name, $phase, statistics" "$wrong"
    check "$name, $phase, second run of the build system" "$(rebuilt "$name" "$phase")"
}

project() {
    local name=$1 package=$2
    [ -d "$work/source/$name" ] || unpack_source "$package" "$work/source/$name" || return 1
    rm -rf "$work/bare/$name" "$work/log/$name"
    if ! run "$name" bare ''; then
        check "$name, bare" "the build failed without Cairn, see $work/log/$name/bare.*"
        return
    fi
    bare_configuring=$configuring bare_building=$building
    report "$name" bare "$(compilations "$name" bare) compilations, $(find "$work/build/$name" -name '*.o' | wc -l) objects, \
$(find "$work/build/$name" -name '*.d' -o -name '*.Po' -o -name '*.Plo' | wc -l) dependency files, \
$(find "$work/log/$name/bare" -name '*.stderr' -size +0 | wc -l) with messages"
    mkdir -p "$work/bare"
    cp -a "$work/build/$name" "$work/bare/$name"
    if [ -n "$control" ]; then
        run "$name" control '' || :
        report "$name" control "bare again"
        check "$name, control" "$(difference "$work/bare/$name" "$work/build/$name")$(difference "$work/log/$name/bare" "$work/log/$name/control")"
    fi
    [ "$(compilations "$name" bare)" -gt 0 ] || check "$name, bare" "no compilation went through record.sh"
    check "$name, bare, second run of the build system" "$(rebuilt "$name" bare)"
    cached "$name" cold
    cached "$name" warm
    if [ -z "$quick" ]; then
        "$cairn" stop >/dev/null
        cached "$name" disk
    fi
    rm -rf "$work/build/$name" "$work/bare/$name"
}

need gcc:gcc g++:g++ make:make cmake:cmake ninja:ninja-build dpkg-source:dpkg-dev diff:diffutils
mkdir -p "$work"
"$cairn" stop >/dev/null
rm -rf "$CAIRN_DIR"
trap '"$cairn" stop >/dev/null || :' EXIT

count=0 kinds=' '
while read -r name kind package; do
    [ -n "$name" ] || continue
    if [ "$chosen" != ' ' ]; then
        [[ $chosen == *" $name "* ]] || continue
    elif [ -n "$quick" ] && [[ $kinds == *" $kind "* ]]; then
        continue
    fi
    if project "$name" "$package" </dev/null; then
        count=$((count + 1))
        kinds+="$kind "
    else
        say "$name: its source cannot be had, left out"
    fi
done <<<"$projects"

wanted=1
[ "$chosen" != ' ' ] || wanted=$([ -n "$quick" ] && echo 2 || echo 5)
if [ "$count" -lt "$wanted" ]; then
    check "projects" "only $count of at least $wanted could be built"
fi
say "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
