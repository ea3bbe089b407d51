#!/usr/bin/env bash
# Installs the built distribution, or removes an installed one.
set -euo pipefail
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

usage() {
    cat <<END
Usage: install.sh [--masquerade DIRECTORY] [PREFIX]
       install.sh --uninstall [--masquerade DIRECTORY] [PREFIX]
  PREFIX        the distribution goes to PREFIX/lib/cairn, a link to PREFIX/bin/cairn; default: /usr/local for root, else ~/.local
  --masquerade  links named gcc, g++, cc, c++, clang, clang++ to Cairn in DIRECTORY, for those of them that there are
END
}

prefix='' masquerade='' uninstall=''
while [ $# -gt 0 ]; do
    case $1 in
    --uninstall) uninstall=yes ;;
    --masquerade) masquerade=${2:?directory} && shift ;;
    -h | --help) usage && exit 0 ;;
    -*) usage >&2 && exit 2 ;;
    *) prefix=$1 ;;
    esac
    shift
done
if [ -z "$prefix" ]; then
    if [ "$(id -u)" -eq 0 ]; then prefix=/usr/local; else prefix=$HOME/.local; fi
fi
case $prefix in /*) ;; *) prefix=$PWD/$prefix ;; esac
case $masquerade in '' | /*) ;; *) masquerade=$PWD/$masquerade ;; esac
home=$prefix/lib/cairn

# Whether $1 is a link to this installation.
ours() { [ -L "$1" ] && [ "$(readlink "$1")" = "$home/bin/cairn" ]; }

# The daemon of this installation would go on with files that are gone.
if [ -x "$home/bin/cairn" ]; then
    "$home/bin/cairn" stop >/dev/null || say "its daemon could not be stopped; it ends by itself when idle"
fi

if [ -n "$uninstall" ]; then
    [ -d "$home" ] || die "nothing is installed in $home"
    for name in gcc g++ cc c++ clang clang++; do
        if [ -n "$masquerade" ] && ours "$masquerade/$name"; then rm "$masquerade/$name"; fi
    done
    if ours "$prefix/bin/cairn"; then rm "$prefix/bin/cairn"; fi
    rm -rf "$home"
    say "Removed $home; the cache itself stays, see: cairn help clear"
    exit 0
fi

[ -x "$distribution/bin/cairn" ] || die "no distribution in $distribution; build it: mvn -DskipTests package"
if [ -e "$prefix/bin/cairn" ] && ! ours "$prefix/bin/cairn"; then
    die "$prefix/bin/cairn is there and is not Cairn's; nothing was changed"
fi
if [ -n "$masquerade" ]; then
    for name in gcc g++ cc c++ clang clang++; do
        if [ -e "$masquerade/$name" ] && ! ours "$masquerade/$name"; then
            die "$masquerade/$name is there and is not Cairn's; take another directory; nothing was changed"
        fi
    done
fi

mkdir -p "$prefix/bin" "$prefix/lib"
rm -rf "$home.new" "$home.old"
# With its times: the archive that makes starting fast is valid for these jars only.
cp -a "$distribution" "$home.new"
[ "$(id -u)" -ne 0 ] || chown -R root:root "$home.new"
if [ -d "$home" ]; then mv "$home" "$home.old"; fi
mv "$home.new" "$home"
rm -rf "$home.old"
ln -sfn "$home/bin/cairn" "$prefix/bin/cairn"
say "Installed $prefix/bin/cairn"

if [ -n "$masquerade" ]; then
    mkdir -p "$masquerade"
    for name in gcc g++ cc c++ clang clang++; do
        if has "$name"; then ln -sfn "$home/bin/cairn" "$masquerade/$name"; fi
    done
    say "Put it first in PATH: export PATH=\"$masquerade:\$PATH\""
fi
