from django.urls import path

from jiandi.rooms.screening import views, views_rounds

app_name = "screening"
urlpatterns = [
    path("mine/", views.my_tasks, name="my_tasks"),
    path("tasks/<slug:code>/", views.task, name="task"),
    path("services/", views.quiet, name="quiet"),
    path("rounds/", views_rounds.campaigns, name="campaigns"),
    path("rounds/open/", views_rounds.open_campaign, name="open_campaign"),
    path("rounds/<int:campaign_id>/", views_rounds.campaign, name="campaign"),
    path("rounds/<int:campaign_id>/plan/", views_rounds.plan, name="plan"),
    path("rounds/<int:campaign_id>/villages/<int:village_id>/", views_rounds.village, name="village"),
    path("rounds/<int:campaign_id>/villages/<int:village_id>/unseen/", views_rounds.unseen, name="unseen"),
    path(
        "rounds/<int:campaign_id>/villages/<int:village_id>/paper/",
        views_rounds.print_list,
        name="print_list",
    ),
    path("people/<int:expected_id>/excuse/", views_rounds.excuse, name="excuse"),
    path("waiting/", views_rounds.quarantine, name="quarantine"),
    path("visits/<int:visit_id>/", views_rounds.visit, name="visit"),
    path("visits/<int:visit_id>/photos/<int:number>/", views_rounds.photo, name="photo"),
    path("visits/<int:visit_id>/decide/", views_rounds.decide, name="decide"),
]
