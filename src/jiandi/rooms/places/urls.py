from django.urls import path

from jiandi.rooms.places import views

app_name = "places"
urlpatterns = [
    path("", views.tree, name="tree"),
    path("<int:place_id>/", views.place, name="place"),
    path("<int:place_id>/add/", views.add, name="add"),
]
