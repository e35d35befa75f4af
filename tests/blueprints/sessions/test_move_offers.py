"""A mentor asks for another time on the sheet; the learner answers with one tap on the page, from the bell, or in a list."""

import re
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from flask import Flask

from peerlearn.kernel import db
from peerlearn.notifications.models import Notification
from peerlearn.sessions.move_offers import move_offer_make
from tests.blueprints.sessions.test_views import SHEET, again, booked, sign_in, text_of
from tests.peerlearn.sessions.people import at, mentor, person


def test_the_mentor_asks_in_three_taps_and_the_learner_answers_in_one(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    lesson = booked(asha, rohan)
    hers, his = sign_in(app, asha), sign_in(app, rohan)
    url = f"/sessions/{lesson.public_id}"
    assert "Ask for another time" in text_of(hers.get(url)) and "Ask for another time" not in text_of(his.get(url))
    sheet = hers.get(f"{url}/move-offer", headers=SHEET).get_data(as_text=True)
    times = [one.replace("&#43;", "+") for one in re.findall(r'name="times" value="([^"]+)"', sheet)]
    assert len(times) == 8 and "Until the answer Rohan may cancel and gets everything back." in sheet
    nothing = hers.post(f"{url}/move-offer", data={"reason": "A meeting"}, headers=SHEET)
    assert nothing.status_code == 400 and "Choose at least one other time." in text_of(nothing)
    assert his.post(f"{url}/move-offer", data={"times": times[:1]}).status_code == 404
    assert hers.post(f"{url}/move-offer", data={"times": times[:2], "reason": "A meeting"}).status_code == 303
    page = his.get(url)
    for words in ("Asha asks to move this lesson", "A meeting", "Keep", "Cancel, ₹499 comes back", "Same price."):
        assert words in text_of(page), words
    assert "Asha asked for another time, so all of it comes back." in text_of(his.get(f"{url}/cancel", headers=SHEET))
    assert "You asked Rohan for another time" in text_of(hers.get(url))
    for client, place in ((his, "/home"), (his, "/lessons"), (hers, "/today"), (hers, "/lessons")):
        assert ("asks to move it" if client is his else "Other time asked") in text_of(client.get(place)), place
    bell = db.session.scalar(sa.select(Notification).where(Notification.kind == "move_asked"))
    assert bell is not None
    answer = his.post(bell.actions[-1]["url"], headers={"Accept": "application/json"})
    assert answer.get_json()["ok"] and again(lesson).starts_at.isoformat() == times[0]
    assert "asks to move" not in text_of(his.get("/home"))


def test_where_the_time_is_gone_three_others_are_one_tap_away_and_nothing_is_lost(app: Flask, clock: Any) -> None:
    asha, rohan, priya = mentor(), person(), person("Priya")
    lesson = booked(asha, rohan)
    offer = move_offer_make(lesson.id, asha, [at(60)])
    booked(asha, priya, 60)
    client, url = sign_in(app, rohan), f"/sessions/{lesson.public_id}/move-offer/{offer.public_id}"
    gone = client.post(f"{url}/accept", data={"starts_at": at(60).isoformat()})
    assert (
        gone.status_code == 409 and text_of(gone).count("Move to") == 3 and "This time was just taken" in text_of(gone)
    )
    assert client.post(f"{url}/keep").status_code == 303 and again(lesson).sequence == 0
    assert sign_in(app, priya).post(f"{url}/keep").status_code == 404


def test_an_own_time_in_an_hour_that_comes_twice_is_asked_about(app: Flask, clock: Any) -> None:
    clock.move_to(datetime(2026, 10, 22, 12, tzinfo=UTC))  # London's clocks go back on the 25th
    asha, rohan = mentor(), person()
    lesson = booked(asha, rohan)
    client, url = sign_in(app, asha), f"/sessions/{lesson.public_id}/move-offer"
    asked = client.post(url, data={"own_time": "2026-10-25T01:30"})
    assert asked.status_code == 400 and "Which of the two?" in text_of(asked)
    assert client.post(url, data={"own_time": "2026-10-25T01:30", "which": "second"}).status_code == 303
    page = sign_in(app, rohan).get(f"/sessions/{lesson.public_id}").get_data(as_text=True)
    assert "2026-10-25T01:30:00+00:00" in page.replace("&#43;", "+")
