#!/usr/bin/env python3
"""Measures bw beside its peers in one run, and says which aims are reached.

    bench/run.py --build build/release [NAME…] [--json FILE] [--table FILE] [--tiny]

NAMEs are scenes: startup log rows verify packed submit library (default: all). `./run bench` installs and builds what
is needed first. The peers run on the same records, in turn with ours, so that all meet the same machine.
"""

import argparse
import datetime
import json
import os
import platform
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from measure import Failed
from scenes import SCENES, Place


def first_line(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[0].strip()
    except (OSError, subprocess.CalledProcessError, IndexError):
        return "not installed"


def machine(build):
    """What the numbers depend on."""
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        model = next((line.split(":")[1].strip() for line in info if line.startswith("model name")), platform.machine())
    with open("/proc/meminfo", encoding="ascii") as info:
        memory = int(info.readline().split()[1]) // 2**20
    hypercore = Path(__file__).parent / "peers" / "node_modules" / "hypercore" / "package.json"
    return {
        "when": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "processor": f"{model}, {len(os.sched_getaffinity(0))} cores",
        "memory": f"{memory} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "load": f"{os.getloadavg()[0]:.1f} when it began",
        "bw": first_line(build / "bw", "version", "--verbose") + " " + first_line(
            "git", "-C", Path(__file__).parent, "rev-parse", "--short=12", "HEAD"),
        "git": first_line("git", "--version"),
        "node": first_line("node", "--version"),
        "hypercore": json.loads(hypercore.read_text())["version"] if hypercore.exists() else "not installed",
        "zstd": first_line("zstd", "--version"),
        "compiler": first_line("c++", "--version"),
    }


def markdown(about, lines):
    text = "| machine | |\n|---|---|\n" + "".join(f"| {key} | {value} |\n" for key, value in about.items())
    text += "\n| what | measured | compared with | ratio | aim | reached |\n|---|---|---|---|---|---|\n"
    for line in lines:
        ratio = "" if line.ratio is None else f"{line.ratio:.2f}"
        aim = "" if line.aim is None else f"{'≥' if line.more else '≤'} {line.aim:g}"
        reached = {None: "", True: "yes", False: "**no**"}[line.reached]
        note = f" ({line.note})" if line.note else ""
        text += f"| {line.what} | {line.value}{note} | {line.compared} | {ratio} | {aim} | {reached} |\n"
    return text


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=Path, required=True, help="the folder of a release build")
    parser.add_argument("--json", type=Path, help="write everything there as well")
    parser.add_argument("--table", type=Path, help="write the table there as Markdown")
    parser.add_argument("--tiny", action="store_true", help="sizes that prove nothing but that it still works")
    parser.add_argument("names", nargs="*", metavar="NAME", help="a scene: " + ", ".join(SCENES))
    given = parser.parse_args()
    for name in given.names:
        if name not in SCENES:
            parser.error(f"there is no scene {name}; there are {', '.join(SCENES)}")

    build = given.build.resolve()
    about = machine(build)
    lines = []
    with tempfile.TemporaryDirectory(prefix="bw-bench-") as folder:
        place = Place(build, Path(folder), given.tiny)
        for name in given.names or SCENES:
            for line in SCENES[name](place):
                lines.append(line)
                sign = {None: " ", True: "+", False: "-"}[line.reached]
                ratio = "" if line.ratio is None else f"  ratio {line.ratio:.2f}"
                print(f"{sign} {line.what}: {line.value}; {line.compared}{ratio}", flush=True)
    table = markdown(about, lines)
    print("\n" + table)
    if given.table:
        given.table.write_text(table, encoding="utf-8")
    if given.json:
        listed = [{**asdict(line), "reached": line.reached} for line in lines]
        given.json.write_text(json.dumps({"machine": about, "lines": listed}, indent=1, ensure_ascii=False) + "\n")
    missed = [line.what for line in lines if line.reached is False]
    print(f"{len(missed)} of {sum(line.reached is not None for line in lines)} aims are not reached", *missed, sep="\n  ")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as failure:
        sys.exit(f"bench: {failure}")
