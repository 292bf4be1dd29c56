"""What a notebook or a script uses: load a scenario, run it, read its answers, draw them, and ask what drives them.

Tables are pandas DataFrames with one row a milestone, series and year, or draw; `open_result` gives everything that a
result holds, with named dimensions, as an xarray DataTree. Arrival years of inf mean "not before the horizon". Wrong
input raises `InputFault`, which says what is wrong, what is allowed and what probably mends it.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from simulator.errors import Fault, InputFault
from simulator.evidence import draw_evidence
from simulator.inputs import load
from simulator.inputs.plan import Plan
from simulator.inputs.schema import RunEntry
from simulator.sensitivity import analysis, attribution, comparison
from simulator.simulate.cluster import opened_workers
from simulator.store import in_memory, results, running
from simulator.store.manifest import KeptDraws
from simulator.summaries import bands as series_bands
from simulator.summaries.records import flat
from simulator.summaries.result import Result

if TYPE_CHECKING:
    import pandas as pd

Words = str | Iterable[object]
"""One word, or several."""


def load_scenario(
    run: str = "baseline",
    changes: Mapping[str, object] | Iterable[str] = (),
    priors: str | PathLike[str] | None = None,
) -> Plan:
    """Load and check a scenario, with changes.

    Parameters
    ----------
    run : a run file's path, a name in `./runs`, or a shipped scenario: baseline, peak-data, situational-awareness, ...
    changes : keys of the run file with their new values, as a mapping or as texts `KEY=VALUE` in TOML.
        `{"draws": 2000}` changes a key, `{"algorithms_growth": 0.4}` fixes a parameter,
        `{"priors.algorithms_growth.p95": 0.9}` changes a prior, and a mapping in place of the number replaces it
    priors : a folder of prior files that are laid over the shipped ones

    Returns
    -------
    the plan: everything that a result depends on

    Raises
    ------
    InputFault
        with every fault of the inputs
    """
    if isinstance(changes, Mapping):
        changes = [_setting(key, value) for key, value in changes.items()]
    return load.load_plan(run, changes, None if priors is None else str(priors))


def _setting(key: str, value: object) -> str:
    whole_prior = isinstance(value, Mapping) and "." not in key
    prefix = "priors." if whole_prior and key not in RunEntry.model_fields else ""
    return f"{prefix}{key}={_toml(key, value)}"


def _toml(key: str, value: object) -> str:
    """A value as TOML."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Mapping):
        pairs = (f"{json.dumps(str(k))} = {_toml(key, v)}" for k, v in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, Iterable):
        return "[" + ", ".join(_toml(key, each) for each in value) + "]"
    problem, allowed = f"a {type(value).__name__}", "a number, text, date, list or mapping"
    raise InputFault([Fault("changes", "", key, problem, allowed)])


def run(
    plan: Plan,
    folder: str | PathLike[str] | None = None,
    workers: int = 1,
    *,
    resume: bool = False,
    overwrite: bool = False,
    keep_draws: int | None = None,
    keep_trajectories: int | None = None,
    progress: Callable[[int], None] = lambda draws: None,
    cluster: str | None = None,
) -> Result:
    """Simulate a plan.

    Parameters
    ----------
    plan : from `load_scenario`
    folder : where the result is written, safe against interruption; in memory alone when left out. A folder that
        holds the result of this plan already is loaded
    workers : threads; they change no number
    resume : in a folder, go on with an unfinished run, or extend a result of fewer draws
    overwrite : in a folder, replace another result
    keep_draws : of how many first draws parameters and arrivals are kept; 100,000 when left out
    keep_trajectories : of how many first draws the series are kept; 1,000 when left out
    progress : called with the number of draws done since the last call
    cluster : in place of threads, the address of a dask scheduler (`tcp://HOST:PORT`) or `local:N` for N processes

    Returns
    -------
    the result; `result.folder` is where it lies, or None

    Raises
    ------
    InputFault
        when something else is in the folder, no draw agrees with the observations, `resume` or `overwrite` is given
        without a folder, or there is no dask for a cluster
    RunFailed
        when a draw, the machine or the cluster fails
    """
    if folder is None and (resume or overwrite):
        word = "resume" if resume else "overwrite"
        problem, fix = f"{word} without a folder", "give run(plan, folder)"
        raise InputFault([Fault("run", "", word, problem, "a run in a folder", fix)])
    with opened_workers(workers, cluster) as engine:
        if folder is not None:
            return running.run(
                plan,
                folder,
                engine,
                progress,
                resume=resume,
                overwrite=overwrite,
                keep_draws=keep_draws,
                keep_trajectories=keep_trajectories,
                warn=warnings.warn,
            )
        draws, trajectories = KeptDraws()
        keep = KeptDraws(
            draws if keep_draws is None else keep_draws,
            trajectories if keep_trajectories is None else keep_trajectories,
        )
        return in_memory.run_in_memory(plan, engine, progress, keep=keep)


