"""Runs a command and prints its exit code, wall time, CPU time and peak memory in KiB.

A program of its own, `launcher.py OUTPUT COMMAND...`: the system counts to a process the memory
of the one that started it, and this one is smaller than all that is measured.
"""

import os
import sys
import time

_, output, *command = sys.argv
sink = os.open(output, os.O_WRONLY)
streams = [(os.POSIX_SPAWN_DUP2, sink, 1), (os.POSIX_SPAWN_DUP2, sink, 2)]
start = time.perf_counter()
process = os.posix_spawnp(command[0], command, os.environ, file_actions=streams)
_, status, usage = os.wait4(process, 0)
wall = time.perf_counter() - start
code = os.waitstatus_to_exitcode(status)
print(code, wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss)
