"""Pictures of evidence: gathers finished numbers and hands them to the plots."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike

import numpy as np

from simulator import claims, plots, verdicts
from simulator.claims import Claim, World
from simulator.faults import Fault, InputFault, did_you_mean, listed
from simulator.plots import Entry, Met, Updated
from simulator.priors import Prior
from simulator.store import Result

BINS = 36
LEVELS = (np.arange(4096) + 0.5) / 4096
SHOWN = 9  # parameters when none is asked for: those that moved most


def world(result: Result) -> World:
    """What the ledger reads of a result."""
    return World(
        result.plan,
        result.shape,
        result.counts,
        result.series,
        result.parameters,
        result.trajectories,
        result.weights.whole if result.weights else None,
    )


def trust(result: Result) -> str:
    """How a result was conditioned, and how far to trust it."""
    plan, weights = result.plan, result.weights
    if weights is None:
        return "not conditioned"
    how = (
        "walked there in stages"
        if plan.sampler == "sequential"
        else f"Pareto k {weights.pareto_k:.2f}"
        if np.isfinite(weights.pareto_k)
        else "whose weights have no tail"
        if weights.pareto_k < 0
        else "too few to fit a tail to"
    )
    named = ", ".join(seen.name for seen in plan.observations)
    return (
        f"conditioned on {named}: effective draws {weights.effective:,.0f} of {plan.draws:,}, {how}"
    )


def prior_posterior(
    result: Result, path: str | PathLike[str], parameters: Sequence[str] = ()
) -> None:
    """Draw parameters before and after the evidence; those that moved most when none is named."""
    plan = result.plan
    names = [prior.name for prior in plan.priors]
    faults = [
        Fault("parameter", "", "", f'"{name}"', listed(names, 100), did_you_mean(name, names))
        for name in parameters
        if name not in names
    ]
    if result.weights is None:
        mend = "oomcast condition makes one that is"
        faults.append(
            Fault(plan.name, "", "", "a run on no evidence", "a conditioned result", mend)
        )
    if faults:
        raise InputFault(faults)
    asked = parameters or _most_moved(result)
    panels = [_updated(result, names.index(name)) for name in asked]
    plots.prior_posterior(
        path,
        title="What the evidence changed",
        subtitle=f"{plan.title}: grey prior, blue posterior; median (80 % interval); "
        f"{plan.draws:,} draws, seed {plan.seed}",
        panels=panels,
    )


def _whole(result: Result, kept: int) -> np.ndarray:
    assert result.weights is not None
    return result.weights.whole[:kept]


def _most_moved(result: Result) -> list[str]:
    """Parameters whose mean moved most, or whose spread shrank most, in prior standard deviations."""
    moved = {}
    values, whole = np.asarray(result.parameters), _whole(result, len(result.parameters))
    for column, prior in enumerate(result.plan.priors):
        before = prior.distribution.values(LEVELS)
        if prior.family not in ("fixed", "bernoulli") and prior.name not in result.plan.hold:
            mean = np.average(values[:, column], weights=whole)
            spread = np.sqrt(np.average((values[:, column] - mean) ** 2, weights=whole))
            far = abs(mean - np.mean(before)) / np.std(before)
            moved[prior.name] = far + abs(np.log(spread / np.std(before)))
    return sorted(moved, key=lambda name: -moved[name])[:SHOWN]


def _updated(result: Result, column: int) -> Updated:
    prior = result.plan.priors[column]
    before = prior.distribution.values(LEVELS)
    after = np.asarray(result.parameters[:, column])
    whole = _whole(result, len(after))
    low, high = np.quantile(before, [0.005, 0.995])  # the tails beyond are not drawn
    edges = np.linspace(low, high, BINS + 1) if high > low else low + np.array([-0.5, 0.5])
    shares = [
        np.histogram(values, edges, weights=weights)[0]
        for values, weights in ((before, None), (after, whole))
    ]
    return Updated(
        prior.name,
        prior.unit,
        edges,
        shares[0] / shares[0].sum(),
        shares[1] / shares[1].sum(),
        f"prior {_told(before, None, prior)}",
        f"posterior {_told(after, whole, prior)}",
    )


def _told(values: np.ndarray, whole: np.ndarray | None, prior: Prior) -> str:
    low, middle, high = np.quantile(values, [0.1, 0.5, 0.9], weights=whole, method="inverted_cdf")
    places = max(0, int(np.ceil(1.5 - np.log10(max(high - low, 1e-9)))))
    return f"{middle:.{places}f} ({low:.{places}f} to {high:.{places}f})"


def calibration(result: Result, path: str | PathLike[str]) -> None:
    """Draw a result against what came after its as-of date."""
    found = verdicts.verdict(result)
    if not found.seen:
        allowed = "a run whose as-of date lies before some observation of its series"
        raise InputFault(
            [Fault(result.plan.name, "", "as_of", result.plan.as_of, allowed, "score a hindcast")]
        )
    rows = []
    for seen, score in zip(found.seen, found.scores[verdicts.WORLD], strict=True):
        assert score is not None
        sd = (score.quantiles["p90"] - score.quantiles["p10"]) / 2.563
        middle = score.quantiles["p50"]
        quantiles = {name: (value - middle) / sd for name, value in score.quantiles.items()}
        name = seen.label or seen.name.replace("_", " ")
        rows.append(Met(f"{name}, {seen.year:.1f}", quantiles, (seen.value - middle) / sd))
    told = verdicts.summaries(found)["all"]
    plots.calibration(
        path,
        title=f"{result.plan.title}: what came, against what was predicted",
        subtitle=f"80 % intervals hold {100 * told['coverage_80']:.0f} % of {told['n']} observations, "
        f"worth {found.effective:.1f} independent ones; as of {result.plan.as_of}",
        rows=rows,
        places={
            who: np.array([score.place for score in scores if score])
            for who, scores in found.scores.items()
        },
    )


def ledger(results: Sequence[Result], path: str | PathLike[str]) -> None:
    """Draw the claims that a world can say, with their probability in each."""
    worlds = [world(result) for result in results]
    entries = []
    for claim in claims.ledger():
        chances = [claims.chance(claim, each) for each in worlds]
        if any(chances):
            pairs = [(c.value, c.mcse) if c else None for c in chances]
            entries.append(Entry(claim.id, _short(claim), claim.outcome, pairs))
    plots.ledger(
        path,
        title="The ledger of claims",
        subtitle="What the essay (000), the talk (001) and the podcast (002) said, with its probability in each world; "
        "a range counts as met only inside. Bars: Monte Carlo error",
        worlds=[result.plan.title for result in results],
        entries=entries,
    )


def _short(claim: Claim) -> str:
    return claim.claim.rstrip(".")
