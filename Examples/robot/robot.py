#!/usr/bin/env python3
"""A robot of the shop: answers from the catalogue, looks at photos, offers a time for a visit, hands over to a person.

    python3 robot.py --registration --port 9200 > robot.yaml      # for the server: --app-services robot.yaml
    python3 robot.py --port 9200 --chat http://127.0.0.1:8080

It needs Python 3.9 and nothing else. It is a Matrix application service: the server sends it the events of the rooms
that it is in, in order and again until it answers 200, and it acts as its own user. An administrator lets it begin
conversations by a rule of the desk (PUT /api/v1/desk/rules):

    {"rules": [{"if": {"topic": "buy"}, "then": {"queue": 1, "robot": "@r.helper:shop.example"}}]}

Whatever it sends carries a transaction id made of the event that it answers, so that an event which comes twice is
answered once. It hands over when it is asked to, when it does not know twice, and when it fails; a robot that is silent
is relieved by the desk after half a minute.
"""

import argparse
import http.server
import json
import re
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request

WORDS_FOR_PEOPLE = re.compile(r"\b(human|person|somebody|agent|complain\w*)\b|人工|客服|投诉", re.IGNORECASE)
WORDS_FOR_VISITS = re.compile(r"\b(visit|viewing|appointment|see it|come by)\b|看车|预约|到店", re.IGNORECASE)
GREETINGS = re.compile(r"^\W*(hello|hi|good (day|morning|evening)|你好|您好)\W*$", re.IGNORECASE)


class Refused(Exception):
    """The server said no."""


class Chat:
    """What the robot asks of the server, as its own user."""

    def __init__(self, base, token):
        self.base = base.rstrip("/")
        self.token = token

    def ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data=data, method=method)
        request.add_header("Authorization", "Bearer " + self.token)
        if data is not None:
            request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=20) as reply:
                return json.load(reply)
        except urllib.error.HTTPError as error:
            if error.code < 500 and error.code != 429:
                raise Refused(f"{method} {path}: {error.code} {error.read(2000).decode(errors='replace')}") from error
            raise

    def send(self, room, kind, transaction, content):
        room, transaction = (urllib.parse.quote(text, safe="") for text in (room, transaction))
        self.ask("PUT", f"/_matrix/client/v3/rooms/{room}/send/{kind}/{transaction}", content)

    def items(self):
        """All items of the catalogue; none where there is no catalogue."""
        found, following = [], None
        try:
            while True:
                page = self.ask("GET", "/api/v1/catalogue/items?limit=500" + (f"&next={following}" if following else ""))
                found += page["items"]
                following = page.get("next")
                if following is None or len(found) >= 5000:
                    return found
        except Refused:
            return []

    def scan(self, media):
        return self.ask("POST", "/api/v1/scans", {"media": media})


def words(text):
    return set(re.findall(r"[a-z0-9]{3,}|[\u4e00-\u9fff]{2}", text.lower()))


def price(item):
    return f"{item['price'] / 100:,.2f} {item.get('currency', '')}".strip() if item.get("price") else "price on request"


