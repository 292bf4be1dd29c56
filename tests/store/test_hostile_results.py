"""Results that somebody edited and sealed again: each is read to the same numbers, or refused with the file's name."""

import hashlib
import io
import json
import os
import random
import shutil
from pathlib import Path

import numpy as np
import pytest
import small_runs
from small_runs import quickly  # noqa: F401

from simulator.errors import InputFault
from simulator.inputs.stored_plan import parse_plan
from simulator.store import manifest, results

ODD = (
    None,
    -1,
    0,
    10**18,
    "x",
    [],
    {},
    True,
    1e308,
    "../../etc/passwd",
    [[[]]],
    "\x1b[31m",
    3.5,
    "",
)

COMMANDS = (
    ("milestones", "RESULT"),
    ("milestones", "RESULT", "--format", "json"),
    ("bands", "RESULT", "--format", "csv"),
    ("compare", "RESULT", "OTHER"),
    ("compare", "OTHER", "RESULT"),
    ("condition", "RESULT", "--out", "again"),
    ("replay", "RESULT", "--draw", "7"),
    ("export", "RESULT", "--as", "csv", "-o", "table.csv"),
    ("plot", "RESULT", "fan", "-o", "fan.svg"),
    ("pool", "RESULT", "OTHER"),
    ("sensitivity", "RESULT", "--method", "given-draws", "--draws", "800", "--replicates", "40"),
)

SEEDS = [seed if seed < 24 else pytest.param(seed, marks=pytest.mark.slow) for seed in range(500)]


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """A conditioned result, and one of the prior."""
    folder = tmp_path_factory.mktemp("results")
    evidence = 'condition.observations=["grok4", "no_researcher"]'
    return (
        small_runs.finished(folder / "conditioned", 1000, evidence),
        small_runs.finished(folder / "prior", 1000),
    )


@pytest.fixture
def copies(shared, folder, monkeypatch, without_pictures):
    """Copies in the folder that the test stands in, of which the first may be spoilt."""
    monkeypatch.chdir(folder)
    return [shutil.copytree(each, folder / each.name) for each in shared]


def document_of(result):
    document = json.loads((result / manifest.MANIFEST).read_text())
    del document["sha256"]
    return document


def seal_again(result):
    """Give every file the checksum that it now has, as somebody who edits results would."""
    document = document_of(result)
    for name in document["files"]:
        raw = (result / name).read_bytes()
        record = {"bytes": len(raw), "sha256": hashlib.sha256(raw).hexdigest()}
        document["files"][name] = record
    (result / manifest.MANIFEST).write_text(manifest.sealed(document))


def edit_plan(result, **changes):
    """Change keys of the plan, with the hashes that belong to it where it still is one."""
    document = document_of(result)
    document["plan"].update(changes)
    document["draws"] = document["plan"]["draws"]
    canonical = json.dumps({**document["plan"], "draws": 0}, sort_keys=True, separators=(",", ":"))
    document["plan_sha256"] = hashlib.sha256(canonical.encode()).hexdigest()
    (result / manifest.MANIFEST).write_text(manifest.sealed(document))


def replace_array(result, file, name, array, save=np.savez):
    with np.load(result / file) as archive:
        arrays = {**archive, name: array}
    save(result / file, **arrays)
    seal_again(result)


class Opener:
    """An object whose unpickling makes a file."""

    def __reduce__(self):
        return (os.mkdir, ("opened",))


def test_a_result_sealed_again_without_a_change_reads_as_before(copies):
    before = (copies[0] / manifest.MANIFEST).read_bytes()
    seal_again(copies[0])
    assert (copies[0] / manifest.MANIFEST).read_bytes() == before
    edit_plan(copies[0])
    assert (copies[0] / manifest.MANIFEST).read_bytes() == before
    results.load_result(copies[0])


def test_the_commands_work_on_results_that_are_whole(copies, oomcast):
    for command in COMMANDS:
        assert run(oomcast, command, copies).code == 0, command


@pytest.mark.parametrize("file", ["counts.npz", "weights.npz", "parameters.npy", "arrivals.npy"])
def test_pickled_objects_do_not_run(copies, oomcast, file):
    hostile = np.array([Opener()], dtype=object)
    if file.endswith(".npz"):
        replace_array(copies[0], file, "first" if file == "counts.npz" else "whole", hostile)
    else:
        np.save(copies[0] / file, hostile)
        seal_again(copies[0])
    for command in COMMANDS:
        run(oomcast, command, copies)
    assert not Path("opened").exists()
    with np.load(io.BytesIO(pickled(hostile)), allow_pickle=True) as trusting:
        assert trusting["x"] is not None
    assert Path("opened").exists()  # the object does what it is here for, where it is let


