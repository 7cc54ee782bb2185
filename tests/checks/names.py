#!/usr/bin/env python3
"""No two headers give one name, in one namespace, to two types. Compilers and linkers let that pass, and take
whichever they meet first."""

import collections
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else __file__).resolve()
ROOT = ROOT if ROOT.is_dir() else ROOT.parent.parent.parent
NAMESPACE = re.compile(r"^(\}  // )?namespace ([\w:]+)( \{)?$")
TYPE = re.compile(r"^(?:struct|class|enum class|enum|using) (\w+)\b(?! *[;<]|::)")


def types_of(header):
    """(namespace, name) of every type that is defined at the left margin."""
    spaces = []
    for line in header.read_text().splitlines():
        if space := NAMESPACE.match(line):
            if space[1]:
                spaces.pop()
            elif space[3]:
                spaces.append(space[2])
        elif (found := TYPE.match(line)) and not line.startswith("using namespace"):
            yield "::".join([*spaces, found[1]])


def main():
    places = collections.defaultdict(list)
    headers = [header for folder in ("libbw", "cli", "tests", "bench") for header in (ROOT / folder).rglob("*.h")
               if "node_modules" not in header.parts]
    for header in sorted(headers):
        for name in types_of(header):
            places[name].append(str(header.relative_to(ROOT)))
    doubles = {name: where for name, where in places.items() if len(where) > 1}
    for name, where in sorted(doubles.items()):
        print(f"{name} is defined in {' and in '.join(where)}")
    if not places:
        print(f"no types found in {len(headers)} headers below {ROOT}")
    sys.exit(1 if doubles or not places else 0)


if __name__ == "__main__":
    main()
