from django.urls import path

from jiandi.rooms.register import (
    views,
    views_entitlements,
    views_family,
    views_life,
    views_mapping,
    views_review,
    views_rosters,
    views_statement,
    views_transfer,
)

app_name = "register"
urlpatterns = [
    path("search/", views.search, name="search"),
    path("people/<slug:code>/", views.person, name="person"),
    path("people/<slug:code>/change/", views.ask_change, name="ask_change"),
    path("people/<slug:code>/family/", views_family.person_family, name="family"),
    path("people/<slug:code>/guardians/", views_family.enter_guardianship, name="enter_guardianship"),
    path(
        "people/<slug:code>/guardians/<int:entry_id>/", views_family.end_guardianship, name="end_guardianship"
    ),
    path("people/<slug:code>/life/", views_life.person_life, name="person_life"),
    path("people/<slug:code>/life/<int:event_id>/", views_life.undo_life_event, name="undo_life_event"),
    path("guardians/", views_family.guardian_doubts, name="guardian_doubts"),
    path("life/", views_life.life_events, name="life_events"),
    path("households/<slug:code>/", views.household, name="household"),
    path("changes/", views.changes, name="changes"),
    path("rosters/", views_rosters.rosters, name="rosters"),
    path("rosters/deliver/", views_rosters.deliver, name="deliver"),
    path("rosters/<int:roster_id>/", views_rosters.roster, name="roster"),
    path("rosters/<int:roster_id>/withdraw/", views_rosters.withdraw, name="withdraw"),
    path("rosters/<int:roster_id>/columns/", views_mapping.columns, name="columns"),
    path("rosters/<int:roster_id>/corrections/", views_rosters.corrections, name="corrections"),
    path("statement/", views_statement.statement, name="statement"),
    path("statement/export/", views_statement.statement_export, name="statement_export"),
    path("statement/count/", views_statement.count_lists, name="count_lists"),
    path("entitlements/", views_entitlements.entitlements, name="entitlements"),
    path("entitlements/export/", views_entitlements.entitlements_export, name="entitlements_export"),
    path("entitlements/<int:question_id>/", views_entitlements.answer_entitlement, name="answer_entitlement"),
    path("transfers/", views_transfer.transfers, name="transfers"),
    path("transfers/card/", views_transfer.own_card, name="own_card"),
    path("transfers/trust/", views_transfer.trust_peer, name="trust_peer"),
    path("transfers/trust/<int:peer_id>/revoke/", views_transfer.revoke_peer, name="revoke_peer"),
    path("transfers/offer/", views_transfer.offer_transfer, name="offer_transfer"),
    path("transfers/accept/", views_transfer.accept_transfer, name="accept_transfer"),
    path("transfers/receipt/", views_transfer.confirm_transfer, name="confirm_transfer"),
    path("linking/", views_rosters.linking, name="linking"),
    path("review/", views_review.review, name="review"),
    path("review/<int:pair_id>/", views_review.pair, name="pair"),
    path("review/<int:pair_id>/undo/", views_review.undo, name="undo"),
]
