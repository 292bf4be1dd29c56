"""The parts of the page that no control moves: what drives the answer, the evidence, claims, priors, provenance."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from simulator.errors import InputFault
from simulator.evidence.claims import claim_probability, ledger_scores
from simulator.evidence.hindcast import hindcast_scores
from simulator.inputs.claims import Claim, load_claims
from simulator.inputs.computed import ComputedParameter
from simulator.inputs.observations import Observation
from simulator.inputs.plan import Plan
from simulator.inputs.priors import Prior
from simulator.inputs.schema import SourceEntry
from simulator.output import digits
from simulator.output.digits import percent
from simulator.output.messages import conditioning_in_words, correlation_note, marked_name
from simulator.output.published_panels import (
    CHANCE,
    YEARS,
    Interval,
    PublishedPanel,
    PublishedRow,
    panel_limits,
    published_panels,
)
from simulator.output.rendering import Table
from simulator.output.tables.milestones import milestones_answer
from simulator.output.tables.pool import split_answer
from simulator.output.tables.priors import family_in_words, prior_quantiles
from simulator.output.tables.score import score_answer
from simulator.page.markup import Markup, element, joined, link, table
from simulator.sensitivity.analysis import analyse, ranked_records
from simulator.summaries.posterior import ParameterUpdate, most_moved_parameters, parameter_update
from simulator.summaries.result import Result

MOST_DRIVERS, MOST_MOVED = 12, 9

LEAST_EXPLAINED = 0.01  # of a milestone's variance, by the route

BAR = 220  # pixels of a share of 1

SHOWN = ("p05", "p50", "p95")


def section(identity: str, title: str, *parts: str) -> Markup:
    """A part of the page, which the navigation names."""
    heading = element("h2", title, id=f"{identity}-title")
    return element("section", heading, *parts, id=identity, aria_labelledby=f"{identity}-title")


def finished_table(answer: Table) -> Markup:
    """A table of the command line on the page."""
    parts = [
        table(answer.header, answer.rows, range(answer.names, len(answer.header)), answer.title)
    ]
    return joined(
        [*parts, element("p", answer.caption, class_="caption") if answer.caption else ""]
    )


def spoken(name: str) -> str:
    """A name without underscores."""
    return name.replace("_", " ")


def drivers_section(result: Result) -> tuple[Markup, list[str]]:
    """What the first milestone's spread comes from, and the parameters' names, the one that matters most first."""
    target = result.plan.milestones[0].name
    try:
        findings = analyse(result, target, method="given-draws")
    except InputFault:  # too few draws, or nothing that varies
        return Markup(""), []
    records = sorted(ranked_records(findings), key=lambda record: -record["first_order"])
    shown = records[:MOST_DRIVERS]
    rows = [_driver_row(record) for record in shown]
    intro = (
        f"The share of the variance of the year of {spoken(target)} that each parameter explains by itself, "
        "read off this result's draws, with 95 % intervals. What parameters do together is not in these shares."
        + correlation_note(shown)
    )
    head = element(
        "thead",
        element(
            "tr",
            *(
                element("th", cell, scope="col")
                for cell in ("parameter", "share of the variance", "percent")
            ),
        ),
    )
    body = element("table", head, element("tbody", *rows), class_="bars")
    return section("drives", "What drives the answer", element("p", intro, class_="intro"), body), [
        str(record["name"])
        for record in sorted(findings.records, key=lambda record: -record["first_order"])
    ]


def _driver_row(record: dict[str, Any]) -> Markup:
    share, low, high = (
        _clipped(record[key]) for key in ("first_order", "first_order_low", "first_order_high")
    )
    words = (
        f"{spoken(str(record['name']))}: {100 * share:.0f} % of the variance, "
        f"95 % interval {100 * low:.0f} to {100 * high:.0f} %"
    )
    bar = element(
        "svg",
        element("rect", x="0", y="4", width=f"{BAR * share:.1f}", height="10", class_="bar"),
        element("line", x1=f"{BAR * low:.1f}", x2=f"{BAR * high:.1f}", y1="9", y2="9", class_="whisker"),
        viewBox=f"0 0 {BAR} 18", width=str(BAR), height="18", role="img", aria_label=words,
    )  # fmt: skip
    name = element("th", spoken(marked_name(record)), scope="row")
    return element(
        "tr", name, element("td", bar), element("td", f"{100 * share:.0f} %", class_="number")
    )


def _clipped(value: object) -> float:
    return min(max(float(str(value)), 0.0), 1.0)


def evidence_section(result: Result) -> Markup:
    """Which parameters the evidence moved, and which observations it is."""
    plan = result.plan
    if result.weights is None:
        return Markup("")
    rows = []
    for name in most_moved_parameters(result, MOST_MOVED):
        update = parameter_update(result, name)
        before, after = (
            _interval(each) for each in (update.prior_quantiles, update.posterior_quantiles)
        )
        mark = _update_mark(update)
        rows.append([spoken(name), mark, before, after, update.prior.unit])
    header = ["parameter", "before and after", "prior: median (80 %)", "posterior", "unit"]
    words = conditioning_in_words(result)
    sentence = f"{words[0].upper()}{words[1:]}."
    listed = [
        [each.name, f"{each.year:.2f}", _observed(each), plan.sources[each.source].title]
        for each in plan.observations
    ]
    observations = table(
        ["observation", "date", "what was seen", "source"], listed, [1], "Observations"
    )
    more = element("details", element("summary", f"The {len(listed)} observations"), observations)
    moved = table(header, rows, [2, 3], "Parameters that the evidence moved most")
    return section(
        "evidence", "What the evidence did", element("p", sentence, class_="intro"), moved, more
    )


def _observed(observation: Observation) -> str:
    if observation.milestone:
        return f"{spoken(observation.milestone)}: {'met' if observation.met else 'not met'}"
    bound = {"": "", "right": "at least ", "left": "at most "}[observation.censored]
    value = f"{bound}{observation.value:g} ± {observation.spread:.2g} {observation.unit}"
    return f"{spoken(observation.series)} {value}"


def _interval(quantiles: tuple[float, float, float]) -> str:
    low, middle, high = quantiles
    digits = ".5g" if abs(middle) > 1000 else ".3g"
    return f"{middle:{digits}} ({low:{digits}} to {high:{digits}})"


def _update_mark(update: ParameterUpdate) -> Markup:
    """A prior's 80 % interval above its posterior's."""
    width, height = 110, 20
    low, high = float(update.edges[0]), float(update.edges[-1])

    def line(quantiles: tuple[float, float, float], y: int, kind: str) -> Markup:
        a, b, c = (
            2 + (width - 4) * (min(max(q, low), high) - low) / (high - low) for q in quantiles
        )
        span = element("line", x1=f"{a:.1f}", x2=f"{c:.1f}", y1=str(y), y2=str(y), class_=kind)
        return joined(
            [span, element("circle", cx=f"{b:.1f}", cy=str(y), r="3", class_=f"{kind}-dot")]
        )

    lines = line(update.prior_quantiles, 5, "before"), line(update.posterior_quantiles, 14, "after")
    words = (
        f"{spoken(update.prior.name)} [{update.prior.unit}], median and 80 % interval: before "
        f"{_interval(update.prior_quantiles)}, after {_interval(update.posterior_quantiles)}"
    )
    return element(
        "svg", *lines, viewBox=f"0 0 {width} {height}", width=str(width), height=str(height),
        role="img", aria_label=words,
    )  # fmt: skip


def claims_section(results: Sequence[Result]) -> Markup:
    """The ledger of claims, with each scenario's probability and what happened."""
    ledger = load_claims()
    estimates = [[claim_probability(claim, result) for claim in ledger] for result in results]
    rows = []
    settled_first = sorted(range(len(ledger)), key=lambda i: ledger[i].outcome is None)
    for i in settled_first:
        claim, chances = ledger[i], [of[i] for of in estimates]
        if not any(chances) and claim.outcome is None:
            continue
        cells = [percent(each.value, each.mcse) if each else "" for each in chances]
        rows.append([_claim_cell(claim), *cells, _outcome(claim), claim.happened])
    names = [result.plan.title if len(results) > 1 else "probability" for result in results]
    header = ["claim", *names, "outcome", "what happened"]
    scores = [
        f"{result.plan.title}: Brier score {score.brier:.2f} over {score.settled} claims made after its as-of date and "
        f"settled since; always yes scores {score.always_yes:.2f}."
        for result, of in zip(results, estimates, strict=True)
        if (score := ledger_scores(ledger, of, result.plan.as_of_year)).settled
    ]
    intro = (
        f"{len(rows)} of the ledger's {len(ledger)} claims: those that the model can speak of, or that are settled. "
        f"{' '.join(scores) or 'Most were settled before the as-of date, so no scenario here is scored on them.'}"
    )
    shown = table(header, rows, range(1, 1 + len(results)), "Claims")
    return section(
        "claims", "Claims, and what happened", element("p", intro, class_="intro"), shown
    )


