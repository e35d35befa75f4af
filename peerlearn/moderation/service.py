"""What administrators do, each as one transaction: the act itself, the bell of who it concerns, and the audit row."""

from peerlearn.accounts import queries as people
from peerlearn.accounts import service as accounts
from peerlearn.accounts.models import User
from peerlearn.audit.service import audit_write
from peerlearn.catalog import queries as catalog
from peerlearn.catalog import service as mentors
from peerlearn.catalog.models import MentorProfile
from peerlearn.clock import now
from peerlearn.errors import Conflict, Invalid, Missing, NotAllowed
from peerlearn.kernel import db, transactional
from peerlearn.moderation.remarks import parse_remarks
from peerlearn.money import rupees
from peerlearn.notifications.service import mail_want, notify
from peerlearn.payments.gone import is_claimed, refunded_paise
from peerlearn.payments.models import Payment, PaymentOrder
from peerlearn.payments.packs import returnable_paise
from peerlearn.payments.refunds import refund_want
from peerlearn.sessions.cancelling import closing_lock, session_cancel, sessions_cancel_for
from peerlearn.sessions.feedback import feedback_hide, feedback_show
from peerlearn.sessions.models import Feedback, LiveSession
from peerlearn.sessions.objecting import minutes_worth, verdict_decide
from peerlearn.sessions.queries import verdict_of

STATUS_URL = "/teach/status"
CLOSED_ACCOUNT = "An account was closed, so this lesson cannot take place"


@transactional
def mentor_send(user_id: int) -> None:
    """A mentor sends the profile in: it waits for approval, and every administrator hears of it once.

    Raises what the catalog raises: Invalid naming the first gap, Conflict where it is suspended.
    """
    mentors.mentor_submit(user_id)
    accounts.draft_drop(user_id, "mentor")
    user, profile = _user(user_id), _mentor(user_id)
    sent = f"{profile.submitted_at:%Y%m%d%H%M%S}"  # the catalog's own job looks for the same key
    for admin_id in people.admin_ids():
        notify(
            admin_id,
            "mentor_submitted",
            f"{user.name} wants to teach",
            profile.headline,
            f"/admin/mentors/details/?id={user_id}",
            [
                {
                    "label": "Read the profile",
                    "method": "get",
                    "url": f"/admin/mentors/details/?id={user_id}",
                    "style": "primary",
                }
            ],
            user_id,
            f"mentor_submitted:{user_id}:{sent}:{admin_id}",
        )


@transactional
def mentor_admit(user_id: int, actor_id: int, reason: str = "", ip: str = "") -> None:
    """Let a mentor into the catalogue and tell them."""
    actor, profile = _admin(actor_id), _mentor(user_id)
    _not_oneself(actor, user_id)
    before = profile.state
    mentors.mentor_approve(user_id, actor_id)
    _mentor_told(
        user_id, "mentor_approved", "You are in", "Learners can find and book you now. Your hours are open.", "/today"
    )
    _audit(actor_id, "mentor_approve", "mentor", _user(user_id).public_id, reason, before, _mentor(user_id).state, ip)


@transactional
def mentor_send_back(user_id: int, actor_id: int, reason: str, ip: str = "") -> None:
    """Send a profile back with remarks (see `remarks`), which the mentor reads field by field."""
    actor, profile = _admin(actor_id), _mentor(user_id)
    _not_oneself(actor, user_id)
    before = profile.state
    mentors.mentor_reject(user_id, actor_id, _required(reason))
    first = parse_remarks(reason)[0].text
    _mentor_told(user_id, "mentor_rejected", "Your profile needs a small change", first, STATUS_URL)
    _audit(actor_id, "mentor_reject", "mentor", _user(user_id).public_id, reason, before, _mentor(user_id).state, ip)


@transactional
def mentor_pause(user_id: int, actor_id: int, reason: str, ip: str = "") -> None:
    """Take a mentor out of the catalogue; booked lessons stay."""
    actor, profile = _admin(actor_id), _mentor(user_id)
    _not_oneself(actor, user_id)
    before = profile.state
    mentors.mentor_suspend(user_id, actor_id, _required(reason))
    accounts.rings_set(user_id, False)
    _mentor_told(user_id, "mentor_suspended", "Your profile is paused", reason, STATUS_URL)
    _audit(actor_id, "mentor_suspend", "mentor", _user(user_id).public_id, reason, before, _mentor(user_id).state, ip)


@transactional
def mentor_resume(user_id: int, actor_id: int, reason: str = "", ip: str = "") -> None:
    """Bring a paused mentor back into the catalogue."""
    actor, profile = _admin(actor_id), _mentor(user_id)
    _not_oneself(actor, user_id)
    before = profile.state
    mentors.mentor_restore(user_id, actor_id)
    _mentor_told(user_id, "mentor_approved", "You are back", "Learners can find and book you again.", "/today")
    _audit(actor_id, "mentor_restore", "mentor", _user(user_id).public_id, reason, before, _mentor(user_id).state, ip)


