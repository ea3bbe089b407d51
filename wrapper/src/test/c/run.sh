#!/bin/sh
# Tests the launcher against a scripted and a random peer: run.sh BUILD_DIRECTORY
# CC and CFLAGS choose another build, e.g. CC=musl-gcc CFLAGS=-static. FUZZ is the number of random peers (500).
set -u
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1" && build=$(cd "$1" && pwd) || exit 1
CC=${CC:-gcc}
CFLAGS=${CFLAGS--g -fsanitize=address,undefined -fno-sanitize-recover=undefined -DROOM=16}
version=0.0.1
common="-std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror"
sources="$here/../../main/c"

# shellcheck disable=SC2086
make_launcher() { # name, more flags
    $CC $common $CFLAGS -DCAIRN_VERSION="\"$version\"" $2 "$sources"/*.c -o "$build/$1" || exit 1
}
patient="-DREPLY_MS=60000 -DSTART_MS=60000 -DDONE_MS=60000 -DBUSY_MS=60000" # no limit that a busy machine could reach
make_launcher cairn "$patient"
make_launcher cairn-hasty "-DREPLY_MS=150 -DSTART_MS=500 -DDONE_MS=150"
make_launcher cairn-scan "$patient -DSCAN_MS=300"
# shellcheck disable=SC2086
gcc $common "$here/probe.c" -o "$build/probe" && gcc $common "$here/fake_daemon.c" -o "$build/fake_daemon" || exit 1

# The scratch directory's name is short, because a socket's must be.
tmp=$(mktemp -d "${TMPDIR:-/tmp}/cl.XXXXXX") && tmp=$(cd "$tmp" && pwd -P) || exit 1
daemons=
end_daemons() { for one in $daemons; do kill "$one" 2>/dev/null; done; daemons=; }
trap 'end_daemons; rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM HUP

mkdir -p "$tmp/bin" "$tmp/w" "$tmp/home/bin" "$tmp/home/runtime/bin" "$tmp/report" "$tmp/user"
cp "$build/cairn" "$tmp/home/bin/cairn"
cp "$build/cairn-hasty" "$build/cairn-scan" "$tmp/home/bin"
cp "$build/probe" "$tmp/bin/cc"
cp "$build/probe" "$tmp/probe"
export ASAN_OPTIONS="log_path=$tmp/report/asan" UBSAN_OPTIONS="log_path=$tmp/report/ubsan"
export PATH="$tmp/bin:/usr/bin:/bin" HOME="$tmp/user" CAIRN_DIR="$tmp/c" LC_ALL=C
unset CAIRN_DISABLE CAIRN_INNER XDG_CACHE_HOME 2>/dev/null
cairn="$tmp/home/bin/cairn" probe="$tmp/probe" log="$tmp/log" run="$tmp/c/run" socket="$tmp/c/run/$version.sock"
passed=0 failed=0

is() { # name, expected, found
    if [ "$2" = "$3" ]; then
        passed=$((passed + 1)); echo "ok      $1"
    else
        failed=$((failed + 1)); echo "FAILED  $1"; echo "    expected: $2"; echo "    found:    $3"
    fi
}
fresh() { # an empty working directory, no cache, no daemon
    end_daemons
    cd "$tmp" && rm -rf "$tmp/w" "$tmp/c" "$log" && mkdir -p "$tmp/w" "$run" "$log" && chmod 700 "$run" && cd "$tmp/w" || exit 1
}
peer() { fresh; daemons="$daemons $("$build/fake_daemon" "$socket" "$log" "$@")"; }
count() { wc -c <"$log/$1" 2>/dev/null || echo 0; }
java() { # makes the fake runtime a script of these lines
    { echo '#!/bin/sh'; cat; } >"$tmp/home/runtime/bin/java"; chmod +x "$tmp/home/runtime/bin/java"
}
java_with_daemon() { # the socket is the last argument
    java <<END
for socket; do :; done
echo \$\$ >>"$tmp/javas"
printf '%s\n' "\$@" >"$tmp/arguments"
env >"$tmp/environment"
ls -l /proc/\$\$/fd | sed -n 's/.* \([0-9]*\) -> \(.*\)/\1 \2/p' >"$tmp/descriptors"
pwd >"$tmp/directory"
exec "$build/fake_daemon" -f "\$socket" "$log" passthrough
END
}
end_javas() { [ ! -e "$tmp/javas" ] || for one in $(cat "$tmp/javas"); do kill "$one" 2>/dev/null; done; rm -f "$tmp/javas"; }

echo "== answers"
peer passthrough
is "passthrough: the compiler's output and exit code" "to stderr 3" "$("$cairn" cc both 3 2>&1 >/dev/null; echo " $?")"
is "passthrough: stdin" "from stdin" "$(echo from stdin | "$cairn" cc copy)"
is "passthrough: argv[0] as written, no marker" "cc inner=" "$("$cairn" cc name)"
is "passthrough: no descriptor of ours" "$(cc descriptors 3>&- )" "$("$cairn" cc descriptors 3>&-)"
for action in close truncate huge-count huge-length; do
    peer $action
    is "$action: the compiler runs" "exit 4" "$("$probe" status "$cairn" cc exit 4)"
done
peer close-once
is "closed once: asked again" "exit 4 2" "$("$probe" status "$cairn" cc exit 4) $(($(count requests)))"
peer close
"$cairn" cc exit 0; is "closed twice: trouble" "2 file" "$(($(count requests))) $("$probe" kind "$run/trouble" | cut -d' ' -f1)"
peer hang
export PROBE_TIME="$tmp/time"
is "hang: the compiler runs" "exit 4 quick" "$("$probe" status "$cairn-hasty" cc exit 4) $(cat "$tmp/time")"
is "hang: the next doesn't ask" "exit 4 quick 1" "$("$probe" status "$cairn" cc exit 4) $(cat "$tmp/time") $(($(count requests)))"
end_daemons
touch -d '1 hour' "$run/trouble"
daemons=$("$build/fake_daemon" "$socket" "$log" passthrough)
"$cairn" cc exit 0
is "trouble of a clock set back is ignored, and removed by success" nothing "$("$probe" kind "$run/trouble")"
peer deaf
for i in 1 2 3 4 5 6 7 8; do "$cairn-hasty" cc exit 4 & held="${held:-} $!"; done
is "full backlog or no answer" "exit 4 quick" "$("$probe" status "$cairn-hasty" cc exit 4) $(cat "$tmp/time")"
for one in $held; do wait "$one"; done
unset PROBE_TIME

peer passthrough
"$cairn" cc exit 0 2>"$tmp/err"
is "the request" "2 0 $(stat -c '%d %i' .) $tmp/w $tmp/bin/cc 3" "$(cat "$log/compile")"
is "with the environment" "$(env | grep -v '^_=' | sort)" "$(grep -v '^_=' "$log/environment" | sort)"
cp "$tmp/bin/cc" mycc; "$cairn" ./mycc exit 0 '' 2>"$tmp/err"
is "with a relative compiler" "$tmp/w/./mycc 4" "$(cut -d' ' -f6- "$log/compile")"
rm mycc
is "a request larger than the socket's buffer" "exit 4 20002" "$("$probe" status sh -c 'exec "$1" cc exit 4 $(yes "an argument of some length" | tr " " _ | head -n 19999)' sh "$cairn") $(sed 's/.* //' "$log/compile")"

echo "== hits"
printf 'object\0code' >"$tmp/blob"
: >"$tmp/empty"
peer hit 0 5 'said
' 'warned' i 666 x.d 'x.o: x.c
' b 666 x.o "$tmp/blob" b 777 prog "$tmp/blob" b 666 none "$tmp/empty"
is "exit code and streams" "said warned 5" "$(umask 022; "$cairn" cc 2>"$tmp/err" | tr '\n' ' '; cat "$tmp/err"; "$cairn" cc >/dev/null 2>&1; echo " $?")"
is "content" "same x.o: x.c 0" "$(cmp x.o "$tmp/blob" && echo same) $(cat x.d) $(($(wc -c <none)))"
is "umask 022" "644 755" "$(stat -c %a x.o) $(stat -c %a prog)"
(umask 077; "$cairn" cc >/dev/null 2>&1)
is "umask 077, over existing files" "600 700" "$(stat -c %a x.o) $(stat -c %a prog)"
chmod 444 x.o; (umask 002; "$cairn" cc >/dev/null 2>&1)
is "a read-only output is replaced, umask 002" "664 775" "$(stat -c %a x.o) $(stat -c %a prog)"
ln x.o other; touch -d '2000-01-01' other; "$cairn" cc >/dev/null 2>&1
is "replaced, not written into: the other link keeps its time" 2000 "$(stat -c %y other | cut -c1-4)"
is "nothing else was left" "none other prog x.d x.o" "$(ls -A | tr '\n' ' ' | sed 's/ $//')"
is "stdout closed" "exit 5" "$("$probe" status sh -c 'exec "$1" cc >&- 2>/dev/null' sh "$cairn")"
is "stderr closed: the compiler is to say what it can't print" "exit 0" "$("$probe" status "$cairn" cc exit 0 2>&-)"
long=$(printf '%0255d' 0)
peer hit 0 0 '' '' b 666 "$long" "$tmp/blob"
"$cairn" cc compile "$long" >/dev/null; is "a name of 255 bytes" "file 644 11" "$("$probe" kind "$long")"
peer hit 1 0 '' '' b 666 x.o "$tmp/blob"
chmod 644 "$tmp/blob"; touch -d 2000-01-01 "$tmp/blob"
(umask 022; "$cairn" cc); is "hard link when wanted, with a new time" "same" "$([ x.o -ef "$tmp/blob" ] && [ x.o -nt "$here/run.sh" ] && echo same)"
rm x.o; (umask 077; "$cairn" cc); is "no hard link when the mode would be wrong" "file 600 11" "$("$probe" kind x.o)"
large="$tmp/large"; head -c 3000001 /dev/urandom >"$large"
peer hit 0 0 '' '' b 666 large "$large"
"$cairn" cc; is "3 MB" same "$(cmp large "$large" && echo same)"
peer hit 0 0 "$(printf '%070000d' 0)" '' i 666 x.o "$(printf '%0100000d' 0)"
is "inline and streams larger than the buffer" "70000 100000" "$("$probe" slowly "$cairn" cc | cut -d' ' -f1) $(($(wc -c <x.o)))"
ln -s "$tmp/blob" "$tmp/link-to-blob"

echo "== hits that can't be delivered"
refused() { # name, destination, expected kind afterwards, expected error
    found=$("$cairn" cc compile "$2" | tr '\n' ' ')
    is "$1" "compiled | $3 | $4 $2" "$found| $("$probe" kind "$2") | $(cat "$log/undelivered")"
}
# Never the real /dev/null while it could be replaced: a launcher with a fault would take it from the whole machine.
null="$tmp/null"
mknod "$null" c 1 3 2>"$tmp/err" && : 2>"$tmp/err" >"$null" || { [ "$(id -u)" -ne 0 ] && null=/dev/null; } || null=
if [ -n "$null" ]; then
    peer hit 0 0 '' '' i 666 x.d deps b 666 "$null" "$tmp/blob"
    refused "a device stays" "$null" "$("$probe" kind "$null")" "File exists"
    is "and nothing else is delivered" nothing "$("$probe" kind x.d)"
fi
mkfifo "$tmp/fifo"
peer hit 0 0 '' '' b 666 "$tmp/fifo" "$tmp/blob"
cat "$tmp/fifo" >read &
refused "a fifo stays" "$tmp/fifo" "other 644 0" "File exists"
wait $!
is "and the compiler writes into it" compiled "$(cat read)"
peer hit 0 0 '' '' b 666 directory "$tmp/blob"
mkdir directory; "$cairn" cc compile directory >read
is "a directory stays" "other directory" "$([ -d directory ] && echo other) $(cut -d' ' -f3 "$log/undelivered")"
peer hit 0 0 '' '' b 666 x.o "$tmp/blob"
echo old >target; ln -s target x.o
refused "a link stays" x.o "link 777 6" "File exists"
is "and the compiler writes through it" compiled "$(cat target)"
peer hit 0 0 '' '' b 666 x.o "$tmp/nowhere"; refused "blob is gone" x.o "file 644 9" "No such file or directory"
peer hit 0 0 '' '' b 666 x.o "$tmp/link-to-blob"; refused "blob is a link" x.o "file 644 9" "Too many levels of symbolic links"
peer hit 0 0 '' '' s 666 x.o "$tmp/blob"; refused "blob of another size" x.o "file 644 9" "Input/output error"
peer hit 0 0 '' '' l 666 x.o text; refused "inline of another size" x.o "file 644 9" "Input/output error"
peer hit 0 0 '' '' i 666 x.d deps s 666 x.o "$tmp/blob"; refused "second of two" x.o "file 644 9" "Input/output error"
is "the first is taken back" nothing "$("$probe" kind x.d)"
peer hit 0 0 '' '' i 666 x.d deps b 666 no/x.o "$tmp/blob"
is "directory missing: as the compiler fails" "exit 9 nothing" "$("$probe" status "$cairn" cc compile no/x.o) $("$probe" kind no)"
peer hit 0 0 '' '' b 666 "${long}0" "$tmp/blob"
is "a name too long: as the compiler fails" "exit 9" "$("$probe" status "$cairn" cc compile "${long}0")"

echo "== runs"
peer run
is "output, exit code" "exit 7" "$("$probe" status "$cairn" cc both 7 2>"$tmp/err" | tail -n1 | tr -d '\377' | sed 's/no newline//')"
is "reported" "status 1792 flags 0 out 22 err 9 deps 0" "$(cat "$log/finished")"
cc both 0 >"$tmp/bare" 2>/dev/null; "$cairn" cc both 0 >"$tmp/ours" 2>/dev/null
is "every byte forwarded and reported" "same same" "$(cmp "$tmp/bare" "$tmp/ours" && echo same) $(cmp "$tmp/bare" "$log/out" && echo same)"
is "argv[0] as written, marker" "cc inner=1" "$("$cairn" cc name)"
is "stdin" "from stdin" "$(echo from stdin | "$cairn" cc copy)"
is "no descriptor of ours, those of the build" "$(cc descriptors 7</dev/null)" "$("$cairn" cc descriptors 7</dev/null)"
is "stderr closed stays closed" "$(cc descriptors 2>&-)" "$("$cairn" cc descriptors 2>&-)"
is "stdin closed stays closed" "$(cc descriptors <&-)" "$("$cairn" cc descriptors <&-)"
"$cairn" cc descriptors >&- 2>&- <&-; is "all closed" "status 0 flags 0 out 0 err 0 deps 0" "$(cat "$log/finished")"
is "stdout full" "exit 0" "$("$probe" status sh -c '"$1" cc many 1000 >/dev/full 2>/dev/null' sh "$cairn")"
is "stderr's reader gone" "exit 0" "$("$probe" status sh -c '{ "$1" cc many 500000; echo $? >"$2"; } 2>&1 >/dev/null | :; exit $(cat "$2")' sh "$cairn" "$tmp/code")"
is "5 MB to a slow reader that doesn't block" "5000000 bytes, exit 0" "$("$probe" slowly "$cairn" cc many 5000000)"
is "and reported" "status 0 flags 0 out 2500000 err 2500000 deps 0" "$(cat "$log/finished")"
"$cairn" cc many 40000000 >"$tmp/many" 2>/dev/null
is "more than is kept: forwarded, cut" "20000000 status 0 flags 3 out 16777216 err 16777216 deps 0" "$(($(wc -c <"$tmp/many"))) $(cat "$log/finished")"
is "a grandchild that keeps the pipe" "done exit 0" "$("$probe" status "$cairn" cc grandchild "$tmp/pid" | tr '\n' ' ' | sed 's/ $//')"
kill "$(cat "$tmp/pid")"
chmod -x "$tmp/bin/cc"; is "not executable" "exit 126" "$("$probe" status "$cairn" "$tmp/bin/cc" 2>/dev/null)"; chmod +x "$tmp/bin/cc"
peer run cc deps @deps
"$cairn" cc deps x.d; is "dependency path" "status 0 flags 4 out 0 err 0 deps 13 x.o: x.c x.h nothing" "$(cat "$log/finished") $(cat "$log/deps") $("$probe" kind x.d)"
peer scan cc scan @deps 0
is "dependency scan" "compiled status 0 flags 4 out 9 err 0 deps 13 x.o: scanned" "$("$cairn" cc compile x.o) $(cat "$log/finished") $(cat "$log/deps")"
"$cairn" cc exit 3; is "a scan after a failure" "status 768 flags 8 out 0 err 0 deps 0" "$(cat "$log/finished")"
peer scan cc scan @deps 1
"$cairn" cc exit 0; is "a scan that fails" "status 0 flags 8 out 0 err 0 deps 0" "$(cat "$log/finished")"
peer scan cc wait "$tmp/pid" @deps
rm -f "$tmp/pid"; "$cairn-scan" cc exit 0; is "a scan that hangs" "status 0 flags 8 out 0 err 0 deps 0" "$(cat "$log/finished")"
"$probe" gone "$(cat "$tmp/pid")"; is "is ended" 0 $?

if command -v gcc >/dev/null; then
    echo 'int x;' >x.c; echo '#include "x.c"' >y.c
    peer run gcc -c y.c -o y.o -MD -MF @deps
    echo 'int x;' >x.c; echo '#include "x.c"' >y.c
    "$cairn" gcc -c y.c -o y.o; is "gcc with a dependency path" "y.o: y.c x.c" "$(tr -d '\\\n' <"$log/deps" | sed 's| /[^ ]*||g; s/  */ /g')"
fi

echo "== signals"
peer run
for signal in 6 9 11 13 15; do
    is "the compiler dies of $signal" "signal $signal status $signal" "$("$probe" status "$cairn" cc die $signal) $("$probe" appears "$log/finished"; cut -d' ' -f1,2 "$log/finished")"
    rm -f "$log/finished"
done
for signal in 1 2 3 10 12 15; do
    rm -f "$tmp/pid"
    # A shell lets its background jobs ignore SIGINT and SIGQUIT, so that the signal is sent by a background job instead.
    ("$probe" appears "$tmp/pid"; kill -$signal "$(cat "$tmp/launcher")") &
    sender=$!
    is "signal $signal is forwarded" "signal $signal" "$("$probe" status sh -c 'echo $$ >"$1"; exec "$2" cc wait "$3"' sh "$tmp/launcher" "$cairn" "$tmp/pid")"
    wait $sender
    "$probe" gone "$(cat "$tmp/pid")" || is "and ends the compiler" gone there
done
rm -f "$tmp/pid"
("$probe" appears "$tmp/pid"; kill -9 "$(cat "$tmp/launcher")") &
sender=$!
"$probe" status sh -c 'echo $$ >"$1"; exec "$2" cc wait "$3"' sh "$tmp/launcher" "$cairn" "$tmp/pid" >/dev/null
wait $sender
"$probe" gone "$(cat "$tmp/pid")"; is "kill -9 of the launcher ends the compiler" 0 $?
for signal in 2 13 17; do
    is "ignored $signal stays ignored" "$("$probe" ignoring $signal cc signals)" "$("$probe" ignoring $signal "$cairn" cc signals)"
    is "blocked $signal stays blocked" "$("$probe" blocking $signal cc signals)" "$("$probe" blocking $signal "$cairn" cc signals)"
done
is "the exit code with SIGCHLD ignored" "exit 3" "$("$probe" status "$probe" ignoring 17 "$cairn" cc exit 3)"
peer passthrough
is "passthrough: signals as the build set them" "$("$probe" ignoring 2 cc signals)" "$("$probe" ignoring 2 "$cairn" cc signals)"

echo "== races"
pid="$tmp/pid"
race() { rm -f "$pid"; peer race "$@"; }
race "$pid" 0 0 'said
' 'warned' i 666 x.d deps i 666 x.o delivered
is "a hit overtakes the compiler" "said warned exit 0 delivered deps" "$("$probe" status "$cairn" cc wait "$pid" 2>"$tmp/err" >"$tmp/out"; sed '$d' "$tmp/out" | tr '\n' ' '; cat "$tmp/err"; echo " $(tail -n1 "$tmp/out") $(cat x.o) $(cat x.d)")"
is "which has ended" "0 1 nothing" "$("$probe" gone "$(cat "$pid")"; echo $?) $(($(count running))) $("$probe" kind "$log/finished")"
race "$pid" 0 0 '' '' i 666 x.o delivered
is "with all that it started" "exit 0 delivered" "$("$probe" status "$cairn" cc stubborn "$pid") $(cat x.o)"
"$probe" gone "$(cat "$pid")"; is "even what nobody waits for" 0 $?
race "$pid" 0 0 'said
' '' i 666 x.o delivered
is "not one that has printed something" "chat exit 0 nothing" "$("$probe" status "$cairn" cc chat "$pid" "$log/sent" | tr '\n' ' ')$("$probe" kind x.o)"
is "which is reported" "status 0 flags 0 out 5 err 0 deps 0" "$(cat "$log/finished")"
race "$pid" 0 0 '' '' i 666 x.o delivered
echo old >target; ln -s target x.o
is "not one that writes into something that is no file" "compiled exit 0 compiled" "$("$probe" status "$cairn" cc after "$pid" "$log/sent" compile x.o | tr '\n' ' ')$(cat target)"
race "$pid" 2 0 '' '' i 666 x.o delivered
is "not with a part of what was asked for" "compiled exit 0 compiled" "$("$probe" status "$cairn" cc after "$pid" "$log/sent" compile x.o | tr '\n' ' ')$(cat x.o)"
race "$pid" 0 0 '' '' i 666 no/x.o delivered
is "a hit that can't be delivered: compiled again" "exit 9 No such file or directory no/x.o" "$("$probe" status "$cairn" cc first "$pid" compile no/x.o) $(cat "$log/undelivered")"
rm -f "$pid"
is "then with signals as the build set them" "$("$probe" ignoring 2 cc signals)" "$("$probe" ignoring 2 "$cairn" cc first "$pid" signals)"
rm -f "$pid"
is "and no descriptor of ours" "$(cc descriptors 7</dev/null)" "$("$cairn" cc first "$pid" descriptors 7</dev/null)"
rm -f "$pid" "$log/running"
is "not where the launcher has other children" "compiled exit 0 0" "$("$probe" status sh -c '"$1" wait "$2" >/dev/null 2>&1 & "$3" appears "$2"; exec "$4" cc compile x.o' sh "$tmp/bin/cc" "$pid" "$probe" "$cairn" | tr '\n' ' ')$(($(count running)))"
is "which are left alone" 1 "$("$probe" gone "$(cat "$pid")"; echo $?)"; kill "$(cat "$pid")"
race late 0 0 'said
' '' i 666 x.o delivered
is "a hit that comes after the compiler's end" "compiled exit 0 compiled" "$("$probe" status "$cairn" cc compile x.o | tr '\n' ' ')$(cat x.o)"
(rm -f "$pid"; "$probe" appears "$pid"; kill -15 "$(cat "$tmp/launcher")") &
sender=$!
is "a signal during a race" "signal 15" "$(rm -f "$pid"; "$probe" status sh -c 'echo $$ >"$1"; exec "$2" cc wait "$3"' sh "$tmp/launcher" "$cairn" "$pid")"
wait $sender
wrong=0 i=0
race now 0 0 'compiled
' '' i 666 x.o 'compiled
'
echo at once >now
while [ $i -lt 100 ]; do
    rm -f x.o
    [ "$("$probe" status "$cairn" cc compile x.o | tr '\n' ' ')$(cat x.o)" = "compiled exit 0 compiled" ] || wrong=$((wrong + 1))
    i=$((i + 1))
done
is "a hit at the moment of the compiler's end, 100 times" "0 100" "$wrong $(($(count sent)))"

echo "== finding the compiler"
peer run
masks="$tmp/masks"; rm -rf "$masks"; mkdir "$masks"
ln -s "$cairn" "$masks/cc"; is "symbolic link" "$tmp/bin/cc inner=1" "$(PATH="$masks:$PATH" cc name)"
is "by its path" "$tmp/bin/cc inner=1" "$("$masks/cc" name)"
is "named after cairn by its path" "$masks/cc inner=1" "$(PATH="$masks:$PATH" "$cairn" "$masks/cc" name)"
is "named after cairn" "cc inner=1" "$(PATH="$masks:$PATH" "$cairn" cc name)"
ln -f "$cairn" "$masks/cc"; is "hard link" "$tmp/bin/cc inner=1" "$(PATH="$masks:$PATH" "$masks/cc" name)"
rm "$masks/cc"; cp "$cairn" "$masks/cc"; is "copy" "$tmp/bin/cc inner=1" "$(PATH="$masks:$PATH" "$masks/cc" name)"
mkdir -p "$masks/2"; cp "$cairn" "$masks/2/cc"
is "two copies don't find each other" "$tmp/bin/cc inner=1" "$(PATH="$masks:$masks/2:$PATH" "$masks/2/cc" name)"
is "exec -a" "$tmp/bin/cc inner=1" "$("$probe" as cc "$cairn" name)"
is "exec -a with a directory" "$tmp/bin/cc inner=1" "$("$probe" as /nowhere/cc "$cairn" name)"
is "cairn twice" "cc inner=1" "$("$cairn" cairn "$cairn" cc name)"
rm "$masks/cc"; printf '#!/bin/sh\necho wrong\n' >"$masks/ccache"; chmod +x "$masks/ccache"; ln -s ccache "$masks/indirect"; ln -s indirect "$masks/cc"
is "another cache's link is skipped" "cc inner=1" "$(PATH="$masks:$PATH" "$cairn" cc name)"
is "another cache by name is not" "wrong" "$(PATH="$masks:$PATH" "$cairn" ccache cc name)"
is "not found" "127 cairn: nocc: not found in PATH" "$("$cairn" nocc 2>"$tmp/err"; echo "$? $(cat "$tmp/err")")"
is "no such path" "127 cairn: ./nocc: No such file or directory" "$("$cairn" ./nocc 2>"$tmp/err"; echo "$? $(cat "$tmp/err")")"
printf 'a\0b' >badcc; chmod +x badcc; is "no program" "126 cairn: ./badcc: Exec format error" "$("$cairn" ./badcc 2>"$tmp/err"; echo "$? $(cat "$tmp/err")")"
echo 'echo script $1' >script; chmod +x script; is "a script without #!" "script x" "$("$cairn" ./script x)"
is "empty PATH entry" "script y" "$(PATH=":$PATH" "$cairn" script y)"
rm -f "$log/requests"; is "inside another Cairn" "cc inner=1 0" "$(CAIRN_INNER=1 "$cairn" cc name) $(($(count requests)))"
is "working directory removed" "exit 4" "$(mkdir gone; cd gone; rmdir ../gone; "$probe" status "$cairn" cc exit 4)"

echo "== settings"
for value in 1 true TRUE Yes on; do
    rm -f "$log/requests"; CAIRN_DISABLE=$value "$cairn" cc exit 0 2>"$tmp/err"
    is "CAIRN_DISABLE=$value" "0 0" "$(($(count requests))) $(($(wc -c <"$tmp/err")))"
done
for value in 0 false No OFF ''; do
    rm -f "$log/requests"; CAIRN_DISABLE=$value "$cairn" cc exit 0 2>"$tmp/err"
    is "CAIRN_DISABLE=$value" "1 0" "$(($(count requests))) $(($(wc -c <"$tmp/err")))"
done
rm -f "$log/requests"
is "CAIRN_DISABLE=maybe" "cairn: CAIRN_DISABLE=maybe is none of 1, true, yes, on, 0, false, no, off; taken as off 1" "$(CAIRN_DISABLE=maybe "$cairn" cc exit 0 2>&1) $(($(count requests)))"
is "disabled creates nothing" "" "$(unset CAIRN_DIR; CAIRN_DISABLE=1 "$cairn" cc exit 0; ls -A "$HOME")"
is "CAIRN_DIR relative" "cairn: CAIRN_DIR=rel is not an absolute path; nothing is cached until it is exit 4" "$(CAIRN_DIR=rel "$probe" status "$cairn" cc exit 4 2>&1 | tr '\n' ' ' | sed 's/ $//')"
is "no HOME" "exit 4" "$(unset CAIRN_DIR HOME; "$probe" status "$cairn" cc exit 4 2>&1)"
endless="/$(printf '%04099d' 0)"
is "HOME too long for a path" "exit 4" "$(unset CAIRN_DIR; HOME="$endless" "$probe" status "$cairn" cc exit 4 2>&1)"
is "XDG_CACHE_HOME too long for a path" "exit 4" "$(unset CAIRN_DIR; XDG_CACHE_HOME="$endless" "$probe" status "$cairn" cc exit 4 2>&1)"
is "a compiler's path too long" "exit 127" "$("$probe" status "$cairn" "$endless" exit 4 2>/dev/null)"
is "cache directory can't be created" "exit 4" "$(CAIRN_DIR="$tmp/blob/x" "$probe" status "$cairn" cc exit 4 2>&1)"
peer passthrough
deep="$tmp/$(printf '%0120d' 0)"
java_with_daemon
is "socket path too long" "exit 4 /tmp/cairn-$(id -u)/" "$(CAIRN_DIR="$deep" "$probe" status "$cairn" cc exit 4) $(tail -n1 "$tmp/arguments" | sed 's|[0-9a-f]\{16\}-0.0.1.sock$||')"
rm -f "$(tail -n1 "$tmp/arguments")"; rmdir "/tmp/cairn-$(id -u)" 2>/dev/null; end_javas

echo "== starting"
fresh; rm -rf "$tmp/c" "$tmp/javas"
is "the first launcher starts it" "exit 4" "$("$probe" status "$cairn" cc exit 4 9</dev/null)"
is "its arguments" "@$tmp/home/lib/daemon.options -XX:AOTCache=$tmp/home/lib/cairn.aot -Dcairn.home=$tmp/home -cp $tmp/home/lib/cairn.jar dev.cairn.wrapper.Main daemon $tmp/c $socket" "$(tr '\n' ' ' <"$tmp/arguments" | sed 's/ $//')"
is "its environment" "HOME PATH" "$(grep -oE '^(HOME|PATH|CAIRN_DIR|LC_ALL|ASAN_OPTIONS)=' "$tmp/environment" | sort | tr -d '=' | tr '\n' ' ' | sed 's/ $//')"
is "its descriptors" "0 /dev/null 1 /dev/null 2 $run/daemon.log" "$(grep '^[012] ' "$tmp/descriptors" | tr '\n' ' ' | sed 's/ $//')"
is "nothing of the build or the launcher" "" "$(grep -v '^[012] ' "$tmp/descriptors" | grep -v '/home/runtime/bin/java$' | grep -v pipe)"
is "its directory" / "$(cat "$tmp/directory")"
is "modes" "700 700 600" "$(stat -c %a "$tmp/c") $(stat -c %a "$run") $(stat -c %a "$run/daemon.log")"
aot() { # the AOT cache that a daemon gets
    end_javas; fresh; rm -rf "$tmp/c"
    "$cairn" __daemon && grep -o '[^/]*\.aot$' "$tmp/arguments"
}
is "AOT cache, for S3" "cairn-s3.aot" "$(export CAIRN_REMOTE=s3://bucket; aot)"
is "AOT cache, for another store" "cairn.aot" "$(export CAIRN_REMOTE=gs://bucket; aot)"
printf 'remote = "s3://bucket"\n' >"$tmp/settings"
is "AOT cache, for S3 in the settings file" "cairn-s3.aot" "$(export CAIRN_CONFIG="$tmp/settings"; aot)"
is "AOT cache, for another store than that" "cairn.aot" "$(export CAIRN_CONFIG="$tmp/settings" CAIRN_REMOTE=file:///store; aot)"
mkdir -p "$tmp/user/.config/cairn" && cp "$tmp/settings" "$tmp/user/.config/cairn/config.toml"
is "AOT cache, for S3 in the usual file" "cairn-s3.aot" "$(aot)"
rm -r "$tmp/user/.config"
end_javas; fresh; rm -rf "$tmp/c"
i=0 held=
while [ $i -lt 64 ]; do "$cairn" cc exit 4 & held="$held $!"; i=$((i + 1)); done
good=0; for one in $held; do wait "$one"; [ $? -eq 4 ] && good=$((good + 1)); done
is "64 at once start one" "64 1 64" "$good $(($(count starts))) $(($(count requests)))"
is "__daemon, when it runs" "0" "$("$cairn" __daemon 2>&1; echo $?)"
end_javas; fresh
is "__daemon starts it" "0 1" "$("$cairn" __daemon 2>&1; echo $?) $(($(count starts)))"
end_javas; fresh
printf 'echo started >>"%s"\nexit 1\n' "$tmp/w/started" | java
export PROBE_TIME="$tmp/time"
is "a start that fails" "exit 4 quick" "$("$probe" status "$cairn" cc exit 4 2>&1) $(cat "$tmp/time")"
is "is remembered" "file 600 1" "$("$probe" kind "$run/trouble")"
is "so the next doesn't try" "exit 4 1" "$("$probe" status "$cairn" cc exit 4 2>&1) $(wc -l <started)"
touch "$run/trouble"; sh -c 'while [ ! "$1" -ot "$2" ]; do rm -f "$2"; : >"$2"; done' sh "$run/trouble" now
"$cairn" cc exit 0; is "after the pause the next does, and doubles it" "2 file 600 2" "$(wc -l <started) $("$probe" kind "$run/trouble")"
is "__daemon says so" "cairn: the daemon did not start; see $run/daemon.log exit 1" "$("$probe" status "$cairn" __daemon 2>&1 | tr '\n' ' ' | sed 's/ $//')"
fresh; echo 'exec sleep 3' | java
is "a start that takes too long" "exit 4 quick file 600 1" "$("$probe" status "$cairn-hasty" cc exit 4) $(cat "$tmp/time") $("$probe" kind "$run/trouble")"
fresh; rm "$tmp/home/runtime/bin/java"
is "no runtime" "exit 4 quick" "$("$probe" status "$cairn" cc exit 4 2>&1) $(cat "$tmp/time")"
unset PROBE_TIME

echo "== command line"
echo 'printf "%s\n" "$@"' | java
expected="@$tmp/home/lib/cli.options -XX:AOTCache=$tmp/home/lib/cairn-cli.aot -Dcairn.home=$tmp/home -Dcairn.launcher=$cairn -Dcairn.dir=$tmp/c -Dcairn.endpoint=$socket -cp $tmp/home/lib/cairn.jar dev.cairn.wrapper.Main cli"
is "stats --json" "$expected stats --json" "$("$cairn" stats --json | tr '\n' ' ' | sed 's/ $//')"
is "nothing" "$expected help" "$("$cairn" | tr '\n' ' ' | sed 's/ $//')"
is "--version" "$expected --version" "$("$cairn" --version | tr '\n' ' ' | sed 's/ $//')"
is "without a cache directory" "cli help" "$(unset CAIRN_DIR HOME; "$cairn" help | tail -n2 | tr '\n' ' ' | sed 's/ $//')"

echo "== random peers"
peer fuzz "${SEED:-1}" blob
printf 'object\0code' >blob
wrong=0 i=0 limit=${FUZZ:-500}
while [ $i -lt "$limit" ]; do
    rm -f "$run/trouble"
    timeout -k 1 15 "$cairn-hasty" cc exit 4 >/dev/null 2>&1 </dev/null
    case $? in 124 | 132 | 134 | 135 | 136 | 137 | 139) wrong=$((wrong + 1)) ;; esac
    i=$((i + 1))
done
is "$limit peers: no hang, no crash" 0 $wrong
is "all were asked" yes "$([ $(($(count requests))) -ge "$limit" ] && echo yes || count requests)"
cd "$tmp" || exit 1
is "no report of a sanitizer" "" "$(cat "$tmp"/report/* 2>/dev/null | head -n 40)"

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
