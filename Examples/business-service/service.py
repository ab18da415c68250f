#!/usr/bin/env python3
"""A shop's appointment book and price desk: a business that knows nothing of chat.

    python3 service.py --port 9100 --data book.db
    python3 service.py --port 9100 --data book.db --chat http://127.0.0.1:8080 --adapter booking --secret SECRET

It needs Python 3.9 and nothing else. Two directions are shown.

1. The chat calls it. The server's card proxy is told by configuration alone how to (PUT /api/v1/desk/adapters/booking):

    {"secret": "SECRET", "config": {"url": "http://127.0.0.1:9100/appointments", "text": "/message",
     "statuses": {"409": "refused"},
     "body": {"car": "{{ref}}", "slot": "{{data.slot}}", "customer": "{{user}}"}}}

   Each request carries Idempotency-Key: the same key again is answered as the first time and done once. With --secret
   the signature of requests is checked as well.

2. It calls the chat (--chat): what was agreed on elsewhere, e.g. by telephone, stands in its own outbox first, in the
   transaction of the booking, and is brought to the chat when the chat is there. Bookings never wait for the chat.
"""

import argparse
import hashlib
import hmac
import http.server
import json
import sqlite3
import threading
import time
import urllib.error
import urllib.request

SCHEMA = """
CREATE TABLE IF NOT EXISTS appointment(key TEXT PRIMARY KEY, car TEXT NOT NULL, slot TEXT NOT NULL,
  customer TEXT NOT NULL, UNIQUE(car, slot));
CREATE TABLE IF NOT EXISTS offer(key TEXT PRIMARY KEY, car TEXT NOT NULL, amount TEXT NOT NULL, customer TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS outbox(number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, body TEXT NOT NULL, sent INTEGER);
"""


class Book:
    """The tables; each change is one transaction."""

    def __init__(self, path):
        self.lock = threading.Lock()
        self.db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.execute("PRAGMA synchronous = FULL")
        self.db.executescript(SCHEMA)

    def change(self, body):
        with self.lock:
            self.db.execute("BEGIN IMMEDIATE")
            try:
                result = body(self.db)
                self.db.execute("COMMIT")
                return result
            except BaseException:
                self.db.execute("ROLLBACK")
                raise

    def ask(self, sql, *values):
        with self.lock:
            return self.db.execute(sql, values).fetchall()

    def book(self, key, wish, event=None):
        """Books a viewing; (status, answer). The event for the chat, if any, is kept in the same transaction."""
        car, slot, customer = (str(wish.get(name) or "") for name in ("car", "slot", "customer"))
        if not slot:
            return 422, {"message": "Choose a time."}

        def work(db):
            known = db.execute("SELECT car, slot FROM appointment WHERE key = ?", (key,)).fetchone()
            if known is None:
                if db.execute("SELECT 1 FROM appointment WHERE car = ? AND slot = ?", (car, slot)).fetchone():
                    return 409, {"message": f"{slot} is taken by now. Choose another time."}
                db.execute("INSERT INTO appointment VALUES (?, ?, ?, ?)", (key, car, slot, customer))
                if event:
                    db.execute("INSERT INTO outbox(key, body) VALUES (?, ?)", (key, json.dumps(event)))
            return 200, {"message": f"Booked: {slot}. See you then!"}

        return self.change(work)

    def offer(self, key, wish):
        """Keeps a price that a customer offers; (status, answer)."""
        car, amount, customer = (str(wish.get(name) or "") for name in ("car", "amount", "customer"))

        def work(db):
            db.execute("INSERT INTO offer VALUES (?, ?, ?, ?) ON CONFLICT (key) DO NOTHING", (key, car, amount, customer))
            return 200, {"message": f"We have noted your offer of {amount} and will answer today."}

        return self.change(work)


def sign(secret, seconds, body):
    code = hmac.new(secret.encode(), str(seconds).encode() + b"." + body, hashlib.sha256).hexdigest()
    return "v1=" + code


