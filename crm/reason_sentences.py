"""The sentences of the reasons, with the params that each of them needs.

F01 to F29 and N01 to N15 speak of an order, R01 to R16 of late payment.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

Sentence = tuple[tuple[str, ...], Any]

SENTENCES: Mapping[str, Sequence[Sentence]] = {
    "F01": [(("ask",), _("First request was for %(ask)s, not for a product or a price."))],
    "F02": [
        (
            ("value",),
            _(
                "A large, complex project (%(value)s) on first contact,"
                " with no smaller paid step before it."
            ),
        )
    ],
    "F03": [
        ((), _("We learned of it from the tender notice; no contact with the client before it."))
    ],
    "F04": [(("source",), _("Source: %(source)s."))],
    "F05": [
        (
            ("type", "a", "b"),
            _(
                "Context only: %(type)s accounts closed with payment"
                " in %(a)s of %(b)s of our past leads."
            ),
        )
    ],
    "F06": [(("n",), _("%(n)s meetings and the budget stage is still unknown."))],
    "F07": [(("stage", "date"), _("Last stated budget stage: %(stage)s (%(date)s)."))],
    "F08": [
        (("joined", "date"), _("The budget holder joined on %(date)s.")),
        (("n",), _("The budget holder has not joined any of %(n)s meetings.")),
    ],
    "F09": [(("d",), _("People we meet now rank %(d)s levels below those we met first."))],
    "F10": [
        (
            ("n",),
            ngettext_lazy(
                "%(n)s round of solution or technology-selection requests so far, unpaid.",
                "%(n)s rounds of solution or technology-selection requests so far, all unpaid.",
                "n",
            ),
        )
    ],
    "F11": [
        (
            ("g", "c"),
            _("We handed over %(g)s items; the client gave us %(c)s (data, requirements, access)."),
        )
    ],
    "F12": [
        (
            ("k", "h"),
            ngettext_lazy(
                "%(k)s out-of-town trip, %(h)s h on the road, without a dated next step.",
                "%(k)s out-of-town trips, %(h)s h on the road, without a dated next step.",
                "k",
            ),
        ),
        (
            ("k",),
            ngettext_lazy(
                "%(k)s out-of-town trip without a dated next step.",
                "%(k)s out-of-town trips without a dated next step.",
                "k",
            ),
        ),
    ],
    "F13": [
        (("all", "q"), _("Each of the last %(q)s talks ended with a dated next step.")),
        (("p", "q"), _("%(p)s of the last %(q)s meetings ended without a dated next step.")),
    ],
    "F14": [(("d1", "d2"), _("Replies now take %(d2)s days; at the start they took %(d1)s."))],
    "F15": [
        (
            ("d", "item"),
            _("No word from the client for %(d)s working days since we sent the %(item)s."),
        )
    ],
    "F16": [(("d",), _("No client-initiated contact for %(d)s days."))],
    "F17": [
        (("n", "list"), _("%(n)s process steps (%(list)s) and the budget stage has not moved."))
    ],
    "F18": [
        (
            ("with_our_criteria",),
            _("The client asked us to write its tender text, and we set the criteria."),
        ),
        ((), _("The client asked us to write its internal report / tender text.")),
    ],
    "F19": [
        (("by_us", "n"), _("Requirements were written by us and changed %(n)s times.")),
        (("by_us",), _("Requirements were written by us.")),
        (("n",), _("Requirements changed %(n)s times.")),
    ],
    "F20": [
        (("name",), _("A business owner is named: %(name)s.")),
        (("named",), _("A business owner is named.")),
        (("dept",), _("Only %(dept)s takes part; no business owner named.")),
    ],
    "F21": [
        (("r",), _("%(r)s roles take part.")),
        (("n",), _("One single contact after %(n)s meetings.")),
    ],
    "F22": [
        (("n", "incumbent"), _("%(n)s competitors named; an incumbent is known.")),
        (("n",), _("%(n)s competitors named while the budget is unknown.")),
        (("incumbent",), _("An incumbent supplier is known.")),
    ],
    "F23": [
        (
            ("d", "mismatch"),
            _(
                "Only %(d)s days between notice and deadline;"
                " requirements do not match our product."
            ),
        ),
        (("d",), _("Only %(d)s days between notice and deadline.")),
        (("mismatch",), _("The requirements of the tender do not match our product.")),
        (("unanswered",), _("Our questions about the tender were not answered.")),
    ],
    "F24": [(("date", "answer"), _("A small paid step was offered on %(date)s: %(answer)s."))],
    "F25": [((), _("A quotation was requested before any requirement was known."))],
    "F26": [((), _("The client has its own AI team or IT subsidiary."))],
    "F27": [
        (("mandate", "date"), _("Leadership gave a mandate with a target.")),
        (("date",), _("A leader said they will wait / not use generative AI (%(date)s).")),
    ],
    "F28": [
        (("paid",), _("This account paid us before.")),
        (
            ("a", "b"),
            ngettext_lazy(
                "This account: %(a)s earlier lead, %(b)s ended without purchase.",
                "This account: %(a)s earlier leads, %(b)s ended without purchase.",
                "a",
            ),
        ),
    ],
    "F29": [
        (("date", "why"), _("Decision needed by %(date)s because %(why)s.")),
        (("date",), _("Decision needed by %(date)s.")),
        (("n",), _("No event that forces a decision by a date.")),
    ],
    "N01": [
        (
            ("learning", "none"),
            _("None of the client's requests so far was for knowledge or data."),
        ),
        (
            ("learning",),
            _("%(learning)s%% of the client's requests so far were for knowledge or data."),
        ),
    ],
    "N02": [
        (("solutions", "none"), _("None of the client's requests so far was for a solution.")),
        (("solutions",), _("%(solutions)s%% of the client's requests so far were for solutions.")),
    ],
    "N03": [
        (("quotations", "none"), _("None of the client's requests so far was for a quotation.")),
        (
            ("quotations",),
            _("%(quotations)s%% of the client's requests so far were for a quotation."),
        ),
    ],
    "N04": [
        (("gave", "none"), _("In none of the talks did the client give us something.")),
        (("gave",), _("In %(gave)s%% of the talks the client gave us something.")),
    ],
    "N05": [
        (
            ("holder",),
            _("The budget holder was there in %(holder)s%% of the talks of which we know."),
        )
    ],
    "N06": [
        (
            ("level",),
            _("The people we meet rank %(level)s on average (1 staff, 5 head of the firm)."),
        )
    ],
    "N07": [
        (
            ("step",),
            _("What was said of the budget lies at %(step)s on average (0 none, 4 approved)."),
        )
    ],
    "N08": [
        (("said", "none"), _("The budget was spoken of in none of the talks.")),
        (("said",), _("The budget was spoken of in %(said)s%% of the talks.")),
    ],
    "N09": [(("reply",), _("The client usually replies within %(reply)s days."))],
    "N10": [(("gap",), _("%(gap)s days lie between two talks on average."))],
    "N11": [
        (("began", "none"), _("The client began none of the talks.")),
        (("began",), _("The client began %(began)s%% of the talks.")),
    ],
    "N12": [
        (("steps", "none"), _("None of the talks ended with a dated next step.")),
        (("steps",), _("%(steps)s%% of the talks ended with a dated next step.")),
    ],
    "N13": [
        (("process", "none"), _("None of the talks was a step of the client's own process.")),
        (("process",), _("%(process)s%% of the talks were steps of the client's own process.")),
    ],
    "N14": [(("talks",), _("%(talks)s%% of the talks were about the contract."))],
    "N15": [(("rivals",), _("The client named %(rivals)s competitors on average."))],
    "R01": [
        (
            ("on_time", "type", "n"),
            _("Context only: invoices to %(type)s accounts were paid on time (median, n=%(n)s)."),
        ),
        (
            ("type", "d", "n"),
            _(
                "Context only: invoices to %(type)s accounts were paid %(d)s days"
                " after they fell due (median, n=%(n)s)."
            ),
        ),
        (
            ("type",),
            _("Context only: experience with %(type)s accounts, not yet invoices of our own."),
        ),
    ],
    "R02": [(("p",), _("Prepayment %(p)s%%."))],
    "R03": [
        (("p", "m"), _("%(p)s%% retained for %(m)s months.")),
        (("p",), _("%(p)s%% retained.")),
    ],
    "R04": [(("d",), _("Payment term %(d)s days."))],
    "R05": [
        (
            (),
            _(
                "Paid only when a third party pays the client (back-to-back). May be void between"
                " a large firm and an SME - ask a lawyer."
            ),
        )
    ],
    "R06": [((), _("Payment depends on an audit or a third party's acceptance."))],
    "R07": [
        (
            ("criteria", "deemed"),
            _("No written acceptance criteria, no automatic-acceptance date."),
        ),
        (("criteria",), _("No written acceptance criteria.")),
        (("deemed",), _("No automatic-acceptance date.")),
    ],
    "R08": [(("h",), _("On-site work of %(h)s person-days before the next payment."))],
    "R09": [
        (
            ("x", "y", "m"),
            _("We pay %(x)s in advance; lowest cash point %(y)s, %(m)s months of burn."),
        ),
        (("y", "m"), _("Lowest cash point %(y)s, %(m)s months of burn.")),
        (("x",), _("We pay %(x)s in advance.")),
    ],
    "R10": [(("date",), _("Work started on %(date)s, contract not signed."))],
    "R11": [
        (("d",), _("Payment by acceptance bill / e-voucher of %(d)s days.")),
        ((), _("Payment by acceptance bill / e-voucher.")),
    ],
    "R12": [((), _("We are subcontractor of an integrator, not of the end client."))],
    "R13": [
        (("open",), _("An invoice of this account is %(open)s days overdue.")),
        (
            ("on_time", "n"),
            ngettext_lazy(
                "This account paid our earlier invoice on time.",
                "This account paid our earlier %(n)s invoices on time (median).",
                "n",
            ),
        ),
        (
            ("n", "d"),
            ngettext_lazy(
                "This account paid our earlier invoice %(d)s days after due date.",
                "This account paid our earlier %(n)s invoices %(d)s days after due date (median).",
                "n",
            ),
        ),
    ],
    "R14": [(("m", "d"), _('Acceptance of "%(m)s" slipped by %(d)s days.'))],
    "R15": [
        (("no", "date"), _("Invoice %(no)s is disputed or was returned on %(date)s.")),
        (("date",), _("An invoice is disputed or was returned on %(date)s.")),
        (("d",), _("We invoiced %(d)s days after acceptance.")),
    ],
}
