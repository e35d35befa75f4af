"""Trouble on demand: error pages, lost answers and silence, for the next so many calls that match."""

from __future__ import annotations

import json
import re
import threading
import time
from dataclasses import dataclass
from typing import Any

from flask import Response, request

from peerlearn.adapters.razorpay_simulator import problems
from peerlearn.adapters.razorpay_simulator.problems import Problem

KINDS = ("500", "502", "504", "429", "timeout")


@dataclass
class Fault:
    """One kind of trouble. `lost` lets the call happen first, so that only its answer is lost."""

    kind: str
    method: str = "POST"
    path: str = ".*"
    times: int = 1
    lost: bool = False
    seconds: float = 30.0


class Faults:
    """The troubles that are still to come. Kept in memory: a restart is the cure."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, wanted: dict[str, Any]) -> Fault:
        """Add one. Raises Problem for an unknown kind or field."""
        try:
            fault = Fault(**wanted)
            re.compile(fault.path)
        except (TypeError, re.error) as error:
            raise Problem(str(error)) from error
        if fault.kind not in KINDS:
            raise Problem(f"kind must be one of {', '.join(KINDS)}")
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """No more trouble."""
        with self._lock:
            self._faults.clear()

    def listed(self) -> list[dict[str, Any]]:
        """What is still to come."""
        with self._lock:
            return [dict(vars(fault)) for fault in self._faults]

    def take(self, method: str, path: str) -> Fault | None:
        """The trouble for this call, used up by one."""
        with self._lock:
            for fault in self._faults:
                if fault.method in (method, "*") and re.fullmatch(fault.path, path):
                    fault.times -= 1
                    if fault.times <= 0:
                        self._faults.remove(fault)
                    return fault
        return None

    def before(self) -> Response | None:
        """Flask's before_request: spoil the call, or remember to spoil its answer."""
        if not request.path.startswith(("/v1/", "/v2/")) or request.path.startswith("/v1/checkout"):
            return None
        fault = self.take(request.method, request.path)
        if fault is None:
            return None
        if fault.lost:
            request.environ["simulator.fault"] = fault
            return None
        return _spoiled(fault)

    def after(self, response: Response) -> Response:
        """Flask's after_request: the call has happened, its answer is lost."""
        fault = request.environ.get("simulator.fault")
        return _spoiled(fault) if fault else response


def _spoiled(fault: Fault) -> Response:
    if fault.kind == "timeout":
        time.sleep(fault.seconds)
    if fault.kind == "500" or fault.kind == "429":
        problem = (
            Problem(problems.TOO_MANY, status=429)
            if fault.kind == "429"
            else Problem(problems.SERVER_ERROR, status=500, code="SERVER_ERROR")
        )
        return Response(json.dumps(problem.body()), problem.status, mimetype="application/json")
    status = 504 if fault.kind in ("504", "timeout") else 502
    return Response(f"<html><body><h1>{status}</h1></body></html>", status, mimetype="text/html")
