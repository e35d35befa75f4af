"""Writes of finding: the index and the encoder that web processes load, and what people show us of their taste."""

from datetime import timedelta

import numpy as np
import sqlalchemy as sa

from peerlearn.accounts.models import User
from peerlearn.artifacts.service import artifact_latest, artifact_publish
from peerlearn.catalog.models import MentorProfile
from peerlearn.clock import now
from peerlearn.errors import Missing
from peerlearn.kernel import db, json_text, transactional
from peerlearn.recommend.embeddings import mentor_words_for, vector_of
from peerlearn.recommend.models import Embedding, Signal
from peerlearn.recommend.ports import Encoder, VectorIndex
from peerlearn.recommend.texts import text_hash

INDEX_ARTIFACT = "mentor-index"
ENCODER_ARTIFACT = "encoder"
VIEW_AGAIN_AFTER = timedelta(minutes=30)


# --- the index ------------------------------------------------------------------------------------------------------


def index_rebuild(*, index: VectorIndex, encoder: Encoder) -> int | None:
    """Build and publish a new index where mentors, their words or vectors have changed; return its version, or None.

    What the newest index was made of is in its meta, so that a second worker or a restart does not build it again.
    """
    built_at = now()
    words = mentor_words_for()
    rows = db.session.execute(
        sa.select(Embedding.ref_id, Embedding.vector, Embedding.text_hash)
        .where(Embedding.kind == "mentor", Embedding.model == encoder.model)
        .order_by(Embedding.ref_id)
    ).all()
    rows = [row for row in rows if row.ref_id in words]
    made_of = text_hash(json_text([[row.ref_id, row.text_hash, words[row.ref_id]] for row in rows]))
    newest = artifact_latest(INDEX_ARTIFACT)
    if newest is not None and newest.meta.get("made_of") == made_of:
        return None
    db.session.rollback()  # building takes seconds
    ids = [row.ref_id for row in rows]
    vectors = np.array([vector_of(row.vector) for row in rows], np.float32).reshape(len(ids), -1 if ids else 384)
    blob = index.build(ids, vectors, {i: words[i] for i in ids}, model=encoder.model, built_at=built_at.timestamp())
    return artifact_publish(INDEX_ARTIFACT, blob, {"made_of": made_of, "count": len(ids), "model": encoder.model})


def encoder_publish(*, encoder: Encoder) -> int | None:
    """Publish the encoder's small export for web processes, once per model; return its version, or None."""
    newest = artifact_latest(ENCODER_ARTIFACT)
    if newest is not None and newest.meta.get("model") == encoder.model:
        return None
    db.session.rollback()  # exporting takes half a minute: no open read may hold the database meanwhile
    blob, meta = encoder.export()
    return artifact_publish(ENCODER_ARTIFACT, blob, meta)


# --- what people show -----------------------------------------------------------------------------------------------


@transactional
def view_record(user_id: int, mentor_id: int) -> None:
    """A person looked at a mentor. Looking again within half an hour counts once; at oneself, never."""
    if user_id == mentor_id:
        return
    recent = db.session.scalar(
        sa.select(Signal.id).where(
            Signal.user_id == user_id,
            Signal.kind == "view",
            Signal.mentor_id == mentor_id,
            Signal.at > now() - VIEW_AGAIN_AFTER,
        )
    )
    if recent is None:
        db.session.add(Signal(user_id=user_id, kind="view", mentor_id=mentor_id))


@transactional
def mentor_hide(user_id: int, mentor_public_id: str) -> int:
    """Show this person less like that mentor; return the mentor's id. Twice is once. Raises Missing."""
    mentor_id = _mentor_id(mentor_public_id)
    hidden = db.session.scalar(
        sa.select(Signal.id).where(Signal.user_id == user_id, Signal.kind == "hide", Signal.mentor_id == mentor_id)
    )
    if hidden is None:
        db.session.add(Signal(user_id=user_id, kind="hide", mentor_id=mentor_id))
    return mentor_id


@transactional
def mentor_unhide(user_id: int, mentor_public_id: str) -> None:
    """Take a "show less like this" back. Raises Missing."""
    db.session.execute(
        sa.delete(Signal).where(
            Signal.user_id == user_id, Signal.kind == "hide", Signal.mentor_id == _mentor_id(mentor_public_id)
        )
    )


def _mentor_id(public_id: str) -> int:
    mentor_id = db.session.scalar(
        sa.select(User.id).join(MentorProfile, MentorProfile.user_id == User.id).where(User.public_id == public_id)
    )
    if mentor_id is None:
        raise Missing("This mentor is not here any more.", code="mentor_missing")
    return mentor_id
