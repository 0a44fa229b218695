"""Shared named conditions, and the checklist every assessment carries (rulings, section 7)."""

from cds_service.rulebook import Criterion, fact, named, param

no_stop = named("no-stop", "no finding stands against PRRT now", fact.stop_count == 0, source="EXP")

eu = named("eu", "EU labels apply", fact.jurisdiction == "EU", source="A02")

other_primary = named(
    "other-primary", "primary outside the gastroenteropancreatic tract", fact.primary_site != "gep", source="D08"
)

progression_not_shown = named(
    "progression-not-shown",
    "progression not recorded as the newest state",
    fact.progression_shown.no | fact.progression_shown.unknown,
    source="A02",
)

nothing_else_asked = named(
    "nothing-else-asked",
    "no other rule asks for data, and neither Ki-67 nor performance status is missing",
    (fact.needs_data_count == 0) & fact.ki67_missing.no & fact.ecog.known,
    source="EXP",
)

minor = named("minor", "below the EU label's age", fact.age_years < param.age_min_eu, source="A02")

neuroendocrine_carcinoma = named(
    "neuroendocrine-carcinoma",
    "poorly differentiated neuroendocrine neoplasm",
    fact.poorly_differentiated.yes,
    source="D03",
)

eu_label_grade = named(
    "eu-label-grade", "grade G1 or G2 (EU label)", (fact.grade == "G1") | (fact.grade == "G2"), source="A02"
)

white_cells_enough = named(
    "white-cells-enough",
    "white cells at or above the limit, or low by lymphocytes alone",
    ((fact.wbc_10_9_l >= param.wbc_stop) & (fact.anc_10_9_l.unknown | (fact.anc_10_9_l >= param.anc_stop)))
    | ((fact.wbc_10_9_l < param.wbc_stop) & fact.anc_10_9_l.known & (fact.anc_10_9_l >= param.anc_lymphopenia)),
    source=("L07", "N04"),
)

fits_label = named(
    "fits-label",
    "within the label of this jurisdiction",
    (fact.primary_site == "gep")
    & (
        ((fact.jurisdiction == "US") & (fact.age_years >= param.age_min_us))
        | (
            (fact.jurisdiction == "EU")
            & (fact.age_years >= param.age_min_eu)
            & eu_label_grade
            & fact.progression_shown.yes
        )
    ),
    source=("A01", "A02"),
)

sstr_pet_needed = named(
    "sstr-pet-needed",
    "active well-differentiated disease without a usable SSTR PET",
    fact.sstr_pet_exists.no & fact.well_differentiated.yes & fact.active_disease.yes,
    source="S23",
)

uptake_insufficient = named(
    "uptake-insufficient",
    "no lesion of a current SSTR PET reaches the threshold",
    fact.krenning_insufficient.yes & (fact.sstr_pet_age_days <= param.sstr_max_age_days),
    source=("S03", "S05"),
)

outdating_event = named(
    "outdating-event",
    "sufficient SSTR PET, and progression or tumour treatment since",
    fact.krenning_sufficient.yes
    & (
        fact.sstr_progression_since.yes
        | fact.sstr_prrt_since.yes
        | fact.sstr_local_since.yes
        | (fact.sstr_since_cycles >= param.reimage_min_cycles)
        | (fact.sstr_since_weeks >= param.reimage_min_weeks)
    ),
    source="EXP",
)

sstr_pet_in_hand = named(
    "sstr-pet-in-hand",
    "SSTR PET ordered or being ordered",
    fact.sstr_drafted.yes | fact.sstr_order_open.yes,
    source="S12",
)

enough_treatment = named(
    "enough-treatment",
    "enough cycles or weeks of treatment since the last SSTR scan",
    (fact.reimage_cycles >= param.reimage_min_cycles) | (fact.reimage_weeks >= param.reimage_min_weeks),
    source="R07",
)

reimage_after_therapy = named(
    "reimage-after-therapy",
    "low uptake before, enough treatment since, responding or stable, nothing FDG-positive and SSTR-negative",
    fact.reimage_scan_low.yes & enough_treatment & fact.reimage_responding.yes & fact.reimage_fdg_discordant.no,
    source=("R01", "R07"),
)

