"""Whatever the ledger holds, the mail is read in a minute."""

from datetime import UTC, date, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.models import Pattern, Verdict
from crm.selectors.digest_cash import CashLow
from crm.selectors.digest_parts import Content, Decision, Effort, Money, News, Score, Sum
from crm.services import digest_mail
from tests.crm.digest_reasons import CODES, reason

DAY = date(2026, 11, 23)
chances = st.floats(0.001, 0.999)
hours = st.decimals(0, 2_000, places=1)
money = st.decimals(0, 90_000_000, places=2)
names = st.one_of(
    st.sampled_from(["海岳电网股份有限公司", "Acme International Holdings Asia Pacific Ltd"]),
    st.text(min_size=1, max_size=200),
    st.text(alphabet="海岳电网集团控股有限责任公司深圳市", min_size=1, max_size=200),
    st.lists(st.text(alphabet="abc", min_size=1, max_size=9), min_size=1, max_size=20).map(
        " ".join
    ),
)
reasons = st.lists(st.builds(reason, st.sampled_from(CODES), st.floats(-10, 10)), max_size=8)
scores = st.builds(
    Score,
    probability=chances,
    usual=st.floats(0.5, 0.95),
    verdict=st.sampled_from([Verdict.LOW.value, Verdict.WATCH.value]),
    pattern=st.sampled_from(Pattern.values),
    reasons=reasons,
)
decisions = st.builds(
    Decision,
    lead_id=st.integers(1, 10**6),
    account=names,
    title=names,
    until=st.none() | st.dates(DAY, date(2026, 11, 30)),
    is_bid=st.booleans(),
    order=scores,
    order_before=st.none() | scores,
    late=st.none() | scores,
    is_low_intent=st.booleans(),
    is_flagged_intent=st.booleans(),
    hours=hours,
    travel=money,
    loss=money,
    cash_low=st.none()
    | st.builds(
        CashLow, amount=money, currency=st.just("EUR"), date=st.none() | st.just(date(2027, 5, 3))
    ),
)
sums = st.builds(
    Sum,
    amounts=st.dictionaries(st.sampled_from(["CNY", "USD", "EUR"]), money, min_size=1, max_size=3),
    count=st.integers(0, 999),
)
contents = st.builds(
    Content,
    as_of=st.just(datetime(2026, 11, 23, tzinfo=UTC)),
    day=st.just(DAY),
    weeks=st.integers(1, 8),
    reads_leads=st.booleans(),
    decisions=st.lists(decisions, max_size=5),
    more=st.integers(0, 9_999),
    today_ids=st.frozensets(st.integers(1, 10**6), max_size=12),
    money=st.builds(
        Money,
        due=sums,
        overdue=sums,
        oldest_days=st.integers(0, 3_000),
        oldest_account=names,
    ),
    news=st.lists(
        st.builds(
            News,
            lead_id=st.integers(1, 10**6),
            account=names,
            won=st.booleans(),
            paid_step=st.booleans(),
            budget_approved=st.just(True),
            holder_joined=st.booleans(),
            next_step_date=st.none() | st.just(date(2026, 11, 27)),
            order=st.none() | scores,
            order_before=st.none() | scores,
        ),
        max_size=2,
    ),
    effort=st.builds(Effort, hours=hours, red_hours=hours),
    outcomes=st.integers(0, 9_999),
    is_learned=st.booleans(),
    is_demo=st.booleans(),
)
over_many_ledgers = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


@over_many_ledgers
@given(contents)
def test_an_english_mail_has_at_most_170_words_in_each_part(content):
    mail = digest_mail.render(content, language="en")

    assert digest_mail.count_words(mail.text) <= 170
    assert digest_mail.count_words(digest_mail.words_of(mail.html)) <= 170


@over_many_ledgers
@given(contents)
def test_a_chinese_mail_has_at_most_320_characters_in_each_part(content):
    mail = digest_mail.render(content, language="zh-hans")

    assert digest_mail.count_characters(mail.text) <= 320
    assert digest_mail.count_characters(digest_mail.words_of(mail.html)) <= 320
