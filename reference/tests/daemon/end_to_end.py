#!/usr/bin/env python3
"""refmaild as its users see it: started as a program, driven with Python's smtplib and raw sockets.

Usage: end_to_end.py PATH-TO-REFMAILD. Exits 0 when every check held. Everything happens on the
loopback, in a temporary folder. No check depends on how long something takes; limits only bound hangs.
"""
import glob
import json
import os
import pwd
import resource
import signal
import smtplib
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import unittest

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

    def test_submissions_and_mail_that_must_leave_is_held(self):
        with smtplib.SMTP_SSL("127.0.0.1", self.server.port("submissions"), timeout=LIMIT,
                              context=self.server.trusting()) as c:
            c.login("bob@example.test", "bob-pw")
            message = MESSAGE.replace(b"joe@sender.test", b"bob@example.test")
            c.sendmail("bob@example.test", ["ann@elsewhere.test", "alice@example.test"], message)
        (envelope_path,) = glob.glob(os.path.join(self.data, "queue", "*.envelope"))
        with open(envelope_path) as f:
            envelope = json.load(f)
        self.assertEqual(envelope["sender"], "bob@example.test")
        self.assertEqual(envelope["recipients"], ["ann@elsewhere.test"])
        self.assertEqual(envelope["state"], "held")
        self.assertEqual(envelope["user"], "bob")
        with open(os.path.join(self.data, "queue", envelope["id"] + ".message"), "rb") as f:
            message = f.read()
        self.assertTrue(message.startswith(b"Received: "))
        self.assertNotIn(b"Return-Path", message)
        self.assertTrue(message.endswith(BODY))
        self.assertEqual(len(self.server.mail_of("alice")), 1)
        self.assertIn('held="for other hosts, in the queue"', self.server.log_text())

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
        self.server.process.send_signal(signal.SIGTERM)
        self.assertTrue(idle.reply().startswith("421 "))
        self.assertEqual(idle.reply(), "closed")
        with self.assertRaises(OSError):
            while True:  # no new connections
                socket.create_connection(("127.0.0.1", self.server.port("smtp")), LIMIT).close()
        self.assertTrue(busy.ask("\r\nbody\r\n.").startswith("250"))
        self.assertTrue(busy.reply().startswith("421 "))
        self.assertEqual(self.server.wait(), 0)
        self.assertEqual(len(self.server.mail_of("alice")), 1)
        self.assertIn("shutdown sessions=2", self.server.log_text())

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


