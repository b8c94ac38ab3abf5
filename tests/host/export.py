# SPDX-License-Identifier: GPL-2.0-or-later
"""export.py FOLDER: writes every field that the plugin shows of every capture at hand, one file per
capture and pass, so that the answers of two releases of Wireshark can be compared."""

import pathlib
import sys

import shark


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir()
    written = 0
    host = shark.Shark()
    try:
        for capture in shark.own_captures() + shark.further_captures():
            for name, passes in (("one", ()), ("two", ("-2",))):
                lines = [f"{tree.frame}\t{field}\t{value}\n"
                         for tree in host.trees(capture, *passes) for field, value in tree.fields]
                (folder / f"{capture.name}.{name}").write_text("".join(lines))
                written += len(lines)
    finally:
        host.close()
    if written == 0: # nothing would be equal to nothing
        sys.exit("export.py: the plugin showed no field")


if __name__ == "__main__":
    main()
