"""How figures, dates and shapes are written in each language."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import translation

from crm import wording
from crm.templatetags import touchstone

FRIDAY = date(2026, 11, 27)


def test_the_full_figure_stands_behind_a_short_one():
    with translation.override("en"):
        assert 'title="¥186,400"' in touchstone.money(Decimal(186_400))
        assert ">¥186k<" in touchstone.money(Decimal(186_400))
    with translation.override("zh-hans"):
        assert ">18.6 万<" in touchstone.money(Decimal(186_400))


def test_an_unknown_amount_is_said_to_be_unknown():
    with translation.override("en"):
        assert touchstone.money(None) == "unknown"


def test_dates_are_written_in_the_way_of_each_language():
    with translation.override("en"):
        assert touchstone.day(FRIDAY) == "27 Nov"
        assert wording.day_and_weekday(FRIDAY) == "Fri 27 Nov"
        assert wording.long_day(FRIDAY) == "Friday, 27 November"
        assert wording.dated(FRIDAY) == "27 Nov 2026"
    with translation.override("zh-hans"):
        assert touchstone.day(FRIDAY) == "11/27"
        assert wording.day_and_weekday(FRIDAY) == "11 月 27 日 周五"
        assert wording.dated(FRIDAY) == "2026 年 11 月 27 日"


def test_a_day_of_another_year_carries_its_year():
    with translation.override("en"):
        assert touchstone.day(date(2025, 3, 2), FRIDAY) == "2 Mar 2025"


def test_a_moment_is_told_in_the_reader_s_time():
    moment = datetime(2026, 11, 20, 17, 5, tzinfo=UTC)
    with translation.override("en"):
        assert wording.day_and_time(moment) == "Sat 01:05"
        assert touchstone.day(moment) == "21 Nov"


def test_points_carry_their_sign():
    assert [wording.points(n) for n in (10.0, -5.0, 0.2)] == ["+10", "−5", "0"]


@pytest.mark.parametrize(
    ("chance", "start"), [(0.23, "M7 7V3A4 4 0 0 1"), (0.35, "M7 7V3A4 4 0 1 1"), (0.5, "M7 3a4")]
)
def test_the_ring_is_half_full_at_the_usual_rate_and_full_at_twice_it(chance, start):
    assert touchstone.ring(chance, 0.23).startswith(start)


def test_the_thinnest_wedge_can_still_be_seen():
    assert touchstone.ring(0.0001, 0.23) == touchstone.ring(0.02, 0.23)


def test_points_against_an_order_run_to_the_left_of_the_axis():
    assert (touchstone.bar_start(6.0), touchstone.bar_width(6.0)) == ("9.0", "9.0")
    assert (touchstone.bar_start(-6.0), touchstone.bar_width(-6.0)) == ("18", "9.0")


@pytest.mark.parametrize(("name", "short"), [("李言", "李"), ("Li Yan", "LY"), ("", "?")])
def test_a_person_is_known_by_a_surname_or_initials(name, short):
    assert wording.monogram(name) == short
