#!/usr/bin/env python3
"""An OAuth 1.0a provider for tests/runtime/auth/peers_test.cpp, by oauthlib: oauth1_server.py PORT.

It knows one program (key "consumer-key-of-the-program"), and everybody who is asked is Ada and agrees.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from oauthlib.oauth1 import RequestValidator, WebApplicationServer

CONSUMER = "consumer-key-of-the-program"
SECRET = "consumer secret / of the program"


class Validator(RequestValidator):
    enforce_ssl = False
    dummy_client = "dummy-key-of-nobody-at-all"
    dummy_request_token = "dummy-request-token-of-nobody"
    dummy_access_token = "dummy-access-token-of-nobody"
    safe_characters = set(map(chr, range(33, 127)))
    client_key_length = request_token_length = access_token_length = (8, 100)
    nonce_length = (8, 100)
    verifier_length = (8, 100)

    def __init__(self):
        super().__init__()
        self.requests, self.accesses, self.nonces = {}, {}, set()

    def validate_client_key(self, key, request):
        return key == CONSUMER

    def get_client_secret(self, key, request):
        return SECRET

    def get_rsa_key(self, key, request):
        return None

    def validate_timestamp_and_nonce(self, key, timestamp, nonce, request, request_token=None, access_token=None):
        is_new = (timestamp, nonce) not in self.nonces
        self.nonces.add((timestamp, nonce))
        return is_new

    def validate_redirect_uri(self, key, uri, request):
        return uri.startswith("http://localhost:")

    def get_default_realms(self, key, request):
        return []

    def validate_requested_realms(self, key, realms, request):
        return True

    def get_realms(self, token, request):
        return []

    def validate_realms(self, key, token, request, uri=None, realms=None):
        return True

    def save_request_token(self, token, request):
        self.requests[token["oauth_token"]] = {**token, "callback": request.redirect_uri}

    def verify_request_token(self, token, request):
        return token in self.requests

    def validate_request_token(self, key, token, request):
        return token in self.requests

    def get_request_token_secret(self, key, token, request):
        return self.requests.get(token, {}).get("oauth_token_secret", "none")

    def get_redirect_uri(self, token, request):
        return self.requests[token]["callback"]

    def save_verifier(self, token, verifier, request):
        self.requests[token]["verifier"] = verifier["oauth_verifier"]

    def validate_verifier(self, key, token, verifier, request):
        return self.requests.get(token, {}).get("verifier") == verifier

    def invalidate_request_token(self, key, token, request):
        self.requests.pop(token, None)

    def save_access_token(self, token, request):
        self.accesses[token["oauth_token"]] = token

    def validate_access_token(self, key, token, request):
        return token in self.accesses

    def get_access_token_secret(self, key, token, request):
        return self.accesses.get(token, {}).get("oauth_token_secret", "none")


server = WebApplicationServer(Validator())


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        url = f"http://{self.headers['Host']}{self.path}"
        ask = (url, self.command, body or None, dict(self.headers))
        path = urlsplit(self.path).path
        if path == "/request":
            headers, text, status = server.create_request_token_response(*ask)
        elif path == "/authorize":
            token = parse_qs(urlsplit(self.path).query)["oauth_token"][0]
            headers, text, status = server.create_authorization_response(*ask, credentials={"user": "ada"})
            assert token
        elif path == "/access":
            headers, text, status = server.create_access_token_response(*ask)
        else:
            is_valid, request = server.validate_protected_resource_request(*ask, realms=[])
            said = dict(request.params) if is_valid else {}
            headers, status = {"Content-Type": "application/json"}, 200 if is_valid else 401
            text = json.dumps({"id": "7", "name": "Ada", "said": said.get("text", "")})
        data = (text or "").encode()
        self.send_response(status or 200)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = answer

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
