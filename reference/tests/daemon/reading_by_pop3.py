#!/usr/bin/env python3
"""refmaild as a POP3 server, seen by poplib and by raw connections.

Usage: reading_by_pop3.py PATH-TO-REFMAILD. Exits 0 when every check held.
"""
import os
import poplib
import smtplib
import unittest

import reading_server
from reading_server import MESSAGE, Line
from running_refmaild import LIMIT


class Served(reading_server.Served):
    def login(self, user="alice"):
        client = poplib.POP3("127.0.0.1", self.server.port("pop3"), LIMIT)
        self.addCleanup(client.close)
        client.stls(self.server.trusting())
        client.user(user)
        client.pass_(f"{user}-pw")
        return client

    def logged_in_wire(self, user="alice", password=None):
        w = self.wire()
        w.ask(f"USER {user}")
        self.assertRegex(w.ask(f"PASS {password or user + '-pw'}"), r"^\+OK ")
        return w


class Mail(Served):
    def setUp(self):
        self.serve()

    def test_a_day_of_work(self):
        self.deliver("one", "two", "three")
        client = self.login()
        self.assertEqual(client.stat()[0], 3)
        sizes = [int(line.split()[1]) for line in client.list()[1]]
        answer, lines, _ = client.retr(2)
        text = b"".join(line + b"\r\n" for line in lines)
        self.assertEqual(len(text), sizes[1])
        self.assertTrue(text.endswith(MESSAGE % b"two"))
        self.assertTrue(text.startswith(b"Return-Path: <joe@sender.test>\r\nReceived: "))
        self.assertIn(b"Subject: one", client.top(1, 0)[1])
        ids = [line.split()[1] for line in client.uidl()[1]]
        client.dele(1)
        self.assertEqual(client.quit()[:3], b"+OK")
        client = self.login()
        self.assertEqual([line.split()[1] for line in client.uidl()[1]], ids[1:])
        client.quit()

    def test_tls_from_the_first_octet(self):
        self.deliver("one")
        client = poplib.POP3_SSL("127.0.0.1", self.server.port("pop3s"), timeout=LIMIT,
                                 context=self.server.trusting())
        self.addCleanup(client.close)
        self.assertNotIn("STLS", client.capa())
        client.user("alice")
        client.pass_("alice-pw")
        self.assertEqual(client.stat()[0], 1)

    def test_no_password_on_an_open_line(self):
        w = self.wire()
        self.assertEqual(w.ask("USER alice"), "-ERR no passwords on an open line, issue STLS first")
        client = poplib.POP3("127.0.0.1", self.server.port("pop3"), LIMIT)
        self.addCleanup(client.close)
        capabilities = client.capa()
        self.assertIn("STLS", capabilities)
        self.assertNotIn("USER", capabilities)
        self.assertNotIn("SASL", capabilities)

    def test_one_session_at_a_time(self):
        first = self.login()
        with self.assertRaisesRegex(poplib.error_proto, r"-ERR \[IN-USE\] another session has the mailbox"):
            self.login()
        first.quit()
        self.login().quit()

    def test_only_quit_removes(self):
        self.deliver("one", "two")
        client = self.login()
        client.dele(1)
        client.close()
        self.server.wait_for_log("ended=eof")
        self.assertEqual(self.login().stat()[0], 2)

    def test_a_large_message_comes_whole(self):
        body = b"".join(b".%d %s\r\n" % (i, b"x" * 60) for i in range(100_000))
        with smtplib.LMTP("127.0.0.1", self.server.port("lmtp")) as client:
            client.sendmail("joe@sender.test", "alice@example.test", b"Subject: large\r\n\r\n" + body)
        lines = self.login().retr(1)[1]
        text = b"".join(line + b"\r\n" for line in lines)
        self.assertTrue(text.endswith(b"\r\n\r\n" + body))

    def test_mail_of_other_programs_is_found(self):
        self.login().quit()
        maildir = self.server.ready["maildir"].replace("{user}", "alice")
        with open(os.path.join(maildir, "tmp", "x"), "wb") as f:
            f.write(b"Subject: foreign\n\nline\n")
        os.rename(os.path.join(maildir, "tmp", "x"), os.path.join(maildir, "new", "1700000000.M1P1.elsewhere"))
        client = self.login()
        self.assertEqual(b"\r\n".join(client.retr(1)[1]), b"Subject: foreign\r\n\r\nline")
        self.assertEqual(client.list(1), b"+OK 1 26")

    def test_the_end_of_the_server(self):
        self.deliver("one")
        client = self.login()
        client.dele(1)
        self.server.process.terminate()
        with self.assertRaisesRegex(poplib.error_proto, r"-ERR \[SYS/TEMP\] shutting down"):
            client._getresp()
        self.assertEqual(self.server.wait(), 0)


