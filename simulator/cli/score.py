"""`score`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simulator.cli.completion import result_names, series_names
from simulator.cli.options import Output, TableFormat, app, examples, split_commas

Scored = Annotated[
    str | None,
    typer.Argument(
        metavar="RESULT",
        help="A result's folder, or the name of one in ./runs; left out with --rolling.",
        autocompletion=result_names,
    ),
]

Rolling = Annotated[
    bool,
    typer.Option(
        "--rolling",
        help="Forecast running records from every half-year of 2016 to 2025, 1 to 5 years ahead.",
    ),
]

RecordSeries = Annotated[
    list[str] | None,
    typer.Option(
        "--series",
        metavar="NAME,...",
        help="With --rolling: names, with commas between; all with four records when left out.",
        autocompletion=series_names,
    ),
]


@app.command(
    epilog=examples(
        "score hindcast-2023",
        "score --rolling",
        "score --rolling --series training_flop -o rolling.svg",
    )
)
def score(
    result: Scored = None,
    rolling: Rolling = False,
    series: RecordSeries = None,
    format: TableFormat = None,
    output: Output = None,
) -> None:
    """Score a run against what came after its as-of date.

    Two simple rivals, a trend line and no change, are scored beside it.

    With --rolling, forecasts of running records are scored instead: from every half-year of 2016 to 2025, by the
    observations until then, with a record process, least squares, a random walk and no change. A picture shows the
    first of the series.
    """
    from simulator.inputs.observations import known_observations
    from simulator.output.rendering import choose_format, emit

    _check_request(result, rolling, series)
    if rolling or result is None:
        _print_rolling(split_commas(series), format, output)
        return
    choose_format(format, output)
    from simulator.evidence.hindcast import hindcast_scores
    from simulator.output.tables.score import score_answer
    from simulator.store.results import load_result

    opened = load_result(result)
    emit(score_answer(opened.plan, hindcast_scores(opened, known_observations())), format, output)


def _check_request(result: str | None, rolling: bool, series: list[str] | None) -> None:
    """Refuse a score of nothing, and options that do not go together."""
    from simulator.errors import Fault, InputFault

    faults = []
    if result is None and not rolling:
        fix = "oomcast score hindcast-2023, or oomcast score --rolling"
        faults.append(Fault("RESULT", found="nothing", allowed="a result, or --rolling", fix=fix))
    if result is not None and rolling:
        allowed = "no result: it needs observations alone"
        faults.append(Fault("--rolling", found=f"{result} beside it", allowed=allowed))
    if series and not rolling:
        allowed = "--series beside --rolling only"
        faults.append(Fault("--series", found="no --rolling", allowed=allowed))
    if faults:
        raise InputFault(faults)


def _print_rolling(names: list[str], format: str | None, output: Path | None) -> None:
    from simulator.evidence.rolling import chosen_paths, rolling_scores
    from simulator.inputs.observations import known_observations
    from simulator.output.rendering import choose_format, emit, is_figure
    from simulator.output.tables.rolling import rolling_answer

    if output and is_figure(format, output):
        from simulator.output.figures.rolling import rolling

        choose_format("table", output)  # for the folder
        rolling(chosen_paths(known_observations(), names)[0], output)
        return
    choose_format(format, output)
    paths = chosen_paths(known_observations(), names)
    emit(rolling_answer(paths, [rolling_scores(path) for path in paths]), format, output)
