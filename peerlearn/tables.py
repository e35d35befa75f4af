"""Imports every table, so that metadata and Alembic see them all."""

import peerlearn.accounts.models
import peerlearn.artifacts.models
import peerlearn.audit.models
import peerlearn.catalog.models
import peerlearn.live.models
import peerlearn.notifications.models
import peerlearn.payments.coupon_models
import peerlearn.payments.models
import peerlearn.payments.pack_models
import peerlearn.recommend.models
import peerlearn.requests.counter_models
import peerlearn.requests.models
import peerlearn.sessions.calendar_models
import peerlearn.sessions.models
import peerlearn.sessions.move_offer_models
import peerlearn.sessions.series_models
import peerlearn.sessions.told_models
import peerlearn.sessions.waitlist_models  # noqa: F401
