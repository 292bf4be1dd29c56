"""The method page says of every parameter what the shipped priors say."""

from checkout import ROOT

from simulator.inputs import load


def test_every_parameter_is_documented_with_its_unit_and_source():
    page = (ROOT / "docs" / "method.md").read_text("utf-8")
    for prior in load.load_plan("baseline").priors:
        assert f"| {prior.name} | {prior.unit} | {prior.source} |" in page, prior.name
