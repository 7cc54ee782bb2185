#!/usr/bin/env python3
"""Takes the code out of a document: every block that is fenced as ```cpp NAME goes to FOLDER/NAME.

usage: take_code.py DOCUMENT FOLDER MOST-LINES

Fails where all blocks together have more lines than MOST-LINES, or there is none.
"""
import pathlib
import re
import sys

document, folder, most = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3])
blocks = re.findall(r"^```cpp (\S+)\n(.*?)^```$", pathlib.Path(document).read_text("utf-8"), re.S | re.M)
if not blocks:
    sys.exit(f"{document} has no named blocks of code")
lines = sum(text.count("\n") for _, text in blocks)
if lines > most:
    sys.exit(f"the code in {document} has {lines} lines, more than {most}")
folder.mkdir(parents=True, exist_ok=True)
for name, text in blocks:
    (folder / pathlib.PurePath(name).name).write_text(text, "utf-8")
