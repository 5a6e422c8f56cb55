"""Keep strangers out: keys, session tokens, origins, rates, and the headers browsers obey."""

from __future__ import annotations

import hmac
import math
import secrets
import time
from collections.abc import Sequence
from urllib.parse import urlsplit

from itsdangerous import BadSignature, TimestampSigner
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.requests import Request

from service.problems import Problem

_BASE = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
}

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
"""On every response; the content security policy comes beside them."""


def content_security_policy(*, embedders: Sequence[str] = ()) -> str:
    """Return the policy of our own pages: everything from here, nothing inline.

    `embedders` are the origins that may frame the page; none of them: nobody may.
    """
    ancestors = " ".join(embedders) or "'none'"
    return "; ".join(f"{name} {value}" for name, value in {**_BASE, "frame-ancestors": ancestors}.items())


class Keys:
    """The operator's keys, compared in constant time."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = [key.encode() for key in keys]

    def __bool__(self) -> bool:
        return bool(self._keys)

    def __contains__(self, key: object) -> bool:
        given = str(key).encode()
        # All of them every time: how long it takes must not tell which one is near.
        return sum(hmac.compare_digest(given, known) for known in self._keys) > 0


def key_of(request: Request) -> str | None:
    """Return the key a request brings, from `Authorization: Bearer` or `X-API-Key`."""
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and credentials.strip():
        return credentials.strip()
    return request.headers.get("x-api-key") or None


class Sessions:
    """Signed tokens that last some minutes, so that no page ever holds a key."""

    def __init__(self, secret: str | None, *, minutes: int) -> None:
        self.seconds = minutes * 60
        self._signer = TimestampSigner(secret or secrets.token_urlsafe(32), salt="wence.session")

    def issue(self) -> str:
        """Return a new token."""
        return self._signer.sign(secrets.token_urlsafe(12)).decode()

    def valid(self, token: str) -> bool:
        """Tell whether a token is ours and not yet too old."""
        try:
            self._signer.unsign(token, max_age=self.seconds)
        except BadSignature:  # SignatureExpired is one
            return False
        return True


class Gate:
    """Decides who may call the API, and how often."""

    def __init__(
        self,
        *,
        keys: Keys,
        admin: Keys,
        sessions: Sessions | None,
        origins: Sequence[str],
        per_minute: int,
    ) -> None:
        self.sessions = sessions
        self._keys = keys
        self._admin = admin
        self._origins = frozenset(origins)
        self._rate = RateLimitItemPerMinute(per_minute) if per_minute else None
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    @property
    def lets_pages_ask(self) -> bool:
        """Whether a page, which holds no key, may call the API: no key is asked for, or sessions are given out."""
        return not self._keys or self.sessions is not None

    def admit(self, request: Request) -> None:
        """Let a call of the API through; raise the Problem that it ends with."""
        self.check_origin(request)
        if not self._keys:
            return
        given = key_of(request)
        if given is None:
            raise Problem(
                401,
                "key-required",
                "这个接口需要密钥：请在 Authorization: Bearer 或 X-API-Key 头中给出。",
                headers={"WWW-Authenticate": 'Bearer realm="wence"'},
            )
        if given in self._keys or given in self._admin:
            return
        if self.sessions is not None and self.sessions.valid(given):
            return
        raise Problem(403, "key-refused", "密钥不对或已经失效。")

    def admit_admin(self, request: Request) -> None:
        """Let a call of the administration through; raise the Problem that it ends with."""
        if not self._admin:
            raise Problem(403, "administration-off", "管理接口没有开启：请设置 WENCE_ADMIN_KEY 后重启服务。")
        given = key_of(request)
        if given is None:
            raise Problem(
                401,
                "key-required",
                "管理接口需要管理密钥：请在 Authorization: Bearer 或 X-API-Key 头中给出。",
                headers={"WWW-Authenticate": 'Bearer realm="wence-admin"'},
            )
        if given not in self._admin:
            raise Problem(403, "key-refused", "管理密钥不对。")

    def check_origin(self, request: Request) -> None:
        """Refuse the page of an origin that the operator has not allowed."""
        origin = request.headers.get("origin")
        if origin is None or "*" in self._origins or origin in self._origins:
            return
        if request.headers.get("sec-fetch-site") == "same-origin":
            return
        # A page cannot forge these two headers; a proxy keeps the outer name in the second.
        ours = {request.headers.get("host"), request.headers.get("x-forwarded-host")}
        if urlsplit(origin).netloc and urlsplit(origin).netloc in ours:
            return
        raise Problem(
            403,
            "origin-refused",
            f"来源 {origin[:200]} 的网页不在允许之列：请把它加入 WENCE_CORS_ORIGINS。",
        )

    def count(self, request: Request) -> None:
        """Count one question of this client; raise the 429 when it is one too many."""
        if self._rate is None:
            return
        client = self._client(request)
        if self._limiter.hit(self._rate, client):
            return
        window = self._limiter.get_window_stats(self._rate, client)
        seconds = max(1, math.ceil(window.reset_time - time.time()))
        raise Problem(
            429,
            "rate-limited",
            f"提问太频繁：每分钟至多 {self._rate.amount} 次。请在 {seconds} 秒后再试。",
            headers={"Retry-After": str(seconds)},
        )

    def _client(self, request: Request) -> str:
        """One who has a key counts by it, everybody else by address; a token anybody can have."""
        given = key_of(request)
        if given is not None and (given in self._keys or given in self._admin):
            return f"key:{given}"
        return f"address:{request.client.host if request.client else 'unknown'}"
