"""Systemic treatment: what was given, taken or ordered, of the drugs the rules ask about (radioligands: ``prrt``)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from cds_service.fhir.elements import dated, words_at
from cds_service.fhir.ignored import Ignored
from cds_service.fhir.resources import Resource, ResourceSet
from cds_service.record.codes import Said, asked_once, free_words
from cds_service.record.courses import KINDS, Course, course_of, written_cycles, written_interval
from cds_service.record.drugs import GROUPS, drugs_coded, drugs_named, is_local, regimen_of
from cds_service.record.index import candidates
from cds_service.record.medication import (
    Product,
    beside,
    composition,
    doses,
    mg_per_day,
    product_of,
    product_said,
    unnamed,
)
from cds_service.record.model import Group, ReadAs, Treatment
from cds_service.record.prrt import radioligand
from cds_service.record.units import convert

_LONG = re.compile(
    r"\blar\b|depot|long[- ]acting|prolonged|sustained|extended|microsphere|autogel|somatulin|ipstyl|intramuscular"
    r"|\bi\.?m\.?\b|monthly|once a month|retard|every (?:3|4|28|21) (?:weeks|days)|q(?:28d|4w|3w)|deep subcutaneous",
    re.IGNORECASE,
)
_SHORT = re.compile(
    r"short[- ]acting|immediate|subcutaneous|\bs\.?c\.?\b|\bi\.?v\.?\b|intravenous|infusion|rescue"
    r"|\b(?:tid|bid|t\.i\.d|b\.i\.d)\b|three times|mycapssa|oral|capsule|bynfezia|\d ?(?:mcg|µg|ug|micrograms?)\b",
    re.IGNORECASE,
)
_NO_TREATMENT = re.compile(
    r"\bport\b|catheter|line placement|insertion|embol|perfusion|\btest|level|consult|counsel|educat|planning"
    r"|evaluation|assessment|review|discussion|consent|surveillance|follow-?up|history|declined|refus",
    re.IGNORECASE,
)
"""Words of procedures that name a drug and are no treatment with it."""


def read(resources: ResourceSet, ignored: list[Ignored]) -> list[Treatment]:
    """Every treatment with a known drug or regimen; one item per drug."""
    found: list[Treatment] = []
    for resource in candidates(resources, _is_drug, *KINDS):
        product = product_of(resource, resources)
        if unnamed(resource, resources):
            ignored.append(Ignored(resource.source, "unreadable", "medication not named"))
        if radioligand(product) is not None:
            continue
        drugs = _drugs_of(product)
        if not drugs:
            continue
        course = course_of(resource)
        if course is None:
            if resource.status == "cancelled":
                ignored.append(Ignored(resource.source, "cancelled"))
            continue
        route = " ".join(words_at(resource.data.get(name), "route") for name in ("dosage", "dosageInstruction"))
        taken = [drug for drug in drugs if not is_local(drug, f"{product.all_words} {route}")]
        found += _treatments(resource, product, taken, course)
    return [*found, *_procedures(resources)]


@asked_once
def _is_drug(code: Said) -> bool:
    return bool(_drugs_of(product_said(code)))


def _drugs_of(product: Product) -> tuple[str, ...]:
    return drugs_coded(product.codes) or drugs_named(product.words)


def _treatments(resource: Resource, product: Product, drugs: list[str], course: Course) -> Iterator[Treatment]:
    data = resource.data
    around = beside(data)
    words = f"{product.all_words}\n{around}"
    read_as: ReadAs = "coded" if drugs_coded(product.codes) else "narrative"
    regimen, cycle_days, indication = regimen_of(words), written_interval(words), words_at(data, "reasonCode")[:200]
    cycles = written_cycles(around, finished=resource.status == "completed") if course.given else None
    for drug in drugs:
        group = _group(drug, words, data)
        lysine = arginine = volume = None
        if group == "amino-acids":
            lysine, arginine, volume = composition(product, data)
        yield Treatment(
            source=resource.source,
            when=course.start,
            read_as=read_as,
            drug=drug,
            group=group,
            given=course.given,
            kind=KINDS[resource.type],
            status=resource.status,
            end=course.end,
            open_ended=course.open_ended,
            stopped=course.stopped,
            regimen=regimen,
            cycles_written=cycles,
            cycle_days=cycle_days,
            dose_mg_per_day=mg_per_day(data) if group == "glucocorticoid" else None,
            volume_l=volume,
            lysine_g=lysine,
            arginine_g=arginine,
            indication=indication,
        )


def _group(drug: str, words: str, data: Mapping[str, Any]) -> Group:
    """The drug's group; somatostatin analogues by product, form, route or dose."""
    group = GROUPS[drug]
    if group != "ssa-unknown":
        return group
    if drug == "lanreotide":
        return "ssa-long"
    if drug == "paltusotine":
        return "ssa-short"
    route = " ".join(words_at(data.get(name), "route") for name in ("dosage", "dosageInstruction"))
    said = f"{words} {route}"
    long, short = bool(_LONG.search(said)), bool(_SHORT.search(said))
    if long != short:
        return "ssa-long" if long else "ssa-short"
    for dose in doses(data):
        milligrams = convert("mass", dose.value, dose.units)
        if not isinstance(milligrams, str):
            return "ssa-long" if milligrams[0] >= 10 else "ssa-short"  # depots are 10 to 60 mg, injections 0.05 to 1 mg
    return "ssa-long" if long else "ssa-unknown"


def _procedures(resources: ResourceSet) -> Iterator[Treatment]:
    """Drug treatment recorded as a Procedure ("CAPTEM, cycle 3")."""
    for resource in candidates(resources, _is_treatment, "Procedure"):
        words = free_words(resource.data, "code")
        start, end = dated(resource.data, "performed")
        around = beside(resource.data)
        for drug in _drugs_given(words):
            if GROUPS[drug] in ("transfusion", "nephrotoxic"):
                continue
            yield Treatment(
                source=resource.source, when=start, read_as="narrative", drug=drug,
                group=_group(drug, f"{words}\n{around}", resource.data), given=True, kind="procedure",
                status=resource.status, end=end, open_ended=resource.status == "in-progress" and end is None,
                stopped=resource.status == "stopped", regimen=regimen_of(words),
                cycles_written=written_cycles(f"{words}\n{around}", finished=resource.status == "completed"),
                cycle_days=written_interval(f"{words}\n{around}"),
            )  # fmt: skip


def _is_treatment(code: Said) -> bool:
    return bool(_drugs_given(" ".join(code.texts)))


def _drugs_given(words: str) -> tuple[str, ...]:
    """The drugs a Procedure's name says were given."""
    return drugs_named(words) if words and not _NO_TREATMENT.search(words) else ()
