"""A refmaild that runs as a program for a test, and a raw connection to it.

The path of the program is the first argument of the script that imports this. Everything happens on
the loopback. Nothing here depends on how long something takes; LIMIT only bounds hangs.
"""
import glob
import json
import os
import resource
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time

REFMAILD = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else "refmaild"
LIMIT = 20  # seconds until a hang is called one


def wait_until(condition, what):
    deadline = time.monotonic() + LIMIT
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited in vain for: {what}")
        time.sleep(0.005)


class Refmaild:
    """A running refmaild with its ready line and its log."""

    def __init__(self, *arguments, data=None, file_room=None):
        self.log = tempfile.TemporaryFile("w+")
        command = [REFMAILD, *arguments]
        if data:
            command += ["--data", data]
        limit = (lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (file_room, file_room))) if file_room else None
        self.process = subprocess.Popen([*command, "--json"], stdout=subprocess.PIPE, stderr=self.log, text=True,
                                        preexec_fn=limit)
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("refmaild did not start: " + self.log_text())
        self.ready = json.loads(line) if line.startswith("{") else None

    def port(self, service):
        return int(self.ready["services"][service].rsplit(":", 1)[1])

    def log_text(self):
        self.log.seek(0)
        return self.log.read()

    def wait_for_log(self, words):
        """The log has a line a moment after the client has its reply."""
        wait_until(lambda: words in self.log_text(), words)

    def wait_for_logs(self, words, count):
        wait_until(lambda: self.log_text().count(words) >= count, f"{count} times {words}")

    def stop(self, number=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.wait()

    def wait(self):
        try:
            return self.process.wait(LIMIT)
        finally:
            self.process.stdout.close()

    def mail_of(self, user):
        found = []
        for path in sorted(glob.glob(os.path.join(self.ready["maildir"].replace("{user}", user), "new", "*"))):
            with open(path, "rb") as f:
                found.append(f.read())
        return found

    def trusting(self):
        context = ssl.create_default_context(cafile=self.ready["certificate"])
        context.check_hostname = False
        return context


class Wire:
    """A raw connection: what is sent is what the test says."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), LIMIT)
        self.file = self.socket.makefile("rb")

    def reply(self):
        lines = []
        while True:
            line = self.file.readline()
            if not line:
                return "closed"
            lines.append(line.decode().rstrip("\r\n"))
            if line[3:4] != b"-":
                return "\n".join(lines)

    def say(self, text):
        self.socket.sendall(text.encode() if isinstance(text, str) else text)

    def ask(self, line):
        self.say(line + "\r\n")
        return self.reply()

    def close(self):
        self.file.close()
        self.socket.close()


MESSAGE = b"From: <joe@sender.test>\r\nTo: <alice@example.test>\r\nSubject: hi\r\n\r\nline\r\n.dot\r\n\x00\xff8-bit\r\n"
BODY = b"\nline\n.dot\n\x00\xff8-bit\n"


def hashed(password):
    return subprocess.run([REFMAILD, "hash-password"], input=password + "\n", capture_output=True, text=True,
                          check=True).stdout.strip()
