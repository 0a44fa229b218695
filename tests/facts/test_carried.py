"""Copied texts (D-09)."""

from __future__ import annotations

from datetime import date, timedelta

from cds_service.dates import on_day
from cds_service.facts.carried import carried_forward, equal_share, with_oldest_dates, words_of
from cds_service.facts.view import View
from cds_service.record.model import Chart, Note, Person, Scan

TODAY = date(2026, 6, 1)
PARAMS = {"carried_forward_min_words": 3, "carried_forward_share": 0.9}
TEXT = "Liver lesion with intense uptake, 40 mm on 2024-01-05, Krenning 3"


def view(*notes: Note) -> View:
    scans = [Scan(source=n.source, when=n.when, modality="sstr-pet") for n in notes]
    chart = Chart(person=Person(source="Patient/p", id="p"), scans=scans, notes=list(notes))
    return View(chart, TODAY, "US", PARAMS)


def note(name: str, days_ago: int, text: str = TEXT, *, own: bool = False) -> Note:
    return Note(
        source=f"DiagnosticReport/{name}", when=on_day(TODAY - timedelta(days=days_ago)), text=text, own_date=own
    )


def dates(changed: View) -> dict[str, int]:
    return {scan.source[-1]: (TODAY - scan.when.first).days for scan in changed.chart.scans if scan.when}


def test_numbers_and_dates_do_not_count_as_words() -> None:
    assert words_of("40 mm on 2024-01-05, SUVmax 9.09") == ["mm", "on", "suvmax"]


def test_a_copy_keeps_the_oldest_date_whatever_the_order() -> None:
    copies = [note("a", 400, own=True), note("b", 200), note("c", 20)]
    for order in (copies, copies[::-1]):
        assert dates(with_oldest_dates(view(*order))) == {"a": 400, "b": 400, "c": 400}


def test_an_examination_of_its_own_keeps_its_date() -> None:
    changed = with_oldest_dates(view(note("a", 400, own=True), note("b", 20, own=True)))
    assert dates(changed) == {"a": 400, "b": 20}
    assert [c.note.source for c in carried_forward(changed)] == ["DiagnosticReport/b"]


def test_words_in_another_order_are_another_text() -> None:
    words = [f"word{chr(97 + n)}" for n in range(20)]
    assert equal_share(words, words, 0.9) == 1.0
    assert equal_share(words, words[::-1], 0.9) < 0.9


def test_a_text_nothing_was_read_from_is_not_compared() -> None:
    seen = view(note("a", 400, own=True), note("b", 20))
    seen.chart.scans = [scan for scan in seen.chart.scans if scan.source.endswith("a")]
    assert carried_forward(seen) == []
