"""What the house remembers of the platform and of itself: token, quotas, counters, knocks, leases, workdays."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from models.columns import Encrypted, UtcDatetime, facts_column


class PlatformToken(Model):
    """The access token shared by all processes, sealed; changed by compare-and-swap on `serial`.

    `begun` lists the fetches of the last day as (seconds since 1970, was forced), so that no process passes the
    limits of promise R13 for all; `running_since` is the one under way.
    """

    id = fields.IntField(primary_key=True)
    app_id = fields.CharField(max_length=40, unique=True)
    token = Encrypted("platform.token", null=True)
    expires_at = UtcDatetime(null=True)
    fetched_at = UtcDatetime(null=True)
    serial = fields.IntField(default=0)
    begun = facts_column(default=list)
    running_since = fields.FloatField(null=True)

    class Meta:
        table = "platform_token"


class QuotaUse(Model):
    """How much of an interface's allowance of one day or minute is spent."""

    id = fields.IntField(primary_key=True)
    api = fields.CharField(max_length=40)
    span = fields.CharField(max_length=20)
    used = fields.IntField(default=0)

    class Meta:
        table = "quota_use"
        unique_together = (("api", "span"),)


class Counter(Model):
    """A running total (promise T7), one row a process so that processes never wait for each other."""

    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=40)
    holder = fields.CharField(max_length=40)
    total = fields.BigIntField(default=0)

    class Meta:
        table = "counter"
        unique_together = (("name", "holder"),)


class JobRun(Model):
    """One knock of one timed job: the unique key lets one of several processes win."""

    id = fields.IntField(primary_key=True)
    job = fields.CharField(max_length=40)
    fire_at = UtcDatetime()
    started_at = UtcDatetime()
    ended_at = UtcDatetime(null=True)
    holder = fields.CharField(max_length=40)
    counted = fields.TextField(null=True)

    class Meta:
        table = "job_run"
        unique_together = (("job", "fire_at"),)


class Lease(Model):
    """Who does what only one may do, and until when unless it says so again (promise R15)."""

    name = fields.CharField(max_length=40, primary_key=True)
    holder = fields.CharField(max_length=40)
    until = UtcDatetime()

    class Meta:
        table = "lease"


class WorkdayOverride(Model):
    """A day that is or is not a workday against the calendar's rule: holidays and swap days."""

    day = fields.DateField(primary_key=True)
    is_workday = fields.BooleanField()
    source = fields.CharField(max_length=40)

    class Meta:
        table = "workday_override"


class Mark(Model):
    """A small fact about the house itself: last backup, last restore, last heartbeat."""

    name = fields.CharField(max_length=40, primary_key=True)
    value = fields.CharField(max_length=200)
    at = UtcDatetime()

    class Meta:
        table = "mark"
