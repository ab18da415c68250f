#!/usr/bin/env python3
"""Closed-loop load on any server that speaks the Matrix client-server API (Vitrine or a peer).

--mode load (default): one sender and one long-polling receiver a room. Reports sends a second, the latency of sending
and of delivery (from the start of the send to the moment the receiver's /sync returned the event, and the same from the
moment the sender had its answer, 0 if the event was there first), the server's processor time per send with its
delivery, and what was lost, doubled or out of order (all three must be 0).
--mode prepare makes --rooms users and writes them to --users; after a restart of the server, --mode idle lets all of them
wait in /sync at once, and reports the growth of the server's resident memory per poll, its connection included.
--mode first-sync: one user in --rooms conversations, each with messages; reports the first /sync of fresh devices,
and with --product also the first page and the delta of the product's conversation list.

Wall-clock rates depend on what else the machine does and on its fsync time: compare servers in the same minute on the
same disk, and compare processor time per send first. When client_cpu_percent comes near 100 the client is the limit.
The server must allow registration with m.login.dummy and have its rate limits off.

  messaging_bench.py --base-url http://127.0.0.1:8008 --rooms 10 --seconds 20 --server-pid 4242 --json out.json
"""
import argparse
import asyncio
import json
import os
import sys
import time
import urllib.parse

from http_connection import Connection
from measure import Ledger, allow_many_files, cpu_seconds, milliseconds, resident_bytes

V3 = "/_matrix/client/v3"
FILTER = urllib.parse.quote('{"room":{"timeline":{"limit":50}}}')


async def register_on(connection, args, name):
    if args.anonymous:
        return await connection.call("POST", "/api/v1/anonymous")
    body = {"username": args.tag + name, "password": "pw-" + name + "-long-enough", "auth": {"type": "m.login.dummy"}}
    return await connection.call("POST", V3 + "/register", None, body)


async def registered(args, name):
    """A connection and the account it was used to register."""
    connection = await Connection.open(args.base_url)
    return connection, await register_on(connection, args, name)


async def shared_room(owner, guest):
    (connection, account), (guest_connection, guest_account) = owner, guest
    body = {"preset": "private_chat", "invite": [guest_account["user_id"]]}
    room = (await connection.call("POST", V3 + "/createRoom", account["access_token"], body))["room_id"]
    await guest_connection.call("POST", f"{V3}/join/{room}", guest_account["access_token"])
    return room


# Load

async def receive(user, ledger, first_syncs):
    connection, account = user
    token, state = account["access_token"], {"seen": set(), "last": {}}
    began = time.perf_counter()
    since = (await connection.call("GET", f"{V3}/sync?timeout=0&filter={FILTER}", token))["next_batch"]
    first_syncs.append(time.perf_counter() - began)
    while not ledger.stop:
        reply = await connection.call("GET", f"{V3}/sync?timeout=2000&since={since}&filter={FILTER}", token)
        since = reply["next_batch"]
        for room, update in reply.get("rooms", {}).get("join", {}).items():
            timeline = update.get("timeline", {})
            events = timeline.get("events", [])
            if timeline.get("limited"):
                events = await gap(connection, token, room, timeline["prev_batch"], state["seen"]) + events
            for event in events:
                ledger.arrived(state, event["event_id"], event.get("content", {}).get("body", ""))


async def gap(connection, token, room, position, seen):
    """What a limited timeline left out, oldest first: a client pages back until it meets what it has."""
    missing = []
    while position:
        path = f"{V3}/rooms/{room}/messages?dir=b&limit=100&from={position}"
        page = await connection.call("GET", path, token)
        for event in page["chunk"]:
            if event["event_id"] in seen:
                return missing[::-1]
            missing.append(event)
        position = page.get("end") if page["chunk"] else None
    return missing[::-1]


async def send(args, user, room, number, end, ledger):
    connection, account = user
    index, padding = 0, "x" * args.body_bytes
    while time.perf_counter() < end:
        began = time.perf_counter()
        ledger.sent(number, index)
        content = {"msgtype": "m.text", "body": f"bench {number}-{index} {padding}"}
        path = f"{V3}/rooms/{room}/send/m.room.message/{args.tag}{number}.{index}"
        try:
            await connection.call("PUT", path, account["access_token"], content)
            ledger.acknowledged(number, index, began)
        except Exception as problem:                      # counted; the event is then not expected to arrive
            ledger.failed(number, index)
            print("send failed:", problem, file=sys.stderr)
        index += 1


