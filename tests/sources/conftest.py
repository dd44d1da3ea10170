"""Files and servers for tests of sources."""

from contextlib import ExitStack

import pytest
from tests.data.loopback import serve


@pytest.fixture
def loopback():
    """Serve folders; called with one, returns its address."""
    with ExitStack() as stack:
        yield lambda folder: stack.enter_context(serve(folder))[0]
