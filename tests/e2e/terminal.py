"""A program that asks its user at the terminal, and the user who answers."""

import os
import pty
import select
import time

SECONDS_MAX = 60


def at_terminal(command, environment, prompt, answer, times=1):
    """Exit status and all that the terminal shows. An answer is typed when `prompt` is there, and so many times when it is there again."""
    child, terminal = pty.fork()
    if child == 0:
        os.execve(command[0], command, environment)
    shown, answered, deadline = "", 0, time.monotonic() + SECONDS_MAX
    try:
        while select.select([terminal], [], [], max(0, deadline - time.monotonic()))[0]:
            try:
                shown += os.read(terminal, 4096).decode()
            except OSError:  # the other end is closed
                break
            if answered < min(times, shown.count(prompt)):
                os.write(terminal, f"{answer()}\n".encode())
                answered += 1
    finally:
        os.close(terminal)  # whoever still waits is hung up on
        _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), shown
