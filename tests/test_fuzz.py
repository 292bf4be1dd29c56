"""Small files of every kind, changed at random: each is simulated to finite numbers, or refused where it is at fault.

A file is used as commands use one of its kind, but in this process and with few draws, so that ten thousand cases take
a minute or two.
"""

import math
import random

import numpy as np
import pytest
from checkout import ROOT
from mutations import mutated

from simulator import model
from simulator.errors import InputFault
from simulator.evidence import claims as claim_scores
from simulator.evidence import published, weights
from simulator.inputs import claims as claim_files
from simulator.inputs import conditioning, load
from simulator.inputs import published as published_files
from simulator.inputs.files import with_lines
from simulator.inputs.merge import prior_folders
from simulator.inputs.priors import read_prior_folders, resolve_sources
from simulator.simulate import blocks
from simulator.store import in_memory
from simulator.store.manifest import KeptDraws

DRAWS = range(6)
QUICK, CHUNK = 25, 250
CASES = {
    "priors": 2_250,
    "run": 2_000,
    "routes": 1_000,
    "milestones": 750,
    "correlations": 1_000,
    "observations": 1_250,
    "claims": 1_000,
    "published": 750,
}
"""How many files of each kind."""

RUNS = [
    *((kind, range(QUICK)) for kind in CASES),
    *(
        pytest.param(kind, range(start, min(start + CHUNK, CASES[kind])), marks=pytest.mark.slow)
        for kind in CASES
        for start in range(QUICK, CASES[kind], CHUNK)
    ),
]


@pytest.fixture(scope="module")
def result():
    """Draws that claims, forecasts and observations are held against."""
    sets = ["horizon=2032", "draws=200", "condition.observations=[]"]
    with pytest.MonkeyPatch.context() as patch:
        for module in (weights, in_memory.summarise):
            patch.setattr(module, "FITTED_TO", 128)
        return in_memory.run_in_memory(
            load.load_plan("baseline", sets), 1, keep=KeptDraws(200, 200)
        )


@pytest.fixture(scope="module")
def block(result):
    return blocks.simulate_block(blocks.compile_plan(result.plan), range(200))


@pytest.fixture(scope="module")
def sources():
    return list(resolve_sources(read_prior_folders(prior_folders(), []), []))


def simulated(loaded):
    """Raise what is wrong with a run; require that its draws are finite, and arrive within its years or not at all."""
    if loaded.faults:
        raise InputFault(loaded.faults)
    assert loaded.plans
    for plan in loaded.plans[:2]:
        block = blocks.simulate_block(blocks.compile_plan(plan), DRAWS)
        for name, values in {**block.parameters, **block.series}.items():
            assert np.isfinite(values).all(), name
        reached = block.arrivals[block.arrivals != math.inf]
        assert ((reached >= plan.start) & (reached <= plan.horizon)).all()


def of_priors(folder, path, **_):
    simulated(load.load_run("baseline", ["horizon=2036"], str(folder)))


def of_run(folder, path, **_):
    simulated(load.load_run(str(path)))


def of_observations(folder, path, result, block, **_):
    """Every draw has a likelihood, and the draws weights that add up, unless no draw agrees."""
    change = conditioning.EvidenceChange(replaced=[str(path)])
    plan = conditioning.conditioned_plan(result.plan, change)
    if not plan.observations:
        return
    compiled = blocks.compile_plan(plan)
    found = weights.block_likelihoods(compiled, block)
    total = found.log_likelihood
    assert not np.isnan(total).any()
    assert (total < math.inf).all()
    weights.check_agreement(compiled, found.nearest, total)
    smoothed = weights.smoothed_weights(total)
    assert (smoothed.whole >= 0).all()
    assert 1.0 <= smoothed.effective <= len(total)


def of_claims(folder, path, result, sources, **_):
    """Every claim has a probability, or none where the scenario cannot say."""
    faults, plan = [], result.plan
    ledger = list(claim_files.claims_of_file(path, faults).values())
    names = [milestone.name for milestone in plan.milestones]
    units = {each.name: each.unit for each in plan.parameters}
    series = model.series_of_names(prior.name for prior in plan.priors)
    claim_files.check_claims(ledger, names, series, units, sources, faults)
    refuse(faults)
    for claim in ledger:
        estimate = claim_scores.claim_probability(claim, result)
        assert estimate is None or 0.0 <= estimate.value <= 1.0
        assert claim.forecast_from(plan.as_of_year) in (True, False)


def of_published(folder, path, result, sources, **_):
    """Every forecast of others has estimates of ours beside it, in their order, or none."""
    faults, plan = [], result.plan
    forecasts = list(published_files.published_of_file(path, faults).values())
    names = [milestone.name for milestone in plan.milestones]
    series = model.series_of_names(prior.name for prior in plan.priors)
    published_files.check_published(forecasts, names, series, sources, faults, str(path))
    refuse(faults)
    for forecast in forecasts:
        own = published.own_estimates(forecast, result)
        quantiles = [own[key].value for key in ("p10", "p50", "p90") if key in own]
        assert quantiles == sorted(quantiles)
        assert "probability" not in own or 0.0 <= own["probability"].value <= 1.0
        assert forecast.subject


def refuse(faults):
    if faults:
        raise InputFault(with_lines(faults))


KINDS = {
    "priors": ("own.toml", of_priors),
    "correlations": ("own.toml", of_priors),
    "milestones": ("milestones.toml", of_priors),
    "run": ("mine.toml", of_run),
    "routes": ("routes.toml", of_run),
    "observations": ("observations.toml", of_observations),
    "claims": ("claims.toml", of_claims),
    "published": ("published.toml", of_published),
}
"""Kind -> the name that the file has, and what is done with it."""

SAMPLES = {kind: (ROOT / f"tests/samples/{kind}.toml").read_bytes() for kind in KINDS}


def outcome(kind, content, folder, **beside):
    """What is wrong with how a file ends; empty where it gives finite numbers, or faults that say where they are."""
    file, use = KINDS[kind]
    (folder / file).write_bytes(content)
    try:
        use(folder, folder / file, **beside)
    except InputFault as error:
        lost = [fault for fault in error.faults if not locates(fault)]
        return f"says not where: {lost[0]}" if lost else ""
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def locates(fault):
    """Whether a fault says in which file it is, and in which table, key or line, and what was found."""
    return fault.file and (fault.table or fault.key or fault.line) and fault.found


def content(kind, number):
    return mutated(SAMPLES[kind], random.Random(f"{kind} {number}"))


@pytest.mark.parametrize("kind", KINDS)
def test_the_files_are_sound_before_they_are_changed(tmp_path, kind, result, block, sources):
    file, use = KINDS[kind]
    (tmp_path / file).write_bytes(SAMPLES[kind])
    use(tmp_path, tmp_path / file, result=result, block=block, sources=sources)


@pytest.mark.parametrize(("kind", "numbers"), RUNS)
def test_a_changed_file_gives_finite_numbers_or_says_what_is_wrong(
    folder, kind, numbers, result, block, sources
):
    beside = {"result": result, "block": block, "sources": sources}
    wrong = {n: outcome(kind, content(kind, n), folder, **beside) for n in numbers}
    wrong = {n: problem[:300] for n, problem in wrong.items() if problem}
    assert not wrong, wrong
