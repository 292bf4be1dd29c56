"""Bad input: exit 2, one message a fault that names file, table and key, and nothing left behind."""

import pytest
from conftest import files_in

pytestmark = pytest.mark.usefixtures("without_pictures")

PRIOR = """[priors.{name}]
unit = "{unit}"
source = "{source}"
{rest}
"""


def prior(rest, name="algorithms_growth", unit="OOM/year", source="judgement"):
    return PRIOR.format(name=name, unit=unit, source=source, rest=rest)


def quantiles(p05, p95):
    return f'family = "lognormal"\np05 = {p05}\np95 = {p95}'


def fixed(value):
    return f'family = "fixed"\nvalue = {value}'


NORMAL = 'family = "normal"\nmean = 0.4\nsd = 0.1\n'
FRACTION = {"name": "regime_occurs", "unit": "fraction"}
TABLE = "[priors.algorithms_growth]"
# What a run file says, and what the message must name besides the file.
WORLDS = {
    "unknown key of a run": ("drews = 10", ["drews", "unknown key", 'did you mean "draws"?']),
    "unknown key of a prior": (prior(quantiles(0.2, 0.8) + "\np96 = 1.0"), [TABLE, "p96", "unknown key"]),
    "unknown family": (prior('family = "lognormale"'), [TABLE, "family", '"lognormale"', 'did you mean "lognormal"?']),
    "unknown parameter": (
        prior(quantiles(0.2, 0.8), name="algoritms_growth"),
        ["[priors.algoritms_growth]", "nothing uses", 'did you mean "algorithms_growth"?'],
    ),
    "unknown parameter to hold": ("[hold]\nregime_yaer = 0.5", ["[hold]", "regime_yaer", "regime_year"]),
    "a sweep without a table": (
        "[sweep]\nregime_year = [2026.0, 2028.0]",
        ["sweep.regime_year", "a table, [sweep.regime_year], with values, levels"],
    ),
    "a list that is none": ('milestones = "run_1e27"', ["milestones", "a list, in [ ]"]),
    "text that is a number": ("title = 3", ["title", "text, in quotes"]),
    "unknown source": (prior(quantiles(0.2, 0.8), source="ho2042"), [TABLE, "source", '"ho2042"', "ho2024"]),
    "wrong unit": (prior(quantiles(0.2, 0.8), unit="OOM/month"), [TABLE, "unit", '"OOM/month"', '"OOM/year"']),
    "no unit": ('[priors.algorithms_growth]\nsource = "judgement"\n' + fixed(1), [TABLE, "unit", "needed"]),
    "no source": ('[priors.algorithms_growth]\nunit = "OOM/year"\n' + fixed(1), [TABLE, "source", "needed"]),
    "quantiles out of order": (prior(quantiles(0.8, 0.2)), [TABLE, "p05", "rise"]),
    "equal quantiles": (prior(quantiles(0.8, 0.8)), [TABLE, "p05", "rise"]),
    "one quantile": (prior('family = "normal"\np50 = 0.4'), [TABLE, "p50", "two or more"]),
    "quantiles beside natural parameters": (prior(NORMAL + "p50 = 1.0"), [TABLE, "p50", "one way"]),
    "a logarithm of a negative": (prior(quantiles(-0.8, 0.2)), [TABLE, "p05", "above 0"]),
    "nan": (prior(quantiles("nan", 0.8)), [TABLE, "p05", "nan", "finite"]),
    "infinite": (prior(quantiles(0.2, "inf")), [TABLE, "p95", "inf", "finite"]),
    "infinite bound": (prior(NORMAL + "lower = -inf"), [TABLE, "lower", "finite"]),
    "no number": (prior(fixed('"much"')), [TABLE, "value", '"much"', "number"]),
    "negative rate": (prior(fixed(-0.1)), [TABLE, "algorithms_growth >= 0"]),
    "rate that may be negative": (prior(NORMAL), [TABLE, "anywhere", "add lower"]),
    "limit of 0": (
        prior(fixed(0), name="algorithms_limit", unit="OOM"), ["[priors.algorithms_limit]", "> 0"],
    ),
    "fraction above 1": (prior(fixed(1.5), **FRACTION), ["[priors.regime_occurs]", "in [0, 1]"]),
    "probability above 1": (
        prior('family = "bernoulli"\np = 1.5', **FRACTION), ["[priors.regime_occurs]", "p", "0 to 1"],
    ),
    "all utilisation lost": (
        prior(fixed(1), name="utilisation_decline", unit="fraction"), ["[priors.utilisation_decline]", "[0, 1)"],
    ),
    "bounds out of order": (prior(NORMAL + "lower = 2.0\nupper = 1.0"), [TABLE, "lower", "lower below upper"]),
    "all that is wrong with a prior": (
        prior(quantiles(0.9, 0.3), unit="OOM/yr", source="nobody"),
        [f"{TABLE} p05", f'{TABLE} unit: found "OOM/yr"', f'{TABLE} source: found "nobody"'],
    ),
    "values of no calculation": (prior('family = "fixed"\nvalue = 1e101\n'), [TABLE, "value", "1e+101", "1e+100"]),
    "bounds that keep nothing": (prior(NORMAL + "lower = 9.0"), [TABLE, "lower", "keep"]),
    "correlation outside -1 to 1": (
        prior(quantiles(0.2, 0.8) + "\ncorrelation = { regime_year = 1.5 }"), [TABLE, "correlation.regime_year", "1.5"],
    ),
    "correlation of nan": (
        prior(quantiles(0.2, 0.8) + "\ncorrelation = { regime_year = nan }"), [TABLE, "correlation.regime_year", "nan"],
    ),
    "correlation with itself": (
        prior(quantiles(0.2, 0.8) + "\ncorrelation = { algorithms_growth = 0.5 }"),
        [TABLE, "correlation.algorithms_growth", "another parameter"],
    ),
    "correlation with nobody": (
        prior(quantiles(0.2, 0.8) + "\ncorrelation = { price_declin = 0.5 }"),
        [TABLE, "correlation.price_declin", "price_decline"],
    ),
    "a correlation stated twice": (
        prior(quantiles(0.2, 0.8) + "\ncorrelation = { price_decline = 0.5 }")
        + prior(fixed(1) + "\ncorrelation = { algorithms_growth = 0.4 }", "price_decline"),
        ["[priors.price_decline]", "correlation.algorithms_growth", "0.4", "0.5"],
    ),
    "correlations that cannot hold together": (
        prior(quantiles(0.2, 0.8) + "\ncorrelation = { price_decline = 0.9, regime_slope = 0.9 }")
        + prior(quantiles(0.5, 2) + "\ncorrelation = { price_decline = -0.9 }", "regime_slope", "1"),
        ["positive semi-definite", "regime_slope", "price_decline", "-0.9", "algorithms_growth"],
    ),
    "a step with one prior of four": (
        prior(fixed(1), name="unhobbling_dreams_gain", unit="OOM"),
        ["[unhobbling_dreams_occurs]", "[unhobbling_dreams_arrival]", "[unhobbling_dreams_ramp]", "no prior"],
    ),
    "a ceiling without its benchmark": (
        prior(fixed(0.9), name="benchmark_exam_ceiling", unit="fraction"),
        ["[benchmark_exam_floor]", "[benchmark_exam_midpoint]", "[benchmark_exam_slope]", "no prior"],
    ),
    "a ceiling above 1": (
        prior(fixed(1.1), name="benchmark_math_ceiling", unit="fraction"),
        ["[priors.benchmark_math_ceiling]", "value", "1.1", "in (0, 1]"],
    ),
    "a ceiling of 0": (
        prior(fixed(0), name="benchmark_math_ceiling", unit="fraction"),
        ["[priors.benchmark_math_ceiling]", "value", "found 0", "in (0, 1]"],
    ),
    "a ceiling that may exceed 1": (
        prior('family = "normal"\np05 = 0.9\np95 = 0.99\nlower = 0.5', name="benchmark_math_ceiling", unit="fraction"),
        ["[priors.benchmark_math_ceiling]", "family", "in (0, 1]", "add lower (or upper)"],
    ),
    "a ceiling at the floor": (
        prior(fixed(0.25), name="benchmark_gpqa_ceiling", unit="fraction"),
        ["[priors.benchmark_gpqa_ceiling]", "value", "found 0.25", "above every value of benchmark_gpqa_floor"],
    ),
    "a ceiling that may reach the floor": (
        prior('family = "uniform"\nlow = 0.2\nhigh = 0.9', name="benchmark_gpqa_ceiling", unit="fraction"),
        ["[priors.benchmark_gpqa_ceiling]", "values from 0.2 up", "benchmark_gpqa_floor", "add lower = a number"],
    ),
    "a ceiling misspelt": (
        prior(fixed(0.9), name="benchmark_gpqa_ceilling", unit="fraction"),
        ["[priors.benchmark_gpqa_ceilling]", "nothing uses", 'did you mean "benchmark_gpqa_ceiling"?'],
    ),
    "a prior that nothing uses": (prior(fixed(1), name="weather"), ["[priors.weather]", "nothing uses"]),
    "syntax error": ("draws = = 3", ["line 1", "TOML"]),
    "a circle": ('extends = "world"', ["extends", "circle"]),
    "extends nothing": ('extends = "nowhere"', ["extends", '"nowhere"', "no such run"]),
    "horizon before the anchor": ("horizon = 2020.0", ["horizon", "2020", "2023.25"]),
    "horizon at the anchor": ("horizon = 2023.25", ["horizon", "after the anchor"]),
    "horizon off the grid": ("horizon = 2049.9", ["horizon", "quarter"]),
    "anchor off the grid": ("anchor_year = 2023.3", ["anchor_year", "2023.3", "quarter"]),
    "anchor before the start": ("anchor_year = 2018.0", ["anchor_year", "start"]),
    "start that is no quarter": (
        "start = 2019.1\nanchor_year = 2023.35\nhorizon = 2050.1", ["start", "2019.1", "quarter"],
    ),
    "no draws": ("draws = 0", ["draws", "found 0", "1"]),
    "negative draws": ("draws = -5", ["draws", "-5"]),
    "fractional draws": ("draws = 1.5", ["draws", "1.5", "a whole number"]),
    "draws in words": ('draws = "many"', ["draws", '"many"', "a whole number"]),
    "true draws": ("draws = true", ["draws", "a whole number"]),
    "negative seed": ("seed = -1", ["seed", "-1"]),
    "infinite horizon": ("horizon = inf", ["horizon", "inf", "finite"]),
    "as_of that is no date": ('as_of = "soon"', ["as_of", '"soon"', "date"]),
    "hold at 0": ("[hold]\nregime_year = 0.0", ["hold.regime_year", "0.0", "greater than 0"]),
    "free what nothing holds": ('[hold]\nregime_year = "free"', ["[hold]", "regime_year", "held before"]),
    "free in a table of no levels": ("hold = 3", ["hold", "a table"]),
    "unknown milestone": ('milestones = ["agi"]', ["milestones", '"agi"', "automated_researcher"]),
    "unknown series": ('series = ["compute"]', ["series", '"compute"', "effective_compute"]),
    "priors that are no table": ("priors = 3", ["priors", "a table"]),
    "logistic overflow": (
        prior(fixed(20), name="spending_growth") + prior(fixed(400), name="spending_ceiling", unit="log10 USD"),
        ["[priors.spending_growth]", "under 300"],
    ),
    "logistic overflow by its start": (
        prior(fixed(500), name="spending_start", unit="log10 USD"),
        ["[spending_growth]", "spending_start", "under 300"],
    ),
}  # fmt: skip

