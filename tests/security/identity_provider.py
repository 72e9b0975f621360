"""An identity provider of this machine, honest unless it is told to lie, and what a browser does with it."""

from __future__ import annotations

import base64
import json
import secrets
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit
from urllib.request import HTTPRedirectHandler, build_opener

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

KEY, OTHER_KEY = (rsa.generate_private_key(65537, 2048) for _ in range(2))


def b64(raw):
    return base64.urlsafe_b64encode(raw if isinstance(raw, bytes) else json.dumps(raw).encode()).rstrip(b"=").decode()


def whole(number):
    return b64(number.to_bytes((number.bit_length() + 7) // 8, "big"))


class Provider(ThreadingHTTPServer):
    """A small OpenID provider that signs in whom the test says, honestly unless told otherwise."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server_port}"
        self.codes, self.asked = {}, []
        self.claims = {"sub": "u1", "email": "ana@desk.example", "email_verified": True}
        self.user_page = {}
        self.lies = {}  # claims of the token that differ from what is right
        self.metadata = {}
        self.header = {"alg": "RS256", "kid": "k1"}
        self.key = KEY
        self.public = KEY.public_key().public_numbers()

    def token(self, nonce):
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": "desk", "iat": now, "exp": now + 300, "nonce": nonce, "auth_time": now, **self.claims, **self.lies}
        body = f"{b64(self.header)}.{b64({k: v for k, v in claims.items() if v is not None})}"
        if self.header["alg"] == "none":
            return f"{body}."
        return f"{body}.{b64(self.key.sign(body.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


class Handler(BaseHTTPRequestHandler):
    """The five addresses."""

    def log_message(self, *args):
        """Quiet."""

    def answer(self, told, status=200):
        raw = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def do_GET(self):
        own, url = self.server, urlsplit(self.path)
        asked = {k: v[0] for k, v in parse_qs(url.query).items()}
        if url.path == "/.well-known/openid-configuration":
            ends = {f"{n}_endpoint": f"{own.issuer}/{n}" for n in ("authorization", "token", "userinfo")}
            self.answer({"issuer": own.issuer, **ends, "jwks_uri": f"{own.issuer}/keys", "id_token_signing_alg_values_supported": ["RS256", "none", "HS256"], **own.metadata})
        elif url.path == "/keys":
            self.answer({"keys": [{"kty": "RSA", "kid": "k1", "use": "sig", "alg": "RS256", "n": whole(own.public.n), "e": whole(own.public.e)}]})
        elif url.path == "/authorization":
            own.asked.append(asked)
            code = secrets.token_hex(8)
            own.codes[code] = asked
            self.send_response(302)
            self.send_header("Location", f"{asked['redirect_uri']}?code={code}&state={asked['state']}")
            self.end_headers()
        elif url.path == "/userinfo":
            self.answer(own.user_page)
        else:
            self.answer({}, 404)

    def do_POST(self):
        own = self.server
        form = {k: v[0] for k, v in parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()).items()}
        asked = own.codes.pop(form.get("code", ""), None)
        challenge = b64(__import__("hashlib").sha256(form.get("code_verifier", "").encode()).digest())
        if asked is None or asked.get("code_challenge") != challenge or asked["redirect_uri"] != form.get("redirect_uri"):
            self.answer({"error": "invalid_grant"}, 400)
            return
        self.answer({"access_token": "t", "token_type": "Bearer", "expires_in": 300, "id_token": own.token(asked.get("nonce"))})


class Stay(HTTPRedirectHandler):
    """A browser that shows where it is sent instead of going there."""

    def redirect_request(self, *args, **kwargs):
        return None


def at_provider(url):
    """Where the provider sends the browser back to."""
    try:
        build_opener(Stay).open(url, timeout=10)
    except Exception as error:
        return error.headers["Location"]
    raise AssertionError("the provider did not send back")
