"""The command line: thin commands that parse, call, render and exit."""
