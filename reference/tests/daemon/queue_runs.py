#!/usr/bin/env python3
"""The queue of a running refmaild: what it sends, retries, reports and gives up, by a clock that is moved.

Usage: queue_runs.py PATH-TO-REFMAILD. Exits 0 when every check held.
"""
import json
import os
import signal
import smtplib
import threading
import unittest

from running_queue import BUSY, MESSAGE, Queue, refuse
from running_refmaild import LIMIT, wait_until


class Sending(Queue):
    def test_new_mail_leaves_at_once_and_is_gone(self):
        host = self.host("127.0.0.2")
        self.start()
        self.submit("ann@[127.0.0.2]")
        host.wait_for_messages(1)
        sender, recipients, content = host.messages[0]
        self.assertEqual((sender, recipients), ("alice@example.test", ["ann@[127.0.0.2]"]))
        self.assertTrue(content.endswith(b"\r\n\r\nline\r\n..dot\r\n"), content)
        self.assertNotIn(b"Return-Path", content)
        self.wait_for_empty_queue()
        self.assertEqual(self.server.mail_of("alice"), [])

    def test_recipients_of_one_domain_share_a_transaction_and_domains_do_not(self):
        a, b = self.host("127.0.0.2"), self.host("127.0.0.3")
        self.start()
        self.submit("ann@[127.0.0.2]", "ben@[127.0.0.3]", "cid@[127.0.0.2]", "bob@example.test")
        a.wait_for_messages(1)
        b.wait_for_messages(1)
        self.assertEqual(a.messages[0][1], ["ann@[127.0.0.2]", "cid@[127.0.0.2]"])
        self.assertEqual(b.messages[0][1], ["ben@[127.0.0.3]"])
        self.assertEqual(len(self.server.mail_of("bob")), 1)
        self.wait_for_empty_queue()

    def test_one_host_that_is_down_holds_up_nobody_else(self):
        alive = self.host("127.0.0.3")
        self.start()
        for _ in range(30):
            self.submit("ann@[127.0.0.2]")  # nobody listens there
        self.submit("ben@[127.0.0.3]", "ann@[127.0.0.2]")
        alive.wait_for_messages(1)
        wait_until(lambda: {m["state"] for m in self.queue()} == {"waiting"}, "nothing under way")
        self.assertEqual(len(self.queue()), 31)
        self.assertEqual(sum(r["state"] == "done" for m in self.queue() for r in m["recipients"]), 1)

    # RFC 5321 §4.5.4.1: not each message finds out for itself.
    def test_a_dead_host_is_not_asked_again_for_each_message(self):
        silent = self.host("127.0.0.2", answer=refuse("", "close"))
        self.start()
        self.submit("ann@[127.0.0.2]")
        self.wait_for_attempts(1)
        tried = silent.connections
        for _ in range(20):
            self.submit("ann@[127.0.0.2]")
        wait_until(lambda: len(self.queue()) == 21 and {m["state"] for m in self.queue()} == {"waiting"}, "21 waiting")
        self.assertEqual(silent.connections, tried)
        silent.answer = lambda line: None
        self.ask("/queue/run", {})
        self.assertEqual(len(silent.messages), 21)
        self.wait_for_empty_queue()

    def test_many_messages_share_connections(self):
        host = self.host("127.0.0.2", answer=refuse("", "421 4.3.2 later"))
        self.start()
        for _ in range(50):
            self.submit("ann@[127.0.0.2]")
        wait_until(lambda: {m["state"] for m in self.queue()} == {"waiting"}, "all waiting")
        host.answer, host.connections = lambda line: None, 0
        self.ask("/queue/run", {"domain": "[127.0.0.2]"})
        self.assertEqual(len(host.messages), 50)
        self.assertLessEqual(host.connections, 20)

    def test_mail_for_the_rest_of_the_world_stays_with_the_reason(self):
        self.start()
        self.submit("ann@[192.0.2.1]")
        self.wait_for_attempts(1)
        self.assertIn("loopback", self.queue()[0]["recipients"][0]["last_reply"])
        self.server.wait_for_log("loopback")

    def test_what_a_killed_refmaild_had_taken_is_sent_by_the_next_one(self):
        self.start()
        self.submit("ann@[127.0.0.2]")
        self.submit("ben@[127.0.0.2]")
        self.server.stop(signal.SIGKILL)
        self.server.log.close()
        host = self.host("127.0.0.2")
        self.start()
        self.ask("/queue/run", {})
        host.wait_for_messages(2)
        self.wait_for_empty_queue()

    def test_entries_of_earlier_versions_are_sent(self):
        os.makedirs(os.path.join(self.folder.name, "queue"))
        base = os.path.join(self.folder.name, "queue", "old-1")
        with open(base + ".message", "w") as f:
            f.write("Subject: old\n\nbody\n")
        with open(base + ".envelope", "w") as f:
            json.dump({"format": 1, "id": "old-1", "state": "held", "sender": "alice@example.test",
                       "recipients": ["ann@[127.0.0.2]"], "body": "", "user": "alice",
                       "received": "2026-11-22T05:39:50Z"}, f)
        host = self.host("127.0.0.2")
        self.start()
        host.wait_for_messages(1)
        self.assertEqual(host.messages[0][2], b"Subject: old\r\n\r\nbody\r\n")
        self.wait_for_empty_queue()

    def test_an_envelope_that_makes_no_sense_is_left_alone(self):
        os.makedirs(os.path.join(self.folder.name, "queue"))
        with open(os.path.join(self.folder.name, "queue", "odd.envelope"), "w") as f:
            f.write("{}")
        with open(os.path.join(self.folder.name, "queue", "odd.message"), "w") as f:
            f.write("x")
        self.start()
        self.server.wait_for_log("odd.envelope")
        self.assertIn("cannot understand", self.server.log_text())
        self.assertEqual(sorted(os.listdir(os.path.join(self.folder.name, "queue"))),
                         ["odd.envelope", "odd.message", "tmp"])


