#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the plugin costs: sh tests/bench.sh [COUNT]
#
# Builds it for release, writes captures of COUNT segments (20000) with tests/bench/generate.py,
# and reads each with TShark under valgrind, which counts instructions: the same number on a busy
# machine and on an idle one. What one segment costs is the difference to a capture of one segment,
# shared out. Three programs are compared: TShark without the plugin; with the plugin switched off,
# which leaves the entry around TCP (the floor); with the plugin. Then the growth to four times as
# many segments, and the memory of ten times as many without valgrind.
#
# Prints each figure with its limit and ends with 1 where one is above it. KINDS ("bulk http flood
# findings") and JOBS ("i ii iii") in the environment choose. Jobs: i `tshark -r`, ii
# `tshark -2 -q -z expert -r`, iii `tshark -r` with two fields, which builds a tree of every frame.

set -eu
me=tests/bench.sh
top=$(cd "$(dirname -- "$0")/.." && pwd -P)

# shellcheck source=cmake/needs.sh
. "$top/cmake/needs.sh"

count=${1:-20000}
case $count in
'' | *[!0-9]*) die "say how many segments" ;;
esac
[ "$count" -ge 1000 ] || die "fewer than 1000 segments drown in what starting costs"
kinds=${KINDS:-bulk http flood findings}

need_to_build
need valgrind valgrind
need python3 python3
install_missing
build_targets=tcpstate
build_in bench -DCMAKE_BUILD_TYPE=Release
scratch=$top/cmake/scratch.sh
with=$(sh "$scratch" new "$build/plugin/tcpstate.so")
without=$(sh "$scratch" new "$build/plugin/tcpstate.so")
find "$without" -name tcpstate.so -exec rm {} +
files=$(mktemp -d)
trap 'rm -rf "$with" "$without" "$files"' EXIT
trap 'exit 1' HUP INT TERM
failed=

# What a tree costs differs: before 4.4 `-T fields` makes every item of it.
tree_limit=1.35
tshark --version | sed -n 1p | grep -q ' 4\.0\.' || tree_limit=1.10

# limit_of JOB KIND: of the ratio. A capture full of findings is printed, not judged.
limit_of()
{
    case $2.$1 in
    findings.*) echo 0 ;;
    *.iii) echo $tree_limit ;;
    *) echo 1.15 ;;
    esac
}

# capture KIND COUNT: makes it where both homes find it under the same name.
capture()
{
    python3 "$top/tests/bench/generate.py" "$1" "$2" "$files/$1.$2"
    sh "$scratch" give "$with" "$files/$1.$2" >/dev/null
    sh "$scratch" give "$without" "$files/$1.$2" >/dev/null
    rm "$files/$1.$2"
}

# run HOME JOB FILE PROGRAM...: runs `PROGRAM... tshark …` in that home.
run()
{
    home=$1 job=$2 file=given/$3
    shift 3
    case $job in
    i) sh "$scratch" in "$home" "$@" tshark -r "$file" ;;
    off) sh "$scratch" in "$home" "$@" tshark --disable-protocol tcpstate -r "$file" ;;
    ii) sh "$scratch" in "$home" "$@" tshark -2 -q -z expert -r "$file" ;;
    iii) sh "$scratch" in "$home" "$@" tshark -r "$file" -T fields -e frame.number -e tcp.stream ;;
    *) die "no job $job" ;;
    esac
}

# instructions HOME JOB FILE
instructions()
{
    run "$@" valgrind --tool=cachegrind --cache-sim=no --branch-sim=no \
        --cachegrind-out-file=/dev/null 2>&1 >/dev/null |
        sed -nE 's/.*I +refs: +([0-9,]+).*/\1/p' | tr -d , | grep . ||
        die "valgrind counted nothing for $2 on $3"
}

# each HOME JOB KIND COUNT: instructions for one segment.
each()
{
    one=$(instructions "$1" "$2" "$3.1")
    all=$(instructions "$1" "$2" "$3.$4")
    echo $(((all - one) / ($4 - 1)))
}

# kilobytes HOME JOB FILE: the most memory that it used.
kilobytes()
{
    # shellcheck disable=SC2016 # Python's, not the shell's
    run "$@" python3 -c 'import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)'
}

# judge WHAT VALUE LIMIT: limit 0 is none.
judge()
{
    verdict=$(awk -v value="$2" -v limit="$3" \
        'BEGIN { print limit == 0 ? "not judged" : value <= limit ? "limit " limit : "ABOVE " limit }')
    echo "$1 $2 ($verdict)"
    case $verdict in ABOVE*) failed="$failed [$1]" ;; esac
}

ratio()
{
    awk -v a="$1" -v b="$2" 'BEGIN { printf "%.3f\n", a / b }'
}

echo "instructions for one segment, of $count"
for kind in $kinds; do
    capture "$kind" 1
    capture "$kind" "$count"
    for job in ${JOBS:-i ii iii}; do
        base=$(each "$without" "$job" "$kind" "$count")
        full=$(each "$with" "$job" "$kind" "$count")
        floor=
        if [ "$job" = i ]; then
            off=$(each "$with" off "$kind" "$count")
            floor=", switched off $off"
            single=$full
        fi
        judge "$kind $job: without $base$floor, with $full, ratio" "$(ratio "$full" "$base")" \
            "$(limit_of "$job" "$kind")"
    done
    for times in 2 4; do
        case " ${JOBS:-i} " in *" i "*) ;; *) continue ;; esac
        capture "$kind" $((times * count))
        more=$(each "$with" i "$kind" $((times * count)))
        judge "$kind i, $times x as many: with $more, ratio to before" \
            "$(ratio "$more" "$single")" 1.1
    done
done

# Octets for one segment: 96, and 1200 for a connection of ten segments, 400 for a lone SYN.
memory_limit()
{
    case $1 in
    bulk) echo 96 ;;
    http) echo 216 ;;
    flood) echo 496 ;;
    *) echo 0 ;;
    esac
}

many=$((10 * count))
echo "memory that the plugin adds, octets for one segment, of $many"
for kind in $kinds; do
    capture "$kind" $many
    start=$(($(kilobytes "$with" i "$kind.1") - $(kilobytes "$without" i "$kind.1")))
    added=$(($(kilobytes "$with" i "$kind.$many") - $(kilobytes "$without" i "$kind.$many")))
    judge "$kind:" $(((added - start) * 1024 / many)) "$(memory_limit "$kind")"
done

if [ -n "$failed" ]; then
    echo "$me: above the limit:$failed"
    exit 1
fi
echo "$me: all within their limits"
