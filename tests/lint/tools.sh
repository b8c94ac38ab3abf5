#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# sh tests/lint/tools.sh format | cppcheck | tidy | analyze: what a program can say about the code
# without running it. Ends with 1 if it says anything, with 77 (CTest's "skipped") where the program
# is not installed. `analyze` is tidy with clang's analyzer, which takes minutes: not in the suite.

set -eu
cd "$(dirname -- "$0")/../.."

our_sources()
{
    find plugin cmake tests -name "$1" | LC_ALL=C sort
}

need()
{
    command -v "$1" >/dev/null 2>&1 || { echo "$1 is not installed"; exit 77; }
}

includes="-Iplugin"
for room in segment model findings annotation view; do
    includes="$includes -Iplugin/$room"
done

format()
{
    need clang-format
    # Another version has another mind.
    clang-format --version | grep -q 'version 14\.' || exit 77
    # shellcheck disable=SC2046 # no name of ours has a space
    clang-format --dry-run -Werror $(our_sources '*.[ch]')
}

# The compiler knows Wireshark's headers; what cppcheck cannot see of them is not ours.
cppcheck_all()
{
    need cppcheck
    # shellcheck disable=SC2086 # a list of words
    cppcheck --quiet --error-exitcode=1 --enable=warning,performance,portability \
        --inline-suppr --std=c11 $includes plugin
}

# tidy [OPTION]...
tidy()
{
    need clang-tidy
    epan=$(pkg-config --cflags wireshark glib-2.0 | sed 's/-I/-isystem /g')
    # shellcheck disable=SC2046,SC2086 # lists of words
    clang-tidy --quiet --warnings-as-errors='*' "$@" $(find plugin -name '*.c' | LC_ALL=C sort) -- \
        -std=c11 '-DTCPSTATE_VERSION="0"' $includes $epan 2>/dev/null
}

case $1 in
format) format ;;
cppcheck) cppcheck_all ;;
tidy) tidy '--checks=-clang-analyzer-*' ;;
analyze) tidy ;;
*) exit 2 ;;
esac
