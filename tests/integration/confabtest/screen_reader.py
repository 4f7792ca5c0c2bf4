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

#: what people do something with, or read; the boxes around it are left out
TOLD_ROLES = {
    Atspi.Role.ALERT,
    Atspi.Role.CHECK_BOX,
    Atspi.Role.FRAME,
    Atspi.Role.LABEL,
    Atspi.Role.LIST,
    Atspi.Role.LIST_ITEM,
    Atspi.Role.MENU_ITEM,
    Atspi.Role.PUSH_BUTTON,
    Atspi.Role.RADIO_BUTTON,
    Atspi.Role.SLIDER,
    Atspi.Role.STATUS_BAR,
    Atspi.Role.TEXT,
    Atspi.Role.TOGGLE_BUTTON,
}


def walk(node, depth=0):
    """Everything that is on the screen, in reading order; what is not visible hides all in it."""
    node.clear_cache()
    if not node.get_state_set().contains(Atspi.StateType.VISIBLE) and node.get_role() != Atspi.Role.APPLICATION:
        return
    yield node
    for index in range(node.get_child_count() if depth < MAX_DEPTH else 0):
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
    if node.get_role() not in (Atspi.Role.LABEL, Atspi.Role.TEXT):
        return None
    return Atspi.Text.get_text(node, 0, Atspi.Text.get_character_count(node))


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


def answer(request):
    program = find_program(request["program"])
    if program is None:
        return {"seen": [], "clicked": False, "middle": None}
    if "where" in request:
        role, name = request["where"]
        found = next((node for node in walk(program) if node.get_role_name() == role and node.get_name() == name), None)
        box = found and Atspi.Component.get_extents(found, Atspi.CoordType.WINDOW)
        return {"middle": box and [box.x + box.width // 2, box.y + box.height // 2]}
    if "click" not in request:
        return {"seen": [describe(node) for node in walk(program) if node.get_role() in TOLD_ROLES]}
    role, name = request["click"]
    for node in walk(program):
        if node.get_role_name() == role and node.get_name() == name and describe(node)["sensitive"]:
            return {"clicked": node.do_action(0)}
    return {"clicked": False}


def main():
    for line in sys.stdin:
        try:
            reply = answer(json.loads(line))
        except GLib.Error as error:  # it changed while we looked
            reply = {"seen": [], "clicked": False, "middle": None, "error": error.message}
        print(json.dumps(reply), flush=True)


main()
