"""Two people, three worlds and a Hub, in a state from which every command below has something to do."""

import datetime
import hashlib
import json
import os
import re
import shutil
import subprocess

BEHAVIOUR = "good-deed"
SECRET = "whispered behind the greenhouse"


class Command:
    """A command that is interrupted. `repositories`: those it may touch; `worlds` among them verify.

    `makes`: a folder that it makes. What it owes once it has succeeded is `owes`: the events of the journal
    that must then be `logged` (in the log), `sent` (in the log or an inbox), one more of them `recorded`, all of
    them `kept` (they come back from the backup), `back` (in the journal of whoever restores them), or the village's
    secret `erased` from every object. `{withdrawn}` in an argument is the id of the event that has it.
    """

    def __init__(self, name, who, folder, arguments, repositories, makes=None, owes=None):
        self.name, self.who, self.folder, self.arguments = name, who, folder, arguments
        self.repositories, self.makes, self.owes = repositories, makes, owes


# To add a command is to add a line, and to give it something to do in `Village.build`. Repositories stand in the
# order in which their keepers mend them: a home first, since nothing can be brought to one that is locked.
COMMANDS = [
    Command("log", "ada", "own", ["log", BEHAVIOUR, "--note", "Ein Ständchen", "--visibility", "public",
                                  "--evidence", "../photo"], ["own"], owes="recorded"),
    Command("batch", "ada", "own", ["log", "--batch", "../rows.csv"], ["own"], owes="recorded"),
    Command("undo", "ada", "own", ["undo"], ["own"]),
    Command("submit", "ada", "own", ["submit"], ["own"], owes="logged"),
    Command("submit-home", "ada", "ada", ["submit"], ["home.git", "ada"], owes="logged"),
    Command("submit-inbox", "bob", "bob", ["submit"], ["home.git", "bob"], owes="sent"),
    Command("merge", "ada", "ada", ["merge", "--inbox"], ["home.git", "ada"]),
    Command("merge-definition", "ada", "own", ["merge", "topic"], ["own"]),
    Command("adopt", "ada", "own", ["adopt"], ["own"]),
    Command("pull", "bob", "bob", ["pull"], ["home.git", "bob"]),
    Command("publish", "ada", "own", ["publish", "--hub", "../hub", "--as", "own"], ["own", "hub/world"]),
    Command("withdraw", "ada", "ada", ["withdraw", "{withdrawn}"], ["home.git", "ada"], owes="erased"),
    Command("cosign", "bob", "ada", ["witness", "cosign"], ["home.git", "ada"]),
    Command("collect", "ada", "ada", ["witness", "collect"], ["home.git", "ada"]),
    Command("backup", "ada", ".", ["journal", "backup", "keepsake.git"], [], owes="kept"),
    Command("restore", "cleo", ".", ["journal", "restore", "keepsake.git"], [], owes="back"),
    Command("gc", "ada", "own", ["gc"], ["own"]),
    Command("init", "ada", ".", ["init", "new", "--template", "minimal"], [], makes="new"),
    Command("clone", "bob", ".", ["clone", "home.git", "copy"], ["home.git"], makes="copy"),
    Command("fork", "bob", ".", ["fork", "own", "forked"], ["own"], makes="forked"),
]

_SIGNED = re.compile(rb'\{"event":(\{.*?"sig":"[A-Za-z0-9_-]{86}"\})')


def event_ids(lines):
    """The id of every event that stands in these bytes, doubles included."""
    # The signed bytes are the line without `,"sig":"…"}` and with its brace put back (format.md §4).
    return [hashlib.sha256(line[:-96] + b"}").hexdigest() for line in _SIGNED.findall(lines)]


