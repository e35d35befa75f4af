"""Wake-ups for requests: the next wave, the honest end, the answer that never came."""

from typing import Any

from peerlearn.clock import now
from peerlearn.jobs.queue import job, periodic
from peerlearn.requests.help import help_widen, help_widen_one
from peerlearn.requests.queries import help_next_due
from peerlearn.requests.service import requests_expire
from peerlearn.sessions.holds import Terms

SOONEST_SECONDS = 1.0  # a job that comes back never spins


def _terms(ports: Any) -> Terms:
    return Terms(ports.settings.platform_fee_percent, ports.settings.gst_percent)


@periodic(minutes=1)
def widen_help(ports: Any) -> None:
    """Ring the next wave of every call that is due and end those that waited three minutes."""
    help_widen(terms=_terms(ports))


@job
def widen_one_help(ports: Any, request_id: int) -> None:
    """Do what is due for one call, and come back when the next thing is: the learner's page may be closed."""
    help_widen_one(request_id, terms=_terms(ports))
    due = help_next_due(request_id)
    if due is not None:
        seconds = max(SOONEST_SECONDS, (due - now()).total_seconds())
        ports.queue.enqueue("widen_one_help", request_id, delay_seconds=seconds)


@periodic(minutes=1)
def expire_requests(_ports: Any) -> None:
    """End requests for a time that nobody answered."""
    requests_expire()
