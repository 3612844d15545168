#!/usr/bin/env python3
"""The queue of a running refmaild when something goes wrong: the disk, a file, an end in the middle of the work.

Usage: queue_failures.py PATH-TO-REFMAILD. Exits 0 when every check held.
"""
import os
import re
import signal
import threading
import unittest

from running_queue import BUSY, Queue, refuse
from running_refmaild import wait_until


def message(name):
    return f"Subject: {name}\r\n\r\nbody\r\n".encode()


class Disk(Queue):
    """No file can be made in queue/tmp, as on a full disk, while the test has put a file in its place."""

    def fill(self):
        wait_until(self.remove_folder, "an empty queue/tmp")
        with open(os.path.join(self.folder.name, "queue", "tmp"), "w"):
            pass

    def remove_folder(self):
        try:
            os.rmdir(os.path.join(self.folder.name, "queue", "tmp"))
        except OSError:
            return False
        return True

    def free(self):
        os.remove(os.path.join(self.folder.name, "queue", "tmp"))
        os.mkdir(os.path.join(self.folder.name, "queue", "tmp"))

    def test_who_has_the_message_does_not_get_it_again_although_that_could_not_be_written_down(self):
        filled = threading.Event()

        def take(content):
            filled.wait()
            return "250 2.0.0 taken"

        took = self.host("127.0.0.2", taken=take)
        busy = self.host("127.0.0.3", answer=refuse("RCPT", BUSY))
        self.start()
        self.submit("ann@[127.0.0.2]", "ben@[127.0.0.3]")
        took.wait_for(lambda h: "DATA" in h.commands, "the content")
        self.fill()
        filled.set()
        self.wait_for_attempts(1)
        self.server.wait_for_log("queue/tmp")
        self.free()
        busy.answer = lambda line: None
        self.ask("/queue/run", {})
        self.wait_for_empty_queue()
        self.assertEqual([m[1] for m in took.messages], [["ann@[127.0.0.2]"]])
        self.assertEqual([m[1] for m in busy.messages], [["ben@[127.0.0.3]"]])

    def test_a_message_whose_file_is_gone_holds_up_nobody(self):
        host = self.host("127.0.0.2", answer=refuse("RCPT", BUSY))
        self.start()
        self.submit("ann@[127.0.0.2]")
        self.wait_for_attempts(1)
        os.remove(os.path.join(self.folder.name, "queue", self.queue()[0]["id"] + ".message"))
        host.answer = lambda line: None
        self.submit("ben@[127.0.0.2]", content=message("second"))
        self.ask("/queue/run", {})
        host.wait_for_messages(1)
        self.assertEqual([m[1] for m in host.messages], [["ben@[127.0.0.2]"]])
        wait_until(lambda: [m["attempts"] for m in self.queue()] == [2], "one waits")
        self.assertIn(".message", self.queue()[0]["recipients"][0]["last_reply"])
        self.assertEqual(self.ask(f"/queue/{self.queue()[0]['id']}/bounce", {}).get("done"), "bounce")
        self.assertEqual(len(self.server.mail_of("alice")), 1)
        self.wait_for_empty_queue()


class Numbers(Queue):
    """What is kept in memory of a message ends with the message."""

    def put_off(self):
        self.submit("ann@[127.0.0.2]")  # nobody listens there
        self.wait_for_attempts(1)
        self.submit("ben@[127.0.0.2]", content=message("put off"))
        wait_until(lambda: len(self.queue()) == 2 and {m["state"] for m in self.queue()} == {"waiting"}, "both waiting")
        return next(m["id"] for m in self.queue() if m["recipients"][0]["address"].startswith("ben"))

    def test_what_was_given_up_is_not_taken_for_the_next_message(self):
        self.start()
        given_up = self.put_off()
        self.ask(f"/queue/{given_up}/bounce", {})
        host = self.host("127.0.0.3")
        self.submit("cid@[127.0.0.3]", content=message("next"))
        host.wait_for_messages(1)
        self.assertEqual(host.messages[0][1], ["cid@[127.0.0.3]"])

    def test_who_was_told_of_the_delay_is_not_told_again(self):
        self.start()
        self.put_off()
        self.advance("4h")
        wait_until(lambda: len(self.server.mail_of("alice")) == 2, "two warnings")
        self.host("127.0.0.2", answer=refuse("RCPT", BUSY))
        self.ask("/queue/run", {})
        wait_until(lambda: all("busy" in m["recipients"][0]["last_reply"] for m in self.queue()), "attempts")
        self.advance("1h")
        self.assertEqual(len(self.server.mail_of("alice")), 2)


class Ending(Queue):
    def test_an_end_in_the_middle_sends_nothing_twice_and_loses_nothing(self):
        busy = self.host("127.0.0.2", answer=refuse("RCPT", BUSY))
        self.start()
        for i in range(100):
            self.submit("ann@[127.0.0.2]", content=message(i))
        wait_until(lambda: {m["state"] for m in self.queue()} == {"waiting"}, "all waiting")
        busy.answer = lambda line: None
        self.ask("/queue/run", {"settle": False})
        busy.wait_for_messages(10)
        self.assertEqual(self.server.stop(signal.SIGTERM), 0)
        self.server.log.close()
        self.assertLess(len(busy.messages), 100)
        self.start()
        self.ask("/queue/run", {})
        self.wait_for_empty_queue()
        subjects = sorted(int(re.search(rb"Subject: (\d+)", m[2])[1]) for m in busy.messages)
        self.assertEqual(subjects, list(range(100)))


if __name__ == "__main__":
    unittest.main()
