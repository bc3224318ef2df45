"""One settings file for the demo, the tests and production; the environment says what differs.

docs/deployment.md lists every variable. Nothing is started here: see embedded/.
"""

import os
from datetime import timedelta
from pathlib import Path

import dj_database_url
import django_stubs_ext
from csp.constants import NONE, SELF

from healthhub import embedded
from healthhub.env import env_bool, env_int, env_list, env_str, secret_key

django_stubs_ext.monkeypatch()
BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env_str("HEALTHHUB_DATA") or BASE_DIR / ".data")

PORT = env_int("PORT", 8851)
DEBUG = env_bool("DEBUG")
HTTPS = env_bool("HTTPS")
SECRET_KEY = secret_key(DATA_DIR)
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
# The origins whose pages may open a socket with the session cookie: scheme, host and port must all match.
ALLOWED_ORIGINS = env_list("ALLOWED_ORIGINS", f"http://localhost:{PORT},http://127.0.0.1:{PORT}")
CSRF_TRUSTED_ORIGINS = ALLOWED_ORIGINS

INSTALLED_APPS = [
    "django.contrib.auth",
    "healthhub",
    "procrastinate.contrib.django",
    "accounts",
    "notifications",
    "appointments",
    "prescriptions",
    "labs",
    "rest_framework",
    "rest_framework_simplejwt.token_blacklist",
    "channels",
    "csp",
    "django.contrib.admin",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "accounts.laboratory_gate.LaboratoryGate",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "healthhub.urls"
ASGI_APPLICATION = "healthhub.asgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "healthhub.context_processors.shell",
            ],
            "builtins": ["django.templatetags.static"],
        },
    }
]

# --- data -------------------------------------------------------------------------------------------
DATABASES = {"default": dj_database_url.parse(embedded.database_url())}
DATABASES["default"]["OPTIONS"] = {
    **DATABASES["default"].get("OPTIONS", {}),
    "pool": {
        "min_size": 1,
        "max_size": env_int("DATABASE_POOL", 20),
        "timeout": 10,
        "reconnect_timeout": 5,  # then whoever asks next begins anew: a pool's own attempts are soon minutes apart
    },
}
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True  # or each connection from before a restart costs an error
if test_database := env_str("HEALTHHUB_TEST_DATABASE"):
    DATABASES["default"]["NAME"] = test_database  # a server process that the tests start beside them
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = embedded.redis_url()
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "notifications.layers.SpecNamedPubSubLayer",
        "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": 20, "socket_connect_timeout": 2}]},
    }
}

# --- people -----------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "accounts:login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600
SESSION_COOKIE_AGE = 12 * 3600  # one shift; nobody signs in twice on the same morning
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env_bool("BEHIND_PROXY") else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
EMAIL_BACKEND = env_str("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
EMAIL_HOST = env_str("EMAIL_HOST", "localhost")
EMAIL_PORT = env_int("EMAIL_PORT", 25)
EMAIL_TIMEOUT = env_int("EMAIL_TIMEOUT", 10)  # seconds; without one, a mail server that hangs holds its job for ever
DEFAULT_FROM_EMAIL = env_str("DEFAULT_FROM_EMAIL", "HealthHub <no-reply@example.com>")

# --- API --------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework_simplejwt.authentication.JWTAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["healthhub.api_parsers.StrictJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "healthhub.api_pagination.ResultPages",
    "PAGE_SIZE": 50,
    "EXCEPTION_HANDLER": "healthhub.api_errors.exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "DEFAULT_THROTTLE_RATES": {"sign-in": env_str("SIGN_IN_RATE", "30/min")},  # an address, a process
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=15),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=1),
    "ROTATE_REFRESH_TOKENS": True,
    "BLACKLIST_AFTER_ROTATION": True,
    "SIGNING_KEY": env_str("JWT_SIGNING_KEY") or SECRET_KEY,
    "AUDIENCE": "healthhub",
    "ISSUER": "healthhub",
    "LEEWAY": 5,
    "CHECK_REVOKE_TOKEN": True,
}

# --- live notification ------------------------------------------------------------------------------
NOTIFICATIONS_HEARTBEAT_SECONDS = env_int("NOTIFICATIONS_HEARTBEAT_SECONDS", 25)
NOTIFICATIONS_PING_SECONDS = env_int("NOTIFICATIONS_PING_SECONDS", 20)  # a silent client is asked whether it is there
NOTIFICATIONS_PONG_SECONDS = env_int("NOTIFICATIONS_PONG_SECONDS", 30)  # and dropped when it has not answered
NOTIFICATIONS_MAX_FRAME_BYTES = 8 * 1024
NOTIFICATIONS_MAX_UNSENT_BYTES = 1024 * 1024  # waiting for one client, beyond what the network has taken
NOTIFICATIONS_MAX_FRAMES_PER_MINUTE = 120
NOTIFICATIONS_MAX_SOCKETS_PER_USER = 20  # in one process
NOTIFICATIONS_RETENTION_DAYS = env_int("NOTIFICATIONS_RETENTION_DAYS", 90)  # how far back a client is brought
NOTIFICATIONS_RELAY_AFTER_SECONDS = 2  # committed and not published for so long: the relay takes it up
ESCALATION_MINUTE_SECONDS = env_int("ESCALATION_MINUTE_SECONDS", 60)  # shorter, to watch the ladder in a demo
NOTIFICATIONS_OUTBOX = False  # tests switch it on: what was sent is then a list, and Redis is not asked

# --- lab results ------------------------------------------------------------------------------------
RESULT_HOLD_MAX_DAYS = env_int("RESULT_HOLD_MAX_DAYS", 14)  # for so long at most one decision keeps a result back

# --- words, time, files -----------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
USE_TZ = True
TIME_ZONE = env_str("CLINIC_TIME_ZONE", "UTC")  # pages show and read the clinic's time; the API speaks UTC
CLINIC_NAME = env_str("CLINIC_NAME", "Harbour Street Clinic")
CLINIC_PHONE = env_str("CLINIC_PHONE", "555 0142")
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "healthhub.static_storage.ModuleManifestStorage"
        if env_bool("COLLECTED_STATIC")
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not env_bool("COLLECTED_STATIC")
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "healthhub.log_lines.WithoutSecrets",
            "fmt": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "filters": {
        "layer": {"()": "notifications.log_filters.OutageFilter"},
        "database": {"()": "healthhub.outage.DatabaseAwayFilter"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["database"]}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "INFO").upper()},
    "loggers": {
        "channels_redis.pubsub": {"filters": ["layer"]},
        "daphne": {"level": "WARNING"},
        "procrastinate": {"level": "WARNING"},
        "django.channels.server": {"level": "WARNING"},
    },
}
