#!/bin/sh
# Collects the licence files that the jars of a directory carry.
# Usage: licenses.sh JARS DIRECTORY PROJECT
set -eu
jars=$1 directory=$2 project=$3
mkdir -p "$directory"
directory=$(cd "$directory" && pwd)
cp "$project/LICENSE" "$project/NOTICE" "$directory/"
for jar in "$jars"/*.jar; do
    name=${jar##*/}
    name=${name%.jar}
    [ -d "$directory/$name" ] && continue
    mkdir "$directory/$name"
    files=$("${JAVA_HOME:?}/bin/jar" --list --file "$jar" | grep -E -i '^(META-INF/)?(LICENSE|NOTICE)[^/]*$') || continue
    # The names are words: no licence file has a blank in its name.
    # shellcheck disable=SC2086
    (cd "$directory/$name" && "$JAVA_HOME/bin/jar" --extract --file "$jar" $files)
done
