"""One command with everything that it starts: run to its end, with one call that goes wrong, or killed."""

import ctypes
import mmap
import os
import signal
import struct
import subprocess
import tempfile
import time

# As in faults.cpp.
MODES = {"count": 0, "stop": 1, "torn": 2, "full": 3, "broken": 4}
_LAYOUT = "=QQIII"  # calls, target, mode, stopped, happened

_PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans():
    """From now on whatever a command leaves running becomes our child, so that it can be ended."""
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def _children():
    with open(f"/proc/self/task/{os.getpid()}/children") as file:
        return [int(pid) for pid in file.read().split()]


def end_orphans(wait=False):
    """Ends what is left of a command; with `wait` lets it come to its own end."""
    while True:
        children = _children()
        if not children:
            return
        for pid in children:
            if not wait:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            try:
                os.waitpid(pid, 0)
            except ChildProcessError:
                pass


class Ran:
    def __init__(self, status, output, errors):
        self.status, self.output, self.errors = status, output, errors  # status None: killed, below
        self.calls, self.happened = 0, False  # how many calls there were; whether one went wrong


class Runner:
    """Runs commands in an environment; `shim` is the library made of faults.cpp."""

    def __init__(self, environment, shim, state_file):
        self.environment = environment
        self.shim = shim
        self.state_file = state_file
        with open(state_file, "wb") as file:
            file.write(bytes(4096))
        self._file = open(state_file, "r+b")
        self._shared = mmap.mmap(self._file.fileno(), 4096)

    def run(self, arguments, folder, extra=None):
        return self._finish(*self._start(arguments, folder, extra or {}))

    def run_with_fault(self, arguments, folder, extra, mode, number):
        """Lets the call of that number go wrong, the first being 1; 0: none, they are only counted."""
        struct.pack_into(_LAYOUT, self._shared, 0, 0, number, MODES[mode], 0, 0)
        ran = self._finish(
            *self._start(arguments, folder, {**(extra or {}), "LD_PRELOAD": self.shim, "BW_FAULTS": self.state_file}),
            # Those that make no further call would run on.
            leave_nothing=lambda: struct.unpack_from(_LAYOUT, self._shared, 0)[3] != 0)
        ran.calls, _, _, _, happened = struct.unpack_from(_LAYOUT, self._shared, 0)
        ran.happened = bool(happened)
        return ran

    def run_and_kill(self, arguments, folder, extra, after):
        """Kills command and descendants after so many seconds. Status None: it had not ended by itself."""
        process, output, errors = self._start(arguments, folder, extra or {})
        try:
            process.wait(after)
        except subprocess.TimeoutExpired:
            # Git children of bw have sessions of their own: they become ours, and are ended next.
            os.killpg(process.pid, signal.SIGKILL)
        ran = self._finish(process, output, errors, leave_nothing=lambda: process.returncode == -signal.SIGKILL)
        ran.status = None if ran.status == -signal.SIGKILL else ran.status
        return ran

    def time_of(self, arguments, folder, extra):
        began = time.monotonic()
        self.run(arguments, folder, extra)
        return time.monotonic() - began

    # Outputs are files: a pipe would be held open by whatever outlives the command.
    def _start(self, arguments, folder, extra):
        output, errors = tempfile.TemporaryFile(), tempfile.TemporaryFile()
        process = subprocess.Popen(arguments, cwd=folder, env={**self.environment, **extra},
                                   stdin=subprocess.DEVNULL, stdout=output, stderr=errors, start_new_session=True)
        return process, output, errors

    def _finish(self, process, output, errors, leave_nothing=lambda: False):
        process.wait()
        end_orphans(wait=not leave_nothing())
        texts = []
        for file in (output, errors):
            file.seek(0)
            texts.append(file.read().decode(errors="replace"))
            file.close()
        return Ran(process.returncode, *texts)
