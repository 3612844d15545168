#!/usr/bin/env python3
"""kill -9 under load: every message that got its 250 must be there afterwards, once and whole.

Usage: kill_test.py PATH-TO-REFMAILD [--rounds N] [--clients N] [--seed N]

Each round starts refmaild on the same data folder, lets clients deliver through SMTP, LMTP and
submission (mail for an address that is not on this machine, so it waits in the queue) and kills it after a random number of
acknowledged messages. Then the mailboxes and the queue are read:
  lost     acknowledged and not there
  doubled  there more than once in one mailbox
  broken   there, but not the octets that were sent
A message in flight at the kill may be there or not: its client would send it again.
Exits 0 when none was lost, doubled or broken in any round.
"""
import argparse
import glob
import hashlib
import json
import os
import random
import signal
import smtplib
import socket
import ssl
import subprocess
import sys
import tempfile
import threading

LIMIT = 30  # seconds until a hang is called one


def content(ident, size):
    """A message that proves its own completeness."""
    filler = random.Random(ident).randbytes(size // 2).hex()
    body = "\r\n".join(filler[i:i + 76] for i in range(0, len(filler), 76))
    digest = hashlib.sha256(body.replace("\r\n", "\n").encode()).hexdigest()
    return (f"From: <alice@example.test>\r\nSubject: kill test\r\nX-Ident: {ident}\r\nX-Digest: {digest}\r\n"
            f"\r\n{body}\r\nend of {ident}\r\n")


def judge(octets):
    """The identity of a stored message; None if it is not what was sent."""
    head, _, body = octets.decode("ascii", "replace").partition("\n\n")
    fields = dict(line.split(": ", 1) for line in head.split("\n") if line.startswith("X-"))
    ident, digest = fields.get("X-Ident"), fields.get("X-Digest")
    tail = f"\nend of {ident}\n"
    if not ident or not digest or not body.endswith(tail):
        return None
    text = body[:-len(tail)]
    return ident if hashlib.sha256(text.encode()).hexdigest() == digest else None


class Refmaild:
    def __init__(self, program, data, *arguments):
        self.process = subprocess.Popen([program, "--ports", "0", "--json", "--data", data, "--log-level", "error", *arguments],
                                        stdout=subprocess.PIPE, text=True)
        self.ready = json.loads(self.process.stdout.readline())

    def port(self, service):
        return int(self.ready["services"][service].rsplit(":", 1)[1])

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(LIMIT)
        self.process.stdout.close()


class Load:
    """Clients that send until the server is gone, and remember what was promised to them."""

    def __init__(self, server, name, clients, seed):
        self.server, self.name, self.seed = server, name, seed
        self.acknowledged = {}  # ident -> places ("alice", "bob", "queue")
        self.lock = threading.Condition()
        kinds = [self.smtp, self.smtp, self.smtp, self.lmtp, self.submission]
        self.threads = [threading.Thread(target=self.guard, args=(kinds[i % len(kinds)], i)) for i in range(clients)]
        for t in self.threads:
            t.start()

    def guard(self, kind, number):
        try:
            kind(number, random.Random(f"{self.seed}/{self.name}/{number}"))
        except (OSError, smtplib.SMTPException, ssl.SSLError):
            pass  # the kill

    def promise(self, ident, places):
        with self.lock:
            self.acknowledged[ident] = places
            self.lock.notify()

    def wait_for(self, count):
        with self.lock:
            if not self.lock.wait_for(lambda: len(self.acknowledged) >= count, LIMIT):
                raise RuntimeError(f"only {len(self.acknowledged)} messages were taken in {LIMIT} s")

    def join(self):
        for t in self.threads:
            t.join(LIMIT)

    def smtp(self, number, chance):
        self.dialog("smtp", "EHLO", number, chance)

    def lmtp(self, number, chance):
        self.dialog("lmtp", "LHLO", number, chance)

    def dialog(self, service, hello, number, chance):
        with socket.create_connection(("127.0.0.1", self.server.port(service)), LIMIT) as s, s.makefile("rb") as f:
            def reply():
                while True:
                    line = f.readline()
                    if not line:
                        raise OSError("gone")
                    if line[3:4] == b" ":
                        return line

            reply()
            s.sendall(f"{hello} client.test\r\n".encode())
            reply()
            for count in range(1_000_000):
                places = chance.choice([["alice"], ["bob"], ["alice", "bob"]])
                ident = f"{self.name}-{number}-{count}"
                message = content(ident, chance.choice([200, 1000, 1000, 10_000, 600_000 if count % 50 == 0 else 2000]))
                lines = ["MAIL FROM:<joe@sender.test>", *(f"RCPT TO:<{p}@example.test>" for p in places), "DATA"]
                s.sendall(("\r\n".join(lines) + "\r\n").encode())
                for _ in lines:
                    reply()
                s.sendall(message.encode() + b".\r\n")
                got = []
                for place in places if service == "lmtp" else [None]:
                    if reply().startswith(b"250"):
                        got += [place] if place else places
                        self.promise(ident, list(got))

    def submission(self, number, chance):
        context = ssl.create_default_context(cafile=self.server.ready["certificate"])
        context.check_hostname = False
        with smtplib.SMTP_SSL("127.0.0.1", self.server.port("submissions"), timeout=LIMIT, context=context) as c:
            c.login("alice", "alice-pw")
            for count in range(1_000_000):
                ident = f"{self.name}-{number}-{count}"
                to = chance.choice([["ann@[192.0.2.1]"], ["ann@[192.0.2.1]", "bob@example.test"]])
                c.sendmail("alice@example.test", to, content(ident, 1000))
                self.promise(ident, ["queue"] + (["bob"] if len(to) == 2 else []))


def stored(server):
    """place -> ident -> how often, and the paths of what is broken."""
    found, broken = {}, []
    for place, pattern in {"alice": server.ready["maildir"].replace("{user}", "alice") + "/new/*",
                           "bob": server.ready["maildir"].replace("{user}", "bob") + "/new/*",
                           "queue": server.ready["data"] + "/queue/*.envelope"}.items():
        counts = found.setdefault(place, {})
        for path in glob.glob(pattern):
            if place == "queue":
                with open(path) as f:
                    path = os.path.join(os.path.dirname(path), json.load(f)["id"] + ".message")
            try:
                with open(path, "rb") as f:
                    ident = judge(f.read())
            except FileNotFoundError:
                ident = None
            if ident is None:
                broken.append(path)
            else:
                counts[ident] = counts.get(ident, 0) + 1
    return found, broken


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("refmaild")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--seed", default=str(random.randrange(1 << 32)))
    wanted = parser.parse_args()
    chance = random.Random(wanted.seed)
    promised, lost, doubled, broken, found = {}, [], [], [], {}
    with tempfile.TemporaryDirectory() as data:
        for number in range(wanted.rounds):
            server = Refmaild(os.path.abspath(wanted.refmaild), data)
            load = Load(server, f"r{number}", wanted.clients, wanted.seed)
            load.wait_for(chance.randrange(20, 600))
            server.kill()
            load.join()
            promised.update(load.acknowledged)
        found, broken = stored(server)
    for ident, places in promised.items():
        lost += [f"{ident} in {place}" for place in places if ident not in found[place]]
    for place, counts in found.items():
        doubled += [f"{ident} in {place}" for ident, count in counts.items() if count > 1]
    for name, cases in (("lost", lost), ("doubled", doubled), ("broken", broken)):
        for case in cases[:10]:
            print(f"{name}: {case}")
    total = sum(len(counts) for counts in found.values())
    print(f"{wanted.rounds} kills, {len(promised)} messages acknowledged, {total} copies found: {len(lost)} lost, "
          f"{len(doubled)} doubled, {len(broken)} broken (seed {wanted.seed})")
    return 1 if lost or doubled or broken or not promised else 0


if __name__ == "__main__":
    sys.exit(main())
