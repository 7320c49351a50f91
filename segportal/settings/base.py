"""Settings shared by every environment."""

import csp.constants

from segportal import embedded, queues
from segportal.schedule import SCHEDULE
from segportal.settings.api import REST_FRAMEWORK as REST_FRAMEWORK
from segportal.settings.api import SPECTACULAR_SETTINGS as SPECTACULAR_SETTINGS
from segportal.settings.env import BASE_DIR, DATA_DIR, env, secret_key

SECRET_KEY = secret_key()
DEBUG = False
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])

EMBEDDED_DATABASE = not env.str("DATABASE_URL", default="")
EMBEDDED_BROKER = not env.str("REDIS_URL", default="")

_app_url = embedded.database_url(DATA_DIR, role="app") if EMBEDDED_DATABASE else env.str("DATABASE_URL")
_owner_url = (
    embedded.database_url(DATA_DIR, role="owner")
    if EMBEDDED_DATABASE
    else env.str("DATABASE_OWNER_URL", default=_app_url)
)
DATABASES = {"default": env.db_url_config(_app_url)}
DATABASES["default"].update(CONN_MAX_AGE=60, CONN_HEALTH_CHECKS=True)
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
# The role that owns the tables: used by `migrate` only.
DATABASE_OWNER = env.db_url_config(_owner_url)
DATABASE_ROLES_SEPARATED = DATABASE_OWNER.get("USER") != DATABASES["default"].get("USER")

REDIS_URL = embedded.redis_url(DATA_DIR) if EMBEDDED_BROKER else env.str("REDIS_URL")
BROKER_URL = embedded.broker_url(DATA_DIR) if EMBEDDED_BROKER else env.str("BROKER_URL", default=REDIS_URL)
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "segportal",
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
    }
}

INSTALLED_APPS = [
    "segportal",
    "insights",
    "meetings",
    "stewardship",
    "activation",
    "reviews",
    "training",
    "playbooks",
    "aims",
    "memberships",
    "taxonomy",
    "customers",
    "safeguards",
    "notifications",
    "accounts",
    "ledger",
    "common",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "django_filters",
    "django_htmx",
    "template_partials",
    "tree_queries",
    "simple_history",
    "csp",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "common.web.middleware.Correlation",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "segportal.web.addresses.Slashes",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.web.middleware.SignInRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "segportal.web.trail.Trail",
    "segportal.web.usage.Usage",
    "segportal.web.idempotency.IdempotencyKeys",
    "common.web.middleware.DomainErrors",
]

ROOT_URLCONF = "segportal.urls"
WSGI_APPLICATION = "segportal.wsgi.application"
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
                "segportal.navigation.navigation",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "accounts.adapter.ClosedSignup"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key"}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)

