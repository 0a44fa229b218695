"""Short notes (condition notes, tumour board and clinic notes) -> disease statement and operability."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from cds_service.narrative.context import Context
from cds_service.narrative.judgements import Judgements, Stated, of_the_whole, settle
from cds_service.narrative.normalise import plain
from cds_service.narrative.response import judges, read_judgements
from cds_service.narrative.response_words import SYMPTOM
from cds_service.narrative.sections import LONGEST_SENTENCE, sentences

Response = Literal["CR", "PR", "SD", "PD", "improved", "stable", "worsened"]
Operability = Literal["resectable", "unresectable"]


@dataclass(frozen=True, slots=True)
class Statement:
    """What a short note asserts now; None where it does not say. `quotes`: field -> words as written.

    `uncertain`: a statement was hedged, or two contradict each other.
    """

    response: Response | None
    operability: Operability | None
    no_evidence_of_disease: bool | None
    new_lesions: bool | None
    uncertain: bool
    quotes: dict[str, str]


def read_statement(text: str) -> Statement:
    """Reads a short note; pure, linear in its length, never raises. "Less pain" counts as improved."""
    page = plain(text)
    if len(page.text) <= LONGEST_SENTENCE and not judges(page.text.replace("\n", " ").replace("\t", " ")):
        return Statement(None, None, None, None, uncertain=False, quotes={})  # as most notes, and quickly seen
    said, symptoms = Judgements(), Judgements()
    everything = sentences(page.text)
    for sentence in everything:
        if not sentence.unread:
            context = Context(sentence)
            read_judgements(context, sentence.start, said)
            if SYMPTOM.search(sentence.text):
                read_judgements(context, sentence.start, symptoms, symptoms=True)
    quotes: dict[str, str] = {}
    doubts: list[bool] = [any(s.unread for s in everything)]

    def decided(name: str, stated: list[Stated]) -> Any:
        value, span, doubtful = settle(stated)
        doubts.append(doubtful)
        if span is not None:
            quotes[name] = page.verbatim(*span)
        return value

    # a word on the tumour wins over one on symptoms
    tumour = of_the_whole(said.response, page.text) or symptoms.response
    response = decided("response", tumour)
    operability = decided("operability", said.operability)
    new = decided("new_lesions", said.new)
    clear = (
        None
        if new is True or response in {"PD", "worsened", "SD", "stable", "PR"}
        else decided("no_evidence_of_disease", said.clear)
    )
    return Statement(response, operability, clear, new, any(doubts), quotes)
