"""What is ordered or booked: SSTR and FDG PET, radioligand cycles, and what is ordered with or before them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from cds_service.dates import Span, parse_date
from cds_service.fhir.elements import dated, notes, objects, text, words_at
from cds_service.fhir.ignored import Ignored
from cds_service.fhir.resources import Resource, ResourceSet
from cds_service.record.codes import Concept, Said, asked_once, concepts_at, free_words
from cds_service.record.drugs import GROUPS, MAX_NAME, drugs_coded, drugs_named, is_local
from cds_service.record.index import candidates
from cds_service.record.medication import Product, beside, bounds, composition, doses, product_of, product_said, unnamed
from cds_service.record.model import Order, OrderKind
from cds_service.record.prrt import activity, radioligand_of
from cds_service.record.tracers import FDG, SSTR_PET_TRACERS, tracers_in

_INTENTS = frozenset({"order", "original-order", "reflex-order", "filler-order", "instance-order", ""})
_BY_GROUP: dict[str, OrderKind] = {"cytotoxic": "cytotoxic", "mtor": "mtor", "amino-acids": "amino-acids"}
_SSTR_CODED = {"sstr-pet", "tracer-68ga-dotatate", "tracer-68ga-dotatoc", "tracer-68ga-dotanoc", "tracer-64cu-dotatate"}
_SSTR = re.compile(r"\bsstr\b|somatostatin[ -]?receptor|\bdota[ -]?(?:peptide|pet)", re.I)
_PET = re.compile(r"\bpet\b|positron", re.I)


def read(resources: ResourceSet, ignored: list[Ignored], *, draft: bool = False) -> list[Order]:
    """Active orders and booked or pending appointments; with ``draft`` whatever a call is about to order."""
    found: list[Order] = []
    for resource in resources.of("ServiceRequest"):
        if draft or (resource.status == "active" and text(resource.data.get("intent")) in _INTENTS):
            found += _orders(resource, _service_kinds(resource), _service_day(resource.data), draft, ignored)
    for resource in candidates(resources, _is_asked_for, "MedicationRequest"):
        if draft or (resource.status == "active" and text(resource.data.get("intent")) in _INTENTS):
            product = product_of(resource, resources)
            found += _orders(resource, _product_kinds(product), bounds(resource.data)[0], draft, ignored, product)
    for resource in resources.of("MedicationRequest") if draft else ():
        if unnamed(resource, resources):
            ignored.append(Ignored(resource.source, "unreadable", "medication not named"))
    for resource in resources.of("Appointment"):
        if resource.status in ("booked", "pending") or (draft and resource.status == "proposed"):
            planned = parse_date(resource.data.get("start")) or _requested(resource.data)
            found += _orders(resource, _appointment_kinds(resource, resources), planned, draft, ignored)
    return found


def _orders(
    resource: Resource, kinds: Iterator[OrderKind], planned: Span | None, draft: bool, ignored: list[Ignored],
    product: Product | None = None,
) -> Iterator[Order]:  # fmt: skip
    data = resource.data
    authored = parse_date(data.get("authoredOn")) or parse_date(data.get("created"))
    words = product.all_words if product else words_at(data, "code") or words_at(data, "serviceType")
    per_unit = any(concept.code == "A9513" for concept in (product.codes if product else concepts_at(data, "code")))
    for kind in dict.fromkeys(kinds):
        amount = None
        if kind == "prrt":
            # An order's activity is judged by the rules, so it is not cut to a plausible range here.
            amount = activity(resource, doses(data), f"{words}\n{beside(data)}", per_unit, None, ignored)
        infused = composition(product, data) if product and kind == "amino-acids" else (None, None, None)
        yield Order(source=resource.source, when=authored, kind=kind, planned=planned, draft=draft, activity_gbq=amount,
                    text=(words or text(data.get("description")))[:200], indication=words_at(data, "reasonCode")[:200],
                    lysine_g=infused[0], arginine_g=infused[1], volume_l=infused[2])  # fmt: skip


def _service_day(data: Mapping[str, Any]) -> Span | None:
    return dated(data, "occurrence")[0]


def _requested(data: Mapping[str, Any]) -> Span | None:
    return next((day for item in objects(data.get("requestedPeriod")) if (day := parse_date(item.get("start")))), None)


def _service_kinds(resource: Resource) -> Iterator[OrderKind]:
    data = resource.data
    known = (*concepts_at(data, "code"), *concepts_at(data, "orderDetail"))
    words = " ".join(filter(None, [free_words(data, "code"), free_words(data, "orderDetail")]))
    names = {concept.name for concept in known}
    if names & {"pet", "radionuclide-therapy", "nuclear-medicine-tumour"}:  # the code names no tracer or agent
        words = " ".join(filter(None, [words, words_at(data, "code"), words_at(data, "orderDetail"), notes(data)]))
    yield from _kinds(known, words)


def _appointment_kinds(resource: Resource, resources: ResourceSet) -> Iterator[OrderKind]:
    data = resource.data
    places = ("serviceType", "serviceCategory", "reasonCode", "appointmentType")
    known = tuple(concept for place in places for concept in concepts_at(data, place))
    words = [words_at(data, place) for place in places] + [text(data.get("description")), text(data.get("comment"))]
    found = list(_kinds(known, " ".join(filter(None, words))))
    yield from found
    for target in objects(data.get("basedOn")) if not found else ():
        request = resources.resolve(target, within=resource)
        if request is not None and request.type == "ServiceRequest":
            yield from _service_kinds(request)


@asked_once
def _is_asked_for(code: Said) -> bool:
    return any(True for _ in _product_kinds(product_said(code)))


def _product_kinds(product: Product) -> Iterator[OrderKind]:
    yield from _kinds(product.codes, product.words, product.all_words)


def _kinds(known: tuple[Concept, ...], words: str, all_words: str = "") -> Iterator[OrderKind]:
    names = {concept.name for concept in known if not concept.refused}
    words = words[:MAX_NAME]
    if (agent := radioligand_of(known, words)) is not None:
        if agent.group == "prrt":
            yield "prrt"
        return
    tracers = tracers_in(words)
    is_pet = bool(_PET.search(words)) or "pet" in names
    coded_sstr = names & _SSTR_CODED
    if coded_sstr or tracers & set(SSTR_PET_TRACERS) or (is_pet and _SSTR.search(words)):
        yield "sstr-pet"
    if names & {"fdg-pet", "tracer-18f-fdg"} or FDG in tracers:
        yield "fdg-pet"
    for drug in drugs_coded(known) or drugs_named(words):
        if is_local(drug, all_words):
            continue
        if drug == "dexamethasone":
            yield "dexamethasone"
        elif GROUPS[drug] in _BY_GROUP:
            yield _BY_GROUP[GROUPS[drug]]
