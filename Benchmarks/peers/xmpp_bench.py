#!/usr/bin/env python3
"""The load of messaging_bench.py for an XMPP server: rooms (XEP-0045) with a durable archive (XEP-0313).

One sender and one receiver a room. A send is done when the room has reflected the message to its sender, which the
server does after it has written the archive; delivery is when the receiver's stream has the message. Accounts are made
in band (XEP-0077), sign in with SASL PLAIN, and the stream is not encrypted, so that no server here pays for TLS.
"""
import argparse
import asyncio
import base64
import json
import sys
import time
import xml.etree.ElementTree as ET
from xml.sax.saxutils import quoteattr

from measure import Ledger, cpu_seconds, resident_bytes

CLIENT, MUC = "{jabber:client}", "http://jabber.org/protocol/muc"


class Stream:
    """A client's XML stream: stanzas out as text, stanzas in as elements."""

    def __init__(self, reader, writer, domain):
        self.reader, self.writer, self.domain = reader, writer, domain
        self.stanzas, self.parser, self.root, self.depth = [], None, None, 0

    @classmethod
    async def open(cls, host, port, domain):
        stream = cls(*await asyncio.open_connection(host, port), domain)
        await stream.begin()
        return stream

    async def begin(self):
        self.parser, self.root, self.depth = ET.XMLPullParser(events=("start", "end")), None, 0
        self.write(f"<?xml version='1.0'?><stream:stream to={quoteattr(self.domain)} version='1.0' "
                   "xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>")
        await self.next()                                 # the features

    def write(self, text):
        self.writer.write(text.encode())

    async def next(self):
        while not self.stanzas:
            data = await self.reader.read(65536)
            if not data:
                raise ConnectionError("the server closed the stream")
            self.parser.feed(data)
            for event, element in self.parser.read_events():
                self.depth += 1 if event == "start" else -1
                if event == "start" and self.depth == 1:
                    self.root = element
                elif event == "end" and self.depth == 1:
                    self.stanzas.append(element)
                    self.root.clear()
        return self.stanzas.pop(0)

    async def request(self, text, good):
        self.write(text)
        reply = await self.next()
        if not good(reply):
            raise RuntimeError(f"{text[:80]} -> {ET.tostring(reply).decode()[:300]}")

    async def sign_in(self, name, password):
        def is_result(reply):
            return reply.get("type") == "result"
        await self.request(f"<iq type='set' id='reg'><query xmlns='jabber:iq:register'><username>{name}</username>"
                           f"<password>{password}</password></query></iq>", is_result)
        plain = base64.b64encode(f"\0{name}\0{password}".encode()).decode()
        await self.request(f"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{plain}</auth>",
                           lambda reply: reply.tag.endswith("}success"))
        await self.begin()
        await self.request("<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
                           "<resource>bench</resource></bind></iq>", is_result)

    async def join(self, room, nick):
        self.write(f"<presence to='{room}/{nick}'><x xmlns='{MUC}'><history maxstanzas='0'/></x></presence>")
        while (await self.next()).tag != CLIENT + "message":   # the room's subject ends the joining
            pass


async def receive(stream, ledger):
    state = {"seen": set(), "last": {}}
    while not ledger.stop:
        stanza = await stream.next()
        archived = stanza.find("{urn:xmpp:sid:0}stanza-id")
        if stanza.tag == CLIENT + "message" and archived is not None:
            ledger.arrived(state, archived.get("id"), stanza.findtext(CLIENT + "body") or "")


async def send(args, stream, room, number, end, ledger):
    index, padding = 0, "x" * args.body_bytes
    while time.perf_counter() < end:
        began, name = time.perf_counter(), f"{number}.{index}"
        ledger.sent(number, index)
        stream.write(f"<message type='groupchat' to='{room}' id='{name}'>"
                     f"<body>bench {number}-{index} {padding}</body></message>")
        while (await stream.next()).get("id") != name:
            pass
        ledger.acknowledged(number, index, began)
        index += 1


async def run(args):
    senders, receivers, rooms = [], [], []
    for number in range(args.rooms):
        room = f"{args.tag}{number}@rooms.{args.domain}"
        for kind, streams in (("s", senders), ("r", receivers)):
            stream = await Stream.open(args.host, args.port, args.domain)
            await stream.sign_in(f"{args.tag}{kind}{number}", "pw-long-enough")
            await stream.join(room, kind)
            streams.append(stream)
        rooms.append(room)
    ledger = Ledger()
    polls = [asyncio.create_task(receive(stream, ledger)) for stream in receivers]
    began, cpu, own = time.perf_counter(), cpu_seconds(args.server_pid), time.process_time()
    end = began + args.seconds
    await asyncio.gather(*[send(args, senders[i], rooms[i], i, end, ledger) for i in range(args.rooms)])
    wall, own = time.perf_counter() - began, time.process_time() - own
    cpu = cpu_seconds(args.server_pid) - cpu
    deadline = time.perf_counter() + args.grace
    while ledger.pending and time.perf_counter() < deadline:
        await asyncio.sleep(.05)
    for poll in polls:
        poll.cancel()
    await asyncio.gather(*polls, return_exceptions=True)
    return {"mode": "load", "rooms": args.rooms, **ledger.report(wall, cpu, own),
            "resident_mb": resident_bytes(args.server_pid) / 1e6}


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--host", default="127.0.0.1")
    p.add_argument("--port", type=int, required=True)
    p.add_argument("--domain", default="bench.local")
    p.add_argument("--rooms", type=int, default=10)
    p.add_argument("--seconds", type=float, default=20)
    p.add_argument("--body-bytes", type=int, default=80)
    p.add_argument("--grace", type=float, default=10)
    p.add_argument("--server-pid", type=int, action="append", default=[])
    p.add_argument("--tag", default="")
    p.add_argument("--json")
    args = p.parse_args()
    args.tag = args.tag or "b%d" % (time.time() * 1000 % 1e10)
    result = asyncio.run(run(args))
    text = json.dumps(result, indent=1)
    print(text)
    if args.json:
        with open(args.json, "w", encoding="utf-8") as file:
            file.write(text + "\n")
    return 1 if any(result[key] for key in ("lost", "duplicates", "disorder")) else 0


if __name__ == "__main__":
    sys.exit(main())
