#!/usr/bin/env python3
"""Runs Vitrine beside Synapse and Prosody, in turns within the same minutes on the same disk, and prints the ratios.

All servers are up at once on fresh data; in each round each gets the load for a few seconds, so that what else the
machine does falls on all of them. Every figure is the median over the rounds. The fsync time and the load average of
the rounds are printed with them, since they decide the wall-clock rates; processor time per send hardly depends on
them. Prosody takes part in the loads only: it has nothing like /sync to wait in.

  run_messaging.py                          the loads with 1, 10 and 100 senders, idle polls, first sync
  run_messaging.py --only load --rooms 10   one load
  run_messaging.py --servers vitrine        Vitrine alone
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import measure
import servers

HERE = Path(__file__).resolve().parent

# (label, path in the result, unit)
LOAD_ROWS = [
    ("server CPU per send", ("server_cpu_ms_per_send",), "ms"), ("durable sends", ("sends_per_s",), "/s"),
    ("send p50", ("send", "p50_ms"), "ms"), ("send p99", ("send", "p99_ms"), "ms"),
    ("delivery p50", ("delivery", "p50_ms"), "ms"), ("delivery p99", ("delivery", "p99_ms"), "ms"),
    ("delivery p99, after the answer", ("delivery_after_ack", "p99_ms"), "ms"),
    ("delivery max", ("delivery", "max_ms"), "ms"), ("initial sync p50, 1 room", ("initial_sync", "p50_ms"), "ms"),
    ("empty sync p50", ("empty_sync", "p50_ms"), "ms"), ("resident memory after", ("resident_mb",), "MB"),
    ("client CPU", ("client_cpu_percent",), "%"), ("lost + doubled + disordered", ("faults",), ""),
]
IDLE_ROWS = [
    ("polls waiting", ("waiting",), ""), ("memory per poll", ("kilobytes_per_poll",), "kB"),
    ("resident before", ("resident_before_mb",), "MB"), ("resident with polls", ("resident_after_mb",), "MB"),
    ("CPU while waiting", ("cpu_percent_while_waiting",), "%"), ("failed", ("failed",), ""),
]
FIRST_ROWS = [
    ("conversations", ("rooms",), ""), ("first sync p50", ("first_sync", "p50_ms"), "ms"),
    ("first sync size", ("kilobytes",), "kB"), ("conversation page p50", ("conversation_page", "p50_ms"), "ms"),
    ("conversation delta p50", ("conversation_delta", "p50_ms"), "ms"),
]


def load_program(server, *options):
    """Runs the load program that fits the server, and returns its result."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        common = ["--server-pid", server.process.pid, "--json", file.name, *options]
        if server.name == "prosody":
            command = [HERE / "xmpp_bench.py", "--port", server.port, *common]
        else:
            command = [HERE / "messaging_bench.py", "--base-url", server.base_url, *common]
        run = subprocess.run([sys.executable, *map(str, command)], stdout=subprocess.DEVNULL)
        text = Path(file.name).read_text(encoding="utf-8")
    if not text:
        raise RuntimeError(f"the load on {server.name} ended with {run.returncode} and no result")
    return json.loads(text)


def loads(args, running, rooms):
    """Every server's results of all rounds, and the conditions of the rounds."""
    results, conditions = {server.name: [] for server in running}, []
    for _ in range(args.rounds):
        conditions.append({"fsync_ms": measure.fsync_seconds(args.folder) * 1000, "load": os.getloadavg()[0]})
        for server in running:
            result = load_program(server, "--rooms", rooms, "--seconds", args.seconds)
            result["faults"] = result["lost"] + result["duplicates"] + result["disorder"] + result["errors"]
            results[server.name].append(result)
    return results, conditions


def value(result, path):
    for key in path:
        result = result.get(key) if isinstance(result, dict) else None
    return result


def median(results, path):
    values = [found for found in (value(result, path) for result in results) if found is not None]
    return statistics.median(values) if values else None


def show(number):
    if number is None:
        return "-"
    return f"{number:,.0f}" if abs(number) >= 100 or number == int(number) else f"{number:.3g}"


