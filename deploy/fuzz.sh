#!/usr/bin/env bash
# Differential fuzzing: random edits (headers, flags, touches, renames, shadowing, reverts, edits during a compilation, builds at once) to a
# project; after each, objects, depfiles, messages and exit codes must be those of the bare compiler. The same seed gives the same edits.
#   deploy/fuzz.sh [--steps N] [--seed S]      5,000 steps when nothing else is said
#   deploy/fuzz.sh --real [--steps N]          the same with the sources of a real project (lua)
#   deploy/fuzz.sh --coarse [--steps N]        the same on a file system whose stamps are whole seconds (root only)
#   deploy/fuzz.sh --restarts 0.3 [--steps N]  the same, with edits while no daemon runs
#   deploy/fuzz.sh --plant all [--steps N]     switches one check of Cairn off after the other: each must be found
set -euo pipefail
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

need gcc:gcc clang:clang python3:python3 mkfs.ext4:e2fsprogs mount:mount
need_jdk
export JAVA_HOME
[ -x "$distribution/bin/cairn" ] || die "no distribution in $distribution; build it: mvn -DskipTests package"
if [ "${1-}" = --real ]; then
    shift
    unpack_source lua5.4 "$target/fuzz/lua" || die "the sources of lua cannot be had"
    set -- --sources "$target/fuzz/lua/src" "$@"
fi
exec python3 -B "$deploy/fuzz" --work "$target/fuzz" --cairn "$distribution" --jdk "$JAVA_HOME" "$@"
