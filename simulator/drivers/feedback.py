"""The feedback of AI on its own research."""

from simulator.arrays import Array
from simulator.drivers.driver import Factor, Level, Limit, Quantity, gives
from simulator.drivers.growth import sigmoid


@gives(
    {"research_speedup": Quantity("1", "How many times faster research goes with AI's help")},
    stepped=True,
)
def research_speedup(
    effective_compute: Array,
    researcher_threshold: Level,
    feedback_multiplier: Factor,
    feedback_width: Limit,
) -> Array:
    """How many times faster research goes with AI's help; half of the gain comes at the researcher's threshold.

        research_speedup = 1 + (multiplier - 1) * sigmoid((effective_compute - researcher_threshold) / width)

    Parameters
    ----------
    effective_compute : (draw) or (year, draw) [OOM]
    researcher_threshold : (draw) [OOM]
    feedback_multiplier : (draw) [1]
    feedback_width : (draw) [OOM]

    Returns
    -------
    (draw) or (year, draw) [1]
    """
    reach = sigmoid((effective_compute - researcher_threshold) / feedback_width)
    return 1.0 + (feedback_multiplier - 1.0) * reach
