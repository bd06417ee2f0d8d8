"""What the page's server refuses and forbids: strange host names, and any request of the page to another host."""

from collections.abc import Awaitable, Callable, Collection, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

# Gradio's own page has inline scripts and compiles templates; what matters is that nothing leaves this host.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode("ascii")),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)


class Guard:
    """ASGI middleware around the page.

    `hosts` are the names that the page goes by. A web page elsewhere whose name was made to point to this machine (DNS
    rebinding) would otherwise read the archive through its visitor's browser. None lets every name pass.
    """

    def __init__(self, app: App, hosts: Collection[str] | None) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan" or self._knows(scope):
                await self._app(scope, receive, send)
            return
        if not self._knows(scope):
            body = b"Attest answers only under the address that it printed when it started.\n"
            headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(body)).encode("ascii"))]
            await send({"type": "http.response.start", "status": 421, "headers": headers})
            await send({"type": "http.response.body", "body": body})
            return

        async def send_guarded(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *HEADERS]
            await send(message)

        await self._app(scope, receive, send_guarded)

    def _knows(self, scope: Scope) -> bool:
        if self._hosts is None:
            return True
        named = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
        host = named.rsplit(":", 1)[0] if named.rpartition(":")[2].isdigit() else named
        return host.strip("[]").lower() in self._hosts
