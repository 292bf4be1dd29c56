"""The table of the ledger of claims."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from simulator.evidence.claims import ledger_scores
from simulator.inputs.claims import Claim
from simulator.output.digits import percent
from simulator.output.rendering import Answer, Table
from simulator.summaries.estimates import Estimate

HOW = (
    "Probabilities ± Monte Carlo error: milestones over every draw, ranges and changes over the kept trajectories, "
    "parameters over the kept cards; a range counts as met only inside."
)

HINDSIGHT = (
    "What was settled before a run's as-of date tests its fit, not its foresight; and it was mostly the claims that "
    "came true which could be settled."
)


def claims_answer(
    ledger: Sequence[Claim], probabilities: Sequence[tuple[str, Sequence[Estimate | None]]]
) -> Answer:
    """The ledger as a table, one column a scenario, with the scores beneath.

    Parameters
    ----------
    probabilities : the name of each scenario, and its (claim) estimates; None where it does not model the claim
    """
    rows = []
    for index, claim in enumerate(ledger):
        estimates = [of_scenario[index] for _, of_scenario in probabilities]
        cells = [
            f"{percent(each.value, each.mcse)} ± {100 * each.mcse:.1g}" if each else "-"
            for each in estimates
        ]
        happened = {True: "yes", False: "no", None: ""}[claim.outcome]
        why = claim.not_modelable or claim.happened
        rows.append([claim.id, claim.kind, *cells, happened, claim.claim, why])
    documents = [_document(name, ledger, estimates) for name, estimates in probabilities]
    scores = [
        f"{d['run']}: Brier {d['brier']:.2f}, log score {d['log_score']:.2f} over {d['settled']} settled claims that "
        "it can say."
        for d in documents
        if d["settled"]
    ]
    header = [
        "id",
        "kind",
        *(name for name, _ in probabilities),
        "happened",
        "claim",
        "what happened, or why no scenario can say it",
    ]
    headline = [*(name for name, _ in probabilities), "happened", "claim"]
    caption = " ".join([HOW, *scores, HINDSIGHT])
    table = Table("The ledger of claims", header, rows, caption, headline=headline)
    records = [{"run": d["run"], **each} for d in documents for each in d["claims"]]
    return Answer(table, records, documents[0] if len(documents) == 1 else documents)


def _document(
    name: str, ledger: Sequence[Claim], estimates: Sequence[Estimate | None]
) -> dict[str, Any]:
    claims = [
        {"id": claim.id, "claim": claim.claim, "source": claim.source, "kind": claim.kind}
        | {"by": claim.by, "probability": c.value if c else None, "mcse": c.mcse if c else None}
        | {"outcome": claim.outcome, "happened": claim.happened, "reason": claim.not_modelable}
        for claim, c in zip(ledger, estimates, strict=True)
    ]
    scores = ledger_scores(ledger, estimates)
    return {"run": name, "claims": claims, **scores._asdict()}
