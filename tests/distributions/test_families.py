"""Every family against SciPy's distributions, in both tails; fits; truncation; what cannot be."""

import numpy as np
import pytest
from scipy import interpolate, stats

from simulator.distributions.distribution import FAMILIES, Distribution
from simulator.distributions.family import QUANTILES
from simulator.inputs.load import load_plan
from simulator.inputs.priors import StatedTable, resolve_prior
from simulator.inputs.stored_plan import NotAPlan, parse_plan
from simulator.sampling import LOWEST_LEVEL

LEVELS = np.array([1e-12, 1e-9, 1e-4, 0.01, 0.3, 0.5, 0.77, 0.99, 1 - 1e-9, 1 - 1e-12])

MEMBERS = {
    "uniform": ({"low": 2.0, "high": 5.0}, stats.uniform(2, 3)),
    "loguniform": ({"low": 0.2, "high": 50.0}, stats.loguniform(0.2, 50)),
    "normal": ({"mean": 1.0, "sd": 3.0}, stats.norm(1, 3)),
    "lognormal": ({"median": 2.0, "sigma": 0.7}, stats.lognorm(0.7, scale=2)),
    "student_t": ({"median": 1.0, "scale": 2.0, "df": 3.3}, stats.t(3.3, 1, 2)),
    "triangular": ({"low": 1.0, "mode": 2.0, "high": 6.0}, stats.triang(0.2, 1, 5)),
    "pert": ({"low": 1.0, "mode": 2.0, "high": 6.0}, stats.beta(1.8, 4.2, 1, 5)),
    "beta": ({"alpha": 0.6, "beta": 3.0, "low": 1.0, "high": 3.0}, stats.beta(0.6, 3, 1, 2)),
    "gamma": ({"shape": 2.5, "scale": 2.0}, stats.gamma(2.5, scale=2)),
}
members = pytest.mark.parametrize(
    ("name", "natural", "reference"), [(n, *m) for n, m in MEMBERS.items()], ids=MEMBERS
)
NORMAL = {"family": "normal", "mean": 0.0, "sd": 1.0}
TWO_NORMALS = {
    "weights": [1.0, 3.0],
    "components": [
        {"family": "normal", "mean": -4.0, "sd": 1.0},
        {"family": "normal", "mean": 4.0, "sd": 1.0},
    ],
}
SKEWED = {"p05": 0.1, "p25": 0.4, "p50": 0.5, "p95": 0.7}


def prior(family, unit="OOM", **keys):
    """A prior of these keys, or the faults of it."""
    faults = []
    raw = {"unit": unit, "family": family, "source": "judgement", **keys}
    return resolve_prior("x", StatedTable(raw, "x.toml", "x"), faults) or faults


def at(prior, *keys):
    return prior.distribution.inverse_cdf(np.array([QUANTILES[key] for key in keys]))


@members
def test_levels_and_values_are_scipys_in_both_tails(name, natural, reference):
    family = FAMILIES[name]
    values = reference.ppf(LEVELS)
    np.testing.assert_allclose(family.inverse_cdf(LEVELS, **natural), values, rtol=1e-10)
    np.testing.assert_allclose(
        family.inverse_survival(LEVELS, **natural), reference.isf(LEVELS), rtol=1e-10
    )
    inside = reference.ppf([1e-6, 0.01, 0.3, 0.5, 0.9, 1 - 1e-6])
    np.testing.assert_allclose(family.cdf(inside, **natural), reference.cdf(inside), rtol=1e-9)
    np.testing.assert_allclose(family.survival(inside, **natural), reference.sf(inside), rtol=1e-9)


