#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Builds everything and runs the whole test suite; ends with CTest's summary. Installs what is
# missing. Arguments go to CTest: `sh tests/run.sh -L unit`.
#
# TCPSTATE_CAPTURES (environment) names a folder of further captures; the tests that read it say
# "skipped" without it.

set -eu
me=tests/run.sh
top=$(cd "$(dirname -- "$0")/.." && pwd -P)

# shellcheck source=cmake/needs.sh
. "$top/cmake/needs.sh"

need_to_build
need python3 python3
need sharkd wireshark-common
need cppcheck cppcheck
need clang-tidy clang-tidy
install_missing
build_in tests -DCMAKE_BUILD_TYPE=Release -DTCPSTATE_TESTS=ON -DTCPSTATE_WERROR=ON
cd "$build"
exec ctest --output-on-failure --parallel "$jobs" "$@"
