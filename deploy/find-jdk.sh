#!/bin/sh
# Prints the home of a JDK that can build Cairn, or one line on stderr (exit 1) when there is none.
# Usage: find-jdk.sh [oldest major version that will do; 25]
set -u
oldest=${1:-25}

# Prints the major version of the JDK at $1; nothing when that is not a JDK (a runtime without a compiler is none).
major() {
    [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 0
    sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
}

# Ends the search when the directory $1 will do.
consider() {
    found=$(major "$1")
    if [ "${found:-0}" -ge "$oldest" ]; then
        printf '%s\n' "$1"
        exit 0
    fi
}

[ -z "${JAVA_HOME:-}" ] || consider "$JAVA_HOME"
java=$(command -v java) && java=$(readlink -f "$java") && consider "${java%/bin/java}"
for home in /usr/lib/jvm/* /opt/* "${HOME:-/nonexistent}"/.sdkman/candidates/java/* "${HOME:-/nonexistent}"/.jdks/*; do
    consider "$home"
done

echo "Cairn needs a JDK $oldest or newer; none was found. Install one (for instance Temurin 25: package temurin-25-jdk," \
    "or https://adoptium.net) or set JAVA_HOME." >&2
exit 1
