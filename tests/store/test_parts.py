"""Parts of a run: they merge to the bytes of the whole in any order, and what does not belong together is refused."""

import os
import random
import shutil
import signal

import numpy as np
import pytest
import small_runs
from small_runs import quickly  # noqa: F401  (for every test here)

from simulator.errors import InputFault
from simulator.simulate import blocks
from simulator.store import likelihoods, manifest, part_weights, parts, results, running, work
from simulator.store.beginning import RunRequest

COMMAND = ["run", *(part for setting in small_runs.SETS for part in ("--set", setting))]
COMMAND += ["--keep-draws", "900", "--keep-trajectories", "300", "--draws", "1500"]
CONDITIONED = ["--set", 'condition.observations=["grok4", "no_researcher"]']
OF = 7


def simulated(folder, number, *sets, of=OF, draws=1500, **options):
    """The folder of one part of a small run."""
    request = RunRequest(small_runs.small(draws, *sets), False, False, 900, 300)._replace(**options)
    parts.run_part(request, folder, parts.DrawPart(number, of), workers=1 + number % 2)
    return folder


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return small_runs.contents(small_runs.finished(tmp_path_factory.mktemp("whole") / "whole"))


@pytest.fixture(scope="module")
def seven(tmp_path_factory):
    """All parts of the small run; no test changes them."""
    folder = tmp_path_factory.mktemp("parts")
    return [simulated(folder / str(number), number) for number in range(1, OF + 1)]


def refusal(act, *arguments, **options):
    with pytest.raises(InputFault) as caught:
        act(*arguments, **options)
    return str(caught.value)


@pytest.mark.parametrize("total", [7, 1500, 10**10])
def test_parts_cover_every_draw_once(total):
    ranges = [parts.DrawPart(number, OF).draws(total) for number in range(1, OF + 1)]
    assert work.joined_ranges(ranges) == (range(total),)
    assert sum(map(len, ranges)) == total


@pytest.mark.parametrize("seed", [1, 2])
def test_parts_merge_in_any_order_to_the_bytes_of_the_whole(seven, whole, tmp_path, seed):
    shuffled = random.Random(seed).sample(seven, OF)
    result = parts.merge_parts(shuffled, tmp_path / "merged")
    assert small_runs.contents(result.folder) == whole
    assert results.verify_result(str(result.folder)).plan == small_runs.small()
    assert [path.name for path in tmp_path.iterdir()] == ["merged"]


def test_a_part_is_no_result_and_a_whole_run_leaves_it_alone(seven):
    assert not (seven[0] / manifest.MANIFEST).exists()
    assert "what is not a result" in refusal(small_runs.finished, seven[0])
    assert "holds no manifest.json" in refusal(results.load_result, seven[0])
    assert results.open_plan(str(seven[0])) == small_runs.small()


def test_a_part_that_is_done_is_not_simulated_again(seven, monkeypatch):
    before = (seven[3] / work.SNAPSHOT).read_bytes()
    monkeypatch.setattr(blocks, "simulate_block", None)
    simulated(seven[3], 4)
    assert (seven[3] / work.SNAPSHOT).read_bytes() == before


def test_parts_that_share_draws_are_refused(seven, tmp_path):
    half = simulated(tmp_path / "half", 1, of=2)
    said = refusal(parts.merge_parts, [half, *seven[3:]], tmp_path / "merged")
    assert "half" in said
    assert str(seven[3]) in said
    assert "draws 642 to 749" in said
    assert not (tmp_path / "merged").exists()
    twice = refusal(parts.merge_parts, [*seven, seven[2]], tmp_path / "merged")
    assert "draws 428 to 641" in twice


def test_parts_of_another_plan_are_refused(seven, tmp_path):
    other = simulated(tmp_path / "other", 1, "seed=2")
    said = refusal(parts.merge_parts, [*seven[1:], other], tmp_path / "merged")
    assert "another plan" in said
    assert str(other) in said
    assert str(seven[1]) in said


def test_missing_parts_are_listed_with_the_options_that_run_them(seven, tmp_path):
    said = refusal(parts.merge_parts, [seven[0], *seven[2:4], *seven[5:]], tmp_path / "merged")
    assert "no draws 214 to 427, 857 to 1,070 of 1,500" in said
    assert "run --part 2/7, --part 5/7" in said


