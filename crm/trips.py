"""Arithmetic of trips: which visit is one, what it costs, whether it is worth it; plain values."""

from dataclasses import dataclass
from decimal import Decimal

FAR_KM = 50  # from here on a visit in a city that is not known is a trip
ROAD_KM_AN_HOUR, DOOR_HOURS = 160, Decimal(1)  # train or car, and the way to and from it
WORTH_IT = 3  # answers of five that speak for a trip


@dataclass(frozen=True)
class Trip:
    """What a trip takes, there and back; None is not known."""

    hours: Decimal | None
    amount: Decimal | None


def is_out_of_town(*, city: str, own_city: str, distance_km: int | None) -> bool:
    """Say whether a client sits elsewhere; where nothing is known, nobody asks about a trip."""
    if distance_km is not None:
        return distance_km >= FAR_KM
    there, here = _plain(city), _plain(own_city)
    return bool(there and here) and there != here


def _plain(city: str) -> str:
    return city.strip().removesuffix("市").casefold()


def by_distance(distance_km: int | None) -> Trip:
    """Return a first guess of the hours on the road; nobody guesses the cost."""
    if not distance_km:
        return Trip(None, None)
    one_way = Decimal(distance_km) / ROAD_KM_AN_HOUR + DOOR_HOURS
    return Trip((one_way * 2).quantize(Decimal("0.5")), None)


def is_worth_it(speaks_for_count: int) -> bool:
    """Say whether enough of the five answers speak for a trip."""
    return speaks_for_count >= WORTH_IT
