from django.urls import path

from jiandi.rooms.accountability import views

app_name = "accountability"
urlpatterns = [
    path("units/", views.units, name="units"),
    path("units/ledger/", views.faults_ledger, name="faults_ledger"),
    path("units/<int:unit_id>/", views.unit, name="unit"),
    path("faults/<int:fault_id>/", views.fault, name="fault"),
    path("faults/<int:fault_id>/<str:step>/", views.move, name="move"),
    path("orders/", views.orders, name="orders"),
    path("orders/ledger/", views.orders_ledger, name="orders_ledger"),
    path("orders/new/", views.issue, name="issue"),
    path("orders/<int:order_id>/", views.order, name="order"),
    path("commitments/", views.promises, name="commitments"),
    path("commitments/ledger/", views.promises_ledger, name="commitments_ledger"),
    path("commitments/<str:number>/", views.promise, name="commitment"),
]
