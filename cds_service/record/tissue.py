"""Which tumour a tissue result is about: only specimens of the neuroendocrine neoplasm count."""

from __future__ import annotations

import re

from cds_service.fhir.elements import codings, notes, objects, text, words_at
from cds_service.fhir.resources import Resource, ResourceSet
from cds_service.narrative.lowercase import folded, lower_pattern
from cds_service.record.codes import names_at
from cds_service.record.diagnosis import diagnosis_of
from cds_service.record.organs import organ_of, organ_of_codes
from cds_service.record.tumour_names import is_look_alike, read_name

_OTHER_TUMOUR = lower_pattern(
    r"\b(?:breast|mamma\w*|lymphom\w*|myelom\w*|leuk(?:a)?emi\w*|melanom\w*|prostat\w*|meningiom\w*|gliom\w*"
    r"|glioblastom\w*"
    r"|sarcom\w*|gist|seminom\w*|urothelial|squamous|adenocarcinom\w*|adenomas?|hepatocellular|cholangiocarcinom\w*"
    r"|renal cell|mesotheliom\w*|ductal carcinoma|lobular carcinoma|invasive carcinoma|endometri\w*|dcis|her2|gleason"
    r"|nottingham)\b"
)
_TUMOUR_CODE = re.compile(r"C(?:0\d|[1-6]\d|7[0-6]|8\d|9[0-7])|D(?:0\d|1\d|2\d|3[0-9]|4\d)", re.I)


def site_of(resource: Resource, resources: ResourceSet) -> str:
    """Where the tissue came from, in words: the body site, else that of the specimen; "" if not said."""
    if words := words_at(resource.data, "bodySite") or organ_of_codes(
        (c.system, c.code) for c in codings(resource.data, "bodySite")
    ):
        return words
    found = []
    for specimen in _specimens(resource, resources):
        coded = organ_of_codes((c.system, c.code) for c in codings(specimen.data, "collection", "bodySite"))
        found.append(words_at(specimen.data, "collection", "bodySite") or coded or words_at(specimen.data, "type"))
    if not any(found):
        found = [text(target.get("display")) for target in objects(resource.data.get("specimen"))]
    return ", ".join(sorted({words for words in found if words}))


def of_other_tumour(resource: Resource, resources: ResourceSet, words: str = "") -> bool:
    """Whether a result or report is of breast tissue or of a tumour that is not neuroendocrine.

    ``words`` are its own (the code's text, a report's name); a name that says both tumours counts as ours.
    """
    site = site_of(resource, resources)
    if organ_of(site) == "breast":
        return True
    if about_other_tumour(resource, resources):
        return True
    said = " ".join((words, site, *(words_at(item.data, "type") for item in _specimens(resource, resources))))
    return bool(_OTHER_TUMOUR.search(folded(said)) or is_look_alike(said)) and read_name(said) is None


def about_other_tumour(resource: Resource, resources: ResourceSet) -> bool:
    """Whether the Condition a result is about (``focus``) is a tumour of another kind."""
    conditions = (resources.resolve(target, within=resource) for target in objects(resource.data.get("focus")))
    return any(found is not None and found.type == "Condition" and _is_other(found, resources) for found in conditions)


def names_other_tumour(words: str) -> bool:
    """Whether words name a tumour of another kind and no neuroendocrine one."""
    return bool(_OTHER_TUMOUR.search(folded(words)) or is_look_alike(words)) and read_name(words) is None


def _is_other(condition: Resource, resources: ResourceSet) -> bool:
    if diagnosis_of(condition, resources) is not None or "metastasis" in names_at(condition.data, "code"):
        return False
    words = words_at(condition.data, "code") + " " + notes(condition.data)
    coded = any("icd-10" in c.system.lower() and _TUMOUR_CODE.match(c.code) for c in codings(condition.data, "code"))
    return coded or bool(_OTHER_TUMOUR.search(folded(words))) or is_look_alike(words)


def _specimens(resource: Resource, resources: ResourceSet) -> list[Resource]:
    found = (resources.resolve(target, within=resource) for target in objects(resource.data.get("specimen")))
    return [specimen for specimen in found if specimen is not None and specimen.type == "Specimen"]
