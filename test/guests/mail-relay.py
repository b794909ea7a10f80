"""A mail relay that takes mail from one user alone, by TLS alone: mail-relay.py PORT starttls|tls CERTIFICATE KEY. The user and the password are
the lines of its standard input. Prints `ready`, then a JSON line for each message."""
import asyncio
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

PORT, MODE, CERTIFICATE, KEY = sys.argv[1:]
USER, PASSWORD = sys.stdin.read().splitlines()


class Handler:
    async def handle_DATA(self, _server, session, envelope):
        print(json.dumps({"user": session.auth_data, "from": envelope.mail_from, "to": envelope.rcpt_tos}), flush=True)
        return "250 accepted"


def authenticate(_server, _session, _envelope, _mechanism, data):
    good = (data.login.decode(), data.password.decode()) == (USER, PASSWORD)
    return AuthResult(success=good, handled=False, auth_data=data.login.decode())


async def main():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE, KEY)

    def session():
        return SMTP(Handler(), authenticator=authenticate, auth_required=True, hostname="relay.lor.example",
                    **({"tls_context": context, "require_starttls": True} if MODE == "starttls" else {"auth_require_tls": False}))

    server = await asyncio.get_running_loop().create_server(session, "127.0.0.1", int(PORT), ssl=context if MODE == "tls" else None)
    print("ready", flush=True)
    await server.serve_forever()


asyncio.run(main())
