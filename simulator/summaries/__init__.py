"""Blocks of draws to whole-number counts, and counts to quantiles, bands and probabilities, each with its error."""
