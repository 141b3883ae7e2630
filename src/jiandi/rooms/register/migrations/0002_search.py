"""The search index: pairs of characters, sounds and areas as tokens; FTS5 in SQLite, a GIN index in PostgreSQL."""

from django.db import migrations

SQLITE = """CREATE VIRTUAL TABLE register_search USING fts5(tokens, content='', contentless_delete=1, detail=none,
    prefix='3', tokenize="unicode61 remove_diacritics 0 categories 'L* N* Co So Sk Cn Mn Mc'")"""
POSTGRES = (
    "CREATE TABLE register_search (person_id bigint PRIMARY KEY, tokens text[] NOT NULL)",
    "CREATE INDEX register_search_tokens ON register_search USING gin (tokens)",
)


def make(apps, schema_editor):
    statements = POSTGRES if schema_editor.connection.vendor == "postgresql" else (SQLITE,)
    for statement in statements:
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    schema_editor.execute("DROP TABLE register_search")


class Migration(migrations.Migration):
    dependencies = [("register", "0001_initial")]
    operations = [migrations.RunPython(make, drop)]