class Limits(Served):
    def test_who_is_idle_is_left_and_nothing_is_removed(self):
        self.configure("pop3_idle: 1 s")
        self.deliver("one")
        w = self.logged_in_wire()
        self.assertEqual(w.ask("DELE 1"), "+OK message 1 deleted")
        self.assertEqual(w.reply(), "closed")  # RFC 1939 section 3: without a word
        self.server.wait_for_log("ended=timeout")
        self.assertEqual(self.logged_in_wire().ask("STAT").split()[1], "1")

    def test_the_time_of_a_long_answer_is_not_the_clients(self):
        self.configure("pop3_idle: 1 s")
        with smtplib.LMTP("127.0.0.1", self.server.port("lmtp")) as client:
            client.sendmail("joe@sender.test", "alice@example.test", b"Subject: large\r\n\r\n" + b"x" * 70 + b"\r\n"
                            + (b"y" * 70 + b"\r\n") * 15_000)
        reader, idle = self.logged_in_wire(), self.logged_in_wire("bob")
        reader.say("RETR 1\r\n" * 50)  # more than the buffers between us hold
        self.assertEqual(idle.reply(), "closed")  # its time is over
        for _ in range(50):
            self.assertRegex(reader.reply(), r"^\+OK \d+ octets")
            while reader.reply() != ".":
                pass
        self.assertEqual(reader.ask("NOOP"), "+OK nothing done")

    def test_logins_are_spaced(self):
        self.configure("pop3_login_delay: 1 h")
        self.logged_in_wire().ask("QUIT")
        w = self.wire()
        w.ask("USER alice")
        self.assertEqual(w.ask("PASS alice-pw"), "-ERR [LOGIN-DELAY] at least 3600 seconds between two logins")
        self.logged_in_wire("bob")

    def test_apop(self):
        self.configure("apop: beside_password")
        client = poplib.POP3("127.0.0.1", self.server.port("pop3"), LIMIT)
        self.addCleanup(client.close)
        self.assertEqual(client.apop("bob", "bob-secret")[:3], b"+OK")
        client.quit()
        client = poplib.POP3("127.0.0.1", self.server.port("pop3"), LIMIT)
        self.addCleanup(client.close)
        with self.assertRaisesRegex(poplib.error_proto, r"-ERR \[AUTH\] user or password is wrong"):
            client.apop("alice", "alice-pw")  # only its hash is known
        self.server.wait_for_log("mechanism=APOP user=alice")

    def test_who_guesses_waits_and_nobody_else(self):
        self.configure("apop: off", limits="failed_logins: 1")
        first = self.wire()
        first.ask("USER alice")
        self.assertEqual(first.ask("PASS wrong"), "-ERR [AUTH] user or password is wrong")
        # The next ones wait 1, 2, 3 ... seconds, whatever connection they come on.
        guessers = [self.wire() for _ in range(14)]
        for number, guesser in enumerate(guessers):
            guesser.say("USER alice\r\nPASS wrong\r\n")
            self.assertEqual(guesser.reply(), "+OK now the password")
            self.server.wait_for_logs("auth-failed", number + 2)
        self.logged_in_wire().ask("QUIT")  # the same address, right password
        guessers[-1].socket.settimeout(0.001)
        with self.assertRaises(TimeoutError):
            guessers[-1].socket.recv(100)

    def test_too_many_sessions_from_an_address(self):
        self.configure("apop: off", limits="sessions_per_address: 1")
        self.wire()
        w = Line(self.server.port("pop3"))
        self.addCleanup(w.close)
        self.assertEqual(w.reply(), "-ERR [SYS/TEMP] too many connections, try again later")
        self.assertEqual(w.reply(), "closed")


if __name__ == "__main__":
    unittest.main()
