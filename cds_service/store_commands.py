"""The commands ``prrt-cds feedback`` and ``prrt-cds audit``."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import msgspec
from sqlalchemy import Row
from sqlalchemy.exc import DBAPIError

from cds_service.hooks.answer import load_answer
from cds_service.hooks.decode import decode, encode
from cds_service.hooks.request import HookCall
from cds_service.hooks.settings import load_settings
from cds_service.policy import make_policy
from cds_service.rulebook import Rulebook, load_rulebook
from cds_service.store import Store, StoreError, chain, open_store
from cds_service.store.chain import Link
from cds_service.store.database import cannot_open
from cds_service.store.entries import fingerprint
from cds_service.store.prune import prune
from cds_service.store.report import RuleReport, feedback_report
from cds_service.store.tables import AUDIT
from cds_service.store.verify import verify
from cds_service.terminal import printable, table

Register = Callable[[Any, str, Callable[[argparse.Namespace], None], str], argparse.ArgumentParser]


def add_store_commands(commands: Any, register: Register, day: Callable[[str], date]) -> None:
    """Adds both commands to the program's. ``register`` makes one, ``day`` reads a date."""
    feedback = register(commands, "feedback", _feedback, "what became of the cards, rule by rule")
    _add_window(feedback, day)
    feedback.add_argument(
        "--comments", action="store_true", help="with the clinicians' comments; they may name a patient"
    )

    words = "the audit trail"
    audit = commands.add_parser("audit", help=words, description=words, allow_abbrev=False)
    kinds = audit.add_subparsers(title="commands", metavar="COMMAND", required=True)

    listed = register(kinds, "list", _list, "entries, the latest last")
    _add_window(listed, day)
    listed.add_argument("--service", metavar="ID")
    listed.add_argument("--patient", metavar="ID", help="only calls about this Patient")
    listed.add_argument("--limit", type=int, default=50, metavar="N", help="at most so many, the latest (50)")

    for name, command, words in (
        ("show", _show, "one entry, as JSON"),
        ("replay", _replay, "answer a kept call again and compare the two answers byte by byte"),
    ):
        register(kinds, name, command, words).add_argument("number", type=int, metavar="ENTRY")

    checked = register(kinds, "verify", _verify, "whether the trail is as it was written; exit status 1 if not")
    checked.add_argument(
        "--anchor", type=_link, action="append", default=[], metavar="N:HASH",
        help="an entry and its hash as written down elsewhere, such as in the service's log",
    )  # fmt: skip

    pruned = register(kinds, "prune", _prune, "remove entries older than the site keeps; the rest still verifies")
    pruned.add_argument("--days", type=int, metavar="N", help="else audit.retention_days of the configuration")


def _add_window(parser: argparse.ArgumentParser, day: Callable[[str], date]) -> None:
    parser.add_argument("--since", type=day, metavar="DATE", help="from this day on (UTC)")
    parser.add_argument("--until", type=day, metavar="DATE", help="up to this day, which counts (UTC)")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def _link(text: str) -> Link:
    try:
        return Link.read(text)
    except ValueError:
        raise argparse.ArgumentTypeError("must be an entry and its hash, such as 17:9f86d0...") from None


@contextmanager
def _store() -> Iterator[Store]:
    settings = load_settings(os.environ)
    store = open_store(settings.database, settings.audit, os.environ, create=False)
    try:
        yield store
    except DBAPIError as error:
        raise cannot_open(error) from None
    finally:
        store.close()


def _window(asked: argparse.Namespace) -> tuple[datetime | None, datetime | None]:
    """The first moment of ``--since``, and the first after ``--until``."""
    since = asked.since and datetime.combine(asked.since, time(), UTC)
    until = asked.until and datetime.combine(asked.until, time(), UTC) + timedelta(days=1)
    return since, until


def _feedback(asked: argparse.Namespace) -> None:
    since, until = _window(asked)
    with _store() as store:
        reports = feedback_report(store, since, until)
    if asked.format == "json":
        rules = [report.to_json(comments=asked.comments) for report in reports]
        window = {name: str(value) for name in ("since", "until") if (value := getattr(asked, name))}
        _print_json({**window, "rules": rules})
        return
    book = load_rulebook()
    titles = {rule.code: rule.title for rule in book.rules}
    head = ("rule", "shown", "accepted", "overridden", "acceptance", "title; why overridden")
    print(printable(table([head, *(_row(report, book, titles) for report in reports)])))
    if asked.comments:
        for report in reports:
            for comment in report.comments:
                print(printable(f"\n{report.rule}: {comment}"))


