#!/usr/bin/env python3
"""A day of the service desk through a running server: visitors come at a rate, agents answer, conversations end.

Each conversation is what a widget and a console do: an anonymous account, a scene, the opening with a first message, a
/sync that waits on each side, words in turn until --messages were said, and the end by its agent. Arrivals are drawn by
chance around --per-second; 100,000 conversations a day are 1.2 a second, and 9.6 is eight times that. Pauses before
each word are --think seconds on average, so that a conversation is as long as one of its day, or shorter.

Reports conversations that began, ended and are missing, each message's way (sent, and seen by the other side), how long
a conversation stood before an agent's console had it, the server's processor time for a conversation, and whether the
desk's own numbers agree. Lost, doubled and unassigned must be 0. When client_cpu_percent comes near 100 the client is
the limit. The server runs with --no-rate-limits; NAME is an administrator with a password in --password.

  desk_day.py --base-url http://127.0.0.1:8008 --admin boss --password SECRET --per-second 9.6 --seconds 180 \\
      --agents 60 --capacity 8 --server-pid 4242 --json out.json
"""
import argparse
import asyncio
import datetime
import json
import os
import random
import sys
import time
import urllib.parse

from http_connection import Connection, HTTPError
from measure import allow_many_files, cpu_seconds, milliseconds, resident_bytes

V3, DESK = "/_matrix/client/v3", "/api/v1/desk"
FILTER = urllib.parse.quote('{"room":{"timeline":{"limit":50}},"presence":{"types":[]}}')


class Day:
    """What happened, by the number that each conversation has here."""

    def __init__(self, args):
        self.args, self.random = args, random.Random(args.seed)
        self.began, self.assigned, self.ended, self.numbers = {}, {}, {}, {}
        self.pending, self.sends, self.deliveries, self.openings = {}, [], [], []
        self.seen, self.duplicates, self.errors = set(), 0, []
        self.agents_had, self.stop = {}, False

    async def think(self):
        await asyncio.sleep(self.random.expovariate(1 / self.args.think) if self.args.think > 0 else 0)

    def failed(self, what, problem):
        self.errors.append(f"{what}: {problem}")

    def arrived(self, side, body):
        """The place of a message that was not seen before on this side; None for others."""
        parts = body.split(" ", 1)[0].split("-") if isinstance(body, str) else []
        if len(parts) != 3 or parts[0] not in ("c", "a") or parts[0] == side:
            return None
        key = (parts[0], int(parts[1]), int(parts[2]))
        if key in self.seen:
            self.duplicates += 1
            return None
        self.seen.add(key)
        if key in self.pending:
            self.deliveries.append(time.perf_counter() - self.pending.pop(key))
        return key


class Client:
    """One person's device: a connection that waits for news and one to speak on."""

    def __init__(self, day, token):
        self.day, self.token, self.since = day, token, None
        self.line = self.mouth = None

    async def open(self):
        self.line = await Connection.open(self.day.args.base_url)
        self.mouth = await Connection.open(self.day.args.base_url)
        self.lock = asyncio.Lock()
        return self

    def close(self):
        for connection in (self.line, self.mouth):
            if connection:
                connection.close()

    async def call(self, method, path, body=None):
        async with self.lock:
            return await self.mouth.call(method, path, self.token, body)

    async def news(self, timeout):
        """Room ids with the bodies of their new messages."""
        since = f"&since={self.since}" if self.since else ""
        reply = await self.line.call("GET", f"{V3}/sync?timeout={timeout}&filter={FILTER}{since}", self.token)
        self.since = reply["next_batch"]
        for room, update in reply.get("rooms", {}).get("join", {}).items():
            events = update.get("timeline", {}).get("events", [])
            yield room, [event.get("content", {}).get("body") for event in events if event["type"] == "m.room.message"]

    async def say(self, room, side, conversation, index):
        key, began = (side, conversation, index), time.perf_counter()
        self.day.pending[key] = began
        path = f"{V3}/rooms/{urllib.parse.quote(room)}/send/m.room.message/{side}{conversation}.{index}"
        content = {"msgtype": "m.text", "body": f"{side}-{conversation}-{index} {'x' * 60}"}
        await self.call("PUT", path, content)
        self.day.sends.append(time.perf_counter() - began)


# Agents

