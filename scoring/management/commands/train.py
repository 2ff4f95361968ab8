"""Learns from the outcomes in the ledger: manage.py train [--target TARGET] [--json]."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, no_translations
from django.utils import timezone

from scoring import artifacts, services
from scoring.labels import TARGETS
from scoring.models import TrainedModel
from scoring.services import Training, TrainingRuns


class Command(BaseCommand):
    """Train on all outcomes known and say whether the version is put to use."""

    help = "Learns from the outcomes in the ledger and puts the version to use if it is proven."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the target and the form of the answer."""
        parser.add_argument(
            "--target", choices=[target.lower() for target in TARGETS], default="no_order"
        )
        parser.add_argument("--json", action="store_true", help="print the numbers as JSON")

    @no_translations  # its sentences are English, so its steps are, too
    def handle(self, *, target: str, json: bool, **options: Any) -> None:
        """Train, then say what came of it."""
        try:
            trained = services.train(
                target=target.upper(), now=timezone.now(), say=None if json else self._says
            )
        except TrainingRuns as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(
                f"What was learned cannot be kept in {artifacts.folder()}: {error.strerror}."
                " Nothing was changed."
            ) from error
        self.stdout.write(_as_json(trained) if json else _said(trained))

    def _says(self, step: str) -> None:
        self.stdout.write(f"{step} ...")
        self.stdout.flush()


def _as_json(trained: Training) -> str:
    promotion, model = trained.promotion, trained.promotion.model
    return json.dumps(
        {
            "target": promotion.target,
            "decision": promotion.decision,
            "version": model.version if model else None,
            "sha256": model.sha256 if model else None,
            "learner": trained.blend.learner,
            "outcomes": asdict(trained.blend.outcomes),
            "share": trained.blend.share,
            "slope_of_points": trained.blend.slope,
            "numbers": promotion.numbers,
        },
        indent=1,
    )


def _said(trained: Training) -> str:
    outcomes = trained.blend.outcomes
    known = (
        f"{outcomes.deals} outcomes known, {outcomes.positives} with the target and"
        f" {outcomes.negatives} without."
    )
    share = f"Own outcomes weigh {trained.blend.share:.0%}, experience the rest."
    lines = [
        {
            "TOO_FEW": f"{known} Too few to learn from: experience alone goes on scoring.",
            "PROMOTED": f"{known} {share} The version is in use.",
            "REFUSED": f"{known} What was learned did not beat the usual rate and is not used.",
        }[trained.promotion.decision],
        *_compared(trained.promotion.numbers.get("contest")),
    ]
    return "\n".join(lines)


def _compared(contest: Mapping[str, Any] | None) -> Iterator[str]:
    """Yield a line for each way to learn: how it did on the same later leads."""
    if not contest:
        return
    yield f"On the same {contest['leads']} later leads, each learned from earlier ends alone:"
    for row in contest["rows"]:
        words = TrainedModel.Learner(row["learner"]).label
        slope = "-" if row["slope"] is None else f"{row['slope']:.2f}"
        line = f"  {words}: log loss {row['log_loss']:.4f}, calibration slope {slope}"
        if row["is_champion"]:
            yield f"{line}, so far in use"
        else:
            promoted = ", put to use" if row["is_promoted"] else ""
            yield f"{line}, favoured in {row['wins']:.0%} of the draws{promoted}"
