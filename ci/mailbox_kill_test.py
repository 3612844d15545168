#!/usr/bin/env python3
"""kill -9 while mail is read and arranged: what IMAP said OK to is so afterwards, and nothing else happened.

Usage: mailbox_kill_test.py PATH-TO-REFMAILD [--rounds N] [--clients N] [--seed N] [--mbox]

Each round starts refmaild on the same data folder and lets clients APPEND, MOVE, COPY, EXPUNGE and STORE through IMAP,
deliveries by LMTP going on meanwhile, and kills it after a random number of answers. Then every mailbox is read:
  lost        a message that was stored, moved or left alone is not where it must be
  doubled     it is there more than once, or came back after its EXPUNGE
  renumbered  it has another UID than was told, or its mailbox has another UIDVALIDITY
  broken      its octets are not those that were sent; a flag that was stored is not set
With --mbox INBOX is an mbox: it is the mailbox that all share, and half of the clients move their mail there.
What was in flight at the kill may have happened or not, but not by half.
Exits 0 when there was none of these in any round.
"""
import argparse
import os
import random
import re
import smtplib
import socket
import sys
import tempfile
import threading

from kill_test import LIMIT, Refmaild, content, judge



class Imap:
    """A connection that is logged in."""

    def __init__(self, server):
        self.socket = socket.create_connection(("127.0.0.1", server.port("imap")), LIMIT)
        self.file = self.socket.makefile("rb")
        self.file.readline()
        self.ask("LOGIN alice alice-pw")

    def ask(self, command, literal=None):
        """All that came, up to the tagged OK, literals in it; OSError when the server is gone."""
        text = f"t {command}".encode()
        self.socket.sendall(text + (b" {%d+}\r\n%s" % (len(literal), literal) if literal is not None else b"") + b"\r\n")
        got = b""
        while True:
            line = self.file.readline()
            if not line.endswith(b"\r\n"):
                raise OSError("gone")
            got += line
            if size := re.search(rb"\{(\d+)\}\r\n$", line):
                octets = self.file.read(int(size[1]))
                if len(octets) < int(size[1]):
                    raise OSError("gone")
                got += octets
            elif line.startswith(b"t "):
                if not line.startswith(b"t OK"):
                    raise AssertionError(f"{command}: {line!r}")
                return got

    def close(self):
        self.file.close()
        self.socket.close()


class Model:
    """Where each message must be: ident -> the places that it may be in, each a dictionary mailbox -> UID or None (any)."""

    def __init__(self):
        self.lock = threading.Condition()
        self.may_be, self.flagged, self.validity, self.answers = {}, set(), {}, 0

    def may(self, ident, *places):
        with self.lock:
            self.may_be[ident] = list(places)

    def answered(self, ident, place):
        with self.lock:
            self.may_be[ident] = [place]
            self.answers += 1
            self.lock.notify()


