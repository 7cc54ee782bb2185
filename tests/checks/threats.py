#!/usr/bin/env python3
"""docs/threat-model.md claims only what is tested: every quoted sentence is the name of a test that exists, every
row has a number of its own and one of three answers, and a row that says "stopped" or "revealed" names a test."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
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


found = list(faults(PAGE.read_text(), names_of_tests()))
for fault in found:
    print(f"{PAGE}: {fault}")
sys.exit(1 if found else 0)
