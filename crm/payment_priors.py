"""What is assumed of a kind of buyer before any invoice of one's own: shipped as data."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SHIPPED = Path(__file__).parent / "data" / "payment_priors.csv"


@dataclass(frozen=True)
class BuyerPrior:
    """One row: a share paid in time, the rest lognormally late, and how acceptances slip."""

    on_time_share: float
    median_days: float
    sigma: float
    acceptance_slip_days: float  # median
    final_loss_percent: float  # how often the final payment never comes
    source: str
    confidence: str


@cache
def read_priors(path: Path = SHIPPED) -> Mapping[str, BuyerPrior]:
    """Return the priors by buyer; raises KeyError or ValueError for a broken file."""
    with path.open(encoding="utf-8", newline="") as file:
        return {
            row["buyer"]: BuyerPrior(
                on_time_share=float(row["on_time_share"]),
                median_days=float(row["median_days"]),
                sigma=float(row["sigma"]),
                acceptance_slip_days=float(row["acceptance_slip_days"]),
                final_loss_percent=float(row["final_loss_percent"]),
                source=row["source"],
                confidence=row["confidence"],
            )
            for row in csv.DictReader(file, strict=True)
        }
