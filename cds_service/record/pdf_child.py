"""The text layer of PDF documents, in a process of its own that may be hung, bloated or killed without harm.

Run as a script: one base64 document a line on stdin, one JSON text a line on stdout, null where it cannot be read
whole. Imports nothing of this project.
"""

from __future__ import annotations

import base64
import io
import json
import resource
import signal
import sys
from types import FrameType

from pypdf import PageObject, PdfReader

MOST_PAGES = 40
MOST_CHARACTERS = 100_000
SECONDS = 2  # of processor time, one document
_MEMORY = 512 * 1024 * 1024
_LEAST_LETTERS = 0.4  # share of the visible characters; below it the font's letters are not those of the page


class TimeUp(BaseException):
    """No Exception, so that no handler of the PDF library swallows it."""


def text_layer(document: bytes) -> str | None:
    """All pages' words; None if encrypted, too long, without text, partly images, or in letters nobody can read."""
    reader = PdfReader(io.BytesIO(document))
    if reader.is_encrypted or len(reader.pages) > MOST_PAGES:
        return None
    found: list[str] = []
    for page in reader.pages:
        words = page.extract_text().strip()
        if not words and _has_images(page):
            return None  # what stands there is not known
        found.append(words)
        if sum(map(len, found)) > MOST_CHARACTERS:
            return None
    text = "\n\n".join(words for words in found if words)
    return text if _legible(text) else None


def _has_images(page: PageObject) -> bool:
    resources = page.get("/Resources")
    return resources is not None and "/XObject" in resources.get_object()


def _legible(text: str) -> bool:
    visible = [c for c in text if not c.isspace()]
    if any(c == "\ufffd" or not c.isprintable() for c in visible if c != "\xad"):
        return False
    return sum(c.isalpha() for c in visible) > _LEAST_LETTERS * len(visible)


def _time_up(_signal: int, _frame: FrameType | None) -> None:
    raise TimeUp


def _one(line: bytes) -> str | None:
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        return text_layer(base64.b64decode(line))
    except (Exception, TimeUp):  # a broken document, whatever the library makes of it
        return None
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (10, 10))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGVTALRM, _time_up)
    for line in sys.stdin.buffer:
        print(json.dumps(_one(line)), flush=True)


if __name__ == "__main__":
    main()