def load_result(folder: str | PathLike[str]) -> Result:
    """Load a finished result; its draws stay on the disk until they are used.

    Parameters
    ----------
    folder : of the result, or its name in `./runs`

    Raises
    ------
    InputFault
        when there is no such result, or it is damaged
    """
    return results.load_result(folder)


def milestones(result: Result) -> pd.DataFrame:
    """Arrival years and probabilities of every milestone, over all draws.

    Returns
    -------
    a row for each milestone, with columns: `p05` to `p95`, equal-tailed quantiles of the arrival year [year];
    `reached`, the probability of arrival by the horizon; `by_2028` and so on, the probability of arrival before that
    year begins; and `mcse_` before each, its Monte Carlo standard error
    """
    import pandas as pd

    rows = [
        flat(row)
        | {f"by_{year}": share for year, share in row["by_year"].items()}
        | {f"mcse_by_{year}": error for year, error in row["mcse_by_year"].items()}
        for row in result.milestone_estimates
    ]
    return pd.DataFrame(rows).set_index("name")


def bands(
    result: Result, series: Words = (), years: Words = (), quantiles: Words = ()
) -> pd.DataFrame:
    """Uncertainty bands of series by year, over all draws.

    Parameters
    ----------
    series : names; all whose bands the plan keeps when left out
    years : `2030` or `"2025-2030"`; all when left out
    quantiles : percentages (`97.5`) or keys (`"p975"`); p05 to p95 when left out

    Returns
    -------
    a row for each series and year, with columns `series`, `unit`, `year`, the quantiles [the series' unit], and
    `mcse_` before each, its Monte Carlo standard error; of a series of codes `share_<code>` in place of quantiles

    Raises
    ------
    InputFault
        when a series, year or quantile is unknown or not kept
    """
    import pandas as pd

    from simulator.output.tables.bands import bands_records

    levels = series_bands.quantile_levels(_words(quantiles))
    rows = series_bands.select_years(result, _words(years))
    chosen = series_bands.select_series(result, _words(series))
    shown = [series_bands.series_band(result, each, levels, rows) for each in chosen]
    return pd.DataFrame(bands_records(result, shown)).drop(columns="run")


def _words(words: Words) -> list[str]:
    if isinstance(words, str) or not isinstance(words, Iterable):
        words = [words]
    return [word if isinstance(word, str) else f"{word:g}" for word in words]


def draws(result: Result) -> pd.DataFrame:
    """The draws that a result keeps, one by one.

    Returns
    -------
    a row for each draw, with columns of two levels: `("parameters", name)` [the parameter's unit],
    `("arrivals", milestone)` [year], and `"weight"`: 1, or the draw's importance weight if the plan has observations.
    Statistics of a conditioned result must use the weights. Series by draw are in `open_result(result)`
    """
    import pandas as pd

    plan, kept = result.plan, len(result.parameters)
    weights = np.ones(kept) if result.weights is None else result.weights.whole[:kept]
    columns = [("parameters", name) for name in result.parameter_values]
    columns += [("arrivals", milestone.name) for milestone in plan.milestones]
    values = np.column_stack([*result.parameter_values.values(), result.arrivals, weights])
    names = pd.MultiIndex.from_tuples([*columns, ("weight", "")])
    return pd.DataFrame(values, columns=names).rename_axis("draw")


