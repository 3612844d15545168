#!/usr/bin/env python3
"""Looking after the queue of a running refmaild: the control port, and `refmaild queue`.

Usage: queue_commands.py PATH-TO-REFMAILD. Exits 0 when every check held.
"""
import json
import os
import unittest

from running_queue import BUSY, Queue, refuse
from running_refmaild import wait_until


class Looking(Queue):
    def put(self):
        """A message that waits; its id."""
        self.submit("ann@[127.0.0.2]")
        wait_until(lambda: [m["state"] for m in self.queue()] == ["waiting"], "a message that waits")
        return self.queue()[0]["id"]

    def test_hold_release_delete_bounce(self):
        host = self.host("127.0.0.2", answer=refuse("RCPT", BUSY))
        self.start()
        name = self.put()
        self.assertEqual(self.ask(f"/queue/{name}/hold", {}), {"id": name, "done": "hold"})
        self.advance("1h")
        self.assertEqual((self.queue()[0]["state"], self.queue()[0]["attempts"]), ("held", 1))
        self.assertEqual(self.ask("/queue/run", {"id": name})["error"], f"'{name}' is held; release it first")
        self.server.stop()
        self.server.log.close()
        self.start()
        wait_until(lambda: [m["state"] for m in self.queue()] == ["held"], "held, after a restart")
        host.answer = lambda line: None
        self.ask(f"/queue/{name}/release", {})
        host.wait_for_messages(1)
        self.wait_for_empty_queue()
        host.answer = refuse("RCPT", BUSY)
        self.ask(f"/queue/{self.put()}/delete", {})
        self.wait_for_empty_queue()
        self.assertEqual(self.server.mail_of("alice"), [])
        self.ask(f"/queue/{self.put()}/bounce", {})
        self.assertEqual(len(self.server.mail_of("alice")), 1)
        self.assertIn(b"Action: failed", self.server.mail_of("alice")[0])
        self.wait_for_empty_queue()

    def test_wrong_use_says_what_to_do(self):
        self.start()
        forward = "\"advance\" says by how much, forward: {\"advance\":\"4h\"}; s, m, h and d are known"
        for body in ({}, {"advance": "-1h"}, {"advance": 4}, {"advance": "4 fortnights"}, {"advance": "999999999999d"}):
            self.assertEqual(self.ask("/clock", body), {"error": forward, "code": 400})
        self.assertEqual(self.ask("/queue/x"),
                         {"error": "no message 'x' in the queue; GET /queue lists them", "code": 404})
        self.assertEqual(self.ask("/queue/run", {"domain": 7})["error"],
                         "send {} for all, {\"domain\":\"a.test\"} or {\"id\":\"ID\"}")
        self.assertEqual(self.ask("/queue/run")["error"], "use POST to run the queue")
        self.assertEqual(self.ask("/queue", {})["error"], "use GET to list; POST /queue/run to try now")
        self.assertIn("'/nope' is nothing here", self.ask("/nope")["error"])
        self.assertEqual(self.ask("/queue?limit=0")["error"], "limit '0' is no number from 1")
        self.assertEqual(self.ask("/clock", [])["error"], "the body is no JSON object, such as {\"advance\":\"4h\"}")

    def test_web_pages_are_refused(self):
        self.start()
        self.assertEqual(self.ask("/clock", {"advance": "1h"}, Origin="http://evil.test"),
                         {"error": "web pages may not use the control port", "code": 403})
        self.assertEqual(self.ask("/clock", Host="evil.test"),
                         {"error": "Host is 'evil.test'; ask for 127.0.0.1 or localhost", "code": 403})
        self.assertEqual(self.ask("/clock")["offset"], 0)

    def test_long_lists_come_in_parts(self):
        self.host("127.0.0.2", answer=refuse("RCPT", BUSY))
        self.start()
        for _ in range(5):
            self.submit("ann@[127.0.0.2]")
        first = self.ask("/queue?limit=2")
        self.assertEqual((first["total"], len(first["messages"])), (5, 2))
        rest = self.ask("/queue?limit=9&after=" + first["messages"][1]["id"])
        self.assertEqual(len({m["id"] for m in first["messages"] + rest["messages"]}), 5)

    def test_the_command_line(self):
        self.host("127.0.0.2", answer=refuse("RCPT", "450-4.2.1 busy\n450 4.2.1 later"))
        self.start()
        self.assertEqual(self.command().stdout, "The queue is empty.\n")
        name = self.put()
        listed = self.command("list").stdout
        self.assertRegex(listed, f"^1 message in the queue\n\n{name}  waiting, 1 attempt, next in 1[45] min\n")
        self.assertIn("  from  alice@example.test, ", listed)
        self.assertIn("  to    ann@[127.0.0.2]\n        127.0.0.2 said: 450-4.2.1 busy / 450 4.2.1 later\n", listed)
        self.assertIn(f"{name}  waiting", self.command("show", name).stdout)
        self.assertEqual(json.loads(self.command("list", "--json").stdout)["total"], 1)
        self.assertEqual(self.command("run").stdout, "tried; 1 message in the queue now\n")
        self.assertEqual(self.command("hold", name).stdout, f"{name} is held until it is released\n")
        self.assertIn("held", self.command("show", name).stdout)
        self.assertEqual(self.command("release", name).stdout, f"{name} is tried now\n")
        wait_until(lambda: [m["state"] for m in self.queue()] == ["waiting"], "it waits again")
        self.assertEqual(self.command("bounce", name).stdout, f"{name} is given up; its sender is told\n")
        self.assertEqual(self.command("run", "[127.0.0.2]").stdout, "tried; the queue is empty\n")
        wrong = self.command("delete", name)
        self.assertEqual((wrong.returncode, wrong.stderr),
                         (1, f"refmaild: no message '{name}' in the queue; GET /queue lists them\n"))
        self.assertEqual(self.command("show").returncode, 2)
        self.assertEqual(self.server.stop(), 0)
        gone = self.command("list")
        self.assertEqual(gone.returncode, 2)
        self.assertIn("no refmaild with a control port runs on " + self.folder.name, gone.stderr)

    def test_without_a_control_port(self):
        self.start("--control", "off")
        self.assertNotIn("control", self.server.ready)
        self.assertFalse(os.path.exists(os.path.join(self.folder.name, "control")))


if __name__ == "__main__":
    unittest.main()
