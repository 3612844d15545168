#!/usr/bin/env python3
"""refmaild as an IMAP server, seen by imaplib and by raw connections: sockets, time, threads, many sessions. What
IMAP means is tested elsewhere, without sockets.

Usage: reading_by_imap.py PATH-TO-REFMAILD. Exits 0 when every check held.
"""
import imaplib
import os
import re
import smtplib
import unittest
import zlib

import reading_server
from reading_server import MESSAGE, Line
from running_refmaild import LIMIT, wait_until


class Client(Line):
    """A raw connection that knows tags."""
    count = 0

    def command(self, text):
        """The lines up to the tagged response; literals are read over."""
        self.count += 1
        self.say(f"t{self.count} {text}\r\n")
        return self.until(f"t{self.count} ")

    def until(self, start):
        lines = []
        while not lines or not lines[-1].startswith(start):
            lines.append(self.reply())
            if lines[-1] == "closed":
                raise AssertionError(f"closed before {start!r}: {lines}")
            if literal := re.search(r"\{(\d+)\}$", lines[-1]):
                self.file.read(int(literal[1]))
        return lines


class Compressed:
    """The same socket after COMPRESS DEFLATE."""

    def __init__(self, client):
        self.client, self.left = client, b""
        self.deflate, self.inflate = zlib.compressobj(9, zlib.DEFLATED, -15), zlib.decompressobj(-15)

    def command(self, tag, text):
        self.client.say(self.deflate.compress(f"{tag} {text}\r\n".encode()) + self.deflate.flush(zlib.Z_SYNC_FLUSH))
        while f"\r\n{tag} ".encode() not in b"\r\n" + self.left or not self.left.endswith(b"\r\n"):
            octets = self.client.socket.recv(65536)
            if not octets:
                raise AssertionError(f"closed after {self.left!r}")
            self.left += self.inflate.decompress(octets)
        answer, self.left = self.left, b""
        return answer


class Served(reading_server.Served):
    def client(self, user=None, mailbox=None):
        c = Client(self.server.port("imap"))
        self.addCleanup(c.close)
        self.assertTrue(c.reply().startswith("* OK "))
        if user:
            self.assertRegex(c.command(f"LOGIN {user} {user}-pw")[-1], r"^t1 OK ")
        if mailbox:
            self.assertRegex(c.command(f"SELECT {mailbox}")[-1], r"^t2 OK ")
        return c

    def resident(self):
        with open(f"/proc/{self.server.process.pid}/status", encoding="utf-8") as status:
            return int(re.search(r"^VmRSS:\s+(\d+) kB", status.read(), re.M)[1])

    def grows_less_than(self, kibibytes, before):
        with open(f"/proc/{self.server.process.pid}/maps", encoding="utf-8") as maps:
            if "asan" not in maps.read():  # which keeps what was freed
                self.assertLess(self.resident() - before, kibibytes)

    def append(self, client, octets, mailbox="INBOX"):
        client.say(b"a APPEND %s {%d+}\r\n%s\r\n" % (mailbox.encode(), len(octets), octets))
        self.assertTrue(client.until("a ")[-1].startswith("a OK "))


