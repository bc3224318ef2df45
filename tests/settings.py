"""The product's settings, on servers and a data folder of the tests' own."""

import os
from pathlib import Path

# Each process of a parallel run has servers of its own: two runs on one Redis would hear each other.
PROCESS = os.environ.get("PYTEST_XDIST_WORKER", "")
DATA = Path(__file__).resolve().parent.parent / ".data" / f"test{PROCESS}"
os.environ["HEALTHHUB_DATA"] = os.environ.get("HEALTHHUB_TEST_DATA", str(DATA))
os.environ["HEALTHHUB_TEST_SERVERS"] = "1"
os.environ.setdefault("PORT", "8899")

from healthhub.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick; nothing here is a secret
EMAIL_BACKEND = os.environ.get("EMAIL_BACKEND", "django.core.mail.backends.locmem.EmailBackend")
# Each test client walks through all static files when it begins; a server that the tests start does it once, as ever.
WHITENOISE_AUTOREFRESH = "HEALTHHUB_TEST_DATABASE" not in os.environ
