#!/usr/bin/env python3
"""Interrupts commands at every call that changes a disk, and at random moments; then nothing may be lost.

    crash.py --bw BW --shim LIBRARY [--every N] [--kills N] [--jobs N] [--seed N] [--only NAME…]

Every trial begins from the same state (village.py). One call of one command goes wrong (faults.cpp), or command
and descendants are killed. Then `bw doctor` mends, and

  * `git fsck --strict` and `bw verify` accept every repository concerned;
  * every event that was in journal or log before still is, once, and what the command acknowledged is there;
  * the same command, given again, succeeds, and nothing is there twice;
  * where a call failed rather than everything: the command ended with an exit code of its own.

With --every N only every N-th of all calls in all modes is tried, the first being chosen by the seed.
"""

import argparse
import collections
import json
import multiprocessing
import os
import random
import shutil
import sys
import tempfile
import time

from processes import Runner, adopt_orphans
from sandbox import Sandbox
from village import COMMANDS, Village

FAULTS = ("stop", "torn", "full", "broken")
MOST_REPORTED = 30


class Failure(Exception):
    pass


def require(condition, what):
    if not condition:
        raise Failure(what)


def require_once(ids, what):
    doubles = [event for event, times in collections.Counter(ids).items() if times > 1]
    require(not doubles, f"twice in {what}: {doubles}")


class Facts:
    """What is known of a state: the events of every journal and log."""

    def __init__(self, village, repositories):
        self.journals = {who: village.journal(who) for who in Village.PEOPLE}
        self.logs = {name: village.log(name) for name in repositories}
        self.inboxes = {name: village.inbox(name) for name in repositories}
        self.undone = {who: village.undone(who) for who in Village.PEOPLE}

    def require_nothing_lost_since(self, before):
        for who, ids in self.journals.items():
            require_once(ids, f"{who}'s journal")
            missing = set(before.journals[who]) - set(ids)
            require(not missing, f"lost from {who}'s journal: {missing}")
        for name, ids in self.logs.items():
            require_once(ids, f"the log of {name}")
            missing = set(before.logs[name]) - set(ids)
            require(not missing, f"lost from the log of {name}: {missing}")


