"""The tables of priors and of families of distributions."""

from __future__ import annotations

import fnmatch
from collections.abc import Sequence
from typing import Any

import numpy as np

from simulator.distributions.distribution import FAMILIES
from simulator.distributions.family import QUANTILES
from simulator.errors import Fault, InputFault, did_you_mean
from simulator.inputs.computed import ComputedParameter
from simulator.inputs.plan import Plan
from simulator.inputs.priors import Prior
from simulator.output import units
from simulator.output.rendering import Answer, Table
from simulator.summaries.computed import computed_quantiles

SHOWN_QUANTILES = ("p05", "p10", "p25", "p50", "p75", "p90", "p95")


Listed = Prior | ComputedParameter


def select_priors(priors: Sequence[Listed], names: Sequence[str]) -> list[Listed]:
    """The priors whose names match one of these names or patterns; all when there is none.

    Raises
    ------
    InputFault
        naming each that matches no prior
    """
    known = [prior.name for prior in priors]
    faults = [
        Fault(name, found="no such prior", allowed="a prior's name, or a pattern such as 'stock_*'",
              fix=did_you_mean(name, known))
        for name in names
        if not fnmatch.filter(known, name)
    ]  # fmt: skip
    if faults:
        raise InputFault(faults)
    return [p for p in priors if not names or any(fnmatch.fnmatch(p.name, n) for n in names)]


def prior_quantiles(plan: Plan, prior: Listed) -> dict[str, float]:
    """Quantiles of a prior after fit, shift and limits, or of a computed parameter: key -> value [its unit]."""
    levels = [QUANTILES[key] for key in SHOWN_QUANTILES]
    if isinstance(prior, ComputedParameter):
        values = list(computed_quantiles(plan, prior.name, levels))
    else:
        values = prior.distribution.inverse_cdf(np.array(levels)).tolist()
    return dict(zip(SHOWN_QUANTILES, values, strict=True))


def family_in_words(prior: Listed) -> str:
    """A prior's family, with the probability of one that is either 0 or 1, of which quantiles say little."""
    p = prior.natural.get("p") if isinstance(prior, Prior) else None
    return prior.family if p is None else f"{prior.family}, p = {p:g}"


def prior_record(plan: Plan, prior: Listed) -> dict[str, Any]:
    """One prior as a flat record, with its quantiles and the entry of its source."""
    source = plan.sources[prior.source].model_dump(include={"authors", "year", "title", "url"})
    return {
        "name": prior.name,
        "unit": prior.unit,
        "family": prior.family,
        "p": prior.natural.get("p") if isinstance(prior, Prior) else None,
        **prior_quantiles(plan, prior),
        "misfit": prior.misfit if isinstance(prior, Prior) else 0.0,
        "formula": prior.formula if isinstance(prior, ComputedParameter) else "",
        "source": prior.source,
        "vintage": (prior.vintage or None) if isinstance(prior, Prior) else None,
        "rests_on": ", ".join(prior.rests_on) if isinstance(prior, Prior) else "",
        **{f"source_{key}": value for key, value in source.items()},
        "note": prior.note,
    }


def priors_answer(plan: Plan, shown: Sequence[Listed], notes: bool) -> Answer:
    """The table of priors; with `notes`, the note and source of each beneath it."""
    records = [prior_record(plan, prior) for prior in shown]
    header = ["prior", "unit", "family", "source", "vintage", *SHOWN_QUANTILES, "median", "misfit"]
    rows = [
        [
            *(r["name"], r["unit"], family_in_words(prior), r["source"]),
            r["vintage"] or "-",
            *(f"{r[level]:.5g}" for level in SHOWN_QUANTILES),
            units.quantity(r["p50"], prior.unit) if prior.unit in units.SCALES else "-",
            f"{r['misfit']:.1%}" if r["misfit"] else "-",
        ]
        for prior, r in zip(shown, records, strict=True)
    ]
    caption = (
        "Quantiles after fit, shift and limits, in the unit that prior files take, and the median of a logarithm in "
        "words; misfit is a share of the stated quantiles' range; nothing after its "
        "vintage went into a prior."
    )
    for r in records if notes else ():
        reference = f"{r['source_authors']} ({r['source_year']}), {r['source_title']}"
        address = f", {r['source_url']}" if r["source_url"] else ""
        caption += f"\n\n{r['name']}: {r['note'] or 'no note'}\n  {reference}{address}"
        if r["formula"]:
            caption += f"\n  = {r['formula']}"
        if r["rests_on"]:
            caption += f"\n  rests on {r['rests_on']}"
    document = {"run": plan.name, "priors": records}
    return Answer(Table(f"Priors: {plan.title}", header, rows, caption, names=4), records, document)


def families_answer() -> Answer:
    """The table of families and their natural parameters."""
    records = [
        {
            "family": family.name,
            "natural": ", ".join(family.written),
            "quantiles": bool(family.fit),
            "about": family.about.replace("`", ""),
        }
        for family in FAMILIES.values()
    ]
    header = ["family", "natural parameters", "from quantiles", "what it is"]
    rows = [
        [str(r["family"]), str(r["natural"]), "yes" if r["quantiles"] else "no", str(r["about"])]
        for r in records
    ]
    caption = "A family is described first; then shift moves it; then lower and upper cut it, renormalised."
    return Answer(Table("Families", header, rows, caption, names=4), records, {"families": records})
