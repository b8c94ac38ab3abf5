#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Fuzzes the parser of headers and the whole core: sh tests/fuzz.sh SECONDS
#
# Needs clang with libFuzzer, and builds with its sanitizers. Seeds are the scenarios and the
# captures; what is found worth keeping stays in the user's cache and is the beginning of the next
# run. The time is used in slices, half of each for either target, one process at a time. Then it
# plays everything kept through a build that counts lines, and prints how many of the core's it
# reached and which it did not. Ends with 1 where anything crashed: the input is kept, and named.

set -eu
me=tests/fuzz.sh
top=$(cd "$(dirname -- "$0")/.." && pwd -P)
cache=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/tcpstate-fuzz
slice_most=300
targets="fuzz_header fuzz_core"

# shellcheck source=cmake/needs.sh
. "$top/cmake/needs.sh"
# shellcheck source=tests/lines.sh
. "$top/tests/lines.sh"

case ${1:-} in
'' | *[!0-9]*) die "say how many seconds" ;;
esac
seconds=$1

need_to_build
need clang clang
need llvm-cov llvm
install_missing
build_targets="flow_pcap $targets"
build_in fuzz -DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=RelWithDebInfo -DTCPSTATE_TESTS=OFF \
    -DTCPSTATE_SANITIZE=ON -DTCPSTATE_FUZZ=ON -DTCPSTATE_LIBFUZZER=ON
fuzz=$build
# shellcheck disable=SC2086 # a list of words
build_in coverage $counting -DTCPSTATE_TESTS=OFF -DTCPSTATE_FUZZ=ON -DTCPSTATE_LIBFUZZER=ON \
    "$counting_flags"
coverage=$build

# Every scenario as a capture, under the three initial numbers it is played at.
make_seeds()
{
    mkdir -p "$cache/seeds"
    find "$top/tests/scenarios" -name '*.flow' | while read -r flow; do
        seed=$cache/seeds/$(basename "$flow" .flow).pcap
        "$fuzz/tests/player/flow_pcap" "$seed" "$flow" >/dev/null
        rm -f "$seed.index"
    done
    cp "$top"/tests/captures/*.pcap "$top"/tests/truth/data/*.pcap "$top"/tests/fuzz/found/*.pcap \
        "$cache/seeds/"
}

# fuzz_for TARGET SECONDS
fuzz_for()
{
    mkdir -p "$cache/$1" "$cache/crashes"
    status=0
    # A busy machine is no endless loop: hence the long time for one input.
    "$fuzz/tests/fuzz/$1" -max_total_time="$2" -max_len=8192 -timeout=600 -rss_limit_mb=3000 \
        -artifact_prefix="$cache/crashes/$1-" -print_final_stats=1 "$cache/$1" "$cache/seeds" \
        >"$cache/$1.log" 2>&1 || status=$?
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$cache/$1.log")
    total=$((total + ${runs:-0}))
    echo "$(date -u +%FT%TZ) $1 $2 s, ${runs:-0} executions, status $status" >>"$cache/journal"
    [ $status = 0 ] || { tail -n 30 "$cache/$1.log"; failed="$failed $1"; }
}

# What was kept, through the build that counts lines.
report_coverage()
{
    rm -rf "$cache/profiles"
    mkdir "$cache/profiles"
    for target in $targets; do
        LLVM_PROFILE_FILE="$cache/profiles/$target.profraw" "$coverage/tests/fuzz/$target" -runs=0 \
            "$cache/$target" "$cache/seeds" >/dev/null 2>&1 || :
    done
    report_lines "$cache/profiles" "$coverage/tests/fuzz/fuzz_header" \
        "$coverage/tests/fuzz/fuzz_core"
}

make_seeds
failed=
total=0
left=$seconds
while [ "$left" -gt 0 ] && [ -z "$failed" ]; do
    slice=$((left < slice_most ? left : slice_most))
    fuzz_for fuzz_header $((slice / 2 > 0 ? slice / 2 : 1))
    fuzz_for fuzz_core $((slice - slice / 2))
    left=$((left - slice))
done
report_coverage
if [ -n "$failed" ]; then
    echo "$me: crashed:$failed; the inputs are in $cache/crashes"
    exit 1
fi
echo "$me: $total executions in $seconds s, nothing crashed; all runs: $cache/journal"
