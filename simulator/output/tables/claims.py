"""The table of claims."""

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
    ledger: Sequence[Claim], chances: Sequence[tuple[str, Sequence[Estimate | None]]]
) -> Answer:
    """The ledger as a table, a column a world, with its scores beneath."""
    rows = []
    for place, claim in enumerate(ledger):
        said = [of[place] for _, of in chances]
        cells = [f"{percent(c.value, c.mcse)} ± {100 * c.mcse:.1g}" if c else "-" for c in said]
        happened = {True: "yes", False: "no", None: ""}[claim.outcome]
        why = claim.reason or claim.happened
        rows.append([claim.id, claim.kind, *cells, happened, claim.claim, why])
    documents = [_document(name, ledger, of) for name, of in chances]
    scores = [
        f"{d['run']}: Brier {d['brier']:.2f}, log score {d['log_score']:.2f} over {d['settled']} settled claims that "
        "it can say."
        for d in documents
        if d["settled"]
    ]
    header = [
        "id",
        "kind",
        *(name for name, _ in chances),
        "happened",
        "claim",
        "what happened, or why no world can say it",
    ]
    table = Table("The ledger of claims", header, rows, " ".join([HOW, *scores, HINDSIGHT]))
    records = [{"run": d["run"], **each} for d in documents for each in d["claims"]]
    return Answer(table, records, documents[0] if len(documents) == 1 else documents)


def _document(
    name: str, ledger: Sequence[Claim], chances: Sequence[Estimate | None]
) -> dict[str, Any]:

    told = [
        {"id": claim.id, "claim": claim.claim, "source": claim.source, "kind": claim.kind}
        | {"by": claim.by, "probability": c.value if c else None, "mcse": c.mcse if c else None}
        | {"outcome": claim.outcome, "happened": claim.happened, "reason": claim.reason}
        for claim, c in zip(ledger, chances, strict=True)
    ]
    scores = ledger_scores(ledger, chances)
    return {"run": name, "claims": told, **scores._asdict()}
