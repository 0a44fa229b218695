"""The words of disease judgements (patterns of `response`)."""

from __future__ import annotations

import re

from cds_service.narrative.lowercase import lower_pattern
from cds_service.narrative.starts import anywhere
from cds_service.narrative.words import Words

WHOLE = (
    r"(?:disease|tumou?rs?|tumou?ral|oncolog\w+|overall|malignan\w+|metastatic disease|NET|findings?|situation|"
    r"tumou?r burden|disease burden|burden|course|status|RECIST|morpholog\w+|metabolic\w*|radiolog\w+|picture|"
    r"everything|imaging|extent of disease)"
)
RESPONSES: tuple[tuple[str, str], ...] = (
    ("CR", r"complete (?:(?:metabolic|morphological|radiological|radiographic|molecular|tumou?r|objective|imaging|"
        r"clinical|ongoing|durable|near|confirmed|continued|\w+ly) )?(?:remission|response)"),
    ("PR", r"partial (?:(?:metabolic|morphological|radiological|radiographic|molecular|tumou?r|objective|imaging|"
        r"clinical|ongoing|durable|near|confirmed|continued|\w+ly) )?(?:remission|response)"),
    ("SD", r"stable (?:tumou?r |metabolic |metastatic |oncological |neuroendocrine |NET |neoplastic )?disease|"
        r"disease (?:is |remains |was )?(?:\w+ )?stable(?! since)|disease stabili[sz]ation"),
    ("PD", r"progressive (?:tumou?r |metabolic |metastatic |oncological |neuroendocrine |NET |neoplastic |"
        r"systemic )?disease"),
    ("worsened", r"(?:disease|tumou?r|tumou?ral|overall|clear|definite|significant|morphological|radiological|"
     r"metabolic|"
        r"oncological|systemic|metastatic|marked|further|slow|RECIST) progress(?:ion)?\b|"
        r"progress(?:ion)? of (?:the )?(?:disease|tumou?r|malignan\w+|NET|metastatic disease|known disease|"
        r"tumou?r burden)|(?:disease|tumou?r burden|tumou?r|NET|findings) (?:has|have|is|are|shows?|"
        r"was)(?: clearly| markedly| slightly| further)? (?:progressed|progressive|progressing|progression|"
        r"worsened|worse|increased)|worsening(?: of (?:the )?(?:disease|tumou?r|findings))?|"
        r"overall (?:\w+ )?(?:worse(?:ned)?|progress\w*)|(?:impression|conclusion|assessment|"
        r"summary)\W+progression\b|increas(?:e|ed|ing) (?:in |of )?(?:the )?(?:overall )?(?:tumou?r|"
        r"disease) (?:burden|load|volume)|progression (?:according|by|per) "),
    ("improved", r"(?:tumou?r|disease|overall|clear|marked|good|very good|morphological|metabolic|significant|"
        r"partial tumou?r|overall tumou?r) (?:regression|remission|improvement|shrinkage)|"
        r"regression of (?:the )?(?:disease|tumou?r|tumou?r burden|NET)|(?:disease|tumou?r burden|findings|tumou?r|"
        r"NET) (?:has|have|is|are|shows?|was)(?: clearly| markedly| slightly)? (?:improved|regressed|responding|"
        r"regressive|smaller|decreased)|overall (?:\w+ )?(?:improve(?:d|ment)|regress\w*|better)|(?:good|"
        r"favou?rable|excellent|marked|clear|very good|impressive|definite) (?:\w+ )?response|(?:disease|tumou?r|"
        r"NET|patient) (?:is |has |shows a )?respond(?:ed|ing|s)?|decreas(?:e|ed|ing) (?:in |"
        r"of )?(?:the )?(?:overall )?(?:tumou?r|disease) (?:burden|load|volume)"),
    ("stable", r"no (?:relevant|significant|major|interval|substantial|definite|appreciable|essential|"
        r"further)?(?:,? ?(?:relevant|significant|interval|overall|morphological) ?)*changes?(?! (?:in|"
        r"of) (?!(?:the )?(?:overall|tumou?r|disease|extent|findings|metastatic|comparison|known disease|"
        r"appearance)))|(?:overall|essentially|largely|altogether|globally|morphologically|"
        r"all in all) (?:\w+ )?(?:stable|unchanged|constant)|(?:stable|unchanged|constant) (?:overall |known |"
        r"\w+ )?(?:findings?|tumou?r(?: burden| load| disease)?|situation|disease burden|burden|course|status|"
        r"extent(?: of disease)?|picture|overall)|(?:disease|tumou?r burden|findings?|situation|everything) (?:is|"
        r"are|remains?|was|has remained) (?:\w+ )?(?:unchanged|constant)|unchanged overall"),
)  # fmt: skip
RESPONSE = Words(
    "|".join(
        rf"(?P<r{i}>\b(?:{words})|(?<![\w-])(?:{words}))" if words.startswith("^") else rf"(?P<r{i}>\b(?:{words}))"
        for i, (_, words) in enumerate(RESPONSES)
    )
)
BARE_WORDS = {
    "progression": "worsened", "progress": "worsened", "progressive": "worsened", "worsening": "worsened",
    "worse": "worsened",
    "improvement": "improved", "improved": "improved", "regression": "improved", "better": "improved",
    "stable": "stable", "unchanged": "stable", "no change": "stable",
}  # fmt: skip
BARE = Words(
    r"^[\s\u2022*\d.)-]*(?:(?P<label>[^:.;]{1,40}):\s?){0,2}(?P<word>progression|progress|progressive|worsening|"
    r"worse|improvement|improved|regression|better|stable|unchanged|no change)\s?[.!]?\s*$"
)
LETTERS = re.compile(
    r"(?<![\w/-])(?P<word>CR|PR|SD|PD)(?=\s?(?:[.,;:)(]|$|(?i:by\b|according|as per|per\b|in RECIST|based on|"
    r"with new|due to|because)))"
)
LETTERS_ALONE = re.compile(
    r"(?:^|[:(,=]|\boverall|\bis|\bas|\bwith|\bi\.e\.|\bcategory|"
    r"\bRECIST(?: 1\.1)?)\s?\(?(?:RECIST(?: 1\.1)?:?\s)?(?:m|i)?$",
    re.I,
)
SYMPTOMS: tuple[tuple[str, str], ...] = (
    ("improved", r"(?:less|decreas\w+|reduced|reduction (?:of|in)|relief (?:of|from)|improve(?:d|ment) (?:of|"
        r"in)?)\s?(?:\w+ ){0,3}?(?:pain|symptoms?|diarrh?o?ea|flush\w*|complaints?|asthenia|fatigue)|(?:pain|"
        r"symptoms?|diarrh?o?ea|flush\w*|complaints|general condition|clinical condition|condition|asthenia|"
        r"fatigue)(?: (?:is|are|has|have|was|were|been|clearly|markedly|much|significantly|now|also|partly|"
        r"subjectively)){0,4} (?:less|improved|better|decreased|reduced|resolved|regressed|subsided|disappeared|"
        r"gone)|(?:clinical(?:ly)?|symptomatic(?:ally)?|subjective(?:ly)?) (?:\w+ )?(?:improve\w*|better|benefit|"
        r"response)|symptom relief|pain relief|feels? (?:much |clearly )?better"),
    ("worsened", r"(?:more|increas\w+|worsening(?: of)?|aggravat\w+)\s(?:\w+ ){0,2}?(?:pain|symptoms?|"
     r"diarrh?o?ea|flush\w*|"
        r"complaints)|(?:pain|symptoms?|diarrh?o?ea|flush\w*|complaints|general condition|condition)(?: (?:is|are|"
        r"has|have|was|were|been|clearly|markedly|much|significantly|now)){0,4} (?:worse(?:ned)?|increased|"
        r"deteriorated|progressive|aggravated)|clinical(?:ly)? (?:\w+ )?(?:progress\w*|deteriorat\w+|worse\w*)"),
    ("stable", r"(?:clinical(?:ly)?|symptomatic(?:ally)?) (?:\w+ )?stable|(?:symptoms|pain|complaints|"
     r"condition)(?: (?:is|"
        r"are|remains?|was|were)){1,2} (?:\w+ )?(?:stable|unchanged)"),
)  # fmt: skip
SYMPTOM = Words("|".join(rf"(?P<s{i}>\b(?:{words}))" for i, (_, words) in enumerate(SYMPTOMS)))
LOCAL_AFTER = re.compile(
    r"^\s?(?:of|in|within|at|for|concerning)\s(?:the\s|a\s|all\s|known\s|multiple\s|some\s|one\s|"
    r"two\s)*(?!comparison|relation|view)(?:(?:\w+\s){0,3}?(?P<what>lesions?|target lesion|node|nodule|metastas\w+|"
    r"mass|primary|lesion in))?",
    re.I,
)
OF_THE_METASTASES = re.compile(
    r"^\s?(?:of|in)\s(?:the\s|all\s|known\s|multiple\s|both\s)*(?:(?:liver|hepatic|nodal|bone|osseous|lymph node|"
    r"peritoneal)\s)?(?:and\s\w+\s)?metastases\b",
    re.I,
)
GROWTH = re.compile(
    r"(?<!\bno )(?<!\bwithout )(?<!\bno sign of )(?<!\bno signs of )(?<!\bno evidence of )\b(?:progress\w*|increas\w*|"
    r"larger|bigger|grow\w*|enlarg\w*|new(?:ly)?|appear(?:ed|ing)|emerg\w*|develop\w*|worse\w*|deteriorat\w*|"
    r"additional)\b",
    re.I,
)
"""Something got worse, somewhere; what a judgement on part of the disease cannot speak for."""
LOCAL_SUBJECT = re.compile(
    r"\b(?:lesions?|metastas[ei]s|mets|nodes?|mass(?:es)?|nodules?|primary|foc(?:us|i)|deposits?|cysts?|segment|"
    r"SUV\w*|uptake|expression|score|receptor|index lesion)\b",
    re.I,
)
NEWLY = Words("new|appear|interval|develop")
"""A word without which nothing is called new."""
NEW = Words(
    r"\b(?:(?P<denied>no|not any|without(?: any)?|nor|absence of)\s(?:evidence of\s|sign(?:s)? of\s|definite\s|"
    r"any\s|suspicious\s|clear\s|convincing\s|pathological\s)*)?(?:several\s|multiple\s|two\s|some\s|a\s|"
    r"one\s)?(?<!-)\bnew(?!\s?(?:york|study|exam|PET|CT|scan|baseline|course|treatment|therapy|fracture|"
    r"staining))(?:ly\s(?:appeared|visible|detected|developed|appearing|emerged|occurring|detectable))?\s"
    r"(?P<adjectives>(?:[\w./-]+\s(?!(?:PET|CT)\b)){0,5}?)(?P<noun>lesions?|metasta\w+|mets|filiae?|disease|"
    r"tumou?rs?|manifestations?|sites?(?: of disease)?|foc(?:us|i)|nodules?|mass(?:es)?|deposits?|lymph nodes?|"
    r"nodes?|lymphadenopathy|tumou?r manifestations?)\b"
)
APPEARED = Words(
    r"\b(?P<noun>lesions?|metasta\w+|nodules?|deposits?|mass(?:es)?|foc(?:us|i)|"
    r"nodes?)\s(?:[^;.,]{0,40}?\s)?(?:is|are|was|were|has|have)\s(?:newly (?:appeared|visible|detected|"
    r"developed)|new\b|appeared(?= since|\s?[.,;]|\sin the (?:meantime|interval)|$))|"
    r"\b(?:interval (?:appearance|development)|appearance|development|"
    r"occurrence) of (?:new )?(?:\w+\s){0,3}?(?:lesions?|metasta\w+|nodules?|deposits?)"
)
TRACER_WORD = re.compile(
    r"\b(?:FDG|SSTR\w*|DOTA\w*|avid|positive|tracer|receptor\w*|hypermetabolic|somatostatin|uptake|expressing|"
    r"octreotide|PET)\b",
    re.I,
)
NO_DISEASE = Words(
    r"\b(?:no|without|absence of|free of)\s(?:(?:clear|definite|convincing|further|current|imaging|"
    r"radiological|any|morphological|CT|MRI|visible|macroscopic)\s)*(?:(?:evidence|signs?|indications?|proof|"
    r"suspicion|hint|demonstration)\s(?:of|for)\s(?:a\s|an\s|the\s|any\s)*)?"
    r"(?P<what>(?:[\w/-]+,?\s){0,7}?)(?P<noun>disease|tumou?rs?|recurrence|relapse|malignan\w+|cancer|NET|"
    r"neoplas\w+|tumou?r manifestations?|tumou?r recurrence)\b(?P<tail>[^.;,]{0,60})|\b(?P<ned>NED|"
    r"disease[- ]free|tumou?r[- ]free|free of (?:disease|tumou?r))\b"
)
WHOLE_WORDS = re.compile(
    r"^(?:(?:active|residual|recurrent|metastatic|viable|vital|remaining|persistent|persisting|or|and|and/or|"
    r"of|neuroendocrine|NET|tumou?r|disease|malignant|neoplastic|locoregional|local|distant|either|a|any|"
    r"progressive|"
    r"recurrence|metastas[ei]s|relapse|known),?\s)*$",
    re.I,
)
LIMITS = re.compile(r"\b(?:progress\w*|new|local|locoregional|distant)\b", re.I)
OPERABILITY: tuple[tuple[str, str], ...] = (
    ("unresectable", r"(?:un|ir|non-?\s?|in)re?sectable|inoperable|irresectable|non-?operable|"
     r"not (?:\w+ )?(?:resectable|"
        r"operable)|not (?:\w+ )?(?:amenable to|a candidate for|suitable for|accessible (?:to|"
        r"for)) (?:\w+ )?(?:surgery|resection|surgical\w*)|cannot be (?:\w+ )?resected|(?:surgery|resection)(?: is|"
        r" was)? (?:not|im)\s?(?:possible|feasible)|(?:surgery|resection) (?:is )?impossible|no surgical option|"
        r"no longer (?:resectable|operable)"),
    ("resectable", r"(?<![-\w])resectable|(?<![-\w])operable|(?:amenable to|candidate for|"
        r"suitable for) (?:\w+ ){0,2}(?:resection|surgery|surgical resection)|(?:surgery|"
        r"resection) (?:is )?(?:possible|feasible)"),
)  # fmt: skip
OPERABLE = Words("|".join(rf"(?P<p{i}>\b(?:{words}))" for i, (_, words) in enumerate(OPERABILITY)))
COULD = re.compile(r"\b(?:potentially|borderline|possibly|probably|likely|upfront not)\s$", re.I)
WORD_OF = {"PR": "improved", "SD": "stable", "PD": "worsened"}
_OF_RESPONSE = (
    "respon", "remission", "stable", "stabili", "progress", "regress", "improv", "worse", "change", "constant",
    "burden", "shrink", "cr\b", "pr\b", "sd\b", "pd\b",
)  # fmt: skip
RESPONSE_HINT = re.compile(anywhere(_OF_RESPONSE))
JUDGEMENT_HINT = re.compile(anywhere((
    *_OF_RESPONSE, "new", "appear", "interval", "develop", "diseas", "tumo", "recurr", "relaps", "malign", "cancer",
    "net", "neoplas", "ned", "sectable", "operable", "resect", "surg", "pain", "symptom", "diarr", "flush", "complaint",
    "asthenia", "fatigue", "condition", "clinical", "subjective", "feel",
)))  # fmt: skip
"""Without one of these no judgement at all is found: no RESPONSE_HINT, NEWLY, NO_DISEASE, OPERABLE or SYMPTOM."""
MIXED = lower_pattern(r"\bmixed response\b|\bmorpholog\w+ criteria not")
REGION = re.compile(
    r"\b(?:chest|thora\w+|abdom\w+|pelvi\w+|neck|head|skull|extremit\w+|limbs?|parenchyma|upper|lower|region|"
    r"organs?|visuali[sz]ed|covered|included|segment\w*|anastomos\w+|resection (?:bed|site|margin)|bed)\b",
    re.I,
)
EXAM_TITLE = re.compile(
    r"^\s*(?:[-\u2022]\s)?(?:contrast[- ]enhanced |low-dose |whole[- ]body )?(?:CT|MRI?|MR|PET\S*|\S*(?:DOTA|"
    r"FDG)\S*|SPECT\S*|CECT|computed tomography)\b[^:]*:",
    re.I,
)
AFTERWARDS = re.compile(
    r"\b(?:after|status|st\.?|s/p|following|post|since|resect\w*|\w+ectomy|treated|known|history)\b", re.I
)
WHOLE_STUDY = re.compile(
    r"^\s(?:in|within|at|on|of)\s(?:the\s|this\s|today'?s\s)?(?:current\s|present\s)?(?:exam\w*|study|scan|imaging|"
    r"PET\S*|CT|MRI?|patient|whole|entire|body|all)\b",
    re.I,
)
