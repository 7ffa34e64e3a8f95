#!/usr/bin/env python3
"""What a request costs, in counts that do not depend on the machine.

    guard.py instructions PROGRAM [BOUND]     of the scripted path, counted by callgrind
    guard.py system-calls PROGRAM [BOUND]     on a real server, counted by strace

The program is run for some requests and for twice as many: the difference is the requests' own,
and start-up cancels out. Fails when that is more than the bound; ends with 77, which CTest takes
for skipped, where the counting program is missing or may not work.
"""
import re
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77
REQUESTS = 10_000


class CannotCount(Exception):
    """The counting program does not work here."""


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip()
        if "ptrace" in said.lower() and "permitted" in said:
            raise CannotCount(said)
        sys.exit(f"{' '.join(command)} failed:\n{said}")
    return done.stderr


def count_instructions(program, requests):
    said = run("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program,
               str(requests))
    return int(re.search(r"Collected\s*:\s*(\d+)", said)[1])


def count_system_calls(program, requests):
    with tempfile.NamedTemporaryFile("r", suffix=".strace") as file:
        run("strace", "-f", "-c", "-qq", "-o", file.name, program, str(requests))
        total = next(line.split() for line in reversed(file.readlines()) if "total" in line)
    return int(total[3])


# Under strace the threads' timing is not quite theirs, so the calls vary: the best of three.
COUNTERS = {
    "instructions": ("valgrind", count_instructions, 1),
    "system-calls": ("strace", count_system_calls, 3),
}


def per_request(what, program):
    tool, count, tries = COUNTERS[what]
    if shutil.which(tool) is None:
        raise CannotCount(f"{tool} is not installed")
    return min(
        (count(program, 2 * REQUESTS) - count(program, REQUESTS)) / REQUESTS for _ in range(tries)
    )


def main(arguments):
    if len(arguments) not in (2, 3) or arguments[0] not in COUNTERS:
        sys.exit(__doc__)
    what, program, *bound = arguments
    try:
        seen = per_request(what, program)
    except CannotCount as why:
        print(f"not counted: {why}")
        return SKIPPED
    words = what.replace("-", " ")
    print(f"{seen:.2f} {words} a request")
    if bound and seen > float(bound[0]):
        print(f"more than {bound[0]}: what was added to the request path costs this much; if it "
              f"is worth it, say so where the bound is written")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
