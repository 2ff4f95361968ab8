"""The pages that one can jump to by name, and the words by which they are found."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from crm import names
from crm.models import User


@dataclass(frozen=True)
class Destination:
    """One page: its address's name, how it is called, and more words that people type for it."""

    name: str
    label: Any
    icon: str
    words: str
    needs: str = ""
    key: str = ""

    @property
    def address(self) -> str:
        """Return the address, "" where this installation has no such page."""
        try:
            return reverse(self.name)
        except NoReverseMatch:
            return ""

    def is_called(self, words: Sequence[str]) -> bool:
        """Say whether each word begins a word of the page's names, or stands in a Chinese one."""
        known = [*str(self.label).lower().split(), *self.words.split()]
        known += [key for name in known for key in (names.pinyin(name), names.initials(name))]
        return all(
            any(name.startswith(word) or (not word.isascii() and word in name) for name in known)
            for word in words
        )


SELLS, SCORES = "crm.sell", "crm.read_scores"
MONEY, CASH = "crm.read_money", "crm.keep_money"
DESTINATIONS = (
    Destination("today", _("Today"), "sun", "today 今日", key="G T"),
    Destination("lead-list", _("Leads"), "leads", "leads 线索 list 列表", key="G L"),
    Destination("board", _("Board"), "board", "board kanban 看板", key="G B"),
    Destination("account-list", _("Accounts"), "account", "accounts clients 客户", key="G A"),
    Destination("contact-list", _("Contacts"), "people", "contacts people 联系人"),
    Destination(
        "money-invoices", _("Invoices"), "money", "money invoices receivables 回款 应收 发票", MONEY
    ),
    Destination("money-cash", _("Firm cash"), "money", "cash money runway 现金 资金", CASH),
    Destination("report-list", _("Reports"), "report", "reports 报表"),
    Destination("scores", _("Scores"), "scores", "scores model 评分", SCORES),
    Destination("outbox-list", _("Mail outbox"), "mail", "mail outbox 邮件 发件"),
    Destination("digest-preview", _("Monday mail"), "mail", "digest monday preview 周报 预览"),
    Destination(
        "log", _("Log a meeting"), "pencil", "log meeting visit call 记一笔 跟进", SELLS, "L"
    ),
    Destination("lead-new", _("Add lead"), "plus", "add new lead 新建线索", SELLS, "N"),
    Destination("lead-label", _("Label past leads"), "check", "label outcome 标注 结果", SELLS),
    Destination("profile", _("My settings"), "person", "settings profile language 设置"),
    Destination("account_change_password", _("Change password"), "pencil", "password 密码"),
)
OF_VIEWERS = ("report-list", "profile", "account_change_password")
THEME = Destination("", _("Light or dark"), "theme", "dark light mode theme 深色 浅色 暗色")
LANGUAGE = Destination("", _("Language"), "flag", "chinese english 语言 中文")


def known_to(user: User, words: Sequence[str]) -> list[Destination]:
    """Return the pages that a user may open and that the words call; all where there are none."""
    return [
        page
        for page in DESTINATIONS
        if page.address
        and (not page.needs or user.has_perm(page.needs))
        and (user.role != User.Role.VIEWER or page.name in OF_VIEWERS)
        and page.is_called(words)
    ]
