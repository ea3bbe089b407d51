#!/bin/bash
# Compares Cairn with bare compilers, ccache and sccache on this machine, and writes RESULTS.md. See README.md.
# Usage: compare.sh [--quick] [--skip-memory] [--help for the rest]
# Needs: ccache, sccache, g++, gcc, python3 (3.9 or newer). As root on Debian or Ubuntu, what is missing is installed.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

missing=()
for program in ccache sccache g++ gcc python3; do
    command -v "$program" >/dev/null || missing+=("$program")
done
if [ ${#missing[@]} -gt 0 ]; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "compare.sh: installing ${missing[*]}" >&2
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -qq -y "${missing[@]}" >/dev/null
    else
        echo "compare.sh: missing: ${missing[*]}. Install them, for instance: sudo apt-get install ${missing[*]}" >&2
        exit 1
    fi
fi

# The Python program stops what it started and removes its work directory, also on Ctrl-C and SIGTERM.
exec python3 -B "$here/compare" "$@"