def _row(report: RuleReport, book: Rulebook, titles: dict[str, str]) -> tuple[str, ...]:
    told = report.to_json(comments=False)
    share = "-" if told["acceptance"] is None else f"{told['acceptance']:.0%}"
    words = book.wording.groups.get("override", {})
    reasons = [f"{words.get(code, code)} {count}" for (_, code), count in report.reasons.most_common()]
    if told["overridden_without_reason"]:
        reasons.append(f"no reason {told['overridden_without_reason']}")
    if report.comments:
        reasons.append(f"with a comment {len(report.comments)}")
    text = "; ".join(part for part in (titles.get(report.rule, ""), ", ".join(reasons)) if part)
    numbers = (report.shown, report.accepted, report.overridden)
    return (report.rule, *(str(number) for number in numbers), share, text)


def _list(asked: argparse.Namespace) -> None:
    columns = AUDIT.c
    since, until = _window(asked)
    conditions = [columns.at >= chain.utc(since)] if since else []
    conditions += [columns.at < chain.utc(until)] if until else []
    conditions += [columns.service == asked.service] if asked.service else []
    with _store() as store:
        if asked.patient:
            conditions.append(columns.patient == store.key.hidden(f"Patient/{asked.patient}"))
        newest = chain.entries(*conditions).order_by(None).order_by(columns.number.desc()).limit(asked.limit)
        with store.reading() as connection:
            rows = list(connection.execute(newest))[::-1]
    if asked.format == "json":
        _print_json([_entry(row) for row in rows])
        return
    head = ("entry", "at", "service", "status", "what")
    print(printable(table([head, *(_line(_entry(row)) for row in rows)])))


def _line(entry: dict[str, Any]) -> tuple[str, ...]:
    body = entry["body"]
    found = body.get("assessment", {})
    if entry["kind"] == chain.CALL:
        what = "/".join(found[name] for name in ("outcome", "reason") if name in found)
        what += f", {len(body['cards'])} cards" if "cards" in body else ""
    elif entry["kind"] == chain.FEEDBACK:
        what = f"feedback: {body['items']} stored, {body['repeated']} repeated, {body['unknown']} on unknown cards"
    else:
        what = f"all up to entry {body['pruned_to']} pruned"
    return (str(entry["number"]), entry["at"][:19], entry["service"], str(body.get("status", "")), what)


def _entry(row: Row[Any]) -> dict[str, Any]:
    """An entry with its body opened, and the sources beside the facts read from them."""
    entry = {**row._mapping, "body": msgspec.json.decode(row.body)}
    sources = entry["body"].pop("sources", [])
    if "facts" in entry["body"]:
        facts = entry["body"]["facts"]
        entry["body"]["facts"] = {fact: [sources[place] for place in places] for fact, places in facts.items()}
    return entry


def _show(asked: argparse.Namespace) -> None:
    with _store() as store, store.reading() as connection:
        _print_json(_entry(chain.entry_of(connection, asked.number)))


def _verify(asked: argparse.Namespace) -> None:
    with _store() as store:
        found = verify(store, asked.anchor)
    for number, what in found.faults:
        print(printable(f"entry {number}: {what}"))
    if found.faults:
        number, what = found.faults[0]
        raise StoreError(f"the audit trail was tampered with: entry {number} {what}")
    print(f"{found.entries} entries, all as they were written. Write down the last: {found.last}")


def _replay(asked: argparse.Namespace) -> None:
    with _store() as store:
        body, content = store.kept_call(asked.number)
        key = store.key
    if fingerprint(content, key) != body.get("kept"):
        raise StoreError(f"the kept call of entry {asked.number} is not the one that was answered")
    if "answer" not in body:
        raise StoreError(f"the call of entry {asked.number} was refused (status {body['status']}); there is no answer")
    book = load_rulebook()
    decided = body["policy"]
    policy = make_policy(decided.get("overrides", {}), parameters=book.parameters, jurisdiction=decided["jurisdiction"])
    answer = encode(load_answer(book, policy)(HookCall.from_json(decode(content)), date.fromisoformat(body["day"])))
    same = fingerprint(answer, key) == body["answer"]
    ruled = body["rulebook"]
    changed = "" if ruled["sha256"] == book.sha256 else f"; the rule book is another one now (then {ruled['version']})"
    if not same:
        raise StoreError(f"entry {asked.number}: the answer differs from the one given{changed}")
    print(f"entry {asked.number}: the same answer, {len(answer)} bytes{changed}")


def _prune(asked: argparse.Namespace) -> None:
    with _store() as store:
        days = asked.days or store.settings.retention_days
        if not days or days < 1:
            raise StoreError("how long to keep entries is not said: --days N, or audit.retention_days")
        done = prune(store, datetime.now(UTC) - timedelta(days=days))
    if done.checkpoint is None:
        print(f"nothing is older than {days} days")
    else:
        print(f"{done.entries} entries older than {days} days removed; entry {done.checkpoint.number} says so")


def _print_json(value: Any) -> None:
    print(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())
