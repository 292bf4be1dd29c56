"""Families of distributions: from quantiles or natural parameters to an inverse cdf.

A `Distribution` is a family with its natural parameters, then `shift`, then truncation to `lower` and `upper` in final
units, renormalised. Its `values` turn probability levels into values; that is all a draw ever asks.
"""

from simulator.families.distribution import FAMILIES, Distribution
from simulator.families.family import QUANTILES, Family, Natural, Unfit

__all__ = ["FAMILIES", "QUANTILES", "Distribution", "Family", "Natural", "Unfit"]
