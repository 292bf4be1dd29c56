"""The table of the ledger of claims."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from simulator.evidence.claims import ledger_scores
from simulator.inputs.claims import Claim
from simulator.inputs.plan import Plan
from simulator.output.digits import percent
from simulator.output.rendering import Answer, Table
from simulator.summaries.estimates import Estimate

HOW = (
    "Probabilities ± Monte Carlo error: milestones over every draw, ranges and changes over the kept trajectories, "
    "parameters over the kept draws; a range counts as met only inside."
)

FAIRLY = (
    "Scored are settled claims of milestones and series, made no earlier than a scenario's as-of date, that speak of a "
    "later one; parameters, which a scenario assumes, are not."
)


def claims_answer(
    ledger: Sequence[Claim],
    plans: Sequence[Plan],
    probabilities: Sequence[Sequence[Estimate | None]],
) -> Answer:
    """The ledger as a table, one column a scenario, with the scores beneath.

    Parameters
    ----------
    plans : (scenario)
    probabilities : (scenario) of (claim) estimates; None where it does not model the claim
    """
    rows = []
    for index, claim in enumerate(ledger):
        estimates = [of_scenario[index] for of_scenario in probabilities]
        cells = [
            f"{percent(each.value, each.mcse)} ± {100 * each.mcse:.1g}" if each else "-"
            for each in estimates
        ]
        happened = {True: "yes", False: "no", None: ""}[claim.outcome]
        why = claim.not_modelable or claim.happened
        rows.append([claim.id, claim.kind, *cells, happened, claim.claim, why])
    documents = [
        _document(plan, ledger, estimates)
        for plan, estimates in zip(plans, probabilities, strict=True)
    ]
    scores = [_scores_in_words(document) for document in documents]
    header = [
        "id",
        "kind",
        *(plan.name for plan in plans),
        "happened",
        "claim",
        "what happened, or why no scenario can say it",
    ]
    headline = [*(plan.name for plan in plans), "happened", "claim"]
    caption = " ".join([HOW, FAIRLY, *scores])
    table = Table("The ledger of claims", header, rows, caption, headline=headline)
    records = [{"run": d["run"], **each} for d in documents for each in d["claims"]]
    return Answer(table, records, documents[0] if len(documents) == 1 else documents)


def _scores_in_words(document: dict[str, Any]) -> str:
    if not document["settled"]:
        return f"{document['run']}, as of {document['as_of']}: none."
    true = f"{100 * document['base_rate']:.0f} %"
    return (
        f"{document['run']}, as of {document['as_of']}: Brier {document['brier']:.2f}, log score "
        f"{document['log_score']:.2f} over n = {document['settled']}, of which {true} came true; always yes has Brier "
        f"{document['always_yes']:.2f}, and the base rate, known afterwards, {document['always_base_rate']:.2f}."
    )


def _document(
    plan: Plan, ledger: Sequence[Claim], estimates: Sequence[Estimate | None]
) -> dict[str, Any]:
    claims = [
        {"id": claim.id, "claim": claim.claim, "source": claim.source, "kind": claim.kind}
        | {"made": claim.made.isoformat() if claim.made else None, "by": claim.by}
        | {"probability": c.value if c else None, "mcse": c.mcse if c else None}
        | {"outcome": claim.outcome, "happened": claim.happened, "reason": claim.not_modelable}
        | {"scored": c is not None and claim.forecast_from(plan.as_of_year)}
        for claim, c in zip(ledger, estimates, strict=True)
    ]
    scores = ledger_scores(ledger, estimates, plan.as_of_year)
    return {"run": plan.name, "as_of": plan.as_of, "claims": claims, **scores._asdict()}
