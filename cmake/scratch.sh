#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A scratch home in which Wireshark's programs find a plugin that is not installed.
#
#   sh cmake/scratch.sh new PLUGIN [PROFILE_FOLDER]   makes one and prints its name
#   sh cmake/scratch.sh in HOME PROGRAM [ARG]...      runs a program in it
#   sh cmake/scratch.sh net HOME PROGRAM [ARG]...     and in a network of its own that it may capture
#   sh cmake/scratch.sh give HOME FILE                copies a file into it, prints the copy's name
#
# Wireshark ignores personal plugins when it runs as root, silently, so root hands over to a user
# without privileges. That user cannot look into root's folders: hence copies, never links.

set -eu
nobody=65534

die()
{
    echo "scratch: $*" >&2
    exit 1
}

is_root()
{
    [ "$(id -u)" = 0 ] || [ "$(id -g)" = 0 ]
}

# Everything below HOME belongs to the user who will run there.
hand_over()
{
    chmod -R u+rwX,go+rX "$1"
    chmod 700 "$1/run" # Qt insists
    [ "$(id -u)" != 0 ] || chown -R "$nobody:$nobody" "$1" 2>/dev/null || chmod -R a+rwX "$1"
}

new()
{
    plugin=$1
    [ -f "$plugin" ] || die "no plugin at $plugin"
    release=$(tshark --version 2>/dev/null | sed -nE '1s/^[^0-9]*([0-9]+\.[0-9]+)\..*/\1/p')
    [ -n "$release" ] || die "TShark does not run"
    # Not TMPDIR when root: it may lie where the other user cannot go.
    if is_root; then home=$(mktemp -d /tmp/tcpstate.XXXXXX); else home=$(mktemp -d); fi
    folder=$home/.local/lib/wireshark/plugins/$release/epan
    mkdir -p "$folder" "$home/given" "$home/run" "$home/.config/wireshark/profiles"
    cp "$plugin" "$folder/"
    if [ $# -gt 1 ]; then
        cp -R "$2" "$home/.config/wireshark/profiles/TCP State"
    fi
    hand_over "$home"
    printf '%s\n' "$home"
}

give()
{
    name=$(basename -- "$2")
    cat <"$2" >"$1/given/$name"
    chmod a+r "$1/given/$name"
    printf '%s\n' "$1/given/$name"
}

run_in()
{
    home=$1
    shift
    # The caller's own belongs to the caller.
    if is_root || [ -z "${XDG_RUNTIME_DIR:-}" ]; then XDG_RUNTIME_DIR=$home/run; fi
    # Only what a screen needs is passed on; nothing that could point at other settings or plugins.
    # No extcap programs: they only look for devices to capture from, and may hang.
    set -- HOME="$home" PATH="$PATH" LC_ALL=C.UTF-8 WIRESHARK_EXTCAP_DIR="$home/run" "$@"
    for name in TERM COLORTERM TZ DISPLAY XAUTHORITY WAYLAND_DISPLAY XDG_RUNTIME_DIR \
                QT_QPA_PLATFORM; do
        eval "value=\${$name-}"
        [ -z "$value" ] || set -- "$name=$value" "$@"
    done
    cd "$home"
    if [ "$verb" = net ]; then
        # A user namespace gives the rights over its own network to a user who is not root.
        exec unshare --user --map-user=1000 --map-group=1000 --net --keep-caps env -i "$@"
    elif ! is_root; then
        exec env -i "$@"
    elif setpriv --reuid=$nobody --regid=$nobody --clear-groups true 2>/dev/null; then
        exec setpriv --reuid=$nobody --regid=$nobody --clear-groups env -i "$@"
    fi
    # Where root may not become another user, in some containers, a user namespace still can.
    exec unshare --user --map-user=1000 --map-group=1000 env -i "$@"
}

verb=${1:-}
[ $# -lt 2 ] || shift
case $verb in
new) new "$@" ;;
give) give "$@" ;;
in | net) run_in "$@" ;;
*) die "say new, give, in or net" ;;
esac
