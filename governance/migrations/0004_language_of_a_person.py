from django.db import migrations, models

CHOICES = [('', 'As the browser asks'), ('en', 'English'), ('de', 'Deutsch')]
FIELD = models.CharField(blank=True, choices=CHOICES, default='', max_length=12)


class Migration(migrations.Migration):
    """Whoever has not chosen a language reads the one the browser asks for. Nothing of it stands in the database, so no table is made anew."""

    dependencies = [
        ('governance', '0003_notices'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(model_name='historicaluser', name='language', field=FIELD),
                migrations.AlterField(model_name='user', name='language', field=FIELD),
            ],
        ),
    ]
