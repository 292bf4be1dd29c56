"""Power scaling: how far an answer moves when the likelihood or a prior is raised to a power near 1.

Kallioinen, Paananen, Bürkner and Vehtari (2024), "Detecting and diagnosing prior and likelihood sensitivity with
power-scaling", Statistics and Computing 34:57; the numbers are those of its R package priorsense.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from simulator.arrays import Array, Whole
from simulator.distributions.density import log_density
from simulator.evidence.weights import pareto_smoothed
from simulator.inputs.plan import Plan
from simulator.inputs.priors import Prior

LOWER_POWER, UPPER_POWER = 0.99, 1.01

SENSITIVE = 0.05  # priorsense's threshold

SAME = 1e-6  # nats, by which rounding lets the density of a uniform prior differ

DUMMIES = (
    99  # components without effect; the fifth largest of their sensitivities is the 95th percentile
)


class Sensitivity(NamedTuple):
    """How far power scaling one component moves an answer.

    Attributes
    ----------
    name : the component
    value : gradient of the cumulative Jensen-Shannon distance by the binary logarithm of the power [1]
    noise : below this a component without any effect stays in 19 of 20 cases [1]
    """

    name: str
    value: float
    noise: float

    @property
    def shown(self) -> bool:
        """Whether the gradient can be told from noise."""
        return self.value > self.noise


class PowerScaling(NamedTuple):
    """The sensitivity of one answer to the likelihood as a whole, to the priors as a whole, and to each prior."""

    likelihood: Sensitivity
    prior: Sensitivity
    priors: tuple[Sensitivity, ...]

    @property
    def diagnosis(self) -> str:
        """What priorsense calls it, where a sensitivity counts from 0.05 up and above its noise."""
        prior = self.prior.shown and self.prior.value >= SENSITIVE
        likelihood = self.likelihood.shown and self.likelihood.value >= SENSITIVE
        if prior and likelihood:
            return "potential prior-data conflict"
        return "potential strong prior or weak likelihood" if prior else "no conflict"


def power_scaling(
    answer: Array,
    base: Array | Whole,
    log_likelihood: Array,
    priors: tuple[Sequence[str], Array],
    seed: int,
) -> PowerScaling:
    """Power-scaling sensitivities of one answer, to the likelihood, to all priors and to each prior.

    Parameters
    ----------
    answer : (draw) [any unit], finite
    base : (draw) [1], weights with which the draws are of the posterior
    log_likelihood : (draw) [nats], of all observations together
    priors : names of the parameters, and (parameter, draw) log densities [nats]
    seed : of the components without effect

    Returns
    -------
    sensitivities [1], as `power_sensitivity` gives them, each beside the noise of components without effect
    """
    order = np.argsort(answer, kind="stable")  # sorted once; to sort ordered values again is fast
    kept = order[base[order] > 0]
    answer, base, names, densities = answer[kept], base[kept], priors[0], priors[1][:, kept]
    unit_noise = _unit_noise(answer, base, seed)

    def sensitivity(name: str, component: Array) -> Sensitivity:
        value = power_sensitivity(answer, base, component)
        mean = np.average(component, weights=base)
        sd = math.sqrt(np.average((component - mean) ** 2, weights=base))
        return Sensitivity(name, value, unit_noise * sd)

    each = [sensitivity(name, row) for name, row in zip(names, densities, strict=True)]
    return PowerScaling(
        sensitivity("all observations", log_likelihood[kept]),
        sensitivity("all priors", densities.sum(axis=0)),
        tuple(sorted(each, key=lambda one: -one.value)),
    )


def _unit_noise(answer: Array, base: Array | Whole, seed: int) -> float:
    """Sensitivity to components without effect and of standard deviation 1, exceeded by 1 of 20."""
    stream = np.random.Generator(np.random.Philox(seed))
    dummies = stream.standard_normal((DUMMIES, len(answer)))
    return sorted(power_sensitivity(answer, base, dummy) for dummy in dummies)[-5]


def power_sensitivity(answer: Array, base: Array | Whole, component: Array) -> float:
    """Gradient of the cumulative Jensen-Shannon distance at power 1, by the binary logarithm of the power.

        (D(1.01) / log2(1.01) - D(0.99) / log2(0.99)) / 2

    where D(a) is the distance between the answer's cdf with the weights `base` and with `base * c^(a - 1)`, whose
    second factor is Pareto smoothed.

    Parameters
    ----------
    answer : (draw) [any unit], finite
    base : (draw) [1], above 0
    component : (draw) log c [nats], of the likelihood or of a prior

    Returns
    -------
    the gradient [1]; 0 for a component that is the same in every draw

    References
    ----------
    Kallioinen et al. (2024); docs/method.md, Evidence.
    """
    if np.ptp(component) < SAME:
        return 0.0

    def gradient(power: float) -> float:
        factor = np.exp(pareto_smoothed((power - 1.0) * component)[0])
        return cumulative_jensen_shannon(answer, base, base * factor) / math.log2(power)

    return (gradient(UPPER_POWER) - gradient(LOWER_POWER)) / 2.0


def cumulative_jensen_shannon(values: Array, p: Array | Whole, q: Array | Whole) -> float:
    """Cumulative Jensen-Shannon distance of the same values with two sets of weights, from 0 to 1.

        CJS(P, Q) = int P log2(2 P / (P + Q)) dx + int (Q - P) dx / (2 ln 2)
        D = sqrt((CJS(P, Q) + CJS(Q, P)) / int (P + Q) dx)

    with P and Q the cdfs; the larger of D for the values and for their negatives.

    Parameters
    ----------
    values : (draw) [any unit], finite
    p, q : (draw) [1], none below 0

    Returns
    -------
    D [1]

    References
    ----------
    Nguyen and Vreeken (2015), "Non-parametric Jensen-Shannon divergence", ECML PKDD; Kallioinen et al. (2024).
    """
    order = np.argsort(values, kind="stable")
    widths = np.diff(values[order])
    below_p, below_q = (np.cumsum(w[order] / w.sum())[:-1] for w in (p, q))
    below_p, below_q = np.minimum(below_p, 1.0), np.minimum(below_q, 1.0)
    return max(_distance(below_p, below_q, widths), _distance(1.0 - below_p, 1.0 - below_q, widths))


def _distance(p: Array, q: Array, widths: Array) -> float:
    bound = float(np.sum((p + q) * widths))
    if bound == 0.0:
        return 0.0
    divergence = sum(float(np.sum(a * _log2_ratio(a, 0.5 * (p + q)) * widths)) for a in (p, q))
    return math.sqrt(max(divergence, 0.0) / bound)


def _log2_ratio(a: Array, b: Array) -> Array:
    """log2(a / b), and 0 where a is 0."""
    return np.log2(np.divide(a, b, out=np.ones_like(a), where=a > 0.0))


def uncertain_priors(plan: Plan) -> list[tuple[int, Prior]]:
    """Column and prior of every parameter that differs between draws."""
    every = enumerate(plan.priors)
    return [(i, p) for i, p in every if p.family != "fixed" and p.name not in plan.hold]


def prior_log_densities(plan: Plan, parameters: Array) -> tuple[list[str], Array]:
    """Log densities of the priors at each draw's parameters; the copula between them is left out.

    Parameters
    ----------
    plan : with the priors
    parameters : (draw, parameter) [each in its own unit]

    Returns
    -------
    names, and (parameter, draw) [nats], of the parameters that are uncertain
    """
    uncertain = uncertain_priors(plan)
    rows = [log_density(prior.distribution, parameters[:, column]) for column, prior in uncertain]
    return [prior.name for _, prior in uncertain], np.reshape(rows, (-1, len(parameters)))