@members
def test_an_upper_tail_left_by_truncation_keeps_its_digits(name, natural, reference):
    mass = 1e-12 if not np.isfinite(reference.support()[1]) else 1e-5
    lower = float(reference.isf(mass))
    cut = Distribution(name, natural, lower=lower)
    inner = np.array([1e-6, 0.1, 0.5, 0.9, 0.999])
    values = cut.inverse_cdf(inner)
    np.testing.assert_allclose(cut.kept, mass, rtol=1e-9)
    np.testing.assert_allclose(values, reference.isf(mass * (1 - inner)), rtol=1e-9)
    np.testing.assert_allclose(cut.cdf(values), inner, rtol=1e-5)
    assert (values >= lower).all()


@members
def test_shift_comes_first_then_limits_in_final_units(name, natural, reference):
    low, high = reference.ppf([0.2, 0.7]) + 10.0
    cut = Distribution(name, natural, 10.0, low, high)
    np.testing.assert_allclose(cut.inverse_cdf(LEVELS), reference.ppf(0.2 + 0.5 * LEVELS) + 10.0)
    np.testing.assert_allclose(cut.kept, 0.5)


@pytest.mark.parametrize("keys", [("p05", "p95"), ("p01", "p10"), ("p90", "p99"), ("p025", "p50")])
@members
def test_two_quantiles_give_a_member_back(name, natural, reference, keys):
    levels = np.array([QUANTILES[key] for key in keys])
    stated = dict(zip(keys, reference.ppf(levels), strict=True))
    beside = {key: natural[key] for key in FAMILIES[name].beside}
    limits = {"lower": 1.0, "upper": 3.0} if name == "beta" else {}
    actual = prior(name, **stated, **beside, **limits)
    np.testing.assert_allclose(at(actual, *keys), list(stated.values()), rtol=1e-9)
    assert actual.misfit == 0.0
    for key, value in natural.items():
        assert actual.natural[key] == pytest.approx(value, rel=1e-6)


@pytest.mark.parametrize("name", ["triangular", "pert"])
def test_three_quantiles_place_a_peak(name):
    natural, reference = MEMBERS[name]
    actual = prior(
        name, **dict(zip(("p10", "p50", "p95"), reference.ppf([0.1, 0.5, 0.95]), strict=True))
    )
    assert actual.natural == pytest.approx(natural, rel=1e-9)


@members
def test_more_quantiles_of_a_member_are_met_and_others_are_fitted(name, natural, reference):
    keys = ("p05", "p25", "p50", "p90")
    beside = {key: natural[key] for key in FAMILIES[name].beside if key == "df"}
    limits = {"lower": 1.0, "upper": 3.0} if name == "beta" else {}
    exact = dict(zip(keys, reference.ppf([QUANTILES[key] for key in keys]), strict=True))
    met = prior(name, **exact, **beside, **limits)
    assert met.misfit < 1e-6
    bent = {**exact, "p50": 0.5 * (exact["p50"] + exact["p25"])}
    fitted = prior(name, **bent, **beside, **limits)
    assert 0.005 < fitted.misfit < 0.3


def test_a_fit_is_least_squares_on_the_normal_scores():
    actual = prior("lognormal", **SKEWED)
    z = stats.norm.ppf([QUANTILES[key] for key in SKEWED])
    slope, start = np.polyfit(z, np.log(list(SKEWED.values())), 1)
    assert actual.natural == pytest.approx({"median": np.exp(start), "sigma": slope})
    worst = np.abs(start + slope * z - np.log(list(SKEWED.values()))).max()
    assert actual.misfit == pytest.approx(worst / np.log(7.0))


def test_quantiles_meet_every_list_smoothly_and_go_on_as_a_normal():
    actual = prior("quantiles", **SKEWED)
    np.testing.assert_allclose(at(actual, *SKEWED), list(SKEWED.values()), rtol=1e-14)
    z = np.linspace(-8, 8, 4001)
    values = actual.distribution.inverse_cdf(stats.norm.cdf(z[:3500]))
    slopes = np.diff(values) / np.diff(z[:3500])
    assert (slopes > 0).all()
    assert np.abs(np.diff(slopes)).max() < 0.01  # no kinks
    inner = actual.distribution.inverse_cdf(np.array([LOWEST_LEVEL]))
    last = (0.4 - 0.1) / (stats.norm.ppf(0.25) - stats.norm.ppf(0.05))
    assert inner == pytest.approx(
        0.1 + last * (stats.norm.ppf(LOWEST_LEVEL) - stats.norm.ppf(0.05))
    )
    levels = np.array([1e-12, 0.05, 0.3, 0.6, 0.99])
    np.testing.assert_allclose(
        actual.distribution.cdf(actual.distribution.inverse_cdf(levels)), levels
    )


