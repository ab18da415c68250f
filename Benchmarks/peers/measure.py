"""What all load programs here count with: quantiles, processor time and memory of processes, fsync time of a folder."""
import os
import resource
import tempfile
import time


def quantile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


def milliseconds(seconds):
    """Summary of durations given in seconds."""
    return {"n": len(seconds), "p50_ms": quantile(seconds, .5) * 1000, "p95_ms": quantile(seconds, .95) * 1000,
            "p99_ms": quantile(seconds, .99) * 1000, "max_ms": max(seconds, default=float("nan")) * 1000}


def cpu_seconds(pids):
    """User and system time that the processes have used so far."""
    total = 0.0
    for pid in pids:
        with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


def resident_bytes(pids):
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/statm", encoding="ascii") as statm:
            total += int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return total


def fsync_seconds(folder, times=100):
    """Median time of rewriting and syncing 4 KiB of a file in this folder, which is what a commit waits for at least."""
    block, durations = b"\0" * 4096, []
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        os.write(file.fileno(), block * times)
        os.fsync(file.fileno())
        for index in range(times):
            began = time.perf_counter()
            os.pwrite(file.fileno(), block, index * len(block))
            os.fdatasync(file.fileno())
            durations.append(time.perf_counter() - began)
    return quantile(durations, .5)


def allow_many_files():
    """Lifts the limit of open files to what the system allows; returns it."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


class Ledger:
    """What was sent and what arrived, shared by the senders and receivers of one run.

    Every message's body begins with `bench ROOM-INDEX`; a receiver reports each event with its id, so that losses,
    doubles and changes of order can be counted. All three must be 0.
    """

    def __init__(self):
        self.pending, self.sends, self.deliveries = {}, [], []
        self.acknowledgements, self.arrivals, self.after_acknowledgement = {}, {}, []
        self.errors = self.duplicates = self.disorder = 0
        self.stop = False

    def sent(self, room, index):
        self.pending[(room, index)] = time.perf_counter()

    def acknowledged(self, room, index, began):
        now = time.perf_counter()
        self.sends.append(now - began)
        arrival = self.arrivals.pop((room, index), None)
        if arrival is None:
            self.acknowledgements[(room, index)] = now
        else:
            self.after_acknowledgement.append(0.0)

    def failed(self, room, index):
        self.errors += 1
        self.pending.pop((room, index), None)

    def arrived(self, receiver, event_id, body):
        """`receiver` is the caller's own {"seen": set, "last": dict}."""
        if not isinstance(body, str) or not body.startswith("bench "):
            return
        if event_id in receiver["seen"]:
            self.duplicates += 1
            return
        receiver["seen"].add(event_id)
        room, index = (int(part) for part in body.split()[1].split("-"))
        if index < receiver["last"].get(room, -1):
            self.disorder += 1
        receiver["last"][room] = index
        began = self.pending.pop((room, index), None)
        if began is None:
            return
        now = time.perf_counter()
        self.deliveries.append(now - began)
        acknowledged = self.acknowledgements.pop((room, index), None)
        if acknowledged is None:
            self.arrivals[(room, index)] = now
        else:
            self.after_acknowledgement.append(now - acknowledged)

    def report(self, wall, cpu, own_cpu):
        """The result of a run that took `wall` seconds, in which the server used `cpu` and we ourselves `own_cpu`."""
        sends = len(self.sends)
        return {"wall_s": wall, "sends": sends, "sends_per_s": sends / wall, "errors": self.errors,
                "lost": len(self.pending), "duplicates": self.duplicates, "disorder": self.disorder,
                "server_cpu_ms_per_send": cpu * 1000 / max(1, sends), "client_cpu_percent": 100 * own_cpu / wall,
                "load_average": os.getloadavg()[0], "send": milliseconds(self.sends),
                "delivery": milliseconds(self.deliveries),
                "delivery_after_ack": milliseconds(self.after_acknowledgement)}
