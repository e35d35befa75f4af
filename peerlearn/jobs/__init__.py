"""Work that nobody waits for. Importing this package registers every job."""

import peerlearn.jobs.accounts
import peerlearn.jobs.catalog
import peerlearn.jobs.disputes
import peerlearn.jobs.live
import peerlearn.jobs.notifications
import peerlearn.jobs.payments
import peerlearn.jobs.recommend
import peerlearn.jobs.requests
import peerlearn.jobs.sessions  # noqa: F401
