"""Starts the servers that are compared, each on a fresh data folder and a free port of the loopback address."""
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A started server: where it listens, its process, and how it is stopped."""

    name = ""

    def __init__(self, folder):
        self.folder, self.port = Path(folder).resolve() / self.name, free_port()
        self.folder.mkdir(parents=True)
        self.process = None
        self.log = open(self.folder / "output.log", "ab")
        self.prepare()
        self.start()

    def prepare(self):
        """What is done once, before the first start."""

    def start(self):
        raise NotImplementedError

    def restart(self):
        self.stop()
        self.log = open(self.folder / "output.log", "ab")
        self.start()

    @property
    def base_url(self):
        return f"http://127.0.0.1:{self.port}"

    def spawn(self, *command, **more):
        self.process = subprocess.Popen([str(part) for part in command], cwd=self.folder, stdout=self.log,
                                        stderr=subprocess.STDOUT, **more)

    def wait_until(self, is_ready, seconds=60):
        deadline = time.monotonic() + seconds
        while not is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                said = (self.folder / "output.log").read_text(encoding="utf-8", errors="replace")[-2000:]
                raise RuntimeError(f"{self.name} did not start:\n{said}")
            time.sleep(.1)

    def answers(self, path):
        try:
            with urllib.request.urlopen(self.base_url + path, timeout=5) as reply:
                return reply.status == 200
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()

    def version(self):
        raise NotImplementedError


SYNAPSE = """
listeners:
  - {{port: {port}, type: http, bind_addresses: ["127.0.0.1"], resources: [{{names: [client]}}]}}
presence: {{enabled: false}}
bcrypt_rounds: 4
enable_registration: true
enable_registration_without_verification: true
trusted_key_servers: []
suppress_key_server_warning: true
rc_message: &off {{per_second: 1000000, burst_count: 1000000}}
rc_registration: *off
rc_login: {{address: *off, account: *off, failed_attempts: *off}}
rc_joins: {{local: *off, remote: *off}}
rc_joins_per_room: *off
rc_invites: {{per_room: *off, per_user: *off, per_issuer: *off}}
rc_room_creation: *off
"""


class Synapse(Server):
    """Synapse as pip installs it, one process, SQLite, rate limits and presence off."""

    name = "synapse"
    program = (sys.executable, "-m", "synapse.app.homeserver")

    def prepare(self):
        command = (*self.program, "--generate-config", "-H", "bench.local", "-c", "homeserver.yaml", "--report-stats=no")
        subprocess.run(command, cwd=self.folder, check=True, stdout=self.log, stderr=self.log)
        (self.folder / "bench.yaml").write_text(SYNAPSE.format(port=self.port), encoding="utf-8")

    def start(self):
        self.spawn(*self.program, "-c", "homeserver.yaml", "-c", "bench.yaml")
        self.wait_until(lambda: self.answers("/_matrix/client/versions"))

    def version(self):
        import importlib.metadata
        return "Synapse " + importlib.metadata.version("matrix-synapse") + ", SQLite"


PROSODY = """
run_as_root = true
data_path = "{folder}"
pidfile = "{folder}/prosody.pid"
log = {{ warn = "{folder}/prosody.log" }}
interfaces = {{ "127.0.0.1" }}
c2s_ports = {{ {port} }}
s2s_ports = {{}}
modules_enabled = {{ "saslauth", "register_ibr", "presence", "roster", "disco" }}
modules_disabled = {{ "s2s", "tls" }}
allow_registration = true
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
authentication = "internal_hashed"
storage = "sql"
sql = {{ driver = "SQLite3", database = "prosody.sqlite" }}
VirtualHost "bench.local"
Component "rooms.bench.local" "muc"
    modules_enabled = {{ "muc_mam" }}
    muc_log_by_default = true
    muc_log_all_rooms = true
    muc_room_locking = false
    muc_room_default_persistent = true
"""


class Prosody(Server):
    """Prosody with rooms that are archived in SQLite at its default settings, which sync every commit."""

    name = "prosody"

    def prepare(self):
        settings = PROSODY.format(port=self.port, folder=self.folder)
        (self.folder / "prosody.cfg.lua").write_text(settings, encoding="utf-8")

    def start(self):
        self.spawn("prosody", "--config", self.folder / "prosody.cfg.lua", "-F")
        self.wait_until(self.listens)

    def listens(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def version(self):
        about = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", "prosody"], capture_output=True, text=True)
        return "Prosody " + (about.stdout or "of unknown version") + ", SQLite archive"


class Vitrine(Server):
    """The release build of this working tree, one process, rate limits off."""

    name = "vitrine"
    program = ROOT / ".build" / "release" / "vitrine"

    def start(self):
        self.spawn(self.program, "serve", "--data", self.folder / "data", "--listen", f"127.0.0.1:{self.port}",
                   "--server-name", "bench.local", "--registration", "open", "--no-rate-limits")
        self.wait_until(lambda: self.answers("/_matrix/client/versions"))

    def version(self):
        commit = subprocess.run(["git", "-C", ROOT, "describe", "--always", "--dirty"], capture_output=True, text=True)
        return "Vitrine " + commit.stdout.strip() + ", SQLite"


ALL = {server.name: server for server in (Vitrine, Synapse, Prosody)}