def _claim_cell(claim: Claim) -> Markup:
    return joined([claim.claim, element("span", f"{claim.id}, {claim.source}", class_="source")])


def _outcome(claim: Claim) -> Markup:
    words, kind = {
        True: ("came true", "true"),
        False: ("did not", "false"),
        None: ("open", "open"),
    }[claim.outcome]
    return element("span", words, class_=f"outcome outcome-{kind}")


def hindcast_section(results: Iterable[Result], observations: Sequence[Observation]) -> Markup:
    """Scores of results that were observed past their as-of dates."""
    scored = [(result.plan, hindcast_scores(result, observations)) for result in results]
    parts = [
        finished_table(score_answer(plan, scores).table)
        for plan, scores in scored
        if scores.observations
    ]
    return section("hindcast", "Scored against what came later", *parts) if parts else Markup("")


def published_section(result: Result) -> Markup:
    """Forecasts of others, a result's own estimates of the same subjects beside each."""
    rows = []
    for panel in published_panels(result):
        ends = panel_limits(panel, result.plan.horizon)
        for row in panel.rows:
            name = joined([row.name, element("span", row.whose, class_="source")])
            of_series = panel.heading not in (YEARS, CHANCE)
            subject = f"{panel.heading} {row.subject}" if of_series else row.subject
            ours = row.ours.words if row.ours else ""
            mark = _published_mark(panel, row, ends)
            rows.append([name, subject, row.theirs.words, ours, mark, row.note])
    if not rows:
        return Markup("")
    header = [
        "forecast",
        "our subject",
        "theirs",
        "ours",
        "theirs above ours",
        "how the subjects differ",
    ]
    intro = (
        "Dated forecasts of others, with this scenario's own estimate of the nearest subject. Medians, with 80 % "
        "intervals in brackets where they are stated."
    )
    shown = table(header, rows, [2, 3], "Published forecasts")
    title = "Published forecasts beside ours"
    return section("published", title, element("p", intro, class_="intro"), shown)


