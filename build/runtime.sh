#!/bin/sh
# Links the Java runtime of the distribution from the JDK in JAVA_HOME, unless it is there and of that JDK.
# Usage: runtime.sh HOME STAMP
set -eu
home=$1 runtime=$1/runtime stamp=$2
# java.net.http, java.naming, java.xml: object stores. jdk.net: the peer of a socket. jdk.unsupported: Caffeine.
# java.management, jdk.management, jdk.jfr: looking into a running daemon. java.logging: System.Logger.
modules=java.base,java.logging,java.management,java.naming,java.net.http,java.xml,jdk.jfr,jdk.management,jdk.net,jdk.unsupported

if [ ! -x "${JAVA_HOME:?}/bin/jlink" ]; then
    echo "Cairn's build needs jlink, which $JAVA_HOME lacks; use a full JDK." >&2
    exit 1
fi
wanted=$(cat "$JAVA_HOME/release" && echo "$modules")
[ "$wanted" = "$(cat "$stamp" 2>/dev/null)" ] && [ -x "$runtime/bin/java" ] && exit 0

rm -rf "$runtime" "$stamp"
rm -f "$home"/lib/cairn*.aot
# A JDK without jmods is linked from its own image. Uncompressed starts faster.
"$JAVA_HOME/bin/jlink" --add-modules "$modules" --output "$runtime" \
    --strip-java-debug-attributes --no-header-files --no-man-pages --compress zip-0
printf '%s\n' "$wanted" >"$stamp"
echo "runtime: linked from $(sed -n 's/^IMPLEMENTOR="\(.*\)"/\1/p' "$JAVA_HOME/release")" \
    "$(sed -n 's/^JAVA_VERSION="\(.*\)"/\1/p' "$JAVA_HOME/release")"
