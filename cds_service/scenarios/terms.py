"""What a scenario's words stand for in a hospital's codes: tumours, problems, procedures, laboratory."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    """How a word is written in a record: code.text, codes as "system#code", and a morphology (ICD-O-3)."""

    text: str
    codes: tuple[str, ...] = ()
    morphology: str = ""


def _icd(text: str, code: str) -> Term:
    return Term(text, (f"icd-10-cm#{code}",))


TUMOURS: dict[str, Term] = {
    "NET": Term("Malignant neuroendocrine tumour", ("snomed#1288045008",)),
    "metastatic NET": Term("Metastatic well-differentiated neuroendocrine tumour", ("snomed#1290060007",)),
    "NET, differentiation not coded": Term("Malignant neuroendocrine neoplasm", ("snomed#1290125003",)),
    "gastric NET": _icd("Gastric neuroendocrine tumour", "C7A.092"),
    "duodenal NET": _icd("Duodenal neuroendocrine tumour", "C7A.010"),
    "jejunal NET": _icd("Jejunal neuroendocrine tumour", "C7A.011"),
    "ileal NET": _icd("Ileal neuroendocrine tumour", "C7A.012"),
    "appendiceal NET": _icd("Appendiceal neuroendocrine tumour", "C7A.020"),
    "colonic NET": Term("Well-differentiated neuroendocrine tumour of colon", ("snomed#1290274008",)),
    "rectal NET": _icd("Rectal neuroendocrine tumour", "C7A.026"),
    "pancreatic NET": Term("Pancreatic neuroendocrine tumour", ("snomed#717919005",)),
    "endocrine pancreas cancer": _icd("Malignant neoplasm of endocrine pancreas", "C25.4"),
    "lung carcinoid": _icd("Bronchial carcinoid", "C7A.090"),
    "thymic carcinoid": _icd("Thymic carcinoid", "C7A.091"),
    "renal NET": _icd("Renal neuroendocrine tumour", "C7A.093"),
    "NET of unknown primary": _icd("Neuroendocrine tumour, primary unknown", "C7A.00"),
    "NEC": _icd("Poorly differentiated neuroendocrine carcinoma", "C7A.1"),
    "pancreatic NEC": Term("Neuroendocrine carcinoma of pancreas", ("snomed#1186869002",)),
    "MiNEN": Term("Mixed neuroendocrine-non-neuroendocrine neoplasm of pancreas", ("snomed#1186735007",)),
    "insulinoma": Term("Malignant insulinoma", ("icd-10-cm#C25.4",), "8151/3"),
    "glucagonoma": Term("Glucagonoma", ("icd-10-cm#C25.4",), "8152/3"),
    "gastrinoma": Term("Gastrinoma", ("icd-10-cm#C25.4",), "8153/3"),
    "VIPoma": Term("VIPoma", ("icd-10-cm#C25.4",), "8155/3"),
    "somatostatinoma": Term("Somatostatinoma", ("snomed#253006001",)),
    "ACTH-producing NET": Term("ACTH-producing neuroendocrine tumour", ("icd-10-cm#C25.4",), "8158/3"),
    "phaeochromocytoma": Term("Phaeochromocytoma", ("icd-o-3#8700/3",)),
    "paraganglioma": Term("Paraganglioma", ("icd-o-3#8693/3",)),
    "carcinoid syndrome": _icd("Carcinoid syndrome", "E34.00"),
    "NET in the bone": _icd("Secondary carcinoid tumour of bone", "C7B.03"),
    "NET in the liver": _icd("Secondary carcinoid tumour of liver", "C7B.02"),
    "Merkel cell carcinoma": _icd("Secondary Merkel cell carcinoma", "C7B.1"),
    "goblet cell carcinoma": Term("Goblet cell adenocarcinoma", ("icd-o-3#8243/3",)),
    "adenocarcinoma with neuroendocrine differentiation": Term(
        "Adenocarcinoma with neuroendocrine differentiation", ("icd-o-3#8574/3",)
    ),
    "medullary thyroid carcinoma": Term("Medullary thyroid carcinoma"),
    "hypoglycaemia": _icd("Hypoglycaemia", "E16.1"),
    "raised gastrin": _icd("Increased secretion of gastrin", "E16.4"),
    "liver metastasis": _icd("Secondary malignant neoplasm of liver", "C78.7"),
    "bone metastasis": _icd("Secondary malignant neoplasm of bone", "C79.51"),
    "breast cancer": _icd("Malignant neoplasm of breast", "C50.919"),
    "colon cancer": _icd("Malignant neoplasm of colon", "C18.9"),
}

PROBLEMS: dict[str, Term] = {
    "pregnancy": Term("Pregnancy", ("snomed#77386006",)),
    "possible-pregnancy": Term("Possible pregnancy", ("snomed#146799005",)),
    "lactation": Term("Mother currently breastfeeding", ("snomed#866041003",)),
    "menopause": _icd("Postmenopausal", "Z78.0"),
    "sterilised": _icd("Tubal ligation status", "Z98.51"),
    "hysterectomy": _icd("Acquired absence of uterus", "Z90.710"),
    "infertility": Term("Infertility, premature ovarian failure"),
    "asplenia": _icd("Acquired absence of spleen", "Z90.81"),
    "heart-failure": _icd("Heart failure", "I50.9"),
    "carcinoid-heart-disease": Term("Carcinoid heart disease", ("snomed#36222008",)),
    "mds-aml": _icd("Myelodysplastic syndrome", "D46.9"),
    "pancytopenia": _icd("Pancytopenia", "D61.818"),
    "germline-mds": Term("Germline predisposition to myelodysplastic syndrome (DDX41)"),
    "hypersplenism": _icd("Hypersplenism", "D73.1"),
    "marrow-involvement": _icd("Bone marrow involvement", "C79.52"),
    "carcinoid-syndrome": _icd("Carcinoid syndrome", "E34.00"),
    "vipoma": Term("VIPoma syndrome"),
    "insulinoma": Term("Insulinoma"),
    "hypoglycaemia": _icd("Hypoglycaemia", "E16.1"),
    "glucagonoma": Term("Glucagonoma syndrome"),
    "gastrinoma": _icd("Zollinger-Ellison syndrome", "E16.4"),
    "acth-cushing": _icd("Ectopic ACTH syndrome", "E24.3"),
    "ppgl": Term("Phaeochromocytoma", ("icd-o-3#8700/3",)),
    "hormonal-crisis": Term("Carcinoid crisis", ("snomed#237833006",)),
    "diabetes": _icd("Type 2 diabetes mellitus", "E11.9"),
    "hypertension": _icd("Hypertension", "I10"),
    "single-kidney": _icd("Acquired absence of kidney", "Z90.5"),
    "hydronephrosis": _icd("Hydronephrosis", "N13.30"),
    "ascites": _icd("Ascites", "R18.8"),
    "encephalopathy": _icd("Hepatic encephalopathy", "K76.82"),
    "cholangitis": _icd("Cholangitis", "K83.09"),
    "biliary-stent": Term("Biliary stent in place"),
    "renal-failure": _icd("Chronic kidney disease, stage 4", "N18.4"),
    "atrophic-gastritis": _icd("Chronic atrophic gastritis", "K29.40"),
    "bowel-obstruction": _icd("Intestinal obstruction by mesenteric mass", "K56.609"),
    "orbital-lesion": Term("Orbital metastasis"),
    "brain-lesion": _icd("Brain metastasis", "C79.31"),
    "spinal-canal-lesion": Term("Metastasis in the spinal canal"),
    "pericardial-lesion": Term("Pericardial metastasis"),
    "short-life-expectancy": Term("Life expectancy less than 3 months"),
    "toxicity": Term("Thrombocytopenia due to 177Lu-DOTATATE"),
    "diffuse-bone-disease": Term("Diffuse bone metastases"),
    "peritoneal-disease": _icd("Peritoneal metastases", "C78.6"),
    "other": Term("Low back pain"),
}
"""Problems by the names of the chart model; "nyha" is written as an Observation, a relative's as family history."""

