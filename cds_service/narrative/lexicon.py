"""Anatomy and lesion words of imaging reports, in the plain alphabet.

A site has organ names (for "is this the same lesion?") and the words it is called by.
"""

from __future__ import annotations

import re

from cds_service.narrative.words import Words, group_of

_SIDE = r"(?:(?:left|right|bilateral|both|both-sided|lt\.?|rt\.?)\s)?"
_ORDINAL = (
    r"(?:(?:\d{1,2}(?:st|nd|rd|th)|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|"
    r"twelfth)\s)?"
)
_ROMAN_SEGMENT = r"(?:VIII|VII|VI|IV|V|III|II|I|[1-8]|two|three|four|five|six|seven|eight|one)(?![0-9])[ab]?(?:/[ab])?"
SEGMENT_LIST = rf"{_ROMAN_SEGMENT}(?:\s?(?:/|,|-|and|to|&|\+|or)\s?{_ROMAN_SEGMENT}\b){{0,7}}"
# organ id -> words; the first that matches at a place wins, so the more specific stands first
_ORGANS: tuple[tuple[str, str], ...] = (
    ("segment", rf"(?:liver |hepatic )?(?:seg(?:ment)?s?\.?|segm\.?)\s?{SEGMENT_LIST}(?![\w%])(?:\s(?:of the )?liver)?|"
        rf"(?:liver |hepatic )?S[1-8][ab]?(?![\w.])|(?:liver|hepatic) (?:VIII|VII|VI|IV[ab]?|V|III|II|I)(?![\w-])"),
    ("liver", r"liver|hepatic|intrahepatic|hepato\w*(?=\s)"),
    ("uncinate", r"uncinate(?: process)?|processus uncinatus"),
    ("pancreas", r"(?:(?:head|body|tail|neck) of (?:the )?pancreas|pancrea(?:s|tic)(?:[ -](?:head|body|tail|neck))?|"
        r"peripancreatic)"),
    ("stomach", r"stomach|gastric|antrum|antral|gastric (?:body|fundus|antrum)"),
    ("duodenum", r"duoden(?:um|al)"),
    ("small-bowel", r"(?:terminal )?ile(?:um|al|ocaecal|ocecal)\b|jejun(?:um|al)|small[ -](?:bowel|intestin\w+)|"
     r"midgut"),
    ("colon", r"(?:ascending |descending |transverse |sigmoid )?col(?:on|onic|orectal)\b|ca?ec(?:um|al)\b|append(?:ix|"
        r"iceal|iceal)|sigmoid"),
    ("rectum", r"rect(?:um|al)\b|mesorectal"),
    ("node", rf"(?:{_SIDE}(?:para-?aortic|retroperitoneal|mesenteric|mediastinal|hilar|iliac|inguinal|axillary|"
     rf"cervical|"
        rf"supraclavicular|portocaval|peripancreatic|interaortocaval|coeliac|celiac|mesorectal|pelvic|abdominal|"
        rf"thoracic|regional|locoregional|retrocrural|perihepatic|presacral|perirectal|perigastric|"
            rf"paraesophageal|para-?oesophageal|aortocaval|periportal|subcarinal|paratracheal|cardiophrenic|"
        rf"left|right|virchow)(?:,? (?:and )?(?:para-?aortic|retroperitoneal|mesenteric|mediastinal|hilar|iliac|"
        rf"inguinal|axillary|cervical|supraclavicular|coeliac|celiac|pelvic|abdominal))?\s)?(?:lymph[ -]?nodes?|"
        rf"lymph[ -]?nodal|lymphadenopath\w+|nodes?\b|nodal\b|adenopath\w+|LNs?\b|lnn\b)(?:\s(?:in the |of the |"
        rf"at the )?(?:left |right )?(?:axilla|groin|neck|mediastinum|mesentery|pelvis|hilum|retroperitoneum))?"),
    ("mesentery", r"mesenter(?:y|ic|ial)|root of the mesentery"),
    ("retroperitoneum", r"retroperitone(?:um|al)|para-?aortic"),
    ("peritoneum", r"periton(?:eum|eal)|omental|omentum|peritoneal carcinomatosis"),
    ("mediastinum", r"mediastin(?:um|al)(?! blood)"),
    ("lung", rf"{_SIDE}(?:(?:upper|middle|lower) lobe|lungs?\b|pulmonary|bronch(?:us|ial)|hilar|hilum|lingula|"
        rf"intrapulmonary)"),
    ("pleura", r"pleura(?:l)?\b"),
    ("thymus", r"thym(?:us|ic)\b"),
    ("bone", rf"{_SIDE}{_ORDINAL}{_SIDE}(?:ribs?\b|stern(?:um|al)\b|manubrium|clavic(?:le|ular)|scapula\w*|humer(?:us|"
        rf"al)\b|femur|femoral|femora\b|acetabul\w+|ili(?:um|ac(?: bone| wing| crest)?)\b|ischium|ischial|"
        rf"pubic(?: bone| ramus)?|pubis|pelvis|pelvic(?: bones?)?|sacr(?:um|al)\b|coccyx|skull(?! base to)|"
        rf"calvari\w+|tibia\w*|vertebra\w*|vertebral bod(?:y|ies)|spine|spinal|thoracic spine|lumbar spine|"
        rf"costa)(?:\s(?:body\s)?(?:Th|T|L|C|S|D)\s?\d{{1,2}}\b)?|(?:\bbwk|\blwk|\bhwk|\bbwk/lwk)\s?\d{{1,2}}\b|"
        rf"\b(?:Th|T|L|C|D)\s?-?\d{{1,2}}\b(?!\s?%)|skelet(?:on|al)\b|bones?\b|bony|osseous|bone marrow"),
    ("adrenal", rf"{_SIDE}(?:suprarenal|adrenals?\b)(?: glands?)?"),
    ("kidney", rf"{_SIDE}(?:kidneys?|renal)\b"),
    ("spleen", r"spleen|splenic"),
    ("ovary", rf"{_SIDE}(?:ovar(?:y|ies|ian))\b"),
    ("breast", rf"{_SIDE}breasts?\b"),
    ("heart", r"heart|cardiac|myocard\w+|pericard\w+"),
    ("orbit", rf"{_SIDE}orbit(?:a|al)?\b"),
    ("brain", r"brain|cerebral|cerebell\w+"),
    ("blood-pool", r"(?:mediastinal |aortic )?blood[ -]?pool|background|aorta\b|gluteal muscle|muscle"),
    ("pituitary", r"pituitary|hypophys\w+"),
    ("thyroid", rf"{_SIDE}thyroid(?: gland| lobe)?"),
    ("salivary", r"salivary glands?|parotid\w*|submandibular"),
    ("bladder", r"(?:urinary )?bladder|ureters?|urinary tract|renal pelvis"),
    ("bowel", r"bowel|intestin\w+"),
    ("prostate", r"prostat(?:e|ic)"),
    ("soft-tissue", r"subcutaneous|soft[ -]tissue|cutaneous|axilla\w*|gallbladder|bile ducts?|uter(?:us|ine)|"
     r"diaphragm\w*|"
        r"abdominal wall"),
)  # fmt: skip
SITE = Words(r"\b(?=\w)(?:" + "|".join(rf"(?P<o{number}>{words})" for number, (_, words) in enumerate(_ORGANS)) + ")")
_IDS = {
    f"o{number}": frozenset({"liver" if organ == "segment" else organ}) for number, (organ, _) in enumerate(_ORGANS)
}
_NODE = frozenset({"node"})
_NODE_REGIONS = (
    ("mesent", "mesentery"),
    ("retrop", "retroperitoneum"),
    ("aort", "retroperitoneum"),
    ("mediast", "mediastinum"),
    ("hil", "lung"),
)
LESION = Words(
    r"\b(?:metasta(?:sis|ses|tic(?= (?:lesions?|disease|nodes?|lymph|deposits?|involvement|manifest\w+|"
        r"spread))|s[ie]s)|mets?\b|filia(?:e)?\b|lesions?|(?<!body )mass(?:es)?|"
    r"tumou?rs?\b(?![ -](?:board|marker|conference|to-|/|staging|cells?\b|entity|diagnosis))|tumou?ral|"
        r"nodul(?:e|es|i|us)|deposits?|foc(?:us|i)\b|"
    r"(?<!dental )(?<!breast )implants?|(?<!unknown )primar(?:y|ies)(?= \(| (?:tumou?r|lesion|in|of|at|with|site|"
        r"and|is|shows?|NET)|[,:;.()]|$)|primary(?= krenning)|carcinoids?(?! syndrome| heart)|NETs?\b(?!\s?:)|"
            r"neoplasms?|"
        r"neoplasia|"
    r"malignan\w+|carcinomatosis|manifestations?|insulinoma|gastrinoma|glucagonoma|vipoma|paraganglioma|"
        r"ph(?:a)?eochromocytoma|"
    r"(?:(?<=metastatic )|(?<=progressive )|(?<=stable )|(?<=positive )|(?<=avid )|(?<=expressing )|"
        r"(?<=tumour )|(?<=tumor )|(?<=residual )|(?<=extensive )|(?<=hepatic )|(?<=nodal )|(?<=active )|"
        r"(?<=remaining )|(?<=the ))disease)\b")  # fmt: skip
