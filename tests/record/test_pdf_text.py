"""PDF documents: the text layer of a usual one; nothing of one that is hostile, hidden, scanned or unfinished."""

from __future__ import annotations

import time
import zlib

import pytest

from cds_service.record.pdf_text import pdf_texts
from tests.pdf import base64_of, pdf, with_contents

WORDS = "68Ga-DOTATATE PET/CT of 10 May 2026.\nLiver metastasis, 40 mm, Krenning score 3."
_KEY = b"00" * 32
ENCRYPTED = b"/ID [<00><00>] /Encrypt << /Filter /Standard /V 1 /R 2 /O <%s> /U <%s> /P -4 >>" % (_KEY, _KEY)


def read(document: bytes) -> str | None:
    return pdf_texts([base64_of(document)])[0]


def test_lines_and_pages() -> None:
    found = read(pdf(WORDS, "Ki-67 (MIB-1): 8 %."))
    assert found is not None
    assert found.split() == f"{WORDS}\nKi-67 (MIB-1): 8 %.".split()
    assert "\n" in found


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(b"%PDF-1.4", id="cut short"),
        pytest.param(b"nothing of the kind", id="no PDF"),
        pytest.param(pdf(WORDS, trailer=ENCRYPTED), id="encrypted"),
        pytest.param(pdf(""), id="no text layer"),
        pytest.param(pdf(WORDS, "", resources=b"/XObject << /Im0 3 0 R >>"), id="second page scanned"),
        pytest.param(pdf(*[WORDS] * 41), id="too many pages"),
        pytest.param(pdf((WORDS + "\n") * 2000), id="too many characters"),
        pytest.param(pdf("\x01\x02 3 4 5 6 7 8 9 0"), id="letters of an unknown font"),
        pytest.param(pdf(WORDS).replace(b"[4 0 R]", b"[2 0 R]"), id="pages that hold themselves"),
    ],
)
def test_what_cannot_be_read_whole_is_not_read(document: bytes) -> None:
    assert read(document) is None


def test_base64_that_is_none() -> None:
    assert pdf_texts(["%%%", "ä", ""]) == [None, None, None]


def test_hostile_documents_cost_little_and_leave_the_others_alone() -> None:
    bomb = with_contents([_bomb()], extra=b"/Filter [/FlateDecode /FlateDecode]")
    endless = with_contents([b"q " * 3_000_000])
    huge = pdf(WORDS) + b" " * 7_000_000
    begin = time.monotonic()
    found = pdf_texts([base64_of(document) for document in (bomb, endless, huge, pdf(WORDS))])
    assert found[:3] == [None, None, None]
    assert found[3] is not None and "Krenning score 3" in found[3]
    assert time.monotonic() - begin < 15


def _bomb() -> bytes:
    """A few kB that unfold to gigabytes."""
    packer = zlib.compressobj(9)
    once = b"".join(packer.compress(bytes(1_000_000)) for _ in range(2000)) + packer.flush()
    return zlib.compress(once, 9)
