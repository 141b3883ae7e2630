from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('register', '0010_transfers'),
    ]

    operations = [
        migrations.AddField(
            model_name='person',
            name='closed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(condition=models.Q(('closed_at__isnull', False)), fields=['county', 'closed_at'], name='register_closed_people'),
        ),
    ]
