# SPDX-License-Identifier: GPL-3.0-or-later
"""Processor time and priority of programs with all their children, from /proc."""

import contextlib
import os
import pathlib
import time

TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def _processes():
    """{pid: (parent, ticks)} of everything that runs."""
    found = {}
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        found[int(entry.name)] = (int(fields[1]), int(fields[11]) + int(fields[12]))
    return found


def _family(root, processes):
    children = {}
    for pid, (parent, _) in processes.items():
        children.setdefault(parent, []).append(pid)
    family, waiting = {}, [root]
    while waiting:
        pid = waiting.pop()
        if pid in processes:
            family[pid] = processes[pid][1]
            waiting += children.get(pid, [])
    return family


def measure(roots, seconds):
    """Cores that each of the programs used, on average over the time: a list beside roots."""
    begin, before = time.monotonic(), _processes()
    time.sleep(seconds)
    after, end = _processes(), time.monotonic()
    shares = []
    for root in roots:
        old, new = _family(root, before), _family(root, after)
        shares.append(sum(ticks - old.get(pid, 0) for pid, ticks in new.items()) / TICKS_PER_S / (end - begin))
    return shares


def hurry(roots, priority):
    """Gives each thread that there is now real-time priority, as RealtimeKit does for sound on a desktop."""
    processes = _processes()
    for root in roots:
        for pid in _family(root, processes):
            with contextlib.suppress(OSError):  # it has just ended
                for thread in os.listdir(f"/proc/{pid}/task"):
                    os.sched_setscheduler(int(thread), os.SCHED_RR, os.sched_param(priority))
