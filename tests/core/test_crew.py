"""Who ended a pool of processes is named, whichever thread learns of it first."""

import time
from concurrent.futures.process import BrokenProcessPool

import pytest

from bocage.core._crew import Crew


def test_a_killed_process_is_named_though_another_thread_was_told_how_it_ended():
    crew = Crew(2, int, ())
    with pytest.raises(BrokenProcessPool), crew:  # noqa: PT012 - the pool breaks in its midst
        calls = [crew.executor.submit(time.sleep, 60) for _ in range(2)]
        assert crew.wait_until_ready(60)
        killed = crew._context.started[0]
        real, asked = killed._popen.poll, []

        def poll(*args):
            # The system answers one of those who ask; the others see nothing until it is noted.
            asked.append(args)
            return None if len(asked) < 6 else real(*args)

        killed._popen.poll = poll
        killed.kill()
        calls[0].result(timeout=60)
    assert f"worker process {killed.pid} was ended from outside (SIGKILL" in crew.loss
