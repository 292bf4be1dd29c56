"""Commands that read results: `milestones`, `replay`, `best`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulator.cli.app import Format, Output, Priors, RunName, Sets, TableFormat, app, settings

if TYPE_CHECKING:
    from simulator.export import Answer
    from simulator.store import Result

SHOWN_LEVELS = ("p05", "p10", "p25", "p50", "p75", "p90", "p95")
SHOWN_YEARS = ("2028", "2031", "2036")


@app.command()
def milestones(
    results: Annotated[
        list[str], typer.Argument(metavar="RESULT...", help="Folders or names of results.")
    ],
    format: TableFormat = None,
    output: Output = None,
) -> None:
    """Print credible intervals of arrival years, and probabilities by year and of not arriving."""
    from simulator.export import give
    from simulator.store import read_result

    opened = [read_result(name) for name in results]
    give(milestone_answer(opened), format.value if format else None, output)
    for result in opened:
        warn_of_past(result)


def milestone_answer(results: list[Result]) -> Answer:
    """The milestone table of one result, or of several side by side."""
    from simulator.export import Answer, Table, percent, year
    from simulator.readings import milestone_rows

    documents: list[dict[str, Any]] = []
    for result in results:
        plan, rows = result.plan, milestone_rows(result.counts, result.shape)
        head = {"run": plan.name, "draws": plan.draws, "seed": plan.seed, "horizon": plan.horizon}
        documents.append({**head, "milestones": rows})
    first = results[0].plan
    years = [y for y in SHOWN_YEARS if first.start < int(y) <= first.horizon]
    header = ["milestone", *SHOWN_LEVELS, "mcse p50", *(f"by end {int(y) - 1}" for y in years)]
    header += [f"not by {first.horizon:g}"]
    lines, records = [], []
    for name in results[0].shape.milestones:
        for document in documents:
            row = next((r for r in document["milestones"] if r["name"] == name), None)
            if row is None:
                continue
            world = {"run": document["run"]} if len(results) > 1 else {}
            horizon = document["horizon"]
            lines.append(
                [*([f"{name} · {document['run']}"] if world else [name])]
                + [year(row[p], row[f"mcse_{p}"], horizon) for p in SHOWN_LEVELS]
                + [f"{row['mcse_p50']:.2g} y" if row["mcse_p50"] < float("inf") else "-"]
                + [
                    percent(row["by_year"].get(y, float("nan")), row["mcse_by_year"].get(y, 1.0))
                    for y in years
                ]
                + [percent(1.0 - row["reached"], row["mcse_reached"])]
            )
            flat = {k: v for k, v in row.items() if not isinstance(v, dict)}
            records.append(
                {
                    "run": document["run"],
                    **flat,
                    **{f"by_{y}": v for y, v in row["by_year"].items()},
                }
            )
    caption = (
        "Years; equal-tailed quantiles of the arrival year, to the digits that the Monte Carlo error allows. "
        + "; ".join(f"{r.plan.title}: {r.plan.draws:,} draws, seed {r.plan.seed}" for r in results)
    )
    title = " · ".join(result.plan.title for result in results)
    return Answer(
        Table(title, header, lines, caption),
        records,
        documents[0] if len(documents) == 1 else documents,
    )


def warn_of_past(result: Result) -> None:
    """Say so when arrivals are uncertain that the as-of date has settled, and nothing conditions on that."""
    from simulator.readings import passed_unsettled

    settled = passed_unsettled(result.counts, result.shape, result.plan.as_of_year)
    if settled and not result.plan.observations:
        named = ", ".join(f"{name} {100 * share:.0f} %" for name, share in settled[:4])
        more = f" and {len(settled) - 4} more" if len(settled) > 4 else ""
        print(
            f"oomcast: warning: {result.plan.name} puts arrivals before its as-of date {result.plan.as_of} that "
            f"were facts by then, and nothing conditions on them: {named}{more}",
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
    from simulator import plan, store, walk
    from simulator.faults import InputFault

    try:
        made = store.open_plan(result)
    except InputFault as fault:
        try:
            made = plan.read(result)
        except InputFault:
            raise fault from None
    _tell(walk.replay(made, draw), f"{made.title}: draw {draw}", format, output)


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