MILESTONE = '[m]\nseries = "{}"\ndirection = "{}"\nthreshold = {}\nmeaning = "m"\nsource = "{}"\n'
MARK = "milestones.toml"
PRIORS = {
    "syntax error": ("mine.toml", "[algorithms_growth", ["TOML"]),
    "no text": ("mine.toml", b'[a]\nnote = "\xff\xfe"', ["utf-8"]),
    "no table": ("mine.toml", "algorithms_growth = 0.4", ["algorithms_growth", "[algorithms_growth]"]),
    "unknown series": (MARK, ("computer", ">=", 1, "judgement"), ["[m]", "series", '"computer"']),
    "unknown direction": (MARK, ("inference", ">", 1, "judgement"), ["[m]", "direction", '">"']),
    "unknown threshold": (MARK, ("inference", ">=", '"bar"', "judgement"), ["[m]", "threshold", '"bar"']),
    "infinite threshold": (MARK, ("inference", ">=", "inf", "judgement"), ["[m]", "threshold"]),
    "unknown source": (MARK, ("inference", ">=", 1, "nobody"), ["[m]", "source", '"nobody"']),
    "a source without a title": (
        "sources.toml", '[me]\nauthors = "I"\nyear = 2026', ["[me]", "title", "needed"],
    ),
}  # fmt: skip

