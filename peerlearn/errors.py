"""The one tree of errors that the domain raises and the edge turns into answers.

The message is a sentence for a person and says what to do next; the code is stable snake_case for programs.
"""

from typing import Any


class PeerLearnError(Exception):
    """Something a person asked for could not be done.

    `status` is the HTTP status of the answer; `details` are JSON-able facts that help the page to go on
    (for example the nearest free times).
    """

    status = 400
    code = "error"

    def __init__(self, message: str, *, code: str | None = None, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code
        self.details: dict[str, Any] = details


class Invalid(PeerLearnError):
    """What was sent is wrong or missing. `field` names the input to mend."""

    status = 400
    code = "invalid"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        field: str | None = None,
        **details: Any,
    ) -> None:
        if field is not None:
            details["field"] = field
        super().__init__(message, code=code, **details)
        self.field = field


class NotAllowed(PeerLearnError):
    """The person is known and may not do this."""

    status = 403
    code = "not_allowed"


class Missing(PeerLearnError):
    """The thing does not exist, or the person may not know that it does."""

    status = 404
    code = "missing"


class Conflict(PeerLearnError):
    """The world has moved on: a taken time, a finished lesson, a second try."""

    status = 409
    code = "conflict"


class TooMany(PeerLearnError):
    """Too often, too fast or too much."""

    status = 429
    code = "too_many"


class Upstream(PeerLearnError):
    """Another service (payments, mail) did not answer as it should. Nothing was changed here."""

    status = 502
    code = "upstream"
