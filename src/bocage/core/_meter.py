"""What a piece of work costs: seconds, memory and, where the machine tells, energy."""

import math
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_STATUS = Path("/proc/self/status")
_CLEAR = Path("/proc/self/clear_refs")
_POWER = Path("/sys/class/powercap")

NAN = float("nan")


@dataclass(slots=True)
class Meter:
    """Costs, filled in when the work ends.

    Attributes
    ----------
    seconds : float
        Wall time.
    peak_megabytes : float
        Highest memory of the process during the work (MiB); NaN where the platform does not tell.
        Where it can't be reset, the highest of the process so far.
    gpu_megabytes : float
        Highest memory of the GPU that torch asked for (MiB); NaN without one.
    joules : float
        Energy of the whole processor package meanwhile, other programs included; NaN where the
        platform does not tell.
    """

    seconds: float = NAN
    peak_megabytes: float = NAN
    gpu_megabytes: float = NAN
    joules: float = NAN


@contextmanager
def measured() -> Iterator[Meter]:
    """Measure what happens inside.

    >>> with measured() as cost:
    ...     _ = sum(range(1000))
    >>> cost.seconds > 0
    True
    """
    meter = Meter()
    _reset_peak()
    gpu = _gpu()
    if gpu is not None:
        gpu.reset_peak_memory_stats()
    energy, start = _joules(), time.perf_counter()
    try:
        yield meter
    finally:
        meter.seconds = time.perf_counter() - start
        meter.joules = max(_joules() - energy, 0.0) if not math.isnan(energy) else NAN
        meter.peak_megabytes = _peak()
        if gpu is not None:
            meter.gpu_megabytes = gpu.max_memory_allocated() / 2**20


def _reset_peak() -> None:
    # Linux lets a process lower its own high-water mark; elsewhere it only rises.
    try:
        _CLEAR.write_text("5")
    except OSError:
        return


def _peak() -> float:
    try:
        for line in _STATUS.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 2**10
    except (OSError, ValueError):
        pass
    try:
        import resource
    except ImportError:  # Windows
        return NAN
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def _joules() -> float:
    """Sum the energy counters of all processor packages; they wrap around every hour or so."""
    try:
        found = [
            int((zone / "energy_uj").read_text())
            for zone in _POWER.iterdir()
            if zone.name.count(":") == 1
        ]
    except (OSError, ValueError):
        return NAN
    return sum(found) / 1e6 if found else NAN


def _gpu() -> Any:
    # Only where something has imported torch: to ask must not cost two seconds.
    torch = sys.modules.get("torch")
    if torch is None or not torch.cuda.is_available():
        return None
    return torch.cuda
