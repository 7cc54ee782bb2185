#!/usr/bin/python3
"""Verifies a world's repository as docs/format.md §12 and §13 say, without bw: `check_world.py REPOSITORY`.

Plain and slow, to be read beside that page. Prints the size and root of the log and exits 0, or prints the
first fault and exits 1. Needs git and PyNaCl.
"""
import base64
import hashlib
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))
from check import (COSIGNER, Authority, Refused, StrictJson, armored, b64url, commitment, ed25519_verify, from_b64url, key_id,  # noqa: E402
                   leaf_hash, log_path, members, merkle_root, open_entry, parse_sealed, parse_vkey, read_table, require, sha256,
                   short_id, signed_data, table_path)


class Repository:
    def __init__(self, folder):
        self.folder = folder

    def git(self, *arguments):
        return subprocess.run(["git", "-C", self.folder, *arguments], check=True, capture_output=True).stdout

    def head(self, branch):
        found = subprocess.run(["git", "-C", self.folder, "rev-parse", "-q", "--verify", f"refs/heads/{branch}"],
                               capture_output=True, check=False)
        return found.stdout.decode().strip() or None

    def object(self, name, kind):
        data = self.git("cat-file", kind, name)
        require(hashlib.sha1(f"{kind} {len(data)}\0".encode() + data).hexdigest() == name, f"{name} is damaged")
        return data

    def files(self, commit):
        """path → (mode, object)"""
        found = {}
        for row in self.git("ls-tree", "-r", "-z", commit).decode().split("\0")[:-1]:
            about, path = row.split("\t", 1)
            found[path] = (about.split()[0], about.split()[2])
        return found


class Commit:
    def __init__(self, data):
        text = data.decode()
        headers, _, _ = text.partition("\n\n")
        self.parents, self.people, names = [], [], []
        kept, signature = [], []
        taking = None
        for line in headers.split("\n"):
            if line.startswith(" "):
                (signature if taking == "gpgsig" else kept).append(line[1:] if taking == "gpgsig" else line)
                continue
            taking, _, value = line.partition(" ")
            names.append(taking)
            if taking == "gpgsig":
                signature.append(value)
                continue
            kept.append(line)
            if taking == "parent":
                self.parents.append(value)
            if taking in ("author", "committer"):
                self.people.append(value[:value.index(">") + 1])
        fixed = ["tree"] + ["parent"] * len(self.parents) + ["author", "committer"]
        require(names[:len(fixed)] == fixed and not set(names[len(fixed):]) & set(fixed), "headers out of place")
        require([name for name in names if name.startswith("gpgsig")] == ["gpgsig"], "not one signature")
        self.message = "\n".join(kept) + text[len(headers):]
        self.signature = "\n".join(signature).rstrip("\n") + "\n"

    def signer(self):
        """The public key that signed it."""
        lines = self.signature.split("\n")
        blob = base64.b64decode("".join(lines[1:-2]))
        key = blob[6 + 4 + 4 + 4 + 11 + 4:][:32]
        signature = blob[-64:]
        require(armored(key, "git", signature) == self.signature, "its signature is not as OpenSSH writes it")
        require(ed25519_verify(key, signed_data("git", self.message.encode()), signature), "its signature is wrong")
        return key


