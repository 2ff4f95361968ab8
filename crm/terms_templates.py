"""Starting points for payment terms: the usual plans of payments, to be changed at will."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm import shares

MONTHS, MONTH_DAYS = 6, 30
TERM_DAYS = 30


@dataclass(frozen=True)
class Planned:
    """One payment of a plan; days count from the signature."""

    label: str
    share_percent: Decimal
    trigger: str
    trigger_day: int
    term_days: int = TERM_DAYS
    is_acceptance: bool = False
    is_retention: bool = False
    gates_work: bool = False


@dataclass(frozen=True)
class Plan:
    """A plan of payments with its name."""

    name: str | Promise
    hint: str | Promise
    rows: tuple[tuple[str | Promise, Decimal, str | Promise, int, Mapping[str, bool]], ...]

    @property
    def planned(self) -> list[Planned]:
        """Return the payments in the reader's language."""
        return [
            Planned(str(label), share, str(trigger), day, **facts)
            for label, share, trigger, day, facts in self.rows
        ]


ADVANCE = pgettext_lazy("milestone", "Advance")
SIGNATURE = pgettext_lazy("milestone", "contract signed")


def _months() -> tuple[tuple[str | Promise, Decimal, str | Promise, int, Mapping[str, bool]], ...]:
    return tuple(
        (
            pgettext_lazy("milestone", "Man-months"),
            share,
            pgettext_lazy("milestone", "monthly statement confirmed"),
            month * MONTH_DAYS,
            {},
        )
        for month, share in enumerate(shares.even(MONTHS), start=1)
    )


PLANS: Mapping[str, Plan] = {
    "30-30-30-10": Plan(
        _("Project 30/30/30/10"),
        _("advance, arrival, acceptance, retention"),
        (
            (ADVANCE, Decimal(30), SIGNATURE, 0, {"gates_work": True}),
            (
                pgettext_lazy("milestone", "Delivery"), Decimal(30),
                pgettext_lazy("milestone", "system delivered"), 60, {},
            ),
            (
                pgettext_lazy("milestone", "Acceptance"), Decimal(30),
                pgettext_lazy("milestone", "final acceptance"), 120, {"is_acceptance": True},
            ),
            (
                pgettext_lazy("milestone", "Retention"), Decimal(10),
                pgettext_lazy("milestone", "12 months after acceptance"), 485,
                {"is_retention": True},
            ),
        ),
    ),
    "licence": Plan(
        _("Licence 50/50"),
        _("half before, half after delivery"),
        (
            (ADVANCE, Decimal(50), SIGNATURE, 0, {}),
            (
                pgettext_lazy("milestone", "Licence"), Decimal(50),
                pgettext_lazy("milestone", "licence handed over"), 30, {},
            ),
        ),
    ),
    "months": Plan(_("Man-months"), _("six equal monthly payments"), _months()),
}  # fmt: skip
