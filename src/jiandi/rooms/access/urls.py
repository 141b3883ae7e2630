from django.urls import path

from jiandi.rooms.access import views, views_glass, views_log, views_officers

app_name = "access"
urlpatterns = [
    path("log-in/", views.log_in, name="log_in"),
    path("log-out/", views.log_out, name="log_out"),
    path("password/", views.password, name="password"),
    path("notices/", views.notices, name="notices"),
    path("ties/", views.ties, name="ties"),
    path("log/", views_log.log, name="log"),
    path("log/export/", views_log.export, name="export_log"),
    path("log/checkpoints/", views_log.checkpoints, name="checkpoints"),
    path("log/checkpoints/<int:size>.svg", views_log.checkpoint_qr, name="checkpoint_qr"),
    path("log/checkpoints/<int:size>.txt", views_log.checkpoint_text, name="checkpoint_text"),
    path("log/<int:event_id>/", views_log.event, name="event"),
    path("officers/", views_officers.officers, name="officers"),
    path("officers/new/", views_officers.new_officer, name="new_officer"),
    path("officers/import/", views_officers.import_list, name="import_officers"),
    path("officers/units/", views_officers.units, name="units"),
    path("officers/<str:username>/", views_officers.officer, name="officer"),
    path("officers/<str:username>/grant/", views_officers.grant_role, name="grant_role"),
    path(
        "officers/<str:username>/grant/<int:grant_id>/revoke/", views_officers.revoke_role, name="revoke_role"
    ),
    path("officers/<str:username>/password/", views_officers.one_time_password, name="one_time_password"),
    path("officers/<str:username>/hand-over/", views_officers.hand_over, name="hand_over"),
    path("glass/", views_glass.glass, name="glass"),
    path("glass/<int:glass_id>/decide/", views_glass.decide_glass, name="decide_glass"),
    path("glass/<int:glass_id>/review/", views_glass.review_glass, name="review_glass"),
    path("walls/", views_glass.walls, name="walls"),
    path("walls/<int:entry_id>/remove/", views_glass.remove_wall_entry, name="remove_wall_entry"),
]
