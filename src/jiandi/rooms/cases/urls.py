from django.urls import path, register_converter

from jiandi.rooms.cases import views, views_first, views_outcomes, views_referrals


class _Step:
    """One of the listed words; anything else is a page that does not exist."""

    regex = "[a-z]+"
    words: frozenset[str] = frozenset()

    def to_python(self, value: str) -> str:
        if value not in self.words:
            raise ValueError(value)
        return value

    def to_url(self, value: str) -> str:
        return value


class _CaseStep(_Step):
    words = views.STEPS


class _ReferralMove(_Step):
    words = views_referrals.MOVES


register_converter(_CaseStep, "case_step")
register_converter(_ReferralMove, "referral_move")

app_name = "cases"
urlpatterns = [
    path("", views.cases, name="cases"),
    path("ledger/", views.ledger, name="ledger"),
    path("open/alert/<int:alert_id>/", views.open_from_alert, name="open_from_alert"),
    path("open/alert/<int:alert_id>/refer/", views_first.refer_first, name="refer_first"),
    path("open/report/<int:report_id>/", views.open_from_report, name="open_from_report"),
    path("inbox/", views_referrals.inbox, name="inbox"),
    path("inbox/ledger/", views_referrals.inbox_ledger, name="inbox_ledger"),
    path("referrals/<int:referral_id>/", views_referrals.referral, name="referral"),
    path("referrals/<int:referral_id>/<referral_move:step>/", views_referrals.move, name="move"),
    path("verify/", views_outcomes.to_verify, name="to_verify"),
    path("verify/<int:case_id>/", views_outcomes.verify, name="verify"),
    path("look-backs/", views_outcomes.look_backs, name="look_backs"),
    path("look-backs/<int:look_id>/", views_outcomes.look_back, name="look_back"),
    path("<int:case_id>/", views.case, name="case"),
    path("<int:case_id>/plan/", views.plan, name="plan"),
    path("<int:case_id>/refer/", views_referrals.refer, name="refer"),
    path("<int:case_id>/file/", views_outcomes.person_file, name="person_file"),
    path("<int:case_id>/file/<int:subject_id>/", views_outcomes.extract, name="extract"),
    path("<int:case_id>/supervision/", views_outcomes.supervise, name="supervise"),
    path("<int:case_id>/<case_step:step>/", views.take_step, name="step"),
]
