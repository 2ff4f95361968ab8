"""What is missing in the ledger of the leads that run."""

from dataclasses import dataclass

from django.db.models import Count, Q

from crm.models import Interaction, Lead


@dataclass(frozen=True)
class Gap:
    """A fact that is missing in some rows."""

    fact: str
    missing: int
    rows: int

    @property
    def share(self) -> float:
        """Return the share of rows without the fact."""
        return self.missing / self.rows if self.rows else 0.0

    @property
    def width(self) -> str:
        """Return the length of its bar."""
        return f"{100 * self.share:.1f}%"


def gaps() -> tuple[int, list[Gap]]:
    """Return how many leads run, and what is missing in them and in their talks, most first."""
    running = Lead.objects.open()
    leads = running.aggregate(
        rows=Count("pk"),
        value=Count("pk", filter=Q(est_value_amount=None)),
        source=Count("pk", filter=Q(source="")),
    )
    talks = Interaction.objects.filter(archived_at=None, lead__in=running).aggregate(
        rows=Count("pk"),
        budget=Count("pk", filter=Q(budget_stage="")),
        began=Count("pk", filter=Q(initiated_by="")),
        holder=Count("pk", filter=Q(budget_holder_present=None)),
        hours=Count("pk", filter=Q(presales_hours=None)),
        step=Count("pk", filter=Q(has_dated_next_step=None)),
    )
    found = [Gap(name, n, leads["rows"]) for name, n in leads.items() if name != "rows"]
    found += [Gap(name, n, talks["rows"]) for name, n in talks.items() if name != "rows"]
    return leads["rows"], sorted(found, key=lambda gap: -gap.share)
