"""The whole chart of one patient from a prefetch."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from cds_service.dates import parse_date
from cds_service.fhir.bundle import harvest
from cds_service.fhir.elements import text
from cds_service.fhir.ignored import Ignored, Why
from cds_service.fhir.prefetch import TEMPLATES
from cds_service.fhir.resources import Resource, ResourceSet, read_drafts, read_resources
from cds_service.record import (
    allergy,
    diagnosis,
    imaging,
    laboratory,
    notes,
    orders,
    pathology,
    pregnancy,
    problems,
    prrt,
    statements,
    status,
    surgery,
    therapy,
)  # fmt: skip
from cds_service.record.model import Chart, Item, Person
from cds_service.record.relevance import useful
from cds_service.record.unsaid import unsaid

_T = TypeVar("_T", bound=Item)


def read_chart(
    prefetch: Mapping[str, Any],
    *,
    patient_id: str,
    today: date,
    draft_orders: Mapping[str, Any] | None = None,
    plausible: Mapping[str, tuple[Decimal, Decimal]] | None = None,
    declared: Collection[str] = (),
) -> Chart:
    """Everything the record says about ``patient_id`` up to ``today``, and what of it was not used.

    ``prefetch`` is decoded JSON by key (decimals exact), ``draft_orders`` the ``context.draftOrders`` of an order hook,
    ``plausible`` the limits per quantity in its own unit ("hb", ..., "cycle" in GBq), ``declared`` the keys that were
    asked for. Raises RequiredDataMissing without Patient or Conditions.
    """
    resources = read_resources(prefetch, patient_id=patient_id, declared=declared, useful=useful)
    if resources.wrong_patient:
        return _empty(resources)
    chart = _read(resources, plausible or {})
    chart.ignored += unsaid(resources, chart)
    if draft_orders:
        drafts = read_drafts(draft_orders, resources)
        chart.ignored += drafts.ignored
        chart.foreign_drafts = any(item.why == "other-patient" for item in drafts.ignored)
        chart.orders += orders.read(drafts, chart.ignored, draft=True)
        chart.unread_agent = _unread_agent(draft_orders, chart)
    _drop_future(chart, today)
    chart.ignored += prrt.undated(chart.treatments)
    chart.ignored = sorted(set(chart.ignored))
    return chart


def _unread_agent(draft_orders: Mapping[str, Any], chart: Chart) -> Why | None:
    """Why the first draft order that names a 177Lu agent could not be read; None if there is none such."""
    read = {order.source for order in chart.orders if order.draft}
    reasons = {item.source: item.why for item in chart.ignored if item.source not in read}
    for item in harvest({"draftOrders": draft_orders}).found if reasons else ():
        if item.source in reasons and prrt.names_agent(item.data):
            return reasons[item.source]
    return None


def resource_types(keys: Collection[str]) -> frozenset[str]:
    """The FHIR types behind prefetch keys; a key nobody declared may have held any of them."""
    kinds = {key: template.partition("?")[0].partition("/")[0] for key, template in TEMPLATES.items()}
    return frozenset[str]().union(*({kinds[key]} if key in kinds else set(kinds.values()) for key in keys))


def _empty(resources: ResourceSet) -> Chart:
    """Of a wrong patient nothing is read but that it was one."""
    person = Person(source=resources.patient.source, id=resources.patient.id)
    return Chart(person=person, wrong_patient=True, ignored=resources.ignored)


def _read(resources: ResourceSet, plausible: Mapping[str, tuple[Decimal, Decimal]]) -> Chart:
    ignored = list(resources.ignored)
    found_statements, operability = statements.read(resources, ignored)
    return Chart(
        person=_person(resources.patient),
        diagnoses=diagnosis.read(resources, ignored),
        pathology=pathology.read(resources, ignored),
        scans=_dated(imaging.read(resources, ignored), ignored),
        labs=laboratory.read(resources, plausible, ignored),
        treatments=[*therapy.read(resources, ignored), *prrt.read(resources, plausible.get("cycle"), ignored)],
        procedures=surgery.read(resources, ignored),
        problems=[*problems.read(resources, ignored), *status.read_nyha(resources, ignored)],
        statements=found_statements,
        operability=operability,
        allergies=allergy.read(resources, ignored),
        performance=status.read_performance(resources, ignored),
        pregnancy=pregnancy.read(resources, ignored),
        orders=orders.read(resources, ignored),
        quality_of_life=status.read_quality_of_life(resources, ignored),
        notes=notes.read(resources, ignored),
        ignored=ignored,
        not_provided=resource_types(resources.not_provided),
        failed=resource_types(resources.failed),
        incomplete=resource_types(resources.incomplete),
    )


def _person(patient: Resource) -> Person:
    data = patient.data
    gender = text(data.get("gender"))
    return Person(
        source=patient.source,
        id=patient.id,
        sex="female" if gender == "female" else "male" if gender == "male" else None,
        birth=parse_date(data.get("birthDate")),
        deceased=data.get("deceasedBoolean") in (True, "true") or bool(data.get("deceasedDateTime")),
    )


def _dated(found: list[_T], ignored: list[Ignored]) -> list[_T]:
    """Undated scans say nothing about now."""
    ignored += [Ignored(item.source, "no-date") for item in found if item.when is None]
    return [item for item in found if item.when is not None]


def _drop_future(chart: Chart, today: date) -> None:
    """What lies after the decision date is listed, not used; orders and appointments are about the future."""
    for name in ("diagnoses", "pathology", "scans", "labs", "treatments", "procedures", "problems", "statements",
                 "operability", "allergies", "performance", "pregnancy", "quality_of_life", "notes"):  # fmt: skip
        items: list[Item] = getattr(chart, name)
        late = [item for item in items if item.when is not None and item.when.first > today]
        if late:
            chart.ignored += [Ignored(item.source, "future") for item in late if getattr(item, "kind", "") != "request"]
            setattr(chart, name, [item for item in items if item.when is None or item.when.first <= today])
