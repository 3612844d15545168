"""Sessions of IMAP: what is told of a message in several ways must agree; every answer must be IMAP. RFC 9051 §6.4.5, §7.5.2.

Whether a command is taken is the server's business here, whether it answers is not.
"""
import re
import socket

import commands
import messages
from responses import Closed, Found, Garbled, Reader, leaves, octets_of, check_envelope, read_response


class Imap:
    """`trusted`: the files of the account are as they should be, so that sizes must agree, too."""

    def __init__(self, address, random, log, trusted, patience):
        self.socket = socket.create_connection(address, patience)
        self.stream, self.random, self.log, self.trusted = self.socket.makefile("rb"), random, log, trusted
        self.tag, self.exists, self.said_bye = 0, 0, False
        self.read()

    def read(self):
        try:
            pieces = read_response(self.stream)
        except socket.timeout:
            raise Found("no answer") from None
        except ConnectionError:
            raise Closed() from None
        self.said_bye |= pieces[0].startswith(b"* BYE")
        if found := re.match(rb"\* (\d+) EXISTS", pieces[0]):
            self.exists = int(found[1])
        elif re.match(rb"\* \d+ EXPUNGE", pieces[0]):
            self.exists -= 1
        return pieces

    def command(self, text, *literals):
        """The condition (OK, NO, BAD), its text, and the untagged responses."""
        self.tag += 1
        tag, parts = b"t%d" % self.tag, text.split(b"{}")
        octets = tag + b" " + parts[0]
        for literal, rest in zip(literals, parts[1:]):
            octets += b"{%d+}\r\n" % len(literal) + literal + rest
        self.log.append(octets[:2000])
        try:
            self.socket.sendall(octets + b"\r\n")
        except ConnectionError:
            pass  # what it said before may still be read
        untagged = []
        while not (line := (pieces := self.read())[0]).startswith(tag + b" "):
            if line.startswith(b"+ "):
                self.socket.sendall(b"\r\n")  # whatever it is that it goes on with
            elif line.startswith(b"* "):
                self.must_be_well_formed(pieces)
                untagged.append(pieces)
            else:
                raise Garbled(f"neither tagged {tag.decode()}, untagged nor a continuation: {line[:200]!r}")
        condition, _, rest = line[len(tag) + 1:].partition(b" ")
        if condition not in (b"OK", b"NO", b"BAD"):
            raise Garbled(repr(line))
        if condition == b"BAD" and b"selected" in rest:
            self.exists = 0
        return condition, rest, untagged

    @staticmethod
    def must_be_well_formed(pieces):
        if not re.match(rb"\* (OK|NO|BAD|BYE|PREAUTH)\b", pieces[0]):
            reader = Reader(pieces, 2)
            reader.all()
            if reader.number != len(pieces) - 1:
                raise Garbled("a literal behind the end of a response")

    def fetch(self, number, items):
        """What FETCH of one message says, by item; nothing when the message is gone, or a part of it not to be had."""
        condition, rest, untagged = self.command(b"FETCH %d (%s)" % (number, items))
        if condition == b"BAD" and self.exists:
            raise Found(f"FETCH {items!r} got BAD {rest!r}")
        told = {}
        for pieces in untagged if condition == b"OK" else []:
            if pieces[0].startswith(b"* %d FETCH " % number):
                values = Reader(pieces, len(b"* %d FETCH " % number)).all()[0]
                told.update(zip(values[::2], values[1::2]))
        return told

    def must_agree(self, agrees, text):
        if not agrees and self.trusted:
            raise Found(text)

    def check_message(self, number):
        told = self.fetch(number, b"UID RFC822.SIZE INTERNALDATE FLAGS ENVELOPE BODYSTRUCTURE "
                                  b"BODY.PEEK[] BODY.PEEK[HEADER] BODY.PEEK[TEXT]")
        if "BODY[]" not in told:
            return
        whole = octets_of(told["BODY[]"])
        self.must_agree(int(told["RFC822.SIZE"]) == len(whole), f"RFC822.SIZE {told['RFC822.SIZE']}, BODY[] of {len(whole)} octets")
        self.must_agree(octets_of(told["BODY[HEADER]"]) + octets_of(told["BODY[TEXT]"]) == whole, "HEADER and TEXT are not the message")
        check_envelope(told["ENVELOPE"])
        parts = list(leaves(told["BODYSTRUCTURE"]))
        for section, part in self.random.sample(parts, min(len(parts), 6)):
            self.check_part(number, section, part)
        for _ in range(3):
            self.command(b"FETCH %d %s" % (number, commands.section_item(self.random, [section for section, _ in parts])))

    def check_part(self, number, section, part):
        start, name = self.random.choice([0, 1, 10, 100000]), section.decode()
        told = self.fetch(number, b"BODY.PEEK[%s] BODY.PEEK[%s.MIME] BODY.PEEK[%s]<%d.7>" % (section, section, section, start))
        if not told:
            return
        body = octets_of(told.get(f"BODY[{name}]", b""))
        self.must_agree(len(body) == int(part[6]), f"part {name} has {part[6]} octets by BODYSTRUCTURE and {len(body)} by FETCH")
        self.must_agree(octets_of(told.get(f"BODY[{name}]<{start}>", b"")) == body[start:start + 7], f"part {name} from {start} is another")
        if part[0].lower() == b"text":
            self.must_agree(abs(int(part[7]) - body.count(b"\n")) <= 1, f"part {name} has {part[7]} lines by BODYSTRUCTURE")
        if part[0].lower() in (b"message", b"multipart"):
            return
        told = self.fetch(number, b"BINARY.PEEK[%s] BINARY.SIZE[%s]" % (section, section))
        if told:
            decoded = octets_of(told[f"BINARY[{name}]"])
            self.must_agree(int(told[f"BINARY.SIZE[{name}]"]) == len(decoded), f"BINARY.SIZE of {name} is not {len(decoded)}")

    def search(self):
        text, literals = commands.search_command(self.random)
        condition, rest, untagged = self.command(text, *literals)
        if condition == b"BAD" and self.exists and all(octet < 128 for literal in literals for octet in literal):
            raise Found(f"{text!r} {literals!r:.200} got BAD {rest!r}")
        for pieces in untagged:
            if re.match(rb"\* (SEARCH|SORT|THREAD)", pieces[0]) and not text.startswith(b"UID"):
                numbers = map(int, re.findall(rb"\d+", re.sub(rb"\(MODSEQ \d+\)", b"", pieces[0])))
                if beyond := [number for number in numbers if number > self.exists]:
                    raise Found(f"{text!r} found {beyond[:5]} of {self.exists} messages")


