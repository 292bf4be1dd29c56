"""`score`."""

from __future__ import annotations

from simulator.cli.options import Output, ResultName, TableFormat, app, examples


@app.command(
    epilog=examples(
        "score hindcast-2023",
    )
)
def score(result: ResultName, format: TableFormat = None, output: Output = None) -> None:
    """Score a run against what came after its as-of date.

    Two simple rivals, a trend line and no change, are scored beside it.
    """
    from simulator.evidence.hindcast import hindcast_scores
    from simulator.inputs.observations import known_observations
    from simulator.output.rendering import emit
    from simulator.output.tables.score import score_answer
    from simulator.store.results import load_result

    opened = load_result(result)
    emit(score_answer(opened.plan, hindcast_scores(opened, known_observations())), format, output)
