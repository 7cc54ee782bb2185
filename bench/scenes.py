"""What is measured: each scene makes what it needs in a folder of its own, and gives back lines of the table."""

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from measure import Failed, interleaved, run

MILLION = 1_000_000


@dataclass
class Line:
    """A line of the table. `aim`: what `ratio` should be at most (or at least, where `more` is better)."""

    scene: str
    what: str
    value: str
    compared: str = ""
    ratio: float | None = None
    aim: float | None = None
    more: bool = False
    note: str = ""

    @property
    def reached(self):
        if self.ratio is None or self.aim is None:
            return None
        return self.ratio >= self.aim if self.more else self.ratio <= self.aim


def milliseconds(runs):
    return f"{runs.median() * 1e3:.2f} ms (min {runs.best() * 1e3:.2f}, cpu {runs.median('cpu') * 1e3:.2f})"


def mebibytes(size):
    return f"{size / 2**20:.0f} MiB"


def per_second(count, seconds):
    return f"{count / seconds:,.0f}/s"


class Place:
    """Where the scenes play: the programs of a build, and a folder that is theirs alone."""

    def __init__(self, build, folder, tiny):
        self.bw = build / "bw"
        self.library = build / "bench" / "bench_library"
        self.grow = build / "bench" / "bench_world"
        self.folder = folder
        self.tiny = tiny
        self.cores = len(os.sched_getaffinity(0))
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("BW_", "GIT_", "XDG_", "SSH_"))},
            "HOME": str(folder / "home"),
            "BW_HOME": str(folder / "bw"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "LC_ALL": "C.UTF-8",
        }
        (folder / "home").mkdir()
        self.call(self.bw, "id", "new", "--name", "Bench")

    def call(self, *arguments, **options):
        return run(arguments, self.environment, output=self.folder / "output", **options)

    def said(self, *arguments):
        words = [str(word) for word in arguments]
        return subprocess.run(words, env=self.environment, check=True, capture_output=True, text=True).stdout

    def count(self, usual, tiny):
        return tiny if self.tiny else usual

    def world(self, name, home=None):
        folder = self.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        more = ["--home", home] if home else []
        self.call(self.bw, "init", folder, "--name", name, "--template", "ohca", *more)
        return folder

    def grown(self, name, count, per_append, *members):
        """A world that grew by so many signed events, mixed ones of so many members if any; made once for all scenes."""
        folder = self.folder / name
        if not folder.exists():
            self.world(name)
            self.call(self.grow, self.environment["BW_HOME"], folder, count, per_append, *members)
        return folder

    def library_rate(self, name):
        """Items per second of one benchmark of bench_library, alone on one core."""
        told = self.said(self.library, f"--benchmark_filter=^{name}$", "--benchmark_format=json",
                         f"--benchmark_min_time={self.count(1, 0.01)}")
        return json.loads(told)["benchmarks"][0]["items_per_second"]


# ── whole commands ────────────────────────────────────────────────────────────────────────────────────


def startup(place):
    results = interleaved(
        {"bw": lambda: place.call(place.bw, "version"), "git": lambda: place.call("git", "--version")},
        place.count(60, 2))
    bw, git = results["bw"], results["git"]
    yield Line("startup", "`bw version`", milliseconds(bw), f"`git --version` {milliseconds(git)}",
               bw.median() / git.median(), 2)


def git_peer(place):
    """A repository whose commits are signed with the same key as the events."""
    folder = place.folder / "peer"
    shutil.rmtree(folder, ignore_errors=True)
    place.call("git", "init", "-q", folder)
    for key, value in {"user.name": "Bench", "user.email": "bench@bw.invalid", "gpg.format": "ssh",
                       "user.signingkey": place.folder / "bw" / "config" / "identity" / "id_ed25519"}.items():
        place.call("git", "-C", folder, "config", key, value)
    return folder


def log(place):
    world, peer = place.world("logged"), git_peer(place)
    results = interleaved(
        {
            "bw": lambda: place.call(place.bw, "-C", world, "log", "import-aed"),
            "git": lambda: place.call("git", "-C", peer, "commit", "-q", "-S", "--allow-empty", "-m", "One"),
            "limited": lambda: place.call(place.bw, "-C", world, "log", "map-aed"),
        },
        place.count(19, 1))
    git = results["git"]
    against = f"`git commit -S` {milliseconds(git)}"
    yield Line("log", "`bw log` of one event, durable", milliseconds(results["bw"]), against,
               results["bw"].median() / git.median(), 0.5)
    yield Line("log", "the same, of a behaviour with a limit per day", milliseconds(results["limited"]), against,
               results["limited"].median() / git.median())


