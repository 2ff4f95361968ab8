"""Company and personal names: search keys in pinyin, and the key that finds doubles."""

import re
import unicodedata

LEGAL_FORMS = re.compile(
    r"(集团)?(股份)?有限(责任)?公司|集团|公司|\b(co|corp|inc|ltd|llc|gmbh|ag|sa|limited|company)\b\.?",
    re.IGNORECASE,
)
NOT_A_LETTER = re.compile(r"[\W_]+")


def pinyin(name: str) -> str:
    """Return a name in pinyin without tones or spaces, other letters kept in lower case."""
    # Its dictionary takes about 60 MB: only a process that saves or seeks names reads it.
    from pypinyin import lazy_pinyin

    return "".join(lazy_pinyin(name)).lower().replace(" ", "")[:400]


def initials(name: str) -> str:
    """Return the first letters of a name's syllables."""
    from pypinyin import Style, lazy_pinyin

    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).lower().replace(" ", "")[:100]


def name_key(name: str) -> str:
    """Return a name without width, case, brackets and legal form, to find the same firm again."""
    plain = unicodedata.normalize("NFKC", name).lower()
    key = NOT_A_LETTER.sub("", LEGAL_FORMS.sub("", plain))
    return (key or NOT_A_LETTER.sub("", plain) or plain.strip())[:200]
