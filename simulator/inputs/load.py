"""The entry point of this package: loads every input of a command once, and gives the plans of its runs."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import NamedTuple

from simulator.errors import Fault, InputFault
from simulator.inputs.computed import is_computed
from simulator.inputs.input_warnings import input_warnings
from simulator.inputs.merge import (
    MergedInputs,
    SharedFiles,
    assemble_plan,
    merge_inputs,
    prior_folders,
    read_shared_files,
)
from simulator.inputs.observations import Observation, by_date
from simulator.inputs.plan import Plan
from simulator.inputs.priors import Prior, read_prior_folders, resolve_prior
from simulator.inputs.scenarios import read_scenario
from simulator.inputs.sweeps import point_faults, point_plan, sweep_points


class LoadedRun(NamedTuple):
    """A run file with everything that a command needs of it.

    Attributes
    ----------
    run : its path or name as the command names it
    inputs : its files, merged and checked; None where there is no such run or folder of priors
    plans : its plan, or one a point of its sweep, named `NAME@parameter=number`; none where there are faults
    warnings : what is allowed in its inputs but unlikely to be meant
    faults : every fault of the run or of a point of its sweep
    observations : every record of the observation files, by date; None where one of them has a fault
    """

    run: str
    inputs: MergedInputs | None
    plans: tuple[Plan, ...]
    warnings: tuple[Fault, ...]
    faults: tuple[Fault, ...]
    observations: tuple[Observation, ...] | None = None


def load_runs(
    runs: Iterable[str], sets: Iterable[str] = (), priors: str | None = None
) -> list[LoadedRun]:
    """Load the runs of a command, reading the files that they share once; faults are kept, not raised.

    Parameters
    ----------
    runs : paths, else names in `./runs`, else shipped runs
    sets : `KEY=VALUE` settings, as `--set` takes them
    priors : a folder of prior files laid over the shipped ones
    """
    runs, sets = list(runs), list(sets)
    try:
        shared = read_shared_files(priors)
    except InputFault as error:
        return [LoadedRun(run, None, (), (), error.faults) for run in runs]
    known = None if shared.observation_faults else by_date(shared.observations.values())
    return [_load_run(run, sets, shared)._replace(observations=known) for run in runs]


def load_run(
    run: str = "baseline", sets: Iterable[str] = (), priors: str | None = None
) -> LoadedRun:
    """Load one run, as `load_runs` does."""
    return load_runs([run], sets, priors)[0]


def _load_run(run: str, sets: list[str], shared: SharedFiles) -> LoadedRun:
    scenario_faults: list[Fault] = []
    try:
        scenario = read_scenario(run, scenario_faults)
    except InputFault as error:
        return LoadedRun(run, None, (), (), error.faults)
    inputs = merge_inputs(shared, scenario, sets, scenario_faults)
    warnings = tuple(input_warnings(inputs))
    if inputs.faults:
        return LoadedRun(run, inputs, (), warnings, tuple(inputs.faults))
    base = assemble_plan(inputs)
    try:
        points = sweep_points(base, inputs.parts.scenario, sets)
    except InputFault as error:
        return LoadedRun(run, inputs, (), warnings, error.faults)
    if not points:
        return LoadedRun(run, inputs, (base,), warnings, ())
    plans, faults = [], []
    for point in points:
        settings = [*sets, *(step.setting for step in point)]
        of_point = merge_inputs(shared, scenario, settings, [])
        faults += point_faults(of_point.faults, inputs.parts.scenario, point)
        if not of_point.faults:
            plans.append(point_plan(base, assemble_plan(of_point), point))
    once = tuple(dict.fromkeys(faults))
    return LoadedRun(run, inputs, () if once else tuple(plans), warnings, once)


def load_plans(
    run: str = "baseline", sets: Iterable[str] = (), priors: str | None = None
) -> tuple[Plan, ...]:
    """The plan of a run, or one a point of its sweep; all of them use the same probability levels.

    Raises
    ------
    InputFault
        with every fault of the run, or of any point
    """
    loaded = load_run(run, sets, priors)
    if loaded.faults:
        raise InputFault(loaded.faults)
    return loaded.plans


def load_plan(run: str = "baseline", sets: Iterable[str] = (), priors: str | None = None) -> Plan:
    """The plan of a run, whatever it sweeps.

    Parameters
    ----------
    run : a path, else a name in `./runs`, else a shipped run
    sets : `KEY=VALUE` settings, as `--set` takes them
    priors : a folder of prior files laid over the shipped ones

    Raises
    ------
    InputFault
        with every fault of the inputs
    """
    return _plan(run, list(sets), read_shared_files(priors))


def plans_by_name(runs: Iterable[str]) -> dict[str, Plan]:
    """The plans of the baseline and of several runs, whatever they sweep; the files that they share are read once.

    Parameters
    ----------
    runs : paths, else names in `./runs`, else shipped runs

    Returns
    -------
    run -> plan; runs with faults are left out

    Raises
    ------
    InputFault
        with every fault of the baseline
    """
    shared = read_shared_files()
    plans = {"baseline": _plan("baseline", [], shared)}
    for run in runs:
        with suppress(InputFault):
            plans[run] = plans.get(run) or _plan(run, [], shared)
    return plans


def _plan(run: str, sets: list[str], shared: SharedFiles) -> Plan:
    scenario_faults: list[Fault] = []
    scenario = read_scenario(run, scenario_faults)
    inputs = merge_inputs(shared, scenario, sets, scenario_faults)
    if inputs.faults:
        raise InputFault(inputs.faults)
    return assemble_plan(inputs)


def priors_of_files(priors: str | None = None) -> dict[str, Prior]:
    """The priors of the prior files alone, without those at fault, by name."""
    tables = read_prior_folders(prior_folders(priors), []).priors
    tables = {name: table for name, table in tables.items() if not is_computed(table)}
    resolved = {name: resolve_prior(name, table, []) for name, table in tables.items()}
    return {name: prior for name, prior in resolved.items() if prior}
