"""The one table of what happens after a commit: fact -> reactions, in order.

A reaction enqueues a job or emits to a socket. Its failure is logged and never reaches the person who acted; losing
one loses only promptness, because a periodic job finds the same work by state.
"""

import logging
from collections.abc import Callable, Sequence
from typing import Any

from blueprints.catalog import push as mentors
from blueprints.live import push as rooms
from blueprints.notifications import push as bell
from blueprints.payments import push as money
from blueprints.requests import push as asks
from blueprints.sessions import push as lessons
from peerlearn.accounts import facts as accounts
from peerlearn.catalog import facts as catalog
from peerlearn.kernel import Deliver
from peerlearn.live import facts as live
from peerlearn.notifications import facts as notifications
from peerlearn.payments import facts as payments
from peerlearn.ports import Ports
from peerlearn.requests import facts as requests
from peerlearn.requests.waves import WAVE_EVERY
from peerlearn.sessions import facts as sessions

log = logging.getLogger(__name__)

Reaction = Callable[[Ports, Any], None]


def enqueues(job: str, *fields: str, delay_seconds: float = 0) -> Reaction:
    """A reaction that asks for a job with these fields of the fact."""

    def enqueue(ports: Ports, fact: Any) -> None:
        ports.queue.enqueue(job, *(getattr(fact, name) for name in fields), delay_seconds=delay_seconds)

    enqueue.__name__ = f"enqueue_{job}"
    return enqueue


REACTIONS: dict[type, list[Reaction]] = {
    # A row per fact. Keep it alphabetical by capability.
    accounts.LearnerProfileChanged: [enqueues("embed_learner", "user_id")],
    accounts.SignInsEnded: [bell.cut_sockets],
    accounts.UserBanned: [bell.cut_sockets, enqueues("cancel_sessions_of", "user_id")],
    catalog.MentorApproved: [mentors.mentor_state_changed, enqueues("embed_mentor", "user_id")],
    catalog.MentorProfileChanged: [enqueues("embed_mentor", "user_id")],
    catalog.MentorRejected: [mentors.mentor_state_changed],
    catalog.MentorSubmitted: [enqueues("tell_of_waiting_mentors")],
    catalog.MentorSuspended: [mentors.mentor_state_changed],
    live.RoomEntered: [rooms.room_entered],
    live.RoomLeft: [rooms.room_left],
    notifications.MailWanted: [enqueues("send_letter", "mail_id")],
    notifications.NotificationCreated: [bell.push_notification],
    notifications.NotificationsRead: [bell.push_read],
    payments.DisputeChanged: [enqueues("tell_dispute", "dispute_id"), enqueues("settle_disputes")],
    payments.DisputeSettled: [enqueues("tell_dispute", "dispute_id")],
    payments.MoneyCaptured: [money.push_order, enqueues("settle_order", "order_id")],
    payments.PayeeChanged: [enqueues("tell_payee", "mentor_id")],
    payments.BankAccountChanged: [enqueues("tell_bank_account", "mentor_id")],
    payments.PaymentFailed: [money.push_order],
    payments.PaymentQuarantined: [money.push_order, enqueues("alert_admins")],
    payments.PayoutChanged: [enqueues("tell_payout", "payout_id")],
    payments.RefundFailed: [enqueues("alert_admins")],
    payments.RefundProcessed: [enqueues("tell_refund", "refund_id")],
    payments.RefundWanted: [enqueues("send_refunds")],
    payments.WebhookStored: [enqueues("handle_webhook", "webhook_id")],
    requests.HelpAccepted: [asks.help_accepted],
    requests.HelpAsked: [enqueues("widen_one_help", "request_id", delay_seconds=WAVE_EVERY.total_seconds())],
    requests.HelpEnded: [asks.help_ended],
    requests.HelpRung: [asks.help_rung],
    requests.HelpTaken: [asks.help_stopped],
    requests.RequestAccepted: [asks.request_changed],
    requests.RequestCountered: [asks.request_changed],
    requests.RequestDeclined: [asks.request_changed],
    requests.RequestExpired: [asks.request_changed],
    requests.RequestProposed: [asks.request_changed],
    requests.RequestWithdrawn: [asks.request_changed],
    requests.RingsSwitchedOff: [asks.rings_switched_off],
    sessions.ExtensionChanged: [rooms.time_changed],
    sessions.FeedbackGiven: [enqueues("refresh_standing", "live_session_id")],
    sessions.LateMoneyReturned: [money.push_order],
    sessions.MoveOfferChanged: [lessons.session_changed],
    sessions.SessionCancelled: [rooms.room_ended, lessons.session_changed, enqueues("advance_lines")],
    sessions.SessionConfirmed: [lessons.session_changed],
    sessions.SessionEnded: [rooms.room_ended, lessons.session_changed],
    sessions.SessionExtended: [rooms.time_changed, money.push_extended, lessons.session_changed],
    sessions.SessionHeld: [lessons.session_changed],
    sessions.SessionMoved: [lessons.session_changed, enqueues("advance_lines")],
    sessions.SessionPublished: [enqueues("embed_session", "live_session_id")],
    sessions.SessionReleased: [lessons.session_changed, enqueues("advance_lines")],
    sessions.SessionStarted: [rooms.room_started, lessons.session_changed],
    sessions.VerdictFinal: [lessons.session_changed],
    sessions.VerdictObjected: [lessons.session_changed],
}


def hearer(ports: Callable[[], Ports]) -> Deliver:
    """Return the function that hands committed facts to their reactions."""

    def deliver(facts: Sequence[object]) -> None:
        for fact in facts:
            for reaction in REACTIONS.get(type(fact), ()):
                try:
                    reaction(ports(), fact)
                except Exception:
                    log.exception(
                        "reaction %s to %r failed",
                        getattr(reaction, "__name__", reaction),
                        fact,
                    )

    return deliver
