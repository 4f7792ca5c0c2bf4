#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The desktop behind the real xdg-desktop-portal, for tests: a backend that grants global shortcuts and presses them.

Run as a program it is that backend: a line “press ID”, “release ID” or “quit” on its standard input is done; each call that
it gets is a JSON line on its standard output.
"""

import json
import pathlib
import sys

from gi.repository import Gio, GLib

NAME = "org.freedesktop.impl.portal.desktop.test"
PATH = "/org/freedesktop/portal/desktop"
SHORTCUTS = "org.freedesktop.impl.portal.GlobalShortcuts"
TRIGGER = "Right Ctrl, says the test"

INTERFACES = f"""<node>
<interface name="{SHORTCUTS}">
  <method name="CreateSession">
    <arg type="o" direction="in"/><arg type="o" direction="in"/><arg type="s" direction="in"/><arg type="a{{sv}}" direction="in"/>
    <arg type="u" direction="out"/><arg type="a{{sv}}" direction="out"/>
  </method>
  <method name="BindShortcuts">
    <arg type="o" direction="in"/><arg type="o" direction="in"/><arg type="a(sa{{sv}})" direction="in"/>
    <arg type="s" direction="in"/><arg type="a{{sv}}" direction="in"/>
    <arg type="u" direction="out"/><arg type="a{{sv}}" direction="out"/>
  </method>
  <method name="ListShortcuts">
    <arg type="o" direction="in"/><arg type="o" direction="in"/>
    <arg type="u" direction="out"/><arg type="a{{sv}}" direction="out"/>
  </method>
  <signal name="Activated"><arg type="o"/><arg type="s"/><arg type="t"/><arg type="a{{sv}}"/></signal>
  <signal name="Deactivated"><arg type="o"/><arg type="s"/><arg type="t"/><arg type="a{{sv}}"/></signal>
  <signal name="ShortcutsChanged"><arg type="o"/><arg type="a(sa{{sv}})"/></signal>
</interface>
</node>"""
SESSION = """<node><interface name="org.freedesktop.impl.portal.Session">
  <method name="Close"/><signal name="Closed"/><property name="version" type="u" access="read"/>
</interface></node>"""

PORTAL_SERVICES = {
    "org.freedesktop.portal.Desktop": "/usr/libexec/xdg-desktop-portal",
    "org.freedesktop.impl.portal.PermissionStore": "/usr/libexec/xdg-permission-store",
}


def install(home, services):
    """Makes the frontend activatable in a folder of services, with the test's backend; the environment that it needs."""
    portals = pathlib.Path(home) / "run/portals"
    portals.mkdir()
    (portals / "test.portal").write_text(f"[portal]\nDBusName={NAME}\nInterfaces={SHORTCUTS}\nUseIn=test\n")
    for name, program in PORTAL_SERVICES.items():
        (services / f"{name}.service").write_text(f"[D-BUS Service]\nName={name}\nExec={program}\n")
    return {"XDG_DESKTOP_PORTAL_DIR": str(portals), "XDG_CURRENT_DESKTOP": "test"}


class Backend:
    def __init__(self):
        self.loop = GLib.MainLoop()
        self.session = None
        self.connection = Gio.bus_get_sync(Gio.BusType.SESSION)
        self._export(PATH, INTERFACES)
        Gio.bus_own_name_on_connection(self.connection, NAME, 0, lambda *_: self._tell("ready"), lambda *_: self.loop.quit())
        GLib.io_add_watch(sys.stdin, GLib.PRIORITY_DEFAULT, GLib.IO_IN | GLib.IO_HUP, self._on_order)

    def _export(self, path, xml):
        interface = Gio.DBusNodeInfo.new_for_xml(xml).interfaces[0]
        self.connection.register_object(path, interface, self._on_call, lambda *_: GLib.Variant("u", 1), None)

    @staticmethod
    def _tell(*what):
        print(json.dumps(what), flush=True)

    def _on_call(self, _connection, _sender, _path, _interface, method, arguments, invocation):
        self._tell(method, *arguments.unpack())
        results = {}
        if method == "CreateSession":
            self.session = arguments.unpack()[1]
            self._export(self.session, SESSION)
        elif method == "BindShortcuts":
            bound = [
                (name, {"description": GLib.Variant("s", given["description"]), "trigger_description": GLib.Variant("s", TRIGGER)})
                for name, given in arguments.unpack()[2]
            ]
            results["shortcuts"] = GLib.Variant("a(sa{sv})", bound)
        invocation.return_value(None if method == "Close" else GLib.Variant("(ua{sv})", (0, results)))

    def _on_order(self, *_):
        order, _, name = sys.stdin.readline().strip().partition(" ")
        if order not in ("press", "release"):
            self.loop.quit()
            return False
        signal = "Activated" if order == "press" else "Deactivated"
        self.connection.emit_signal(None, PATH, SHORTCUTS, signal, GLib.Variant("(osta{sv})", (self.session, name, 0, {})))
        return True


if __name__ == "__main__":
    Backend().loop.run()