def test_a_folder_that_is_no_part_is_refused(seven, tmp_path):
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "mine.txt").write_text("mine")
    assert "no part of a run" in refusal(parts.merge_parts, [tmp_path / "notes"], tmp_path / "m")
    assert "no such folder" in refusal(parts.merge_parts, [tmp_path / "none"], tmp_path / "m")
    for overwrite in (False, True):
        said = refusal(simulated, tmp_path / "notes", 1, overwrite=overwrite)
        assert "mine.txt" in said
    assert (tmp_path / "notes" / "mine.txt").read_text() == "mine"


def test_a_part_does_not_become_another(seven):
    said = refusal(simulated, seven[0], 2, resume=True)
    assert "part 1/7 of 1,500 draws, not part 2/7" in said
    assert "of 1,500 draws" in refusal(simulated, seven[0], 1, draws=3000, resume=True)


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_killed_part_is_resumed_to_the_same_bytes(tmp_path):
    """A part of 4,500 draws is simulated in ranges of 256 and then 1,024; the kill comes after the fourth of them."""
    target, draws = tmp_path / "1", 9000
    child = os.fork()
    if child == 0:
        try:
            running.BETWEEN_SNAPSHOTS = -1.0
            save = work.save_snapshot

            def save_and_die(folder, state, changed):
                save(folder, state, changed)
                if state.simulated > 1200:
                    os.kill(os.getpid(), signal.SIGKILL)

            work.save_snapshot = save_and_die
            simulated(target, 1, of=2, draws=draws)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    second = simulated(tmp_path / "2", 2, of=2, draws=draws)
    said = refusal(parts.merge_parts, [target, second], tmp_path / "merged")
    assert "run --part 1/2 --resume" in said
    assert "--resume goes on" in refusal(simulated, target, 1, of=2, draws=draws)
    simulated(target, 1, of=2, draws=draws, resume=True)
    merged = parts.merge_parts([second, target], tmp_path / "merged").folder
    undisturbed = small_runs.finished(tmp_path / "whole", draws)
    assert small_runs.contents(merged) == small_runs.contents(undisturbed)


def test_the_commands_leave_the_result_of_the_whole_with_its_picture(folder, oomcast):
    for number in (1, 2):
        done = oomcast(*COMMAND, "--part", f"{number}/2", "--out", f"parts/{number}")
        assert done.code == 0
        assert f"Part {number}/2 is done" in done.err
        assert "oomcast merge" in done.err
        assert done.out == ""
    merged = oomcast("merge", "parts/2", "parts/1", "--out", "merged", "--format", "json")
    at_once = oomcast(*COMMAND, "--out", "whole", "--format", "json")
    assert (merged.code, merged.out) == (at_once.code, at_once.out) == (0, at_once.out)
    assert small_runs.contents(folder / "merged") == small_runs.contents(folder / "whole")
    assert (folder / "merged" / "effective_compute.svg").exists()
    again = oomcast("merge", "parts/1", "--out", "merged")
    assert again.code == 2
    assert "no draws 750 to 1,499 of 1,500" in again.err


@pytest.fixture(scope="module")
def weighed_whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole") / "whole"
    return small_runs.contents(small_runs.finished(folder, 1500, CONDITIONED[1]))


@pytest.fixture(scope="module")
def three(tmp_path_factory):
    """All parts of a small run with observations, counted; no test changes them."""
    folder = tmp_path_factory.mktemp("parts")
    return weighed_parts(folder)


def weighed_parts(folder, merge=True):
    folders = [simulated(folder / str(n), n, CONDITIONED[1], of=3) for n in (1, 2, 3)]
    if merge:
        assert parts.weigh_parts(reversed(folders))
        for number in (3, 1, 2):
            simulated(folders[number - 1], number, CONDITIONED[1], of=3)
    return folders


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1)])
def test_parts_with_observations_merge_to_the_bytes_of_the_whole(
    three, weighed_whole, tmp_path, order
):
    shuffled = [three[i] for i in order]
    assert parts.weigh_parts(shuffled) is None  # they have their weights
    result = parts.merge_parts(shuffled, tmp_path / "merged")
    assert small_runs.contents(result.folder) == weighed_whole
    assert "weights.npz" in weighed_whole