def test_the_curve_inside_is_scipys_monotone_cubic():
    keys = ("p01", "p10", "p25", "p50", "p75", "p99")
    x = np.array([0.0, 1.0, 1.1, 4.0, 4.2, 9.0])
    z = stats.norm.ppf([QUANTILES[key] for key in keys])
    inner = np.linspace(z[1], z[-2], 101)
    actual = prior("quantiles", **dict(zip(keys, x, strict=True)))
    ours = actual.distribution.inverse_cdf(stats.norm.cdf(inner))
    np.testing.assert_allclose(ours, interpolate.PchipInterpolator(z, x)(inner), rtol=1e-9)


def test_two_quantiles_make_a_normal_of_any_curve():
    curve, normal = (prior(f, p10=1.0, p80=4.0).distribution for f in ("quantiles", "normal"))
    np.testing.assert_allclose(curve.inverse_cdf(LEVELS), normal.inverse_cdf(LEVELS), rtol=1e-9)


def test_levels_and_values_state_a_curve_too():
    stated = prior("quantiles", levels=[0.05, 0.25, 0.5, 0.95], values=list(SKEWED.values()))
    assert stated.natural == prior("quantiles", **SKEWED).natural


def test_discrete_values_come_as_often_as_their_weights():
    actual = prior("discrete", values=[3.0, 1.0, 2.0], weights=[1.0, 2.0, 1.0]).distribution
    levels = (np.arange(4000) + 0.5) / 4000
    values, counts = np.unique(actual.inverse_cdf(levels), return_counts=True)
    assert dict(zip(values, counts, strict=True)) == {1.0: 2000, 2.0: 1000, 3.0: 1000}
    assert actual.cdf(np.array([0.9, 1.0, 2.5, 3.0])).tolist() == [0.0, 0.5, 0.75, 1.0]
    cut = Distribution(
        "discrete", {"values": (1.0, 2.0, 3.0), "weights": (2.0, 1.0, 1.0)}, lower=2.0
    )
    values, counts = np.unique(cut.inverse_cdf(levels), return_counts=True)
    assert dict(zip(values, counts, strict=True)) == {2.0: 2000, 3.0: 2000}


UNLIKE = {
    "weights": [0.2, 0.5, 0.3],
    "components": [
        {"family": "lognormal", "median": 2.0, "sigma": 0.7, "shift": 1.0},
        {"family": "normal", "mean": 1.0, "sd": 3.0, "lower": -1.0},
        {"family": "gamma", "shape": 2.5, "scale": 2.0, "upper": 9.0},
    ],
}


def unlike_cdf(x, tail=False):
    """The cdf of UNLIKE, or its survival function, by SciPy's distributions."""
    normal, gamma = stats.truncnorm(-2.0 / 3.0, np.inf, 1.0, 3.0), stats.gamma(2.5, scale=2.0)
    log = stats.lognorm(0.7, 1.0, 2.0)
    cut = np.clip(gamma.cdf(x) / gamma.cdf(9.0), 0.0, 1.0)
    if tail:
        return 0.2 * log.sf(x) + 0.5 * normal.sf(x) + 0.3 * (1.0 - cut)
    return 0.2 * log.cdf(x) + 0.5 * normal.cdf(x) + 0.3 * cut


