"""The many names of a test: understood as a whole, or not at all."""

from __future__ import annotations

import pytest

from cds_service.record.analyte_names import named_analyte

NAMES = {
    "potassium": "Potassium Lvl;Plasma potassium;Potassium (K);K+;POTASSIUM;Potassium, serum;Kalium i.S.;"
    "Serum potassium level",
    "creatinine": "Creatinine Lvl;CREATININE, SERUM;Kreatinin i.S.;Kreatinin im Serum;Kreatinin (Serum);Créatinine;"
    "Creatinine (enzymatic);Creat;Creatinine Level;S-Creatinine;Creatinine, plasma;Creatinina",
    "albumin": "Albumin Lvl;Albumin Level;Serum Albumin;ALBUMIN, SERUM;Albumin i.S.;Albumine;Albumin (BCG);ALB",
    "platelets": "Plt Count;Platelets (thrombocytes);Thrombocyte count;Thrombozytenzahl;PLATELET COUNT, AUTOMATED;"
    "Plaquettes;Platelet Ct;Platelets, blood",
    "anc": "Neutro Absolute;Neutrophils Absolute;ANC (Absolute Neutrophil Count);Absolute Neutrophils;"
    "Neutrophil Abs;Neutrophils #;Neutrophile Granulozyten;Neutrophile absolut;Abs Neutrophils;"
    "Neutrophils (Absolute);Absolute neutrophil count (ANC);Neutrophil count",
    "bilirubin": "Bili Total;Bilirubin Total;T. Bili;Bilirubin, Total;Bilirubin gesamt;Gesamtbilirubin;"
    "BILIRUBIN TOTAL, SERUM;Total Bilirubin Level;Bilirubine totale;Bilirubin (total)",
    "alt": "ALT/SGPT;ALAT (GPT);GPT (ALAT);ALT (GPT);SGPT (ALT);ALT;Alanine Aminotransferase (ALT);GPT/ALAT;"
    "ALT, serum",
    "ast": "AST/SGOT;ASAT (GOT);GOT (ASAT);SGOT (AST);Aspartate Aminotransferase (AST)",
    "weight": "Weight Measured;Weight;Body Weight;WEIGHT/KG;Gewicht;Weight (kg);Patient weight",
    "height": "Height/Length Measured;Height;Körpergröße;Height (cm);Patient height",
    "wbc": "Leucocytes;White Cell Count;Total white blood cell count;Leukozytenzahl;WBC COUNT;"
    "White Blood Cells;White blood cells (WBC);Leucocyte count;WCC;Leukocytes [#/volume] in Blood",
    "hb": "HEMOGLOBIN;Hemoglobin (Hgb);Haemoglobin estimation;Hémoglobine;Hemoglobin Level;Hgb Lvl;"
    "Hämoglobin (Hb);HB;Blood haemoglobin;Hemoglobin [Mass/volume] in Blood",
    "egfr": "eGFR CKD-EPI;GFR estimated;Estimated GFR;GFR (CKD-EPI);eGFR;Glomerular filtration rate;"
    "eGFR non-African American",
    "inr": "INR(PT);PT-INR;INR;International Normalized Ratio;PT/INR;Prothrombin time INR",
    "lymphocytes": "Lymphozyten absolut;Lymphocytes Absolute;Absolute lymphocyte count;Lymphocyte count;Lymphs Abs",
    "chromogranin-a": "Chromogranin A, serum;CHROMOGRANIN A;Chromogranin-A;Chromogranin A (CgA)",
    "prothrombin": "Quick-Wert;TPZ (Quick);Prothrombin activity (%);Thromboplastinzeit nach Quick",
    "crcl": "Creatinine Clearance;CrCl;Estimated Creatinine Clearance;Creatinine clearance, 24 h",
    "mcv": "MCV;Mean Corpuscular Volume;Mean cell volume (MCV)",
    "nt-probnp": "NT-proBNP;NT pro BNP;proBNP, N-terminal",
    "5-hiaa": "5-HIAA;5-HIAA, urine, 24 hour;5 HIAA;5-Hydroxyindoleacetic acid",
}  # fmt: skip
OTHERS = (
    "Mean corpuscular haemoglobin;MCHC;Haemoglobin A2;Hemoglobin fraction;Urine albumin;Microalbumin;"
    "Prealbumin;Albumin/Globulin ratio;Creatinine kinase;Creatine kinase;Neutrophil bands;Neutrophils %;"
    "Lymphocytes %;Reactive lymphocytes;Platelet function;Platelet antibody;MPV;Weight change;"
    "Weight for length percentile;Height percentile;Fasting glucose;ALT comment;Total protein;"
    "Urobilinogen;Bilirubin, urine;Bilirubin direct;Bilirubin indirect;Haptoglobin;Myoglobin;Hemoglobin S;"
    "Carboxyhemoglobin;Methemoglobin;Alk Phos;Alkaline phosphatase;Gamma GT;GGT;Sodium;"
    "Potassium hydroxide prep;WBC esterase;WBC, body fluid;WBC clumps;Leukocyte esterase;aPTT;PT;"
    "Fibrinogen;Lymphoma cells;Plasma cells;CKD stage;NSE;Quick test streptococcus;K-ras;Cr-51;"
    "HB surface antigen;HBsAg;Hb electrophoresis;Weight of placenta;Length;Vitamin K;Tumour weight"
)


@pytest.mark.parametrize(
    ("name", "analyte"), [(name, analyte) for analyte in NAMES for name in NAMES[analyte].split(";")]
)
def test_names(name, analyte):
    assert named_analyte(name) == analyte
    assert named_analyte(name.upper()) == analyte


@pytest.mark.parametrize("name", OTHERS.split(";"))
def test_other_tests(name):
    assert named_analyte(name) is None


def test_size_costs_nothing():
    assert named_analyte("creatinine " * 10_000) is None
    assert named_analyte("") is None and named_analyte("serum level") is None
