"""Small corruptions of the shipped files: each ends in a finite result, or in faults that name file and place."""

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


def delete_line(lines, luck):
    del lines[luck.randrange(len(lines))]


def double_line(lines, luck):
    at = luck.randrange(len(lines))
    lines.insert(at, lines[at])


def swap_lines(lines, luck):
    a, b = (luck.randrange(len(lines)) for _ in range(2))
    lines[a], lines[b] = lines[b], lines[a]


def with_value(lines, luck, change):
    """Change the value of some line that has one."""
    places = [i for i, line in enumerate(lines) if " = " in line and not line.startswith("#")]
    at = luck.choice(places)
    key, _, value = lines[at].partition(" = ")
    lines[at] = f"{key} = {change(value)}"


def change_number(lines, luck):
    def change(value):
        numbers = list(re.finditer(r"-?\d[\d_]*\.?\d*", value))
        if not numbers:
            return value
        number = luck.choice(numbers)
        old = float(number[0].replace("_", ""))
        new = luck.choice(
            (-old, old * 10, old / 10, old + 1, 0, 1e6 * old, 1e300, -1e-300, 10**400)
        )
        return value[: number.start()] + f"{new}" + value[number.end() :]

    with_value(lines, luck, change)


def swap_numbers(lines, luck):
    places = [i for i, line in enumerate(lines) if re.search(r" = -?[\d.]+$", line)]
    if places:
        a, b = (luck.choice(places) for _ in range(2))
        values = [lines[i].partition(" = ")[2] for i in (a, b)]
        for i, value in ((b, values[0]), (a, values[1])):
            lines[i] = f"{lines[i].partition(' = ')[0]} = {value}"


def other_type(lines, luck):
    with_value(lines, luck, lambda _: luck.choice(WORDS))


def double_table(lines, luck):
    headers = [i for i, line in enumerate(lines) if line.startswith("[")]
    if headers:
        at = luck.choice(headers)
        lines.extend(lines[at : at + luck.randrange(1, 8)])


def other_name(lines, luck):
    at = luck.randrange(len(lines))
    if lines[at]:
        i = luck.randrange(len(lines[at]))
        lines[at] = lines[at][:i] + luck.choice('x"[=. ') + lines[at][i + 1 :]


CHANGES = (
    delete_line, double_line, swap_lines, change_number, swap_numbers, other_type, double_table, other_name,
)  # fmt: skip


def corrupted(raw, luck):
    kind = luck.randrange(len(CHANGES) + 2)
    if kind == len(CHANGES):
        at = luck.randrange(len(raw))
        return raw[:at] + bytes(luck.choice((0x00, 0x80, 0xFF)) for _ in range(3)) + raw[at:]
    if kind > len(CHANGES):
        return raw[: luck.randrange(len(raw))]
    lines = raw.decode().split("\n")
    CHANGES[kind](lines, luck)
    return "\n".join(lines).encode()


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of the shipped files, which the program takes for them."""
    place = tmp_path_factory.mktemp("checkout")
    for folder in FOLDERS:
        (place / folder).mkdir()
        for path in (ROOT / folder).glob("*.toml"):
            shutil.copy(path, place / folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "files", lambda _: place / "simulator")
        patch.chdir(tmp_path_factory.mktemp("elsewhere"))
        yield place


def outcome(world="baseline"):
    """Faults, or the series of some draws."""
    found = inspection.inspect_inputs([], [], None)
    if found.faults:
        return found.faults, {}
    return [], blocks.simulate_block(blocks.compile_plan(load_plan(world)), DRAWS).series


def hold(path, text):
    """Put a text in a file's place and hold the outcome against what is promised."""
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
def test_a_corrupted_file_is_walked_or_refused(copy, seed):
    luck = random.Random(seed)
    path = luck.choice(sorted(copy.glob("*/*.toml")))
    hold(path, corrupted(path.read_bytes(), luck))


@pytest.mark.parametrize(("file", "old", "new"), ONCE_FAILED)
def test_what_once_failed_is_refused(copy, file, old, new):
    text = (copy / file).read_text()
    assert old in text
    assert hold(copy / file, text.replace(old, new, 1).encode())


def test_the_shipped_files_are_sound_and_not_odd(copy):
    found = inspection.inspect_inputs([], [], None)
    assert not found.faults
    assert not found.warnings
