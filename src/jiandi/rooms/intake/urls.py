from django.urls import path, register_converter

from jiandi.rooms.intake import views, views_public


class StepConverter:
    """The steps of a report's page."""

    regex = "ask|answer|close|same"

    def to_python(self, value: str) -> str:
        """Read a step from an address."""
        return value

    def to_url(self, value: str) -> str:
        """Write a step into an address."""
        return value


register_converter(StepConverter, "report_step")

app_name = "intake"
urlpatterns = [
    path("", views_public.tell, name="tell"),
    path("receipt/", views_public.receipt, name="receipt"),
    path("list/", views.reports, name="reports"),
    path("take/", views.take, name="take"),
    path("news/", views.feeds, name="feeds"),
    path("news/<int:item_id>/", views.item, name="item"),
    path("news/feeds/<int:feed_id>/", views.read_files, name="read_files"),
    path("<int:report_id>/", views.report, name="report"),
    path("<int:report_id>/<report_step:verb>/", views.step, name="step"),
]
