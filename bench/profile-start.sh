#!/bin/sh
# Where the time goes between the start of a daemon and its first answer: what each thread initialised, how long that took it, and
# which classes were not in the AOT cache. Times are since the start of the JVM, which takes longer with a log.
# Usage: profile-start.sh [MILLISECONDS]    what takes a thread less than that is left out (2)
# Needs: the distribution (mvn -DskipTests package), gcc, Python.
set -eu
least=${1:-2}
here=$(cd "$(dirname "$0")" && pwd)
home=$here/../wrapper/target/cairn work=$here/../target/bench/start
[ -e "$home/lib/cairn.aot" ] || { echo "profile-start.sh: no Cairn there; build it with: mvn -DskipTests package" >&2; exit 1; }
rm -rf "$work"
mkdir -p "$work"
cp -al "$home" "$work/cairn"
rm "$work/cairn/lib/daemon.options"
{ cat "$home/lib/daemon.options"; echo "-Xlog:class+load=info,class+init=info:file=$work/log:uptime"; } >"$work/cairn/lib/daemon.options"

export HOME="$work" CAIRN_DIR="$work/cache"
unset XDG_CACHE_HOME XDG_CONFIG_HOME CAIRN_CONFIG
cairn() { "$work/cairn/bin/cairn" "$@"; }
trap 'cairn stop >/dev/null 2>&1 || :' EXIT
printf '#include <stdio.h>\n#include <stdlib.h>\nchar bulk[100000] = {1};\nint main(void) { return puts("") < 0; }\n' >"$work/a.c"
cd "$work"
cairn gcc -c a.c # a miss; the second is remembered, and what is remembered is kept for the next daemon
cairn gcc -c a.c
cairn stop >/dev/null
cairn gcc -c a.c
python3 - "$work/log" "$least" <<'END'
import re, sys

LINE = re.compile(r"\[([\d.]+)s\] (?:\d+ Initializing '([^']+)'.*by thread \"([^\"]+)\"|(\S+) source: (.*))")
before = {}
for line in open(sys.argv[1]):
    event = LINE.match(line)
    if not event:
        continue
    at, initialised, thread, loaded, source = event.groups()
    if loaded:
        if source != "shared objects file":
            print(f"{float(at):.3f} s            loaded {loaded} from {source}")
        continue
    took = (float(at) - before.get(thread, (float(at), ""))[0]) * 1000
    if took >= float(sys.argv[2]):
        print(f"{float(at):.3f} s {took:4.0f} ms  {thread}: {before[thread][1]} .. {initialised}")
    before[thread] = float(at), initialised
END