OPTIONS = {
    "no such run": (["run", "basline"], ["basline", 'did you mean "baseline"?']),
    "no draws": (["run", "--draws", "0"], ["draws", "0"]),
    "negative draws": (["run", "--draws", "-5"], ["draws", "-5"]),
    "fractional draws": (["run", "--draws", "1.5"], ["--draws"]),
    "horizon before the anchor": (["run", "--horizon", "2020"], ["horizon", "2020", "2023.25"]),
    "negative seed": (["run", "--seed", "-1"], ["seed", "-1"]),
    "setting without a value": (["run", "--set", "horizon"], ["--set", "horizon", "KEY=VALUE"]),
    "setting that is no TOML": (["run", "--set", "horizon=[20"], ["--set", "horizon=[20", "TOML"]),
    "setting of an unknown key": (["run", "--set", "horzion=2060"], ["--set", "horzion", 'did you mean "horizon"?']),
    "setting of an unknown parameter": (["run", "--set", "algorithm_growth=1"], ["--set", "algorithms_growth"]),
    "setting outside a domain": (["run", "--set", "algorithms_growth=-1"], ["--set", TABLE, ">= 0"]),
    "setting to infinity": (["run", "--set", "algorithms_growth=inf"], ["--set", TABLE, "finite"]),
    "no folder of priors": (["run", "--priors", "nowhere"], ["nowhere", "no such folder"]),
    "unknown ending": (["run", "--draws", "50", "-o", "table.xls"], ["table.xls", ".csv"]),
    "output in no folder": (["run", "--draws", "50", "-o", "nowhere/table.csv"], ["nowhere", "folder"]),
    "unknown format": (["run", "--draws", "50", "--format", "xls"], ["--format", "xls", "csv"]),
    "no workers": (["run", "--workers", "0"], ["--workers"]),
    "a folder in the way": (["run", "--draws", "50", "--out", "empty"], ["empty", "not a result", "--out"]),
    "a result inside a file": (["run", "--draws", "50", "--out", "file.txt/x"], ["file.txt, a file", "--out"]),
    "a run in capitals": (["run", "BASELINE"], ["BASELINE", 'did you mean "baseline"?']),
    "a setting in capitals": (["run", "--set", "HORIZON=2040"], ["--set", 'did you mean "horizon"?']),
    "output without an ending": (["run", "--draws", "50", "-o", "table"], ["table", "without an ending", ".csv"]),
    "output that is a folder": (["run", "--draws", "50", "-o", "empty"], ["empty", "a folder", ".csv"]),
    "output of no table": (["check", "-o", "checked.csv"], ["-o", "--explain"]),
    "a format of no table": (["check", "--format", "json"], ["--format", "--explain"]),
    "a file in the way": (["run", "--draws", "50", "--out", "file.txt"], ["file.txt", "--out"]),
    "no result": (["milestones", "nowhere"], ["nowhere", "no such folder"]),
    "a folder that is not a result": (["milestones", "empty"], ["empty", "manifest.json"]),
    "a folder to check": (["check", "empty"], ["empty", "manifest.json"]),
    "a folder to replay": (["replay", "empty", "--draw", "1"], ["empty", "manifest.json"]),
    "a file that is not a result": (["milestones", "file.txt"], ["file.txt"]),
    "a run to replay that is at fault": (["replay", "bad.toml", "--draw", "1"], ["bad.toml", "drews"]),
    "a negative draw": (["replay", "baseline", "--draw", "-1"], ["--draw"]),
    "no draw": (["replay", "baseline"], ["--draw"]),
    "best of nothing": (["best", "basline"], ["basline", "baseline"]),
    "unknown command": (["rnu"], ["rnu"]),
    "unknown option": (["run", "--drawz", "3"], ["--drawz"]),
}  # fmt: skip


