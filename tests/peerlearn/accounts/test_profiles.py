import pytest
from flask import Flask

from peerlearn.accounts import queries, service
from peerlearn.accounts.models import LearnerInterest, User
from peerlearn.catalog.service import topic_save
from peerlearn.errors import Invalid
from peerlearn.kernel import db, transactional


@pytest.fixture
def user(app: Flask) -> User:
    for slug in ("calculus", "guitar", "chess"):
        topic_save(slug, slug.title(), "Joy")
    return service.account_create("rohan@peerlearn.test", "correct horse battery", "Rohan Mehta")


def test_a_draft_goes_on_where_it_was_left_and_the_newest_wins(user: User) -> None:
    service.draft_save(user.id, "learner", "interests", {"interests": ["chess"]})
    service.draft_save(user.id, "learner", "goal", {"interests": ["chess", "guitar"]})
    draft = service.draft_for(user.id, "learner")
    assert draft is not None
    assert (draft.step, draft.payload) == ("goal", {"interests": ["chess", "guitar"]})
    service.draft_drop(user.id, "learner")
    assert service.draft_for(user.id, "learner") is None


def test_a_draft_has_a_size(user: User) -> None:
    with pytest.raises(Invalid):
        service.draft_save(user.id, "learner", "goal", {"goal": "x" * 30_000})


def test_drafts_nobody_touched_for_two_months_go(user: User, clock) -> None:
    service.draft_save(user.id, "learner", "goal", {})
    clock.move(days=59)
    assert service.drafts_clean() == 0
    clock.move(days=2)
    assert service.drafts_clean() == 1


def test_choosing_again_keeps_what_was_learned_about_a_topic(user: User) -> None:
    service.learner_profile_save(user.id, ["calculus", "guitar"], "Pass in March", "school", ["hi", "en"])
    by_slug = dict(db.session.execute(db.text("SELECT slug, id FROM topic")).all())

    @transactional
    def learned() -> None:
        row = db.session.get(LearnerInterest, (user.id, by_slug["calculus"]))
        assert row is not None
        row.weight = 2.5

    learned()
    service.learner_profile_save(user.id, ["calculus", "chess"])
    assert queries.interests_of(user.id) == {by_slug["calculus"]: 2.5, by_slug["chess"]: 1.0}
    profile = queries.learner_profile_of(user.id)
    assert profile is not None
    assert (profile.goal, profile.languages) == ("Pass in March", ["en", "hi"])
    service.interest_forget(user.id, by_slug["chess"])
    assert set(queries.interests_of(user.id)) == {by_slug["calculus"]}


def test_an_unknown_topic_is_refused_and_nothing_is_saved(user: User) -> None:
    with pytest.raises(Invalid):
        service.learner_profile_save(user.id, ["calculus", "alchemy"])
    assert queries.interests_of(user.id) == {}


def test_a_block_counts_in_both_directions(user: User) -> None:
    other = service.account_create("other@peerlearn.test", "correct horse battery", "Other")
    service.block_add(user.id, other.id)
    service.block_add(user.id, other.id)
    assert queries.blocked_between(other.id, user.id)
    assert queries.blocked_ids(other.id) == {user.id}
    service.block_remove(user.id, other.id)
    assert not queries.blocked_between(user.id, other.id)
