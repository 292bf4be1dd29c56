"""The other implementation: the equations of docs/method.md for one draw, in plain scalar Python.

Deliberately naive and independent: it shares no code with the program, uses nothing but the math
module, and keeps the order and the names of the page, so that the two can be compared number by
number. Do not make it fast, and do not mend it by copying from the program.
"""

import math

DT = 0.25


def saturating(rate: float, limit: float, t: float) -> float:
    if t < 0:
        return rate * t
    return limit * -math.expm1(-rate * t / limit)


def logistic(start: float, rate: float, ceiling: float, t: float) -> float:
    if t < 0:
        return start + rate * t
    grown = math.expm1(rate * t * math.log(10)) * 10.0 ** (start - ceiling)
    return start + rate * t - math.log1p(grown) / math.log(10)


def share_of_economy(p: dict[str, float], key: str, t: float) -> float:
    economy = p["economy_growth"]
    start, growth, ceiling = (p[f"{key}_{part}"] for part in ("start", "growth", "ceiling"))
    return economy * t + logistic(start, growth - economy, ceiling, t)


def made_so_far(start: float, rate: float, ceiling: float, t: float) -> float:
    """The integral of 10^logistic from the anchor on."""
    if t <= 0:
        return 0.0
    if rate == 0:
        return 10.0**start * t
    y = math.expm1(rate * t * math.log(10)) * 10.0 ** (start - ceiling)
    if y < 1e-12:
        return 10.0**start * math.expm1(rate * t * math.log(10)) / (rate * math.log(10))
    return 10.0**ceiling * math.log1p(y) / (rate * math.log(10))


def sigmoid(x: float) -> float:
    if x >= 0:
        return 1 / (1 + math.exp(-x))
    return math.exp(x) / (1 + math.exp(x))


def clip(x: float, low: float, high: float) -> float:
    return max(low, min(high, x))


def names(parameters: dict[str, float], prefix: str, suffix: str) -> list[str]:
    """The <name>s of the parameters called prefix<name>suffix."""
    keys = [key for key in parameters if key.startswith(prefix) and key.endswith(suffix)]
    return [key[len(prefix) : -len(suffix)] for key in keys]


def quarters(start: float, end: float) -> int:
    """How many quarters lie between two points of the grid."""
    count = round((end - start) / DT)
    if count < 0 or start + DT * count != end:
        raise ValueError(f"{end} is not on the grid of quarters from {start}")
    return count


def at(p: dict[str, float], year: float, anchor_year: float) -> dict[str, float]:
    """Everything at one date that needs no earlier date."""
    t = year - anchor_year
    s: dict[str, float] = {"year": year}

    # Physical training compute
    s["affordable_cluster_cost"] = share_of_economy(p, "spending", t)
    for name in ("price_performance", "energy_efficiency", "duration"):
        s[name] = saturating(p[name + "_growth"], p[name + "_limit"], t)
    price_performance, duration = s["price_performance"], s["duration"]
    energy_efficiency = s["energy_efficiency"]
    for key in ("ai_power", "chip_output"):
        s[key] = logistic(p[key + "_start"], p[key + "_growth"], p[key + "_ceiling"], t)
    made = made_so_far(p["chip_output_start"], p["chip_output_growth"], p["chip_output_ceiling"], t)
    s["chip_stock"] = math.log10(10.0 ** p["chip_stock_start"] + made)
    power_ceiling = min(
        p["power_ceiling"] + p["power_ceiling_growth"] * (year - 2030),
        s["ai_power"] + p["cluster_share"],
    )
    chips_ceiling = min(
        p["chips_ceiling"] + p["chips_ceiling_growth"] * (year - 2030),
        s["chip_stock"] + p["cluster_share"],
    )
    money_scale = s["affordable_cluster_cost"] - p["spending_start"]
    power_scale = power_ceiling - p["power_start"] + energy_efficiency - price_performance
    chip_scale = chips_ceiling - p["chips_start"] - price_performance

    kept = 1 - p["utilisation_decline"]
    s["affordable_compute"] = kept * money_scale + price_performance + duration
    s["power_limited_compute"] = kept * power_scale + price_performance + duration
    s["chip_limited_compute"] = kept * chip_scale + price_performance + duration
    s["latency_limited_compute"] = p["latency_ceiling"] - p["anchor_compute"]
    kinds = ("affordable", "power_limited", "chip_limited", "latency_limited")
    four = [s[kind + "_compute"] for kind in kinds]
    physical_compute = s["physical_compute"] = min(four)
    s["binding_constraint"] = float(four.index(physical_compute))
    s["training_flop"] = p["anchor_compute"] + physical_compute
    cluster_scale = (physical_compute - price_performance - duration) / kept
    s["cluster_cost"] = p["spending_start"] + cluster_scale
    s["cluster_chips"] = p["chips_start"] + cluster_scale + price_performance
    s["cluster_power"] = p["power_start"] + cluster_scale + price_performance - energy_efficiency

    # The data wall
    alpha, beta = p["scaling_alpha"], p["scaling_beta"]
    b = alpha / (alpha + beta)
    s["optimal_tokens"] = p["tokens_start"] + b * physical_compute
    s["training_tokens"] = s["optimal_tokens"] + p["overtraining_growth"] * t
    since = max(0.0, year - p["synthetic_start"])
    synthetic = p["synthetic_limit"] * -math.expm1(-p["synthetic_rate"] * since)
    s["token_stock"] = p["stock_start"] + p["stock_growth"] * t + p["repetition_gain"] + synthetic
    s["data_headroom"] = s["token_stock"] - s["training_tokens"]
    s["human_data_headroom"] = s["data_headroom"] - synthetic
    r = min(0.0, s["token_stock"] - s["optimal_tokens"])
    s["data_penalty"] = data_penalty(alpha, beta, r)
    s["trained_compute"] = physical_compute - s["data_penalty"]

    # Unhobbling and inference
    s["unhobbling"] = 0.0
    for step in names(p, "unhobbling_", "_occurs"):
        occurs, arrives, gain, length = (
            p[f"unhobbling_{step}_{part}"] for part in ("occurs", "arrival", "gain", "ramp")
        )
        ramp = clip((year - arrives) / length, 0.0, 1.0)
        ramp_at_anchor = clip((anchor_year - arrives) / length, 0.0, 1.0)
        s["unhobbling"] += occurs * gain * (ramp - ramp_at_anchor)
    since = max(0.0, year - p["inference_start"])
    s["inference"] = p["inference_exchange"] * saturating(
        p["inference_growth"], p["inference_limit"], since
    )

    # Economy, electricity, chips, price
    for key in ("revenue", "investment"):
        s["ai_" + key] = share_of_economy(p, key, t)
    s["us_generation"] = p["generation_start"] + p["generation_growth"] * t
    s["ai_power_share"] = 10.0 ** min(0.0, s["ai_power"] - s["us_generation"])
    s["inference_price"] = -saturating(p["price_decline"], p["price_decline_limit"], t)
    return s


