"""The manifest of a result: what it is of, and the checksum of every file, its own too."""

from __future__ import annotations

import errno
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from pydantic import Field

from simulator import __version__
from simulator.errors import Fault, InputFault
from simulator.inputs.files import shown_path
from simulator.inputs.plan import Plan
from simulator.inputs.schema import Entry, validated
from simulator.inputs.stored_plan import parse_plan
from simulator.simulate.cpus import CpuFamily, parse_family
from simulator.store import disk

FORMAT = 1

MANIFEST = "manifest.json"

AGAIN = "oomcast run makes it again with --overwrite"


class FileRecord(Entry):
    """Length and checksum of one file of a result."""

    bytes: Annotated[int, Field(ge=0, lt=2**63)]
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


FileName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$", max_length=200)]
"""A name without a folder: nothing outside a result's folder is read for it."""


class CpuEntry(Entry):
    """A family of machines, as `CpuFamily.document` gives it."""

    features: list[str]
    functions: dict[str, str]


class ProvenanceEntry(Entry):
    """How a result came about beyond its plan; manifests before it was kept have none."""

    cpus: list[CpuEntry] = Field(default_factory=list)


class HeadEntry(Entry):
    """What a manifest and a snapshot say of what a result is of; the plan is checked by itself."""

    format: int
    oomcast: str
    plan: dict[str, Any]
    plan_sha256: str
    draws: int
    keep_cards: Annotated[int, Field(ge=0)]
    keep_trajectories: Annotated[int, Field(ge=0)]
    provenance: ProvenanceEntry = ProvenanceEntry()


class ManifestEntry(HeadEntry):
    """A manifest, but for its own checksum."""

    files: dict[FileName, FileRecord]


class KeptDraws(NamedTuple):
    """Of how many first draws parameters and arrivals are kept, and of how many the trajectories."""

    draws: int = 100_000
    trajectories: int = 1_000


@dataclass(frozen=True)
class ResultHead:
    """What every byte of a result depends on.

    Attributes
    ----------
    plan : what was simulated
    keep : how many draws are kept one by one
    version : of the program that made the result
    families : of the machines that simulated its draws, on which their last bits depend; no part of what was asked for,
        so heads that differ in them alone are equal
    """

    plan: Plan
    keep: KeptDraws
    version: str = __version__
    families: tuple[CpuFamily, ...] = field(default=(), compare=False)

    def document(self) -> dict[str, Any]:
        """The head in plain values; `format` is the layout of the folder."""
        return {
            "format": FORMAT,
            "oomcast": self.version,
            "plan": self.plan.document(),
            "plan_sha256": self.plan.digest(),
            "draws": self.plan.draws,
            "keep_cards": self.keep.draws,
            "keep_trajectories": self.keep.trajectories,
            "provenance": {"cpus": [family.document() for family in self.families]},
        }

    def with_families(self, families: Iterable[CpuFamily]) -> ResultHead:
        """The head of a result with draws from machines of these families too."""
        return replace(self, families=tuple(sorted({*self.families, *families})))

    def same_scenario(self, other: ResultHead) -> bool:
        """Whether two heads differ at most in the number of draws and in what is kept."""
        return (self.plan.digest(), self.version) == (other.plan.digest(), other.version)


def read_head(document: dict[str, Any], file: Path, plan: Plan | None = None) -> ResultHead:
    """The head of a result, or of an unfinished one, from its document.

    Parameters
    ----------
    document : as `ResultHead.document` writes it
    file : where it stands, for messages
    plan : the plan that it may be of, which is then not built a second time

    Raises
    ------
    InputFault
        when another version wrote it, with another format or other keys of a plan
    """
    version = _checked(HeadEntry, document, file)["oomcast"]
    keep = KeptDraws(document["keep_cards"], document["keep_trajectories"])
    families = tuple(map(parse_family, document.get("provenance", {}).get("cpus", ())))
    if plan and is_of_plan(document, plan):
        return ResultHead(plan, keep, version, families)
    try:
        plan = parse_plan(json.dumps(document["plan"]))
    except ValueError as error:
        reason = str(error)
    else:
        if plan.digest() == document["plan_sha256"]:
            return ResultHead(plan, keep, version, families)
        reason = f"keys that {__version__} does not know"
    what = f"the plan of oomcast {version}: {reason}"
    fix = AGAIN if version == __version__ else f"read it with oomcast {version}"
    raise InputFault([Fault(shown_path(file), "", "plan", what, f"a plan of {__version__}", fix)])