@transactional
def person_ban(user_id: int, actor_id: int, reason: str, ip: str = "") -> int:
    """Close an account: sign-ins end, sockets are cut, lessons ahead and running are called off with full refunds.

    Returns how many lessons were called off. The person gets the reason by mail.
    """
    _admin(actor_id)
    closing_lock(user_id)
    user = accounts.user_ban(user_id, actor_id, _required(reason))
    called_off = sessions_cancel_for(user_id, actor_id, CLOSED_ACCOUNT)
    mail_want(
        user.email,
        "Your PeerLearn account is closed",
        "notice",
        {
            "title": "Your account is closed",
            "lines": [user.state_reason, "Answer this letter if you think this is wrong. A person reads it."],
        },
        dedupe_key=f"ban:{user.public_id}:{user.session_epoch}",
        locale=user.locale,
    )
    audit_write(
        actor_id,
        "user_ban",
        "user",
        user.public_id,
        reason,
        {"state": "active"},
        {"state": user.state, "lessons_called_off": called_off},
        ip,
    )
    return called_off


@transactional
def person_unban(user_id: int, actor_id: int, reason: str, ip: str = "") -> None:
    """Open a closed account again. Lessons that were called off do not come back."""
    _admin(actor_id)
    reason = _required(reason)
    user = accounts.user_unban(user_id)
    audit_write(actor_id, "user_unban", "user", user.public_id, reason, {"state": "banned"}, {"state": user.state}, ip)


@transactional
def person_view(user_id: int, actor_id: int, reason: str, ip: str = "") -> None:
    """An administrator begins to look at a person's pages. Raises NotAllowed for the pages of an administrator."""
    _admin(actor_id)
    user, reason = _user(user_id), _required(reason)
    if user.is_admin:
        raise NotAllowed("The pages of an administrator are not shown to another one.", code="own_case")
    audit_write(actor_id, "user_view", "user", user.public_id, reason, {}, {}, ip)


@transactional
def person_view_end(user_id: int, actor_id: int, ip: str = "") -> None:
    """An administrator stops looking."""
    audit_write(actor_id, "user_view_end", "user", _user(user_id).public_id, "", {}, {}, ip)


@transactional
def limit_lift(user_id: int, actor_id: int, reason: str, ip: str = "") -> None:
    """Let a person book as everybody does again, who was limited for lessons missed."""
    _admin(actor_id)
    user, reason = _user(user_id), _required(reason)
    before = {"limited_until": user.limited_until.isoformat() if user.limited_until else None}
    user.limited_until = None
    notify(user_id, "limit_lifted", "You can book as before", reason, "/lessons")
    audit_write(actor_id, "limit_lift", "user", user.public_id, reason, before, {"limited_until": None}, ip)


@transactional
def payment_return(payment_id: int, actor_id: int, reason: str, ip: str = "") -> int:
    """Give back all that is left of a payment; return the paise. The payer reads the reason.

    A lesson that has not begun is called off with it. Raises Invalid where nothing is left.
    """
    _admin(actor_id)
    reason = _required(reason)
    payment = db.session.get(Payment, payment_id)
    if payment is None:
        raise Missing("There is no such payment.", code="no_such_payment")
    gone = refunded_paise(payment_id)
    before = {"state": payment.state, "refunded_paise": gone}
    left = returnable_paise(payment)
    if payment.captured_at is None or left <= 0:
        raise Invalid("Nothing of this payment is left to give back.", code="nothing_left")
    if is_claimed(payment_id):
        raise Conflict(
            "The payer's bank disputes this payment, so a refund would pay twice. Accept the dispute, or wait for it.",
            code="disputed",
        )
    lesson = _lesson_of(payment)
    if lesson is not None and lesson.state in {"held", "confirmed"} and lesson.starts_at > now():
        session_cancel(lesson.id, actor_id, reason)
    left_now = returnable_paise(payment)
    if left_now > 0:
        # Named by what had gone back before: two taps are one refund, and what becomes free later can go back too.
        refund_want(payment_id, left_now, reason, f"admin:{payment.gateway_payment_id}:{refunded_paise(payment_id)}")
        if lesson is not None and lesson.order_id == payment.order_id:
            lesson.refund_paise = (lesson.refund_paise or 0) + left_now
        _payer_told(payment, left_now, reason)
    after = {"state": payment.state, "refunded_paise": refunded_paise(payment_id)}
    audit_write(actor_id, "payment_refund", "payment", payment.gateway_payment_id, reason, before, after, ip)
    return left


