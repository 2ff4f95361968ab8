"""Cues of risky clauses in a pasted payment clause, Chinese or English; plain text in and out.

A cue is a place in the text and what it may mean. Nothing is a fact until a person confirms it.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

MOST_CHARACTERS = 20_000
WORKDAYS_A_WEEK, DAYS_A_WEEK = 5, 7

NUMERALS = dict(zip("零一二三四五六七八九", range(10), strict=True)) | {"两": 2, "〇": 0}
NUMBER = r"(?:\d+(?:\.\d+)?|[零一二两三四五六七八九十百]+)"
PERCENT = rf"(?:{NUMBER}\s*%|百分之{NUMBER}|{NUMBER}\s*per ?cent)"
GAP, NEAR = r"[^。；;.\n]{0,40}?", r"[^。；;.\n]{0,12}?"

# Flag, the fields of terms that a confirmed cue fills, and how the clause reads.
PATTERNS: tuple[tuple[str, str], ...] = (
    (
        "PAY_WHEN_PAID",
        rf"收到{NEAR}(?:业主|最终用户|建设单位|发包|上级|财政|总包|甲方客户|第三方){NEAR}(?:款|资金|拨付)"
        rf"{GAP}(?:支付|付款|付清)"
        rf"|(?:按|依)(?:照)?{NEAR}(?:付款|回款|拨款)(?:进度|比例)(?:同步|同比例|等比例)?(?:支付|付款)"
        r"|背靠背|(?:财政|专项)资金(?:到位|下达|拨付)后"
        rf"|pay[- ]when[- ]paid|pay[- ]if[- ]paid|back[- ]to[- ]back"
        rf"|(?:after|upon|once|when|subject to){GAP}(?:receiv\w+|receipt){GAP}"
        r"(?:end[- ](?:user|client|customer)|main contractor|owner|third party)",
    ),
    (
        "SETTLED_BY_AUDIT",
        r"以?审计(?:结果|结论|报告|部门|机构)?(?:的)?(?:审定|审计)?(?:金额)?(?:为准|作为(?:结算|付款)依据)"
        r"|(?:审计|审价|财政评审)(?:完成|结束|通过)?后"
        r"|(?:subject to|based on|after|upon)(?: the)?(?: final)? audit",
    ),
    (
        "INTERNAL_APPROVAL",
        r"(?:甲方|买方|采购人)?内部(?:审批|流程|预算)[^。；;\n]{0,12}(?:后|为准|通过|完成)"
        r"|预算(?:下达|批复|到位)后?(?:为准)?"
        r"|(?:internal|budget|management) approval",
    ),
    (
        "SUBJECTIVE_ACCEPTANCE",
        r"(?:达到|经)?(?:甲方|买方|用户|客户)(?:的)?满意|满意(?:后|为准|为止)"
        r"|to the (?:full )?satisfaction of"
        r"|at (?:its|their|the (?:client|customer)'?s?) (?:sole )?discretion",
    ),
    (
        "KPI_ACCEPTANCE",
        rf"(?:准确率|召回率|识别率|命中率|正确率){NEAR}(?:≥|>=|>|不低于|达到|高于|超过)\s*{PERCENT}"
        rf"|(?:accuracy|recall|precision)\b{NEAR}"
        rf"(?:≥|>=|>|of at least|not (?:less|lower) than|above)\s*{PERCENT}",
    ),
    (
        "TRIAL_RUN",
        rf"试运行(?:期)?{NEAR}{NUMBER}\s*个?月"
        rf"|(?:trial|pilot) (?:run|operation|period) of {NUMBER} months?",
    ),
    (
        "BILL",
        r"(?:商业|银行)?承兑(?:汇票)?|商业汇票|供应链(?:票据|金融凭证)|应收账款(?:电子|债权)?凭证"
        r"|云信|迪链|电子债权凭证"
        r"|(?:commercial|bank|acceptance) (?:acceptance )?bill|bill of exchange|e-voucher",
    ),
    (
        "NO_ADVANCE",
        r"无预付款?|不支付预付款|(?:不设|没有)预付款|no (?:advance|prepayment|down payment)",
    ),
    (
        "INVOICE_FIRST",
        r"(?:先|须|应)?(?:开具|提供|出具|提交)[^。；;\n]{0,8}"
        r"(?:全额|等额|合法|增值税)[^。；;\n]{0,14}发票后"
        r"|(?:after|upon|on) (?:receipt of|receiving) (?:an? |the )?(?:full |valid |VAT )+invoice",
    ),
    (
        "ON_SITE",
        rf"驻场{NEAR}{NUMBER}?\s*(?:人|名)?|现场(?:开发|办公|服务){NEAR}{NUMBER}\s*(?:人|名)"
        rf"|on[- ]site (?:team|staff|engineers?|development|work)",
    ),
    (
        "VENDOR_FUNDED",
        r"(?:乙方|卖方|供应商)(?:自备|自行(?:采购|承担|购买)|负责采购|垫付|承担)[^。；;\n]{0,14}"
        r"(?:算力|服务器|设备|硬件|云资源|接口费|API)"
        rf"|(?:supplier|vendor|contractor) shall (?:provide|purchase|bear){GAP}"
        r"(?:hardware|servers?|GPUs?|compute|API)",
    ),
    (
        "PERFORMANCE_BOND",
        rf"履约(?:保证金|担保)(?:{NEAR}{PERCENT})?"
        rf"|performance (?:bond|security)(?:{NEAR}{PERCENT})?",
    ),
    (
        "UNLIMITED_CHANGES",
        r"(?:按|根据)(?:甲方|客户|用户)要求(?:免费|无偿)(?:修改|调整|完善)|(?:免费|无偿)修改(?:至|直到|直至)"
        r"|(?:unlimited|free) (?:changes|revisions|modifications)",
    ),
    (
        "UNCAPPED_PENALTY",
        rf"违约金{NEAR}(?:不设上限|无上限|上不封顶)|unlimited (?:liability|penalt\w+|damages)",
    ),
    (
        "FREE_TRIAL",
        r"先试用[，,]?(?:后|再)(?:签约|签订|付款)|免费(?:试用|PoC|测试|验证)"
        r"|free (?:trial|PoC|pilot)",
    ),
    (
        "PREPAYMENT",
        rf"(?:预付款?|首付款?|定金){NEAR}{PERCENT}|(?:支付|付){NEAR}{PERCENT}{NEAR}(?:作为)?预付款"
        rf"|{PERCENT}\s*(?:advance|prepayment|down payment|upfront)"
        rf"|(?:advance|prepayment|down payment)(?: payment)?(?: of)?\s*{PERCENT}",
    ),
    (
        "RETENTION",
        rf"(?:质保金|质量保证金|尾款|保留金){NEAR}{PERCENT}(?:{NEAR}{NUMBER}\s*(?:个月|年))?"
        rf"|{PERCENT}{NEAR}(?:作为)?(?:质保金|质量保证金|尾款)(?:{NEAR}{NUMBER}\s*(?:个月|年))?"
        rf"|(?:retention|retained)(?: of)?\s*{PERCENT}(?:{NEAR}{NUMBER}\s*(?:months?|years?))?"
        rf"|{PERCENT}\s*(?:retention|shall be retained)(?:{NEAR}{NUMBER}\s*(?:months?|years?))?",
    ),
    (
        "TERM",
        rf"{NUMBER}\s*个?(?:工作日|自然日|日历日|日|天)(?:之)?内?(?:支付|付清|付款|结清)"
        rf"|(?:within|net)\s*{NUMBER}\s*(?:working|business|calendar)?\s*days?",
    ),
    (
        "DEEMED_ACCEPTANCE",
        r"视(?:同|为)(?:验收)?(?:合格|通过|验收)|(?:逾期|未)[^。；;\n]{0,16}视(?:同|为)[^。；;\n]{0,6}"
        r"|deemed (?:accepted|acceptance)",
    ),
)
MEANS: Mapping[str, Mapping[str, object]] = {
    "PAY_WHEN_PAID": {"is_back_to_back": True},
    "SETTLED_BY_AUDIT": {"accepted_by_audit": True},
    "BILL": {"pays_by_bill": True},
    "ON_SITE": {"is_onsite": True},
    "NO_ADVANCE": {"prepay_percent": Decimal(0)},
    "DEEMED_ACCEPTANCE": {"has_deemed_acceptance": True},
    "NO_DEEMED_ACCEPTANCE": {"has_deemed_acceptance": False},
}
COMPILED = tuple((code, re.compile(text, re.IGNORECASE)) for code, text in PATTERNS)
ACCEPTANCE = re.compile(r"验收(?:合格|通过)?后|(?:after|upon) (?:final )?acceptance", re.IGNORECASE)
WORKDAYS = re.compile(r"工作日|working days?|business days?", re.IGNORECASE)


@dataclass(frozen=True)
class Cue:
    """A place in the text, what it may mean, and the fields of terms that it would fill."""

    code: str
    start: int
    end: int
    text: str
    fills: Mapping[str, object] = field(default_factory=dict)


def find(text: str) -> list[Cue]:
    """Return the cues of a pasted clause in the order of the text; at most one a place and code.

    Only the first MOST_CHARACTERS are read.
    """
    plain = _plain(text[:MOST_CHARACTERS])
    found = [
        Cue(code, *match.span(), text[slice(*match.span())], _fills(code, match.group()))
        for code, pattern in COMPILED
        for match in pattern.finditer(plain)
    ]
    codes = {cue.code for cue in found}
    if "DEEMED_ACCEPTANCE" not in codes and (match := ACCEPTANCE.search(plain)):
        span = match.span()
        code = "NO_DEEMED_ACCEPTANCE"
        found.append(Cue(code, *span, text[slice(*span)], MEANS[code]))
    return sorted(_apart(found), key=lambda cue: (cue.start, cue.end, cue.code))


def _apart(cues: list[Cue]) -> Iterator[Cue]:
    """Yield cues without those that lie inside another one of the same code."""
    for cue in cues:
        inside = (
            other is not cue
            and other.code == cue.code
            and other.start <= cue.start
            and cue.end <= other.end
            and (other.end - other.start) > (cue.end - cue.start)
            for other in cues
        )
        if not any(inside):
            yield cue


def _plain(text: str) -> str:
    """Return the text with full-width signs as plain ones, each character at its place."""
    narrow = (unicodedata.normalize("NFKC", character) for character in text)
    return "".join(
        plain if len(plain) == 1 else character
        for plain, character in zip(narrow, text, strict=True)
    )


def _fills(code: str, text: str) -> Mapping[str, object]:
    match code:
        case "PREPAYMENT":
            return _percent("prepay_percent", text)
        case "RETENTION":
            return {**_percent("retention_percent", text), **_months(text)}
        case "TERM":
            return _days(text)
    return MEANS.get(code, {})


def _percent(name: str, text: str) -> dict[str, object]:
    found = re.search(PERCENT, text, re.IGNORECASE)
    value = _number(re.search(NUMBER, found.group().replace("百分之", ""))) if found else None
    return {name: value} if value is not None and value <= 100 else {}


def _months(text: str) -> dict[str, object]:
    found = re.search(rf"({NUMBER})\s*(个月|年|months?|years?)", text, re.IGNORECASE)
    if not found:
        return {}
    count = _number(re.match(NUMBER, found.group(1)))
    is_years = found.group(2).lower().startswith(("年", "year"))
    months = int(count * 12 if is_years else count) if count is not None else 0
    return {"retention_months": months} if 0 < months <= 120 else {}


def _days(text: str) -> dict[str, object]:
    count = _number(re.search(NUMBER, text))
    if count is None or not 0 < count <= 999:
        return {}
    days = int(count)
    if WORKDAYS.search(text):
        # Holidays come on top: 60 working days are 84 to 88 days of the calendar.
        days = -(-days * DAYS_A_WEEK // WORKDAYS_A_WEEK)
    return {"term_days": days}


def _number(match: re.Match[str] | None) -> Decimal | None:
    """Return a number written in digits or in Chinese numerals up to 999."""
    if match is None:
        return None
    text = match.group()
    if text[0].isdigit():
        return Decimal(text)
    total, digit = 0, 0
    for sign in text:
        if sign in NUMERALS:
            digit = NUMERALS[sign]
        else:
            total += (digit or 1) * (10 if sign == "十" else 100)
            digit = 0
    return Decimal(total + digit)
