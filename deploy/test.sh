#!/usr/bin/env bash
# Everything that has to pass before a change lands, from a fresh machine on: installs what the tests need, builds, runs all tests,
# and builds real projects. Stops at the first step that fails. Needs no terminal and nothing that was installed by hand.
set -euo pipefail
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

[ $# -eq 0 ] || die "takes no arguments"
# Under nohup and its like signals are ignored; tests that send some would wait for ever.
[ -n "${signals_are_default-}" ] || signals_are_default=yes exec env --default-signal "$0"
unset signals_are_default
cd "$root"
work=$target/test
cairn=$distribution/bin/cairn
# The tests speak for themselves, whatever is set here.
unset "${!CAIRN_REMOTE@}" CAIRN_DIR CAIRN_CONFIG CAIRN_DISABLE CAIRN_RECACHE CAIRN_PATH_REMAP CAIRN_HARD_LINK CAIRN_MAX_SIZE CAIRN_INNER
export CAIRN_TEST_FIREBASE=$target/firebase-tools
passed=0

# step NAME FUNCTION
step() {
    local start
    say "== $1"
    start=$(now_ms)
    # Not in an if, where errors inside the function would not end it.
    set +e
    (
        set -e
        "$2"
    ) </dev/null
    local status=$?
    set -e
    if [ $status -ne 0 ]; then
        say "== $1: FAILED after $(seconds $(($(now_ms) - start))) s; the steps after it were not run"
        say "$passed passed, 1 failed"
        exit 1
    fi
    passed=$((passed + 1))
    say "== $1: passed in $(seconds $(($(now_ms) - start))) s"
}

tools() {
    need mvn:maven gcc:gcc g++:g++ clang:clang make:make ninja:ninja-build cmake:cmake musl-gcc:musl-tools \
        aarch64-linux-gnu-gcc:gcc-aarch64-linux-gnu dpkg-source:dpkg-dev clang-tidy:clang-tidy shellcheck:shellcheck \
        git:git curl:curl diff:diffutils mount:mount setpriv:util-linux nginx:nginx-light openssl:openssl node:nodejs npm:npm \
        gdb:gdb python3:python3 script:bsdutils strings:binutils mkfs.ext4:e2fsprogs mkfs.xfs:xfsprogs \
        mkfs.btrfs:btrfs-progs unshare:util-linux llvm-profdata-14:llvm-14 \
        swift-ring-builder:swift swift-proxy-server:swift-proxy swift-account-server:swift-account \
        swift-container-server:swift-container swift-object-server:swift-object
    # The cross compiler's own C library has no command to look for.
    [ -e /usr/aarch64-linux-gnu/include/stdio.h ] || install_packages libc6-dev-arm64-cross
}

# The storage emulator that stands in for Google's service. Nothing of it may run while it is installed.
gcs_server() {
    local version=15.34.2 home=$CAIRN_TEST_FIREBASE
    [ "$(cat "$home/installed" 2>/dev/null)" = "$version" ] || {
        mkdir -p "$home"
        npm install --prefix "$home" --ignore-scripts --no-audit --no-fund --loglevel=error "firebase-tools@$version"
        echo "$version" >"$home/installed"
    }
}

scripts() { shellcheck -x -P SCRIPTDIR deploy/*.sh build/*.sh .ci/run; }

# Tables in documents that are made by a script are what it makes.
tables() {
    diff <(sed -n '/^<!-- bench\/scaling.py -->$/,/^<!-- end -->$/p' docs/scaling.md | sed '1d;$d') <(python3 bench/scaling.py)
}

launcher_lint() {
    local out
    out=$(clang-tidy --quiet --warnings-as-errors='*' wrapper/src/main/c/*.c -- \
        -std=c11 -D_GNU_SOURCE -DCAIRN_VERSION='"0"' 2>&1) || {
        grep -v ' warnings generated\.$' <<<"$out" >&2
        return 1
    }
}

maven() { mvn -B -ntp -Dstyle.color=never verify; }

# What mostly waits, or uses one processor, goes on beside the steps before the one that awaits it.
# begin NAME COMMAND ...
declare -A beside=()
end_beside() {
    local pid
    for pid in "${beside[@]}"; do kill -- "-$pid" 2>/dev/null || :; done
}
trap end_beside EXIT
begin() {
    local name=$1
    shift
    rm -f "$work/$name.status"
    # What is started so would ignore signals; a group of its own can be ended as a whole.
    # shellcheck disable=SC2016
    env --default-signal setsid bash -c '"${@:2}"; echo $? >"$1.status"' begin "$work/$name" "$@" >"$work/$name.log" 2>&1 </dev/null &
    beside[$name]=$!
}

# ended NAME: waits, showing what it prints; fails when it failed.
ended() {
    tail --pid="${beside[$1]}" -n +1 -f "$work/$1.log"
    [ "$(cat "$work/$1.status")" = 0 ]
}

launcher() {
    ended launcher && tail -n 1 "$work/launcher.log" | grep -qE '^[0-9]+ passed, 0 failed$'
}

quickstart() { "$deploy/quickstart.sh"; }

projects() { "$deploy/projects.sh" --quick; }

worktrees() { "$deploy/worktrees.sh"; }

# A short run each; deploy/fuzz.sh alone makes 5,000 steps.
fuzzing() {
    "$deploy/fuzz.sh" --steps 80
    "$deploy/fuzz.sh" --restarts 0.4 --steps 40
    "$deploy/fuzz.sh" --real --steps 25
    "$deploy/fuzz.sh" --coarse --steps 40
}

plants() { ended plants; }

remote() { "$deploy/remote.sh"; }

# A distribution that was moved, in an environment without anything: no JDK, no variable but these.
relocation() {
    local bare="$work/elsewhere" there="$work/elsewhere/a b/cairn" run answer
    rm -rf "$bare"
    mkdir -p "$bare/a b" "$bare/home" "$bare/src"
    cp -a "$distribution" "$there"
    cp examples/hello/* "$bare/src/"
    run=(env -i PATH=/usr/bin:/bin "HOME=$bare/home")
    for object in cold warm; do
        # shellcheck disable=SC2016
        "${run[@]}" sh -c 'cd "$1" && "$2/bin/cairn" g++ -O1 -c greeting.cpp -o "$3.o"' sh "$bare/src" "$there" $object
    done
    (cd "$bare/src" && g++ -O1 -c greeting.cpp -o bare.o)
    answer=$("${run[@]}" "$there/bin/cairn" stats --json)
    "${run[@]}" "$there/bin/cairn" stop
    cmp "$bare/src/cold.o" "$bare/src/bare.o" && cmp "$bare/src/warm.o" "$bare/src/bare.o"
    if [ "$(statistic "$answer" misses)" != 1 ] || [ "$(statistic "$answer" hits total)" != 1 ]; then
        say "expected one miss and one hit: $answer" >&2
        return 1
    fi
    # Installed, behind a masquerade.
    "$deploy/install.sh" --masquerade "$bare/links" "$bare/prefix"
    env -i "PATH=$bare/links:/usr/bin:/bin" "HOME=$bare/home" g++ -O1 -c "$bare/src/greeting.cpp" -o "$bare/src/linked.o"
    "${run[@]}" "$bare/prefix/bin/cairn" stop
    "$deploy/install.sh" --uninstall --masquerade "$bare/links" "$bare/prefix"
    cmp "$bare/src/linked.o" "$bare/src/bare.o"
    if [ -n "$(find "$bare/links" "$bare/prefix" ! -type d)" ]; then
        say "uninstalling left files in $bare" >&2
        return 1
    fi
    rm -rf "$bare"
}

# Every program of the distributions below this directory has ended.
processes() {
    local exe path left=0
    for exe in /proc/[0-9]*/exe; do
        path=$(readlink "$exe") || continue
        case $path in
        "$root"/*)
            say "still running: $path, process $(basename "$(dirname "$exe")"): $(tr '\0' ' ' <"${exe%exe}cmdline")" >&2
            left=1
            ;;
        esac
    done
    return $left
}

mkdir -p "$work"
step "tools" tools
begin launcher sh wrapper/src/test/c/run.sh "$work/launcher"
step "a server for Google's storage" gcs_server
need_jdk
step "scripts (shellcheck)" scripts
step "tables in documents" tables
step "launcher (clang-tidy)" launcher_lint
step "mvn verify" maven
[ -x "$cairn" ] || die "the build left no $cairn"
step "launcher, with AddressSanitizer" launcher
# Those that need a race take some hundred steps, by chance; what is found ends its run.
begin plants "$deploy/fuzz.sh" --work "$target/plants" --plant all --steps 2000
step "quick start" quickstart
step "real projects" projects
step "real projects in several checkouts" worktrees
step "fuzzing" fuzzing
step "fuzzing, with bugs that it must find" plants
step "two machines and a bucket" remote
step "relocation and installation" relocation
step "no process is left" processes
say "$passed passed, 0 failed"
