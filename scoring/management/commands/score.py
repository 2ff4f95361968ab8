"""Scores leads from the command line: manage.py score [--as-of DATE] [--json]."""

import json
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from crm.models import Firm, Lead, Target
from crm.services.assessments import Recorded, Score
from scoring import runs
from scoring.scorecard import ScorecardError

END_OF_DAY = time(23, 59, 59, 999999)


class Command(BaseCommand):
    """Score all leads that ran at a moment, those closed since included."""

    help = "Scores all leads that ran at a moment and stores what is new."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the moment and the form of the answer."""
        parser.add_argument("--as-of", metavar="DATE", help="YYYY-MM-DD; the end of that day")
        parser.add_argument("--json", action="store_true", help="print each lead's score as JSON")

    def handle(self, *, as_of: str | None, json: bool, **options: Any) -> None:
        """Score, then say what came of it."""
        now = timezone.now()
        moment = _end_of(as_of, now) if as_of else now
        scores: list[Score] = []
        counted: Counter[tuple[str, str]] = Counter()
        written = Recorded()
        try:
            for batch in runs.score(None, as_of=moment, now=now, refresh_usual=True):
                if json:
                    scores += batch.scores
                for score in batch.scores:
                    counted.update(_words(score))
                written += batch.written
        except ScorecardError as error:
            raise CommandError(f"{error}. Nothing was scored.", returncode=2) from error
        if json:
            self.stdout.write(_as_json(scores, moment, written))
            return
        for line in _summary(counted, moment, written):
            self.stdout.write(line)


def _end_of(text: str, now: datetime) -> datetime:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(
            f"--as-of {text!r} is not a date. Write it as YYYY-MM-DD, such as 2026-01-22.",
            returncode=2,
        ) from error
    moment = datetime.combine(day, END_OF_DAY, Firm.current().zone)
    if day > now.astimezone(Firm.current().zone).date():
        raise CommandError(
            f"--as-of {text} lies ahead. Give today or a day before it.", returncode=2
        )
    return moment


def _as_json(scores: Iterable[Score], moment: datetime, written: Recorded) -> str:
    leads = _named(scores)
    return json.dumps(
        {
            "as_of": moment.isoformat(),
            "scored": len(leads),
            "written": {"assessments": written.assessments, "leads": written.leads},
            "leads": leads,
        },
        ensure_ascii=False,
        indent=1,
    )


def _named(scores: Iterable[Score]) -> list[dict[str, Any]]:
    """Return one entry a lead, by its ledger id, with both scores."""
    names = dict(Lead.objects.values_list("pk", "ledger_id"))
    leads: dict[int, dict[str, Any]] = {}
    for score in scores:
        lead = leads.setdefault(score.lead_id, {"lead": names[score.lead_id]})
        if score.target == Target.NO_ORDER:
            lead |= _order(score)
        else:
            lead["late_payment"] = _late(score)
    return list(leads.values())


def _order(score: Score) -> dict[str, Any]:
    chance = low = high = None
    if score.probability is not None and score.low is not None and score.high is not None:
        chance, low, high = 1 - score.probability, 1 - score.high, 1 - score.low
    return {
        "order_chance": chance,
        "low": low,
        "high": high,
        "usual_order_rate": 1 - score.base_rate,
        "verdict": score.verdict,
        "pattern": score.pattern,
        "points": score.points,
        "interactions": score.interactions_count,
        "outcomes": score.outcomes_count,
        "reasons": json.loads(score.reasons),
        "scorer": score.scorer_version,
    }


def _late(score: Score) -> dict[str, Any]:
    return {
        "chance": score.probability,
        "low": score.low,
        "high": score.high,
        "mark": score.mark,
        "points": score.points,
        "reasons": json.loads(score.reasons),
        "scorer": score.scorer_version,
    }


def _words(score: Score) -> Iterator[tuple[str, str]]:
    """Yield what the summary counts of a score."""
    if score.target == Target.LATE_PAYMENT:
        yield "late payment", score.mark
        return
    yield "leads", "scored"
    yield "usual order rate", f"{1 - score.base_rate:.0%}"
    yield "verdict", score.verdict
    if score.pattern:
        yield "pattern", score.pattern


def _summary(
    counted: Counter[tuple[str, str]], moment: datetime, written: Recorded
) -> Iterator[str]:
    yield f"Scored {counted['leads', 'scored']} leads as of {moment:%Y-%m-%d %H:%M %Z}."
    for title in ("usual order rate", "verdict", "pattern", "late payment"):
        for (name, word), count in counted.most_common():
            if name == title:
                yield f"  {title:<18}{word:<28}{count:>8}"
    yield f"Stored {written.assessments} new scores; moved {written.flags} flags."
