"""The learner's home, the mentor's day, both sides' lessons, the learner's progress.

Each list can be fetched again by itself (header `X-Part`), so that a page follows its notifications without a reload.
"""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blueprints.catalog.present import feed_sections
from blueprints.dashboard import bp
from blueprints.dashboard.lesson_rows import viewer_now
from blueprints.dashboard.mentor_day import day_facts
from blueprints.dashboard.parts import lessons_page, moves_to_answer
from blueprints.dashboard.progress import progress_facts
from blueprints.guards import role, signed_in
from blueprints.public.shell import viewing_side
from peerlearn.clock import local
from peerlearn.insights.shape import part_of_day

TABS = ("coming", "asked", "past")


def wanted_part() -> str | None:
    """The name of the part a page asks for again, or None for the whole page."""
    return request.headers.get("X-Part")


@bp.get("/home")
@signed_in
def home() -> ResponseReturnValue:
    """A learner's first screen: who is free, and why these."""
    viewer = viewer_now(current_user.id, "learner")
    sections, moves = feed_sections(viewer.user_id), moves_to_answer(viewer)
    if wanted_part():
        return render_template("dashboard/_home_feed.html", sections=sections, moves=moves)
    greeting = part_of_day(local(viewer.at, viewer.zone).hour)
    return render_template("dashboard/home.html", sections=sections, moves=moves, greeting=greeting)


@bp.get("/today")
@role("mentor")
def mentor() -> ResponseReturnValue:
    """A mentor's day: what is earned, who comes next, who asks, when learners ask."""
    viewer = viewer_now(current_user.id, "mentor")
    facts = day_facts(viewer)
    return render_template("dashboard/_mentor_day.html" if wanted_part() else "dashboard/mentor.html", day=facts)


@bp.get("/lessons")
@signed_in
def lessons() -> ResponseReturnValue:
    """Coming, asked and past lessons of the side a person looks from, each with its one action."""
    tab = request.args.get("tab", TABS[0])
    if tab not in TABS:
        return redirect(url_for("dashboard.lessons"), 303)
    viewer = viewer_now(current_user.id, viewing_side())
    page = lessons_page(viewer, tab, everything="all" in request.args)
    template = "dashboard/_lessons.html" if wanted_part() else "dashboard/lessons.html"
    return render_template(template, page=page, side=viewer.side)


@bp.get("/progress")
@signed_in
def progress() -> ResponseReturnValue:
    """A learner's hours by week and topic, and what can be looked at again."""
    return render_template("dashboard/progress.html", progress=progress_facts(viewer_now(current_user.id, "learner")))
