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
    for size, unit in ((1_000_000, "M"), (1_000, "k")):
        if abs(value) >= size:
            value /= size
            return f"{value:.0f}{unit}" if value >= 100 else f"{value:.3g}{unit}"
    return f"{value:.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"


def shown(values):
    """The median, and between what."""
    values = [value for value in values if value is not None]
    if not values:
        return "–"
    seen = spread(values)
    middle = number(seen["median"])
    if len(values) == 1:
        return middle
    return f"{middle} ({number(seen['min'])}–{number(seen['max'])})"


UNITS = {
    "rate": "a second",
    "p50_us": "p50 µs",
    "p99_us": "p99 µs",
    "max_us": "longest µs",
    "longest_wait_us": "longest wait µs",
    "rows_rate": "rows a second",
    "cpu_us": "CPU µs each",
    "peak_memory_bytes": "peak bytes",
    "waiting_bytes": "allocated bytes each",
    "waiting_resident_bytes": "resident bytes each",
    "cpu_user_us": "user µs each",
    "cpu_system_us": "system µs each",
}


def table(workload, rounds):
    lines = [f"{workload.name}  {workload.title}"]
    heads = [cell.name for cell in workload.cells if cell.name in rounds[0]]
    for figure in workload.figures:
        rows = [(side, [shown(collect(rounds, head, side, figure)) for head in heads])
                for side in workload.sides]
        rows = [(side, texts) for side, texts in rows if set(texts) != {"–"}]
        if rows:
            lines += ["", *grid(UNITS.get(figure, figure), heads, rows)]
    return "\n".join(lines + troubles(workload, rounds))


def grid(corner, heads, rows):
    widths = [max(len(head), *(len(texts[i]) for _, texts in rows))
              for i, head in enumerate(heads)]
    first = max(len(corner), *(len(side) for side, _ in rows))
    for side, texts in [(corner, heads), *rows]:
        yield "  " + side.ljust(first) + "".join(
            "  " + text.rjust(width) for text, width in zip(texts, widths))


def troubles(workload, rounds):
    """Nothing that failed is left out."""
    lines = []
    for turn, each in enumerate(rounds, 1):
        for cell, sides in each.items():
            for side, seen in sides.items():
                for what in ("error", "failed", "unanswered", "starved", "twice"):
                    if seen.get(what):
                        lines.append(f"  ! {workload.name} {cell} {side}, round {turn}: {what} "
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
        show = "{:.2f}".format if target.peer else number
        mark = ("✓" if good else "✗") if wanted else " "
        yield (
            f"  {mark} {target.cell:>8} {UNITS.get(target.figure, target.figure):<9}"
            f" {target.side}{against}: {show(seen['median'])}"
            f" ({show(seen['min'])}–{show(seen['max'])}){wanted}",
            good,
        )
