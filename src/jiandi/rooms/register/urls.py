from django.urls import path

from jiandi.rooms.register import (
    views,
    views_batch,
    views_lotteries,
    views_mapping,
    views_review,
    views_rosters,
)

app_name = "register"
urlpatterns = [
    path("search/", views.search, name="search"),
    path("people/<slug:code>/", views.person, name="person"),
    path("people/<slug:code>/change/", views.ask_change, name="ask_change"),
    path("households/<slug:code>/", views.household, name="household"),
    path("changes/", views.changes, name="changes"),
    path("rosters/", views_rosters.rosters, name="rosters"),
    path("rosters/deliver/", views_rosters.deliver, name="deliver"),
    path("rosters/<int:roster_id>/", views_rosters.roster, name="roster"),
    path("rosters/<int:roster_id>/withdraw/", views_rosters.withdraw, name="withdraw"),
    path("rosters/<int:roster_id>/columns/", views_mapping.columns, name="columns"),
    path("rosters/<int:roster_id>/corrections/", views_rosters.corrections, name="corrections"),
    path("linking/", views_rosters.linking, name="linking"),
    path("review/", views_review.review, name="review"),
    path("review/next/", views_review.take_next, name="take_next"),
    path("review/village/<int:village_id>/", views_batch.batch, name="batch"),
    path("review/lotteries/", views_lotteries.lotteries, name="lotteries"),
    path("review/<int:pair_id>/", views_review.pair, name="pair"),
    path("review/<int:pair_id>/undo/", views_review.undo, name="undo"),
]