class Verifier:
    def __init__(self, repository):
        self.repository = repository
        self.files, self.before, self.creator = {}, None, None
        self.authority = Authority()
        self.lines, self.leaves, self.ids, self.recorded = [], [], {}, 0
        self.ends, self.covered, self.cosigned_size, self.ineffective = set(), 0, 0, 0
        self.recent = []  # the sizes of the last checkpoints, each once

    def blob(self, path):
        mode, name = self.files[path]
        require(mode == "100644", f"{path}: no regular file")
        return self.repository.object(name, "blob")

    def commit(self, name):
        commit = Commit(self.repository.object(name, "commit"))
        require(commit.parents == ([self.before] if self.before else []), "its parents")
        old, self.files = self.files, self.repository.files(name)
        changed = {path for path in old.keys() | self.files.keys() if old.get(path) != self.files.get(path)}
        if "checkpoint" in changed:
            self.checkpoint()
        if "cosigned" in changed:
            self.cosigned()
        signer = commit.signer()
        actor = "did:key:" + short_id(signer)
        if self.before:
            require(self.authority.may_append(actor), f"{actor} may not append")
        events = self.log(changed)
        if not self.before:
            require(actor == self.creator, f"{actor} is not the creator")
        person = f"{short_id(signer)} <{short_id(signer)}@bw.invalid>"
        require(commit.people == [person, person], "author and committer")
        named = self.tables(events) | self.definitions(events)
        for path in changed:
            if path in ("checkpoint", "cosigned") or path.startswith("log/"):
                continue
            require(path.startswith(("tables/", "definition/")), f"{path} does not belong in a stream")
            require(path not in old, f"{path} was changed or removed")
            require(path in named, f"no entry names {path}")
        self.ends.add(len(self.leaves))
        self.before = name

    def note(self, path):
        """The size, the text and the signature lines of a note of this log that a live log key signed."""
        text, _, signatures = self.blob(path).decode().rpartition("\n\n")
        text += "\n"
        origin, size, root = text.split("\n")[:-1]
        require(origin == "bw/" + self.authority.world and str(int(size)) == size, f"{path}: origin or size")
        expected = base64.b64encode(merkle_root(self.leaves[:int(size)])).decode()
        require(root == expected, f"{path}: root")
        live = [parse_vkey(key["key"]) for key in self.authority.log_keys
                if key["live"] and self.authority.may_append(key["owner"])]
        require(any(self.verifies(text, signatures, name, key) for name, key in live), f"{path}: no live log key")
        return int(size), text, signatures

    def checkpoint(self):
        size, _, _ = self.note("checkpoint")
        require(size >= self.covered and size in self.ends, "checkpoint: size")
        self.covered = size
        if size not in self.recent:
            self.recent = (self.recent + [size])[-256:]

    def cosigned(self):
        size, text, signatures = self.note("cosigned")
        require(size >= self.cosigned_size and size in self.recent, "cosigned: size")
        require(self.authority.quorum > 0, "cosigned: no witnesses are asked for")
        witnesses = [parse_vkey(key, COSIGNER) for key in self.authority.witnesses]
        behind = sum(self.cosigns(text, signatures, name, key) for name, key in witnesses)
        require(behind >= self.authority.quorum, "cosigned: too few witnesses")
        self.cosigned_size = size

    @staticmethod
    def cosigns(text, signatures, name, key):
        """C2SP tlog-cosignature, Ed25519: the time in 8 bytes, and the signature over time and text."""
        mine = []
        for line in signatures.split("\n")[:-1]:
            _, signer, blob = line.split(" ")
            data = base64.b64decode(blob, validate=True)
            if signer == name and data[:4] == key_id(name, key, COSIGNER):
                time = int.from_bytes(data[4:12], "big")
                message = f"cosignature/v1\ntime {time}\n{text}".encode()
                mine.append(time <= 253402300799 and ed25519_verify(key, message, data[12:]))
        return bool(mine) and all(mine)

    @staticmethod
    def verifies(text, signatures, name, key):
        mine = []
        for line in signatures.split("\n")[:-1]:
            dash, signer, blob = line.split(" ")
            require(dash == "\u2014", "checkpoint: a signature line")
            data = base64.b64decode(blob, validate=True)
            if signer == name and data[:4] == key_id(name, key):
                mine.append(ed25519_verify(key, text.encode(), data[4:]))
        return bool(mine) and all(mine)

    def log(self, changed):
        """The new events, but for adoptions that are not in force."""
        paths = {path for path in changed if path.startswith("log/")}
        events = []
        while paths:
            first = len(self.lines) // 256 * 256
            path = log_path(first // 256)
            require(path in paths and path in self.files, f"{min(paths)}: not its turn")
            paths.remove(path)
            content = self.blob(path).decode()
            old = "".join(line + "\n" for line in self.lines[first:])
            require(content.startswith(old) and content.endswith("\n"), f"{path}: what stood there changed")
            lines = content[len(old):].split("\n")[:-1]
            require(lines and len(self.lines) - first + len(lines) <= 256, f"{path}: number of lines")
            events += [event for event in map(self.entry, lines) if event]
            require(not paths or len(self.lines) % 256 == 0, f"{path}: not full")
        return events

    def entry(self, line):
        index = len(self.lines)
        event, name, recorded = open_entry(line)
        require(name not in self.ids, f"entry {index}: twice")
        require(recorded >= self.recorded, f"entry {index}: recorded")
        require(index == 0 or event["world"] == self.authority.world, f"entry {index}: another world")
        self.lines.append(line)
        self.leaves.append(leaf_hash(line))
        self.ids[name] = event
        self.recorded = recorded
        try:
            self.authority.apply(event, name, recorded)
        except Refused:
            require(index > 0, "the first entry is not in force")
            self.ineffective += 1
            return None if event["kind"] == "definition.adopted" else event
        if index == 0:
            self.creator = event["actor"]
        if self.authority.clock and self.authority.clock[0] == name:
            self.recorded = self.authority.clock[1]
        return event

    def tables(self, events):
        named = set()
        for event in events:
            if event["kind"] == "behaviour.tabled" and event["body"].get("rows") == "public":
                path = table_path(event["body"]["root"])
                require(path in self.files, f"{path} is missing")
                require(read_table(self.blob(path).decode()) == event["body"], f"{path}: another table")
                named.add(path)
        return named

    def definitions(self, events):
        named = set()
        for event in events:
            if event["kind"] != "definition.adopted":
                continue
            folder = f"definition/{event['body']['definition']}/"
            paths = sorted((path for path in self.files if path.startswith(folder)), key=str.encode)
            lines = "".join(f"{sha256(self.blob(path)).hex()}  {path[len(folder):]}\n" for path in paths)
            require(sha256(lines.encode()).hex() == event["body"]["definition"], f"{folder}: another definition")
            named.update(paths)
        return named

    def details(self, head):
        count = 0
        for path, (mode, name) in self.repository.files(head).items():
            folder, event_name, file = path.split("/")
            require(mode == "100644" and event_name.startswith(folder) and file.endswith((".json", ".sealed")), path)
            event = self.ids[event_name]
            if file.endswith(".sealed"):
                parse_sealed(self.repository.object(name, "blob").decode())
                require(file[:-7] in event["details"], f"details: {path}")
                count += 1
                continue
            opening = StrictJson.parse(self.repository.object(name, "blob").decode())
            members(opening, "salt", "value")
            made = commitment(event, file[:-5], from_b64url(opening["salt"], 32), StrictJson.text(opening["value"]))
            require(b64url(made) == event["details"][file[:-5]], f"details: {path}")
            count += 1
        return count


def main(folder):
    repository = Repository(folder)
    verifier = Verifier(repository)
    name = ""
    try:
        for name in repository.git("rev-list", "--first-parent", "--reverse", "refs/heads/stream").decode().split():
            verifier.commit(name)
        head = repository.head("details")
        openings = verifier.details(head) if head else 0
    except (Refused, ValueError, KeyError, subprocess.CalledProcessError) as error:
        print(f"commit {name}: {error!r}", file=sys.stderr)
        return 1
    print(f"{len(verifier.lines)} entries, {verifier.covered} under the checkpoint, {openings} openings, "
          f"{verifier.ineffective} ineffective, root {merkle_root(verifier.leaves).hex()}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
