"""IMAP responses as nested lists: strict where RFC 9051 §9 is, so that what a server garbles is seen.

Numbers and atoms are str, strings and literals bytes, NIL is None, lists are list. Reads all of a list into memory: what a server
may send is bounded by the tests that ask for it.
"""


class Found(Exception):
    """What a server that is right does not do."""


class Garbled(Found):
    """It is no IMAP."""


class Closed(Exception):
    pass


def read_response(stream):
    """One response with its literals: a list of pieces, octets of a line and of literals in turn."""
    pieces = []
    while True:
        line = stream.readline(4 << 20)
        if not line:
            raise Closed()
        if not line.endswith(b"\r\n"):
            raise Garbled(f"a line without CRLF: {line[-200:]!r}")
        pieces.append(line[:-2])
        if not line.endswith(b"}\r\n"):
            return pieces
        size = int(line[line.rindex(b"{") + 1:-3])
        literal = stream.read(size)
        if len(literal) < size:
            raise Closed()
        pieces.append(literal)


class Reader:
    """Values from a response, behind the first `skip` octets of its line."""

    def __init__(self, pieces, skip):
        self.pieces, self.at, self.number = pieces, skip, 0

    @property
    def line(self):
        return self.pieces[self.number]

    def peek(self):
        return self.line[self.at:self.at + 1]

    def all(self):
        """All values of the line, separated by one space each; an atom may have a section."""
        values = [self.value()]
        while self.peek():
            if isinstance(values[-1], list) and self.peek() == b"(":  # THREAD (1)(2)
                values.append(self.value())
                continue
            if self.peek() != b" ":
                raise Garbled(f"no space at {self.line[self.at - 20:self.at + 20]!r}")
            self.at += 1
            values.append(self.value())
        return values

    def value(self):
        first = self.peek()
        if first == b"(":
            return self.list()
        if first == b"\"":
            return self.quoted()
        if first == b"{" or self.line[self.at:self.at + 2] == b"~{":
            return self.literal()
        return self.atom()

    def list(self):
        self.at += 1
        values = []
        while self.peek() != b")":
            if values and self.peek() == b" ":
                self.at += 1
            elif values and not (isinstance(values[-1], list) and self.peek() == b"("):  # addresses and parts have none between
                raise Garbled(f"no space in a list at {self.line[max(0, self.at - 20):self.at + 20]!r}")
            values.append(self.value())
        self.at += 1
        return values

    def quoted(self):
        text, self.at = bytearray(), self.at + 1
        while (octet := self.peek()) != b"\"":
            if octet == b"\\":
                self.at += 1
                octet = self.peek()
                if octet not in (b"\\", b"\""):
                    raise Garbled(f"\\{octet!r} in a quoted string")
            if not octet or octet in b"\r\n\0":
                raise Garbled(f"a quoted string with {octet!r} or without end: {self.line[-200:]!r}")
            text += octet
            self.at += 1
        self.at += 1
        return bytes(text)

    def literal(self):
        if self.line.index(b"}", self.at) != len(self.line) - 1:
            raise Garbled(f"a literal inside a line: {self.line[self.at:self.at + 30]!r}")
        binary = self.peek() == b"~"
        literal = self.pieces[self.number + 1]
        if not binary and b"\0" in literal:
            raise Garbled("NUL in a literal that is not binary")
        self.number, self.at = self.number + 2, 0
        return literal

    def atom(self):
        start = self.at
        while (octet := self.peek()) and octet not in b" ()\"{":
            if octet == b"[" and self.line[start:self.at].upper() in (b"BODY", b"BODY.PEEK", b"BINARY", b"BINARY.SIZE"):
                self.section()
                continue
            if octet < b"!" or octet > b"~":
                raise Garbled(f"{octet!r} in an atom: {self.line[start:start + 60]!r}")
            self.at += 1
        if start == self.at:
            raise Garbled(f"nothing where a value should be: {self.line[max(0, start - 20):start + 20]!r}")
        word = self.line[start:self.at].decode()
        return None if word.upper() == "NIL" else word

    def section(self):
        """BODY[HEADER.FIELDS (a "b")]<0>: to the closing bracket, over what is quoted."""
        while (octet := self.peek()) != b"]":
            if not octet and self.line.endswith(b"}") and self.number + 2 < len(self.pieces):
                self.number, self.at = self.number + 2, 0  # a name of a field as a literal
            elif not octet:
                raise Garbled(f"a section without end: {self.line[-100:]!r}")
            if octet == b"\"":
                self.quoted()
            else:
                self.at += 1
        self.at += 1


def octets_of(value):
    return value if isinstance(value, bytes) else b"" if value is None else value.encode()


def check_envelope(envelope):
    if not isinstance(envelope, list) or len(envelope) != 10:
        raise Garbled(f"ENVELOPE {envelope!r:.300}")
    for addresses in envelope[2:8]:
        if addresses is not None and not (addresses and all(isinstance(one, list) and len(one) == 4 for one in addresses)):
            raise Garbled(f"addresses {addresses!r:.300}")
    for text in envelope[:2] + envelope[8:]:
        if text is not None and not isinstance(text, bytes):
            raise Garbled(f"ENVELOPE has {text!r:.100}")


def leaves(structure):
    """(section, what BODYSTRUCTURE says) of each part that is no multipart. Without recursion: there may be thousands of levels."""
    # RFC 9051 §6.4.5.1: a message without parts is its part 1; those of a message in a message are numbered below its own number.
    waiting = [(structure, () if isinstance(structure[0], list) else (1,))]
    while waiting:
        part, path = waiting.pop()
        if not isinstance(part, list) or not part:
            raise Garbled(f"a part is {part!r:.200}")
        if isinstance(part[0], list):
            count = next((number for number, one in enumerate(part) if not isinstance(one, list)), len(part))
            if count == len(part) or not isinstance(part[count], bytes):
                raise Garbled(f"a multipart without subtype: {part!r:.300}")
            waiting += [(part[number], path + (number + 1,)) for number in range(count)]
            continue
        if len(part) < 7 or not isinstance(part[6], str) or not part[6].isdigit():
            raise Garbled(f"a part without its octets: {part!r:.300}")
        if (octets_of(part[0]) + b"/" + octets_of(part[1])).lower() in (b"message/rfc822", b"message/global"):
            check_envelope(part[7])
            waiting.append((part[8], path if isinstance(part[8][0], list) else path + (1,)))
        yield ".".join(map(str, path)).encode(), part
