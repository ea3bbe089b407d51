#!/usr/bin/env bash
# From a fresh machine to a first cached build: installs what is missing, builds Cairn, and compiles a real project twice.
# Asks before it installs anything, except as root or in CI. What it makes stands in target/ and wrapper/target/.
set -euo pipefail
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

[ $# -eq 0 ] || die "takes no arguments"
cairn=$distribution/bin/cairn
work=$target/quickstart
jobs=$(nproc)
export LC_ALL=C CAIRN_DIR=$work/cache
unset CAIRN_DISABLE CAIRN_RECACHE CAIRN_REMOTE CAIRN_CONFIG

say "== Tools"
if has apt-get; then
    need mvn:maven gcc:gcc g++:g++ make:make musl-gcc:musl-tools cmake:cmake dpkg-source:dpkg-dev awk:mawk
else
    for tool in mvn gcc g++ make awk; do
        has "$tool" || die "$tool is missing; needed are Maven, GCC (C and C++) and make, and if possible musl-gcc"
    done
fi
need_jdk
say "JDK: $JAVA_HOME"

say "== Building Cairn"
(cd "$root" && mvn -B -q -ntp -Dstyle.color=never -DskipTests -Dspotless.check.skip package </dev/null)
[ -x "$cairn" ] || die "the build left no $cairn"

say "== Compiling a project"
if has cmake && unpack_source leveldb "$work/source"; then
    sample=leveldb
    prepare() {
        cmake -S "$work/source" -B "$work/build" -DCMAKE_BUILD_TYPE=Release -DLEVELDB_BUILD_TESTS=OFF -DLEVELDB_BUILD_BENCHMARKS=OFF \
            "-DCMAKE_C_COMPILER_LAUNCHER=$cairn" "-DCMAKE_CXX_COMPILER_LAUNCHER=$cairn"
    }
    compile() { make -C "$work/build" -j "$jobs"; }
else
    say "No source package can be had from here; examples/hello it is."
    sample=examples/hello
    rm -rf "$work/source"
    mkdir -p "$work"
    cp -R "$root/examples/hello" "$work/source"
    prepare() { :; }
    compile() { make -C "$work/source" -j "$jobs" BUILD="$work/build" "CC=$cairn gcc" "CXX=$cairn g++"; }
fi

trap '"$cairn" stop >/dev/null || :' EXIT
"$cairn" stop >/dev/null
rm -rf "$CAIRN_DIR"
"$cairn" start >/dev/null

# once NAME: one build from nothing, a row of the table.
rows=''
once() {
    local start took stats before hits misses
    rm -rf "$work/build"
    prepare >"$work/$1.log" 2>&1 || die "the project cannot be configured, see $work/$1.log"
    before=$("$cairn" stats --json)
    start=$(now_ms)
    compile >>"$work/$1.log" 2>&1 </dev/null || die "the project cannot be built, see $work/$1.log"
    took=$(($(now_ms) - start))
    stats=$("$cairn" stats --json)
    hits=$(($(statistic "$stats" hits total) - $(statistic "$before" hits total)))
    misses=$(($(statistic "$stats" misses) - $(statistic "$before" misses)))
    rows+=$(printf '%-6s %9s s %6d %8d' "$1" "$(seconds $took)" $hits $misses)$'\n'
}
once cold
once warm

cat <<END

$sample, make -j $jobs, linking included:
build       time     hits   misses
$rows
Cairn stands in $distribution (it can be moved; no JDK is needed to run it).
  in PATH           export PATH="$distribution/bin:\$PATH"
  by hand           cairn g++ -c foo.cpp -o foo.o
  with CMake        cmake -DCMAKE_C_COMPILER_LAUNCHER=cairn -DCMAKE_CXX_COMPILER_LAUNCHER=cairn ...
  with make         make CC="cairn gcc" CXX="cairn g++"
  by masquerade     a link named g++ to $cairn, in a directory that stands first in PATH
  for good          deploy/install.sh [--masquerade DIRECTORY] [PREFIX]
See also: cairn stats, cairn explain FILE, cairn doctor; docs/manual.md.
END
