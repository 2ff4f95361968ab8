"""A file as an answer: CSV line by line, a workbook by way of a temporary file."""

from collections.abc import Callable, Iterable
from tempfile import TemporaryFile
from typing import IO

from django.http import FileResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FileAnswer = StreamingHttpResponse | FileResponse


def csv(name: str, lines: Iterable[str]) -> StreamingHttpResponse:
    """Answer with the lines of a CSV file while they are read."""
    return StreamingHttpResponse(
        lines,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": content_disposition_header(True, name)},
    )


def workbook(name: str, write: Callable[[IO[bytes]], object]) -> FileResponse:
    """Answer with what `write` puts into a file; the answer closes it."""
    target = _target()
    write(target)
    target.seek(0)
    return FileResponse(target, as_attachment=True, filename=name, content_type=XLSX)


def _target() -> IO[bytes]:
    return TemporaryFile()