def plot(
    result: Result | Sequence[Result],
    kind: str,
    path: str | PathLike[str],
    series: Words = (),
) -> Path:
    """Draw a picture of a result.

    Parameters
    ----------
    result : one; or several, for the kinds compare, claims and sweep
    kind : fan, arrivals, drivers, binding, bands, compare, prior-posterior, calibration, claims, published or sweep
    path : the picture; its ending says .svg, .pdf or .png
    series : what bands, or prior-posterior, show

    Returns
    -------
    the path

    Raises
    ------
    InputFault
        when this kind cannot be drawn of this result
    """
    from simulator.output.figures.kinds import check_request, draw_figure, figure_kind

    shown = [result] if isinstance(result, Result) else list(result)
    chosen, target, names = figure_kind(kind), Path(path), _words(series)
    check_request(len(shown), chosen, target, names)
    labels = [each.folder.name if each.folder else each.plan.name for each in shown]
    draw_figure(chosen, shown, labels, target, names)
    return target


class Comparison(NamedTuple):
    """How two scenarios differ.

    Attributes
    ----------
    plans : a row for each thing that differs in their plans: what, driver, a, b
    milestones : a row for each milestone of both: the median arrival years `p50_a` and `p50_b` [year], their
        `difference` b - a [years], the probabilities of arrival `reached_a` and `reached_b`, and errors in `mcse_`
    of : "posterior" when a scenario is weighed by its observations, else "prior"
    effective : effective numbers of draws of both
    """

    plans: pd.DataFrame
    milestones: pd.DataFrame
    of: str
    effective: tuple[float, float]


def compare(
    a: Plan | Result,
    b: Plan | Result,
    draws: int = 4096,
    replicates: int = 200,
    workers: int = 1,
    prior: bool = False,
) -> Comparison:
    """Compare two scenarios, draw by draw when they have the same seed, each weighed by its own observations.

    Parameters
    ----------
    a, b : plans or results, whose plans are simulated
    draws : how many of each
    replicates : of the bootstrap, for the errors
    workers : threads
    prior : compare them before their observations

    Raises
    ------
    InputFault
        when no draw of a scenario agrees with its observations
    """
    import pandas as pd

    one, other = _plan_of(a), _plan_of(b)
    differences = comparison.plan_differences(one, other)
    answers = comparison.answer_differences(one, other, draws, replicates, workers, prior)
    return Comparison(
        pd.DataFrame(differences, columns=["what", "driver", "a", "b"]),
        pd.DataFrame(answers.records).set_index("name"),
        answers.of,
        (answers.weights[0].effective, answers.weights[1].effective),
    )


def _plan_of(source: Plan | Result) -> Plan:
    return source.plan if isinstance(source, Result) else source


def analyse(source: Plan | Result, target: str, **options: Any) -> analysis.Analysis:
    """Say what drives a target.

    Parameters
    ----------
    source : a plan, whose draws are simulated, or a result
    target : `milestone`, `milestone@2031`, `series@2030` or `series`
    options : `by` ("parameter" or "driver"), `method` (sobol, correlated, shapley, given-draws, tornado, discovery,
        information), `draws`, `replicates`, `interval`, `weights`, `workers`, `progress`

    Returns
    -------
    the analysis, whose `records` make a table: `pandas.DataFrame(analysis.records)`

    Raises
    ------
    InputFault
        when the target is unknown or does not vary, or the method cannot take what it is given
    """
    return analysis.analyse(source, target, **options)


def attribute(
    a: Plan | Result, b: Plan | Result, target: str, **options: Any
) -> attribution.Attribution:
    """Split the difference between two scenarios' answers over the drivers in which they differ.

    Parameters
    ----------
    a, b : plans or results of the same seed and grid, whose plans are simulated
    target : `milestone`, `milestone@2031` or `series@2030`
    options : of `simulator.sensitivity.attribution.attribute`: draws, workers, ...

    Raises
    ------
    InputFault
        when the plans have not the same seed, grid and target
    """
    return attribution.attribute(_plan_of(a), _plan_of(b), target, **options)


def replay(source: Plan | Result, draw: int) -> dict[str, Any]:
    """One draw: its parameters, every series, its arrivals; the same numbers as in the result.

    Parameters
    ----------
    source : a plan, or a result
    draw : its number, from 0

    Returns
    -------
    `parameters` by name, `year`, `series` by name, `milestones` with their thresholds, and `arrivals` by name [year].
    If the plan has observations, `evidence`: the draw's `weight` relative to the mean (None of a plan), its
    `log_likelihood` [nats], the `weakest` of the `observations`, and `refuted_by`, which is that one at weight 0

    Raises
    ------
    InputFault
        when the run has no such draw, or tempered draws, which do not follow from their number, are asked of a plan, or
        are not kept
    """
    return draw_evidence.replay_with_evidence(source, draw)
