"""Stored reasons with every param that a sentence may ask for."""

from crm.short_reasons import LINES

CODES = sorted({code for code, _needed, _words in LINES})
PARAMS = {
    "ask": "TECH_SELECTION", "value": 3_600_000, "n": 12, "d": 31, "d1": 2, "d2": 11.5, "g": 14,
    "c": 0, "k": 3, "h": 40, "p": 0, "q": 3, "stage": "PILOT_WITHOUT_BUDGET", "dept": "创新战略部",
    "answer": "NO_ANSWER", "stance": "WATCHING", "b": 4, "a": 5, "author": "US", "x": 480_000,
}  # fmt: skip


def reason(code: str, points: float) -> dict[str, object]:
    """Return a stored reason with every param that a sentence may ask for."""
    params = {key: value for key, value in PARAMS.items() if key != "answer" or code == "F24"}
    return {"code": code, "points": points, "params": params, "rows": []}
