"""How far NumPy's blocks are from a compiled loop over draws: both, stage by stage, in one run.

    python benchmarks/kernel.py [draws]        needs the extra `kernel`

The kernel computes one draw after the other in scalars, from its parameters to its counts: all series and milestones.
No formula of the model is written again for it: its source is the program that the page runs, put into Python's syntax,
which numba compiles. Its series and arrivals must be those of the blocks to 1e-9, and its counts the same, but for
values that the last bit moves into the next bin.
"""

from __future__ import annotations

import math
import re
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numba
import numpy as np
from simulating import STAGES, fastest, stage_times

from simulator.arrays import Array, Whole
from simulator.inputs import load
from simulator.page.javascript import Program, program
from simulator.page.trace import trace
from simulator.simulate import blocks
from simulator.simulate.blocks import Block, CompiledPlan
from simulator.summaries import summarise
from simulator.summaries.counts import (
    BINS,
    DAYS,
    CountLayout,
    bin_block,
    count_blocks,
    empty_counts,
)

WITHIN = 1e-9

MOVED = 1e-4  # of all values, that may lie in another bin

ROUNDS = 3

TOGETHER = 512  # draws that are counted together

njit: Any = partial(numba.njit, error_model="numpy")

WORDS = {
    "===": "==", "!==": "!=", "&&": "and", "||": "or", "(!": "(not ", "Infinity": "inf", "true": "True",
    "false": "False", "Math.max": "max", "Math.min": "min", "Math.abs": "abs", "Math.": "",
}  # fmt: skip


class Draw(NamedTuple):
    """One draw, compiled.

    Attributes
    ----------
    run : (parameters, draw, tables, series, arrivals) computes a draw into the last two
    tables : (table, year)
    rows : of each series in the array that `run` fills
    room : that array, (row, year)
    """

    run: Callable[..., Any]
    tables: Array
    rows: dict[str, int]
    room: Array


def python_line(line: str, arrays: dict[str, int]) -> str:
    """A statement of the page's program as Python: an array of years is a row of `V`, a table one of `T`."""
    line = re.sub(r"^(const|let) |;$", "", line)
    copied = re.fullmatch(r"(v\d+)\.set\((\w)(\d+)\)", line)
    if copied:
        whole, kind, number = copied.groups()
        source = f"T[{number}]" if kind == "T" else f"V[{arrays[kind + number]}]"
        return f"V[{arrays[whole]}] = {source}"
    line = re.sub(r"\((\S+) \? (\S+) : (\S+)\)", r"(\2 if \1 else \3)", line)
    line = re.sub(r"\b(v\d+)\[", lambda found: f"V[{arrays[found[1]]}, ", line)
    line = re.sub(r"\bT(\d+)\[", r"T[\1, ", line)
    line = re.sub(r"\bP\[(\d+)\]\[d\]", r"P[\1, d]", line)
    for word, python in WORDS.items():
        line = line.replace(word, python)
    return line


def python_lines(lines: list[str], arrays: dict[str, int]) -> list[str]:
    """The body of the page's program as Python: its loops, its looks for a first year, and its statements."""
    done, depth = [], [1]
    for line in lines:
        indent = "    " * depth[-1]
        loop = re.match(r"for \(let k = (\d+); k < (\d+); k\+\+\) \{(.*)", line)
        first = re.search(r"\{ if (.*) \{ (\w+) = k; break; \} \}$", line)
        if line in ("{", "}"):
            depth = [*depth, depth[-1]] if line == "{" else depth[:-1]
            continue
        if not loop:
            done.append(indent + python_line(line, arrays))
            continue
        done.append(f"{indent}for k in range({loop[1]}, {loop[2]}):")
        if first:
            done.append(f"{indent}    if {python_line(first[1], arrays)}:")
            done += [f"{indent}        {first[2]} = k", f"{indent}        break"]
        else:
            depth = [*depth, depth[-1] + 1]
    return done