def pickled(array):
    """A .npz file with the array in it."""
    file = io.BytesIO()
    np.savez(file, x=array)
    return file.getvalue()


def test_an_archive_that_would_unfold_is_refused(copies):
    replace_array(copies[0], "counts.npz", "bins", np.zeros(10**7), save=np.savez_compressed)
    with pytest.raises(InputFault, match=r"compressed arrays"):
        results.load_result(copies[0])


def test_an_array_larger_than_its_file_is_refused_before_memory_is_taken(copies):
    path = copies[0] / "trajectories.npy"
    header, raw = io.BytesIO(), path.read_bytes()
    layout = {"descr": "<f8", "fortran_order": False, "shape": (10**15, 2, 2)}
    np.lib.format.write_array_header_1_0(header, layout)
    path.write_bytes(header.getvalue() + raw[header.tell() :])
    seal_again(copies[0])
    with pytest.raises(InputFault, match="mmap length is greater than file size"):
        results.load_result(copies[0])


def test_a_header_that_is_no_text_of_python_is_refused(copies):
    path = copies[0] / "arrivals.npy"
    raw = bytearray(path.read_bytes())
    raw[12:14] = b"(("
    path.write_bytes(raw)
    seal_again(copies[0])
    with pytest.raises(InputFault, match="cannot be read"):
        results.load_result(copies[0])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"draws": 10**18}, "draws: 1,000,000,000,000,000,000, not from 1 to 1,000,000,000,000"),
        ({"draws": 10**9}, "shape"),
        ({"horizon": 10**9}, "more than 1000 years"),
        ({"start": float("nan")}, "start"),
        ({"horizon": 2032.1}, "quarters of a year"),
        ({"priors": []}, "priors: .*, not in the plan"),
        ({"milestones": []}, "shape"),
        ({"series": ["no_such"]}, "series: no_such, not in the plan"),
        ({"hold": {"no_such": 0.5}}, "hold: no_such, not in the plan"),
        ({"hold": {"algorithms_growth": 1.0}}, "levels between 0 and 1"),
        ({"correlations": [["algorithms_growth", "no_such", 0.5]]}, "correlations: no_such"),
        ({"sources": {}}, "sources: .*, not in the plan"),
        ({"sampler": "guessing"}, "sampler: 'guessing'"),
        ({"as_of": "tomorrow"}, "as_of: 'tomorrow'"),
        ({"name": "../../elsewhere"}, "name: '../../elsewhere'"),
        ({"seed": -1}, "seed: -1"),
    ],
)
def test_a_plan_that_does_not_hold_together_is_refused(copies, changes, message):
    edit_plan(copies[0], **changes)
    with pytest.raises(InputFault, match=message):
        results.load_result(copies[0])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"family": "no_such"}, "family 'no_such'"),
        ({"family": "triangular"}, "a triangular described by"),
        ({"shift": 1e999}, "not finite"),
        ({"lower": 2.0, "upper": 1.0}, "lower = 2, upper = 1"),
    ],
)
def test_a_prior_that_is_none_is_refused(copies, change, message):
    priors = document_of(copies[0])["plan"]["priors"]
    edit_plan(copies[0], priors=[{**priors[0], **change}, *priors[1:]])
    with pytest.raises(InputFault, match=message):
        results.load_result(copies[0])


def test_a_plan_in_place_of_another_is_refused(copies):
    plan = json.dumps([document_of(copies[0])["plan"]])
    with pytest.raises(ValueError, match="valid dictionary"):
        parse_plan(plan)
    small_runs.resealed(copies[0], plan=json.loads(plan))
    with pytest.raises(InputFault, match=r"manifest.json plan: found \[\{"):
        results.load_result(copies[0])


def test_nothing_outside_the_folder_is_read(copies, folder):
    files = document_of(copies[0])["files"]
    small_runs.resealed(copies[0], files={**files, "../prior/counts.npz": files["counts.npz"]})
    with pytest.raises(InputFault, match=r"files.\.\./prior/counts.npz"):
        results.load_result(copies[0])
    (folder / "outside").write_bytes((copies[1] / "counts.npz").read_bytes())
    (copies[1] / "counts.npz").unlink()
    (copies[1] / "counts.npz").symlink_to(folder / "outside")
    for read in (results.load_result, results.verify_result):
        with pytest.raises(InputFault, match="a link to another place"):
            read(str(copies[1]))


