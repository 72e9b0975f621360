"""A machine's text that was sent back for another one is an outcome of its own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("drafts", "0001_first_release")]

    operations = [
        migrations.AlterField(
            model_name="draftoutcome",
            name="outcome",
            field=models.CharField(
                choices=[
                    ("unchanged", "Approved unchanged"),
                    ("edited", "Approved after edits"),
                    ("rejected", "Rejected"),
                    ("sent_back", "Another text was wanted"),
                ],
                max_length=9,
            ),
        ),
    ]