def _published_mark(panel: PublishedPanel, row: PublishedRow, ends: tuple[float, float]) -> Markup:
    """Their interval above ours, on the axis of their panel."""
    width, height = 110, 20

    def at(value: float) -> float:
        return 2 + (width - 4) * (min(max(value, ends[0]), ends[1]) - ends[0]) / (ends[1] - ends[0])

    def line(interval: Interval, y: int, kind: str) -> Markup:
        drawn = []
        if interval.low is not None and interval.high is not None:
            a, b = f"{at(interval.low):.1f}", f"{at(interval.high):.1f}"
            drawn.append(element("line", x1=a, x2=b, y1=str(y), y2=str(y), class_=kind))
        if interval.middle is not None and math.isfinite(interval.middle):
            x = f"{at(interval.middle):.1f}"
            drawn.append(element("circle", cx=x, cy=str(y), r="3", class_=f"{kind}-dot"))
        return joined(drawn)

    ours = line(row.ours, 14, "after") if row.ours else ""
    own_words = row.ours.words if row.ours else "not in this result"
    words = f"{row.name}, {panel.heading}: theirs {row.theirs.words}, ours {own_words}"
    return element(
        "svg", line(row.theirs, 5, "before"), ours, viewBox=f"0 0 {width} {height}", width=str(width),
        height=str(height), role="img", aria_label=words,
    )  # fmt: skip


