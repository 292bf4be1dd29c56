"""The guides in docs/: their files are written, their commands run and their Python works, in the order of the page."""

import re
import shlex
from pathlib import Path

import pytest
from checkout import ROOT

GUIDES = ("own_scenario", "evidence", "python_and_r")


def blocks(guide):
    """Language and text of every block of code, in order."""
    text = (ROOT / "docs" / f"{guide}.md").read_text("utf-8")
    return re.findall(r"^```(\w+)\n(.*?)^```$", text, flags=re.M | re.S)


@pytest.mark.slow
@pytest.mark.parametrize("guide", GUIDES)
def test_a_guide_does_what_it_says(guide, folder, oomcast):
    names, done = {}, 0
    for language, text in blocks(guide):
        if language == "toml":
            path = Path(text.partition("\n")[0].removeprefix("# "))
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        elif language == "sh":
            for line in text.splitlines():
                command, *words = shlex.split(line)
                said = oomcast(*words)
                assert (command, said.code) == ("oomcast", 0), (line, said.err)
                done += 1
        elif language == "python":
            exec(compile(text, guide, "exec"), names)
            done += 1
    assert done >= 5


def test_guides_are_linked_from_the_readme():
    readme = (ROOT / "README.md").read_text("utf-8")
    for path in (ROOT / "docs").glob("*.md"):
        assert f"(docs/{path.name})" in readme, path.name
