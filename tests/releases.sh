#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Builds the plugin and runs its tests on the other releases of Wireshark that it supports, each in
# a Debian root of its own: sh tests/releases.sh [SUITE:RELEASE]...  (trixie:4.4 forky:4.6)
#
# A root is made once, kept in the user's cache and reused for a month; about 600 MB each. Needs
# root, because a root is entered with chroot. Where that or the archive is missing it says so and
# ends with 77, which CTest takes for "skipped".

set -eu
me=tests/releases.sh
top=$(cd "$(dirname -- "$0")/.." && pwd -P)
cache=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/tcpstate-releases
packages=tshark,wireshark-dev,cmake,make,gcc,libc6-dev,python3
most_days=30
user=65534

say()
{
    echo "$me: $*" >&2
}

skip()
{
    say "skipped: $*"
    # What failed before on another release stays a failure.
    [ -z "${failed:-}" ] || { say "failed on:$failed"; exit 1; }
    exit 77
}

# The release of Wireshark in a root, as 4.4.
release_in()
{
    chroot "$1" tshark --version 2>/dev/null | sed -nE '1s/^[^0-9]*([0-9]+\.[0-9]+)\..*/\1/p'
}

# The archive that this machine uses itself; prints nothing while there are no package lists.
archive()
{
    # shellcheck disable=SC2016 # apt's own placeholder
    apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' \
        'Component: main' 2>/dev/null | head -n 1
}

is_fresh()
{
    [ "$(cat "$1/.tcpstate" 2>/dev/null)" = "$2" ] &&
        [ -z "$(find "$1/.tcpstate" -mtime +$most_days)" ]
}

# make_root SUITE RELEASE: sets `root` to a folder with that release in it.
make_root()
{
    root=$cache/$1
    key="$2 $packages"
    is_fresh "$root" "$key" && return
    uri=$(archive)
    if [ -z "$uri" ]; then
        apt-get update >/dev/null 2>&1 || :
        uri=$(archive)
    fi
    [ -n "$uri" ] || skip "no mirror"
    if ! command -v mmdebstrap >/dev/null; then
        apt-get install -y --no-install-recommends mmdebstrap >/dev/null 2>&1 ||
            skip "no mmdebstrap"
    fi
    say "making a root with $1"
    rm -rf --one-file-system "$cache/$1".new.*
    new=$(mktemp -d "$cache/$1.new.XXXXXX")
    chmod 755 "$new"
    set -- "$1" "$2"
    for option in Acquire::http::Proxy Acquire::https::Proxy; do
        value=$(apt-config dump --format '%v%n' --no-empty "$option")
        [ -z "$value" ] || set -- "$@" --aptopt="$option \"$value\""
    done
    suite=$1 release=$2
    shift 2
    # Release files of a mirror that lags are expired; the cache may lie where apt's user cannot go.
    mmdebstrap --quiet --mode=root --variant=essential --format=directory --include="$packages" \
        --aptopt='Acquire::Check-Valid-Until "false"' --aptopt='APT::Sandbox::User "root"' \
        --aptopt='Apt::Install-Recommends "false"' --dpkgopt='path-exclude=/usr/share/doc/*' \
        --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
        --dpkgopt=force-unsafe-io "$@" "$suite" "$new" "deb ${uri%/} $suite main" >&2 ||
        skip "no mirror has $suite"
    found=$(release_in "$new")
    [ "$found" = "$release" ] || skip "$suite has Wireshark ${found:-none}, wanted $release"
    [ -c "$new/dev/null" ] || skip "this machine cannot make device nodes"
    chmod 1777 "$new/dev/shm"
    echo "$key" >"$new/.tcpstate"
    rm -rf --one-file-system "$root"
    mv "$new" "$root"
}

