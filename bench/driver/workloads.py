"""What is measured: sides, workloads, and the ratios that are looked at."""
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Side:
    """A client. `program` is one of ours, or None for pgbench."""

    name: str
    program: str | None
    arguments: tuple = ()


SIDES = {
    side.name: side
    for side in (
        Side("freehold", "bench_freehold"),
        Side("libpq", "bench_libpq"),
        Side("pipeline-query", "bench_pipeline", ("--policy", "query")),
        Side("pipeline-batch", "bench_pipeline", ("--policy", "batch")),
        Side("libpqxx", "bench_libpqxx"),
    )
}


@dataclass(frozen=True)
class Cell:
    """One measurement: a point of a workload."""

    requesters: int
    connections: int
    arguments: tuple = ()  # more, for our programs
    label: str = ""

    @property
    def name(self):
        return self.label or f"{self.requesters}/{self.connections}"


@dataclass(frozen=True)
class Target:
    """`side`'s figure over `peer`'s, round by round, in one cell. `at_least` or `at_most`."""

    cell: str
    figure: str
    side: str
    peer: str
    at_least: float | None = None
    at_most: float | None = None
    peer_cell: str = ""  # where it is another


@dataclass(frozen=True)
class Workload:
    name: str
    title: str
    operation: str
    sides: tuple
    cells: tuple
    targets: tuple = ()
    url: str = "FREEHOLD_TEST_URL"
    before: str = ""  # SQL, before each measurement
    figures: tuple = ("rate", "p50_us", "p99_us")
    operations: dict = field(default_factory=dict)  # of sides that do it in another way


def cells(*points, **more):
    return tuple(Cell(requesters, connections, **more) for requesters, connections in points)


W1 = Workload(
    "W1",
    "select a row by its primary key",
    "select",
    ("freehold", "libpq", "pipeline-query", "pipeline-batch", "libpqxx"),
    cells((1, 1), (8, 8), (64, 8), (256, 8), (256, 4), (10_000, 8)),
    (
        Target("256/8", "rate", "freehold", "libpqxx", at_least=5),
        Target("256/8", "rate", "freehold", "pipeline-query", at_least=1.8),
        Target("256/8", "rate", "freehold", "pipeline-batch", at_least=0.8),
        Target("64/8", "rate", "freehold", "libpqxx", at_least=2.8),
        Target("64/8", "rate", "freehold", "pipeline-query", at_least=1.4),
        Target("64/8", "rate", "freehold", "pipeline-batch", at_least=0.75),
        Target("10000/8", "rate", "freehold", "freehold", at_least=0.9, peer_cell="peak"),
        Target("1/1", "p50_us", "freehold", "libpq", at_most=1.2),
        Target("1/1", "p99_us", "freehold", "libpq", at_most=1.5),
    ),
)

WORKLOADS = {workload.name: workload for workload in (W1,)}
