"""What people read: the table, and the ratios with what is wanted of them."""
from statistics import median


def spread(values):
    """Median, minimum, maximum."""
    return {"median": median(values), "min": min(values), "max": max(values)} if values else None


def collect(rounds, cell, side, figure):
    """A figure by round; None where a round has none."""
    found = [each.get(cell, {}).get(side, {}).get(figure) for each in rounds]
    return found if any(value is not None for value in found) else []


def peak(rounds, side, figure):
    """The best of all cells of the same round."""
    return [
        max((seen[side][figure] for seen in each.values() if figure in seen.get(side, {})),
            default=None)
        for each in rounds
    ]


def ratio(rounds, target):
    """Round by round, so that what troubles the machine troubles both."""
    above = collect(rounds, target.cell, target.side, target.figure)
    if not target.peer:
        return spread([value for value in above if value is not None])
    if target.peer_cell == "peak":
        below = peak(rounds, target.peer, target.figure)
    else:
        below = collect(rounds, target.peer_cell or target.cell, target.peer, target.figure)
    return spread([a / b for a, b in zip(above, below) if a is not None and b])


def holds(target, middle):
    if target.at_least is None and target.at_most is None:
        return True
    if target.at_least is not None:
        return middle >= target.at_least
    return middle <= target.at_most


def number(value):
    if value >= 10_000:
        return f"{value / 1000:,.0f}k".replace(",", " ")
    if value >= 1_000:
        return f"{value / 1000:.1f}k"
    return f"{value:.0f}" if value >= 10 else f"{value:.2f}"


UNITS = {
    "rate": "a second",
    "p50_us": "p50 µs",
    "p99_us": "p99 µs",
    "max_us": "longest µs",
    "rows_rate": "rows a second",
    "cpu_us": "CPU µs each",
    "peak_memory_bytes": "peak bytes",
    "waiting_bytes": "bytes each",
    "waiting_resident_bytes": "resident each",
    "cpu_user_us": "user µs each",
    "cpu_system_us": "system µs each",
}


def table(workload, rounds):
    lines = [f"{workload.name}  {workload.title}"]
    for figure in workload.figures:
        heads = [cell.name for cell in workload.cells]
        rows = []
        for side in workload.sides:
            shown = []
            for cell in workload.cells:
                values = collect(rounds, cell.name, side, figure)
                values = [value for value in values if value is not None]
                seen = spread(values)
                shown.append("–" if seen is None else
                             f"{number(seen['median'])} ({number(seen['min'])}–"
                             f"{number(seen['max'])})")
            if any(text != "–" for text in shown):
                rows.append((side, shown))
        if rows:
            lines += ["", *grid(f"{UNITS.get(figure, figure)}", heads, rows)]
    failures = troubles(workload, rounds)
    return "\n".join(lines + failures)


def grid(corner, heads, rows):
    widths = [max(len(head), *(len(shown[i]) for _, shown in rows))
              for i, head in enumerate(heads)]
    first = max(len(corner), *(len(side) for side, _ in rows))
    yield "  " + corner.ljust(first) + "".join(
        "  " + head.rjust(width) for head, width in zip(heads, widths))
    for side, shown in rows:
        yield "  " + side.ljust(first) + "".join(
            "  " + text.rjust(width) for text, width in zip(shown, widths))


def troubles(workload, rounds):
    """Nothing that failed is left out."""
    lines = []
    for number_, each in enumerate(rounds, 1):
        for cell, sides in each.items():
            for side, seen in sides.items():
                for what in ("error", "failed", "unanswered", "starved"):
                    if seen.get(what):
                        lines.append(f"  ! {workload.name} {cell} {side}, round {number_}: {what} "
                                     f"{seen[what]} {seen.get('failure', '')}")
    return lines


def verdicts(workload, rounds):
    """(text, holds) of each target that was measured."""
    for target in workload.targets:
        seen = ratio(rounds, target)
        if seen is None:
            continue
        good = holds(target, seen["median"])
        wanted = ""
        if target.at_least is not None:
            wanted = f", wanted ≥ {target.at_least}"
        elif target.at_most is not None:
            wanted = f", wanted ≤ {target.at_most}"
        against = f" / {target.peer}" if target.peer else ""
        against += f" at {target.peer_cell}" if target.peer_cell else ""
        show = number if not target.peer else "{:.2f}".format
        mark = ("✓" if good else "✗") if wanted else " "
        yield (
            f"  {mark} {target.cell:>8} {UNITS.get(target.figure, target.figure):<9}"
            f" {target.side}{against}: {show(seen['median'])}"
            f" ({show(seen['min'])}–{show(seen['max'])}){wanted}",
            good,
        )
