#!/usr/bin/env python3
"""A conversation between a customer and an agent, both held by the client library matrix-nio.

Each step must get the typed success reply that the library has for it: register, log in, make a room, invite, join,
write, type, read, send a picture, redact, look back, set state, leave. The texts that arrive must be the texts that
were written, in their order, and writing again with the same transaction id must make no second event.

One line a check; the exit status is 0 if all passed. The server must let anybody register.

    nio_acceptance.py http://127.0.0.1:8080
"""
import asyncio
import io
import struct
import sys
import time
import zlib

import nio

TEXTS = ["hello", "预约看车 👍", "x" * 4000]
CARD = {"msgtype": "m.text", "body": "Book a viewing: 10:00 or 14:00",
        "shop.vitrine.card": {"version": 1, "kind": "viewing.book", "rev": 1}}


def png(width, height):
    """A picture of one colour that every reader of PNG accepts."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"\x30\x60\xc0" * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


class Conversation:
    """Both sides of it, and the count of what went well."""

    def __init__(self, address):
        self.address = address
        self.name = str(time.time_ns())
        self.password = "pw-" + self.name
        self.clients = []
        self.passed = self.failed = 0

    def check(self, name, good, detail=""):
        if good:
            self.passed += 1
            print("ok   " + name, flush=True)
        else:
            self.failed += 1
            print(f"FAIL {name}: {detail}", flush=True)

    def reply(self, name, value, wanted):
        said = f"{type(value).__name__} {getattr(value, 'status_code', '')} {getattr(value, 'message', '')}"
        self.check(name, isinstance(value, wanted), said)
        return value

    def client(self, user=""):
        made = nio.AsyncClient(self.address, user)
        self.clients.append(made)
        return made

    async def hold(self):
        await self.sessions()
        await self.room()
        await self.texts()
        await self.attention()
        await self.picture()
        await self.history()
        await self.people()
        await self.end()

    async def sessions(self):
        self.customer = self.client()
        self.reply("register customer", await self.customer.register("customer" + self.name, self.password),
                   nio.RegisterResponse)
        first = self.client()
        self.reply("register agent", await first.register("agent" + self.name, self.password), nio.RegisterResponse)
        self.reply("logout", await first.logout(), nio.LogoutResponse)
        self.agent = self.client("agent" + self.name)
        self.reply("login", await self.agent.login(self.password), nio.LoginResponse)
        self.reply("whoami", await self.agent.whoami(), nio.WhoamiResponse)

    async def room(self):
        created = await self.customer.room_create(invite=[self.agent.user_id], name="chat")
        self.room_id = self.reply("createRoom", created, nio.RoomCreateResponse).room_id
        self.reply("initial sync", await self.agent.sync(timeout=0), nio.SyncResponse)
        self.check("invite in sync", self.room_id in self.agent.invited_rooms)
        self.reply("join", await self.agent.join(self.room_id), nio.JoinResponse)
        self.reply("sync full_state", await self.agent.sync(timeout=0, full_state=True), nio.SyncResponse)

    async def texts(self):
        received = []
        self.agent.add_event_callback(lambda _, event: received.append(event.body), nio.RoomMessageText)
        for text in TEXTS:
            await self.customer.room_send(self.room_id, "m.room.message", {"msgtype": "m.text", "body": text})
        sent = await self.send_card()
        self.event_id = self.reply("send card", sent, nio.RoomSendResponse).event_id
        again = await self.send_card()
        self.check("same txnId, same event", getattr(again, "event_id", None) == self.event_id, repr(again))
        for _ in range(5):
            await self.agent.sync(timeout=500)
            if len(received) > len(TEXTS):
                break
        self.check("texts received once and in order", received == TEXTS + [CARD["body"]],
                   repr([text[:20] for text in received]))

    async def send_card(self):
        return await self.customer.room_send(self.room_id, "m.room.message", CARD, tx_id="card-" + self.name)

    async def attention(self):
        self.reply("typing", await self.agent.room_typing(self.room_id, True, 1000), nio.RoomTypingResponse)
        self.reply("receipt", await self.agent.update_receipt_marker(self.room_id, self.event_id),
                   nio.UpdateReceiptMarkerResponse)
        self.reply("read markers", await self.agent.room_read_markers(self.room_id, self.event_id, self.event_id),
                   nio.RoomReadMarkersResponse)

    async def picture(self):
        picture = png(640, 480)
        up, _ = await self.customer.upload(io.BytesIO(picture), "image/png", "x.png", filesize=len(picture))
        self.reply("upload", up, nio.UploadResponse)
        down = self.reply("download", await self.agent.download(up.content_uri), nio.DownloadResponse)
        self.check("download is what was uploaded", getattr(down, "body", None) == picture)
        server, media = up.content_uri.removeprefix("mxc://").split("/")
        self.reply("thumbnail", await self.agent.thumbnail(server, media, 96, 96), nio.ThumbnailResponse)

    async def history(self):
        self.reply("redact", await self.customer.room_redact(self.room_id, self.event_id), nio.RoomRedactResponse)
        page = await self.agent.room_messages(self.room_id, self.agent.next_batch, limit=20)
        self.reply("messages", page, nio.RoomMessagesResponse)
        texts = [event.body for event in reversed(page.chunk) if isinstance(event, nio.RoomMessageText)]
        self.check("messages holds the texts", texts == TEXTS, repr([text[:20] for text in texts]))
        self.reply("context", await self.agent.room_context(self.room_id, self.event_id), nio.RoomContextResponse)

    async def people(self):
        state = await self.customer.room_put_state(self.room_id, "shop.vitrine.conversation", {"status": "open"})
        self.reply("put state", state, nio.RoomPutStateResponse)
        self.reply("get state", await self.customer.room_get_state(self.room_id), nio.RoomGetStateResponse)
        self.reply("set displayname", await self.customer.set_displayname("Customer One"),
                   nio.ProfileSetDisplayNameResponse)
        self.reply("get profile", await self.customer.get_profile(), nio.ProfileGetResponse)
        self.reply("joined members", await self.customer.joined_members(self.room_id), nio.JoinedMembersResponse)
        self.reply("devices", await self.customer.devices(), nio.DevicesResponse)

    async def end(self):
        self.reply("leave", await self.agent.room_leave(self.room_id), nio.RoomLeaveResponse)
        self.reply("forget", await self.agent.room_forget(self.room_id), nio.RoomForgetResponse)
        self.reply("logout customer", await self.customer.logout(), nio.LogoutResponse)


async def main(address):
    conversation = Conversation(address)
    try:
        await conversation.hold()
    except Exception as problem:  # a reply of another type than promised ends the conversation
        conversation.check("the conversation ran to its end", False, f"{type(problem).__name__}: {problem}")
    for client in conversation.clients:
        await client.close()
    print(f"passed {conversation.passed}, failed {conversation.failed}")
    return 1 if conversation.failed else 0


if __name__ == "__main__":
    if len(sys.argv) != 2 or not sys.argv[1].startswith("http"):
        sys.exit(__doc__)
    sys.exit(asyncio.run(main(sys.argv[1])))
