"""The text of a report, wherever a system puts it: conclusion, impression, narrative, or an attached document."""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from cds_service.fhir.elements import MAX_TEXT, objects, text
from cds_service.fhir.ignored import Ignored
from cds_service.fhir.resources import Resource, ResourceSet
from cds_service.record.codes import FreeWords, Said, asked_once
from cds_service.record.index import once, speaking
from cds_service.record.pdf_text import pdf_texts

_BLOCK = re.compile(r"<\s*(?:br|/p|/div|/li|/tr|/h\d|/table|/ul|/ol|/section|/dd|/dt)\b[^>]*>", re.I)
_CELL = re.compile(r"</\s*t[dh]\s*>(?:\s*<\s*t[dh]\b[^>]*>)?", re.I)
_HIDDEN = re.compile(r"<\s*(script|style|head|title)\b.*?<\s*/\s*\1\s*>|<!--.*?-->", re.I | re.S)
_STRUCK = re.compile(r"<\s*(del|s|strike)\b[^>]*>.*?<\s*/\s*\1\s*>", re.I | re.S)
_TAG = re.compile(r"<[^<>]*>")
_SPACES = re.compile(r"[ \t]+")
_LINES = re.compile(r"\n\s*\n\s*\n+")
_IMPRESSION = frozenset({"report-impression", "report-findings", "pathology-diagnosis"})
_IMPRESSION_WORDS = re.compile(r"\b(?:impression|conclusion|findings?|final diagnosis|comment|addendum"
                               r"|beurteilung)\b", re.I)
_LABORATORY = frozenset({"LAB", "HM", "CH", "MB", "laboratory"})
_PDF = "JVBERi"  # "%PDF" in base64
_READABLE = ("text/plain", "text/html", "application/xhtml+xml", "application/xhtml", "text/markdown", "text/xhtml")


def without_markup(markup: str) -> str:
    """The words of an (X)HTML text, one line per block or table row (cells between bars), nothing hidden or struck."""
    page = _STRUCK.sub(" ", _HIDDEN.sub(" ", markup[:MAX_TEXT]))
    page = _TAG.sub("", _CELL.sub(" | ", _BLOCK.sub("\n", page)))
    lines = (_SPACES.sub(" ", line).strip() for line in html.unescape(page).splitlines())
    return _LINES.sub("\n\n", "\n".join(lines)).strip()


def report_text(report: Resource, resources: ResourceSet, ignored: list[Ignored]) -> str:
    """The text of one DiagnosticReport, its parts in a fixed order, each sentence once; "" if there is none.

    The conclusion, the impression and findings Observations, and the document attached; the narrative (text.div)
    if none of these has words or it says to hold more ("additional"): a generated one only repeats them. A PDF without
    a readable text layer and other unread formats are listed as unsupported, unreadable attachments as unreadable.
    """
    words, notices = once(resources, f"report text {id(report)}", lambda: _report_text(report, resources))
    ignored += notices
    return words


def _report_text(report: Resource, resources: ResourceSet) -> tuple[str, list[Ignored]]:
    ignored: list[Ignored] = []
    data = report.data
    parts = [_plain(data.get("conclusion"))]
    if not parts[0] and data.get("conclusion") and not isinstance(data["conclusion"], str):
        ignored.append(Ignored(report.source, "unreadable", "conclusion"))
    impressions = once(resources, "impressions", lambda: {i.source for i in speaking(resources, _is_impression)})
    for target in objects(data.get("result")) if impressions else ():
        observation = resources.resolve(target, within=report)
        if observation is not None and observation.source in impressions:
            parts.append(_plain(observation.data.get("valueString")))
    for attachment in objects(data.get("presentedForm")):
        parts.append(attached_text(attachment, report, resources, ignored))
    if not any(parts) or text(next(objects(data.get("text")), {}).get("status")) == "additional":
        parts.append(narrative(data))
    return "\n\n".join(_each_once(parts)), ignored


def narrative(data: dict[str, Any]) -> str:
    """The words of text.div, unless they are declared empty."""
    found = next(objects(data.get("text")), {})
    if text(found.get("status")) == "empty" or not isinstance(found.get("div"), str):
        return ""
    return without_markup(found["div"])


def attached_text(
    attachment: dict[str, Any], owner: Resource, resources: ResourceSet, ignored: list[Ignored]
) -> str:
    """The words of one Attachment (inline data, or a Binary in the record); "" and listed in ``ignored`` if unread."""
    kind, data = _content(attachment, owner, resources)
    if data is None and not kind and not attachment.get("url"):
        return ""
    if _is_pdf(kind, data) and (read := _pdfs(resources).get(id(data))):
        return _plain(read)
    if kind not in _READABLE and not (kind == "" and data is not None):
        detail = "PDF not read" if kind.endswith("pdf") else "format not read"
        ignored.append(Ignored(owner.source, "unsupported", detail))
        return ""
    if data is None:
        ignored.append(Ignored(owner.source, "unsupported", "attached document not in the record"))
        return ""
    words = _decoded(data, attachment)
    if words is None:
        ignored.append(Ignored(owner.source, "unreadable", "attached document"))
        return ""
    marked_up = kind.endswith(("html", "xhtml+xml", "xhtml")) or "<div" in words[:200]
    return without_markup(words) if marked_up else _plain(words)


