# SPDX-License-Identifier: GPL-3.0-or-later
"""A small disk for a test: memory, mounted in a namespace of its own, that can be full and have room again."""

import errno
import pathlib

from .process import Process

MOUNT = "/mnt"


class SmallDisk:
    """Processes outside of the namespace reach it by its folder below /proc; those inside as /mnt."""

    def __init__(self, size_mb):
        script = f'mount -t tmpfs -o size={size_mb}m none {MOUNT} && echo in && exec sleep infinity'
        self.holder = Process(["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script])

    def __enter__(self):
        self.holder.wait_line(lambda line: line == "in", "the small disk")
        return self

    def __exit__(self, *_):
        self.holder.stop()

    @property
    def root(self):
        """What its paths begin with outside."""
        return f"/proc/{self.holder.pid}/root"

    @property
    def folder(self):
        return pathlib.Path(self.root + MOUNT)

    @property
    def prefix(self):
        """What goes in front of a command that shall run inside, as somebody who is not root, with its temporary files on the disk."""
        enter = ["nsenter", f"--target={self.holder.pid}", "--user", "--mount", "--preserve-credentials", "--"]
        return [*enter, "unshare", "--user", "--map-user=1000", "--map-group=1000", "--", "env", f"TMPDIR={MOUNT}"]

    def fill(self):
        """Leaves no byte."""
        with open(self.folder / "filler", "wb", buffering=0) as filler:
            for size in (1 << 20, 1 << 12):
                try:
                    while filler.write(bytes(size)) == size:
                        pass
                except OSError as error:
                    assert error.errno == errno.ENOSPC, error

    def make_room(self):
        (self.folder / "filler").unlink()
