from django.urls import path

from jiandi.rooms.assurance import views

app_name = "assurance"
urlpatterns = [
    path("", views.certificates, name="certificates"),
    path("certificate/<int:certificate_id>/", views.certificate, name="certificate"),
    path("certificate/<int:certificate_id>/qr.svg", views.certificate_qr, name="certificate_qr"),
    path("draw/", views.make_draw, name="make_draw"),
    path("draw/<int:draw_id>/", views.draw, name="draw"),
    path("draw/<int:draw_id>/frame.txt", views.frame, name="frame"),
    path("draw/<int:draw_id>/dice/", views.dice, name="dice"),
    path("draw/<int:draw_id>/<str:name>/", views.step, name="step"),
    path("rerun.py", views.script, name="script"),
    path("my/", views.my_rechecks, name="my_rechecks"),
    path("my/<int:recheck_id>/", views.recheck, name="recheck"),
    path("first/", views.suspicions, name="suspicions"),
    path("own/", views.my_indicators, name="my_indicators"),
]
