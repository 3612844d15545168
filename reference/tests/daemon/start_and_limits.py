#!/usr/bin/env python3
"""refmaild's start, configuration, limits and privileges, seen from outside.

Usage: start_and_limits.py PATH-TO-REFMAILD. Exits 0 when every check held.
"""
import os
import pwd
import smtplib
import socket
import subprocess
import tempfile
import time
import unittest

from running_refmaild import LIMIT, MESSAGE, REFMAILD, Refmaild, Wire, hashed, wait_until


class Limits(unittest.TestCase):
    """Each with a configuration of its own."""

    def serve(self, limits, **popen):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        path = os.path.join(self.folder.name, "refmaild.yaml")
        with open(path, "w") as f:
            f.write(f"domains: example.test\ndata: {self.folder.name}/mail\nlisten: {{ smtp: '127.0.0.1:0' }}\n"
                    f"accounts: [ {{ user: alice, password: \"{hashed('pw')}\" }} ]\nlimits: {{ {limits} }}\n")
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

    def test_neither_is_one_whose_message_is_refused_already(self):
        w = self.serve("idle: 100 s, message_time: 1 s")
        self.start_message(w)
        w.say("a bare\nLF\r\n")
        self.server.wait_for_log("bare LF")
        w.socket.settimeout(LIMIT)
        self.assertRegex(w.reply(), r"^421 4\.4\.2 ")

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
                        f"accounts: [ {{ user: alice, password: \"{hashed('pw')}\" }} ]\nuser: nobody\n")
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
            self.assertEqual(done.stderr,
                             f"refmaild: {path}:6: group: there is no group 'no-such-group' on this system\n")

    @unittest.skipUnless(os.geteuid() == 0, "needs root to have something to drop")
    def test_a_folder_that_was_made_for_the_user_is_handed_over_whole(self):
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            nobody = pwd.getpwnam("nobody")
            os.mkdir(folder + "/mail", 0o700)
            os.chown(folder + "/mail", nobody.pw_uid, nobody.pw_gid)
            path = os.path.join(folder, "refmaild.yaml")
            with open(path, "w") as f:
                f.write(f"domains: example.test\ndata: {folder}/mail\nlisten: {{ smtp: '127.0.0.1:0' }}\n"
                        f"accounts: [ {{ user: alice, password: \"{hashed('pw')}\" }} ]\nuser: nobody\n")
            server = Refmaild("--config", path)
            with smtplib.SMTP("127.0.0.1", server.port("smtp"), timeout=LIMIT) as c:
                c.sendmail("joe@sender.test", ["alice@example.test"], MESSAGE)
            self.assertEqual(server.stop(), 0, server.log_text())
            self.assertEqual(len(server.mail_of("alice")), 1)


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
        self.assertRegex(self.complaint("--ports", "0", "--data", "/dev/null/x", "--account", "a:\x07"),
                         "SASLprep .* does not allow that password")
        one = Refmaild("--ports", "0")
        self.assertEqual(self.complaint("--ports", "0", "--data", one.ready["data"]),
                         f"refmaild: the data folder: {one.ready['data']} is in use by another refmaild")
        self.assertEqual(one.stop(), 0)
        taken = socket.create_server(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with tempfile.TemporaryDirectory() as data:
            with open(os.path.join(data, "c.yaml"), "w") as f:
                f.write(f"domains: d.test\ndata: {data}\nlisten: {{ smtp: '127.0.0.1:{port}' }}\naccounts:\n"
                        f"  - {{ user: a, password: \"{hashed('pw')}\" }}\n")
            self.assertEqual(self.complaint("--config", f.name),
                             f"refmaild: {f.name}:3: listen.smtp: cannot listen on 127.0.0.1:{port}: "
                             "Address already in use")
        taken.close()

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
  - {{ user: dora, password: "{hashed('dora-pw')}", name: Dora Example, addresses: [ d.example ] }}
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