def data_penalty(alpha: float, beta: float, r: float) -> float:
    """The compute wasted, in OOM, when the tokens are r <= 0 OOM from the optimum."""
    w_n = beta / (alpha + beta)
    w_d = 1 - w_n
    gamma = alpha * beta / (alpha + beta)
    return max(0.0, (-beta * r + math.log10(w_d + w_n * 10.0 ** ((alpha + beta) * r))) / gamma)


def series(
    parameters: dict[str, float],
    start: float = 2019.0,
    anchor_year: float = 2023.25,
    horizon: float = 2050.0,
) -> dict[str, list[float]]:
    """Every series of one draw, on the grid under 'year'."""
    p = parameters
    a, last = quarters(start, anchor_year), quarters(start, horizon)
    rows = [at(p, start + DT * k, anchor_year) for k in range(last + 1)]
    trend = (
        (1 - p["utilisation_decline"]) * p["spending_growth"]
        + p["price_performance_growth"]
        + p["duration_growth"]
    )

    for k, s in enumerate(rows):
        # Algorithms and the change of regime, from the row before
        if k < a:
            s["algorithms"] = p["algorithms_growth"] * (s["year"] - anchor_year)
            s["trained_effective"] = s["trained_compute"] + s["algorithms"]
        elif k == a:
            s["algorithms"] = 0.0
            s["trained_effective"] = s["trained_compute"]
        else:
            q = rows[k - 1]
            grown = max(0.0, s["physical_compute"] - q["physical_compute"])
            compute_pace = 1.0 if trend == 0 else grown / (DT * trend)
            dependence, limit = p["algorithms_scale_dependence"], p["algorithms_limit"]
            pace = 1 - dependence + dependence * compute_pace
            rate = p["algorithms_growth"] * q["research_speedup"] * pace
            s["algorithms"] = logistic(q["algorithms"], rate, limit, DT)
            after = clip((s["year"] - p["regime_year"]) / DT, 0.0, 1.0)
            slope = 1 + p["regime_occurs"] * after * (p["regime_slope"] - 1)
            s["trained_effective"] = q["trained_effective"] + slope * (
                s["trained_compute"] + s["algorithms"] - q["trained_compute"] - q["algorithms"]
            )
        effective = s["trained_effective"] + s["unhobbling"] + s["inference"]
        s["effective_compute"] = effective
        s["research_speedup"] = 1 + (p["feedback_multiplier"] - 1) * sigmoid(
            (effective - p["researcher_threshold"]) / p["feedback_width"]
        )
        s["training_speedup"] = s["physical_compute"] - s["duration"] + s["algorithms"]
        s["time_horizon"] = p["horizon_start"] + p["horizon_slope"] * effective
        for name in names(p, "benchmark_", "_midpoint"):
            midpoint, steepness, floor = (
                p[f"benchmark_{name}_{part}"] for part in ("midpoint", "slope", "floor")
            )
            ceiling = p.get(f"benchmark_{name}_ceiling", 1.0)
            score = sigmoid(steepness * (effective - midpoint))
            s["score_" + name] = floor + (ceiling - floor) * score
    return {name: [s[name] for s in rows] for name in rows[0]}


def arrival(
    years: list[float], values: list[float], direction: str, threshold: float, lag: float = 0.0
) -> float:
    """First passage, linear between grid points, and the lag after it; math.inf when not by the last year."""
    when = first_passage(years, values, direction, threshold) + lag
    return when if when <= years[-1] else math.inf


def first_passage(
    years: list[float], values: list[float], direction: str, threshold: float
) -> float:
    """Where the condition is first met, linear between grid points."""
    if direction not in (">=", "<="):
        raise ValueError(f"direction {direction!r} is neither '>=' nor '<='")
    for k, value in enumerate(values):
        if value >= threshold if direction == ">=" else value <= threshold:
            if k == 0:
                return years[0]
            share = (threshold - values[k - 1]) / (value - values[k - 1])
            return years[k - 1] + share * (years[k] - years[k - 1])
    return math.inf
