"""What other programs, a full disk or a bad one do to the files of an account, while the server runs or between two runs of it."""
import os
import shutil
import time

import messages


def files_of(home):
    below = [path for name in ("maildir", "mbox") if (home / name).is_dir() for path in (home / name).rglob("*")]
    return sorted(path for path in below if path.is_file() and not path.is_symlink())


def damage(home, random, log):
    files = files_of(home)
    for path in random.sample(files, min(len(files), random.choice([0, 1, 3]))):
        how = random.choice([flip, cut, grow, empty, zero, remove, rename, double])
        log.append(f"{how.__name__} {path}".encode(errors="replace"))
        try:
            how(path, random)
        except OSError:
            pass  # a name that is too long, a file that the server has just renamed


def flip(path, random):
    octets = bytearray(path.read_bytes())
    for _ in range(random.choice([1, 5, 50]) if octets else 0):
        octets[random.randrange(len(octets))] ^= 1 << random.randrange(8)
    path.write_bytes(octets)


def cut(path, random):
    octets = path.read_bytes()
    path.write_bytes(octets[:random.randrange(len(octets) + 1)])


def grow(path, random):
    with open(path, "ab") as out:
        out.write(random.randbytes(random.choice([1, 100, 5000])))


def empty(path, _):
    path.write_bytes(b"")


def zero(path, random):
    octets = bytearray(path.read_bytes())
    at = random.randrange(len(octets) + 1)
    octets[at:at + 512] = bytes(len(octets[at:at + 512]))
    path.write_bytes(octets)


def remove(path, _):
    path.unlink()


def rename(path, random):
    base = path.name.split(":")[0]
    path.rename(path.with_name(random.choice([
        "x", base + ":2,ZZab", base + ":1,x", "a:2,S:2,F", ":2,", "\udcff\udcfe", "1.2.3,S=999:2,", "n" * 240, ".hidden",
        "1.a,S=5,W=7:2,S"])))


def double(path, random):
    shutil.copy(path, path.with_name(path.name.split(":")[0] + ":2," + random.choice(["S", "FS", "T"])))


def deliver(home, user, random, log, lies):
    """A message by another program, as the format wants it; `lies`: as it does not."""
    text = messages.Messages(random).message()
    if random.random() < 0.5:
        text = text.replace(b"\r\n", b"\n")
    mbox, maildir = home / "mbox" / user, home / "maildir" / user
    if mbox.is_file():
        with open(mbox, "ab") as out:
            out.write(b"From x@y Thu Jan  1 00:00:00 2026\n" + text + (random.choice([b"\n\n", b"\n", b""]) if lies else b"\n\n"))
    elif (maildir / "tmp").is_dir():
        folder, name = maildir / random.choice(["new", "cur"]), f"{time.time()}.x{random.random()}.y"
        log.append(f"deliver {name}".encode())
        if lies:
            put(folder / (name + random.choice(["", ":2,S", ":2,FRST", ":2,abz", ":2,SS", ",S=7:2,", ":3,S"])), text, random)
        else:
            (maildir / "tmp" / name).write_bytes(text)
            (maildir / "tmp" / name).rename(folder / name)


def put(path, text, random):
    chance = random.random()
    if chance < 0.05:
        os.mkfifo(path)
    elif chance < 0.1:
        path.symlink_to(random.choice(["/nowhere", path.name, "/dev/zero", "..", "/etc/passwd"]))
    elif chance < 0.15:
        path.mkdir()
    else:
        path.write_bytes(text)
