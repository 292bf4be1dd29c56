"""Revenue and investment."""

from simulator.arrays import Array
from simulator.drivers.driver import LogUsdPerYear, Rate, gives
from simulator.drivers.growth import logistic


@gives({"ai_revenue": "log10 USD/year"}, logistic=("revenue",))
def revenue(
    t: Array, revenue_start: LogUsdPerYear, revenue_growth: Rate, revenue_ceiling: LogUsdPerYear
) -> Array:
    """Yearly revenue from AI products, all sellers together."""
    return logistic(revenue_start, revenue_growth, revenue_ceiling, t)


@gives({"ai_investment": "log10 USD/year"}, logistic=("investment",))
def investment(
    t: Array,
    investment_start: LogUsdPerYear,
    investment_growth: Rate,
    investment_ceiling: LogUsdPerYear,
) -> Array:
    """Yearly investment in AI, the whole world's."""
    return logistic(investment_start, investment_growth, investment_ceiling, t)
