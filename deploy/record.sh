#!/bin/sh
# Stands before the compiler in the builds of projects.sh: runs it, and keeps what it printed and its exit code.
# CHECK_LOG  directory of the records; each is named by the compilation's output below CHECK_TREE, and a number
# CHECK_WITH program to put in front of the compiler (cairn), or empty
# The build sees the same command line whether that is empty or not, so that whole build trees can be compared.
set -f
: >"$CHECK_LOG/called"

# Starting a process for this would take longer than a hit: only the shell's own means.
name() {
    path=${1#"$CHECK_TREE/"}
    IFS=/
    # shellcheck disable=SC2086
    set -- $path
    IFS=%
    name="$*"
    unset IFS
}

compiles='' output='' previous=''
for argument; do
    case $argument in -c) compiles=yes ;; esac
    case $previous in -o) output=$argument ;; esac
    previous=$argument
done
if [ -z "$compiles" ]; then
    # shellcheck disable=SC2086
    exec $CHECK_WITH "$@"
fi
case $output in
'') name "$PWD/$previous" ;;
/*) name "$output" ;;
*) name "$PWD/$output" ;;
esac

number=0
[ ! -e "$CHECK_LOG/$name.number" ] || read -r number <"$CHECK_LOG/$name.number"
number=$((number + 1))
echo $number >"$CHECK_LOG/$name.number"
record=$CHECK_LOG/$name.$number
# shellcheck disable=SC2086
$CHECK_WITH "$@" >"$record.stdout" 2>"$record.stderr"
status=$?
echo $status >"$record.status"
[ ! -s "$record.stdout" ] || cat "$record.stdout"
[ ! -s "$record.stderr" ] || cat "$record.stderr" >&2
exit $status
