"""Running a program and measuring it: wall time, processor time, memory."""

import os
import statistics
import threading
import time
from dataclasses import dataclass, field


@dataclass
class Run:
    wall: float  # seconds
    cpu: float  # seconds of user and system together, those of its children included
    rss: int  # bytes, the most at one time (with the pages of files that it reads)
    anonymous: int  # bytes, the most that was seen at one time; 0 where nobody looked


@dataclass
class Runs:
    """Several runs of one thing."""

    all: list = field(default_factory=list)

    def best(self, what="wall"):
        return min(getattr(run, what) for run in self.all)

    def median(self, what="wall"):
        return statistics.median(getattr(run, what) for run in self.all)

    def most(self, what):
        return max(getattr(run, what) for run in self.all)


class Failed(Exception):
    pass


def _watch(pid, result, done):
    """Notes the largest anonymous memory of a process until it is done."""
    while not done.is_set():
        try:
            with open(f"/proc/{pid}/status", encoding="ascii") as status:
                for line in status:
                    if line.startswith("RssAnon:"):
                        result[0] = max(result[0], int(line.split()[1]) * 1024)
                        break
        except OSError:
            return
        done.wait(0.005)


def run(arguments, environment=None, memory=False, output=None):
    """Runs a program to its end. `output`: a file for its standard output and error."""
    words = [str(word) for word in arguments]
    target = str(output) if output else os.devnull
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, target, flags, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    begin = time.perf_counter()
    pid = os.posix_spawnp(words[0], words, environment or os.environ, file_actions=actions)
    anonymous = [0]
    done = threading.Event()
    watcher = threading.Thread(target=_watch, args=(pid, anonymous, done)) if memory else None
    if watcher:
        watcher.start()
    _, status, usage = os.wait4(pid, 0)
    wall = time.perf_counter() - begin
    done.set()
    if watcher:
        watcher.join()
    if status != 0:
        raise Failed(f"{' '.join(words)}: status {status}, see {target}")
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, anonymous[0])


def interleaved(things, rounds):
    """`things`: name → function that does it once and gives its Run. In turn, so that all of them meet the same
    machine. One round before is not counted."""
    results = {name: Runs() for name in things}
    for number in range(rounds + 1):
        for name, act in things.items():
            one = act()
            if number > 0 or rounds == 0:
                results[name].all.append(one)
    return results
