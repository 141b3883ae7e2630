"""The log is append-only in the database itself, on both engines."""

from django.db import migrations

from jiandi.rooms.access import protections


def install(apps, schema_editor):
    protections.install(schema_editor.execute, schema_editor.connection.vendor, protections.columns_of(schema_editor.connection))


def remove(apps, schema_editor):
    protections.remove(schema_editor.execute, schema_editor.connection.vendor)


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
