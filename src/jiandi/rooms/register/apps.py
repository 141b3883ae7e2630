from django.apps import AppConfig


class RegisterConfig(AppConfig):
    name = "jiandi.rooms.register"
    label = "register"
    default_auto_field = "django.db.models.BigAutoField"
