"""Holds the chance of an order to its numbers on exports of other CRMs, the user's way.

    python -m tests.benchmarks.bench_exports --exports DIR [--mappings DIR] [--only xeducation]

Each export gets a ledger of its own: `import_table` with its mapping, `backtest --landmark
opening`, `train`. Prints every figure beside the number it is held to, with pass or miss; the exit
code is 1 when one is missed.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
MAPPINGS = Path(__file__).parent / "mappings"
WORSE_AT_MOST = 0.012
TAUGHT = "import django; django.setup(); from tests.benchmarks import taught; taught.main()"


@dataclass(frozen=True)
class Figure:
    """One measured figure and whether it is as it has to be; None is for information."""

    name: str
    value: str
    held_to: str = ""
    holds: bool | None = None

    def __str__(self) -> str:
        word = {True: "pass", False: "MISS", None: ""}[self.holds]
        return f"  {self.name:<46}{self.value:>18}  {self.held_to:<18}{word}"


@dataclass(frozen=True)
class Ledger:
    """A ledger with an export in it."""

    folder: str
    exports: Path

    def json(self, *words: str) -> Any:
        """Run a command of the product and return its answer."""
        return json.loads(self.run(str(ROOT / "manage.py"), *words))

    def run(self, *words: str) -> str:
        """Run Python in the ledger; stop at an error."""
        environment = {
            **os.environ,
            "DATA_DIR": self.folder,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "OMP_NUM_THREADS": "1",
            "PYTHONPATH": str(ROOT),
        }
        environment.pop("DATABASE_URL", None)
        command = [sys.executable, *words]
        ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if ran.returncode:
            sys.exit(f"{' '.join(words[:2])}: {ran.stderr.strip()}")
        return ran.stdout

    def take(self, mapping: Path, name: str) -> Iterator[Figure]:
        """Import the export of a mapping and say how that went."""
        self.run(str(ROOT / "manage.py"), "migrate", "--verbosity", "0")
        table = str(self.exports / f"{name}.csv")
        said = self.json("import_table", table, "--mapping", str(mapping), "--json")
        again = self.json("import_table", table, "--mapping", str(mapping), "--json")
        rate = said["created"] / max(said["seconds"], 0.1)
        yield Figure("leads imported, bad rows", f"{said['created']:,}, {said['bad']}")
        yield Figure("rows a second", f"{rate:,.0f}")
        changed = again["created"] + again["updated"]
        yield Figure("changed when imported again", str(changed), "0", changed == 0)


def main() -> None:
    """Run all exports and print their tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--exports", type=Path, required=True, help="the folder of the CSV files")
    parser.add_argument("--mappings", type=Path, default=MAPPINGS, help="the folder of mappings")
    parser.add_argument("--only", default="", help="the beginning of an export's name")
    asked = parser.parse_args()
    missed = 0
    for title, name, judge in SETS:
        if name.startswith(asked.only):
            print(f"\n{title}", flush=True)
            for figure in judge(
                asked.exports, asked.mappings / f"{MAPPED[name]}.json", MAPPED[name]
            ):
                print(figure, flush=True)
                missed += figure.holds is False
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"\nmost memory of any step: {peak:.0f} MB; {missed} missed")
    sys.exit(1 if missed else 0)


def _backtest(ledger: Ledger) -> Any:
    return ledger.json("backtest", "--landmark", "opening", "--json")


def _scorers(found: Any, taught: Any) -> Iterator[Figure]:
    """Say what each scorer came to, with the peer's beside it."""
    for name, scorer in found["scorers"].items():
        auc, brier = (scorer[measure]["value"] for measure in ("auc", "brier"))
        yield Figure(f"{name}: AUC, Brier (n {scorer['n']:,})", f"{auc:.4f}, {brier:.4f}")
    peer = taught["peer"]
    yield Figure("Odoo's Bayes: AUC, Brier", f"{peer['auc']:.4f}, {peer['brier']:.4f}")


def _at_least(name: str, value: float, least: float) -> Figure:
    return Figure(name, f"{value:.4f}", f">= {least:.4f}", value >= least)


def _at_most(name: str, value: float, most: float) -> Figure:
    return Figure(name, f"{value:.4f}", f"<= {most:.4f}", value <= most)


def _blend(found: Any, measure: str) -> float:
    return float(found["scorers"]["blend"][measure]["value"])