async def empty_syncs(user, times=100):
    connection, account = user
    since = (await connection.call("GET", V3 + "/sync?timeout=0", account["access_token"]))["next_batch"]
    durations = []
    for _ in range(times):
        began = time.perf_counter()
        await connection.call("GET", f"{V3}/sync?timeout=0&since={since}", account["access_token"])
        durations.append(time.perf_counter() - began)
    return durations


async def run_load(args):
    senders, receivers, rooms = [], [], []
    for number in range(args.rooms):
        senders.append(await registered(args, f"s{number}"))
        receivers.append(await registered(args, f"r{number}"))
        rooms.append(await shared_room(senders[-1], receivers[-1]))
    ledger, first_syncs = Ledger(), []
    polls = [asyncio.create_task(receive(user, ledger, first_syncs)) for user in receivers]
    while len(first_syncs) < args.rooms and not any(poll.done() for poll in polls):
        await asyncio.sleep(.05)
    began, cpu, own = time.perf_counter(), cpu_seconds(args.server_pid), time.process_time()
    end = began + args.seconds
    await asyncio.gather(*[send(args, senders[i], rooms[i], i, end, ledger) for i in range(args.rooms)])
    wall, own = time.perf_counter() - began, time.process_time() - own
    cpu = cpu_seconds(args.server_pid) - cpu
    deadline = time.perf_counter() + args.grace
    while ledger.pending and time.perf_counter() < deadline:
        await asyncio.sleep(.05)
    ledger.stop = True
    await asyncio.gather(*polls)
    return {"mode": "load", "rooms": args.rooms, **ledger.report(wall, cpu, own),
            "resident_mb": resident_bytes(args.server_pid) / 1e6,
            "initial_sync": milliseconds(first_syncs), "empty_sync": milliseconds(await empty_syncs(receivers[0]))}


# Idle

async def run_prepare(args):
    """Makes the users of an idle run beforehand, so that the server can be restarted and measured without their making."""
    connection, users = await Connection.open(args.base_url), []
    for number in range(args.rooms):
        account = await register_on(connection, args, f"i{number}")
        since = (await connection.call("GET", V3 + "/sync?timeout=0", account["access_token"]))["next_batch"]
        users.append({"access_token": account["access_token"], "since": since})
    with open(args.users, "w", encoding="utf-8") as file:
        json.dump(users, file)
    return {"mode": "prepare", "users": len(users)}


async def wait_in_sync(args, user, seconds):
    connection = await Connection.open(args.base_url)
    path = f"{V3}/sync?timeout={int(seconds * 1000)}&since={user['since']}"
    try:
        return await connection.call("GET", path, user["access_token"])
    finally:
        connection.close()


async def run_idle(args):
    """One connection a poll; the growth of memory holds both."""
    with open(args.users, encoding="utf-8") as file:
        users = json.load(file)
    before, polls = resident_bytes(args.server_pid), []
    for start in range(0, len(users), 200):
        polls += [asyncio.create_task(wait_in_sync(args, user, args.seconds)) for user in users[start:start + 200]]
        await asyncio.sleep(.1)
    await asyncio.sleep(args.seconds * .3)
    cpu = cpu_seconds(args.server_pid)
    await asyncio.sleep(args.seconds * .3)
    cpu = cpu_seconds(args.server_pid) - cpu
    after = resident_bytes(args.server_pid)
    waiting = sum(not poll.done() for poll in polls)
    results = await asyncio.gather(*polls, return_exceptions=True)
    problems = [result for result in results if isinstance(result, Exception)]
    for problem in problems[:3]:
        print("poll failed:", repr(problem), file=sys.stderr)
    return {"mode": "idle", "long_polls": len(users), "waiting": waiting, "failed": len(problems),
            "resident_before_mb": before / 1e6, "resident_after_mb": after / 1e6,
            "bytes_per_poll": (after - before) / max(1, len(users)),
            "cpu_percent_while_waiting": 100 * cpu / (args.seconds * .3)}