async def agent(day, client):
    """Answers what customers say, and ends what has come to its end, until the day is over."""
    tasks = set()
    while not day.stop:
        try:
            async for room, bodies in client.news(2_000):
                for body in bodies:
                    key = day.arrived("a", body)
                    if key:
                        _, conversation, index = key
                        day.assigned.setdefault(conversation, time.perf_counter())
                        day.agents_had.setdefault(client.token, set()).add(conversation)
                        tasks.add(asyncio.create_task(answer(day, client, room, conversation, index)))
        except (HTTPError, ConnectionError) as problem:
            day.failed("an agent's sync", problem)
            await asyncio.sleep(.2)
        tasks = {task for task in tasks if not task.done()}
    await asyncio.gather(*tasks)


async def answer(day, client, room, conversation, index):
    try:
        await day.think()
        await client.say(room, "a", conversation, index)
        if 2 * (index + 1) >= day.args.messages:
            await client.call("POST", f"{DESK}/conversations/{day.numbers[conversation]}/resolve")
            day.ended[conversation] = time.perf_counter()
    except (HTTPError, ConnectionError, KeyError) as problem:
        day.failed("an answer", problem)


async def agents(day, admin):
    made = []
    for place in range(day.args.agents):
        name = f"{day.args.tag}{place}"
        user = urllib.parse.quote(f"@{name}:{day.args.server_name}", safe="")
        body = {"password": day.args.password, "displayname": name, "user_type": "staff"}
        await day_put(day, f"/_synapse/admin/v2/users/{user}", admin, body)
        await day_put(day, f"{DESK}/agents/{user}", admin, {"capacity": day.args.capacity, "queues": [day.queue]})
        login = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": name},
                 "password": day.args.password}
        token = (await day.admin_line.call("POST", V3 + "/login", None, login))["access_token"]
        client = await Client(day, token).open()
        await client.call("PUT", DESK + "/agents/me", {"status": "available"})
        async for _ in client.news(0):
            pass
        made.append(client)
    return made


async def day_put(day, path, token, body):
    """A PUT that may answer 201."""
    try:
        return await day.admin_line.call("PUT", path, token, body)
    except HTTPError as answered:
        if answered.status != 201:
            raise
        return None


# Customers

async def customer(day, conversation):
    client = None
    try:
        line = await Connection.open(day.args.base_url)
        began = time.perf_counter()
        token = (await line.call("POST", "/api/v1/anonymous"))["access_token"]
        client = await Client(day, token).open()
        line.close()
        async for _ in client.news(0):
            pass
        scene = await client.call("POST", DESK + "/scenes", {"entry": "item.page", "params": {}})
        day.pending[("c", conversation, 0)] = day.began[conversation] = time.perf_counter()
        opened = await client.call("POST", DESK + "/conversations", {
            "scene": scene["scene"], "topic": "day", "text": f"c-{conversation}-0 is it still there?"})
        day.numbers[conversation] = opened["number"]
        day.openings.append(time.perf_counter() - began)
        await talk(day, client, opened["room_id"], conversation)
    except (HTTPError, ConnectionError) as problem:
        day.failed("a customer", problem)
    finally:
        if client:
            client.close()


async def talk(day, client, room, conversation):
    """Speaks again after each answer, until everything was said or nothing comes any more."""
    pairs, deadline = day.args.messages // 2, time.perf_counter() + day.args.patience
    while time.perf_counter() < deadline:
        async for _, bodies in client.news(5_000):
            for body in bodies:
                key = day.arrived("c", body)
                if key is None:
                    continue
                deadline = time.perf_counter() + day.args.patience
                if key[2] + 1 >= pairs:
                    return
                await day.think()
                await client.say(room, "c", conversation, key[2] + 1)
    day.failed("a customer", f"no answer came in conversation {conversation}")


# The day

async def arrive(day):
    """Starts conversations at their moments, whatever became of those before."""
    tasks, next_at, began = [], time.perf_counter(), time.perf_counter()
    while next_at < began + day.args.seconds:
        await asyncio.sleep(max(0, next_at - time.perf_counter()))
        tasks.append(asyncio.create_task(customer(day, len(tasks))))
        next_at += day.random.expovariate(day.args.per_second)
    return tasks


async def run(args):
    day = Day(args)
    day.admin_line = await Connection.open(args.base_url)
    login = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": args.admin},
             "password": args.password}
    account = await day.admin_line.call("POST", V3 + "/login", None, login)
    admin, args.server_name = account["access_token"], account["user_id"].split(":", 1)[1]
    queues = (await day.admin_line.call("GET", DESK + "/queues", admin))["queues"]
    day.queue = queues[0]["queue"] if queues else (
        await day.admin_line.call("POST", DESK + "/queues", admin, {"name": "all", "target_ms": 60_000}))["queue"]
    made = await agents(day, admin)
    shifts = [asyncio.create_task(agent(day, client)) for client in made]
    began, cpu, own = time.perf_counter(), cpu_seconds(args.server_pid), time.process_time()
    customers = await arrive(day)
    arrivals = time.perf_counter() - began
    await asyncio.gather(*customers)
    end = time.perf_counter() + 30
    while len(day.ended) < len(day.numbers) and time.perf_counter() < end:
        await asyncio.sleep(.1)
    wall, own = time.perf_counter() - began, time.process_time() - own
    cpu = cpu_seconds(args.server_pid) - cpu
    day.stop = True
    await asyncio.gather(*shifts)
    report = summary(day, len(customers), arrivals, wall, cpu, own)
    report.update(await agreement(day, admin, len(customers)))
    for client in made:
        client.close()
    return report


