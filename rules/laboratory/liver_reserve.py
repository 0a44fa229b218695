"""L-09: Limited liver reserve."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact, param

rule = Rule(
    id="liver-reserve",
    code="L-09",
    title="Limited liver reserve",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="research",
    purpose="Collect what speaks for limited liver reserve; with most of the liver involved and abnormal function, PRRT is deferred.",
    explanation="Involvement from the newest report that states it; ALT and AST over their own upper limits; ascites, encephalopathy, cholangitis, biliary stent and SIRT as recorded. Abnormal function is low albumin or high bilirubin, whatever clotting says.",
    citations=("N08", "EXP"),
    evidence="protocol",
    own_default=True,
    branches=(
        Branch(
            name="stop",
            when=(fact.liver_involvement_least > param.liver_involvement_stop)
            & ((fact.bilirubin_uln > param.bili_stop_uln) | (fact.albumin_g_l < param.albumin_stop)),
            outcome="not-now",
            reason="lab-liver",
            advice=Advice(
                indicator="warning",
                summary="Liver involvement {liver_involvement_least} with abnormal liver function; PRRT usually deferred.",
                record="Record shows liver involvement of {liver_involvement_least} ({liver_involvement_least:date})[[; bilirubin {bilirubin_uln}]][[; albumin {albumin_g_l}]].",
                suggestions=(
                    Suggestion(label="Discuss at the NET tumour board", order="mdt-referral"),
                    Suggestion(label="Consider a hepatology opinion"),
                    Suggestion(label="No change"),
                ),
                shows=(
                    "bilirubin_uln",
                    "albumin_g_l",
                ),
            ),
        ),
        Branch(
            name="listed",
            when=(fact.liver_involvement_most > param.liver_involvement)
            | (fact.alt_uln > param.transaminase_uln)
            | (fact.ast_uln > param.transaminase_uln)
            | fact.liver_conditions.known,
            advice=Advice(
                indicator="warning",
                summary="Limited liver reserve recorded[[ ({liver_reserve_list})]]; hepatic toxicity risk to be weighed.",
                record="Record shows limited liver reserve[[: {liver_reserve_list}]].",
                suggestions=(
                    Suggestion(label="Discuss at the NET tumour board", order="mdt-referral"),
                    Suggestion(
                        label="Consider a hepatology opinion; with obstruction, drainage and then a repeat of bilirubin"
                    ),
                    Suggestion(label="No change"),
                ),
                shows=(
                    "liver_involvement_most",
                    "alt_uln",
                    "ast_uln",
                    "liver_conditions",
                ),
            ),
        ),
    ),
    speaks_in=("none", "retreatment"),
)