class Village:
    def __init__(self, folder, bw):
        self.folder, self.bw, self.names = folder, bw, {}
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": os.path.join(folder, "home"), "LC_ALL": "C.UTF-8",
            "GIT_CONFIG_NOSYSTEM": "1", "NO_COLOR": "1", "TMPDIR": os.path.join(folder, "tmp"),
        }

    def arguments_of(self, command):
        return [argument.format(**self.names) for argument in command.arguments]

    PEOPLE = ("ada", "bob", "cleo")

    def as_person(self, who):
        return {"BW_HOME": os.path.join(self.folder, "people", who)}

    def run_bw(self, who, folder, *arguments):
        return self._run([self.bw, *arguments], folder, self.as_person(who))

    def run_git(self, folder, *arguments):
        return self._run(["git", *arguments], folder, {})

    def _run(self, arguments, folder, extra):
        done = subprocess.run(arguments, cwd=os.path.join(self.folder, folder), env={**self.environment, **extra},
                              stdin=subprocess.DEVNULL, capture_output=True)
        if done.returncode != 0:
            raise AssertionError(f"{' '.join(arguments)} in {folder}: {done.returncode}\n"
                                 f"{done.stdout.decode(errors='replace')}{done.stderr.decode(errors='replace')}")
        return done.stdout

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def build(self):
        for part in ("home", "people", "tmp"):
            os.makedirs(self.path(part))
        for who in ("ada", "bob"):
            self.run_bw(who, ".", "id", "new", "--name", who)
        with open(self.path("photo"), "wb") as file:
            file.write(b"\x89" * 40_000)
        with open(self.path("rows.csv"), "w") as file:
            file.write("at,behaviour,quantity\n")
            today = datetime.date.today()
            file.writelines(f"{today - datetime.timedelta(days=1 + n % 20)},{BEHAVIOUR},1\n" for n in range(40))
        self._build_shared()
        self._build_own()
        for who, world in (("ada", "ada"), ("ada", "own"), ("bob", "bob")):
            self._log(who, world)
        self._back_up()
        self._log("ada", "own")

    def _log(self, who, world):
        for note in ("one", "two"):
            self.run_bw(who, world, "log", BEHAVIOUR, "--note", note, "--visibility", "public")

    # A world at home.git: ada is its steward, bob has asked for something in its inbox and misses an entry.
    def _build_shared(self):
        self.run_bw("ada", ".", "init", "first", "--template", "minimal", "--name", "Shared")
        self.run_git(".", "init", "-q", "--bare", "home.git")
        self.run_bw("ada", "first", "steward", "propose", "set-home", self.path("home.git"))
        self.run_git("first", "push", "-q", self.path("home.git"), "main")
        self.run_bw("ada", ".", "clone", "home.git", "ada")
        self.run_bw("bob", ".", "clone", "home.git", "bob")
        self._log("ada", "ada")
        self.run_bw("ada", "ada", "submit")
        self._log("bob", "bob")
        self.run_bw("bob", "bob", "submit")
        self._ask_for_witnesses()
        logged = self.run_bw("ada", "ada", "log", BEHAVIOUR, "--note", SECRET, "--visibility", "public", "--json")
        self.names["withdrawn"] = json.loads(logged)["id"]
        self.run_bw("ada", "ada", "submit")
        assert self.knows_the_secret("home.git")

    # Cleo is another machine of ada's, made from her paper key. Her journals are backed up but for the last events.
    def _back_up(self):
        self.run_bw("ada", ".", "id", "backup", "-o", "paper.txt")
        self.run_git(".", "init", "-q", "--bare", "keepsake.git")
        self.run_bw("ada", ".", "journal", "backup", "keepsake.git")
        self.kept = self.journal("ada")
        self._become_ada("cleo")

    def _become_ada(self, who):
        self.run_bw(who, ".", "id", "restore", "paper.txt", "--name", "ada")

    # Bob's machine is its witness, and has seen all but ada's last word; what he said waits to be collected.
    def _ask_for_witnesses(self):
        key = json.loads(self.run_bw("bob", ".", "witness", "init", "--name", "bob.example/w1", "--json"))["key"]
        self.run_bw("ada", "ada", "steward", "propose", "add-witness", key)
        self.run_bw("ada", "ada", "steward", "propose", "set-witness-quorum", "1")
        self.run_bw("bob", ".", "witness", "cosign", self.path("home.git"))

    # A world that is its own home, with a definition to adopt and another to merge.
    def _build_own(self):
        self.run_bw("ada", ".", "init", "own", "--template", "minimal", "--name", "Own")
        self._edit_definition("summary", "Small deeds.", "topic")
        self._edit_definition("vision", "Everyone does something.", "main")
        self.run_bw("ada", ".", "hub", "init", "hub", "--name", "Hub")

    def _edit_definition(self, field, text, branch):
        self.run_git("own", "switch", "-q", *(["-c"] if branch != "main" else []), branch)
        with open(self.path("own", "betterworld.yaml")) as file:
            definition = file.read()
        with open(self.path("own", "betterworld.yaml"), "w") as file:
            file.write(re.sub(f"^{field}: .*$", f"{field}: {text}", definition, flags=re.MULTILINE))
        self.run_git("own", "commit", "-qam", f"Say {field}")
        self.run_git("own", "switch", "-q", "main")

    def journal(self, who, world=None):
        """The ids in the journals of a person, or in one of them, doubles included."""
        return [event for content in self._journals(who, world) for event in event_ids(content)]

    def undone(self, who):
        return {json.loads(line)["undone"] for content in self._journals(who) for line in content.split(b"\n")
                if line.startswith(b'{"undone":')}

    def _journals(self, who, world=None):
        folder = self.path("people", who, "data", "journals")
        for name in [world] if world else sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
            try:
                with open(os.path.join(folder, name, "journal.jsonl"), "rb") as file:
                    yield file.read()
            except FileNotFoundError:
                pass  # only its lock, so far

    def log(self, repository):
        """The ids in the log of a repository, doubles included."""
        ids = []
        names = self.run_git(repository, "ls-tree", "-r", "--name-only", "refs/heads/stream", "log/").decode().split()
        for name in sorted(names):
            ids += event_ids(self.run_git(repository, "cat-file", "blob", f"refs/heads/stream:{name}"))
        return ids

    def backed_up(self):
        """The ids of the events that come back from ada's backup, on a machine that had nothing."""
        self._become_ada("heir")
        try:
            self.run_bw("heir", ".", "journal", "restore", "keepsake.git")
            return self.journal("heir")
        finally:
            shutil.rmtree(self.path("people", "heir"))

    def knows_the_secret(self, repository):
        return SECRET.encode() in self.run_git(repository, "cat-file", "--batch-all-objects", "--batch", "--unordered")

    def inbox(self, repository):
        ids = []
        refs = self.run_git(repository, "for-each-ref", "--format=%(refname)", "refs/bw/inbox/").decode().split()
        for ref in refs:
            ids += event_ids(self.run_git(repository, "cat-file", "blob", f"{ref}:bundle.jsonl"))
        return ids
