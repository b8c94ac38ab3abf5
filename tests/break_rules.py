#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Breaks the conditions of rule files, one half at a time, and tells which break no test notices.

    python3 tests/break_rules.py plugin/findings/handshake_third.c [FILE:FUNCTION ...]

Works in a copy of the source tree. Each operand of a condition is taken out in turn (`true` between
&&, `false` between ||), the core is built, and all scenarios are played. A half without which they
still pass is printed: either a scenario is missing, or another condition says the same, or the half
only guards a pointer. Slow: seconds for each half, so this is not part of the suite."""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(__file__).resolve().parent.parent


def closing(text, start):
    """The place of the bracket that closes the one at `start`."""
    depth = 0
    for i in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[i], 0)
        if depth == 0:
            return i
    raise ValueError("unbalanced brackets")


def operands(text, start, end):
    """(from, to, replacement) of each operand of the expression, also inside brackets."""
    parts, depth, begin, operator = [], 0, start, None
    for i in range(start, end):
        depth += {"(": 1, ")": -1}.get(text[i], 0)
        if depth == 0 and text[i:i + 2] in ("&&", "||"):
            parts.append((begin, i))
            begin, operator = i + 2, text[i:i + 2]
    parts.append((begin, end))
    for first, after in parts:
        while first < after and text[first].isspace():
            first += 1
        while after > first and text[after - 1].isspace():
            after -= 1
        if operator:
            yield first, after, "true" if operator == "&&" else "false"
        inner = text.find("(", first, after)
        if inner in (first, first + 1) and text[first:inner].strip("!") == "":
            yield from operands(text, inner + 1, closing(text, inner))


def conditions(text, function):
    """The expressions of `if` and of `return` in the file, or in one function of it."""
    first, last = 0, len(text)
    if function:
        first = re.search(r"^static [^;{]*\b%s\([^;{]*\{" % function, text, re.M).start()
        last = text.index("\n}\n", first)
    for match in re.finditer(r"\bif \(", text):
        if first <= match.start() < last:
            end = closing(text, match.end() - 1)
            yield match.end(), end
            if not list(re.finditer(r"&&|\|\|", text[match.end():end])):
                yield match.end(), None, end, "false"
    for match in re.finditer(r"\breturn (?=[^;]*(&&|\|\|))", text):
        if first <= match.start() < last:
            end = text.index(";", match.end())
            if "?" not in text[match.end():end]:
                yield match.end(), end


def breaks(text, function):
    for found in conditions(text, function):
        if len(found) == 4:
            yield found[0], found[2], found[3]
        else:
            yield from operands(text, *found)


def run(*command):
    try:
        return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              timeout=300, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        return False


class Copy:
    def __init__(self, folder):
        self.source, self.build = folder / "source", folder / "build"
        shutil.copytree(SOURCE, self.source, ignore=shutil.ignore_patterns(".git", "build"))
        if not run("cmake", "-S", self.source, "-B", self.build, "-DTCPSTATE_TESTS=ON",
                   "-DCMAKE_BUILD_TYPE=Debug") or not self.builds():
            raise SystemExit("the copy cannot be built")
        self.scenarios = sorted((self.source / "tests" / "scenarios").rglob("*.flow"))
        if not self.passes():
            raise SystemExit("tests fail before anything is broken")

    def builds(self):
        return run("make", "-C", self.build, "-j2", "flow_core")

    def passes(self):
        return run(next(self.build.rglob("flow_core")), *self.scenarios)


def main(arguments):
    unnoticed = tried = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Copy(pathlib.Path(folder))
        for argument in arguments:
            name, _, function = argument.partition(":")
            path = copy.source / name
            text = path.read_text()
            for first, after, instead in breaks(text, function):
                path.write_text(text[:first] + instead + text[after:])
                if not copy.builds():
                    continue
                tried += 1
                if copy.passes():
                    unnoticed += 1
                    line = text.count("\n", 0, first) + 1
                    half = " ".join(text[first:after].split())
                    print(f"{name}:{line}: no test needs `{half}`", flush=True)
            path.write_text(text)
    print(f"{tried} halves broken, {unnoticed} unnoticed")
    return 1 if unnoticed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