class Mail(Served):
    def setUp(self):
        self.serve("--plaintext-auth")

    def test_a_day_of_work(self):
        self.deliver("one", "two")
        m = imaplib.IMAP4("127.0.0.1", self.server.port("imap"), LIMIT)
        m.starttls(self.server.trusting())
        m.login("alice", "alice-pw")
        self.assertEqual(m.select(), ("OK", [b"2"]))
        text = m.fetch("1", "(BODY.PEEK[])")[1][0][1]
        self.assertTrue(text.endswith(MESSAGE % b"one"))
        m.create("Archive/2026")
        self.assertEqual(m.append("Archive/2026", "(\\Seen)", None, MESSAGE % b"kept")[0], "OK")
        self.assertEqual(m.copy("1:2", "Archive/2026")[0], "OK")
        m.store("1", "+FLAGS", "\\Deleted")
        self.assertEqual(m.expunge()[1], [b"1"])
        self.assertEqual(m.search(None, "SUBJECT", "two")[1], [b"1"])
        self.assertEqual(m.status("Archive/2026", "(MESSAGES UNSEEN)")[1], [b"Archive/2026 (MESSAGES 3 UNSEEN 2)"])
        self.assertEqual(m.logout()[0], "BYE")

    def test_tls_from_the_first_octet(self):
        m = imaplib.IMAP4_SSL("127.0.0.1", self.server.port("imaps"), ssl_context=self.server.trusting())
        self.assertNotIn("STARTTLS", m.capabilities)
        m.login("bob", "bob-pw")
        m.logout()

    def test_a_session_in_idle_hears_of_deliveries_and_of_others(self):
        one, other = self.client("alice", "INBOX"), self.client("alice", "INBOX")
        one.say("i IDLE\r\n")
        self.assertTrue(one.reply().startswith("+ "))
        self.deliver("one")
        self.assertIn("* 1 EXISTS", one.until("* 1 EXISTS"))
        self.assertIn("* 1 EXISTS", other.command("NOOP"))
        other.command("STORE 1 +FLAGS (\\Flagged)")
        self.assertRegex(one.until("* 1 FETCH")[-1], r"Flagged")
        self.append(other, b"Subject: appended\r\n\r\n")
        one.until("* 2 EXISTS")
        other.command("STORE 1 +FLAGS.SILENT (\\Deleted)")
        other.command("EXPUNGE")
        one.until("* 1 EXPUNGE")
        one.say("DONE\r\n")
        self.assertTrue(one.until("i ")[-1].startswith("i OK "))

    def test_a_session_in_idle_hears_of_other_programs(self):
        folder = self.server.ready["maildir"].replace("{user}", "alice")
        one = self.client("alice", "INBOX")
        one.say("i IDLE\r\n")
        one.reply()
        with open(os.path.join(folder, "tmp", "x"), "wb") as f:
            f.write(b"Subject: foreign\n\nline\n")
        os.rename(os.path.join(folder, "tmp", "x"), os.path.join(folder, "new", "1700000000.M1P1.elsewhere"))
        one.until("* 1 EXISTS")
        found = [os.path.join(folder, part, name) for part in ("new", "cur")
                 for name in os.listdir(os.path.join(folder, part))]
        self.assertEqual(len(found), 1)
        os.rename(found[0], os.path.join(folder, "cur", "1700000000.M1P1.elsewhere:2,F"))
        self.assertIn("\\Flagged", one.until("* 1 FETCH")[-1])
        os.remove(os.path.join(folder, "cur", "1700000000.M1P1.elsewhere:2,F"))
        one.until("* 1 EXPUNGE")

    def test_compression(self):
        self.deliver("one")
        c = self.client("alice", "INBOX")
        self.assertRegex(c.command("COMPRESS DEFLATE")[-1], r"^t3 OK ")
        squeezed = Compressed(c)
        self.assertTrue(squeezed.command("z1", "FETCH 1 BODY.PEEK[TEXT]").endswith(b"z1 OK FETCH completed\r\n"))
        self.assertIn(b"z2 BAD [COMPRESSIONACTIVE]", squeezed.command("z2", "COMPRESS DEFLATE"))
        self.assertIn(b"z3 OK", squeezed.command("z3", "NOOP"))

    def test_a_bomb_is_a_long_command_and_no_more(self):
        c = self.client("alice")
        c.command("COMPRESS DEFLATE")
        before = self.resident()
        deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
        bomb = deflate.compress(b"x NOOP " + b"a" * 200_000_000 + b"\r\n") + deflate.flush(zlib.Z_SYNC_FLUSH)
        c.say(bomb)
        inflate, answer = zlib.decompressobj(-15), b""
        while b"\r\n" not in answer:
            octets = c.socket.recv(4096)
            if not octets:
                break
            answer += inflate.decompress(octets)
        self.assertRegex(answer, rb"BAD|BYE")
        self.grows_less_than(20_000, before)

    def test_who_does_not_read_holds_up_himself_alone(self):
        filler = b"Subject: large\r\n\r\n" + b"0123456789abcdef" * 4 * 16 * 1_000 + b"\r\n"
        writer = self.client("alice")
        self.append(writer, filler)
        deaf = [self.client("alice", "INBOX") for _ in range(40)]
        before = self.resident()
        for c in deaf:
            c.say("x FETCH 1 BODY[]\r\n" * 100)
        other = self.client("alice", "INBOX")
        for _ in range(20):
            self.assertIn("OK", other.command("NOOP")[-1])
            self.append(writer, b"Subject: small\r\n\r\n")
        # 40 sessions that are each asked for 100 MB hold one message of 1 MB and a slice of the answer.
        self.grows_less_than(150_000, before)
        self.assertTrue(deaf[0].until("x ")[-1].startswith("x OK"))  # whole, once it is read

    def test_the_end_of_the_server(self):
        idle, quiet = self.client("alice", "INBOX"), self.client("alice")
        idle.say("i IDLE\r\n")
        idle.reply()
        self.server.process.terminate()
        for c in (idle, quiet):
            self.assertTrue(c.reply().startswith("* BYE "))
            self.assertIn(c.reply().split()[0], ("closed", "i"))
            c.close()
        self.assertEqual(self.server.wait(), 0)


