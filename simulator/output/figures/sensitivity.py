"""Figures of sensitivity analyses, and of the difference of two scenarios by driver."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from simulator.inputs.plan import Plan
from simulator.output import units
from simulator.output.figures.bars import (
    Bar,
    BarRow,
    Box,
    Side,
    Swing,
    draw_boxes,
    draw_ranked_bars,
    draw_stack,
    draw_tornado,
    draw_waterfall,
)
from simulator.output.messages import NO_BOX, correlation_note, marked_name
from simulator.sensitivity.analysis import (
    Analysis,
    ranked_records,
    swing_size,
    width_removed,
    yearly_shares,
)
from simulator.sensitivity.attribution import Attribution, attribution_records
from simulator.sensitivity.question import (
    CORRELATED,
    DISCOVERY,
    GIVEN,
    INFORMATION,
    SHAPLEY,
    SOBOL,
    TORNADO,
)
from simulator.sensitivity.targets import BEFORE, SERIES, Target

MOST_ROWS = 20  # of a figure

LEAST_DRAWN = 0.005  # the least index whose bar is drawn

LAYERS = 11  # named in a stack, beside "others"

LAYER = 0.01  # the least mean share of one that is named


MEASURES = {
    SOBOL: {
        "first_order": "first order: gone when it is known",
        "total_order": "total order: left when all else is known",
    },
    SHAPLEY: {"shapley": "Shapley effect"},
    GIVEN: {
        "first_order": "first order, by conditional means",
        "pawn": "PAWN: distance of distributions",
    },
    INFORMATION: {"width_left": "share of the 80 % interval that goes when it is known"},
}

MEASURES[CORRELATED] = MEASURES[SOBOL]


METHOD_NOTES = {
    SOBOL: "Shares of the variance. Both are exactly 0 where nothing leads to the target.",
    CORRELATED: "Shares of the variance; correlations let one {by} tell of another, so first order may "
    "exceed total order.",
    SHAPLEY: "Shares of the variance, correlations and interactions split fairly; they sum to 1.",
    GIVEN: "From finished draws.",
    INFORMATION: "The longer the bar, the more it is worth to find out; what cannot be told from chance "
    "is left out.",
}


def sensitivity(findings: Analysis, path: Path) -> None:
    """Draw an analysis, in the figure that suits its method."""
    if findings.target.kind == SERIES:
        _stack(findings, path)
    elif findings.query.method == TORNADO:
        _tornado(findings, path)
    elif findings.query.method == DISCOVERY:
        _boxes(findings, path)
    else:
        _bars(findings, path)


def _spoken(target: Target) -> str:
    return target.in_words.replace("_", " ")


def _subtitle(findings: Analysis) -> str:
    plan, query = findings.plan, findings.query
    draws = f"{query.draws:,} draws of the {findings.of}"
    return f"{plan.title}, by {query.by}: {draws}, seed {plan.seed}"


def _whisker(findings: Analysis) -> str:
    query = findings.query
    return (
        f" Whisker: {100 * query.interval:g} % interval of {query.replicates} bootstrap replicates."
    )


def _bar(record: dict[str, Any], key: str) -> Bar:
    return Bar(record[key], record[f"{key}_low"], record[f"{key}_high"])


def _left_out(shown: int, whole: int, what: str) -> str:
    return f" {whole - shown} more {what}s matter less." if whole > shown else ""


def _noise_floor(findings: Analysis) -> str:
    if findings.query.method != GIVEN:
        return ""
    floor = findings.records[0]["pawn_noise_floor"]
    return f" Chance alone leaves a PAWN of up to {floor:.3f}, the largest of dummy parameters."


def _bars(findings: Analysis, path: Path) -> None:
    method, by = findings.query.method, findings.query.by
    measures, records = MEASURES[method], ranked_records(findings)
    rows = [
        BarRow(
            marked_name(r),
            [Bar(*width_removed(r)) if key == "width_left" else _bar(r, key) for key in measures],
        )
        for r in records
    ]
    rows = [row for row in rows if max(abs(bar.value) for bar in row.bars) >= LEAST_DRAWN]
    rows = rows[:MOST_ROWS]
    title = "What it is worth to know" if method == INFORMATION else "What drives the answer"
    draw_ranked_bars(
        path,
        title=f"{title}: {_spoken(findings.target)}",
        subtitle=_subtitle(findings),
        measures=list(measures.values()),
        rows=rows,
        note=METHOD_NOTES[method].format(by=by)
        + correlation_note(records)
        + _noise_floor(findings)
        + _whisker(findings)
        + _left_out(len(rows), len(records), by),
    )


def _tornado(findings: Analysis, path: Path) -> None:
    records, target = ranked_records(findings), findings.target
    stems = ["median"] + (["probability"] if "probability" in findings.now else [])
    if target.kind == BEFORE:
        stems.reverse()
    when = f"before {target.years[0]:g}"
    names = {
        "median": "change of the median [years]"
        if target.milestone
        else f"change of the median [{'OOM' if target.unit in units.SCALES else target.unit}]",
        "probability": f"change of P({when}) [fraction]",
    }
    moving = [r for r in records if swing_size(r, stems[0]) > 0.0]
    swings = [
        Swing(
            r["name"],
            [(_bar(r, f"{s}_change_p10"), _bar(r, f"{s}_change_p90")) for s in stems],
        )
        for r in moving[:MOST_ROWS]
    ]
    ends = (
        "A parameter is held at its p10 and p90"
        if findings.query.by == "parameter"
        else "A driver is held as in the draws in which its own effect stands at its p10 and p90"
    )
    draw_tornado(
        path,
        title=f"Tornado: {_spoken(target)}",
        subtitle=_subtitle(findings),
        panels=[names[stem] for stem in stems],
        swings=swings,
        note=f"{ends}; everything else varies."
        + _whisker(findings)
        + _left_out(len(swings), len(moving), findings.query.by),
    )


def _boxes(findings: Analysis, path: Path) -> None:
    unit_of = {prior.name: prior.unit for prior in findings.plan.priors}
    boxes = []
    for record in findings.records:
        heading = (
            f"{record['box']}. coverage {100 * record['coverage']:.0f} ± {100 * record['mcse_coverage']:.0f} %, "
            f"density {100 * record['density']:.0f} ± {100 * record['mcse_density']:.0f} %"
        )
        sides = [
            Side(
                name,
                record["levels"][name][0],
                record["levels"][name][1],
                units.limits_in_words(ends, unit_of[name]),
            )
            for name, ends in record["limits"].items()
        ]
        boxes.append(Box(heading, sides))
    share = 100 * findings.now["share_of_cases"]
    early = findings.target.kind == BEFORE
    name = findings.target.text.partition("@")[0].replace("_", " ")
    what = (
        f"arrives before {findings.target.years[0]:g}"
        if early
        else f"does not arrive by {findings.target.horizon:g}"
    )
    draw_boxes(
        path,
        title=f"Draws in which {name} {what}",
        subtitle=f"{_subtitle(findings)}; {share:.0f} % of all draws",
        boxes=boxes,
        note=NO_BOX
        if not boxes
        else "Bar: what the box keeps of the parameter's draws, from the lowest to the highest. "
        "Coverage: share of such draws inside; density: share of the draws inside that are such. "
        "Boxes are found in half of the draws and judged on the other half, each outside those "
        "before it; ±: Monte Carlo standard error.",
    )


def _stack(findings: Analysis, path: Path) -> None:
    key = {SHAPLEY: "shapley", GIVEN: "pawn"}.get(findings.query.method, "total_order")
    years, shares = yearly_shares(findings, key, LAYERS, LAYER)
    what = {"shapley": "Shapley effects", "pawn": "PAWN indices"}.get(key, "Total-order indices")
    own = "" if key == "shapley" else " as shares of their sum in that year"
    draw_stack(
        path,
        title=f"What drives the spread of {findings.target.series.replace('_', ' ')}, year by year",
        subtitle=_subtitle(findings),
        years=years,
        shares=shares,
        note=f"{what} on the variance{own}, the largest on average at the foot.",
    )


def attribution(split: Attribution, a: Plan, b: Plan, path: Path, interval: float) -> None:
    """Draw which drivers the difference of two scenarios comes from."""
    probability = split.target.kind == BEFORE
    scale = 100.0 if probability else 1.0
    steps = [
        BarRow(r["name"], [Bar(*(scale * r[key] for key in ("part", "part_low", "part_high")))])
        for r in attribution_records(split)
        if any(r[key] != 0.0 for key in ("part", "part_low", "part_high"))
    ]
    digits, unit = (1, " %") if probability else (1 if split.target.milestone else 2, "")
    scaled = split.unit in units.SCALES
    ends = [
        (
            plan.title,
            scale * value,
            units.quantity(value, split.unit) if scaled else f"{scale * value:.{digits}f}{unit}",
        )
        for plan, value in ((a, split.a), (b, split.b))
    ]
    measure = ", parts in OOM" if scaled else f" [{split.unit}]"
    draw_waterfall(
        path,
        title=f"From {a.title} to {b.title}, driver by driver",
        subtitle=f"{split.statistic} of the {_spoken(split.target)}{measure}, of the {split.of}",
        start=ends[0],
        end=ends[1],
        unit=split.unit if scaled else "1",
        steps=steps,
        note=f"Shapley values on paired draws ({split.how}); the parts sum to the whole. "
        f"Whisker: {100 * interval:g} % interval of the part. {len(split.drivers) - len(steps)} other drivers agree or "
        "do not lead there: exactly 0.",
    )
