"""Plain report text -> sentences, each with the section it stands in.

A section decides what a value means: what stands under "Clinical information" or "Comparison" was not found by this
examination, what stands under "Addendum" overrules the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from cds_service.narrative.starts import starts_of, where
from cds_service.narrative.words import Said, Words

LONGEST_SENTENCE = 1500  # characters; longer is not prose and is left unread
MOST_SENTENCES = 2000  # a text with more is no report and is left unread

Span = tuple[int, int]  # start, end in the plain text


class Section(Enum):
    """Kinds of sections; BODY is text before any heading."""

    BODY = "body"
    INDICATION = "indication"
    TECHNIQUE = "technique"
    COMPARISON = "comparison"
    FINDINGS = "findings"
    IMPRESSION = "impression"
    RECOMMENDATION = "recommendation"
    ADDENDUM = "addendum"
    LEGEND = "legend"


_HEADINGS: tuple[tuple[Section, str], ...] = (
    (
        Section.ADDENDUM,
        r"addend(?:um|a)|(?:report )?amendments?|amended report|corrected report|corrections?(?: (?:to|"
            r"of) (?:the )?(?:above |previous )?report)?|corrigend(?:um|a)|"
        r"errat(?:um|a)|supplement(?:ary report|al report)?|revised report",
    ),
    (
        Section.INDICATION,
        r"(?:relevant )?clinical (?:information|history|indication|question|data|details?|context|background|"
            r"notes?|summary|"
        r"presentation|diagnosis|problem)|indications?(?: for (?:the )?(?:exam\w*|study|scan))?|(?:medical |"
            r"past |oncolog\w+ |"
        r"patient |past medical |treatment |family |brief )*history(?: and question)?|"
            r"reason for (?:the )?(?:exam\w*|study|referral|request|scan)|"
        r"anamnesis|clinical|background|referral(?: diagnosis| question)?|questions?|previous (?:therap\w+|"
            r"treatments?)|"
        r"(?:current |prior )?therap(?:y|ies)|treatments?|known diagnos[ie]s|justification",
    ),
    (
        Section.COMPARISON,
        r"comparisons?(?: (?:studies|study|with|exam\w*|imaging))?|(?:prior|previous|earlier|external|relevant prior) "
        r"(?:stud(?:y|ies)|imaging|exam\w*|scans?|reports?|findings|results?|patholog\w+|histolog\w+|biops(?:y|"
            r"ies)|pet\S*)(?: \([^)\n]{0,30}\))?|priors?",
    ),
    (
        Section.LEGEND,
        r"legends?|key|(?:modified )?krenning (?:scale|scoring(?: system)?|classification|score legend|key)|"
            r"scales?|scoring(?: system| scheme)?|"
        r"grading (?:criteria|system|scheme)|interpretation (?:guide|criteria|key)|definitions?|explanations?|"
            r"disclaimer|glossary|"
        r"who classification|reference (?:ranges?|tables?)|score definitions?",
    ),
    (
        Section.RECOMMENDATION,
        r"recommendations?|advice|plan|suggestions?|proposals?|proposed (?:management|procedure)|next steps?|"
            r"further (?:management|procedure)",
    ),
    (
        Section.TECHNIQUE,
        r"techniques?|procedure|protocol|methods?|methodology|acquisition|imaging protocol|scan protocol|"
        r"(?:radio)?(?:pharmaceuticals?|tracers?)|exam(?:ination)?s?|stud(?:y|ies)|(?:type of )?(?:exam\w*|"
            r"investigation)|(?:exam\w*|study) performed",
    ),
    (
        Section.FINDINGS,
        r"(?:pet|pet/ct|ct|imaging|main|detailed|other|additional|key|current|scintigraphic|"
            r"nuclear medicine) findings?|findings?|reports?|"
        r"results?|descriptions?|micro(?:scopy|scopic\w*(?: description| findings?)?)|macro(?:scopy|"
            r"scopic\w*(?: description)?)|"
        r"gross(?: description)?|immunohistochem\w+|ihc|histolog\w+|observations?|lesions|measurements?|"
            r"(?:current|present|today'?s)(?: (?:study|exam\w*|pet\S*|ct|findings?|results?|scan|imaging|report))?|"
            r"today|now",
    ),
    (
        Section.IMPRESSION,
        r"impressions?|conclusions?|summary|(?:overall )?assessment|opinion|interpretation|(?:final |"
            r"pathological |histological )?diagnos[ie]s|"
        r"evaluation|appraisal|judg\w+|comments?|answer|synopsis|overall|result summary",
    ),
)  # fmt: skip
_TITLE = "|".join(f"(?P<{section.name}>{words})" for section, words in _HEADINGS)
_TITLE_BEGINS = where(starts_of(rf"\b(?:{_TITLE})")).removeprefix(r"\b")
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_STAMP = (
    r"(?:\s(?:no\.?|#)?\s?\d{1,2}(?![\d./]))?(?:\s(?:of|from|dated|"
    rf"on)?\s?\(?(?:\d[\d./-]{{3,9}}|\d{{1,2}}\.?\s{_MONTH}(?:\s\d{{4}})?|{_MONTH}\s\d{{1,2}}(?:,?\s\d{{4}})?)\)?)?"
    r"(?:\sby\s[^:\n]{1,40})?(?:\s?\([^)\n]{0,40}\))?"
)
_LINE_HEADING = Words(
    rf"[#*_>\u2022\d.)\s-]{{0,8}}+{_TITLE_BEGINS}(?:{_TITLE}){_STAMP}[*_]{{0,3}}\s?(?:[:=]|-(?=\s)|[*_]{{1,3}}:?|(?=\n|$))"
)
_INLINE_HEADING = re.compile(rf"(?<=[.;?!)\]])\s(?:{_TITLE}){_STAMP}\s?:", re.I)
_BULLET = re.compile(r"\s*(?:[\u2022*+>#-]\s|\(?\d{1,2}[.)]\s|[a-hA-H][.):]\s|\|)")
_ABBREVIATED = re.compile(
    r"\b(?:approx|ca|dr|prof|no|nr|vs|cf|e\.g|i\.e|seg|segm|segs|max|min|resp|fig|prev|incl|st|p|s|mr|ms|mrs|"
    r"bzw|e|g|i|z|b|"
    r"susp|poss|prob|diff|neg|pos|ln|lnn|pat|hist|jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec)\.$",
    re.I,
)
_ITEM = re.compile(r"\s*\d{1,2}\.")
_STOP = re.compile(r"[.!?](?:(?<![.!?].)[.!?]*+[\"')\]]*+(?=\s)|(?<=[a-z]{3}\.)(?=[A-Z][a-z])|(?<=%\.)(?=[A-Z]))")
_EXAM = (
    r"(?:\[?\d{2,3}m?\]?[- ]?\[?(?:ga|cu|f|in|tc)\b|\[?(?:ga|cu|f|in|tc)[- ]?\d{2}|dota|fdg|pet|ct\b|mri?\b|spect|"
    r"somatostatin)"
)
_ORGAN = (
    r"(?:\d[.)]\s)?(?:liver|hepatic|pancrea\w*|gastric|ileal|duodenal|rectal|lymph\w*|bones?|skeleton|head|"
    r"neck|thorax|chest|abdomen|pelvis|lungs?|mesenter\w+|stomach|"
    r"duodenum|ileum|"
    r"jejunum|small bowel|colon|rectum|appendix|caecum|cecum|spleen|adrenals?|micro\w+|macro\w+)"
)
_RESUMES = re.compile(rf"\s*(?:{_EXAM}[^:.\n]{{0,60}}(?::|$)|{_ORGAN}\b[^:.\n]{{0,30}}:)", re.I)
_EARLIER_STUDY = re.compile(
    r"\b(?:(?:19|20)\d\d|\d{1,2}[./]\d{1,2}[./]\d\d|pet|ct|mri?|scans?|stud(?:y|ies)|exam\w*|none|no)\b", re.I
)
_SHORT = (Section.TECHNIQUE, Section.COMPARISON, Section.LEGEND)
_OPEN_END = re.compile(
    r"(?:[,(/-]|\b(?:the|of|in|and|or|with|a|an|to|by|is|are|was|no|not|than|score|grade|krenning|segments?|for|"
    r"from|at))$",
    re.I,
)


class Sentence(NamedTuple):
    """`text` has the same length as its stretch of the plain text, which starts at `start`; line breaks are spaces.

    `block` numbers the paragraph or list item; `unread`: too long to be a sentence.
    """

    text: Said
    start: int
    section: Section
    block: int
    unread: bool = False


def _section(match: re.Match[str]) -> Section:
    return Section[match.lastgroup or Section.BODY.name]


def _goes_on(line: str, following: str, widest: int) -> bool:
    """Whether a line break stands inside a sentence (hard-wrapped text)."""
    bare, onward = line.rstrip(), following.lstrip()
    if not onward or bare.endswith((":", ";", "|")) or "|" in following or "\t" in bare.strip():
        return False
    if bare.endswith((".", "!", "?")):
        open_end = len(bare) > 40 and _ABBREVIATED.search(bare[-6:]) is not None
    elif onward[0].islower():
        open_end = len(bare) > 40 or _OPEN_END.search(bare[-12:]) is not None
    else:
        open_end = (len(bare) > 60 and len(bare) > 0.75 * widest) or _OPEN_END.search(bare[-12:]) is not None
    return open_end and not _BULLET.match(following) and not _LINE_HEADING.match(following)


def _blocks(text: str) -> Iterator[tuple[int, int, Section, int, int]]:
    """Stretches (start, end, section, number of the block, number of the heading) that hold whole sentences."""
    lines = text.split("\n")
    widest = min(max(map(len, lines)), 120)
    section, at, begin, block, heading = Section.BODY, 0, 0, 0, 0
    same_line = False  # the section's heading and its words stand on one line
    for index, line in enumerate(lines):
        end = at + len(line)
        if begin == at:
            title = _LINE_HEADING.match(line[:160])
            if title is not None:
                section, begin = _section(title), at + title.end()
                same_line = bool(line[title.end() :].strip())
                block, heading = block + 1, heading + 1
            elif _section_is_over(section, same_line, line[:160]):
                section, heading = Section.BODY, heading + 1
        following = lines[index + 1] if index + 1 < len(lines) else ""
        if not line.strip():
            block += 1
            if section in _SHORT and (same_line or section is not Section.LEGEND):
                section, heading = Section.BODY, heading + 1
        if end - begin > LONGEST_SENTENCE or not _goes_on(line[-200:], following[:200], widest):
            if begin < end and not text[begin:end].isspace():
                yield begin, end, section, block, heading
            begin = end + 1
            if _BULLET.match(line) or _BULLET.match(following):
                block += 1
        at = end + 1


def _section_is_over(section: Section, same_line: bool, line: str) -> bool:
    """Whether a line without a heading leaves a one-line section such as "Indication: ..."."""
    if not same_line or not line.strip():
        return False
    if section is Section.TECHNIQUE:
        return True
    if section is Section.INDICATION:
        return _RESUMES.match(line) is not None
    if section is Section.COMPARISON:
        return _RESUMES.match(line) is not None or _EARLIER_STUDY.search(line) is None
    return False


def _cut(text: str, begin: int, end: int, section: Section, block: int) -> Iterator[Sentence]:
    start = begin
    for match in _STOP.finditer(text, begin, end):
        if match.end() < end - 1 and _ABBREVIATED.search(text, max(start, match.start() - 6), match.start() + 1):
            continue
        following = text[match.end() : match.end() + 2].strip()
        if following and following[0].islower() and match.end() - start < 12:
            continue
        if match.end() - start < 6 and _ITEM.match(text, start, match.end()):
            continue
        yield from _sentence(text, start, match.end(), section, block)
        start = match.end()
    yield from _sentence(text, start, end, section, block)


def _sentence(text: str, begin: int, end: int, section: Section, block: int) -> Iterator[Sentence]:
    words = text[begin:end]
    if not words.strip():
        return
    if len(words) > LONGEST_SENTENCE:
        yield Sentence(Said(""), begin, section, block, unread=True)
    else:
        yield Sentence(Said(words.replace("\n", " ").replace("\t", " ")), begin, section, block)


def sentences(text: str) -> list[Sentence]:
    """All sentences of a plain text in order; linear in its length."""
    found: list[Sentence] = []
    current, under = Section.BODY, -1
    for begin, end, section, block, heading in _blocks(text):
        if heading != under:
            current, under = section, heading
        start = begin
        if text.find(":", begin, end) >= 0:
            for title in _INLINE_HEADING.finditer(text, begin, end):
                found += _cut(text, start, title.start() + 1, current, block)
                current, start = _section(title), title.end()
        found += _cut(text, start, end, current, block)
        if len(found) > MOST_SENTENCES:
            return [Sentence(Said(""), 0, Section.BODY, 0, unread=True)]
    return found
