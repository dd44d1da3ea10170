"""A value that processes share: its arrays are mapped, not copied."""

import pickle
import tempfile
from pathlib import Path

import numpy as np
import pytest

from bocage.core import _parcel
from bocage.core._executor import open_pool
from bocage.core._parcel import packed


def value_of(n=3):
    large = np.arange(n * 2**18, dtype=np.float64)
    return {
        "large": large,
        "other": large.reshape(-1, 2)[:, 0],
        "few": np.arange(3),
        "text": "é" * 10**5,
    }


def test_a_value_comes_back_as_it_was_and_its_file_goes():
    value = value_of()
    with packed(value) as parcel:
        assert len(pickle.dumps(parcel)) < 1000
        assert (
            value["large"].nbytes < Path(parcel.path).stat().st_size < 1.6 * value["large"].nbytes
        )
        found = parcel.open()
    assert not Path(parcel.path).exists()
    for name in ("large", "other", "few"):
        np.testing.assert_array_equal(found[name], value[name])
    assert found["text"] == value["text"]


def test_who_writes_to_an_array_changes_it_for_nobody_else():
    with packed(value_of()) as parcel:
        mine, others = parcel.open(), parcel.open()
        parcel.drop()
        mine["large"][:] = -1
    assert others["large"][5] == 5
    assert (mine["large"] == -1).all()


def test_arrays_of_any_kind_start_where_their_type_wants_it():
    value = [np.ones(2**20 + 3, np.int8), np.arange(2**18, dtype=np.complex128)]
    value.append(np.zeros(2**17, "V16"))
    with packed(value) as parcel:
        found = parcel.open()
    assert all(start % 64 == 0 for start, _ in parcel.spans)
    assert all(array.flags.aligned for array in found)
    for one, other in zip(found, value, strict=True):
        assert one.tobytes() == other.tobytes()


def test_without_room_for_the_file_arrays_travel_with_the_rest(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    with packed(value_of()) as parcel:
        assert not parcel.path
        assert parcel.open()["large"][7] == 7


def test_a_disk_that_fills_up_leaves_no_piece_behind(monkeypatch, small_disk):
    monkeypatch.setattr(tempfile, "tempdir", str(small_disk))
    with packed(value_of()) as parcel:
        assert not parcel.path
        assert not list(small_disk.iterdir())
        assert parcel.open()["large"][7] == 7


def _mapped(value, _):
    maps = Path("/proc/self/smaps").read_text()
    return float(value["large"].sum()), "bocage-" in maps


@pytest.mark.slow
def test_workers_map_the_arrays_and_the_file_is_gone_while_they_work(monkeypatch, tmp_path):
    if not Path("/proc/self/smaps").exists():
        pytest.skip("only Linux tells what a process maps")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    value = value_of()
    with open_pool(value, 2) as pool:
        assert not list(tmp_path.glob("bocage-*"))
        found = [pool.submit(_mapped, at).result() for at in range(4)]
    assert found == [(value["large"].sum(), True)] * 4


def test_who_is_stopped_while_packing_leaves_no_file(monkeypatch, tmp_path):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(_parcel, "_put", stop)
    with pytest.raises(KeyboardInterrupt), packed(value_of()):
        pass
    assert not list(tmp_path.iterdir())
