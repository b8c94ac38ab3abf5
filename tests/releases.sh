#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Builds the plugin and runs its tests on every release of Wireshark that it supports: this
# machine's own (the word "here") and others, each in a Debian root of its own.
#
#   sh tests/releases.sh [here | SUITE:RELEASE]...       (here trixie:4.4 forky:4.6)
#
# Each other release's package is installed in its root, asked for, and removed. Then it compares
# what the plugin shows of every capture on one release with what it shows on the others.
# TCPSTATE_CAPTURES (environment) names a folder of further captures.
#
# A root is made once, kept in the user's cache and reused for a month; about 600 MB each. Needs
# root, because a root is entered with chroot. A release whose root cannot be made is skipped and
# the next one follows. The last lines are a table of releases and test labels, and one line for
# each release with its result. Ends with 1 if one failed, with 77 (CTest's "skipped") if none ran.

set -eu
me=tests/releases.sh
top=$(cd "$(dirname -- "$0")/.." && pwd -P)
cache=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/tcpstate-releases
packages=tshark,wireshark-dev,cmake,make,gcc,libc6-dev,python3
most_days=30
user=65534

# shellcheck source=cmake/needs.sh
. "$top/cmake/needs.sh"

say()
{
    echo "$me: $*" >&2
}

# The release of the Wireshark that a command runs, as 4.4.
release_of()
{
    { "$@" tshark --version 2>/dev/null || :; } |
        sed -nE '1s/^[^0-9]*([0-9]+\.[0-9]+)\..*/\1/p'
}

# The archive that this machine uses itself; prints nothing while there are no package lists.
archive()
{
    # shellcheck disable=SC2016 # apt's own placeholder
    apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' \
        'Component: main' 2>/dev/null | head -n 1
}

# Why there is no root; what was begun of it goes.
no_root()
{
    why=$*
    [ -z "${new:-}" ] || rm -rf --one-file-system "$new"
    new=
    return 1
}

# make_root SUITE RELEASE: sets `root` to a folder with that release in it; without one it sets
# `why` and fails.
make_root()
{
    root=$cache/$1
    new=
    key="$2 $packages"
    [ "$(id -u)" = 0 ] || { no_root "needs root"; return; }
    if [ "$(cat "$root/.tcpstate" 2>/dev/null)" = "$key" ]; then
        [ -n "$(find "$root/.tcpstate" -mtime +$most_days)" ] || return 0
        has apt-get && [ -n "$(archive)" ] || return 0 # an old one is better than none
    fi
    has apt-get || { no_root "no mirror"; return; }
    uri=$(archive)
    if [ -z "$uri" ]; then
        apt-get update >/dev/null 2>&1 || :
        uri=$(archive)
    fi
    [ -n "$uri" ] || { no_root "no mirror"; return; }
    if ! has mmdebstrap &&
        ! apt-get install -y --no-install-recommends mmdebstrap >/dev/null 2>&1; then
        no_root "no mmdebstrap"
        return
    fi
    say "making a root with $1"
    rm -rf --one-file-system "$cache/$1".new.*
    new=$(mktemp -d "$cache/$1.new.XXXXXX") || { no_root "no room in $cache"; return; }
    bootstrap "$1" || { no_root "no mirror has $1"; return; }
    found=$(release_of chroot "$new")
    [ "$found" = "$2" ] || { no_root "$1 has Wireshark ${found:-none}"; return; }
    [ -c "$new/dev/null" ] || { no_root "this machine cannot make device nodes"; return; }
    chmod 1777 "$new/dev/shm"
    echo "$key" >"$new/.tcpstate"
    rm -rf --one-file-system "$root"
    mv "$new" "$root"
}

# bootstrap SUITE: fills the folder `new` from the archive `uri`.
bootstrap()
{
    suite=$1
    shift
    chmod 755 "$new"
    for option in Acquire::http::Proxy Acquire::https::Proxy; do
        value=$(apt-config dump --format '%v%n' --no-empty "$option")
        [ -z "$value" ] || set -- "$@" --aptopt="$option \"$value\""
    done
    # Release files of a mirror that lags are expired; the cache may lie where apt's user cannot go.
    mmdebstrap --quiet --mode=root --variant=essential --format=directory --include="$packages" \
        --aptopt='Acquire::Check-Valid-Until "false"' --aptopt='APT::Sandbox::User "root"' \
        --aptopt='Apt::Install-Recommends "false"' --dpkgopt='path-exclude=/usr/share/doc/*' \
        --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
        --dpkgopt=force-unsafe-io "$@" "$suite" "$new" "deb ${uri%/} $suite main" >&2
}

