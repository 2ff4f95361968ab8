"""The shipped payment rules: each just inside and just outside, in time and out of time."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.urls import reverse

from crm import article_names
from crm.models import PaymentRule
from crm.payment_law import (
    TermsFacts,
    buyer_type,
    effective_days,
    findings,
    judge,
    law_of,
    prior_of,
    term_rule,
)
from crm.payment_rules import COLUMNS, SHIPPED, RuleFileError, read_rates, read_rules
from crm.services import payment_rules

RULES = read_rules()
BY_CODE = {rule.code: rule for rule in RULES}
CLOCKS = [rule for rule in RULES if rule.kind == "TERM"]
CLAUSES = [rule for rule in RULES if rule.kind == "CLAUSE"]
CAPS = [rule for rule in RULES if rule.kind == "CAP"]
SIGNED = date(2026, 11, 24)
DAY = timedelta(days=1)


def said(kind, size="", country="CN", signed=SIGNED, **facts):
    found = findings(
        RULES, TermsFacts(signed, **facts), kind=kind, size_class=size, country=country
    )
    return {one.code: one.status for one in found}


def code(rule):
    return rule.code


@pytest.mark.parametrize("rule", CLOCKS, ids=code)
def test_a_clock_is_fine_at_its_limit_and_not_a_day_later(rule):
    hard = rule.max_kind == "HARD"
    limit = rule.max_days if hard else rule.warn_days
    inside, outside = (judge(rule, TermsFacts(SIGNED, term_days=limit + more)) for more in (0, 1))
    warned = hard and rule.warn_days is not None
    assert inside.status == ("UNUSUAL" if warned else "OK")
    assert outside.status == ("UNLAWFUL" if hard else "UNUSUAL")
    assert (outside.measured, outside.limit) == (limit + 1, limit)


@pytest.mark.parametrize("rule", CLAUSES, ids=code)
def test_a_clause_breaks_its_rule_only_where_it_stands(rule):
    statuses = [
        judge(rule, TermsFacts(SIGNED, clauses={rule.clause: stands})).status
        for stands in (True, False, None)
    ]
    assert statuses == [rule.status_if_broken, "OK", "UNKNOWN"]


@pytest.mark.parametrize("rule", CAPS, ids=code)
def test_a_cap_holds_at_its_value_and_not_above(rule):
    inside, outside, unknown = (
        judge(rule, TermsFacts(SIGNED, caps={rule.clause: value})).status
        for value in (rule.cap_value, rule.cap_value + Decimal("0.01"), None)
    )
    assert (inside, outside, unknown) == ("OK", rule.status_if_broken, "UNKNOWN")


@pytest.mark.parametrize("rule", RULES, ids=code)
def test_a_rule_speaks_from_its_first_day_to_its_last(rule):
    about = {"country": rule.country, "buyer": rule.buyer_types[0], "payee_is_sme": True}
    assert rule.holds_for(**about, day=rule.valid_from)
    assert not rule.holds_for(**about, day=rule.valid_from - DAY)
    if rule.valid_to:
        assert rule.holds_for(**about, day=rule.valid_to)
        assert not rule.holds_for(**about, day=rule.valid_to + DAY)


def test_the_old_order_counts_for_what_was_signed_under_it():
    find = {"kind": "GOVERNMENT", "size_class": "", "country": "CN"}
    assert term_rule(RULES, **find, day=date(2025, 5, 31)).code == "CN728_PUBLIC"
    assert term_rule(RULES, **find, day=date(2025, 6, 1)).code == "CN802_PUBLIC"
    assert term_rule(RULES, **find, day=date(2020, 8, 31)) is None
    assert said("GOVERNMENT", signed=date(2020, 8, 31), term_days=90)["NO_RULE"] == "UNKNOWN"


def test_a_rule_not_valid_yet_says_nothing():
    later = replace(BY_CODE["CN802_PUBLIC"], code="NEXT", valid_from=date(2027, 1, 1), max_days=10)
    rules = [*RULES, later]
    found = findings(
        rules, TermsFacts(SIGNED, term_days=40), kind="GOVERNMENT", size_class="", country="CN"
    )
    assert "NEXT" not in {one.code for one in found}


def test_nobody_is_taken_as_large_without_having_been_asked():
    assert said("SOE", term_days=200) == {
        "unknown_size": "UNKNOWN",
        "CN_BILL": "UNKNOWN",
        "CN_RETENTION": "UNKNOWN",
        "SME_DECLARED": "UNKNOWN",
    }
    assert said("SOE", "LARGE", term_days=61)["CN802_LARGE"] == "UNUSUAL"
    assert said("SOE", "MEDIUM", term_days=60)["CN_PRIVATE"] == "OK"


def test_the_gravest_comes_first_and_a_statement_as_sme_is_asked_for():
    found = findings(
        RULES,
        TermsFacts(
            SIGNED,
            term_days=90,
            sme_declared=True,
            clauses={"PAY_WHEN_PAID": True, "SETTLED_BY_AUDIT": True},
        ),
        kind="SOE",
        size_class="LARGE",
        country="CN",
    )
    assert [(one.code, one.status) for one in found[:3]] == [
        ("CN_B2B_VOID", "VOID"),
        ("CN_AUDIT", "UNLAWFUL"),
        ("CN802_LARGE", "UNUSUAL"),
    ]
    assert found[-1].status == "OK"
    assert found[-1].code == "SME_DECLARED"


def test_a_bill_adds_its_days_to_the_term():
    facts = TermsFacts(SIGNED, term_days=60, bill_days=180, inspection_days=10)
    assert effective_days(facts) == 250
    assert effective_days(TermsFacts(SIGNED, bill_days=180)) is None
    assert said("GOVERNMENT", term_days=30, bill_days=90)["CN802_PUBLIC"] == "UNLAWFUL"


def test_laws_that_protect_small_firms_say_nothing_to_a_large_payee():
    large = said("GOVERNMENT", term_days=90, payee_is_sme=False)
    assert "CN802_PUBLIC" not in large
    assert large["NO_RULE"] == "UNKNOWN"


@pytest.mark.parametrize(
    ("kind", "size", "country", "buyer", "prior"),
    [
        ("GOVERNMENT", "", "CN", "government", "cn_government"),
        ("PUBLIC_INSTITUTION", "", "CN", "public_institution", "cn_government"),
        ("SOE", "LARGE", "CN", "soe_large", "cn_soe_or_large"),
        ("SOE", "", "CN", "unknown_size", "cn_soe_or_large"),
        ("LISTED", "LARGE", "CN", "private_large", "cn_soe_or_large"),
        ("INTEGRATOR", "SMALL", "CN", "private_sme", "cn_private_sme"),
        ("INTEGRATOR", "", "CN", "unknown_size", "unknown"),
        ("SME", "", "CN", "private_sme", "cn_private_sme"),
        ("FOREIGN", "LARGE", "CN", "foreign_mnc_in_cn", "foreign_mnc_in_cn"),
        ("FOREIGN", "", "DE", "company", "eu_b2b"),
        ("GOVERNMENT", "", "FR", "public_authority", "eu_public"),
        ("LISTED", "LARGE", "GB", "company", "uk_large_company"),
        ("GOVERNMENT", "", "US", "federal_agency", "us_federal"),
        ("", "", "CN", "unknown_size", "unknown"),
    ],
)
def test_accounts_speak_in_the_words_of_the_rules(kind, size, country, buyer, prior):
    assert buyer_type(kind=kind, size_class=size, country=country) == buyer
    assert prior_of(kind=kind, size_class=size, country=country) == prior


def test_member_states_share_the_directive():
    assert law_of("IE") == "EU"
    assert said("GOVERNMENT", country="IE", term_days=45)["EU_PUBLIC"] == "UNUSUAL"
    assert said("GOVERNMENT", country="IE", term_days=61)["EU_PUBLIC"] == "UNLAWFUL"
    assert said("SME", country="JP", term_days=61) == {"NO_RULE": "UNKNOWN"}


def test_every_row_carries_where_it_comes_from_and_how_sure_it_is():
    for rule in RULES:
        assert rule.source, rule.code
        assert rule.article, rule.code
        assert (rule.checked_on is None) == (rule.sure == "MEMORY"), rule.code


def test_rates_are_shares_in_order():
    rates = read_rates()
    assert rates == sorted(rates)
    assert all(0 <= rate < Decimal("0.2") for _code, _day, rate in rates)
    named = {rule.reference for rule in RULES} | {rule.floor_reference for rule in RULES}
    assert named - {""} == {code for code, _day, _rate in rates}


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("kind", "CLOCK", "line 2, column kind: write one of TERM, CLAUSE, CAP"),
        ("max_days", "-30", "line 2, column max_days: write whole days"),
        ("max_days", "", "line 2, column max_days: write what fits CN802_PUBLIC"),
        ("rate", "5 %", "line 2, column rate: write a number"),
        ("rate", "NaN", "line 2, column rate: write a number"),
        ("rate", "", "line 2, column rate: write what fits"),
        ("valid_from", "2025-02-29", "line 2, column valid_from: write a day"),
        ("valid_to", "2020-01-01", "line 2, column valid_to: write what fits"),
        ("buyer_types", "gov", "line 2, column buyer_types: write some of"),
        ("fixed_sum", "forty", "line 2, column fixed_sum: write"),
        ("source", "", "line 2, column source: write what fits"),
    ],
)
def test_a_broken_row_is_named_by_line_and_column(tmp_path: Path, column, value, says):
    head, first, *rest = SHIPPED.read_text(encoding="utf-8").splitlines()
    cells = first.split('"')
    row = dict(
        zip(COLUMNS, [*cells[0].split(",")[:-1], cells[1], *cells[2].split(",")[1:]], strict=True)
    )
    row[column] = value
    quoted = [f'"{cell}"' for cell in row.values()]
    file = tmp_path / "rules.csv"
    file.write_text("\n".join([head, ",".join(quoted), *rest]), encoding="utf-8")
    with pytest.raises(RuleFileError) as caught:
        read_rules(file)
    assert str(caught.value).startswith(says)


def test_the_same_rule_twice_and_a_file_of_other_columns_are_refused(tmp_path: Path):
    lines = SHIPPED.read_text(encoding="utf-8").splitlines()
    file = tmp_path / "rules.csv"
    file.write_text("\n".join([*lines, lines[1]]), encoding="utf-8")
    with pytest.raises(RuleFileError, match="CN802_PUBLIC stands in line 2 already"):
        read_rules(file)
    file.write_text("\n".join(lines[1:]), encoding="utf-8")
    with pytest.raises(RuleFileError, match="line 1: write the columns code, country"):
        read_rules(file)
    file.write_text("\n".join([lines[0], lines[1] + ",more"]), encoding="utf-8")
    with pytest.raises(RuleFileError, match="line 2: write 27 cells"):
        read_rules(file)


def test_a_file_of_another_encoding_or_with_an_open_quotation_mark_is_refused(tmp_path: Path):
    head, first, *rest = SHIPPED.read_text(encoding="utf-8").splitlines()
    file = tmp_path / "rules.csv"
    file.write_bytes("\n".join([head, first.replace("CN", "中国", 1), *rest]).encode("gb18030"))
    with pytest.raises(RuleFileError, match="save the file as UTF-8"):
        read_rules(file)
    file.write_text("\n".join([head, first, '"never closed']), encoding="utf-8")
    with pytest.raises(RuleFileError, match="close every quotation mark"):
        read_rules(file)
    file.write_text("\n".join([head, first, *rest]), encoding="utf-8-sig")
    assert read_rules(file) == read_rules()


@pytest.mark.django_db
def test_what_the_file_would_refuse_is_said_beside_its_field_in_the_back_office(office):
    payment_rules.load_shipped()
    rule = PaymentRule.objects.get(code="CN802_PUBLIC")
    address = reverse("admin:crm_paymentrule_change", args=[rule.pk])
    form = office.get(address).context["adminform"].form
    sent = {name: "" if (value := form[name].value()) is None else value for name in form.fields}

    answer = office.post(address, sent | {"max_days": ""})

    assert answer.context["adminform"].form.errors == {"max_days": ["write what fits CN802_PUBLIC"]}
    rule.refresh_from_db()
    assert (rule.max_days, rule.edited_at) == (60, None)


def test_each_article_of_chinese_law_has_a_name_to_translate():
    cited = {rule.article for rule in RULES if rule.country == "CN"}
    assert cited == set(article_names.NAMED)
