from django.urls import path

from jiandi.rooms.access import views

app_name = "access"
urlpatterns = [
    path("log-in/", views.log_in, name="log_in"),
    path("log-out/", views.log_out, name="log_out"),
]
