#!/bin/sh
# Runs the JMH benchmarks of bench/micro against the distribution. Arguments go to JMH: `micro.sh requestKey -f 3`.
# Needs: a JDK 25, Maven (for JMH itself), the distribution (mvn -DskipTests package).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
home=$here/../wrapper/target/cairn work=$here/../target/bench/micro
[ -e "$home/lib/cairn.jar" ] || { echo "micro.sh: no Cairn there; build it with: mvn -DskipTests package" >&2; exit 1; }
JAVA_HOME=$(sh "$here/../deploy/find-jdk.sh")
export JAVA_HOME
mkdir -p "$work/lib" "$work/classes"
if [ ! -e "$work/lib/jmh-core-1.37.jar" ]; then
    mvn -B -q -ntp -f "$here/micro/pom.xml" dependency:copy-dependencies "-DoutputDirectory=$work/lib"
fi
"$JAVA_HOME/bin/javac" -proc:full -nowarn -cp "$home/lib/*:$work/lib/*" -d "$work/classes" \
    "$here"/micro/dev/cairn/wrapper/pipeline/*.java
LD_LIBRARY_PATH=$home/lib/native exec "$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED \
    -cp "$work/classes:$home/lib/*:$work/lib/*" org.openjdk.jmh.Main \
    -jvmArgs "-XX:+UseSerialGC -Xmx96m --enable-native-access=ALL-UNNAMED" -f 1 -wi 3 -i 5 -w 1 -r 1 "$@"
