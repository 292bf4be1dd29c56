"""Small corruptions of the shipped files: each ends in a finite result, or in faults that say where they are."""

import random
import re
import shutil

import numpy as np
import pytest
from checkout import ROOT

from simulator.errors import InputFault
from simulator.inputs import files, inspection
from simulator.inputs.load import load_plan
from simulator.simulate import blocks

SEEDS = [seed if seed < 40 else pytest.param(seed, marks=pytest.mark.slow) for seed in range(300)]
ONCE_FAILED = (
    ("priors/prices.toml", "p95 = 2.5", "p95 = 1e+300"),  # a warning of an overflow, then a fault
)
"""Changes that once ended otherwise: file, text, and what it was changed to (seeds move with the files)."""
DRAWS = range(32)
FOLDERS = ("priors", "runs", "evidence")
WORDS = (
    '"text"',
    "true",
    "[]",
    "{}",
    "[1.0, 2.0]",
    "1979-05-27",
    "nan",
    "-inf",
    "1e400",
    "-1",
    "0",
    "",
)


def delete_line(lines, rng):
    del lines[rng.randrange(len(lines))]


def double_line(lines, rng):
    at = rng.randrange(len(lines))
    lines.insert(at, lines[at])


def swap_lines(lines, rng):
    a, b = (rng.randrange(len(lines)) for _ in range(2))
    lines[a], lines[b] = lines[b], lines[a]


def with_value(lines, rng, change):
    """Change the value of some line that has one."""
    lines_with_values = [
        i for i, line in enumerate(lines) if " = " in line and not line.startswith("#")
    ]
    at = rng.choice(lines_with_values)
    key, _, value = lines[at].partition(" = ")
    lines[at] = f"{key} = {change(value)}"


def change_number(lines, rng):
    def change(value):
        numbers = list(re.finditer(r"-?\d[\d_]*\.?\d*", value))
        if not numbers:
            return value
        number = rng.choice(numbers)
        old = float(number[0].replace("_", ""))
        new = rng.choice((-old, old * 10, old / 10, old + 1, 0, 1e6 * old, 1e300, -1e-300, 10**400))
        return value[: number.start()] + f"{new}" + value[number.end() :]

    with_value(lines, rng, change)


def swap_numbers(lines, rng):
    lines_with_values = [i for i, line in enumerate(lines) if re.search(r" = -?[\d.]+$", line)]
    if lines_with_values:
        a, b = (rng.choice(lines_with_values) for _ in range(2))
        values = [lines[i].partition(" = ")[2] for i in (a, b)]
        for i, value in ((b, values[0]), (a, values[1])):
            lines[i] = f"{lines[i].partition(' = ')[0]} = {value}"


def other_type(lines, rng):
    with_value(lines, rng, lambda _: rng.choice(WORDS))


def double_table(lines, rng):
    headers = [i for i, line in enumerate(lines) if line.startswith("[")]
    if headers:
        at = rng.choice(headers)
        lines.extend(lines[at : at + rng.randrange(1, 8)])


def other_name(lines, rng):
    at = rng.randrange(len(lines))
    if lines[at]:
        i = rng.randrange(len(lines[at]))
        lines[at] = lines[at][:i] + rng.choice('x"[=. ') + lines[at][i + 1 :]


CHANGES = (
    delete_line, double_line, swap_lines, change_number, swap_numbers, other_type, double_table, other_name,
)  # fmt: skip


def corrupted(raw, rng):
    kind = rng.randrange(len(CHANGES) + 2)
    if kind == len(CHANGES):
        at = rng.randrange(len(raw))
        return raw[:at] + bytes(rng.choice((0x00, 0x80, 0xFF)) for _ in range(3)) + raw[at:]
    if kind > len(CHANGES):
        return raw[: rng.randrange(len(raw))]
    lines = raw.decode().split("\n")
    CHANGES[kind](lines, rng)
    return "\n".join(lines).encode()


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of the shipped files, which the program takes for them."""
    checkout = tmp_path_factory.mktemp("checkout")
    for folder in FOLDERS:
        (checkout / folder).mkdir()
        for path in (ROOT / folder).glob("*.toml"):
            shutil.copy(path, checkout / folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "files", lambda _: checkout / "simulator")
        patch.chdir(tmp_path_factory.mktemp("elsewhere"))
        yield checkout


def outcome(run="baseline"):
    """Faults, or the series of some draws."""
    inspected = inspection.inspect_inputs([], [], None)
    if inspected.faults:
        return inspected.faults, {}
    return [], blocks.simulate_block(blocks.compile_plan(load_plan(run)), DRAWS).series


def hold(path, text):
    """The faults of the inputs with this text as the content of a file; without faults, every series must be finite."""
    whole = path.read_bytes()
    try:
        path.write_bytes(text)
        faults, series = outcome()
    except InputFault as error:
        faults, series = error.faults, {}
    finally:
        path.write_bytes(whole)
    assert faults or series
    for fault in faults:
        assert fault.file, fault
        assert fault.table or fault.key or fault.line, fault
    for name, values in series.items():
        assert np.isfinite(values).all(), name
    return faults


@pytest.mark.parametrize("seed", SEEDS)
def test_a_corrupted_file_is_simulated_or_refused(copy, seed):
    rng = random.Random(seed)
    path = rng.choice(sorted(copy.glob("*/*.toml")))
    hold(path, corrupted(path.read_bytes(), rng))


@pytest.mark.parametrize(("file", "old", "new"), ONCE_FAILED)
def test_what_once_failed_is_refused(copy, file, old, new):
    text = (copy / file).read_text()
    assert old in text
    assert hold(copy / file, text.replace(old, new, 1).encode())


def test_the_shipped_files_are_sound_and_not_odd(copy):
    inspected = inspection.inspect_inputs([], [], None)
    assert not inspected.faults
    assert not inspected.warnings
