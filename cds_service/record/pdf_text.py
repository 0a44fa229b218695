"""The words of the PDF documents of a record, within hard limits of size, time and memory."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

_CHILD = str(Path(__file__).with_name("pdf_child.py"))
_LONGEST = 8_000_000  # base64 characters of one document, about 6 MB
_MOST_TOGETHER = 24_000_000
_SECONDS = 6.0  # for all documents of a record


def pdf_texts(documents: Sequence[str]) -> list[str | None]:
    """The text layer of each document (base64), None where it cannot be read whole.

    A document that brings the reading process down is passed over; when time is up the rest is not read. Never raises
    on any content.
    """
    texts: list[str | None] = [None] * len(documents)
    waiting = list(_small_enough(documents))
    until = time.monotonic() + _SECONDS
    while waiting and (left := until - time.monotonic()) > 0:
        lines = _read([documents[place] for place in waiting], left)
        for place, line in zip(waiting, lines, strict=False):
            texts[place] = line
        waiting = waiting[len(lines) + 1 :]
    return texts


def _small_enough(documents: Sequence[str]) -> list[int]:
    total, kept = 0, []
    for place, document in enumerate(documents):
        if len(document) <= _LONGEST and total + len(document) <= _MOST_TOGETHER:
            total += len(document)
            kept.append(place)
    return kept


def _read(documents: Sequence[str], seconds: float) -> list[str | None]:
    """The answers up to the end, or up to the document that ended the process."""
    said = "".join("".join(document.split()) + "\n" for document in documents).encode("ascii", "replace")
    try:
        done = subprocess.run(  # noqa: S603  no shell; no argument comes from the record
            [sys.executable, "-I", _CHILD], input=said, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            timeout=seconds, check=False, env={},
        )  # fmt: skip
        output = done.stdout
    except subprocess.TimeoutExpired as late:
        output = late.stdout or b""
    except OSError:  # no process to be had
        output = b""
    found: list[str | None] = [json.loads(line) for line in output.splitlines(keepends=True) if line.endswith(b"\n")]
    return found
