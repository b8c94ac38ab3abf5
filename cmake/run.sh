#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Builds the plugin and opens a capture with it; installs what is missing, but not the plugin.

set -eu
me=$(basename -- "$0")
top=$(cd "$(dirname -- "$0")/.." && pwd -P)

usage()
{
    cat <<END
Usage: sh $0 [--gui] [CAPTURE]
Builds the plugin and lists every TCP segment of CAPTURE with its phase, the states of both ends
and its sums. Without CAPTURE: a sample, a small web page fetched with curl.
  --gui    open Wireshark instead, where there is a display
END
}

# shellcheck source=cmake/needs.sh
. "$top/cmake/needs.sh"

gui=false
capture=
options=true
for argument; do
    case $options,$argument in
    true,--gui) gui=true ;;
    true,--help | true,-h) usage; exit 0 ;;
    true,--) options=false ;;
    *)
        [ -z "$capture" ] || die "one capture at a time, please: $capture or $argument?"
        [ -n "$argument" ] || die "the capture's name is empty"
        capture=$argument
        ;;
    esac
done
[ -n "$capture" ] || capture=$top/tests/captures/sample-curl.pcap
name=$(basename -- "$capture")

# Asked before anything is built: it needs no plugin to answer.
given=$capture
case $capture in /*) ;; *) capture=./$capture ;; esac # a name may begin with a dash
if [ -d "$capture" ]; then
    die "$given is a folder, not a capture."
elif [ ! -e "$capture" ]; then
    die "$given does not exist."
elif [ ! -r "$capture" ]; then
    die "$given cannot be read: permission denied."
elif [ -f "$capture" ] && [ ! -s "$capture" ]; then
    die "$given is empty."
fi

if $gui && [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    echo "$me: there is no display, so here is the listing:" >&2
    gui=false
fi

need_to_build
if $gui; then need wireshark wireshark; fi
install_missing
build_in release -DCMAKE_BUILD_TYPE=Release -DTCPSTATE_TESTS=OFF
plugin=$build/plugin/tcpstate.so

scratch()
{
    sh "$top/cmake/scratch.sh" "$@"
}

home=$(scratch new "$plugin" "$top/plugin/profile")
trap 'rm -rf "$home"' EXIT
trap 'exit 130' INT TERM HUP
file=$(scratch give "$home" "$capture") || die "$given cannot be copied."

plugins=$(scratch in "$home" tshark -G plugins 2>"$home/errors") || :
case $plugins in
*"$home"*tcpstate.so* | *tcpstate.so*"$home"*) ;;
*tcpstate.so*)
    echo "$me: a plugin that is already installed is used:" \
        "$(echo "$plugins" | sed -n 's/.*tcpstate\.so.*[[:space:]]//p')" >&2
    ;;
*)
    cat "$home/errors" >&2
    die "TShark did not load the plugin that was just built."
    ;;
esac

if $gui; then
    if [ "$(id -u)" = 0 ] && [ -r "${XAUTHORITY:-$HOME/.Xauthority}" ]; then
        XAUTHORITY=$(scratch give "$home" "${XAUTHORITY:-$HOME/.Xauthority}")
        export XAUTHORITY
    fi
    scratch in "$home" wireshark -C "TCP State" -r "$file"
    exit
fi

colour=0
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then colour=1; fi
{
    scratch in "$home" tshark -2 -n -r "$file" -T pdml -J "frame tcpstate" 2>"$home/errors" ||
        echo "$?" >"$home/status"
} | {
    awk -v colour=$colour -f "$top/cmake/listing.awk" || echo "$?" >"$home/listing"
}

listing=$(cat "$home/listing" 2>/dev/null) || listing=0
if [ "$listing" != 0 ] && [ "$listing" != 3 ]; then
    exit "$listing" # whoever read the list has seen enough
elif [ "$listing" = 3 ] && grep -q "isn't a capture file" "$home/errors"; then
    die "$name is not a capture that TShark understands."
elif [ "$listing" = 3 ] && [ -s "$home/status" ]; then
    cat "$home/errors" >&2
    die "TShark cannot read $name."
elif [ "$listing" = 3 ]; then
    die "$name holds no TCP segment."
elif grep -q "cut short" "$home/errors"; then
    die "$name is cut short in the middle of a packet; all that stands before it is listed."
elif [ -s "$home/status" ]; then
    cat "$home/errors" >&2
    die "TShark stopped at an error in $name; all that stands before it is listed."
fi
