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
    assert f"worker process {killed.pid} was terminated from outside (SIGKILL" in crew.loss


def test_a_process_that_is_killed_while_the_next_is_launched_is_named():
    crew = Crew(2, int, ())
    make = crew._context.Process
    killed = []

    def late(*args, **kwargs):
        if crew._context.started:
            first = crew._context.started[0]
            first.kill()
            killed.append(first.pid)
            # Whoever notices closes what the next process is to be given.
            until = time.monotonic() + 60
            while not crew.executor._result_queue._writer.closed and time.monotonic() < until:
                time.sleep(0.01)
        return make(*args, **kwargs)

    crew._context.Process = late
    with pytest.raises(BrokenProcessPool), crew:
        crew.launch()
    assert f"worker process {killed[0]} was terminated from outside (SIGKILL" in crew.loss


def test_two_who_learn_of_a_loss_together_close_nothing_twice():
    crew = Crew(1, int, ())
    with pytest.raises(BrokenProcessPool), crew:  # noqa: PT012 - the pool breaks in its midst
        call = crew.executor.submit(time.sleep, 60)
        assert crew.wait_until_ready(60)
        writer = crew.executor._result_queue._writer
        real = writer._close

        def slow():
            time.sleep(0.5)
            real()

        writer._close = slow
        crew._context.started[0].kill()
        call.result(timeout=60)
    assert writer.closed


def test_who_ended_first_is_noted_once():
    crew = Crew(2, int, ())
    note = crew._note_loss

    def late(seconds):
        # Whoever waits for a result may look when the watch has ended all others.
        if not seconds:
            for process in crew._context.started:
                process.join(60)
        return note(seconds)

    crew._note_loss = late
    with pytest.raises(BrokenProcessPool), crew:  # noqa: PT012 - the pool breaks in its midst
        calls = [crew.executor.submit(time.sleep, 60) for _ in range(2)]
        assert crew.wait_until_ready(60)
        other, killed = crew._context.started
        # Else the executor may be faster, whose signal is known.
        other.terminate = list
        killed.kill()
        calls[0].result(timeout=60)
    assert other.exitcode == killed.exitcode
    assert f"worker process {killed.pid} was terminated from outside (SIGKILL" in crew.loss