class Client:
    """One that appends into a mailbox of its own and into a shared one, and arranges what it has."""

    def __init__(self, server, model, name, number, mbox, chance):
        self.model, self.name, self.chance, self.count, self.mine = model, name, chance, 0, []
        self.imap = Imap(server)
        self.own, self.shared = f"Own-{number}", "INBOX" if mbox else "Shared"
        self.done = "INBOX" if mbox and number % 2 else f"Done-{number}"
        for mailbox in (self.own, self.done, self.shared):
            try:
                self.imap.ask(f"CREATE {mailbox}")
            except AssertionError:
                pass  # there already
        self.selected = None

    def select(self, mailbox):
        if self.selected != mailbox:
            self.imap.ask(f"SELECT {mailbox}")
            self.selected = mailbox

    def work(self):
        while True:
            step = self.chance.choice([self.append, self.append, self.append, self.move, self.copy, self.expunge, self.flag])
            if step == self.append or self.mine:
                step()

    def append(self):
        self.count += 1
        ident = f"{self.name}-{self.count}"
        mailbox = self.chance.choice([self.own, self.shared])
        self.model.may(ident, {}, {mailbox: None})
        octets = content(ident, self.chance.choice([200, 1000, 5000])).encode()
        said = self.imap.ask(f"APPEND {mailbox}", octets)
        uid = int(re.search(rb"APPENDUID \d+ (\d+)", said)[1])
        self.model.answered(ident, {mailbox: uid})
        self.mine.append((ident, {mailbox: uid}))

    def take(self):
        return self.mine.pop(self.chance.randrange(len(self.mine)))

    def move(self):
        ident, places = self.take()
        from_, uid = next(iter(places.items()))
        if from_ == self.done or len(places) > 1:
            return self.mine.append((ident, places))
        self.select(from_)
        self.model.may(ident, places, {self.done: None})
        said = self.imap.ask(f"UID MOVE {uid} {self.done}")
        there = {self.done: int(re.search(rb"COPYUID \d+ \d+ (\d+)", said)[1])}
        self.model.answered(ident, there)
        self.mine.append((ident, there))

    def copy(self):
        ident, places = self.take()
        from_, uid = next(iter(places.items()))
        if from_ == self.done or len(places) > 1:
            return self.mine.append((ident, places))
        self.select(from_)
        self.model.may(ident, places, {**places, self.done: None})
        said = self.imap.ask(f"UID COPY {uid} {self.done}")
        both = {**places, self.done: int(re.search(rb"COPYUID \d+ \d+ (\d+)", said)[1])}
        self.model.answered(ident, both)
        self.mine.append((ident, both))

    def expunge(self):
        ident, places = self.take()
        if len(places) > 1:
            return self.mine.append((ident, places))
        mailbox, uid = next(iter(places.items()))
        self.select(mailbox)
        self.model.may(ident, places, {})
        self.imap.ask(f"UID STORE {uid} +FLAGS.SILENT (\\Deleted)")
        self.imap.ask(f"UID EXPUNGE {uid}")
        self.model.answered(ident, {})

    def flag(self):
        ident, places = self.mine[-1]
        mailbox, uid = next(iter(places.items()))
        self.select(mailbox)
        self.imap.ask(f"UID STORE {uid} +FLAGS.SILENT (\\Flagged)")
        with self.model.lock:
            self.model.flagged.add((mailbox, uid))


def guarded(work):
    try:
        work()
    except (OSError, smtplib.SMTPException):
        pass  # the kill


def deliver(server, model, name):
    with smtplib.LMTP("127.0.0.1", server.port("lmtp"), timeout=LIMIT) as client:
        for count in range(1_000_000):
            ident = f"{name}-{count}"
            model.may(ident, {}, {"INBOX": None})
            client.sendmail("joe@sender.test", "alice@example.test", content(ident, 1000))
            model.answered(ident, {"INBOX": None})


def read_all(server, model):
    """mailbox -> [(uid, ident or None, flagged)], and what is wrong with the mailboxes themselves."""
    found, wrong = {}, []
    imap = Imap(server)
    names = [name.decode().strip('"') for name in re.findall(rb'^\* LIST \(.*?\) "/" (\S+)\r$', imap.ask('LIST "" *'), re.M)]
    for name in names:
        said = imap.ask(f"EXAMINE {name}")
        validity = int(re.search(rb"UIDVALIDITY (\d+)", said)[1])
        if model.validity.setdefault(name, validity) != validity:
            wrong.append(("renumbered", f"{name}: UIDVALIDITY {model.validity[name]} became {validity}"))
            model.validity[name] = validity
        exists, following = int(re.search(rb"\* (\d+) EXISTS", said)[1]), int(re.search(rb"UIDNEXT (\d+)", said)[1])
        rows = found[name] = []
        said = imap.ask("FETCH 1:* (UID FLAGS BODY.PEEK[])") if exists else b""
        for match in re.finditer(rb"\* \d+ FETCH \(UID (\d+) FLAGS \((.*?)\) BODY\[\] \{(\d+)\}\r\n", said):
            octets = said[match.end():match.end() + int(match[3])]
            rows.append((int(match[1]), judge(octets.replace(b"\r\n", b"\n")), b"\\Flagged" in match[2]))
        uids = [row[0] for row in rows]
        if len(rows) != exists or uids != sorted(set(uids)) or (uids and uids[-1] >= following):
            wrong.append(("broken", f"{name}: {exists} EXISTS, UIDNEXT {following}, but UIDs {uids[-5:]}"))
    imap.close()
    return found, wrong


