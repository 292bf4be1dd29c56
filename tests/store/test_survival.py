"""Runs that are interrupted, killed, raced, or out of disk space: results are right, and unfinished runs resume."""

import errno
import itertools
import math
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import filelock
import numpy as np
import pytest
import small_runs
from small_runs import quickly  # noqa: F401  (for every test here)

from simulator import cli
from simulator.errors import DrawFailed, InputFault, Interrupted, RunFailed
from simulator.evidence import weights
from simulator.evidence.weights import RangeLikelihoods
from simulator.simulate import blocks, engines
from simulator.simulate.cpus import CpuFamily
from simulator.store import disk, likelihoods, results, running, work
from simulator.summaries import summarise

COMMAND = ["run", *(part for setting in small_runs.SETS for part in ("--set", setting))]
COMMAND += ["--keep-draws", "900", "--keep-trajectories", "300"]
LONG = 9000
ALWAYS = -1.0  # seconds between snapshots: one after every range of draws
forks = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Every byte of the small run's result, undisturbed."""
    return small_runs.contents(small_runs.finished(tmp_path_factory.mktemp("results") / "whole"))


@pytest.fixture(scope="module")
def long(tmp_path_factory):
    """The same of a run that takes a second or two."""
    return small_runs.contents(
        small_runs.finished(tmp_path_factory.mktemp("results") / "long", LONG)
    )


@pytest.fixture
def target(tmp_path):
    return tmp_path / "world"


def resumed(target, draws=1500, **options):
    return small_runs.contents(small_runs.finished(target, draws, resume=True, **options))


def alone(target):
    """Say whether a result's folder has nothing beside it."""
    return [path.name for path in target.parent.iterdir()] == [target.name]


# ---- killed


