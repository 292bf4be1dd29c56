"""The page's JavaScript: modules in files, put together into one script without a bundler."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

IMPORT = re.compile(r'^import \{[^}]*\} from "\./(\w+)\.js";\n', re.MULTILINE)

DECLARED = re.compile(r"^(?:export )?(?:async )?(?:function|const|let|class) (\w+)", re.MULTILINE)


@cache
def module_text(name: str) -> str:
    """A module as it was written."""
    return (files("simulator.page") / "modules" / f"{name}.js").read_text("utf-8")


def module_names(entry: str) -> list[str]:
    """A module and all that it imports, each after those that it needs."""
    order: list[str] = []

    def visit(name: str) -> None:
        if name not in order:
            for imported in IMPORT.findall(module_text(name)):
                visit(imported)
            order.append(name)

    visit(entry)
    return order


def bundle(entry: str) -> str:
    """One script of a module and all that it imports, which then share one scope.

    Raises
    ------
    ValueError
        when two of them declare the same name
    """
    names = module_names(entry)
    check_names(names)
    return "\n".join(_without_borders(module_text(name)) for name in names)


def check_names(modules: Iterable[str]) -> None:
    """Find names that two modules declare."""
    owner: dict[str, str] = {}
    for module in modules:
        for name in DECLARED.findall(module_text(module)):
            if owner.setdefault(name, module) != module:
                raise ValueError(f"modules {owner[name]} and {module} both declare {name}")


def _without_borders(text: str) -> str:
    return re.sub(r"^export ", "", IMPORT.sub("", text), flags=re.MULTILINE)
