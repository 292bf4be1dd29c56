"""Revenue and investment."""

from simulator.arrays import Array
from simulator.drivers.driver import LogUsdPerYear, Quantity, Rate, gives
from simulator.drivers.growth import share_of_economy


@gives(
    {
        "ai_revenue": Quantity(
            "log10 USD/year", "Revenue from AI products in a year, of all sellers"
        )
    },
    logistic=("revenue",),
)
def revenue(
    t: Array,
    revenue_start: LogUsdPerYear,
    revenue_growth: Rate,
    revenue_ceiling: LogUsdPerYear,
    economy_growth: Rate,
) -> Array:
    """Yearly revenue from AI products, of all sellers together, toward a share of the economy.

        ai_revenue = economy_growth * t + logistic(start, growth - economy_growth, ceiling, t)

    Parameters
    ----------
    t : (year, 1) [years since the anchor]
    revenue_start : (draw) [log10 USD/year]
    revenue_growth, economy_growth : (draw) [OOM/year]
    revenue_ceiling : (draw) [log10 USD/year], at the anchor

    Returns
    -------
    (year, draw) [log10 USD/year]
    """
    return share_of_economy(revenue_start, revenue_growth, revenue_ceiling, economy_growth, t)


@gives(
    {"ai_investment": Quantity("log10 USD/year", "Investment in AI in a year, of the whole world")},
    logistic=("investment",),
)
def investment(
    t: Array,
    investment_start: LogUsdPerYear,
    investment_growth: Rate,
    investment_ceiling: LogUsdPerYear,
    economy_growth: Rate,
) -> Array:
    """Yearly investment in AI, of the whole world, toward a share of the economy.

        ai_investment = economy_growth * t + logistic(start, growth - economy_growth, ceiling, t)

    Parameters
    ----------
    t : (year, 1) [years since the anchor]
    investment_start : (draw) [log10 USD/year]
    investment_growth, economy_growth : (draw) [OOM/year]
    investment_ceiling : (draw) [log10 USD/year], at the anchor

    Returns
    -------
    (year, draw) [log10 USD/year]
    """
    return share_of_economy(
        investment_start, investment_growth, investment_ceiling, economy_growth, t
    )
