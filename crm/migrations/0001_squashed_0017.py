"""All tables of the ledger at once, for a new ledger; one that runs takes the steps before."""

from typing import Any

import crm.models.base
import django.contrib.auth.models
import django.contrib.auth.validators
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import simple_history.models
from django.conf import settings
from django.db import migrations, models


GUARDED = (
    "ledger_id, recorded_at, happened_at, lead_id, flag_id, kind, handling, decided_by_id, reason,"
    " reason_codes, review_date, shown, scorer_version, takes_back, client_token"
)
ON_SQLITE = f"""
    CREATE TRIGGER decision_is_written_once BEFORE UPDATE OF {GUARDED} ON crm_decision
    BEGIN SELECT RAISE(ABORT, 'a decision is written once'); END
"""
ON_POSTGRES = f"""
    CREATE FUNCTION decision_is_written_once() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'a decision is written once' USING ERRCODE = 'check_violation'; END $$;
    CREATE TRIGGER decision_is_written_once BEFORE UPDATE OF {GUARDED} ON crm_decision
    FOR EACH ROW EXECUTE FUNCTION decision_is_written_once()
"""


def guard(apps: Any, schema_editor: Any) -> None:
    """Let nothing of a decision change but whether it is put away.

    SQLite drops the guard when a later migration makes the table anew: that one adds it again.
    """
    is_postgres = schema_editor.connection.vendor == "postgresql"
    schema_editor.execute(ON_POSTGRES if is_postgres else ON_SQLITE, params=None)