class Outbox(threading.Thread):
    """Brings what happened here to the chat, in order, until the chat has it."""

    def __init__(self, book, options):
        super().__init__(daemon=True)
        self.book, self.options, self.bell = book, options, threading.Event()

    def run(self):
        pause = 0.1
        while True:
            row = self.book.ask("SELECT number, key, body FROM outbox WHERE sent IS NULL ORDER BY number LIMIT 1")
            if not row:
                self.bell.wait(5)
                self.bell.clear()
            elif self.send(row[0][1], json.loads(row[0][2])):
                self.book.change(lambda db: db.execute("UPDATE outbox SET sent = 1 WHERE number = ?", (row[0][0],)))
                pause = 0.1
            else:
                self.bell.wait(pause)
                pause = min(pause * 2, 5)

    def send(self, key, event):
        """Whether the chat has taken it, or has said that it never will."""
        body = json.dumps({**event, "key": key}).encode()
        seconds = int(time.time())
        request = urllib.request.Request(
            f"{self.options.chat}/api/v1/business/{self.options.adapter}/events", data=body, method="POST",
            headers={"Content-Type": "application/json", "X-Vitrine-Timestamp": str(seconds),
                     "X-Vitrine-Signature": sign(self.options.secret, seconds, body)})
        try:
            with urllib.request.urlopen(request, timeout=10) as reply:
                return reply.status == 200
        except urllib.error.HTTPError as refusal:
            return 400 <= refusal.code < 500 and refusal.code not in (401, 408, 429)
        except OSError:
            return False


def handler(book, outbox, options):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            key = self.headers.get("Idempotency-Key") or ""
            try:
                wish = json.loads(body or b"{}")
            except ValueError:
                return self.answer(400, {"message": "This is no JSON."})
            if not key or not isinstance(wish, dict):
                return self.answer(400, {"message": "Idempotency-Key is missing."})
            if self.path == "/own/appointments":
                # Somebody of the business writes a booking down; the chat hears of it when it can.
                status, reply = book.book(key, wish, wish.get("event"))
                if outbox:
                    outbox.bell.set()
                return self.answer(status, reply)
            if options.secret and not self.is_signed(body):
                return self.answer(401, {"message": "The signature does not fit."})
            if self.path == "/appointments":
                return self.answer(*book.book(key, wish))
            if self.path == "/offers":
                return self.answer(*book.offer(key, wish))
            self.answer(404, {"message": "There is nothing here."})

        def do_GET(self):
            if self.path == "/appointments":
                rows = book.ask("SELECT key, car, slot, customer FROM appointment ORDER BY rowid")
                return self.answer(200, {"appointments": [list(row) for row in rows]})
            if self.path == "/offers":
                return self.answer(200, {"offers": [row[0] for row in book.ask("SELECT key FROM offer")]})
            if self.path == "/outbox":
                waiting = book.ask("SELECT COUNT(*) FROM outbox WHERE sent IS NULL")[0][0]
                return self.answer(200, {"waiting": waiting})
            self.answer(404, {"message": "There is nothing here."})

        def is_signed(self, body):
            seconds = self.headers.get("X-Vitrine-Timestamp") or "0"
            if not seconds.isdigit() or abs(time.time() - int(seconds)) > 300:
                return False
            wanted = sign(options.secret, int(seconds), body)
            return hmac.compare_digest(wanted, self.headers.get("X-Vitrine-Signature") or "")

        def answer(self, status, reply):
            body = json.dumps(reply).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    return Handler


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def main():
    parser = argparse.ArgumentParser(description="An appointment book and price desk behind cards.")
    parser.add_argument("--port", type=int, default=9100, help="0 takes any free one")
    parser.add_argument("--data", default="book.db", help="the SQLite file")
    parser.add_argument("--secret", default="", help="what the chat and this service sign with")
    parser.add_argument("--chat", default="", help="the chat's address; without it nothing is told")
    parser.add_argument("--adapter", default="booking", help="the name under which the chat knows this service")
    options = parser.parse_args()
    book = Book(options.data)
    outbox = Outbox(book, options) if options.chat else None
    if outbox:
        outbox.start()
    server = Server(("127.0.0.1", options.port), handler(book, outbox, options))
    print(f"listening on http://127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
