# SPDX-License-Identifier: GPL-2.0-or-later
#
# Read by tests/coverage.sh and tests/fuzz.sh with the dot command, behind cmake/needs.sh.
# shellcheck shell=sh disable=SC2034

# How a build that counts lines is made.
counting="-DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=Debug"
counting_flags="-DCMAKE_C_FLAGS=-fprofile-instr-generate -fcoverage-mapping"

# report_lines FOLDER PROGRAM...: prints which lines of rooms 1 to 3 these programs did not reach, by
# the profiles that they left in the folder, and sets `percent`, rounded down to tenths.
report_lines()
{
    profiles=$1
    shift
    llvm-profdata merge -o "$profiles/all.profdata" "$profiles"/*.profraw
    first=$1
    shift
    for program; do
        shift
        set -- "$@" -object "$program"
    done
    llvm-cov export -format=lcov "$first" "$@" -instr-profile="$profiles/all.profdata" | awk '
        /^SF:/ {
            file = substr($0, 4)
            sub(/^.*\/plugin\//, "plugin/", file) # ccache may write ../plugin
            ours = file ~ /^plugin\/(segment|model|findings)\/[a-z_]*\.c$/
        }
        /^DA:/ && ours {
            split(substr($0, 4), part, ",")
            lines++
            if (part[2] > 0) reached++
            else missed[file] = missed[file] " " part[1]
        }
        END {
            for (file in missed) print "not reached: " file ":" missed[file] | "sort"
            close("sort")
            if (lines) printf "lines of rooms 1 to 3 reached: %.1f %% (%d of %d)\n", \
                int(1000 * reached / lines) / 10, reached, lines
        }' | tee "$profiles/lines"
    percent=$(sed -n 's/^lines of rooms 1 to 3 reached: \([0-9.]*\) %.*/\1/p' "$profiles/lines")
    [ -n "$percent" ] || die "nothing was counted"
}
