"""The detail of a card, in the order the decision table asks for: (a) record ... (h) closing line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from cds_service.advice.assessment import Assessment
from cds_service.advice.escape import clean_markdown
from cds_service.facts.glossary import Known
from cds_service.rulebook.conditions import params_of
from cds_service.rulebook.loader import Rulebook
from cds_service.rulebook.texts import Writer
from cds_service.rulebook.words import Advice, Branch, Rule

_FAMILIES = "CRIFTLPGBD"  # what was only noticed: safety and imaging before biomarkers and how the record was read
_MOST_SOURCES = 4
_MOST_LISTED = 12
_LONGEST_QUOTE = 100
_UNREAD = ("unsupported", "unreadable")


class CardText:
    """Writes the details of one assessment's cards."""

    def __init__(
        self, assessment: Assessment, book: Rulebook, write: Writer, under_review: set[str], drafts: Sequence[str]
    ) -> None:
        self._a, self._book, self._write, self._under_review = assessment, book, write, under_review
        self._drafts = drafts
        self._say = book.wording.say

    def detail(
        self,
        rule: Rule,
        branch: Branch,
        advice: Advice,
        *,
        primary: bool,
        gaps: Mapping[str, Sequence[str]],
    ) -> str:
        """GitHub Flavored Markdown; everything from the record is escaped."""
        blocks = [
            *((drafts_line(self._book, self._drafts),) if self._drafts else ()),
            *self._opening(branch, primary),
            self._write.fill(advice.record),
            *(self._write.fill(line) for line in advice.detail),
            *(self._also(rule) if primary else ()),
            self._table(branch, advice),
            *(self._record_gaps(gaps) if primary else ()),
            *(self._not_used() if primary else ()),
            self._missing(),
            self._rule_line(rule),
            *self._thresholds(branch),
            self._evidence(rule),
            *self._disagree(rule, branch),
            self._say("card", "closing"),
        ]
        return "\n\n".join(block for block in blocks if block)

    def _opening(self, branch: Branch, primary: bool) -> list[str]:
        """What the reader must know before anything else: unusable values, and what nobody checked."""
        lines = []
        if primary:
            implausible = [i.source for i in self._a.ignored if i.why == "implausible"]
            if implausible:
                lines.append(f"**{self._say('card', 'implausible')}:** {self._sources(implausible)}.")
        if branch.outcome == "criteria-met":
            unknown = [self._item(c.criterion.id) for c in self._a.checklist if c.status == "unknown"]
            if unknown:
                lines.append(f"**{self._say('card', 'not_checked')}:** {', '.join(unknown)}.")
            if from_text := list(self._from_text()):
                lines.append(f"**{self._say('card', 'confirm')}:** {'; '.join(from_text)}.")
        return lines

    def _from_text(self) -> Iterator[str]:
        """What the criteria rest on that only a report's words give, with the words, each of them once."""
        told: set[tuple[str, tuple[str, ...]]] = set()
        required = (line.criterion for line in self._a.checklist if line.criterion.required)
        names = (n for c in required for n in (c.shows, *(atom.fact for atom in c.met.atoms)))
        for name in names:
            known = self._a.facts.get(name)
            if known is None or known.read_as != "narrative" or (known.quote, known.sources) in told:
                continue
            told.add((known.quote, known.sources))
            yield f"{self._book.glossary[name].meaning}, {self._source(known)}"

    def _source(self, known: Known) -> str:
        """Where a fact comes from, with the words of it that were read."""
        sources = self._sources(known.sources)
        return f'{sources}: "{clean_markdown(shortened(known.quote))}"' if known.quote else sources

    def _also(self, first: Rule) -> list[str]:
        """What else was found: one line a rule, findings first."""
        lines = []
        codes = [f.rule for f in self._a.findings]
        order = sorted(
            self._a.heard,
            key=lambda code: (codes.index(code) if code in codes else len(codes), _FAMILIES.find(code[0]), code),
        )
        for code in order:
            _, branch = self._a.heard[code]
            if code != first.code and branch.advice is not None:
                lines.append(f"- {self._write.fill(branch.advice.summary)} ({code})")
        return [f"**{self._say('card', 'also')}**\n\n" + "\n".join(lines)] if lines else []

    def _table(self, branch: Branch, advice: Advice) -> str:
        """Fact, value with unit, date, source: the condition's facts, then what the advice shows besides."""
        names = dict.fromkeys((*(atom.fact for atom in branch.when.atoms), *advice.shows))
        rows = [self._row(name) for name in names if name in self._a.facts and self._worth_a_row(name, advice)]
        if not rows:
            return ""
        head = " | ".join(self._say("card", key) for key in ("fact", "value", "date", "source"))
        return "\n".join((f"| {head} |", "|---|---|---|---|", *rows))

    def _worth_a_row(self, name: str, advice: Advice) -> bool:
        """A yes/no without a source only says that a condition was true; the sentence above says it better."""
        return bool(self._a.facts[name].sources) or name in advice.shows

    def _row(self, name: str) -> str:
        known = self._a.facts[name]
        spec = self._book.glossary[name]
        date = str(known.when) if known.when else self._say("card", "undated")
        source = self._source(known)
        if known.read_as == "narrative":
            source = f"{source} ({self._say('card', 'narrative')})"
        return f"| {spec.meaning} | {self._write.value(name)} | {date} | {source} |"

    def _record_gaps(self, gaps: Mapping[str, Sequence[str]]) -> list[str]:
        return [f"**{self._say('card', heading)}:** {', '.join(kinds)}." for heading, kinds in gaps.items()]

    def _not_used(self) -> list[str]:
        by_why: dict[tuple[str, str], list[str]] = defaultdict(list)
        for item in self._a.ignored:
            unread = item.detail if item.why in _UNREAD else ""  # which format, of a document nobody opened
            by_why[item.why, unread].append(item.source)
        lines = [
            f"- {self._say('why', why)}{f' ({detail})' if detail else ''}: {self._sources(sources, _MOST_LISTED)}"
            for (why, detail), sources in sorted(by_why.items())
        ]
        return [f"**{self._say('card', 'not_used')}**\n\n" + "\n".join(lines)] if lines else []

    def _missing(self) -> str:
        items = [self._item(name) for name in self._a.missing]
        return f"**{self._say('card', 'missing')}:** {', '.join(items) or self._say('card', 'nothing_missing')}."

    def _rule_line(self, rule: Rule) -> str:
        profile = self._say("profile", self._a.jurisdiction)
        changed = [f"{name} = {setting(value)}" for name, value in sorted(self._a.overrides.items())]
        settings = (
            f"{self._say('card', 'overrides')}: {', '.join(changed)}" if changed else self._say("card", "no_overrides")
        )
        state = self._say("validation", rule.validation)
        review = f"; {self._say('card', 'under_review')}" if rule.code in self._under_review else ""
        return (
            f"**{self._say('card', 'rule')}:** {rule.code} {rule.id} {rule.version} ({state}{review}). "
            f"**{self._say('card', 'profile')}:** {profile}; {settings}."
        )

    def _thresholds(self, branch: Branch) -> list[str]:
        lines = []
        used = set(params_of(branch.when))
        if branch.outcome == "criteria-met":  # then every number of the checklist was a threshold
            used = used.union(*(params_of(line.criterion.met) for line in self._a.checklist))
        for name in sorted(used):
            number = self._book.parameters[name]
            origin = "site_setting" if name in self._a.overrides else "own_default" if number.own_default else ""
            said = f"{self._say('card', origin)}; " if origin else ""
            lines.append(f"{number.meaning}: {self._write.parameter(name)} ({said}{', '.join(number.sources)})")
        return [f"**{self._say('card', 'threshold')}:** {'; '.join(lines)}."] if lines else []

    def _evidence(self, rule: Rule) -> str:
        own = f" ({self._say('card', 'own_default')})" if rule.own_default else ""
        cited = [
            f"{c.text} [{c.id}; {self._say('evidence', c.quality)}; {self._say('verified', c.verified)}]"
            for c in (self._book.citations[name] for name in rule.citations)
        ]
        return f"**{self._say('card', 'evidence')}:** {self._say('evidence', rule.evidence)}{own}. {'; '.join(cited)}."

    def _disagree(self, rule: Rule, branch: Branch) -> list[str]:
        said = [rule.disagree, *(self._book.parameters[name].disagree for name in sorted(params_of(branch.when)))]
        lines = [line for line in dict.fromkeys(said) if line]
        return [f"**{self._say('card', 'disagree')}:** {'; '.join(lines)}."] if lines else []

    def _sources(self, sources: Iterable[str], most: int = _MOST_SOURCES) -> str:
        unique = sorted(dict.fromkeys(sources))
        more = f" and {len(unique) - most} more" if len(unique) > most else ""
        return ", ".join(clean_markdown(source) for source in unique[:most]) + more

    def _item(self, name: str) -> str:
        return self._say("item", name)


def drafts_line(book: Rulebook, drafts: Sequence[str]) -> str:
    """Which draft orders a card speaks of."""
    return f"**{book.wording.say('card', 'drafts')}:** {', '.join(clean_markdown(source) for source in drafts)}."


def shortened(words: str) -> str:
    """A quote for a table: one line, cut between words."""
    line = " ".join(words.split())
    return line if len(line) <= _LONGEST_QUOTE else line[:_LONGEST_QUOTE].rsplit(" ", 1)[0] + " ..."


def setting(value: float) -> str:
    """A site's setting as it is written in the policy."""
    return str(value).lower() if isinstance(value, bool) else f"{value:g}"