class Retrying(Queue):
    def test_the_schedule_the_warning_and_the_end(self):
        host = self.host("127.0.0.2", answer=refuse("RCPT", BUSY))
        self.start()
        self.submit("ann@[127.0.0.2]")
        self.wait_for_attempts(1)
        self.advance("14m")
        self.wait_for_attempts(1)
        self.advance("2m")
        self.wait_for_attempts(2)
        self.assertEqual(self.server.mail_of("alice"), [])
        self.advance("4h")
        delayed = self.server.mail_of("alice")
        self.assertEqual(len(delayed), 1)
        self.assertIn(b"Action: delayed", delayed[0])
        self.advance("4d")
        self.assertEqual(len(self.server.mail_of("alice")), 1, "one warning is enough")
        self.advance("1d")
        reports = self.server.mail_of("alice")
        self.assertEqual(len(reports), 2)
        self.assertIn(b"Action: failed", reports[1])
        self.assertIn(b"Status: 4.2.1", reports[1])
        self.assertTrue(reports[1].startswith(b"Return-Path: <>\n"))
        self.wait_for_empty_queue()
        self.assertEqual(host.messages, [])

    def test_only_who_was_refused_is_tried_again(self):
        host = self.host("127.0.0.2", answer=refuse("RCPT TO:<BEN", BUSY))
        self.start()
        self.submit("ann@[127.0.0.2]", "ben@[127.0.0.2]")
        host.wait_for_messages(1)
        self.wait_for_attempts(1)
        host.answer = lambda line: None
        self.advance("15m")
        self.assertEqual([m[1] for m in host.messages], [["ann@[127.0.0.2]"], ["ben@[127.0.0.2]"]])
        self.wait_for_empty_queue()

    def test_a_refusal_for_good_is_reported_at_once(self):
        self.host("127.0.0.2", answer=refuse("RCPT TO:<BEN", "550 5.1.1 no ben here"))
        self.start()
        self.submit("ann@[127.0.0.2]", "ben@[127.0.0.2]")
        wait_until(lambda: self.server.mail_of("alice"), "a report")
        report = self.server.mail_of("alice")[0]
        self.assertIn(b"Final-Recipient: rfc822; ben@[127.0.0.2]", report)
        self.assertIn(b"Status: 5.1.1", report)
        self.assertNotIn(b"Final-Recipient: rfc822; ann", report)
        self.wait_for_empty_queue()

    def test_a_report_for_a_sender_elsewhere_leaves_with_the_null_reverse_path(self):
        self.host("127.0.0.2", answer=refuse("RCPT", "550 5.1.1 no"))
        home = self.host("127.0.0.3")
        self.start("--alias", "away:ann@[127.0.0.2]")
        with smtplib.SMTP("127.0.0.1", self.server.port("smtp"), timeout=LIMIT) as c:
            c.sendmail("joe@[127.0.0.3]", ["away@example.test"], MESSAGE)
        home.wait_for_messages(1)
        self.assertEqual(home.messages[0][:2], ("", ["joe@[127.0.0.3]"]))
        self.wait_for_empty_queue()

    # RFC 5321 §6.1
    def test_nothing_is_reported_about_a_report(self):
        self.host("127.0.0.2", answer=refuse("RCPT", "550 5.1.1 no"))
        self.start("--alias", "away:ann@[127.0.0.2]")
        with smtplib.SMTP("127.0.0.1", self.server.port("smtp"), timeout=LIMIT) as c:
            c.sendmail("", ["away@example.test"], MESSAGE)
        self.server.wait_for_log("undeliverable=")
        self.wait_for_empty_queue()
        self.assertEqual(self.server.mail_of("alice"), [])

    def test_the_clock_is_answered_when_reports_have_left(self):
        self.host("127.0.0.2", answer=refuse("RCPT", BUSY))
        home = self.host("127.0.0.3")
        self.start("--alias", "away:ann@[127.0.0.2]")
        with smtplib.SMTP("127.0.0.1", self.server.port("smtp"), timeout=LIMIT) as c:
            c.sendmail("joe@[127.0.0.3]", ["away@example.test"], MESSAGE)
        self.wait_for_attempts(1)
        self.advance("5d")
        self.assertEqual(len(home.messages), 1)
        self.assertEqual(self.queue(), [])

    def test_a_host_that_says_nothing_is_given_up_by_the_clock(self):
        released = threading.Event()
        silent = self.host("127.0.0.2", answer=lambda line: None if line else released.wait(LIMIT) and "close")
        self.start()
        self.submit("ann@[127.0.0.2]")
        wait_until(lambda: silent.connections == 1, "a connection")
        self.advance("6m")
        self.assertEqual(self.queue()[0]["attempts"], 1)
        released.set()

    # What was under way when the clock was moved began before; its retry is due by now.
    def test_an_attempt_that_the_clock_overtakes_is_followed_by_the_next_one(self):
        released = threading.Event()
        host = self.host("127.0.0.2", answer=lambda line: released.wait(LIMIT) and BUSY if line[:4] == "RCPT" else None)
        self.start()
        self.submit("ann@[127.0.0.2]")
        host.wait_for(lambda me: any(line.startswith("RCPT") for line in me.commands), "an attempt")
        self.assertFalse(self.ask("/clock", {"advance": "40m", "settle": False})["settled"])
        released.set()
        self.wait_for_attempts(2)

    def test_retries_that_were_asked_for_come_although_an_attempt_has_just_ended(self):
        host = self.host("127.0.0.2", answer=refuse("RCPT", BUSY))
        self.start()
        self.submit("ann@[127.0.0.2]")
        for count in range(1, 6):
            host.wait_for(lambda me: sum(line.startswith("RCPT") for line in me.commands) >= count, "another attempt")
            self.ask("/queue/run", {"domain": "[127.0.0.2]"})
        self.assertGreaterEqual(sum(line.startswith("RCPT") for line in host.commands), 6)


