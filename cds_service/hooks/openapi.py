"""The OpenAPI description of the HTTP surface, served at ``/openapi.json`` and held to by a test."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from cds_service import __version__
from cds_service.hooks.discovery import SERVICES, Service

_ERRORS = (401, 408, 413, 415, 500, 503)
_TEXT = {"type": "string", "minLength": 1}


def description() -> dict[str, Any]:
    """The OpenAPI 3.1 document."""
    paths: dict[str, Any] = {
        "/cds-services": {"get": _operation("discovery", "The services", _ref("Discovery"), 401, 503)}
    }
    for service in SERVICES.values():
        paths[f"/cds-services/{service.id}"] = {"post": _call(service)}
        paths[f"/cds-services/{service.id}/feedback"] = {"post": _feedback(service)}
    for path, words in (("/healthz", "Whether the process lives"), ("/readyz", "Whether it can assess")):
        paths[path] = {"get": _operation(path.strip("/"), words, _ref("Status"), 503)}
    paths["/metrics"] = {
        "get": {
            "operationId": "metrics",
            "summary": "Counts and times, for Prometheus",
            "responses": {"200": {"description": "OK", "content": {"text/plain": {"schema": {"type": "string"}}}}},
        }
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "prrt-cds", "version": __version__, "description": "CDS Hooks 2.0, FHIR R4."},
        "paths": paths,
        "components": {"schemas": _SCHEMAS, "securitySchemes": {"client": _CLIENT}},
    }


def _call(service: Service) -> dict[str, Any]:
    body = _operation(service.id, service.title, _ref("Response"), 400, 412, *_ERRORS)
    return body | _takes(_request(service)) | _SECURITY


def _feedback(service: Service) -> dict[str, Any]:
    words = f"Feedback on cards of {service.id}"
    body = _operation(f"{service.id}-feedback", words, {"type": "object"}, 400, 404, *_ERRORS)
    return body | _takes(_ref("Feedback")) | _SECURITY


def _operation(name: str, words: str, answer: dict[str, Any], *errors: int) -> dict[str, Any]:
    responses = {"200": {"description": "OK", "content": {"application/json": {"schema": answer}}}}
    for status in sorted(errors):
        content = {"application/fhir+json": {"schema": _ref("OperationOutcome")}}
        responses[str(status)] = {"description": HTTPStatus(status).phrase, "content": content}
    return {"operationId": name, "summary": words, "responses": responses}


def _takes(schema: dict[str, Any]) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _request(service: Service) -> dict[str, Any]:
    context: dict[str, Any] = {
        "userId": {"type": "string", "pattern": "\\S"},
        "patientId": {"type": "string", "pattern": "^[^\\s/?#&\\x00-\\x1f\\x7f]{1,128}$"},
    }
    if service.orders:
        context["draftOrders"] = {
            "type": "object", "properties": {"resourceType": {"const": "Bundle"}}, "required": ["resourceType"],
        }  # fmt: skip
    if service.hook == "order-select":
        context["selections"] = {"type": "array", "items": {"type": "string"}}
    return {
        "type": "object",
        "properties": {
            "hook": {"const": service.hook},
            "hookInstance": {"type": "string", "format": "uuid"},
            "context": {"type": "object", "properties": context, "required": list(context)},
            "prefetch": {"type": ["object", "null"], "description": "The keys of discovery; null is none on record."},
            "fhirServer": {"type": "string", "format": "uri", "pattern": "^https?://[a-z0-9]"},
            "fhirAuthorization": _ref("Authorization"),
        },
        "required": ["hook", "hookInstance", "context"],
        "dependentRequired": {"fhirAuthorization": ["fhirServer"]},
    }


_CLIENT = {
    "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
    "description": "The CDS Hooks client token (ES384 or RS384), where the deployment has clients configured.",
}  # fmt: skip
_SECURITY: dict[str, Any] = {"security": [{"client": []}, {}]}

_CODING = {"type": "object", "properties": {"system": _TEXT, "code": _TEXT, "display": _TEXT}, "required": ["code"]}
_ITEM = {
    "type": "object",
    "properties": {
        "card": _TEXT,
        "outcome": {"enum": ["accepted", "overridden"]},
        "outcomeTimestamp": {"type": "string", "format": "date-time"},
        "acceptedSuggestions": {"type": "array", "items": {"type": "object", "properties": {"id": _TEXT}}},
        "overrideReason": {"type": "object", "properties": {"reason": _CODING, "userComment": {"type": "string"}}},
    },
    "required": ["card", "outcome", "outcomeTimestamp"],
}
_CARD = {
    "type": "object",
    "properties": {
        "uuid": {"type": "string", "format": "uuid"},
        "summary": {"type": "string", "minLength": 1, "maxLength": 139},
        "detail": _TEXT,
        "indicator": {"enum": ["info", "warning", "critical"]},
        "source": {"type": "object", "properties": {"label": _TEXT}, "required": ["label"]},
        "suggestions": {"type": "array", "minItems": 1, "items": {"type": "object", "required": ["label", "uuid"]}},
        "selectionBehavior": {"enum": ["at-most-one", "any"]},
    },
    "required": ["uuid", "summary", "indicator", "source"],
}
_ASSESSMENT = {
    "type": "object",
    "properties": {"outcome": _TEXT, "reason": _TEXT, "findings": {"type": "array"}, "policy": {"type": "object"}},
    "required": ["outcome", "policy", "rulebook"],
}
_SCHEMAS: dict[str, Any] = {
    "Authorization": {
        "type": "object",
        "properties": {
            "access_token": {"type": "string", "pattern": "^[!-~]{1,16000}$"},
            "token_type": {"const": "Bearer"},
            "expires_in": {"type": "integer"},
            "scope": {"type": "string"},
            "subject": {"type": "string"},
        },
        "required": ["access_token", "token_type"],
    },
    "Discovery": {
        "type": "object",
        "properties": {
            "services": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"id": _TEXT, "hook": _TEXT, "title": _TEXT, "description": _TEXT},
                    "required": ["id", "hook", "description"],
                },
            }
        },
        "required": ["services"],
    },
    "Response": {
        "type": "object",
        "properties": {
            "cards": {"type": "array", "items": _CARD},
            "extension": {
                "type": "object",
                "properties": {"prrt-cds.assessment": _ASSESSMENT},
                "required": ["prrt-cds.assessment"],
            },
        },
        "required": ["cards", "extension"],
    },
    "Feedback": {
        "type": "object",
        "properties": {"feedback": {"type": "array", "minItems": 1, "items": _ITEM}},
        "required": ["feedback"],
    },
    "Status": {"type": "object", "properties": {"status": _TEXT}, "required": ["status"]},
    "OperationOutcome": {
        "type": "object",
        "properties": {
            "resourceType": {"const": "OperationOutcome"},
            "issue": {"type": "array", "minItems": 1, "items": {"type": "object", "required": ["severity", "code"]}},
        },
        "required": ["resourceType", "issue"],
    },
}