# A copy of the sources goes into `root`, below `inside`, for a user without privileges.
fill_root()
{
    work=$(mktemp -d "$root/tmp/tcpstate.XXXXXX")
    inside=${work#"$root"}
    mkdir "$work/source" "$work/home" "$work/captures" "$work/out"
    tar -C "$top" --exclude=./.git --exclude='./build*' -c . | tar -C "$work/source" -x
    if [ -n "${TCPSTATE_CAPTURES:-}" ]; then
        cp "$TCPSTATE_CAPTURES"/*.pcap* "$work/captures/"
    fi
    chown -R "$user:$user" "$work"
    chmod -R u+rwX,go+rX "$work"
}

empty_root()
{
    [ -z "${work:-}" ] || rm -rf --one-file-system "$work"
    work=
}

# Runs a command inside `root`.
in_root()
{
    [ -z "${TCPSTATE_CAPTURES:-}" ] || set -- TCPSTATE_CAPTURES="$inside/captures" "$@"
    chroot --userspec=$user:$user --groups=$user "$root" env -i HOME="$inside/home" \
        TMPDIR="$inside" PATH=/usr/bin:/bin LC_ALL=C.UTF-8 "$@"
}

# And on this machine.
here()
{
    env "$@"
}

# test_release HOW SOURCE BUILD OUT: tests what was built; sets `result`. HOW is one of the two
# functions above, and the folders are named as they are called there.
test_release()
{
    result=passed
    # Sanitizers need /proc, which a root lacks, and the oracle knows no Wireshark: tests/run.sh
    # has both.
    "$1" ctest --test-dir "$3" --output-on-failure --parallel 2 -LE 'sanitized|oracle' \
        --output-junit "$4/junit.xml" || result="failed: tests"
    if ! "$1" TCPSTATE_PLUGIN="$3/plugin/tcpstate.so" PYTHONDONTWRITEBYTECODE=1 \
        python3 "$2/tests/host/export.py" "$4/fields"; then
        result="failed: export of fields"
    fi
}

# Runs a command inside `root` as root, for dpkg.
as_root()
{
    chroot "$root" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 "$@"
}

# The files of our package that are in `root`.
installed_files()
{
    as_root find /usr /etc -ipath '*tcpstate*' -o -ipath '*/TCP State*'
}

# Makes the package of `root`'s release, installs it there and takes it away again; sets `package`.
# Nothing of ours is in a root before, nor in the user's folders: what tshark lists is the package's.
test_package()
{
    package="no package"
    in_root sh -c "cd $inside/build && cpack -G DEB" >"$work/log" 2>&1 || return
    deb=$(cd "$work/build" && ls tcpstate_*.deb)
    package="does not install"
    as_root dpkg --install "$inside/build/$deb" >"$work/log" 2>&1 ||
        { as_root dpkg --purge tcpstate >/dev/null 2>&1 || :; return 0; }
    package="is not listed by tshark -G plugins"
    if in_root env HOME="$inside/out" tshark -G plugins 2>"$work/err" |
        grep -q '^tcpstate\.so.*/usr/lib' && ! [ -s "$work/err" ]; then
        package="shows nothing"
        in_root env HOME="$inside/out" tshark -r "$inside/source/tests/captures/sample-curl.pcap" \
            -Y 'tcpstate.phase == "handshake"' 2>"$work/err" | grep -q SYN &&
            ! [ -s "$work/err" ] && package=passed
    fi
    as_root dpkg --purge tcpstate >"$work/log" 2>&1 || package="cannot be removed"
    left=$(installed_files)
    [ -z "$left" ] || { echo "$left"; package="leaves files behind"; }
}

# keep NAME OUT: what a release's test left, and its result, for the last lines.
keep()
{
    mkdir -p "$all/$1"
    for kind in junit.xml fields; do
        [ ! -e "$2/$kind" ] || mv "$2/$kind" "$all/$1/"
    done
    echo "$1: $result" >>"$all/results"
}

run_here()
{
    release=$(release_of env)
    [ -n "$release" ] || { echo "here: skipped: no tshark" >>"$all/results"; return 0; }
    say "Wireshark $release, this machine's own"
    build_in tests -DCMAKE_BUILD_TYPE=Release -DTCPSTATE_TESTS=ON -DTCPSTATE_WERROR=ON
    mkdir "$all/out"
    test_release here "$top" "$build" "$all/out"
    keep "$release-here" "$all/out"
}

run_in_root()
{
    exec 8>"$cache/$1.lock" # one at a time
    flock 8
    make_root "$1" "$2" || { echo "$2-$1: skipped: $why" >>"$all/results"; return 0; }
    say "Wireshark $2 in $1"
    fill_root
    if in_root sh -c "cmake -S $inside/source -B $inside/build -DCMAKE_BUILD_TYPE=Release \
            -DTCPSTATE_WERROR=ON && cmake --build $inside/build --parallel 2" >"$work/log" 2>&1
    then
        test_release in_root "$inside/source" "$inside/build" "$inside/out"
        test_package
        if [ "$package" = passed ]; then
            echo "$2-$1: $deb installs, is listed by tshark -G plugins, and is gone after removal" \
                >>"$all/packages"
        elif [ "$result" = passed ]; then
            result="failed: the package $package"
        fi
        cat "$work/log"
    else
        tail -n 40 "$work/log"
        result="failed: does not build"
    fi
    keep "$2-$1" "$work/out"
    empty_root
    exec 8>&-
}

# The exports of each release against those of the first one that made them.
compare_fields()
{
    first=
    for folder in "$all"/*/fields; do
        [ -d "$folder" ] || continue
        name=$(basename "$(dirname "$folder")")
        if [ -z "$first" ]; then
            first=$folder
            first_name=$name
        elif diff -r "$first" "$folder" >"$all/difference"; then
            echo "$name shows the same fields as $first_name," \
                "in $(find "$folder" -type f | wc -l) exports of captures"
        else
            head -n 40 "$all/difference"
            echo "$name: failed: shows other fields than $first_name" >>"$all/results"
        fi
    done
}

mkdir -p "$cache"
[ $# -gt 0 ] || set -- here trixie:4.4 forky:4.6
all=$(mktemp -d)
trap 'empty_root; rm -rf "$all"' EXIT
trap 'exit 130' INT TERM HUP
: >"$all/results"
: >"$all/packages"
for where; do
    case $where in
    here) run_here ;;
    *:*) run_in_root "${where%%:*}" "${where#*:}" ;;
    *) die "what is $where?" ;;
    esac
done
compare_fields
! has python3 || python3 "$top/tests/host/release_table.py" "$all"
sed "s/^/Wireshark /" "$all/packages" "$all/results"
! grep -q ': failed' "$all/results" || exit 1
grep -q ': passed$' "$all/results" || exit 77
