"""The words that deny, hedge, date or condition a statement (patterns of `context`)."""

from __future__ import annotations

import re

from cds_service.narrative.words import Words

ARROW = r"(?:[-=]>|\u00bb)"
"""Between an earlier value and the present one ("9 -> 12"); other arrows are "->" in the plain alphabet."""
CONTRAST = Words(
    r"\b(?:but|however|whereas|while|although|though|except|apart from|with the exception of|on the other hand|"
    r"yet|otherwise)\b"
)
NEGATION = Words(
    r"\b(?:no(?! longer\b| doubt| 1| relevant change| significant change)|not(?! only\b| (?:be )?exclude)|"
    r"without(?! exception)|none(?: of)?|never|neither|nor|absence of|(?<!is )(?<!are )(?<!was )absent|"
    r"fail(?:s|ed|ing)? to|lack(?:s|ing)?(?: of)?|negative for|free of|w/o|resolution of|instead of|rather than)\b"
)
SHORT_OF = Words(r"\b(?:short of|almost|nearly|not quite|far from)\s(?:a\s|an\s)?(?:krenning\s)?(?:score\s)?(?:of\s)?$")
NEGATED_BEFORE = Words(
    r"\b(?:(?:is|are|was|were|has been|have been|can|could)?\s?(?:not|no longer)\s(?:be\s)?(?:\w+\s)?(?:seen|"
    r"detect\w+|visible|present|identif\w+|found|"
    r"delineat\w+|demonstra\w+|appreciat\w+|evident|confirmed|met|fulfilled|reached|available|performed|used|"
    r"administered)(?! (?:on|in|by) (?:the )?(?:CT|MRI?|ultrasound|conventional|morpholog|low-dose))|absent|"
    r"(?<!not be )(?<!cannot be )(?<!be )(?<!not )excluded|"
    r"(?<!not be )(?<!cannot be )ruled out|(?:has|have) (?:resolved|disappeared|vanished)|(?:are|is) no longer\b)"
)
# "no change of the metastases" does not deny the metastases
NOT_OF_LESION = Words(
    r"\b(?:change|changes|progress\w*|increase\w*|growth|grow|decrease\w*|difference|uptake|expression|"
    r"expressing|accumulat\w+|avidity|enhanc\w+|enlarge\w+|"
    r"larger|smaller|regress\w*|response|washout|take|takes|show|shows|given|reported|available|covered|"
    r"assess\w+|FDG uptake)\b"
)
HEDGE = Words(
    r"\b(?:possibl[ey](?! (?:from|if|now|after|as|in principle))|probabl[ey]|likely|unlikely|suspect\w*|"
    r"suspicio\w*|presum\w+|questionabl[ey]|equivocal|indeterminate|uncertain|unclear|"
    r"(?<!\d )may(?! (?:\d|become|be (?:considered|discussed|offered|reconsidered)))|might(?! (?:become|"
    r"be (?:considered|discussed|offered|reconsidered)))|"
    r"could (?:be|represent|correspond|reflect)(?! (?:considered|discussed|offered))|suggest(?:s|ive|"
    r"ing)?(?! (?:to|a repeat|repeat|biopsy|fdg|pet|follow))\b|seems?|"
    r"cannot (?:be )?(?:\w+ )?(?:exclude|rule)\w*|can ?not be (?:exclude|rule)\w*|"
    r"not (?:be )?(?:\w+ )?excluded|to be excluded|borderline|potentially|perhaps|unsure|query|"
    r"differential(?: diagnosis)?|DD|favou?r(?:s|ed|ing)?|estimated at|arguabl[ey]|tentativ\w+|apparently|"
    r"appears? to)\b|(?:^|[\s(])\?(?=\w)"
)
HEDGE_AFTER = Words(
    r"cannot (?:be )?(?:\w+ )?(?:excluded|ruled out|confirmed)|not (?:be )?excluded|\b(?:is|are|remains?|but|"
    r"being|as)\s(?:\w+\s)?(?:questionable|equivocal|indeterminate|uncertain|unclear|"
    r"suspected|unreliable|doubtful|tentative|suspicious|borderline)|\b(?:is|are|seems?) (?:un|very un)?likely|"
    r"\bimprobable|\bnot reliable|\bunreliable|\bto be confirmed|\bneeds? confirmation|"
    r"\bunder reserve|\bwith caution|\bwith reservations?|\(\?\)|\?(?=\s|$|\))|\((?:estimated|borderline|DD|"
    r"possibly|probably|"
    r"rather|perhaps|maybe)\b|\b(?:equivocal|questionable|tentative|"
    r"unconfirmed)\b",
    holds=r"\b(?:excluded|ruled out|confirm|questionable|equivocal|indeterminate|uncertain|unclear|suspected|"
    r"unreliable|doubtful|tentative|suspicious|borderline|(?:very )?(?:un)?likely|improbable|reliable|"
    r"reserve|caution|reservation|estimated|dd|possibly|probably|rather|perhaps|maybe|unconfirmed)|\?",
)
_STUDY = (
    r"(?:stud(?:y|ies)|scans?|exam(?:ination)?s?|PET\S*|CT\b|MRI?\b|SPECT\S*|imaging|reports?|biops(?:y|ies)|"
    r"specimens?|resection|investigation|"
    r"scintigraphy|scintigram|assessment|values?|reading|time ?point|measurement|octreoscan|DOTA\w+|FDG|"
    r"staging|results?|findings|diagnos[ie]s|patholog(?:y|ists?)|opinion|hospital|lab(?:oratory)?)"
)
OLD = (
    r"(?:previous|prior|last|earlier|initial|baseline|first|old|outside|external|preceding|foregoing|"
    r"pre-?treatment|pre-?therapeutic|former|recent|pretherapeutic)"
)
_DATE = (
    r"(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}[./]\d{2,4}|\d{4}-\d\d(?:-\d\d)?|(?:\d{1,2}\.?\s)?(?:jan|feb|"
    r"mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*\.?,?\s?"
    r"(?:\d{1,2},?\s)?(?:(?:19|20)\d\d)?|(?:19|20)\d\d)"
)
_STUDY_PHRASE = (
    rf"(?:the |a |an |that of |those of |our |his |"
    rf"her )*(?:{OLD}\s)?(?:\S+\s){{0,3}}?(?:{_STUDY})(?:/\w+)?(?:\s(?:of|from|dated|on|in|"
    rf"performed on)\s(?:the\s)?{_DATE})?(?:\s\(?{_DATE}\)?)?"
)
COMPARED = Words(
    r"\b(?:(?:similar|identical|comparable|equal|analogous|corresponding) to(?= (?:the )?(?:previous|prior|"
    r"last|earlier|baseline|initial))|(?:as |when )?compar(?:ed|ison|ing|able)(?: is made)?(?: (?:with|to))|"
    r"in comparison (?:with|to)|relative to|as opposed to|versus|vs\.?|than|against|since|"
    r"(?:un)?changed (?:to|from|since|on|in)|up from|down from|as(?: already| previously)?(?: (?:seen|"
    r"described|noted|known|reported|visible))? (?:in|on|at|from)|already (?:seen|described|noted|known|"
    r"reported|visible) (?:in|on|at|from)|as)\s"
)
WHOLE_PHRASE = Words(
    rf"{_STUDY_PHRASE}(?:\s\([^)]*\))?|(?:before|previously|earlier|the previous one|prior|baseline|{_DATE})"
)
EARLIER = Words(
    r"\b(?:previously(?! (?:noted|described|seen|known|reported|identified|demonstrated|treated|irradiated|"
    r"documented|mentioned|visible|detected|avid)\s(?!krenning|suv|ki|score|grade|g\d|\d))|formerly|formely|"
    r"initially|originally|(?:(?<=[;:,(] )|(?<=[;:(]))before (?=PRRT)|before(?! (?:PRRT|starting|the next|"
    r"further))|prev(?:\.|\b)|"
    r"prior(?=[:\s)]\s?(?:krenning|suv|value|score|ki|grade|\d|was|(?:cr|pr|sd|pd|g[1-3])\b))|"
    r"best (?:overall )?response|prior:|previous(?=[:\s]\s?(?:krenning|suv|"
    r"value|score|ki|\d|(?:cr|pr|sd|pd|g[1-3])\b))|"
    r"earlier(?=[:\s,)]|$)|at that time|old value|last time|pre-?treatment|pre-?therapy|years? ago|months? ago|"
    r"weeks? ago|in the past|at (?:first |initial )?diagnosis|"
    r"had (?:been|shown|demonstrated|had)|at baseline|baseline(?=[:\s]\s?(?:krenning|suv|value|score|ki|\d))|"
    r"unresectable then|then\)|last year|history of|h/o|status post|formerly|known from|wrongly|erroneously|"
    r"mistakenly|incorrectly|originally|was(?= krenning \S+,? (?:and )?(?:is|now|currently)\b)|"
    r"no longer(?= (?:\w+ ){0,2}?(?:krenning|scores?|ki-?67|G[1-3]\b))|"
    r"instead of|rather than|and not(?= (?:krenning|ki|g?\d|stable|progress|partial|complete))|"
    r"not(?= (?:stable disease|progressive disease|partial response|complete response|[0-4]\b(?! (?:lesion|met|"
    r"further)))))"
)
EARLIER_STUDY = Words(
    rf"\b(?:(?:on|in|at|of|the|from|an|a)\s)*{OLD}\s(?:\S+\s){{0,3}}?{_STUDY}|\bat baseline\b|"
    rf"(?:^|[.;:(]\s?)(?:in|from|of|on)?\s?{_DATE}\s?(?::|showed|there was|with|\w*\sPET)|(?:^|;\s?)\s*in\s{_DATE}\b|"
    rf"\b(?:in|from|of|dated|on|biopsy|resection|specimen|surgery|histology|pathology|PET|CT|MRI)\s(?:of\s|"
    rf"from\s|in\s|dated\s|on\s)?(?:the\s)?\(?{_DATE}(?!\s?(?:mm|cm))",
    holds=rf"\b(?:{OLD}|(?:in|from|of|on)?{_DATE})",
)
YEAR_IN_BRACKETS = Words(
    rf"\((?![^()]*\b(?:was|were|previous\w*|prior|before|earlier|on|WHO|AJCC|UICC|ENETS|TNM|edition|classification|"
    rf"RECIST|ed)\b)(?:[^()\d]{{0,40}}\s)?{_DATE}\)",
    holds=rf"\b{_DATE}\)",
)
OLD_WORDS = Words(rf"\b(?:{OLD}|previously|before|earlier|{_DATE})\b")
CLASSIFICATION = re.compile(
    r"\b(?:WHO|AJCC|UICC|ENETS|TNM|RECIST|edition|classification|criteria)\b[\w\s,]{0,25}$", re.I
)
SAID_BEFORE = re.compile(r"(?:\s(?:the\s)?[a-z]+){0,2}?\s(?:and|but)\s", re.I)
PREPOSITION = re.compile(r"\s?(?:on|in|at|from|by)\s", re.I)
TITLE_ENDS = re.compile(r"(?:PET\S*|\bCT|MRI?|scan|study|exam\w*|TATE|TOC|NOC|FDG|report|addendum)\W*$", re.I)
VALUE_ENDS = re.compile(
    r"(?:\d\s?%?|(?<!segment )(?<!seg )(?<!seg. )\b(?:I{1,3}|IV)|disease|response|remission|NEC|stable)\W{0,2}$", re.I
)
AGO_IN_BRACKETS = Words(r"\([^()%]{0,40}\bago\)", holds=r"\bago\b")
NOW = Words(
    r"\b(?:now(?:adays)?|currently|current|today|at present|present(?:ly)?(?= (?:study|scan|exam\w*|PET|CT|"
    r"imaging|investigation))|presently|this (?:study|scan|exam\w*|PET|time)|"
    r"meanwhile|correct (?:score|value|grade)|should read|corrected to|is (?:now|currently))\b"
)
IF = Words(
    r"\b(?:if|should (?:the|ki|krenning|it|this|uptake|there|progress\w*)|would|in (?:the )?case of|"
    r"in the event|unless|provided(?: that)?|may become|might become|could become|"
    r"may be(?:come)? (?:resectable|operable)|to become|hop(?:ed?|ing)|thresholds?|goals?|desired|"
    r"(?:PRRT|inclusion|eligibility|selection|treatment) criteria|criteri(?:a|on) (?:for|of|"
    r"is|are)|cut-?off|require[sd]?|needed|necessary|prerequisite|usually|generally|typically|"
    r"defined as|means|next (?:exam\w*|scan|control|staging|PET|CT|visit|follow-?up)|"
    r"once|to (?:look for|rule out|exclude|assess|evaluate|search|determine|check)|question of|"
    r"for (?:the )?(?:evaluation|assessment|detection|exclusion) of|suitab\w+ if|aim(?:ed|s)?|whether|asks?|"
    r"asked|requested to|presuppos\w+|demands?|prerequisites?|"
    r"precondition|minimum (?:for|of)|literature|guidelines?|in general|patients (?:with|whose|who)|studies have|"
    r"according to (?:the )?(?:label|protocol))\b"
)
RELATIVE = re.compile(r"\b(?:which|that|and|this)\s$", re.I)
ADVICE = Words(
    r"\b(?:recommend\w*|advis\w+|suggest(?:ed)?(?= (?:to|a repeat|repeat|biopsy|fdg|pet|follow))|"
    r"consider(?!ed)\w*|re-?considered|propos\w+|to be discussed|discuss\w*|plan(?:ned|ning)?|repeat|"
    r"eligib\w+|expected|anticipated)\b"
)
GRADED = Words(  # "0 none, 1 < liver, 2 = liver": three such are a scale
    r"\b[0-4]\s?(?:[=:-]\s?)?(?:no\b|none|[<>=]\s?(?:liver|spleen|hepat|uptake|no)|less|lower|equal|greater|"
    r"higher|below|above|"
    r"similar|much|very)"
)
SCALE = Words(
    r"\b(?:legend|krenning scale (?:\(?0|was|is|from|used)|krenning scale\s?[:=]|scoring system|is graded|"
        r"was graded|are graded|(?P<equated>corresponds? to)|defined as|0\s?=|1\s?=|= ?no uptake)|"
    r"(?:CR|PR|PD|SD)\s?[=:]\s?(?:disappear|at least|neither|>=|<=|increase|decrease)|"
        r"WHO\s(?:20\d\d\s)?(?:classification)?\s?:|\bG1\b.{0,30}\bG2\b.{0,30}\bG3\b|"
    r"\b0\s?[-:]\s?(?:no|none|absent)\b",
    holds=r"\b(?:legend|scale|scoring system|(?:is|was|are) graded|corresponds? to|defined as|g1\b|"
    r"0\s?-\s?(?:no|absent))|[=:]",
)  # fmt: skip
LESION_SUBJECT = re.compile(
    r"^(?!\W*(?:an?|any)\s).*\b(?:lesions?|segments?|metasta\w+|mass(?:es)?|nodes?|primary|deposits?|foc(?:us|i))\b",
    re.I,
)
JUDGED_CRITERIA = re.compile(
    r"\b(?:met|fulfil\w*|reach\w*|satisf\w+|exceed\w*|not|RECIST|PERCIST|Choi|progress\w*|response)\b", re.I
)
LEGEND_LINE = Words(
    r"^\s*(?:[-\u2022(]\s?)?(?:(?:krenning|score|grade)\s){0,2}(?:[0-4]|I{1,3}|IV)\)?\s?"
    rf"(?!{ARROW}\s?(?:(?:now|currently|krenning)\s){{0,2}}(?:\d|[IV]{{1,3}}\b))(?:=|:|-)\s?(?:no|none|"
    r"very|much|less|low|slight|lower|equal|similar|same|greater|"
    r"higher|more|above|>|<|=|uptake|intense|absent|moderate|faint)"
)
FAMILY = Words(
    r"\b(?:mother|father|brother|sister|aunt|uncle|cousin|grand(?:mother|father|parent)s?|siblings?|relatives?|"
    r"niece|nephew|family history|"
    r"his son|her son|his daughter|her daughter|twin|another patient|other patient|different patient|patient b|"
    r"paternal|maternal|kindred)\b"
)
COMPARING = re.compile(
    r"\b(?:compar\w+|than|since|relative|correlat\w+|previous\w*|prior|last|earlier|known|seen|described|on the)\b",
    re.I,
)
