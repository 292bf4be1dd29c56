"""The tour of the public API runs, and so do the README's lines of it."""

import importlib.util
import re

from checkout import ROOT


def test_the_tour_runs_and_finds_what_it_asserts(tmp_path, capsys):
    spec = importlib.util.spec_from_file_location("tour", ROOT / "docs" / "tour.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.tour(tmp_path, draws=500)
    assert {path.name for path in tmp_path.iterdir()} == {
        "arrivals.svg",
        "scenarios.svg",
        "slow-power",
    }
    assert "P(automated researcher before 2031)" in capsys.readouterr().out


def test_the_lines_in_the_readme_run(folder, capsys):
    blocks = re.findall(
        r"^```python\n(.*?)^```$", (ROOT / "README.md").read_text("utf-8"), re.M | re.S
    )
    (lines,) = [block for block in blocks if block.startswith("import simulator")]
    exec(compile(lines, "README.md", "exec"), {})
    assert "automated_researcher" in capsys.readouterr().out
    assert "automated researcher: p50 (p10 to p90) 20" in (folder / "arrivals.svg").read_text()
