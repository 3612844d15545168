"""The files of the project, for the lints: what git tracks or would add, or, in a folder that is no
repository (the self-test), everything below it. Refuses nothing; a lint says itself what it looks at.
"""
import pathlib
import subprocess
import sys

CPP = (".cpp", ".hpp")


def root_from_arguments():
    """The folder to look at: the first argument, else the project that this file belongs to."""
    given = [a for a in sys.argv[1:] if not a.startswith("-")]
    return pathlib.Path(given[0] if given else pathlib.Path(__file__).parents[2]).resolve()


def all_files(root):
    """Paths relative to root, in order."""
    git = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=root,
                         capture_output=True, text=True)
    top = subprocess.run(["git", "rev-parse", "--show-toplevel"], cwd=root, capture_output=True, text=True)
    if git.returncode == 0 and pathlib.Path(top.stdout.strip()) == root:
        names = [pathlib.PurePosixPath(n) for n in git.stdout.split("\0") if n]
    else:
        names = [pathlib.PurePosixPath(p.relative_to(root)) for p in root.rglob("*") if p.is_file()]
    return sorted(n for n in set(names) if (root / n).is_file())


def cpp_files(root):
    return [n for n in all_files(root) if n.suffix in CPP]


def text_of(root, name):
    return (root / name).read_text(encoding="utf-8", errors="replace")


def close(lint, problems, looked_at, warnings=()):
    """Prints what was found and ends the lint: 1 when there is a problem, or nothing to look at."""
    for line in warnings:
        print(f"warning: {line}")
    for line in problems:
        print(line)
    if not looked_at:
        print(f"{lint}: found no file to look at")
        sys.exit(1)
    print(f"{lint}: {len(problems)} problems in {looked_at} files" if problems else f"{lint}: {looked_at} files, fine")
    sys.exit(1 if problems else 0)