# Cases whose fault stands in what the run file lacks or meets, and not in the file.
ELSEWHERE = (
    "a step with one prior of four",
    "a ceiling without its benchmark",
    "logistic overflow by its start",
)


@pytest.fixture
def refused(folder, oomcast):
    """Run a command that must be refused, and give its message."""

    def run(*argv, by=oomcast):
        before = files_in(folder)
        said = by(*argv)
        assert said.code == 2, said.err
        assert "Traceback" not in said.out + said.err
        assert not said.out
        assert files_in(folder) == before
        return said.err

    return run


def names(message, *needles):
    missing = [needle for needle in needles if needle not in message]
    assert not missing, message


@pytest.mark.parametrize("case", WORLDS)
@pytest.mark.parametrize("verb", ["run", "check"])
def test_a_run_file_at_fault(folder, refused, case, verb):
    text, needles = WORLDS[case]
    (folder / "world.toml").write_text(text)
    file = () if case in ELSEWHERE else ("world.toml",)
    names(refused(verb, "world.toml"), *file, *needles)


@pytest.mark.parametrize("case", PRIORS)
@pytest.mark.parametrize("priors", ["priors", "theirs"])
def test_a_prior_file_at_fault(folder, refused, case, priors):
    name, content, needles = PRIORS[case]
    text = MILESTONE.format(*content) if isinstance(content, tuple) else content
    (folder / priors).mkdir()
    (folder / priors / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    options = ["--priors", "theirs"] if priors == "theirs" else []
    names(refused("check", *options), name, *needles)


@pytest.mark.parametrize("case", OPTIONS)
def test_a_command_line_at_fault(folder, refused, case):
    argv, needles = OPTIONS[case]
    (folder / "empty").mkdir()
    (folder / "file.txt").write_text("mine")
    (folder / "bad.toml").write_text("drews = 3")
    names(refused(*argv), *needles)


def test_a_run_file_that_is_no_text(folder, refused):
    (folder / "world.toml").write_bytes(b'title = "\xff"\n')
    names(refused("run", "world.toml"), "world.toml", "utf-8")


def test_an_entry_in_two_files_of_a_folder(folder, refused):
    (folder / "priors").mkdir()
    for name in ("a.toml", "b.toml"):
        (folder / "priors" / name).write_text(prior(quantiles(0.2, 0.8)).replace("priors.", ""))
    names(refused("check"), "[algorithms_growth]", "a.toml", "b.toml", "one")


def test_every_fault_is_told_at_once(folder, refused):
    text = "horizon = 2020.0\n" + prior(quantiles(0.8, 0.2)) + prior(fixed(1), name="weather")
    (folder / "world.toml").write_text(text)
    message = refused("check", "world.toml")
    names(message, "horizon", TABLE, "[priors.weather]")
    assert message.count("world.toml") >= 3


def test_a_process_of_its_own_ends_with_2_and_no_traceback(folder, refused, oomcast_apart):
    (folder / "world.toml").write_text("draws = = 3")
    names(refused("run", "world.toml", by=oomcast_apart), "world.toml", "TOML")