@transactional
def lesson_call_off(live_session_id: int, actor_id: int, reason: str, ip: str = "") -> int:
    """Call a lesson off in the name of the platform; the learner gets everything back. Returns the paise."""
    _admin(actor_id)
    lesson = db.session.get(LiveSession, live_session_id)
    if lesson is None:
        raise Missing("There is no such lesson.", code="no_such_lesson")
    if actor_id in (lesson.mentor_id, lesson.learner_id):
        raise NotAllowed("This is your own lesson. Another administrator has to decide.", code="own_case")
    before = lesson.state
    result = session_cancel(live_session_id, actor_id, _required(reason))
    db.session.refresh(lesson)
    audit_write(
        actor_id,
        "session_cancel",
        "live_session",
        lesson.public_id,
        reason,
        {"state": before},
        {"state": lesson.state, "refund_paise": result.refund_paise},
        ip,
    )
    return result.refund_paise


@transactional
def objection_decide(live_session_id: int, actor_id: int, refund_paise: int, reason: str, ip: str = "") -> None:
    """Decide what goes back after somebody objected to what was seen of a lesson."""
    _admin(actor_id)
    lesson = db.session.get(LiveSession, live_session_id)
    if lesson is None:
        raise Missing("There is no such lesson.", code="no_such_lesson")
    before = verdict_of(live_session_id)
    seen = {"state": before.state, "refund_paise": before.refund_paise} if before is not None else {}
    minutes = minutes_worth(lesson, refund_paise)
    paise = refund_paise if minutes is None else 0
    decided = verdict_decide(live_session_id, actor_id, paise, _required(reason), minutes=minutes or 0)
    audit_write(
        actor_id,
        "verdict_decide",
        "live_session",
        lesson.public_id,
        reason,
        seen,
        {"state": decided.state, "refund_paise": decided.refund_paise, "back_minutes": decided.back_minutes},
        ip,
    )


@transactional
def review_hide(feedback_id: int, actor_id: int, reason: str, ip: str = "") -> None:
    """Take a review off the pages. Its author reads the reason."""
    review = _review(feedback_id)
    before = {"hidden": review.hidden_at is not None}
    feedback_hide(feedback_id, actor_id, _required(reason))
    audit_write(actor_id, "feedback_hide", "feedback", review.public_id, reason, before, {"hidden": True}, ip)


@transactional
def review_show(feedback_id: int, actor_id: int, reason: str = "", ip: str = "") -> None:
    """Bring a hidden review back."""
    review = _review(feedback_id)
    before = {"hidden": review.hidden_at is not None, "reason": review.hidden_reason}
    feedback_show(feedback_id, actor_id)
    audit_write(actor_id, "feedback_show", "feedback", review.public_id, reason, before, {"hidden": False}, ip)


# --- inside ------------------------------------------------------------------------------------------------------


def _admin(actor_id: int) -> User:
    """The acting administrator, read now: a role that was taken away a second ago does not act."""
    actor = people.user_by_id(actor_id)
    if actor is None or not actor.is_admin or not actor.is_active:
        raise NotAllowed("Only an administrator can do this.", code="admin_only")
    return actor


def _not_oneself(actor: User, user_id: int) -> None:
    if actor.id == user_id:
        raise NotAllowed("This is your own case. Another administrator has to decide.", code="own_case")


def _required(reason: str) -> str:
    text = reason.strip()
    if not text:
        raise Invalid("Say why. The person will read it.", code="reason", field="reason")
    return text


def _user(user_id: int) -> User:
    user = people.user_by_id(user_id)
    if user is None:
        raise Missing("We could not find this person.", code="user_missing")
    return user


def _mentor(user_id: int) -> MentorProfile:
    profile = catalog.mentor_profile_of(user_id)
    if profile is None:
        raise Missing("There is no mentor profile yet.", code="mentor_missing")
    return profile


def _review(feedback_id: int) -> Feedback:
    review = db.session.get(Feedback, feedback_id)
    if review is None:
        raise Missing("There is no such review.", code="no_such_feedback")
    return review


def _lesson_of(payment: Payment) -> LiveSession | None:
    order = db.session.get(PaymentOrder, payment.order_id)
    if order is None or order.purpose != "live_session":
        return None
    return db.session.get(LiveSession, order.purpose_id)


def _payer_told(payment: Payment, amount_paise: int, reason: str) -> None:
    order = db.session.get(PaymentOrder, payment.order_id)
    if order is not None:
        notify(
            order.payer_id,
            "refund",
            f"{rupees(amount_paise)} is on its way back to you",
            reason,
            "/lessons",
            dedupe_key=f"admin_refund:{payment.gateway_payment_id}",
        )


def _mentor_told(user_id: int, kind: str, title: str, body: str, url: str) -> None:
    """Bell and letter: this news must not wait for the next visit."""
    user = _user(user_id)
    notify(user_id, kind, title, body, url)
    mail_want(user.email, title, "notice", {"title": title, "lines": [body], "url": url}, locale=user.locale)


def _audit(actor_id: int, action: str, kind: str, ref: str, reason: str, before: str, after: str, ip: str) -> None:
    audit_write(actor_id, action, kind, ref, reason, {"state": before}, {"state": after}, ip)