# First sync

async def fresh_device(args, account, name):
    connection = await Connection.open(args.base_url)
    body = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": account["user_id"]},
            "password": "pw-" + name + "-long-enough"}
    return connection, await connection.call("POST", V3 + "/login", None, body)


async def run_first_sync(args):
    owner, guest = await registered(args, "owner"), await registered(args, "guest")
    for number in range(args.rooms):
        room = await shared_room(owner, guest)
        for index in range(args.messages):
            await owner[0].call("PUT", f"{V3}/rooms/{room}/send/m.room.message/{number}.{index}",
                                owner[1]["access_token"], {"msgtype": "m.text", "body": f"{number} {index}"})
    durations, sizes = [], []
    for _ in range(5):
        connection, account = await fresh_device(args, guest[1], "guest")
        began = time.perf_counter()
        reply = await connection.call("GET", V3 + "/sync?timeout=0", account["access_token"])
        durations.append(time.perf_counter() - began)
        sizes.append(len(json.dumps(reply)))
        if len(reply.get("rooms", {}).get("join", {})) != args.rooms:
            raise RuntimeError("the first sync does not hold all conversations")
    result = {"mode": "first-sync", "rooms": args.rooms, "first_sync": milliseconds(durations), "bytes": max(sizes)}
    return {**result, **(await conversation_list(guest, args.rooms) if args.product else {})}


async def conversation_list(user, rooms):
    connection, account = user
    token, first, delta = account["access_token"], [], []
    for _ in range(20):
        began = time.perf_counter()
        page = await connection.call("GET", "/api/v1/conversations?limit=50", token)
        first.append(time.perf_counter() - began)
        if len(page["conversations"]) != min(50, rooms):
            raise RuntimeError("the first page of the conversation list is not full")
        began = time.perf_counter()
        await connection.call("GET", f"/api/v1/conversations?since={page['next']}", token)
        delta.append(time.perf_counter() - began)
    return {"conversation_page": milliseconds(first), "conversation_delta": milliseconds(delta)}


def parse():
    head, _, rest = __doc__.partition("\n\n")
    p = argparse.ArgumentParser(description=head, epilog=rest, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--base-url", required=True, help="e.g. http://127.0.0.1:8008")
    p.add_argument("--mode", choices=("load", "prepare", "idle", "first-sync"), default="load")
    p.add_argument("--rooms", type=int, default=10, help="rooms (each a sender and a receiver), or idle polls")
    p.add_argument("--seconds", type=float, default=20, help="length of the measured part")
    p.add_argument("--messages", type=int, default=3, help="first-sync: messages in each conversation")
    p.add_argument("--body-bytes", type=int, default=80, help="padding added to each message body")
    p.add_argument("--grace", type=float, default=10, help="seconds to wait for deliveries after the last send")
    p.add_argument("--anonymous", action="store_true", help="use Vitrine's visitor accounts, which have no password")
    p.add_argument("--product", action="store_true", help="first-sync: also measure Vitrine's conversation list")
    p.add_argument("--users", help="prepare, idle: the file of users")
    p.add_argument("--server-pid", type=int, action="append", default=[], help="process that is counted; repeatable")
    p.add_argument("--tag", default="", help="prefix of user names (default: made from the time)")
    p.add_argument("--json", help="also write the result to this file")
    return p.parse_args()


def main():
    args = parse()
    args.tag = args.tag or "b%d." % (time.time() * 1000 % 1e10)
    allow_many_files()
    modes = {"load": run_load, "prepare": run_prepare, "idle": run_idle, "first-sync": run_first_sync}
    result = asyncio.run(modes[args.mode](args))
    text = json.dumps(result, indent=1)
    print(text)
    if args.json:
        with open(args.json, "w", encoding="utf-8") as file:
            file.write(text + "\n")
    return os.EX_OK if not any(result.get(key) for key in ("lost", "duplicates", "disorder", "failed")) else 1


if __name__ == "__main__":
    sys.exit(main())