class Notices(Queue):
    """RFC 3461: what the sender wanted to hear, and nothing else."""

    def send(self, *recipients, sender="alice@example.test"):
        """recipients: (address, what follows it in RCPT)."""
        with smtplib.SMTP("127.0.0.1", self.server.port("submission"), timeout=LIMIT) as c:
            c.starttls(context=self.server.trusting())
            c.login("alice", "alice-pw")
            c.mail(sender)
            for address, options in recipients:
                self.assertEqual(c.rcpt(address, options)[0], 250)
            self.assertEqual(c.data(MESSAGE)[0], 250)

    def test_delivery_here_is_reported_when_that_was_wished(self):
        self.start()
        self.send(("bob@example.test", ["NOTIFY=SUCCESS", "ORCPT=rfc822;Bob@example.test"]))
        (report,) = self.server.mail_of("alice")
        self.assertIn(b"Original-Recipient: rfc822;", report)
        self.assertIn(b"Final-Recipient: rfc822; bob@example.test\nAction: delivered\n", report)
        self.assertIn(b"\nSubject: hi\n", report)
        self.assertNotIn(b".dot", report)
        self.send(("bob@example.test", ["NOTIFY=FAILURE,DELAY"]), ("bob@example.test", []))
        self.assertEqual(len(self.server.mail_of("alice")), 1)

    def test_a_list_has_it_and_an_alias_was_expanded(self):
        host = self.host("127.0.0.2", offers=("DSN",))
        self.start("--list", "crew:bob,ann@[127.0.0.2]", "--alias", "both:bob,ben@[127.0.0.2]")
        self.send(("crew@example.test", ["NOTIFY=SUCCESS,FAILURE"]), ("both@example.test", ["NOTIFY=SUCCESS,FAILURE"]))
        wait_until(lambda: self.server.mail_of("alice"), "a report")
        (report,) = self.server.mail_of("alice")
        self.assertIn(b"Final-Recipient: rfc822; crew@example.test\nAction: delivered\n", report)
        self.assertIn(b"Final-Recipient: rfc822; both@example.test\nAction: expanded\n", report)
        host.wait_for_messages(2)
        rcpts = sorted(line for line in host.commands if line.startswith("RCPT"))
        self.assertNotIn("NOTIFY", rcpts[0])  # ann: the list's own affair
        self.assertIn("NOTIFY=FAILURE", rcpts[1])
        self.assertNotIn("SUCCESS", rcpts[1])

    def test_relaying_is_reported_where_the_other_host_will_not_report(self):
        plain, knows = self.host("127.0.0.2"), self.host("127.0.0.3", offers=("DSN",))
        self.start()
        self.send(("ann@[127.0.0.2]", ["NOTIFY=SUCCESS"]), ("ben@[127.0.0.3]", ["NOTIFY=SUCCESS"]))
        knows.wait_for_messages(1)
        plain.wait_for_messages(1)
        self.wait_for_empty_queue()
        (report,) = self.server.mail_of("alice")
        self.assertIn(b"Final-Recipient: rfc822; ann@[127.0.0.2]\nAction: relayed\n", report)
        self.assertNotIn(b"ben@", report)
        self.assertTrue(any("NOTIFY=SUCCESS" in line for line in knows.commands))

    def test_never_means_never(self):
        self.host("127.0.0.2", answer=refuse("RCPT", "550 5.1.1 no"))
        self.start()
        self.send(("ann@[127.0.0.2]", ["NOTIFY=NEVER"]), ("ben@[127.0.0.2]", ["NOTIFY=SUCCESS"]))
        self.server.wait_for_log("to=ben@[127.0.0.2] status=failed")
        self.wait_for_empty_queue()
        self.assertEqual(self.server.mail_of("alice"), [])


if __name__ == "__main__":
    unittest.main()
