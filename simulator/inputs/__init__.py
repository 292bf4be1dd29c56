"""TOML files to one checked plan: schema, layers of files, priors, correlations, scenarios, observations and claims.

`load.py` is the entry point: it merges the shipped files, their overlays, a run file and `--set`, and checks every part
against every other.
"""
