"""Security headers: the same for what Django answers and for what is served as a file.

Once the service worker answers navigations from its cache, the policy in force is the one the *file* was served with.
"""

from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest, HttpResponseBase

APP_CSP = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "frame-src 'self' blob:",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types app dompurify svelte-trusted-html",
    )
)
# The mail frame: inline styles yes, scripts and network never. A srcdoc frame would inherit the app's policy instead.
FRAME_CSP = "; ".join(
    (
        "default-src 'none'",
        "img-src data: blob:",
        "style-src 'unsafe-inline'",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'self'",
    )
)
PART_CSP = "sandbox; default-src 'none'; frame-ancestors 'none'"

COMMON = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-DNS-Prefetch-Control": "off",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
}
NO_STORE = "no-store, private"


def file_headers(path: str) -> dict[str, str]:
    """For a file of the front end, by its URL path."""
    return {**COMMON, "Content-Security-Policy": FRAME_CSP if path == "/frame.html" else APP_CSP}


class SecurityHeaders:
    """Adds what a response does not say itself. Nothing that Django answers may be cached."""

    sync_capable = async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]) -> None:
        self._get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        response = self._get_response(request)
        if isinstance(response, HttpResponseBase):
            return _with_headers(response)
        return self._later(response)

    async def _later(self, response: Awaitable[HttpResponseBase]) -> HttpResponseBase:
        return _with_headers(await response)


def _with_headers(response: HttpResponseBase) -> HttpResponseBase:
    for name, value in {**COMMON, "Content-Security-Policy": APP_CSP, "Cache-Control": NO_STORE}.items():
        response.headers.setdefault(name, value)
    return response
