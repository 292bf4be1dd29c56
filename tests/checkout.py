"""The checkout that is being tested."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def checkout_files():
    """Every file of the checkout that is committed, or could be: ignored ones are left out."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    paths = [Path(name) for name in listing.split("\0") if name]
    return [path for path in paths if (ROOT / path).is_file()]
