"""A mail server for tests, over Debian's python3-aiosmtpd: it prints its port, then each mail as one line of JSON.

Addresses say what it does: refused@ and later@ are not taken; dies@ is taken, but for the first attempt the connection
ends before that is said. Arguments: --auth asks for patchwright / Pa55-of-the-sink; --tls CERTIFICATE KEY offers STARTTLS and insists.
"""

import asyncio
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult


class Sink:
    def __init__(self):
        self.seen = set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refused@"):
            return "550 5.1.1 nobody has this name"
        if address.startswith("later@"):
            return "451 4.3.0 not now"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        data = envelope.content.decode("utf-8", "replace")
        mail = {"to": envelope.rcpt_tos, "from": envelope.mail_from, "data": data, "tls": session.ssl is not None,
                "user": session.authenticated}
        print(json.dumps(mail), flush=True)
        if envelope.rcpt_tos[0].startswith("dies@") and "dies" not in self.seen:
            self.seen.add("dies")
            server.transport.abort()
        return "250 taken"


def authenticate(server, session, envelope, mechanism, data):
    is_right = (data.login, data.password) == (b"patchwright", b"Pa55-of-the-sink")
    return AuthResult(success=is_right, handled=False)


def protocol(sink, words):
    context = None
    if "--tls" in words:
        place = words.index("--tls")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(words[place + 1], words[place + 2])
    with_auth = "--auth" in words
    return SMTP(
        sink,
        hostname="sink.example",
        tls_context=context,
        require_starttls=context is not None,
        authenticator=authenticate if with_auth else None,
        auth_required=with_auth,
        auth_require_tls=False,
    )


async def main(words):
    sink = Sink()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: protocol(sink, words), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main(sys.argv[1:]))