def table(title, rows, results):
    """A Markdown table: one column a server, then the peers' figures as multiples of Vitrine's."""
    names = list(results)
    peers = [name for name in names if name != "vitrine" and "vitrine" in names]
    print(f"\n{title}\n")
    print("| | " + " | ".join(names + [f"{peer} / vitrine" for peer in peers]) + " |")
    print("|---|" + "---:|" * (len(names) + len(peers)))
    for label, path, unit in rows:
        figures = {name: median(results[name], path) for name in names}
        if all(figure is None for figure in figures.values()):
            continue
        cells = [show(figures[name]) + (f" {unit}" if figures[name] is not None else "") for name in names]
        ratios = [show(figures[peer] / figures["vitrine"]) if figures[peer] and figures["vitrine"] else "-"
                  for peer in peers]
        print("| " + " | ".join([label] + cells + ratios) + " |")


def run_loads(args, running, report):
    for rooms in args.rooms:
        results, conditions = loads(args, running, rooms)
        fsync = statistics.median(c["fsync_ms"] for c in conditions)
        busy = statistics.median(c["load"] for c in conditions)
        table(f"{rooms} rooms, {rooms} senders, {args.rounds} rounds of {args.seconds:g} s each; "
              f"fsync p50 {fsync:.2f} ms, load average {busy:.1f}", LOAD_ROWS, results)
        report["loads"][str(rooms)] = {"results": results, "conditions": conditions}


def run_idle(args, running, report):
    results = {}
    for server in running:
        polls = args.idle_polls if server.name == "vitrine" else args.peer_polls
        options = ["--rooms", polls, "--users", server.folder / "users.json"]
        load_program(server, "--mode", "prepare", *options, *(["--anonymous"] if server.name == "vitrine" else []))
        server.restart()
        result = load_program(server, "--mode", "idle", *options, "--seconds", 50)
        results[server.name] = [{**result, "kilobytes_per_poll": result["bytes_per_poll"] / 1000}]
    table("Idle long polls, after a restart", IDLE_ROWS, results)
    report["idle"] = results


def run_first_sync(args, running, report):
    results = {}
    for server in running:
        rooms = args.conversations if server.name == "vitrine" else args.peer_conversations
        options = ["--product"] if server.name == "vitrine" else []
        result = load_program(server, "--mode", "first-sync", "--rooms", rooms, *options)
        results[server.name] = [{**result, "kilobytes": result["bytes"] / 1000}]
    table("First sync of a fresh device", FIRST_ROWS, results)
    report["first_sync"] = results


def main():
    head, _, rest = __doc__.partition("\n\n")
    p = argparse.ArgumentParser(description=head, epilog=rest, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--servers", nargs="+", choices=list(servers.ALL), default=list(servers.ALL))
    p.add_argument("--only", nargs="+", choices=("load", "idle", "first-sync"), default=["load", "idle", "first-sync"])
    p.add_argument("--rooms", nargs="+", type=int, default=[10, 1, 100], help="rooms of each load")
    p.add_argument("--seconds", type=float, default=10, help="length of one load")
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--idle-polls", type=int, default=10_000)
    p.add_argument("--peer-polls", type=int, default=300, help="idle polls at peers, which register users slowly")
    p.add_argument("--conversations", type=int, default=1_000)
    p.add_argument("--peer-conversations", type=int, default=100, help="conversations at peers, which make rooms slowly")
    p.add_argument("--folder", default=".", help="where the data folders are made: the disk that is measured")
    p.add_argument("--json", help="write all results to this file")
    args = p.parse_args()
    measure.allow_many_files()
    report = {"date": time.strftime("%Y-%m-%d %H:%M"), "cores": os.cpu_count(), "loads": {}}
    with tempfile.TemporaryDirectory(dir=args.folder, prefix=".bench-") as folder:
        args.folder, running = folder, []
        try:
            for name in args.servers:
                running.append(servers.ALL[name](folder))
            report["versions"] = {server.name: server.version() for server in running}
            print(f"{report['date']}, {report['cores']} cores: " + "; ".join(report["versions"].values()))
            if "load" in args.only:
                run_loads(args, running, report)
            matrix = [server for server in running if server.name != "prosody"]
            if "first-sync" in args.only and matrix:
                run_first_sync(args, matrix, report)
            if "idle" in args.only and matrix:
                run_idle(args, matrix, report)
        finally:
            for server in running:
                server.stop()
    if args.json:
        Path(args.json).write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
