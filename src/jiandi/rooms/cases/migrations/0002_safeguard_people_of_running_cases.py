"""People of cases that run today are safeguarded in the register, under the number the case names and the one they have now."""

from django.db import migrations


def safeguard(apps, schema_editor):
    subjects = apps.get_model('cases', 'Subject').objects.exclude(case__state='settled')
    people, made = apps.get_model('register', 'Person').objects, apps.get_model('register', 'Safeguard').objects
    wanted = {}
    for person, case, opened_at in subjects.order_by('pk').values_list('person', 'case', 'case__opened_at'):
        passed = set()
        while person is not None and person not in passed:
            passed.add(person)
            wanted.setdefault((person, case), opened_at)
            person = people.filter(pk=person).values_list('superseded_by', flat=True).first()
    for (person, case), opened_at in wanted.items():
        made.create(person_id=person, reason='case', ground=case, since=opened_at)


def let_go(apps, schema_editor):
    apps.get_model('register', 'Safeguard').objects.filter(reason='case').delete()


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0001_initial'),
        ('register', '0014_safeguards'),
    ]

    operations = [migrations.RunPython(safeguard, let_go)]
