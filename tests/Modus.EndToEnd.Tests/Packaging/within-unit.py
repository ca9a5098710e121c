"""Runs a program with the system calls and the address families that a systemd unit leaves it, as systemd would have it run.

within-unit.py UNIT PROGRAM [ARGUMENT...]
"""
import errno
import os
import socket
import subprocess
import sys

import seccomp


def settings(unit, key):
    with open(unit) as lines:
        return [line.split("=", 1)[1].split() for line in map(str.strip, lines) if line.startswith(key + "=")]


def calls(name):
    """A system call by itself; a set, such as @file-system, with all sets in it."""
    if not name.startswith("@"):
        return {name}
    lines = subprocess.run(["systemd-analyze", "syscall-filter", "--no-pager", name], check=True, capture_output=True, text=True).stdout.splitlines()
    return set().union(*(calls(line.strip()) for line in lines[1:] if line.strip() and not line.strip().startswith("#")))


unit, program = sys.argv[1], sys.argv[2:]
allowed = calls("@default")
for words in settings(unit, "SystemCallFilter"):
    named = set().union(*(calls(word.lstrip("~")) for word in words))
    allowed = allowed - named if words[0].startswith("~") else allowed | named
families = [getattr(socket, word) for words in settings(unit, "RestrictAddressFamilies") for word in words]
assert len(allowed) > 100 and families, "the unit restricts nothing"

rules = seccomp.SyscallFilter(defaction=seccomp.ERRNO(getattr(errno, settings(unit, "SystemCallErrorNumber")[0][0])))
for call in allowed - {"socket"}:
    try:
        rules.add_rule(seccomp.ALLOW, call)
    except (OSError, RuntimeError):
        pass  # not one of this machine's
for family in families:
    rules.add_rule(seccomp.ALLOW, "socket", seccomp.Arg(0, seccomp.EQ, family))
rules.load()
os.execvp(program[0], program)