def test_a_mixture_of_equal_uniforms_side_by_side_is_one_uniform():
    sides = [{"family": "uniform", "low": low, "high": low + 1.0} for low in (2.0, 3.0, 4.0)]
    actual = prior("mixture", weights=[5.0, 5.0, 5.0], components=sides).distribution
    np.testing.assert_allclose(actual.inverse_cdf(LEVELS), 2.0 + 3.0 * LEVELS, rtol=1e-14)
    assert actual.support == Distribution("uniform", {"low": 2.0, "high": 5.0}).support


def test_a_mixture_s_levels_are_the_weighted_sums_of_scipys_in_both_tails():
    actual = prior("mixture", **UNLIKE).distribution
    values = actual.inverse_cdf(LEVELS)
    np.testing.assert_allclose(unlike_cdf(values), LEVELS, rtol=1e-9, atol=1e-15)
    np.testing.assert_allclose(unlike_cdf(values, tail=True)[5:], 1.0 - LEVELS[5:], rtol=1e-9)
    x = np.linspace(-2.0, 30.0, 99)
    np.testing.assert_allclose(actual.cdf(x), unlike_cdf(x), rtol=1e-10)
    inner = LEVELS[2:-2]
    np.testing.assert_allclose(actual.inverse_survival(inner), actual.inverse_cdf(1.0 - inner))
    far = actual.inverse_survival(np.array([1e-40, 1e-100]))
    np.testing.assert_allclose(unlike_cdf(far, tail=True), [1e-40, 1e-100], rtol=1e-9)


def test_a_mixture_jumps_between_components_apart_at_its_weight():
    actual = prior("mixture", **TWO_NORMALS).distribution
    middle = actual.inverse_cdf(np.array([0.24, 0.26]))
    assert middle[0] < -1.0 < 1.0 < middle[1]
    mean = actual.inverse_cdf((np.arange(20000) + 0.5) / 20000).mean()
    assert mean == pytest.approx(0.25 * -4.0 + 0.75 * 4.0, abs=1e-3)


def test_a_cut_mixture_is_the_family_s_cut():
    whole = prior("mixture", **UNLIKE).distribution
    cut = prior("mixture", **UNLIKE, lower=1.0, upper=12.0).distribution
    low, high = unlike_cdf(np.array([1.0, 12.0]))
    inner = np.linspace(0.01, 0.99, 31)
    np.testing.assert_allclose(
        cut.inverse_cdf(inner), whole.inverse_cdf(low + inner * (high - low)), rtol=1e-10
    )


def test_a_component_of_weight_0_is_none():
    alone = {"family": "normal", "mean": 1.0, "sd": 3.0}
    far = {"family": "uniform", "low": 1e6, "high": 2e6}
    actual = prior("mixture", weights=[1.0, 0.0], components=[alone, far]).distribution
    np.testing.assert_allclose(actual.inverse_cdf(LEVELS), stats.norm(1, 3).ppf(LEVELS), rtol=1e-9)
    assert actual.support.high == np.inf


def test_a_draw_of_a_mixture_does_not_depend_on_its_block():
    actual, levels = prior("mixture", **UNLIKE).distribution, (np.arange(500) + 0.5) / 500
    alone = np.hstack([actual.inverse_cdf(levels[i : i + 7]) for i in range(0, 500, 7)])
    assert (alone == actual.inverse_cdf(levels)).all()


@pytest.mark.parametrize(("p", "ones"), [(0.0, 0), (0.25, 1000), (1.0, 4000)])
def test_bernoulli_is_one_as_often_as_it_says(p, ones):
    values = prior("bernoulli", p=p).distribution.inverse_cdf((np.arange(4000) + 0.5) / 4000)
    assert values.sum() == ones


