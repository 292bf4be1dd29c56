"""Distributions: quantiles or natural parameters to an inverse cdf, a cdf and a density; one file a kind.

A `Distribution` is a member of a family, then shifted, then truncated to `lower` and `upper` in final units.
"""
