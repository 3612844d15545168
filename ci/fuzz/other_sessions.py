"""Sessions of POP3 and LMTP with what fuzzing has to say. RFC 1939, RFC 2033."""
import re
import smtplib
import socket

import messages
from responses import Found


class Pop3:
    def __init__(self, address, log, patience):
        self.socket, self.log = socket.create_connection(address, patience), log
        self.stream = self.socket.makefile("rb")
        self.stream.readline()

    def ask(self, text):
        self.log.append(text)
        self.socket.sendall(text + b"\r\n")
        line = self.stream.readline(70000)
        if not line.startswith((b"+OK", b"-ERR")):
            raise Found(f"POP3: {text[:100]!r} got {line[:100]!r}")
        return line.startswith(b"+OK")

    def lines(self):
        """A stored bare LF is sent as it is; what stands behind it is stuffed, too."""
        octets = b""
        while (line := self.stream.readline(4 << 20)) != b".\r\n":
            if not line.endswith(b"\n"):
                raise Found(f"POP3: it ended in {line[-100:]!r}")
            octets += line[1:] if line.startswith(b".") else line
        return octets


def pop3_session(address, user, random, log, trusted, patience):
    pop3 = Pop3(address, log, patience)
    if not pop3.ask(b"USER " + user.encode()) or not pop3.ask(b"PASS pw") or not pop3.ask(b"LIST"):
        return
    sizes = [tuple(map(int, line.split())) for line in pop3.lines().splitlines()]
    if pop3.ask(b"UIDL"):
        unique = {line.split()[1] for line in pop3.lines().splitlines()}
        if len(unique) != len(sizes) and trusted:
            raise Found("POP3: UIDL says an identifier twice")
    for number, size in random.sample(sizes, min(len(sizes), 8)):
        if random.random() < 0.3:
            if pop3.ask(b"TOP %d %d" % (number, random.choice([0, 1, 99999]))):
                pop3.lines()
        elif pop3.ask(b"RETR %d" % number):
            length = len(pop3.lines())
            # A CRLF goes in front of the last dot where the message ends without one.
            if length not in (size, size + 2) and trusted:
                raise Found(f"POP3: message {number} has {size} octets by LIST and {length} by RETR")
    if sizes and random.random() < 0.3:
        pop3.ask(b"DELE %d" % random.choice(sizes)[0])
    pop3.ask(bytes(random.randrange(32, 256) for _ in range(random.choice([1, 10, 200]))))
    pop3.ask(b"QUIT")


def lmtp_session(address, user, random, log, _, patience):
    with smtplib.LMTP(*address) as client:
        client.timeout = patience
        for _ in range(random.choice([1, 3, 10])):
            text = messages.Messages(random).message()
            log.append(b"LMTP " + text[:200])
            client.ehlo()
            client.mail("a@b.example", ["SMTPUTF8", "BODY=8BITMIME"])
            client.rcpt(f"{user}@example.test")
            if client.docmd("data")[0] != 354:
                return
            if random.random() < 0.7:
                text = re.sub(rb"\r\n|\r|\n", b"\r\n", text)
            client.send(re.sub(rb"(?m)^\.", b"..", text) + b"\r\n.\r\n")
            client.getreply()
