"""Loads the demonstration: people, months of lessons with their money, and the days ahead. Twice is once."""

import logging

from config.demo.drawing import drawing_load
from config.demo.load_coming import coming_load
from config.demo.load_past import WEEKS, past_load
from config.demo.load_people import people_load
from config.demo.load_requests import requests_load
from peerlearn.errors import Upstream
from peerlearn.ports import Ports
from peerlearn.recommend.embeddings import all_embed
from peerlearn.recommend.service import index_rebuild
from peerlearn.recommend.standings import standings_refresh

log = logging.getLogger(__name__)


def demo_load(ports: Ports, *, weeks: int = WEEKS) -> None:
    """Load everything that is missing. A second load on a later day adds the days between and fresh sessions ahead.

    `weeks` is how far the past reaches back.
    """
    ids = people_load()
    past = past_load(ids, weeks)
    coming = coming_load(ids)
    asked = requests_load(ids)
    drawing_load(ids["asha"], ids["rohan"])
    log.info("demo: %s people; new: %s past lessons, %s lessons ahead, %s requests", len(ids), past, coming, asked)
    standings_refresh()
    try:
        fresh = all_embed(encoder=ports.encoder)
        index_rebuild(index=ports.index, encoder=ports.encoder)
    except Upstream as error:
        # The worker embeds what is stale every few minutes; until then pages show what is popular.
        log.warning("demo: no texts were embedded yet, the worker will do it. %s", error.message)
    else:
        log.info("demo: %s texts embedded", fresh)
