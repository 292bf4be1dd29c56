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

from simulator import engines, luck, model, plan, summaries, walk
from simulator.milestones import first_passage, threshold

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
import reference


def cpu(act: Callable[[], object], rounds: int = 3) -> float:
    """The least CPU seconds of a few rounds."""
    return min(_timed(act, time.process_time) for _ in range(rounds))


def _timed(act: Callable[[], object], clock: Callable[[], float]) -> float:
    start = clock()
    act()
    return clock() - start


def stages(walker: walk.Walker, shape: summaries.Shape, draws: int) -> dict[str, float]:
    """CPU microseconds a draw of each stage, block by block as the walk does it."""
    made = walker.plan
    names = [prior.name for prior in made.priors]
    rows = walk.band_rows(made)
    spent = dict.fromkeys(
        ("luck and copula", "priors", "drivers and stepping", "milestones", "counting"), 0.0
    )
    counts = summaries.nothing(shape)
    for start in range(0, draws, walk.BLOCK):
        at = [time.process_time()]
        levels = luck.mixed(made.luck, walker.copula, names, range(start, start + walk.BLOCK))
        at.append(time.process_time())
        parameters = {p.name: p.distribution.values(levels[p.name]) for p in made.priors}
        at.append(time.process_time())
        series = model.simulate(walker.model, parameters, made.grid)
        at.append(time.process_time())
        arrivals = np.array(
            [first_passage(series[m.series], m.direction, threshold(m, parameters), made.grid.years)
             for m in made.milestones]
        )  # fmt: skip
        at.append(time.process_time())
        counts = summaries.add(counts, shape, {n: series[n][rows] for n in made.series}, arrivals)
        at.append(time.process_time())
        for name, a, b in zip(spent, at[:-1], at[1:], strict=True):
            spent[name] += b - a
    return {name: 1e6 * seconds / draws for name, seconds in spent.items()}


def main(draws: int) -> None:
    """Print the tables."""
    made = plan.read("baseline")
    walker = walk.ready(made)
    shape = walk.shape(walker)
    draws -= draws % walk.BLOCK
    print(f"stages of the baseline, {draws:,} draws in blocks of {walk.BLOCK}, one worker")
    found = stages(walker, shape, draws)
    whole = sum(found.values())
    for name, micro in found.items():
        print(f"  {name:22s} {micro:6.1f} us a draw  {100 * micro / whole:3.0f} %")
    print(f"  {'all':22s} {whole:6.1f} us a draw  {1e6 / whole:,.0f} draws a second")

    print("block size, draws a CPU second of the walk without counting")
    for size in (128, 256, 512, 1024, 2048, 4096, draws):
        seconds = cpu(lambda size=size: [None for _ in walk.blocks(walker, range(draws), size)])
        print(f"  {size:7,d}  {draws / seconds:9,.0f}")

    block = walk.walk_block(walker, range(20))
    one = [{name: float(v[i]) for name, v in block.parameters.items()} for i in range(20)]
    slow = cpu(lambda: [reference.series(p) for p in one]) / 20
    fast = cpu(lambda: [None for _ in walk.blocks(walker, range(draws))]) / draws
    print(f"one draw in plain Python over one draw in blocks: {slow / fast:.0f}")

    walls = {}
    for workers in (1, 2):
        pieces = engines.ranges(range(4 * draws), workers)
        with ThreadPoolExecutor(workers) as pool:

            def act(
                pool: ThreadPoolExecutor = pool,
                pieces: list[range] = pieces,
                ahead: int = workers + 1,
            ) -> None:
                total = summaries.nothing(shape)
                for walked in engines.each(
                    lambda r: walk.walk(walker, shape, r, 0, 0), pieces, pool, ahead
                ):
                    total = summaries.merge(total, walked.counts)

            walls[workers] = min(_timed(act, time.perf_counter) for _ in range(2))
        print(
            f"{workers} worker(s): {4 * draws / walls[workers]:,.0f} draws a wall second, all included"
        )
    print(f"two workers over one: {walls[1] / walls[2]:.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 16_384)