# what takes up tracer or is measured without being this tumour
OTHER = Words(
    r"\b(?:meningiomas?|lymphomas?|prostat(?:e|ic) (?:carcinoma|cancer|tumou?r|adenoca\w*)|breast (?:carcinoma|"
        r"cancer|tumou?r)|mammary carcinoma|"
    r"(?:para)?thyroid (?:adenomas?|nodules?|carcinoma|cancer|lobe|gland|uptake)|goit(?:re|er)|"
        r"thyroid(?! metasta)|parathyroid|ha?emangiomas?|cysts?|cystic lesion|"
    r"degenerati\w+|arthr(?:itis|osis|itic|otic)|fractures?|inflamm\w+|infect\w+|pneumon\w+|sarcoid\w*|abscess\w*|"
    r"physiolog\w+|benign|adenomas?|fibroadenomas?|melanomas?|adenocarcinomas?|squamous cell carcinoma|"
        r"myelomas?|leuka?emi\w+|"
    r"splenosis|accessory spleens?|splenule|paget\w*|osteophyt\w*|fibrous dysplasia|reactive|post-?operative|"
        r"granuloma\w*|bone islands?|enostos\w+|ha?ematomas?|scars?|lipomas?|osteomas?|schmorl\w*|pseudocysts?|"
            r"reflux|gastritis|o?esophagitis|un-?specific|non-?specific|"
    r"focal nodular hyperplasia|FNH|steatosis|emphysema\w*|effusions?|hydronephros\w+|hernia\w*|diverticul\w+|"
        r"thromb\w+|"
    r"renal cell carcinoma|urothelial\w*|colorectal (?:carcinoma|cancer)|lung cancer|hepatocellular\w*|HCC|"
        r"cholangiocarcinoma\w*|"
    r"invasive (?:ductal |lobular )?carcinoma|carcinoma NST|merkel\w*|basalioma|GIST|schwannoma\w*|neurofibroma\w*|"
    r"normal (?:organs?|tissue|distribution|biodistribution)|biodistribution|incidental\w*|atelectas\w+|"
        r"gynaecomastia|polyps?)\b")  # fmt: skip
BENIGN_TAIL = Words(
    r"\b(?:is|are|as|appears?|considered|represent\w*)\s(?:\w+\s){0,2}(?:physiolog\w+|benign|degenerative|"
    r"inflammat\w+|reactive|post-?operative)"
)
REFERENCE = Words(
    r"\b(?:references?|normal|background|physiolog\w+|healthy|unaffected|uninvolved|non-?tumou?rous|"
    r"biodistribution|reference organs?)\b"
)
REFERENCE_ORGANS = frozenset(
    {"liver", "spleen", "kidney", "blood-pool", "pituitary", "bladder", "salivary", "thyroid", "adrenal", "uncinate",
    "brain",
     "bowel", "mediastinum", "heart"}
)  # fmt: skip


def organ_of(match: re.Match[str]) -> frozenset[str]:
    """Organ ids of a match of SITE."""
    organs = _IDS[group_of(match)]
    if organs == _NODE:
        words = match.group()
        return organs | {name for stem, name in _NODE_REGIONS if stem in words}
    return organs
