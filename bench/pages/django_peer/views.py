"""The same twenty cards: face, rating, price, what they teach, one reason, the next three free times."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.db.models import Avg, Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from bench.pages.django_peer.models import Mentor, TimeClaim, Topic
from peerlearn.catalog.slots import Availability, DayChange, WeeklyRange

CARDS = 20
AHEAD = timedelta(days=14)
ZONE = ZoneInfo("Asia/Kolkata")


def _availability(mentor: Mentor) -> Availability:
    return Availability(
        zone=mentor.user.time_zone,
        weekly=tuple(WeeklyRange(h.weekday, h.start_minute, h.end_minute) for h in mentor.weekly_hours.all()),
        exceptions=tuple(DayChange(e.day, e.kind, e.start_minute, e.end_minute) for e in mentor.day_exceptions.all()),
        lesson_minutes=mentor.lesson_minutes,
        notice_minutes=mentor.notice_minutes,
        buffer_minutes=mentor.buffer_minutes,
        max_per_day=mentor.max_per_day,
        horizon_days=mentor.horizon_days,
    )


def explore(request: HttpRequest) -> HttpResponse:
    """The first page of the catalogue."""
    at = datetime.now(UTC)
    mentors = (
        Mentor.objects.filter(state="approved", user__state="active")
        .select_related("user")
        .prefetch_related("topics", "weekly_hours", "day_exceptions")
        .annotate(
            rating=Avg("user__feedback__stars", filter=Q(user__feedback__hidden_at__isnull=True)),
            rating_count=Count("user__feedback", filter=Q(user__feedback__hidden_at__isnull=True)),
        )
        .order_by("-rating_count", "user_id")
    )
    if topic := request.GET.get("topic"):
        mentors = mentors.filter(topics__slug=topic)
    page = Paginator(mentors, CARDS).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    busy: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    claims = TimeClaim.objects.filter(person_id__in=[m.pk for m in rows], ends_at__gte=at.strftime("%Y-%m-%dT%H:%M:%S"))
    for claim in claims.order_by("starts_at"):
        busy[claim.person_id].append((claim.starts_at, claim.ends_at))
    for mentor in rows:
        slots = _availability(mentor).slots(busy[mentor.pk], now=at, until=at + AHEAD, limit=3)
        mentor.times = [{"at": slot.isoformat(), "local": slot.astimezone(ZONE)} for slot in slots]
        mentor.price = mentor.price_paise / 100
    return render(
        request, "explore.html", {"page": page, "mentors": rows, "topics": Topic.objects.order_by("field", "name")}
    )


def nothing(_request: HttpRequest, public_id: str) -> HttpResponse:
    """Where a link of the page leads; not measured."""
    return HttpResponse(public_id)


def nothing_at_all(_request: HttpRequest) -> HttpResponse:
    """The cost of the framework alone."""
    return HttpResponse("")
