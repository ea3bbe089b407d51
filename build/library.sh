#!/bin/sh
# Compiles the local cache's own library in C, unless it is newer than its source.
# Usage: library.sh SOURCES LIBRARY
# JAVA_HOME is the JDK whose headers are used; CC, when set, is the compiler to use.
set -eu
sources=$1 library=$2
mkdir -p "$(dirname "$library")"
[ -e "$library" ] && [ -z "$(find "$sources" "$0" -newer "$library")" ] && exit 0
"${CC:-cc}" -std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -shared -fPIC -fvisibility=hidden \
    -isystem "$JAVA_HOME/include" -isystem "$JAVA_HOME/include/linux" "$sources"/*.c -o "$library.new"
mv "$library.new" "$library"
