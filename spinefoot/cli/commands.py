"""The command line with every command registered, for whoever calls it from Python."""

from spinefoot.cli.app import app, load_commands

__all__ = ["app"]

load_commands()
