#!/usr/bin/env python3
"""docs/threat-model.md claims only what is tested: every quoted sentence is the name of a test that exists, every
row has a number of its own and one of three answers, and a row that says "stopped" or "revealed" names a test. Every
rule of docs/limits.md names tests that exist."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
LIMITS = ROOT / "docs" / "limits.md"
PAGE = pathlib.Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT / "docs" / "threat-model.md"
ANSWERS = ("stopped", "revealed", "not stopped")
QUOTED = re.compile(r'"([^"|]{12,}?)"')


def names_of_tests():
    names = set()
    string = r'"(?:[^"\\]|\\.)*"'
    for file in [*(ROOT / "libbw").rglob("*_test.cpp"), *(ROOT / "tests").rglob("*.cpp")]:
        for literals in re.findall(rf"TEST_CASE\(\s*((?:{string}\s*)+)", file.read_text()):
            parts = re.findall(string, literals)
            names.add("".join(part[1:-1] for part in parts).replace('\\"', '"'))
    for file in (ROOT / "tests").rglob("*.bats"):
        names.update(re.findall(r'^@test "(.*)" \{', file.read_text(), re.MULTILINE))
    for file in (ROOT / "tests").rglob("*.py"):
        names.update(re.findall(r"^    def test_\w+\(self\):\n +\"\"\"(.*?)\.?\"\"\"", file.read_text(), re.MULTILINE))
    return names


def faults(page, names):
    for quoted in QUOTED.findall(" ".join(page.split())):
        if quoted not in names:
            yield f'there is no test "{quoted}"'
    seen = set()
    for line in page.splitlines():
        if not re.match(r"\| *[A-Z]\d+ *\|", line):
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        number, answer = cells[0].strip("| "), cells[2] if len(cells) > 2 else ""
        if number in seen:
            yield f"{number} stands there twice"
        seen.add(number)
        if answer not in ANSWERS:
            yield f'{number}: "{answer}" is none of {", ".join(ANSWERS)}'
        elif answer != "not stopped" and not QUOTED.search(line):
            yield f"{number} says {answer} and names no test"
    if not seen:
        yield "there is no numbered attack"


def unshown(page, names):
    """Of a page whose every row is a rule with the tests that show it."""
    rows = [line for line in page.splitlines() if line.startswith("| ") and not line.startswith("| what ")]
    if not rows:
        yield "there is no rule"
    for row in rows:
        shown = QUOTED.findall(row)
        if not shown:
            yield f"no test shows: {row.split('|')[1].strip()}"
        for quoted in shown:
            if quoted not in names:
                yield f'there is no test "{quoted}"'


tests = names_of_tests()
found = [f"{PAGE}: {fault}" for fault in faults(PAGE.read_text(), tests)]
found += [f"{LIMITS}: {fault}" for fault in unshown(LIMITS.read_text(), tests)]
for fault in found:
    print(fault)
sys.exit(1 if found else 0)
