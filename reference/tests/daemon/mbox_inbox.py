#!/usr/bin/env python3
"""INBOX as an mbox, shared with other programs: Python's mailbox module and mutt.

Usage: mbox_inbox.py PATH-TO-REFMAILD. Exits 0 when every check held. Without mutt its part is left out.
"""
import imaplib
import mailbox
import os
import poplib
import pty
import select
import shutil
import smtplib
import subprocess
import tempfile
import unittest

import reading_server
from reading_server import MESSAGE
from running_refmaild import LIMIT, REFMAILD, hashed, wait_until

HOSTILE = b"Subject: hostile\r\n\r\nFrom joe Thu Nov 19 12:00:00 2026\r\n>From there\r\n\r\nFrom here\r\n"


class Mbox(reading_server.Served):
    def setUp(self):
        self.serve("--mbox", "--plaintext-auth")
        self.path = self.server.ready["mbox"].replace("{user}", "alice")

    def imap(self):
        client = imaplib.IMAP4("127.0.0.1", self.server.port("imap"), LIMIT)
        self.addCleanup(client.shutdown)
        client.login("alice", "alice-pw")
        client.select()
        return client

    def pop3(self):
        client = poplib.POP3("127.0.0.1", self.server.port("pop3"), LIMIT)
        self.addCleanup(client.close)
        client.user("alice")
        client.pass_("alice-pw")
        return client

    def uids(self, client):
        client.noop()
        return [int(uid) for uid in client.uid("SEARCH", "ALL")[1][0].split()]

    def body(self, client, uid):
        return client.uid("FETCH", str(uid), "(BODY.PEEK[])")[1][0][1]

    def test_delivered_and_read(self):
        self.deliver("one", "two", "three")
        with open(self.path, "rb") as f:
            self.assertRegex(f.read(), rb"^From joe@sender.test \w+ \w+ [ \d]\d [\d:]{8} \d{4}\nReturn-Path: <joe@sender.test>\n")
        client = self.pop3()
        self.assertEqual(client.stat()[0], 3)
        self.assertTrue(b"\r\n".join(client.retr(2)[1]).endswith((MESSAGE % b"two").rstrip()))
        client.dele(2)
        self.assertEqual(client.quit()[:3], b"+OK")
        client = self.imap()
        self.assertEqual(self.uids(client), [1, 3])
        self.assertTrue(self.body(client, 3).endswith(MESSAGE % b"three"))
        self.assertEqual(client.append("INBOX", "\\Flagged", None, HOSTILE)[0], "OK")
        self.assertEqual(self.body(client, 4), HOSTILE)
        self.assertEqual(client.uid("MOVE", "1", "INBOX")[0], "OK")
        self.assertEqual(client.create("INBOX/Old")[0], "OK")
        self.assertEqual(client.uid("MOVE", "3", "INBOX/Old")[0], "OK")
        self.assertEqual(self.uids(client), [4, 5])
        self.server.stop()

    def test_python_reads_and_adds(self):
        self.deliver("one")
        client = self.imap()
        client.append("INBOX", None, None, HOSTILE)
        box = mailbox.mbox(self.path)
        self.addCleanup(box.close)
        self.assertEqual([m["Subject"] for m in box], ["one", "hostile"])
        self.assertIn(b"\n>From joe Thu", box.get_bytes(1))
        box.lock()
        box.add(mailbox.mboxMessage(b"Subject: three\n\nthree\n"))
        box.flush()
        box.unlock()
        self.assertEqual(self.uids(client), [1, 2, 3])
        self.assertEqual(self.body(client, 3), b"Subject: three\r\n\r\nthree\r\n")
        # What it rewrites keeps its UIDs.
        box.lock()
        box.remove(0)
        box.flush()
        box.unlock()
        self.assertEqual(self.uids(client), [2, 3])
        self.assertEqual(self.body(client, 2), HOSTILE)
        client.append("INBOX", None, None, b"Subject: four\r\n\r\n")
        self.assertEqual([m["Subject"] for m in mailbox.mbox(self.path)], ["hostile", "three", "four"])

    def test_who_waits_hears_of_another_program(self):
        client = self.imap()
        client.send(b"x IDLE\r\n")
        self.assertTrue(client.readline().startswith(b"+ "))
        box = mailbox.mbox(self.path)
        box.lock()
        box.add(b"Subject: one\n\none\n")
        box.close()
        self.assertEqual(client.readline(), b"* 1 EXISTS\r\n")
        client.send(b"DONE\r\n")

    def test_deliveries_are_deferred_while_another_program_keeps_it(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = os.path.join(folder.name, "refmaild.yaml")
        spool = os.path.join(folder.name, "{user}.mbox")
        with open(path, "w") as f:
            f.write(f"domains: example.test\ndata: {folder.name}/mail\nlisten: {{ lmtp: '127.0.0.1:0' }}\n"
                    f"mbox: {{ path: '{spool}', lock_wait: 1 s }}\n"
                    f"accounts: [ {{ user: alice, password: \"{hashed('alice-pw')}\" }} ]\n")
        self.server.stop()
        self.server = reading_server.Refmaild("--config", path)
        self.addCleanup(self.server.log.close)
        self.addCleanup(self.server.stop)
        box = mailbox.mbox(spool.replace("{user}", "alice"))
        self.addCleanup(box.close)
        box.lock()
        with self.assertRaises(smtplib.SMTPResponseException) as refused:
            self.deliver("one")
        self.assertEqual(refused.exception.smtp_code, 451)
        self.server.wait_for_log("is locked by another program for 1 s")
        box.unlock()
        self.deliver("one")
        with open(spool.replace("{user}", "alice"), "rb") as f:
            self.assertEqual(f.read().count(b"\nSubject: one\n"), 1)

    def test_settings_that_cannot_be(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = os.path.join(folder.name, "refmaild.yaml")
        words = "must be the whole path of a file, with {user} in it: \"/var/mail/{user}\""
        for wrong, why in (("path: 'mail/{user}'", "mbox.path: " + words), ("path: /var/mail", "mbox.path: " + words),
                           ("lock_wait: soon", "mbox.lock_wait: 'soon' is no time; write 90 s, 5 min, 4 h or 5 d"),
                           ("paht: x", "mbox.paht: unknown key; did you mean 'path'?")):
            with open(path, "w") as f:
                f.write(f"domains: example.test\ndata: {folder.name}/mail\nlisten: {{ lmtp: '127.0.0.1:0' }}\n"
                        f"accounts: [ {{ user: alice, password: \"{hashed('alice-pw')}\" }} ]\nmbox: {{ {wrong} }}\n")
            done = subprocess.run([REFMAILD, "--config", path], capture_output=True, text=True, timeout=LIMIT)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn(f"{path}:5: ", done.stderr)
            self.assertIn(why, done.stderr)

    @unittest.skipUnless(shutil.which("mutt"), "mutt is not installed")
    def test_mutt_deletes_one_and_reads_one(self):
        self.deliver("one", "two", "three")
        client = self.imap()
        client.uid("STORE", "3", "+FLAGS", "\\Flagged")
        folder = os.path.dirname(self.path)
        settings = f"set folder={folder} delete=yes quit=yes move=no mbox_type=mbox wait_key=no sleep_time=0"
        keys = "push <delete-message><next-undeleted><display-message><exit><sync-mailbox><quit>"
        screen, terminal = pty.openpty()
        self.addCleanup(os.close, screen)
        with subprocess.Popen(["mutt", "-n", "-F", os.devnull, "-e", settings, "-e", keys, "-f", self.path], stdin=terminal,
                              stdout=terminal, stderr=terminal, start_new_session=True,
                              env={**os.environ, "TERM": "xterm", "HOME": folder}) as mutt:
            os.close(terminal)
            shown = b""
            try:
                while select.select([screen], [], [], LIMIT)[0]:
                    shown += os.read(screen, 65536)
                mutt.kill()
            except OSError:  # the end of a terminal
                pass
            self.assertEqual(mutt.wait(LIMIT), 0, shown)
        wait_until(lambda: self.uids(client) == [2, 3], "one message is gone")
        self.assertIn(b"\\Flagged", client.uid("FETCH", "3", "(FLAGS)")[1][0])
        for uid, subject in (2, b"two"), (3, b"three"):
            self.assertTrue(self.body(client, uid).endswith(MESSAGE % subject))
            self.assertNotIn(b"Content-Length", self.body(client, uid))


if __name__ == "__main__":
    unittest.main()
