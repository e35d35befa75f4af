"""Writing what people are after: learner profile, interests, drafts of forms, blocks."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from peerlearn.accounts.facts import LearnerProfileChanged
from peerlearn.accounts.models import Block, Draft, LearnerInterest, LearnerProfile, User
from peerlearn.clock import now
from peerlearn.errors import Invalid
from peerlearn.kernel import announce, db, json_text, transactional

LEVELS = ("beginner", "school", "college", "working")
MAX_INTERESTS = 30
DRAFT_BYTES = 20_000
KEEP_DRAFTS = timedelta(days=60)

# Topics belong to the catalog, one floor up. Accounts only needs the id behind a slug.
_topic = sa.table("topic", sa.column("id", sa.Integer), sa.column("slug", sa.String))


@transactional
def learner_profile_save(
    user_id: int,
    interests: Sequence[str] | None = None,
    goal: str | None = None,
    level: str | None = None,
    languages: Iterable[str] | None = None,
) -> LearnerProfile:
    """Save what a learner is after; None leaves a part as it is.

    `interests` are topic slugs. A chosen topic that was there keeps its learned weight, a new one starts at 1.0, one
    left out goes. Raises Invalid for an unknown topic or too many.
    """
    profile = db.session.get(LearnerProfile, user_id)
    if profile is None:
        profile = LearnerProfile(user_id=user_id)
        db.session.add(profile)
    if goal is not None:
        profile.goal = " ".join(goal.split())[:300]
    if level is not None:
        if level and level not in LEVELS:
            raise Invalid("Choose a level from the list.", code="level", field="level")
        profile.level = level
    if languages is not None:
        profile.languages = sorted({language[:12] for language in languages})
    if interests is not None:
        _interests_replace(user_id, interests)
    db.session.flush()
    announce(LearnerProfileChanged(user_id))
    return profile


def _interests_replace(user_id: int, slugs: Sequence[str]) -> None:
    wanted_slugs = list(dict.fromkeys(slugs))
    if len(wanted_slugs) > MAX_INTERESTS:
        raise Invalid(f"Choose at most {MAX_INTERESTS} topics.", code="interests_many", field="interests")
    found = dict(db.session.execute(sa.select(_topic.c.slug, _topic.c.id).where(_topic.c.slug.in_(wanted_slugs))).all())
    if len(found) != len(wanted_slugs):
        raise Invalid("One of these topics is gone. Choose again.", code="topic_unknown", field="interests")
    wanted = set(found.values())
    have = set(db.session.scalars(sa.select(LearnerInterest.topic_id).where(LearnerInterest.user_id == user_id)))
    if have - wanted:
        db.session.execute(
            sa.delete(LearnerInterest).where(
                LearnerInterest.user_id == user_id, LearnerInterest.topic_id.in_(have - wanted)
            )
        )
    db.session.add_all(LearnerInterest(user_id=user_id, topic_id=topic_id) for topic_id in sorted(wanted - have))


@transactional
def interest_forget(user_id: int, topic_id: int) -> None:
    """Drop one topic, chosen or learned, from what we know about a learner."""
    db.session.execute(
        sa.delete(LearnerInterest).where(LearnerInterest.user_id == user_id, LearnerInterest.topic_id == topic_id)
    )
    announce(LearnerProfileChanged(user_id))


@transactional
def wizard_finish(user_id: int) -> None:
    """The learner's wizard is done (or skipped): its draft goes."""
    db.session.execute(sa.update(User).where(User.id == user_id).values(wizard_done=True))
    draft_drop(user_id, "learner")


@transactional
def draft_save(user_id: int, kind: str, step: str, payload: dict[str, Any]) -> Draft:
    """Keep an unfinished form: one per person and kind, the newest wins. Raises Invalid where it is too big."""
    if len(json_text(payload)) > DRAFT_BYTES:
        raise Invalid("This is more than we can keep as a draft. Shorten it a little.", code="draft_size")
    draft = draft_for(user_id, kind)
    if draft is None:
        draft = Draft(user_id=user_id, kind=kind)
        try:
            with db.session.begin_nested():
                db.session.add(draft)
        except IntegrityError:  # two tabs began at once: go on with the row of the other
            draft = db.session.scalars(sa.select(Draft).filter_by(user_id=user_id, kind=kind)).one()
    draft.step, draft.payload, draft.updated_at = step, payload, now()
    return draft


def draft_for(user_id: int, kind: str) -> Draft | None:
    """The unfinished form of that kind, or None."""
    return db.session.scalar(sa.select(Draft).where(Draft.user_id == user_id, Draft.kind == kind))


@transactional
def draft_drop(user_id: int, kind: str) -> None:
    """Forget a draft: its form was sent or thrown away."""
    db.session.execute(sa.delete(Draft).where(Draft.user_id == user_id, Draft.kind == kind))


@transactional
def drafts_clean() -> int:
    """Forget drafts nobody touched for two months; return how many."""
    removed: int = db.session.execute(  # type: ignore[attr-defined]
        sa.delete(Draft).where(Draft.updated_at < now() - KEEP_DRAFTS)
    ).rowcount
    return removed


@transactional
def block_add(blocker_id: int, blocked_id: int) -> None:
    """Two people shall not meet again: hidden, not rung, not bookable, both ways. Twice is once."""
    if blocker_id == blocked_id:
        raise Invalid("You cannot block yourself.", code="self_block")
    if db.session.get(Block, (blocker_id, blocked_id)) is None:
        db.session.add(Block(blocker_id=blocker_id, blocked_id=blocked_id))


@transactional
def block_remove(blocker_id: int, blocked_id: int) -> None:
    """Take a block back."""
    db.session.execute(sa.delete(Block).where(Block.blocker_id == blocker_id, Block.blocked_id == blocked_id))
