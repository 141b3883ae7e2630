from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "jiandi.web"
    label = "web"
