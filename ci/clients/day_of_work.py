#!/usr/bin/env python3
"""Mail programs that people use, doing a day's work with refmaild: what they fetch, file and delete is there, filed and
gone on both sides.

Usage: day_of_work.py PATH-TO-REFMAILD [PROGRAM...]     (all of curl, mbsync, offlineimap, fetchmail, getmail, mutt)

A program that is not installed is skipped, unless it was named. Everything happens on the loopback, with passwords
inside TLS and certificates checked. Exits 0 when every program that ran found what it had to.
"""
import imaplib
import json
import os
import pathlib
import pty
import select
import shutil
import smtplib
import ssl
import subprocess
import sys
import tempfile
import time

LIMIT = 30  # seconds until a hang is called one


class Refmaild:
    def __init__(self, program, folder):
        self.log = open(folder / "refmaild.log", "w", encoding="utf-8")
        self.process = subprocess.Popen([program, "--ports", "0", "--json", "--data", str(folder / "data")],
                                        stdout=subprocess.PIPE, stderr=self.log, text=True)
        self.ready = json.loads(self.process.stdout.readline())
        self.certificate = self.ready["certificate"]

    def port(self, service):
        return int(self.ready["services"][service].rsplit(":", 1)[1])

    def deliver(self, *subjects, user="alice"):
        with smtplib.LMTP("127.0.0.1", self.port("lmtp"), timeout=LIMIT) as client:
            for subject in subjects:
                client.sendmail("joe@sender.test", f"{user}@example.test", message(subject))

    def mailbox(self, name):
        """subject -> flags, as another client sees it."""
        client = self.client()
        answer, count = client.select(name, readonly=True)
        equal(answer, "OK")
        found = {}
        what = "(FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])"
        for part in client.fetch("1:*", what)[1] if int(count[0]) else []:
            if isinstance(part, tuple):
                flags = {flag.decode() for flag in imaplib.ParseFlags(part[0])} - {"\\Recent"}
                found[part[1].decode().split(":", 1)[1].strip()] = flags
        client.logout()
        return found

    def client(self):
        context = ssl.create_default_context(cafile=self.certificate)
        client = imaplib.IMAP4_SSL("localhost", self.port("imaps"), ssl_context=context, timeout=LIMIT)
        client.login("alice", "alice-pw")
        return client

    def stop(self):
        self.process.terminate()
        self.process.wait(LIMIT)
        self.process.stdout.close()
        self.log.close()


def message(subject):
    return f"From: <joe@sender.test>\nTo: <alice@example.test>\nDate: Sun, 22 Nov 2026 12:00:00 +0000\n" \
           f"Message-ID: <{subject}@sender.test>\nSubject: {subject}\n\n.dot of {subject}\n"


def run(*command, **how):
    return subprocess.run([str(word) for word in command], check=True, timeout=LIMIT, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **how).stdout


def write(path, text):
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    return path


def maildir(path):
    """subject -> letters of its flags."""
    found = {}
    for part in ("new", "cur"):
        for one in (path / part).iterdir():
            subject = next(line for line in one.read_text().splitlines() if line.startswith("Subject: "))[9:]
            found[subject] = one.name.partition(":2,")[2]
    return found


def file_of(path, subject):
    return next(one for part in ("new", "cur") for one in (path / part).iterdir()
                if f"Subject: {subject}\n" in one.read_text())


def equal(got, wanted):
    if got != wanted:
        raise AssertionError(f"got {got}, wanted {wanted}")


def curl(server, folder):
    server.deliver("one", "two")
    common = ["curl", "-sS", "--ssl-reqd", "--cacert", server.certificate, "-u", "alice:alice-pw"]
    imap, pop3 = f"imap://localhost:{server.port('imap')}", f"pop3://localhost:{server.port('pop3')}"
    equal("Subject: one" in run(*common, f"{imap}/INBOX;UID=1"), True)
    run(*common, "-X", "CREATE Archive", imap)
    run(*common, "-T", write(folder / "kept", message("kept")), f"{imap}/Archive")
    equal("Archive" in run(*common, imap), True)
    equal(server.mailbox("Archive"), {"kept": {"\\Seen"}})
    equal(len(run(*common, pop3).split("\n")), 3)
    equal(".dot of two" in run(*common, f"{pop3}/2"), True)
    run(*common, "-X", "DELE 1", "-I", pop3)
    equal(list(server.mailbox("INBOX")), ["two"])


