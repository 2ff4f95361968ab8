"""The mail is short, in one language, and reads well on a phone and as plain text."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils.translation import override

from crm.models import Pattern, Verdict
from crm.selectors.digest_cash import CashLow
from crm.selectors.digest_parts import Content, Decision, Effort, Money, Score, Sum
from crm.services import digest_mail
from crm.short_reasons import short
from crm.text_lines import width
from tests.crm.digest_reasons import CODES, reason

DAY = date(2026, 11, 23)


def score(chance: float, *codes: str, verdict: str = Verdict.LOW.value) -> Score:
    """Return a score with its reasons."""
    return Score(
        probability=1 - chance,
        usual=0.77,
        verdict=verdict,
        pattern=Pattern.FREE_CONSULTING.value,
        reasons=[reason(code, 10.0 - place) for place, code in enumerate(codes)],
    )


def haiyue(account: str = "海岳电网有限公司") -> Decision:
    """Return the lead that every founder recognises."""
    return Decision(
        lead_id=7,
        account=account,
        title="知识助手",
        until=None,
        is_bid=False,
        order=score(0.06, "F10", "F06", "F15"),
        order_before=score(0.11),
        late=None,
        is_low_intent=True,
        is_flagged_intent=True,
        hours=Decimal(37),
        travel=Decimal(4_860),
        loss=Decimal(20_000),
    )


def content(**facts: object) -> Content:
    """Return a mail of MONDAY."""
    common: dict[str, Any] = {"as_of": datetime(2026, 11, 23, tzinfo=UTC), "day": DAY, "weeks": 1}
    return Content(**(common | {"reads_leads": True, "outcomes": 31} | facts))


def full_week() -> Content:
    """Return a week with something of everything."""
    return content(
        decisions=[haiyue()],
        money=Money(
            due=Sum({"CNY": Decimal(52_000)}, 2),
            overdue=Sum({"CNY": Decimal(186_000)}, 3),
            oldest_days=94,
            oldest_account="云岭能源有限公司",
            oldest_id=5,
        ),
        effort=Effort(Decimal(46), Decimal(19)),
    )


def test_the_subject_says_how_much_and_names_nobody():
    mail = digest_mail.render(full_week(), language="en")

    assert mail.subject == "Pipeline Mon 23 Nov: 1 decision, 37 h at risk, ¥186k overdue"


def test_the_text_part_is_good_to_read_alone():
    mail = digest_mail.render(full_week(), language="en")

    assert (
        mail.text
        == """\
DECIDE THIS WEEK

1 海岳电网 · 知识助手
  Low intent: chance of an order 6%
  (was 11%; usual 23%)
  Pattern: free consulting
  12th solution request, unpaid; budget unknown
  after 12 talks; silent 31 working days since
  hand-over.
  Spent: 37 h, ¥4,860 travel.
  Suggested: Offer a paid step (message M1).
  http://localhost:8000/leads/7/decide/?kind=OFFER_PAID_STEP

MONEY IN
  Due this week: ¥52k (2)
  Overdue: ¥186k (3)
  Oldest 94 days: 云岭能源 (message M11).
  http://localhost:8000/money/invoices/?which=overdue

LAST WEEK
  46 h presales, 19 h (41%) on red leads.
  http://localhost:8000/reports/hours/?week=2026-W48

--{space}
Scores: expert points, usual rate from your 31
closed leads.
You decide; nothing was closed automatically.
http://localhost:8000/
Stop this mail:
http://localhost:8000/me/#mails
""".replace("{space}", " ")
    )


def test_a_chinese_mail_is_in_chinese_alone():
    mail = digest_mail.render(full_week(), language="zh-hans")

    left = re.sub(r"https?://\S+|M\d+", "", mail.text)
    assert not re.search(r"[A-Za-z]{2,}", left)
    assert mail.subject == "周一线索简报 11/23：1 个待决定，37 小时有风险，逾期 18.6 万"


def test_an_english_mail_has_no_chinese_but_the_names_of_the_clients():
    mail = digest_mail.render(full_week(), language="en")

    assert set(re.findall(r"[\u3400-\u9fff]+", mail.text)) == {"海岳电网", "知识助手", "云岭能源"}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_week_without_anything_to_decide_is_two_lines_long(language):
    mail = digest_mail.render(content(), language=language)

    words, _line, footer = mail.text.partition("\n-- \n")
    assert len(words.strip().splitlines()) <= 3
    assert len(footer.strip().splitlines()) == 2  # how to stop it
    assert mail.shown == {}


def test_a_quiet_week_says_that_nothing_waits():
    mail = digest_mail.render(content(), language="en")

    assert mail.text.startswith("Nothing to decide: no open flag, nothing overdue.\n")
    assert mail.subject == "Pipeline Mon 23 Nov: nothing to decide"


def test_the_mail_remembers_what_it_asked_for():
    mail = digest_mail.render(full_week(), language="en")

    assert mail.shown == {"7": haiyue().points}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_no_line_of_the_text_part_but_an_address_is_wider_than_52_columns(language):
    mail = digest_mail.render(full_week(), language=language)

    told = [line for line in mail.text.splitlines() if "://" not in line]
    assert max(width(line) for line in told) <= 52


def test_text_is_not_escaped_and_html_is():
    hostile = content(decisions=[haiyue("A & B <script>alert(1)</script>")])

    mail = digest_mail.render(hostile, language="en")

    assert "A & B <script>" in mail.text
    assert "<script" not in mail.html
    assert "A &amp; B" in mail.html


def test_every_link_is_a_page_of_ours_and_changes_nothing():
    mail = digest_mail.render(full_week(), language="en")

    links = re.findall(r'href="([^"]*)"', mail.html)
    assert links
    page = re.compile(
        r"http://localhost:8000/(leads/\d+/(#play|decide/\?kind=[A-Z_]+)?|me/#mails"
        r"|money/invoices/(\?which=(soon|overdue)|\d+/)|reports/hours/\?week=2026-W48)?"
    )
    assert [link for link in links if not page.fullmatch(link)] == []


def test_the_html_part_needs_nothing_from_outside_and_carries_its_styles():
    mail = digest_mail.render(full_week(), language="en")

    assert not re.search(r"<(img|script|link|iframe)|url\(|@import", mail.html)
    assert 'style="' in mail.html
    assert "prefers-color-scheme: dark" in mail.html
    assert '<meta name="color-scheme" content="light dark">' in mail.html


def test_figure_and_unit_stay_together():
    mail = digest_mail.render(full_week(), language="en")

    assert "37&nbsp;h" in mail.html


def test_a_payment_item_keeps_its_word_where_its_mark_is_not_drawn():
    late = score(0.16, "R02", "R06")
    low = CashLow(Decimal(240_000), "CNY", date(2027, 5, 3))
    item = replace(haiyue(), is_flagged_intent=False, is_low_intent=False, late=late, cash_low=low)

    mail = digest_mail.render(content(decisions=[item]), language="en")

    assert "Late-payment risk 84%" in mail.text
    assert "0% prepaid; audit-based acceptance; cash low\n  −¥240k in May." in mail.text
    assert "Renegotiate the terms (message M7)" in mail.text
    assert "at risk" not in mail.subject


@pytest.mark.parametrize("code", CODES)
def test_every_reason_has_short_words_in_both_languages(code):
    said = []
    for language in ("en", "zh-hans"):
        with override(language):
            said.append(short(reason(code, 5.0)))

    assert all(said)
    assert said[0] != said[1]
