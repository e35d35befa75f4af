"""Our tables, seen by Django's ORM. Django neither makes nor changes them."""

from datetime import UTC, datetime
from typing import Any

from django.db import models


class Instant(models.CharField):
    """Our text of fixed width, as an aware UTC instant."""

    def from_db_value(self, value: str | None, *_: Any) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value).replace(tzinfo=UTC)


class User(models.Model):
    public_id = models.CharField(max_length=16)
    name = models.CharField(max_length=80)
    time_zone = models.CharField(max_length=64)
    state = models.CharField(max_length=12)

    class Meta:
        managed = False
        db_table = "user"


class Topic(models.Model):
    slug = models.CharField(max_length=60)
    name = models.CharField(max_length=60)
    field = models.CharField(max_length=60)

    class Meta:
        managed = False
        db_table = "topic"


class Mentor(models.Model):
    user = models.OneToOneField(User, models.DO_NOTHING, primary_key=True)
    headline = models.CharField(max_length=120)
    city = models.CharField(max_length=80)
    price_paise = models.IntegerField()
    lesson_minutes = models.IntegerField()
    languages = models.JSONField()
    level = models.JSONField()
    notice_minutes = models.IntegerField()
    buffer_minutes = models.IntegerField()
    max_per_day = models.IntegerField(null=True)
    horizon_days = models.IntegerField()
    state = models.CharField(max_length=12)
    topics = models.ManyToManyField(Topic, through="MentorTopic")

    class Meta:
        managed = False
        db_table = "mentor_profile"


class MentorTopic(models.Model):
    pk = models.CompositePrimaryKey("mentor_id", "topic_id")
    mentor = models.ForeignKey(Mentor, models.DO_NOTHING)
    topic = models.ForeignKey(Topic, models.DO_NOTHING)

    class Meta:
        managed = False
        db_table = "mentor_topic"


class WeeklyHours(models.Model):
    mentor = models.ForeignKey(Mentor, models.DO_NOTHING, related_name="weekly_hours")
    weekday = models.IntegerField()
    start_minute = models.IntegerField()
    end_minute = models.IntegerField()

    class Meta:
        managed = False
        db_table = "weekly_hours"


class DayException(models.Model):
    mentor = models.ForeignKey(Mentor, models.DO_NOTHING, related_name="day_exceptions")
    day = models.DateField()
    kind = models.CharField(max_length=8)
    start_minute = models.IntegerField(null=True)
    end_minute = models.IntegerField(null=True)

    class Meta:
        managed = False
        db_table = "day_exception"


class TimeClaim(models.Model):
    person = models.ForeignKey(User, models.DO_NOTHING, related_name="time_claims")
    starts_at = Instant(max_length=26)
    ends_at = Instant(max_length=26)

    class Meta:
        managed = False
        db_table = "time_claim"


class Feedback(models.Model):
    about = models.ForeignKey(User, models.DO_NOTHING, related_name="feedback")
    stars = models.IntegerField()
    hidden_at = Instant(max_length=26, null=True)

    class Meta:
        managed = False
        db_table = "feedback"