def mbsync(server, folder):
    server.deliver("one", "two", "three")
    local = folder / "local"
    local.mkdir()
    rc = write(folder / "mbsyncrc", f"""
IMAPAccount refmaild
Host localhost
Port {server.port('imap')}
User alice
Pass alice-pw
SSLType STARTTLS
CertificateFile {server.certificate}

IMAPStore far
Account refmaild

MaildirStore near
Path {local}/
Inbox {local}/INBOX
SubFolders Verbatim

Channel all
Far :far:
Near :near:
Patterns *
Create Both
Expunge Both
SyncState *
""")
    inbox, work = local / "INBOX", local / "Work"
    run("mbsync", "-c", rc, "-a")
    equal(sorted(maildir(inbox)), ["one", "three", "two"])
    # Both sides change: read, deleted, new, filed.
    other = server.client()
    other.select("INBOX")
    other.store("1", "+FLAGS", "\\Flagged")
    other.store("2", "+FLAGS", "\\Deleted")
    other.expunge()
    other.logout()
    three = file_of(inbox, "three")
    three.rename(inbox / "cur" / (three.name.partition(":2,")[0] + ":2,RS"))
    write(inbox / "new" / "1700000000.M1P1.here", message("written here"))
    for part in ("tmp", "new", "cur"):
        (work / part).mkdir(parents=True)
    write(work / "cur" / "1700000001.M1P1.here:2,S", message("filed here"))
    for _ in range(2):  # the second time nothing is left to do
        run("mbsync", "-c", rc, "-a")
    equal(server.mailbox("INBOX"), {"one": {"\\Flagged"}, "three": {"\\Seen", "\\Answered"}, "written here": set()})
    equal(server.mailbox("Work"), {"filed here": {"\\Seen"}})
    equal({subject: set(flags) for subject, flags in maildir(inbox).items()},
          {"one": {"F"}, "three": {"R", "S"}, "written here": set()})


def offlineimap(server, folder):
    server.deliver("one", "two")
    local = folder / "local"
    rc = write(folder / "offlineimaprc", f"""[general]
accounts = a
metadata = {folder}/state
ui = quiet
[Account a]
localrepository = near
remoterepository = far
[Repository near]
type = Maildir
localfolders = {local}
[Repository far]
type = IMAP
remotehost = localhost
remoteport = {server.port('imaps')}
remoteuser = alice
remotepass = alice-pw
sslcacertfile = {server.certificate}
""")
    run("offlineimap", "-o", "-c", rc)
    equal(sorted(maildir(local / "INBOX")), ["one", "two"])
    write(local / "INBOX" / "cur" / "1700000000.M1P1.here:2,S", message("written here"))
    file_of(local / "INBOX", "one").unlink()
    run("offlineimap", "-o", "-c", rc)
    run("offlineimap", "-o", "-c", rc)
    equal(server.mailbox("INBOX"), {"two": set(), "written here": {"\\Seen"}})


def fetchmail(server, folder):
    got = folder / "got"
    rc = folder / "fetchmailrc"

    def fetch(protocol, service, keep):
        write(rc, f"poll localhost with proto {protocol} service {server.port(service)} uidl\n"
                  f"  user alice with password alice-pw ssl sslcertck sslcertfile {server.certificate} {keep}\n"
                  f"  mda \"cat >>{got}\"\n".replace("uidl", "uidl" if protocol == "pop3" else ""))
        command = ["fetchmail", "-f", str(rc), "--idfile", str(folder / "ids"), "--pidfile", str(folder / "pid"), "--silent"]
        outcome = subprocess.run(command, timeout=LIMIT, capture_output=True, text=True, check=False)
        if outcome.returncode not in (0, 1):  # 1: no new mail
            raise AssertionError(f"fetchmail: {outcome.returncode} {outcome.stdout} {outcome.stderr}")
        return outcome.returncode

    server.deliver("one", "two")
    equal(fetch("pop3", "pop3s", "keep"), 0)
    equal(fetch("pop3", "pop3s", "keep"), 1)  # known by their unique-ids
    equal(got.read_text().count(".dot of"), 2)
    equal(fetch("imap", "imaps", "nokeep fetchall"), 0)
    equal(got.read_text().count(".dot of"), 4)
    equal(server.mailbox("INBOX"), {})


