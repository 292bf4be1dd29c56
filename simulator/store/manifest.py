"""The manifest of a result: what it is of, and the checksum of every file, its own too."""

from __future__ import annotations

import errno
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from simulator import __version__
from simulator.errors import Fault, InputFault
from simulator.inputs.files import shown_path
from simulator.inputs.plan import Plan, parse_plan
from simulator.store import disk

FORMAT = 1

MANIFEST = "manifest.json"

AGAIN = "oomcast run makes it again with --overwrite"


class KeptDraws(NamedTuple):
    """How many of the first draws leave their cards, and how many their trajectories."""

    cards: int = 100_000
    trajectories: int = 1_000


@dataclass(frozen=True)
class ResultHead:
    """What decides every byte of a result."""

    plan: Plan
    keep: KeptDraws
    version: str = __version__

    def document(self) -> dict[str, Any]:
        """The head in plain values; `format` is the layout of the folder."""
        return {
            "format": FORMAT,
            "oomcast": self.version,
            "plan": self.plan.model_dump(mode="json"),
            "plan_sha256": self.plan.digest(),
            "draws": self.plan.draws,
            "keep_cards": self.keep.cards,
            "keep_trajectories": self.keep.trajectories,
        }

    def same_world(self, other: ResultHead) -> bool:
        """Say whether two heads differ in nothing but the number of draws and what is kept."""
        mine, theirs = (self.plan.digest(), self.version), (other.plan.digest(), other.version)
        return mine == theirs


def read_head(document: dict[str, Any], file: Path) -> ResultHead:
    """What a result, or an unfinished one, is of.

    Raises
    ------
    InputFault
        when another version wrote it, with another format or other keys of a plan
    """
    version, keep = (
        document["oomcast"],
        KeptDraws(document["keep_cards"], document["keep_trajectories"]),
    )
    try:
        plan = parse_plan(json.dumps(document["plan"]))
    except ValueError as error:
        reason = "; ".join(line.strip() for line in str(error).splitlines()[1:3])
    else:
        if plan.digest() == document["plan_sha256"]:
            return ResultHead(plan, keep, version)
        reason = f"keys that {__version__} does not know"
    what, fix = f"the plan of oomcast {version}: {reason}", f"read it with oomcast {version}"
    raise InputFault([Fault(shown_path(file), "", "plan", what, f"a plan of {__version__}", fix)])


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a result, held against its own checksum.

    Raises
    ------
    InputFault
        when it is changed, or of a format that this version does not read
    """
    path = folder / MANIFEST
    try:
        raw = path.read_bytes()
        held = json.loads(raw)
        own, found, made = held.pop("sha256"), held["format"], held["oomcast"]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        what = f"what is no manifest ({type(error).__name__}: {error})"
        raise InputFault([Fault(shown_path(path), found=what, fix=AGAIN)]) from None
    if found != FORMAT:
        what, allowed = f"{found!r}, written by oomcast {made}", f"{FORMAT}, of {__version__}"
        fix = f"read it with oomcast {made}, or {AGAIN}"
        raise InputFault([Fault(shown_path(path), "", "format", what, allowed, fix)])
    if sealed(held).encode() != raw:
        raise InputFault(
            [Fault(shown_path(path), "", "", "a changed file", f"sha256 {own}", AGAIN)]
        )
    return held


def sealed(document: dict[str, Any]) -> str:
    """A document as JSON with its own checksum; it has one text, so that any changed byte shows."""
    own = hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
    return json.dumps({**document, "sha256": own}, indent=1, sort_keys=True) + "\n"


def seal(of: ResultHead, folder: Path, required: Iterable[str]) -> None:
    """Write the manifest of a folder that holds everything else, once all of it is on the disk."""
    there = sorted(path for path in folder.iterdir() if path.name != MANIFEST)
    lacking = sorted(set(required) - {path.name for path in there})
    if lacking:
        raise FileNotFoundError(errno.ENOENT, "removed in mid-run", str(folder / lacking[0]))
    for path in there:
        disk.sync(path)
    files = {
        path.name: {"bytes": path.stat().st_size, "sha256": disk.sha256(path)} for path in there
    }
    with disk.replacing(folder / MANIFEST) as file:
        file.write(sealed({**of.document(), "files": files}).encode())


def verify_files(folder: Path) -> ResultHead:
    """Hold every file of a result against its manifest.

    Raises
    ------
    InputFault
        naming each file that is missing, foreign, truncated or changed
    """
    document = read_manifest(folder)
    known = document["files"]
    there = {path.name for path in folder.iterdir()} - {MANIFEST}
    faults = [fault for name in sorted(known) for fault in file_faults(folder, known, name)]
    faults += [
        Fault(shown_path(folder / name), found="a foreign file", fix="move it away")
        for name in sorted(there - set(known))
    ]
    if faults:
        raise InputFault(faults)
    return read_head(document, folder / MANIFEST)


def file_faults(folder: Path, known: dict[str, Any], name: str, whole: bool = True) -> list[Fault]:
    """What is wrong with one file: its being there and its length, and with `whole` every byte."""
    path, stated = folder / name, known[name]
    if not path.is_file():
        return [Fault(shown_path(path), found="no such file", fix=AGAIN)]
    size = path.stat().st_size
    if size != stated["bytes"]:
        return [Fault(shown_path(path), "", "", f"{size} bytes", f"{stated['bytes']}", AGAIN)]
    if whole and disk.sha256(path) != stated["sha256"]:
        return [
            Fault(shown_path(path), "", "", "a changed file", f"sha256 {stated['sha256']}", AGAIN)
        ]
    return []
