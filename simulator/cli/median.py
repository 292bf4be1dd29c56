"""`median`, whose old name is `best`."""

from __future__ import annotations

from simulator.cli.options import (
    Output,
    Priors,
    RunName,
    Sets,
    TableFormat,
    app,
    examples,
    settings,
)


@app.command("best", hidden=True)
@app.command(
    epilog=examples(
        "median",
        "median peak-data --set hold.power_ceiling=0.9",
    )
)
def median(
    run: RunName = "baseline",
    sets: Sets = None,
    priors: Priors = None,
    format: TableFormat = None,
    output: Output = None,
) -> None:
    """Print one draw with every parameter at its median."""
    from simulator.inputs.load import load_plan
    from simulator.output.rendering import emit
    from simulator.output.tables.draw import draw_answer
    from simulator.simulate.replay import median_draw

    plan = load_plan(run, settings(sets), priors)
    emit(draw_answer(plan, median_draw(plan)), format, output)
