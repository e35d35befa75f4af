"""What the catalogue asks of the people who run the place."""

from peerlearn.accounts.queries import admin_ids, user_by_id
from peerlearn.catalog.queries import mentors_waiting
from peerlearn.jobs.queue import periodic
from peerlearn.kernel import transactional
from peerlearn.notifications.service import notify
from peerlearn.ports import Ports


@periodic(minutes=10)
def tell_of_waiting_mentors(_ports: Ports) -> None:
    """Put every profile that waits for approval into each administrator's bell, once per submission."""
    _tell()


@transactional
def _tell() -> None:
    for mentor_id, submitted_at in mentors_waiting():
        mentor = user_by_id(mentor_id)
        if mentor is None:
            continue
        for admin_id in admin_ids():
            notify(
                admin_id,
                "mentor_submitted",
                f"{mentor.name} wants to teach",
                "Read the profile, then approve it or send it back with a reason.",
                "/admin/",
                person_id=mentor_id,
                dedupe_key=f"mentor_submitted:{mentor_id}:{submitted_at:%Y%m%d%H%M%S}:{admin_id}",
            )
