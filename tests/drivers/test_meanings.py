"""What each series means is said once, beside the driver that gives it."""

from simulator import model
from simulator.drivers.driver import Quantity, gives

LONGEST = 62  # of a meaning, so that it fits a panel's title and a terminal


def test_every_series_has_a_meaning_of_its_own(plan):
    series = model.series_of_names(prior.name for prior in plan.priors).values()
    meanings = [each.meaning for each in series]
    assert all(meanings)
    assert len(set(meanings)) == len(meanings)
    assert max(map(len, meanings)) <= LONGEST
    assert not [text for text in meanings if text.endswith(".") or "_" in text or "<" in text]


def test_a_series_without_a_meaning_goes_by_its_name():
    driver = gives({"plain_series": "OOM", "output": Quantity("1", "Something", ("a", "b"))})(
        lambda t: t
    )
    plain, output = driver.gives["plain_series"], driver.gives["output"]
    assert (plain.unit, plain.long_name, plain.codes) == ("OOM", "plain series", ())
    assert (output.unit, output.long_name, output.codes) == ("1", "Something", ("a", "b"))


def test_a_member_s_series_names_the_member(plan):
    series = model.series_of_names(prior.name for prior in plan.priors)
    assert series["score_swe_bench"].meaning == "Best score on the benchmark swe bench"
