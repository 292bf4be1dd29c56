"""CPU seconds of each command, as ratios to a bare `import numpy` in the same run.

    python benchmarks/startup.py [rounds]

Every command runs in a new process; of a few rounds the least user and system time counts. `run` is of 10,000 draws;
its last line is the same run inside a process that has imported everything and drawn a picture before: simulation,
picture and result alone. Only ratios compare between machines.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

RUN = 'extends = "baseline"\ndraws = 10000\n'

COMMANDS = (
    "run small --overwrite",
    "milestones small",
    "bands small",
    "check small",
    "claims small",
)

WARM = """
import os, sys
from simulator import cli
cli.call(sys.argv[1].split())
start = os.times()
cli.call(sys.argv[1].split())
end = os.times()
print(end.user + end.system - start.user - start.system, file=sys.stderr)
"""


def cpu_seconds(words: list[str], home: Path, rounds: int) -> float:
    """The least user and system seconds of a program of Python, over a few rounds."""
    seconds = []
    for _ in range(rounds):
        start = os.times()
        _start(words, home)
        end = os.times()
        user = end.children_user - start.children_user
        seconds.append(user + end.children_system - start.children_system)
    return min(seconds)


def warm_seconds(command: str, home: Path, rounds: int) -> float:
    """The least CPU seconds of a command in a process that has run it once."""
    done = (_start(["-c", WARM, command], home) for _ in range(rounds))
    return min(float(said.splitlines()[-1]) for said in done)


def _start(words: list[str], home: Path) -> str:
    path = os.pathsep.join(
        filter(None, [str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH")])
    )
    done = subprocess.run(
        [sys.executable, *words],
        cwd=home,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stderr


def main(rounds: int) -> None:
    """Print a line for each command."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "runs").mkdir()
        (home / "runs" / "small.toml").write_text(RUN)
        bare = cpu_seconds(["-c", "import numpy"], home, rounds)
        print(f"{'import numpy':24} {bare:6.2f} s")
        for command in COMMANDS:
            seconds = cpu_seconds(["-m", "simulator", *command.split()], home, rounds)
            print(f"{command:24} {seconds:6.2f} s {seconds / bare:6.1f}")
        seconds = warm_seconds(COMMANDS[0], home, rounds)
        print(f"{'run, all imported':24} {seconds:6.2f} s {seconds / bare:6.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