SESSION_COOKIE_AGE = env.int("SESSION_HOURS", default=12) * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "segportal.web.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [csp.constants.SELF],
        "script-src": [csp.constants.SELF],
        "style-src": [csp.constants.SELF],
        "img-src": [csp.constants.SELF, "data:"],
        "object-src": [csp.constants.NONE],
        "base-uri": [csp.constants.NONE],
        "form-action": [csp.constants.SELF],
        "frame-ancestors": [csp.constants.NONE],
    }
}

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "uploads"},
    },
    "staticfiles": {"BACKEND": "segportal.web.assets.HashedAssets"},
}
MEDIA_ROOT = DATA_DIR / "uploads"
SEGPORTAL_MAX_UPLOAD_MB = env.int("SEGPORTAL_MAX_UPLOAD_MB", default=200)
SEGPORTAL_UPLOAD_DAYS = env.int("SEGPORTAL_UPLOAD_DAYS", default=7)
SEGPORTAL_QUARANTINE_DAYS = env.int("SEGPORTAL_QUARANTINE_DAYS", default=90)
# Who evaluates the rules: polars (this machine), shards (several processes or machines), spark (a Spark cluster).
SEGPORTAL_ENGINE = env.str("SEGPORTAL_ENGINE", default="polars")
SEGPORTAL_SHARDS = env.int("SEGPORTAL_SHARDS", default=0)  # 0: by the number of rows
# Where the results of shards, and copies of builds for other machines, are kept: a folder or any URL of fsspec.
SEGPORTAL_STORE = env.str("SEGPORTAL_STORE", default="")
SEGPORTAL_SPARK_MASTER = env.str("SEGPORTAL_SPARK_MASTER", default="local[*]")
SEGPORTAL_DELTAS_LOOSE_DAYS = env.int("SEGPORTAL_DELTAS_LOOSE_DAYS", default=7)
SEGPORTAL_RUN_DAYS = env.int("SEGPORTAL_RUN_DAYS", default=90)
# Events are kept for this many whole months; each write key may send this many calls a minute to each web process.
SEGPORTAL_EVENT_MONTHS = env.int("SEGPORTAL_EVENT_MONTHS", default=13)
SEGPORTAL_INGEST_CALLS = env.int("SEGPORTAL_INGEST_CALLS", default=60_000)
SEGPORTAL_EXPORT_DAYS = env.int("SEGPORTAL_EXPORT_DAYS", default=7)
# The folder or object store (any URL of fsspec) that builds and memberships are written to and imports read from.
SEGPORTAL_LAKE_URL = env.str("SEGPORTAL_LAKE_URL", default="")
SEGPORTAL_METRICS_OPEN = env.bool("SEGPORTAL_METRICS_OPEN", default=False)
# The rows of so many micro-batches are kept, so that each can be repeated.
SEGPORTAL_BATCHES_KEPT = env.int("SEGPORTAL_BATCHES_KEPT", default=1000)
SEGPORTAL_BUILDS_KEPT = env.int("SEGPORTAL_BUILDS_KEPT", default=20)
# How long the next function waits for an acknowledgement, and from which part of a segment on a movement is told.
SEGPORTAL_NOTICE_PATIENCE_MINUTES = env.int("SEGPORTAL_NOTICE_PATIENCE_MINUTES", default=60)
SEGPORTAL_LARGE_MOVE_PERCENT = env.int("SEGPORTAL_LARGE_MOVE_PERCENT", default=20)
# Where signed heads of the ledger go, besides the portal's tables; the key that signs them has 64 hexadecimal digits.
SEGPORTAL_HEADS_FILE = env.str("SEGPORTAL_HEADS_FILE", default=str(DATA_DIR / "heads" / "ledger-heads.jsonl"))
SEGPORTAL_HEADS_MAIL = env.list("SEGPORTAL_HEADS_MAIL", default=[])
SEGPORTAL_HEADS_URL = env.str("SEGPORTAL_HEADS_URL", default="")
SEGPORTAL_LEDGER_KEY = env.str("SEGPORTAL_LEDGER_KEY", default="")
SEGPORTAL_LEDGER_KEY_FILE = str(DATA_DIR / "ledger-key")
# Mail: without EMAIL_URL (smtp+tls://user:password@host:587) every mail becomes a file in the data directory.
_MAIL = env.email_url_config(env.str("EMAIL_URL")) if env.str("EMAIL_URL", default="") else {}
EMAIL_BACKEND = _MAIL.get("EMAIL_BACKEND", "django.core.mail.backends.filebased.EmailBackend")
EMAIL_FILE_PATH = str(DATA_DIR / "mail")
EMAIL_HOST = _MAIL.get("EMAIL_HOST") or "localhost"
EMAIL_PORT = _MAIL.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = _MAIL.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = _MAIL.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = bool(_MAIL.get("EMAIL_USE_TLS"))
EMAIL_USE_SSL = bool(_MAIL.get("EMAIL_USE_SSL"))
EMAIL_TIMEOUT = 20
# Whether mails reach people: links of people from outside go by mail alone.
SEGPORTAL_MAIL_READY = bool(_MAIL)
DEFAULT_FROM_EMAIL = env.str("SEGPORTAL_MAIL_FROM", default="Segportal <segportal@localhost>")
# The address of the portal as people reach it, for links in mails and rooms.
SEGPORTAL_URL = env.str("SEGPORTAL_URL", default="http://127.0.0.1:8000")
# For trials only: webhooks lead to this machine, and nowhere else.
SEGPORTAL_WEBHOOK_LOOPBACK = env.bool("SEGPORTAL_WEBHOOK_LOOPBACK", default=False)
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

CELERY_BROKER_URL = BROKER_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TIMEZONE = "UTC"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_connect_timeout": 2,
    "socket_timeout": 30,
    "max_retries": 1,
    "interval_start": 0,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_DEFAULT_QUEUE = queues.DEFAULT
CELERY_TASK_QUEUES = queues.QUEUES
CELERY_TASK_ROUTES = queues.ROUTES
CELERY_BEAT_SCHEDULER = "segportal.presence:Scheduler"
CELERY_BEAT_SCHEDULE = SCHEDULE
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
EVENT_ROUTES = "segportal.event_routes.ROUTES"
WIRING = "segportal.wiring"

SILENCED_SYSTEM_CHECKS: list[str] = []
from segportal.logging import configure as _configure_logging  # noqa: E402

LOGGING = _configure_logging(level=env.str("LOG_LEVEL", default="INFO"), json=env.bool("LOG_JSON", default=False))
