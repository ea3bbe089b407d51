#!/bin/bash
# Prints where the time of one cache hit goes: launcher's system calls, daemon's system calls, phases, perf counters.
# It judges nothing. Tracing slows what it traces: compare shares, not times.
# Usage: profile-hit.sh [launcher; default: the one that the build makes]
# Needs: g++, python3, strace; perf is used when it works. HITS (default 300) hits come before the tracing, so that the daemon is warm.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cairn=$(realpath -s "${1:-$here/../wrapper/target/cairn/bin/cairn}")
hits=${HITS:-300}
for program in g++ python3 strace; do
    command -v "$program" >/dev/null || { echo "profile-hit.sh: missing: $program (apt-get install $program)" >&2; exit 1; }
done
[ -x "$cairn" ] || { echo "profile-hit.sh: no Cairn there; build it with: mvn -DskipTests package, or name a launcher" >&2; exit 1; }

mkdir -p "$here/../target/bench"
work=$(mktemp -d "$here/../target/bench/profile-XXXXXX")
work=$(cd "$work" && pwd)
export HOME="$work" CAIRN_DIR="$work/cache"
unset XDG_CACHE_HOME XDG_CONFIG_HOME CAIRN_CONFIG
finish() {
    "$cairn" stop >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
cd "$work"

python3 -B - "$here/compare" >hit.cpp <<'PYTHON'
import sys
sys.path.insert(0, sys.argv[1])
import sources
sys.stdout.write(sources.cpp_source(0, 1, 1))
PYTHON
compile=("$cairn" g++ -std=c++17 -O1 -c hit.cpp -o hit.o)

# Runs the compilation $1 times and prints quantiles of whole processes, beside those of a process that does nothing.
repeat() {
    python3 -B - "$here/compare" "$@" <<'PYTHON'
import os, pathlib, sys
sys.path.insert(0, sys.argv[1])
from timing import percentile, run_timed
count, argv, log = int(sys.argv[2]), sys.argv[3:], pathlib.Path("commands.log")
times = {"hit": [], "/bin/true": []}
for _ in range(count):
    pathlib.Path("hit.o").unlink(missing_ok=True)
    times["hit"].append(run_timed(argv[0], ["cairn", *argv[1:]], dict(os.environ), log))
    times["/bin/true"].append(run_timed("/bin/true", ["true"], dict(os.environ), log))
for name, values in times.items():
    print(f"{name}: " + ", ".join(f"p{p} {percentile(values, p) * 1000:.0f} us" for p in (1, 10, 50, 90, 99)))
PYTHON
}

# Prints a member of the JSON object on standard input.
member() {
    python3 -c 'import json, sys
value = json.load(sys.stdin)
for name in sys.argv[1:]:
    value = (value or {}).get(name)
print(json.dumps(value))' "$@"
}

heading() { printf '\n== %s\n' "$*"; }

sleep 2.5 # until the source is too old to be in doubt
"${compile[@]}"
"$cairn" stats --zero >/dev/null

heading "whole processes, $hits in a row"
repeat "$hits" "${compile[@]}"

heading "the same, $hits more"
repeat "$hits" "${compile[@]}"

heading "phases of the last hit, in the daemon (us)"
"$cairn" explain hit.o --json | member event phases
heading "all hits, in the daemon (buckets of powers of two, us)"
"$cairn" stats --json | member hit_micros
heading "hits, by tier"
"$cairn" stats --json | member hits

heading "system calls of the launcher, one hit, with times"
rm -f hit.o
strace -f -ttT -s 40 -o launcher.trace "${compile[@]}" && cat launcher.trace

heading "system calls of the launcher, counted over one hit"
rm -f hit.o
strace -f -c -o launcher.count "${compile[@]}" && cat launcher.count

pid=$("$cairn" status --json | member pid)

# Runs `repeat $1` while the daemon is traced with the options after it into daemon.trace; false when that is not possible.
traced() {
    local count=$1 tracer
    shift
    strace -f -p "$pid" -o daemon.trace "$@" 2>strace.log &
    tracer=$!
    sleep 1
    if ! kill -0 "$tracer" 2>/dev/null; then
        echo "not possible here: $(tail -1 strace.log)"
        return 1
    fi
    repeat "$count" "${compile[@]}" | sed 's/^/(traced) /'
    kill -INT "$tracer"
    wait "$tracer" || true
}

heading "system calls of the daemon, counted over 20 hits"
traced 20 -c && head -25 daemon.trace

heading "system calls of the daemon, one hit, without statx and waiting"
traced 1 -ttT -s 40 -e 'trace=!statx,futex,restart_syscall' && cat daemon.trace

heading "processor time of the daemon for 200 hits"
ticks() { awk '{ sub(/^.*\) /, ""); print $12, $13 }' "/proc/$pid/stat"; }
read -r user system <<<"$(ticks)"
repeat 200 "${compile[@]}"
read -r user2 system2 <<<"$(ticks)"
tick=$((1000000 / $(getconf CLK_TCK)))
echo "per hit: user $(((user2 - user) * tick / 200)) us, system $(((system2 - system) * tick / 200)) us"

heading "perf stat of the launcher, 50 hits"
if command -v perf >/dev/null && perf stat -e task-clock true 2>/dev/null; then
    perf stat -r 50 -e task-clock,context-switches,page-faults,cycles,instructions "${compile[@]}" 2>&1 | sed '/^$/d'
else
    echo "perf is missing or not allowed here"
fi

heading "resident memory of the daemon"
"$cairn" status --json | member rss_bytes
