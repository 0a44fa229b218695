"""The command ``prrt-cds``. Exit status: 0 done, 1 the input is wrong (one line on stderr), 2 usage."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import msgspec

from cds_service import __version__
from cds_service.check import check
from cds_service.engine import EngineError
from cds_service.fhir.resources import RequiredDataMissing
from cds_service.hooks.answer import load_answer
from cds_service.hooks.bundle import BundleError, call_from_bundle
from cds_service.hooks.decode import JsonError, encode
from cds_service.hooks.request import HookCall
from cds_service.hooks.settings import SettingsError, load_settings
from cds_service.narrative import read_report
from cds_service.policy import JURISDICTIONS, Policy, PolicyError, load_policy
from cds_service.rule_words import describe, outcomes
from cds_service.rulebook import Rulebook, load_rulebook
from cds_service.rulebook.library import LibraryError
from cds_service.rulebook.page_check import PageError
from cds_service.store import StoreError
from cds_service.store_commands import add_store_commands
from cds_service.terminal import answer_text, fault, printable, table, wrapped
from cds_service.web.catalogue import catalogue

REPORTS = ("sstr_pet", "fdg_pet", "ct", "pathology")


class InputError(ValueError):
    """What was asked cannot be done; one line."""


_WRONG_INPUT = (
    InputError, BundleError, JsonError, RequiredDataMissing, PolicyError, SettingsError, PageError, LibraryError,
    StoreError,
)  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit status. Never shows a traceback, never quotes the record."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    asked = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], None] = asked.command
    try:
        command(asked)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except _WRONG_INPUT as error:
        return _fail(" ".join(str(error).split()))
    except RecursionError:
        return _fail("the input is nested too deeply")
    except EngineError:
        return _fail("the assessment failed and no advice is given; this is a fault of the program")
    except Exception as error:
        return _fail(fault(error))
    return 0


def _fail(line: str) -> int:
    print(f"prrt-cds: {printable(line)}", file=sys.stderr)
    return 1


def _serve(asked: argparse.Namespace) -> None:
    from cds_service.serve import ServeError, serve  # gunicorn only here

    book = load_rulebook()
    policy, settings = _policy(asked, book), load_settings(os.environ)
    try:
        serve(book, policy, settings, host=asked.host, port=asked.port, workers=asked.workers)
    except ServeError as error:
        raise InputError(str(error)) from None


def _assess(asked: argparse.Namespace) -> None:
    book = load_rulebook()
    answer = load_answer(book, _policy(asked, book))
    response = answer(_call(asked), asked.on)
    if asked.format == "json":
        _print_json(encode(response))
    else:
        sys.stdout.write(answer_text(response, book.wording, asked.on))


def _check(asked: argparse.Namespace) -> None:
    book = load_rulebook()
    policy = _policy(asked, book)
    found = check(_call(asked), book, policy, asked.on)
    if asked.format == "json":
        _print_json(encode(found.as_json()))
    else:
        print(printable(found.as_text(book.wording)))


def _read_report(asked: argparse.Namespace) -> None:
    try:
        text = _read(asked.file).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("the report is not UTF-8 text") from None
    _print_json(encode(read_report(text, asked.type)))


def _rules_list(asked: argparse.Namespace) -> None:
    book = load_rulebook()
    rows = [(rule.code, rule.id, rule.title, outcomes(rule, book), rule.validation) for rule in book.rules]
    print(printable(table([("code", "id", "title", "outcome", "validation"), *rows])))


def _rules_show(asked: argparse.Namespace) -> None:
    book = load_rulebook()
    try:
        rule = book.rule(asked.id)
    except KeyError:
        raise InputError("there is no rule of this id or code; `prrt-cds rules list` names them all") from None
    print(f"{rule.code} {rule.title} ({rule.id})")
    for section in describe(rule, book):
        print(f"\n{section.title}")
        for depth, line in section.lines:
            print(printable(wrapped(line, "  " * (depth + 2), "  " * (depth + 1))))


def _rules_catalogue(asked: argparse.Namespace) -> None:
    page = catalogue(load_rulebook())
    try:
        asked.out.write_text(page, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{asked.out}: cannot be written ({error.strerror})") from None


def _policy(asked: argparse.Namespace, book: Rulebook) -> Policy:
    return load_policy(asked.policy, parameters=book.parameters, jurisdiction=asked.jurisdiction, environ=os.environ)


def _call(asked: argparse.Namespace) -> HookCall:
    return call_from_bundle(_read(asked.bundle), asked.patient)


def _read(path: str) -> bytes:
    """A file's bytes; "-" is standard input."""
    try:
        return sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
    except ValueError:  # a null character in the name
        raise InputError("this is no file name") from None


def _print_json(text: bytes) -> None:
    print(msgspec.json.format(text, indent=2).decode())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="prrt-cds", allow_abbrev=False,
        description="Decision support for neuroendocrine tumours. Not for clinical use without local approval.",
    )  # fmt: skip
    parser.add_argument("--version", action="version", version=f"prrt-cds {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    serve = _command(commands, "serve", _serve, "run the service")
    _add_site(serve)
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=_number(1, 65_535), default=8000)
    serve.add_argument("--workers", type=_number(1, 256), default=min(4, os.cpu_count() or 1))

    for name, command, words in (
        ("assess", _assess, "assess one FHIR Bundle"),
        ("check", _check, "say which resources of a Bundle are used, which not, and why"),
    ):
        one = _command(commands, name, command, words)
        _add_site(one)
        one.add_argument("bundle", metavar="BUNDLE.json", help='a FHIR R4 Bundle; "-" is standard input')
        one.add_argument("--patient", metavar="ID", help="which Patient, if the Bundle holds several")
        one.add_argument("--on", type=_day, default=date.today(), metavar="DATE", help="the decision date (today)")
        one.add_argument("--format", choices=("text", "json"), default="text")

    report = _command(commands, "read-report", _read_report, "read one report's text")
    report.add_argument("--type", choices=REPORTS, required=True)
    report.add_argument("file", metavar="FILE", nargs="?", default="-", help='UTF-8 text; "-" is standard input')

    rules = commands.add_parser("rules", help="the rules in words, with evidence", allow_abbrev=False)
    kinds = rules.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _command(kinds, "list", _rules_list, "all rules")
    _command(kinds, "show", _rules_show, "one rule").add_argument("id", metavar="ID", help="its id or code")
    out = _command(kinds, "catalogue", _rules_catalogue, "all rules as one HTML page")
    out.add_argument("out", metavar="OUT.html", type=Path)

    add_store_commands(commands, _command, _day)
    return parser


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    command: Callable[[argparse.Namespace], None],
    words: str,
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=words, description=words, allow_abbrev=False)
    parser.set_defaults(command=command)
    return parser


def _add_site(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--policy", type=Path, metavar="FILE", help="the site's policy (TOML), else PRRT_CDS_POLICY")
    parser.add_argument("--jurisdiction", choices=JURISDICTIONS, help="else the policy's, else PRRT_CDS_JURISDICTION")


def _number(low: int, high: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        value = int(text)
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"must be from {low} to {high}")
        return value

    return number


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("must be a date such as 2024-05-31") from None
