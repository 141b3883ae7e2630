"""All settings, from the environment only. Nothing here differs between a laptop and a county but these names.

JIANDI_DATA      folder of the database, sealed files and keys (default ./var/jiandi)
JIANDI_DATABASE  postgresql://user:password@host:port/name, or unset for the embedded database in JIANDI_DATA
JIANDI_LANGUAGE  zh or en: the language of people who have not chosen
JIANDI_HOSTS     host names the service answers to, comma separated (default loopback)
JIANDI_DEBUG     1 shows tracebacks in the browser; never on a machine others can reach
JIANDI_FONT      a font file with Chinese characters for PDFs; unset, the usual folders are searched
JIANDI_HTTPS     1 when a proxy speaks HTTPS in front of us: cookies become Secure, HSTS is sent
"""

import contextlib
import os
import secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit


def _flag(name: str) -> bool:
    return os.environ.get(name, "") == "1"


DATA = Path(os.environ.get("JIANDI_DATA", "var/jiandi")).resolve()


def _secret(name: str) -> str:
    """Read a secret kept beside the data, made at first use and readable by this user alone."""
    path = DATA / "keys" / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = path.with_suffix(f".{os.getpid()}")
        made.touch(mode=0o600)
        made.write_text(secrets.token_urlsafe(48), encoding="ascii")
        # `link` refuses to replace: whoever came first wins, and everyone reads the same secret.
        with contextlib.suppress(FileExistsError):
            os.link(made, path)
        made.unlink()
    return path.read_text(encoding="ascii").strip()


FONT = os.environ.get("JIANDI_FONT", "")
SECRET_KEY = os.environ.get("JIANDI_SECRET_KEY") or _secret("django")
DEBUG = _flag("JIANDI_DEBUG")
ALLOWED_HOSTS = os.environ.get("JIANDI_HOSTS", "127.0.0.1,localhost,[::1],testserver").split(",")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "axes",
    "jiandi.rooms.places",
    "jiandi.rooms.access",
    "jiandi.rooms.register",
    "jiandi.rooms.screening",
    "jiandi.rooms.checks",
    "jiandi.rooms.intake",
    "jiandi.rooms.cases",
    "jiandi.rooms.assurance",
    "jiandi.rooms.accountability",
    "jiandi.rooms.bulletins",
    "jiandi.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "jiandi.web.middleware.browser_protections",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "jiandi.web.middleware.readers_language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "jiandi.rooms.access.first_log_in.own_password_first",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "jiandi.web.errors.refusals",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "jiandi.web.urls"
WSGI_APPLICATION = "jiandi.web.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "jiandi.web.context.console",
            ],
            "builtins": ["jiandi.web.templatetags.console", "django.templatetags.static"],
        },
    },
]


def _database() -> dict[str, object]:
    url = os.environ.get("JIANDI_DATABASE")
    if url:
        parts = urlsplit(url)
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.path.lstrip("/"),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": parts.port or "",
            "CONN_MAX_AGE": 60,
        }
    return {
        "ENGINE": "jiandi.web.sqlite",
        "NAME": str(DATA / "jiandi.sqlite3"),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            # FULL: in a power-loss model NORMAL lost acknowledged submissions, FULL lost none.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                "PRAGMA journal_size_limit=67108864; PRAGMA mmap_size=0; PRAGMA cache_size=-65536;"
                "PRAGMA temp_store=MEMORY;"
            ),
        },
        "TEST": {"NAME": str(DATA / "test.sqlite3")},
    }


DATA.mkdir(parents=True, exist_ok=True, mode=0o700)
DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "access.Officer"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "jiandi.rooms.access.backends.OfficerBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "access:log_in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "access:log_in"
# Lock the pair of name and address, so that nobody can lock a colleague out from elsewhere (ASVS 6.1.1).
AXES_FAILURE_LIMIT = 6
AXES_COOLOFF_TIME = 1
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_HANDLER = "axes.handlers.database.AxesDatabaseHandler"
AXES_LOCKOUT_TEMPLATE = "access/locked_out.html"
AXES_VERBOSE = False

SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _flag("JIANDI_HTTPS")
SECURE_HSTS_SECONDS = 31_536_000 if _flag("JIANDI_HTTPS") else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _flag("JIANDI_HTTPS") else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "jiandi.web.errors.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_TEMP_DIR = None

LANGUAGE_CODE = "en" if os.environ.get("JIANDI_LANGUAGE", "zh") == "en" else "zh-hans"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"no_personal_data": {"()": "jiandi.web.middleware.WithoutPersonalData"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["no_personal_data"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"axes": {"level": "ERROR"}, "django.request": {"level": "ERROR"}},
}
