#!/usr/bin/env python3
"""Measures all sides, interleaved, and says what came of it. Run as `./dev bench`."""
import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
from driver import machine, pgbench, plots, programs, report  # noqa: E402: after what it depends on
from driver.workloads import SIDES, WORKLOADS  # noqa: E402

HERE = Path(__file__).resolve().parent


def arguments():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("--programs", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--workload", default=",".join(WORKLOADS), help="of " + ",".join(WORKLOADS))
    parser.add_argument("--sides", default=",".join(SIDES), help="of " + ",".join(SIDES))
    parser.add_argument("--cells", default="", help="for example 64/8,256/8")
    parser.add_argument("--rounds", type=int, help="5 unless told")
    parser.add_argument("--seconds", type=float, help="of each measurement; 2 unless told")
    parser.add_argument("--quick", action="store_true", help="3 rounds of 0.4 seconds")
    parser.add_argument("--out", type=Path, help="folder for JSON, table and plots")
    given = parser.parse_args()
    given.rounds = given.rounds or (3 if given.quick else 5)
    given.seconds = given.seconds or (0.4 if given.quick else 2)
    given.workload = given.workload.split(",")
    given.sides = given.sides.split(",")
    for asked, known in ((given.workload, WORKLOADS), (given.sides, SIDES)):
        if unknown := set(asked) - set(known):
            parser.error(f"not known: {', '.join(sorted(unknown))}")
    return given


def progress(text):
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def measure(side, workload, cell, given):
    if workload.before:
        programs.sql(os.environ["FREEHOLD_TEST_URL"], workload.before)
    if side.program is None:
        return pgbench.measure(side, workload, cell, given.seconds)
    return programs.measure(side, workload, cell, given.seconds, given.programs)


def run(workload, given):
    """By round: cell -> side -> figures. Sides alternate within a cell, and who begins changes."""
    sides = [side for side in workload.sides if side in given.sides]
    wanted = [cell for cell in workload.cells
              if not given.cells or cell.name in given.cells.split(",")]
    rounds = []
    for turn in range(given.rounds):
        seen = {cell.name: {} for cell in wanted}
        for cell in wanted:
            for side in sides[turn % len(sides):] + sides[:turn % len(sides)]:
                progress(f"{workload.name} round {turn + 1}/{given.rounds} {cell.name} {side}")
                if turn >= cell.rounds:
                    continue
                try:
                    seen[cell.name][side] = measure(SIDES[side], workload, cell, given)
                except programs.Failed as why:
                    seen[cell.name][side] = {"error": str(why)}
        rounds.append(seen)
    progress("")
    return rounds


def instructions(given):
    """Of the request path without a server: see guard/guard.py."""
    done = subprocess.run(
        [sys.executable, HERE / "guard/guard.py", "instructions",
         given.programs / "bench_instructions"], capture_output=True, text=True)
    return f"  freehold's request path, on a session that costs nothing: {done.stdout.strip()}"


def folder(given):
    """The figures that are kept are those of everything, measured for long enough."""
    whole = (not given.quick and not given.cells and set(given.workload) == set(WORKLOADS)
             and set(given.sides) == set(SIDES) and given.rounds >= 5)
    return given.out or (HERE / "results" if whole else Path("build/bench-results"))


def main():
    given = arguments()
    url = os.environ["FREEHOLD_TEST_URL"]
    programs.sql(url, (HERE / "schema.sql").read_text())
    on = machine.describe(lambda question: programs.sql(url, question))
    text = [f"{what}: {value}" for what, value in on.items()]
    text.append(f"{given.rounds} rounds, {given.seconds} s each: medians (minimum–maximum); "
                "ratios round by round")
    print("\n".join(text))
    result = {"machine": on, "rounds": given.rounds, "seconds": given.seconds,
              "when": time.strftime("%Y-%m-%d"), "workloads": {}}
    out = folder(given)
    out.mkdir(parents=True, exist_ok=True)
    for name in given.workload:
        workload = WORKLOADS[name]
        rounds = run(workload, given)
        told = ["", report.table(workload, rounds)]
        told += [line for line, _ in report.verdicts(workload, rounds)]
        if name == "W10":
            told.append(instructions(given))
        print("\n".join(told), flush=True)
        text += told
        result["workloads"][name] = {"title": workload.title, "rounds": rounds}
        if name == "W1":
            plots.draw(workload, rounds, out)
    (out / "results.json").write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")
    (out / "results.txt").write_text("\n".join(text) + "\n")
    print(f"\nall of it, and plots: {out}")


if __name__ == "__main__":
    main()
