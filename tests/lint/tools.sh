#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# sh tests/lint/tools.sh format | cppcheck | tidy BUILD: what a program can say about the code
# without running it. Ends with 1 if it says anything. BUILD keeps notes of what was clean.

set -eu
cd "$(dirname -- "$0")/../.."
tool=$1
build=${2:-}

our_sources()
{
    find plugin cmake tests -name "$1" ! -path '*/build/*' | LC_ALL=C sort
}

includes="-Iplugin"
for room in segment model findings annotation view; do
    includes="$includes -Iplugin/$room"
done

format()
{
    # Another version has another mind.
    clang-format --version | grep -q 'version 14\.' || exit 77
    # shellcheck disable=SC2046 # no name of ours has a space
    clang-format --dry-run -Werror $(our_sources '*.[ch]')
}

cppcheck_core()
{
    # shellcheck disable=SC2086 # a list of words
    cppcheck --quiet --error-exitcode=1 --enable=warning,performance,portability \
        --inline-suppr --std=c11 $includes plugin
}

# One source takes five seconds, so a source that was clean, with all that it includes, is not
# looked at again.
tidy()
{
    mkdir -p "$build/tidy"
    epan=$(pkg-config --cflags wireshark glib-2.0 | sed 's/-I/-isystem /g')
    status=0
    for source in $(find plugin -name '*.c' | LC_ALL=C sort); do
        # shellcheck disable=SC2086 # lists of words
        set -- -std=c11 '-DTCPSTATE_VERSION="0"' $includes $epan
        sum=$({ cat .clang-tidy; clang -E "$@" "$source"; } | sha256sum)
        note=$build/tidy/$(echo "$source" | tr / _)
        [ "$(cat "$note" 2>/dev/null)" != "$sum" ] || continue
        if clang-tidy --quiet --warnings-as-errors='*' "$source" -- "$@" 2>/dev/null; then
            echo "$sum" >"$note"
        else
            status=1
        fi
    done
    return $status
}

case $tool in
format) format ;;
cppcheck) cppcheck_core ;;
tidy) tidy ;;
*) exit 2 ;;
esac
