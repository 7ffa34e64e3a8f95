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
        Side("soci", "bench_soci"),
        Side("pgbench-prepared", None, ("prepared",)),
        Side("pgbench-pipelined", None, ("pipelined",)),
        Side("freehold-function", "bench_freehold"),
        Side("freehold-script", "bench_freehold"),
        Side("freehold-callbacks", "bench_freehold", ("--policy", "callbacks")),
    )
}


@dataclass(frozen=True)
class Cell:
    """One measurement: a point of a workload."""

    requesters: int
    connections: int
    arguments: tuple = ()  # more, for our programs
    label: str = ""
    rounds: int = 99  # at most

    @property
    def name(self):
        return self.label or f"{self.requesters}/{self.connections}"


@dataclass(frozen=True)
class Target:
    """`side`'s figure over `peer`'s, round by round, in one cell; without a peer, the figure.

    Neither `at_least` nor `at_most`: worth knowing.
    """

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


# Those with a pool or a pipeline of their own.
CLIENTS = ("freehold", "libpq", "pipeline-query", "pipeline-batch", "libpqxx", "soci")
PGBENCH = ("pgbench-prepared", "pgbench-pipelined")

W1 = Workload(
    "W1",
    "select a row by its primary key",
    "select",
    (*CLIENTS, *PGBENCH),
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

W2 = Workload(
    "W2",
    "transaction: BEGIN, UPDATE, SELECT, COMMIT",
    "transaction",
    ("freehold-function", "freehold-script", "libpq", "pipeline-query", "libpqxx", "soci",
     *PGBENCH),
    cells((64, 8)),
    (
        Target("64/8", "rate", "freehold-script", "libpqxx", at_least=3),
        Target("64/8", "rate", "freehold-function", "libpqxx", at_least=1),
    ),
    before="VACUUM account",
    operations={"freehold-script": "script"},
)

W3 = Workload(
    "W3",
    "rows: a thousand by a range of the key, three columns decoded",
    "rows",
    ("freehold-callbacks", *CLIENTS),
    cells((8, 8)),
    (
        Target("8/8", "rows_rate", "freehold-callbacks", "libpq", at_least=1),
        Target("8/8", "rows_rate", "freehold", "libpq", at_least=1),
    ),
    before="CLUSTER item",
    figures=("rows_rate", "p50_us", "p99_us"),
)

STREAMS = tuple(
    Cell(1, 1, ("--rows", str(rows)), f"{rows} rows", rounds)
    for rows, rounds in ((10_000, 99), (100_000, 99), (1_000_000, 99), (10_000_000, 1))
)
W3S = Workload(
    "W3s",
    "rows, streamed: one result of that many, a thousand at a time",
    "stream",
    ("freehold", "libpq"),
    STREAMS,
    (
        Target(STREAMS[3].name, "peak_memory_bytes", "freehold", "freehold", at_most=1.1,
               peer_cell=STREAMS[0].name),
        Target(STREAMS[2].name, "rows_rate", "freehold", "libpq", at_least=1),
    ),
    figures=("rows_rate", "peak_memory_bytes"),
)

W4 = Workload(
    "W4",
    "start-up: fifty connections, from nothing to ready",
    "connect",
    ("freehold", "libpq", "libpqxx", "soci"),
    cells((50, 50)),
    (Target("50/50", "p50_us", "freehold", "libpq", at_most=1.2),),
    figures=("p50_us", "max_us"),
)

W5 = Workload(
    "W5",
    "lease: get a connection for oneself and give it back",
    "lease",
    ("freehold", "libpqxx"),
    cells((64, 8)),
    (Target("64/8", "rate", "freehold", "", at_least=200_000),),
)

W6 = Workload(
    "W6",
    "waiting: that many requests at once, held up by a lock, then let go",
    "wait",
    ("freehold", "pipeline-query", "pipeline-batch"),
    cells((1, 8), (10, 8), (100, 8), (1_000, 8), (10_000, 8), (100_000, 8)),
    (
        Target("10000/8", "waiting_bytes", "freehold", "", at_most=1_024),
        Target("100000/8", "waiting_bytes", "freehold", "", at_most=1_024),
        Target("100000/8", "unanswered", "freehold", "", at_most=0),
        Target("100000/8", "longest_wait_us", "freehold", "pipeline-batch"),
    ),
    figures=("waiting_bytes", "waiting_resident_bytes", "longest_wait_us"),
)

SLOW = ("--slow", "0.01")
PACE = ("--pace", "4000")
W7 = Workload(
    "W7",
    "point selects, alone and with 1 % of 50 ms queries among them (not counted)",
    "select",
    ("freehold", "pipeline-query", "pipeline-batch"),
    (
        Cell(64, 8, (), "64/8"),
        Cell(64, 8, SLOW, "64/8 slow"),
        Cell(1_000, 8, PACE, "4000/s"),
        Cell(1_000, 8, PACE + SLOW, "4000/s slow"),
    ),
    (
        Target("64/8 slow", "p99_us", "freehold", "freehold", at_most=2, peer_cell="64/8"),
        Target("4000/s slow", "p99_us", "freehold", "freehold", at_most=2, peer_cell="4000/s"),
        Target("64/8 slow", "p99_us", "freehold", "pipeline-batch"),
        Target("4000/s slow", "p99_us", "freehold", "pipeline-batch"),
    ),
)

W8 = Workload(
    "W8",
    "write: one INSERT, committed by itself",
    "write",
    (*CLIENTS, *PGBENCH),
    cells((64, 8)),
    (Target("64/8", "rate", "freehold", "libpqxx", at_least=1),),
    before="TRUNCATE entry",
)

W9 = Workload(
    "W9",
    "point selects behind PgBouncer, transaction mode, nothing prepared",
    "select",
    ("freehold", "libpq", "pipeline-query", "pipeline-batch", "libpqxx", *PGBENCH),
    cells((64, 8), arguments=("--unnamed", "1")),
    (Target("64/8", "rate", "freehold", "libpqxx", at_least=1.5),),
    url="FREEHOLD_TEST_POOLER_URL",
)

W10 = Workload(
    "W10",
    "the client's processor time for a point select",
    "select",
    (*CLIENTS, *PGBENCH),
    cells((1, 1), (64, 8), (256, 8)),
    figures=("cpu_us", "cpu_user_us", "cpu_system_us"),
)

WORKLOADS = {
    workload.name: workload for workload in (W1, W2, W3, W3S, W4, W5, W6, W7, W8, W9, W10)
}
