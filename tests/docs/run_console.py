#!/usr/bin/env python3
"""Runs the ```console blocks of a Markdown file, so that documentation cannot rot.

In a block, a line that begins with "$ " is a command (continued by lines that begin with "> "); the lines
up to the next command are what it prints, on standard output and standard error together. In those, "…"
stands for any text within a line, and a line that is only "…" for any lines. A command must end with 0,
unless its block says otherwise: "# exit 1" behind the command.

    run_console.py FILE.md …        runs each file in a fresh folder, all its blocks in one shell

BW names the program under test; it is put first on PATH, with an empty HOME and no other configuration.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile

MARK = "\x1e"


def steps(markdown):
    """(line number, command, expected status, expected lines) of every command."""
    inside, found = False, []
    for number, line in enumerate(markdown.splitlines(), 1):
        if not inside:
            inside = line.strip() == "```console"
        elif line.strip() == "```":
            inside = False
        elif line.startswith("$ "):
            status = re.search(r"\s+# exit (\d+)$", line)
            command = line[2:status.start()] if status else line[2:]
            found.append([number, command, int(status.group(1)) if status else 0, []])
        elif line.startswith("> ") and found and not found[-1][3]:
            found[-1][1] += "\n" + line[2:]
        else:
            found[-1][3].append(line)
    return found


def matches(expected, actual):
    pattern = ""
    for line in expected:
        if line.strip() == "…":
            pattern += r"(?:[^\n]*\n)*"
        else:
            pattern += re.escape(line.rstrip()).replace("…", "[^\n]*") + "[ ]*\n"
    return re.fullmatch(pattern, actual) is not None


def run(path):
    with open(path, encoding="utf-8") as file:
        todo = steps(file.read())
    if not todo:
        sys.exit(f"{path}: no command found; the document would not be tested")
    folder = tempfile.mkdtemp()
    program = os.path.abspath(os.environ["BW"])
    environment = {
        "PATH": os.path.dirname(program) + ":/usr/local/bin:/usr/bin:/bin",
        "HOME": folder + "/home", "LC_ALL": "C.UTF-8", "TZ": "UTC", "TERM": "dumb", "NO_COLOR": "1",
        "GIT_CONFIG_NOSYSTEM": "1",
    }
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
        if name in os.environ:
            environment[name] = os.environ[name]
    os.mkdir(environment["HOME"])
    os.mkdir(folder + "/work")
    # Commands come through a pipe of their own, so that a program that reads standard input finds it empty.
    reading, writing = os.pipe()
    shell = subprocess.Popen(["bash", "--norc", "--noprofile", f"/dev/fd/{reading}"], cwd=folder + "/work",
                             env=environment, pass_fds=[reading], stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    os.close(reading)
    failures = 0
    try:
        for number, command, status, expected in todo:
            os.write(writing, f"{command}\nprintf '{MARK}%s\\n' $?\n".encode())
            output = b""
            while MARK.encode() not in output:
                line = shell.stdout.readline()
                if not line:
                    sys.exit(f"{path}:{number}: the shell ended at: {command}\n{output.decode(errors='replace')}")
                output += line
            text, _, got = output.decode("utf-8", errors="replace").partition(MARK)
            if int(got) != status or not matches(expected, text):
                failures += 1
                print(f"{path}:{number}: $ {command}\n  exit {got.strip()}, expected {status}")
                print("  --- printed\n" + text + "  --- documented\n" + "\n".join(expected) + "\n")
    finally:
        os.close(writing)
        shell.wait()
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{path}: {len(todo)} commands, {failures} failed")
    return failures


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(1 if sum(run(path) for path in sys.argv[1:]) else 0)
