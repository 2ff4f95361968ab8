"""Takes exports of other CRMs the user's way: import_table, then a backtest at the opening.

    python -m tests.benchmarks.bench_tables --exports DIR

Each export gets a ledger of its own; prints rows a second, memory and each scorer's measures.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
MAPPINGS = Path(__file__).parent / "mappings"


def main() -> None:
    """Run all exports for which there is a mapping."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--exports", type=Path, required=True, help="the folder of the CSV files")
    folder = parser.parse_args().exports
    for mapping in sorted(MAPPINGS.glob("*.json")):
        with tempfile.TemporaryDirectory() as ledger:
            judge(folder / f"{mapping.stem}.csv", mapping, ledger)


def judge(table: Path, mapping: Path, ledger: str) -> None:
    """Import one table into an empty ledger and print what a backtest says."""
    _manage(ledger, "migrate", "--verbosity", "0")
    said = _json(ledger, "import_table", str(table), "--mapping", str(mapping), "--json")
    again = _json(ledger, "import_table", str(table), "--mapping", str(mapping), "--json")
    rate = said["created"] / max(said["seconds"], 0.1)
    print(f"\n{table.stem}: {said['created']} leads, {said['bad']} bad, {rate:.0f} rows a second")
    print(f"  again: {again['created']} created, {again['updated']} updated")
    found = _json(ledger, "backtest", "--landmark", "opening", "--json")
    for name, scorer in found["scorers"].items():
        auc, brier = (scorer[measure]["value"] for measure in ("auc", "brier"))
        print(f"  {name:10} n {scorer['n']}, auc {auc:.4f}, brier {brier:.4f}")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"  most memory of any step so far: {peak:.0f} MB")


def _json(ledger: str, *words: str) -> Any:
    return json.loads(_manage(ledger, *words))


def _manage(ledger: str, *words: str) -> str:
    command = [sys.executable, str(ROOT / "manage.py"), *words]
    environment = {**os.environ, "DATA_DIR": ledger}
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if ran.returncode:
        sys.exit(f"{' '.join(words[:2])}: {ran.stderr.strip()}")
    return ran.stdout


if __name__ == "__main__":
    main()
