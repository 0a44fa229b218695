"""What a scenario's drug names stand for: ingredients, codes and the text of the product."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Drug:
    """One drug as a record writes it: text, codes as "system#code", "" in ``regimen`` unless it names one."""

    text: str
    codes: tuple[str, ...] = ()


def _atc(text: str, code: str) -> Drug:
    return Drug(text, (f"atc#{code}",))


DRUGS: dict[str, Drug] = {
    "capecitabine": Drug("capecitabine", ("rxnorm#194000", "atc#L01BC06")),
    "temozolomide": Drug("temozolomide", ("rxnorm#37776", "atc#L01AX03")),
    "fluorouracil": Drug("fluorouracil", ("rxnorm#4492", "atc#L01BC02")),
    "oxaliplatin": Drug("oxaliplatin", ("rxnorm#32592", "atc#L01XA03")),
    "irinotecan": Drug("irinotecan", ("rxnorm#51499", "atc#L01CE02")),
    "cisplatin": Drug("cisplatin", ("rxnorm#2555", "atc#L01XA01")),
    "carboplatin": Drug("carboplatin", ("rxnorm#40048", "atc#L01XA02")),
    "etoposide": Drug("etoposide", ("rxnorm#4179", "atc#L01CB01")),
    "streptozocin": _atc("streptozocin", "L01AD04"),
    "dacarbazine": _atc("dacarbazine", "L01AX04"),
    "doxorubicin": Drug("doxorubicin", ("rxnorm#3639", "atc#L01DB01")),
    "everolimus": Drug("everolimus", ("rxnorm#141704", "atc#L01EG02")),
    "sunitinib": Drug("sunitinib", ("rxnorm#357977", "atc#L01EX01")),
    "cabozantinib": _atc("cabozantinib", "L01EX07"),
    "bevacizumab": _atc("bevacizumab", "L01FG01"),
    "interferon": Drug("interferon alfa-2b", ("rxnorm#5880", "atc#L03AB05")),
    "pembrolizumab": _atc("pembrolizumab", "L01FF02"),
    "nivolumab": _atc("nivolumab", "L01FF01"),
    "lanreotide": Drug("lanreotide 120 mg prolonged-release injection (Somatuline Autogel)", ("atc#H01CB03",)),
    "octreotide LAR": Drug("octreotide LAR 30 mg depot", ("atc#H01CB02",)),
    "octreotide s.c.": Drug("octreotide 100 micrograms subcutaneous injection, short-acting", ("atc#H01CB02",)),
    "octreotide": Drug("octreotide", ("atc#H01CB02",)),
    "pasireotide LAR": Drug("pasireotide LAR", ("atc#H01CB05",)),
    "telotristat": _atc("telotristat", "A16AX15"),
    "prednisolone": _atc("prednisolone", "H02AB06"),
    "prednisone": _atc("prednisone", "H02AB07"),
    "methylprednisolone": _atc("methylprednisolone", "H02AB04"),
    "hydrocortisone": _atc("hydrocortisone", "H02AB09"),
    "dexamethasone": _atc("dexamethasone", "H02AB02"),
    "warfarin": _atc("warfarin", "B01AA03"),
    "phenprocoumon": _atc("phenprocoumon", "B01AA04"),
    "apixaban": _atc("apixaban", "B01AF02"),
    "rivaroxaban": _atc("rivaroxaban", "B01AF01"),
    "edoxaban": _atc("edoxaban", "B01AF03"),
    "dabigatran": _atc("dabigatran", "B01AE07"),
    "omeprazole": _atc("omeprazole", "A02BC01"),
    "pantoprazole": _atc("pantoprazole", "A02BC02"),
    "esomeprazole": _atc("esomeprazole", "A02BC05"),
    "famotidine": _atc("famotidine", "A02BA03"),
    "filgrastim": _atc("filgrastim", "L03AA02"),
    "pegfilgrastim": _atc("pegfilgrastim", "L03AA13"),
    "red cells": Drug("red cell concentrate (transfusion)"),
    "amino acids": Drug("lysine and arginine amino-acid solution for renal protection"),
    "lysine-arginine": Drug("L-lysine HCl 25 g and L-arginine HCl 25 g in 1 L saline"),
    "Aminoplasmal Hepa": Drug("Aminoplasmal Hepa 10 % amino-acid solution"),
    "ibuprofen": _atc("ibuprofen", "M01AE01"),
    "diclofenac": _atc("diclofenac", "M01AB05"),
    "gentamicin": _atc("gentamicin", "J01GB03"),
    "ondansetron": _atc("ondansetron", "A04AA01"),
    "metformin": _atc("metformin", "A10BA02"),
}

REGIMENS: dict[str, tuple[str, ...]] = {
    "CAPTEM": ("capecitabine", "temozolomide"),
    "TEM": ("temozolomide",),
    "STZ-5FU": ("streptozocin", "fluorouracil"),
    "FOLFOX": ("oxaliplatin", "fluorouracil"),
    "FOLFIRI": ("irinotecan", "fluorouracil"),
    "cisplatin-etoposide": ("cisplatin", "etoposide"),
    "carboplatin-etoposide": ("carboplatin", "etoposide"),
}
"""Regimens; each drug is written by itself, the regimen's name beside it."""

RADIOLIGANDS: dict[str, Drug] = {
    "177Lu-DOTATATE": Drug("[177Lu]Lu-DOTATATE (Lutathera)", ("atc#V10XX04",)),
    "177Lu-DOTATOC": Drug("[177Lu]Lu-DOTATOC"),
    "177Lu-satoreotide": Drug("[177Lu]Lu-satoreotide tetraxetan"),
    "90Y-DOTATOC": Drug("[90Y]Y-DOTATOC"),
    "90Y-DOTATATE": Drug("[90Y]Y-DOTATATE"),
    "225Ac-DOTATATE": Drug("[225Ac]Ac-DOTATATE"),
    "212Pb-DOTAMTATE": Drug("[212Pb]Pb-DOTAMTATE"),
    "213Bi-DOTATOC": Drug("[213Bi]Bi-DOTATOC"),
    "67Cu-SARTATE": Drug("[67Cu]Cu-SARTATE"),
    "177Lu-PSMA": Drug("[177Lu]Lu-PSMA-617 (vipivotide tetraxetan)", ("atc#V10XX05",)),
    "131I-MIBG": Drug("[131I]iobenguane (MIBG) therapy"),
    "223Ra": Drug("radium-223 dichloride"),
}
