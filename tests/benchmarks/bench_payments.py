"""Holds forecasts of payments to their numbers, the user's way.

    python -m tests.benchmarks.bench_payments --invoices FILE.csv [--simulator DIR/world.py]

The invoices are those of the IBM data set "accounts receivable"; they go into a ledger of their own
by `manage.py import_table --kind invoices`, and `manage.py backtest --target late_payment` foresees
each of the later 30 % on its day of issue, from payments known before. A simulated world comes in
by its bundle, and is judged beside the simulator's own chance of over 120 days.
"""

import argparse
import csv
import importlib.util
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management import call_command
from numpy.typing import NDArray

from scoring import hazard, measures
from scoring.cash import Cost, Deal, Lump, Milestone, Slip, simulate
from scoring.hazard_rows import Viewer, views
from scoring.payments import Bill, Forecaster, Prior, curve_of
from tests.benchmarks import ledgers

DAY = "%m/%d/%Y"
Floats = NDArray[np.float64]
MAPPING = {
    "invoice": {
        "number": "invoiceNumber",
        "amount": "InvoiceAmount",
        "issued_date": {"column": "InvoiceDate", "format": DAY},
        "due_date": {"column": "DueDate", "format": DAY},
        "settled_date": {"column": "SettledDate", "format": DAY},
    },
    # What was disputed is known afterwards only: the column is not read.
    "account": {"name": "customerID", "kind": {"constant": "FOREIGN"}},
}
OPEN_INVOICES, FORECAST_SECONDS, DEAL_SECONDS = 10_000, 2.0, 0.5


@dataclass(frozen=True)
class Line:
    """One figure, and what it is held to."""

    what: str
    figure: float
    low: float
    high: float

    @property
    def holds(self) -> bool:
        """Say whether the figure lies where it should."""
        return self.low <= self.figure <= self.high

    def __str__(self) -> str:
        least, most = f"at least {self.low:g}", f"at most {self.high:g}"
        limits = most if not self.low else least if self.high == 1 else f"{least}, {most}"
        mark = "holds" if self.holds else "MISSED"
        return f"{self.what:46} {self.figure:8.3f}   {limits:28} {mark}"


