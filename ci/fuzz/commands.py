"""IMAP commands that are legal but odd, and such as are no commands any more, drawn from a seed. RFC 9051 §6, §9; RFC 5256; RFC 7162.

Makes octets only. {} stands where a literal goes.
"""
import messages

SEARCH_KEYS = [
    b"ALL", b"TEXT {}", b"BODY {}", b"SUBJECT {}", b"FROM {}", b"TO {}", b"CC {}", b"HEADER {} {}", b"SENTON 1-Jan-2026",
    b"SENTSINCE 1-Jan-1970", b"LARGER 100", b"SMALLER 4294967295", b"NOT SEEN", b"OR DELETED FLAGGED", b"1:*",
    b"UID 4294967295", b"MODSEQ 1", b"KEYWORD x", b"ON 1-Jan-2026"
]
THREADS = [
    b"THREAD REFERENCES UTF-8 ", b"THREAD ORDEREDSUBJECT UTF-8 "
]
SORTS = [
    b"SORT (SUBJECT) UTF-8 ", b"SORT (REVERSE DATE FROM) UTF-8 ", b"SORT (CC TO SIZE ARRIVAL) UTF-8 "
]

COMMANDS = [
    b"FETCH 1:* (FLAGS UID)", b"STORE 1 +FLAGS (\\Seen x)", b"COPY 1 other", b"MOVE 1 other", b"EXPUNGE", b"LIST \"\" *",
    b"LIST \"\" (\"%\" \"*\") RETURN (STATUS (MESSAGES))", b"STATUS INBOX (MESSAGES UIDNEXT SIZE)", b"CREATE a/b",
    b"RENAME a/b c", b"DELETE c", b"NOOP", b"CHECK", b"ENABLE CONDSTORE QRESYNC UTF8=ACCEPT",
    b"SELECT INBOX (QRESYNC (1 1 1:* (1:5 1:5)))", b"FETCH 1:* (FLAGS) (CHANGEDSINCE 1 VANISHED)",
    b"UID FETCH 1:* BODY.PEEK[HEADER.FIELDS (Date)]", b"GETQUOTAROOT INBOX", b"NAMESPACE", b"ID (\"a\" \"b\")",
    b"SUBSCRIBE a&AOQ-", b"LSUB \"\" %", b"FETCH $ FLAGS", b"SEARCH RETURN (SAVE) ALL", b"FETCH 1 PREVIEW", b"UNSELECT",
    b"IDLE", b"STARTTLS"
]

PIECES = [
    b"(", b")", b" ", b"\"", b"\\", b"*", b"%", b"[", b"]", b"<", b"4294967296", b"0", b":", b",", b"NIL", b"\xff", b"~", b"{", b"}",
    b"(" * 500, b"$"
]


def search_command(random):
    """A search that has to be answered, and the literals for it."""
    keys = [random.choice(SEARCH_KEYS) for _ in range(random.choice([1, 1, 2, 3]))]
    how = random.choice([b"SEARCH ", b"SEARCH RETURN (MIN MAX COUNT ALL) ", b"UID SEARCH "] + THREADS + SORTS)
    text = how + b" ".join(keys)
    words = [word for word in messages.WORDS if b"\r" not in word] + [b"a", b"\xc3\xa4", b"x" * 2000]
    return text, [random.choice(words) for _ in range(text.count(b"{}"))]


def broken_command(random):
    text = bytearray(random.choice(COMMANDS + [b"SEARCH " + key for key in SEARCH_KEYS] + SORTS + THREADS))
    for _ in range(random.choice([1, 1, 2, 5])):
        at = random.randrange(len(text) + 1)
        how = random.randrange(4)
        if how == 0:
            del text[at:at + random.choice([1, 1, 3])]
        elif how == 1:
            text[at:at] = random.choice(PIECES)
        elif how == 2 and at < len(text):
            text[at] = random.randrange(1, 256)
        else:
            text[at:at] = text[:at]
    return bytes(text).replace(b"\r", b"").replace(b"\n", b"").replace(b"{}", b"x")


def section_item(random, known):
    """A FETCH item of a part that is there (`known`: section numbers) or not."""
    if known and random.random() < 0.5:
        path = random.choice(known)
    else:
        path = b".".join(b"%d" % random.choice([1, 1, 2, 3, 4294967295]) for _ in range(random.choice([1, 2, 3, 300])))
    tail = random.choice([b"", b".MIME", b".HEADER", b".TEXT", b".HEADER.FIELDS (Subject \"x y\")", b".HEADER.FIELDS.NOT (From)", b".1.1"])
    partial = random.choice([b"", b"", b"<0.1>", b"<5.100000>", b"<4294967290.4294967290>"])
    return random.choice([b"BODY.PEEK[%s%s]%s" % (path, tail, partial), b"BINARY.PEEK[%s]%s" % (path, partial), b"BINARY.SIZE[%s]" % path])
