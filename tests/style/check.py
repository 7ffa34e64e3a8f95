#!/usr/bin/env python3
"""The rules of this house that a compiler does not know. `check.py [TREE]`

Prints file:line: what is wrong and what would be right; exits 1 when there is anything to print.
"""
import re
import sys
from pathlib import Path

import functions

MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 70
MAX_COLUMNS = 100
MAX_PUBLIC_HEADERS = 15
MAX_SERVICE_LINES = 900  # of the example of a whole service

# Each may include what stands before it; those outside the library only themselves and the library.
LIBRARY = ["config", "runtime", "actors"]
OUTSIDE = ["examples", "tests", "bench", "docs"]
ARROW = "config <- runtime <- actors <- examples, tests, bench"

NOT_OURS = {".git", "build", ".cache"}
MEASURED = {".hpp", ".cpp", ".py", ".js", ".css", ".html", ".cmake", ".txt", ""}  # "": scripts
TEXT = MEASURED | {".md", ".json", ".toml", ".yml", ".in", ".sql"}

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.M)
SLEEP = re.compile(r"\b(?:sleep_for|sleep_until|usleep)\b")
SLEEP_REASON = "// waits for the outside:"
# Where somebody's checkout lay, or what somebody's tool signed.
LEAK = re.compile(r"(?<![\w.~])/(?:work|root|home|Users)/\w|[Cc]o-[Aa]uthored-[Bb]y")


class Tree:
    """The files of a project, by their path from its top."""

    def __init__(self, top):
        self.top = Path(top).resolve()
        paths = sorted(path for path in self.top.rglob("*") if path.is_file())
        relative = [path.relative_to(self.top) for path in paths]
        self.files = [path for path in relative if not NOT_OURS & set(path.parts)]
        self.sources = [
            path
            for path in self.files
            if path.suffix in (".hpp", ".cpp") and path.parts[0] in LIBRARY + OUTSIDE
        ]
        # <freehold/NAME> -> component
        self.public = {
            path.name: path.parts[0]
            for path in self.sources
            if path.parts[1:3] == ("include", "freehold")
        }

    def read(self, path):
        return (self.top / path).read_text(encoding="utf-8", errors="replace")

    def includes(self, path):
        """(line, "<" or '"', name) of each include that is not commented out."""
        text = functions.without_comments(self.read(path))
        for match in INCLUDE.finditer(text):
            yield text.count("\n", 0, match.start(1)) + 1, match[1], match[2]


def may_include(includer, included):
    if includer in LIBRARY:
        return included in LIBRARY[: LIBRARY.index(includer) + 1]
    return included in LIBRARY or included == includer


def check_arrow(tree):
    for path in tree.sources:
        folder = path.parts[0]
        for line, quote, name in tree.includes(path):
            parts = name.split("/")
            if quote == "<" and parts[0] != "freehold":
                continue
            if quote == "<":
                included = tree.public.get(parts[-1])
                if included is None:
                    yield path, line, f"<{name}> is no public header of a component"
                    continue
            else:
                included = parts[0]
                if included not in LIBRARY + OUTSIDE or len(parts) == 1:
                    yield path, line, f'"{name}" must be written from the top of the project'
                    continue
                if "include" in parts:
                    yield path, line, f"a public header is included as <freehold/{parts[-1]}>"
                if path.name in tree.public and "include" in path.parts:
                    yield path, line, f'a public header may not include the private "{name}"'
            if not may_include(folder, included):
                yield path, line, f"{folder} may not include {name}: {ARROW}"


def check_third_parties(tree):
    drivers = {}
    for path in tree.sources:
        folder = path.parts[0]
        for line, _, name in tree.includes(path):
            if folder in LIBRARY and re.match(r"pqxx/|libpq-fe\.h|libpq/", name):
                drivers.setdefault(path, (line, name))
            if folder in ("config", "runtime") and name.startswith("caf/"):
                yield path, line, f"<{name}>: only actors/ and what stands on it include CAF"
            if folder != "config" and re.match(r"toml(\+\+|\.hpp)", name):
                yield path, line, f"<{name}>: only config/ includes toml++"
    if len(drivers) > 1:
        for path, (line, name) in drivers.items():
            others = ", ".join(str(other) for other in drivers if other != path)
            yield path, line, (
                f"<{name}>: one file of the library includes the driver, and {others} does too"
            )


def check_sizes(tree):
    for path in tree.sources:
        text = tree.read(path)
        lines = text.count("\n") + (not text.endswith("\n"))
        if lines > MAX_FILE_LINES:
            yield path, lines, f"{lines} lines; a file has at most {MAX_FILE_LINES}"
        try:
            for body in functions.bodies(text):
                if body.lines > MAX_FUNCTION_LINES:
                    yield path, body.line, (
                        f"{body.name} has {body.lines} lines; a function has at most"
                        f" {MAX_FUNCTION_LINES}"
                    )
        except functions.Unbalanced as problem:
            yield path, problem.line, "the braces do not balance, so nothing can be measured"
    if len(tree.public) > MAX_PUBLIC_HEADERS:
        yield Path("."), 1, f"{len(tree.public)} public headers; at most {MAX_PUBLIC_HEADERS}"


def check_columns(tree):
    for path in tree.files:
        printed = path.parts[:2] == ("bench", "results")  # by a program, as tables
        if path.suffix not in MEASURED or path.name == "LICENSE" or printed:
            continue
        for number, line in enumerate(tree.read(path).split("\n"), 1):
            if len(line) > MAX_COLUMNS:
                yield path, number, f"{len(line)} columns; a line has at most {MAX_COLUMNS}"


def check_sleeps(tree):
    for path in tree.sources:
        if "tests" not in path.parts:
            continue
        text = tree.read(path)
        written = text.split("\n")
        for number, line in enumerate(functions.without_comments(text).split("\n"), 1):
            if SLEEP.search(line) and SLEEP_REASON not in written[number - 1]:
                yield path, number, f"a test that sleeps says why: {SLEEP_REASON} ..."


def check_service(tree):
    """examples/rental claims to be small: lines of its own, without blank ones and comments."""
    service = Path("examples", "rental")
    texts = [
        functions.without_comments(tree.read(path))
        for path in tree.sources
        if path.parent == service
    ]
    lines = sum(1 for text in texts for line in text.split("\n") if line.strip())
    if lines >= MAX_SERVICE_LINES:
        yield service, 1, f"{lines} lines of code; the service has fewer than {MAX_SERVICE_LINES}"


def check_leaks(tree):
    for path in tree.files:
        if path.suffix not in TEXT:
            continue
        for number, line in enumerate(tree.read(path).split("\n"), 1):
            if match := LEAK.search(line):
                yield path, number, f"{match[0]!r} belongs to somebody's machine, not in here"


CHECKS = [
    check_arrow,
    check_third_parties,
    check_sizes,
    check_columns,
    check_sleeps,
    check_service,
    check_leaks,
]


def problems(top):
    tree = Tree(top)
    return [
        f"{path}:{line}: {text}" for check in CHECKS for path, line, text in check(tree)
    ]


def main(arguments):
    top = arguments[0] if arguments else Path(__file__).resolve().parents[2]
    found = problems(top)
    for problem in found:
        print(problem)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