# A copy of the sources goes in, and all runs as a user without privileges. Notes what failed.
test_in()
{
    pair=$1
    work=$(mktemp -d "$root/tmp/tcpstate.XXXXXX")
    trap 'rm -rf --one-file-system "$work" "$fields"' EXIT
    inside=${work#"$root"}
    mkdir "$work/source" "$work/home" "$work/captures"
    tar -C "$top" --exclude=./.git --exclude='./build*' -c . | tar -C "$work/source" -x
    set --
    if [ -n "${TCPSTATE_CAPTURES:-}" ]; then
        cp "$TCPSTATE_CAPTURES"/*.pcap* "$work/captures/"
        set -- TCPSTATE_CAPTURES="$inside/captures"
    fi
    chown -R "$user:$user" "$work"
    chmod -R u+rwX,go+rX "$work"
    set -- chroot --userspec=$user:$user --groups=$user "$root" env -i HOME="$inside/home" \
        TMPDIR="$inside" PATH=/usr/bin:/bin LC_ALL=C.UTF-8 "$@"
    # Sanitizers need /proc, which these roots lack; they ran on this machine's release.
    "$@" sh -c "cmake -S $inside/source -B $inside/build -DCMAKE_BUILD_TYPE=Release \
            -DTCPSTATE_WERROR=ON >$inside/log 2>&1 &&
        cmake --build $inside/build --parallel 2 >>$inside/log 2>&1 || { cat $inside/log; exit 1; }
        cd $inside/build && ctest --output-on-failure --parallel 2 -LE 'sanitized|oracle'" ||
        failed="$failed $pair"
    if "$@" TCPSTATE_PLUGIN="$inside/build/plugin/tcpstate.so" \
        python3 "$inside/source/tests/host/export.py" "$inside/fields"; then
        mv "$work/fields" "$fields/${pair#*:}"
    else
        failed="$failed $pair"
    fi
    rm -rf --one-file-system "$work"
    trap 'rm -rf "$fields"' EXIT
}

# What this machine's release shows, if it has one.
export_here()
{
    command -v tshark >/dev/null || return 0
    here=$(tshark --version 2>/dev/null | sed -nE '1s/^[^0-9]*([0-9]+\.[0-9]+)\..*/\1/p')
    # shellcheck source=cmake/needs.sh
    . "$top/cmake/needs.sh"
    build_in tests -DCMAKE_BUILD_TYPE=Release -DTCPSTATE_TESTS=ON -DTCPSTATE_WERROR=ON
    TCPSTATE_PLUGIN="$build/plugin/tcpstate.so" \
        python3 "$top/tests/host/export.py" "$fields/here-$here"
}

# One line for each release: its tests, and the comparison with the first one that ran.
report()
{
    first=
    for folder in "$fields"/*; do
        [ -d "$folder" ] || continue
        [ -n "$first" ] || first=$folder
        count=$(find "$folder" -type f | wc -l)
        if diff -r "$first" "$folder" >"$fields/difference"; then
            say "fields of ${folder##*/}: $count exports equal to those of ${first##*/}"
        else
            head -n 40 "$fields/difference"
            failed="$failed fields:${folder##*/}"
        fi
    done
    for pair; do
        result=passed
        case " $failed " in *" $pair "*) result=failed ;; esac
        say "Wireshark ${pair#*:} in ${pair%%:*}: $result"
    done
}

[ "$(id -u)" = 0 ] || skip "needs root"
command -v apt-get >/dev/null || skip "no mirror"
mkdir -p "$cache"
[ $# -gt 0 ] || set -- trixie:4.4 forky:4.6
failed=
fields=$(mktemp -d)
trap 'rm -rf "$fields"' EXIT
export_here
for pair; do
    exec 8>"$cache/${pair%%:*}.lock" # one at a time
    flock 8
    make_root "${pair%%:*}" "${pair#*:}"
    say "Wireshark ${pair#*:} in ${pair%%:*}"
    test_in "$pair"
done
report "$@"
[ -z "$failed" ] || { say "failed on:$failed"; exit 1; }
