"""The files of a bundle that hold how people sort their leads: tags and saved views."""

from crm.models import LeadTag, SavedView, Tag
from crm.services.bundle.layout import Table, layout
from crm.services.bundle.parts import REQUIRED, Reference

TAGS = Table("tags", Tag, layout(Tag, "name"), key=("name",), past=())
SAVED_VIEWS = Table(
    "saved_views", SavedView, layout(SavedView, "saved_view_id=ledger_id name query owner")
)
LEAD_TAGS = Table(
    "lead_tags",
    LeadTag,
    (
        Reference("lead", ("lead_id",), REQUIRED, to="leads", key="ledger_id"),
        Reference("tag", ("tag",), REQUIRED, to="tags", key="name"),
    ),
    key=("lead_id", "tag_id"),
    past=(),
)