# ── tables ────────────────────────────────────────────────────────────────────────────────────────────


def rows_of(count):
    """at, lat and lon of so many devices."""
    for i in range(count):
        time = f"2025-{i % 12 + 1:02}-{i % 28 + 1:02}T{i % 24:02}:{i // 7 % 60:02}:{i // 11 % 60:02}Z"
        yield time, f"50.{i * 7919 % MILLION:06}1", f"6.{i * 104729 % MILLION:06}1"


def write_rows(place, count):
    csv, lines = place.folder / "rows.csv", place.folder / "rows.jsonl"
    with open(csv, "w", encoding="ascii") as table, open(lines, "w", encoding="ascii") as records:
        table.write("at,behaviour,quantity,lat,lon\n")
        for time, lat, lon in rows_of(count):
            table.write(f"{time},import-aed,1,{lat},{lon}\n")
            records.write(f'{{"at":"{time}","behaviour":"import-aed","place":{{"lat":"{lat}","lon":"{lon}"}},'
                          '"quantity":"1","unit":"device"}\n')
    return csv, lines


def fast_import_of(lines, target):
    """The same records as `git fast-import` takes them: blobs of 10,000 lines and a commit of all."""
    marks = 0
    with open(lines, "rb") as records, open(target, "wb") as stream:
        while part := b"".join(line for _, line in zip(range(10_000), records)):
            marks += 1
            stream.write(b"blob\nmark :%d\ndata %d\n" % (marks, len(part)) + part + b"\n")
        stream.write(b"commit refs/heads/main\ncommitter B <b@bw.invalid> 0 +0000\ndata 1\nx\n")
        for mark in range(1, marks + 1):
            stream.write(b"M 100644 :%d %d.jsonl\n" % (mark, mark))
    return target


def rows(place):
    count = place.count(MILLION, 20_000)
    csv, lines = write_rows(place, count)
    imported = fast_import_of(lines, place.folder / "rows.import")
    peers = Path(__file__).parent / "peers"

    def ours():
        world = place.world("tabled")
        logged = place.call(place.bw, "-C", world, "log", "--batch", csv, memory=True)
        submitted = place.call(place.bw, "-C", world, "submit", memory=True)
        parts.append((logged, submitted))
        return type(logged)(logged.wall + submitted.wall, logged.cpu + submitted.cpu, max(logged.rss, submitted.rss),
                            max(logged.anonymous, submitted.anonymous))

    def hypercore(batch):
        core = place.folder / "core"
        shutil.rmtree(core, ignore_errors=True)
        told = place.call("node", peers / "hypercore.mjs", lines, batch, core)
        told.wall = json.loads((place.folder / "output").read_text())["seconds"]
        return told

    def fast_import():
        folder = git_peer(place)
        return place.call("sh", "-c", f"git -C {folder} fast-import --quiet <{imported}")

    parts = []
    things = {"bw": ours, "import": fast_import}
    if (peers / "node_modules").exists():
        things.update({"1000": lambda: hypercore(1000), "10000": lambda: hypercore(10_000)})
    results = interleaved(things, place.count(2, 0))
    bw = results["bw"]
    value = f"{per_second(count, bw.median())} ({bw.median():.2f} s, cpu {bw.median('cpu'):.2f} s)"
    compared, ratio = "hypercore: not installed", None
    if "1000" in results:
        best = min(results["1000"].median(), results["10000"].median())
        compared, ratio = f"hypercore, appended in batches: {per_second(count, best)}", best / bw.median()
    yield Line("rows", f"{count:,} rows, `bw log --batch` and `bw submit`", value, compared, ratio, 2, more=True)
    logged, submitted = parts[-1]
    yield Line("rows", "of that, `bw log --batch`", f"{logged.wall:.2f} s, cpu {logged.cpu:.2f} s")
    yield Line("rows", "of that, `bw submit`", f"{submitted.wall:.2f} s, cpu {submitted.cpu:.2f} s")
    yield Line("rows", "the same rows", value, f"`git fast-import` {per_second(count, results['import'].median())}",
               results["import"].median() / bw.median(), more=True, note="neither signs, proves nor checks anything")
    anonymous = bw.most("anonymous")
    yield Line("rows", "anonymous memory of both", mebibytes(anonymous), "128 MB", anonymous / 128e6, 1,
               note=f"max RSS {mebibytes(bw.most('rss'))}")
    yield from verified_rows(place, count)


