"""The room's browser and server agree on every name, kind and limit."""

import json
import subprocess
from pathlib import Path
from typing import Any

from peerlearn.live import protocol


def _javascript(root: Path) -> dict[str, Any]:
    script = "import * as p from './static/js/live/protocol.js'; console.log(JSON.stringify(p));"
    words = ["node", "--input-type=module", "--eval", script]
    found: dict[str, Any] = json.loads(
        subprocess.run(words, cwd=root, capture_output=True, text=True, check=True).stdout
    )
    return found


def test_protocol_constants_agree(root: Path) -> None:
    theirs = _javascript(root)
    assert {"ASK", "TELL", "LIMIT"} <= set(theirs)
    for name, value in theirs.items():
        assert json.loads(json.dumps(getattr(protocol, name))) == value, name


def test_every_rate_is_of_a_known_event() -> None:
    assert set(protocol.RATES) == set(protocol.ASK.values())
    assert set(protocol.ASK.values()) >= protocol.VOLATILE
