from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from peerlearn.adapters.mail import FolderMailer, SmtpMailer, make_mailer
from peerlearn.errors import Upstream
from peerlearn.jobs import notifications as jobs
from peerlearn.kernel import db
from peerlearn.notifications import queries, service
from peerlearn.notifications.models import OutgoingMail
from peerlearn.notifications.ports import Letter

LETTER = Letter("asha@peerlearn.test", "A lesson, अभी", "Text ₹499", "<p>Text ₹499</p>", "<letter-1@peerlearn.test>")
FROM = "PeerLearn <hello@peerlearn.test>"


def outside(mailer: Any) -> Any:
    return SimpleNamespace(mailer=mailer, settings=SimpleNamespace(public_url="https://peerlearn.test", mail_from=FROM))


def want(key: str | None = None) -> int:
    row = service.mail_want(
        "asha@peerlearn.test",
        "You are in",
        "notice",
        {"lines": ["Learners can book you."], "url": "/today"},
        dedupe_key=key,
    )
    assert row is not None
    return row.id


def test_a_letter_arrives_over_smtp_with_text_and_html(smtp_server) -> None:
    SmtpMailer(smtp_server.url, FROM).send(LETTER)
    message = smtp_server.letters[0]
    assert message["To"] == "asha@peerlearn.test"
    assert message["Message-ID"] == "<letter-1@peerlearn.test>"
    kinds = {
        part.get_content_type(): part.get_payload(decode=True).decode()
        for part in message.walk()
        if not part.is_multipart()
    }
    assert "₹499" in kinds["text/plain"]
    assert "<p>" in kinds["text/html"]


def test_a_refused_letter_is_an_upstream_error(smtp_server) -> None:
    smtp_server.refuse = "451 Come back later"
    with pytest.raises(Upstream):
        SmtpMailer(smtp_server.url, FROM).send(LETTER)


def test_a_header_cannot_be_smuggled_in(smtp_server, app: Flask) -> None:
    row = service.mail_want("asha@peerlearn.test", "Hello\r\nBcc: all@peerlearn.test", "notice", {"lines": ["x"]})
    assert row is not None
    assert row.subject == "Hello Bcc: all@peerlearn.test"


def test_the_outbox_is_sent_once(app: Flask, smtp_server) -> None:
    mail_id = want()
    ports = outside(SmtpMailer(smtp_server.url, FROM))
    jobs.send_mail(ports)
    jobs.send_mail(ports)
    jobs.send_letter(ports, mail_id)
    assert len(smtp_server.letters) == 1
    assert "https://peerlearn.test/today" in str(smtp_server.letters[0])


def test_a_refused_letter_is_tried_again_later_and_given_up_at_last(app: Flask, smtp_server, clock) -> None:
    mail_id = want()
    ports = outside(SmtpMailer(smtp_server.url, FROM))
    smtp_server.refuse = "451 Come back later"
    jobs.send_mail(ports)
    row = db.session.get(OutgoingMail, mail_id, populate_existing=True)
    assert row is not None
    assert row.sent_at is None
    assert "451" in row.problem
    assert queries.mail_due() == []
    smtp_server.refuse = None
    clock.move(minutes=3)
    jobs.send_mail(ports)
    assert len(smtp_server.letters) == 1
    lost = want()
    smtp_server.refuse = "550 Never"
    for _ in range(service.MAIL_TRIES + 2):
        jobs.send_mail(ports)
        clock.move(hours=5)
    row = db.session.get(OutgoingMail, lost, populate_existing=True)
    assert row is not None
    assert row.attempts == service.MAIL_TRIES


def test_two_workers_do_not_send_one_letter_twice(app: Flask) -> None:
    mail_id = want()
    assert service.mail_claim(mail_id) is not None
    assert service.mail_claim(mail_id) is None


def test_the_same_letter_is_wanted_once(app: Flask) -> None:
    want("ban:1")
    assert service.mail_want("asha@peerlearn.test", "You are in", "notice", {}, dedupe_key="ban:1") is None


def test_without_smtp_letters_lie_in_a_folder(tmp_path: Path) -> None:
    mailer = make_mailer(None, FROM, folder=tmp_path / "mail")
    assert isinstance(mailer, FolderMailer)
    mailer.send(LETTER)
    mailer.send(LETTER)
    files = list((tmp_path / "mail").glob("*.eml"))
    assert len(files) == 1
    assert b"Subject:" in files[0].read_bytes()


@pytest.mark.parametrize("url", ["http://x", "smtp://", "mail.example.org"])
def test_a_wrong_smtp_url_is_refused_at_start(url: str) -> None:
    with pytest.raises(ValueError, match="SMTP_URL"):
        SmtpMailer(url, FROM)