def verified_rows(place, count):
    world = place.folder / "tabled"
    results = interleaved({"bw": lambda: place.call(place.bw, "-C", world, "verify", memory=True)}, place.count(3, 0))
    bw = results["bw"]
    rate = count / bw.median()
    yield Line("rows", f"`bw verify` from nothing, {count:,} rows in tables",
               f"{rate:,.0f}/s ({bw.median():.2f} s, cpu {bw.median('cpu'):.2f} s)", "700,000/s", rate / 700_000, 1,
               more=True)
    anonymous = bw.most("anonymous")
    yield Line("rows", "anonymous memory of that", mebibytes(anonymous), "128 MB", anonymous / 128e6, 1,
               note=f"max RSS {mebibytes(bw.most('rss'))}")


# ── signed events ─────────────────────────────────────────────────────────────────────────────────────


def verify(place):
    count = place.count(200_000, 600)
    world = place.grown("events", count, place.count(1000, 300))
    sodium = []

    def limit():
        sodium.append(place.library_rate("sodium_verify"))
        return run(["true"])

    results = interleaved(
        {"sodium": limit, "bw": lambda: place.call(place.bw, "-C", world, "verify", memory=True)}, place.count(3, 0))
    bw = results["bw"]
    rate, one = count / bw.median(), sorted(sodium)[len(sodium) // 2]
    yield Line("verify", f"`bw verify` from nothing, {count:,} signed events in appends of 1,000",
               f"{rate:,.0f}/s ({bw.median():.2f} s, cpu {bw.median('cpu'):.2f} s)",
               f"libsodium on {place.cores} cores: {place.cores * one:,.0f}/s", rate / (place.cores * one), 0.85,
               more=True)
    anonymous = bw.most("anonymous")
    yield Line("verify", "anonymous memory of that", mebibytes(anonymous), "128 MB", anonymous / 128e6, 1,
               note=f"max RSS {mebibytes(bw.most('rss'))}")


def log_lines(place, world):
    """All lines of a world's log."""
    names = place.said("git", "-C", world, "ls-tree", "-r", "--name-only", "stream", "log/").split()
    return "".join(place.said("git", "-C", world, "show", f"stream:{name}") for name in names).splitlines()


def pack_bytes(place, world):
    """What the objects of branch stream take in one pack."""
    bare = place.folder / "packed.git"
    shutil.rmtree(bare, ignore_errors=True)
    place.call("git", "clone", "-q", "--bare", "--no-local", "--single-branch", "--branch", "stream", world, bare)
    place.call("git", "-C", bare, "-c", "repack.writeBitmaps=false", "repack", "-q", "-a", "-d", "-f")
    return sum(pack.stat().st_size for pack in (bare / "objects" / "pack").glob("*.pack"))


def packed(place):
    world = place.grown("events", place.count(200_000, 600), place.count(1000, 300))
    lines = log_lines(place, world)
    unsigned = place.folder / "unsigned"
    unsigned.write_text("".join(re.sub(r',"sig":"[^"]{86}"', "", line) + "\n" for line in lines))
    place.call("zstd", "-q", "-f", "-19", unsigned, "-o", f"{unsigned}.zst")
    least = 64 + Path(f"{unsigned}.zst").stat().st_size / len(lines)
    each = pack_bytes(place, world) / len(lines)
    yield Line("packed", "packed bytes of a signed event, in appends of 1,000", f"{each:.1f} B",
               f"64 + zstd -19 of its line without signature: {least:.1f} B", each / least, 1.5)
    single = place.count(512, 10)
    alone = place.grown("singly", single, 1)
    each = pack_bytes(place, alone) / single
    yield Line("packed", f"the same of {single} appended one by one, commits and trees included", f"{each:.1f} B",
               f"{least:.1f} B", each / least)


# ── one event into a large world ──────────────────────────────────────────────────────────────────────


def git_seconds(trace):
    """What the git commands that wrote this trace took, those that they started themselves not counted again."""
    total = 0.0
    for line in trace.read_text().splitlines() if trace.exists() else []:
        event = json.loads(line)
        if event["event"] == "exit" and "/" not in event["sid"]:
            total += event["t_abs"]
    return total


def submit(place):
    size = place.count(MILLION, 2000)
    large = place.grown("million", size, place.count(50_000, 1000))
    small = place.world("small")
    home = place.folder / "home.git"
    shutil.rmtree(home, ignore_errors=True)
    place.call("git", "init", "-q", "--bare", home)
    trace = place.folder / "trace"

    def once(world):
        def act():
            place.call(place.bw, "-C", world, "log", "import-aed")
            trace.unlink(missing_ok=True)
            told = run([place.bw, "-C", world, "submit"], {**place.environment, "GIT_TRACE2_EVENT": str(trace)},
                       memory=True, output=place.folder / "output")
            told.wall -= git_seconds(trace)
            return told
        return act

    results = interleaved({"large": once(large), "small": once(small)}, place.count(9, 1))
    yield Line("submit", f"`bw submit` of one event into {size:,} entries", milliseconds(results["large"]), "50 ms",
               results["large"].median() / 0.05, 1,
               note=f"max RSS {mebibytes(results['large'].most('rss'))}, "
                    f"anonymous {mebibytes(results['large'].most('anonymous'))}")
    yield Line("submit", "the same into a world of some 20", milliseconds(results["small"]))
    place.call(place.bw, "-C", large, "steward", "propose", "set-home", home)
    place.call(place.bw, "-C", large, "submit")
    results = interleaved({"large": once(large)}, place.count(5, 1))
    yield Line("submit", "the same where home is another repository, beyond git's own transport",
               milliseconds(results["large"]), "50 ms", results["large"].median() / 0.05, 1)
    opened = interleaved({"large": lambda: place.call(place.bw, "-C", large, "log", "--limit", "1"),
                          "small": lambda: place.call(place.bw, "-C", small, "log", "--limit", "1")},
                         place.count(9, 1))
    yield Line("submit", f"`bw log --limit 1` in a world of {size:,} entries, verified before",
               milliseconds(opened["large"]), f"in a small one {milliseconds(opened['small'])}",
               opened["large"].median() / opened["small"].median())


def fold(place):
    size, members = place.count(MILLION, 2000), place.count(10_000, 100)
    world = place.grown("mixed", size, place.count(50_000, 1000), members)
    kept = world / ".git" / "bw" / "world-state"

    def from_nothing():
        kept.unlink(missing_ok=True)
        return place.call(place.bw, "-C", world, "state", "--digest", memory=True)

    def on_from_kept():
        # A snapshot that is so many entries behind, put back before each run.
        kept.write_bytes(behind)
        return place.call(place.bw, "-C", world, "state", "--digest")

    place.call(place.bw, "-C", world, "state", "--digest")
    behind = kept.read_bytes()
    told = interleaved({"fold": from_nothing}, place.count(3, 1))["fold"]
    yield Line("fold", f"`bw state --digest` from nothing, {size:,} mixed events of {members:,} members",
               f"{per_second(size, told.median())} ({told.median():.2f} s, cpu {told.median('cpu'):.2f} s)",
               "500,000/s", size / told.median() / 500_000, 1, more=True)
    yield Line("fold", "anonymous memory of that",
               f"{mebibytes(told.most('anonymous'))} (max RSS {mebibytes(told.most('rss'))})", "256 MB",
               told.most("anonymous") / 256e6, 1)
    warm = interleaved({"status": lambda: place.call(place.bw, "-C", world, "status"),
                        "state": lambda: place.call(place.bw, "-C", world, "state", "--digest")}, place.count(3, 1))
    yield Line("fold", "`bw status` of it, warm", milliseconds(warm["status"]), "30 ms",
               warm["status"].median() / 0.03, 1)
    new = place.count(1000, 100)
    place.call(place.grow, place.environment["BW_HOME"], world, new, new, place.count(500, 50))
    ahead = interleaved({"on": on_from_kept}, place.count(3, 1))["on"]
    beyond = max(ahead.median() - warm["state"].median(), 0.0001)
    yield Line("fold", f"folding {new:,} new events on, beyond opening the kept state",
               f"{beyond * 1000:.1f} ms", "20 ms", beyond / 0.02, 1,
               note=f"the whole command {milliseconds(ahead)}, without new events {milliseconds(warm['state'])}")
    rate = place.library_rate("ranks_of_a_million_edges")
    yield Line("fold", "ranks over 1,000,000 edges, 30 rounds", f"{1e6 / rate:.2f} s", "2 s", 1e6 / rate / 2, 1)


# ── the library ───────────────────────────────────────────────────────────────────────────────────────


def library(place):
    told = place.said(place.library, "--benchmark_format=json", f"--benchmark_min_time={place.count(0.3, 0.001)}")
    for one in json.loads(told)["benchmarks"]:
        if one.get("error_occurred"):
            raise Failed(one["name"] + ": " + one["error_message"])
        rate = one.get("items_per_second", 1e9 / one["real_time"])
        yield Line("library", f"`{one['name']}`", per_second(1, 1 / rate),
                   f"{one['bytes_per_second'] / 1e6:,.0f} MB/s" if "bytes_per_second" in one else "")


SCENES = {scene.__name__: scene for scene in (startup, log, rows, verify, packed, submit, fold, library)}
