"""Every address of the console. Each room keeps its own list."""

from django.urls import include, path

from jiandi.web import views, wiring

wiring.wire()

urlpatterns = [
    path("", views.home, name="home"),
    path("favicon.ico", views.favicon),
    path("language/<str:language>/", views.choose_language, name="choose_language"),
    path("help/", views.help_page, name="help"),
    path("", include("jiandi.rooms.access.urls")),
    path("places/", include("jiandi.rooms.places.urls")),
    path("register/", include("jiandi.rooms.register.urls")),
    path("screening/", include("jiandi.rooms.screening.urls")),
    path("checks/", include("jiandi.rooms.checks.urls")),
    path("report/", include("jiandi.rooms.intake.urls")),
    path("cases/", include("jiandi.rooms.cases.urls")),
    path("assurance/", include("jiandi.rooms.assurance.urls")),
    path("accountability/", include("jiandi.rooms.accountability.urls")),
    path("bulletins/", include("jiandi.rooms.bulletins.urls")),
]

handler404 = "jiandi.web.errors.not_found"
handler403 = "jiandi.web.errors.forbidden"
handler500 = "jiandi.web.errors.broken"
