#!/usr/bin/env python3
"""Follows docs/TUTORIAL.md from an empty folder, as a reader would. Run it in a sandbox.

    follow.py --check                     only: what the text shows is what docs/tutorial has
    follow.py --built DIR --command FILE  with programs that DIR has already
    follow.py --prefix DIR [--steps N]    builds them too, with Freehold installed in DIR

A caption, **`NAME`**, says that the next block is that file; ", add:" that it is added to it, and
", in part:" that only a part is shown. In blocks of `console` each $ command is run, must succeed
unless its status is asked for ($ echo $?), and must print what is shown. A line … stands for any
number of lines; figures that differ from run to run are not compared. What only looks is done again
until it finds what is shown, as people do.
"""
import argparse
import difflib
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
TEXT = TOP / "docs" / "TUTORIAL.md"
README = TOP / "README.md"  # its program is the tutorial's first
FILES = TOP / "docs" / "tutorial"
LONGEST = 300  # seconds for a command
PATIENCE = 30  # seconds until what is looked at is as shown
LOOKS = re.compile(r"(grep|curl -s \S+( \| grep.*)?$|psql .*SELECT|tail|freehold top)")
PORTS = ("8080", "9187")  # those of the text; others are used, for these may be taken

CAPTION = re.compile(r"^\*\*`([\w.]+)`\*\*(, add:|, in part:)?$")
VARIES = [
    (r"\b\d{4}-\d\d-\d\d[ T][\d:.]+Z?", "TIME"),
    (r"(?<=query[ =])\w{6}\b", "QUERY"),
    (r'(?<="query":")\w{6}\b', "QUERY"),
    (r"\b(localhost|127\.0\.0\.1)(:\d+|\", port \d+| port \d+)", "ADDRESS"),
    (r"(database |/)(homes(?:_\d+)?|freehold)\b", r"\1DATABASE"),
    (r"\b\d+(\.\d+)?(e-?\d+)?( ?)(us|ms|s|min)\b", "DURATION"),
    (r"((?:time|waited|ran)_ms\"?[:=])[\d.]+", r"\1FIGURE"),
    (r"(connection\"?[:=])\d+", r"\1NUMBER"),
]
OF_THE_SHELL = re.compile(r"\bTerminated\b|^\[\d+\]")


@dataclass
class Block:
    step: int  # of the heading above it
    line: int
    language: str
    name: str  # of the file, or ""
    how: str  # ", add:", ", in part:" or ""
    text: str


def blocks(text):
    found, step, name, how = [], 0, "", ""
    lines = iter(enumerate(text.split("\n"), 1))
    for number, line in lines:
        if heading := re.match(r"## (\d+)", line):
            step = int(heading[1])
        if caption := CAPTION.match(line):
            name, how = caption[1], caption[2] or ""
        if line.startswith("```"):
            inside = []
            for _, within in lines:
                if within == "```":
                    break
                inside.append(within + "\n")
            found.append(Block(step, number, line[3:], name, how, "".join(inside)))
            name, how = "", ""
    return found


def not_verbatim(shown):
    for block in shown:
        if not block.name:
            continue
        file = FILES / block.name
        if not file.is_file():
            yield f"{TEXT.name}:{block.line}: docs/tutorial has no {block.name}"
        elif "\n" + block.text not in "\n" + file.read_text(encoding="utf-8"):
            yield f"{TEXT.name}:{block.line}: this is no part of docs/tutorial/{block.name}"
    first = next(block for block in blocks(README.read_text(encoding="utf-8"))
                 if block.language == "cpp")
    if first.text != (FILES / "query.cpp").read_text(encoding="utf-8"):
        yield f"{README.name}:{first.line}: this is not docs/tutorial/query.cpp"


def free_port():
    with socket.socket() as on:
        on.bind(("127.0.0.1", 0))
        return str(on.getsockname()[1])


def listens(port):
    with socket.socket() as to:
        return to.connect_ex(("127.0.0.1", int(port))) == 0


