"""Says what would have been said at the time: manage.py backtest --landmark interactions:4."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from crm.models import Lead
from scoring import payment_backtest, payment_files, services
from scoring.evaluation import CSV_COLUMNS, TEST_SHARE, Backtest, Landmark, LandmarkError
from scoring.labels import TARGETS
from scoring.own_values import PREFIX
from scoring.payment_backtest import PaymentBacktest

LATE_PAYMENT = "late_payment"
NONE_LATER = (
    "None of them ran at that moment with an end known by now."
    " Name an earlier --landmark or a greater --test-share."
)


class Command(BaseCommand):
    """Score later leads by what earlier ones had taught, and compare with how they ended."""

    help = "Scores later leads by what earlier ones had taught and compares with how they ended."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the target, the moment, the share of later leads and where to write."""
        parser.add_argument(
            "--target",
            choices=[*(target.lower() for target in TARGETS), LATE_PAYMENT],
            default="no_order",
        )
        parser.add_argument("--landmark", default="opening", help="opening, day:N, interactions:K")
        parser.add_argument("--test-share", type=float, default=TEST_SHARE, metavar="SHARE")
        parser.add_argument("--out", type=Path, metavar="FILE.csv", help="one row a later lead")
        parser.add_argument("--json", action="store_true", help="print the measures as JSON")

    def handle(
        self,
        *,
        target: str,
        landmark: str,
        test_share: float,
        out: Path | None,
        json: bool,
        **options: Any,
    ) -> None:
        """Run the backtest, write the rows, say the measures."""
        if not 0 < test_share < 1:
            raise CommandError(
                f"--test-share {test_share} is no share. Write a number such as 0.3.", returncode=2
            )
        try:
            at = Landmark.parse(landmark)
        except LandmarkError as error:
            raise CommandError(str(error), returncode=2) from error
        if target == LATE_PAYMENT:
            self._payments(test_share=test_share, out=out, as_json=json)
            return
        try:
            found = services.backtest(
                target=target.upper(), landmark=at, test_share=test_share, now=timezone.now()
            )
        except services.NoPast as error:
            raise CommandError(
                "The ledger holds no leads. Import some first.", returncode=2
            ) from error
        if out:
            _write(found, out)
        self.stdout.write(_as_json(found, landmark) if json else _table(found))

    def _payments(self, *, test_share: float, out: Path | None, as_json: bool) -> None:
        """Foresee later invoices on their day of issue, and compare with how they were paid."""
        try:
            found = payment_backtest.backtest(now=timezone.now(), test_share=test_share)
        except payment_backtest.TooFewInvoices as error:
            raise CommandError(
                "The ledger holds too few invoices to compare. Import some first.", returncode=2
            ) from error
        if out:
            try:
                payment_files.write_backtest(out, found.told)
            except OSError as error:
                raise CommandError(
                    f"{out} cannot be written: {error.strerror}.", returncode=2
                ) from error
        self.stdout.write(
            json.dumps(found.as_json(), indent=1) if as_json else _payment_table(found)
        )


def _payment_table(found: PaymentBacktest) -> str:
    """Return the measures of payments as lines: a chance each, then the days."""
    said = found.as_json()
    lines = [
        f"{said['later_invoices']} later invoices, issued after {said['cut']};"
        f" {said['trained_on']} before.",
        *_foreseen(said),
    ]
    if learned := said["hazard"]:
        contest = learned["contest"]
        lines += ["Learned from own invoices:", *_foreseen(learned)]
        lines += [
            f"{name:8} curve {contest[f'{name}_curve']:.4f}, learned"
            f" {contest[f'{name}_learned']:.4f}, favoured in {contest[f'{name}_wins']:.0%}"
            " of the draws"
            for name in ("brier", "pinball")
        ]
    return "\n".join(lines)


def _foreseen(said: dict[str, Any]) -> Iterator[str]:
    """Yield a line for each chance, then one for the days."""
    for name, chance in said["chances"].items():
        base = chance["base_rate_brier"]
        figures = [f"{measure} {_figure(chance[measure])}" for measure in ("auc", "brier")]
        beside = "-" if base is None else f"{base:.3f}"
        yield (
            f"{name:8} n {chance['n']}, late {chance['late']}, {', '.join(figures)},"
            f" base rate {beside}"
        )
    days = said["days"]
    if days["n"]:
        yield (
            f"days     n {days['n']}, median off by {days['mae']:.1f} days,"
            f" 80% interval held {days['coverage']:.2f}"
        )


def _write(found: Backtest, out: Path) -> None:
    """Write the later leads by their ledger ids, so that each can be looked up."""
    names = dict(Lead.objects.values_list("pk", "ledger_id"))
    rows = found.rows.select(CSV_COLUMNS).with_columns(
        pl.col("lead_id").replace_strict(names, return_dtype=pl.String)
    )
    told = rows.write_csv(datetime_format="%Y-%m-%dT%H:%M:%S%.f%:z")
    try:
        out.write_text(told, encoding="utf-8", newline="")
    except OSError as error:
        raise CommandError(f"{out} cannot be written: {error.strerror}.", returncode=2) from error


def _as_json(found: Backtest, landmark: str) -> str:
    return json.dumps({"landmark": landmark, **found.as_json()}, indent=1)


def _table(found: Backtest) -> str:
    """Return the measures as lines: a scorer each, with its 95 % intervals."""
    said = found.as_json()
    lines = [
        f"{found.rows.height} later leads, trained on {found.blend.outcomes.deals} outcomes"
        f" known by {found.cut:%Y-%m-%d}.",
    ]
    if leaks := [_key(row) for row in said["fields"] if row["left_out"]]:
        lines.append(f"Own fields left out, they look like leaks: {', '.join(leaks)}.")
    if found.rows.is_empty():
        return "\n".join([*lines, NONE_LATER])
    for name, scorer in said["scorers"].items():
        figures = [
            f"{measure} {_figure(scorer[measure])}"
            for measure in ("auc", "brier", "log_loss", "calibration_slope")
        ]
        lines.append(f"{name:10} {', '.join(figures)}")
    return "\n".join(lines)


def _key(row: dict[str, Any]) -> str:
    auc = "" if row["auc"] is None else f" (AUC {row['auc']:.2f})"
    return f"{row['field'].removeprefix(PREFIX)}{auc}"


def _figure(figure: dict[str, float | None]) -> str:
    if figure["value"] is None:
        return "-"
    return f"{figure['value']:.3f} ({figure['low']:.3f} to {figure['high']:.3f})"
