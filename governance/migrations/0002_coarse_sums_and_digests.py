from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def sum_again(apps: Any, schema_editor: Any) -> None:
    """Sums of before lack the coarse levels: the sweep sums every day again, and until then the rows are counted."""
    apps.get_model("governance", "MeasureSum").objects.all().delete()
    apps.get_model("governance", "MeasureState").objects.update(summed_until=None)


class Migration(migrations.Migration):
    dependencies = [("governance", "0001_first_release")]

    operations = [
        migrations.RunPython(sum_again, migrations.RunPython.noop),
        migrations.AlterField("measuresum", "by", models.CharField(blank=True, default="", max_length=16)),
        migrations.AddIndex("measuresum", models.Index(fields=["by", "value", "portfolio_id", "day"], name="measure_sum_by_slice")),
        migrations.AddIndex(
            "measure",
            models.Index(condition=models.Q(("kind", "draft"), ("outcome", "pending"), ("stands", True)), fields=["day"], name="measure_still_pending"),
        ),
        migrations.CreateModel(
            name="MeasureSpread",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("of", models.CharField(max_length=40)),
                ("day", models.DateField()),
                ("by", models.CharField(max_length=16)),
                ("value", models.CharField(blank=True, default="", max_length=120)),
                ("portfolio_id", models.BigIntegerField(null=True)),
                ("lane", models.CharField(blank=True, default="", max_length=18)),
                ("ended", models.BooleanField()),
                ("step", models.IntegerField()),
                ("n", models.IntegerField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["of", "by", "day"], name="measure_spread_by_day"),
                    models.Index(fields=["of", "by", "value", "portfolio_id", "day"], name="measure_spread_by_slice"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Digest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("week", models.CharField(help_text="ISO week, for example 2026-W47", max_length=8)),
                ("begun_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("error", models.CharField(blank=True, default="", max_length=120)),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("week", "person"), name="one_digest_per_week_and_person")]},
        ),
    ]
