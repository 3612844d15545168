"""A remote host for a test: takes SMTP connections on a loopback address, answers as told, keeps what it got.

answer(line) may return a reply for a command line, None for the usual one, or "close". Messages are kept as
(sender, recipients, octets as they came between the reply to DATA and the final dot).
"""
import socket
import threading


class Host:
    def __init__(self, address="127.0.0.2", port=0, answer=lambda line: None, offers=("PIPELINING", "8BITMIME", "SIZE"),
                 taken="250 2.0.0 taken"):
        self.listener = socket.create_server((address, port), backlog=200)
        self.port = self.listener.getsockname()[1]
        self.answer, self.offers, self.taken = answer, offers, taken
        self.connections, self.messages, self.commands = 0, [], []
        self.changed = threading.Condition()
        self.open = set()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self.changed:
                self.connections += 1
                self.open.add(peer)
                self.changed.notify_all()
            threading.Thread(target=self.guard, args=(peer,), daemon=True).start()

    def guard(self, peer):
        try:
            self.serve(peer, peer.makefile("rb"))
        except OSError:
            pass
        finally:
            with self.changed:
                self.open.discard(peer)
            peer.close()

    def serve(self, peer, lines):
        def say(reply):
            peer.sendall(reply.replace("\n", "\r\n").encode() + b"\r\n")

        greeting = self.answer("") or "220 host.test ESMTP"
        if greeting == "close":
            return
        say(greeting)
        sender, recipients = None, []
        while line := lines.readline().decode("utf-8", "surrogateescape").rstrip("\r\n"):
            with self.changed:
                self.commands.append(line)
                self.changed.notify_all()
            verb = line.split(" ")[0].upper()
            reply = self.answer(line)
            if reply == "close":
                return
            if reply:
                pass
            elif verb == "EHLO":
                reply = "\n".join(f"250{'-' if i < len(self.offers) else ' '}{word}"
                                  for i, word in enumerate(("host.test", *self.offers)))
            elif verb == "MAIL":
                reply, sender, recipients = "250 2.1.0 ok", line.split("<")[1].split(">")[0], []
            elif verb == "RCPT":
                reply = "250 2.1.5 ok"
                recipients.append(line.split("<")[1].split(">")[0])
            elif verb == "DATA":
                reply = "354 go on" if recipients else "554 5.5.1 no valid recipients"
            elif verb == "QUIT":
                say("221 2.0.0 bye")
                return
            else:
                reply = "250 2.0.0 ok"
            say(reply)
            if reply.startswith("354"):
                content = b""
                while (octets := lines.readline()) != b".\r\n":
                    if not octets:
                        return
                    content += octets
                taken = self.taken(content) if callable(self.taken) else self.taken
                if taken.startswith("2"):
                    with self.changed:
                        self.messages.append((sender, recipients, content))
                        self.changed.notify_all()
                if taken == "250 close":
                    return
                say(taken)
                sender, recipients = None, []

    def wait_for(self, condition, what, limit=20):
        with self.changed:
            if not self.changed.wait_for(lambda: condition(self), limit):
                raise AssertionError(f"waited in vain for: {what}")

    def wait_for_messages(self, count):
        self.wait_for(lambda me: len(me.messages) >= count, f"{count} messages")

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        with self.changed:
            for peer in list(self.open):
                peer.close()