def compiled_draw(emitted: Program, years: int) -> Draw:
    """Compile the page's program."""
    lines = emitted.source.splitlines()
    tables = [
        re.findall(r"[-+.\w]+", line.partition("of(")[2]) for line in lines if line[:7] == "const T"
    ]
    names = re.findall(r"const (v\d+) = new Float64Array", emitted.source)
    arrays = {name: row for row, name in enumerate(names)}
    (outputs,) = (line for line in lines if line.startswith("const series"))
    rows = [arrays[name] for name in re.findall(r"v\d+", outputs)]
    begins = lines.index("function draw(P, d) {")
    ends = lines.index("return {draw, series, arrivals};") - 1
    body = python_lines(lines[begins + 1 : ends], arrays)
    made: dict[str, Any] = {name: getattr(math, name) for name in dir(math)}
    made |= {"sign": np.sign}
    exec("\n".join(["def run(P, d, T, V, arrivals):", *body]), made)
    table = np.zeros((len(tables), years))
    for row, values in enumerate(tables):
        table[row, : len(values)] = list(map(float, values))
    room = np.empty((len(arrays), years))
    return Draw(njit(made["run"]), table, dict(zip(emitted.series, rows, strict=True)), room)


class Grids(NamedTuple):
    """The bins of every series, as arrays of lines: those of series `s` begin at `begins[s]`, `lines[s]` a year.

    A value on a line has the position `at + (value - start) * slope`. A series of two knots has one line a year.
    """

    begins: Whole
    lines: Whole
    starts: Array
    slopes: Array
    ats: Array


def grid_arrays(layout: CountLayout) -> Grids:
    """Lines of every grid; the last of several stands for what lies above the last knot."""
    parts, lines = [], []
    for grid in layout.grids.values():
        knots, positions = grid.knots, grid.positions.astype(float)
        widths = np.diff(knots, axis=1)
        if knots.shape[1] == 2:
            slopes = np.where(widths > 0.0, BINS / np.maximum(widths, 1e-300), 1e200)
            part = knots[:, :1], slopes, np.where(widths > 0.0, 0.0, 1.0)
        else:
            slopes = np.diff(positions, axis=1) / np.maximum(widths, 1e-300)
            above = np.full((len(knots), 1), 1e300)
            part = knots, np.hstack([slopes, above]), positions
        parts.append([each.ravel() for each in part])
        lines.append(part[0].shape[1])
    starts, slopes, ats = (np.concatenate(each) for each in zip(*parts, strict=True))
    begins = np.cumsum([0, *(len(part[0]) for part in parts)])[:-1]
    return Grids(begins, np.array(lines), starts, slopes, ats)


@njit
def bin_number(x, grids, begin, lines):  # type: ignore[no-untyped-def]
    """The bin of one value, on one of the lines from `begin` on; as `Grid.bin_numbers` finds it."""
    line = begin
    while lines > 1:  # halved without a branch on x, which would be mispredicted
        half = lines // 2
        line += half * (x >= grids.starts[line + half])
        lines -= half
    position = np.ceil((x - grids.starts[line]) * grids.slopes[line] + grids.ats[line])
    if position < 0.0:
        return 0
    return int(position) if position <= BINS else BINS + 1


@njit
def count_series(values, grids, bins, least, most):  # type: ignore[no-untyped-def]
    """Count draws year by year, so that the bins of one year stay in the cache: (series, draw, year)."""
    for s in range(values.shape[0]):
        lines = grids.lines[s]
        for y in range(values.shape[2]):
            begin = grids.begins[s] + y * lines
            lowest, highest = least[s, y], most[s, y]
            for d in range(values.shape[1]):
                x = values[s, d, y]
                bins[s, y, bin_number(x, grids, begin, lines)] += 1
                lowest, highest = min(lowest, x), max(highest, x)
            least[s, y], most[s, y] = lowest, highest


@njit
def count_codes(values, codes):  # type: ignore[no-untyped-def]
    """Count series of codes, (series, draw, year)."""
    for s in range(values.shape[0]):
        for y in range(values.shape[2]):
            for d in range(values.shape[1]):
                codes[s, y, int(values[s, d, y])] += 1


