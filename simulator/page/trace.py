"""A plan's model, traced: every series, arrival and log-likelihood of a draw as an expression graph."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any

from simulator import model
from simulator.drivers.driver import Driver
from simulator.evidence.likelihood import log_likelihood
from simulator.inputs.plan import Plan
from simulator.model import Model, arrival
from simulator.page.graph import Graph, Node, TraceFailed
from simulator.page.symbols import Symbol, node_of


@dataclass(frozen=True)
class TracedModel:
    """What the model does to one draw.

    Attributes
    ----------
    parameters : names, in the plan's order
    series : name -> (year)
    arrivals : milestone -> year of first passage
    log_likelihood : of the plan's observations; 0 where there are none
    """

    graph: Graph
    parameters: tuple[str, ...]
    series: Mapping[str, Node]
    arrivals: Mapping[str, Node]
    log_likelihood: Node


def trace(plan: Plan, joined: Model | None = None) -> TracedModel:
    """Run a plan's model once on symbols.

    Parameters
    ----------
    plan : whose priors, milestones and observations are traced
    joined : the model; that of the plan's priors when left out

    Raises
    ------
    TraceFailed
        naming the driver that does what cannot be traced, and what that is
    """
    graph, grid = Graph(), plan.grid
    names = tuple(prior.name for prior in plan.priors)
    parameters: Any = {name: Symbol(graph, graph.node("parameter", (), name)) for name in names}
    parameters = plan.with_computed(parameters)
    joined = _named_drivers(joined or model.join_drivers(names))
    series: Any = model.evaluate(joined, parameters, grid)
    years: Any = Symbol(graph, graph.table(grid.years), (len(grid.years),))
    arrivals = {
        milestone.name: _named(f"milestone {milestone.name}", arrival)(
            milestone, series, parameters, years
        )
        for milestone in plan.milestones
    }
    total = log_likelihood(plan.observations, series, parameters, years)
    return TracedModel(
        graph,
        names,
        {name: node_of(graph, value) for name, value in series.items()},
        {name: node_of(graph, value) for name, value in arrivals.items()},
        node_of(graph, total),
    )


def _named_drivers(joined: Model) -> Model:
    """The same model, with drivers whose errors name them when they cannot be traced."""
    return replace(joined, order=tuple(_named_driver(driver) for driver in joined.order))


def _named_driver(driver: Driver) -> Driver:
    function = driver.function
    label = f"driver {function.__name__} ({function.__module__.replace('.', '/')}.py)"
    return replace(driver, function=_named(label, function))


def _named(label: str, function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def named(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except TraceFailed as error:
            raise TraceFailed(f"{label} {error}") from None
        except (TypeError, ValueError, AttributeError, IndexError) as error:
            raise TraceFailed(
                f"{label} cannot be traced ({type(error).__name__}: {error})"
            ) from None

    return named
