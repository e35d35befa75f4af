"""What happened in the catalogue."""

from dataclasses import dataclass


@dataclass(frozen=True)
class MentorSubmitted:
    """A mentor asked to be approved."""

    user_id: int


@dataclass(frozen=True)
class MentorApproved:
    """A mentor may be found and booked from now on."""

    user_id: int


@dataclass(frozen=True)
class MentorRejected:
    """A mentor's profile needs a change before it can be approved; the reason stands on the profile."""

    user_id: int


@dataclass(frozen=True)
class MentorSuspended:
    """A mentor can't be found any more."""

    user_id: int


@dataclass(frozen=True)
class MentorProfileChanged:
    """What a mentor is found by, or when they have time, changed."""

    user_id: int
