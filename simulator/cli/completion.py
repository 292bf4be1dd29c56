"""What the shell offers when a name is completed: scenarios, results, milestones, series, priors and observations.

Each function takes what is typed so far and gives names; files that cannot be read give none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

Completion = Callable[[str], list[str]]


def scenario_names(incomplete: str) -> list[str]:
    """Run files of ./runs, and the shipped ones."""
    from simulator.inputs.files import shipped_folder

    folders = (Path("runs"), shipped_folder("runs"))
    return _starting({file.stem for each in folders for file in each.glob("*.toml")}, incomplete)


def result_names(incomplete: str) -> list[str]:
    """Finished results of ./runs."""
    return _starting(
        (file.parent.name for file in Path("runs").glob("*/manifest.json")), incomplete
    )


def source_names(incomplete: str) -> list[str]:
    """Finished results and run files."""
    return sorted({*result_names(incomplete), *scenario_names(incomplete)})


def milestone_names(incomplete: str) -> list[str]:
    """Milestones of the shipped files and of ./priors, after the last comma."""
    from simulator.inputs.priors import MILESTONES

    return _in_list(_tables_of_priors(lambda name: name == MILESTONES), incomplete)


def prior_names(incomplete: str) -> list[str]:
    """Priors of the shipped files and of ./priors."""
    from simulator.inputs.priors import MILESTONES, SOURCES

    return _starting(_tables_of_priors(lambda name: name not in (MILESTONES, SOURCES)), incomplete)


def series_names(incomplete: str) -> list[str]:
    """Series that the shipped priors give, after the last comma."""
    from simulator import model

    return _in_list(model.join_drivers(prior_names("")).series, incomplete)


def target_names(incomplete: str) -> list[str]:
    """Milestones and series, of which a sensitivity can be asked."""
    return [*milestone_names(incomplete), *series_names(incomplete)]


def observation_names(incomplete: str) -> list[str]:
    """Shipped observations, after the last comma."""
    from simulator.inputs.files import shipped_folder

    return _in_list(_tables([shipped_folder("evidence") / "observations.toml"]), incomplete)


def results_and_kinds(incomplete: str) -> list[str]:
    """Finished results and kinds of picture."""
    from simulator.output.figures.kinds import Kind

    return [*result_names(incomplete), *_starting(Kind, incomplete)]


def _starting(names: Iterable[str], incomplete: str) -> list[str]:
    return sorted(str(name) for name in names if str(name).startswith(incomplete))


def _in_list(names: Iterable[str], incomplete: str) -> list[str]:
    """Names that complete the last of a list with commas between, with the others before them."""
    before, comma, last = incomplete.rpartition(",")
    return [f"{before}{comma}{name}" for name in _starting(names, last)]


def _tables_of_priors(chosen: Callable[[str], bool]) -> set[str]:
    from simulator.inputs.merge import prior_folders

    files = (file for folder in prior_folders() for file in Path(folder).glob("*.toml"))
    return _tables(file for file in files if chosen(file.name))


def _tables(files: Iterable[Path]) -> set[str]:
    from simulator.inputs.files import read_toml

    return {name for file in files for name, table in read_toml(file, []).items() if table}
