"""Housekeeping of accounts."""

import logging

from peerlearn.accounts import service
from peerlearn.jobs.queue import periodic
from peerlearn.ports import Ports

log = logging.getLogger(__name__)


@periodic(minutes=60)
def clean_drafts(_ports: Ports) -> None:
    """Forget forms that nobody went on with for two months."""
    removed = service.drafts_clean()
    if removed:
        log.info("accounts: forgot %s old drafts", removed)
