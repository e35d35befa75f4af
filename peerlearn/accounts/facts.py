"""What happened to people's accounts. Ids only."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LearnerProfileChanged:
    """Interests, goal, level or languages of a learner changed."""

    user_id: int


@dataclass(frozen=True)
class UserBanned:
    """An account was closed by an administrator; its sockets must be cut now."""

    user_id: int


@dataclass(frozen=True)
class SignInsEnded:
    """All sign-ins of a person ended (sign out everywhere, new password); their sockets must be cut."""

    user_id: int
