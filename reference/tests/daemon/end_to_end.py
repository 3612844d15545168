#!/usr/bin/env python3
"""refmaild as its users see it: started as a program, driven with Python's smtplib and raw sockets.

Usage: end_to_end.py PATH-TO-REFMAILD. Exits 0 when every check held.
"""
import glob
import json
import os
import signal
import smtplib
import socket
import tempfile
import unittest

from running_refmaild import BODY, LIMIT, MESSAGE, Refmaild, Wire, wait_until


class Delivery(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def setUp(self):
        self.data = tempfile.mkdtemp(dir=self.folder.name)
        self.server = Refmaild("--ports", "0", data=self.data)

    def tearDown(self):
        self.assertEqual(self.server.stop(), 0, self.server.log_text())
        self.server.log.close()

    def client(self, service="smtp"):
        return smtplib.SMTP("127.0.0.1", self.server.port(service), local_hostname="client.test", timeout=LIMIT)

    def test_port_25_delivers_to_the_maildir(self):
        with self.client() as c:
            self.assertEqual(c.sendmail("joe@sender.test", ["alice@example.test"], MESSAGE), {})
        (mail,) = self.server.mail_of("alice")
        lines = mail.split(b"\n")
        self.assertEqual(lines[0], b"Return-Path: <joe@sender.test>")
        self.assertTrue(lines[1].startswith(b"Received: from client.test"), lines[1])
        self.assertIn(b"Subject: hi\n\nline\n.dot\n", mail)
        self.assertTrue(mail.endswith(BODY))
        self.server.wait_for_log("disconnect ")
        log = self.server.log_text()
        self.assertRegex(log, r"message session=\S+ id=\S+ client=127\.0\.0\.1:\d+ helo=client\.test protocol=ESMTP "
                              r"from=joe@sender\.test to=alice@example\.test recipients=1 size=\d+ status=stored")
        self.assertRegex(log, r"disconnect session=\S+ service=smtp")

    def test_port_25_relays_for_nobody(self):
        with self.client() as c:
            with self.assertRaises(smtplib.SMTPRecipientsRefused) as refused:
                c.sendmail("joe@sender.test", ["ann@elsewhere.test"], MESSAGE)
            self.assertEqual(refused.exception.recipients["ann@elsewhere.test"][0], 550)
        with self.client() as c:
            with self.assertRaises(smtplib.SMTPRecipientsRefused) as refused:
                c.sendmail("joe@sender.test", ["nosuch@example.test"], MESSAGE)
            self.assertIn(b"5.1.1", refused.exception.recipients["nosuch@example.test"][1])
        self.server.wait_for_log("messages=0 rejected=1")
        log = self.server.log_text()
        self.assertRegex(log, r'rejected session=\S+ client=\S+ reply="550 5\.7\.1 ')
        self.assertRegex(log, r'rejected session=\S+ client=\S+ reply="550 5\.1\.1 ')

    def test_submission_with_starttls_and_auth(self):
        for mechanism in ("PLAIN", "LOGIN"):
            with self.client("submission") as c:
                c.ehlo()
                self.assertFalse(c.has_extn("auth"), "AUTH is offered without TLS")
                c.starttls(context=self.server.trusting())
                c.ehlo()
                self.assertIn(mechanism, c.esmtp_features["auth"])
                c.user, c.password = "alice", "alice-pw"
                code, _ = c.auth(mechanism, getattr(c, "auth_" + mechanism.lower()))
                self.assertEqual(code, 235)
                message = MESSAGE.replace(b"joe@sender.test", b"alice@example.test")
                c.sendmail("alice@example.test", ["bob@example.test"], message)
        mails = self.server.mail_of("bob")
        self.assertEqual(len(mails), 2)
        for mail in mails:
            self.assertIn(b"with ESMTPSA", mail)
        log = self.server.log_text()
        self.assertIn(" user=alice ", log)
        self.assertNotIn("alice-pw", log)

    def test_wrong_passwords_are_refused_and_not_logged(self):
        with self.client("submission") as c:
            c.starttls(context=self.server.trusting())
            with self.assertRaises(smtplib.SMTPAuthenticationError) as refused:
                c.login("alice", "wrong-secret")
            self.assertEqual(refused.exception.smtp_code, 535)
            with self.assertRaises(smtplib.SMTPAuthenticationError):
                c.login("nobody", "wrong-secret")
        log = self.server.log_text()
        self.assertRegex(log, r"auth-failed session=\S+ client=\S+ mechanism=\S+ user=alice")
        self.assertNotIn("wrong-secret", log)

    def test_submissions_and_mail_that_may_not_leave_this_machine_waits(self):
        with smtplib.SMTP_SSL("127.0.0.1", self.server.port("submissions"), timeout=LIMIT,
                              context=self.server.trusting()) as c:
            c.login("bob@example.test", "bob-pw")
            message = MESSAGE.replace(b"joe@sender.test", b"bob@example.test")
            c.sendmail("bob@example.test", ["ann@[192.0.2.1]", "alice@example.test"], message)
        (envelope_path,) = glob.glob(os.path.join(self.data, "queue", "*.envelope"))
        with open(envelope_path) as f:
            envelope = json.load(f)
        self.assertEqual(envelope["sender"], "bob@example.test")
        self.assertEqual([r["address"] for r in envelope["recipients"]], ["ann@[192.0.2.1]"])
        self.assertEqual(envelope["format"], 2)
        self.assertEqual(envelope["user"], "bob")
        with open(os.path.join(self.data, "queue", envelope["id"] + ".message"), "rb") as f:
            message = f.read()
        self.assertTrue(message.startswith(b"Received: "))
        self.assertNotIn(b"Return-Path", message)
        self.assertTrue(message.endswith(BODY))
        self.assertEqual(len(self.server.mail_of("alice")), 1)
        self.assertIn('queued="for other hosts"', self.server.log_text())

    def test_lmtp_answers_for_each_recipient(self):
        bob = os.path.join(self.data, "maildir", "bob")
        wait_until(lambda: os.path.isdir(os.path.join(bob, "cur")), "bob's mailbox")
        w = Wire(self.server.port("lmtp"))
        self.assertTrue(w.reply().startswith("220"))
        self.assertTrue(w.ask("LHLO client.test").startswith("250"))
        w.ask("MAIL FROM:<joe@sender.test>")
        self.assertTrue(w.ask("RCPT TO:<alice@example.test>").startswith("250"))
        self.assertTrue(w.ask("RCPT TO:<nosuch@example.test>").startswith("550"))
        self.assertTrue(w.ask("RCPT TO:<bob@example.test>").startswith("250"))
        self.assertTrue(w.ask("DATA").startswith("354"))
        os.rmdir(os.path.join(bob, "new"))  # bob's mailbox breaks now
        open(os.path.join(bob, "new"), "w").close()
        self.assertTrue(w.ask("Subject: x\r\n\r\ny\r\n.").startswith("250"))
        self.assertTrue(w.reply().startswith("451"))
        w.ask("QUIT")
        w.close()
        self.assertEqual(len(self.server.mail_of("alice")), 1)
        self.server.wait_for_log('status=mixed error="cannot ')

    def test_smtp_is_all_or_nothing(self):
        open(os.path.join(self.data, "maildir", "carol"), "w").close()
        self.server.stop()
        self.server = Refmaild("--ports", "0", "--account", "carol:pw", "--account", "alice:pw", data=self.data)
        with self.client() as c:
            with self.assertRaises(smtplib.SMTPDataError) as refused:
                c.sendmail("joe@sender.test", ["alice@example.test", "carol@example.test"], MESSAGE)
            self.assertEqual(refused.exception.smtp_code, 451)
        self.assertEqual(self.server.mail_of("alice"), [])
        self.assertRegex(self.server.log_text(), r"error.* status=failed error=\"cannot create folder ")

    def test_lists_and_aliases(self):
        with self.client() as c:
            c.ehlo()
            code, text = c.docmd("EXPN", "team")
            self.assertEqual(code, 250)
            self.assertIn(b"<alice@example.test>", text)
            self.assertIn(b"<bob@example.test>", text)
            c.sendmail("joe@sender.test", ["team@example.test", "POSTMASTER@example.test"], MESSAGE)
        (bobs,) = self.server.mail_of("bob")
        self.assertTrue(bobs.startswith(b"Return-Path: <postmaster@example.test>\n"))
        alices = self.server.mail_of("alice")  # as a member of the list, and as postmaster
        self.assertEqual({m.split(b"\n")[0] for m in alices},
                         {b"Return-Path: <postmaster@example.test>", b"Return-Path: <joe@sender.test>"})

    def test_a_large_message_arrives_whole(self):
        body = b"".join(b"%06d %s\r\n" % (i, b"x" * 900) for i in range(5000))
        with self.client() as c:
            c.sendmail("joe@sender.test", ["alice@example.test"], b"Subject: large\r\n\r\n" + body)
        (mail,) = self.server.mail_of("alice")
        self.assertTrue(mail.endswith(b"\n\n" + body.replace(b"\r\n", b"\n")))

    def test_a_client_that_leaves_in_the_middle_leaves_nothing(self):
        w = Wire(self.server.port("smtp"))
        w.reply()
        w.say("EHLO c.test\r\n")
        w.reply()
        w.ask("MAIL FROM:<joe@sender.test>")
        w.ask("RCPT TO:<alice@example.test>")
        w.ask("DATA")
        w.say(b"x" * 900 + b"\r\n")
        w.close()
        self.server.stop()
        self.assertEqual(self.server.mail_of("alice"), [])
        self.assertEqual(os.listdir(os.path.join(self.data, "maildir/alice/tmp")), [])

    def test_shutdown_ends_the_idle_and_lets_the_busy_finish(self):
        idle, busy = Wire(self.server.port("smtp")), Wire(self.server.port("smtp"))
        for w in (idle, busy):
            w.reply()
            w.ask("EHLO c.test")
        busy.ask("MAIL FROM:<joe@sender.test>")
        busy.ask("RCPT TO:<alice@example.test>")
        busy.ask("DATA")
        busy.say("Subject: in time\r\n")
        secured = smtplib.SMTP_SSL("127.0.0.1", self.server.port("submissions"), timeout=LIMIT,
                                   context=self.server.trusting())
        self.server.process.send_signal(signal.SIGTERM)
        self.assertTrue(idle.reply().startswith("421 "))
        self.assertEqual(idle.reply(), "closed")
        self.assertEqual(secured.getreply()[0], 421)
        secured.close()
        with self.assertRaises(OSError):
            while True:  # no new connections
                socket.create_connection(("127.0.0.1", self.server.port("smtp")), LIMIT).close()
        self.assertTrue(busy.ask("\r\nbody\r\n.").startswith("250"))
        self.assertTrue(busy.reply().startswith("421 "))
        self.assertEqual(self.server.wait(), 0)
        self.assertEqual(len(self.server.mail_of("alice")), 1)
        self.assertIn("shutdown sessions=3", self.server.log_text())

    def test_shutdown_does_not_wait_for_half_a_handshake(self):
        at_465 = socket.create_connection(("127.0.0.1", self.server.port("submissions")), LIMIT)
        at_25 = Wire(self.server.port("smtp"))
        at_25.reply()
        self.assertTrue(at_25.ask("STARTTLS").startswith("220"))
        at_25.say(b"\x16\x03\x01\x02\x00\x01")
        busy = Wire(self.server.port("smtp"))
        busy.reply()
        busy.ask("EHLO c.test")
        busy.ask("MAIL FROM:<joe@sender.test>")
        self.server.process.send_signal(signal.SIGTERM)
        at_465.settimeout(LIMIT)
        self.assertEqual(at_465.recv(100), b"")
        self.assertEqual(at_25.reply(), "closed")
        self.assertTrue(busy.ask("RSET").startswith("250"))
        self.assertTrue(busy.reply().startswith("421"))
        self.assertEqual(self.server.wait(), 0)

    def test_a_second_signal_ends_at_once(self):
        busy = Wire(self.server.port("smtp"))
        busy.reply()
        busy.ask("EHLO c.test")
        busy.ask("MAIL FROM:<joe@sender.test>")
        self.server.process.send_signal(signal.SIGINT)
        self.server.wait_for_log("shutdown")
        self.assertIsNone(self.server.process.poll(), "it did not wait for the transaction")
        self.server.process.send_signal(signal.SIGINT)
        self.assertEqual(self.server.wait(), 0)

    def test_the_certificate_stays_over_a_restart(self):
        with open(self.server.ready["certificate"]) as f:
            before = f.read()
        self.server.stop()
        self.server = Refmaild("--ports", "0", data=self.data)
        with open(self.server.ready["certificate"]) as f:
            self.assertEqual(f.read(), before)

    def test_log_lines_cannot_be_forged(self):
        with self.client() as c:
            c.ehlo()
            c.mail('"a b=c"@sender.test')
            c.rcpt("alice@example.test")
            c.data(MESSAGE)
        self.assertIn(r'from="\"a b=c\"@sender.test"', self.server.log_text())


if __name__ == "__main__":
    unittest.main(warnings="ignore")
