"""One mailbox with very many messages, on a server that is started anew before each first SELECT: how long the first and
the next SELECT take, FETCH of all flags, and SEARCH SUBJECT the first time and again. Raw octets, so that the client's own
work is small beside the server's. The files are in the page cache: the server is cold, the disk is not.
"""
import contextlib
import json
import pathlib
import re
import signal
import socket
import statistics
import subprocess
import time

from setting import ROOT, program, work_folder

WITHIN = 120  # seconds for one answer
APPENDED, COPIED = 500, 5000  # one by one; at most by one COPY


class Client:
    def __init__(self, address, user, password):
        self.socket = socket.create_connection(address, timeout=WITHIN)
        self.tag, self.kept = 0, b""
        self.read_to(b"* ")
        self.kept = b""
        self.ask(f"LOGIN {user} {password}")

    def read_to(self, start):
        """Octets up to and with the first line that begins so."""
        read = [self.kept]
        tail = b"\r\n" + self.kept
        while not (ends := re.search(rb"\r\n" + re.escape(start) + rb"[^\r\n]*\r\n", tail)):
            more = self.socket.recv(1 << 20)
            if not more:
                raise SystemExit(f"the server ended the connection: {tail[-300:]!r}")
            read.append(more)
            tail = tail[-2000:] + more
        self.kept = tail[ends.end():]
        return b"".join(read), ends[0][2:]

    def ask(self, command):
        """Seconds until the tagged OK, and all octets before it."""
        self.tag += 1
        tag = f"t{self.tag}".encode()
        begun = time.perf_counter()
        self.socket.sendall(tag + b" " + command.encode() + b"\r\n")
        octets, end = self.read_to(tag + b" ")
        seconds = time.perf_counter() - begun
        if not end.startswith(tag + b" OK"):
            raise SystemExit(f"{command.split(chr(13))[0]}: {end!r}")
        return seconds, octets

    def append(self, mailbox, text):
        self.ask(f"APPEND {mailbox} {{{len(text)}+}}\r\n{text}")


def message(number):
    lines = "".join(f"Line {i} of message {number}, sixty-odd octets as lines of mail tend to have.\r\n" for i in range(3 + number % 60))
    return (f"From: Bench <bench@client.mailspec.test>\r\nTo: someone@mailspec.test\r\nSubject: message {number}\r\n"
            f"Date: Thu, 01 Jan 2026 00:00:00 +0000\r\nMessage-ID: <{number}@client.mailspec.test>\r\n\r\n{lines}")


def fill(client, messages):
    client.ask("CREATE big")
    there = min(messages, APPENDED)
    for number in range(there):
        client.append("big", message(number))
    client.ask("SELECT big")
    while there < messages:  # doubled, in steps that a server answers in time
        more = min(there, messages - there, COPIED)
        client.ask(f"COPY 1:{more} big")
        there += more
    client.ask("CLOSE")


@contextlib.contextmanager
def running_refmaild(folder, *options):
    with open(pathlib.Path(folder, "log"), "a", encoding="utf-8") as log:
        server = subprocess.Popen([program("reference/refmaild"), "--ports", "0", "--json", "--plaintext-auth", "--account=big:pw",
                                   "--data", str(pathlib.Path(folder, "data")), *options], stdout=subprocess.PIPE, stderr=log, text=True)
    try:
        host, port = json.loads(server.stdout.readline())["services"]["imap"].rsplit(":", 1)
        yield lambda: Client((host, int(port)), "big", "pw")
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(60)


@contextlib.contextmanager
def running_dovecot(folder, launcher=ROOT / "ci/targets/dovecot/start"):
    """By its launcher, which needs root; see ci/targets/dovecot."""
    with open(pathlib.Path(folder, "log"), "a", encoding="utf-8") as log:
        server = subprocess.Popen([str(launcher), folder], stdout=log, stderr=log)
    try:
        until = time.monotonic() + WITHIN
        while True:
            try:
                if pathlib.Path(folder, "pid").exists():  # else it would be another Dovecot's port
                    socket.create_connection(("127.0.0.1", 14143), timeout=1).close()
                    break
                raise OSError
            except OSError:
                if server.poll() is not None or time.monotonic() > until:
                    raise SystemExit(f"Dovecot does not start: {pathlib.Path(folder, 'log').read_text(encoding='utf-8')}") from None
                time.sleep(0.05)
        yield lambda: Client(("127.0.0.1", 14143), "ms01", "ms01-pw")
    finally:
        subprocess.run([str(ROOT / "ci/targets/stop"), folder], check=False)
        server.wait(60)


SERVERS = {"refmaild": running_refmaild, "Dovecot": running_dovecot}


def median_ms(times):
    return statistics.median(times) * 1000


def measure(name, messages, rounds=5):
    """Milliseconds by kind of command."""
    running = SERVERS[name]
    figures = {}
    with work_folder() as folder:
        with running(folder) as connect:
            begun = time.monotonic()
            fill(connect(), messages)
            figures["filling it"] = (time.monotonic() - begun) * 1000
        cold = []
        for _ in range(rounds):
            with running(folder) as connect:
                client = connect()
                seconds, octets = client.ask("SELECT big")
                if f"* {messages} EXISTS".encode() not in octets:
                    raise SystemExit(f"{name}: not {messages} messages: {octets[:500]!r}")
                cold.append(seconds)
        figures["SELECT after a start"] = median_ms(cold)
        with running(folder) as connect:
            client = connect()
            client.ask("SELECT big")
            figures["SELECT again"] = median_ms([client.ask("SELECT big")[0] for _ in range(2 * rounds)])
            flags = [client.ask("FETCH 1:* (FLAGS)") for _ in range(2 * rounds)]
            if any(octets.count(b" FETCH (") != messages for _, octets in flags):
                raise SystemExit(f"{name}: FETCH did not tell of all messages")
            figures["FETCH 1:* (FLAGS)"] = median_ms([seconds for seconds, _ in flags])
            figures["SEARCH SUBJECT, first"] = client.ask('SEARCH SUBJECT "message 77"')[0] * 1000
            figures["SEARCH SUBJECT, again"] = median_ms([client.ask(f'SEARCH SUBJECT "message {n}"')[0] for n in range(rounds)])
    return figures
