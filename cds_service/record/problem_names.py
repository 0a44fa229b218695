"""What records call the problems the rules ask for; negated, feared and relatives' ones are none of the patient's."""

from __future__ import annotations

import re

from cds_service.record.extent import NUMBER_WORDS
from cds_service.record.model import ProblemKind

NAMES: dict[ProblemKind, str] = {
    "pregnancy": r"pregnan(?:t|cy)(?![ -](?:test|plan|wish|counsel|prevent|screen|desire|induced|related"
    r"|associated|loss))"
    r"|\bgravid\b|primigravida|gravidarum|weeks?['’]? (?:of )?gestation|schwanger(?:schaft)?",
    "possible-pregnancy": r"(?:possible|suspected|probable|query) pregnan|pregnan\w+ (?:not|cannot be) excluded"
    r"|missed (?:period|menses)|possibly pregnant",
    "lactation": r"breast-?feed|lactat(?:ing|ion)\b(?! suppress)|nursing mother|stillend",
    "menopause": r"post-?menopaus|\bmenopause(?! (?:transition|symptom))|\bmenopausal (?:state|status)",
    "sterilised": r"tubal (?:ligation|occlusion)|sterili[sz](?:ed|ation)"
    r"|bilateral (?:[\w-]+ )?(?:salpingo-?)?(?:oophor|ovari|salping)ectomy",
    "hysterectomy": r"hysterectomy|absence of (?:the )?(?:cervix and |both cervix and )?uterus|uterus absent",
    "infertility": r"ovarian (?:failure|insufficiency)|permanent(?:ly)? (?:infertil|steril)\w*",
    "asplenia": r"asplen|absence of (?:the )?spleen|spleen absent|(?:status post|s/p|post|after"
    r"|history of) splenectomy"
    r"|splenectomi[sz]ed|splenectomy status|^splenectomy",
    "heart-failure": r"heart failure|cardiac failure|cardiac decompensation|cardiomyopathy with failure"
    r"|\bhf(?:r|p|mr)ef\b|\bchf\b"
    r"|congestive cardiac|left ventricular failure|herzinsuffizienz",
    "carcinoid-heart-disease": r"carcinoid heart|hedinger",
    "mds-aml": r"myelodysplas|\bmds\b|acute (?:myeloid|myelogenous|myeloblastic) leuk(?:a)?emia"
    r"|\baml\b(?!.*(?:kidney|renal))|(?:therapy|treatment)-related myeloid neoplasm|\bt-mns?\b"
    r"|refractory an(?:a)?emia",
    "pancytopenia": r"pancytopeni",
    "germline-mds": r"germline.{0,60}(?:mds|myelodysplas|aml|leuk|ddx41|runx1|gata2|tp53|cebpa|etv6)|fanconi"
    r"|(?:ddx41|runx1|gata2).{0,40}(?:mutation|variant|carrier)|li-fraumeni",
    "hypersplenism": r"hypersplen",
    "marrow-involvement": r"(?:bone )?marrow (?:involvement|infiltration|metasta|carcinosis)"
    r"|metasta\w+ (?:in|to|of) (?:the )?bone marrow",
    "carcinoid-syndrome": r"carcinoid syndrome",
    "vipoma": r"vipoma|verner-?morrison|\bwdha\b",
    "insulinoma": r"insulinoma|endogenous hyperinsulin",
    "hypoglycaemia": r"hypoglyc(?:a)?emi",
    "glucagonoma": r"glucagonoma|necrolytic migratory",
    "gastrinoma": r"gastrinoma|zollinger",
    "acth-cushing": r"cushing|ectopic acth|acth[- ](?:producing|dependent|secreting)",
    "ppgl": r"ph(?:a)?eochromocytoma|paraganglioma",
    "hormonal-crisis": r"(?:carcinoid|hormonal|catecholamine|hypertensive ph\w+) crisis",
    "diabetes": r"diabetes mellitus|type [12] diabetes|diabetes type|\bt[12]dm\b|^diabetes$|\bdiabetic",
    "hypertension": r"(?<!portal )(?<!pulmonary )(?<!intracranial )(?<!ocular )(?:arterial "
    r"|essential )?hypertension|hypertensive"
    r"|high blood pressure",
    "single-kidney": r"single kidney|solitary kidney|absence of (?:\w+ )?kidney|(?<!partial )nephrectomy"
    r"|renal agenesis"
    r"|kidney absent",
    "hydronephrosis": r"hydronephros|ureter\w* (?:obstruction|stenosis|stricture)|obstructive uropathy",
    "ascites": r"ascites",
    "encephalopathy": r"hepatic encephalopathy|hepatic coma",
    "cholangitis": r"(?<!sclerosing )(?<!biliary )cholangitis",
    "biliary-stent": r"bil(?:e|iary)[ -](?:duct )?stent|stent in (?:the )?(?:common )?bile duct|\bptbd\b"
    r"|biliary drain",
    "renal-failure": r"(?:renal|kidney) (?:failure|insufficiency)|chronic kidney disease|\bckd\b|renal impairment",
    "atrophic-gastritis": r"atrophic gastritis|pernicious an(?:a)?emia",
    "bowel-obstruction": r"(?:bowel|intestinal|small[- ]bowel) obstruction|\bileus\b|subileus"
    r"|obstructi\w+.{0,30}(?:mesenteric|bowel)",
    "orbital-lesion": r"orbit(?:al)? (?:metasta|lesion|mass|tumou?r)|metasta\w+ (?:in|to|of) (?:the )?(?:\w+ )?orbit",
    "brain-lesion": r"(?:brain|cerebral|intracranial|cerebellar) metasta|metasta\w+ (?:in|to|of) (?:the )?brain",
    "spinal-canal-lesion": r"(?:spinal[- ](?:canal|cord)|intraspinal|epidural) (?:metasta|lesion|mass|tumou?r"
    r"|infiltr|compress)"
    r"|metasta\w+ (?:in|to|of) (?:the )?(?:spinal|epidural)|cord compression",
    "pericardial-lesion": r"(?:peri|myo)?cardial (?:metasta|lesion|mass|tumou?r|deposit)|metasta\w+ (?:in|to"
    r"|of) (?:the )?pericard",
    "short-life-expectancy": r"life expectancy.{0,20}(?:<|less than|under|below|of)\s*(?:[123]|one|two"
    r"|three)\s*months?"
    r"|terminal (?:illness|phase|care)|actively dying|(?:<|less than) ?3 months to live",
    # whether a number of bone lesions is many is not for the reader to say
    "diffuse-bone-disease": r"(?:diffuse|innumerable|extensive|disseminated|multiple|\b\d{1,3}\b"
    rf"|\b(?:{'|'.join(NUMBER_WORDS)})\b).{{0,30}}(?:bone|skelet\w*|osseous|bony)"
    r".{0,20}(?:metasta|involve|disease|lesion|deposit)|superscan",
    "peritoneal-disease": r"periton\w+ (?:metasta|carcinos|carcinomat|disease|deposit|implant|seeding)"
    r"|metasta\w+.{0,15}peritone",
}  # fmt: skip
_COMPILED = {kind: re.compile(pattern, re.IGNORECASE) for kind, pattern in NAMES.items()}
NEGATED = re.compile(
    r"\b(?:no|not|denies|without|negative for|ruled out|rule out|r/o|excluded|unlikely|absence of evidence"
    r"|never|risk (?:of|for)"
    r"|screening for|prevention of|prophyla\w+|fear of|desire for|planning|counsel\w*|advice|wants?|kein\w*"
    r"|ohne)\b", re.I)  # fmt: skip
