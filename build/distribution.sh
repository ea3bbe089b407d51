#!/bin/sh
# Assembles the distribution. Called by the build of the wrapper, in its package phase; redoes only what changed.
# Usage: distribution.sh MODULE JAR STAGE HOME VERSION
#   MODULE  directory of the wrapper module
#   JAR     its jar
#   STAGE   directory whose lib/ holds the other jars and lib/native the native libraries
#   HOME    directory to make
#   VERSION Cairn's
set -eu
module=$1 jar=$2 stage=$3 home=$4 version=$5
build=$(dirname "$0")
JAVA_HOME=$(sh "$build/../deploy/find-jdk.sh")
export JAVA_HOME
mkdir -p "$home/bin" "$home/lib/native"

cp -p "$jar" "$stage/lib/cairn.jar"
cp -p "$module"/src/main/dist/*.options "$stage/lib/"

# The AOT cache holds the code of the jars that it was made with, and the JVM does not always notice other jars: the
# cache goes before the first jar changes.
replace() {
    rm -f "$home"/lib/cairn*.aot
    cp "$1" "$2.new"
    mv "$2.new" "$2"
}
for file in "$stage"/lib/*.jar "$stage"/lib/*.options "$stage"/lib/native/*; do
    cmp -s "$file" "$home/${file#"$stage/"}" || replace "$file" "$home/${file#"$stage/"}"
done
for file in "$home"/lib/*.jar "$home"/lib/*.options "$home"/lib/native/*; do
    case ${file##*/} in libcairn-*.so | libstdc++.so.6 | libgcc_s.so.1) continue ;; esac
    [ -e "$stage/${file#"$home/"}" ] || rm -f "$home"/lib/cairn*.aot "$file"
done

sh "$build/licenses.sh" "$stage/lib" "$home/lib/licenses" "$module/.."
sh "$build/runtime.sh" "$home" "$stage/runtime.made"
sh "$build/library.sh" "$module/../local-cache/src/main/c" "$home/lib/native/libcairn-cache.so"
# The JVM looks for native libraries in its own lib directory first, wherever the distribution was moved to; a library that is
# found there is not unpacked into the temporary directory at each start, where a daemon that is killed would leave it.
for file in "$home"/lib/native/librocksdbjni* "$home"/lib/native/libzstd-jni* "$home/lib/native/libcairn-cache.so"; do
    ln -sfn "../../lib/native/${file##*/}" "$home/runtime/lib/${file##*/}"
done
sh "$build/launcher.sh" "$module/src/main/c" "$home/bin/cairn" "$version" "$stage/launcher.made"
# RocksDB needs the C++ runtime; a machine without one gets ours.
for library in libstdc++.so.6 libgcc_s.so.1; do
    [ -e "$home/lib/native/$library" ] || cp -L "$("${CC:-cc}" -print-file-name="$library")" "$home/lib/native/$library"
done
sh "$build/preload.sh" "$module/src/main/preload" "$home/lib/native/libcairn-bytes.so"
sh "$build/aot.sh" "$home" "$version"
