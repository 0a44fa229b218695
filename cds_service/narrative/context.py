"""How a sentence means what it says: negated, hedged, of an earlier time, conditional, about someone else.

Each cue has a reach inside its sentence (in the manner of ConText: Harkema 2009), ended by semicolons, contrast words,
the bracket it stands in and, for most cues, commas.
"""

from __future__ import annotations

import re
from functools import cached_property

from cds_service.narrative.sections import Section, Sentence
from cds_service.narrative.words import Words

MOST_CUES = 60  # of one kind in one sentence; more is not prose

_CONTRAST = Words(
    r"\b(?:but|however|whereas|while|although|though|except|apart from|with the exception of|on the other hand|"
    r"yet|otherwise)\b"
)
_NEGATION = Words(
    r"\b(?:no(?! longer\b| doubt| 1| relevant change| significant change)|not(?! only\b| (?:be )?exclude)|"
    r"without(?! exception)|none(?: of)?|never|neither|nor|absence of|absent|"
    r"lack(?:s|ing)?(?: of)?|negative for|free of|w/o|resolution of|instead of|rather than)\b"
)
_NEGATED_BEFORE = Words(
    r"\b(?:(?:is|are|was|were|has been|have been|can|could)?\s?(?:not|no longer)\s(?:be\s)?(?:\w+\s)?(?:seen|"
    r"detect\w+|visible|present|identif\w+|found|"
    r"delineat\w+|demonstra\w+|appreciat\w+|evident|confirmed|met|fulfilled|reached|available|performed|used|"
    r"administered)(?! (?:on|in|by) (?:the )?(?:CT|MRI?|ultrasound|conventional|morpholog|low-dose))|absent|"
    r"(?<!not be )(?<!cannot be )(?<!be )(?<!not )excluded|"
    r"(?<!not be )(?<!cannot be )ruled out|(?:has|have) (?:resolved|disappeared|vanished)|(?:are|is) no longer\b)"
)
# "no change of the metastases" does not deny the metastases
_NOT_OF_LESION = Words(
    r"\b(?:change|changes|progress\w*|increase\w*|growth|grow|decrease\w*|difference|uptake|expression|"
    r"expressing|accumulat\w+|avidity|enhanc\w+|enlarge\w+|"
    r"larger|smaller|regress\w*|response|washout|take|takes|show|shows|given|reported|available|covered|"
    r"assess\w+|FDG uptake)\b"
)
_HEDGE = Words(
    r"\b(?:possibl[ey](?! (?:from|if|now|after|as|in principle))|probabl[ey]|likely|unlikely|suspect\w*|"
    r"suspicio\w*|presum\w+|questionabl[ey]|equivocal|indeterminate|uncertain|unclear|"
    r"(?<!\d )may(?! (?:\d|become|be (?:considered|discussed|offered|reconsidered)))|might(?! (?:become|"
    r"be (?:considered|discussed|offered|reconsidered)))|"
    r"could (?:be|represent|correspond|reflect)(?! (?:considered|discussed|offered))|suggest(?:s|ive|"
    r"ing)?(?! (?:to|a repeat|repeat|biopsy|fdg|pet|follow))\b|seems?|"
    r"cannot (?:be )?(?:\w+ )?(?:exclude|rule)\w*|can ?not be (?:exclude|rule)\w*|"
    r"not (?:be )?(?:\w+ )?excluded|to be excluded|borderline|potentially|perhaps|unsure|query|"
    r"differential(?: diagnosis)?|DD|favou?r(?:s|ed|ing)?|estimated at|arguabl[ey]|tentativ\w+|apparently|"
    r"appears? to)\b|(?:^|[\s(])\?(?=\w)"
)
_HEDGE_AFTER = Words(
    r"cannot (?:be )?(?:\w+ )?(?:excluded|ruled out|confirmed)|not (?:be )?excluded|\b(?:is|are|remains?|but|"
    r"being|as)\s(?:\w+\s)?(?:questionable|equivocal|indeterminate|uncertain|unclear|"
    r"suspected|unreliable|doubtful|tentative|suspicious|borderline)|\b(?:is|are|seems?) (?:un|very un)?likely|"
    r"\bimprobable|\bnot reliable|\bunreliable|\bto be confirmed|\bneeds? confirmation|"
    r"\bunder reserve|\bwith caution|\(\?\)|\?(?=\s|$|\))|\(estimated|\b(?:equivocal|questionable|tentative|"
    r"unconfirmed)\b"
)
_STUDY = (
    r"(?:stud(?:y|ies)|scans?|exam(?:ination)?s?|PET\S*|CT\b|MRI?\b|SPECT\S*|imaging|reports?|biops(?:y|ies)|"
    r"specimens?|resection|investigation|"
    r"scintigraphy|scintigram|assessment|values?|reading|time ?point|measurement|octreoscan|DOTA\w+|FDG|"
    r"staging|results?|findings)"
)
_OLD = (
    r"(?:previous|prior|last|earlier|initial|baseline|first|old|outside|external|preceding|foregoing|"
    r"pre-?treatment|pre-?therapeutic|former|recent|pretherapeutic)"
)
_DATE = (
    r"(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}[./]\d{2,4}|\d{4}-\d\d(?:-\d\d)?|(?:\d{1,2}\.?\s)?(?:jan|feb|"
    r"mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*\.?,?\s?"
    r"(?:\d{1,2},?\s)?(?:(?:19|20)\d\d)?|(?:19|20)\d\d)"
)
_STUDY_PHRASE = (
    rf"(?:the |a |an |that of |those of |our |his |"
    rf"her )*(?:{_OLD}\s)?(?:\S+\s){{0,3}}?(?:{_STUDY})(?:/\w+)?(?:\s(?:of|from|dated|on|in|"
    rf"performed on)\s(?:the\s)?{_DATE})?(?:\s\(?{_DATE}\)?)?"
)
_COMPARED = Words(
    r"\b(?:(?:similar|identical|comparable|equal|analogous|corresponding) to(?= (?:the )?(?:previous|prior|"
    r"last|earlier|baseline|initial))|(?:as |when )?compar(?:ed|ison|ing|able)(?: is made)?(?: (?:with|to))|"
    r"in comparison (?:with|to)|relative to|as opposed to|versus|vs\.?|than|against|since|"
    r"(?:un)?changed (?:to|from|since|on|in)|up from|down from|as(?: already| previously)?(?: (?:seen|"
    r"described|noted|known|reported|visible))? (?:in|on|at|from)|already (?:seen|described|noted|known|"
    r"reported|visible) (?:in|on|at|from)|as)\s"
)
_WHOLE_PHRASE = Words(
    rf"{_STUDY_PHRASE}(?:\s\([^)]*\))?|(?:before|previously|earlier|the previous one|prior|baseline|{_DATE})"
)
_EARLIER = Words(
    r"\b(?:previously(?! (?:noted|described|seen|known|reported|identified|demonstrated|treated|irradiated|"
    r"documented|mentioned|visible|detected|avid)\s(?!krenning|suv|ki|score|grade|g\d|\d))|formerly|formely|"
    r"initially|originally|before(?! (?:PRRT|starting|the next|further))|prev(?:\.|\b)|"
    r"prior(?=[:\s)]\s?(?:krenning|suv|value|score|ki|grade|\d|was))|prior:|previous(?=[:\s]\s?(?:krenning|suv|"
    r"value|score|ki|\d))|"
    r"earlier(?=[:\s,)]|$)|at that time|old value|last time|pre-?treatment|pre-?therapy|years? ago|months? ago|"
    r"weeks? ago|in the past|at (?:first |initial )?diagnosis|"
    r"had (?:been|shown|demonstrated|had)|at baseline|baseline(?=[:\s]\s?(?:krenning|suv|value|score|ki|\d))|"
    r"unresectable then|then\)|last year|history of|h/o|status post|formerly|known from|wrongly|erroneously|"
    r"mistakenly|incorrectly|originally|"
    r"instead of|rather than|and not(?= (?:krenning|ki|g?\d|stable|progress|partial|complete))|"
    r"not(?= (?:stable disease|progressive disease|partial response|complete response|[0-4]\b(?! (?:lesion|met|"
    r"further)))))"
)
_EARLIER_STUDY = Words(
    rf"\b(?:(?:on|in|at|of|the|from|an|a)\s)*{_OLD}\s(?:\S+\s){{0,3}}?{_STUDY}|\bat baseline\b|"
    rf"(?:^|[.;:(]\s?)(?:in|from|of|on)?\s?{_DATE}\s?(?::|showed|there was|with|\w*\sPET)|(?:^|;\s?)\s*in\s{_DATE}\b|"
    rf"\b(?:in|from|of|dated|on|biopsy|resection|specimen|surgery|histology|pathology|PET|CT|MRI)\s(?:of\s|"
    rf"from\s|in\s|dated\s|on\s)?(?:the\s)?\(?{_DATE}(?!\s?(?:mm|cm))"
)
_YEAR_IN_BRACKETS = re.compile(
    rf"\((?![^()]*\b(?:was|were|previous\w*|prior|before|earlier|on|WHO|AJCC|UICC|ENETS|TNM|edition|classification|"
    rf"RECIST|ed)\b)(?:[^()\d]{{0,40}}\s)?{_DATE}\)",
    re.I,
)
_OLD_WORDS = Words(rf"\b(?:{_OLD}|previously|before|earlier|{_DATE})\b")
_CLASSIFICATION = re.compile(
    r"\b(?:WHO|AJCC|UICC|ENETS|TNM|RECIST|edition|classification|criteria)\b[\w\s,]{0,25}$", re.I
)
_SAID_BEFORE = re.compile(r"(?:\s(?:the\s)?[a-z]+){0,2}?\s(?:and|but)\s", re.I)
_PREPOSITION = re.compile(r"\s?(?:on|in|at|from|by)\s", re.I)
_TITLE_ENDS = re.compile(r"(?:PET\S*|\bCT|MRI?|scan|study|exam\w*|TATE|TOC|NOC|FDG|report|addendum)\W*$", re.I)
_VALUE_ENDS = re.compile(
    r"(?:\d\s?%?|(?<!segment )(?<!seg )(?<!seg. )\b(?:I{1,3}|IV)|disease|response|remission|NEC|stable)\W{0,2}$", re.I
)
_AGO_IN_BRACKETS = Words(r"\([^()%]{0,40}\bago\)")
_NOW = Words(
    r"\b(?:now(?:adays)?|currently|current|today|at present|present(?:ly)?(?= (?:study|scan|exam\w*|PET|CT|"
    r"imaging|investigation))|presently|this (?:study|scan|exam\w*|PET|time)|"
    r"meanwhile|correct (?:score|value|grade)|should read|corrected to|is (?:now|currently))\b"
)
_IF = Words(
    r"\b(?:if|should (?:the|ki|krenning|it|this|uptake|there|progress\w*)|would|in (?:the )?case of|"
    r"in the event|unless|provided(?: that)?|may become|might become|could become|"
    r"may be(?:come)? (?:resectable|operable)|to become|hop(?:ed?|ing)|thresholds?|criteri(?:a|on) (?:for|of|"
    r"is|are)|cut-?off|require[sd]?|needed|necessary|prerequisite|usually|generally|typically|"
    r"defined as|means?(?! (?:tumou?r|value))|next (?:exam\w*|scan|control|staging|PET|CT|visit|follow-?up)|"
    r"once|to (?:look for|rule out|exclude|assess|evaluate|search|determine|check)|question of|"
    r"for (?:the )?(?:evaluation|assessment|detection|exclusion) of|suitab\w+ if|aim(?:ed|s)?|whether|asks?|"
    r"asked|requested to|literature|guidelines?|in general|patients (?:with|whose|who)|studies have|"
    r"according to (?:the )?(?:label|protocol))\b"
)
_RELATIVE = re.compile(r"\b(?:which|that|and|this)\s$", re.I)
_ADVICE = Words(
    r"\b(?:recommend\w*|advis\w+|suggest(?:ed)?(?= (?:to|a repeat|repeat|biopsy|fdg|pet|follow))|"
    r"consider(?!ed)\w*|re-?considered|propos\w+|to be discussed|discuss\w*|plan(?:ned|ning)?|repeat|"
    r"eligib\w+)\b"
)
_SCALE = Words(
    r"\b(?:legend|krenning scale (?:\(?0|was|is|from|used)|krenning scale\s?[:=]|scoring system|is graded|"
        r"was graded|are graded|corresponds? to|defined as|0\s?=|1\s?=|= ?no uptake)|"
    r"(?:CR|PR|PD|SD)\s?[=:]\s?(?:disappear|at least|neither|>=|<=|increase|decrease)|"
        r"WHO\s(?:20\d\d\s)?(?:classification)?\s?:|\bG1\b.{0,30}\bG2\b.{0,30}\bG3\b|"
    r"\b0\s?[-:]\s?(?:no|none|absent)\b")  # fmt: skip
