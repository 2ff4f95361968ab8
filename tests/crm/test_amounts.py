"""Sums of money as people write them, in every form that takes one."""

import pkgutil
from datetime import date
from decimal import Decimal
from importlib import import_module

import pytest
from django import forms
from django.utils import translation

import crm.forms
from crm import amounts
from crm.filters import LeadFilter
from crm.forms.amounts import AmountField, SumField
from crm.forms.invoices import InvoiceForm


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12万", "120000"),
        ("1.5 万元", "15000"),
        ("3亿", "300000000"),
        ("2千万", "20000000"),
        ("1亿2000万", "120000000"),
        ("12万5千", "125000"),
        ("12万5000元", "125000"),
        ("12w", "120000"),
        ("80K", "80000"),
        ("12,000.50", "12000.50"),
        ("12，000", "12000"),
        ("¥12 000", "12000"),
        ("１２００", "1200"),
        ("１。５万", "15000"),
        ("人民币 300 元整", "300"),
        ("1 200 000", "1200000"),
    ],
)
def test_an_amount_is_read_as_people_write_it(text, number):
    said = amounts.read(text)

    assert said.value == Decimal(number)
    assert not said.currencies or "CNY" in said.currencies


@pytest.mark.parametrize(
    "text",
    ["", "abc", "12万5", "1亿2000", "12,5", "1,2,3", "12 5", "1.2.3", "12万万", "NaN", "1e5"],
)
def test_what_could_mean_two_things_or_none_is_no_amount(text):
    with pytest.raises(amounts.NotAnAmount):
        amounts.read(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("十二万", "“十二万” is no amount. Write it as 12000, 12,000.50 or 12万."),
        ("12.345", "a fraction of a cent. Write two decimals at most, as 12.35;"),
        ("$5,000", "This field is in CNY. Write the number alone, as 12000."),
        ("5000美元", "This field is in CNY."),
        ("¥5000美元", "is no amount"),
        ("0", "Write an amount above zero."),
        ("-5", "Write an amount above zero."),
        ("1" * 18, "This is too large: write at most 99,999,999,999,999."),
    ],
)
def test_a_field_says_what_to_write_instead(text, said):
    with pytest.raises(forms.ValidationError) as refusal, translation.override("en"):
        SumField().clean(text)

    assert said in refusal.value.messages[0]


@pytest.mark.parametrize(
    ("currency", "text", "is_taken"),
    [
        ("USD", "$5,000", True),
        ("USD", "5,000 usd", True),
        ("USD", "¥5,000", False),
        ("JPY", "¥5,000", True),
        ("EUR", "5万欧元", True),
        ("EUR", "5万元", False),
    ],
)
def test_a_currency_beside_an_amount_must_be_the_one_of_the_form(currency, text, is_taken):
    facts = {"number": "1", "amount": text, "currency": currency}
    days = {"issued_date": "2026-11-01", "due_date": "2026-11-30"}

    form = InvoiceForm(facts | days, today=date(2026, 11, 25))

    assert form.is_valid() == is_taken
    assert ("amount" in form.errors) != is_taken


def test_a_whole_amount_is_shown_without_idle_zeros():
    shown = [AmountField().prepare_value(Decimal(text)) for text in ("220000.00", "220000.50")]

    assert [str(amount) for amount in shown] == ["220000", "220000.50"]


def test_every_field_of_a_form_that_takes_money_understands_how_people_write_it():
    modules = [
        import_module(f"crm.forms.{m.name}") for m in pkgutil.iter_modules(crm.forms.__path__)
    ]
    fields = {
        f"{form.__name__}.{name}": field
        for module in modules
        for form in vars(module).values()
        if isinstance(form, type) and issubclass(form, forms.BaseForm)
        for name, field in form.base_fields.items()
        if name == "amount" or name.endswith("_amount")
    }
    fields |= {
        f"LeadFilter.{name}": LeadFilter.base_filters[name].field
        for name in ("value_min", "value_max", "loss_min")
    }

    assert len(fields) > 12
    assert [name for name, field in fields.items() if not isinstance(field, AmountField)] == []
    assert {field.clean("1.5万") for field in fields.values()} == {Decimal(15_000)}