@pytest.mark.parametrize("file", results.NUMBERS)
def test_a_manifest_without_a_file_is_refused(copies, file):
    files = document_of(copies[0])["files"]
    small_runs.resealed(copies[0], files={n: f for n, f in files.items() if n != file})
    with pytest.raises(InputFault, match=f"manifest.json files: found no {file}"):
        results.load_result(copies[0])


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("bins", "counts that do not add up"),
        ("arrivals", "counts that do not add up"),
        ("draws", "counts that do not add up to 5"),
        ("first", "float64"),
        ("knots/effective_compute", "edges"),
    ],
)
def test_counts_that_cannot_be_are_refused(copies, name, message):
    with np.load(copies[0] / "counts.npz") as file:
        wrong = {"first": file[name].astype(complex), "draws": np.int64(5)}.get(
            name, file[name] * 0 - 7
        )
        if name in ("bins", "arrivals"):
            wrong = file[name] + np.uint8(1)
        elif name.startswith("knots"):
            wrong = file[name][:, ::-1]
    replace_array(copies[0], "counts.npz", name, wrong)
    with pytest.raises(InputFault, match=message):
        results.load_result(copies[0])


def test_numbers_that_are_none_are_refused(copies):
    rows = np.load(copies[0] / "parameters.npy")
    rows[5, 3] = np.nan
    np.save(copies[0] / "parameters.npy", rows)
    seal_again(copies[0])
    with pytest.raises(InputFault, match=r"parameters\.npy: nan"):
        results.load_result(copies[0])


def paths(value, path=()):
    """The path of every value in a document."""
    if path:
        yield path
    inner = {dict: dict.items, list: enumerate}.get(type(value), lambda _: ())
    for key, part in inner(value):
        yield from paths(part, (*path, key))


def spoil_manifest(result, rng):
    document = document_of(result)
    every = list(paths(document))
    *outer, key = rng.choice([p for p in every if len(p) <= 2] if rng.random() < 0.5 else every)
    part = document
    for step in outer:
        part = part[step]
    if rng.random() < 0.2:
        del part[key]
    else:
        part[key] = rng.choice(ODD)
    if isinstance(document.get("plan"), dict) and isinstance(document["plan"].get("draws"), int):
        plan = {**document["plan"], "draws": 0}
        canonical = json.dumps(plan, sort_keys=True, separators=(",", ":"))
        document["plan_sha256"] = hashlib.sha256(canonical.encode()).hexdigest()
    (result / manifest.MANIFEST).write_text(manifest.sealed(document))


def spoil_bytes(result, rng):
    path = result / rng.choice([name for name in results.NUMBERS if not name.endswith(".csv")])
    raw = bytearray(path.read_bytes())
    if rng.random() < 0.3:
        del raw[rng.randrange(len(raw)) :]
    for _ in range(rng.choice((1, 3, 20))):
        if raw:
            raw[rng.randrange(min(len(raw), rng.choice((400, len(raw)))))] = rng.randrange(256)
    path.write_bytes(raw)
    seal_again(result)


def spoil_array(result, rng):
    file = rng.choice([name for name in ("counts.npz", "weights.npz") if (result / name).exists()])
    with np.load(result / file) as archive:
        arrays = dict(archive)
    name = rng.choice(sorted(arrays))
    array = arrays[name]
    numeric = array if array.dtype.kind in "uif" else np.zeros(3)
    changes = (
        np.full(numeric.shape, np.nan),
        np.full(numeric.shape, -5.0),
        np.full(numeric.shape, 2**62),
        numeric.ravel()[:-1],
        numeric.astype(complex),
        np.str_("9" * 5000),
        np.array("text"),
    )
    replace_array(result, file, name, rng.choice(changes))


def run(oomcast, command, copies):
    names = {"RESULT": copies[0], "OTHER": copies[1]}
    return oomcast(*(names.get(word, word) for word in command))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_spoilt_result_is_read_or_refused(copies, oomcast, seed):
    rng = random.Random(seed)
    rng.choice((spoil_manifest, spoil_manifest, spoil_bytes, spoil_array))(copies[0], rng)
    for command in rng.sample(COMMANDS, 2):
        done = run(oomcast, command, copies)
        assert done.code in (0, 2), done
        assert done.code == 0 or "oomcast: " in done.err
