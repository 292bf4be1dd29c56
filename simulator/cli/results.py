"""Commands that read results: `milestones`, `replay`, `best`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulator.cli.app import Format, Output, Priors, RunName, Sets, TableFormat, app, settings
from simulator.cli.tables import milestone_answer

if TYPE_CHECKING:
    from simulator.growth import Array
    from simulator.plan import Plan
    from simulator.store import Result


@app.command()
def milestones(
    results: Annotated[
        list[str], typer.Argument(metavar="RESULT", help="Folders or names of results.")
    ],
    format: TableFormat = None,
    output: Output = None,
) -> None:
    """Print credible intervals of arrival years, and probabilities by year and of not arriving."""
    from simulator.cli.evidence import tell_trust
    from simulator.export import give
    from simulator.store import read_result

    opened = [read_result(name) for name in results]
    labels = [Path(name).name for name in results]
    give(milestone_answer(opened, labels), format.value if format else None, output)
    for result in opened:
        warn_of_past(result)
        tell_trust(result)


def warn_of_past(result: Result) -> None:
    """Say so when arrivals are uncertain that the as-of date has settled, and nothing conditions on that."""
    from simulator.readings import passed_unsettled

    settled = passed_unsettled(result.counts, result.shape, result.plan.as_of_year)
    if settled and not result.plan.observations:
        named = ", ".join(f"{name} {100 * share:.0f} %" for name, share in settled[:4])
        more = f" and {len(settled) - 4} more" if len(settled) > 4 else ""
        print(
            f"oomcast: warning: {result.plan.name} conditions on nothing; its draws disagree on what was settled by "
            f"its as-of date {result.plan.as_of}; share of draws that arrive before it: {named}{more}",
            file=sys.stderr,
        )


@app.command()
def replay(
    result: Annotated[str, typer.Argument(metavar="RESULT", help="A result, or a run.")],
    draw: Annotated[int, typer.Option("--draw", min=0, help="The draw's number.")],
    format: TableFormat = None,
    output: Output = None,
) -> None:
    """Print one draw: its parameters, every series, its arrivals."""
    from simulator import plan, runfiles, store, walk
    from simulator.faults import InputFault

    try:
        made = store.open_plan(result)
    except InputFault as fault:
        try:
            runfiles.locate(result)
        except InputFault:
            raise fault from None
        made = plan.read(result)
    story = walk.replay(made, draw, _card(result, draw, made))
    _tell(story, f"{made.title}: draw {draw}", format, output)


def _card(result: str, draw: int, plan: Plan) -> Array | None:
    """The card of a draw that was walked to the evidence in stages, whose luck is no function of its number."""
    from simulator import store
    from simulator.faults import Fault, InputFault

    if plan.sampler != "sequential" or not plan.observations:
        return None
    cards = store.read_result(result).parameters
    if draw >= len(cards):
        raise InputFault([Fault("--draw", "", "", f"{draw}", f"0 to {len(cards) - 1}")])
    return cards[draw]


@app.command()
def best(
    run: RunName = "baseline",
    sets: Sets = None,
    priors: Priors = None,
    format: TableFormat = None,
    output: Output = None,
) -> None:
    """Print one draw with every parameter at its median."""
    from simulator import plan, walk

    made = plan.read(run, settings(sets), priors)
    _tell(walk.best(made), f"{made.title}: every parameter at its median", format, output)


def _tell(story: dict[str, Any], title: str, format: Format | None, output: Any) -> None:
    from simulator.export import Answer, Table, give

    years = [i for i, y in enumerate(story["year"]) if y % 5 == 0 or y == story["anchor_year"]]
    header = ["", *(f"{story['year'][i]:g}" for i in years)]
    rows = [
        [name, *(f"{values[i]:.4g}" for i in years)] for name, values in story["series"].items()
    ]
    rows += [[""] * len(header), ["milestone", "arrival", *[""] * (len(years) - 1)]]
    for name, arrival in story["arrivals"].items():
        shown = f"> {story['year'][-1]:g}" if arrival == float("inf") else f"{arrival:.2f}"
        rows.append([name, shown, *[""] * (len(years) - 1)])
    rows += [[""] * len(header), ["parameter", "value", *[""] * (len(years) - 1)]]
    rows += [[n, f"{v:.6g}", *[""] * (len(years) - 1)] for n, v in story["parameters"].items()]
    records = [
        {"series": name, "year": year, "value": value}
        for name, values in story["series"].items()
        for year, value in zip(story["year"], values, strict=True)
    ]
    give(
        Answer(Table(title, header, rows), records, story), format.value if format else None, output
    )