_LEGEND_LINE = re.compile(
    r"^\s*(?:[-\u2022(]\s?)?(?:(?:krenning|score|grade)\s){0,2}(?:[0-4]|I{1,3}|IV)\)?\s?(?:=|:|-)\s?(?:no|none|"
    r"very|much|less|low|slight|lower|equal|similar|same|greater|"
    r"higher|more|above|>|<|=|uptake|intense|absent|moderate|faint)",
    re.I,
)
_FAMILY = Words(
    r"\b(?:mother|father|brother|sister|aunt|uncle|cousin|grand(?:mother|father|parent)s?|siblings?|relatives?|"
    r"niece|nephew|family history|"
    r"his son|her son|his daughter|her daughter|twin|another patient|other patient|different patient|patient b|"
    r"paternal|maternal|kindred)\b"
)


class Context:
    """Scopes of one sentence's cues; `start` and `end` everywhere are positions in the sentence's text."""

    def __init__(self, sentence: Sentence) -> None:
        self.text = sentence.text
        self.section = sentence.section
        contrasts = [m.span() for m in _CONTRAST.finditer(self.text)]
        self._hard_starts = {start for start, _ in contrasts}
        self._hard_ends = {end for _, end in contrasts}
        self._cues: dict[Words, list[re.Match[str]]] = {}

    # ---- reach ----
    def end_of(self, at: int, *, comma: bool) -> int:
        """Where a reach to the right ends: bracket it stands in, semicolon, contrast word, comma if asked."""
        depth = 0
        for i in range(at, len(self.text)):
            c = self.text[i]
            if c in "([":
                depth += 1
            elif c in ")]":
                if depth == 0:
                    return i
                depth -= 1
            elif depth == 0 and (c == ";" or i in self._hard_starts or (comma and self._comma(i))):
                return i
        return len(self.text)

    def _behind_label(self, at: int) -> int:
        """As `start_of` a comma, but also behind a label: "PET/CT: in 2022 ..."."""
        return max(self.start_of(at, comma=True), self.text.rfind(": ", 0, at) + 1)

    def start_of(self, at: int, *, comma: bool) -> int:
        """Where a reach to the left begins."""
        depth = 0
        for i in range(at - 1, -1, -1):
            c = self.text[i]
            if c in ")]":
                depth += 1
            elif c in "([":
                if depth == 0:
                    return i + 1
                depth -= 1
            elif depth == 0 and (c == ";" or i + 1 in self._hard_ends or (comma and self._comma(i))):
                return i + 1
        return 0

    def _comma(self, i: int) -> bool:
        t = self.text
        if t[i] == ",":
            return not (0 < i < len(t) - 1 and t[i - 1].isdigit() and t[i + 1].isdigit())
        return t[i] == "-" and 0 < i < len(t) - 1 and t[i - 1] == " " and t[i + 1] == " "

    def _found(self, cue: Words) -> list[re.Match[str]]:
        if cue not in self._cues:
            self._cues[cue] = list(cue.finditer(self.text))[:MOST_CUES]
        return self._cues[cue]

    # ---- negation ----
    @cached_property
    def _negations(self) -> list[tuple[int, int, int]]:
        """(cue start, cue end, end of reach up to a comma)."""
        return [(m.start(), m.end(), self.end_of(m.end(), comma=True)) for m in self._found(_NEGATION)]

    def negated_value(self, start: int, end: int) -> bool:
        """Whether a value or judgement at start..end is denied."""
        for cue, after, reach in self._negations:
            label = self.text.find(": ", after + 10, reach)  # "not fulfilling the criteria of PR: stable disease"
            if 0 < label < start:
                continue
            if cue < start < reach and not re.search(
                r"\b(?:change|changes|difference)\b", self.text[after:start], re.I
            ):
                return True
        return any(m.start() >= end and self.end_of(end, comma=True) > m.start() for m in self._found(_NEGATED_BEFORE))

    def negated_lesion(self, start: int, end: int) -> bool:
        """Whether the existence of a lesion named at start..end is denied."""
        for _, after, reach in self._negations:
            if after > start or _none_of(self.text, after):
                continue
            if start >= reach:
                rest = self.text[reach : self.end_of(after, comma=False)]
                if start >= reach + len(rest) or not re.match(
                    r",[\w\s,/-]*\b(?:or|nor|and no)\s[\w\s/-]*$", rest[:200]
                ):
                    continue
            if not _NOT_OF_LESION.search(self.text, after, start):
                return True
        return any(m.start() >= end and self.end_of(end, comma=True) > m.start() for m in self._found(_NEGATED_BEFORE))

    # ---- hedge ----
    def hedged(self, start: int, end: int) -> bool:
        """Whether the statement at start..end is hedged."""
        if self.hedged_before(start):
            return True
        reach = self.end_of(end, comma=False)
        return any(end - 1 <= m.start() < reach for m in self._found(_HEDGE_AFTER))

    def hedged_before(self, start: int) -> bool:
        """Whether a hedge stands before `start` in the same part of the sentence."""
        return any(m.start() < start < self.end_of(m.end(), comma=True) for m in self._found(_HEDGE))

    # ---- time ----
    @cached_property
    def _earlier(self) -> list[tuple[int, int]]:
        nows = [m.start() for m in self._found(_NOW)]

        def until_now(start: int, end: int) -> int:
            return min([n for n in nows if start < n < end], default=end)

        spans: list[tuple[int, int]] = []
        compared: list[tuple[int, int]] = []
        for m in self._found(_COMPARED):
            phrase = _WHOLE_PHRASE.match(self.text, m.end())
            if m.group().lower() in {"as ", "than "} and (phrase is None or not _OLD_WORDS.search(phrase.group())):
                continue
            if phrase is not None:
                end = phrase.end()
                tail = self.text[end : end + 12].lstrip(" ,")
                if tail.lower().startswith(("when ", "where ", "which ")):
                    end = self.end_of(end + 2, comma=True)
            else:
                end = self.end_of(m.end(), comma=True)
                if not _OLD_WORDS.search(self.text, m.end(), end):
                    continue
            compared.append((m.start(), end))
            spans.append((m.start(), until_now(m.start(), end)))
        for m in self._found(_EARLIER_STUDY):
            if any(s <= m.start() < e for s, e in compared) or _current_date(self.text, m):
                continue
            if any(s <= m.end() - 1 < e for s, e in compared) or _CLASSIFICATION.search(
                self.text[max(0, m.start() - 40) : m.start() + 1]
            ):
                continue
            begin = m.start() + (self.text[m.start()] == "(")
            end = self.end_of(m.end(), comma=False)
            leading = not self.text[:begin].strip(" (:-")
            behind = _PREPOSITION.match(m.group()) and not re.search(
                r"\d|\b(?:stable|progress\w+|I{1,3}V?)\b", self.text[m.end() : until_now(begin, end)]
            )
            if behind and not leading:  # "Krenning 4 on the previous PET"
                begin = self._behind_label(begin)
            if not leading and not re.search(_OLD, m.group(), re.I):  # "Krenning 3 in 2021", "biopsy 2019: Ki-67"
                begin = self._behind_label(begin)
            spans.append((begin, until_now(begin, end)))
        for m in self._found(_EARLIER):
            if any(s <= m.start() < e for s, e in compared):
                continue
            end = self.end_of(m.end(), comma=not self._opens_bracket(m.start()))
            begin = m.start()
            if _SAID_BEFORE.match(self.text[m.end() : m.end() + 40]) and re.search(
                r"\d|\b(?:I{1,3}|IV)\b", self.text[self._behind_label(begin) : begin]
            ):
                end = m.end()  # "Krenning 4 before and Krenning 2 after chemotherapy"
            if not re.search(
                r"\d|\b(?:stable|progress\w+|CR|PR|SD|PD|I{1,3}V?)\b", self.text[m.end() : until_now(m.end(), end)]
            ):
                begin = self._behind_label(m.start())
            spans.append((begin, until_now(begin, end)))
        for m in _YEAR_IN_BRACKETS.finditer(self.text):
            before = self.text[max(0, m.start() - 25) : m.start()]
            only_date = m.end() - m.start() <= 12 and not _TITLE_ENDS.search(before)
            if not only_date and not _VALUE_ENDS.search(before):
                continue
            spans.append((self._behind_label(m.start()), m.end()))
        for m in self._found(_AGO_IN_BRACKETS):
            end = self.end_of(m.end(), comma=False)
            spans.append((self._behind_label(m.start()), until_now(m.start(), end)))
        spans += self._from_to()
        return spans

    def _opens_bracket(self, at: int) -> bool:
        """ "(previous Krenning 1, SUVmax 7)": the whole bracket is earlier."""
        return self.text[:at].rstrip().endswith("(")

    def _from_to(self) -> list[tuple[int, int]]:
        found = []
        for m in re.finditer(
            r"\bfrom\s(?:\w+\s){0,3}?(?:<=?\s?)?(?:\d[\d.,]*|"
            r"[IV]{1,3})\b[^;.]{0,60}?\bto\s(?=(?:\w+\s){0,3}?(?:<=?|>=?)?\s?(?:\d|[IV]))",
            self.text,
        ):
            if not re.search(r"\b(?:rang|var)\w+\s$", self.text[: m.start()][-12:], re.I):
                found.append((m.start(), m.end()))
        found += [m.span() for m in re.finditer(r"(?<![\w.,])\d[\d.,]*\s?->", self.text)]
        return found

    def earlier(self, start: int, end: int) -> bool:
        """Whether the words at start..end speak of an earlier examination (or of a value taken back)."""
        return any(s <= start < e for s, e in self._earlier)

    def turns_back(self, start: int, end: int) -> bool:
        """Whether the text between turns to an earlier time ("previously") and not back."""
        return (
            any(start <= m.start() < end for m in self._found(_EARLIER))
            and not any(start <= m.start() < end for m in self._found(_NOW))
            and ";" not in self.text[start:end]
        )

    @cached_property
    def standing_apart(self) -> bool:
        """The whole section tells of other times: clinical information, comparison."""
        return self.section in {Section.INDICATION, Section.COMPARISON}

    # ---- conditions, advice, legends, other people ----
    def conditional(self, start: int, end: int) -> bool:
        """Whether the words at start..end stand in a condition, threshold, question or recommendation."""
        if self.section is Section.RECOMMENDATION:
            return True
        for m in self._found(_IF):
            onward = m.group().startswith("criteri") or (
                m.group() == "would" and _RELATIVE.search(self.text[: m.start()])
            )
            begin = m.start() if onward else self.start_of(m.start(), comma=False)
            end_at = self.end_of(m.end(), comma=m.group().startswith("criteri"))
            if m.group().startswith("criteri") and 0 < (colon := self.text.find(":", m.end())) < end_at:
                end_at = colon
            if begin <= start < end_at:
                return True
        for m in self._found(_ADVICE):
            if self.start_of(m.start(), comma=True) <= start < self.end_of(m.end(), comma=False):
                return True
        return self.section is Section.INDICATION and self.text.rstrip().endswith("?")

    @cached_property
    def legend(self) -> bool:
        """Whether the sentence explains a scale instead of reporting."""
        return (
            self.section is Section.LEGEND
            or _SCALE.search(self.text) is not None
            or _LEGEND_LINE.match(self.text) is not None
        )

    @cached_property
    def other_person(self) -> bool:
        """Whether the sentence is about a relative or another patient."""
        return _FAMILY.search(self.text) is not None


def _none_of(text: str, after: int) -> bool:
    return text[max(0, after - 8) : after].lower().endswith(("none of", "none")) and not text[
        after:
    ].lower().startswith(" seen")


_COMPARING = re.compile(
    r"\b(?:compar\w+|than|since|relative|correlat\w+|previous\w*|prior|last|earlier|known|seen|described|on the)\b",
    re.I,
)


def speaks_of_before(text: str) -> bool:
    """Whether a sentence compares or names an earlier study at all."""
    return _COMPARING.search(text) is not None or re.search(_OLD, text, re.I) is not None


def _current_date(text: str, match: re.Match[str]) -> bool:
    """ "PET/CT of 4.3.2024" as a title names this examination."""
    before = text[: match.start()].strip()
    title = r"(?:PET[^\s:]*|CT|MRI|SPECT[^\s:]*|\S*DOTA[^\s:]+|FDG|TATE|TOC|NOC|octreotide|performed|acquired)[\s,(-]*$"
    named = re.search(title, before, re.I) or re.search(title, before + " " + match.group().split(" ")[0], re.I)
    return (
        named is not None
        and not re.search(_OLD, match.group(), re.I)
        and len(before) < 60
        and not _COMPARING.search(before)
    )