def test_limits_at_a_fixed_value_leave_it():
    assert prior("fixed", value=2.0, lower=2.0, upper=3.0).distribution.inverse_cdf(
        LEVELS
    ) == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("family", "keys", "key"),
    [
        ("normal", {"p05": 1.0}, "p05"),
        ("normal", {"p05": 1.0, "p95": 1.0}, "p05"),
        ("normal", {"p05": 2.0, "p95": 1.0}, "p05"),
        ("normal", {"p05": 1.0, "p95": 2.0, "mean": 1.5}, "p05"),
        ("normal", {"mean": 1.0}, "family"),
        ("normal", {"mean": 1.0, "sd": 0.0}, "mean"),
        ("normal", {"mean": 1.0, "sd": 1.0, "alpha": 1.0}, "alpha"),
        ("normal", {"mean": 0.0, "sd": 1.0, "lower": 50.0}, "lower"),
        ("normal", {"mean": 0.0, "sd": 1.0, "lower": 1.0, "upper": 1.0}, "lower"),
        ("normal", {"p05": -1.7e308, "p95": 1.7e308}, "p05"),
        ("lognormal", {"p05": -1.0, "p95": 1.0}, "p05"),
        ("lognormal", {"p05": 1e-300, "p95": 1e300}, "family"),
        ("loguniform", {"low": 0.0, "high": 1.0}, "high"),
        ("student_t", {"p05": 1.0, "p95": 2.0}, "p05"),
        ("student_t", {"median": 0.0, "scale": 1.0, "df": 1e-9}, "df"),
        ("triangular", {"p05": 1.0, "p95": 2.0}, "p05"),
        ("triangular", {"p05": 0.0, "p50": 1.0, "p95": 100.0}, "p05"),
        ("triangular", {"low": 1.0, "mode": 3.0, "high": 2.0}, "high"),
        ("pert", {"p05": 1.0, "p95": 2.0, "mode": 9.0}, "p05"),
        ("beta", {"p05": -0.1, "p95": 0.9}, "p05"),
        ("beta", {"alpha": 1.0, "beta": 1.0, "shift": 1.0}, "shift"),
        ("beta", {"alpha": 1.0, "beta": 1.0, "lower": 2.0, "upper": 1.0}, "alpha"),
        ("gamma", {"p05": 1.0, "p95": 1.0000000001}, "p05"),
        ("discrete", {"values": [1.0], "weights": [1.0, 2.0]}, "values"),
        ("discrete", {"values": [1.0, 2.0], "weights": [0.0, 0.0]}, "values"),
        ("quantiles", {"levels": [0.5, 0.1], "values": [1.0, 2.0]}, "levels"),
        ("bernoulli", {"p": 1.5}, "p"),
        ("mixture", {"weights": [1.0], "components": []}, "components"),
        ("mixture", {"weights": [0.0], "components": [NORMAL]}, "components"),
        ("mixture", {"weights": [1.0], "components": [{**NORMAL, "sd": 0.0}]}, "components"),
        ("mixture", {"weights": [1.0], "components": [{"family": "norml"}]}, "components"),
        ("mixture", {"weights": [1.0], "components": [{**NORMAL, "unit": "1"}]}, "components"),
        ("mixture", {"weights": [1.0], "components": [{"family": "fixed", "value": 1.0}]}, "components"),
        ("mixture", {"weights": [1.0], "components": [{"family": "mixture", **TWO_NORMALS}]}, "components"),
        ("mixture", {"p05": 0.0, "p95": 1.0}, "p05"),
        ("normal", {"components": [], "mean": 0.0, "sd": 1.0}, "components"),
        ("bernoulli", {"p05": 0.0, "p95": 1.0}, "p05"),
        ("lognormal", {"p05": 1e-30, "p95": 1e30}, "family"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_a_fault_with_its_key(family, keys, key):
    faults = prior(family, **keys)
    assert [fault.key for fault in faults] == [key], faults
    assert faults[0].allowed


@pytest.mark.parametrize(
    ("family", "keys"),
    [
        ("normal", {"mean": 1.0, "sd": 1e-320}),
        ("normal", {"p05": 1.0, "p95": 1.0000000000000002}),
        ("lognormal", {"p05": 1e-18, "p95": 1e18}),
        ("beta", {"alpha": 1e-9, "beta": 1e-9}),
        ("gamma", {"shape": 1e-9, "scale": 1.0}),
        ("quantiles", {"p05": 0.0, "p10": 1e-12, "p90": 1e6}),
        ("discrete", {"values": [1.0], "weights": [1e-300]}),
    ],
)
def test_what_is_extreme_but_possible_works(family, keys):
    values = prior(family, **keys).distribution.inverse_cdf(LEVELS)
    assert np.isfinite(values).all()
    assert (np.diff(values) >= 0).all()


def test_a_plan_in_json_gives_the_same_values(tmp_path):
    sets = [
        'priors.algorithms_limit={unit="OOM",family="quantiles",p05=1,p50=2,p95=9,lower=0.1,source="judgement"}',
        'priors.regime_occurs={unit="fraction",family="discrete",values=[0,1],weights=[1,3],source="judgement"}',
        'priors.utilisation_decline={unit="fraction",family="beta",p05=0.01,p95=0.1,upper=0.5,source="judgement"}',
        'priors.researcher_threshold={unit="OOM",family="mixture",weights=[1,2],components=[{family="normal",p05=5,p95=7,lower=3},{family="gamma",shape=20,scale=0.4}],source="judgement"}',
        'priors.feedback_multiplier={unit="1",family="gamma",p10=1,p50=3,p90=9,source="judgement"}',
    ]
    plan = load_plan(sets=sets)
    again = parse_plan(plan.canonical())
    assert again == plan
    assert again.canonical() == plan.canonical()
    for old, new in zip(plan.priors, again.priors, strict=True):
        assert (old.distribution.inverse_cdf(LEVELS) == new.distribution.inverse_cdf(LEVELS)).all()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"sd":1.0', '"sd":-1.0'),
        ('"mean":-4.0', '"mean":NaN'),
        ('"weights":[1.0,3.0]', '"weights":[1.0]'),
        ('"family":"normal","lower":null,"natural":{"mean":4.0', '"family":"n","lower":null,"natural":{"mean":4.0'),
    ],
)  # fmt: skip
def test_a_stored_mixture_with_a_wrong_component_is_no_plan(old, new):
    stated = "components=[{family='normal',mean=-4,sd=1},{family='normal',mean=4,sd=1}]"
    table = f"family='mixture',weights=[1,3],{stated},unit='OOM',source='judgement'"
    text = load_plan(sets=[f"priors.researcher_threshold={{{table}}}"]).canonical()
    assert old in text
    with pytest.raises(NotAPlan):
        parse_plan(text.replace(old, new, 1))


