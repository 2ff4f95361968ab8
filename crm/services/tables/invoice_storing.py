"""Writes invoices of a table and what was paid of them, batch by batch."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Q, Sum
from django.utils.translation import gettext as _

from crm.models import Account, Invoice, Lead, Payment
from crm.services import history, payments
from crm.services.bundle.completing import derived_id
from crm.services.bundle.lookups import keys_of
from crm.services.columns import insert_rows, write_columns
from crm.services.tables.invoice_rows import InvoiceRow
from crm.services.tables.refusals import BadRows
from crm.services.tables.storing import REASON, Values, accounts_of

DEFAULTS = {
    "milestone_label": "", "currency": "CNY", "disputed_date": None, "write_off_reason": "",
}  # fmt: skip
WRITTEN = (
    "ledger_id", "recorded_at", "account_id", "lead_id", "number", "milestone_label", "amount",
    "currency", "issued_date", "due_date", "disputed_date", "written_off_date",
    "write_off_reason", "paid_amount", "version",
)  # fmt: skip
PAID = ("ledger_id", "recorded_at", "invoice_id", "paid_date", "amount", "kind", "note")
IDS_A_QUERY = 500


@dataclass(slots=True)
class InvoiceStore:
    """Finds what the ledger has, adds what it has not, changes what differs."""

    bad: BadRows
    now: datetime
    created: list[int] = field(default_factory=list)
    updated: list[int] = field(default_factory=list)
    accounts: list[int] = field(default_factory=list)
    paid: set[int] = field(default_factory=set)
    unchanged: int = 0

    def write(self, rows: Sequence[InvoiceRow]) -> None:
        """Write a batch."""
        leads_of = self._leads(rows)
        rows = [row for row in rows if row.row in leads_of]
        known = self._known(rows)
        new = [row for row in rows if row.row not in known]
        self._create(new, leads_of)
        self._update([(row, known[row.row]) for row in rows if row.row in known], leads_of)

    # --- what the ledger has ---

    def _leads(self, rows: Sequence[InvoiceRow]) -> dict[int, int | None]:
        """Return each row's lead; a row whose lead cannot be found is left out."""
        by_id = dict(
            Lead.objects.filter(ledger_id__in={row.lead_id for row in rows if row.lead_id})
            .values_list("ledger_id", "pk")
        )  # fmt: skip
        titles = {row.lead_title for row in rows if row.lead_title}
        by_title: dict[tuple[str, str], list[int]] = {}
        named = Lead.objects.filter(title__in=titles, archived_at=None)
        for key, title, pk in named.values_list("account__name_key", "title", "pk"):
            by_title.setdefault((key, title), []).append(pk)
        found: dict[int, int | None] = {}
        for row in rows:
            if row.lead_id:
                same = [by_id[row.lead_id]] if row.lead_id in by_id else []
            else:
                same = by_title.get((row.account_key, row.lead_title), [])
            wanted = row.lead_id or row.lead_title
            if wanted and len(same) != 1:
                self.bad.add(row.row, _lead_fault(wanted, len(same)))
            else:
                found[row.row] = same[0] if same else None
        return found

    def _known(self, rows: Sequence[InvoiceRow]) -> dict[int, Values]:
        """Return the invoices of the ledger: by the file's id, else by account and number."""
        ids, numbers = [row.ledger_id for row in rows], {row.values["number"] for row in rows}
        same = Q(ledger_id__in=ids) | Q(number__in=numbers, archived_at=None)
        names = [name for name in WRITTEN if name not in {"recorded_at", "paid_amount"}]
        found = list(
            Invoice.objects.filter(same)
            .order_by("-pk")
            .values("pk", "account__name_key", "archived_at", *names)
        )
        by_id = {before["ledger_id"]: before for before in found}
        by_number = {(before["account__name_key"], before["number"]): before for before in found}
        known = {}
        for row in rows:
            number = (row.account_key, row.values["number"])
            before = by_id.get(row.ledger_id) or by_number.get(number)
            if before:
                known[row.row] = before
        return known

    # --- new ones ---

    def _create(self, rows: Sequence[InvoiceRow], leads_of: dict[int, int | None]) -> None:
        accounts, made_accounts = accounts_of(
            [(row.row, row.account_key, row.account, row.issued_at) for row in rows]
        )
        self.accounts += made_accounts
        told = [
            {
                "written_off_date": None,
                **DEFAULTS,
                **row.values,
                "ledger_id": row.ledger_id,
                "recorded_at": min(row.issued_at, self.now),
                "account_id": accounts[row.account_key],
                "lead_id": leads_of[row.row],
                "paid_amount": 0,
                "version": 1,
            }
            for row in rows
        ]
        insert_rows(Invoice, WRITTEN, [[one[name] for name in WRITTEN] for one in told])
        made = keys_of(Invoice, "ledger_id", [row.ledger_id for row in rows])
        self._pay(
            [
                (row.ledger_id, made[row.ledger_id], row.paid_at, row.paid, row.paid_at)
                for row in rows
                if row.paid
            ]
        )
        self.created += sorted(made.values())

    def _pay(self, told: Sequence[tuple[str, int, Any, Any, Any]]) -> None:
        """Add payments: (name, invoice, paid at, amount, known since)."""
        insert_rows(
            Payment,
            PAID,
            [
                [derived_id(f"{name}/paid"), known, pk, at.date(), amount, "MONEY", REASON]
                for name, pk, at, amount, known in told
            ],
        )
        self.paid |= {pk for _name, pk, _at, _amount, _known in told}

    # --- those that the ledger has ---

    def _update(
        self, pairs: Sequence[tuple[InvoiceRow, Values]], leads_of: dict[int, int | None]
    ) -> None:
        paid = self._paid_so_far([before["pk"] for _row, before in pairs])
        for row, before in pairs:
            wrong = self._fault(row, before, paid.get(before["pk"]))
            if wrong:
                self.bad.add(row.row, wrong)
                continue
            changes = {name: told for name, told in row.values.items() if before[name] != told}
            if (lead := leads_of[row.row]) is not None and before["lead_id"] != lead:
                changes["lead_id"] = lead
            moved = self._follow_payment(row, before, paid.get(before["pk"]))
            if changes:
                names = [*changes, "version"]
                values = [before["pk"], *changes.values(), before["version"] + 1]
                write_columns(Invoice, names, [values])
            if changes or moved:
                self.updated.append(before["pk"])
            else:
                self.unchanged += 1

    def _paid_so_far(self, ids: Sequence[int]) -> dict[int, Any]:
        rows = Payment.objects.filter(invoice__in=ids, archived_at=None).values("invoice")
        found = rows.annotate(total=Sum("amount"), count=Count("pk"), last=Max("paid_date"))
        return {row["invoice"]: row for row in found.order_by()}

    def _fault(self, row: InvoiceRow, before: Values, paid: dict[str, Any] | None) -> str:
        """Say why a row cannot be what the ledger has; the ledger's payments are kept."""
        if before["archived_at"]:
            return _("this invoice was put away in the ledger. Bring it back first.")
        currency = row.values.get("currency", before["currency"])
        if currency != before["currency"]:
            told = {"file": currency, "ledger": before["currency"]}
            return _("the file says %(file)s, the ledger has it in %(ledger)s.") % told
        if paid and row.paid is not None and row.paid < paid["total"]:
            told = {"file": row.paid, "ledger": paid["total"]}
            return _("the file has %(file)s paid, the ledger %(ledger)s. Correct it there.") % told
        return ""

    def _follow_payment(self, row: InvoiceRow, before: Values, paid: dict[str, Any] | None) -> bool:
        """Add what came in since, known from now on; say whether something changed."""
        if row.paid is None or row.paid_at is None:
            return False
        more = row.paid - (paid["total"] if paid else 0)
        if more:
            name = f"{before['ledger_id']}/{paid['count'] if paid else 0}"
            self._pay([(name, before["pk"], row.paid_at, more, self.now)])
            return True
        if paid and paid["count"] == 1 and paid["last"] != row.paid_date:
            Payment.objects.filter(invoice=before["pk"], archived_at=None, note=REASON).update(
                paid_date=row.paid_at.date()
            )
            self.paid.add(before["pk"])
            return True
        return False

    def finish(self) -> list[int]:
        """Recount paid sums, keep the audit trail, ask for new forecasts and scores."""
        payments.recount(sorted(self.paid))
        for model, ids, kind in (
            (Account, self.accounts, history.MADE),
            (Invoice, self.created, history.MADE),
            (Invoice, self.updated, history.CHANGED),
        ):
            history.keep(model, ids, kind=kind, now=self.now, reason=REASON)
        changed = [*self.created, *self.updated]
        return payments.follow(changed, now=self.now) if changed else []


def _lead_fault(wanted: str, count: int) -> str:
    if count:
        return _("there are %(n)d leads called “%(lead)s” of this account. Name the id.") % {
            "n": count,
            "lead": wanted,
        }
    return _("there is no lead “%s” of this account.") % wanted
