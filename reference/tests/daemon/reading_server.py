"""What the tests of IMAP and POP3 share: a refmaild with mail in it, and raw connections to it."""
import os
import smtplib
import tempfile
import unittest

from running_refmaild import Refmaild, Wire, hashed

MESSAGE = b"From: <joe@sender.test>\r\nTo: <alice@example.test>\r\nSubject: %s\r\n\r\nline\r\n.dot\r\n..\r\n"


class Line(Wire):
    """A raw connection to a protocol whose replies are single lines."""

    def reply(self):
        line = self.file.readline()
        return line.decode().rstrip("\r\n") if line else "closed"


class Served(unittest.TestCase):
    def serve(self, *arguments):
        self.server = Refmaild("--ports", "0", *arguments)
        self.addCleanup(self.server.log.close)
        self.addCleanup(self.server.stop)

    def configure(self, reading, limits="idle: 60 s"):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = os.path.join(folder.name, "refmaild.yaml")
        with open(path, "w") as f:
            f.write(f"domains: example.test\ndata: {folder.name}/mail\n"
                    "listen: { lmtp: '127.0.0.1:0', imap: '127.0.0.1:0', pop3: '127.0.0.1:0' }\n"
                    f"accounts: [ {{ user: alice, password: \"{hashed('alice-pw')}\" }},\n"
                    f"            {{ user: bob, password: \"{hashed('bob-pw')}\", apop_secret: bob-secret }} ]\n"
                    f"limits: {{ {limits} }}\nreading: {{ plaintext_auth: true, {reading} }}\n")
        self.server = Refmaild("--config", path)
        self.addCleanup(self.server.log.close)
        self.addCleanup(self.server.stop)

    def deliver(self, *subjects, user="alice"):
        with smtplib.LMTP("127.0.0.1", self.server.port("lmtp")) as client:
            for subject in subjects:
                client.sendmail("joe@sender.test", f"{user}@example.test", MESSAGE % subject.encode())

    def wire(self, service="pop3"):
        w = Line(self.server.port(service))
        self.addCleanup(w.close)
        self.assertTrue(w.reply().startswith(("+OK ", "* OK ")))
        return w
