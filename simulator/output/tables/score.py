"""The table of hindcast scores."""

from __future__ import annotations

from typing import Any

from simulator.evidence.hindcast import SAME, TREND, WORLD, HindcastScores, Score, score_summaries
from simulator.inputs.plan import Plan
from simulator.output.digits import number
from simulator.output.rendering import Answer, Table

COVERED = ("50", "80", "95")

HEADER = ("observation", "year", "observed", "p10", "p50", "p90", "place", "inside 80 %")

SCORES = ("crps", "log score", "unit")


def score_answer(plan: Plan, verdict: HindcastScores) -> Answer:
    """The table of scores: an observation a row, then each predictor over what all could predict."""
    told, errors = score_summaries(verdict), verdict.errors
    records = [_record(verdict, place) for place in range(len(verdict.seen))]
    everything: dict[str, Any] = told.get("all", {})
    document = {
        "run": plan.name,
        "as_of": plan.as_of,
        "observations": records,
        "effective_observations": verdict.effective,
        **{f"coverage_{level}": everything.get(f"coverage_{level}") for level in COVERED},
        "crps": everything.get("crps"),
        "mcse_crps": errors.get("crps"),
        "log_score": everything.get("log_score"),
        "mcse_log_score": errors.get("log_score"),
        "compared": {who: told[who] for who in (WORLD, TREND, SAME) if who in told},
    }
    rows = [_row(score) for score in verdict.scores[WORLD] if score] + _summary_rows(told)
    caption = _caption(plan, verdict, everything)
    return Answer(Table(plan.title, [*HEADER, *SCORES], rows, caption), records, document)


def _record(verdict: HindcastScores, place: int) -> dict[str, Any]:

    seen, mine = verdict.seen[place], verdict.scores[WORLD][place]
    assert mine is not None
    rivals = {
        f"{who.replace(' ', '_')}_{key}": getattr(scores[place], key, None)
        for who, scores in verdict.scores.items()
        if who != WORLD
        for key in ("place", "crps", "log_score")
    }
    return (
        {"name": seen.name, "series": seen.series, "year": seen.year, "observed": seen.value}
        | {"sd": seen.spread, **{level: mine.quantiles[level] for level in ("p10", "p50", "p90")}}
        | {"place": mine.place, **{f"inside_{level}": mine.inside(level) for level in COVERED}}
        | {"crps": mine.crps, "log_score": mine.log_score, "unit": seen.unit, **rivals}
    )


def _row(score: Score) -> list[str]:
    seen, quantiles = score.seen, (score.quantiles[level] for level in ("p10", "p50", "p90"))
    numbers = [f"{value:.2f}" for value in (seen.year, seen.value, *quantiles)]
    inside = "yes" if score.inside("80") else "no"
    scores = [f"{score.crps:.2f}", f"{score.log_score:.2f}", seen.unit]
    return [seen.name, *numbers, f"{100 * score.place:.0f} %", inside, *scores]


def _summary_rows(told: dict[str, dict[str, float]]) -> list[list[str]]:
    rows = [[""] * (len(HEADER) + len(SCORES))]
    for who, found in told.items():
        if who != "all":
            covered = " ".join(f"{100 * found[f'coverage_{level}']:.0f}" for level in COVERED)
            name = f"{who}, over {found['n']:.0f} shared"
            scores = [f"{found['crps']:.2f}", f"{found['log_score']:.2f}", ""]
            rows.append([name, *[""] * 6, f"{covered} %", *scores])
    return rows if len(rows) > 1 else []


def _caption(plan: Plan, verdict: HindcastScores, everything: dict[str, Any]) -> str:

    if not verdict.seen:
        return f"Nothing of this run's series was observed after {plan.as_of} that it was not told."
    errors, covered = verdict.errors, [f"{100 * everything[f'coverage_{n}']:.0f}" for n in COVERED]
    wide = ", ".join(f"{100 * everything[f'coverage_{n}_error']:.0f}" for n in COVERED)
    crps, log_score = (number(everything[k], errors[k]) for k in ("crps", "log_score"))
    return (
        f"Records after {plan.as_of}, worth {verdict.effective:.1f} independent observations by the run's own "
        f"correlations. Its 50, 80 and 95 % intervals hold {', '.join(covered)} % (standard errors of that many: "
        f"{wide} points); crps {crps} OOM (mcse {errors['crps']:.1g}, over orders of magnitude alone), log score "
        f"{log_score} (mcse {errors['log_score']:.1g}), from {verdict.draws:,} kept trajectories. Last rows: means "
        "over what every predictor could predict."
    )
