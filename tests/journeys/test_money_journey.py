"""Money from the first draft to the reminder, on a Chinese phone; the terms by keyboard alone."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from crm.models import (
    Invoice,
    InvoiceReminder,
    Lead,
    PaymentMilestone,
    PaymentTerms,
    User,
)
from tests.factories import AccountFactory, LeadFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


@pytest.fixture
def founder() -> User:
    """A founder."""
    made: User = UserFactory(role=User.Role.FOUNDER)
    return made


@pytest.fixture
def lead(founder: User) -> Lead:
    """A lead with a government, nothing agreed yet."""
    account = AccountFactory(kind="GOVERNMENT", name="岫原新区政务中心")
    made: Lead = LeadFactory(account=account, owner=founder, est_value_amount=Decimal(100_000))
    return made


def row(page: Page, place: int, **answers: str) -> None:
    """Fill a payment of the terms."""
    for name, said in answers.items():
        page.locator(f"[name=m-{place}-{name}]").fill(said)


def wide(page: Page) -> bool:
    """Say whether a page has to be pushed sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


def test_money_comes_in_from_the_first_draft_to_the_reminder(
    phone: Page, live_server, sign_in, founder, lead
):
    today = timezone.localdate()
    User.objects.update(language="zh-hans")
    terms = f"{live_server.url}{reverse('lead-terms', args=[lead.pk])}"
    sign_in(phone, founder)

    # The draft: its shares lack a tenth, then they do not.
    phone.goto(f"{live_server.url}{reverse('lead-terms-new', args=[lead.pk])}")
    row(phone, 0, label="预付款", share_percent="30", trigger_day="0", term_days="10")
    row(phone, 1, label="验收款", share_percent="60", trigger_day="30", term_days="30")
    phone.locator("[name=m-1-is_acceptance]").check()
    phone.locator("[name=note]").fill("对方周二再看")
    phone.locator(".terms-foot .btn-primary").click()
    expect(phone.locator(".pay-total [role=alert]")).to_contain_text("90%")
    expect(phone.locator("[name=note]")).to_have_value("对方周二再看")
    assert not PaymentTerms.objects.exists()
    phone.locator("[name=m-1-share_percent]").fill("70")
    phone.locator(".terms-foot .btn-primary").click()
    expect(phone).to_have_url(terms)
    assert not wide(phone)

    # Agreed, then accepted: late, and on no day that is still ahead.
    phone.locator("#signed-on").fill((today - 80 * DAY).isoformat())
    phone.locator("form[action$='/agree/'] .btn").click()
    delivery = PaymentMilestone.objects.get(terms__status="AGREED", label="验收款")
    day = phone.locator(f"#reached-{delivery.pk}")
    day.fill((today - 45 * DAY).isoformat())
    day.locator("xpath=following-sibling::button").click()
    expect(phone.locator("#contract")).to_contain_text("5")
    delivery.refresh_from_db()
    assert delivery.accepted_date == today - 45 * DAY

    # Billed from the milestone, with its sum and tax filled in.
    phone.locator(f"a[href$='?milestone={delivery.pk}']").click()
    expect(phone.locator("[name=amount]")).to_have_value("74200")
    phone.locator("[name=number]").fill("FP-1")
    phone.locator("[name=issued_date]").fill((today - 40 * DAY).isoformat())
    phone.locator("[name=due_date]").fill((today - 12 * DAY).isoformat())
    phone.locator(".form-foot .btn-primary").click()
    bill = Invoice.objects.get()
    expect(phone).to_have_url(f"{live_server.url}{reverse('invoice-detail', args=[bill.pk])}")

    # A part comes in; the call that was due is noted, the text being there to copy.
    phone.locator("[name=amount]").fill("24,200")
    phone.locator("#pay .btn-primary").click()
    expect(phone.locator(".notice-success")).to_contain_text("50,000")
    assert "50,000" in phone.locator("#text-M11-zh").input_value()
    expect(phone.locator("[data-copy='#text-M11-zh']")).to_be_visible()
    phone.locator(".steps-list .btn-outline-primary").click()
    assert InvoiceReminder.objects.get().step == 10
    assert not wide(phone)

    # The list says how old it is.
    phone.goto(f"{live_server.url}{reverse('money-invoices')}?age=31-60")
    expect(phone.locator("tbody").first).to_contain_text("FP-1")
    expect(phone.locator("section[aria-labelledby=ageing-head] tbody tr").first).to_contain_text(
        "5.0"
    )


def test_terms_are_written_and_mended_by_keyboard_alone(
    desktop: Page, live_server, sign_in, founder, lead
):
    sign_in(desktop, founder)
    desktop.goto(f"{live_server.url}{reverse('lead-terms', args=[lead.pk])}")
    desktop.get_by_role("link", name="Write down the client’s draft").focus()
    desktop.keyboard.press("Enter")

    desktop.locator("[name=m-0-label]").focus()
    keys = desktop.keyboard
    keys.type("Advance")
    keys.press("Tab")
    keys.type("99.99")
    keys.press("Enter")  # Enter saves; it does not ask for more rows
    wrong = desktop.locator(".pay-total [role=alert]")
    expect(wrong).to_have_text("The shares add up to 99.99%: 0.01% is missing.")
    expect(desktop.locator("[name=m-2-label]")).to_have_count(0)

    desktop.locator("[name=m-0-share_percent]").focus()
    keys.press("Control+A")
    keys.type("100")
    for _ in range(60):
        if desktop.evaluate("document.activeElement.matches('.terms-foot .btn-primary')"):
            break
        keys.press("Tab")
    keys.press("Enter")
    expect(desktop.locator("h1")).to_contain_text("terms and cash")
    assert PaymentMilestone.objects.get().share_percent == 100


def test_messages_and_dates_need_no_script(browser: Browser, live_server, sign_in, founder, lead):
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 390, "height": 844}, locale="en-GB"
    )
    page = context.new_page()
    sign_in(page, founder)
    page.goto(f"{live_server.url}{reverse('lead-terms-new', args=[lead.pk])}")
    row(page, 0, label="Delivery", share_percent="100", trigger_day="0", term_days="10")
    page.locator(".terms-foot .btn-primary").click()
    expect(page.locator("#text-M7-en")).to_have_attribute("readonly", "")
    expect(page.locator("button[data-copy]").first).to_be_hidden()

    page.locator("form[action$='/agree/'] .btn").click()
    reached = page.locator("#contract form")
    reached.locator("input[type=date]").fill((timezone.localdate() + 2 * DAY).isoformat())
    reached.locator("button").click()
    expect(page.locator(".wrong")).to_contain_text("This day is still to come.")
    page.locator("[name=accepted_date]").fill(timezone.localdate().isoformat())
    page.locator(".form-foot .btn-primary").click()
    expect(page.locator("#contract")).to_contain_text("reached")
    context.close()
