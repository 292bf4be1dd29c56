"""The page's modules, run under node."""

import json

from programs import node

from simulator.page.modules import bundle


def script_output(entry, script, given=None):
    """What a script prints as JSON, after a module and all that it imports."""
    start = "const given = JSON.parse(require('fs').readFileSync(0) || 'null');"
    return json.loads(node("\n".join([start, bundle(entry), script]), json.dumps(given)))


def printed(value):
    return f"console.log(JSON.stringify({value}));"