class Limits(unittest.TestCase):
    """Each with a configuration of its own."""

    def serve(self, limits, **popen):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        path = os.path.join(self.folder.name, "refmaild.yaml")
        with open(path, "w") as f:
            f.write(f"domains: example.test\ndata: {self.folder.name}/mail\nlisten: {{ smtp: '127.0.0.1:0' }}\n"
                    f"accounts: [ {{ user: alice, password: \"{Start.hashed('pw')}\" }} ]\nlimits: {{ {limits} }}\n")
        self.server = Refmaild("--config", path, **popen)
        self.addCleanup(self.server.log.close)
        self.addCleanup(self.server.stop)
        w = Wire(self.server.port("smtp"))
        self.addCleanup(w.close)
        self.assertTrue(w.reply().startswith("220 "))
        w.ask("EHLO c.test")
        return w

    def start_message(self, w):
        w.ask("MAIL FROM:<joe@sender.test>")
        self.assertTrue(w.ask("RCPT TO:<alice@example.test>").startswith("250"))
        self.assertTrue(w.ask("DATA").startswith("354"))

    def test_an_idle_session_ends_with_421(self):
        w = self.serve("idle: 1 s")
        self.assertRegex(w.reply(), r"^421 4\.4\.2 ")
        self.assertEqual(w.reply(), "closed")
        self.server.wait_for_log("ended=timeout")

    def test_a_client_that_trickles_is_not_waited_for(self):
        w = self.serve("idle: 100 s, message_time: 1 s")
        self.start_message(w)
        w.socket.settimeout(0.05)
        for _ in range(LIMIT * 20):
            try:
                w.say("x\r\n")
                answer = w.socket.recv(100)
                break
            except TimeoutError:
                continue
        self.assertRegex(answer, rb"^421 4\.4\.2 ")
        self.assertEqual(self.server.mail_of("alice"), [])

    def test_a_client_that_is_turned_out_may_finish_its_sentence(self):
        w = self.serve("errors: 3")
        answer = w.ask("NONSENSE")
        while not answer.startswith("421"):
            answer = w.ask("NONSENSE")
        # On a closed connection the first of these would draw a reset, and the second would fail.
        for _ in range(3):
            w.say("NONSENSE\r\n" * 1000)
        self.assertEqual(w.reply(), "closed")

    def test_a_session_has_an_end(self):
        w = self.serve("idle: 100 s, session_time: 1 s")
        w.socket.settimeout(LIMIT)
        answer = w.ask("NOOP")
        while not answer.startswith("421"):
            self.assertTrue(answer.startswith("250"), answer)
            answer = w.ask("NOOP")

    def test_a_full_disk_is_452_and_loses_nothing(self):
        room = 400_000  # octets a file may have: stands in for a quota
        w = self.serve("message_size: 10 MiB", file_room=room)
        for size, code in ((1000, "250"), (room * 2, "452 4.3.1"), (1000, "250")):
            self.start_message(w)
            self.assertTrue(w.ask("Subject: x\r\n\r\n" + "line of text\r\n" * (size // 14) + ".").startswith(code))
        self.assertEqual(len(self.server.mail_of("alice")), 2)
        self.server.wait_for_log("status=no-space")
        tmp = os.path.join(os.path.dirname(self.server.ready["maildir"]), "alice/tmp")
        wait_until(lambda: os.listdir(tmp) == [], "the temporary file to go")

    def test_the_size_limit_is_announced_and_kept(self):
        w = self.serve("message_size: 100 KiB")
        self.assertIn("SIZE 102400", w.ask("EHLO c.test"))
        self.assertTrue(w.ask("MAIL FROM:<joe@sender.test> SIZE=102401").startswith("552 5.3.4"))
        self.start_message(w)
        self.assertTrue(w.ask("x" * 900 + ("\r\n" + "x" * 900) * 120 + "\r\n.").startswith("552 5.3.4"))
        self.assertEqual(self.server.mail_of("alice"), [])


class Privileges(unittest.TestCase):
    @unittest.skipUnless(os.geteuid() == 0, "needs root to have something to drop")
    def test_root_becomes_the_configured_user(self):
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            path = os.path.join(folder, "refmaild.yaml")
            with open(path, "w") as f:
                f.write(f"domains: example.test\ndata: {folder}/mail\nlisten: {{ smtp: '127.0.0.1:0' }}\n"
                        f"accounts: [ {{ user: alice, password: \"{Start.hashed('pw')}\" }} ]\nuser: nobody\n")
            for _ in range(2):  # the second start finds the folder handed over
                server = Refmaild("--config", path)
                with open(f"/proc/{server.process.pid}/status") as f:
                    status = dict(line.split(":", 1) for line in f)
                uid = str(pwd.getpwnam("nobody").pw_uid)
                self.assertEqual(status["Uid"].split(), [uid] * 4)
                self.assertEqual(status["CapEff"].strip(), "0" * 16)
                with smtplib.SMTP("127.0.0.1", server.port("smtp"), timeout=LIMIT) as c:
                    c.sendmail("joe@sender.test", ["alice@example.test"], MESSAGE)
                self.assertEqual(server.stop(), 0, server.log_text())
            self.assertEqual(len(server.mail_of("alice")), 2)
            with open(path, "a") as f:
                f.write("group: no-such-group\n")
            done = subprocess.run([REFMAILD, "--config", path], capture_output=True, text=True, timeout=LIMIT)
            self.assertEqual(done.returncode, 2)
            self.assertEqual(done.stderr, "refmaild: group: there is no group 'no-such-group' on this system\n")


class Start(unittest.TestCase):
    def test_the_page_for_people(self):
        with tempfile.TemporaryDirectory() as data:
            process = subprocess.Popen([REFMAILD, "--ports", "0", "--data", data], stdout=subprocess.PIPE,
                                       stderr=subprocess.DEVNULL, text=True)
            page = ""
            while "Ctrl-C ends." not in page:
                line = process.stdout.readline()
                self.assertTrue(line, page)
                page += line
            process.terminate()
            self.assertEqual(process.wait(LIMIT), 0)
            process.stdout.close()
        for words in ("refmaild serves example.test", "smtp         127.0.0.1:", "submissions  127.0.0.1:",
                      "alice@example.test         user alice    password alice-pw", "password bob-pw",
                      "postmaster@example.test    alias of alice", "team@example.test          list of alice, bob",
                      data + "/maildir/{user}"):
            self.assertIn(words, page)

    def test_own_accounts_and_domain(self):
        with tempfile.TemporaryDirectory() as data:
            server = Refmaild("--ports", "0", "--domain", "mail.test", "--account", "Carol:s:crt", data=data)
            self.assertEqual(server.ready["domain"], "mail.test")
            self.assertEqual(server.ready["accounts"],
                             [{"user": "carol", "address": "carol@mail.test", "password": "s:crt"}])
            self.assertEqual(server.stop(), 0)

    def test_without_data_free_ports_use_a_folder_that_goes(self):
        server = Refmaild("--ports", "0")
        self.assertTrue(os.path.isdir(server.ready["data"]))
        self.assertEqual(server.stop(), 0)
        self.assertFalse(os.path.exists(server.ready["data"]))

    def complaint(self, *arguments, code=2):
        done = subprocess.run([REFMAILD, *arguments], capture_output=True, text=True, timeout=LIMIT)
        self.assertEqual(done.returncode, code, done.stderr)
        self.assertEqual(done.stdout, "")
        return done.stderr.strip()

    def test_complaints(self):
        self.assertEqual(self.complaint("--config", "/no/such.yaml"),
                         "refmaild: /no/such.yaml: cannot be read: No such file or directory")
        self.assertEqual(self.complaint("--account", "alice", "--ports", "0"),
                         "refmaild: --account 'alice': write user:password")
        self.assertEqual(self.complaint("--account", "../x:y", "--ports", "0", "--data", "/tmp"),
                         "refmaild: account '../x': a user name is made of a-z, 0-9, '-', '_' and '.' between them")
        self.assertEqual(self.complaint("--data", "/dev/null/x", "--ports", "0"),
                         "refmaild: the data folder: cannot create folder /dev/null/x: Not a directory")
        self.assertEqual(self.complaint("--host", "mail.test", "--data", "/tmp"),
                         "refmaild: --host 'mail.test' is no IP address")
        self.assertIn("--nonsense", self.complaint("--nonsense"))
        taken = socket.create_server(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with tempfile.TemporaryDirectory() as data:
            with open(os.path.join(data, "c.yaml"), "w") as f:
                f.write(f"domains: d.test\ndata: {data}\nlisten: {{ smtp: '127.0.0.1:{port}' }}\naccounts:\n"
                        f"  - {{ user: a, password: \"{self.hashed('pw')}\" }}\n")
            self.assertEqual(self.complaint("--config", f.name),
                             f"refmaild: service smtp: cannot listen on 127.0.0.1:{port}: Address already in use")
        taken.close()

    @staticmethod
    def hashed(password):
        return subprocess.run([REFMAILD, "hash-password"], input=password + "\n", capture_output=True, text=True,
                              check=True).stdout.strip()

    def test_a_configuration_with_hashed_passwords(self):
        with tempfile.TemporaryDirectory() as data:
            path = os.path.join(data, "refmaild.yaml")
            with open(path, "w") as f:
                f.write(f"""
domains: [ one.test, two.test ]
host_name: mx.one.test
data: {data}/mail
listen: {{ smtp: "127.0.0.1:0", submission: "127.0.0.1:0" }}
accounts:
  - {{ user: dora, password: "{self.hashed('dora-pw')}", name: Dora Example, addresses: [ d.example ] }}
aliases: {{ sales: [ dora ] }}
submission: {{ plaintext_auth: true }}
limits: {{ sessions_per_address: 2 }}
""")
            server = Refmaild("--config", path)
            self.assertNotIn("password", server.ready["accounts"][0])
            self.assertEqual(set(server.ready["services"]), {"smtp", "submission"})
            port = server.port("submission")
            for _ in range(2):  # the slow hash, then the remembered digest
                with smtplib.SMTP("127.0.0.1", port, timeout=LIMIT) as c:
                    with self.assertRaises(smtplib.SMTPAuthenticationError):
                        c.login("dora", "dora-px")
                    with self.assertRaises(smtplib.SMTPAuthenticationError):
                        c.login("nobody", "dora-pw")
                    c.login("dora@two.test", "dora-pw")
                    for to in ("sales@two.test", "D.Example@one.test", "dora+tag@one.test"):
                        c.sendmail("dora@one.test", [to], b"From: dora@one.test\r\nSubject: x\r\n\r\ny\r\n")
            self.assertEqual(len(server.mail_of("dora")), 6)
            # The third session from one address is turned away, and comes in once there is room.
            wires = [Wire(port) for _ in range(2)]
            for w in wires:
                self.assertTrue(w.reply().startswith("220 "))
            third = Wire(port)
            self.assertTrue(third.reply().startswith("421 mx.one.test 4.7.0 too many connections"))
            self.assertEqual(third.reply(), "closed")
            wires[0].ask("QUIT")
            self.assertEqual(wires[0].reply(), "closed")
            deadline = time.monotonic() + LIMIT
            while time.monotonic() < deadline:
                again = Wire(port)
                if again.reply().startswith("220 "):
                    break
                again.close()
            else:
                self.fail("no room although a session ended")
            for w in (*wires, third, again):
                w.close()
            self.assertEqual(server.stop(), 0)


if __name__ == "__main__":
    unittest.main(warnings="ignore")
