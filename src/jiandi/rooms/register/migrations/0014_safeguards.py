import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('register', '0013_search_in_ten_million'),
    ]

    operations = [
        migrations.AddField(
            model_name='judgement',
            name='moved',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='judgement',
            name='moved_from',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='register.person'),
        ),
        migrations.AddField(
            model_name='judgement',
            name='visit_note',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.CreateModel(
            name='Safeguard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(choices=[('case', 'Case')], max_length=10)),
                ('ground', models.BigIntegerField()),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField(null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='register.person')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('until__isnull', True)), fields=('person', 'reason', 'ground'), name='a_person_is_safeguarded_once_for_a_ground'),
                    models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gte', models.F('since')), _connector='OR'), name='a_safeguard_ends_after_it_begins'),
                ],
            },
        ),
    ]