PROCEDURES: dict[str, Term] = {
    "splenectomy": Term("Splenectomy", ("snomed#234319005",)),
    "pancreatectomy": Term("Pancreatectomy", ("snomed#287847009",)),
    "liver-resection": Term("Partial hepatectomy", ("snomed#71273005",)),
    "metastasectomy": Term("Metastasectomy of liver metastasis"),
    "tumour-resection": Term("Resection of small-bowel neuroendocrine tumour"),
    "ablation": Term("Thermal ablation of lesion of liver", ("snomed#428115007",)),
    "embolisation": Term("Transarterial embolisation of liver metastases"),
    "sirt": Term("Selective internal radiotherapy (SIRT) with 90Y microspheres"),
    "external-beam-radiotherapy": Term("External beam radiotherapy"),
    "hysterectomy": Term("Hysterectomy"),
    "sterilisation": Term("Tubal ligation (sterilisation)"),
    "nephrectomy": Term("Nephrectomy"),
    "biliary-stent": Term("Biliary stent placement"),
    "echocardiography": Term("Echocardiography"),
    "transfusion": Term("Red cell transfusion"),
    "delivery": Term("Delivery"),
    "other": Term("Cataract surgery"),
}


@dataclass(frozen=True, slots=True)
class Lab:
    """How one analyte is written: LOINC code ("" if none is known), text, units with their UCUM code, usual ULN."""

    loinc: str
    text: str
    units: dict[str, str]
    upper_limits: dict[str, float] | None = None  # by unit as written; printed unless the scenario says otherwise


