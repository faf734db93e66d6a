from django.urls import path

from webmail.api.urls import api
from webmail.pages import health

urlpatterns = [path("api/", api.urls), path("healthz", health)]
