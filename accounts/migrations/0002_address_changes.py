"""Addresses that wait for a second person."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_first_release'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AddressChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(blank=True, max_length=160, verbose_name='name of a new contact')),
                ('role', models.CharField(choices=[('ap', 'Accounts payable'), ('buyer', 'Buyer'), ('executive', 'Executive'), ('other', 'Other')], default='ap', max_length=10)),
                ('email', models.EmailField(max_length=254, verbose_name='address')),
                ('former', models.EmailField(blank=True, max_length=254, verbose_name='address it replaced')),
                ('evidence', models.TextField(verbose_name='what shows it')),
                ('state', models.CharField(choices=[('waiting', 'Waits for a second person'), ('confirmed', 'Confirmed'), ('refused', 'Refused'), ('withdrawn', 'Withdrawn')], default='waiting', max_length=10)),
                ('asked_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('answer', models.TextField(blank=True, verbose_name='how it was checked, or why not')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='address_changes', to='accounts.account')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='address_changes', to='accounts.contact')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('evidence', ''), _negated=True), name='an_address_comes_with_evidence'), models.CheckConstraint(condition=models.Q(('contact__isnull', False), models.Q(('name', ''), _negated=True), _connector='OR'), name='a_new_contact_has_a_name'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'confirmed'), _negated=True), models.Q(('decided_by__isnull', False), models.Q(('decided_by', models.F('asked_by')), _negated=True), models.Q(('answer', ''), _negated=True)), _connector='OR'), name='an_address_is_confirmed_by_another_person'), models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('contact',), name='one_address_waits_per_contact')],
            },
        ),
    ]
