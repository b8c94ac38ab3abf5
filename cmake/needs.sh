# SPDX-License-Identifier: GPL-2.0-or-later
#
# Read by cmake/run.sh and tests/run.sh with the dot command: what both need before they can build.
# The caller has set `top` to the source tree and `me` to its own name for messages.
# shellcheck shell=sh disable=SC2154

die()
{
    echo "$me: $*" >&2
    exit 1
}

has()
{
    command -v "$1" >/dev/null 2>&1
}

# A Debian package that brings no command to look for.
has_package()
{
    ! has dpkg-query ||
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# need COMMAND PACKAGE / need_package PACKAGE: notes what is missing.
missing=
need()
{
    has "$1" || missing="$missing $2"
}

need_package()
{
    has_package "$1" || missing="$missing $1"
}

need_to_build()
{
    need cc gcc
    need cmake cmake
    has ninja || need make make
    need tshark tshark
    need_package libc6-dev
    need_package wireshark-dev
}

# Installs what is missing, with apt, as root or through sudo.
install_missing()
{
    [ -n "$missing" ] || return 0
    has apt-get || die "please install first:$missing"
    as_root=
    if [ "$(id -u)" != 0 ]; then
        has sudo || die "please install first, as root: apt-get install$missing"
        as_root=sudo
    fi
    echo "$me: installing$missing" >&2
    log=$(mktemp)
    # An archive that does not answer is not fatal here: the lists may be good enough.
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get update >"$log" 2>&1 || :
    # shellcheck disable=SC2086 # a list of words
    if ! $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        $missing >>"$log" 2>&1 </dev/null; then
        tail -n 20 "$log" >&2
        rm -f "$log"
        die "cannot install$missing (the end of apt-get's output is above)"
    fi
    rm -f "$log"
}

# build_in NAME OPTION...: configures and builds, sets `build` to the folder. Inside the source
# tree where that can be written, else in the user's cache. Of everything, or of `build_targets`.
build_targets=
build_in()
{
    build=$top/build/$1
    if ! mkdir -p "$build" 2>/dev/null || ! [ -w "$build" ]; then
        build=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/tcpstate/$1
        mkdir -p "$build" || die "no folder to build in: $build"
    fi
    shift
    # Two at once would build in each other's files.
    ! has flock || { exec 9>"$build.lock" && flock 9; }
    # A tree that was moved or copied with its build folder cannot use it.
    if [ -f "$build/CMakeCache.txt" ] &&
        ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$top" "$build/CMakeCache.txt"; then
        rm -rf "${build:?}"/*
    fi
    # shellcheck disable=SC2086 # a list of words
    if ! { cmake -S "$top" -B "$build" "$@" &&
        cmake --build "$build" --parallel "$jobs" ${build_targets:+--target $build_targets}; } \
        >"$build/build.log" 2>&1 </dev/null; then
        tail -n 40 "$build/build.log" >&2
        die "the build failed; all of its output is in $build/build.log"
    fi
    exec 9>&-
}

jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null) || jobs=1
