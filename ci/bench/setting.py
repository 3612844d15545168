"""What the benches stand on: the programs as users run them (release), a refmaild that is started and stopped
cleanly, and the line that says on what machine a number was measured. Refuses to measure a debug build.
"""
import contextlib
import json
import os
import pathlib
import platform
import signal
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = pathlib.Path(os.environ.get("MAILSPEC_BUILD", ROOT / "build/release"))


def program(path):
    """A program of the release build: "harness/mailspec", "reference/refmaild"."""
    found = PROGRAMS / path
    if not found.is_file():
        sys.exit(f"{sys.argv[0]}: {found} is not there: build the release preset first "
                 "(cmake --preset release && cmake --build --preset release), or name a build in MAILSPEC_BUILD")
    return str(found)


def machine():
    model = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo", encoding="utf-8")
                  if line.startswith("model name")), platform.machine())
    return f"{len(os.sched_getaffinity(0))} cores ({model}), Linux {platform.release()}"


def work_folder():
    """On the disk of the build, not in a memory file system: what is measured is synced."""
    parent = ROOT / "build/bench"
    parent.mkdir(parents=True, exist_ok=True)
    return tempfile.TemporaryDirectory(dir=parent, ignore_cleanup_errors=True)


@contextlib.contextmanager
def refmaild(*arguments):
    """A running refmaild: the process, and what it printed when it was ready."""
    with work_folder() as folder:
        with open(pathlib.Path(folder, "refmaild.log"), "w", encoding="utf-8") as log:
            server = subprocess.Popen([program("reference/refmaild"), "--ports", "0", "--json", "--data",
                                       str(pathlib.Path(folder, "data")), *arguments],
                                      stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            line = server.stdout.readline()
            if not line:
                sys.exit(f"refmaild ended before it was ready: {pathlib.Path(folder, 'refmaild.log').read_text()}")
            yield server, json.loads(line)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(30)


def table(heading, rows):
    """Columns as wide as they need to be, numbers to the right."""
    rows = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in [heading, *rows]) for i in range(len(heading))]
    for row in [heading, ["-" * w for w in widths], *rows]:
        print("| " + " | ".join(cell.rjust(w) for cell, w in zip(row, widths)) + " |")
