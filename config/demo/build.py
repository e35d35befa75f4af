"""Loads the demonstration: people, months of lessons with their money, and the days ahead. Twice is once."""

import logging

from config.demo.load_coming import coming_load
from config.demo.load_past import WEEKS, past_load
from config.demo.load_people import people_load
from peerlearn.ports import Ports

log = logging.getLogger(__name__)


def demo_load(ports: Ports, *, weeks: int = WEEKS) -> None:
    """Load everything that is missing. A second load on a later day adds the days between and fresh sessions ahead.

    `weeks` is how far the past reaches back.
    """
    ids = people_load()
    past = past_load(ids, weeks)
    coming = coming_load(ids)
    log.info("demo: %s people, %s lessons of the past, %s sessions ahead", len(ids), past, coming)