too_little_treatment = named(
    "too-little-treatment",
    "low uptake before, too few cycles and weeks of treatment since",
    fact.reimage_scan_low.yes
    & (fact.reimage_cycles < param.reimage_min_cycles)
    & (fact.reimage_weeks < param.reimage_min_weeks),
    source="R07",
)

treatment_uncounted = named(
    "treatment-uncounted",
    "treatment since the low scan whose cycles and weeks do not tell whether it is enough",
    fact.reimage_treated.yes
    & fact.reimage_cycles.unknown
    & (fact.reimage_weeks.unknown | (fact.reimage_weeks < param.reimage_min_weeks)),
    source="R07",
)

reimaging_raised = named(
    "reimaging-raised",
    "a new SSTR PET would be suggested",
    fact.fired_i_08.yes | (fact.fired_r_01.yes & fact.reimage_responding.yes),
    source="EXP",
)

clotting_poor = named(
    "clotting-poor",
    "prothrombin low, or INR high without an anticoagulant",
    (fact.prothrombin_percent < param.prothrombin_low) | ((fact.inr >= param.inr_high) & fact.anticoagulated.no),
    source=("L10", "L26"),
)

clotting_normal = named(
    "clotting-normal",
    "prothrombin normal, or INR normal without an anticoagulant, and neither poor",
    (
        (fact.prothrombin_percent >= param.prothrombin_low)
        & (fact.inr.unknown | (fact.inr < param.inr_high) | fact.anticoagulated.yes)
    )
    | (
        (fact.inr < param.inr_high)
        & fact.anticoagulated.no
        & (fact.prothrombin_percent.unknown | (fact.prothrombin_percent >= param.prothrombin_low))
    ),
    source=("L10", "L26"),
)

_REPORTS = ("DiagnosticReport", "Observation")
_GIVEN = ("MedicationAdministration", "MedicationStatement")
_DRUGS = ("MedicationAdministration", "MedicationStatement", "MedicationRequest")