def imap_session(address, user, random, log, trusted, patience):
    imap = Imap(address, random, log, trusted, patience)
    try:
        if imap.command(b"LOGIN " + user.encode() + b" pw")[0] != b"OK":
            return
        imap.command(b"CREATE other")
        imap.command(random.choice([b"SELECT INBOX", b"EXAMINE INBOX", b"SELECT other"]))
        for _ in range(random.choice([5, 20, 60])):
            chance = random.random()
            if chance < 0.35 and imap.exists:
                imap.check_message(random.randint(1, imap.exists))
            elif chance < 0.55:
                imap.search()
            elif chance < 0.65:
                how = random.choice([b"APPEND INBOX {}", b"APPEND other (\\Seen) {}", b"APPEND INBOX \"01-Jan-2026 00:00:00 +0000\" {}"])
                imap.command(how, messages.Messages(random).message())
            elif chance < 0.9:
                imap.command(commands.broken_command(random))
            elif chance < 0.93:
                imap.socket.sendall(b"x SEARCH TEXT abc")  # and goes in the middle of it
                return
            else:
                imap.command(random.choice([b"SELECT INBOX", b"SELECT other", b"CLOSE", b"NOOP"]))
    except Closed:
        if not imap.said_bye:
            raise Found("closed without BYE") from None
