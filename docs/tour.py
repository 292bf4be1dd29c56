"""A tour of the public API: load a scenario, change it, run it, read and draw its answers, and ask what drives them.

    python docs/tour.py [FOLDER] [DRAWS]

writes pictures and a result into FOLDER (`tour` when left out). Every step checks what it gave.
"""

import sys
from pathlib import Path

import numpy as np

import simulator as oomcast


def tour(folder: Path, draws: int = 2000) -> None:
    """Go through the main jobs, in `folder`."""
    # A scenario is a plan: everything that a result depends on. A change is a key of the run file;
    # a parameter's name fixes it, and a mapping replaces its prior.
    baseline = oomcast.load_scenario("baseline", {"draws": draws, "horizon": 2040})
    slow_power = oomcast.load_scenario(
        "baseline",
        {
            "title": "Slow power",
            "draws": draws,
            "horizon": 2040,
            "power_ceiling": {
                "unit": "log10 MW",
                "family": "normal",
                "p10": 3.0,
                "p90": 3.5,
                "source": "judgement",
                "note": "One run gets 1 to 3 GW in 2030, at 80 %.",
            },
        },
    )

    # Run one in memory, and one into a folder, which survives interruptions and can be opened later.
    result = oomcast.run(baseline)
    oomcast.run(slow_power, folder / "slow-power")
    slow = oomcast.load_result(folder / "slow-power")
    assert result.folder is None
    assert slow.folder == folder / "slow-power"
    assert slow.plan == slow_power

    # Credible intervals of arrival years, each number with its Monte Carlo standard error.
    table = oomcast.milestones(result)
    researcher = table.loc["automated_researcher"]
    print(table[["p10", "p50", "p90", "mcse_p50", "reached", "by_2031"]])
    assert researcher.p10 < researcher.p50 < researcher.p90
    assert 0.0 < researcher.by_2031 < researcher.reached <= 1.0

    # Uncertainty bands of series by year.
    band = oomcast.bands(result, "effective_compute", "2025-2035", [5, 50, 95])
    print(band[["year", "p05", "p50", "p95", "unit"]])
    assert list(band.year) == list(range(2025, 2036))
    assert (band.p05 < band.p95).all()
    assert band.p50.is_monotonic_increasing

    # Draws, one by one. The baseline is conditioned on observations, so its draws have weights.
    drawn = oomcast.draws(result)
    before_2031 = drawn["arrivals"]["automated_researcher"] < 2031.0
    probability = np.average(before_2031, weights=drawn["weight"])
    print(f"P(automated researcher before 2031) = {probability:.3f}")
    assert abs(probability - researcher.by_2031) < 1e-9

    # One draw in full, with every series; and the whole result with named dimensions, for xarray and ArviZ.
    one = oomcast.replay(result, 17)
    tree = oomcast.open_result(result)
    print(tree["trajectories"]["effective_compute"])
    assert one["parameters"]["algorithms_growth"] == drawn["parameters"]["algorithms_growth"][17]
    assert (
        tree["trajectories"]["effective_compute"].sel(chain=0, draw=17, year=2030.0)
        == (one["series"]["effective_compute"][one["year"].index(2030.0)])
    )

    # Pictures.
    oomcast.plot(result, "arrivals", folder / "arrivals.svg")
    oomcast.plot([result, slow], "compare", folder / "scenarios.svg")
    assert (folder / "scenarios.svg").read_text().count("Slow power") > 0

    # How two scenarios differ, draw by draw.
    differences = oomcast.compare(result, slow, draws=512)
    print(differences.plans)
    print(differences.milestones[["p50_a", "p50_b", "difference", "mcse_difference"]])
    assert list(differences.plans.what) == ["power_ceiling"]
    assert differences.milestones.difference["cluster_100b"] >= 0.0

    # What drives an answer: here the swing of the median between the 10th and 90th percentile of each driver.
    analysis = oomcast.analyse(
        baseline, "automated_researcher", method="tornado", draws=512, replicates=50
    )
    swings = {r["name"]: r["median_change_p90"] - r["median_change_p10"] for r in analysis.records}
    print(max(swings, key=lambda name: abs(swings[name])), "moves the median most")
    assert len(swings) > 5
    assert any(swings.values())

    # Wrong input says what is wrong, what is allowed, and what probably mends it.
    try:
        oomcast.load_scenario("baseline", {"horizont": 2040})
    except oomcast.InputFault as fault:
        message = str(fault)
    print(message)
    assert 'did you mean "horizon"?' in message


if __name__ == "__main__":
    words = sys.argv[1:]
    home = Path(words[0] if words else "tour")
    home.mkdir(parents=True, exist_ok=True)
    tour(home, *map(int, words[1:]))
