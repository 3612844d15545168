"""What the tests of the queue share: a refmaild whose mail leaves for hosts on 127.0.0.2 and up, all on one port, and its
control port. Addresses are literals, so no DNS is needed.
"""
import json
import os
import smtplib
import subprocess
import tempfile
import unittest
import urllib.error
import urllib.request

from remote_host import Host
from running_refmaild import LIMIT, REFMAILD, Refmaild, wait_until

MESSAGE = b"From: <alice@example.test>\r\nTo: <ann@remote.test>\r\nSubject: hi\r\n\r\nline\r\n.dot\r\n"
BUSY = "450 4.2.1 busy"


def refuse(verb, reply):
    return lambda line: reply if line.upper().startswith(verb) else None


class Queue(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.hosts = []
        probe = Host()
        self.port = probe.port  # the same port on every address
        probe.close()
        self.server = None

    def tearDown(self):
        if self.server:
            self.assertEqual(self.server.stop(), 0, self.server.log_text())
            self.server.log.close()
        for host in self.hosts:
            host.close()
        self.folder.cleanup()

    def start(self, *arguments):
        self.server = Refmaild("--ports", "0", "--egress-port", str(self.port), *arguments, data=self.folder.name)
        return self.server

    def host(self, address, **how):
        self.hosts.append(Host(address, self.port, **how))
        return self.hosts[-1]

    def submit(self, *recipients, sender="alice@example.test", content=MESSAGE):
        with smtplib.SMTP("127.0.0.1", self.server.port("submission"), timeout=LIMIT) as c:
            c.starttls(context=self.server.trusting())
            c.login("alice", "alice-pw")
            self.assertEqual(c.sendmail(sender, list(recipients), content), {})

    def ask(self, path, body=None, **headers):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request("http://" + self.server.ready["control"] + path, data, headers)
        try:
            with urllib.request.urlopen(request, timeout=LIMIT) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as e:
            return {**json.load(e), "code": e.code}

    def queue(self):
        return self.ask("/queue")["messages"]

    def wait_for_attempts(self, count):
        wait_until(lambda: [m["attempts"] for m in self.queue()] == [count], f"{count} attempts")

    def wait_for_empty_queue(self):
        wait_until(lambda: not self.queue(), "an empty queue")
        self.assertEqual(os.listdir(os.path.join(self.folder.name, "queue")), ["tmp"])

    def advance(self, how_far):
        answer = self.ask("/clock", {"advance": how_far})
        self.assertTrue(answer.get("settled"), answer)

    def command(self, *words):
        return subprocess.run([REFMAILD, "queue", *words, "--data", self.folder.name], capture_output=True, text=True,
                              timeout=LIMIT)