def summary(day, count, arrivals, wall, cpu, own):
    waits = [max(0, day.assigned[each] - day.began[each]) for each in day.assigned if each in day.began]
    loads = [len(had) for had in day.agents_had.values()] or [0]
    return {
        "conversations": count, "ended": len(day.ended), "unassigned": count - len(day.assigned),
        "missing": count - len(day.ended), "lost": len(day.pending), "duplicates": day.duplicates,
        "errors": len(day.errors), "first_errors": day.errors[:5], "arrivals_s": arrivals, "wall_s": wall,
        "conversations_per_s": count / arrivals, "messages": len(day.seen), "messages_per_s": len(day.seen) / wall,
        "agents": day.args.agents, "by_agent_min": min(loads), "by_agent_max": max(loads),
        "opening": milliseconds(day.openings), "to_console": milliseconds(waits), "send": milliseconds(day.sends),
        "delivery": milliseconds(day.deliveries), "server_cpu_s": cpu,
        "server_cpu_ms_per_conversation": cpu * 1000 / max(1, count), "server_cpu_percent": 100 * cpu / wall,
        "client_cpu_percent": 100 * own / wall, "load_average": os.getloadavg()[0],
        "resident_mb": resident_bytes(day.args.server_pid) / 1e6,
    }


async def agreement(day, admin, count):
    """What the desk itself says: how many were opened and ended, and whether the day recomputed is the same."""
    to = int(time.time() * 1000) + 60_000
    span = f"from={to - 86_400_000}&to={to}&step=86400"
    # The line of the beginning has been idle for the whole day, and the server closes such lines.
    day.admin_line.close()
    day.admin_line = await Connection.open(day.args.base_url)
    found = {}
    for metric in ("opened", "resolution"):
        for _ in range(50):
            reply = await day.admin_line.call("GET", f"{DESK}/stats/{metric}?{span}", admin)
            found[metric] = sum(row["count"] for row in reply["rows"])
            if found[metric] >= count:
                break
            await asyncio.sleep(.2)
    today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    check = await day.admin_line.call("POST", f"{DESK}/stats/days/{today}/check", admin)
    return {"desk_opened": found["opened"], "desk_ended": found["resolution"], "recomputed_equal": check["equal"]}


def parse():
    head, _, rest = __doc__.partition("\n\n")
    p = argparse.ArgumentParser(description=head, epilog=rest, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--base-url", required=True, help="e.g. http://127.0.0.1:8008")
    p.add_argument("--admin", required=True, help="an administrator's name")
    p.add_argument("--password", required=True, help="the administrator's password; agents get the same")
    p.add_argument("--per-second", type=float, default=9.6, help="conversations that begin in a second")
    p.add_argument("--seconds", type=float, default=180, help="for how long conversations begin")
    p.add_argument("--messages", type=int, default=10, help="messages of a conversation, both sides together")
    p.add_argument("--think", type=float, default=2, help="seconds before each word, on average")
    p.add_argument("--agents", type=int, default=60)
    p.add_argument("--capacity", type=int, default=8, help="conversations that an agent has at a time")
    p.add_argument("--patience", type=float, default=120, help="seconds that a customer waits for an answer")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--server-pid", type=int, action="append", default=[], help="process that is counted; repeatable")
    p.add_argument("--tag", default="", help="prefix of agents' names (default: made from the time)")
    p.add_argument("--json", help="also write the result to this file")
    return p.parse_args()


def main():
    args = parse()
    args.tag = args.tag or "d%d." % (time.time() * 1000 % 1e10)
    allow_many_files()
    result = asyncio.run(run(args))
    text = json.dumps(result, indent=1)
    print(text)
    if args.json:
        with open(args.json, "w", encoding="utf-8") as file:
            file.write(text + "\n")
    faults = ("missing", "unassigned", "lost", "duplicates", "errors")
    return os.EX_OK if not any(result[fault] for fault in faults) and result["recomputed_equal"] else 1


if __name__ == "__main__":
    sys.exit(main())