def compare(found, model):
    wrong, places = [], {}
    for name, rows in found.items():
        for uid, ident, flagged in rows:
            if ident is None:
                wrong.append(("broken", f"UID {uid} in {name}"))
                continue
            mine = places.setdefault(ident, {})
            if name in mine:
                wrong.append(("doubled", f"{ident} in {name}: UIDs {mine[name]} and {uid}"))
            mine[name] = uid
            if (name, uid) in model.flagged and not flagged:
                wrong.append(("broken", f"{ident} in {name}, UID {uid}: \\Flagged is gone"))
    for ident, allowed in model.may_be.items():
        is_in = places.get(ident, {})
        fits = [one for one in allowed if one.keys() == is_in.keys()]
        if not fits:
            kind = "lost" if len(is_in) < min(len(one) for one in allowed) else "doubled"
            wrong.append((kind, f"{ident} is in {is_in}, may be in {allowed}"))
        elif not any(all(uid in (None, is_in[name]) for name, uid in one.items()) for one in fits):
            wrong.append(("renumbered", f"{ident} is in {is_in}, must be in {fits}"))
        model.may_be[ident] = [is_in]  # and there it stays
    return wrong


def one_round(server, model, name, wanted, chance):
    clients = [Client(server, model, f"{name}-{i}", i, wanted.mbox, random.Random(chance.random())) for i in range(wanted.clients)]
    threads = [threading.Thread(target=guarded, args=(one.work,)) for one in clients]
    threads.append(threading.Thread(target=guarded, args=(lambda: deliver(server, model, f"{name}-mail"),)))
    goal = model.answers + chance.randrange(50, 600)
    for one in threads:
        one.start()
    with model.lock:
        if not model.lock.wait_for(lambda: model.answers >= goal, LIMIT * 2):
            raise RuntimeError(f"only {model.answers} answers in {LIMIT * 2} s")
    server.kill()
    for one in threads:
        one.join(LIMIT)
    for one in clients:
        one.imap.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("refmaild")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seed", default=str(random.randrange(1 << 32)))
    parser.add_argument("--mbox", action="store_true", help="INBOX is an mbox")
    wanted = parser.parse_args()
    chance, model, wrong = random.Random(wanted.seed), Model(), []
    with tempfile.TemporaryDirectory() as data:
        def start():
            return Refmaild(os.path.abspath(wanted.refmaild), data, "--plaintext-auth", *(["--mbox"] if wanted.mbox else []))

        for number in range(wanted.rounds):
            one_round(start(), model, f"r{number}", wanted, chance)
            server = start()
            found, of_mailboxes = read_all(server, model)
            wrong += of_mailboxes + compare(found, model)
            server.kill()
    for kind, what in wrong[:20]:
        print(f"{kind}: {what}")
    counts = ", ".join(f"{sum(k == kind for k, _ in wrong)} {kind}" for kind in ("lost", "doubled", "renumbered", "broken"))
    messages = sum(len(rows) for rows in found.values())
    print(f"{wanted.rounds} kills, {model.answers} answers, {messages} messages found: {counts} (seed {wanted.seed})")
    return 1 if wrong or not model.answers else 0


if __name__ == "__main__":
    sys.exit(main())
