"""Tokens become a county's own, sounds are found as far as they are typed, telephones get an index; everybody is entered again."""

from django.db import migrations, models

from jiandi.rooms.register import searching

SQLITE = """CREATE VIRTUAL TABLE register_search USING fts5(tokens, content='', contentless_delete=1, detail=none,
    tokenize="unicode61 remove_diacritics 0 categories 'L* N* Co So Sk Cn Mn Mc'")"""
POSTGRES = "CREATE TABLE register_search (person_id bigint PRIMARY KEY, tokens integer[] NOT NULL)"
POSTGRES_INDEX = "CREATE INDEX register_search_tokens ON register_search USING gin (tokens)"


def make_again(apps, schema_editor):
    is_postgres = schema_editor.connection.vendor == "postgresql"
    schema_editor.execute("DROP TABLE register_search")
    schema_editor.execute(POSTGRES if is_postgres else SQLITE)
    standing = apps.get_model("register", "Person").objects.filter(superseded_by__isnull=True)
    rows = standing.order_by("pk").values_list("pk", "name", "address", "village_id", "town_id", "county_id")
    searching.put((pk, searching.borne(*line)) for pk, *line in rows.iterator(20_000))
    if is_postgres:  # afterwards: several times as fast for many people
        schema_editor.execute(POSTGRES_INDEX)


class Migration(migrations.Migration):
    dependencies = [("register", "0012_link_lotteries")]
    operations = [
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["phone"], name="register_person_phone"),
        ),
        migrations.RunPython(make_again),
    ]