def getmail(server, folder):
    got = folder / "got"
    state = folder / "state"
    state.mkdir()
    server.deliver("one", "two")

    def fetch(kind, service, delete):
        write(state / "getmailrc", f"""[retriever]
type = {kind}
server = localhost
port = {server.port(service)}
username = alice
password = alice-pw
ca_certs = {server.certificate}
[destination]
type = MDA_external
path = /bin/sh
arguments = ("-c", "cat >>{got}")
allow_root_commands = true
[options]
delete = {delete}
read_all = false
""")
        run("getmail", "-g", state, env={**os.environ, "HOME": str(folder)})

    fetch("SimplePOP3SSLRetriever", "pop3s", "false")
    fetch("SimplePOP3SSLRetriever", "pop3s", "false")
    equal([got.read_text().count(f".dot of {subject}\n") for subject in ("one", "two")], [1, 1])  # each once
    server.deliver("three")
    fetch("SimplePOP3SSLRetriever", "pop3s", "true")
    equal(got.read_text().count(".dot of"), 3)
    equal(server.mailbox("INBOX"), {})


def screen_of(process, screen):
    """What a program writes to its terminal until it ends."""
    shown, end = b"", time.monotonic() + LIMIT
    while True:
        try:
            if select.select([screen], [], [], 1)[0]:
                shown += os.read(screen, 4096)
        except OSError:  # it closed its terminal
            return shown.decode(errors="replace")
        if time.monotonic() > end:
            process.kill()
            raise AssertionError("it hangs; it showed: " + shown.decode(errors="replace"))


def mutt(server, folder):
    server.deliver("one", "two", "three")
    client = server.client()
    client.create("Archive")
    client.logout()
    rc = write(folder / "muttrc", f"""
set imap_user=alice imap_pass=alice-pw folder="imaps://localhost:{server.port('imaps')}" spoolfile="+INBOX"
set certificate_file="{server.certificate}"
set confirmappend=no confirmcreate=no delete=yes move=no quit=yes wait_key=no header_cache="" sleep_time=0
push "<limit>all<enter><search>~s one<enter><copy-message>=Archive<enter><search>~s two<enter><delete-message>\
<search>~s three<enter><flag-message><sync-mailbox><quit>"
""")
    screen, terminal = pty.openpty()
    with subprocess.Popen(["mutt", "-n", "-F", str(rc)], stdin=terminal, stdout=terminal, stderr=terminal,
                          env={**os.environ, "TERM": "xterm", "HOME": str(folder)}, start_new_session=True) as process:
        os.close(terminal)
        shown = screen_of(process, screen)
        if process.wait(LIMIT) != 0:
            raise AssertionError(shown)
    os.close(screen)
    equal(list(server.mailbox("Archive")), ["one"])
    inbox = server.mailbox("INBOX")
    equal(sorted(inbox), ["one", "three"])
    equal("\\Flagged" in inbox["three"], True)


PROGRAMS = {"curl": curl, "mbsync": mbsync, "offlineimap": offlineimap, "fetchmail": fetchmail, "getmail": getmail,
            "mutt": mutt}


def main():
    if len(sys.argv) < 2 or not set(sys.argv[2:]) <= PROGRAMS.keys():
        sys.exit(__doc__)
    failed = ran = 0
    for name, work in PROGRAMS.items():
        named = name in sys.argv[2:]
        if sys.argv[2:] and not named:
            continue
        if not shutil.which(name) and not named:
            print(f"skip  {name}: not installed")
            continue
        with tempfile.TemporaryDirectory() as folder:
            server = Refmaild(os.path.abspath(sys.argv[1]), pathlib.Path(folder))
            ran += 1
            try:
                work(server, pathlib.Path(folder))
                print(f"ok    {name}")
            except (AssertionError, OSError, subprocess.SubprocessError) as problem:
                failed += 1
                said = getattr(problem, "stdout", None) or ""
                print(f"FAILED {name}: {problem}\n{said}\n{pathlib.Path(folder, 'refmaild.log').read_text()[-2000:]}")
            finally:
                server.stop()
    print(f"{ran} programs, {failed} failed")
    return 1 if failed or not ran else 0


if __name__ == "__main__":
    sys.exit(main())
