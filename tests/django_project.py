"""Django as a project sets it up before its modules are imported: once for all tests of a process."""

from __future__ import annotations

import django
from django.conf import settings

if not settings.configured:
    settings.configure(INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes"])
    django.setup()