def _taught(ledger: Ledger) -> Any:
    return json.loads(ledger.run("-c", TAUGHT))


def x_education(exports: Path, mapping: Path, name: str) -> Iterator[Figure]:
    """Judge the leads of a course vendor, and how few of their ends teach how much."""
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(folder, exports)
        yield from ledger.take(mapping, name)
        found, taught = _backtest(ledger), _taught(ledger)
        yield from _scorers(found, taught)
        yield _at_least("blend, all outcomes: AUC", _blend(found, "auc"), 0.875)
        yield _at_most("blend, all outcomes: Brier", _blend(found, "brier"), 0.140)
        for step in taught["curve"]:
            words = f"{step['n']:,} outcomes, {step['draws']} draws"
            figures = f"{step['latest']:.3f}, {step['auc']:.3f}, {step['lowest']:.3f}"
            yield Figure(f"{words}: AUC latest, mean, lowest", figures)
            if step["n"] == 50:
                yield _at_least("the latest 50 outcomes: AUC", step["latest"], 0.77)
                yield _at_least(f"{words}: AUC mean", step["auc"], 0.77)
            worse = f"{words}: Brier less base, worst"
            yield _at_most(worse, step["worst"], WORSE_AT_MOST)
        left_out = [row["field"] for row in found["fields"] if row["left_out"]]
        yield Figure("fields left out", str(len(left_out)), "0", not left_out)


def x_education_with_leaks(exports: Path, mapping: Path, name: str) -> Iterator[Figure]:
    """Let the fields in that are filled in after the first contact, as if known at the opening."""
    with tempfile.TemporaryDirectory() as folder:
        let_in = Path(folder) / "let_in.json"
        let_in.write_text(mapping.read_text("utf-8").replace('"later"', '"creation"'), "utf-8")
        ledger = Ledger(folder, exports)
        yield from ledger.take(let_in, name)
        found = _backtest(ledger)
        for row in found["fields"][:5]:
            word = "left out" if row["left_out"] else "used"
            yield Figure(f"{row['field']}: AUC alone", f"{row['auc']:.3f} {word}")
        left_out = {row["field"] for row in found["fields"] if row["left_out"]}
        yield Figure("the probe names Tags", "", "cf_tags", "cf_tags" in left_out)
        yield Figure("blend without it: AUC", f"{_blend(found, 'auc'):.4f}")


def olist(exports: Path, mapping: Path, name: str) -> Iterator[Figure]:
    """Judge sellers who asked to join a market place; most of them never closed."""
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(folder, exports)
        yield from ledger.take(mapping, name)
        found = _backtest(ledger)
        yield from _scorers(found, _taught(ledger))
        base = float(found["scorers"]["base_rate"]["brier"]["value"])
        yield _at_least("blend: AUC", _blend(found, "auc"), 0.68)
        yield _at_most("blend: Brier, beside the base rate's", _blend(found, "brier"), base)


def maven(exports: Path, mapping: Path, name: str) -> Iterator[Figure]:
    """Judge a set without any signal: nothing that was learned may be used."""
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(folder, exports)
        yield from ledger.take(mapping, name)
        found = _backtest(ledger)
        yield from _scorers(found, _taught(ledger))
        base = float(found["scorers"]["base_rate"]["brier"]["value"])
        most = base + WORSE_AT_MOST
        yield _at_most("blend: Brier, beside the base rate's", _blend(found, "brier"), most)
        trained = ledger.json("train", "--json")
        wins = trained["numbers"]["learned_wins"]
        yield Figure("what was learned beats the usual rate in", f"{wins:.0%} of draws")
        decision = trained["decision"]
        yield Figure("the gate", decision, "REFUSED", decision == "REFUSED")


Judge = Callable[[Path, Path, str], Iterator[Figure]]
MAPPED = {
    "xeducation": "xeducation_leads",
    "xeducation_leaks": "xeducation_leads",
    "olist": "olist_mql",
    "maven": "maven_sales_pipeline",
}
SETS: tuple[tuple[str, str, Judge], ...] = (
    ("X Education", "xeducation", x_education),
    ("X Education, after-contact fields let in", "xeducation_leaks", x_education_with_leaks),
    ("Olist", "olist", olist),
    ("Maven", "maven", maven),
)


if __name__ == "__main__":
    main()
