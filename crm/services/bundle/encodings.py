"""Text of a bundle: UTF-8 line by line; other encodings are recognised and said, never guessed."""

import codecs
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from crm.services.bundle.problems import BundleRefused

UTF8 = "utf-8"
LONGEST_LINE = 4_000_000
SAMPLE_BYTES = 200_000
BYTE_ORDER_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# The first bytes of the characters that daily text is made of, in each encoding.
DAILY = {"gb18030": range(0xB0, 0xD8), "big5": range(0xA4, 0xC7)}


class NotThisEncoding(ValueError):
    """A line that is not text in the encoding it was read in."""

    def __init__(self, line: int, found: str) -> None:
        """Keep the line, and which encoding the file seems to be in, if any."""
        super().__init__(line)
        self.line, self.found = line, found


class LineTooLong(ValueError):
    """A line without an end."""


def checked(encoding: str) -> str:
    """Return the name of an encoding; refuse what is none."""
    try:
        codec = codecs.lookup(encoding)
        "a,b".encode(codec.name)
    except (LookupError, UnicodeError, TypeError, ValueError):
        raise BundleRefused(
            _("There is no encoding “%s”. Write --encoding gb18030, big5 or utf-16, for example.")
            % encoding[:40]
        ) from None
    return codec.name


def lines(path: Path, encoding: str) -> Iterator[str]:
    """Yield the lines of a file with their ends; a byte order mark is left out."""
    if encoding == UTF8:
        yield from _utf8_lines(path)
        return
    with path.open(encoding=encoding, errors="strict", newline="") as text:
        number = 0
        try:
            while line := text.readline(LONGEST_LINE):
                number += 1
                yield _not_too_long(line.removeprefix("\ufeff") if number == 1 else line)
        except UnicodeError:
            raise NotThisEncoding(number + 1, "") from None


def _utf8_lines(path: Path) -> Iterator[str]:
    with path.open("rb") as raw:
        number = 0
        while line := raw.readline(LONGEST_LINE):
            number += 1
            if number == 1:
                _refuse_wide(path, line)
                line = line.removeprefix(codecs.BOM_UTF8)
            try:
                yield _not_too_long(line.decode())
            except UnicodeDecodeError:
                raise NotThisEncoding(number, recognised(path)) from None


def _refuse_wide(path: Path, first: bytes) -> None:
    if any(first.startswith(mark) for mark in BYTE_ORDER_MARKS) or first[1:2] == b"\0":
        raise NotThisEncoding(1, recognised(path))


def _not_too_long(line: str) -> str:
    if len(line) >= LONGEST_LINE:
        raise LineTooLong
    return line


def recognised(path: Path) -> str:
    """Return the encoding that a file seems to be in, or nothing."""
    with path.open("rb") as raw:
        sample = raw.read(SAMPLE_BYTES)
    for mark, name in BYTE_ORDER_MARKS.items():
        if sample.startswith(mark):
            return name
    if sample[1:2] == b"\0":
        return "utf-16-le"
    shares = {name: _daily_share(sample, name, leads) for name, leads in DAILY.items()}
    best = max(shares, key=lambda name: shares[name])
    return best if shares[best] > 0.5 else ""


def _daily_share(sample: bytes, encoding: str, leads: range) -> float:
    """Return how much of the text beyond ASCII is daily text, were it in that encoding."""
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(sample)
    except UnicodeDecodeError:
        return 0.0
    beyond = [letter for letter in text if letter > "\x7f"]
    daily = sum(letter.encode(encoding)[0] in leads for letter in beyond)
    return daily / len(beyond) if beyond else 0.0


def advice(file: str, encoding: str, found: str) -> str:
    """Return the sentence that says how to go on."""
    if encoding != UTF8:
        return _("is not text in %s. Name the right one after --encoding.") % encoding
    if not found:
        return _("is not UTF-8. Save the file as “CSV UTF-8”.")
    return _(
        "is not UTF-8; it looks like %(encoding)s. Run the import again with --encoding"
        " %(encoding)s, or convert the file: iconv -f %(encoding)s -t UTF-8 %(file)s > new.csv"
    ) % {"encoding": found, "file": file}