def _checked(shape: type[HeadEntry], document: dict[str, Any], file: Path) -> dict[str, Any]:
    """A document whose keys that the shape knows have its types; the fault names each that has not."""
    faults: list[Fault] = []
    known = {key: value for key, value in document.items() if key in shape.model_fields}
    validated(shape, known, shown_path(file), "", faults)
    if faults:
        raise InputFault(replace(fault, fix=AGAIN) for fault in faults)
    return document


def is_of_plan(document: dict[str, Any], plan: Plan) -> bool:
    """Whether a manifest is of this plan, with as many draws."""
    return (document["plan_sha256"], document["draws"]) == (plan.digest(), plan.draws)


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a result, checked against its own checksum.

    Raises
    ------
    InputFault
        when it is changed, or of a format that this version does not read
    """
    path = folder / MANIFEST
    try:
        raw = path.read_bytes()
        document = json.loads(raw)
        own, version = document.pop("sha256"), document["oomcast"]
        layout = document["format"]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        what = f"what is no manifest ({type(error).__name__}: {error})"
        raise InputFault([Fault(shown_path(path), found=what, fix=AGAIN)]) from None
    if layout != FORMAT:
        what, allowed = f"{layout!r}, written by oomcast {version}", f"{FORMAT}, of {__version__}"
        fix = f"read it with oomcast {version}, or {AGAIN}"
        raise InputFault([Fault(shown_path(path), "", "format", what, allowed, fix)])
    if sealed(document).encode() != raw:
        raise InputFault(
            [Fault(shown_path(path), "", "", "a changed file", f"sha256 {own}", AGAIN)]
        )
    return _checked(ManifestEntry, document, path)


def sealed(document: dict[str, Any]) -> str:
    """A document as JSON with its own checksum. Equal documents have equal text, so every changed byte is noticed."""
    own = hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
    return json.dumps({**document, "sha256": own}, indent=1, sort_keys=True) + "\n"


def seal(head: ResultHead, folder: Path, required: Iterable[str]) -> None:
    """Write the manifest of a folder that holds every other file, once they are on the disk."""
    paths = sorted(path for path in folder.iterdir() if path.name != MANIFEST)
    missing = sorted(set(required) - {path.name for path in paths})
    if missing:
        raise FileNotFoundError(errno.ENOENT, "removed in mid-run", str(folder / missing[0]))
    for path in paths:
        disk.sync(path)
    files = {
        path.name: {"bytes": path.stat().st_size, "sha256": disk.sha256(path)} for path in paths
    }
    with disk.replacing(folder / MANIFEST) as file:
        file.write(sealed({**head.document(), "files": files}).encode())


def verify_files(folder: Path) -> ResultHead:
    """Check every file of a result against its manifest.

    Raises
    ------
    InputFault
        naming each file that is missing, foreign, truncated or changed
    """
    document = read_manifest(folder)
    stated = document["files"]
    names = {path.name for path in folder.iterdir()} - {MANIFEST}
    faults = [fault for name in sorted(stated) for fault in file_faults(folder, stated, name)]
    faults += [
        Fault(shown_path(folder / name), found="a foreign file", fix="move it away")
        for name in sorted(names - set(stated))
    ]
    if faults:
        raise InputFault(faults)
    return read_head(document, folder / MANIFEST)


def file_faults(
    folder: Path, files: dict[str, Any], name: str, checksum: bool = True
) -> list[Fault]:
    """What is wrong with one file: missing, a link, or of another length or, if asked, another checksum."""
    path = folder / name
    if name not in files:
        return [Fault(shown_path(folder / MANIFEST), "", "files", f"no {name}", fix=AGAIN)]
    stated = files[name]
    if path.is_symlink():
        problem, allowed = "a link to another place", "a file of the result's own"
        return [Fault(shown_path(path), "", "", problem, allowed, AGAIN)]
    if not path.is_file():
        return [Fault(shown_path(path), found="no such file", fix=AGAIN)]
    size = path.stat().st_size
    if size != stated["bytes"]:
        return [Fault(shown_path(path), "", "", f"{size} bytes", f"{stated['bytes']}", AGAIN)]
    if checksum and disk.sha256(path) != stated["sha256"]:
        return [
            Fault(shown_path(path), "", "", "a changed file", f"sha256 {stated['sha256']}", AGAIN)
        ]
    return []
