"""How many draws are simulated a second, and how the time splits over the stages.

    python benchmarks/simulating.py [draws]

Times are CPU seconds for the stages and wall seconds for the workers; only ratios compare between machines.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from simulator import model, sampling
from simulator.arrays import unbuffered
from simulator.inputs import load
from simulator.simulate import blocks, engines
from simulator.summaries import counts, summarise

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
import reference

BLOCKS_TOGETHER = engines.LONGEST_RANGE // blocks.BLOCK_DRAWS

STAGES = ("levels and copula", "priors", "drivers and stepping", "milestones", "counting")


def fastest(work: Callable[[], object], clock: Callable[[], float], rounds: int) -> float:
    """The least seconds of a few rounds, by this clock."""
    seconds = []
    for _ in range(rounds):
        start = clock()
        work()
        seconds.append(clock() - start)
    return min(seconds)


def stage_times(compiled: blocks.CompiledPlan, draws: int) -> dict[str, float]:
    """CPU microseconds a draw of each stage, block by block."""
    plan, names = compiled.plan, [prior.name for prior in compiled.plan.priors]
    rows, layout = summarise.band_rows(plan), summarise.count_layout(compiled)
    seconds, binned = np.zeros(len(STAGES)), []
    for start in range(0, draws, blocks.BLOCK_DRAWS):
        piece = range(start, min(start + blocks.BLOCK_DRAWS, draws))
        clock = [time.process_time()]
        levels = sampling.correlated_levels(plan.sampling, compiled.copula, names, piece)
        clock.append(time.process_time())
        parameters = blocks.parameter_values(compiled, levels)
        clock.append(time.process_time())
        with unbuffered():
            series = model.evaluate(compiled.model, parameters, plan.grid)
            clock.append(time.process_time())
            arrivals = blocks.first_passages(plan, parameters, series)
        clock.append(time.process_time())
        binned.append(counts.bin_block(layout, series, arrivals, None, rows))
        if len(binned) == BLOCKS_TOGETHER or piece.stop == draws:
            counts.count_blocks(layout, binned)
            binned = []
        clock.append(time.process_time())
        seconds += np.diff(clock)
    return dict(zip(STAGES, 1e6 * seconds / draws, strict=True))


def print_stages(compiled: blocks.CompiledPlan, draws: int) -> None:
    """Print what each stage costs."""
    print(f"stages of the baseline, {draws:,} draws in blocks of {blocks.BLOCK_DRAWS}, one worker")
    micros = stage_times(compiled, draws)
    total = sum(micros.values())
    for name, micro in micros.items():
        print(f"  {name:22s} {micro:6.1f} us a draw  {100 * micro / total:3.0f} %")
    print(f"  {'all':22s} {total:6.1f} us a draw  {1e6 / total:,.0f} draws a second")


def print_block_sizes(compiled: blocks.CompiledPlan, draws: int) -> None:
    """Print the speed of each block size, and what blocks gain over plain Python."""

    def simulate(size: int) -> float:
        work = lambda: [None for _ in blocks.simulate_blocks(compiled, range(draws), size)]  # noqa: E731
        return fastest(work, time.process_time, 3)

    print("block size, draws simulated a CPU second, without counting")
    for size in (128, 256, 512, 1024, 2048, 4096, draws):
        print(f"  {size:7,d}  {draws / simulate(size):9,.0f}")
    block = blocks.simulate_block(compiled, range(20))
    one = [{name: float(v[i]) for name, v in block.parameters.items()} for i in range(20)]
    plain = fastest(lambda: [reference.series(p) for p in one], time.process_time, 3) / 20
    ratio = plain / (simulate(blocks.BLOCK_DRAWS) / draws)
    print(f"one draw in plain Python over one draw in blocks: {ratio:.0f}")


def print_workers(compiled: blocks.CompiledPlan, draws: int) -> None:
    """Print the speed of one and of two threads, counting included."""
    layout, walls = summarise.count_layout(compiled), {}
    for workers in (1, 2):
        pieces = engines.cut_ranges(range(draws), workers)

        def work(pieces: list[range] = pieces, workers: int = workers) -> None:
            def task(piece: range) -> counts.Counts:
                return summarise.summarise_range(compiled, layout, piece, 0, 0).counts

            total = counts.empty_counts(layout)
            with ThreadPoolExecutor(workers) as pool:
                for part in engines.run_ranges(task, pieces, pool, workers + 1):
                    total = counts.merge_counts(total, part)

        walls[workers] = fastest(work, time.perf_counter, 2)
        print(f"{workers} worker(s): {draws / walls[workers]:,.0f} draws a wall second")
    print(f"two workers over one: {walls[1] / walls[2]:.2f}")


def main(draws: int) -> None:
    """Print the tables."""
    compiled = blocks.compile_plan(load.load_plan("baseline"))
    print_stages(compiled, draws)
    print_block_sizes(compiled, draws)
    print_workers(compiled, 4 * draws)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 16_384)
