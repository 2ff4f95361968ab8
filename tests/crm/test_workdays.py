"""Working days with holidays and make-up days."""

from datetime import date

import pytest

from crm import workdays


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2025, 1, 26), True),  # a Sunday before the Spring Festival, worked
        (date(2025, 1, 29), False),  # the Spring Festival
        (date(2025, 2, 8), True),  # a Saturday after it, worked
        (date(2025, 3, 1), False),  # a Saturday as any other
        (date(2025, 3, 3), True),
    ],
)
def test_chinese_make_up_days_are_worked(day, works):
    assert workdays.is_workday(day, country="CN") is works


def test_the_day_after_the_festival_is_the_next_working_day():
    eve = date(2025, 1, 27)

    assert workdays.add_workdays(eve, 1, country="CN") == date(2025, 2, 5)
    assert workdays.workdays_between(eve, date(2025, 2, 5), country="CN") == 1
    assert workdays.workdays_between(eve, eve, country="CN") == 0


def test_other_countries_have_their_own_days():
    assert not workdays.is_workday(date(2025, 10, 3), country="DE")
    assert workdays.is_workday(date(2025, 10, 8), country="DE")


def test_the_running_count_rises_by_one_on_each_working_day():
    counts = dict(workdays.running_workdays("CN", 2025))

    assert counts[date(2025, 2, 5)] - counts[date(2025, 1, 27)] == 1
    assert counts[date(2025, 12, 31)] > counts[date(2025, 1, 1)]
