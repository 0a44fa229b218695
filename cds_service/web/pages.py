"""The sandbox page: the samples, and the cards a sample gets. Plain HTML, no script, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, render_template

from cds_service.hooks.request import Answer
from cds_service.markdown import to_html
from cds_service.rulebook.library import Wording
from cds_service.web.samples import Sample

_CSP = (
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'"
)


@dataclass(frozen=True, slots=True)
class Profile:
    """What is in force in this service, as every page says, and the rule book's words for outcomes."""

    jurisdiction: str
    overrides: Mapping[str, float] = field(default_factory=dict)
    wording: Wording = field(default_factory=lambda: Wording(groups={}, banned=()))


def sandbox_blueprint(
    answer: Answer, samples: Mapping[str, Sample], profile: Profile, today: Callable[[], date]
) -> Blueprint:
    """The pages at ``/`` and ``/samples/<name>``."""
    web = Blueprint("web", __name__, template_folder="templates", static_folder="static")

    @web.context_processor
    def everywhere() -> dict[str, Any]:
        return {"profile": profile, "markdown": to_html, "say": profile.wording.say}

    @web.get("/")
    def index() -> str:
        return render_template("index.html", samples=samples.values())

    @web.get("/samples/<name>")
    def show(name: str) -> str:
        sample = samples.get(name) or abort(404)
        day = sample.on or today()
        response = answer(sample.call, day)
        assessment = response["extension"]["prrt-cds.assessment"]
        return render_template("sample.html", sample=sample, day=day, cards=response["cards"], assessment=assessment)

    @web.get("/samples/<name>/request.json")
    def request_body(name: str) -> Response:
        sample = samples.get(name) or abort(404)
        return Response(sample.request, mimetype="application/json")

    @web.after_request
    def guard(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = _CSP
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return web
