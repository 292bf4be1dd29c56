"""How fast draws walk, and where the time goes, side by side in one run.

    python benchmarks/walking.py [draws]

Times are CPU seconds for the stages and wall seconds for the workers; only the ratios travel between machines.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from simulator import model, sampling
from simulator.inputs import load
from simulator.model import first_passage, milestone_threshold
from simulator.simulate import blocks, engines
from simulator.summaries import counts, summarise
from simulator.summaries.counts import add_block, empty_counts

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
import reference


def cpu(act: Callable[[], object], rounds: int = 3) -> float:
    """The least CPU seconds of a few rounds."""
    return min(_timed(act, time.process_time) for _ in range(rounds))


def _timed(act: Callable[[], object], clock: Callable[[], float]) -> float:
    start = clock()
    act()
    return clock() - start


def stages(
    compiled: blocks.CompiledPlan, shape: counts.CountLayout, draws: int
) -> dict[str, float]:
    """CPU microseconds a draw of each stage, block by block as the walk does it."""
    made = compiled.plan
    names = [prior.name for prior in made.priors]
    rows = summarise.band_rows(made)
    spent = dict.fromkeys(
        ("luck and copula", "priors", "drivers and stepping", "milestones", "counting"), 0.0
    )
    counts = empty_counts(shape)
    for start in range(0, draws, compiled.BLOCK_DRAWS):
        at = [time.process_time()]
        levels = sampling.correlated_levels(
            made.luck, compiled.copula, names, range(start, start + compiled.BLOCK_DRAWS)
        )
        at.append(time.process_time())
        parameters = {p.name: p.distribution.inverse_cdf(levels[p.name]) for p in made.priors}
        at.append(time.process_time())
        series = model.evaluate(compiled.model, parameters, made.grid)
        at.append(time.process_time())
        arrivals = np.array(
            [first_passage(series[m.series], m.direction, milestone_threshold(m, parameters), made.grid.years)
             for m in made.milestones]
        )  # fmt: skip
        at.append(time.process_time())
        counts = add_block(counts, shape, {n: series[n][rows] for n in made.series}, arrivals)
        at.append(time.process_time())
        for name, a, b in zip(spent, at[:-1], at[1:], strict=True):
            spent[name] += b - a
    return {name: 1e6 * seconds / draws for name, seconds in spent.items()}


def main(draws: int) -> None:
    """Print the tables."""
    made = load.load_plan("baseline")
    compiled = blocks.compile_plan(made)
    shape = summarise.count_layout(compiled)
    draws -= draws % compiled.BLOCK_DRAWS
    print(
        f"stages of the baseline, {draws:,} draws in blocks of {compiled.BLOCK_DRAWS}, one worker"
    )
    found = stages(compiled, shape, draws)
    whole = sum(found.values())
    for name, micro in found.items():
        print(f"  {name:22s} {micro:6.1f} us a draw  {100 * micro / whole:3.0f} %")
    print(f"  {'all':22s} {whole:6.1f} us a draw  {1e6 / whole:,.0f} draws a second")

    print("block size, draws a CPU second of the walk without counting")
    for size in (128, 256, 512, 1024, 2048, 4096, draws):
        seconds = cpu(
            lambda size=size: [None for _ in blocks.simulate_blocks(compiled, range(draws), size)]
        )
        print(f"  {size:7,d}  {draws / seconds:9,.0f}")

    block = blocks.simulate_block(compiled, range(20))
    one = [{name: float(v[i]) for name, v in block.parameters.items()} for i in range(20)]
    slow = cpu(lambda: [reference.series(p) for p in one]) / 20
    fast = cpu(lambda: [None for _ in blocks.simulate_blocks(compiled, range(draws))]) / draws
    print(f"one draw in plain Python over one draw in blocks: {slow / fast:.0f}")

    walls = {}
    for workers in (1, 2):
        pieces = engines.cut_ranges(range(4 * draws), workers)
        with ThreadPoolExecutor(workers) as pool:

            def act(
                pool: ThreadPoolExecutor = pool,
                pieces: list[range] = pieces,
                ahead: int = workers + 1,
            ) -> None:
                total = counts.empty_counts(shape)
                for walked in engines.run_ranges(
                    lambda r: summarise.summarise_range(compiled, shape, r, 0, 0),
                    pieces,
                    pool,
                    ahead,
                ):
                    total = counts.merge_counts(total, walked.counts)

            walls[workers] = min(_timed(act, time.perf_counter) for _ in range(2))
        print(
            f"{workers} worker(s): {4 * draws / walls[workers]:,.0f} draws a wall second, all included"
        )
    print(f"two workers over one: {walls[1] / walls[2]:.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 16_384)