CRITERIA = (
    Criterion(
        id="net-confirmed", words="neuroendocrine tumour confirmed", met=fact.net_confirmed.yes, shows="diagnosis",
        reads=("Condition",), sources=("A01",),
    ),
    Criterion(
        id="well-differentiated", words="well differentiated", met=fact.well_differentiated.yes,
        shows="grade", reads=("Condition",), sources=("D03",),
    ),
    Criterion(
        id="active-disease", words="active disease", met=fact.active_disease.yes, shows="disease_status",
        reads=("Condition",), sources=("SEED1",),
    ),
    Criterion(
        id="age", words="at or above the lowest labelled age", met=fact.age_years >= param.age_min_us,
        shows="age_years", sources=("A01",),
    ),
    Criterion(
        id="ki67", words="Ki-67 known and within the range studied", met=fact.ki67_percent <= param.ki67_max,
        shows="ki67_percent", reads=_REPORTS, sources=("D11",),
    ),
    Criterion(
        id="sstr-pet-current", words="SSTR PET current", met=fact.sstr_pet_age_days <= param.sstr_max_age_days,
        shows="sstr_pet_age_days", reads=_REPORTS, sources=("S24",),
    ),
    Criterion(
        id="krenning", words="uptake sufficient in every relevant lesion", met=fact.krenning_sufficient.yes,
        shows="krenning_best_high", reads=_REPORTS, sources=("S03", "S05"),
    ),
    Criterion(
        id="sstr-consistent", words="SSTR results agree", met=fact.sstr_results_conflict.no, reads=_REPORTS,
        sources=("S22",),
    ),
    Criterion(
        id="fdg", words="FDG PET without a discordant lesion", met=fact.fdg_discordant.no, shows="fdg_pair_days",
        applies=fact.fdg_needed.known & fact.fdg_needed.yes, reads=_REPORTS, sources=("R11", "S19"),
    ),
    Criterion(
        id="hb", words="haemoglobin at or above the limit", met=fact.hb_g_dl >= param.hb_stop, shows="hb_g_dl",
        reads=("Observation",), sources=("L06",),
    ),
    Criterion(
        id="wbc", words="white cells enough", met=white_cells_enough, shows="wbc_10_9_l", reads=("Observation",),
        sources=("L07", "N04"),
    ),
    Criterion(
        id="platelets", words="platelets at or above the limit", met=fact.platelets_10_9_l >= param.plt_stop,
        shows="platelets_10_9_l", reads=("Observation",), sources=("L08",),
    ),
    Criterion(
        id="crcl", words="creatinine clearance at or above the limit", met=fact.crcl_ml_min >= param.crcl_stop,
        shows="crcl_ml_min", reads=("Observation",), sources=("L09",),
    ),
    Criterion(
        id="bilirubin", words="bilirubin at or below the limit", met=fact.bilirubin_uln <= param.bili_stop_uln,
        shows="bilirubin_uln", reads=("Observation",), sources=("L10",),
    ),
    Criterion(
        id="albumin", words="albumin at or above the limit, or low with normal clotting",
        met=(fact.albumin_g_l >= param.albumin_stop) | ((fact.albumin_g_l < param.albumin_stop) & clotting_normal),
        shows="albumin_g_l", reads=("Observation",), sources=("L10",),
    ),
    Criterion(
        id="alt", words="ALT known", met=fact.alt_u_l >= 0, shows="alt_u_l", reads=("Observation",), sources=("L05",),
    ),
    Criterion(
        id="ast", words="AST known", met=fact.ast_u_l >= 0, shows="ast_u_l", reads=("Observation",), sources=("L05",),
    ),
    Criterion(
        id="ecog", words="performance status below the stop", met=fact.ecog < param.ecog_stop, shows="ecog",
        reads=("Observation",), sources=("L11",),
    ),
    Criterion(
        id="pregnancy", words="pregnancy excluded", met=fact.pregnancy_excluded.yes,
        applies=fact.pregnancy_question_applies.yes, shows="pregnancy_excluded", reads=("Observation",),
        sources=("L12",),
    ),
    Criterion(
        id="washout", words="other antineoplastic treatment long enough ago", met=fact.washout_reached.yes,
        shows="washout_days", reads=_DRUGS, sources=("L16",),
    ),
    Criterion(id="label", words="within the label", met=fits_label, shows="primary_site", sources=("A01", "A02")),
    Criterion(
        id="breast-feeding", words="not breast-feeding", met=fact.breast_feeding.no, shows="breast_feeding",
        reads=("Condition",), required=False, sources=("L12",),
    ),
    Criterion(
        id="hypersensitivity", words="no severe hypersensitivity", met=fact.severe_hypersensitivity.no,
        shows="hypersensitivity_agent", reads=("AllergyIntolerance",), required=False, sources=("L27",),
    ),
    Criterion(
        id="heart", words="no severe heart disease", met=fact.severe_heart_disease.no, shows="heart_disease",
        reads=("Condition", "Observation"), required=False, sources=("L17",),
    ),
    Criterion(
        id="marrow", words="no marrow disease that stops", met=fact.marrow_stop.no, shows="marrow_stop_reason",
        reads=("Condition",), required=False, sources=("L15", "L20"),
    ),
    Criterion(
        id="resectability", words="called unresectable", met=fact.unresectable_stated.yes, shows="operability",
        required=False, sources=("A02",),
    ),
    Criterion(
        id="reimage-cycles", words="enough treatment since the low SSTR scan", met=enough_treatment,
        shows="reimage_cycles", applies=fact.reimage_scan_low.known & fact.reimage_scan_low.yes, reads=_GIVEN,
        required=False, sources=("R07",),
    ),
    Criterion(
        id="reimage-response", words="responding, stable or with less symptoms under that treatment",
        met=fact.reimage_responding.yes, shows="reimage_response", required=False,
        applies=fact.reimage_scan_low.known & fact.reimage_scan_low.yes
        & (fact.reimage_treated.yes | fact.reimage_treated.unknown),
        sources=("R07",),
    ),
)  # fmt: skip
