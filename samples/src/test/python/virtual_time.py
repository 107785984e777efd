"""Runs a program, the argument, in virtual time: the clock of its loop jumps to the next timer when nothing can run."""

import asyncio
import runpy
import selectors
import sys


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """As dev.tandem.VirtualClock: time stands still while anything can run, and while other threads work."""

    def __init__(self):
        self._now = 0.0
        self._working = 0
        super().__init__(VirtualTimeSelector(self))

    def time(self):
        return self._now

    def run_in_executor(self, executor, func, *args):
        self._working += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(self._on_worked)
        return future

    def _on_worked(self, future):
        self._working -= 1

    def wait_timeout(self, timeout):
        """How long the selector may really wait when the next timer is due in timeout seconds."""
        if not timeout:
            return timeout
        if self._working:
            return None
        self._now += timeout
        return 0


class VirtualTimeSelector(selectors.DefaultSelector):
    def __init__(self, loop):
        super().__init__()
        self._loop = loop

    def select(self, timeout=None):
        return super().select(self._loop.wait_timeout(timeout))


def run(coroutine):
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(coroutine)


asyncio.run = run
runpy.run_path(sys.argv[1], run_name="__main__")
