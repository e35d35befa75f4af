"""Mailers: over SMTP, or into a folder where a developer reads them."""

import logging
import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from peerlearn.clock import now
from peerlearn.errors import Upstream
from peerlearn.notifications.ports import Letter, Mailer

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 15


def compose(letter: Letter, mail_from: str) -> EmailMessage:
    """Build the MIME message of a letter: text first, HTML as the richer alternative (RFC 2046, 5.1.4)."""
    message = EmailMessage()
    name, address = parseaddr(mail_from)
    message["From"] = Address(display_name=name, addr_spec=address)
    message["To"] = Address(addr_spec=letter.to)
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(now())
    message["Message-ID"] = letter.message_id
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: out-of-office robots must not answer
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    if letter.calendar is not None:
        # Twice, as calendars send it: apps that read invitations take the alternative, others open the file.
        entry, method = letter.calendar.decode(), letter.calendar_method
        message.add_alternative(entry, subtype="calendar", params={"method": method})
        message.add_attachment(letter.calendar, maintype="application", subtype="ics", filename="lesson.ics")
    return message


class SmtpMailer:
    """Sends over SMTP. URL: `smtp://user:password@host:587` (STARTTLS where offered, `?starttls=required` insists)
    or `smtps://user:password@host:465`."""

    def __init__(self, url: str, mail_from: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise ValueError("SMTP_URL must look like smtp://user:password@host:587 or smtps://host:465.")
        self._tls = parts.scheme == "smtps"
        self._host = parts.hostname
        self._port = parts.port or (465 if self._tls else 587)
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        self._insists = parse_qs(parts.query).get("starttls") == ["required"]
        self._from = mail_from

    def send(self, letter: Letter) -> None:
        """Send one letter over a fresh connection. Raises Upstream where the server did not take it."""
        try:
            with self._connect() as server:
                server.send_message(compose(letter, self._from))
        except (smtplib.SMTPException, OSError) as error:
            raise Upstream(f"The mail server did not take the letter: {error}", code="mail_refused") from error

    def _connect(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self._tls:
            server: smtplib.SMTP = smtplib.SMTP_SSL(self._host, self._port, timeout=TIMEOUT_SECONDS, context=context)
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=TIMEOUT_SECONDS)
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=context)
            elif self._insists:
                server.close()
                raise smtplib.SMTPNotSupportedError("no STARTTLS offered")
        if self._user:
            server.login(self._user, self._password)
        return server


class FolderMailer:
    """Writes each letter as an .eml file, named by its id: a second try replaces the first. For development."""

    def __init__(self, folder: Path, mail_from: str) -> None:
        self._folder = folder
        self._from = mail_from

    def send(self, letter: Letter) -> None:
        """Write one letter."""
        self._folder.mkdir(parents=True, exist_ok=True)
        name = "".join(char if char.isalnum() or char in "-." else "_" for char in letter.message_id.strip("<>"))
        (self._folder / f"{name}.eml").write_bytes(bytes(compose(letter, self._from)))
        log.info("mail: wrote %s for %s", name, letter.to)


def make_mailer(smtp_url: str | None, mail_from: str, *, folder: Path) -> Mailer:
    """Return the mailer of these settings: SMTP where there is a URL, else a folder of letters."""
    return SmtpMailer(smtp_url, mail_from) if smtp_url else FolderMailer(folder, mail_from)
