"""Letters leave here: one at a time, claimed, sent, written down."""

import logging

from flask import current_app
from flask_babel import force_locale

from peerlearn.errors import Upstream
from peerlearn.jobs.queue import job, periodic
from peerlearn.kernel import one_by_one
from peerlearn.notifications import queries, service
from peerlearn.notifications.calendar import CalendarEvent, Method, calendar_bytes
from peerlearn.notifications.models import OutgoingMail
from peerlearn.notifications.ports import Letter
from peerlearn.ports import Ports

log = logging.getLogger(__name__)


@job
def send_letter(ports: Ports, mail_id: int) -> None:
    """Send one letter now, if it is due and nobody else has it."""
    mail = service.mail_claim(mail_id)
    if mail is None:
        return
    letter = render_letter(mail, public_url=ports.settings.public_url, mail_from=ports.settings.mail_from)
    try:
        ports.mailer.send(letter)
    except Upstream as error:
        log.warning("mail %s: %s", mail_id, error.message)
        service.mail_failed(mail_id, error.message)
        return
    service.mail_sent(mail_id)


@periodic(minutes=1)
def send_mail(ports: Ports) -> None:
    """Send every letter that is due: those whose wake-up was lost, and those that failed before."""
    one_by_one(queries.mail_due(), lambda mail_id: send_letter(ports, mail_id), "letter")


def render_letter(mail: OutgoingMail, *, public_url: str, mail_from: str = "") -> Letter:
    """Fill a letter's two templates in the reader's language. The message id is the same on every try.

    A letter about a lesson carries its calendar entry, of the version that it tells of.
    """
    host = public_url.rsplit("/", 1)[-1].split(":", maxsplit=1)[0] or "peerlearn"
    context = {**mail.context, "public_url": public_url, "subject": mail.subject}
    with force_locale(mail.locale):
        text = current_app.jinja_env.get_template(f"email/{mail.template}.txt").render(context)
        html = current_app.jinja_env.get_template(f"email/{mail.template}.html").render(context)
    message_id = f"<letter-{mail.id}@{host}>"
    kept = mail.context.get("calendar_event")
    if not kept:
        return Letter(mail.to, mail.subject, text, html, message_id)
    event = CalendarEvent.of(kept)
    method: Method = "CANCEL" if event.cancelled else "REQUEST"
    entry = calendar_bytes([event], method, public_url=public_url, organizer=mail_from, attendee=mail.to)
    return Letter(mail.to, mail.subject, text, html, message_id, entry, method)
