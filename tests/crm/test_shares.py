"""Shares, cents and VAT always add up."""

from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as some

from crm import shares

MONEY = some.decimals(min_value=0, max_value=10**12, places=2)
RATES = some.decimals(min_value=0, max_value=30, places=2)


@some.composite
def whole_shares(draw):
    """Return one to twelve shares of two decimals that are 100 % together."""
    cuts = sorted(draw(some.lists(some.integers(0, 10_000), max_size=11)))
    ends = [0, *cuts, 10_000]
    return [Decimal(b - a) / 100 for a, b in pairwise(ends)]


@given(MONEY, whole_shares(), RATES)
def test_shares_of_a_price_and_of_its_vat_add_up_to_the_cent(total, parts, rate):
    vat = shares.tax(total, rate)
    net, taxed = shares.amounts(total, parts), shares.amounts(vat, parts)
    assert sum(net) == total
    assert sum(taxed) == vat
    assert sum(a + b for a, b in zip(net, taxed, strict=True)) == total + vat


@given(MONEY, whole_shares())
def test_no_share_is_further_than_a_cent_from_what_it_is(total, parts):
    for amount, part in zip(shares.amounts(total, parts), parts, strict=True):
        assert abs(amount - total * part / 100) < Decimal("0.01")
        assert amount == amount.quantize(Decimal("0.01"))


@given(some.integers(1, 36))
def test_equal_shares_are_a_whole(count):
    found = shares.even(count)
    assert sum(found) == 100
    assert max(found) - min(found) <= Decimal("0.01")


def test_what_is_missing_is_named_with_its_sign():
    assert shares.difference([Decimal("99.99")]) == Decimal("0.01")
    assert shares.difference([Decimal(60), Decimal("40.5")]) == Decimal("-0.5")
    assert shares.difference([]) == 100
