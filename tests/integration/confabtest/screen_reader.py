# SPDX-License-Identifier: GPL-3.0-or-later
"""What a screen reader sees of one program, told line by line: one JSON request in, one JSON reply out.

A process of its own, since libatspi stays for ever with the first bus that it meets, and each test has another one.
"""

import json
import sys

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

MAX_DEPTH = 60


def walk(node, depth=0):
    yield node
    if depth < MAX_DEPTH:
        for index in range(node.get_child_count()):
            child = node.get_child_at_index(index)
            if child is not None:
                yield from walk(child, depth + 1)


def find_program(name):
    desktop = Atspi.get_desktop(0)
    desktop.clear_cache()
    for index in range(desktop.get_child_count()):
        program = desktop.get_child_at_index(index)
        if program is not None and program.get_name() == name:
            return program
    return None


def get_text(node):
    """The text of a label or entry: GTK 4.8 wants to be told its end."""
    try:
        return Atspi.Text.get_text(node, 0, Atspi.Text.get_character_count(node))
    except GLib.Error:
        return None


def is_showing(node):
    """Whether it is on the screen: everything around it has to be, too."""
    while node is not None and node.get_role() != Atspi.Role.APPLICATION:
        if not node.get_state_set().contains(Atspi.StateType.VISIBLE):
            return False
        node = node.get_parent()
    return True


def describe(node):
    states = node.get_state_set()
    return {
        "role": node.get_role_name(),
        "name": node.get_name(),
        "text": get_text(node),
        "focusable": states.contains(Atspi.StateType.FOCUSABLE),
        "focused": states.contains(Atspi.StateType.FOCUSED),
        "pressed": states.contains(Atspi.StateType.PRESSED),
        "sensitive": states.contains(Atspi.StateType.SENSITIVE),
    }


def look(program):
    """Everything that is on the screen, in reading order."""
    for node in walk(program):
        node.clear_cache()
        if node.get_role() != Atspi.Role.APPLICATION and is_showing(node):
            yield node, describe(node)


def answer(request):
    program = find_program(request["program"])
    if program is None:
        return {"seen": []}
    if "click" not in request:
        return {"seen": [seen for _, seen in look(program)]}
    role, name = request["click"]
    for node, seen in look(program):
        if seen["role"] == role and seen["name"] == name and seen["sensitive"]:
            return {"clicked": node.do_action(0)}
    return {"clicked": False}


def main():
    for line in sys.stdin:
        try:
            reply = answer(json.loads(line))
        except GLib.Error as error:  # it changed while we looked
            reply = {"seen": [], "clicked": False, "error": error.message}
        print(json.dumps(reply), flush=True)


main()
