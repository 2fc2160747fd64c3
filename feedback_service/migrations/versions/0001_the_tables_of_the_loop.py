"""The tables of the loop"""

import sqlalchemy as sa
from alembic import op

import feedback_service.database
from feedback_service.cases.causes.shipped import CAUSES

revision = "0001f"  # until 0.1.0 is released the tables grow here, and the letter with them
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "addresses",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("last_asked_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("last_answered_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("unsubscribed_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("paused_until", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("purchases_only", sa.Boolean(), nullable=False),
        sa.Column("consented_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("suppressed_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column(
            "suppressed_reason",
            sa.Enum(
                "bad_address",
                "hard_bounce",
                "soft_bounces",
                "complaint",
                name="suppression_reason",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("soft_bounces", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(suppressed_at IS NULL) = (suppressed_reason IS NULL)", name=op.f("ck_addresses_suppressed_with_reason")
        ),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_addresses")),
    )
    op.create_table(
        "calendars",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("hours", sa.JSON(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("holidays", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendars")),
        sa.UniqueConstraint("name", name=op.f("uq_calendars_name")),
    )
    op.create_table(
        "causes",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("parent_key", sa.String(length=64), nullable=True),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("retired_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("parent_key <> key", name=op.f("ck_causes_not_its_own_parent")),
        sa.ForeignKeyConstraint(["parent_key"], ["causes.key"], name=op.f("fk_causes_parent_key_causes")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_causes")),
    )
    op.create_table(
        "check_weeks",
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("scored", sa.Integer(), nullable=False),
        sa.Column("drawn_at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("week", name=op.f("pk_check_weeks")),
    )
    op.create_table(
        "go_live",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("set_at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.String(length=254), nullable=False),
        sa.Column("opt_outs_settled", sa.Boolean(), nullable=False),
        sa.Column("paused_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_go_live_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_go_live")),
    )
    op.create_table(
        "language_heads",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("trained_at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("comments", sa.Integer(), nullable=False),
        sa.Column("corrected", sa.Integer(), nullable=False),
        sa.Column("accuracy", sa.Double(), nullable=True),
        sa.Column("balanced", sa.Double(), nullable=True),
        sa.Column("baseline", sa.Double(), nullable=True),
        sa.Column("lexicon", sa.Double(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("used_from", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("retired_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("weights", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "accuracy BETWEEN 0 AND 1 AND balanced BETWEEN 0 AND 1 AND baseline BETWEEN 0 AND 1"
            " AND lexicon BETWEEN 0 AND 1",
            name=op.f("ck_language_heads_shares"),
        ),
        sa.CheckConstraint(
            "retired_at IS NULL OR used_from IS NOT NULL", name=op.f("ck_language_heads_retired_after_use")
        ),
        sa.CheckConstraint(
            "used_from IS NULL OR weights IS NOT NULL", name=op.f("ck_language_heads_used_with_weights")
        ),
        sa.CheckConstraint("version > 0", name=op.f("ck_language_heads_version_counts_from_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_language_heads")),
        sa.UniqueConstraint("language", "version", name=op.f("uq_language_heads_language_version")),
    )
    op.create_index(
        "ix_language_heads_in_use",
        "language_heads",
        ["language"],
        unique=True,
        sqlite_where=sa.text("used_from IS NOT NULL AND retired_at IS NULL"),
        postgresql_where=sa.text("used_from IS NOT NULL AND retired_at IS NULL"),
    )
    op.create_table(
        "language_trainings",
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("comments", sa.Integer(), nullable=False),
        sa.Column("counted_at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("learned_from", sa.Integer(), nullable=False),
        sa.Column("lease", sa.String(length=32), nullable=True),
        sa.Column("leased_until", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(leased_until IS NULL) = (lease IS NULL)", name=op.f("ck_language_trainings_lease_with_end")
        ),
        sa.CheckConstraint("comments >= 0 AND learned_from >= 0", name=op.f("ck_language_trainings_counts")),
        sa.PrimaryKeyConstraint("language", name=op.f("pk_language_trainings")),
    )
    op.create_table(
        "rescorings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("models", sa.Text(), nullable=False),
        sa.Column("begun_at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("done_to", sa.BigInteger(), nullable=True),
        sa.Column("finished_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rescorings")),
    )
    op.create_table(
        "roles",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("description", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roles")),
        sa.UniqueConstraint("name", name=op.f("uq_roles_name")),
    )
    op.create_table(
        "surveys",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "nps", "csat", "ces", "enps", name="survey_kind", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("metric", sa.String(length=64), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("draft", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("draft_by", sa.String(length=254), nullable=True),
        sa.Column("draft_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("file_hash", sa.String(length=64), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("planned_revision", sa.Integer(), nullable=False),
        sa.Column("replan_below", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(draft IS NULL) = (draft_by IS NULL) AND (draft IS NULL) = (draft_at IS NULL)",
            name=op.f("ck_surveys_draft_by_somebody"),
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_surveys")),
    )
    op.create_table(
        "theme_lessons",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("learned_at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("corrections", sa.Integer(), nullable=False),
        sa.Column("comments", sa.Integer(), nullable=False),
        sa.Column("tried", sa.JSON(), nullable=False),
        sa.Column("retired_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("weights", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("comments >= 0 AND corrections > 0", name=op.f("ck_theme_lessons_counts")),
        sa.CheckConstraint("version > 0", name=op.f("ck_theme_lessons_version_counts_from_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme_lessons")),
        sa.UniqueConstraint("language", "version", name=op.f("uq_theme_lessons_language_version")),
    )
    op.create_index(
        "ix_theme_lessons_in_use",
        "theme_lessons",
        ["language"],
        unique=True,
        sqlite_where=sa.text("weights IS NOT NULL AND retired_at IS NULL"),
        postgresql_where=sa.text("weights IS NOT NULL AND retired_at IS NULL"),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("password", sa.String(length=255), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.String(length=64), nullable=False),
        sa.Column("created_at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_users_fs_uniquifier")),
    )
    op.create_table(
        "value_bands",
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("top_tenth_minor", sa.BigInteger(), nullable=False),
        sa.Column("customers", sa.Integer(), nullable=False),
        sa.Column("computed_at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("currency", name=op.f("pk_value_bands")),
    )
    op.create_table(
        "absences",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("taker_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("entered_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entered_at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_absences_days_in_order")),
        sa.ForeignKeyConstraint(["entered_by"], ["users.id"], name=op.f("fk_absences_entered_by_users")),
        sa.ForeignKeyConstraint(["taker_id"], ["users.id"], name=op.f("fk_absences_taker_id_users")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_absences_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
    )
    op.create_index(op.f("ix_absences_user_id_last_day"), "absences", ["user_id", "last_day"], unique=False)
    op.create_table(
        "address_changes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column(
            "fact",
            sa.Enum(
                "unsubscribed",
                "paused",
                "purchases_only",
                "anything",
                "consented",
                "suppressed",
                "reinstated",
                name="address_fact",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=254), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["address_hash"], ["addresses.hash"], name=op.f("fk_address_changes_address_hash_addresses")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_changes")),
    )
    op.create_index(op.f("ix_address_changes_address_hash"), "address_changes", ["address_hash"], unique=False)
    op.create_table(
        "collectors",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("survey_key", sa.String(length=64), nullable=False),
        sa.Column(
            "channel",
            sa.Enum(
                "mail",
                "link",
                "kiosk",
                "embed",
                "phone",
                "import",
                name="channel",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("locale", sa.String(length=16), nullable=True),
        sa.Column("origins", sa.JSON(), nullable=False),
        sa.Column("again_after_days", sa.Integer(), nullable=False),
        sa.Column("created_at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=254), nullable=False),
        sa.Column("closed_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(length=254), nullable=True),
        sa.CheckConstraint("channel IN ('link', 'kiosk', 'embed')", name=op.f("ck_collectors_walk_in_channel")),
        sa.CheckConstraint("(closed_at IS NULL) = (closed_by IS NULL)", name=op.f("ck_collectors_closed_by_somebody")),
        sa.ForeignKeyConstraint(["survey_key"], ["surveys.key"], name=op.f("fk_collectors_survey_key_surveys")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collectors")),
        sa.UniqueConstraint("name", name=op.f("uq_collectors_name")),
        sa.UniqueConstraint("token", name=op.f("uq_collectors_token")),
    )
    op.create_table(
        "customers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("external_id", sa.String(length=128), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("customer", "employee", name="person_kind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("address_hash", sa.String(length=64), nullable=True),
        sa.Column("locale", sa.String(length=16), nullable=True),
        sa.Column("time_zone", sa.String(length=64), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("calendar_planned_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("open_cases", sa.Integer(), nullable=False),
        sa.Column("lifetime_minor", sa.BigInteger(), nullable=True),
        sa.Column("lifetime_currency", sa.String(length=3), nullable=True),
        sa.Column("lifetime_orders", sa.Integer(), nullable=False),
        sa.Column("spoken_to_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("created_at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(lifetime_minor IS NULL) = (lifetime_currency IS NULL)", name=op.f("ck_customers_lifetime_with_currency")
        ),
        sa.ForeignKeyConstraint(["address_hash"], ["addresses.hash"], name=op.f("fk_customers_address_hash_addresses")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
        sa.UniqueConstraint("source", "external_id", name=op.f("uq_customers_source_external_id")),
    )
    op.create_index(op.f("ix_customers_address_hash"), "customers", ["address_hash"], unique=False)
    op.create_index(
        "ix_customers_calendar_unplanned",
        "customers",
        ["id"],
        unique=False,
        sqlite_where=sa.text("calendar_planned_at IS NULL"),
        postgresql_where=sa.text("calendar_planned_at IS NULL"),
    )
    op.create_index(
        op.f("ix_customers_lifetime_currency_lifetime_minor"),
        "customers",
        ["lifetime_currency", "lifetime_minor"],
        unique=False,
    )
    op.create_table(
        "counted_months",
        sa.Column("survey_key", sa.String(length=64), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("fresh", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["survey_key"], ["surveys.key"], name=op.f("fk_counted_months_survey_key_surveys")),
        sa.PrimaryKeyConstraint("survey_key", "month", name=op.f("pk_counted_months")),
    )
    op.create_table(
        "daily_asks",
        sa.Column("survey_key", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["survey_key"], ["surveys.key"], name=op.f("fk_daily_asks_survey_key_surveys")),
        sa.PrimaryKeyConstraint("survey_key", "day", name=op.f("pk_daily_asks")),
    )
    op.create_table(
        "daily_scores",
        sa.Column("survey_key", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("score", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("imported", sa.Boolean(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["survey_key"], ["surveys.key"], name=op.f("fk_daily_scores_survey_key_surveys")),
        sa.PrimaryKeyConstraint("survey_key", "day", "score", "imported", name=op.f("pk_daily_scores")),
    )
    op.create_table(
        "daily_segments",
        sa.Column("survey_key", sa.String(length=64), nullable=False),
        sa.Column("dimension", sa.String(length=64), nullable=False),
        sa.Column("value", sa.String(length=80), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("score", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["survey_key"], ["surveys.key"], name=op.f("fk_daily_segments_survey_key_surveys")),
        sa.PrimaryKeyConstraint("survey_key", "dimension", "value", "day", "score", name=op.f("pk_daily_segments")),
    )
    op.create_index(
        op.f("ix_daily_segments_survey_key_dimension_day"),
        "daily_segments",
        ["survey_key", "dimension", "day"],
        unique=False,
    )
    op.create_table(
        "folds",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_folds")),
    )
    op.create_table(
        "monthly_scores",
        sa.Column("survey_key", sa.String(length=64), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("score", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("imported", sa.Boolean(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["survey_key"], ["surveys.key"], name=op.f("fk_monthly_scores_survey_key_surveys")),
        sa.PrimaryKeyConstraint("survey_key", "month", "score", "imported", name=op.f("pk_monthly_scores")),
    )
    op.create_table(
        "monthly_segments",
        sa.Column("survey_key", sa.String(length=64), nullable=False),
        sa.Column("dimension", sa.String(length=64), nullable=False),
        sa.Column("value", sa.String(length=80), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("score", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["survey_key"], ["surveys.key"], name=op.f("fk_monthly_segments_survey_key_surveys")),
        sa.PrimaryKeyConstraint("survey_key", "dimension", "value", "month", "score", name=op.f("pk_monthly_segments")),
    )
    op.create_index(
        op.f("ix_monthly_segments_survey_key_dimension_month"),
        "monthly_segments",
        ["survey_key", "dimension", "month"],
        unique=False,
    )
    op.create_table(
        "stale_days",
        sa.Column("survey_key", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["survey_key"], ["surveys.key"], name=op.f("fk_stale_days_survey_key_surveys")),
        sa.PrimaryKeyConstraint("survey_key", "day", name=op.f("pk_stale_days")),
    )
    op.create_table(
        "told_quarters",
        sa.Column("survey_key", sa.String(length=64), nullable=False),
        sa.Column("quarter", sa.Date(), nullable=False),
        sa.Column("release", sa.JSON(), nullable=False),
        sa.Column("told_at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["survey_key"], ["surveys.key"], name=op.f("fk_told_quarters_survey_key_surveys")),
        sa.PrimaryKeyConstraint("survey_key", "quarter", name=op.f("pk_told_quarters")),
    )
    op.create_table(
        "improvements",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("cause_key", sa.String(length=64), nullable=True),
        sa.Column("owner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("cost_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("took_effect_on", sa.Date(), nullable=True),
        sa.Column("dropped_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("published_words", sa.Text(), nullable=False),
        sa.Column("published_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("told_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "published_at IS NULL OR published_words <> ''", name=op.f("ck_improvements_published_with_words")
        ),
        sa.CheckConstraint(
            "(cost_minor IS NULL) = (currency IS NULL)", name=op.f("ck_improvements_cost_with_currency")
        ),
        sa.CheckConstraint("cost_minor >= 0", name=op.f("ck_improvements_cost_not_negative")),
        sa.ForeignKeyConstraint(["cause_key"], ["causes.key"], name=op.f("fk_improvements_cause_key_causes")),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_improvements_created_by_users")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_improvements_owner_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_improvements")),
    )
    op.create_index(op.f("ix_improvements_cause_key"), "improvements", ["cause_key"], unique=False)
    op.create_table(
        "reply_templates",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("theme", sa.String(length=64), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("retired_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("changed_at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["users.id"], name=op.f("fk_reply_templates_changed_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply_templates")),
        sa.UniqueConstraint("name", "locale", name=op.f("uq_reply_templates_name_locale")),
    )
    op.create_table(
        "response_changes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("survey_key", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("imported", sa.Boolean(), nullable=False),
        sa.Column("delta", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["survey_key"], ["surveys.key"], name=op.f("fk_response_changes_survey_key_surveys")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response_changes")),
    )
    op.create_table(
        "saved_looks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("place", sa.String(length=64), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("saved_at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(name) > 0", name=op.f("ck_saved_looks_has_name")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_saved_looks_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_looks")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_saved_looks_user_id_name")),
    )
    op.create_table(
        "saved_views",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("filters", sa.Text(), nullable=False),
        sa.Column("created_at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_saved_views_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_saved_views_user_id_name")),
    )
    op.create_table(
        "staff_mails",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "leased",
                "handing",
                "sent",
                "unknown",
                "failed",
                "cancelled",
                name="message_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("next_attempt_at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("leased_until", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("lease_key", sa.String(length=32), nullable=True),
        sa.Column("sent_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_staff_mails_sent_with_time")),
        sa.CheckConstraint(
            "(state IN ('leased', 'handing')) = (leased_until IS NOT NULL)",
            name=op.f("ck_staff_mails_lease_while_held"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_staff_mails_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_mails")),
        sa.UniqueConstraint("key", name=op.f("uq_staff_mails_key")),
        sa.UniqueConstraint("uid", name=op.f("uq_staff_mails_uid")),
    )
    op.create_index(
        "ix_staff_mails_unsent",
        "staff_mails",
        ["next_attempt_at", "id"],
        unique=False,
        sqlite_where=sa.text("state IN ('pending', 'leased', 'handing')"),
        postgresql_where=sa.text("state IN ('pending', 'leased', 'handing')"),
    )
    op.create_table(
        "staff_mail_files",
        sa.Column("mail_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("media_type", sa.String(length=120), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["mail_id"], ["staff_mails.id"], name=op.f("fk_staff_mail_files_mail_id_staff_mails")),
        sa.PrimaryKeyConstraint("mail_id", "place", name=op.f("pk_staff_mail_files")),
    )
    op.create_table(
        "alerts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("series", sa.String(length=160), nullable=False),
        sa.Column(
            "signal",
            sa.Enum(
                "nps_drop",
                "csat_drop",
                "theme_surge",
                "queue_ageing",
                "quiet_failure",
                name="signal",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("survey_key", sa.String(length=64), nullable=True),
        sa.Column("subject", sa.String(length=250), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("p_value", sa.Float(), nullable=False),
        sa.Column("now", sa.JSON(), nullable=False),
        sa.Column("usual", sa.JSON(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "open", "recovered", "new_usual", name="outcome", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("ended", sa.Date(), nullable=True),
        sa.Column("raised_at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(outcome = 'open') = (ended IS NULL)", name=op.f("ck_alerts_over_with_week")),
        sa.CheckConstraint("width > 0", name=op.f("ck_alerts_width_positive")),
        sa.ForeignKeyConstraint(["survey_key"], ["surveys.key"], name=op.f("fk_alerts_survey_key_surveys")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
        sa.UniqueConstraint("series", "week", name=op.f("uq_alerts_series_week")),
    )
    op.create_index(
        "ix_alerts_open",
        "alerts",
        ["series"],
        unique=False,
        sqlite_where=sa.text("outcome = 'open'"),
        postgresql_where=sa.text("outcome = 'open'"),
    )
    op.create_index(op.f("ix_alerts_week"), "alerts", ["week"], unique=False)
    op.create_table(
        "watched_weeks",
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("series", sa.Integer(), nullable=False),
        sa.Column("level", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("week", name=op.f("pk_watched_weeks")),
    )
    op.create_table(
        "alerts_off",
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("since", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_alerts_off_user_id_users")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_alerts_off")),
    )
    op.create_table(
        "reports",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "every",
            sa.Enum("week", "month", name="every", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("survey_keys", sa.JSON(), nullable=False),
        sa.Column("next_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("created_at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_reports_weekday_of_a_week")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_reports_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
    )
    op.create_index(
        "ix_reports_due",
        "reports",
        ["next_at", "id"],
        unique=False,
        sqlite_where=sa.text("next_at IS NOT NULL"),
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    op.create_index(op.f("ix_reports_user_id"), "reports", ["user_id"], unique=False)
    op.create_table(
        "sent_reports",
        sa.Column("report_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "every",
            sa.Enum("week", "month", name="every", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("made_at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_sent_reports_report_id_reports")),
        sa.PrimaryKeyConstraint("report_id", "every", "period", name=op.f("pk_sent_reports")),
    )
    op.create_table(
        "survey_versions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("survey_key", sa.String(length=64), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("structure_hash", sa.String(length=64), nullable=False),
        sa.Column("structure", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("published", "retired", name="version_state", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("created_at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=254), nullable=False),
        sa.ForeignKeyConstraint(["survey_key"], ["surveys.key"], name=op.f("fk_survey_versions_survey_key_surveys")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_versions")),
        sa.UniqueConstraint("survey_key", "content_hash", name=op.f("uq_survey_versions_survey_key_content_hash")),
    )
    op.create_index(
        "ix_survey_versions_one_published",
        "survey_versions",
        ["survey_key"],
        unique=True,
        sqlite_where=sa.text("state = 'published'"),
        postgresql_where=sa.text("state = 'published'"),
    )
    op.create_table(
        "teams",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("calendar_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("open_to_all", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["calendar_id"], ["calendars.id"], name=op.f("fk_teams_calendar_id_calendars")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
        sa.UniqueConstraint("key", name=op.f("uq_teams_key")),
    )
    op.create_table(
        "user_roles",
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("role_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["role_id"], ["roles.id"], name=op.f("fk_user_roles_role_id_roles")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_user_roles_user_id_users")),
        sa.PrimaryKeyConstraint("user_id", "role_id", name=op.f("pk_user_roles")),
    )
    op.create_table(
        "orders",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("external_id", sa.String(length=128), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ordered_at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("promised_on", sa.Date(), nullable=True),
        sa.Column("days_late", sa.Integer(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "placed",
                "shipped",
                "delivered",
                "cancelled",
                "refunded",
                name="order_status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("attributes", sa.JSON(), nullable=False),
        sa.Column("referral_code", sa.String(length=32), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("planned_revision", sa.Integer(), nullable=False),
        sa.Column("created_at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(amount_minor IS NULL) = (currency IS NULL)", name=op.f("ck_orders_amount_with_currency")),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_orders_amount_not_negative")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_orders_customer_id_customers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("source", "external_id", name=op.f("uq_orders_source_external_id")),
    )
    op.create_index(
        op.f("ix_orders_customer_id_ordered_at_status"),
        "orders",
        ["customer_id", "ordered_at", "status"],
        unique=False,
    )
    op.create_index(op.f("ix_orders_ordered_at"), "orders", ["ordered_at"], unique=False)
    op.create_index(op.f("ix_orders_referral_code"), "orders", ["referral_code"], unique=False)
    op.create_index(
        "ix_orders_unplanned",
        "orders",
        ["id"],
        unique=False,
        sqlite_where=sa.text("planned_revision < revision"),
        postgresql_where=sa.text("planned_revision < revision"),
    )
    op.create_table(
        "queues",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("team_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "owner_rule",
            sa.Enum(
                "round_robin",
                "least_loaded",
                "by_attribute",
                "account_owner",
                "unassigned",
                name="owner_rule",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("owner_attribute", sa.String(length=64), nullable=True),
        sa.Column("owners", sa.JSON(), nullable=False),
        sa.Column("first_response_minutes", sa.Integer(), nullable=True),
        sa.Column("resolution_minutes", sa.Integer(), nullable=False),
        sa.Column("needs_root_cause", sa.Boolean(), nullable=False),
        sa.Column("needs_what_was_done", sa.Boolean(), nullable=False),
        sa.Column("needs_reached", sa.Boolean(), nullable=False),
        sa.Column("ladder", sa.JSON(), nullable=False),
        sa.Column("rungs_numbered", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "owner_rule <> 'by_attribute' OR owner_attribute IS NOT NULL", name=op.f("ck_queues_attribute_named")
        ),
        sa.CheckConstraint(
            "first_response_minutes IS NULL OR first_response_minutes > 0",
            name=op.f("ck_queues_first_response_positive"),
        ),
        sa.CheckConstraint("resolution_minutes > 0", name=op.f("ck_queues_resolution_positive")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_queues_team_id_teams")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queues")),
        sa.UniqueConstraint("key", name=op.f("uq_queues_key")),
    )
    op.create_table(
        "referrals",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("created_at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_referrals_customer_id_customers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referrals")),
        sa.UniqueConstraint("code", name=op.f("uq_referrals_code")),
        sa.UniqueConstraint("customer_id", name=op.f("uq_referrals_customer_id")),
    )
    op.create_table(
        "survey_wordings",
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("wording_hash", sa.String(length=64), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["survey_versions.id"], name=op.f("fk_survey_wordings_version_id_survey_versions")
        ),
        sa.PrimaryKeyConstraint("version_id", "locale", name=op.f("pk_survey_wordings")),
    )
    op.create_table(
        "team_members",
        sa.Column("team_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("takes_cases", sa.Boolean(), nullable=False),
        sa.Column("last_assigned_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_team_members_team_id_teams")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_team_members_user_id_users")),
        sa.PrimaryKeyConstraint("team_id", "user_id", name=op.f("pk_team_members")),
    )
    op.create_table(
        "touchpoints",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "support_closed",
                "left",
                "case_resolved",
                name="touchpoint_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("external_id", sa.String(length=128), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("happened_at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("attributes", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("planned_revision", sa.Integer(), nullable=False),
        sa.Column("created_at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_touchpoints_customer_id_customers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_touchpoints")),
        sa.UniqueConstraint("source", "kind", "external_id", name=op.f("uq_touchpoints_source_kind_external_id")),
    )
    op.create_index(op.f("ix_touchpoints_customer_id"), "touchpoints", ["customer_id"], unique=False)
    op.create_index(
        "ix_touchpoints_unplanned",
        "touchpoints",
        ["id"],
        unique=False,
        sqlite_where=sa.text("planned_revision < revision"),
        postgresql_where=sa.text("planned_revision < revision"),
    )
    op.create_table(
        "decisions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("survey_key", sa.String(length=64), nullable=False),
        sa.Column("event_key", sa.String(length=255), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("touchpoint_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("due_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("planned_due_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "invited",
                "skipped",
                name="decision_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "reason",
            sa.Enum(
                "order_cancelled",
                "order_refunded",
                "survey_paused",
                "before_go_live",
                "too_old",
                "sampled_out",
                "value_out_of_range",
                "filtered_out",
                "not_active",
                "no_address",
                "unsubscribed",
                "paused",
                "purchases_only",
                "no_consent",
                "suppressed",
                "open_case",
                "asked_recently",
                "answered_recently",
                "other_survey_first",
                "order_asked_before",
                name="skip_reason",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("decided_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'skipped') = (reason IS NOT NULL)", name=op.f("ck_decisions_skipped_with_reason")),
        sa.CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name=op.f("ck_decisions_decided_with_time")),
        sa.CheckConstraint("order_id IS NULL OR touchpoint_id IS NULL", name=op.f("ck_decisions_one_event")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_decisions_customer_id_customers")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_decisions_order_id_orders")),
        sa.ForeignKeyConstraint(["survey_key"], ["surveys.key"], name=op.f("fk_decisions_survey_key_surveys")),
        sa.ForeignKeyConstraint(
            ["touchpoint_id"], ["touchpoints.id"], name=op.f("fk_decisions_touchpoint_id_touchpoints")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sa.UniqueConstraint("survey_key", "event_key", name=op.f("uq_decisions_survey_key_event_key")),
    )
    op.create_index(op.f("ix_decisions_customer_id"), "decisions", ["customer_id"], unique=False)
    op.create_index(
        "ix_decisions_due",
        "decisions",
        ["due_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(op.f("ix_decisions_order_id"), "decisions", ["order_id"], unique=False)
    op.create_index(
        "ix_decisions_skipped",
        "decisions",
        ["survey_key", "decided_at", "reason"],
        unique=False,
        sqlite_where=sa.text("state = 'skipped'"),
        postgresql_where=sa.text("state = 'skipped'"),
    )
    op.create_index(op.f("ix_decisions_touchpoint_id"), "decisions", ["touchpoint_id"], unique=False)
    op.create_table(
        "invitations",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("survey_key", sa.String(length=64), nullable=False),
        sa.Column("event_key", sa.String(length=255), nullable=False),
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("touchpoint_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("link_generation", sa.Integer(), nullable=False),
        sa.Column("created_at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("queued_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("remind_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("opened_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("answered_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by", sa.String(length=254), nullable=True),
        sa.CheckConstraint(
            "(cancelled_at IS NULL) = (cancelled_by IS NULL)", name=op.f("ck_invitations_cancelled_by_somebody")
        ),
        sa.ForeignKeyConstraint(
            ["address_hash"], ["addresses.hash"], name=op.f("fk_invitations_address_hash_addresses")
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_invitations_customer_id_customers")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_invitations_order_id_orders")),
        sa.ForeignKeyConstraint(["survey_key"], ["surveys.key"], name=op.f("fk_invitations_survey_key_surveys")),
        sa.ForeignKeyConstraint(
            ["touchpoint_id"], ["touchpoints.id"], name=op.f("fk_invitations_touchpoint_id_touchpoints")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["survey_versions.id"], name=op.f("fk_invitations_version_id_survey_versions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("survey_key", "event_key", name=op.f("uq_invitations_survey_key_event_key")),
        sa.UniqueConstraint("uid", name=op.f("uq_invitations_uid")),
    )
    op.create_index(op.f("ix_invitations_address_hash"), "invitations", ["address_hash"], unique=False)
    op.create_index(op.f("ix_invitations_created_at"), "invitations", ["created_at"], unique=False)
    op.create_index(op.f("ix_invitations_customer_id"), "invitations", ["customer_id"], unique=False)
    op.create_index(op.f("ix_invitations_order_id"), "invitations", ["order_id"], unique=False)
    op.create_index(
        "ix_invitations_to_remind",
        "invitations",
        ["remind_at", "id"],
        unique=False,
        sqlite_where=sa.text("remind_at IS NOT NULL"),
        postgresql_where=sa.text("remind_at IS NOT NULL"),
    )
    op.create_index(
        "ix_invitations_touchpoint_id",
        "invitations",
        ["touchpoint_id"],
        unique=False,
        sqlite_where=sa.text("touchpoint_id IS NOT NULL"),
        postgresql_where=sa.text("touchpoint_id IS NOT NULL"),
    )
    op.create_index(
        "ix_invitations_unqueued",
        "invitations",
        ["id"],
        unique=False,
        sqlite_where=sa.text("queued_at IS NULL"),
        postgresql_where=sa.text("queued_at IS NULL"),
    )
    op.create_table(
        "referral_clicks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("referral_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("agent", sa.String(length=200), nullable=False),
        sa.Column(
            "suspected",
            sa.Enum(
                "known_agent",
                "head_first",
                "several_at_once",
                "no_nonce",
                name="visit_suspicion",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referrals.id"], name=op.f("fk_referral_clicks_referral_id_referrals")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_clicks")),
    )
    op.create_index(op.f("ix_referral_clicks_referral_id_at"), "referral_clicks", ["referral_id", "at"], unique=False)
    op.create_table(
        "silence_looks",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("looked_to", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_silence_looks")),
    )
    op.create_table(
        "routing_rules",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("conditions", sa.JSON(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=True),
        sa.Column("queue_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "owner_rule",
            sa.Enum(
                "round_robin",
                "least_loaded",
                "by_attribute",
                "account_owner",
                "unassigned",
                name="owner_rule",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("tells_managers", sa.Boolean(), nullable=False),
        sa.Column("first_response_minutes", sa.Integer(), nullable=True),
        sa.Column("resolution_minutes", sa.Integer(), nullable=True),
        sa.Column("changed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("changed_at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("points BETWEEN 0 AND 3", name=op.f("ck_routing_rules_points_range")),
        sa.ForeignKeyConstraint(["changed_by"], ["users.id"], name=op.f("fk_routing_rules_changed_by_users")),
        sa.ForeignKeyConstraint(["queue_id"], ["queues.id"], name=op.f("fk_routing_rules_queue_id_queues")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routing_rules")),
        sa.UniqueConstraint("name", name=op.f("uq_routing_rules_name")),
        sa.UniqueConstraint("position", name=op.f("uq_routing_rules_position")),
    )
    op.create_table(
        "decision_steps",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("decision_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "planned",
                "moved",
                "deferred",
                "invited",
                "skipped",
                name="step_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "reason",
            sa.Enum(
                "order_cancelled",
                "order_refunded",
                "survey_paused",
                "before_go_live",
                "too_old",
                "sampled_out",
                "value_out_of_range",
                "filtered_out",
                "not_active",
                "no_address",
                "unsubscribed",
                "paused",
                "purchases_only",
                "no_consent",
                "suppressed",
                "open_case",
                "asked_recently",
                "answered_recently",
                "other_survey_first",
                "order_asked_before",
                name="skip_reason",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "deferral",
            sa.Enum(
                "hours", "holiday", "daily_cap", name="deferral", native_enum=False, create_constraint=True, length=32
            ),
            nullable=True,
        ),
        sa.Column("due_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name=op.f("fk_decision_steps_decision_id_decisions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_steps")),
    )
    op.create_index(op.f("ix_decision_steps_decision_id"), "decision_steps", ["decision_id"], unique=False)
    op.create_table(
        "invitation_links",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("invitation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "scope",
            sa.Enum(
                "answer",
                "unsubscribe",
                "status",
                "withdraw",
                name="link_scope",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitations.id"], name=op.f("fk_invitation_links_invitation_id_invitations")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_invitation_links")),
    )
    op.create_index(op.f("ix_invitation_links_invitation_id"), "invitation_links", ["invitation_id"], unique=False)
    op.create_table(
        "link_visits",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("invitation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "scope",
            sa.Enum(
                "answer",
                "unsubscribe",
                "status",
                "withdraw",
                name="link_scope",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("method", sa.String(length=8), nullable=False),
        sa.Column("agent", sa.String(length=200), nullable=False),
        sa.Column(
            "suspected",
            sa.Enum(
                "known_agent",
                "head_first",
                "several_at_once",
                "no_nonce",
                name="visit_suspicion",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitations.id"], name=op.f("fk_link_visits_invitation_id_invitations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_visits")),
    )
    op.create_index(op.f("ix_link_visits_invitation_id_at"), "link_visits", ["invitation_id", "at"], unique=False)
    op.create_table(
        "messages",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "invitation",
                "reminder",
                "outcome",
                "withdrawal",
                "reply",
                "improvement",
                name="message_purpose",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("subject_key", sa.String(length=128), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("invitation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("locale", sa.String(length=16), nullable=True),
        sa.Column("signed", sa.String(length=60), nullable=True),
        sa.Column("thread", sa.Text(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "leased",
                "handing",
                "sent",
                "unknown",
                "failed",
                "cancelled",
                name="message_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("first_attempt_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("next_attempt_at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("leased_until", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("lease_key", sa.String(length=32), nullable=True),
        sa.Column("sent_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("delivered_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("bounced_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column(
            "bounce",
            sa.Enum("hard", "soft", name="bounce_kind", native_enum=False, create_constraint=True, length=32),
            nullable=True,
        ),
        sa.Column("complained_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("return_heard_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_messages_sent_with_time")),
        sa.CheckConstraint(
            "(state IN ('leased', 'handing')) = (leased_until IS NOT NULL)", name=op.f("ck_messages_lease_while_held")
        ),
        sa.CheckConstraint(
            "state NOT IN ('failed', 'cancelled') OR detail <> ''", name=op.f("ck_messages_ended_with_reason")
        ),
        sa.CheckConstraint("(bounced_at IS NULL) = (bounce IS NULL)", name=op.f("ck_messages_bounced_with_kind")),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitations.id"], name=op.f("fk_messages_invitation_id_invitations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("purpose", "subject_key", "ordinal", name=op.f("uq_messages_purpose_subject_key_ordinal")),
        sa.UniqueConstraint("uid", name=op.f("uq_messages_uid")),
    )
    op.create_index(op.f("ix_messages_invitation_id"), "messages", ["invitation_id"], unique=False)
    op.create_index(
        "ix_messages_returned",
        "messages",
        ["id"],
        unique=False,
        sqlite_where=sa.text(
            "purpose NOT IN ('invitation', 'reminder', 'withdrawal', 'improvement') AND return_heard_at IS NULL"
            " AND (bounced_at IS NOT NULL OR state IN ('failed', 'cancelled'))"
        ),
        postgresql_where=sa.text(
            "purpose NOT IN ('invitation', 'reminder', 'withdrawal', 'improvement') AND return_heard_at IS NULL"
            " AND (bounced_at IS NOT NULL OR state IN ('failed', 'cancelled'))"
        ),
    )
    op.create_index(op.f("ix_messages_sent_at_purpose"), "messages", ["sent_at", "purpose"], unique=False)
    op.create_index(
        "ix_messages_unsent",
        "messages",
        ["next_attempt_at", "id"],
        unique=False,
        sqlite_where=sa.text("state IN ('pending', 'leased', 'handing')"),
        postgresql_where=sa.text("state IN ('pending', 'leased', 'handing')"),
    )
    op.create_table(
        "responses",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("invitation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("collector_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("uid", sa.String(length=32), nullable=True),
        sa.Column("claimed_order", sa.String(length=128), nullable=True),
        sa.Column("pages_sent", sa.Integer(), nullable=True),
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("source", sa.String(length=64), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column(
            "channel",
            sa.Enum(
                "mail",
                "link",
                "kiosk",
                "embed",
                "phone",
                "import",
                name="channel",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("survey_key", sa.String(length=64), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("latest_score", sa.Integer(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("wants_contact", sa.Boolean(), nullable=False),
        sa.Column(
            "remedy",
            sa.Enum(
                "note", "contact", "put_right", name="remedy", native_enum=False, create_constraint=True, length=32
            ),
            nullable=True,
        ),
        sa.Column(
            "contact_how",
            sa.Enum("mail", "phone", name="contact_how", native_enum=False, create_constraint=True, length=32),
            nullable=True,
        ),
        sa.Column(
            "contact_when",
            sa.Enum(
                "any",
                "morning",
                "afternoon",
                "evening",
                name="contact_when",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("contact_phone", sa.String(length=40), nullable=True),
        sa.Column(
            "suspected",
            sa.Enum(
                "too_fast",
                "known_agent",
                "other_network",
                "scanned_links",
                name="press_suspicion",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("withdrawn_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("answered_at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("assessed_revision", sa.Integer(), nullable=False),
        sa.Column("routed_revision", sa.Integer(), nullable=False),
        sa.Column("routed_assessed", sa.Integer(), nullable=False),
        sa.Column("read_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(channel = 'import') = (external_id IS NOT NULL AND source IS NOT NULL)",
            name=op.f("ck_responses_imported_with_origin"),
        ),
        sa.CheckConstraint(
            "(channel IN ('link', 'kiosk', 'embed')) = (collector_id IS NOT NULL AND uid IS NOT NULL)",
            name=op.f("ck_responses_walk_in_with_collector"),
        ),
        sa.CheckConstraint(
            "id > 0 OR (customer_id IS NULL AND invitation_id IS NULL AND order_id IS NULL)",
            name=op.f("ck_responses_anonymous"),
        ),
        sa.CheckConstraint("latest_score BETWEEN 0 AND 10", name=op.f("ck_responses_latest_score_on_a_scale")),
        sa.CheckConstraint("score BETWEEN 0 AND 10", name=op.f("ck_responses_score_on_a_scale")),
        sa.ForeignKeyConstraint(["collector_id"], ["collectors.id"], name=op.f("fk_responses_collector_id_collectors")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_responses_customer_id_customers")),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitations.id"], name=op.f("fk_responses_invitation_id_invitations")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_responses_order_id_orders")),
        sa.ForeignKeyConstraint(["survey_key"], ["surveys.key"], name=op.f("fk_responses_survey_key_surveys")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["survey_versions.id"], name=op.f("fk_responses_version_id_survey_versions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_responses")),
        sa.UniqueConstraint("collector_id", "order_id", name=op.f("uq_responses_collector_id_order_id")),
        sa.UniqueConstraint("invitation_id", name=op.f("uq_responses_invitation_id")),
        sa.UniqueConstraint("source", "external_id", name=op.f("uq_responses_source_external_id")),
        sa.UniqueConstraint("uid", name=op.f("uq_responses_uid")),
    )
    op.create_index(op.f("ix_responses_customer_id"), "responses", ["customer_id"], unique=False)
    op.create_index(
        op.f("ix_responses_survey_key_answered_at"), "responses", ["survey_key", "answered_at"], unique=False
    )
    op.create_index(
        op.f("ix_responses_survey_key_counted_on_id"), "responses", ["survey_key", "counted_on", "id"], unique=False
    )
    op.create_index(
        "ix_responses_unassessed",
        "responses",
        ["id"],
        unique=False,
        sqlite_where=sa.text("assessed_revision < revision"),
        postgresql_where=sa.text("assessed_revision < revision"),
    )
    op.create_index(
        "ix_responses_unrouted",
        "responses",
        ["id"],
        unique=False,
        sqlite_where=sa.text(
            "(routed_revision < revision OR routed_assessed < assessed_revision)"
            " AND suspected IS NULL AND withdrawn_at IS NULL"
        ),
        postgresql_where=sa.text(
            "(routed_revision < revision OR routed_assessed < assessed_revision)"
            " AND suspected IS NULL AND withdrawn_at IS NULL"
        ),
    )
    op.create_index(
        "ix_responses_unread",
        "responses",
        ["id"],
        unique=False,
        sqlite_where=sa.text("read_at IS NULL AND id > 0 AND suspected IS NULL AND withdrawn_at IS NULL"),
        postgresql_where=sa.text("read_at IS NULL AND id > 0 AND suspected IS NULL AND withdrawn_at IS NULL"),
    )
    op.create_table(
        "testimonials",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("invitation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column(
            "signed_as",
            sa.Enum(
                "full_name",
                "first_name",
                "nobody",
                name="signed_as",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "shown_where",
            sa.Enum("shop", "anywhere", name="shown_where", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("consented_at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("consent_words", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (words <> '')", name=op.f("ck_testimonials_words_until_withdrawn")
        ),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitations.id"], name=op.f("fk_testimonials_invitation_id_invitations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_testimonials")),
        sa.UniqueConstraint("invitation_id", name=op.f("uq_testimonials_invitation_id")),
    )
    op.create_table(
        "assessments",
        sa.Column(
            "response_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("response_revision", sa.Integer(), nullable=False),
        sa.Column(
            "label",
            sa.Enum(
                "positive",
                "negative",
                "neutral",
                "unscored",
                name="sentiment_label",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "model_label",
            sa.Enum(
                "positive",
                "negative",
                "neutral",
                "unscored",
                name="model_label",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("p_neg", sa.Double(), nullable=True),
        sa.Column("p_neu", sa.Double(), nullable=True),
        sa.Column("p_pos", sa.Double(), nullable=True),
        sa.Column("polarity", sa.Double(), nullable=True),
        sa.Column("subjectivity", sa.Double(), nullable=True),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("model_version", sa.String(length=64), nullable=False),
        sa.Column(
            "contradiction",
            sa.Enum(
                "good_score_bad_words",
                "bad_score_good_words",
                name="contradiction",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("alerts", sa.JSON(), nullable=False),
        sa.Column("assessed_at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(model_label = 'unscored') = (polarity IS NULL)", name=op.f("ck_assessments_unscored_without_polarity")
        ),
        sa.CheckConstraint(
            "(polarity IS NULL) = (p_neg + p_neu + p_pos IS NULL)",
            name=op.f("ck_assessments_polarity_with_probabilities"),
        ),
        sa.CheckConstraint(
            "p_neg BETWEEN 0 AND 1 AND p_neu BETWEEN 0 AND 1 AND p_pos BETWEEN 0 AND 1",
            name=op.f("ck_assessments_probability_range"),
        ),
        sa.CheckConstraint("polarity BETWEEN -1 AND 1", name=op.f("ck_assessments_polarity_range")),
        sa.ForeignKeyConstraint(["response_id"], ["responses.id"], name=op.f("fk_assessments_response_id_responses")),
        sa.PrimaryKeyConstraint("response_id", name=op.f("pk_assessments")),
    )
    op.create_index(op.f("ix_assessments_assessed_at"), "assessments", ["assessed_at"], unique=False)
    op.create_index(
        "ix_assessments_contradicting",
        "assessments",
        ["response_id"],
        unique=False,
        sqlite_where=sa.text("contradiction IS NOT NULL"),
        postgresql_where=sa.text("contradiction IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_assessments_model_version_response_id"), "assessments", ["model_version", "response_id"], unique=False
    )
    op.create_table(
        "blind_checks",
        sa.Column(
            "response_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column(
            "model_label",
            sa.Enum(
                "positive",
                "negative",
                "neutral",
                "unscored",
                name="sentiment_label",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("model_version", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column(
            "label",
            sa.Enum(
                "positive",
                "negative",
                "neutral",
                name="checked_label",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("checked_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("checked_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("model_label <> 'unscored'", name=op.f("ck_blind_checks_scored")),
        sa.CheckConstraint(
            "(label IS NULL) = (checked_at IS NULL) AND (label IS NULL) = (checked_by IS NULL)",
            name=op.f("ck_blind_checks_checked_by_somebody"),
        ),
        sa.CheckConstraint("place BETWEEN 1 AND 25", name=op.f("ck_blind_checks_place_in_the_sample")),
        sa.ForeignKeyConstraint(["checked_by"], ["users.id"], name=op.f("fk_blind_checks_checked_by_users")),
        sa.ForeignKeyConstraint(["response_id"], ["responses.id"], name=op.f("fk_blind_checks_response_id_responses")),
        sa.ForeignKeyConstraint(["week"], ["check_weeks.week"], name=op.f("fk_blind_checks_week_check_weeks")),
        sa.PrimaryKeyConstraint("response_id", name=op.f("pk_blind_checks")),
        sa.UniqueConstraint("week", "place", name=op.f("uq_blind_checks_week_place")),
    )
    op.create_index(
        "ix_blind_checks_waiting",
        "blind_checks",
        ["week", "place"],
        unique=False,
        sqlite_where=sa.text("checked_at IS NULL"),
        postgresql_where=sa.text("checked_at IS NULL"),
    )
    op.create_table(
        "comment_themes",
        sa.Column(
            "response_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("theme_key", sa.String(length=40), nullable=False),
        sa.Column("polarity", sa.Double(), nullable=True),
        sa.Column(
            "source",
            sa.Enum(
                "words", "head", "staff", name="theme_source", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.CheckConstraint("polarity BETWEEN -1 AND 1", name=op.f("ck_comment_themes_polarity_range")),
        sa.ForeignKeyConstraint(
            ["response_id"], ["responses.id"], name=op.f("fk_comment_themes_response_id_responses")
        ),
        sa.PrimaryKeyConstraint("response_id", "theme_key", name=op.f("pk_comment_themes")),
    )
    op.create_index(
        op.f("ix_comment_themes_theme_key_response_id"), "comment_themes", ["theme_key", "response_id"], unique=False
    )
    op.create_table(
        "corrections",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("response_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("response_revision", sa.Integer(), nullable=False),
        sa.Column("words_hash", sa.String(length=64), nullable=False),
        sa.Column(
            "label",
            sa.Enum(
                "positive",
                "negative",
                "neutral",
                name="checked_label",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("language", sa.String(length=16), nullable=True),
        sa.Column("themes", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["users.id"], name=op.f("fk_corrections_by_users")),
        sa.ForeignKeyConstraint(["response_id"], ["responses.id"], name=op.f("fk_corrections_response_id_responses")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
    )
    op.create_index(op.f("ix_corrections_response_id_id"), "corrections", ["response_id", "id"], unique=False)
    op.create_table(
        "delivery_events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("event_key", sa.String(length=200), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "delivered",
                "hard_bounce",
                "soft_bounce",
                "complaint",
                "unsubscribed",
                "auto_reply",
                name="delivery_event_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("address_hash", sa.String(length=64), nullable=True),
        sa.Column("at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("received_at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["address_hash"], ["addresses.hash"], name=op.f("fk_delivery_events_address_hash_addresses")
        ),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_delivery_events_message_id_messages")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_events")),
        sa.UniqueConstraint("source", "event_key", name=op.f("uq_delivery_events_source_event_key")),
    )
    op.create_index(op.f("ix_delivery_events_address_hash"), "delivery_events", ["address_hash"], unique=False)
    op.create_index(op.f("ix_delivery_events_at"), "delivery_events", ["at"], unique=False)
    op.create_index(op.f("ix_delivery_events_message_id"), "delivery_events", ["message_id"], unique=False)
    op.create_table(
        "replies",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message_key", sa.String(length=64), nullable=False),
        sa.Column("invitation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("sender", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=400), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("mail_id", sa.String(length=250), nullable=True),
        sa.Column("left_out", sa.String(length=200), nullable=False),
        sa.Column("received_at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("routed_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_replies_customer_id_customers")),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitations.id"], name=op.f("fk_replies_invitation_id_invitations")
        ),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_replies_message_id_messages")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replies")),
        sa.UniqueConstraint("message_key", name=op.f("uq_replies_message_key")),
    )
    op.create_index(op.f("ix_replies_invitation_id"), "replies", ["invitation_id"], unique=False)
    op.create_index(
        "ix_replies_unrouted",
        "replies",
        ["id"],
        unique=False,
        sqlite_where=sa.text("routed_at IS NULL"),
        postgresql_where=sa.text("routed_at IS NULL"),
    )
    op.create_table(
        "response_answers",
        sa.Column(
            "response_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("question_key", sa.String(length=40), nullable=False),
        sa.Column("chosen", sa.JSON(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("answered_at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["response_id"], ["responses.id"], name=op.f("fk_response_answers_response_id_responses")
        ),
        sa.PrimaryKeyConstraint("response_id", "question_key", name=op.f("pk_response_answers")),
    )
    op.create_table(
        "response_revisions",
        sa.Column("response_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "answer",
                "confirmed",
                "withdrawn",
                "correction",
                "later",
                name="revision_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("wants_contact", sa.Boolean(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("recorded_at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["response_id"], ["responses.id"], name=op.f("fk_response_revisions_response_id_responses")
        ),
        sa.PrimaryKeyConstraint("response_id", "ordinal", name=op.f("pk_response_revisions")),
    )
    op.create_table(
        "seen_answers",
        sa.Column(
            "response_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["response_id"], ["responses.id"], name=op.f("fk_seen_answers_response_id_responses")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_seen_answers_user_id_users")),
        sa.PrimaryKeyConstraint("response_id", "user_id", name=op.f("pk_seen_answers")),
    )
    op.create_index(
        op.f("ix_seen_answers_user_id_response_id"), "seen_answers", ["user_id", "response_id"], unique=False
    )
    op.create_table(
        "cases",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "origin_kind",
            sa.Enum(
                "response",
                "reply",
                "silence",
                "manual",
                name="case_origin",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("origin_key", sa.String(length=128), nullable=False),
        sa.Column("response_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reply_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("queue_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("owner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "follow_up", "review", "thanks", name="case_kind", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column(
            "reason",
            sa.Enum(
                "detractor",
                "contact_wish",
                "wrote",
                "safety",
                "contradiction",
                "silence",
                "sampled",
                "thanks",
                "by_hand",
                "rule",
                name="case_reason",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "in_progress",
                "resolved",
                "merged",
                name="case_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("rule", sa.String(length=120), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("priority_words", sa.Text(), nullable=False),
        sa.Column("opened_at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("opening", sa.Integer(), nullable=False),
        sa.Column("due_at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("sort_at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("next_look_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("waiting_since", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("snoozed_until", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("merged_into_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("resolved_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("root_cause", sa.String(length=64), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "satisfied",
                "partly_satisfied",
                "not_satisfied",
                "not_reached",
                "no_action_possible",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("reached", sa.Boolean(), nullable=True),
        sa.Column("released_words", sa.Text(), nullable=True),
        sa.Column("released_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column(
            "verdict",
            sa.Enum("accepted", "disputed", name="verdict", native_enum=False, create_constraint=True, length=32),
            nullable=True,
        ),
        sa.Column("verdict_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("log_length", sa.Integer(), nullable=False),
        sa.Column("log_head", sa.String(length=64), nullable=False),
        sa.Column("proved_length", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'merged') = (merged_into_id IS NOT NULL)", name=op.f("ck_cases_merged_into_another")
        ),
        sa.CheckConstraint(
            "(state = 'resolved') = (resolved_at IS NOT NULL)", name=op.f("ck_cases_resolved_with_time")
        ),
        sa.CheckConstraint(
            "state <> 'in_progress' OR owner_id IS NOT NULL", name=op.f("ck_cases_in_progress_with_owner")
        ),
        sa.CheckConstraint("state <> 'resolved' OR outcome IS NOT NULL", name=op.f("ck_cases_resolved_with_outcome")),
        sa.CheckConstraint("(verdict IS NULL) = (verdict_at IS NULL)", name=op.f("ck_cases_verdict_with_time")),
        sa.CheckConstraint("merged_into_id <> id", name=op.f("ck_cases_not_merged_into_itself")),
        sa.CheckConstraint("opening >= 1", name=op.f("ck_cases_opened_at_least_once")),
        sa.CheckConstraint("priority BETWEEN 1 AND 4", name=op.f("ck_cases_priority_range")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_cases_customer_id_customers")),
        sa.ForeignKeyConstraint(["merged_into_id"], ["cases.id"], name=op.f("fk_cases_merged_into_id_cases")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_cases_order_id_orders")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_cases_owner_id_users")),
        sa.ForeignKeyConstraint(["queue_id"], ["queues.id"], name=op.f("fk_cases_queue_id_queues")),
        sa.ForeignKeyConstraint(["reply_id"], ["replies.id"], name=op.f("fk_cases_reply_id_replies")),
        sa.ForeignKeyConstraint(["response_id"], ["responses.id"], name=op.f("fk_cases_response_id_responses")),
        sa.ForeignKeyConstraint(["root_cause"], ["causes.key"], name=op.f("fk_cases_root_cause_causes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("origin_kind", "origin_key", name=op.f("uq_cases_origin_kind_origin_key")),
    )
    op.create_index(op.f("ix_cases_customer_id"), "cases", ["customer_id"], unique=False)
    op.create_index(
        "ix_cases_merged",
        "cases",
        ["merged_into_id"],
        unique=False,
        sqlite_where=sa.text("merged_into_id IS NOT NULL"),
        postgresql_where=sa.text("merged_into_id IS NOT NULL"),
    )
    op.create_index(
        "ix_cases_next_look",
        "cases",
        ["next_look_at", "id"],
        unique=False,
        sqlite_where=sa.text("next_look_at IS NOT NULL"),
        postgresql_where=sa.text("next_look_at IS NOT NULL"),
    )
    op.create_index(
        "ix_cases_queue",
        "cases",
        ["sort_at", "id", "due_at", "queue_id", "owner_id", "priority", "reason", "kind"],
        unique=False,
        sqlite_where=sa.text("state IN ('open', 'in_progress') AND waiting_since IS NULL AND snoozed_until IS NULL"),
        postgresql_where=sa.text(
            "state IN ('open', 'in_progress') AND waiting_since IS NULL AND snoozed_until IS NULL"
        ),
    )
    op.create_index(
        "ix_cases_queue_kind",
        "cases",
        ["kind", "sort_at", "id", "due_at", "queue_id", "owner_id", "priority", "reason"],
        unique=False,
        sqlite_where=sa.text("state IN ('open', 'in_progress') AND waiting_since IS NULL AND snoozed_until IS NULL"),
        postgresql_where=sa.text(
            "state IN ('open', 'in_progress') AND waiting_since IS NULL AND snoozed_until IS NULL"
        ),
    )
    op.create_index(
        "ix_cases_queue_owner",
        "cases",
        ["owner_id", "sort_at", "id", "due_at", "queue_id", "priority", "reason", "kind"],
        unique=False,
        sqlite_where=sa.text("state IN ('open', 'in_progress') AND waiting_since IS NULL AND snoozed_until IS NULL"),
        postgresql_where=sa.text(
            "state IN ('open', 'in_progress') AND waiting_since IS NULL AND snoozed_until IS NULL"
        ),
    )
    op.create_index(
        "ix_cases_queue_priority",
        "cases",
        ["priority", "sort_at", "id", "due_at", "queue_id", "owner_id", "reason", "kind"],
        unique=False,
        sqlite_where=sa.text("state IN ('open', 'in_progress') AND waiting_since IS NULL AND snoozed_until IS NULL"),
        postgresql_where=sa.text(
            "state IN ('open', 'in_progress') AND waiting_since IS NULL AND snoozed_until IS NULL"
        ),
    )
    op.create_index(
        "ix_cases_queue_queue",
        "cases",
        ["queue_id", "sort_at", "id", "due_at", "owner_id", "priority", "reason", "kind"],
        unique=False,
        sqlite_where=sa.text("state IN ('open', 'in_progress') AND waiting_since IS NULL AND snoozed_until IS NULL"),
        postgresql_where=sa.text(
            "state IN ('open', 'in_progress') AND waiting_since IS NULL AND snoozed_until IS NULL"
        ),
    )
    op.create_index(
        "ix_cases_queue_reason",
        "cases",
        ["reason", "sort_at", "id", "due_at", "queue_id", "owner_id", "priority", "kind"],
        unique=False,
        sqlite_where=sa.text("state IN ('open', 'in_progress') AND waiting_since IS NULL AND snoozed_until IS NULL"),
        postgresql_where=sa.text(
            "state IN ('open', 'in_progress') AND waiting_since IS NULL AND snoozed_until IS NULL"
        ),
    )
    op.create_index(
        "ix_cases_queue_reason_priority",
        "cases",
        ["reason", "priority", "sort_at", "id", "due_at", "queue_id", "owner_id", "kind"],
        unique=False,
        sqlite_where=sa.text("state IN ('open', 'in_progress') AND waiting_since IS NULL AND snoozed_until IS NULL"),
        postgresql_where=sa.text(
            "state IN ('open', 'in_progress') AND waiting_since IS NULL AND snoozed_until IS NULL"
        ),
    )
    op.create_index(
        "ix_cases_resolved",
        "cases",
        ["resolved_at", "id", "due_at", "queue_id", "owner_id", "priority", "reason", "kind"],
        unique=False,
        sqlite_where=sa.text("state = 'resolved'"),
        postgresql_where=sa.text("state = 'resolved'"),
    )
    op.create_index(
        "ix_cases_resolved_kind",
        "cases",
        ["kind", "resolved_at", "id", "due_at", "queue_id", "owner_id", "priority", "reason"],
        unique=False,
        sqlite_where=sa.text("state = 'resolved'"),
        postgresql_where=sa.text("state = 'resolved'"),
    )
    op.create_index(
        "ix_cases_resolved_owner",
        "cases",
        ["owner_id", "resolved_at", "id", "due_at", "queue_id", "priority", "reason", "kind"],
        unique=False,
        sqlite_where=sa.text("state = 'resolved'"),
        postgresql_where=sa.text("state = 'resolved'"),
    )
    op.create_index(
        "ix_cases_resolved_priority",
        "cases",
        ["priority", "resolved_at", "id", "due_at", "queue_id", "owner_id", "reason", "kind"],
        unique=False,
        sqlite_where=sa.text("state = 'resolved'"),
        postgresql_where=sa.text("state = 'resolved'"),
    )
    op.create_index(
        "ix_cases_resolved_queue",
        "cases",
        ["queue_id", "resolved_at", "id", "due_at", "owner_id", "priority", "reason", "kind"],
        unique=False,
        sqlite_where=sa.text("state = 'resolved'"),
        postgresql_where=sa.text("state = 'resolved'"),
    )
    op.create_index(
        "ix_cases_resolved_reason",
        "cases",
        ["reason", "resolved_at", "id", "due_at", "queue_id", "owner_id", "priority", "kind"],
        unique=False,
        sqlite_where=sa.text("state = 'resolved'"),
        postgresql_where=sa.text("state = 'resolved'"),
    )
    op.create_index(
        "ix_cases_opened",
        "cases",
        ["opened_at", "id", "due_at", "queue_id", "owner_id", "priority", "reason", "kind"],
        unique=False,
    )
    op.create_index(
        "ix_cases_opened_owner",
        "cases",
        ["owner_id", "opened_at", "id", "due_at", "queue_id", "priority", "reason", "kind"],
        unique=False,
    )
    op.create_index(
        "ix_cases_opened_queue",
        "cases",
        ["queue_id", "opened_at", "id", "due_at", "owner_id", "priority", "reason", "kind"],
        unique=False,
    )
    op.create_index(
        "ix_cases_resolved_cause",
        "cases",
        ["root_cause", "resolved_at", "id", "due_at", "queue_id", "owner_id", "priority", "reason", "kind"],
        unique=False,
        sqlite_where=sa.text("state = 'resolved'"),
        postgresql_where=sa.text("state = 'resolved'"),
    )
    op.create_index(
        "ix_cases_standing",
        "cases",
        ["opened_at", "id", "due_at", "queue_id", "owner_id", "priority", "reason", "kind"],
        unique=False,
        sqlite_where=sa.text("state IN ('open', 'in_progress')"),
        postgresql_where=sa.text("state IN ('open', 'in_progress')"),
    )
    op.create_index(op.f("ix_cases_response_id"), "cases", ["response_id"], unique=False)
    op.create_index(
        "ix_cases_resting",
        "cases",
        ["sort_at", "id", "due_at", "queue_id", "owner_id", "priority", "reason", "kind"],
        unique=False,
        sqlite_where=sa.text(
            "state IN ('open', 'in_progress') AND (waiting_since IS NOT NULL OR snoozed_until IS NOT NULL)"
        ),
        postgresql_where=sa.text(
            "state IN ('open', 'in_progress') AND (waiting_since IS NOT NULL OR snoozed_until IS NOT NULL)"
        ),
    )
    op.create_index(
        "ix_cases_seen", "cases", ["id", "queue_id", "owner_id", "priority", "reason", "kind"], unique=False
    )
    op.create_index(
        "ix_cases_snoozed",
        "cases",
        ["snoozed_until", "id"],
        unique=False,
        sqlite_where=sa.text("snoozed_until IS NOT NULL"),
        postgresql_where=sa.text("snoozed_until IS NOT NULL"),
    )
    op.create_index(
        "ix_cases_unproved",
        "cases",
        ["id"],
        unique=False,
        sqlite_where=sa.text("proved_length < log_length"),
        postgresql_where=sa.text("proved_length < log_length"),
    )
    op.create_table(
        "reply_attachments",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reply_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("size >= 0", name=op.f("ck_reply_attachments_size_not_negative")),
        sa.ForeignKeyConstraint(["reply_id"], ["replies.id"], name=op.f("fk_reply_attachments_reply_id_replies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply_attachments")),
    )
    op.create_index(op.f("ix_reply_attachments_reply_id"), "reply_attachments", ["reply_id"], unique=False)
    op.create_table(
        "attachments",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("size > 0", name=op.f("ck_attachments_size_positive")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_attachments_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
    )
    op.create_index(op.f("ix_attachments_case_id"), "attachments", ["case_id"], unique=False)
    op.create_table(
        "case_deadlines",
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("opening", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "first_response",
                "resolution",
                name="deadline_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("due_at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("done_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("met", sa.Boolean(), nullable=True),
        sa.CheckConstraint("met IS NOT TRUE OR done_at IS NOT NULL", name=op.f("ck_case_deadlines_met_when_done")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_deadlines_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", "opening", "kind", name=op.f("pk_case_deadlines")),
    )
    op.create_index(op.f("ix_case_deadlines_due_at"), "case_deadlines", ["due_at"], unique=False)
    op.create_table(
        "case_entries",
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "opened",
                "assigned",
                "claimed",
                "called",
                "mailed",
                "refunded",
                "replaced",
                "apologised",
                "fixed_cause",
                "noted",
                "replied",
                "mail_came_back",
                "attached",
                "corrected",
                "answer_changed",
                "rerouted",
                "customer_wrote",
                "released",
                "accepted",
                "disputed",
                "recovery_answered",
                "withdrawn",
                "waiting",
                "resumed",
                "snoozed",
                "woken",
                "merged",
                "took_in",
                "unmerged",
                "promised",
                "promise_kept",
                "promise_broken",
                "promise_let_go",
                "promise_handed_on",
                "deadline_missed",
                "reminded",
                "escalated",
                "unassigned",
                "resolved",
                "reopened",
                name="entry_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("actor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("commitment", sa.String(length=64), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_case_entries_actor_id_users")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_entries_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", "ordinal", name=op.f("pk_case_entries")),
    )
    op.create_index(
        "ix_case_entries_closed",
        "case_entries",
        ["at", "case_id"],
        unique=False,
        sqlite_where=sa.text("kind = 'resolved'"),
        postgresql_where=sa.text("kind = 'resolved'"),
    )
    op.create_table(
        "case_mails",
        sa.Column(
            "message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("came_back_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_mails_case_id_cases")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_case_mails_message_id_messages")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_case_mails")),
    )
    op.create_index(op.f("ix_case_mails_case_id"), "case_mails", ["case_id"], unique=False)
    op.create_table(
        "case_presences",
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("writing", sa.Boolean(), nullable=False),
        sa.Column("seen_at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_presences_case_id_cases")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_case_presences_user_id_users")),
        sa.PrimaryKeyConstraint("case_id", "user_id", name=op.f("pk_case_presences")),
    )
    op.create_table(
        "escalations",
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("opening", sa.Integer(), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_escalations_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", "opening", "rung", name=op.f("pk_escalations")),
    )
    op.create_table(
        "improvement_cases",
        sa.Column("improvement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("linked_at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("told_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_improvement_cases_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["improvement_id"], ["improvements.id"], name=op.f("fk_improvement_cases_improvement_id_improvements")
        ),
        sa.PrimaryKeyConstraint("improvement_id", "case_id", name=op.f("pk_improvement_cases")),
    )
    op.create_index(op.f("ix_improvement_cases_case_id"), "improvement_cases", ["case_id"], unique=False)
    op.create_table(
        "notices",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "mentioned",
                "assigned",
                "reminded",
                "escalated",
                "safety",
                "promise_due",
                "mail_came_back",
                "customer_wrote",
                "praised",
                name="notice_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("response_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("read_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_notices_case_id_cases")),
        sa.ForeignKeyConstraint(["response_id"], ["responses.id"], name=op.f("fk_notices_response_id_responses")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_notices_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("user_id", "key", name=op.f("uq_notices_user_id_key")),
    )
    op.create_index(
        "ix_notices_unread",
        "notices",
        ["user_id", "id"],
        unique=False,
        sqlite_where=sa.text("read_at IS NULL"),
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_table(
        "promises",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("made_at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("due_at", feedback_service.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("broken_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("kept_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("let_go_at", feedback_service.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("let_go_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(let_go_at IS NULL) = (let_go_reason IS NULL)", name=op.f("ck_promises_let_go_with_reason")
        ),
        sa.CheckConstraint("kept_at IS NULL OR let_go_at IS NULL", name=op.f("ck_promises_kept_or_let_go")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_promises_case_id_cases")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_promises_owner_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promises")),
    )
    op.create_index(
        "ix_promises_broken",
        "promises",
        ["broken_at"],
        unique=False,
        sqlite_where=sa.text("broken_at IS NOT NULL"),
        postgresql_where=sa.text("broken_at IS NOT NULL"),
    )
    op.create_index(op.f("ix_promises_case_id"), "promises", ["case_id"], unique=False)
    op.create_index(
        "ix_promises_owner",
        "promises",
        ["owner_id", "due_at", "id"],
        unique=False,
        sqlite_where=sa.text("kept_at IS NULL AND let_go_at IS NULL"),
        postgresql_where=sa.text("kept_at IS NULL AND let_go_at IS NULL"),
    )
    op.create_index(
        "ix_promises_standing",
        "promises",
        ["due_at", "id"],
        unique=False,
        sqlite_where=sa.text("kept_at IS NULL AND let_go_at IS NULL"),
        postgresql_where=sa.text("kept_at IS NULL AND let_go_at IS NULL"),
    )
    op.create_table(
        "case_entry_words",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id", "ordinal"],
            ["case_entries.case_id", "case_entries.ordinal"],
            name=op.f("fk_case_entry_words_case_id_case_entries"),
        ),
        sa.PrimaryKeyConstraint("case_id", "ordinal", name=op.f("pk_case_entry_words")),
    )
    _make_log_append_only()
    _make_search()
    _plant_causes()
    op.execute("INSERT INTO folds (id, number) VALUES (1, 0)")


def _make_log_append_only() -> None:
    """Neither UPDATE nor DELETE on the action log, whoever asks."""
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER case_entries_no_{act.lower()} BEFORE {act} ON case_entries"
                " BEGIN SELECT RAISE(ABORT, 'the action log is append-only'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION refuse_to_rewrite_the_log() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'the action log is append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER case_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON case_entries"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_rewrite_the_log()"
    )


def _make_search() -> None:
    """The words by which a case is found: each database has its own kind of index for them, so no model maps it.

    The words come folded and cut apart already (cases/search/fold.py); for SQLite only a blank lies between them. On
    PostgreSQL the window of a case's id is a word, too, so that a search can go from window to window.
    """
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE VIRTUAL TABLE case_search USING fts5(words, tokenize = 'ascii')")
        return
    op.execute("CREATE TABLE case_search (case_id BIGINT PRIMARY KEY REFERENCES cases (id), words TSVECTOR NOT NULL)")
    op.execute(
        "CREATE INDEX ix_case_search_words ON case_search"
        " USING gin ((words || array_to_tsvector(ARRAY['/' || (case_id / 4096), '//' || (case_id / 131072)])))"
    )


def _plant_causes() -> None:
    """The tree that the shop goes on from."""
    causes = sa.table("causes", *[sa.column(name) for name in ("key", "parent_key", "title", "position")])
    rows = [
        {"key": cause.key, "parent_key": cause.parent, "title": cause.title, "position": position}
        for position, cause in enumerate(CAUSES, start=1)
    ]
    op.bulk_insert(causes, rows)


def downgrade() -> None:
    op.execute("DROP TABLE case_search")
    op.drop_table("case_entry_words")
    op.drop_index(
        "ix_promises_standing",
        table_name="promises",
        sqlite_where=sa.text("kept_at IS NULL AND let_go_at IS NULL"),
        postgresql_where=sa.text("kept_at IS NULL AND let_go_at IS NULL"),
    )
    op.drop_index(
        "ix_promises_owner",
        table_name="promises",
        sqlite_where=sa.text("kept_at IS NULL AND let_go_at IS NULL"),
        postgresql_where=sa.text("kept_at IS NULL AND let_go_at IS NULL"),
    )
    op.drop_index(op.f("ix_promises_case_id"), table_name="promises")
    op.drop_index(
        "ix_promises_broken",
        table_name="promises",
        sqlite_where=sa.text("broken_at IS NOT NULL"),
        postgresql_where=sa.text("broken_at IS NOT NULL"),
    )
    op.drop_table("promises")
    op.drop_index(
        "ix_notices_unread",
        table_name="notices",
        sqlite_where=sa.text("read_at IS NULL"),
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.drop_table("notices")
    op.drop_index(op.f("ix_improvement_cases_case_id"), table_name="improvement_cases")
    op.drop_table("improvement_cases")
    op.drop_table("escalations")
    op.drop_table("case_presences")
    op.drop_index(op.f("ix_case_mails_case_id"), table_name="case_mails")
    op.drop_table("case_mails")
    op.drop_index(
        "ix_case_entries_closed",
        table_name="case_entries",
        sqlite_where=sa.text("kind = 'resolved'"),
        postgresql_where=sa.text("kind = 'resolved'"),
    )
    op.drop_table("case_entries")
    op.drop_index(op.f("ix_case_deadlines_due_at"), table_name="case_deadlines")
    op.drop_table("case_deadlines")
    op.drop_index(op.f("ix_attachments_case_id"), table_name="attachments")
    op.drop_table("attachments")
    op.drop_index(op.f("ix_reply_attachments_reply_id"), table_name="reply_attachments")
    op.drop_table("reply_attachments")
    op.drop_index(
        "ix_cases_unproved",
        table_name="cases",
        sqlite_where=sa.text("proved_length < log_length"),
        postgresql_where=sa.text("proved_length < log_length"),
    )
    op.drop_index("ix_cases_seen", table_name="cases")
    op.drop_index(
        "ix_cases_snoozed",
        table_name="cases",
        sqlite_where=sa.text("snoozed_until IS NOT NULL"),
        postgresql_where=sa.text("snoozed_until IS NOT NULL"),
    )
    op.drop_index(
        "ix_cases_resting",
        table_name="cases",
        sqlite_where=sa.text(
            "state IN ('open', 'in_progress') AND (waiting_since IS NOT NULL OR snoozed_until IS NOT NULL)"
        ),
        postgresql_where=sa.text(
            "state IN ('open', 'in_progress') AND (waiting_since IS NOT NULL OR snoozed_until IS NOT NULL)"
        ),
    )
    op.drop_index(op.f("ix_cases_response_id"), table_name="cases")
    op.drop_index(
        "ix_cases_resolved_reason",
        table_name="cases",
        sqlite_where=sa.text("state = 'resolved'"),
        postgresql_where=sa.text("state = 'resolved'"),
    )
    op.drop_index(
        "ix_cases_resolved_queue",
        table_name="cases",
        sqlite_where=sa.text("state = 'resolved'"),
        postgresql_where=sa.text("state = 'resolved'"),
    )
    op.drop_index(
        "ix_cases_resolved_priority",
        table_name="cases",
        sqlite_where=sa.text("state = 'resolved'"),
        postgresql_where=sa.text("state = 'resolved'"),
    )
    op.drop_index(
        "ix_cases_resolved_owner",
        table_name="cases",
        sqlite_where=sa.text("state = 'resolved'"),
        postgresql_where=sa.text("state = 'resolved'"),
    )
    op.drop_index(
        "ix_cases_resolved_kind",
        table_name="cases",
        sqlite_where=sa.text("state = 'resolved'"),
        postgresql_where=sa.text("state = 'resolved'"),
    )
    op.drop_index(
        "ix_cases_resolved",
        table_name="cases",
        sqlite_where=sa.text("state = 'resolved'"),
        postgresql_where=sa.text("state = 'resolved'"),
    )
    op.drop_index(
        "ix_cases_queue_reason_priority",
        table_name="cases",
        sqlite_where=sa.text("state IN ('open', 'in_progress') AND waiting_since IS NULL AND snoozed_until IS NULL"),
        postgresql_where=sa.text(
            "state IN ('open', 'in_progress') AND waiting_since IS NULL AND snoozed_until IS NULL"
        ),
    )
    op.drop_index(
        "ix_cases_queue_reason",
        table_name="cases",
        sqlite_where=sa.text("state IN ('open', 'in_progress') AND waiting_since IS NULL AND snoozed_until IS NULL"),
        postgresql_where=sa.text(
            "state IN ('open', 'in_progress') AND waiting_since IS NULL AND snoozed_until IS NULL"
        ),
    )
    op.drop_index(
        "ix_cases_queue_queue",
        table_name="cases",
        sqlite_where=sa.text("state IN ('open', 'in_progress') AND waiting_since IS NULL AND snoozed_until IS NULL"),
        postgresql_where=sa.text(
            "state IN ('open', 'in_progress') AND waiting_since IS NULL AND snoozed_until IS NULL"
        ),
    )
    op.drop_index(
        "ix_cases_queue_priority",
        table_name="cases",
        sqlite_where=sa.text("state IN ('open', 'in_progress') AND waiting_since IS NULL AND snoozed_until IS NULL"),
        postgresql_where=sa.text(
            "state IN ('open', 'in_progress') AND waiting_since IS NULL AND snoozed_until IS NULL"
        ),
    )
    op.drop_index(
        "ix_cases_queue_owner",
        table_name="cases",
        sqlite_where=sa.text("state IN ('open', 'in_progress') AND waiting_since IS NULL AND snoozed_until IS NULL"),
        postgresql_where=sa.text(
            "state IN ('open', 'in_progress') AND waiting_since IS NULL AND snoozed_until IS NULL"
        ),
    )
    op.drop_index(
        "ix_cases_queue_kind",
        table_name="cases",
        sqlite_where=sa.text("state IN ('open', 'in_progress') AND waiting_since IS NULL AND snoozed_until IS NULL"),
        postgresql_where=sa.text(
            "state IN ('open', 'in_progress') AND waiting_since IS NULL AND snoozed_until IS NULL"
        ),
    )
    op.drop_index(
        "ix_cases_queue",
        table_name="cases",
        sqlite_where=sa.text("state IN ('open', 'in_progress') AND waiting_since IS NULL AND snoozed_until IS NULL"),
        postgresql_where=sa.text(
            "state IN ('open', 'in_progress') AND waiting_since IS NULL AND snoozed_until IS NULL"
        ),
    )
    op.drop_index(
        "ix_cases_next_look",
        table_name="cases",
        sqlite_where=sa.text("next_look_at IS NOT NULL"),
        postgresql_where=sa.text("next_look_at IS NOT NULL"),
    )
    op.drop_index(
        "ix_cases_merged",
        table_name="cases",
        sqlite_where=sa.text("merged_into_id IS NOT NULL"),
        postgresql_where=sa.text("merged_into_id IS NOT NULL"),
    )
    op.drop_index(
        "ix_cases_standing",
        table_name="cases",
        sqlite_where=sa.text("state IN ('open', 'in_progress')"),
        postgresql_where=sa.text("state IN ('open', 'in_progress')"),
    )
    op.drop_index(
        "ix_cases_resolved_cause",
        table_name="cases",
        sqlite_where=sa.text("state = 'resolved'"),
        postgresql_where=sa.text("state = 'resolved'"),
    )
    op.drop_index("ix_cases_opened_queue", table_name="cases")
    op.drop_index("ix_cases_opened_owner", table_name="cases")
    op.drop_index("ix_cases_opened", table_name="cases")
    op.drop_index(op.f("ix_cases_customer_id"), table_name="cases")
    op.drop_table("cases")
    op.drop_index(op.f("ix_seen_answers_user_id_response_id"), table_name="seen_answers")
    op.drop_table("seen_answers")
    op.drop_table("response_revisions")
    op.drop_table("response_answers")
    op.drop_index(
        "ix_replies_unrouted",
        table_name="replies",
        sqlite_where=sa.text("routed_at IS NULL"),
        postgresql_where=sa.text("routed_at IS NULL"),
    )
    op.drop_index(op.f("ix_replies_invitation_id"), table_name="replies")
    op.drop_table("replies")
    op.drop_index(op.f("ix_delivery_events_message_id"), table_name="delivery_events")
    op.drop_index(op.f("ix_delivery_events_at"), table_name="delivery_events")
    op.drop_index(op.f("ix_delivery_events_address_hash"), table_name="delivery_events")
    op.drop_table("delivery_events")
    op.drop_index(op.f("ix_corrections_response_id_id"), table_name="corrections")
    op.drop_table("corrections")
    op.drop_index(op.f("ix_comment_themes_theme_key_response_id"), table_name="comment_themes")
    op.drop_table("comment_themes")
    op.drop_index(
        "ix_blind_checks_waiting",
        table_name="blind_checks",
        sqlite_where=sa.text("checked_at IS NULL"),
        postgresql_where=sa.text("checked_at IS NULL"),
    )
    op.drop_table("blind_checks")
    op.drop_index(op.f("ix_assessments_model_version_response_id"), table_name="assessments")
    op.drop_index(
        "ix_assessments_contradicting",
        table_name="assessments",
        sqlite_where=sa.text("contradiction IS NOT NULL"),
        postgresql_where=sa.text("contradiction IS NOT NULL"),
    )
    op.drop_index(op.f("ix_assessments_assessed_at"), table_name="assessments")
    op.drop_table("assessments")
    op.drop_table("testimonials")
    op.drop_index(
        "ix_responses_unread",
        table_name="responses",
        sqlite_where=sa.text("read_at IS NULL AND id > 0 AND suspected IS NULL AND withdrawn_at IS NULL"),
        postgresql_where=sa.text("read_at IS NULL AND id > 0 AND suspected IS NULL AND withdrawn_at IS NULL"),
    )
    op.drop_index(
        "ix_responses_unrouted",
        table_name="responses",
        sqlite_where=sa.text(
            "(routed_revision < revision OR routed_assessed < assessed_revision)"
            " AND suspected IS NULL AND withdrawn_at IS NULL"
        ),
        postgresql_where=sa.text(
            "(routed_revision < revision OR routed_assessed < assessed_revision)"
            " AND suspected IS NULL AND withdrawn_at IS NULL"
        ),
    )
    op.drop_index(
        "ix_responses_unassessed",
        table_name="responses",
        sqlite_where=sa.text("assessed_revision < revision"),
        postgresql_where=sa.text("assessed_revision < revision"),
    )
    op.drop_index(op.f("ix_responses_survey_key_counted_on_id"), table_name="responses")
    op.drop_index(op.f("ix_responses_survey_key_answered_at"), table_name="responses")
    op.drop_index(op.f("ix_responses_customer_id"), table_name="responses")
    op.drop_table("responses")
    op.drop_index(
        "ix_messages_unsent",
        table_name="messages",
        sqlite_where=sa.text("state IN ('pending', 'leased', 'handing')"),
        postgresql_where=sa.text("state IN ('pending', 'leased', 'handing')"),
    )
    op.drop_index(op.f("ix_messages_sent_at_purpose"), table_name="messages")
    op.drop_index(
        "ix_messages_returned",
        table_name="messages",
        sqlite_where=sa.text(
            "purpose NOT IN ('invitation', 'reminder', 'withdrawal', 'improvement') AND return_heard_at IS NULL"
            " AND (bounced_at IS NOT NULL OR state IN ('failed', 'cancelled'))"
        ),
        postgresql_where=sa.text(
            "purpose NOT IN ('invitation', 'reminder', 'withdrawal', 'improvement') AND return_heard_at IS NULL"
            " AND (bounced_at IS NOT NULL OR state IN ('failed', 'cancelled'))"
        ),
    )
    op.drop_index(op.f("ix_messages_invitation_id"), table_name="messages")
    op.drop_table("messages")
    op.drop_index(op.f("ix_link_visits_invitation_id_at"), table_name="link_visits")
    op.drop_table("link_visits")
    op.drop_index(op.f("ix_invitation_links_invitation_id"), table_name="invitation_links")
    op.drop_table("invitation_links")
    op.drop_index(op.f("ix_decision_steps_decision_id"), table_name="decision_steps")
    op.drop_table("decision_steps")
    op.drop_table("routing_rules")
    op.drop_table("silence_looks")
    op.drop_index(op.f("ix_referral_clicks_referral_id_at"), table_name="referral_clicks")
    op.drop_table("referral_clicks")
    op.drop_index(
        "ix_invitations_unqueued",
        table_name="invitations",
        sqlite_where=sa.text("queued_at IS NULL"),
        postgresql_where=sa.text("queued_at IS NULL"),
    )
    op.drop_index(
        "ix_invitations_to_remind",
        table_name="invitations",
        sqlite_where=sa.text("remind_at IS NOT NULL"),
        postgresql_where=sa.text("remind_at IS NOT NULL"),
    )
    op.drop_index(op.f("ix_invitations_order_id"), table_name="invitations")
    op.drop_index(
        "ix_invitations_touchpoint_id",
        table_name="invitations",
        sqlite_where=sa.text("touchpoint_id IS NOT NULL"),
        postgresql_where=sa.text("touchpoint_id IS NOT NULL"),
    )
    op.drop_index(op.f("ix_invitations_customer_id"), table_name="invitations")
    op.drop_index(op.f("ix_invitations_created_at"), table_name="invitations")
    op.drop_index(op.f("ix_invitations_address_hash"), table_name="invitations")
    op.drop_table("invitations")
    op.drop_index(op.f("ix_decisions_touchpoint_id"), table_name="decisions")
    op.drop_index(
        "ix_decisions_skipped",
        table_name="decisions",
        sqlite_where=sa.text("state = 'skipped'"),
        postgresql_where=sa.text("state = 'skipped'"),
    )
    op.drop_index(op.f("ix_decisions_order_id"), table_name="decisions")
    op.drop_index(
        "ix_decisions_due",
        table_name="decisions",
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.drop_index(op.f("ix_decisions_customer_id"), table_name="decisions")
    op.drop_table("decisions")
    op.drop_index(
        "ix_touchpoints_unplanned",
        table_name="touchpoints",
        sqlite_where=sa.text("planned_revision < revision"),
        postgresql_where=sa.text("planned_revision < revision"),
    )
    op.drop_index(op.f("ix_touchpoints_customer_id"), table_name="touchpoints")
    op.drop_table("touchpoints")
    op.drop_table("team_members")
    op.drop_table("survey_wordings")
    op.drop_table("referrals")
    op.drop_table("queues")
    op.drop_index(
        "ix_orders_unplanned",
        table_name="orders",
        sqlite_where=sa.text("planned_revision < revision"),
        postgresql_where=sa.text("planned_revision < revision"),
    )
    op.drop_index(op.f("ix_orders_referral_code"), table_name="orders")
    op.drop_index(op.f("ix_orders_ordered_at"), table_name="orders")
    op.drop_index(op.f("ix_orders_customer_id_ordered_at_status"), table_name="orders")
    op.drop_table("orders")
    op.drop_table("user_roles")
    op.drop_table("teams")
    op.drop_index(
        "ix_survey_versions_one_published",
        table_name="survey_versions",
        sqlite_where=sa.text("state = 'published'"),
        postgresql_where=sa.text("state = 'published'"),
    )
    op.drop_table("survey_versions")
    op.drop_table("sent_reports")
    op.drop_index(op.f("ix_reports_user_id"), table_name="reports")
    op.drop_index(
        "ix_reports_due",
        table_name="reports",
        sqlite_where=sa.text("next_at IS NOT NULL"),
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    op.drop_table("reports")
    op.drop_table("alerts_off")
    op.drop_table("watched_weeks")
    op.drop_index(op.f("ix_alerts_week"), table_name="alerts")
    op.drop_index(
        "ix_alerts_open",
        table_name="alerts",
        sqlite_where=sa.text("outcome = 'open'"),
        postgresql_where=sa.text("outcome = 'open'"),
    )
    op.drop_table("alerts")
    op.drop_table("staff_mail_files")
    op.drop_index(
        "ix_staff_mails_unsent",
        table_name="staff_mails",
        sqlite_where=sa.text("state IN ('pending', 'leased', 'handing')"),
        postgresql_where=sa.text("state IN ('pending', 'leased', 'handing')"),
    )
    op.drop_table("staff_mails")
    op.drop_table("saved_views")
    op.drop_table("saved_looks")
    op.drop_table("response_changes")
    op.drop_table("reply_templates")
    op.drop_index(op.f("ix_improvements_cause_key"), table_name="improvements")
    op.drop_table("improvements")
    op.drop_table("told_quarters")
    op.drop_table("stale_days")
    op.drop_index(op.f("ix_monthly_segments_survey_key_dimension_month"), table_name="monthly_segments")
    op.drop_table("monthly_segments")
    op.drop_table("monthly_scores")
    op.drop_table("folds")
    op.drop_index(op.f("ix_daily_segments_survey_key_dimension_day"), table_name="daily_segments")
    op.drop_table("daily_segments")
    op.drop_table("daily_scores")
    op.drop_table("daily_asks")
    op.drop_table("counted_months")
    op.drop_index(op.f("ix_customers_lifetime_currency_lifetime_minor"), table_name="customers")
    op.drop_index(
        "ix_customers_calendar_unplanned",
        table_name="customers",
        sqlite_where=sa.text("calendar_planned_at IS NULL"),
        postgresql_where=sa.text("calendar_planned_at IS NULL"),
    )
    op.drop_index(op.f("ix_customers_address_hash"), table_name="customers")
    op.drop_table("customers")
    op.drop_table("collectors")
    op.drop_index(op.f("ix_address_changes_address_hash"), table_name="address_changes")
    op.drop_table("address_changes")
    op.drop_index(op.f("ix_absences_user_id_last_day"), table_name="absences")
    op.drop_table("absences")
    op.drop_table("value_bands")
    op.drop_table("users")
    op.drop_index(
        "ix_theme_lessons_in_use",
        table_name="theme_lessons",
        sqlite_where=sa.text("weights IS NOT NULL AND retired_at IS NULL"),
        postgresql_where=sa.text("weights IS NOT NULL AND retired_at IS NULL"),
    )
    op.drop_table("theme_lessons")
    op.drop_table("surveys")
    op.drop_table("roles")
    op.drop_table("rescorings")
    op.drop_table("language_trainings")
    op.drop_index(
        "ix_language_heads_in_use",
        table_name="language_heads",
        sqlite_where=sa.text("used_from IS NOT NULL AND retired_at IS NULL"),
        postgresql_where=sa.text("used_from IS NOT NULL AND retired_at IS NULL"),
    )
    op.drop_table("language_heads")
    op.drop_table("go_live")
    op.drop_table("check_weeks")
    op.drop_table("causes")
    op.drop_table("calendars")
    op.drop_table("addresses")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_to_rewrite_the_log()")