class Trials:
    """What one process does: a village of its own, and trials in it."""

    def __init__(self, options, number):
        adopt_orphans()
        self.options = options
        self.place = tempfile.mkdtemp(prefix=f"bw-crash-{number}-", dir=options.folder)
        folder = os.path.join(self.place, "village")
        os.mkdir(folder)
        self.village = Village(folder, options.bw)
        self.runner = Runner(self.village.environment, options.shim, os.path.join(self.place, "faults"))
        self.village.build()
        self.sandbox = Sandbox(folder)
        self.sandbox.remember()
        self.before = {}

    def close(self):
        shutil.rmtree(self.place, ignore_errors=True)

    def begin(self, command):
        self.sandbox.restore()
        if command.name not in self.before:
            self.before[command.name] = Facts(self.village, command.repositories)

    def _arguments(self, command):
        return [self.options.bw, *self.village.arguments_of(command), "--json"], self.village.path(command.folder), \
            self.village.as_person(command.who)

    def count(self, command):
        self.begin(command)
        ran = self.runner.run_with_fault(*self._arguments(command), "count", 0)
        require(ran.status == 0, f"{command.name} fails undisturbed: {ran.status}\n{ran.output}{ran.errors}")
        self.require_done(command, "undisturbed")
        return ran.calls

    def duration(self, command):
        self.begin(command)
        return self.runner.time_of(*self._arguments(command))

    def fault(self, command, mode, number):
        self.begin(command)
        ran = self.runner.run_with_fault(*self._arguments(command), mode, number)
        ended = ran.status == -9 if mode in ("stop", "torn") else False
        # A git of ours that ends may be survived by bw, which then says that git failed.
        require(ended or ran.status in (0, 1, 3, 4), f"ended with status {ran.status}\n{ran.output}{ran.errors}")
        self.judge(command, ran)
        return ran.happened

    def kill(self, command, after):
        self.begin(command)
        ran = self.runner.run_and_kill(*self._arguments(command), after)
        require(ran.status in (None, 0), f"ended with status {ran.status}\n{ran.output}{ran.errors}")
        self.judge(command, ran)
        return ran.status is None

    def judge(self, command, ran):
        acknowledged = ran.status == 0
        if acknowledged and command.owes == "recorded":
            recorded = json.loads(ran.output)["id"]
            require(recorded in self.village.journal(command.who), f"acknowledged and lost: {recorded}")
        self.let_time_pass(command)
        self.mend(command)
        if acknowledged:
            self.require_done(command, "acknowledged")
        Facts(self.village, command.repositories).require_nothing_lost_since(self.before[command.name])
        again = self.runner.run(*self._arguments(command))
        # It had been done, and nobody was told.
        done = again.status == 4 and ("not empty" in again.errors or "very same rows" in again.errors)
        require(again.status == 0 or done, f"given again: {again.status}\n{again.output}{again.errors}")
        self.require_done(command, "given again")

    def let_time_pass(self, command):
        """The doctor leaves alone what is younger than a moment: somebody may be at work."""
        for folder, folders, files in os.walk(self.village.folder):
            for name in folders + files:
                if name.endswith((".lock", ".tmp", ".keep", ".new")) or name.startswith(("tmp_", "incoming-", ".bw-")):
                    os.utime(os.path.join(folder, name), (time.time() - 60,) * 2)

    def repositories(self, command):
        made = [command.makes] if command.makes and os.path.isdir(self.village.path(command.makes, ".git")) else []
        return command.repositories + made

    def mend(self, command):
        for name in self.repositories(command):
            self.run_well(["doctor", name], command.who)
        for name in self.published() + ["keepsake.git"]:
            ran = self.runner.run([self.options.bw, "doctor", name], self.village.folder,
                                  self.village.as_person(command.who))
            # Where nothing arrived yet, and in a backup, there is no world: that may be left, and nothing else.
            no_branch = "no branch" in ran.errors or "no-world" in ran.output
            nothing_there_yet = no_branch and ran.output.count("left  ") == ran.output.count("left  no-world")
            require(ran.status == 0 or nothing_there_yet, f"bw doctor {name}: {ran.output}{ran.errors}")
        for name in command.repositories:
            self.require_sound(name, command.who)

    def published(self):
        repositories = self.village.path("hub", "repos")
        names = sorted(os.listdir(repositories)) if os.path.isdir(repositories) else []
        return [os.path.join("hub", "repos", name) for name in names if name.endswith(".git")]

    def run_well(self, arguments, who):
        ran = self.runner.run([self.options.bw, *arguments], self.village.folder, self.village.as_person(who))
        require(ran.status == 0, f"bw {' '.join(arguments)}: {ran.status}\n{ran.output}{ran.errors}")

    def require_sound(self, name, who):
        ran = self.runner.run(["git", "fsck", "--strict", "--no-dangling"], self.village.path(name))
        require(ran.status == 0, f"git fsck in {name}: {ran.status}\n{ran.output}{ran.errors}")
        self.run_well(["verify", name], who)

    def require_done(self, command, when):
        for name in self.repositories(command):
            self.require_sound(name, command.who)
        before, now = self.before[command.name], Facts(self.village, command.repositories)
        now.require_nothing_lost_since(before)
        mine, live = before.journals[command.who], set(now.journals[command.who]) - now.undone[command.who]
        if command.owes == "recorded":
            require(len(now.journals[command.who]) > len(mine), f"{when}, and nothing recorded")
        if command.owes == "erased":
            keeping = [name for name in command.repositories if self.village.knows_the_secret(name)]
            require(not keeping, f"{when}, and still in {keeping}")
        if command.owes in ("kept", "back"):
            there = now.journals[command.who] if command.owes == "back" else self.village.backed_up()
            missing = set(self.village.kept if command.owes == "back" else mine) - set(there)
            require(not missing, f"{when}, and not {command.owes}: {missing}")
        arrived = set().union(*now.logs.values())
        if command.owes == "sent":
            arrived = arrived.union(*now.inboxes.values())
        if command.owes in ("sent", "logged"):
            world = [event for event in mine if event in live and event in self.of_world(command)]
            missing = set(world) - arrived
            require(not missing, f"{when}, and not {command.owes}: {missing}")

    def of_world(self, command):
        """The events of the journal that belongs to the command's world."""
        world = self.village.run_git(command.folder, "config", "bw.world").decode().strip()
        return set(self.village.journal(command.who, world))