def unguard(apps: Any, schema_editor: Any) -> None:
    """Take the guard away."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER decision_is_written_once ON crm_decision")
        schema_editor.execute("DROP FUNCTION decision_is_written_once()")
    else:
        schema_editor.execute("DROP TRIGGER decision_is_written_once")


class Migration(migrations.Migration):
    replaces = [
        ("crm", "0001_ledger"),
        ("crm", "0002_custom_fields"),
        ("crm", "0003_what_if"),
        ("crm", "0004_plans_bids_and_own_lists"),
        ("crm", "0005_views_tags_and_merges"),
        ("crm", "0006_evidence_and_objections"),
        ("crm", "0007_decisions_and_effort"),
        ("crm", "0008_calls_in_vain"),
        ("crm", "0009_payment_law_and_cash"),
        ("crm", "0010_reason_codes_of_own_fields"),
        ("crm", "0011_payment_cause_and_declaration"),
        ("crm", "0012_invoice_orders"),
        ("crm", "0013_mails_of_a_day"),
        ("crm", "0014_dates_of_milestones"),
        ("crm", "0015_calendar_names_and_history"),
        ("crm", "0016_runs_of_jobs"),
        ("crm", "0017_forecasts_that_wait"),
    ]
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="Assessment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "target",
                    models.CharField(
                        choices=[("NO_ORDER", "no order"), ("LATE_PAYMENT", "paid late or never")],
                        max_length=12,
                    ),
                ),
                ("as_of", models.DateTimeField(verbose_name="as of")),
                ("recorded_at", models.DateTimeField(verbose_name="recorded at")),
                (
                    "probability",
                    models.FloatField(blank=True, null=True, verbose_name="probability"),
                ),
                ("low", models.FloatField(blank=True, null=True)),
                ("high", models.FloatField(blank=True, null=True)),
                ("base_rate", models.FloatField(verbose_name="base rate of the target")),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("LOW", "Low intent"),
                            ("WATCH", "Watch"),
                            ("NONE", "Usual"),
                            ("UNKNOWN", "No verdict"),
                        ],
                        default="UNKNOWN",
                        max_length=8,
                        verbose_name="verdict",
                    ),
                ),
                (
                    "mark",
                    models.CharField(
                        choices=[
                            ("HIGH", "High"),
                            ("WATCH", "Watch"),
                            ("LOW", "Low"),
                            ("UNKNOWN", "No terms"),
                        ],
                        default="UNKNOWN",
                        max_length=8,
                        verbose_name="late payment",
                    ),
                ),
                (
                    "pattern",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("FREE_CONSULTING", "free consulting"),
                            ("COLUMN_FODDER", "column fodder"),
                            ("GOING_THROUGH_THE_MOTIONS", "going through the motions"),
                            ("LOW_INTENT", "low intent"),
                        ],
                        max_length=28,
                        verbose_name="pattern",
                    ),
                ),
                ("points", models.FloatField(default=0, verbose_name="points")),
                ("reasons", models.JSONField(default=list, verbose_name="reasons")),
                ("what_if", models.JSONField(blank=True, default=list, verbose_name="what if")),
                ("scorer_version", models.CharField(max_length=40, verbose_name="scorer")),
                (
                    "outcomes_count",
                    models.PositiveIntegerField(default=0, verbose_name="outcomes known"),
                ),
                (
                    "interactions_count",
                    models.PositiveIntegerField(default=0, verbose_name="interactions known"),
                ),
            ],
            options={
                "verbose_name": "assessment",
                "verbose_name_plural": "assessments",
                "ordering": ["-as_of", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("probability", None),
                            models.Q(("probability__gt", 0), ("probability__lt", 1)),
                            _connector="OR",
                        ),
                        name="assessment_probability_is_never_0_or_1",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("probability", None),
                            models.Q(
                                ("high__gte", models.F("probability")),
                                ("low__lte", models.F("probability")),
                            ),
                            _connector="OR",
                        ),
                        name="assessment_interval_holds_its_probability",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("target__in", ["", "NO_ORDER", "LATE_PAYMENT"])),
                        name="assessment_target_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FirmCash",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("as_of_date", models.DateField(unique=True, verbose_name="as of")),
                ("made_at", models.DateTimeField()),
                ("result", models.JSONField(default=dict)),
            ],
            options={
                "verbose_name": "cash of the firm",
                "verbose_name_plural": "cash of the firm",
                "ordering": ["-as_of_date"],
            },
        ),
        migrations.CreateModel(
            name="ForecastMark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("asked_at", models.DateTimeField(verbose_name="asked at")),
            ],
            options={
                "verbose_name": "forecasts that wait",
                "verbose_name_plural": "forecasts that wait",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                ("name", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("beat_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "heartbeat",
                "verbose_name_plural": "heartbeats",
            },
        ),
        migrations.CreateModel(
            name="Team",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80, unique=True, verbose_name="name")),
            ],
            options={
                "verbose_name": "team",
                "verbose_name_plural": "teams",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                (
                    "last_login",
                    models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                ),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "username",
                    models.CharField(
                        error_messages={"unique": "A user with that username already exists."},
                        help_text="Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.",
                        max_length=150,
                        unique=True,
                        validators=[django.contrib.auth.validators.UnicodeUsernameValidator()],
                        verbose_name="username",
                    ),
                ),
                (
                    "first_name",
                    models.CharField(blank=True, max_length=150, verbose_name="first name"),
                ),
                (
                    "last_name",
                    models.CharField(blank=True, max_length=150, verbose_name="last name"),
                ),
                (
                    "email",
                    models.EmailField(blank=True, max_length=254, verbose_name="email address"),
                ),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False,
                        help_text="Designates whether the user can log into this admin site.",
                        verbose_name="staff status",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                        verbose_name="active",
                    ),
                ),
                (
                    "date_joined",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="date joined"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("FOUNDER", "Founder"),
                            ("MANAGER", "Manager"),
                            ("SELLER", "Seller"),
                            ("ACCOUNTANT", "Accountant"),
                            ("VIEWER", "Viewer"),
                        ],
                        default="SELLER",
                        max_length=12,
                        verbose_name="role",
                    ),
                ),
                ("display_name", models.CharField(blank=True, max_length=80, verbose_name="name")),
                (
                    "language",
                    models.CharField(
                        blank=True,
                        choices=[("zh-hans", "简体中文"), ("en", "English")],
                        max_length=10,
                        verbose_name="language",
                    ),
                ),
                (
                    "time_zone",
                    models.CharField(blank=True, max_length=64, verbose_name="time zone"),
                ),
                ("wants_digest", models.BooleanField(default=True, verbose_name="Monday mail")),
                (
                    "digest_weekday",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "Monday"),
                            (2, "Tuesday"),
                            (3, "Wednesday"),
                            (4, "Thursday"),
                            (5, "Friday"),
                            (6, "Saturday"),
                            (7, "Sunday"),
                        ],
                        default=1,
                        verbose_name="day of the mail",
                    ),
                ),
                (
                    "digest_hour",
                    models.PositiveSmallIntegerField(default=8, verbose_name="hour of the mail"),
                ),
                (
                    "mails_muted_until",
                    models.DateField(blank=True, null=True, verbose_name="no mails until"),
                ),
                (
                    "wants_reminders",
                    models.BooleanField(default=True, verbose_name="reminders by mail"),
                ),
                ("mail_secret", models.CharField(blank=True, editable=False, max_length=43)),
                ("calendar_secret", models.CharField(blank=True, editable=False, max_length=43)),
                (
                    "calendar_names_clients",
                    models.BooleanField(default=True, verbose_name="client names in the calendar"),
                ),
                (
                    "last_visit_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="last visit"
                    ),
                ),
                (
                    "previous_visit_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="visit before the last"
                    ),
                ),
                (
                    "stale_leads_put_off_at",
                    models.DateTimeField(blank=True, editable=False, null=True),
                ),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="crm.team",
                        verbose_name="team",
                    ),
                ),
            ],
            options={
                "verbose_name": "user",
                "verbose_name_plural": "users",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("digest_hour__lte", 23)), name="digest_hour_is_an_hour"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("digest_weekday__gte", 1), ("digest_weekday__lte", 7)),
                        name="digest_weekday_is_a_weekday",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("calendar_secret", ""), _negated=True),
                        fields=("calendar_secret",),
                        name="a_calendar_secret_opens_one_calendar",
                    ),
                ],
            },
            managers=[
                ("objects", django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name="Account",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ledger_id",
                    models.CharField(
                        default=crm.models.base.new_ledger_id,
                        editable=False,
                        max_length=64,
                        unique=True,
                        verbose_name="ledger id",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        help_text="When we came to know it; no score before then uses it.",
                        verbose_name="recorded at",
                    ),
                ),
                (
                    "archived_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="archived at"
                    ),
                ),
                (
                    "version",
                    models.PositiveIntegerField(default=1, editable=False, verbose_name="version"),
                ),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                (
                    "name_key",
                    models.CharField(db_index=True, default="", editable=False, max_length=200),
                ),
                ("pinyin", models.CharField(default="", editable=False, max_length=400)),
                ("initials", models.CharField(default="", editable=False, max_length=100)),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("LISTED", "Listed company"),
                            ("SOE", "State-owned enterprise"),
                            ("GOVERNMENT", "Government"),
                            ("PUBLIC_INSTITUTION", "Public institution"),
                            ("FORTUNE500_CN", "Fortune 500, China HQ"),
                            ("FOREIGN", "Foreign company"),
                            ("SME", "Private SME"),
                            ("INTEGRATOR", "Integrator"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("industry", models.CharField(blank=True, max_length=80, verbose_name="industry")),
                (
                    "size_class",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("LARGE", "Large"),
                            ("MEDIUM", "Medium"),
                            ("SMALL", "Small"),
                            ("MICRO", "Micro"),
                        ],
                        max_length=8,
                        verbose_name="size class",
                    ),
                ),
                (
                    "employees",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="employees"),
                ),
                ("country", models.CharField(default="CN", max_length=2, verbose_name="country")),
                ("city", models.CharField(blank=True, max_length=80, verbose_name="city")),
                (
                    "distance_km",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="distance in km"
                    ),
                ),
                (
                    "is_big_name",
                    models.BooleanField(blank=True, null=True, verbose_name="big name"),
                ),
                (
                    "has_ai_team",
                    models.BooleanField(
                        blank=True, null=True, verbose_name="own AI team or IT subsidiary"
                    ),
                ),
                (
                    "merged_into",
                    models.CharField(
                        blank=True,
                        editable=False,
                        help_text="Ledger id of the row that took the place of this one.",
                        max_length=64,
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="crm.account",
                        verbose_name="parent group",
                    ),
                ),
            ],
            options={
                "verbose_name": "account",
                "verbose_name_plural": "accounts",
                "ordering": ["name", "pk"],
                "indexes": [
                    models.Index(fields=["name", "id"], name="account_name"),
                    models.Index(fields=["pinyin", "id"], name="account_pinyin"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "",
                                    "LISTED",
                                    "SOE",
                                    "GOVERNMENT",
                                    "PUBLIC_INSTITUTION",
                                    "FORTUNE500_CN",
                                    "FOREIGN",
                                    "SME",
                                    "INTEGRATOR",
                                ],
                            )
                        ),
                        name="account_kind_is_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ledger_id",
                    models.CharField(
                        default=crm.models.base.new_ledger_id,
                        editable=False,
                        max_length=64,
                        unique=True,
                        verbose_name="ledger id",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        help_text="When we came to know it; no score before then uses it.",
                        verbose_name="recorded at",
                    ),
                ),
                (
                    "archived_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="archived at"
                    ),
                ),
                (
                    "version",
                    models.PositiveIntegerField(default=1, editable=False, verbose_name="version"),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("pinyin", models.CharField(default="", editable=False, max_length=400)),
                ("initials", models.CharField(default="", editable=False, max_length=100)),
                ("title", models.CharField(blank=True, max_length=120, verbose_name="job title")),
                (
                    "seniority",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        choices=[
                            (1, "Staff"),
                            (2, "Manager"),
                            (3, "Director"),
                            (4, "Vice president"),
                            (5, "CEO or chairman"),
                        ],
                        null=True,
                        verbose_name="seniority",
                    ),
                ),
                (
                    "department",
                    models.CharField(blank=True, max_length=120, verbose_name="department"),
                ),
                (
                    "decision_role",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("BUDGET_HOLDER", "Budget holder"),
                            ("BUSINESS_OWNER", "Business owner"),
                            ("IT", "IT"),
                            ("PROCUREMENT", "Procurement"),
                            ("FINANCE", "Finance"),
                            ("USER", "User"),
                            ("SPONSOR", "Sponsor"),
                        ],
                        max_length=16,
                        verbose_name="decision role",
                    ),
                ),
                (
                    "stance",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("FOR", "for us"),
                            ("NEUTRAL", "neutral"),
                            ("AGAINST", "against us"),
                        ],
                        max_length=8,
                        verbose_name="stance",
                    ),
                ),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="phone")),
                ("wechat", models.CharField(blank=True, max_length=80, verbose_name="WeChat")),
                (
                    "first_seen_date",
                    models.DateField(blank=True, null=True, verbose_name="first seen"),
                ),
                (
                    "merged_into",
                    models.CharField(
                        blank=True,
                        editable=False,
                        help_text="Ledger id of the row that took the place of this one.",
                        max_length=64,
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contacts",
                        to="crm.account",
                        verbose_name="account",
                    ),
                ),
            ],
            options={
                "verbose_name": "contact",
                "verbose_name_plural": "contacts",
                "ordering": ["-seniority", "name", "pk"],
                "indexes": [models.Index(fields=["pinyin", "id"], name="contact_pinyin")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "decision_role__in",
                                [
                                    "",
                                    "BUDGET_HOLDER",
                                    "BUSINESS_OWNER",
                                    "IT",
                                    "PROCUREMENT",
                                    "FINANCE",
                                    "USER",
                                    "SPONSOR",
                                ],
                            )
                        ),
                        name="contact_decision_role_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("seniority", None),
                            models.Q(("seniority__gte", 1), ("seniority__lte", 5)),
                            _connector="OR",
                        ),
                        name="contact_seniority_is_1_to_5",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CustomField",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "key",
                    models.CharField(
                        max_length=40,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[a-z][a-z0-9_]{0,39}\\Z", "Small letters, digits and _ only."
                            )
                        ],
                        verbose_name="key",
                    ),
                ),
                ("label", models.CharField(max_length=80, verbose_name="label")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("CHOICE", "choice"),
                            ("NUMBER", "number"),
                            ("DATE", "date"),
                            ("YES_NO", "yes or no"),
                            ("TEXT", "text"),
                        ],
                        default="TEXT",
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                (
                    "known_from",
                    models.CharField(
                        choices=[("CREATION", "when the lead is opened"), ("LATER", "later")],
                        default="LATER",
                        max_length=8,
                        verbose_name="known",
                    ),
                ),
                ("choices", models.JSONField(blank=True, default=list, verbose_name="choices")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
            ],
            options={
                "verbose_name": "own field",
                "verbose_name_plural": "own fields",
                "ordering": ["position", "label", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["", "CHOICE", "NUMBER", "DATE", "YES_NO", "TEXT"])
                        ),
                        name="custom_field_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("known_from__in", ["", "CREATION", "LATER"])),
                        name="custom_field_known_from_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Digest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("period", models.CharField(max_length=10, verbose_name="period")),
                (
                    "kind",
                    models.CharField(
                        choices=[("WEEKLY", "Monday mail"), ("DAILY", "Reminders of a day")],
                        default="WEEKLY",
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("PENDING", "waiting"),
                            ("SENDING", "being sent"),
                            ("HANDED_OVER", "handed over"),
                            ("SENT", "sent"),
                            ("FAILED", "failed"),
                            ("UNKNOWN", "not known whether it arrived"),
                        ],
                        default="PENDING",
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                ("due_at", models.DateTimeField(verbose_name="due at")),
                ("next_try_at", models.DateTimeField(verbose_name="next try")),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("claimed_by", models.CharField(blank=True, max_length=40)),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                ("language", models.CharField(blank=True, max_length=10)),
                ("as_of", models.DateTimeField(blank=True, null=True, verbose_name="as of")),
                ("subject", models.CharField(blank=True, max_length=200, verbose_name="subject")),
                ("text_body", models.TextField(blank=True)),
                ("html_body", models.TextField(blank=True)),
                ("shown", models.JSONField(blank=True, default=dict)),
                ("message_id", models.CharField(blank=True, max_length=120)),
                (
                    "answer",
                    models.CharField(
                        blank=True, max_length=300, verbose_name="answer of the mail server"
                    ),
                ),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="sent at")),
                (
                    "sent_again_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="sent again at"),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="digests",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "sent_again_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "digest",
                "verbose_name_plural": "digests",
                "ordering": ["-due_at", "-pk"],
                "indexes": [
                    models.Index(fields=["status", "next_try_at"], name="digest_due"),
                    models.Index(fields=["recipient", "-due_at"], name="digest_history"),
                    models.Index(fields=["-due_at", "-id"], name="digest_newest"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("recipient", "kind", "period"),
                        name="one_mail_a_person_kind_and_period",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    "",
                                    "PENDING",
                                    "SENDING",
                                    "HANDED_OVER",
                                    "SENT",
                                    "FAILED",
                                    "UNKNOWN",
                                ],
                            )
                        ),
                        name="digest_status_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status__in", ["SENDING", "HANDED_OVER"]), _negated=True),
                            ("lease_until__isnull", False),
                            _connector="OR",
                        ),
                        name="digest_in_hand_has_a_lease",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Firm",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(blank=True, max_length=120, verbose_name="name of the firm"),
                ),
                ("city", models.CharField(blank=True, max_length=80, verbose_name="city")),
                (
                    "time_zone",
                    models.CharField(blank=True, max_length=64, verbose_name="time zone"),
                ),
                (
                    "horizon_days",
                    models.PositiveSmallIntegerField(default=180, verbose_name="horizon in days"),
                ),
                (
                    "holiday_country",
                    models.CharField(default="CN", max_length=2, verbose_name="holidays of"),
                ),
                (
                    "stage_norms",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        verbose_name="days without client contact that make a lead stale, by stage",
                    ),
                ),
                (
                    "thresholds",
                    models.JSONField(
                        blank=True, default=dict, verbose_name="thresholds of the scores"
                    ),
                ),
                (
                    "stage_names",
                    models.JSONField(blank=True, default=dict, verbose_name="names of the stages"),
                ),
                (
                    "own_sources",
                    models.JSONField(blank=True, default=list, verbose_name="own lead sources"),
                ),
                (
                    "limits",
                    models.JSONField(
                        blank=True, default=dict, verbose_name="limits on effort and logo deals"
                    ),
                ),
                (
                    "own_reasons",
                    models.JSONField(
                        blank=True, default=dict, verbose_name="own reasons of an outcome"
                    ),
                ),
                (
                    "evidence_is_required",
                    models.BooleanField(
                        default=False, verbose_name="a lead moves on only with its evidence"
                    ),
                ),
                ("holds_demo_data", models.BooleanField(default=False, editable=False)),
                (
                    "demo_password_shown_at",
                    models.DateTimeField(blank=True, editable=False, null=True),
                ),
            ],
            options={
                "verbose_name": "settings of the firm",
                "verbose_name_plural": "settings of the firm",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="there_is_one_firm")
                ],
            },
        ),
        migrations.CreateModel(
            name="FirmFigure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("HOUR_COST", "Cost of an hour"),
                            ("PERSON_DAY_COST", "Cost of a person-day"),
                            ("CASH", "Cash at hand"),
                            ("MONTHLY_BURN", "Monthly burn"),
                            ("MARGIN_PERCENT", "Margin of a deal in %"),
                        ],
                        max_length=16,
                        verbose_name="figure",
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(decimal_places=2, max_digits=18, verbose_name="amount"),
                ),
                ("valid_from", models.DateTimeField(verbose_name="valid from")),
                ("recorded_at", models.DateTimeField(verbose_name="recorded at")),
            ],
            options={
                "verbose_name": "figure of the firm",
                "verbose_name_plural": "figures of the firm",
                "ordering": ["kind", "-valid_from"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "",
                                    "HOUR_COST",
                                    "PERSON_DAY_COST",
                                    "CASH",
                                    "MONTHLY_BURN",
                                    "MARGIN_PERCENT",
                                ],
                            )
                        ),
                        name="firm_figure_kind_is_known",
                    ),
                    models.UniqueConstraint(
                        fields=("kind", "valid_from"), name="one_figure_at_a_time"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoricalAccount",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                (
                    "ledger_id",
                    models.CharField(
                        db_index=True,
                        default=crm.models.base.new_ledger_id,
                        editable=False,
                        max_length=64,
                        verbose_name="ledger id",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        help_text="When we came to know it; no score before then uses it.",
                        verbose_name="recorded at",
                    ),
                ),
                (
                    "archived_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="archived at"
                    ),
                ),
                (
                    "version",
                    models.PositiveIntegerField(default=1, editable=False, verbose_name="version"),
                ),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                (
                    "name_key",
                    models.CharField(db_index=True, default="", editable=False, max_length=200),
                ),
                ("pinyin", models.CharField(default="", editable=False, max_length=400)),
                ("initials", models.CharField(default="", editable=False, max_length=100)),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("LISTED", "Listed company"),
                            ("SOE", "State-owned enterprise"),
                            ("GOVERNMENT", "Government"),
                            ("PUBLIC_INSTITUTION", "Public institution"),
                            ("FORTUNE500_CN", "Fortune 500, China HQ"),
                            ("FOREIGN", "Foreign company"),
                            ("SME", "Private SME"),
                            ("INTEGRATOR", "Integrator"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("industry", models.CharField(blank=True, max_length=80, verbose_name="industry")),
                (
                    "size_class",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("LARGE", "Large"),
                            ("MEDIUM", "Medium"),
                            ("SMALL", "Small"),
                            ("MICRO", "Micro"),
                        ],
                        max_length=8,
                        verbose_name="size class",
                    ),
                ),
                (
                    "employees",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="employees"),
                ),
                ("country", models.CharField(default="CN", max_length=2, verbose_name="country")),
                ("city", models.CharField(blank=True, max_length=80, verbose_name="city")),
                (
                    "distance_km",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="distance in km"
                    ),
                ),
                (
                    "is_big_name",
                    models.BooleanField(blank=True, null=True, verbose_name="big name"),
                ),
                (
                    "has_ai_team",
                    models.BooleanField(
                        blank=True, null=True, verbose_name="own AI team or IT subsidiary"
                    ),
                ),
                (
                    "merged_into",
                    models.CharField(
                        blank=True,
                        editable=False,
                        help_text="Ledger id of the row that took the place of this one.",
                        max_length=64,
                    ),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="crm.account",
                        verbose_name="parent group",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical account",
                "verbose_name_plural": "historical accounts",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalContact",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                (
                    "ledger_id",
                    models.CharField(
                        db_index=True,
                        default=crm.models.base.new_ledger_id,
                        editable=False,
                        max_length=64,
                        verbose_name="ledger id",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        help_text="When we came to know it; no score before then uses it.",
                        verbose_name="recorded at",
                    ),
                ),
                (
                    "archived_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="archived at"
                    ),
                ),
                (
                    "version",
                    models.PositiveIntegerField(default=1, editable=False, verbose_name="version"),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("pinyin", models.CharField(default="", editable=False, max_length=400)),
                ("initials", models.CharField(default="", editable=False, max_length=100)),
                ("title", models.CharField(blank=True, max_length=120, verbose_name="job title")),
                (
                    "seniority",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        choices=[
                            (1, "Staff"),
                            (2, "Manager"),
                            (3, "Director"),
                            (4, "Vice president"),
                            (5, "CEO or chairman"),
                        ],
                        null=True,
                        verbose_name="seniority",
                    ),
                ),
                (
                    "department",
                    models.CharField(blank=True, max_length=120, verbose_name="department"),
                ),
                (
                    "decision_role",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("BUDGET_HOLDER", "Budget holder"),
                            ("BUSINESS_OWNER", "Business owner"),
                            ("IT", "IT"),
                            ("PROCUREMENT", "Procurement"),
                            ("FINANCE", "Finance"),
                            ("USER", "User"),
                            ("SPONSOR", "Sponsor"),
                        ],
                        max_length=16,
                        verbose_name="decision role",
                    ),
                ),
                (
                    "stance",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("FOR", "for us"),
                            ("NEUTRAL", "neutral"),
                            ("AGAINST", "against us"),
                        ],
                        max_length=8,
                        verbose_name="stance",
                    ),
                ),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="phone")),
                ("wechat", models.CharField(blank=True, max_length=80, verbose_name="WeChat")),
                (
                    "first_seen_date",
                    models.DateField(blank=True, null=True, verbose_name="first seen"),
                ),
                (
                    "merged_into",
                    models.CharField(
                        blank=True,
                        editable=False,
                        help_text="Ledger id of the row that took the place of this one.",
                        max_length=64,
                    ),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="crm.account",
                        verbose_name="account",
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical contact",
                "verbose_name_plural": "historical contacts",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalLead",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                (
                    "ledger_id",
                    models.CharField(
                        db_index=True,
                        default=crm.models.base.new_ledger_id,
                        editable=False,
                        max_length=64,
                        verbose_name="ledger id",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        help_text="When we came to know it; no score before then uses it.",
                        verbose_name="recorded at",
                    ),
                ),
                (
                    "archived_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="archived at"
                    ),
                ),
                (
                    "version",
                    models.PositiveIntegerField(default=1, editable=False, verbose_name="version"),
                ),
                ("title", models.CharField(blank=True, max_length=160, verbose_name="subject")),
                (
                    "source",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("INBOUND_WECHAT", "they added us on WeChat"),
                            ("INBOUND", "they wrote to us"),
                            ("EVENT", "event"),
                            ("REFERRAL", "referral"),
                            ("TENDER_NOTICE", "tender notice"),
                            ("OUTBOUND", "our own call"),
                            ("EXISTING_CUSTOMER", "existing customer"),
                        ],
                        max_length=20,
                        verbose_name="source",
                    ),
                ),
                (
                    "own_source",
                    models.CharField(blank=True, max_length=60, verbose_name="own source"),
                ),
                (
                    "first_ask",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("PRODUCT", "product or price"),
                            ("BASIC_KNOWLEDGE", "basic knowledge"),
                            ("INDUSTRY_DATA", "industry data"),
                            ("SOLUTION_DOC", "a solution document"),
                            ("TECH_SELECTION", "a technology selection"),
                            ("POC", "a PoC"),
                            ("QUOTATION", "a quotation"),
                            ("INTERNAL_REPORT", "text for its internal report"),
                            ("TENDER_TEXT", "text for its tender"),
                            ("NONE", "nothing"),
                        ],
                        max_length=20,
                        verbose_name="first ask",
                    ),
                ),
                (
                    "stated_purpose",
                    models.CharField(blank=True, max_length=200, verbose_name="stated purpose"),
                ),
                (
                    "deal_type",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("ONSITE_PROJECT", "On-site project"),
                            ("LICENCE", "Licence"),
                            ("SMALL_PAID", "Small paid step"),
                            ("POC_FIRST", "PoC first"),
                            ("LOGO", "Logo deal"),
                            ("LEARNING", "Learning deal"),
                            ("UNDEFINED", "Not defined yet"),
                        ],
                        max_length=16,
                        verbose_name="deal type",
                    ),
                ),
                ("use_case", models.CharField(blank=True, max_length=160, verbose_name="use case")),
                (
                    "est_value_amount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=18,
                        null=True,
                        verbose_name="estimated value",
                    ),
                ),
                (
                    "currency",
                    models.CharField(default="CNY", max_length=3, verbose_name="currency"),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("NEW", "New"),
                            ("QUALIFIED", "Qualified"),
                            ("SOLUTION", "Solution"),
                            ("BID", "Quote or bid"),
                            ("CONTRACT", "Contract"),
                        ],
                        default="NEW",
                        max_length=12,
                        verbose_name="stage",
                    ),
                ),
                ("opened_at", models.DateTimeField(verbose_name="opened at")),
                (
                    "cap_hours",
                    models.DecimalField(
                        blank=True,
                        decimal_places=1,
                        max_digits=7,
                        null=True,
                        verbose_name="cap on unpaid hours",
                    ),
                ),
                (
                    "cap_amount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=18,
                        null=True,
                        verbose_name="cap on cost",
                    ),
                ),
                (
                    "cap_date",
                    models.DateField(blank=True, null=True, verbose_name="effort ends on"),
                ),
                (
                    "decide_by_date",
                    models.DateField(blank=True, null=True, verbose_name="decide by"),
                ),
                (
                    "logo_right_date",
                    models.DateField(
                        blank=True, null=True, verbose_name="written logo right since"
                    ),
                ),
                (
                    "custom_fields",
                    models.JSONField(blank=True, default=dict, verbose_name="own fields"),
                ),
                (
                    "closed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="closed at"),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("WON", "Won"),
                            ("LOST", "Lost to a rival"),
                            ("PREWIRED", "Decided beforehand"),
                            ("NO_DECISION", "No decision"),
                            ("FREE_CONSULTING", "Free consulting"),
                            ("WALKED_AWAY", "We walked away"),
                            ("INVALID", "Invalid"),
                        ],
                        max_length=16,
                        verbose_name="outcome",
                    ),
                ),
                (
                    "outcome_recorded_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="outcome recorded at"),
                ),
                (
                    "outcome_is_guess",
                    models.BooleanField(blank=True, null=True, verbose_name="a guess"),
                ),
                (
                    "outcome_reason",
                    models.CharField(blank=True, max_length=60, verbose_name="reason"),
                ),
                (
                    "outcome_basis",
                    models.CharField(blank=True, max_length=300, verbose_name="how we know"),
                ),
                (
                    "outcome_lesson",
                    models.CharField(blank=True, max_length=500, verbose_name="what we learned"),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="crm.account",
                        verbose_name="account",
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "outcome_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="judged by",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="owner",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical lead",
                "verbose_name_plural": "historical leads",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Interaction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ledger_id",
                    models.CharField(
                        default=crm.models.base.new_ledger_id,
                        editable=False,
                        max_length=64,
                        unique=True,
                        verbose_name="ledger id",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        help_text="When we came to know it; no score before then uses it.",
                        verbose_name="recorded at",
                    ),
                ),
                (
                    "archived_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="archived at"
                    ),
                ),
                ("happened_at", models.DateTimeField(verbose_name="happened at")),
                (
                    "version",
                    models.PositiveIntegerField(default=1, editable=False, verbose_name="version"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("WECHAT", "WeChat"),
                            ("CALL", "Call"),
                            ("ONLINE_MEETING", "Online meeting"),
                            ("VISIT_TO_CLIENT", "Visit to client"),
                            ("VISIT_TO_US", "Visit to us"),
                            ("DEMO", "Demo"),
                            ("SOLUTION_REQUEST", "Solution request"),
                            ("INQUIRY", "Inquiry"),
                            ("BACKGROUND_CHECK", "Background check"),
                            ("INTERNAL_REPORT", "Internal report"),
                            ("EVALUATION", "Evaluation"),
                            ("BID_TALK", "Bid talk"),
                            ("NEGOTIATION", "Negotiation"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                (
                    "initiated_by",
                    models.CharField(
                        blank=True,
                        choices=[("CLIENT", "client"), ("US", "we")],
                        max_length=6,
                        verbose_name="who got in touch",
                    ),
                ),
                (
                    "asks",
                    models.JSONField(blank=True, null=True, verbose_name="what they asked for"),
                ),
                (
                    "client_gave",
                    models.JSONField(blank=True, null=True, verbose_name="what the client gave"),
                ),
                (
                    "max_seniority",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        choices=[
                            (1, "Staff"),
                            (2, "Manager"),
                            (3, "Director"),
                            (4, "Vice president"),
                            (5, "CEO or chairman"),
                        ],
                        null=True,
                        verbose_name="highest seniority",
                    ),
                ),
                (
                    "client_attendees",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="people of the client"
                    ),
                ),
                (
                    "budget_holder_present",
                    models.BooleanField(
                        blank=True, null=True, verbose_name="budget holder was there"
                    ),
                ),
                (
                    "budget_stage",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("NO_BUDGET", "none"),
                            ("PILOT_WITHOUT_BUDGET", "pilot without budget"),
                            ("PLANNED", "planned"),
                            ("APPLIED", "applied for"),
                            ("APPROVED", "approved"),
                        ],
                        max_length=20,
                        verbose_name="budget stage as stated",
                    ),
                ),
                (
                    "next_step",
                    models.CharField(blank=True, max_length=200, verbose_name="next step"),
                ),
                (
                    "next_step_date",
                    models.DateField(blank=True, null=True, verbose_name="date of the next step"),
                ),
                (
                    "has_dated_next_step",
                    models.BooleanField(blank=True, null=True, verbose_name="next step has a date"),
                ),
                (
                    "competitors_count",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="competitors named"
                    ),
                ),
                (
                    "competitors",
                    models.CharField(blank=True, max_length=200, verbose_name="competitors"),
                ),
                (
                    "incumbent",
                    models.CharField(blank=True, max_length=120, verbose_name="incumbent supplier"),
                ),
                (
                    "response_latency_days",
                    models.DecimalField(
                        blank=True,
                        decimal_places=1,
                        max_digits=6,
                        null=True,
                        verbose_name="client's reply time in days",
                    ),
                ),
                (
                    "presales_hours",
                    models.DecimalField(
                        blank=True,
                        decimal_places=1,
                        max_digits=6,
                        null=True,
                        verbose_name="our hours",
                    ),
                ),
                (
                    "travel_hours",
                    models.DecimalField(
                        blank=True,
                        decimal_places=1,
                        max_digits=6,
                        null=True,
                        verbose_name="travel hours",
                    ),
                ),
                (
                    "travel_amount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=14,
                        null=True,
                        verbose_name="travel cost",
                    ),
                ),
                (
                    "paid_by_client",
                    models.BooleanField(default=False, verbose_name="paid by the client"),
                ),
                ("note", models.TextField(blank=True, max_length=4000, verbose_name="note")),
                (
                    "client_token",
                    models.UUIDField(blank=True, editable=False, null=True, unique=True),
                ),
                (
                    "attendees",
                    models.ManyToManyField(
                        blank=True,
                        related_name="interactions",
                        to="crm.contact",
                        verbose_name="who was there",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="logged by",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="crm.contact",
                        verbose_name="contact",
                    ),
                ),
            ],
            options={
                "verbose_name": "interaction",
                "verbose_name_plural": "interactions",
                "ordering": ["happened_at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "",
                                    "WECHAT",
                                    "CALL",
                                    "ONLINE_MEETING",
                                    "VISIT_TO_CLIENT",
                                    "VISIT_TO_US",
                                    "DEMO",
                                    "SOLUTION_REQUEST",
                                    "INQUIRY",
                                    "BACKGROUND_CHECK",
                                    "INTERNAL_REPORT",
                                    "EVALUATION",
                                    "BID_TALK",
                                    "NEGOTIATION",
                                ],
                            )
                        ),
                        name="interaction_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("initiated_by__in", ["", "CLIENT", "US"])),
                        name="interaction_side_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "budget_stage__in",
                                [
                                    "",
                                    "NO_BUDGET",
                                    "PILOT_WITHOUT_BUDGET",
                                    "PLANNED",
                                    "APPLIED",
                                    "APPROVED",
                                ],
                            )
                        ),
                        name="interaction_budget_stage_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("presales_hours", None), ("presales_hours__gte", 0), _connector="OR"
                        ),
                        name="interaction_hours_are_never_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("travel_hours", None), ("travel_hours__gte", 0), _connector="OR"
                        ),
                        name="interaction_travel_hours_are_never_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("travel_amount", None), ("travel_amount__gte", 0), _connector="OR"
                        ),
                        name="interaction_travel_cost_is_never_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("next_step_date", None), ("has_dated_next_step", True), _connector="OR"
                        ),
                        name="interaction_with_a_next_date_has_a_dated_next_step",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InteractionEffort",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "hours",
                    models.DecimalField(decimal_places=1, max_digits=6, verbose_name="hours"),
                ),
                (
                    "interaction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="effort",
                        to="crm.interaction",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "hours of a person",
                "verbose_name_plural": "hours by person",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("interaction", "person"), name="effort_is_said_once_for_a_person"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("hours", None), ("hours__gte", 0), _connector="OR"),
                        name="effort_hours_are_never_negative",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Invoice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ledger_id",
                    models.CharField(
                        default=crm.models.base.new_ledger_id,
                        editable=False,
                        max_length=64,
                        unique=True,
                        verbose_name="ledger id",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        help_text="When we came to know it; no score before then uses it.",
                        verbose_name="recorded at",
                    ),
                ),
                (
                    "archived_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="archived at"
                    ),
                ),
                (
                    "version",
                    models.PositiveIntegerField(default=1, editable=False, verbose_name="version"),
                ),
                (
                    "milestone_label",
                    models.CharField(blank=True, max_length=80, verbose_name="milestone"),
                ),
                (
                    "number",
                    models.CharField(blank=True, max_length=60, verbose_name="invoice number"),
                ),
                (
                    "amount",
                    models.DecimalField(decimal_places=2, max_digits=18, verbose_name="amount"),
                ),
                (
                    "currency",
                    models.CharField(default="CNY", max_length=3, verbose_name="currency"),
                ),
                ("issued_date", models.DateField(verbose_name="issued on")),
                ("due_date", models.DateField(verbose_name="due on")),
                (
                    "paid_amount",
                    models.DecimalField(
                        decimal_places=2,
                        default=0,
                        editable=False,
                        max_digits=18,
                        verbose_name="paid so far",
                    ),
                ),
                (
                    "settled_date",
                    models.DateField(
                        blank=True, editable=False, null=True, verbose_name="paid in full on"
                    ),
                ),
                (
                    "disputed_date",
                    models.DateField(blank=True, null=True, verbose_name="disputed or returned on"),
                ),
                (
                    "written_off_date",
                    models.DateField(blank=True, null=True, verbose_name="written off on"),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoices",
                        to="crm.account",
                        verbose_name="account",
                    ),
                ),
            ],
            options={
                "verbose_name": "invoice",
                "verbose_name_plural": "invoices",
                "ordering": ["due_date", "pk"],
                "indexes": [
                    models.Index(fields=["settled_date", "due_date"], name="invoice_open_due"),
                    models.Index(fields=["account", "issued_date"], name="invoice_account"),
                    models.Index(
                        fields=["settled_date", "issued_date"], name="invoice_open_issued"
                    ),
                    models.Index(fields=["settled_date", "amount"], name="invoice_open_amount"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="invoice_amount_is_above_zero"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("due_date__gte", models.F("issued_date"))),
                        name="invoice_falls_due_after_its_issue",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("paid_amount", None), ("paid_amount__gte", 0), _connector="OR"
                        ),
                        name="invoice_paid_sum_is_never_negative",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoricalPayment",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                (
                    "ledger_id",
                    models.CharField(
                        db_index=True,
                        default=crm.models.base.new_ledger_id,
                        editable=False,
                        max_length=64,
                        verbose_name="ledger id",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        help_text="When we came to know it; no score before then uses it.",
                        verbose_name="recorded at",
                    ),
                ),
                (
                    "archived_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="archived at"
                    ),
                ),
                ("paid_date", models.DateField(verbose_name="paid on")),
                (
                    "amount",
                    models.DecimalField(decimal_places=2, max_digits=18, verbose_name="amount"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("MONEY", "money"), ("CREDIT_NOTE", "credit note")],
                        default="MONEY",
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="crm.invoice",
                        verbose_name="invoice",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical payment",
                "verbose_name_plural": "historical payments",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="InvoiceForecast",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("as_of_date", models.DateField(verbose_name="as of")),
                ("made_at", models.DateTimeField()),
                ("late_0", models.FloatField()),
                ("late_30", models.FloatField()),
                ("late_60", models.FloatField()),
                ("late_90", models.FloatField()),
                (
                    "long_chance",
                    models.FloatField(verbose_name="chance of over 120 days, or never"),
                ),
                ("days_p10", models.SmallIntegerField()),
                ("days_p50", models.SmallIntegerField()),
                ("days_p80", models.SmallIntegerField()),
                ("days_p90", models.SmallIntegerField()),
                ("own_count", models.PositiveIntegerField()),
                ("own_median_days", models.FloatField(null=True)),
                ("pool_count", models.PositiveIntegerField()),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="forecasts",
                        to="crm.invoice",
                    ),
                ),
            ],
            options={
                "verbose_name": "forecast of an invoice",
                "verbose_name_plural": "forecasts of invoices",
                "ordering": ["-as_of_date", "pk"],
                "indexes": [models.Index(fields=["as_of_date", "invoice"], name="forecast_day")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("invoice", "as_of_date"), name="one_forecast_an_invoice_and_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("days_p10__lte", models.F("days_p50")),
                            ("days_p50__lte", models.F("days_p80")),
                            ("days_p80__lte", models.F("days_p90")),
                        ),
                        name="forecast_days_are_in_order",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InvoiceReminder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "step",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (3, "friendly reminder"),
                            (10, "call"),
                            (30, "formal letter"),
                            (60, "lawyer or complaint channel"),
                        ],
                        verbose_name="step",
                    ),
                ),
                ("sent_at", models.DateTimeField(verbose_name="sent at")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reminders",
                        to="crm.invoice",
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "reminder",
                "verbose_name_plural": "reminders",
                "ordering": ["sent_at", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("invoice", "step"), name="one_reminder_an_invoice_and_step"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="JobRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="job")),
                ("owner", models.CharField(blank=True, max_length=64)),
                ("started_at", models.DateTimeField(verbose_name="began at")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended at")),
                ("lease_until", models.DateTimeField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("RUNNING", "running"),
                            ("DONE", "done"),
                            ("FAILED", "failed"),
                            ("BROKE_OFF", "broke off"),
                        ],
                        default="RUNNING",
                        max_length=10,
                        verbose_name="outcome",
                    ),
                ),
                (
                    "done",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="how many"),
                ),
                ("error", models.CharField(blank=True, max_length=80, verbose_name="error")),
                (
                    "place",
                    models.CharField(blank=True, max_length=160, verbose_name="place in the code"),
                ),
                ("facts", models.JSONField(blank=True, default=dict, verbose_name="facts")),
            ],
            options={
                "verbose_name": "run of a job",
                "verbose_name_plural": "runs of jobs",
                "ordering": ["-started_at", "-pk"],
                "indexes": [
                    models.Index(fields=["name", "outcome", "-started_at"], name="job_runs")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("outcome__in", ["", "RUNNING", "DONE", "FAILED", "BROKE_OFF"])
                        ),
                        name="job_outcome_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("outcome__in", ["RUNNING", "BROKE_OFF"]),
                            ("ended_at__isnull", False),
                            _connector="OR",
                        ),
                        name="job_that_ended_says_when",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Lead",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ledger_id",
                    models.CharField(
                        default=crm.models.base.new_ledger_id,
                        editable=False,
                        max_length=64,
                        unique=True,
                        verbose_name="ledger id",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        help_text="When we came to know it; no score before then uses it.",
                        verbose_name="recorded at",
                    ),
                ),
                (
                    "archived_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="archived at"
                    ),
                ),
                (
                    "version",
                    models.PositiveIntegerField(default=1, editable=False, verbose_name="version"),
                ),
                ("title", models.CharField(blank=True, max_length=160, verbose_name="subject")),
                (
                    "source",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("INBOUND_WECHAT", "they added us on WeChat"),
                            ("INBOUND", "they wrote to us"),
                            ("EVENT", "event"),
                            ("REFERRAL", "referral"),
                            ("TENDER_NOTICE", "tender notice"),
                            ("OUTBOUND", "our own call"),
                            ("EXISTING_CUSTOMER", "existing customer"),
                        ],
                        max_length=20,
                        verbose_name="source",
                    ),
                ),
                (
                    "own_source",
                    models.CharField(blank=True, max_length=60, verbose_name="own source"),
                ),
                (
                    "first_ask",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("PRODUCT", "product or price"),
                            ("BASIC_KNOWLEDGE", "basic knowledge"),
                            ("INDUSTRY_DATA", "industry data"),
                            ("SOLUTION_DOC", "a solution document"),
                            ("TECH_SELECTION", "a technology selection"),
                            ("POC", "a PoC"),
                            ("QUOTATION", "a quotation"),
                            ("INTERNAL_REPORT", "text for its internal report"),
                            ("TENDER_TEXT", "text for its tender"),
                            ("NONE", "nothing"),
                        ],
                        max_length=20,
                        verbose_name="first ask",
                    ),
                ),
                (
                    "stated_purpose",
                    models.CharField(blank=True, max_length=200, verbose_name="stated purpose"),
                ),
                (
                    "deal_type",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("ONSITE_PROJECT", "On-site project"),
                            ("LICENCE", "Licence"),
                            ("SMALL_PAID", "Small paid step"),
                            ("POC_FIRST", "PoC first"),
                            ("LOGO", "Logo deal"),
                            ("LEARNING", "Learning deal"),
                            ("UNDEFINED", "Not defined yet"),
                        ],
                        max_length=16,
                        verbose_name="deal type",
                    ),
                ),
                ("use_case", models.CharField(blank=True, max_length=160, verbose_name="use case")),
                (
                    "est_value_amount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=18,
                        null=True,
                        verbose_name="estimated value",
                    ),
                ),
                (
                    "currency",
                    models.CharField(default="CNY", max_length=3, verbose_name="currency"),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("NEW", "New"),
                            ("QUALIFIED", "Qualified"),
                            ("SOLUTION", "Solution"),
                            ("BID", "Quote or bid"),
                            ("CONTRACT", "Contract"),
                        ],
                        default="NEW",
                        max_length=12,
                        verbose_name="stage",
                    ),
                ),
                ("opened_at", models.DateTimeField(verbose_name="opened at")),
                (
                    "cap_hours",
                    models.DecimalField(
                        blank=True,
                        decimal_places=1,
                        max_digits=7,
                        null=True,
                        verbose_name="cap on unpaid hours",
                    ),
                ),
                (
                    "cap_amount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=18,
                        null=True,
                        verbose_name="cap on cost",
                    ),
                ),
                (
                    "cap_date",
                    models.DateField(blank=True, null=True, verbose_name="effort ends on"),
                ),
                (
                    "decide_by_date",
                    models.DateField(blank=True, null=True, verbose_name="decide by"),
                ),
                (
                    "logo_right_date",
                    models.DateField(
                        blank=True, null=True, verbose_name="written logo right since"
                    ),
                ),
                (
                    "custom_fields",
                    models.JSONField(blank=True, default=dict, verbose_name="own fields"),
                ),
                (
                    "closed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="closed at"),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("WON", "Won"),
                            ("LOST", "Lost to a rival"),
                            ("PREWIRED", "Decided beforehand"),
                            ("NO_DECISION", "No decision"),
                            ("FREE_CONSULTING", "Free consulting"),
                            ("WALKED_AWAY", "We walked away"),
                            ("INVALID", "Invalid"),
                        ],
                        max_length=16,
                        verbose_name="outcome",
                    ),
                ),
                (
                    "outcome_recorded_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="outcome recorded at"),
                ),
                (
                    "outcome_is_guess",
                    models.BooleanField(blank=True, null=True, verbose_name="a guess"),
                ),
                (
                    "outcome_reason",
                    models.CharField(blank=True, max_length=60, verbose_name="reason"),
                ),
                (
                    "outcome_basis",
                    models.CharField(blank=True, max_length=300, verbose_name="how we know"),
                ),
                (
                    "outcome_lesson",
                    models.CharField(blank=True, max_length=500, verbose_name="what we learned"),
                ),
                ("assessment_due_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("scored_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("order_chance", models.FloatField(blank=True, editable=False, null=True)),
                ("order_chance_is_wide", models.BooleanField(default=False, editable=False)),
                ("usual_order_rate", models.FloatField(blank=True, editable=False, null=True)),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("LOW", "Low intent"),
                            ("WATCH", "Watch"),
                            ("NONE", "Usual"),
                            ("UNKNOWN", "No verdict"),
                        ],
                        default="UNKNOWN",
                        editable=False,
                        max_length=8,
                        verbose_name="verdict",
                    ),
                ),
                (
                    "pattern",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("FREE_CONSULTING", "free consulting"),
                            ("COLUMN_FODDER", "column fodder"),
                            ("GOING_THROUGH_THE_MOTIONS", "going through the motions"),
                            ("LOW_INTENT", "low intent"),
                        ],
                        editable=False,
                        max_length=28,
                        verbose_name="pattern",
                    ),
                ),
                ("late_payment_chance", models.FloatField(blank=True, editable=False, null=True)),
                (
                    "payment_mark",
                    models.CharField(
                        choices=[
                            ("HIGH", "High"),
                            ("WATCH", "Watch"),
                            ("LOW", "Low"),
                            ("UNKNOWN", "No terms"),
                        ],
                        default="UNKNOWN",
                        editable=False,
                        max_length=8,
                        verbose_name="late payment",
                    ),
                ),
                ("payment_cause", models.CharField(blank=True, editable=False, max_length=8)),
                (
                    "expected_loss_amount",
                    models.DecimalField(
                        blank=True, decimal_places=2, editable=False, max_digits=18, null=True
                    ),
                ),
                ("has_money", models.BooleanField(default=False, editable=False)),
                ("interaction_count", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "unpaid_hours",
                    models.DecimalField(decimal_places=1, default=0, editable=False, max_digits=14),
                ),
                (
                    "travel_amount",
                    models.DecimalField(decimal_places=2, default=0, editable=False, max_digits=18),
                ),
                (
                    "last_interaction_at",
                    models.DateTimeField(blank=True, editable=False, null=True),
                ),
                (
                    "last_client_contact_at",
                    models.DateTimeField(blank=True, editable=False, null=True),
                ),
                ("next_step_date", models.DateField(blank=True, editable=False, null=True)),
                ("next_step", models.CharField(blank=True, editable=False, max_length=200)),
                ("rest_kind", models.CharField(blank=True, editable=False, max_length=24)),
                ("rests_until_date", models.DateField(blank=True, editable=False, null=True)),
                ("asked_again_below", models.FloatField(blank=True, editable=False, null=True)),
                ("effort_share", models.FloatField(blank=True, editable=False, null=True)),
                ("effort_reviewed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="leads",
                        to="crm.account",
                        verbose_name="account",
                    ),
                ),
                (
                    "outcome_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="judged by",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="owner",
                    ),
                ),
            ],
            options={
                "verbose_name": "lead",
                "verbose_name_plural": "leads",
                "ordering": ["-opened_at", "-pk"],
                "indexes": [
                    models.Index(fields=["assessment_due_at"], name="lead_due"),
                    models.Index(
                        fields=["closed_at", "decide_by_date", "id"], name="lead_open_decide"
                    ),
                    models.Index(
                        fields=["closed_at", "verdict", "order_chance"], name="lead_verdict"
                    ),
                    models.Index(fields=["closed_at", "order_chance", "id"], name="lead_chance"),
                    models.Index(
                        fields=["closed_at", "late_payment_chance", "id"], name="lead_late"
                    ),
                    models.Index(
                        fields=["closed_at", "expected_loss_amount", "id"], name="lead_loss"
                    ),
                    models.Index(fields=["closed_at", "est_value_amount", "id"], name="lead_value"),
                    models.Index(fields=["closed_at", "unpaid_hours", "id"], name="lead_hours"),
                    models.Index(
                        fields=["closed_at", "last_client_contact_at", "id"], name="lead_quiet"
                    ),
                    models.Index(fields=["closed_at", "opened_at", "id"], name="lead_opened"),
                    models.Index(
                        fields=["closed_at", "stage", "decide_by_date"], name="lead_stage"
                    ),
                    models.Index(
                        fields=["owner", "closed_at", "decide_by_date"], name="lead_owner"
                    ),
                    models.Index(fields=["next_step_date"], name="lead_next_step"),
                    models.Index(fields=["closed_at", "rests_until_date"], name="lead_rests"),
                    models.Index(fields=["closed_at", "effort_share", "id"], name="lead_effort"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("stage__in", ["", "NEW", "QUALIFIED", "SOLUTION", "BID", "CONTRACT"])
                        ),
                        name="lead_stage_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "outcome__in",
                                [
                                    "",
                                    "WON",
                                    "LOST",
                                    "PREWIRED",
                                    "NO_DECISION",
                                    "FREE_CONSULTING",
                                    "WALKED_AWAY",
                                    "INVALID",
                                ],
                            )
                        ),
                        name="lead_outcome_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("est_value_amount", None), ("est_value_amount__gt", 0), _connector="OR"
                        ),
                        name="lead_value_is_unknown_rather_than_zero",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("outcome", ""), ("closed_at__isnull", False), _connector="OR"
                        ),
                        name="lead_with_an_outcome_is_closed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closed_at", None),
                            ("closed_at__gte", models.F("opened_at")),
                            _connector="OR",
                        ),
                        name="lead_closes_after_it_opens",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("unpaid_hours", None), ("unpaid_hours__gte", 0), _connector="OR"
                        ),
                        name="lead_hours_are_never_negative",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="invoice",
            name="lead",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="invoices",
                to="crm.lead",
                verbose_name="lead",
            ),
        ),
        migrations.AddField(
            model_name="interaction",
            name="lead",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="interactions",
                to="crm.lead",
                verbose_name="lead",
            ),
        ),
        migrations.CreateModel(
            name="HistoricalPlannedMeeting",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                (
                    "ledger_id",
                    models.CharField(
                        db_index=True,
                        default=crm.models.base.new_ledger_id,
                        editable=False,
                        max_length=64,
                        verbose_name="ledger id",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        help_text="When we came to know it; no score before then uses it.",
                        verbose_name="recorded at",
                    ),
                ),
                (
                    "archived_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="archived at"
                    ),
                ),
                (
                    "version",
                    models.PositiveIntegerField(default=1, editable=False, verbose_name="version"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("WECHAT", "WeChat"),
                            ("CALL", "Call"),
                            ("ONLINE_MEETING", "Online meeting"),
                            ("VISIT_TO_CLIENT", "Visit to client"),
                            ("VISIT_TO_US", "Visit to us"),
                            ("DEMO", "Demo"),
                            ("SOLUTION_REQUEST", "Solution request"),
                            ("INQUIRY", "Inquiry"),
                            ("BACKGROUND_CHECK", "Background check"),
                            ("INTERNAL_REPORT", "Internal report"),
                            ("EVALUATION", "Evaluation"),
                            ("BID_TALK", "Bid talk"),
                            ("NEGOTIATION", "Negotiation"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                (
                    "topic",
                    models.CharField(blank=True, max_length=200, verbose_name="what it is about"),
                ),
                ("meeting_date", models.DateField(verbose_name="day")),
                ("meeting_time", models.TimeField(blank=True, null=True, verbose_name="time")),
                ("is_online", models.BooleanField(default=False, verbose_name="online")),
                ("place", models.CharField(blank=True, max_length=120, verbose_name="place")),
                (
                    "hours",
                    models.DecimalField(
                        blank=True,
                        decimal_places=1,
                        max_digits=6,
                        null=True,
                        verbose_name="our hours",
                    ),
                ),
                (
                    "travel_hours",
                    models.DecimalField(
                        blank=True,
                        decimal_places=1,
                        max_digits=6,
                        null=True,
                        verbose_name="travel hours",
                    ),
                ),
                (
                    "travel_amount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=14,
                        null=True,
                        verbose_name="travel cost",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("PLANNED", "planned"),
                            ("DONE", "took place"),
                            ("CANCELLED", "cancelled"),
                        ],
                        default="PLANNED",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("status_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "cancel_reason",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="why it was cancelled"
                    ),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="planned by",
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "interaction",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="crm.interaction",
                        verbose_name="interaction",
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="crm.lead",
                        verbose_name="lead",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical planned meeting",
                "verbose_name_plural": "historical planned meetings",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalPaymentTerms",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                (
                    "ledger_id",
                    models.CharField(
                        db_index=True,
                        default=crm.models.base.new_ledger_id,
                        editable=False,
                        max_length=64,
                        verbose_name="ledger id",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        help_text="When we came to know it; no score before then uses it.",
                        verbose_name="recorded at",
                    ),
                ),
                (
                    "archived_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="archived at"
                    ),
                ),
                ("happened_at", models.DateTimeField(verbose_name="happened at")),
                (
                    "version",
                    models.PositiveIntegerField(default=1, editable=False, verbose_name="version"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("PROPOSED_BY_CLIENT", "Client's draft"),
                            ("PROPOSED_BY_US", "Our proposal"),
                            ("AGREED", "Agreed"),
                        ],
                        max_length=20,
                        verbose_name="status",
                    ),
                ),
                (
                    "contract_amount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=18,
                        null=True,
                        verbose_name="contract value",
                    ),
                ),
                (
                    "prepay_percent",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=5,
                        null=True,
                        verbose_name="prepayment in %",
                    ),
                ),
                (
                    "retention_percent",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=5,
                        null=True,
                        verbose_name="retention in %",
                    ),
                ),
                (
                    "retention_months",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="retention in months"
                    ),
                ),
                (
                    "term_days",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="payment term in days"
                    ),
                ),
                (
                    "is_back_to_back",
                    models.BooleanField(blank=True, null=True, verbose_name="back-to-back"),
                ),
                (
                    "accepted_by_audit",
                    models.BooleanField(blank=True, null=True, verbose_name="acceptance by audit"),
                ),
                (
                    "has_acceptance_criteria",
                    models.BooleanField(
                        blank=True, null=True, verbose_name="written acceptance criteria"
                    ),
                ),
                (
                    "has_deemed_acceptance",
                    models.BooleanField(blank=True, null=True, verbose_name="deemed acceptance"),
                ),
                (
                    "pays_by_bill",
                    models.BooleanField(blank=True, null=True, verbose_name="pays by bill"),
                ),
                (
                    "bill_days",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="bill runs for days"
                    ),
                ),
                (
                    "is_onsite",
                    models.BooleanField(blank=True, null=True, verbose_name="on-site work"),
                ),
                (
                    "onsite_person_days",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        verbose_name="on-site person-days before the next payment",
                    ),
                ),
                (
                    "vendor_funded_amount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=18,
                        null=True,
                        verbose_name="cost that we front",
                    ),
                ),
                (
                    "sme_declared",
                    models.BooleanField(
                        blank=True, null=True, verbose_name="our SME status is declared"
                    ),
                ),
                (
                    "sme_declared_date",
                    models.DateField(blank=True, null=True, verbose_name="declared on"),
                ),
                (
                    "needs_internal_approval",
                    models.BooleanField(
                        blank=True, null=True, verbose_name="paid after the client's own approval"
                    ),
                ),
                (
                    "inspection_days",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="days to inspect before acceptance"
                    ),
                ),
                (
                    "performance_bond_percent",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=5,
                        null=True,
                        verbose_name="performance bond in %",
                    ),
                ),
                (
                    "vat_percent",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=5,
                        null=True,
                        verbose_name="VAT in %",
                    ),
                ),
                (
                    "signed_date",
                    models.DateField(
                        blank=True, null=True, verbose_name="signed on, or planned for"
                    ),
                ),
                (
                    "currency",
                    models.CharField(default="CNY", max_length=3, verbose_name="currency"),
                ),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="note")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="crm.lead",
                        verbose_name="lead",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical payment terms",
                "verbose_name_plural": "historical payment terms",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalInteraction",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                (
                    "ledger_id",
                    models.CharField(
                        db_index=True,
                        default=crm.models.base.new_ledger_id,
                        editable=False,
                        max_length=64,
                        verbose_name="ledger id",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        help_text="When we came to know it; no score before then uses it.",
                        verbose_name="recorded at",
                    ),
                ),
                (
                    "archived_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="archived at"
                    ),
                ),
                ("happened_at", models.DateTimeField(verbose_name="happened at")),
                (
                    "version",
                    models.PositiveIntegerField(default=1, editable=False, verbose_name="version"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("WECHAT", "WeChat"),
                            ("CALL", "Call"),
                            ("ONLINE_MEETING", "Online meeting"),
                            ("VISIT_TO_CLIENT", "Visit to client"),
                            ("VISIT_TO_US", "Visit to us"),
                            ("DEMO", "Demo"),
                            ("SOLUTION_REQUEST", "Solution request"),
                            ("INQUIRY", "Inquiry"),
                            ("BACKGROUND_CHECK", "Background check"),
                            ("INTERNAL_REPORT", "Internal report"),
                            ("EVALUATION", "Evaluation"),
                            ("BID_TALK", "Bid talk"),
                            ("NEGOTIATION", "Negotiation"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                (
                    "initiated_by",
                    models.CharField(
                        blank=True,
                        choices=[("CLIENT", "client"), ("US", "we")],
                        max_length=6,
                        verbose_name="who got in touch",
                    ),
                ),
                (
                    "asks",
                    models.JSONField(blank=True, null=True, verbose_name="what they asked for"),
                ),
                (
                    "client_gave",
                    models.JSONField(blank=True, null=True, verbose_name="what the client gave"),
                ),
                (
                    "max_seniority",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        choices=[
                            (1, "Staff"),
                            (2, "Manager"),
                            (3, "Director"),
                            (4, "Vice president"),
                            (5, "CEO or chairman"),
                        ],
                        null=True,
                        verbose_name="highest seniority",
                    ),
                ),
                (
                    "client_attendees",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="people of the client"
                    ),
                ),
                (
                    "budget_holder_present",
                    models.BooleanField(
                        blank=True, null=True, verbose_name="budget holder was there"
                    ),
                ),
                (
                    "budget_stage",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("NO_BUDGET", "none"),
                            ("PILOT_WITHOUT_BUDGET", "pilot without budget"),
                            ("PLANNED", "planned"),
                            ("APPLIED", "applied for"),
                            ("APPROVED", "approved"),
                        ],
                        max_length=20,
                        verbose_name="budget stage as stated",
                    ),
                ),
                (
                    "next_step",
                    models.CharField(blank=True, max_length=200, verbose_name="next step"),
                ),
                (
                    "next_step_date",
                    models.DateField(blank=True, null=True, verbose_name="date of the next step"),
                ),
                (
                    "has_dated_next_step",
                    models.BooleanField(blank=True, null=True, verbose_name="next step has a date"),
                ),
                (
                    "competitors_count",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="competitors named"
                    ),
                ),
                (
                    "competitors",
                    models.CharField(blank=True, max_length=200, verbose_name="competitors"),
                ),
                (
                    "incumbent",
                    models.CharField(blank=True, max_length=120, verbose_name="incumbent supplier"),
                ),
                (
                    "response_latency_days",
                    models.DecimalField(
                        blank=True,
                        decimal_places=1,
                        max_digits=6,
                        null=True,
                        verbose_name="client's reply time in days",
                    ),
                ),
                (
                    "presales_hours",
                    models.DecimalField(
                        blank=True,
                        decimal_places=1,
                        max_digits=6,
                        null=True,
                        verbose_name="our hours",
                    ),
                ),
                (
                    "travel_hours",
                    models.DecimalField(
                        blank=True,
                        decimal_places=1,
                        max_digits=6,
                        null=True,
                        verbose_name="travel hours",
                    ),
                ),
                (
                    "travel_amount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=14,
                        null=True,
                        verbose_name="travel cost",
                    ),
                ),
                (
                    "paid_by_client",
                    models.BooleanField(default=False, verbose_name="paid by the client"),
                ),
                ("note", models.TextField(blank=True, max_length=4000, verbose_name="note")),
                (
                    "client_token",
                    models.UUIDField(blank=True, db_index=True, editable=False, null=True),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="logged by",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="crm.contact",
                        verbose_name="contact",
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="crm.lead",
                        verbose_name="lead",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical interaction",
                "verbose_name_plural": "historical interactions",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalDeliverable",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                (
                    "ledger_id",
                    models.CharField(
                        db_index=True,
                        default=crm.models.base.new_ledger_id,
                        editable=False,
                        max_length=64,
                        verbose_name="ledger id",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        help_text="When we came to know it; no score before then uses it.",
                        verbose_name="recorded at",
                    ),
                ),
                (
                    "archived_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="archived at"
                    ),
                ),
                ("happened_at", models.DateTimeField(verbose_name="happened at")),
                (
                    "version",
                    models.PositiveIntegerField(default=1, editable=False, verbose_name="version"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("GENERIC_DECK", "Generic deck"),
                            ("DEMO", "Live demo"),
                            ("PRICE_RANGE", "Price range"),
                            ("REDACTED_CASE", "Redacted case"),
                            ("INDUSTRY_DATA", "Industry data"),
                            ("ARCHITECTURE", "Architecture outline"),
                            ("ITEMISED_QUOTE", "Itemised quotation"),
                            ("SOLUTION_DOC", "Solution document"),
                            ("POC_BUILD", "PoC build"),
                            ("TECH_SELECTION", "Technology selection"),
                            ("INTERNAL_REPORT", "Text for an internal report"),
                            ("TENDER_TEXT", "Text for a tender"),
                            ("OTHER", "Other material"),
                        ],
                        max_length=16,
                        verbose_name="kind",
                    ),
                ),
                ("title", models.CharField(blank=True, max_length=160, verbose_name="title")),
                (
                    "disclosure_level",
                    models.PositiveSmallIntegerField(verbose_name="disclosure level"),
                ),
                (
                    "hours",
                    models.DecimalField(
                        blank=True, decimal_places=1, max_digits=6, null=True, verbose_name="hours"
                    ),
                ),
                (
                    "requested_by_client",
                    models.BooleanField(blank=True, null=True, verbose_name="client asked for it"),
                ),
                (
                    "nda_signed",
                    models.BooleanField(blank=True, null=True, verbose_name="NDA signed"),
                ),
                ("paid", models.BooleanField(blank=True, null=True, verbose_name="paid")),
                ("reusable", models.BooleanField(blank=True, null=True, verbose_name="reusable")),
                (
                    "file_reference",
                    models.CharField(blank=True, max_length=300, verbose_name="file"),
                ),
                (
                    "override_reason",
                    models.CharField(
                        blank=True, max_length=300, verbose_name="why above the allowed level"
                    ),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="logged by",
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "interaction",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="crm.interaction",
                        verbose_name="interaction",
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="crm.lead",
                        verbose_name="lead",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical deliverable",
                "verbose_name_plural": "historical deliverables",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalBid",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                (
                    "ledger_id",
                    models.CharField(
                        db_index=True,
                        default=crm.models.base.new_ledger_id,
                        editable=False,
                        max_length=64,
                        verbose_name="ledger id",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        help_text="When we came to know it; no score before then uses it.",
                        verbose_name="recorded at",
                    ),
                ),
                (
                    "archived_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="archived at"
                    ),
                ),
                ("happened_at", models.DateTimeField(verbose_name="happened at")),
                (
                    "version",
                    models.PositiveIntegerField(default=1, editable=False, verbose_name="version"),
                ),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("OPEN", "Open tender"),
                            ("INVITED", "Invited tender"),
                            ("RFI", "Request for information"),
                            ("PRICE_INQUIRY", "Price inquiry"),
                            ("SOLE_SOURCE", "Sole source"),
                        ],
                        max_length=14,
                        verbose_name="kind",
                    ),
                ),
                ("deadline_date", models.DateField(blank=True, null=True, verbose_name="deadline")),
                (
                    "prep_days",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="days to prepare"
                    ),
                ),
                (
                    "contact_before_notice",
                    models.BooleanField(
                        blank=True, null=True, verbose_name="contact before notice"
                    ),
                ),
                (
                    "incumbent_known",
                    models.BooleanField(blank=True, null=True, verbose_name="incumbent known"),
                ),
                (
                    "specification_fits_us",
                    models.BooleanField(
                        blank=True, null=True, verbose_name="specification fits us"
                    ),
                ),
                (
                    "set_criteria",
                    models.BooleanField(blank=True, null=True, verbose_name="we set the criteria"),
                ),
                (
                    "bidders_count",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="bidders"),
                ),
                (
                    "deposit_amount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=18,
                        null=True,
                        verbose_name="deposit",
                    ),
                ),
                (
                    "deposit_paid_date",
                    models.DateField(blank=True, null=True, verbose_name="deposit paid on"),
                ),
                (
                    "deposit_due_date",
                    models.DateField(blank=True, null=True, verbose_name="deposit due back on"),
                ),
                (
                    "deposit_back_date",
                    models.DateField(blank=True, null=True, verbose_name="deposit back on"),
                ),
                (
                    "hours_planned",
                    models.DecimalField(
                        blank=True,
                        decimal_places=1,
                        max_digits=6,
                        null=True,
                        verbose_name="hours it will take",
                    ),
                ),
                (
                    "hours",
                    models.DecimalField(
                        blank=True, decimal_places=1, max_digits=6, null=True, verbose_name="hours"
                    ),
                ),
                (
                    "questions_asked_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="questions asked"),
                ),
                (
                    "questions_answered_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="questions answered"),
                ),
                ("sheet", models.JSONField(blank=True, default=dict, verbose_name="bid sheet")),
                ("facts_recorded_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "choice",
                    models.CharField(
                        blank=True,
                        choices=[("BID", "bid"), ("NO_BID", "no bid")],
                        max_length=6,
                        verbose_name="bid or no bid",
                    ),
                ),
                ("choice_reason", models.CharField(blank=True, max_length=300, verbose_name="why")),
                (
                    "choice_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="decided at"),
                ),
                (
                    "result",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("WON", "won"),
                            ("LOST", "lost to a rival"),
                            ("CANCELLED", "cancelled or unknown"),
                        ],
                        max_length=10,
                        verbose_name="result",
                    ),
                ),
                (
                    "result_date",
                    models.DateField(blank=True, null=True, verbose_name="result known on"),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "choice_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="crm.lead",
                        verbose_name="lead",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical bid",
                "verbose_name_plural": "historical bids",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Flag",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "target",
                    models.CharField(
                        choices=[("NO_ORDER", "no order"), ("LATE_PAYMENT", "paid late or never")],
                        max_length=12,
                    ),
                ),
                ("level", models.CharField(max_length=8, verbose_name="level")),
                (
                    "pattern",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("FREE_CONSULTING", "free consulting"),
                            ("COLUMN_FODDER", "column fodder"),
                            ("GOING_THROUGH_THE_MOTIONS", "going through the motions"),
                            ("LOW_INTENT", "low intent"),
                        ],
                        max_length=28,
                        verbose_name="pattern",
                    ),
                ),
                ("raised_at", models.DateTimeField(verbose_name="raised at")),
                (
                    "cleared_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="cleared at"),
                ),
                (
                    "assessment",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, to="crm.assessment"
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="flags",
                        to="crm.lead",
                    ),
                ),
            ],
            options={
                "verbose_name": "flag",
                "verbose_name_plural": "flags",
                "ordering": ["-raised_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("cleared_at", None)),
                        fields=("lead", "target"),
                        name="one_standing_flag_for_a_lead_and_target",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Deliverable",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ledger_id",
                    models.CharField(
                        default=crm.models.base.new_ledger_id,
                        editable=False,
                        max_length=64,
                        unique=True,
                        verbose_name="ledger id",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        help_text="When we came to know it; no score before then uses it.",
                        verbose_name="recorded at",
                    ),
                ),
                (
                    "archived_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="archived at"
                    ),
                ),
                ("happened_at", models.DateTimeField(verbose_name="happened at")),
                (
                    "version",
                    models.PositiveIntegerField(default=1, editable=False, verbose_name="version"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("GENERIC_DECK", "Generic deck"),
                            ("DEMO", "Live demo"),
                            ("PRICE_RANGE", "Price range"),
                            ("REDACTED_CASE", "Redacted case"),
                            ("INDUSTRY_DATA", "Industry data"),
                            ("ARCHITECTURE", "Architecture outline"),
                            ("ITEMISED_QUOTE", "Itemised quotation"),
                            ("SOLUTION_DOC", "Solution document"),
                            ("POC_BUILD", "PoC build"),
                            ("TECH_SELECTION", "Technology selection"),
                            ("INTERNAL_REPORT", "Text for an internal report"),
                            ("TENDER_TEXT", "Text for a tender"),
                            ("OTHER", "Other material"),
                        ],
                        max_length=16,
                        verbose_name="kind",
                    ),
                ),
                ("title", models.CharField(blank=True, max_length=160, verbose_name="title")),
                (
                    "disclosure_level",
                    models.PositiveSmallIntegerField(verbose_name="disclosure level"),
                ),
                (
                    "hours",
                    models.DecimalField(
                        blank=True, decimal_places=1, max_digits=6, null=True, verbose_name="hours"
                    ),
                ),
                (
                    "requested_by_client",
                    models.BooleanField(blank=True, null=True, verbose_name="client asked for it"),
                ),
                (
                    "nda_signed",
                    models.BooleanField(blank=True, null=True, verbose_name="NDA signed"),
                ),
                ("paid", models.BooleanField(blank=True, null=True, verbose_name="paid")),
                ("reusable", models.BooleanField(blank=True, null=True, verbose_name="reusable")),
                (
                    "file_reference",
                    models.CharField(blank=True, max_length=300, verbose_name="file"),
                ),
                (
                    "override_reason",
                    models.CharField(
                        blank=True, max_length=300, verbose_name="why above the allowed level"
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="logged by",
                    ),
                ),
                (
                    "interaction",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="deliverables",
                        to="crm.interaction",
                        verbose_name="interaction",
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliverables",
                        to="crm.lead",
                        verbose_name="lead",
                    ),
                ),
            ],
            options={
                "verbose_name": "deliverable",
                "verbose_name_plural": "deliverables",
                "ordering": ["happened_at", "pk"],
                "indexes": [models.Index(fields=["lead", "-happened_at"], name="deliverable_lead")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "",
                                    "GENERIC_DECK",
                                    "DEMO",
                                    "PRICE_RANGE",
                                    "REDACTED_CASE",
                                    "INDUSTRY_DATA",
                                    "ARCHITECTURE",
                                    "ITEMISED_QUOTE",
                                    "SOLUTION_DOC",
                                    "POC_BUILD",
                                    "TECH_SELECTION",
                                    "INTERNAL_REPORT",
                                    "TENDER_TEXT",
                                    "OTHER",
                                ],
                            )
                        ),
                        name="deliverable_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("disclosure_level__lte", 6)),
                        name="disclosure_level_is_0_to_6",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("hours", None), ("hours__gte", 0), _connector="OR"),
                        name="deliverable_hours_are_never_negative",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ledger_id",
                    models.CharField(
                        default=crm.models.base.new_ledger_id,
                        editable=False,
                        max_length=64,
                        unique=True,
                        verbose_name="ledger id",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        help_text="When we came to know it; no score before then uses it.",
                        verbose_name="recorded at",
                    ),
                ),
                (
                    "archived_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="archived at"
                    ),
                ),
                ("happened_at", models.DateTimeField(verbose_name="happened at")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("CONTINUE", "Continue"),
                            ("OFFER_PAID_STEP", "Offer a paid step"),
                            ("PAUSE", "Pause"),
                            ("WALK_AWAY", "Walk away"),
                            ("ACCEPT_RISK", "Accept the risk"),
                            ("HAND_OVER_ABOVE_LEVEL", "Handed over above the allowed level"),
                            ("REVIEW_EFFORT", "Reviewed the effort"),
                            ("TAKE_BACK", "Taken back"),
                        ],
                        max_length=24,
                        verbose_name="decision",
                    ),
                ),
                (
                    "handling",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("AVOID", "avoid"),
                            ("REDUCE", "reduce"),
                            ("TRANSFER", "transfer"),
                            ("ACCEPT", "accept"),
                        ],
                        max_length=8,
                        verbose_name="handling",
                    ),
                ),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                ("reason_codes", models.JSONField(blank=True, default=list)),
                ("review_date", models.DateField(blank=True, null=True, verbose_name="review on")),
                (
                    "shown",
                    models.JSONField(
                        blank=True, default=dict, verbose_name="score and reasons as shown then"
                    ),
                ),
                ("scorer_version", models.CharField(blank=True, max_length=40)),
                ("takes_back", models.CharField(blank=True, editable=False, max_length=64)),
                (
                    "client_token",
                    models.UUIDField(blank=True, editable=False, null=True, unique=True),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "flag",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="crm.flag",
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="crm.lead",
                    ),
                ),
            ],
            options={
                "verbose_name": "decision",
                "verbose_name_plural": "decisions",
                "ordering": ["-happened_at", "-pk"],
                "indexes": [
                    models.Index(fields=["lead", "-happened_at", "-id"], name="decision_lead")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "",
                                    "CONTINUE",
                                    "OFFER_PAID_STEP",
                                    "PAUSE",
                                    "WALK_AWAY",
                                    "ACCEPT_RISK",
                                    "HAND_OVER_ABOVE_LEVEL",
                                    "REVIEW_EFFORT",
                                    "TAKE_BACK",
                                ],
                            )
                        ),
                        name="decision_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="decision_has_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind", "TAKE_BACK"), ("takes_back", ""), _connector="XOR"
                        ),
                        name="decision_that_takes_back_names_another",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("takes_back", ""), _negated=True),
                        fields=("takes_back",),
                        name="decision_is_taken_back_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Contest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ledger_id",
                    models.CharField(
                        default=crm.models.base.new_ledger_id,
                        editable=False,
                        max_length=64,
                        unique=True,
                        verbose_name="ledger id",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        help_text="When we came to know it; no score before then uses it.",
                        verbose_name="recorded at",
                    ),
                ),
                (
                    "archived_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="archived at"
                    ),
                ),
                ("happened_at", models.DateTimeField(verbose_name="happened at")),
                ("reason_code", models.CharField(max_length=48, verbose_name="reason")),
                (
                    "why",
                    models.CharField(
                        choices=[
                            ("NOT_SO", "It is not so"),
                            ("OUTDATED", "It was so and is no longer"),
                            ("NOT_HERE", "True, but it says nothing about this client"),
                            ("TOO_HEAVY", "True, but it weighs too much"),
                            ("TOO_LIGHT", "True, but it weighs too little"),
                        ],
                        max_length=12,
                        verbose_name="why",
                    ),
                ),
                (
                    "note",
                    models.CharField(blank=True, max_length=500, verbose_name="in your words"),
                ),
                (
                    "said",
                    models.CharField(
                        blank=True, max_length=500, verbose_name="the reason as shown then"
                    ),
                ),
                ("points", models.FloatField(default=0, verbose_name="its points then")),
                ("scorer_version", models.CharField(blank=True, max_length=40)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="contests",
                        to="crm.lead",
                    ),
                ),
            ],
            options={
                "verbose_name": "objection to a reason",
                "verbose_name_plural": "objections to reasons",
                "ordering": ["-happened_at", "-pk"],
                "indexes": [
                    models.Index(fields=["reason_code", "happened_at"], name="contest_reason")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "why__in",
                                ["", "NOT_SO", "OUTDATED", "NOT_HERE", "TOO_HEAVY", "TOO_LIGHT"],
                            )
                        ),
                        name="contest_why_is_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Bid",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ledger_id",
                    models.CharField(
                        default=crm.models.base.new_ledger_id,
                        editable=False,
                        max_length=64,
                        unique=True,
                        verbose_name="ledger id",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        help_text="When we came to know it; no score before then uses it.",
                        verbose_name="recorded at",
                    ),
                ),
                (
                    "archived_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="archived at"
                    ),
                ),
                ("happened_at", models.DateTimeField(verbose_name="happened at")),
                (
                    "version",
                    models.PositiveIntegerField(default=1, editable=False, verbose_name="version"),
                ),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("OPEN", "Open tender"),
                            ("INVITED", "Invited tender"),
                            ("RFI", "Request for information"),
                            ("PRICE_INQUIRY", "Price inquiry"),
                            ("SOLE_SOURCE", "Sole source"),
                        ],
                        max_length=14,
                        verbose_name="kind",
                    ),
                ),
                ("deadline_date", models.DateField(blank=True, null=True, verbose_name="deadline")),
                (
                    "prep_days",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="days to prepare"
                    ),
                ),
                (
                    "contact_before_notice",
                    models.BooleanField(
                        blank=True, null=True, verbose_name="contact before notice"
                    ),
                ),
                (
                    "incumbent_known",
                    models.BooleanField(blank=True, null=True, verbose_name="incumbent known"),
                ),
                (
                    "specification_fits_us",
                    models.BooleanField(
                        blank=True, null=True, verbose_name="specification fits us"
                    ),
                ),
                (
                    "set_criteria",
                    models.BooleanField(blank=True, null=True, verbose_name="we set the criteria"),
                ),
                (
                    "bidders_count",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="bidders"),
                ),
                (
                    "deposit_amount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=18,
                        null=True,
                        verbose_name="deposit",
                    ),
                ),
                (
                    "deposit_paid_date",
                    models.DateField(blank=True, null=True, verbose_name="deposit paid on"),
                ),
                (
                    "deposit_due_date",
                    models.DateField(blank=True, null=True, verbose_name="deposit due back on"),
                ),
                (
                    "deposit_back_date",
                    models.DateField(blank=True, null=True, verbose_name="deposit back on"),
                ),
                (
                    "hours_planned",
                    models.DecimalField(
                        blank=True,
                        decimal_places=1,
                        max_digits=6,
                        null=True,
                        verbose_name="hours it will take",
                    ),
                ),
                (
                    "hours",
                    models.DecimalField(
                        blank=True, decimal_places=1, max_digits=6, null=True, verbose_name="hours"
                    ),
                ),
                (
                    "questions_asked_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="questions asked"),
                ),
                (
                    "questions_answered_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="questions answered"),
                ),
                ("sheet", models.JSONField(blank=True, default=dict, verbose_name="bid sheet")),
                ("facts_recorded_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "choice",
                    models.CharField(
                        blank=True,
                        choices=[("BID", "bid"), ("NO_BID", "no bid")],
                        max_length=6,
                        verbose_name="bid or no bid",
                    ),
                ),
                ("choice_reason", models.CharField(blank=True, max_length=300, verbose_name="why")),
                (
                    "choice_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="decided at"),
                ),
                (
                    "result",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("WON", "won"),
                            ("LOST", "lost to a rival"),
                            ("CANCELLED", "cancelled or unknown"),
                        ],
                        max_length=10,
                        verbose_name="result",
                    ),
                ),
                (
                    "result_date",
                    models.DateField(blank=True, null=True, verbose_name="result known on"),
                ),
                (
                    "choice_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bids",
                        to="crm.lead",
                        verbose_name="lead",
                    ),
                ),
            ],
            options={
                "verbose_name": "bid",
                "verbose_name_plural": "bids",
                "ordering": ["happened_at", "pk"],
                "indexes": [
                    models.Index(fields=["deadline_date"], name="bid_deadline"),
                    models.Index(fields=["result", "deadline_date"], name="bid_result"),
                    models.Index(
                        fields=["deposit_back_date", "deposit_due_date"], name="bid_deposit"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                ["", "OPEN", "INVITED", "RFI", "PRICE_INQUIRY", "SOLE_SOURCE"],
                            )
                        ),
                        name="bid_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("result__in", ["", "WON", "LOST", "CANCELLED"])),
                        name="bid_result_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("deposit_amount", None), ("deposit_amount__gte", 0), _connector="OR"
                        ),
                        name="bid_deposit_is_never_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("hours", None), ("hours__gte", 0), _connector="OR"),
                        name="bid_hours_are_never_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("hours_planned", None), ("hours_planned__gte", 0), _connector="OR"
                        ),
                        name="bid_planned_hours_are_never_negative",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="assessment",
            name="lead",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="assessments",
                to="crm.lead",
            ),
        ),
        migrations.CreateModel(
            name="LeadFact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ledger_id",
                    models.CharField(
                        default=crm.models.base.new_ledger_id,
                        editable=False,
                        max_length=64,
                        unique=True,
                        verbose_name="ledger id",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        help_text="When we came to know it; no score before then uses it.",
                        verbose_name="recorded at",
                    ),
                ),
                (
                    "archived_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="archived at"
                    ),
                ),
                ("happened_at", models.DateTimeField(verbose_name="happened at")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("LEADERSHIP_STANCE", "Leadership stance"),
                            ("REQUIREMENT_AUTHOR", "Who wrote the requirements"),
                            ("SCOPE_CHANGE", "Scope change"),
                            ("COMPELLING_EVENT", "Event that forces a decision"),
                            ("BUSINESS_OWNER", "Business owner named"),
                            ("WORK_STARTED", "Work started"),
                            ("CONTRACT_SIGNED", "Contract signed"),
                            ("BUDGET_STAGE", "Budget stage"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                (
                    "value",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("VETO", "veto"),
                            ("WATCHING", "watching"),
                            ("MANDATE", "mandate with a target"),
                            ("US", "we wrote them"),
                            ("CLIENT", "the client wrote them"),
                            ("THIRD_PARTY", "a third party wrote them"),
                            ("NO_BUDGET", "none"),
                            ("PILOT_WITHOUT_BUDGET", "pilot without budget"),
                            ("PLANNED", "planned"),
                            ("APPLIED", "applied for"),
                            ("APPROVED", "approved"),
                        ],
                        max_length=20,
                        verbose_name="value",
                    ),
                ),
                ("due_date", models.DateField(blank=True, null=True, verbose_name="by when")),
                ("who", models.CharField(blank=True, max_length=120, verbose_name="who")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="facts",
                        to="crm.lead",
                    ),
                ),
            ],
            options={
                "verbose_name": "dated fact",
                "verbose_name_plural": "dated facts",
                "ordering": ["happened_at", "pk"],
                "indexes": [models.Index(fields=["lead", "happened_at"], name="lead_fact_lead")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "",
                                    "LEADERSHIP_STANCE",
                                    "REQUIREMENT_AUTHOR",
                                    "SCOPE_CHANGE",
                                    "COMPELLING_EVENT",
                                    "BUSINESS_OWNER",
                                    "WORK_STARTED",
                                    "CONTRACT_SIGNED",
                                    "BUDGET_STAGE",
                                ],
                            )
                        ),
                        name="lead_fact_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "value__in",
                                [
                                    "",
                                    "VETO",
                                    "WATCHING",
                                    "MANDATE",
                                    "US",
                                    "CLIENT",
                                    "THIRD_PARTY",
                                    "NO_BUDGET",
                                    "PILOT_WITHOUT_BUDGET",
                                    "PLANNED",
                                    "APPLIED",
                                    "APPROVED",
                                ],
                            )
                        ),
                        name="lead_fact_value_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OutboxMail",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                ("to", models.CharField(max_length=300, verbose_name="to")),
                ("sender", models.CharField(max_length=300, verbose_name="from")),
                ("subject", models.CharField(max_length=300, verbose_name="subject")),
                ("message_id", models.CharField(blank=True, max_length=120)),
                ("text_body", models.TextField(blank=True)),
                ("html_body", models.TextField(blank=True)),
                (
                    "recipient",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="outbox_mails",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "mail in the outbox",
                "verbose_name_plural": "mails in the outbox",
                "ordering": ["-created_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="PaidStepOffer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ledger_id",
                    models.CharField(
                        default=crm.models.base.new_ledger_id,
                        editable=False,
                        max_length=64,
                        unique=True,
                        verbose_name="ledger id",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        help_text="When we came to know it; no score before then uses it.",
                        verbose_name="recorded at",
                    ),
                ),
                (
                    "archived_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="archived at"
                    ),
                ),
                ("happened_at", models.DateTimeField(verbose_name="happened at")),
                ("what", models.CharField(blank=True, max_length=200, verbose_name="what")),
                (
                    "amount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=18,
                        null=True,
                        verbose_name="amount",
                    ),
                ),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        choices=[("ACCEPTED", "accepted"), ("REFUSED", "refused")],
                        max_length=8,
                        verbose_name="answer",
                    ),
                ),
                (
                    "answered_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="answered at"),
                ),
                ("answer_recorded_at", models.DateTimeField(blank=True, null=True)),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="paid_step_offers",
                        to="crm.lead",
                    ),
                ),
            ],
            options={
                "verbose_name": "paid step offer",
                "verbose_name_plural": "paid step offers",
                "ordering": ["happened_at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount", None), ("amount__gt", 0), _connector="OR"),
                        name="offer_amount_is_unknown_rather_than_zero",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("answer", ""), ("answer_recorded_at", None), ("answered_at", None)
                            ),
                            models.Q(
                                models.Q(("answer", ""), _negated=True),
                                ("answer_recorded_at__isnull", False),
                                ("answered_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="offer_answer_and_its_dates_go_together",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ledger_id",
                    models.CharField(
                        default=crm.models.base.new_ledger_id,
                        editable=False,
                        max_length=64,
                        unique=True,
                        verbose_name="ledger id",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        help_text="When we came to know it; no score before then uses it.",
                        verbose_name="recorded at",
                    ),
                ),
                (
                    "archived_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="archived at"
                    ),
                ),
                ("paid_date", models.DateField(verbose_name="paid on")),
                (
                    "amount",
                    models.DecimalField(decimal_places=2, max_digits=18, verbose_name="amount"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("MONEY", "money"), ("CREDIT_NOTE", "credit note")],
                        default="MONEY",
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="crm.invoice",
                        verbose_name="invoice",
                    ),
                ),
            ],
            options={
                "verbose_name": "payment",
                "verbose_name_plural": "payments",
                "ordering": ["paid_date", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount", 0), _negated=True),
                        name="payment_amount_is_not_zero",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PaymentMilestone",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ledger_id",
                    models.CharField(
                        default=crm.models.base.new_ledger_id,
                        editable=False,
                        max_length=64,
                        unique=True,
                        verbose_name="ledger id",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        help_text="When we came to know it; no score before then uses it.",
                        verbose_name="recorded at",
                    ),
                ),
                (
                    "archived_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="archived at"
                    ),
                ),
                (
                    "version",
                    models.PositiveIntegerField(default=1, editable=False, verbose_name="version"),
                ),
                ("label", models.CharField(max_length=80, verbose_name="milestone")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                (
                    "share_percent",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=5,
                        null=True,
                        verbose_name="share in %",
                    ),
                ),
                ("trigger", models.CharField(blank=True, max_length=160, verbose_name="due on")),
                (
                    "planned_date",
                    models.DateField(blank=True, null=True, verbose_name="planned for"),
                ),
                (
                    "accepted_date",
                    models.DateField(blank=True, null=True, verbose_name="accepted on"),
                ),
                (
                    "accepted_recorded_at",
                    models.DateTimeField(blank=True, editable=False, null=True),
                ),
                (
                    "term_days",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="days to pay"
                    ),
                ),
                (
                    "instrument",
                    models.CharField(
                        blank=True,
                        choices=[("TRANSFER", "bank transfer"), ("BILL", "bill")],
                        max_length=8,
                        verbose_name="paid by",
                    ),
                ),
                ("is_retention", models.BooleanField(default=False, verbose_name="retention")),
                (
                    "trigger_day",
                    models.SmallIntegerField(
                        blank=True, null=True, verbose_name="days after signature"
                    ),
                ),
                (
                    "is_acceptance",
                    models.BooleanField(default=False, verbose_name="waits for an acceptance"),
                ),
                (
                    "gates_work",
                    models.BooleanField(default=False, verbose_name="work waits for this payment"),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="milestones",
                        to="crm.lead",
                        verbose_name="lead",
                    ),
                ),
            ],
            options={
                "verbose_name": "payment milestone",
                "verbose_name_plural": "payment milestones",
                "ordering": ["lead", "position", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("share_percent", None),
                            models.Q(("share_percent__gte", 0), ("share_percent__lte", 100)),
                            _connector="OR",
                        ),
                        name="milestone_share_is_a_share",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="invoice",
            name="milestone",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="invoices",
                to="crm.paymentmilestone",
                verbose_name="milestone",
            ),
        ),
        migrations.CreateModel(
            name="HistoricalInvoice",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                (
                    "ledger_id",
                    models.CharField(
                        db_index=True,
                        default=crm.models.base.new_ledger_id,
                        editable=False,
                        max_length=64,
                        verbose_name="ledger id",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        help_text="When we came to know it; no score before then uses it.",
                        verbose_name="recorded at",
                    ),
                ),
                (
                    "archived_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="archived at"
                    ),
                ),
                (
                    "version",
                    models.PositiveIntegerField(default=1, editable=False, verbose_name="version"),
                ),
                (
                    "milestone_label",
                    models.CharField(blank=True, max_length=80, verbose_name="milestone"),
                ),
                (
                    "number",
                    models.CharField(blank=True, max_length=60, verbose_name="invoice number"),
                ),
                (
                    "amount",
                    models.DecimalField(decimal_places=2, max_digits=18, verbose_name="amount"),
                ),
                (
                    "currency",
                    models.CharField(default="CNY", max_length=3, verbose_name="currency"),
                ),
                ("issued_date", models.DateField(verbose_name="issued on")),
                ("due_date", models.DateField(verbose_name="due on")),
                (
                    "paid_amount",
                    models.DecimalField(
                        decimal_places=2,
                        default=0,
                        editable=False,
                        max_digits=18,
                        verbose_name="paid so far",
                    ),
                ),
                (
                    "settled_date",
                    models.DateField(
                        blank=True, editable=False, null=True, verbose_name="paid in full on"
                    ),
                ),
                (
                    "disputed_date",
                    models.DateField(blank=True, null=True, verbose_name="disputed or returned on"),
                ),
                (
                    "written_off_date",
                    models.DateField(blank=True, null=True, verbose_name="written off on"),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="crm.account",
                        verbose_name="account",
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="crm.lead",
                        verbose_name="lead",
                    ),
                ),
                (
                    "milestone",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="crm.paymentmilestone",
                        verbose_name="milestone",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical invoice",
                "verbose_name_plural": "historical invoices",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="PaymentRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("shipped_checksum", models.CharField(blank=True, editable=False, max_length=64)),
                ("edited_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("code", models.CharField(max_length=40, verbose_name="code")),
                ("country", models.CharField(max_length=2, verbose_name="country")),
                ("buyer_types", models.CharField(max_length=200, verbose_name="buyers")),
                (
                    "payee_scope",
                    models.CharField(default="ANY", max_length=12, verbose_name="protects"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("TERM", "days to pay"), ("CLAUSE", "a clause"), ("CAP", "a cap")],
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                (
                    "clause",
                    models.CharField(blank=True, max_length=40, verbose_name="clause or measure"),
                ),
                (
                    "default_days",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="days by default"
                    ),
                ),
                (
                    "max_days",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="days at most"
                    ),
                ),
                (
                    "max_kind",
                    models.CharField(blank=True, max_length=8, verbose_name="kind of limit"),
                ),
                (
                    "warn_days",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="unusual above days"
                    ),
                ),
                (
                    "alert_days",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="alarming above days"
                    ),
                ),
                (
                    "cap_value",
                    models.DecimalField(
                        blank=True, decimal_places=4, max_digits=12, null=True, verbose_name="cap"
                    ),
                ),
                (
                    "cap_unit",
                    models.CharField(blank=True, max_length=12, verbose_name="unit of the cap"),
                ),
                (
                    "status_if_broken",
                    models.CharField(default="UNLAWFUL", max_length=10, verbose_name="if broken"),
                ),
                (
                    "clock_start",
                    models.CharField(blank=True, max_length=40, verbose_name="clock starts"),
                ),
                ("day_basis", models.CharField(blank=True, max_length=12, verbose_name="days are")),
                (
                    "interest_kind",
                    models.CharField(blank=True, max_length=20, verbose_name="interest"),
                ),
                (
                    "rate",
                    models.DecimalField(
                        blank=True, decimal_places=6, max_digits=10, null=True, verbose_name="rate"
                    ),
                ),
                (
                    "reference",
                    models.CharField(blank=True, max_length=20, verbose_name="reference rate"),
                ),
                (
                    "floor_reference",
                    models.CharField(
                        blank=True, max_length=20, verbose_name="reference of the floor"
                    ),
                ),
                ("fixed_sum", models.CharField(blank=True, max_length=80, verbose_name="flat sum")),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="valid to")),
                ("article", models.CharField(max_length=200, verbose_name="article")),
                ("source", models.CharField(max_length=200, verbose_name="source")),
                (
                    "sure",
                    models.CharField(
                        choices=[
                            ("READ", "read in the source"),
                            ("SECOND", "from a second source"),
                            ("MEMORY", "to be checked"),
                            ("OWN_RULE", "our own rule"),
                        ],
                        default="MEMORY",
                        max_length=10,
                        verbose_name="how sure",
                    ),
                ),
                ("checked_on", models.DateField(blank=True, null=True, verbose_name="checked on")),
                (
                    "edited_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "payment rule",
                "verbose_name_plural": "payment rules",
                "ordering": ["country", "code", "valid_from"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("code", "valid_from"), name="one_payment_rule_a_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to", None),
                            ("valid_to__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="payment_rule_ends_after_it_starts",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PaymentTerms",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ledger_id",
                    models.CharField(
                        default=crm.models.base.new_ledger_id,
                        editable=False,
                        max_length=64,
                        unique=True,
                        verbose_name="ledger id",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        help_text="When we came to know it; no score before then uses it.",
                        verbose_name="recorded at",
                    ),
                ),
                (
                    "archived_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="archived at"
                    ),
                ),
                ("happened_at", models.DateTimeField(verbose_name="happened at")),
                (
                    "version",
                    models.PositiveIntegerField(default=1, editable=False, verbose_name="version"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("PROPOSED_BY_CLIENT", "Client's draft"),
                            ("PROPOSED_BY_US", "Our proposal"),
                            ("AGREED", "Agreed"),
                        ],
                        max_length=20,
                        verbose_name="status",
                    ),
                ),
                (
                    "contract_amount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=18,
                        null=True,
                        verbose_name="contract value",
                    ),
                ),
                (
                    "prepay_percent",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=5,
                        null=True,
                        verbose_name="prepayment in %",
                    ),
                ),
                (
                    "retention_percent",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=5,
                        null=True,
                        verbose_name="retention in %",
                    ),
                ),
                (
                    "retention_months",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="retention in months"
                    ),
                ),
                (
                    "term_days",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="payment term in days"
                    ),
                ),
                (
                    "is_back_to_back",
                    models.BooleanField(blank=True, null=True, verbose_name="back-to-back"),
                ),
                (
                    "accepted_by_audit",
                    models.BooleanField(blank=True, null=True, verbose_name="acceptance by audit"),
                ),
                (
                    "has_acceptance_criteria",
                    models.BooleanField(
                        blank=True, null=True, verbose_name="written acceptance criteria"
                    ),
                ),
                (
                    "has_deemed_acceptance",
                    models.BooleanField(blank=True, null=True, verbose_name="deemed acceptance"),
                ),
                (
                    "pays_by_bill",
                    models.BooleanField(blank=True, null=True, verbose_name="pays by bill"),
                ),
                (
                    "bill_days",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="bill runs for days"
                    ),
                ),
                (
                    "is_onsite",
                    models.BooleanField(blank=True, null=True, verbose_name="on-site work"),
                ),
                (
                    "onsite_person_days",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        verbose_name="on-site person-days before the next payment",
                    ),
                ),
                (
                    "vendor_funded_amount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=18,
                        null=True,
                        verbose_name="cost that we front",
                    ),
                ),
                (
                    "sme_declared",
                    models.BooleanField(
                        blank=True, null=True, verbose_name="our SME status is declared"
                    ),
                ),
                (
                    "sme_declared_date",
                    models.DateField(blank=True, null=True, verbose_name="declared on"),
                ),
                (
                    "needs_internal_approval",
                    models.BooleanField(
                        blank=True, null=True, verbose_name="paid after the client's own approval"
                    ),
                ),
                (
                    "inspection_days",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="days to inspect before acceptance"
                    ),
                ),
                (
                    "performance_bond_percent",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=5,
                        null=True,
                        verbose_name="performance bond in %",
                    ),
                ),
                (
                    "vat_percent",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=5,
                        null=True,
                        verbose_name="VAT in %",
                    ),
                ),
                (
                    "signed_date",
                    models.DateField(
                        blank=True, null=True, verbose_name="signed on, or planned for"
                    ),
                ),
                (
                    "currency",
                    models.CharField(default="CNY", max_length=3, verbose_name="currency"),
                ),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="note")),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payment_terms",
                        to="crm.lead",
                        verbose_name="lead",
                    ),
                ),
            ],
            options={
                "verbose_name": "payment terms",
                "verbose_name_plural": "payment terms",
                "ordering": ["happened_at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["", "PROPOSED_BY_CLIENT", "PROPOSED_BY_US", "AGREED"])
                        ),
                        name="terms_status_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("prepay_percent", None),
                            models.Q(("prepay_percent__gte", 0), ("prepay_percent__lte", 100)),
                            _connector="OR",
                        ),
                        name="terms_prepayment_is_a_share",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("retention_percent", None),
                            models.Q(
                                ("retention_percent__gte", 0), ("retention_percent__lte", 100)
                            ),
                            _connector="OR",
                        ),
                        name="terms_retention_is_a_share",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("performance_bond_percent", None),
                            models.Q(
                                ("performance_bond_percent__gte", 0),
                                ("performance_bond_percent__lte", 100),
                            ),
                            _connector="OR",
                        ),
                        name="terms_bond_is_a_share",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("vat_percent", None),
                            models.Q(("vat_percent__gte", 0), ("vat_percent__lte", 100)),
                            _connector="OR",
                        ),
                        name="terms_vat_is_a_share",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("vendor_funded_amount", None),
                            ("vendor_funded_amount__gte", 0),
                            _connector="OR",
                        ),
                        name="terms_fronted_cost_is_never_negative",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="paymentmilestone",
            name="terms",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="milestones",
                to="crm.paymentterms",
                verbose_name="payment terms",
            ),
        ),
        migrations.CreateModel(
            name="HistoricalPaymentMilestone",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                (
                    "ledger_id",
                    models.CharField(
                        db_index=True,
                        default=crm.models.base.new_ledger_id,
                        editable=False,
                        max_length=64,
                        verbose_name="ledger id",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        help_text="When we came to know it; no score before then uses it.",
                        verbose_name="recorded at",
                    ),
                ),
                (
                    "archived_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="archived at"
                    ),
                ),
                (
                    "version",
                    models.PositiveIntegerField(default=1, editable=False, verbose_name="version"),
                ),
                ("label", models.CharField(max_length=80, verbose_name="milestone")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                (
                    "share_percent",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=5,
                        null=True,
                        verbose_name="share in %",
                    ),
                ),
                ("trigger", models.CharField(blank=True, max_length=160, verbose_name="due on")),
                (
                    "planned_date",
                    models.DateField(blank=True, null=True, verbose_name="planned for"),
                ),
                (
                    "accepted_date",
                    models.DateField(blank=True, null=True, verbose_name="accepted on"),
                ),
                (
                    "accepted_recorded_at",
                    models.DateTimeField(blank=True, editable=False, null=True),
                ),
                (
                    "term_days",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="days to pay"
                    ),
                ),
                (
                    "instrument",
                    models.CharField(
                        blank=True,
                        choices=[("TRANSFER", "bank transfer"), ("BILL", "bill")],
                        max_length=8,
                        verbose_name="paid by",
                    ),
                ),
                ("is_retention", models.BooleanField(default=False, verbose_name="retention")),
                (
                    "trigger_day",
                    models.SmallIntegerField(
                        blank=True, null=True, verbose_name="days after signature"
                    ),
                ),
                (
                    "is_acceptance",
                    models.BooleanField(default=False, verbose_name="waits for an acceptance"),
                ),
                (
                    "gates_work",
                    models.BooleanField(default=False, verbose_name="work waits for this payment"),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="crm.lead",
                        verbose_name="lead",
                    ),
                ),
                (
                    "terms",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="crm.paymentterms",
                        verbose_name="payment terms",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical payment milestone",
                "verbose_name_plural": "historical payment milestones",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalDealCost",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                (
                    "ledger_id",
                    models.CharField(
                        db_index=True,
                        default=crm.models.base.new_ledger_id,
                        editable=False,
                        max_length=64,
                        verbose_name="ledger id",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        help_text="When we came to know it; no score before then uses it.",
                        verbose_name="recorded at",
                    ),
                ),
                (
                    "archived_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="archived at"
                    ),
                ),
                (
                    "version",
                    models.PositiveIntegerField(default=1, editable=False, verbose_name="version"),
                ),
                ("label", models.CharField(max_length=80, verbose_name="what for")),
                ("is_monthly", models.BooleanField(default=True, verbose_name="per month")),
                (
                    "amount",
                    models.DecimalField(decimal_places=2, max_digits=18, verbose_name="amount"),
                ),
                ("from_day", models.SmallIntegerField(default=0, verbose_name="from day")),
                ("to_day", models.SmallIntegerField(blank=True, null=True, verbose_name="to day")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "terms",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="crm.paymentterms",
                        verbose_name="payment terms",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical cost of a deal",
                "verbose_name_plural": "historical costs of a deal",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="DealCost",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ledger_id",
                    models.CharField(
                        default=crm.models.base.new_ledger_id,
                        editable=False,
                        max_length=64,
                        unique=True,
                        verbose_name="ledger id",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        help_text="When we came to know it; no score before then uses it.",
                        verbose_name="recorded at",
                    ),
                ),
                (
                    "archived_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="archived at"
                    ),
                ),
                (
                    "version",
                    models.PositiveIntegerField(default=1, editable=False, verbose_name="version"),
                ),
                ("label", models.CharField(max_length=80, verbose_name="what for")),
                ("is_monthly", models.BooleanField(default=True, verbose_name="per month")),
                (
                    "amount",
                    models.DecimalField(decimal_places=2, max_digits=18, verbose_name="amount"),
                ),
                ("from_day", models.SmallIntegerField(default=0, verbose_name="from day")),
                ("to_day", models.SmallIntegerField(blank=True, null=True, verbose_name="to day")),
                (
                    "terms",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="costs",
                        to="crm.paymentterms",
                        verbose_name="payment terms",
                    ),
                ),
            ],
            options={
                "verbose_name": "cost of a deal",
                "verbose_name_plural": "costs of a deal",
                "ordering": ["terms", "from_day", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("is_monthly", False), ("to_day", None)),
                            models.Q(("is_monthly", True), ("to_day__gt", models.F("from_day"))),
                            _connector="OR",
                        ),
                        name="monthly_cost_has_an_end_after_its_start",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DealCash",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("made_at", models.DateTimeField(blank=True, null=True)),
                ("inputs_checksum", models.CharField(blank=True, max_length=64)),
                ("result", models.JSONField(default=dict)),
                (
                    "terms",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="cash",
                        to="crm.paymentterms",
                    ),
                ),
            ],
            options={
                "verbose_name": "cash curve of a deal",
                "verbose_name_plural": "cash curves of deals",
                "indexes": [models.Index(fields=["due_at"], name="deal_cash_due")],
            },
        ),
        migrations.CreateModel(
            name="PlannedMeeting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ledger_id",
                    models.CharField(
                        default=crm.models.base.new_ledger_id,
                        editable=False,
                        max_length=64,
                        unique=True,
                        verbose_name="ledger id",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        help_text="When we came to know it; no score before then uses it.",
                        verbose_name="recorded at",
                    ),
                ),
                (
                    "archived_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="archived at"
                    ),
                ),
                (
                    "version",
                    models.PositiveIntegerField(default=1, editable=False, verbose_name="version"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("WECHAT", "WeChat"),
                            ("CALL", "Call"),
                            ("ONLINE_MEETING", "Online meeting"),
                            ("VISIT_TO_CLIENT", "Visit to client"),
                            ("VISIT_TO_US", "Visit to us"),
                            ("DEMO", "Demo"),
                            ("SOLUTION_REQUEST", "Solution request"),
                            ("INQUIRY", "Inquiry"),
                            ("BACKGROUND_CHECK", "Background check"),
                            ("INTERNAL_REPORT", "Internal report"),
                            ("EVALUATION", "Evaluation"),
                            ("BID_TALK", "Bid talk"),
                            ("NEGOTIATION", "Negotiation"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                (
                    "topic",
                    models.CharField(blank=True, max_length=200, verbose_name="what it is about"),
                ),
                ("meeting_date", models.DateField(verbose_name="day")),
                ("meeting_time", models.TimeField(blank=True, null=True, verbose_name="time")),
                ("is_online", models.BooleanField(default=False, verbose_name="online")),
                ("place", models.CharField(blank=True, max_length=120, verbose_name="place")),
                (
                    "hours",
                    models.DecimalField(
                        blank=True,
                        decimal_places=1,
                        max_digits=6,
                        null=True,
                        verbose_name="our hours",
                    ),
                ),
                (
                    "travel_hours",
                    models.DecimalField(
                        blank=True,
                        decimal_places=1,
                        max_digits=6,
                        null=True,
                        verbose_name="travel hours",
                    ),
                ),
                (
                    "travel_amount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=14,
                        null=True,
                        verbose_name="travel cost",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("PLANNED", "planned"),
                            ("DONE", "took place"),
                            ("CANCELLED", "cancelled"),
                        ],
                        default="PLANNED",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("status_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "cancel_reason",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="why it was cancelled"
                    ),
                ),
                (
                    "attendees",
                    models.ManyToManyField(
                        blank=True,
                        related_name="planned_meetings",
                        to="crm.contact",
                        verbose_name="who comes",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="planned by",
                    ),
                ),
                (
                    "interaction",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="plan",
                        to="crm.interaction",
                        verbose_name="interaction",
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="planned_meetings",
                        to="crm.lead",
                        verbose_name="lead",
                    ),
                ),
            ],
            options={
                "verbose_name": "planned meeting",
                "verbose_name_plural": "planned meetings",
                "ordering": ["meeting_date", "meeting_time", "pk"],
                "indexes": [
                    models.Index(fields=["status", "meeting_date"], name="plan_day"),
                    models.Index(fields=["lead", "status"], name="plan_lead"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "",
                                    "WECHAT",
                                    "CALL",
                                    "ONLINE_MEETING",
                                    "VISIT_TO_CLIENT",
                                    "VISIT_TO_US",
                                    "DEMO",
                                    "SOLUTION_REQUEST",
                                    "INQUIRY",
                                    "BACKGROUND_CHECK",
                                    "INTERNAL_REPORT",
                                    "EVALUATION",
                                    "BID_TALK",
                                    "NEGOTIATION",
                                ],
                            )
                        ),
                        name="planned_meeting_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["", "PLANNED", "DONE", "CANCELLED"])),
                        name="planned_meeting_status_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("hours", None), ("hours__gte", 0), _connector="OR"),
                        name="planned_hours_are_never_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("travel_hours", None), ("travel_hours__gte", 0), _connector="OR"
                        ),
                        name="planned_travel_hours_are_never_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("travel_amount", None), ("travel_amount__gte", 0), _connector="OR"
                        ),
                        name="planned_travel_cost_is_never_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("interaction", None), ("status", "DONE"), _connector="OR"
                        ),
                        name="planned_meeting_with_a_talk_took_place",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="QualificationNote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ledger_id",
                    models.CharField(
                        default=crm.models.base.new_ledger_id,
                        editable=False,
                        max_length=64,
                        unique=True,
                        verbose_name="ledger id",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        help_text="When we came to know it; no score before then uses it.",
                        verbose_name="recorded at",
                    ),
                ),
                (
                    "archived_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="archived at"
                    ),
                ),
                ("happened_at", models.DateTimeField(verbose_name="happened at")),
                (
                    "item",
                    models.CharField(
                        choices=[
                            ("BUDGET", "Budget"),
                            ("AUTHORITY", "Authority"),
                            ("NEED", "Need"),
                            ("TIMING", "Timing"),
                            ("METRICS", "Metrics"),
                            ("ECONOMIC_BUYER", "Economic buyer"),
                            ("DECISION_CRITERIA", "Decision criteria"),
                            ("DECISION_PROCESS", "Decision process"),
                            ("PAPER_PROCESS", "Paper process"),
                            ("PAIN", "Pain"),
                            ("CHAMPION", "Champion"),
                            ("COMPETITION", "Competition"),
                        ],
                        max_length=20,
                        verbose_name="item",
                    ),
                ),
                (
                    "answer",
                    models.CharField(
                        choices=[
                            ("KNOWN", "known"),
                            ("NO", "there is none"),
                            ("UNKNOWN", "asked, not known"),
                        ],
                        max_length=8,
                        verbose_name="answer",
                    ),
                ),
                ("evidence", models.CharField(blank=True, max_length=500, verbose_name="evidence")),
                (
                    "said_by",
                    models.CharField(blank=True, max_length=120, verbose_name="who said it"),
                ),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="qualification_notes",
                        to="crm.lead",
                    ),
                ),
            ],
            options={
                "verbose_name": "evidence",
                "verbose_name_plural": "evidence",
                "ordering": ["happened_at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "item__in",
                                [
                                    "",
                                    "BUDGET",
                                    "AUTHORITY",
                                    "NEED",
                                    "TIMING",
                                    "METRICS",
                                    "ECONOMIC_BUYER",
                                    "DECISION_CRITERIA",
                                    "DECISION_PROCESS",
                                    "PAPER_PROCESS",
                                    "PAIN",
                                    "CHAMPION",
                                    "COMPETITION",
                                ],
                            )
                        ),
                        name="qualification_item_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("answer__in", ["", "KNOWN", "NO", "UNKNOWN"])),
                        name="qualification_answer_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", "KNOWN"), _negated=True),
                            models.Q(("evidence", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="known_evidence_says_what_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReferenceRate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("shipped_checksum", models.CharField(blank=True, editable=False, max_length=64)),
                ("edited_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("code", models.CharField(max_length=20, verbose_name="code")),
                ("valid_from", models.DateField(verbose_name="valid from")),
                (
                    "percent",
                    models.DecimalField(
                        decimal_places=4, max_digits=7, verbose_name="per cent a year"
                    ),
                ),
                ("source", models.CharField(max_length=200, verbose_name="source")),
                (
                    "sure",
                    models.CharField(
                        choices=[
                            ("READ", "read in the source"),
                            ("SECOND", "from a second source"),
                            ("MEMORY", "to be checked"),
                            ("OWN_RULE", "our own rule"),
                        ],
                        default="MEMORY",
                        max_length=10,
                        verbose_name="how sure",
                    ),
                ),
                (
                    "edited_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "reference rate",
                "verbose_name_plural": "reference rates",
                "ordering": ["code", "-valid_from"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("code", "valid_from"), name="one_reference_rate_a_day"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ledger_id",
                    models.CharField(
                        default=crm.models.base.new_ledger_id,
                        editable=False,
                        max_length=64,
                        unique=True,
                        verbose_name="ledger id",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        help_text="When we came to know it; no score before then uses it.",
                        verbose_name="recorded at",
                    ),
                ),
                (
                    "archived_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="archived at"
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="name")),
                ("query", models.CharField(blank=True, max_length=1000, verbose_name="address")),
                ("is_shared", models.BooleanField(default=False, verbose_name="shared with all")),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="saved_views",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="owner",
                    ),
                ),
            ],
            options={
                "verbose_name": "saved view",
                "verbose_name_plural": "saved views",
                "ordering": ["-is_shared", "pk"],
                "indexes": [models.Index(fields=["owner", "archived_at"], name="saved_view_owner")],
            },
        ),
        migrations.CreateModel(
            name="StageChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ledger_id",
                    models.CharField(
                        default=crm.models.base.new_ledger_id,
                        editable=False,
                        max_length=64,
                        unique=True,
                        verbose_name="ledger id",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        help_text="When we came to know it; no score before then uses it.",
                        verbose_name="recorded at",
                    ),
                ),
                (
                    "archived_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="archived at"
                    ),
                ),
                ("happened_at", models.DateTimeField(verbose_name="happened at")),
                (
                    "from_stage",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("NEW", "New"),
                            ("QUALIFIED", "Qualified"),
                            ("SOLUTION", "Solution"),
                            ("BID", "Quote or bid"),
                            ("CONTRACT", "Contract"),
                        ],
                        max_length=12,
                        verbose_name="from",
                    ),
                ),
                (
                    "to_stage",
                    models.CharField(
                        choices=[
                            ("NEW", "New"),
                            ("QUALIFIED", "Qualified"),
                            ("SOLUTION", "Solution"),
                            ("BID", "Quote or bid"),
                            ("CONTRACT", "Contract"),
                        ],
                        max_length=12,
                        verbose_name="to",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="stage_changes",
                        to="crm.lead",
                    ),
                ),
            ],
            options={
                "verbose_name": "stage change",
                "verbose_name_plural": "stage changes",
                "ordering": ["happened_at", "pk"],
                "indexes": [
                    models.Index(fields=["from_stage", "-happened_at"], name="stage_change_left")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "to_stage__in",
                                ["", "NEW", "QUALIFIED", "SOLUTION", "BID", "CONTRACT"],
                            )
                        ),
                        name="stage_change_goes_to_a_known_stage",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SystemEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ledger_id",
                    models.CharField(
                        default=crm.models.base.new_ledger_id,
                        editable=False,
                        max_length=64,
                        unique=True,
                        verbose_name="ledger id",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        help_text="When we came to know it; no score before then uses it.",
                        verbose_name="recorded at",
                    ),
                ),
                (
                    "archived_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="archived at"
                    ),
                ),
                ("happened_at", models.DateTimeField(verbose_name="happened at")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("MESSAGE_COPIED", "Message copied"),
                            ("MOVED_WITH_GAPS", "Moved on although evidence was missing"),
                            ("ROW_CORRECTED", "Entry corrected"),
                            ("ROW_TAKEN_BACK", "Entry taken back"),
                            ("CALLED_IN_VAIN", "Called, nobody answered"),
                            ("MILESTONE_DATED", "Payment milestone reached"),
                            ("MILESTONE_UNDATED", "Payment milestone not reached after all"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("what", models.CharField(blank=True, max_length=300, verbose_name="what")),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="system_events",
                        to="crm.lead",
                    ),
                ),
            ],
            options={
                "verbose_name": "system event",
                "verbose_name_plural": "system events",
                "ordering": ["-happened_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "",
                                    "MESSAGE_COPIED",
                                    "MOVED_WITH_GAPS",
                                    "ROW_CORRECTED",
                                    "ROW_TAKEN_BACK",
                                    "CALLED_IN_VAIN",
                                    "MILESTONE_DATED",
                                    "MILESTONE_UNDATED",
                                ],
                            )
                        ),
                        name="system_event_kind_is_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Tag",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40, unique=True, verbose_name="name")),
            ],
            options={
                "verbose_name": "tag",
                "verbose_name_plural": "tags",
                "ordering": ["name"],
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("name"),
                        name="tag_is_spelled_in_one_way",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LeadTag",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lead_tags",
                        to="crm.lead",
                        verbose_name="lead",
                    ),
                ),
                (
                    "tag",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lead_tags",
                        to="crm.tag",
                        verbose_name="tag",
                    ),
                ),
            ],
            options={
                "verbose_name": "tag of a lead",
                "verbose_name_plural": "tags of leads",
                "constraints": [
                    models.UniqueConstraint(fields=("lead", "tag"), name="lead_carries_a_tag_once")
                ],
            },
        ),
        migrations.AddField(
            model_name="lead",
            name="tags",
            field=models.ManyToManyField(
                blank=True,
                related_name="leads",
                through="crm.LeadTag",
                to="crm.tag",
                verbose_name="tags",
            ),
        ),
        migrations.CreateModel(
            name="TravelCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ledger_id",
                    models.CharField(
                        default=crm.models.base.new_ledger_id,
                        editable=False,
                        max_length=64,
                        unique=True,
                        verbose_name="ledger id",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        help_text="When we came to know it; no score before then uses it.",
                        verbose_name="recorded at",
                    ),
                ),
                (
                    "archived_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="archived at"
                    ),
                ),
                ("happened_at", models.DateTimeField(verbose_name="happened at")),
                (
                    "budget_holder_comes",
                    models.BooleanField(blank=True, null=True, verbose_name="budget holder comes"),
                ),
                (
                    "needs_us_on_site",
                    models.BooleanField(
                        blank=True, null=True, verbose_name="agenda needs us on site"
                    ),
                ),
                (
                    "client_will",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="what the client will do"
                    ),
                ),
                (
                    "could_be_online",
                    models.BooleanField(blank=True, null=True, verbose_name="could be online"),
                ),
                (
                    "budget_stage",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("NO_BUDGET", "none"),
                            ("PILOT_WITHOUT_BUDGET", "pilot without budget"),
                            ("PLANNED", "planned"),
                            ("APPLIED", "applied for"),
                            ("APPROVED", "approved"),
                        ],
                        max_length=20,
                        verbose_name="budget stage as stated",
                    ),
                ),
                (
                    "trip_hours",
                    models.DecimalField(
                        blank=True,
                        decimal_places=1,
                        max_digits=6,
                        null=True,
                        verbose_name="hours of the trip",
                    ),
                ),
                (
                    "trip_amount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=14,
                        null=True,
                        verbose_name="cost of the trip",
                    ),
                ),
                (
                    "hours_before",
                    models.DecimalField(
                        decimal_places=1, max_digits=14, verbose_name="hours so far"
                    ),
                ),
                (
                    "travel_amount_before",
                    models.DecimalField(
                        decimal_places=2, max_digits=18, verbose_name="travel cost so far"
                    ),
                ),
                (
                    "choice",
                    models.CharField(
                        choices=[
                            ("GO", "go anyway"),
                            ("ONLINE", "online first"),
                            ("POSTPONE", "postpone"),
                        ],
                        max_length=10,
                        verbose_name="chosen",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="checked by",
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="travel_checks",
                        to="crm.lead",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="checks",
                        to="crm.plannedmeeting",
                    ),
                ),
            ],
            options={
                "verbose_name": "travel check",
                "verbose_name_plural": "travel checks",
                "ordering": ["-happened_at", "-pk"],
                "indexes": [
                    models.Index(fields=["lead", "-happened_at"], name="travel_check_lead")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("choice__in", ["", "GO", "ONLINE", "POSTPONE"])),
                        name="travel_choice_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "budget_stage__in",
                                [
                                    "",
                                    "NO_BUDGET",
                                    "PILOT_WITHOUT_BUDGET",
                                    "PLANNED",
                                    "APPLIED",
                                    "APPROVED",
                                ],
                            )
                        ),
                        name="travel_check_budget_stage_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Undoable",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("ASSIGN", "Assign"),
                            ("STAGE", "Stage"),
                            ("TAG", "Tag"),
                            ("SNOOZE", "Snooze"),
                            ("CLOSE", "Close"),
                            ("MERGE_ACCOUNTS", "Merge of two accounts"),
                            ("MERGE_CONTACTS", "Merge of two contacts"),
                        ],
                        max_length=16,
                        verbose_name="kind",
                    ),
                ),
                ("made_at", models.DateTimeField(verbose_name="made at")),
                (
                    "undone_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="undone at"),
                ),
                ("rows", models.JSONField(default=list, verbose_name="rows")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
            ],
            options={
                "verbose_name": "change of many rows",
                "verbose_name_plural": "changes of many rows",
                "ordering": ["-made_at", "-pk"],
                "indexes": [models.Index(fields=["by", "-made_at"], name="undoable_by")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "",
                                    "ASSIGN",
                                    "STAGE",
                                    "TAG",
                                    "SNOOZE",
                                    "CLOSE",
                                    "MERGE_ACCOUNTS",
                                    "MERGE_CONTACTS",
                                ],
                            )
                        ),
                        name="undoable_kind_is_known",
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="interaction",
            index=models.Index(fields=["lead", "-happened_at", "-id"], name="interaction_lead"),
        ),
        migrations.AddIndex(
            model_name="assessment",
            index=models.Index(fields=["lead", "target", "-as_of"], name="assessment_latest"),
        ),
        migrations.RunPython(guard, unguard),
    ]