def forked(act, *arguments, **options):
    """A process of its own that does something and ends."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            status = act(*arguments, **options)
        finally:
            os._exit(status if isinstance(status, int) else 0)
    return child


def ended(child):
    """How a process ended: its exit code, or minus the signal that killed it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def at_step(number, target, act):
    """Have this process act at a step of a run: a block simulated, or a write, which is left half done.

    Counted from the first snapshot on. For a forked process, since it is never taken back.
    """
    simulate, write, count = blocks.simulate_block, disk.write, itertools.count(1)
    snapshot = results.partial_folder(target) / work.SNAPSHOT

    def strikes():
        return snapshot.exists() and next(count) == number

    def simulate_and_count(*arguments, **options):
        block = simulate(*arguments, **options)
        if strikes():
            act()
        return block

    def write_and_count(file, data):
        if strikes():
            write(file, memoryview(data)[: len(data) // 2])
            act()
        write(file, data)

    blocks.simulate_block, disk.write = simulate_and_count, write_and_count


def resumed_until(step, target, workers):
    at_step(step, target, lambda: os.kill(os.getpid(), signal.SIGKILL))
    running.BETWEEN_SNAPSHOTS = ALWAYS
    resumed(target, LONG, workers=workers)


@forks
@pytest.mark.parametrize("workers", [1, 2])
def test_a_run_killed_again_and_again_goes_on_to_the_same_bytes(target, workers, long):
    """An undisturbed run has over 30 such steps, so the first three kills, 27 steps together, always strike."""
    steps = [4, 9, 14, *random.Random(workers).sample(range(1, 40), 3)]
    endings = [ended(forked(resumed_until, step, target, workers)) for step in steps]
    assert endings[:3] == [-signal.SIGKILL] * 3
    assert set(endings) <= {-signal.SIGKILL, 0}
    assert resumed(target, LONG) == long
    assert alone(target)


@forks
@pytest.mark.parametrize(
    ("number", "step"),
    [
        *((signal.SIGINT, step) for step in (1, 2, 7)),
        *((signal.SIGTERM, step) for step in (1, 7)),
        (signal.SIGHUP, 2),
    ],
)
def test_a_signal_ends_a_run_cleanly_and_says_how_to_go_on(target, number, step, long, tmp_path):
    def call():
        # a process that a shell has started in the background ignores SIGINT
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.dup2(os.open(tmp_path / "said", os.O_CREAT | os.O_WRONLY), 2)
        sys.stderr = os.fdopen(2, "w", buffering=1)
        at_step(step, target, lambda: os.kill(os.getpid(), number))
        return cli.call([*COMMAND, "--draws", str(LONG), "--out", str(target), "--workers", "2"])

    assert ended(forked(call)) == 130
    said = (tmp_path / "said").read_text()
    assert "the same command with --resume goes on" in said
    assert "Traceback" not in said
    assert not target.exists()
    state = work.load_snapshot(results.partial_folder(target))
    assert state.counts.draws == sum(map(len, state.done)) < LONG
    (tmp_path / "said").unlink()
    assert resumed(target, LONG) == long
    assert alone(target)


@forks
def test_a_second_interruption_while_the_first_is_saved_leaves_the_snapshot_before(
    target, long, tmp_path
):
    def interrupt():
        save = work.save_snapshot

        def interrupted(*arguments):
            work.save_snapshot = save
            os.kill(os.getpid(), signal.SIGINT)
            save(*arguments)

        work.save_snapshot = interrupted
        os.kill(os.getpid(), signal.SIGINT)

    def call():
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.dup2(os.open(tmp_path / "said", os.O_CREAT | os.O_WRONLY), 2)
        sys.stderr = os.fdopen(2, "w", buffering=1)
        at_step(7, target, interrupt)
        return cli.call([*COMMAND, "--draws", str(LONG), "--out", str(target)])

    assert ended(forked(call)) == 130
    said = (tmp_path / "said").read_text()
    assert "interrupted" in said
    assert "Traceback" not in said
    (tmp_path / "said").unlink()
    assert resumed(target, LONG) == long
    assert alone(target)


@forks
def test_a_hangup_under_nohup_does_not_end_a_run(target, long):
    def call():
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        simulate = blocks.simulate_block

        def simulate_after_a_hangup(*arguments, **options):
            os.kill(os.getpid(), signal.SIGHUP)
            return simulate(*arguments, **options)

        blocks.simulate_block = simulate_after_a_hangup
        return cli.call([*COMMAND, "--draws", str(LONG), "--out", str(target)])

    assert ended(forked(call)) == 0
    made = small_runs.contents(target)  # with a picture, which is in the manifest
    numbers = long.keys() - {"manifest.json"}
    assert {name: made[name] for name in numbers} == {name: long[name] for name in numbers}


@forks
def test_death_at_any_file_operation_leaves_what_can_go_on(target):
    """The k-th time that a file is opened, renamed or removed the process dies at once, for every seventh k."""
    k, died, whole = (
        0,
        True,
        small_runs.contents(small_runs.finished(target.with_name("whole"), 300)),
    )
    shutil.rmtree(target.with_name("whole"))
    while died:
        died = ended(forked(die_at, k, target)) == 9
        assert not target.exists() or small_runs.contents(target) == whole, f"operation {k}"
        assert resumed(target, 300) == whole, f"operation {k}"
        assert alone(target), f"operation {k}"
        shutil.rmtree(target)
        k += 7
    assert k > 40


def die_at(k, target):
    """Run until the k-th file operation; a write dies in its middle."""
    left, write = [k], disk.write

    def step():
        left[0] -= 1
        return left[0] < 0

    def watch(event, arguments):
        touches = event in ("open", "os.rename", "os.remove", "os.mkdir", "os.truncate", "os.rmdir")
        if touches and str(target.parent) in str(arguments[0]) and step():
            os._exit(9)

    def half(file, data):
        if step():
            write(file, memoryview(data)[: len(data) // 2])
            os._exit(9)
        write(file, data)

    running.BETWEEN_SNAPSHOTS, disk.write = ALWAYS, half
    sys.addaudithook(watch)
    small_runs.finished(target, 300)


# ---- interrupted


def interrupting(after):
    """A progress that interrupts once so many draws are done."""
    done = [0]

    def progress(draws):
        done[0] += draws
        if done[0] >= after:
            raise KeyboardInterrupt

    return progress


@pytest.mark.parametrize("workers", [1, 2])
def test_what_was_done_at_an_interruption_is_not_simulated_again(
    target, whole, workers, monkeypatch
):
    with pytest.raises(Interrupted, match="of 1,500 draws are kept"):
        small_runs.finished(target, workers=workers, progress=interrupting(700))
    state = work.load_snapshot(results.partial_folder(target))
    assert state.counts.draws == sum(map(len, state.done)) >= 700
    simulated, summarise_range = [], summarise.summarise_range
    noted = lambda c, s, draws, **k: simulated.append(draws) or summarise_range(c, s, draws, **k)  # noqa: E731
    monkeypatch.setattr(summarise, "summarise_range", noted)
    assert resumed(target) == whole
    assert work.joined_ranges([*simulated, *state.done]) == (range(1500),)
    assert sum(map(len, simulated)) == 1500 - state.counts.draws


def test_an_interruption_ends_a_batch(tmp_path, monkeypatch, capsys):
    def stopping(plan, out, **options):
        raise Interrupted(f"{plan.name} was interrupted")

    monkeypatch.setattr(running, "run", stopping)
    assert cli.call(["run", "baseline", "peak-data", "--out", str(tmp_path)]) == 130
    assert capsys.readouterr().err.count("was interrupted") == 1


def test_an_interrupted_end_is_taken_up_again(target, whole):
    def stopping(result, folder):
        (folder / "half.svg").write_text("<svg")
        raise KeyboardInterrupt

    with pytest.raises(Interrupted, match="1,500 of 1,500"):
        small_runs.finished(target, pictures=stopping)
    assert resumed(target) == whole


# ---- begun, resumed, extended, replaced


def test_resume_begins_on_nothing_and_prints_what_is_finished(target, whole):
    assert resumed(target) == whole
    before = (target / "counts.npz").stat()
    assert resumed(target) == small_runs.contents(small_runs.finished(target)) == whole
    assert (target / "counts.npz").stat() == before


@pytest.mark.parametrize("first", [400, 1, 1499])
def test_more_draws_extend_a_result_to_the_bytes_of_a_run_of_that_size(target, whole, first):
    small_runs.finished(target, first)
    with pytest.raises(InputFault, match="--resume extends it to 1,500"):
        small_runs.finished(target)
    assert resumed(target) == whole
    assert alone(target)


def test_an_interrupted_extension_keeps_the_shorter_result(target, whole):
    shorter = small_runs.contents(small_runs.finished(target, 400))
    with pytest.raises(Interrupted):
        small_runs.finished(target, resume=True, progress=interrupting(900))
    assert small_runs.contents(target) == shorter
    assert resumed(target) == whole


def test_an_unfinished_run_may_be_asked_for_more_draws(target, whole):
    with pytest.raises(Interrupted):
        small_runs.finished(target, 800, progress=interrupting(300))
    assert resumed(target) == whole


def test_a_spoilt_result_is_not_extended(target):
    small_runs.finished(target, 400)
    with (target / "parameters.npy").open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"\xff")
    with pytest.raises(InputFault, match=r"parameters\.npy: found a changed file"):
        resumed(target)
    assert alone(target)


def test_an_unfinished_run_waits_for_a_word(target):
    with pytest.raises(Interrupted):
        small_runs.finished(target, progress=interrupting(300))
    with pytest.raises(InputFault, match=r"\.world\.partial.*unfinished run.*--resume"):
        small_runs.finished(target)
    with pytest.raises(InputFault, match=r"another seed.*--overwrite.*--out"):
        running.run(small_runs.small(1500, "seed=5"), str(target), resume=True)
    with pytest.raises(InputFault, match="more than the 700 asked for"):
        resumed(target, 700)
    for options in ({"keep_draws": 10}, {"keep_trajectories": 10}):
        with pytest.raises(InputFault, match="900 draws and 300 trajectories"):
            resumed(target, **options)


@pytest.mark.parametrize("resume", [True, False])
def test_something_else_in_the_way_stays_as_it_is(target, resume):
    before = small_runs.contents(small_runs.finished(target))
    for sets, difference in (
        (["seed=5"], "another seed"),
        (["algorithms_growth=0.4"], "another algorithms_growth"),
    ):
        with pytest.raises(InputFault, match=f"{difference}.*--overwrite.*--out"):
            running.run(small_runs.small(1500, *sets), str(target), resume=resume)
    with pytest.raises(InputFault, match="of 1,500 draws, more than"):
        running.run(small_runs.small(700), str(target), resume=resume)
    small_runs.resealed(target, oomcast="0.0.1")
    with pytest.raises(InputFault, match=r"another version, 0\.0\.1"):
        running.run(small_runs.small(), str(target), resume=resume)
    assert before.keys() == small_runs.contents(target).keys()
    assert alone(target)


def test_overwriting_replaces_once_the_new_result_is_whole(target, whole):
    other = small_runs.contents(small_runs.finished(target, 300, "seed=5"))
    with pytest.raises(Interrupted):
        small_runs.finished(target, overwrite=True, progress=interrupting(300))
    assert small_runs.contents(target) == other
    with pytest.raises(InputFault, match="another plan"):
        resumed(target)
    with pytest.raises(Interrupted, match="1,500 of 1,500"):
        small_runs.finished(
            target, overwrite=True, resume=True, pictures=lambda *_: interrupting(0)(1)
        )
    assert resumed(target, overwrite=True) == whole
    assert alone(target)


def test_a_folder_that_is_no_result_is_never_replaced(target):
    target.mkdir()
    (target / "thesis.txt").write_text("years of work")
    with pytest.raises(InputFault, match="not a result"):
        small_runs.finished(target, overwrite=True)
    assert small_runs.contents(target) == {"thesis.txt": b"years of work"}


# ---- raced


def test_the_lock_is_one_that_other_programs_respect(tmp_path):
    with work.work_lock(tmp_path / "work"):
        with pytest.raises(filelock.Timeout):
            filelock.FileLock(tmp_path / "work" / work.LOCK, timeout=0).acquire()
        with (
            pytest.raises(InputFault, match=f"process {os.getpid()} on .* at work"),
            work.work_lock(tmp_path / "work"),
        ):
            pass
    assert not (tmp_path / "work").exists()


def test_a_lock_whose_holder_died_is_free(tmp_path):
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / work.LOCK).write_text(" process 1 on elsewhere, long ago and far away")
    with work.work_lock(tmp_path / "work") as lock:
        assert (tmp_path / "work" / work.LOCK).read_text().startswith(f" process {os.getpid()} on ")
        assert "far away" not in (tmp_path / "work" / work.LOCK).read_text()
        assert work.lock_is_held(tmp_path / "work", lock)


@forks
def test_of_two_processes_one_wins_and_the_other_says_who(target, whole):
    at_work, say_so = os.pipe()

    def work_until_killed(draws):
        if draws:
            os.write(say_so, b"!")
            signal.pause()

    child = forked(small_runs.finished, target, progress=work_until_killed)
    os.close(say_so)
    assert os.read(at_work, 1) == b"!"  # nothing, should the process have ended
    os.close(at_work)
    with pytest.raises(InputFault, match=f"process {child} on .* at work"):
        small_runs.finished(target)
    os.kill(child, signal.SIGKILL)
    ended(child)
    assert small_runs.contents(small_runs.finished(target, overwrite=True)) == whole


def test_of_many_at_once_each_has_the_result_or_a_message(target, whole):
    messages, barrier = [], threading.Barrier(4)

    def attempt():
        barrier.wait()
        try:
            small_runs.finished(target)
        except InputFault as fault:
            messages.append(str(fault))

    threads = [threading.Thread(target=attempt) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(messages) < 4
    assert all("at work" in message for message in messages)
    assert small_runs.contents(target) == whole
    assert alone(target)


# ---- starved


def failing(monkeypatch, at, number):
    """Let the disk fail from the `at`-th write on, the first time in the middle of it."""
    real, count = disk.write, [0]

    def write(file, data):
        count[0] += 1
        if count[0] == at:
            file.write(memoryview(data)[: len(data) // 2])
            file.flush()
        if count[0] >= at:
            raise OSError(number, os.strerror(number))
        real(file, data)

    monkeypatch.setattr(disk, "write", write)
    return lambda: monkeypatch.setattr(disk, "write", real)


@pytest.mark.parametrize("at", [1, 4, 7, 10, 13, 16, 17])
def test_a_full_disk_fails_well_and_the_run_goes_on_later(target, whole, at, monkeypatch):
    repair = failing(monkeypatch, at, errno.ENOSPC)
    with pytest.raises(RunFailed, match=r"No space left on device. Free some space.*same command"):
        small_runs.finished(target)
    assert not target.exists()
    repair()
    assert resumed(target) == whole


def test_a_disk_that_may_not_be_written_to_says_so(target, monkeypatch):
    failing(monkeypatch, 1, errno.EROFS)
    with pytest.raises(RunFailed, match="Have the folder made writable, or choose another --out"):
        small_runs.finished(target)


@pytest.fixture
def little_disk(tmp_path):
    """A file system of 4 MB."""
    path = tmp_path / "disk"
    path.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=4m", "none", str(path)]
    if not shutil.which("mount") or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("file systems cannot be mounted here; injected faults stand in for them")
    yield path
    subprocess.run(["umount", str(path)], check=True)


def test_a_disk_that_fills_up_and_is_given_space(little_disk, whole):
    target, ballast = little_disk / "world", little_disk / "ballast"
    for kilobytes in (3900, 2500, 1500):
        ballast.write_bytes(bytes(1024 * kilobytes))
        with pytest.raises(RunFailed, match="Free some space"):
            small_runs.finished(target, resume=True)
        assert not target.exists()
        ballast.unlink()
    subprocess.run(["mount", "-o", "remount,size=40m", str(little_disk)], check=True)
    assert resumed(target) == whole


def test_a_read_only_disk(little_disk, capsys):
    subprocess.run(["mount", "-o", "remount,ro", str(little_disk)], check=True)
    command = [*COMMAND, "--out", str(little_disk / "world")]
    assert cli.call(command) == 1
    message = capsys.readouterr().err
    assert (
        "Read-only file system. Have the folder made writable, or choose another --out" in message
    )


@pytest.mark.parametrize("again", [False, True])
@pytest.mark.parametrize("when", ["simulating", "drawing"])
def test_a_folder_that_is_removed_in_mid_run(target, whole, again, when):
    folder = results.partial_folder(target)

    def remove(*_):
        shutil.rmtree(folder)
        if again:
            (folder / work.RESULT).mkdir(parents=True)

    doing = {"progress": remove} if when == "simulating" else {"pictures": remove}
    with pytest.raises(RunFailed, match="removed in mid-run"):
        small_runs.finished(target, **doing)
    assert not target.exists()
    assert resumed(target) == whole


def test_a_run_leaves_alone_what_another_has_begun_in_its_place(target, whole):
    def taken_over(*_):
        shutil.rmtree(results.partial_folder(target))
        with pytest.raises(Interrupted):
            small_runs.finished(target, progress=interrupting(700))

    with pytest.raises(RunFailed, match="removed in mid-run"):
        small_runs.finished(target, progress=taken_over)
    assert resumed(target) == whole


# ---- failing draws and pictures


def test_a_draw_that_fails_is_named_and_can_be_replayed(target, monkeypatch, capsys):
    simulate, bad = blocks.model.evaluate, 777
    worst = blocks.simulate_block(blocks.compile_plan(small_runs.small()), range(bad, bad + 1))
    mark = worst.parameters["algorithms_growth"][0]

    def broken(model, parameters, grid):
        series = dict(simulate(model, parameters, grid))
        hit = parameters["algorithms_growth"] == mark
        series["effective_compute"] = np.where(hit, np.nan, series["effective_compute"])
        return series

    monkeypatch.setattr(blocks.model, "evaluate", broken)
    with pytest.raises(DrawFailed) as failed:
        small_runs.finished(target)
    command = str(failed.value).rpartition("oomcast ")[2].split()
    assert command == ["replay", str(results.partial_folder(target)), "--draw", str(bad)]
    assert not target.exists()
    assert cli.call([*command, "--format", "json"]) == 0
    assert '"effective_compute"' in capsys.readouterr().out
    arguments = [*COMMAND, "--draws", "1500", "--out", str(target), "--overwrite"]
    assert cli.call(arguments) == 1
    assert f"draw {bad}: effective_compute is nan at 2019" in capsys.readouterr().err


def test_a_picture_that_fails_warns_and_loses_nothing(target, monkeypatch, capsys):
    from simulator.output.figures import fan

    def half(result, path, *more):
        Path(path).write_text("<svg")
        raise RuntimeError("no ink")

    monkeypatch.setattr(fan, "fan", half)
    assert cli.call([*COMMAND, "--draws", "600", "--out", str(target)]) == 0
    assert "warning: the picture failed (RuntimeError: no ink)" in capsys.readouterr().err
    results.verify_result(str(target))
    assert not (target / "effective_compute.svg").exists()


def test_few_pieces_are_in_flight():
    from concurrent.futures import ThreadPoolExecutor

    given, taken = [], 0

    def pieces():
        for piece in engines.cut_ranges(range(100_000), 2):
            given.append(piece)
            yield piece

    with ThreadPoolExecutor(2) as executor:
        for _ in engines.run_ranges(len, pieces(), executor, ahead=3):
            taken += 1
            assert len(given) - taken <= 6
    assert taken == len(given) > 20


@pytest.mark.parametrize("step", [1, 2, 4])
def test_likelihoods_are_kept_when_a_run_is_interrupted(target, tmp_path, step, monkeypatch):
    """A run with observations is stopped before it counts a draw; the draws weighed by then are not weighed again."""
    plan = small_runs.small(LONG, 'condition.observations=["grok4", "no_researcher"]')
    whole = small_runs.contents(running.run(plan, tmp_path / "whole", **small_runs.KEEP).folder)
    calls, interrupted = [], []
    weigh = weights.range_likelihoods

    def weighed(compiled, draws):
        calls.append(draws)
        if len(calls) == step and not interrupted:
            interrupted.append(True)
            raise KeyboardInterrupt
        return weigh(compiled, draws)

    monkeypatch.setattr(weights, "range_likelihoods", weighed)
    with pytest.raises(
        Interrupted, match=r"[Tt]he likelihoods of [1-9][\d,]* of 9,000 draws are kept"
    ):
        running.run(plan, target, **small_runs.KEEP)
    folder = results.partial_folder(target)
    known = [each.draws for each in likelihoods.load(folder, plan)]
    assert 0 < sum(map(len, known)) < LONG
    calls.clear()
    made = running.run(plan, target, resume=True, **small_runs.KEEP).folder
    again = work.joined_ranges([*known, *calls])
    assert sum(map(len, calls)) + sum(map(len, known)) == LONG
    assert again == (range(LONG),)
    assert small_runs.contents(made) == whole
    shutil.rmtree(tmp_path / "whole")
    assert alone(target)


@pytest.mark.parametrize(
    "damage", [lambda raw: b"", lambda raw: raw[:-40], lambda raw: raw[:60] + b"\0" * 200]
)
def test_damaged_likelihoods_are_made_again(target, tmp_path, monkeypatch, damage):
    plan = small_runs.small(1500, 'condition.observations=["grok4"]')
    whole = small_runs.contents(running.run(plan, tmp_path / "whole", **small_runs.KEEP).folder)
    save = work.save_snapshot
    with monkeypatch.context() as patch:
        patch.setattr(running, "BETWEEN_SNAPSHOTS", ALWAYS)

        def saved_once(folder, state, changed):
            save(folder, state, changed)
            if state.done:
                raise KeyboardInterrupt

        patch.setattr(work, "save_snapshot", saved_once)
        with pytest.raises(Interrupted):
            running.run(plan, target, **small_runs.KEEP)
    path = results.partial_folder(target) / likelihoods.LIKELIHOODS
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(InputFault, match=r"likelihoods.npz"):
        likelihoods.load(path.parent, plan)
    made = running.run(plan, target, resume=True, **small_runs.KEEP).folder
    assert small_runs.contents(made) == whole


def test_likelihoods_of_another_family_are_not_taken(tmp_path, monkeypatch):
    plan = small_runs.small(1500, 'condition.observations=["grok4"]')
    known = [RangeLikelihoods(range(5, 7), np.array([-1.0, -math.inf]), np.array([0.5]))]
    likelihoods.save(tmp_path, known)
    (same,) = likelihoods.load(tmp_path, plan, of_this_family=True)
    assert (same.draws, same.log_likelihood.tolist()) == (range(5, 7), [-1.0, -math.inf])
    other = CpuFamily(("OTHER",), (("exp", "OTHER"),))
    monkeypatch.setattr(likelihoods, "this_family", lambda: other)
    assert likelihoods.load(tmp_path, plan, of_this_family=True) == []
    assert len(likelihoods.load(tmp_path, plan)) == 1
