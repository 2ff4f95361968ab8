"""The cards of the score page as rows with their drawings: percentages of a width, no pixels."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from crm import formats
from scoring import thresholds, titles
from scoring.gaps import Gap
from scoring.model_card import MORE, STATES, Page
from scoring.thresholds import LaterLead

SIGNALS_SHOWN, DISPUTED_SHOWN = 12, 8
HALF_SCALE = 20.0
FEWEST_OF_A_SIGNAL = 3
AUC_FROM, AUC_TO = 0.2, 1.0


def _at(value: float, start: float, end: float) -> str:
    """Return where a value stands between two ends, as a per cent."""
    return f"{100 * min(max((value - start) / (end - start), 0), 1):.1f}%"


def whisker(low: float, value: float, high: float, *, start: float, end: float) -> dict[str, str]:
    """Return the places of a dot and of its interval."""
    return {
        "low": _at(low, start, end),
        "dot": _at(value, start, end),
        "high": _at(high, start, end),
    }


def ranking(page: Page) -> list[dict[str, Any]]:
    """Return a row per scorer: ranking with its interval, Brier score, what lay at red."""
    scorers = page.facts["scorers"]
    base = scorers["base_rate"]["brier"]["value"]
    names = {
        "base_rate": _("Usual rate alone"),
        "points": _("Expert points"),
        "blend": _("Blend in use") if page.weight.model else _("Blend, as it would score"),
    }
    found = []
    for name, words in names.items():
        each = scorers[name]
        ranked = each["auc"] if name != "base_rate" else None
        drawn = None
        if ranked and ranked["low"] is not None:
            drawn = whisker(
                ranked["low"], ranked["value"], ranked["high"], start=AUC_FROM, end=AUC_TO
            )
        found.append(
            {
                "name": name,
                "words": words,
                "auc": ranked,
                "drawn": drawn,
                "brier": each["brier"]["value"],
                "beside": None if name == "base_rate" else each["brier"]["value"] / base - 1,
                "red": each["red"],
                "red_without_order": each["red_without_order"],
            }
        )
    return found


def calibration(page: Page) -> list[dict[str, Any]]:
    """Return the bands of the chance: what was said, what happened, how sure that is."""
    bands = page.facts["calibration"]
    found = []
    for band in bands:
        start, end = formats.percent(band["from"]), formats.percent(band["to"])
        if not band["from"]:
            words = _("below %(end)s") % {"end": end}
        elif band["to"] == 1:
            words = _("%(start)s and more") % {"start": start}
        else:
            words = _("%(start)s to %(end)s") % {"start": start, "end": end}
        drawn = None
        if band["n"]:
            share = band["orders"] / band["n"]
            drawn = whisker(band["low"], share, band["high"], start=0, end=1)
            drawn["tick"] = _at(band["said"], 0, 1)
        found.append({**band, "words": words, "drawn": drawn})
    return found


def is_calibrated(page: Page) -> bool:
    """Say whether in every band what was said lies in the interval of what happened."""
    told = [band for band in page.facts["calibration"] if band["n"]]
    return all(band["low"] <= band["said"] <= band["high"] for band in told)


def quarters(page: Page) -> list[dict[str, Any]]:
    """Return orders beside what was said, by the quarter in which the leads ended."""
    found = []
    for row in page.facts["quarters"]:
        share = row["orders"] / row["n"]
        drawn = whisker(row["low"], share, row["high"], start=0, end=1)
        found.append({**row, "drawn": drawn, "tick": _at(page.usual.rate, 0, 1)})
    return found


def curve(page: Page) -> list[dict[str, Any]]:
    """Return how well each version ranked what came after it; few orders left draw nothing."""
    found = []
    for step in page.facts["curve"]:
        ranked = step["auc"]
        drawn = None
        if ranked["low"] is not None:
            drawn = whisker(
                ranked["low"], ranked["value"], ranked["high"], start=AUC_FROM, end=AUC_TO
            )
        found.append({**step, "learned_from": step["from"], "drawn": drawn})
    return found


def guessing() -> str:
    """Return where 0.5 stands among the rankings."""
    return _at(0.5, AUC_FROM, AUC_TO)


def signals(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the points beside own data, the heaviest first."""
    found = []
    for row in rows:
        data = row.get("data") if row["n"] >= FEWEST_OF_A_SIGNAL else None
        if not row["points"] and data is None:
            continue
        disagrees = data is not None and not row["low"] <= row["points"] <= row["high"]
        drawn = None
        if data is not None:
            drawn = whisker(row["low"], data, row["high"], start=-HALF_SCALE, end=HALF_SCALE)
        found.append(
            {
                **row,
                "code": titles.code(row["feature"]),
                "words": titles.of_bin(row),
                "data": data,
                "disagrees": disagrees,
                "drawn": drawn,
                "tick": _at(row["points"], -HALF_SCALE, HALF_SCALE),
            }
        )
    return sorted(found, key=lambda row: -abs(row["points"]))


