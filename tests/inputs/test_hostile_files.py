"""Files of strangers that once ended in a traceback or held up `check`, and files in odd shapes: all end in exit 2."""

import pytest

from simulator.inputs import files

NESTED = "[" * 20_000 + "]" * 20_000

HOSTILE = {
    "5,000 digits": (f"draws = {'9' * 5_000}\n", ":3: found a whole number of more than 40 digits"),
    "hexadecimal": (
        f"draws = 0x{'f' * 9_000}\n",
        ":3: found a whole number of more than 40 digits",
    ),
    "digits in a list": (f"notes = [1, {'9' * 5_000}]\n", ":3: found a whole number of more"),
    "nested lists": (f"notes = {NESTED}\n", ":3: found tables or lists nested more than 32 deep"),
    "33 lists": (
        f"notes = {'[' * 33 + ']' * 33}\n",
        ":3: found tables or lists nested more than 32",
    ),
    "dotted keys": (
        f"{'.'.join('a' * 5_000)} = 1\n",
        ": found tables or lists nested more than 32",
    ),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_numbers_and_nesting_past_the_bounds_are_faults_with_a_line(folder, oomcast, case):
    text, said = HOSTILE[case]
    (folder / "mine.toml").write_text(f'title = "Mine"\nseed = 1\n{text}')
    done = oomcast("check", "mine.toml")
    assert done.code == 2, done.err
    assert said in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize("value", ["9" * 5_000, "0x" + "f" * 9_000, NESTED])
def test_a_value_of_the_command_line_is_held_to_the_same_bounds(folder, oomcast, value):
    (folder / "mine.toml").write_text('title = "Mine"\n')
    done = oomcast("run", "mine.toml", "--set", f"draws={value}")
    assert done.code == 2, done.err
    assert "--set" in done.err


def test_lines_are_found_in_a_line_of_a_million_spaces():
    spaces = " " * 1_000_000
    text = f"a{spaces}b\n[t]\n{spaces}key{spaces}= 1\n{spaces}\n[{spaces}\nlast = 2\n"
    assert files.table_lines(text) == {("t",): 2, ("t", "key"): 3, ("t", "last"): 6}


def test_a_file_past_the_bound_is_refused_and_never_read_whole(folder, oomcast):
    with (folder / "mine.toml").open("wb") as file:
        file.truncate(2**40)  # a sparse file: it takes no disk, and would not fit the memory
    done = oomcast("check", "mine.toml")
    assert done.code == 2
    assert "found a file of more than 5,000,000 bytes" in done.err


def test_a_file_at_the_bound_is_read(folder):
    text = 'title = "Mine"\n#'
    (folder / "mine.toml").write_text(text + "x" * (files.MOST_BYTES - len(text)))
    faults = []
    assert files.read_toml(folder / "mine.toml", faults) == {"title": "Mine"}
    assert not faults


ODD = {
    "byte order mark": b'\xef\xbb\xbftitle = "Mine"\n',
    "UTF-16": 'title = "Mine"\n'.encode("utf-16"),
    "NUL": b'title = "Mi\0ne"\n',
}


@pytest.mark.parametrize("shape", ODD)
def test_bytes_that_are_no_toml_are_faults_of_line_1(folder, oomcast, shape):
    (folder / "mine.toml").write_bytes(ODD[shape])
    done = oomcast("check", "mine.toml")
    assert (done.code, "mine.toml:1: found" in done.err) == (2, True), done.err


def test_a_folder_and_a_dangling_link_in_a_file_s_stead_are_faults(folder, oomcast):
    (folder / "mine.toml").mkdir()
    (folder / "gone.toml").symlink_to("nowhere.toml")
    for name in ("mine.toml", "gone.toml"):
        done = oomcast("check", name)
        assert (done.code, name in done.err) == (2, True), done.err
