"""A keep-alive HTTP/1.1 connection with one request at a time, made to cost the client as little as possible.

A general HTTP library costs about a millisecond of processor time a request, more than a server under test should.
"""
import asyncio
import json
import urllib.parse


class HTTPError(RuntimeError):
    def __init__(self, status, body):
        super().__init__(f"{status} {body[:300]!r}")
        self.status = status


class Connection(asyncio.Protocol):
    def __init__(self, host):
        self.host = host
        self.buffer = bytearray()
        self.waiting = None
        self.transport = None

    @classmethod
    async def open(cls, base_url):
        url = urllib.parse.urlsplit(base_url)
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(lambda: cls(url.netloc), url.hostname, url.port)
        return connection

    def close(self):
        self.transport.close()

    async def call(self, method, path, token=None, body=None):
        """The reply's JSON; raises HTTPError for any status but 200."""
        head = f"{method} {path} HTTP/1.1\r\nHost: {self.host}\r\n"
        if token:
            head += f"Authorization: Bearer {token}\r\n"
        payload = b"" if method == "GET" else json.dumps({} if body is None else body).encode()
        if method != "GET":
            head += f"Content-Type: application/json\r\nContent-Length: {len(payload)}\r\n"
        if self.transport.is_closing():
            raise ConnectionError("the connection is closed")
        self.waiting = asyncio.get_running_loop().create_future()
        self.transport.write(head.encode() + b"\r\n" + payload)
        status, content = await self.waiting
        if status != 200:
            raise HTTPError(status, content)
        return json.loads(content)

    # Called by the event loop

    def connection_made(self, transport):
        self.transport = transport

    def connection_lost(self, error):
        if self.waiting and not self.waiting.done():
            self.waiting.set_exception(error or ConnectionError("the server closed the connection"))

    def data_received(self, data):
        self.buffer += data
        reply = self.complete_reply()
        if reply and self.waiting and not self.waiting.done():
            self.waiting.set_result(reply)

    def complete_reply(self):
        """(status, content) when the whole reply is here, else None."""
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return None
        head = bytes(self.buffer[:end]).lower()
        status = int(head[9:12])
        if b"\r\ntransfer-encoding: chunked" in head:
            content, after = self.chunks(end + 4)
        else:
            length = int(head.split(b"\r\ncontent-length:", 1)[1].split(b"\r\n", 1)[0])
            after = end + 4 + length
            content = bytes(self.buffer[end + 4:after]) if len(self.buffer) >= after else None
        if content is None:
            return None
        del self.buffer[:after]
        return status, content

    def chunks(self, start):
        parts = []
        while True:
            line_end = self.buffer.find(b"\r\n", start)
            if line_end < 0:
                return None, 0
            size = int(bytes(self.buffer[start:line_end]).split(b";")[0], 16)
            after = line_end + 2 + size + 2
            if len(self.buffer) < after:
                return None, 0
            if size == 0:
                return b"".join(parts), after
            parts.append(bytes(self.buffer[line_end + 2:after - 2]))
            start = after
