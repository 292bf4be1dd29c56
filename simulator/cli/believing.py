"""`priors`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli.app import Output, Priors, Sets, TableFormat, announce_overlay, app, settings

if TYPE_CHECKING:
    from simulator.export import Answer
    from simulator.plan import Plan
    from simulator.priors import Prior

Run = Annotated[str, typer.Option("--run", metavar="RUN", help="The run whose priors to show.")]


@app.command()
def priors(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME...]", help="Priors, or patterns such as 'stock_*'."),
    ] = None,
    run: Run = "baseline",
    sets: Sets = None,
    priors: Priors = None,
    plot: Annotated[
        Path | None,
        typer.Option("--plot", metavar="FILE", help="Draw densities (.svg, .png, .pdf)."),
    ] = None,
    families: Annotated[
        bool, typer.Option("--families", help="Tell what families there are.")
    ] = False,
    format: TableFormat = None,
    output: Output = None,
) -> None:
    """Print priors with their quantiles after fits, shifts and limits, units and sources."""
    from simulator import beliefs, plan
    from simulator.export import give

    form = format.value if format else None
    if families:
        give(family_answer(), form, output)
        return
    announce_overlay()
    made = plan.read(run, settings(sets), priors)
    shown = beliefs.chosen(made.priors, names or ())
    if plot:
        _draw(plot, made, shown, plan.filed(priors))
    give(prior_answer(made, shown, bool(names)), form, output)


def _draw(path: Path, made: Plan, shown: list[Prior], filed: dict[str, Prior]) -> None:
    from simulator import plots
    from simulator.faults import Fault, InputFault
    from simulator.pictures import counting

    if path.suffix.lower() not in plots.ENDINGS:
        allowed = "a file that ends in " + ", ".join(plots.ENDINGS)
        raise InputFault([Fault("--plot", found=str(path), allowed=allowed)])
    replaced = {p.name: filed[p.name] for p in shown if filed.get(p.name, p) != p}
    counting.densities(path, f"Priors: {made.title}", shown, replaced)


def prior_answer(made: Plan, shown: list[Prior], notes: bool) -> Answer:
    """The table of priors; with notes, each one's note and source beneath."""
    from simulator import beliefs
    from simulator.export import Answer, Table

    records = [beliefs.record(prior, made.sources) for prior in shown]
    header = ["prior", "unit", "family", "source", *beliefs.SHOWN, "misfit"]
    rows = [
        [
            *(r[key] for key in ("name", "unit", "family", "source")),
            *(f"{r[level]:.5g}" for level in beliefs.SHOWN),
            f"{r['misfit']:.1%}" if r["misfit"] else "-",
        ]
        for r in records
    ]
    caption = (
        "Quantiles after fit, shift and limits; misfit is a share of the stated quantiles' range."
    )
    for r in records if notes else ():
        reference = f"{r['source_authors']} ({r['source_year']}), {r['source_title']}"
        address = f", {r['source_url']}" if r["source_url"] else ""
        caption += f"\n\n{r['name']}: {r['note'] or 'no note'}\n  {reference}{address}"
    document = {"run": made.name, "priors": records}
    return Answer(Table(f"Priors: {made.title}", header, rows, caption, names=4), records, document)


def family_answer() -> Answer:
    """The table of families and their natural parameters."""
    from simulator.export import Answer, Table
    from simulator.families import FAMILIES

    records = [
        {
            "family": family.name,
            "natural": ", ".join(family.written),
            "quantiles": bool(family.fit),
            "about": family.about.replace("`", ""),
        }
        for family in FAMILIES.values()
    ]
    header = ["family", "natural parameters", "from quantiles", "what it is"]
    rows = [
        [str(r["family"]), str(r["natural"]), "yes" if r["quantiles"] else "no", str(r["about"])]
        for r in records
    ]
    caption = "A family is described first; then shift moves it; then lower and upper cut it, renormalised."
    return Answer(Table("Families", header, rows, caption, names=4), records, {"families": records})
