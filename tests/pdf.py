"""Small PDF files written by hand."""

from __future__ import annotations

import base64
from collections.abc import Iterable

_FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"


def pdf(*pages: str, trailer: bytes = b"", resources: bytes = b"") -> bytes:
    """A PDF with one page per text, one line of type per line of text."""
    return with_contents((_shown(page) for page in pages), trailer=trailer, resources=resources)


def with_contents(
    contents: Iterable[bytes], *, trailer: bytes = b"", resources: bytes = b"", extra: bytes = b""
) -> bytes:
    """A PDF with one page per content stream; ``extra`` goes into the dictionary of each stream."""
    streams = list(contents)
    kids = b" ".join(b"%d 0 R" % (4 + 2 * n) for n in range(len(streams)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(streams)), _FONT,
    ]  # fmt: skip
    for n, stream in enumerate(streams):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> %s >> >>" % (5 + 2 * n, resources)
        )
        objects.append(b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(stream), extra, stream))
    return _file(objects, trailer)


def base64_of(document: bytes) -> str:
    return base64.b64encode(document).decode()


def _shown(page: str) -> bytes:
    lines = (line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)") for line in page.splitlines())
    shown = b" T* ".join(b"(%s) Tj" % line.encode("cp1252") for line in lines)
    return b"BT /F1 11 Tf 14 TL 50 780 Td %s ET" % shown


def _file(objects: list[bytes], trailer: bytes) -> bytes:
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n"
        % (len(objects) + 1, table, len(objects) + 1, trailer, len(out))
    )