def main(arguments: list[str]) -> None:
    """Print a line for each figure; end with code 1 when one is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--invoices", type=Path, help="the CSV file of the IBM invoices")
    parser.add_argument("--simulator", type=Path, help="the simulator's world.py")
    parser.add_argument("--seeds", type=int, default=4, help="worlds of each size")
    asked = parser.parse_args(arguments)
    lines = [*speed()]
    if asked.invoices or asked.simulator:
        with ledgers.database() as empty:
            if asked.invoices:
                lines += imported(asked.invoices)
            if asked.simulator:
                lines += simulated(empty, _module(asked.simulator), asked.seeds)
    print("\n".join(str(line) for line in lines))
    sys.exit(0 if all(line.holds for line in lines) else 1)


def imported(path: Path) -> Iterator[Line]:
    """Import the invoices, and yield what the backtest says."""
    with tempfile.TemporaryDirectory() as folder:
        mapping = Path(folder) / "mapping.json"
        mapping.write_text(json.dumps(MAPPING), encoding="utf-8")
        said = _answer("import_table", path, kind="invoices", mapping=mapping, json=True)
    print(f"imported {said['created']} invoices in {said['seconds']} s, {said['bad']} bad rows")
    found = _answer("backtest", target="late_payment", json=True)
    late, days = found["chances"]["late_0"], found["days"]
    print(f"{found['later_invoices']} later invoices, issued after {found['cut'][:10]}")
    yield Line("IBM: P(late > 0), AUC", late["auc"]["value"], 0.87, 1)
    yield Line("IBM: P(late > 0), Brier", late["brier"]["value"], 0, 0.135)
    yield Line("IBM: median of days late, mean error", days["mae"], 0, 6.4)
    yield Line("IBM: 80 % interval, coverage", days["coverage"], 0.74, 0.86)
    learned = found["hazard"]
    contest = learned["contest"]
    yield Line(
        "IBM, learned: P(late > 0), Brier", learned["chances"]["late_0"]["brier"]["value"], 0, 0.135
    )
    yield Line("IBM, learned: median of days late, mean error", learned["days"]["mae"], 0, 6.4)
    print(
        f"IBM, learned against the curve: Brier {contest['brier_learned']:.4f} of"
        f" {contest['brier_curve']:.4f}, ahead in {contest['brier_wins']:.0%} of draws; pinball"
        f" {contest['pinball_learned']:.3f} of {contest['pinball_curve']:.3f},"
        f" ahead in {contest['pinball_wins']:.0%}"
    )


def _answer(command: str, *arguments: Any, **options: Any) -> dict[str, Any]:
    out = StringIO()
    call_command(command, *arguments, stdout=out, stderr=StringIO(), **options)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def simulated(empty: Path, simulator: Any, seeds: int) -> Iterator[Line]:
    """Import worlds, and yield how far the chance of over 120 days is from the best possible."""
    aucs, briers = [], []
    for seed in range(1, seeds + 1):
        label, said, best = _world(empty, simulator, 2_000, seed)
        aucs.append((measures.auc(label, said), measures.auc(label, best)))
        label, said, _best = _world(empty, simulator, 300, seed)
        usual = np.full(len(label), label.mean())
        briers.append((measures.brier(label, said), measures.brier(label, usual)))
    own, ceiling = np.mean(aucs, axis=0)
    brier, base = np.mean(briers, axis=0)
    yield Line(f"n = 2,000: AUC {own:.3f} below the ceiling {ceiling:.3f}", ceiling - own, 0, 0.05)
    yield Line(f"n = 300: Brier {brier:.3f} over the base rate's {base:.3f}", brier / base, 0, 1)


def _world(empty: Path, simulator: Any, size: int, seed: int) -> tuple[Floats, Floats, Floats]:
    """Return truth, what was said and the ceiling of a world's later invoices but advances."""
    world = simulator.World("demo", size, seed)
    world.invoice_scores()
    ledgers.refill(empty, simulator, world)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "told.csv"
        call_command("backtest", target="late_payment", out=out, stdout=StringIO())
        said = {row["invoice_id"]: float(row["p_long"]) for row in _read(out)}
    rows = [
        (row["_long"], said[row["invoice_id"]], row["_p_long"])
        for row in world.inv
        if row["milestone"] != "prepay" and row["invoice_id"] in said
    ]
    label, chance, best = np.array(rows, dtype=np.float64).T
    auc, most = measures.auc(label, chance), measures.auc(label, best)
    print(f"{size} leads, seed {seed}: {len(rows)} later invoices, AUC {auc:.3f} of {most:.3f}")
    return label, chance, best


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _module(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location("world", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules["world"] = module
    spec.loader.exec_module(module)
    return module


def speed() -> Iterator[Line]:
    """Foresee 10,000 open invoices of 500 accounts, among as many that are paid."""
    today = date(2026, 11, 23).toordinal()
    rows = _bills(today)
    priors = {
        "unknown": curve_of(Prior(0.4, 30, 1.0)),
        "cn_government": curve_of(Prior(0.25, 55, 0.95)),
    }
    waiting = [row for row in rows if row.paid_day is None]
    started = time.process_time()
    forecaster = Forecaster(rows, priors, day=today + 1)
    for row in waiting:
        forecaster.forecast(row)
    seconds = time.process_time() - started
    yield Line(f"{len(waiting)} invoices foreseen again, processor s", seconds, 0, FORECAST_SECONDS)
    seen = [view for view, _ in views(rows, priors, _issues(rows, today))]
    model = hazard.fit(seen, until=today)
    started = time.process_time()
    viewer = Viewer(Forecaster(rows, priors, day=today + 1))
    for row, curve in zip(
        waiting, hazard.curves(model, [viewer.view(row) for row in waiting]), strict=True
    ):
        viewer.forecaster.forecast(row, learned=curve)
    seconds = time.process_time() - started
    yield Line(f"{len(waiting)} by what was learned, processor s", seconds, 0, FORECAST_SECONDS)
    yield deal()


def deal() -> Line:
    """Draw the worked example 2,000 times."""
    milestones = (
        Milestone(0.1, 0, 15),
        Milestone(0.2, 90, 30),
        Milestone(0.6, 180, 60, Slip(60, 0.7)),
        Milestone(0.1, 545, 30, loss_chance=0.15),
    )
    costs = (Cost(0, 180, 102_000), Cost(180, 545, 4_000))
    example = Deal(1_200_000, 0.06, milestones, costs, (Lump(-60, 80_000),))
    started = time.process_time()
    simulate(example, curve_of(Prior(0.25, 55, 0.95)))
    return Line(
        "a deal drawn 2,000 times, processor s", time.process_time() - started, 0, DEAL_SECONDS
    )


def _bills(today: int) -> list[Bill]:
    generator = np.random.default_rng(1)
    issued = today - generator.integers(1, 700, 2 * OPEN_INVOICES)
    late = generator.integers(-10, 90, 2 * OPEN_INVOICES)
    return [
        Bill(
            key=place,
            account=place % 500,
            buyer="cn_government" if place % 3 else "unknown",
            issued_day=int(day),
            due_day=int(day) + 30,
            paid_day=min(int(day) + 30 + int(late[place]), today) if place % 2 else None,
            amount=1_000.0 + place,
        )
        for place, day in enumerate(issued)
    ]


def _issues(rows: list[Bill], today: int) -> Iterator[tuple[Bill, int]]:
    """Yield the invoices of a few days with their day of issue: enough to learn a model from."""
    for row in rows:
        if (today - row.issued_day) % 35 == 0:
            yield row, row.issued_day


if __name__ == "__main__":
    main(sys.argv[1:])