_COUNTS = {
    "10*9/L": "10*9/L", "10^9/L": "10*9/L", "x10E9/L": "", "G/L": "10*9/L", "10*3/uL": "10*3/uL", "K/uL": "",
    "/uL": "/uL", "/mm3": "", "10*6/L": "10*6/L",
}  # fmt: skip
_HB = {"g/dL": "g/dL", "g/L": "g/L", "mmol/L": "mmol/L"}
_MG_UMOL = {"mg/dL": "mg/dL", "umol/L": "umol/L", "µmol/L": "umol/L", "mg/L": "mg/L"}
_ENZYME = {"U/L": "U/L", "IU/L": "[IU]/L", "ukat/L": "ukat/L"}
_CLEARANCE = {"mL/min": "mL/min"}

LABS: dict[str, Lab] = {
    "hb": Lab("718-7", "Haemoglobin", _HB),
    "wbc": Lab("6690-2", "Leucocytes", _COUNTS),
    "anc": Lab("751-8", "Neutrophils", _COUNTS),
    "lymphocytes": Lab("731-0", "Lymphocytes", _COUNTS),
    "platelets": Lab("777-3", "Platelets", _COUNTS),
    "creatinine": Lab("2160-0", "Creatinine", _MG_UMOL),
    "egfr": Lab("98979-8", "eGFR (CKD-EPI 2021)", {"mL/min/1.73m2": "mL/min/{1.73_m2}"}),
    "crcl": Lab("35591-7", "Creatinine clearance (Cockcroft-Gault)", _CLEARANCE),
    "crcl-24h": Lab("2164-2", "Creatinine clearance (24 h urine)", _CLEARANCE),
    "measured-gfr": Lab("", "Measured GFR (iohexol clearance)", _CLEARANCE),
    "bilirubin": Lab("1975-2", "Bilirubin, total", _MG_UMOL, {"mg/dL": 1.2, "umol/L": 21, "µmol/L": 21, "mg/L": 12}),
    "albumin": Lab("1751-7", "Albumin", {"g/L": "g/L", "g/dL": "g/dL"}),
    "alt": Lab("1742-6", "ALT", _ENZYME, {"U/L": 40, "IU/L": 40, "ukat/L": 0.67}),
    "ast": Lab("1920-8", "AST", _ENZYME, {"U/L": 40, "IU/L": 40, "ukat/L": 0.67}),
    "potassium": Lab("2823-3", "Potassium", {"mmol/L": "mmol/L", "mEq/L": "meq/L"}),
    "inr": Lab("6301-6", "INR", {"": "{INR}"}),
    "prothrombin": Lab("5894-1", "Prothrombin time actual/normal", {"%": "%"}),
    "mcv": Lab("787-2", "MCV", {"fL": "fL"}),
    "chromogranin-a": Lab("9811-1", "Chromogranin A", {
        "ng/mL": "ng/mL", "ug/L": "ug/L", "nmol/L": "nmol/L", "U/L": "U/L",
    }),
    "5-hiaa": Lab("1695-6", "5-HIAA in 24 h urine", {"mg/24h": "mg/(24.h)", "umol/24h": "umol/(24.h)"}),
    "nt-probnp": Lab("33762-6", "NT-proBNP", {"pg/mL": "pg/mL", "ng/L": "ng/L"}),
    "catecholamines": Lab("", "Plasma normetanephrine", {"pmol/L": "pmol/L", "nmol/L": "nmol/L"}),
}  # fmt: skip
"""Laboratory by the names of the chart model (and 24-hour clearance apart). LOINC for molar units: see ``MOLAR``."""

MOLAR: dict[tuple[str, str], str] = {
    ("creatinine", "umol/L"): "14682-9",
    ("creatinine", "µmol/L"): "14682-9",
    ("bilirubin", "umol/L"): "14631-6",
    ("bilirubin", "µmol/L"): "14631-6",
    ("chromogranin-a", "nmol/L"): "25587-7",
    ("chromogranin-a", "U/L"): "30169-7",
    ("5-hiaa", "umol/24h"): "14573-0",
}

BODY: dict[str, Lab] = {
    "weight": Lab("29463-7", "Body weight", {"kg": "kg", "g": "g", "lb": "[lb_av]"}),
    "height": Lab("8302-2", "Body height", {"cm": "cm", "m": "m", "in": "[in_i]"}),
}
