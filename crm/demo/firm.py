"""The invented vendor: its settings and its dated figures."""

from datetime import timedelta
from decimal import Decimal
from random import Random

from crm.demo.moments import Moments
from crm.models import Firm, FirmFigure

NAME, CITY = "砺石智能（演示）", "杭州"
HOUR_COST, PERSON_DAY_COST = Decimal(380), Decimal(2_600)
MARGIN_PERCENT = Decimal(45)
CASH, MONTHLY_BURN = 2_400_000, Decimal(400_000)
DAYS = 1_110
Kind = FirmFigure.Kind


def settle(moments: Moments, *, seed: int) -> Firm:
    """Write the vendor's settings and say that all data are invented."""
    firm = Firm.current()
    firm.name, firm.city, firm.time_zone = NAME, CITY, str(moments.zone)
    firm.holds_demo_data = True
    firm.save()
    FirmFigure.objects.bulk_create(_figures(moments, Random(seed)))
    return firm


def _figures(moments: Moments, rng: Random) -> list[FirmFigure]:
    began = moments.until - timedelta(days=DAYS)
    figures = [
        FirmFigure(kind=kind, amount=amount, valid_from=began, recorded_at=began)
        for kind, amount in (
            (Kind.HOUR_COST, HOUR_COST),
            (Kind.PERSON_DAY_COST, PERSON_DAY_COST),
            (Kind.MONTHLY_BURN, MONTHLY_BURN),
            (Kind.MARGIN_PERCENT, MARGIN_PERCENT),
        )
    ]
    for months_ago in range(DAYS // 30, -1, -1):
        moment = moments.until - timedelta(days=30 * months_ago)
        wave = 1 if months_ago == 0 else rng.uniform(0.7, 1.6)
        amount = Decimal(round(CASH * wave, -3))
        figures.append(
            FirmFigure(kind=Kind.CASH, amount=amount, valid_from=moment, recorded_at=moment)
        )
    return figures
