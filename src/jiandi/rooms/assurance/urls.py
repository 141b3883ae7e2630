from django.urls import path

from jiandi.rooms.assurance import views, views_suspicion, views_sweeps

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
    path("my/<int:task_id>/", views.recheck, name="recheck"),
    path("first/", views_suspicion.suspicions, name="suspicions"),
    path("first/<int:suspicion_id>/pictures/", views_suspicion.pictures, name="suspicion_pictures"),
    path("sweeps/", views_sweeps.sweeps, name="sweeps"),
    path("sweeps/mine/", views_sweeps.my_sweeps, name="my_sweeps"),
    path("sweeps/<int:sweep_id>/", views_sweeps.sweep, name="sweep"),
    path("sweeps/<int:sweep_id>/frame.txt", views_sweeps.frame, name="sweep_frame"),
    path("sweeps/<int:sweep_id>/dice/", views_sweeps.dice, name="sweep_dice"),
    path("sweeps/<int:sweep_id>/<str:name>/", views_sweeps.step, name="sweep_step"),
    path("sweeps/area/<int:area_id>/", views_sweeps.area, name="sweep_area"),
    path("sweeps/area/<int:area_id>/done/", views_sweeps.finish, name="sweep_finish"),
    path("sweeps/found/<int:found_id>/", views_sweeps.found, name="sweep_found"),
    path("sweeps/entry/<int:entry_id>/", views_sweeps.entry, name="sweep_entry"),
    path("own/", views_suspicion.my_indicators, name="my_indicators"),
]