def _content(attachment: dict[str, Any], owner: Resource, resources: ResourceSet) -> tuple[str, Any]:
    """The format and the base64 data of an Attachment, its own or those of the Binary it names."""
    kind = text(attachment.get("contentType")).split(";")[0].strip().lower()
    data = attachment.get("data")
    if data is None and (url := text(attachment.get("url"))):
        binary = resources.resolve({"reference": url}, within=owner)
        if binary is not None and binary.type == "Binary":
            data, kind = binary.data.get("data"), kind or text(binary.data.get("contentType")).lower()
    return kind, data


def _is_pdf(kind: str, data: object) -> bool:
    return isinstance(data, str) and (kind.endswith("pdf") or (kind == "" and data.startswith(_PDF)))


def _pdfs(resources: ResourceSet) -> dict[int, str | None]:
    """The text layers of the record's PDFs by the identity of their data; those of the laboratory are not read."""
    return once(resources, "pdf texts", lambda: _read_pdfs(resources))


def _read_pdfs(resources: ResourceSet) -> dict[int, str | None]:
    found: dict[int, str] = {}
    for resource in resources.of("DiagnosticReport", "DocumentReference"):
        if is_laboratory(resource):
            continue
        contents = [content.get("attachment") for content in objects(resource.data.get("content"))]
        for attachment in (*objects(resource.data.get("presentedForm")), *(a for c in contents for a in objects(c))):
            kind, data = _content(attachment, resource, resources)
            if _is_pdf(kind, data):
                found[id(data)] = data
    return dict(zip(found, pdf_texts(list(found.values())), strict=True))


def is_laboratory(report: Resource) -> bool:
    """Whether a report's category is the laboratory."""
    return any(
        text(coding.get("code")) in _LABORATORY
        for concept in objects(report.data.get("category"))
        for coding in objects(concept.get("coding"))
    )


def _decoded(data: object, attachment: dict[str, Any]) -> str | None:
    """Base64 to text: UTF-8, else the charset named, else Latin-1; None if it is no text."""
    if not isinstance(data, str):
        return None
    try:
        raw = base64.b64decode("".join(data[: 8 * MAX_TEXT].split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    if raw.startswith(b"%PDF") or b"\x00" in raw[:1000].replace(b"\xff\xfe", b""):
        return _utf16(raw)
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")


def _utf16(raw: bytes) -> str | None:
    if not raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None
    try:
        return raw.decode("utf-16")
    except UnicodeDecodeError:
        return None


@asked_once
def _is_impression(code: Said) -> bool:
    if code.names & _IMPRESSION:
        return True
    words = " ".join(code.texts)
    return bool(_IMPRESSION_WORDS.search(words)) and len(words) < 80


def _plain(value: object) -> str:
    return value[:MAX_TEXT].strip() if isinstance(value, str) else ""


def _each_once(parts: list[str]) -> Iterator[str]:
    """Parts without those whose words stand wholly in another one."""
    parts = [part for part in parts if part]
    if len(parts) < 2:
        yield from parts
        return
    folded = [" ".join(part.lower().split()) for part in parts]
    for index, part in enumerate(parts):
        repeated = any(
            folded[index] in other and (len(other) > len(folded[index]) or place < index)
            for place, other in enumerate(folded)
            if place != index
        )
        if not repeated:
            yield part


def document_reports(resources: ResourceSet) -> list[Resource]:
    """DocumentReferences and Compositions in the shape of a DiagnosticReport, for the readers of reports.

    The study's day is the period the document is about, else the document's date.
    """
    return once(resources, "documents", lambda: list(_as_reports(resources)))


def _as_reports(resources: ResourceSet) -> Iterator[Resource]:
    for document in resources.of("DocumentReference", "Composition"):
        data = document.data
        about = next(objects(data.get("context")), {}) or next(objects(data.get("event")), {})
        words = document_texts(document, resources, [])
        title = text(data.get("description")) or text(data.get("title"))
        kind = next(objects(data.get("type")), {})
        if title and not kind.get("text"):
            kind = FreeWords(kind, text=title)
        report = {"resourceType": "DiagnosticReport", "status": "final", "code": kind, "conclusion": words,
                  "identifier": data.get("identifier"), "effectivePeriod": about.get("period"),
                  "issued": data.get("date")}  # fmt: skip
        yield replace(document, data=report)


def document_texts(document: Resource, resources: ResourceSet, ignored: list[Ignored]) -> str:
    """The text of a DocumentReference (its attachments) or a Composition (its sections)."""
    words, notices = once(resources, f"text {id(document)}", lambda: _document_texts(document, resources))
    ignored += notices
    return words


def _document_texts(document: Resource, resources: ResourceSet) -> tuple[str, list[Ignored]]:
    ignored: list[Ignored] = []
    if document.type == "DocumentReference":
        found = [
            attached_text(attachment, document, resources, ignored)
            for content in objects(document.data.get("content"))
            for attachment in objects(content.get("attachment"))
        ]
    else:
        found = list(_sections(document.data))
    return "\n\n".join(_each_once(found)) or narrative(document.data), ignored


def _sections(data: dict[str, Any], depth: int = 0) -> Iterator[str]:
    for section in objects(data.get("section")) if depth < 6 else ():
        if words := narrative(section):
            title = text(section.get("title"))
            yield f"{title}:\n{words}" if title else words
        yield from _sections(section, depth + 1)