@njit
def keep_years(V, rows, years, out):  # type: ignore[no-untyped-def]
    """Copy some series of one draw at some years, (series, year)."""
    for s in range(len(rows)):
        for y in range(len(years)):
            out[s, y] = V[rows[s], years[y]]


@njit
def count_arrivals(arrivals, start, days):  # type: ignore[no-untyped-def]
    """Count one draw's arrivals by day."""
    last = days.shape[1] - 1
    for m in range(len(arrivals)):
        since = arrivals[m] - start
        day = last if np.isinf(since) else min(1 + int(since * DAYS), last - 1)
        days[m, 0 if since == 0.0 else day] += 1


class Counted(NamedTuple):
    """What is counted: the rows of series and of codes in a draw's arrays, the years, and the bins."""

    rows: Whole
    code_rows: Whole
    years: Whole
    grids: Grids
    start: float


class Totals(NamedTuple):
    """Counts as arrays."""

    bins: Whole
    least: Array
    most: Array
    codes: Whole
    days: Whole


@njit
def every_series(run, P, T, V, arrivals, rows, out):  # type: ignore[no-untyped-def]
    """Compute draws; keep the series of the first of them, (draw, series, year)."""
    for d in range(P.shape[1]):
        run(P, d, T, V, arrivals)
        for s in range(len(rows) if d < len(out) else 0):
            out[d, s] = V[rows[s]]


@njit
def every_arrival(run, P, T, V, out):  # type: ignore[no-untyped-def]
    """Compute draws with their arrivals, (draw, milestone)."""
    for d in range(P.shape[1]):
        run(P, d, T, V, out[d])


@njit
def every_count(run, P, T, V, arrivals, counted, totals):  # type: ignore[no-untyped-def]
    """Compute and count draws."""
    years = counted.years
    numbers = np.empty((len(counted.rows), TOGETHER, len(years)))
    codes = np.empty((len(counted.code_rows), TOGETHER, len(years)))
    for first in range(0, P.shape[1], TOGETHER):
        together = min(TOGETHER, P.shape[1] - first)
        for d in range(together):
            run(P, first + d, T, V, arrivals)
            count_arrivals(arrivals, counted.start, totals.days)
            keep_years(V, counted.rows, years, numbers[:, d])
            keep_years(V, counted.code_rows, years, codes[:, d])
        series = numbers[:, :together]
        count_series(series, counted.grids, totals.bins, totals.least, totals.most)
        count_codes(codes[:, :together], totals.codes)


class Kernel(NamedTuple):
    """A plan, compiled: its draws without arrivals and with them, and what is counted."""

    bare: Draw
    whole: Draw
    counted: Counted
    milestones: int

    def series(self, P: Array, out: Array) -> None:
        """Compute draws, and keep as many as there is room for, (draw, series, year)."""
        run, tables, rows, room = self.bare
        every_series(run, P, tables, room, np.empty(0), np.array(list(rows.values())), out)

    def arrivals(self, P: Array, out: Array) -> None:
        """Compute draws with their arrivals, (draw, milestone)."""
        run, tables, _, room = self.whole
        every_arrival(run, P, tables, room, out)

    def counts(self, P: Array, shape: CountLayout) -> Totals:
        """Compute and count draws."""
        run, tables, _, room = self.whole
        empty = empty_counts(shape)
        codes = np.array(list(empty.codes.values()))
        totals = Totals(empty.bins, empty.least, empty.most, codes, empty.arrivals)
        every_count(run, P, tables, room, np.empty(self.milestones), self.counted, totals)
        return totals


def compiled_kernel(compiled: CompiledPlan, layout: CountLayout) -> Kernel:
    """Compile a plan's model, its milestones and its counts."""
    plan = compiled.plan
    size = len(plan.grid.years)
    bare = compiled_draw(program(trace(plan.model_copy(update={"milestones": ()}))), size)
    whole = compiled_draw(program(trace(plan)), size)
    counted = Counted(
        np.array([whole.rows[name] for name in layout.grids]),
        np.array([whole.rows[name] for name in layout.codes]),
        summarise.band_rows(plan),
        grid_arrays(layout),
        layout.start,
    )
    return Kernel(bare, whole, counted, len(layout.milestones))


