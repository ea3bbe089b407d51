#!/bin/sh
# Compiles the library that looks at many files in one call, unless it is newer than its source.
# Usage: appearances.sh SOURCES LIBRARY
# CC, when set, is the compiler to use.
set -eu
sources=$1 library=$2
mkdir -p "$(dirname "$library")"
[ -e "$library" ] && [ -z "$(find "$sources" "$0" -newer "$library")" ] && exit 0
"${CC:-cc}" -std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -shared -fPIC "$sources"/*.c -o "$library.new"
mv "$library.new" "$library"
