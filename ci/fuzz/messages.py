"""Messages that nobody should send, drawn from a seed: MIME trees deep, wide and broken, hostile header fields, stray octets.

Makes octets only; how they reach a server is none of its business. What is drawn follows RFC 5322, 2045 to 2047, 2183 and 2231 just
far enough to be taken for mail, and leaves them from there.
"""
import base64
import quopri

WORDS = [
    b"report", b"caf\xc3\xa9", b"=?utf-8?Q?a=5Fb?=", b"=?iso-8859-1?B?5A==?=", b"=?utf-8?B?8J+Y?=", b"=?x?Q??=", b"=?utf-8?q?=",
    b"Re:", b"[list]", b"fwd:", b"(fwd)", b"\xff\xfe", b"a" * 300, b"", b"\t", b"=?utf-7?Q?+AGE-?=", b"\xe2\x80\xae", b"\\",
    b"\"", b"=?iso-2022-jp?B?GyRCJCI=?="
]
ADDRESSES = [
    b"Ann <ann@example.test>", b"ann@example.test (Ann (nested) \\) x)", b"group: a@b, c@d;, e@f", b"undisclosed:;",
    b"<@a,@b:c@d>", b"\"q\\\"uoted\"@example.test", b"<>", b"@", b"a@[127.0.0.1]", b"a b c", b"\"unterminated <a@b>",
    b"(" * 200 + b"a@b", b"a@b," * 300, b"\xc3\xa9@\xc3\xa9.test", b"=?utf-8?Q?=22?= <x@y>", b";;,,::", b"a@b (", b"a: b: c;;",
    b"<a@b", b"\"\" <a@b>", b"\\ <a@b>", b"a@b\r\n\t,c@d"
]
DATES = [
    b"Thu, 01 Jan 2026 00:00:00 +0000", b"1 Jan 26 0:0 EST", b"yesterday", b"", b"31 Feb 99999 99:99:99 +9999",
    b"Thu, 01 Jan 2026 00:00:00 (a (b)) +0000", b"Mon, 0 Jan 0000 24:60:61 -0000", b"1 Jan 1969 00:00:00 -2359",
    b"(" * 100 + b"1 Jan 2026 00:00:00 Z"
]
TYPES = [
    b"text/plain", b"text/html", b"text/plain; charset=iso-8859-1", b"text/plain; charset=\"utf-8",
    b"text/plain; charset*=utf-8''%C3; name*0=a; name*1*=%41", b"text", b"/", b"text/plain; a=b; a=c; =; ;;",
    b"application/octet-stream; name=\"\\\"\\\\\"", b"image/png", b"message/delivery-status",
    b"message/partial; number=1; total=2; id=x", b"message/external-body; access-type=local-file",
    b"text/plain; format=flowed" + b"; x=y" * 500, b"text/plain; charset=no-such", b"text/plain; charset=utf-16",
    b"text/plain; charset=iso-2022-jp", b"TEXT/PLAIN;CHARSET=UTF-7"
]
ENCODINGS = [
    b"7bit", b"8bit", b"binary", b"base64", b"quoted-printable", b"BASE64 (x)", b"x-unknown", b"", b"base64;x", b"uuencode"
]
IDENTIFIERS = [
    b"<a@b>", b"<c@d>", b"<a b@c>", b"<", b"<>", b"x", b"<\"q\"@[1]>", b"(c)<e@f>"
]
OTHER_FIELDS = [
    b"Content-Disposition: attachment; filename=x", b"Content-Disposition: ;;=", b"Content-Language: en, de,,",
    b"Content-MD5: x", b"Content-Location: a b", b"Content-ID: <x@y>", b"Content-Description: =?utf-8?Q?d?=",
    b"X: " + b"y" * 5000, b"NoColon", b": empty", b" folded first", b"A\x00B: c", b"Received: from x by y; " + DATES[0],
    b"Status: RO", b"List-Id: x", b"\xc3\xa9: y", b"Sender:", b"Reply-To: a@b, <c@d>", b"MIME-Version: 1.0"
]
BOUNDARIES = [
    b"b", b"bb", b"b--", b"b b", b"=_x", b"'()+_,-./:=?", b"x" * 70, b"x" * 400, b"", b"\xc3\xa9", b"--b", b"b "
]
BODY_OCTETS = [
    b"\r\n", b"\n", b"\r", b"line\r\n", b"x" * 1200, b"\x00", b"\xff", b"caf\xe9", b"--b\r\n", b"--b--\r\n", b"From x\r\n",
    b".\r\n", b"=\r\n", b"=3D", b"=4", b"SGVsbG8", b"SGVsbG8=\r\n", b"====", b"\x1b$B$\"", b"a" * 76 + b"\r\n", b"--",
    b"--x\r\n--x--", b"Subject: inner\r\n\r\n"
]


