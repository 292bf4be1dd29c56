"""Where an exported number comes from, and how to make it again."""

from __future__ import annotations

from typing import Any

from simulator.summaries.result import Result


def provenance(result: Result) -> dict[str, Any]:
    """What an exported file says of the run behind it; it holds no clock, host or path."""
    plan = result.plan
    return {
        "program": "oomcast",
        "version": result.version,
        "scenario": plan.name,
        "title": plan.title,
        "as_of": plan.as_of,
        "seed": plan.seed,
        "draws": plan.draws,
        "effective_draws": round(result.counts.effective, 1),
        "conditioned_on": [observation.name for observation in plan.observations],
        "plan_sha256": plan.digest(),
        "reproduce": f"oomcast run {plan.name} --draws {plan.draws} --seed {plan.seed}",
    }