def disputed(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the signals worth a look, the disputed first, and how many chance alone disputes."""
    compared = [row for row in rows if row["data"] is not None]
    against = [row for row in compared if row["disagrees"]]
    most = sorted(against, key=_distance, reverse=True)[:DISPUTED_SHOWN]
    heaviest = [row for row in rows if not row["disagrees"]][: SIGNALS_SHOWN - len(most)]
    return {
        "rows": [*most, *heaviest],
        "all": len(rows),
        "compared": len(compared),
        "against": len(against),
        "by_chance": round(len(compared) / 5),
    }


def _distance(row: Mapping[str, Any]) -> float:
    """Return how far the points lie from own data, measured by the interval."""
    width: float = row["high"] - row["low"]
    return abs(row["points"] - row["data"]) / width if width else 0.0


def steps(page: Page) -> list[dict[str, Any]]:
    """Return the four states of trust."""
    names = (
        _("rules and experience"),
        _("mostly experience"),
        _("own data"),
        _("challengers on"),
    )
    spans = [f"{start}–{end}" if end else f"{start}+" for start, end in STATES]
    spans[0] = _("under %(n)s of each kind") % {"n": STATES[0][1]}
    return [
        {"words": words, "span": span, "is_now": at == page.weight.state}
        for at, (words, span) in enumerate(zip(names, spans, strict=True))
    ]


def more(page: Page) -> list[dict[str, Any]]:
    """Return what more outcomes would change at today's share of orders."""
    weight, known = page.weight, page.weight.deals
    growth = (known + MORE) / known
    orders = round(weight.orders * growth)
    rarer = min(orders, known + MORE - orders)
    effective = min(2 * rarer, known + MORE)
    rows: list[dict[str, Any]] = [
        {"words": _("Usable outcomes"), "now": known, "then": known + MORE},
        {"words": _("Orders among them"), "now": weight.orders, "then": f"≈ {orders}"},
    ]
    if weight.experience or not weight.model:
        now, then = weight.next_share, effective / (effective + 50)
        words = _("Weight of your data")
        rows.insert(1, {"words": words, "now": formats.percent(now), "then": formats.percent(then)})
    if page.may_rank and page.blend["auc"]["low"] is not None:
        width = page.blend["auc"]["high"] - page.blend["auc"]["low"]
        narrower = width * (page.n / (page.n + MORE)) ** 0.5
        rows.append(
            {
                "words": _("Width of the AUC's interval"),
                "now": f"{width:.2f}",
                "then": f"≈ {narrower:.2f}",
            }
        )
    return rows


def stops(
    leads: Sequence[LaterLead], page: Page, *, red: Fraction, amber: Fraction
) -> dict[str, Any]:
    """Return what each threshold would have cost, and the leads as dots."""
    shares = sorted({*thresholds.SHARES, red, amber})
    rows = [thresholds.row(leads, share, usual=page.usual.rate) for share in shares]
    worth = page.facts.get("median_order")
    return {
        "rows": [
            {
                "at": row,
                "lost_amount": worth * row.orders_lost if worth else None,
                "is_red": row.share == red,
                "is_amber": row.share == amber,
            }
            for row in rows
        ],
        "red": thresholds.row(leads, red, usual=page.usual.rate),
        "amber": thresholds.row(leads, amber, usual=page.usual.rate),
        "red_percent": round(red * 100),
        "amber_percent": round(amber * 100),
        "lowest": thresholds.LOWEST,
        "highest": thresholds.HIGHEST,
        **_scale(leads, page, red=red, amber=amber),
    }


def _scale(
    leads: Sequence[LaterLead], page: Page, *, red: Fraction, amber: Fraction
) -> dict[str, Any]:
    dots = [
        {"x": f"{dot.x:.1f}%", "y": 96 - 11 * min(dot.level, 7), "shape": dot.shape}
        for dot in thresholds.dots(leads)
    ]
    ticks = [
        {"x": f"{thresholds.place(ratio):.1f}%", "words": words}
        | {"chance": formats.percent(ratio * page.usual.rate)}
        for ratio, words in ((1 / 8, "⅛"), (1 / 4, "¼"), (1 / 2, "½"), (1, "1"), (2, "2"))
    ]
    counts = {shape: sum(lead.shape == shape for lead in leads) for shape in ("free", "other")}
    return {
        "dots": dots,
        "ticks": ticks,
        "red_x": f"{thresholds.place(float(red)):.1f}%",
        "amber_x": f"{thresholds.place(float(amber)):.1f}%",
        "amber_width": f"{thresholds.place(float(amber)) - thresholds.place(float(red)):.1f}%",
        "usual_x": f"{thresholds.place(1):.1f}%",
        "free": counts["free"],
        "other": counts["other"],
        "won": len(leads) - sum(counts.values()),
    }


def gap_rows(found: Sequence[Gap]) -> list[dict[str, Any]]:
    """Return what is missing with its name."""
    names = {
        "value": _("Estimated value"),
        "source": _("Source of the lead"),
        "budget": _("Budget stage"),
        "began": _("Who got in touch"),
        "holder": _("Whether the budget holder was there"),
        "hours": _("Our hours"),
        "step": _("Whether the next step has a date"),
    }
    return [{"words": names[gap.fact], "gap": gap} for gap in found]