class Messages:
    def __init__(self, random):
        self.random = random
        self.parts = 0

    def some(self, of, most):
        return b"".join(self.random.choice(of) for _ in range(self.random.randint(0, most)))

    def message(self):
        kind = self.random.random()
        if kind < 0.04:
            octets = self.nested_bomb()
        elif kind < 0.07:
            octets = self.wide_bomb()
        else:
            self.parts = 0
            octets = self.header() + self.entity(0)
        return self.mutated(octets) if self.random.random() < 0.5 else octets

    def header(self):
        pick, fields = self.random.choice, []
        for name in (b"From", b"To", b"Cc", b"Sender", b"Reply-To", b"Bcc"):
            for _ in range(pick([0, 1, 1, 1, 2])):
                fields.append(name + b": " + pick(ADDRESSES))
        for _ in range(pick([0, 1, 1, 2])):
            fields.append(b"Subject: " + b" ".join(pick(WORDS) for _ in range(pick([0, 1, 3, 8]))))
        for _ in range(pick([0, 1, 1, 2])):
            fields.append(b"Date: " + pick(DATES))
        for name in (b"Message-ID", b"In-Reply-To", b"References"):
            fields.append(name + b": " + b" ".join(pick(IDENTIFIERS) for _ in range(pick([0, 1, 1, 3, 30]))))
        fields += [pick(OTHER_FIELDS) for _ in range(pick([0, 1, 3]))]
        self.random.shuffle(fields)
        return b"".join(self.folded(field) + b"\r\n" for field in fields)

    def folded(self, field):
        if self.random.random() < 0.2:
            field = field.replace(b" ", b"\r\n ", self.random.randint(1, 5))
        return field

    def entity(self, depth):
        """What comes behind the fields of its surroundings: content fields, the empty line, a body."""
        self.parts += 1
        pick, chance = self.random.choice, self.random.random()
        if depth < 12 and self.parts < 60 and chance < 0.35:
            return self.multipart(depth)
        if depth < 12 and self.parts < 60 and chance < 0.5:
            kind = pick([b"message/rfc822", b"message/global", b"MESSAGE/RFC822; x=y", b"message/rfc822 (c)"])
            encoding = pick([b"", b"", b"Content-Transfer-Encoding: base64\r\n"])
            return b"Content-Type: " + kind + b"\r\n" + encoding + b"\r\n" + self.header() + self.entity(depth + 1)
        fields = b"Content-Type: " + pick(TYPES) + b"\r\n" if self.random.random() < 0.8 else b""
        body = self.some(BODY_OCTETS, 20)
        if self.random.random() < 0.6:
            encoding = pick(ENCODINGS)
            fields += b"Content-Transfer-Encoding: " + encoding + b"\r\n"
            if self.random.random() < 0.6:
                body = {b"base64": base64.encodebytes, b"quoted-printable": quopri.encodestring}.get(encoding, bytes)(body)
        fields += b"".join(pick(OTHER_FIELDS) + b"\r\n" for _ in range(pick([0, 0, 1, 2])))
        return fields + (b"\r\n" if self.random.random() < 0.95 else b"") + body

    def multipart(self, depth):
        pick = self.random.choice
        boundary = pick(BOUNDARIES)
        quoted = b"\"" + boundary + b"\"" if self.random.random() < 0.7 else boundary
        text = b"Content-Type: multipart/" + pick([b"mixed", b"alternative", b"digest", b"related", b"signed; a=x", b"", b"x-y"])
        text += pick([b"; boundary=" + quoted] * 6 +
                     [b"", b"; boundary*=utf-8''" + boundary, b"; boundary*0=" + boundary + b"; boundary*1=b"])
        text += b"\r\n\r\n"
        text += self.some(BODY_OCTETS, 2)
        for _ in range(pick([0, 1, 2, 2, 3, 5])):
            text += pick([b"\r\n", b"\r\n", b"\n", b""]) + b"--" + boundary + pick([b"", b"", b"", b" \t", b"x"]) + b"\r\n"
            text += self.entity(depth + 1)
        last = b"--" + boundary + b"--"
        return text + pick([b"\r\n" + last + b"\r\n"] * 4 + [b"", b"\r\n" + last, last]) + self.some(BODY_OCTETS, 2)

    def nested_bomb(self):
        levels = self.random.choice([100, 1000, 5000])
        if self.random.random() < 0.5:
            return b"Content-Type: message/rfc822\r\n\r\n" * levels + b"Subject: x\r\n\r\nx"
        same = self.random.random() < 0.5
        level = b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n"
        return b"".join(level % ((0 if same else n,) * 2) for n in range(levels)) + b"\r\nx"

    def wide_bomb(self):
        part = self.random.choice([b"\r\n", b"Content-Type: text/plain\r\n\r\nx\r\n",
                                   b"Content-Type: message/rfc822\r\n\r\nSubject: y\r\n\r\nz\r\n"])
        begin = self.header() + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        return begin + (b"--b\r\n" + part) * self.random.choice([200, 3000]) + b"--b--\r\n"

    def mutated(self, octets):
        octets = bytearray(octets)
        for _ in range(self.random.choice([1, 2, 5, 20])):
            at = self.random.randrange(len(octets) + 1)
            many = self.random.choice([1, 1, 2, 10, 100])
            how = self.random.randrange(5)
            if how == 0:
                del octets[at:at + many]
            elif how == 1:
                octets[at:at] = self.random.choice(BODY_OCTETS + WORDS + BOUNDARIES)
            elif how == 2 and at < len(octets):
                octets[at] = self.random.randrange(256)
            elif how == 3:
                octets[at:at] = octets[at // 2:at // 2 + many]
            else:
                octets[at:at + 2] = self.random.choice([b"\r\n", b"\n", b"\r", b"\r\n\r\n", b"\"", b"(", b")", b";", b"<", b":"])
        return bytes(octets)