def priors_section(plan: Plan) -> Markup:
    """Every prior with its density, quantiles, source and note."""
    rows = []
    for prior in plan.parameters:
        source = plan.sources[prior.source]
        quantiles = prior_quantiles(plan, prior)
        formula = prior.formula if isinstance(prior, ComputedParameter) else ""
        vintage = prior.vintage if isinstance(prior, Prior) else ""
        name = joined([spoken(prior.name), element("span", prior.unit, class_="source")])
        density = "" if formula else element("span", data_density=prior.name)
        numbers = [f"{quantiles[level]:.4g}" for level in SHOWN]
        cited = link(f"{source.authors} ({source.year}), {source.title}", source.url)
        summary = element("summary", _short_source(source))
        note = element(
            "details",
            summary,
            element("p", prior.note or "No note."),
            element("p", f"Nothing after {vintage} went into it.") if vintage else "",
            element("p", f"= {formula}") if formula else "",
            element("p", cited, class_="source"),
        )
        rows.append([name, density, family_in_words(prior), *numbers, note])
    header = ["prior", "density", "family", "5 %", "median", "95 %", "source and note"]
    shown = table(header, rows, [3, 4, 5], "Priors")
    return section("priors", "Every prior, with its source", shown)


def _short_source(source: SourceEntry) -> str:
    """The first author and the year, as in running text."""
    first, *others = source.authors.split(", ")
    return f"{first}{' et al.' if others else ''} ({source.year})"


def routes_section(results: Iterable[Result]) -> tuple[Markup, Markup]:
    """Milestones by the value of every prior whose values have names, such as the route to a threshold.

    Returns
    -------
    the section, and the spread of the first milestone in a sentence; both empty where no result has routes
    """
    parts: list[Markup] = []
    lead = Markup("")
    for result in results:
        named = [p.name for p in result.plan.priors if p.labels and p.name not in result.plan.hold]
        for name in named:
            answer = split_answer(result, name, LEAST_EXPLAINED)
            rows = answer.document["milestones"]
            spreads = [_spread_in_words(row, result.plan.horizon) for row in rows]
            explained = [
                f"{spread}; the choice explains {100 * row['between_share']:.0f} % of the variance, and what is "
                "unknown on each route the rest."
                for spread, row in zip(spreads, rows, strict=True)
            ]
            parts += (
                [element("p", " ".join(explained)), finished_table(answer.table)] if rows else []
            )
            if rows and not lead:
                sentence = f"{result.plan.title}: {spreads[0][0].lower()}{spreads[0][1:]}. "
                lead = element(
                    "p", sentence, element("a", "All routes", href="#routes"), class_="meaning"
                )
    return (section("routes", "By route", *parts) if parts else Markup("")), lead


def _spread_in_words(row: Mapping[str, Any], horizon: float) -> str:
    """How far the medians of a milestone lie apart."""
    routes = sorted(row["values"].items(), key=lambda item: item[1]["p50"])
    first, last = (
        f"{digits.year(each['p50'], each['mcse_p50'], horizon)} ({value})"
        for value, each in (routes[0], routes[-1])
    )
    return f"The median of {spoken(row['name'])} lies between {first} and {last}"


def side_by_side_section(results: Sequence[Result]) -> Markup:
    """The milestone table of every result: the same as the command line prints."""
    if len(results) < 2:
        return Markup("")
    labels = [result.plan.name for result in results]
    return section(
        "compare",
        "Scenarios side by side",
        finished_table(milestones_answer(results, labels).table),
    )


def provenance_section(results: Sequence[Result]) -> Markup:
    """What the numbers rest on, and how to make them again."""
    blocks = []
    for result in results:
        plan = result.plan
        facts = {
            "scenario": f"{plan.title} ({plan.name})",
            "oomcast": result.version,
            "draws": f"{plan.draws:,}",
            "effective draws": f"{result.counts.effective:,.0f}",
            "seed": str(plan.seed),
            "as of": plan.as_of,
            "years": f"{plan.start:g} to {plan.horizon:g}, in quarters",
            "plan, SHA-256": plan.digest(),
            "every draw counted, SHA-256": _counts_digest(result),
        }
        terms = [joined([element("dt", key), element("dd", value)]) for key, value in facts.items()]
        command = f"oomcast run {plan.name} --draws {plan.draws} --seed {plan.seed}"
        blocks.append(
            joined(
                [
                    element("dl", *terms, class_="facts"),
                    element("pre", element("code", command), tabindex="0"),
                ]
            )
        )
    text = (
        "Medians are shown to the digits that their Monte Carlo error allows. The same plan and version give the same "
        "numbers on any machine, and the same bytes on processors of one family; this command makes them again:"
    )
    return section(
        "provenance", "Where these numbers come from", element("p", text, class_="intro"), *blocks
    )


def _counts_digest(result: Result) -> str:
    return hashlib.sha256(result.counts.arrivals.astype("<i8").tobytes()).hexdigest()
