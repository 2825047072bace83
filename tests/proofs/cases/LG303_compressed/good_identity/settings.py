"""The settings, whose middleware compresses."""

SECRET_KEY = "of a proof"
ROOT_URLCONF = "app"
ALLOWED_HOSTS = ["*"]
MIDDLEWARE = ["django.middleware.gzip.GZipMiddleware"]
