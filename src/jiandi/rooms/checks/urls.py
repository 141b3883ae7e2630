from django.urls import path

from jiandi.rooms.checks import views

app_name = "checks"
urlpatterns = [
    path("", views.alerts, name="alerts"),
    path("export/", views.export, name="export"),
    path("rules/", views.rules_page, name="rules"),
    path("<int:alert_id>/", views.alert, name="alert"),
    path("<int:alert_id>/explain/", views.explain, name="explain"),
    path("<int:alert_id>/second/", views.second, name="second"),
    path("<int:alert_id>/visit/", views.visit, name="visit"),
    path("<int:alert_id>/<str:name>/", views.step, name="step"),
]
