#!/usr/bin/env python3
"""A scripted server of SMTP, or of IMAP, for the tests of the launcher and of the command line.

scripted_server.py PORT MODE: listens on 127.0.0.1:PORT and serves many sessions, as MODE says:
  ok       answers as a small server does
  mute     accepts, and never says a word
  lost     dies with status 3 at the first MAIL
  busy     greets its second and third session with 421
  refuses  greets every session with 421
  imap     an IMAP server that says OK to all, and has no message
  full     the same, but CREATE gets NO
"""
import os
import socket
import sys
import threading

sessions = 0


def answer(line, mode):
    verb = line.split(b" ")[0].strip().upper()
    if verb == b"EHLO":
        return b"250-test.example greets you\r\n250-PIPELINING\r\n250 SIZE 1000000\r\n"
    if verb == b"QUIT":
        return b"221 bye\r\n"
    if verb == b"MAIL" and mode == "lost":
        print("lost at MAIL", file=sys.stderr, flush=True)
        os._exit(3)
    if verb in (b"HELO", b"MAIL", b"RCPT", b"NOOP", b"RSET"):
        return b"250 fine\r\n"
    return b"500 what?\r\n"


def serve_imap(peer, mode):
    peer.sendall(b"* OK ready\r\n")
    for line in peer.makefile("rb"):
        tag, command = line.split(None, 2)[:2]
        if command == b"CAPABILITY":
            peer.sendall(b"* CAPABILITY IMAP4rev1\r\n")
        if command == b"LOGOUT":
            peer.sendall(b"* BYE\r\n")
        refused = command == b"CREATE" and mode == "full"
        peer.sendall(tag + (b" NO [OVERQUOTA] the disk is full\r\n" if refused else b" OK done\r\n"))
        if command == b"LOGOUT":
            return


def serve(peer, mode, number):
    with peer:
        if mode in ("imap", "full"):
            serve_imap(peer, mode)
            return
        if mode == "mute":
            peer.recv(1)
            return
        if mode == "refuses" or (mode == "busy" and 2 <= number <= 3):
            peer.sendall(b"421 test.example too busy\r\n")
            return
        peer.sendall(b"220 test.example ready\r\n")
        for line in peer.makefile("rb"):
            print("got", line, file=sys.stderr, flush=True)
            reply = answer(line, mode)
            peer.sendall(reply)
            if reply.startswith(b"221"):
                return


def guarded(*args):
    try:
        serve(*args)
    except OSError:
        pass  # the client went away


def main():
    global sessions
    port, mode = int(sys.argv[1]), sys.argv[2]
    listener = socket.create_server(("127.0.0.1", port), backlog=64)
    print("listening", file=sys.stderr, flush=True)
    while True:
        peer, _ = listener.accept()
        sessions += 1
        threading.Thread(target=guarded, args=(peer, mode, sessions), daemon=True).start()


main()
