#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# How much of the pure core (rooms 1 to 3) the suite reaches without Wireshark: sh tests/coverage.sh
#
# Builds with clang, runs the unit tests, the scenarios and the oracle, and prints the lines that
# none of them reached and the share of those that were. Ends with 1 below 95 %.

set -eu
me=tests/coverage.sh
top=$(cd "$(dirname -- "$0")/.." && pwd -P)
least=95

# shellcheck source=cmake/needs.sh
. "$top/cmake/needs.sh"
# shellcheck source=tests/lines.sh
. "$top/tests/lines.sh"

need_to_build
need clang clang
need llvm-cov llvm
install_missing
# shellcheck disable=SC2086 # a list of words
build_in suite-coverage $counting -DTCPSTATE_TESTS=ON "$counting_flags"
profiles=$build/profiles
rm -rf "$profiles"
mkdir "$profiles"
cd "$build"
LLVM_PROFILE_FILE=$profiles/%m.profraw ctest --parallel "$jobs" -L 'unit|scenario|oracle' \
    >ctest.log || { tail -n 30 ctest.log; die "a test failed; all of them: $build/ctest.log"; }
# shellcheck disable=SC2046 # no name of ours has a space
report_lines "$profiles" $(find tests/unit tests/player tests/oracle tests/scenarios -type f \
    -perm -u+x ! -name '*.so' ! -path '*/CMakeFiles/*')
awk -v percent="$percent" -v least=$least 'BEGIN { exit percent < least }' ||
    die "less than $least %"
