from django.urls import path

from jiandi.rooms.bulletins import views

app_name = "bulletins"
urlpatterns = [
    path("", views.bulletins, name="bulletins"),
    path("draft/", views.draft, name="draft"),
    path("public/", views.public_list, name="public_list"),
    path("public/feed.xml", views.feed, name="feed"),
    path("public/<slug:slug>/", views.public_page, name="public_page"),
    path("public/<slug:slug>.md", views.public_markdown, name="public_markdown"),
    path("<slug:slug>/", views.bulletin, name="bulletin"),
    path("<slug:slug>/check/", views.check, name="check"),
    path("<slug:slug>/publish/", views.publish, name="publish"),
    path("<slug:slug>/correct/<int:claim_id>/", views.correct, name="correct"),
]
