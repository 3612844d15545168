#!/usr/bin/env python3
"""kill -9 while mail leaves: every message that got its 250 must reach its remote hosts, whole.

Usage: queue_kill_test.py PATH-TO-REFMAILD [--rounds N] [--clients N] [--seed N]

Each round starts refmaild on the same data folder, lets clients submit mail for two remote hosts (one of which refuses
every fifth recipient for now), and kills it after a random number of acknowledged messages. At the end the queue is run
until it is empty. Then what the hosts took is counted, by message and recipient:
  lost        acknowledged, and never taken by its host
  broken      taken, but not the octets that were sent
  repeated    taken twice although nobody was killed in between
  again       taken once more after a kill. SMTP allows that (RFC 5321 §6.1): the host said 250, and refmaild was killed
              before its note of it was on the disk. More than the connections that were open at the kills are a failure.
Exits 0 when none was lost, broken or repeated.
"""
import argparse
import json
import os
import pathlib
import random
import signal
import smtplib
import ssl
import sys
import tempfile
import threading
import urllib.request

from kill_test import LIMIT, content, judge

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "reference/tests/daemon"))
PROGRAM = sys.argv.pop(1) if len(sys.argv) > 1 and not sys.argv[1].startswith("-") else None
from remote_host import Host  # noqa: E402  (behind the path that leads there)

CONNECTIONS = 20  # refmaild's limit for one destination
HOSTS = ("127.0.0.2", "127.0.0.3")


class Refmaild:
    def __init__(self, data, port):
        import subprocess
        self.process = subprocess.Popen([PROGRAM, "--ports", "0", "--json", "--data", data, "--egress-port", str(port),
                                         "--log-level", "error"], stdout=subprocess.PIPE, text=True)
        self.ready = json.loads(self.process.stdout.readline())

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(LIMIT)
        self.process.stdout.close()

    def run_queue(self):
        """Tries everything now; how many messages wait afterwards."""
        request = urllib.request.Request(f"http://{self.ready['control']}/queue/run", b"{}")
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.load(answer)["waiting"]


class Load:
    """Clients that submit until the server is gone."""

    def __init__(self, server, name, clients, seed):
        self.server, self.name, self.seed = server, name, seed
        self.acknowledged = {}  # ident -> recipients
        self.changed = threading.Condition()
        self.threads = [threading.Thread(target=self.guard, args=(n,)) for n in range(clients)]
        for thread in self.threads:
            thread.start()

    def guard(self, number):
        try:
            self.submit(number, random.Random(f"{self.seed}/{self.name}/{number}"))
        except (OSError, smtplib.SMTPException, ssl.SSLError):
            pass  # the kill

    def submit(self, number, chance):
        context = ssl.create_default_context(cafile=self.server.ready["certificate"])
        context.check_hostname = False
        host, port = self.server.ready["services"]["submissions"].rsplit(":", 1)
        with smtplib.SMTP_SSL(host, int(port), timeout=LIMIT, context=context) as client:
            client.login("alice", "alice-pw")
            for count in range(1_000_000):
                ident = f"{self.name}-{number}-{count}"
                to = [f"r{i}@[{chance.choice(HOSTS)}]" for i in range(chance.choice((1, 1, 2, 3)))]
                client.sendmail("alice@example.test", to, content(ident, chance.choice((200, 1000, 10_000, 100_000))))
                with self.changed:
                    self.acknowledged[ident] = to
                    self.changed.notify()

    def wait_for(self, count):
        with self.changed:
            if not self.changed.wait_for(lambda: len(self.acknowledged) >= count, LIMIT):
                raise RuntimeError(f"only {len(self.acknowledged)} messages were taken in {LIMIT} s")

    def join(self):
        for thread in self.threads:
            thread.join(LIMIT)


class Sink(Host):
    """A host that remembers in which round it took what. Judged at once, so that little is kept."""

    def __init__(self, address, port, chance):
        self.round, self.taken_in, self.broken = 0, {}, 0
        self.moody = True
        super().__init__(address, port, answer=lambda line: "450 4.2.1 not now" if self.moody and
                         line.startswith("RCPT") and chance.random() < 0.2 else None)

    def collect(self):
        """(ident, recipient) -> rounds"""
        with self.changed:
            fresh, self.messages[:] = list(self.messages), []
        for _, recipients, octets in fresh:
            octets = octets.replace(b"\r\n", b"\n").replace(b"\n..", b"\n.")
            head = octets.index(b"From: ")
            ident = judge(octets[head:])
            if ident is None:
                self.broken += 1
            for recipient in recipients if ident else []:
                self.taken_in.setdefault((ident, recipient), []).append(self.round)


def count(promised, sinks):
    taken = {}
    for sink in sinks:
        taken.update(sink.taken_in)
    wanted = {(ident, to) for ident, recipients in promised.items() for to in recipients}
    lost = wanted - taken.keys()
    repeated = {key for key, rounds in taken.items() if len(set(rounds)) < len(rounds)}
    again = sum(len(set(rounds)) - 1 for rounds in taken.values())
    return wanted, lost, repeated, again


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--clients", type=int, default=10)
    parser.add_argument("--seed", default=str(random.randrange(1 << 32)))
    wanted = parser.parse_args()
    chance = random.Random(wanted.seed)
    first = Sink(HOSTS[0], 0, chance)
    sinks = [first, Sink(HOSTS[1], first.port, chance)]
    promised = {}
    with tempfile.TemporaryDirectory() as data:
        for number in range(wanted.rounds):
            server = Refmaild(data, first.port)
            load = Load(server, f"r{number}", wanted.clients, wanted.seed)
            load.wait_for(chance.randrange(20, 400))
            server.kill()
            load.join()
            promised.update(load.acknowledged)
            for sink in sinks:
                sink.collect()
                sink.round += 1
        for sink in sinks:
            sink.moody = False
        server = Refmaild(data, first.port)
        while server.run_queue():
            pass
        server.kill()
        left = len(list(pathlib.Path(data, "queue").glob("*.envelope")))
        for sink in sinks:
            sink.collect()
    wanted_copies, lost, repeated, again = count(promised, sinks)
    broken = sum(sink.broken for sink in sinks)
    allowed = wanted.rounds * CONNECTIONS * len(HOSTS) * 3  # recipients of one message
    for name, cases in (("lost", lost), ("repeated", repeated)):
        for case in sorted(cases)[:10]:
            print(f"{name}: {case[0]} for {case[1]}")
    print(f"{wanted.rounds} kills, {len(promised)} messages acknowledged for {len(wanted_copies)} recipients: "
          f"{len(lost)} lost, {broken} broken, {len(repeated)} repeated, {again} taken again after a kill "
          f"(seed {wanted.seed})")
    if left:
        print(f"{left} messages are still in the queue, which said that it was empty")
    return 1 if lost or repeated or broken or left or again > allowed or not promised else 0


if __name__ == "__main__":
    if not PROGRAM:
        sys.exit(__doc__)
    PROGRAM = os.path.abspath(PROGRAM)
    sys.exit(main())
