"""A PRRT cycle being ordered or booked, against the course so far (rulings, sections 4 and 9, F-08)."""

from __future__ import annotations

from datetime import date

from cds_service.dates import on_day
from cds_service.facts.course import total_gbq
from cds_service.facts.glossary import Facts, FactSpec, Known, no, yes
from cds_service.facts.prrt import Course, courses, state
from cds_service.facts.view import View
from cds_service.record.model import Order
from cds_service.record.prrt import radioligand_named

GLOSSARY = (
    FactSpec("order_cycle_days", "number", "days from the last cycle to the ordered one",
             "planned date of the draft (today if none), else of the next order or booking", "d"),
    FactSpec("order_cycle_weeks", "number", "weeks from the last cycle to the ordered one", "the same in weeks", "wk"),
    FactSpec("order_cycle_number", "number", "number of the ordered cycle", "cycles given plus one"),
    FactSpec("order_gbq", "number", "activity ordered", "of that order, the one farthest out of several", "GBq"),
    FactSpec("order_dose_outside", "truth", "activity outside the label's doses",
             "below the reduced or above the full dose by more than dose_tolerance"),
    FactSpec("order_total_gbq", "number", "activity of the course with this order",
             "177Lu only; unknown if an activity is", "GBq"),
)  # fmt: skip


def compute(view: View) -> Facts:
    """What is ordered for the latest course; nothing without a course or an order of a 177Lu agent."""
    found, orders = courses(view), _orders(view)
    if not found or not orders:
        return {}
    last = found[-1].last.day
    day = min(day for day, _ in orders)
    sources = tuple(sorted({order.source for _, order in orders}))
    days = (day - last).days
    numbers = {"order_cycle_days": days, "order_cycle_weeks": days / 7, "order_cycle_number": found[-1].count + 1}
    facts: Facts = {
        name: Known(
            value=float(number), shown=f"{number:.1f}" if name == "order_cycle_weeks" else "", when=on_day(day),
            sources=sources, read_as="derived",
        )
        for name, number in numbers.items()
    }  # fmt: skip
    return facts | _activity(view, found[-1], [order for _, order in orders])


def _orders(view: View) -> list[tuple[date, Order]]:
    """Drafts, each on its planned day or today; without drafts, in a running course, the next booking or order."""
    orders = [o for o in view.chart.orders if o.kind == "prrt" and _is_lutetium(o)]
    drafts = [o for o in orders if o.draft]
    if drafts:
        return [(o.planned.first if o.planned and o.planned.first > view.today else view.today, o) for o in drafts]
    if state(view) != "in-progress":
        return []
    planned = [(o.planned.first, o) for o in orders if o.planned and o.planned.first >= view.today]
    next_day = min((day for day, _ in planned), default=None)
    return [(day, order) for day, order in planned if day == next_day]


def _is_lutetium(order: Order) -> bool:
    named = radioligand_named(order.text)
    return named is None or named.isotope in ("177Lu", "")


def _activity(view: View, course: Course, orders: list[Order]) -> Facts:
    p = {name: view.exact(name) for name in ("dose_gbq_half", "dose_gbq", "dose_tolerance")}
    lowest, highest = p["dose_gbq_half"] * (1 - p["dose_tolerance"]), p["dose_gbq"] * (1 + p["dose_tolerance"])
    known = [(o.activity_gbq, o.source) for o in orders if o.activity_gbq is not None]
    if not known:
        return {}
    middle = (lowest + highest) / 2
    gbq, source = max(known, key=lambda pair: (abs(pair[0] - middle), pair[1]))
    facts: Facts = {
        "order_gbq": Known(value=float(gbq), sources=(source,)),
        "order_dose_outside": (no if lowest <= gbq <= highest else yes)((source,)),
    }
    so_far = total_gbq([course])
    if so_far is not None:
        facts["order_total_gbq"] = Known(
            value=float(so_far + gbq), when=on_day(course.last.day), sources=(*course.sources, source),
            read_as="derived",
        )  # fmt: skip
    return facts
