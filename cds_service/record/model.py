"""The patient's chart in the field's own terms: what the record says, each item with date and source.

Nothing here judges; numbers are in the unit the field's name carries. None always means "not recorded".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from cds_service.dates import Span
from cds_service.fhir.ignored import Ignored as Ignored
from cds_service.fhir.ignored import Why as Why

ReadAs = Literal["coded", "narrative"]
Score = tuple[int, int]
"""A Krenning score as an interval: "<=1" is (0, 1), "3" is (3, 3), "III-IV" is (3, 4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What every entry of the chart carries: the resource ("Observation/1"), its days, how it was read.

    ``quote``: the words it was read from, verbatim, for an item read from text.
    """

    source: str
    when: Span | None = None
    read_as: ReadAs = "coded"
    quote: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """A number that may be an interval: "7-8" is low 7, high 8; "<3" is low 0, high 3, comparator "<"."""

    low: Decimal
    high: Decimal
    comparator: Literal["<", "<=", ">", ">=", "~"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person(Item):
    """The patient. ``sex`` is the administrative one, None if not recorded, other or unknown."""

    id: str
    sex: Literal["female", "male"] | None = None
    birth: Span | None = None
    deceased: bool = False


Entity = Literal["net", "nec", "minen", "nen", "ppgl", "carcinoid-syndrome"]
"""net: well differentiated by name or code; nec: poorly differentiated / carcinoma; nen: not said which."""
Primary = Literal["gep", "lung", "thymus", "kidney", "ppgl", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis(Item):
    """One Condition that names a neuroendocrine neoplasm (or the carcinoid syndrome)."""

    entity: Entity
    suspected: bool = False
    active: bool = True
    primary: Primary | None = None
    primary_text: str = ""
    grade: str | None = None  # "G1", "G2", "G3" when the code itself states it
    inactive_since: Span | None = None  # abatement, for a Condition that is not active


@dataclass(frozen=True, slots=True, kw_only=True)
class Pathology(Item):
    """What one specimen (Observation or pathology report) says. ``quote`` holds the words of Ki-67."""

    ki67_percent: Range | None = None
    mitoses: Range | None = None
    mitoses_per: str | None = None  # "2 mm2", "10 HPF" as written
    grade: str | None = None  # G1, G2, G3, NEC, MiNEN
    differentiation: Literal["well", "poor"] | None = None
    mitoses_quote: str = ""
    grade_quote: str = ""
    differentiation_quote: str = ""
    site: str = ""
    preliminary: bool = False
    histology: bool = True  # False for cytology-free mentions that prove no tissue


Modality = Literal["sstr-pet", "sstr-scintigraphy", "fdg-pet", "ct-mri"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesion:
    """One lesion of one scan. ``score`` is the Krenning interval; ``unscored`` text words are kept beside it."""

    site: str = ""
    score: Score | None = None
    score_read_as: ReadAs = "coded"
    size_mm: Decimal | None = None
    suvmax: Decimal | None = None
    fdg: Literal["positive", "negative"] | None = None
    physiological: bool = False
    words: Literal["high", "low", "none"] | None = None  # "high"/"intense" or "low"/"faint" or "no uptake" as worded
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan(Item):
    """One imaging study. ``when`` is the effective date (issued only if effective is absent).

    ``quote`` holds the words of its statement on the disease.
    """

    modality: Modality
    tracer: str | None = None  # names of reading_reports.md
    preliminary: bool = False
    lesions: tuple[Lesion, ...] = ()
    text_score: Score | None = None  # best score the text gives when coded scores exist too
    implied_score: Score | None = None  # highest, from words of comparison with liver or spleen
    lowest_score: Score | None = None  # lowest lesion's score as the text states or implies
    all_lesions_positive: bool | None = None  # stated: all lesions above the liver
    score_quote: str = ""  # the words of the highest score
    lowest_quote: str = ""
    only_maximum: bool = False  # "up to", "highest": other lesions exist unscored
    further_sites: int = 0  # lesions or organs with disease named but not scored
    spleen_reference: bool = False
    liver_suvmax: Decimal | None = None
    netpet: str | None = None  # "P0".."P5"
    discordant: bool | None = None  # FDG / SSTR discordance stated
    discordant_quote: str = ""
    new_lesions: bool | None = None
    no_evidence_of_disease: bool | None = None
    response: str | None = None
    tumour_present: bool | None = None
    scanner: str | None = None
    uncertain: bool = False
    bone_lesions: int = 0
    diffuse_marrow: bool = False
    liver_involvement_percent: Range | None = None
    critical_sites: tuple[str, ...] = ()
    peritoneal: bool = False  # peritoneal disease asserted


Analyte = Literal[
    "hb", "wbc", "anc", "lymphocytes", "platelets", "creatinine", "egfr", "crcl", "bilirubin", "albumin", "alt", "ast",
    "potassium", "inr", "prothrombin", "weight", "height", "mcv", "chromogranin-a", "5-hiaa", "nt-probnp",
    "catecholamines", "measured-gfr",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class LabResult(Item):
    """One result in the analyte's own unit (``UNITS`` in record/units.py); exact Decimal.

    ``value`` is None when the result could not be interpreted; ``problem`` then says why and ``raw`` how it was
    written (short, to be escaped by whoever prints it).
    """

    analyte: Analyte
    value: Decimal | None
    unit: str
    upper_limit: Decimal | None = None  # of the reference range, same unit
    lower_limit: Decimal | None = None
    comparator: Literal["<", "<=", ">", ">="] | None = None
    problem: Why | None = None
    raw: str = ""
    code: str = ""  # system|code, to tell assays apart
    assay: str = ""


Group = Literal[
    "cytotoxic", "mtor", "kinase-inhibitor", "interferon", "bevacizumab", "immunotherapy", "ssa-long", "ssa-short",
    "ssa-unknown", "prrt", "lu-psma", "mibg", "radium-223", "glucocorticoid", "anticoagulant", "ppi", "h2-blocker",
    "g-csf", "transfusion", "amino-acids", "nephrotoxic", "other-antineoplastic",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment(Item):
    """One drug event: an administration, a statement of treatment taken, or an order.

    ``given`` is True for administrations and statements of treatment taken. ``when`` is the start (or the day),
    ``end`` the written end; ``open_ended`` a treatment without an end. ``stopped`` the status says it ended.
    """

    drug: str  # "temozolomide", "capecitabine", "everolimus", ...
    group: Group
    given: bool
    kind: Literal["administration", "statement", "request", "procedure"]
    status: str = ""
    end: Span | None = None
    open_ended: bool = False
    stopped: bool = False
    regimen: str = ""  # as written: "CAPTEM", "FOLFOX"
    cycles_written: int | None = None
    cycle_days: int | None = None  # length of a cycle as written
    dose_mg_per_day: Decimal | None = None
    activity_gbq: Decimal | None = None  # radioligands
    isotope: str = ""  # "177Lu", "90Y", ...
    volume_l: Decimal | None = None
    lysine_g: Decimal | None = None
    arginine_g: Decimal | None = None
    indication: str = ""


Intervention = Literal[
    "splenectomy", "pancreatectomy", "liver-resection", "metastasectomy", "tumour-resection", "ablation",
    "embolisation", "sirt", "external-beam-radiotherapy", "hysterectomy", "sterilisation", "nephrectomy",
    "biliary-stent", "echocardiography", "transfusion", "delivery",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure(Item):
    """One procedure done (or a status Condition that proves it). ``marrow_percent``: irradiated bone marrow."""

    kind: Intervention
    text: str = ""
    marrow_percent: Range | None = None


ProblemKind = Literal[
    "pregnancy", "possible-pregnancy", "lactation", "menopause", "sterilised", "hysterectomy", "infertility",
    "asplenia", "heart-failure", "nyha", "carcinoid-heart-disease", "mds-aml", "pancytopenia", "mds-aml-relative",
    "germline-mds", "hypersplenism", "marrow-involvement", "carcinoid-syndrome", "vipoma", "insulinoma",
    "hypoglycaemia", "glucagonoma", "gastrinoma", "acth-cushing", "ppgl", "hormonal-crisis", "diabetes",
    "hypertension", "single-kidney", "hydronephrosis", "ascites", "encephalopathy", "cholangitis", "biliary-stent",
    "renal-failure", "atrophic-gastritis", "bowel-obstruction", "orbital-lesion", "brain-lesion",
    "spinal-canal-lesion", "pericardial-lesion", "short-life-expectancy", "toxicity", "diffuse-bone-disease",
    "peritoneal-disease",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem(Item):
    """A condition other than the tumour that a rule asks for. ``grade`` e.g. NYHA 3; ``end`` when it ended."""

    kind: ProblemKind
    active: bool = True
    severe: bool = False
    grade: int | None = None
    text: str = ""
    end: Span | None = None
    due: Span | None = None  # expected delivery date


@dataclass(frozen=True, slots=True, kw_only=True)
class DiseaseStatement(Item):
    """How the disease is said to do on a date: coded (mCODE), RECIST words, or symptoms."""

    status: Literal["CR", "PR", "SD", "PD", "improved", "stable", "worsened", "not-detected", "symptoms-improved"]
    new_lesions: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Operability(Item):
    verdict: Literal["resectable", "unresectable", "localised"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Allergy(Item):
    """Hypersensitivity to the PRRT agent or an excipient; ``severe`` None: severity not stated."""

    agent: str
    severe: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance(Item):
    """ECOG 0-5 (or converted from Karnofsky: ``karnofsky`` then holds the score)."""

    ecog: int
    karnofsky: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PregnancyResult(Item):
    """A pregnancy test or status. ``above-range``: quantitative hCG above its reference range."""

    result: Literal["positive", "negative", "above-range", "uninterpretable", "pregnant", "not-pregnant", "possible"]
    quantitative: bool = False


OrderKind = Literal["sstr-pet", "fdg-pet", "prrt", "cytotoxic", "mtor", "dexamethasone", "amino-acids"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order(Item):
    """An active ServiceRequest, MedicationRequest or a booked / pending Appointment.

    ``when`` is when it was authored, ``planned`` the day it is for, ``draft`` True for context.draftOrders.
    """

    kind: OrderKind
    planned: Span | None = None
    draft: bool = False
    activity_gbq: Decimal | None = None
    text: str = ""
    indication: str = ""  # the written reason
    volume_l: Decimal | None = None  # of amino acids
    lysine_g: Decimal | None = None
    arginine_g: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityOfLife(Item):
    instrument: str
    global_health: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Note(Item):
    """The words of one report or letter. ``own_date``: an examination date of its own, not only a day of issue."""

    text: str
    own_date: bool = True


@dataclass(slots=True, kw_only=True)
class Chart:
    """Everything read about one patient, plus what was not used and what was not provided."""

    person: Person
    diagnoses: list[Diagnosis] = field(default_factory=list)
    pathology: list[Pathology] = field(default_factory=list)
    scans: list[Scan] = field(default_factory=list)
    labs: list[LabResult] = field(default_factory=list)
    treatments: list[Treatment] = field(default_factory=list)
    procedures: list[Procedure] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    statements: list[DiseaseStatement] = field(default_factory=list)
    operability: list[Operability] = field(default_factory=list)
    allergies: list[Allergy] = field(default_factory=list)
    performance: list[Performance] = field(default_factory=list)
    pregnancy: list[PregnancyResult] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    quality_of_life: list[QualityOfLife] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    ignored: list[Ignored] = field(default_factory=list)
    not_provided: frozenset[str] = frozenset()  # FHIR types whose declared prefetch key was absent or failed
    failed: frozenset[str] = frozenset()  # of these, the types that came with an error instead of data
    incomplete: frozenset[str] = frozenset()  # FHIR types whose Bundle has an unfollowed next link
    wrong_patient: bool = False  # the Patient, or every Condition, is another person's
    unread_agent: Why | None = None  # why a draft order that names a 177Lu agent was not read
    foreign_drafts: bool = False  # a draft order of this call is about another person