class Limits(Served):
    def test_who_is_idle_is_told_and_left(self):
        self.configure("imap_idle: 1 s, login_time: 1 s")
        stranger, member = self.client(), self.client("alice")
        for c in (stranger, member):
            self.assertTrue(c.until("* BYE")[-1].startswith("* BYE "))
            self.assertEqual(c.reply(), "closed")

    def test_no_more_than_so_many_sessions_a_user(self):
        self.configure("sessions_per_user: 2")
        first, second = self.client("alice"), self.client("alice")
        third = self.client()
        self.assertRegex(third.command("LOGIN alice alice-pw")[-1], r"^t1 NO \[(LIMIT|UNAVAILABLE)\]")
        self.client("bob")
        first.command("LOGOUT")
        wait_until(lambda: " OK " in third.command("LOGIN alice alice-pw")[-1], "a place for alice")
        self.assertIn("OK", second.command("NOOP")[-1])

    def test_too_many_sessions_from_an_address(self):
        self.configure("quota: { messages: 1 }", limits="sessions_per_address: 1")
        c = self.client("alice")
        w = Line(self.server.port("imap"))
        self.addCleanup(w.close)
        self.assertEqual(w.reply(), "* BYE [UNAVAILABLE] too many connections, try again later")
        self.assertEqual(w.reply(), "closed")

    def test_a_full_account_takes_no_more(self):
        self.configure("quota: { messages: 2 }")
        c = self.client("alice", "INBOX")
        self.deliver("one", "two")
        with self.assertRaises(smtplib.SMTPDataError) as refused:
            self.deliver("three")
        self.assertEqual(refused.exception.smtp_code, 452)
        c.say(b"a APPEND INBOX {4+}\r\nA: b\r\n")
        self.assertIn("NO [OVERQUOTA]", c.until("a ")[-1])
        self.deliver("for another", user="bob")

    def test_delivery_over_lmtp_and_reading_meet(self):
        self.configure("quota: { storage: 1 GiB }")
        c = self.client("alice", "INBOX")
        for number in range(1, 31):
            self.deliver(f"mail {number}")
            with self.subTest(number):
                self.assertIn(f"* {number} EXISTS", c.command("NOOP"))


if __name__ == "__main__":
    unittest.main()
