# shellcheck shell=bash
# What the scripts of this directory share; to be sourced. Everything made stands below $target.

deploy=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
root=$(dirname "$deploy")
target=${CAIRN_TARGET:-$root/target}
# shellcheck disable=SC2034
distribution=$root/wrapper/target/cairn
readonly deploy root target

say() { printf '%s\n' "$*"; }
die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

# Runs a command as root; elsewhere than in CI a person is asked once before the first one.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
        return
    fi
    has sudo || die "needs root or sudo to run: $*"
    if [ -z "${CI:-}" ] && [ -z "${allowed:-}" ]; then
        local answer=no
        [ ! -t 0 ] || read -r -p "Run '$*' with sudo? [y/N] " answer
        case $answer in
        y | Y | yes) allowed=yes ;;
        *) die "not installed; install by hand, then start again: $*" ;;
        esac
    fi
    if [ -n "${CI:-}" ]; then sudo -n "$@"; else sudo "$@"; fi
}

apt_updated=
apt_update() {
    [ -z "$apt_updated" ] || return 0
    as_root apt-get -qq -o Acquire::Retries=3 update || say "apt-get update failed; going on with the lists that are there"
    apt_updated=yes
}

# Installs Debian packages; says which.
install_packages() {
    has apt-get || die "this system has no apt-get; install what these Debian packages hold, then start again: $*"
    say "Installing: $*"
    apt_update
    # Servers among them are not to be started: those that are needed are started by who needs them, on loopback.
    local policy=/usr/sbin/policy-rc.d made='' status=0
    if [ ! -e $policy ]; then
        as_root sh -c "printf '#!/bin/sh\nexit 101\n' >$policy && chmod 755 $policy"
        made=yes
    fi
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 \
        install --yes --no-install-recommends "$@" </dev/null >/dev/null || status=$?
    [ -z "$made" ] || as_root rm -f $policy
    [ $status -eq 0 ] || die "apt-get could not install: $*"
}

# need COMMAND:PACKAGE ...: installs the packages whose command is missing.
need() {
    local pair missing=()
    for pair in "$@"; do
        has "${pair%%:*}" || missing+=("${pair#*:}")
    done
    [ ${#missing[@]} -eq 0 ] || install_packages "${missing[@]}"
}

# Exports JAVA_HOME: a JDK that is there, else one from the configured package sources.
need_jdk() {
    local package
    if ! JAVA_HOME=$(sh "$deploy/find-jdk.sh" 2>/dev/null) && has apt-get; then
        apt_update
        for package in temurin-25-jdk openjdk-25-jdk; do
            if apt-cache policy "$package" 2>/dev/null | grep -q 'Candidate: [0-9]'; then
                install_packages "$package"
                break
            fi
        done
    fi
    JAVA_HOME=$(sh "$deploy/find-jdk.sh") || exit 1
    export JAVA_HOME
}

# The Debian source packages' lists and files, kept in $target and apart from the system's.
sources=$target/sources
private_apt() {
    local command=$1
    shift
    "$command" -qq -o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$sources/apt/sources.list.d" \
        -o "Dir::State::Lists=$sources/apt/lists" -o "Dir::Cache=$sources/apt/cache" \
        -o APT::Sandbox::User=root -o Acquire::Retries=3 "$@"
}

# Writes the configured package sources again, as sources of source packages: those of the system's own release only, because
# others need not have any.
write_source_lists() {
    local release file lists=$sources/apt/sources.list.d
    # shellcheck disable=SC1091
    release=$(. /etc/os-release && printf %s "${VERSION_CODENAME:-}")
    [ -n "$release" ] || return 1
    rm -rf "$sources/apt"
    mkdir -p "$lists" "$sources/apt/lists/partial" "$sources/apt/cache/archives/partial"
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
        [ -r "$file" ] || continue
        sed -E -n "s/^deb( +\[[^]]*\])?( +[^ ]+ +$release(-updates|-security)? )/deb-src\1\2/p" "$file" >"$lists/${file##*/}"
    done
    for file in /etc/apt/sources.list.d/*.sources; do
        [ -r "$file" ] || continue
        # One stanza at a time, without its comments.
        awk -v RS= -v release="$release" '
            { gsub(/(^|\n)#[^\n]*/, "") ; sub(/^\n/, "") }
            !/(^|\n)[Ee]nabled: *no/ && $0 ~ "(^|\n)Suites:[^\n]* " release "(-updates|-security)?( |\n|$)" {
                sub(/(^|\n)Types:[^\n]*/, "\nTypes: deb-src"); sub(/^\n/, ""); print $0 "\n" }' "$file" >"$lists/${file##*/}"
    done
    find "$lists" -empty -type f -delete
    [ -n "$(ls "$lists")" ]
}

# fetch_source PACKAGE: downloads a Debian source package, unless it is there already. Prints the path of its .dsc.
fetch_source() {
    local package=$1 directory=$sources/$1 attempt=$sources/$1.part
    if [ ! -d "$directory" ]; then
        has apt-get && has dpkg-source || return 1
        if [ ! -e "$sources/apt/updated" ]; then
            write_source_lists && private_apt apt-get update >&2 && touch "$sources/apt/updated" || return 1
        fi
        rm -rf "$attempt"
        mkdir -p "$attempt"
        (cd "$attempt" && private_apt apt-get --download-only source "$package" >&2) || return 1
        mv "$attempt" "$directory"
    fi
    ls "$directory"/*.dsc
}

# unpack_source PACKAGE DIRECTORY: makes DIRECTORY the upstream sources, without Debian's changes to them.
unpack_source() {
    local dsc
    dsc=$(fetch_source "$1") || return 1
    rm -rf "$2"
    mkdir -p "$(dirname "$2")"
    dpkg-source --no-check --no-copy --skip-patches -x "$dsc" "$2" >/dev/null 2>&1
}

now_ms() { printf '%s' "$((${EPOCHREALTIME//[.,]/} / 1000))"; }

# seconds MILLISECONDS
seconds() { printf '%d.%d' "$(($1 / 1000))" "$(($1 % 1000 / 100))"; }

# statistic JSON NAME [NAME]: a number of `cairn stats --json`, of its first or second level.
statistic() {
    local json
    json=$(tr -d ' \n' <<<"$1")
    if [ $# -eq 3 ]; then
        sed -n "s/.*\"$2\":{[^}]*\"$3\":\([0-9]*\).*/\1/p" <<<"$json"
    else
        sed -n "s/.*[,{]\"$2\":\([0-9]*\).*/\1/p" <<<"$json"
    fi
}