def plan(trials, options):
    """Every trial as (command, how, number or seconds), in an order that mixes commands."""
    chance = random.Random(options.seed)
    chosen = [command for command in COMMANDS if not options.only or command.name in options.only]
    work = []
    for command in chosen:
        calls = trials.count(command)
        first = 1 if options.every == 1 else chance.randrange(options.every) + 1
        # Every N-th point meets all modes, whatever N is.
        points = [(command, mode, number) for number in range(1, calls + 1) for mode in chance.sample(FAULTS, len(FAULTS))]
        work += points[first - 1::options.every]
        print(f"{command.name}: {calls} calls", flush=True)
    if options.kills:
        durations = {command: max(trials.duration(command) for _ in range(3)) for command in chosen}
        for number in range(options.kills):
            command = chosen[number % len(chosen)]
            work.append((command, "kill", chance.uniform(0, durations[command])))
    chance.shuffle(work)
    return work


def attempt(trials, command, how, number):
    """Returns whether it was disturbed, and what is wrong; empty where nothing is."""
    try:
        disturbed = trials.kill(command, number) if how == "kill" else trials.fault(command, how, number)
        return disturbed, ""
    except (Failure, AssertionError, OSError, ValueError, KeyError) as failure:
        return True, f"{command.name}, {how} at {number}: {failure}"


def work_off(options, number, tasks, results):
    trials = Trials(options, number)
    try:
        for index in iter(tasks.get, None):
            command, how, moment = index
            results.put((command, how, *attempt(trials, next(c for c in COMMANDS if c.name == command), how, moment)))
    finally:
        trials.close()
        results.put(None)


def run_all(options, work):
    tasks, results = multiprocessing.Queue(), multiprocessing.Queue()
    for command, how, moment in work:
        tasks.put((command.name, how, moment))
    workers = [multiprocessing.Process(target=work_off, args=(options, number, tasks, results))
               for number in range(options.jobs)]
    for worker in workers:
        tasks.put(None)
        worker.start()
    tally, failures, running, done = collections.Counter(), [], len(workers), 0
    while running:
        result = results.get()
        if result is None:
            running -= 1
            continue
        command, how, disturbed, wrong = result
        done += 1
        tally[(command, how, "disturbed" if disturbed else "in time")] += 1
        if wrong:
            failures.append(wrong)
            if len(failures) <= MOST_REPORTED:
                print(f"FAILED {wrong}", flush=True)
    return tally, failures, done


def print_tally(tally):
    names = sorted({command for command, _, _ in tally})
    print(f"{'':18}" + "".join(f"{how:>9}" for how in (*FAULTS, "kill")) + "   (ended before the moment came)")
    for name in names:
        numbers = [tally[(name, how, "disturbed")] for how in (*FAULTS, "kill")]
        print(f"{name:18}" + "".join(f"{number:9}" for number in numbers)
              + f"   {sum(tally[(name, how, 'in time')] for how in (*FAULTS, 'kill'))}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--bw", required=True)
    parser.add_argument("--shim", required=True)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--kills", type=int, default=2000)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--at", nargs=2, metavar=("MODE", "N"), help="only this call of the commands of --only")
    options = parser.parse_args()
    options.bw, options.shim = os.path.realpath(options.bw), os.path.realpath(options.shim)
    # In memory where that is possible: the order of calls matters here, not the speed of a disk.
    options.folder = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    began = time.monotonic()
    trials = Trials(options, "plan")
    try:
        work = plan(trials, options) if not options.at else [
            (command, options.at[0], float(options.at[1]) if options.at[0] == "kill" else int(options.at[1]))
            for command in COMMANDS if command.name in options.only]
    finally:
        trials.close()
    tally, failures, done = run_all(options, work)
    print_tally(tally)
    print(f"{done} of {len(work)} trials in {time.monotonic() - began:.0f} s, {len(failures)} failed")
    sys.exit(1 if failures or done != len(work) else 0)


if __name__ == "__main__":
    main()