def require_agreement(kernel: Kernel, block: Block, P: Array, layout: CountLayout) -> None:
    """Raise unless the kernel gives what the blocks give; last bits move a value in many thousands to the next bin."""
    names = list(kernel.bare.rows)
    series = np.empty((len(block.draws), len(names), len(block.series[names[0]])))
    kernel.series(P, series)
    for i, name in enumerate(names):
        close(series[:, i].T, block.series[name], name)
    arrivals = np.empty(block.arrivals.T.shape)
    kernel.arrivals(P, arrivals)
    close(arrivals.T, block.arrivals, "arrivals")
    actual = kernel.counts(P, layout)
    binned = bin_block(layout, block.series, block.arrivals, rows=kernel.counted.years)
    expected = count_blocks(layout, [binned])
    close(actual.least, expected.least, "least")
    close(actual.most, expected.most, "most")
    for name, ours, theirs in (
        ("bins", actual.bins, expected.bins),
        ("codes", actual.codes, np.array(list(expected.codes.values()))),
        ("days", actual.days, expected.arrivals),
    ):
        moved = int(np.abs(ours - theirs).sum()) // 2
        if moved > MOVED * theirs.sum() or not (ours.sum(axis=-1) == theirs.sum(axis=-1)).all():
            raise ArithmeticError(f"{name}: {moved} of {theirs.sum()} values are counted elsewhere")


def close(actual: Array, expected: Array, name: str) -> None:
    np.testing.assert_allclose(actual, expected, rtol=WITHIN, atol=WITHIN, err_msg=name)


def kernel_times(kernel: Kernel, P: Array, layout: CountLayout) -> dict[str, float]:
    """CPU microseconds a draw of each stage; milestones and counting are what each adds to the loop."""
    none, arrivals = np.empty((0, 1, 1)), np.empty((P.shape[1], kernel.milestones))
    loops = (
        lambda: kernel.series(P, none),
        lambda: kernel.arrivals(P, arrivals),
        lambda: kernel.counts(P, layout),
    )
    seconds = [fastest(loop, time.process_time, ROUNDS) for loop in loops]
    micros = 1e6 * np.diff([0.0, *seconds]) / P.shape[1]
    return dict(zip(STAGES[2:], micros.tolist(), strict=True))


def columns(parameters: dict[str, Array], compiled: CompiledPlan) -> Array:
    """Parameters as one array, (parameter, draw)."""
    return np.array([parameters[prior.name] for prior in compiled.plan.priors])


def main(draws: int) -> None:
    """Check the kernel, and print both."""
    compiled = blocks.compile_plan(load.load_plan("baseline", ["condition.observations=[]"]))
    layout = summarise.count_layout(compiled)
    kernel = compiled_kernel(compiled, layout)
    block = blocks.simulate_block(compiled, range(min(draws, blocks.BLOCK_DRAWS)))
    require_agreement(kernel, block, columns(block.parameters, compiled), layout)
    print(f"the kernel agrees with the blocks to {WITHIN:g} in {len(block.draws):,} draws")
    P = columns(blocks.drawn_parameters(compiled, range(draws)), compiled)
    rounds = [stage_times(compiled, draws) for _ in range(ROUNDS)]
    of_blocks = {name: min(each[name] for each in rounds) for name in STAGES[2:]}
    of_kernel = kernel_times(kernel, P, layout)
    of_blocks["all three"], of_kernel["all three"] = (
        sum(of_blocks.values()),
        sum(of_kernel.values()),
    )
    print(f"{'CPU us a draw':22s}  blocks  kernel  blocks over kernel")
    for name, micros in of_kernel.items():
        print(f"{name:22s} {of_blocks[name]:7.1f} {micros:7.1f} {of_blocks[name] / micros:7.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 16_384)
