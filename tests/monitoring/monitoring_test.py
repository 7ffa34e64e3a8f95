#!/usr/bin/env python3
"""Whether docs/monitoring fits what a runtime exports. `monitoring_test.py SCRAPE_PROGRAM`

The alert rules and the dashboard name only metrics that are there, the rules do what
alerts_test.yml says, and promtool has nothing to say about a scrape. Ends with 77, which CTest
takes for skipped, where promtool is missing.
"""
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

SKIPPED = 77
FOLDER = Path(__file__).resolve().parents[2] / "docs" / "monitoring"
METRIC = re.compile(r"\b(?:freehold|db_client)_[a-z0-9_]+")
# Of a dashboard, what is not an expression.
NOT_METRICS = {"freehold"}


def promtool(*arguments, given=None, folder=FOLDER):
    done = subprocess.run(["promtool", *arguments], input=given, cwd=folder, text=True,
                          capture_output=True)
    said = (done.stdout + done.stderr).strip()
    if done.returncode != 0:
        yield f"promtool {' '.join(arguments)}: {said}"


def exported(scrape):
    """Names of the series, as expressions use them."""
    return {re.match(r"[a-z0-9_]+", line)[0] for line in scrape.splitlines()
            if line and not line.startswith("#")}


def expressions_of_dashboard(text):
    dashboard = json.loads(text)
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            yield target["expr"]
    for variable in dashboard["templating"]["list"]:
        yield variable["query"]


def named_but_not_there(what, text, there):
    named = set(METRIC.findall(text)) - NOT_METRICS
    if not named:
        yield f"{what} names no metric at all"
    for name in sorted(named - there):
        yield f"{what} names {name}, which no runtime exports"


def problems(program):
    scrape = subprocess.run([program], check=True, text=True, capture_output=True).stdout
    there = exported(scrape)
    yield from promtool("check", "metrics", given=scrape)
    yield from promtool("check", "rules", "alerts.yml")
    yield from promtool("test", "rules", "alerts_test.yml")
    rules = (FOLDER / "alerts.yml").read_text(encoding="utf-8")
    expressions = "\n".join(re.sub(r"(?m)^ +(?:summary|description):.*$", "", rules).split("\n"))
    yield from named_but_not_there("alerts.yml", expressions, there)
    dashboard = (FOLDER / "grafana.json").read_text(encoding="utf-8")
    yield from named_but_not_there("grafana.json",
                                   "\n".join(expressions_of_dashboard(dashboard)), there)


def main(arguments):
    if len(arguments) != 1:
        sys.exit(__doc__)
    if shutil.which("promtool") is None:
        print("promtool is not installed")
        return SKIPPED
    found = list(problems(arguments[0]))
    for problem in found:
        print(problem)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