@pytest.mark.parametrize(
    ("family", "numbers", "allowed"),
    [
        ("uniform", (1.0, 1.0), False),
        ("loguniform", (0.0, 1.0), False),
        ("loguniform", (1e-9, 1.0), True),
        ("student_t", (0.0, 0.0, 3.0), False),
        ("student_t", (0.0, 1.0, 0.2), True),
        ("student_t", (0.0, 1.0, 0.19), False),
        ("triangular", (0.0, 0.0, 1.0), True),
        ("triangular", (0.0, 1.0, 1.0), True),
        ("triangular", (0.0, 0.0, 0.0), False),
        ("pert", (1.0, 0.5, 2.0), False),
        ("beta", (0.0, 1.0, 0.0, 1.0), False),
        ("beta", (1.0, 0.0, 0.0, 1.0), False),
        ("beta", (1.0, 1.0, 0.5, 0.5), False),
        ("beta", (1e-3, 1.0, 0.0, 1.0), True),
        ("gamma", (0.0, 1.0), False),
        ("gamma", (1.0, 0.0), False),
        ("gamma", (1e-3, 1.0), True),
    ],
)
def test_numbers_at_the_edge_of_a_family_are_its_own_or_refused(family, numbers, allowed):
    assert (FAMILIES[family].wrong(*numbers) == "") is allowed
