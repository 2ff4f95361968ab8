"""Cues in a pasted clause: what each wording is found as, what it would fill, what stays quiet."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm import clause_cues

WORDINGS = [
    ("PAY_WHEN_PAID", "甲方收到业主单位支付的相应款项后15个工作日内向乙方支付。"),
    ("PAY_WHEN_PAID", "甲方按最终用户付款比例同步支付。"),
    ("PAY_WHEN_PAID", "待财政资金到位后支付。"),
    ("PAY_WHEN_PAID", "本合同采用背靠背付款方式"),
    (
        "PAY_WHEN_PAID",
        "The Client shall pay within 30 days after receipt of funds from the end user.",
    ),
    ("PAY_WHEN_PAID", "Payment is made on a pay-when-paid basis."),
    ("SETTLED_BY_AUDIT", "最终结算金额以审计结果为准。"),
    ("SETTLED_BY_AUDIT", "审计完成后支付至合同总价的97%"),
    ("SETTLED_BY_AUDIT", "The balance is due subject to final audit."),
    ("INTERNAL_APPROVAL", "以甲方内部审批通过后付款"),
    ("INTERNAL_APPROVAL", "预算下达后支付"),
    ("SUBJECTIVE_ACCEPTANCE", "系统功能达到甲方满意后方可验收"),
    ("SUBJECTIVE_ACCEPTANCE", "to the satisfaction of the Client"),
    ("KPI_ACCEPTANCE", "模型准确率不低于95%"),
    ("KPI_ACCEPTANCE", "识别率应达到百分之九十五"),
    ("TRIAL_RUN", "系统试运行3个月后终验"),
    ("BILL", "甲方可以商业承兑汇票方式支付"),
    ("BILL", "以应收账款电子凭证支付"),
    ("NO_ADVANCE", "本项目无预付款。"),
    ("INVOICE_FIRST", "乙方开具全额增值税专用发票后30日内付款"),
    ("ON_SITE", "乙方派驻场工程师4人"),
    ("VENDOR_FUNDED", "乙方自备算力及服务器"),
    ("VENDOR_FUNDED", "The Supplier shall purchase all GPUs needed."),
    ("PERFORMANCE_BOND", "乙方缴纳履约保证金，为合同总价的10%"),
    ("UNLIMITED_CHANGES", "乙方应按甲方要求免费修改"),
    ("UNCAPPED_PENALTY", "逾期违约金不设上限"),
    ("FREE_TRIAL", "先试用后签约"),
    ("TERM", "验收合格后60个工作日内支付"),
    ("TERM", "net 45 days"),
]


def found(text: str) -> dict[str, clause_cues.Cue]:
    return {cue.code: cue for cue in clause_cues.find(text)}


@pytest.mark.parametrize(("code", "text"), WORDINGS)
def test_a_wording_is_found_as_what_it_is(code, text):
    cue = found(text)[code]
    assert cue.text == text[cue.start : cue.end]
    assert cue.text


@pytest.mark.parametrize(
    ("text", "fills"),
    [
        ("合同签订后支付预付款30%", {"prepay_percent": Decimal(30)}),
        ("首付款为合同总价的百分之三十", {"prepay_percent": Decimal(30)}),
        ("30% advance payment", {"prepay_percent": Decimal(30)}),
        ("质保金10%，质保期两年", {"retention_percent": Decimal(10), "retention_months": 24}),
        ("尾款５％，十二个月后付", {"retention_percent": Decimal(5), "retention_months": 12}),
        (
            "retention of 10% for 2 years",
            {"retention_percent": Decimal(10), "retention_months": 24},
        ),
        ("六十日内付清", {"term_days": 60}),
        ("60 个工作日内支付", {"term_days": 84}),
        ("within 30 business days", {"term_days": 42}),
        ("本项目无预付款", {"prepay_percent": Decimal(0)}),
    ],
)
def test_numbers_are_read_in_both_scripts_and_working_days_become_days(text, fills):
    filled = {}
    for cue in clause_cues.find(text):
        filled.update(cue.fills)
    assert filled == fills


def test_a_clause_without_deemed_acceptance_is_named_and_one_with_it_is_not():
    assert "NO_DEEMED_ACCEPTANCE" in found("验收合格后30日内支付40%")
    fine = found("验收合格后30日内支付；甲方10日内未提出异议的，视为验收合格")
    assert "NO_DEEMED_ACCEPTANCE" not in fine
    assert fine["DEEMED_ACCEPTANCE"].fills == {"has_deemed_acceptance": True}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "甲乙双方本着平等自愿的原则签订本合同。",
        "The parties agree to keep the information confidential.",
        "合同总价人民币壹佰万元整（¥1,000,000.00）",
    ],
)
def test_an_ordinary_sentence_raises_nothing(text):
    assert clause_cues.find(text) == []


def test_full_width_signs_keep_their_places():
    text = "预付款３０％，余款验收后付"
    cue = found(text)["PREPAYMENT"]
    assert cue.text == "预付款３０％"
    assert cue.fills == {"prepay_percent": Decimal(30)}


@given(st.text(max_size=400))
def test_any_text_is_read_without_breaking_and_every_cue_lies_in_it(text):
    for cue in clause_cues.find(text):
        assert 0 <= cue.start < cue.end <= len(text)
        assert cue.text == text[cue.start : cue.end]


def test_a_very_long_text_is_read_up_to_a_bound_in_little_time():
    text = "收到" * 50_000 + "背靠背"
    assert clause_cues.find(text) == []
