"""The web application: wiring only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial

from flask import Flask, Response

from cds_service.fhir.client import FhirAccess
from cds_service.hooks.auth import Authenticator, authenticate
from cds_service.hooks.cors import allow_origins
from cds_service.hooks.limits import decode_fetched, limit
from cds_service.hooks.probe import PROBE
from cds_service.hooks.request import MAX_ENTRIES, Answer
from cds_service.hooks.settings import Settings
from cds_service.hooks.telemetry import observe
from cds_service.hooks.views import answer_errors, hooks_blueprint, operations_blueprint
from cds_service.store import Call, Store
from cds_service.store.replay import StoredReplay
from cds_service.web.pages import Profile, sandbox_blueprint
from cds_service.web.samples import Sample

_WARM = 4
"""Every so many samples one is answered before the first call: patterns are compiled when they are first needed."""


def create_app(
    answer: Answer,
    *,
    profile: Profile,
    settings: Settings | None = None,
    samples: Mapping[str, Sample] | None = None,
    today: Callable[[], date] = date.today,
    store: Store | None = None,
    self_test: Callable[[], None] | None = None,
) -> Flask:
    """The service as a WSGI application.

    Args: answer: the way of a call (``hooks.answer.load_answer``); profile: what the sandbox pages say is in force;
    samples: shown on the start page; today: the decision date of a call; store: keeps feedback and the audit trail
    (None in tests: nothing is kept, there is no feedback, and there can be no authentication); self_test: what
    ``/readyz`` tries besides, raising if the service must not be used.
    """
    settings = settings or Settings()
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    app.url_map.merge_slashes = False  # a redirect would be an HTML page
    observe(app)
    allow_origins(app, settings.allowed_origins)
    answer_errors(app)
    limit(app, settings.limits)
    if settings.clients:
        _authenticate(app, settings, store)
    access = FhirAccess(
        settings.fhir, partial(decode_fetched, most=settings.limits.max_values), max_entries=MAX_ENTRIES
    )
    app.register_blueprint(hooks_blueprint(answer, today, store, limits=settings.limits, access=access))
    app.register_blueprint(operations_blueprint(ready=lambda: _ready(answer, today(), store, self_test)))
    app.register_blueprint(sandbox_blueprint(answer, samples or {}, profile, today))

    @app.after_request
    def no_sniffing(response: Response) -> Response:
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    return app


def _authenticate(app: Flask, settings: Settings, store: Store | None) -> None:
    if store is None or settings.public_url is None:
        raise ValueError("authentication needs a store for used tokens, and the public URL")
    lifetime = settings.token_lifetime_seconds
    authenticate(app, Authenticator(settings.clients, StoredReplay(store), lifetime=lifetime), settings.public_url)


def warm_up(answer: Answer, samples: Mapping[str, Sample], store: Store | None = None) -> None:
    """Answers samples of several kinds, so that the first real call is as quick as the others. Raises what they do.

    Nothing of it stays in the store.
    """
    _probe(answer, date.today())
    for sample in list(samples.values())[::_WARM]:
        call, day = sample.call, sample.on or date.today()
        found = answer(call, day)
        if store is not None:
            store.rehearse(
                Call(service="warm-up", hook=call.hook, hook_instance=call.hook_instance, patient_id=call.patient_id,
                     day=day, milliseconds=0.0, response=found)
            )  # fmt: skip


def _ready(answer: Answer, today: date, store: Store | None, self_test: Callable[[], None] | None) -> None:
    _probe(answer, today)
    if self_test is not None:
        self_test()
    if store is not None:
        store.check()


def _probe(answer: Answer, today: date) -> None:
    answer(PROBE, today)
