"""One browser of one person: its cookies, its CSRF token, and the API in short words."""

from typing import Any

from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from django.test import AsyncClient, Client

HEADERS = {
    "X-Praxispost-Api": "1",
    "Origin": "https://testserver",
    "Sec-Fetch-Site": "same-origin",
    "User-Agent": "Firefox",
}
PASSWORD = "Sonnenblume-7731"


def code_of(answer: Any) -> tuple[int, str]:
    """What a refusal says."""
    return answer.status_code, answer.json()["code"]


def communicator(application: Any, scope: dict[str, Any]) -> Any:
    """asgiref's end of an ASGI connection, which has no types."""
    return ApplicationCommunicator(application, scope)  # type: ignore[no-untyped-call]


class Person:
    """`post` sends the CSRF token of the last session answer, as the front end does."""

    def __init__(self, user: str, port: int, *, device_name: str = "Empfang 1") -> None:
        self.user, self.port, self.device_name = user, port, device_name
        self.address = f"{user}@praxis.example"
        self.client = Client(enforce_csrf_checks=True, headers=HEADERS)
        self.csrf = ""
        self.get_session()

    # Plain HTTP

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(path, query or None, secure=True)

    def post(self, path: str, body: Any = None, *, csrf: str | None = None, **headers: str) -> Any:
        """Header names with underscores: `Sec_Fetch_Site="cross-site"`."""
        sent = {"X-CSRFToken": self.csrf if csrf is None else csrf}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.client.post(
            path, {} if body is None else body, content_type="application/json", secure=True, headers=sent
        )
        if answer.headers.get("Content-Type", "").startswith("application/json"):
            self.csrf = answer.json().get("csrf", self.csrf)
        return answer

    def put(self, path: str, body: Any = None, *, raw: bytes | None = None) -> Any:
        """JSON, or bytes as they are."""
        kind = "application/json" if raw is None else "application/octet-stream"
        content = body if raw is None else raw
        return self.client.put(path, content, content_type=kind, secure=True, headers={"X-CSRFToken": self.csrf})

    def delete(self, path: str) -> Any:
        return self.client.delete(path, secure=True, headers={"X-CSRFToken": self.csrf})

    # The session

    def get_session(self) -> Any:
        session = self.get("/api/session").json()
        self.csrf = session["csrf"]
        return session

    def form(self, **fields: Any) -> dict[str, Any]:
        return {
            "address": self.address,
            "imap_user": self.user,
            "secret": PASSWORD,
            "preset": "other",
            "host": "127.0.0.1",
            "port": self.port,
            "security": "plain",
            "device_name": self.device_name,
            **fields,
        }

    def try_sign_in(self, **fields: Any) -> Any:
        return self.post("/api/sign-in", self.form(**fields))

    def sign_in(self, **fields: Any) -> "Person":
        answer = self.try_sign_in(**fields)
        assert answer.status_code == 200, answer.content
        return self

    @property
    def account_id(self) -> str:
        return str(self.get_session()["account"]["id"])

    @property
    def cookie(self) -> str:
        """The session cookie's value."""
        return self.client.cookies[settings.SESSION_COOKIE_NAME].value

    # The mirror

    def snapshot(self) -> Any:
        return self.get("/api/snapshot").json()

    def folder(self, path: str = "INBOX") -> Any:
        return next(row for row in self.snapshot()["folders"] if row["path"] == path)

    def page(self, path: str = "INBOX", **query: Any) -> Any:
        return self.get(f"/api/folders/{self.folder(path)['id']}/messages", **query).json()

    def changes(self, cursor: Any, *windows: Any) -> Any:
        """`cursor`: anything with `epoch` and `seq`."""
        body = {"epoch": cursor["epoch"], "since": cursor["seq"], "windows": list(windows)}
        return self.post("/api/changes", body).json()

    def act(self, *actions: Any) -> Any:
        return self.post("/api/actions", {"actions": list(actions)}).json()

    # Where an answer streams, the event loop must be one and the same throughout.

    async def aget(self, path: str) -> Any:
        return await self._asynchronous().get(path, secure=True, headers=HEADERS)

    async def apost(self, path: str, body: Any) -> Any:
        headers = {**HEADERS, "X-CSRFToken": self.csrf}
        return await self._asynchronous().post(
            path, body, content_type="application/json", secure=True, headers=headers
        )

    def _asynchronous(self) -> AsyncClient:
        client = AsyncClient(enforce_csrf_checks=True)
        client.cookies = self.client.cookies
        return client
