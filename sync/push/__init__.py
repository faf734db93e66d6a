"""Queued actions → server.

    resolve   first of all: commands that were journaled and never settled (a crash, a cut line)
    drain     then what waits, in order of arrival: plan, journal, command, settle

    plan ──▶ journal (commit) ──▶ command ──▶ settle (effect + outcome, one commit)
         die here: planned again   die here: in doubt, resolved by kind

One action that the server refuses is settled as failed and blocks nothing; a line that breaks leaves the action in the
journal for the next connection. A line that breaks again over the same command ends it as unknown: one action must not
hold up all others.
"""

from sync.push.drain import drain

__all__ = ["drain"]