class Shell:
    """One bash for all commands, so that what one exports the next one has."""

    END = "the command has ended with "

    def __init__(self, folder, environment):
        self.bash = subprocess.Popen(
            ["bash", "--norc", "--noprofile"], cwd=folder, env=environment, start_new_session=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.status = 0

    def run(self, command):
        """What it prints."""
        line = f"(exit {self.status})\n{command}\nset -- $?; echo '{self.END}'$1; (exit $1)\n"
        self.bash.stdin.write(line.encode())
        self.bash.stdin.flush()
        output, last = b"", time.monotonic() + LONGEST
        while not (end := re.search(self.END.encode() + rb"(\d+)\n$", output)):
            if not select.select([self.bash.stdout], [], [], max(0, last - time.monotonic()))[0]:
                raise SystemExit(f"no end of: {command}\n{output.decode()}")
            if not (more := os.read(self.bash.stdout.fileno(), 65536)):
                raise SystemExit(f"the shell ended: {command}\n{output.decode()}")
            output += more
        self.status = int(end[1])
        return output[: end.start()].decode()

    def end(self):
        os.killpg(self.bash.pid, signal.SIGKILL)
        self.bash.wait()


def comparable(text):
    lines = [line for line in text.split("\n") if not OF_THE_SHELL.search(line)]
    text = "\n".join(line.rstrip() for line in lines).strip()
    for pattern, stands_for in VARIES:
        text = re.sub(pattern, stands_for, text)
    return text


def is_as_shown(shown, printed):
    parts = [re.escape(part) for part in re.split(r"^…$", comparable(shown), flags=re.M)]
    return re.fullmatch("(?s:.*)".join(parts), comparable(printed)) is not None


def commands(block):
    """(command, what is shown of its output) of a console block."""
    for part in re.split(r"^\$ ", block.text, flags=re.M)[1:]:
        command, _, shown = part.partition("\n")
        while shown.startswith("> "):
            more, _, shown = shown[2:].partition("\n")
            command += "\n" + more
        yield command, shown


class Reader:
    def __init__(self, folder, environment, builds):
        self.folder, self.builds = folder, builds
        self.ports = {port: free_port() for port in PORTS}
        self.shell = Shell(folder, environment)

    def here(self, text):
        for shown, ours in self.ports.items():
            text = re.sub(rf"\b{shown}\b", ours, text)
        return text

    def follow(self, block):
        if block.name:
            self.write(block)
        elif block.language == "console":
            listed = list(commands(block))
            for index, (command, shown) in enumerate(listed):
                asked = index + 1 < len(listed) and listed[index + 1][0] == "echo $?"
                if self.builds or not command.startswith("cmake "):
                    yield from self.try_command(block, command, shown, asked)

    def write(self, block):
        file = self.folder / block.name
        text = block.text
        if block.how == ", in part:":
            text = (FILES / block.name).read_text(encoding="utf-8")
        if block.how == ", add:":
            text = file.read_text(encoding="utf-8") + "\n" + self.here(text)
        file.write_text(self.here(text), encoding="utf-8")

    def try_command(self, block, command, shown, status_is_asked):
        printed = self.shell.run(self.here(command))
        last = time.monotonic() + PATIENCE
        while LOOKS.match(command) and not is_as_shown(shown, printed) and time.monotonic() < last:
            time.sleep(0.1)
            printed = self.shell.run(self.here(command))
        if command.endswith("&") and (asked := re.search(r"\b8080\b", command)):
            self.wait_for(self.ports[asked[0]])
        where = f"{TEXT.name}:{block.line}: $ {command}"
        if self.shell.status and not status_is_asked:
            yield f"{where}\nends with {self.shell.status}:\n{printed}"
        elif not is_as_shown(shown, printed) and not command.startswith("cmake "):
            differs = difflib.unified_diff(comparable(shown).split("\n"),
                                           comparable(printed).split("\n"), "shown", "printed",
                                           lineterm="")
            yield "\n".join([where, "prints something else:", *differs, "as it is:", printed])

    @staticmethod
    def wait_for(port):
        last = time.monotonic() + PATIENCE
        while not listens(port) and time.monotonic() < last:
            time.sleep(0.02)

    def differences(self):
        for file in sorted(FILES.iterdir()):
            written = self.folder / file.name
            text = self.here(file.read_text(encoding="utf-8"))
            if not written.is_file() or written.read_text(encoding="utf-8") != text:
                yield f"{TEXT.name}: who follows it does not have docs/tutorial/{file.name}"


def admin(sql):
    subprocess.run(["psql", "--no-psqlrc", "--quiet", os.environ["FREEHOLD_TEST_ADMIN_URL"],
                    "--command", sql], check=True)


def follow(arguments, shown):
    database = f"homes_{os.getpid()}"
    environment = {name: value for name, value in os.environ.items()
                   if not re.match("FREEHOLD_TEST_|FREEHOLD_PROFILE|DATABASE_URL|PG", name)}
    for name in ("FREEHOLD_TEST_URL", "FREEHOLD_TEST_POOLER_URL"):
        environment[name] = os.environ[name].rsplit("/", 1)[0] + "/" + database
    program = arguments.command or arguments.prefix / "bin" / "freehold"
    environment["PATH"] = f"{program.resolve().parent}:{environment['PATH']}"
    if arguments.prefix:
        environment["CMAKE_PREFIX_PATH"] = str(arguments.prefix.resolve())
    admin(f"CREATE DATABASE {database} OWNER freehold")
    folder = Path(tempfile.mkdtemp())
    if arguments.built:
        (folder / "build").symlink_to(arguments.built.resolve())
    reader = Reader(folder, environment, builds=bool(arguments.prefix))
    try:
        for block in shown:
            if block.step <= arguments.steps:
                yield from reader.follow(block)
        if arguments.steps >= shown[-1].step:
            yield from reader.differences()
    finally:
        reader.shell.end()
        shutil.rmtree(folder)
        admin(f"DROP DATABASE {database} WITH (FORCE)")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--built", type=Path)
    parser.add_argument("--command", type=Path)
    parser.add_argument("--prefix", type=Path)
    parser.add_argument("--steps", type=int, default=99)
    arguments = parser.parse_args()
    shown = blocks(TEXT.read_text(encoding="utf-8"))
    found = list(not_verbatim(shown))
    if not arguments.check and not found:
        for problem in follow(arguments, shown):
            print(problem, end="\n\n", flush=True)
            found.append(problem)
    elif found:
        print(*found, sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