class Robot:
    """What it says to what; one conversation a room."""

    def __init__(self, chat, user, adapter):
        self.chat = chat
        self.user = user
        self.adapter = adapter
        self.rooms = {}

    def heard(self, event):
        room, kind, content = event["room_id"], event["type"], event.get("content", {})
        state = self.rooms.setdefault(room, {"misses": 0, "mine": False})
        if kind == "shop.vitrine.conversation":
            state.update(number=content.get("number"), mine=content.get("status") == "robot", misses=0)
        # An edit, a robot's or a colleague's word is none for it; nor is anything after it has handed over.
        is_edit = content.get("m.relates_to", {}).get("rel_type") == "m.replace"
        if kind != "m.room.message" or is_edit or event["sender"] == self.user or not state["mine"]:
            return
        if event["sender"].startswith(("@shop:", "@r.")):
            return
        try:
            self.answer(event, state)
        except Refused as error:
            print(error, file=sys.stderr, flush=True)
            self.hand_over(event, state, "The robot could not answer.")

    def answer(self, event, state):
        content = event["content"]
        body = str(content.get("body", ""))[:2000]
        if content.get("msgtype") == "m.image":
            self.look(event, state, content.get("url"))
        elif WORDS_FOR_PEOPLE.search(body):
            self.hand_over(event, state, "The customer asks for a person.")
        elif WORDS_FOR_VISITS.search(body) and self.adapter:
            self.offer_times(event, state)
        elif GREETINGS.match(body):
            self.say(event, "Hello! I am the shop's robot. Ask me about an item, or send a photo of it.")
        else:
            self.find(event, state, body)

    def find(self, event, state, body):
        wanted = words(body)
        rated = [(len(wanted & words(item["title"])), item) for item in self.chat.items()]
        best = sorted((pair for pair in rated if pair[0]), key=lambda pair: (-pair[0], pair[1]["sku"]))[:3]
        if best:
            state["misses"] = 0
            lines = [f"{item['title']}: {price(item)}" for _, item in best]
            return self.say(event, "This is what we have:\n" + "\n".join(lines))
        state["misses"] += 1
        if state["misses"] >= 2:
            return self.hand_over(event, state, "Twice no answer: " + body[:200])
        return self.say(event, "I did not find that. Can you say it in other words, or send a photo?")

    def look(self, event, state, media):
        answer = self.chat.scan(media) if media else {"groups": []}
        if answer.get("verdict") == "sameItem" and answer["groups"]:
            offers = answer["groups"][0]["offers"]
            state["misses"] = 0
            return self.say(event, "I know this one: " + "; ".join(f"{o['title']}, {price(o)}" for o in offers[:3]))
        return self.hand_over(event, state, "A photo that the robot does not know.")

    def offer_times(self, event, state):
        choices = [{"title": time, "value": time} for time in ("Sat 10:00", "Sun 14:00")]
        card = {
            "kind": "viewing.book", "adapter": self.adapter, "uses": 1, "body": "A visit: " + ", ".join(
                choice["title"] for choice in choices),
            "layout": {
                "body": [{"type": "TextBlock", "text": "When would you like to come?"},
                         {"type": "Input.ChoiceSet", "id": "slot", "isRequired": True, "choices": choices}],
                "actions": [{"type": "Action.Execute", "title": "Book", "verb": "book"}],
            },
        }
        # A card is sent once a conversation, whatever comes twice.
        if not state.get("offered"):
            self.chat.ask("POST", f"/api/v1/desk/conversations/{state['number']}/cards", card)
            state["offered"] = True
        # The card is the shop's; a word of its own tells the desk that the robot is not silent.
        self.say(event, "Choose a time in the card, or ask me something else.")

    def say(self, event, text):
        content = {"msgtype": "m.text", "body": text, "shop.vitrine.robot": True}
        self.chat.send(event["room_id"], "m.room.message", "a-" + event["event_id"], content)

    def hand_over(self, event, state, reason):
        state["mine"] = False
        self.chat.send(event["room_id"], "shop.vitrine.handover", "h-" + event["event_id"], {"reason": reason})


def serve(robot, token, port):
    lock, done = threading.Lock(), []

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def reply(self, status, body=None):
            data = json.dumps(body or {}).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def do_PUT(self):
            body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), 16 << 20))
            if self.headers.get("Authorization") != "Bearer " + token:
                return self.reply(403, {"errcode": "M_FORBIDDEN", "error": "Not the server's token."})
            name = self.path.rsplit("/", 1)[-1]
            with lock:
                if name not in done:
                    try:
                        for event in json.loads(body).get("events", []):
                            robot.heard(event)
                    except (OSError, ValueError, KeyError) as error:
                        # Not taken: the server sends the same events again.
                        print("later again:", error, file=sys.stderr, flush=True)
                        return self.reply(503)
                    done[:] = done[-100:] + [name]
            return self.reply(200)

        def do_POST(self):
            self.rfile.read(min(int(self.headers.get("Content-Length") or 0), 1 << 20))
            self.reply(200)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
    print(f"listening on http://127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()


REGISTRATION = """id: {name}
url: http://127.0.0.1:{port}
as_token: {as_token}
hs_token: {hs_token}
sender_localpart: {name}
rate_limited: false
namespaces:
  users:
    - exclusive: true
      regex: '@{pattern}_.*'
  aliases: []
  rooms: []
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=9200)
    parser.add_argument("--chat", default="http://127.0.0.1:8080")
    parser.add_argument("--name", default="r.helper", help="the localpart of its user")
    parser.add_argument("--server-name", default="localhost")
    parser.add_argument("--as-token", default="change-me-as")
    parser.add_argument("--hs-token", default="change-me-hs")
    parser.add_argument("--adapter", help="the business that books visits; without it no times are offered")
    parser.add_argument("--registration", action="store_true", help="print the registration file and end")
    options = parser.parse_args()
    if options.registration:
        print(REGISTRATION.format(
            name=options.name, port=options.port, as_token=options.as_token, hs_token=options.hs_token,
            pattern=re.escape(options.name)), end="")
        return
    chat = Chat(options.chat, options.as_token)
    serve(Robot(chat, f"@{options.name}:{options.server_name}", options.adapter), options.hs_token, options.port)


if __name__ == "__main__":
    main()
