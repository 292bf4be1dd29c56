"""The table of hindcast scores."""

from __future__ import annotations

from typing import Any

from simulator.evidence.hindcast import (
    NO_CHANGE,
    SCENARIO,
    TREND,
    HindcastScores,
    Score,
    score_summaries,
)
from simulator.inputs.plan import Plan
from simulator.output.digits import number
from simulator.output.rendering import Answer, Table

COVERED = ("50", "80", "95")

HEADER = ("observation", "year", "observed", "p10", "p50", "p90", "place", "inside 80 %")

SCORES = ("crps", "log score", "unit")


def score_answer(plan: Plan, hindcast: HindcastScores) -> Answer:
    """The table of scores: an observation a row, then each predictor over what all could predict."""
    summaries, errors = score_summaries(hindcast), hindcast.errors
    records = [_record(hindcast, index) for index in range(len(hindcast.observations))]
    overall: dict[str, Any] = summaries.get("all", {})
    document = {
        "run": plan.name,
        "as_of": plan.as_of,
        "observations": records,
        "effective_observations": hindcast.effective,
        **{f"coverage_{level}": overall.get(f"coverage_{level}") for level in COVERED},
        "crps": overall.get("crps"),
        "mcse_crps": errors.get("crps"),
        "log_score": overall.get("log_score"),
        "mcse_log_score": errors.get("log_score"),
        "compared": {
            name: summaries[name] for name in (SCENARIO, TREND, NO_CHANGE) if name in summaries
        },
    }
    rows = [_row(score) for score in hindcast.scores[SCENARIO] if score] + _summary_rows(summaries)
    caption = _caption(plan, hindcast, overall)
    return Answer(Table(plan.title, [*HEADER, *SCORES], rows, caption), records, document)


def _record(hindcast: HindcastScores, index: int) -> dict[str, Any]:
    observation, own = hindcast.observations[index], hindcast.scores[SCENARIO][index]
    assert own is not None
    rivals = {
        f"{predictor.replace(' ', '_')}_{key}": getattr(scores[index], field, None)
        for predictor, scores in hindcast.scores.items()
        if predictor != SCENARIO
        for key, field in (("place", "pit"), ("crps", "crps"), ("log_score", "log_score"))
    }
    return (
        {
            "name": observation.name,
            "series": observation.series,
            "year": observation.year,
            "observed": observation.value,
        }
        | {
            "sd": observation.spread,
            **{level: own.quantiles[level] for level in ("p10", "p50", "p90")},
        }
        | {"place": own.pit, **{f"inside_{level}": own.inside(level) for level in COVERED}}
        | {"crps": own.crps, "log_score": own.log_score, "unit": observation.unit, **rivals}
    )


def _row(score: Score) -> list[str]:
    observation, quantiles = (
        score.observation,
        (score.quantiles[level] for level in ("p10", "p50", "p90")),
    )
    numbers = [f"{value:.2f}" for value in (observation.year, observation.value, *quantiles)]
    inside = "yes" if score.inside("80") else "no"
    scores = [f"{score.crps:.2f}", f"{score.log_score:.2f}", observation.unit]
    return [observation.name, *numbers, f"{100 * score.pit:.0f} %", inside, *scores]


def _summary_rows(summaries: dict[str, dict[str, float]]) -> list[list[str]]:
    rows = [[""] * (len(HEADER) + len(SCORES))]
    for predictor, summary in summaries.items():
        if predictor != "all":
            covered = " ".join(f"{100 * summary[f'coverage_{level}']:.0f}" for level in COVERED)
            name = f"{predictor}, over {summary['n']:.0f} shared"
            scores = [f"{summary['crps']:.2f}", f"{summary['log_score']:.2f}", ""]
            rows.append([name, *[""] * 6, f"{covered} %", *scores])
    return rows if len(rows) > 1 else []


def _caption(plan: Plan, hindcast: HindcastScores, overall: dict[str, Any]) -> str:
    if not hindcast.observations:
        return f"Nothing of this run's series was observed after {plan.as_of} that it was not told."
    errors, covered = hindcast.errors, [f"{100 * overall[f'coverage_{n}']:.0f}" for n in COVERED]
    wide = ", ".join(f"{100 * overall[f'coverage_{n}_error']:.0f}" for n in COVERED)
    crps, log_score = (number(overall[k], errors[k]) for k in ("crps", "log_score"))
    return (
        f"Records after {plan.as_of}, worth {hindcast.effective:.1f} independent observations by the run's own "
        f"correlations. Its 50, 80 and 95 % intervals hold {', '.join(covered)} % (standard errors of that many: "
        f"{wide} points); crps {crps} OOM (mcse {errors['crps']:.1g}, over orders of magnitude alone), log score "
        f"{log_score} (mcse {errors['log_score']:.1g}), from {hindcast.draws:,} kept trajectories. Last rows: means "
        "over what every predictor could predict."
    )
