"""Throughput and latency over the number of requesters, drawn by gnuplot."""
import shutil
import subprocess

from driver import report

COLOURS = {
    "freehold": "#d6336c",
    "libpq": "#868e96",
    "pipeline-query": "#4dabf7",
    "pipeline-batch": "#1864ab",
    "libpqxx": "#f08c00",
    "soci": "#2f9e44",
    "pgbench-prepared": "#ced4da",
    "pgbench-pipelined": "#845ef7",
}

HEAD = """set terminal svg size {width},520 font "sans,13" background "#ffffff"
set output "{file}"
set logscale x
set xlabel "requesters, on 8 connections (the first: 1 on 1)"
set grid ytics lc rgb "#e9ecef"
set border 3
set tics nomirror
set key outside right top
set xrange [0.8:14000]
"""


def points(workload, rounds, side, figure):
    """(requesters, spread) where there were eight connections, or one requester on one."""
    for cell in workload.cells:
        if cell.connections != 8 and cell.name != "1/1":
            continue
        values = [v for v in report.collect(rounds, cell.name, side, figure) if v is not None]
        if values:
            yield cell.requesters, report.spread(values)


def block(workload, rounds, side, figure, scale):
    lines = [
        f"{x} {seen['median'] * scale:.6g} {seen['min'] * scale:.6g} {seen['max'] * scale:.6g}"
        for x, seen in points(workload, rounds, side, figure)
    ]
    return "\n".join(lines)


def script(workload, rounds, panels, file):
    """`panels`: (figure, scale, label, logarithmic) each."""
    text = HEAD.format(width=860 if len(panels) == 1 else 1400, file=file)
    if len(panels) > 1:
        text += f"set multiplot layout 1,{len(panels)}\n"
    for figure, scale, label, logarithmic in panels:
        text += f'set ylabel "{label}"\n'
        text += "set logscale y\n" if logarithmic else "unset logscale y\nset yrange [0:*]\n"
        plots = []
        for side in workload.sides:
            data = block(workload, rounds, side, figure, scale)
            if not data:
                continue
            name = "$" + (side + figure).replace("-", "_")
            text += f"{name} << EOD\n{data}\nEOD\n"
            colour = COLOURS.get(side, "#000000")
            width = 3 if side == "freehold" else 1.5
            plots.append(f'{name} using 1:2 with lines lw {width} '
                         f'lc rgb "{colour}" title "{side}"')
            plots.append(f'{name} using 1:2:3:4 with yerrorbars pt 7 ps 0.4 lw 1 '
                         f'lc rgb "{colour}" notitle')
        text += "plot " + ", \\\n  ".join(plots) + "\n"
    return text


def draw(workload, rounds, folder):
    """Gives the files that were drawn; none without gnuplot."""
    if shutil.which("gnuplot") is None:
        return []
    drawn = []
    for name, panels in (
        ("throughput", [("rate", 1e-3, "thousand requests a second", False)]),
        ("latency", [("p50_us", 1e-3, "p50, ms", True), ("p99_us", 1e-3, "p99, ms", True)]),
    ):
        file = folder / f"{workload.name.lower()}-{name}.svg"
        subprocess.run(["gnuplot"], input=script(workload, rounds, panels, file), text=True,
                       check=True)
        drawn.append(file)
    return drawn
