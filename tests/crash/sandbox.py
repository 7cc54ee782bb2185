"""A folder that is put back to a remembered state, fast, in place.

In place, since the home of a world is bound to the inode of its Git folder (format.md §16): a copy is not the
home. Only what differs is written: an untouched file is known by its inode and times.
"""

import os
import shutil
import stat


def _mark(status):
    return (status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


class Sandbox:
    def __init__(self, folder):
        self.folder = folder
        self.folders = {}  # path below → mode
        self.files = {}  # path below → (mode, bytes)
        self.marks = {}  # path below → what an untouched file looks like

    def remember(self):
        """Takes the present state as the one to go back to."""
        self.folders, self.files, self.marks = {}, {}, {}
        for path, entry in self._walk(""):
            status = entry.stat(follow_symlinks=False)
            if stat.S_ISDIR(status.st_mode):
                self.folders[path] = stat.S_IMODE(status.st_mode)
            elif stat.S_ISREG(status.st_mode):
                with open(entry.path, "rb") as file:
                    self.files[path] = (stat.S_IMODE(status.st_mode), file.read())
                self.marks[path] = _mark(status)
            else:
                raise AssertionError(f"{entry.path} is neither file nor folder")

    def restore(self):
        for path, entry in list(self._walk("", enter=lambda path: path in self.folders)):
            whole = os.path.join(self.folder, path)
            is_folder = entry.is_dir(follow_symlinks=False)
            if is_folder and path not in self.folders:
                shutil.rmtree(whole)
            elif not is_folder and path not in self.files:
                os.unlink(whole)
        for path, mode in self.folders.items():  # parents come before what is in them
            whole = os.path.join(self.folder, path)
            if not os.path.isdir(whole):
                os.mkdir(whole)
                os.chmod(whole, mode)
        for path, (mode, content) in self.files.items():
            whole = os.path.join(self.folder, path)
            try:
                if _mark(os.lstat(whole)) == self.marks[path]:
                    continue
                os.unlink(whole)
            except FileNotFoundError:
                pass
            with open(whole, "wb") as file:
                file.write(content)
            os.chmod(whole, mode)
            self.marks[path] = _mark(os.lstat(whole))

    def _walk(self, below, enter=lambda path: True):
        with os.scandir(os.path.join(self.folder, below)) as entries:
            for entry in entries:
                path = os.path.join(below, entry.name)
                yield path, entry
                if entry.is_dir(follow_symlinks=False) and enter(path):
                    yield from self._walk(path, enter)