def test_parts_are_weighed_only_together(tmp_path):
    folders = weighed_parts(tmp_path, merge=False)
    assert "no draws 500 to 999" in refusal(parts.weigh_parts, [folders[0], folders[2]])
    assert not (folders[0] / part_weights.WEIGHTS).exists()
    said = refusal(parts.merge_parts, folders, tmp_path / "merged")
    assert "no draws 0 to 1,499" in said
    before = (folders[1] / likelihoods.LIKELIHOODS).stat().st_mtime_ns
    simulated(folders[1], 2, CONDITIONED[1], of=3)  # nothing to do before they are weighed
    assert (folders[1] / likelihoods.LIKELIHOODS).stat().st_mtime_ns == before


def test_a_part_counted_with_other_weights_is_refused(three, tmp_path):
    copies = [shutil.copytree(each, tmp_path / each.name) for each in three]
    with np.load(copies[2] / likelihoods.LIKELIHOODS) as file:
        arrays = {**file, "log_likelihood": file["log_likelihood"] - np.arange(500.0)}
    np.savez(copies[2] / likelihoods.LIKELIHOODS, **arrays)
    said = refusal(parts.merge_parts, copies, tmp_path / "merged")
    assert "counted with other weights" in said
    assert "part 1/3 again with --overwrite" in said


@pytest.mark.parametrize("file", ["likelihoods.npz", "weights.npz"])
def test_a_spoilt_file_of_a_part_is_refused(three, tmp_path, file):
    copies = [shutil.copytree(each, tmp_path / each.name) for each in three]
    (copies[1] / file).write_bytes(b"x")
    assert file in refusal(parts.merge_parts, copies, tmp_path / "merged")


def test_the_commands_weigh_parts_and_count_them(folder, oomcast):
    run = [*COMMAND, *CONDITIONED]
    for number in (1, 2):
        done = oomcast(*run, "--part", f"{number}/2", "--out", f"parts/{number}")
        assert (done.code, "has the likelihoods of its draws" in done.err) == (0, True)
    done = oomcast("merge", "parts/1", "parts/2", "--out", "merged")
    assert (done.code, done.out) == (0, "")
    assert "1,500 draws are weighed" in done.err
    assert not (folder / "merged").exists()
    for number in (1, 2):
        done = oomcast(*run, "--part", f"{number}/2", "--out", f"parts/{number}")
        assert (done.code, f"Part {number}/2 is done" in done.err) == (0, True)
    merged = oomcast("merge", "parts/1", "parts/2", "--out", "merged", "--format", "json")
    at_once = oomcast(*run, "--out", "whole", "--format", "json")
    assert (merged.code, merged.out) == (at_once.code, at_once.out) == (0, at_once.out)
    assert small_runs.contents(folder / "merged") == small_runs.contents(folder / "whole")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        *((["--part", bad], "--part 17/400") for bad in ("0/4", "5/4", "x", "1/", "-1/4", "1/0")),
        (["--part", "1/2000"], "a part without a draw"),
        (["peak-data", "--part", "1/2"], "2 runs"),
        (["--part", "1/2", *CONDITIONED, "--set", "condition.sampler=sequential"], "in stages"),
    ],
)
def test_what_cannot_be_a_part_is_refused(folder, oomcast, words, said):
    names = ["baseline"] if "peak-data" in words else []
    done = oomcast(COMMAND[0], *names, *COMMAND[1:], *words, "--out", "parts/1")
    assert done.code == 2
    assert said in done.err
    assert not (folder / "parts").exists()


def test_a_sweep_and_a_part_without_a_folder_are_refused(folder, oomcast):
    (folder / "two.toml").write_text(
        'extends = "baseline"\n[condition]\nobservations = []\n'
        "[sweep.algorithms_growth]\nvalues = [0.3, 0.5]\n"
    )
    done = oomcast("run", "two.toml", "--part", "1/2", "--out", "parts/1")
    assert (done.code, "a sweep of 2 points" in done.err) == (2, True)
    done = oomcast(*COMMAND, "--part", "1/2", "--out", "parts/1", "-o", "table.csv")
    assert (done.code, "-o: found --part beside it" in done.err) == (2, True)
    done = oomcast(*COMMAND, "--part", "1/2")
    assert (done.code, "--out parts/1" in done.err) == (2, True)
