from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("checks", "0003_people_of_an_alert")]

    operations = [
        migrations.AddField("run", "is_whole", models.BooleanField(default=True)),
        migrations.AddField("run", "read_to", models.BigIntegerField(default=0)),
        migrations.AddField("run", "token", models.CharField(blank=True, max_length=32)),
        migrations.AddField("run", "rules", models.CharField(blank=True, max_length=64)),
    ]
