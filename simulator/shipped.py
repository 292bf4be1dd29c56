"""Where the shipped priors, runs and evidence lie."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def folder(name: str) -> Path:
    """Give the shipped folder `priors`, `runs` or `evidence`: in the wheel, or else in the checkout."""
    package = Path(str(files("simulator")))
    packed = package / "shipped"
    return (packed if packed.is_dir() else package.parent) / name
