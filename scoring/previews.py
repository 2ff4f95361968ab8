"""What other points would do to the leads that run, scored by the path of every score."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from crm.models import Target
from crm.services.assessments import Score
from scoring import lessons, points_versions, reader, runs, scorers, scores
from scoring.active import InUse
from scoring.lessons import Lesson
from scoring.models import PointsDraft, TrainedModel
from scoring.reader import Chunk
from scoring.scorecard import Scorecard
from scoring.scorers import Moment

MOST_CHANGED, MOST_MOVED = 50, 10
WORTH_SAYING = 0.01  # of chance: one per cent


@dataclass(frozen=True)
class Pair:
    """One lead's score as it would be now, and with the other points."""

    was: Score
    becomes: Score

    @property
    def changes_band(self) -> bool:
        """Say whether the word that stands beside the lead would be another."""
        return self.was.level != self.becomes.level

    @property
    def moves_by(self) -> float:
        """Return how far the chance would move."""
        before, after = self.was.probability, self.becomes.probability
        return 0.0 if before is None or after is None else after - before


def compute(*, draft_id: int, now: datetime) -> None:
    """Compute a draft's preview and keep it; a draft that has one, or is gone, is left alone."""
    draft = PointsDraft.objects.filter(pk=draft_id, computed_at=None, version=None).first()
    if draft is None:
        return
    card = points_versions.card_of(draft.target, draft.data, number=draft.base + 1)
    at = scorers.moment(now)
    becomes, lesson = _with(card, draft.target, at)
    with runs.collector_resting():
        pairs = list(_pairs(draft.target, at, becomes))
    PointsDraft.objects.filter(pk=draft_id, version=None).update(
        preview=_said(pairs, draft.target, lesson), computed_at=now
    )


def _with(card: Scorecard, target: str, at: Moment) -> tuple[Moment, Lesson | None]:
    """Return what would hold with other points: what was learned follows them."""
    becomes = replace(at, cards={**at.cards, target: card})
    if target != Target.NO_ORDER:
        return becomes, None
    lesson = lessons.learn(target=target, card=card, now=at.as_of)
    model = TrainedModel(target=target, sha256="", points_version=card.version)
    learned = InUse(model, lesson.blend) if lesson.is_used else None
    return replace(becomes, learned=learned), lesson


def _pairs(target: str, at: Moment, becomes: Moment) -> Iterator[Pair]:
    """Yield each running lead's score before and after, each by the facts that it looks at."""
    for chunk in reader.chunks(reader.lead_ids_at(at.as_of)):
        before, after = (_scores(target, chunk, moment) for moment in (at, becomes))
        for was, then in zip(before, after, strict=True):
            yield Pair(was, then)


def _scores(target: str, chunk: Chunk, moment: Moment) -> Iterator[Score]:
    for scorer, ground, leads in runs.grounds_of(chunk, moment):
        if scorer.target == target:
            values, behind = runs.values_of(scorer, ground, leads)
            told = scores.said(scorer, values, moment)
            yield from scores.scores_of(scorer, values, behind, told, moment)


def _said(pairs: Sequence[Pair], target: str, lesson: Lesson | None) -> dict[str, Any]:
    """Return the preview as plain data: counts of all leads, and the rows worth a look."""
    ordered = sorted(pairs, key=lambda pair: -abs(pair.moves_by))
    changed = [pair for pair in ordered if pair.changes_band]
    moved = [pair for pair in ordered if abs(pair.moves_by) >= WORTH_SAYING]
    rest = [pair for pair in moved if not pair.changes_band]
    said: dict[str, Any] = {
        "leads": len(pairs),
        "judged": sum(pair.becomes.probability is not None for pair in pairs),
        "changed": len(changed),
        "moved": len(moved),
        "was": Counter(pair.was.level for pair in pairs),
        "becomes": Counter(pair.becomes.level for pair in pairs),
        "rows": [_row(pair, target) for pair in [*changed[:MOST_CHANGED], *rest[:MOST_MOVED]]],
    }
    if lesson:
        said["learned"] = {"share": lesson.blend.share, "is_used": lesson.is_used}
    if lesson and lesson.gate:
        said["gate"] = lessons.numbers_of(lesson.gate)
    return said


def _row(pair: Pair, target: str) -> dict[str, Any]:
    return {
        "lead": pair.was.lead_id,
        "was": _side(pair.was, target),
        "becomes": _side(pair.becomes, target),
    }


def _side(score: Score, target: str) -> dict[str, Any]:
    """Return a score as the pages say it: the chance of an order, or of a late payment."""
    chance = score.probability
    if chance is not None and target == Target.NO_ORDER:
        chance = 1 - chance
    return {"chance": chance, "level": score.level, "pattern": score.pattern}
