#!/bin/sh
# Compiles the launcher, unless it is newer than its sources. Static where possible: starting it is most of the time of a hit.
# Usage: launcher.sh SOURCES PROGRAM VERSION STAMP
# CC_LAUNCHER, when set, is the compiler to use with its options, for instance "clang -static".
set -eu
sources=$1 program=$2 version=$3 stamp=$4

flags="-std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror"
made="$version ${CC_LAUNCHER:-} $flags compact"
if [ -x "$program" ] && [ "$made" = "$(cat "$stamp" 2>/dev/null)" ] &&
    [ -z "$(find "$sources" "$0" -newer "$program" 2>/dev/null)" ]; then
    exit 0
fi

# A compiler counts when it links a program that runs.
works() {
    command -v "${1%% *}" >/dev/null 2>&1 || return 1
    trial=$(mktemp -d)
    echo 'int main(void) { return 0; }' >"$trial/trial.c"
    if $1 "$trial/trial.c" -o "$trial/trial" >/dev/null 2>&1 && "$trial/trial"; then result=0; else result=1; fi
    rm -rf "$trial"
    return $result
}
if [ -n "${CC_LAUNCHER:-}" ]; then
    cc=$CC_LAUNCHER
else
    for cc in "musl-gcc -static" "cc -static" "cc" ""; do
        if [ -z "$cc" ]; then
            echo "Cairn's launcher needs a C compiler; none was found. Install one (package gcc; musl-tools gives the" \
                "fastest launcher) or set CC_LAUNCHER." >&2
            exit 1
        fi
        works "$cc" && break
    done
fi

# Fewer pages to map and to touch, where the linker knows how.
compact="-s -Wl,-z,noseparate-code -Wl,-z,norelro"
works "$cc $compact" && flags="$flags $compact"

# $cc and $flags are lists of words on purpose.
# shellcheck disable=SC2086
$cc $flags "-DCAIRN_VERSION=\"$version\"" "$sources"/*.c -o "$program.new"
mv "$program.new" "$program"
printf '%s\n' "$made" >"$stamp"
echo "launcher: compiled with $cc"
