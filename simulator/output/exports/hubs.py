"""Forecasts as forecasting sites take them: model output of the hubverse, and Metaculus' continuous cdf."""

from __future__ import annotations

import json
import math
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from simulator.arrays import Array
from simulator.errors import Fault, InputFault
from simulator.evidence.tempered import resampled_parents
from simulator.inputs.plan import Plan
from simulator.output.exports.provenance import provenance
from simulator.summaries import bands, estimates
from simulator.summaries.counts import REPORTED_LEVELS
from simulator.summaries.records import csv_text
from simulator.summaries.result import Result

SAMPLES = 100

POINTS = 201  # of Metaculus' cdf

LEAST_STEP = 0.01 / (POINTS - 1)  # Metaculus' rules for a cdf of 201 points
MOST_STEP = 0.2
OUTSIDE = 0.001  # least probability beyond an open end

BACKGROUND = 0.0125  # weight of the line from 0.1 to 0.9, which makes every step large enough


def hubverse_records(result: Result) -> list[dict[str, Any]]:
    """Quantiles, cdf and samples of arrival years, and quantiles of series, in the hubverse's columns.

    A quantile of `Inf` lies beyond the horizon. Samples of a conditioned result are resampled by weight.
    """
    plan = result.plan
    records = []
    for row in result.milestone_estimates:
        head = _task(plan, "arrival year", row["name"], "NA")
        records += [
            head | _output("quantile", f"{level:g}", row[key])
            for key, level in REPORTED_LEVELS.items()
        ]
        records += [
            head | _output("cdf", f"{year}", share) for year, share in row["by_year"].items()
        ]
    chosen = _sampled_draws(result)
    for i, milestone in enumerate(plan.milestones):
        head = _task(plan, "arrival year", milestone.name, "NA")
        records += [
            head | _output("sample", f"{n}", float(result.arrivals[draw, i]))
            for n, draw in enumerate(chosen)
        ]
    every = range(len(result.shape.years))
    for series in bands.select_series(result, ()):
        band = bands.series_band(result, series, REPORTED_LEVELS, every)
        records += [
            _task(plan, series.unit, series.name, f"{year:g}")
            | _output("quantile", f"{REPORTED_LEVELS[key]:g}", float(values[i]))
            for key, values in band.quantiles.items()
            for i, year in enumerate(band.years)
        ]
    return records


def _task(plan: Plan, target: str, variable: str, year: str) -> dict[str, str]:
    return {"origin_date": plan.as_of, "target": target, "variable": variable, "target_year": year}


def _output(kind: str, identifier: str, value: float) -> dict[str, str]:
    shown = "Inf" if math.isinf(value) else repr(value)
    return {"output_type": kind, "output_type_id": identifier, "value": shown}


def _sampled_draws(result: Result) -> list[int]:
    """Numbers of the kept draws that stand for the forecast; none where no kept draw agrees with the evidence."""
    kept = len(result.arrivals)
    weights = np.ones(kept) if result.weights is None else result.weights.whole[:kept].astype(float)
    if not weights.any():
        return []
    generator = np.random.default_rng(result.plan.seed)
    return resampled_parents(weights / weights.sum(), generator, SAMPLES).tolist()


def write_hubverse(result: Result, folder: Path) -> None:
    """A hub's folders `model-output` and `model-metadata` for the team `oomcast`."""
    model = result.plan.name.replace("-", "_")
    label = f"oomcast-{model}"
    outputs = folder / "model-output" / label
    outputs.mkdir(parents=True, exist_ok=True)
    file = outputs / f"{result.plan.as_of}-{label}.csv"
    file.write_text(csv_text(hubverse_records(result)), encoding="utf-8")
    facts = {"team_abbr": "oomcast", "model_abbr": model, "model_version": result.version}
    facts |= {"model_name": result.plan.title, **provenance(result)}
    metadata = folder / "model-metadata"
    metadata.mkdir(exist_ok=True)
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in facts.items()]
    (metadata / f"{label}.yml").write_text("".join(lines), encoding="utf-8")


def metaculus_cdf(result: Result, milestone: int, years: Array) -> Array:
    """The cdf of a milestone's arrival at the points of a Metaculus question with two open ends.

        cdf_i = 0.9875 F_i + 0.0125 (0.1 + 0.8 i / 200)

    The straight line makes every step at least 0.01/200 and leaves at least 0.001 beyond each end, as the site's rules
    ask, and moves no probability by more than 0.0125.

    Parameters
    ----------
    result : of any run
    milestone : its index
    years : (point) [year], rising

    Returns
    -------
    (point) [probability]

    Raises
    ------
    InputFault
        when a step is above 0.2, the largest that the site takes
    """
    F = estimates.probabilities_by_quarter(result.counts, result.shape, milestone, years)
    line = 0.1 + 0.8 * np.arange(len(years)) / (len(years) - 1)
    cdf = (1.0 - BACKGROUND) * F + BACKGROUND * line
    steepest = int(np.argmax(np.diff(cdf)))
    if np.diff(cdf)[steepest] > MOST_STEP:
        name = result.plan.milestones[milestone].name
        width = years[1] - years[0]
        problem = f"more than {MOST_STEP:g} of its probability in {width:.2g} years from {years[steepest]:.1f}"
        allowed = f"at most {MOST_STEP:g} a step of a cdf of {POINTS} points"
        raise InputFault([Fault("export", "metaculus", name, problem, allowed)])
    return cdf


def metaculus_questions(result: Result) -> dict[str, Any]:
    """One question a milestone, from the as-of date to the horizon; `left_out` says which cannot be asked, and why."""
    plan = result.plan
    if plan.horizon <= plan.as_of_year:
        problem = (
            f"a horizon of {plan.horizon:g}, and nothing to ask after the as-of date {plan.as_of}"
        )
        fix = "run it with a later --horizon"
        raise InputFault([Fault("export", "metaculus", "", problem, "a later horizon", fix)])
    years = np.linspace(plan.as_of_year, plan.horizon, POINTS)
    questions, left_out = [], {}
    for i, milestone in enumerate(plan.milestones):
        try:
            cdf = metaculus_cdf(result, i, years)
        except InputFault as fault:
            left_out[milestone.name] = fault.faults[0].found
            continue
        questions.append({
            "milestone": milestone.name,
            "meaning": milestone.meaning,
            "type": "date",
            "range_min": plan.as_of,
            "range_max": _day(plan.horizon),
            "open_lower_bound": True,
            "open_upper_bound": True,
            "inbound_outcome_count": POINTS - 1,
            "continuous_cdf": cdf.tolist(),
        })  # fmt: skip
    return {"provenance": provenance(result), "questions": questions, "left_out": left_out}


def _day(year: float) -> str:
    start = date(int(year), 1, 1)
    days = (date(int(year) + 1, 1, 1) - start).days
    return (start + timedelta(days=round((year - int(year)) * days))).isoformat()


def write_metaculus(result: Result, path: Path) -> None:
    """A json file of questions with their cdf."""
    text = json.dumps(metaculus_questions(result), indent=1, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")