_NEGATED_AFTER = re.compile(
    r"\w*(?:[ -](?!(?:not|cannot|never|be|if|with|and|but|after)\b)\w+){0,2}?\W+"
    r"(?:(?:was|is|were|has been|have been) )?(?:ruled out|excluded|not (?:confirmed|present|found))\b",
    re.IGNORECASE,
)
_FAMILY = re.compile(
    r"\bfamily (?:history|hx)|\bfh[:x ]|(?:mother|father|sister|brother|parent|aunt|uncle|cousin)\b", re.I
)
_ENDED = re.compile(
    r"miscarr|abort|terminat|ended|post-?partum|false pregnancy|pseudocyesis"
    r"|angiomyolip",
    re.IGNORECASE,
)
_ONLY_SPOKEN_OF = re.compile(
    r"counsel|educat|encounter for|planned|scheduled|awaiting|consider|request|referr|evaluation|peri-?menopaus"
    r"|unilateral"
    r"|\b(?:left|right)\b",
    re.IGNORECASE,
)
_WHOLE_TEXT: frozenset[ProblemKind] = frozenset(
    {"pregnancy", "lactation", "menopause", "sterilised", "hysterectomy", "infertility"}
)
"""Problems of which a mention alone would reassure or alarm wrongly: nothing in the text may speak against them."""
_MAX_NAME = 1000


def kinds_named(words: str) -> tuple[ProblemKind, ...]:
    """The problems a text names as the patient's own; what is negated, feared or a relative's is none."""
    words = words[:_MAX_NAME]
    if _FAMILY.search(words):
        return ()
    possible = bool(_COMPILED["possible-pregnancy"].search(words))
    found: list[ProblemKind] = []
    for kind, pattern in _COMPILED.items():
        match = pattern.search(words)
        if match is None or (kind == "pregnancy" and possible):
            continue
        if kind == "mds-aml" and "angiomyolip" in words.lower():
            continue
        if kind in _WHOLE_TEXT and (_ONLY_SPOKEN_OF.search(words) or _ENDED.search(words)):
            continue
        denied = NEGATED.search(words[: match.start()]) or _NEGATED_AFTER.match(words, match.end())
        if kind == "possible-pregnancy" or not denied:
            found.append(kind)
    return tuple(found)
