"""A sweep on disk: a zarr store (format 3) that xarray opens at any time, and beside it what is finished.

The folder `.sweep` in the store holds `specification.json`; `finished`, a line for each piece with the SHA-256 of its
files, appended once these are in place; `journal`, a line for each block that was begun; and `lock`, held with `flock`
by the run that writes, so that the end of a process, however it ends, sets it free. Files are written under another
name and renamed, so a reader sees whole files only. The layout of chunks follows from the specification alone. Nothing
is forced to the disk: after a power cut, files that do not match their line are found and computed again.
"""

import fcntl
import hashlib
import json
import os
import socket
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from shutil import rmtree
from typing import Any, Final

import numpy as np

from experiments.sweeps.dataset import attributes, coordinates, described
from experiments.sweeps.lattice import Lattice, Piece, key_of
from experiments.sweeps.quantities import Variable
from experiments.sweeps.specification import Specification, difference
from gametheory.errors import InvalidParameter, require

FOLDER: Final = ".sweep"


class StoreError(OSError):
    """The disk refused; what is finished is kept."""


@dataclass(slots=True, kw_only=True)
class Store:
    """The files of one sweep; made by `open_store`.

    Attributes
    ----------
    path : Path
    specification : Specification
    lattice : Lattice
    variables : tuple of Variable
        Of the zarr store, those of the quantity first.
    finished : dict of str to str
        Checksums by piece.
    damaged : list of str
        Pieces whose files did not match, in this run.
    """

    path: Path
    specification: Specification
    lattice: Lattice
    variables: tuple[Variable, ...]
    finished: dict[str, str] = field(default_factory=dict)
    damaged: list[str] = field(default_factory=list)
    handles: list[int] = field(default_factory=list)

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the lock back."""
        while self.handles:
            os.close(self.handles.pop())

    def begin(self, keys: Iterable[str]) -> None:
        """Note in the journal that these pieces are being computed."""
        self._append("journal", " ".join(keys) + "\n")

    def write_chunk(self, place: tuple[int, ...], results: Mapping[str, Any]) -> None:
        """Write a chunk of every variable of `results` (rows in the order of its points), then that it is finished."""
        digest = hashlib.sha256()
        for variable in self.variables:
            if variable.name in results:
                data = self._encoded(variable, place, np.asarray(results[variable.name]))
                self._replace(self._file(variable, place), data)
                digest.update(data)
        self._finish(key_of(place), digest.hexdigest())

    def write_piece(self, piece: Piece, results: Mapping[str, Any]) -> None:
        """Keep the results of points that are no chunk of the grid."""
        quantity = self.specification.quantity
        data = b"".join(np.ascontiguousarray(results[v.name], dtype=_dtype(v)).tobytes() for v in quantity.variables)
        self._replace(self.path / FOLDER / "pieces" / piece.key, data)
        self._finish(piece.key, hashlib.sha256(data).hexdigest())

    def read_piece(self, piece: Piece) -> dict[str, Any] | None:
        """What `write_piece` kept, if it is there and whole."""
        if piece.key not in self.finished:
            return None
        try:
            data = (self.path / FOLDER / "pieces" / piece.key).read_bytes()
        except FileNotFoundError:
            data = b""
        if hashlib.sha256(data).hexdigest() != self.finished[piece.key]:
            self.damaged.append(piece.key)
            del self.finished[piece.key]
            return None
        found, start = {}, 0
        for variable in self.specification.quantity.variables:
            extents = tuple(len(self.specification.extents[dim]) for dim in variable.dims)
            shape = (len(piece.indices), *extents)
            size = int(np.prod(shape)) * _dtype(variable).itemsize
            found[variable.name] = np.frombuffer(data[start : start + size], dtype=_dtype(variable)).reshape(shape)
            start += size
        return found

    def verify_chunks(self, names: Iterable[str]) -> None:
        """Forget chunks whose files, of these variables, are not what was written; they are `damaged`."""
        listed = set(names)
        wanted = [variable for variable in self.variables if variable.name in listed]
        for place in self.lattice.places():
            key = key_of(place)
            if key not in self.finished:
                continue
            digest = hashlib.sha256()
            for variable in wanted:
                file = self._file(variable, place)
                digest.update(file.read_bytes() if file.is_file() else b"")
            if digest.hexdigest() != self.finished[key]:
                self.damaged.append(key)
                del self.finished[key]

    def settle(self) -> None:
        """Put the lines of what is finished in order: the same bytes whatever the order of the work."""
        lines = "".join(f"{key} {self.finished[key]}\n" for key in sorted(self.finished))
        self._replace(self.path / FOLDER / "finished", lines.encode())

    def _encoded(self, variable: Variable, place: tuple[int, ...], rows: Any) -> bytes:
        """The bytes of a chunk; where it sticks out of the grid it is filled."""
        extents = tuple(len(self.specification.extents[dim]) for dim in variable.dims)
        inside = tuple(s.stop - s.start for s in self.lattice.slices(place))
        whole = np.full((*self.lattice.chunk, *extents), variable.fill, dtype=_dtype(variable))
        whole[tuple(slice(0, size) for size in inside)] = rows.reshape(*inside, *extents)
        return whole.tobytes()

    def _file(self, variable: Variable, place: tuple[int, ...]) -> Path:
        return self.path.joinpath(variable.name, "c", *map(str, place), *("0" for _ in variable.dims))

    def _finish(self, key: str, digest: str) -> None:
        self._append("finished", f"{key} {digest}\n")
        self.finished[key] = digest

    def _append(self, name: str, line: str) -> None:
        file = self.path / FOLDER / name
        with self._kept(file):
            handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
            try:
                data = line.encode()
                if os.write(handle, data) != len(data):
                    raise OSError(28, "No space left on device")
            finally:
                os.close(handle)

    def _replace(self, file: Path, data: bytes) -> None:
        """Write a file so that it is there whole or not at all."""
        with self._kept(file):
            replace_file(file, data, self.path / FOLDER / "new")

    def _kept(self, file: Path) -> "_Kept":
        return _Kept(file, self)


class _Kept:
    """Turns an error of the disk into one that says what is kept."""

    def __init__(self, file: Path, store: Store) -> None:
        self.file, self.store = file, store

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, _: object) -> None:
        if isinstance(error, OSError):
            done = len(self.store.finished)
            pieces = f"{done} finished {'piece is' if done == 1 else 'pieces are'} kept, the same command goes on"
            raise StoreError(error.errno, f"{error.strerror or error}; {pieces}", str(self.file)) from None


def replace_file(file: Path, data: bytes, folder: Path) -> None:
    """Write `data` to a new file in `folder`, then rename it to `file`."""
    new = folder / f"{os.getpid()}"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        new.write_bytes(data)
        os.replace(new, file)
    except OSError:
        new.unlink(missing_ok=True)
        raise


def open_store(
    path: str | Path, specification: Specification, lattice: Lattice, *, extra: tuple[Variable, ...], command: str
) -> Store:
    """Open the store of a sweep for writing, or make it.

    Parameters
    ----------
    path : str or Path
        A new or empty folder, or the store of the same sweep.
    specification : Specification
    lattice : Lattice
        How it is cut into chunks.
    extra : tuple of Variable
        That it holds beside the quantity's.
    command : str
        What made it, for its attributes.

    Raises
    ------
    InvalidParameter
        If the folder holds something else, or another sweep (the message says what differs), or another run is
        writing to it.
    OSError
        If the folder cannot be made or written to.
    """
    path = Path(path)
    require(not path.exists() or path.is_dir(), "--out", str(path), "a folder")
    ours = (path / FOLDER).is_dir()
    require(ours or not path.exists() or not any(path.iterdir()), "--out", str(path), "a new folder or a sweep's store")
    (path / FOLDER / "new").mkdir(parents=True, exist_ok=True)
    variables = (*specification.quantity.variables, *extra)
    store = Store(path=path, specification=specification, lattice=lattice, variables=variables)
    store.handles.append(_locked(path))
    try:
        for left in (path / FOLDER / "new").iterdir():
            rmtree(left) if left.is_dir() else left.unlink()
        _settle_specification(store, command)
        store.finished = _finished(path / FOLDER / "finished")
    except BaseException:
        store.close()
        raise
    return store


def _locked(path: Path) -> int:
    """A handle that holds the lock until it is closed, or the process ends."""
    handle = os.open(path / FOLDER / "lock", os.O_RDWR | os.O_CREAT, 0o666)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(handle, 200).decode(errors="replace").strip()
        os.close(handle)
        raise InvalidParameter("--out", str(path), f"a store that no other run is writing to ({holder} is)") from None
    except OSError:
        os.close(handle)
        raise
    os.ftruncate(handle, 0)
    os.pwrite(handle, f"process {os.getpid()} on {socket.gethostname()}".encode(), 0)
    return handle


def _settle_specification(store: Store, command: str) -> None:
    """Compare with the specification that is there; where there is none, make the zarr store first."""
    file, wanted = store.path / FOLDER / "specification.json", store.specification.document()
    wanted = json.loads(json.dumps(wanted))
    if file.exists():
        try:
            stored = json.loads(file.read_text(encoding="utf-8"))
        except (ValueError, RecursionError):
            stored = None
        require(isinstance(stored, dict), str(file), "something else", "the JSON that the sweep wrote")
        found = difference(stored, wanted)
        require(not found, f"{store.path}: the sweep", found, "the one that the store was begun with")
        _mend_zarr(store, command)
        return
    lost = (store.path / FOLDER / "finished").exists()
    require(not lost, str(file), "none", "there, since pieces are finished (of which sweep, nothing else says)")
    new = store.path / FOLDER / "new" / "zarr"
    _make_zarr(store, new, command)
    for made in sorted(new.rglob("*")):
        if made.is_file():
            target = store.path / made.relative_to(new)
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(made, target)
    rmtree(new)
    replace_file(file, (json.dumps(wanted, indent=1) + "\n").encode(), store.path / FOLDER / "new")


def _mend_zarr(store: Store, command: str) -> None:
    """Put metadata and coordinates that are missing or changed in place again; they are `damaged`."""
    new = store.path / FOLDER / "new" / "zarr"
    _make_zarr(store, new, command)
    for made in sorted(new.rglob("*")):
        if not made.is_file():
            continue
        name = made.relative_to(new)
        target = store.path / name
        if not target.is_file() or not _same_metadata(made.read_bytes(), target.read_bytes()):
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(made, target)
            store.damaged.append(str(name))
    rmtree(new)


def _same_metadata(made: bytes, there: bytes) -> bool:
    """Whether two files are the same, but for the command that made them."""
    if made == there:
        return True
    try:
        documents = [json.loads(data) for data in (made, there)]
        for document in documents:
            document["attributes"].pop("command")
    except (ValueError, RecursionError, LookupError, TypeError, AttributeError):
        return False
    return bool(documents[0] == documents[1])


def _make_zarr(store: Store, path: Path, command: str) -> None:
    """The metadata and coordinates of the zarr store, without a chunk of its variables."""
    import xarray as xr
    import zarr

    specification = store.specification
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that other implementations may not read consolidated metadata or strings
        labels = xr.Dataset(coords=coordinates(specification), attrs=attributes(specification, command))
        labels.to_zarr(path, zarr_format=3, consolidated=False)
        for variable in store.variables:
            extents = tuple(len(specification.extents[dim]) for dim in variable.dims)
            zarr.create_array(
                store=str(path),
                name=variable.name,
                shape=(*store.lattice.shape, *extents),
                chunks=(*store.lattice.chunk, *extents),
                dtype=_dtype(variable),
                fill_value=variable.fill,
                compressors=None,
                dimension_names=(*(axis.name for axis in specification.axes), *variable.dims),
                attributes=described(variable),
            )
        zarr.consolidate_metadata(str(path))


def _finished(file: Path) -> dict[str, str]:
    """The lines of whole pieces; a line that a power cut left in the middle does not count."""
    if not file.exists():
        return {}
    found = {}
    for line in file.read_text(encoding="utf-8", errors="replace").split("\n"):
        key, _, digest = line.partition(" ")
        if len(digest) == 64 and set(digest) <= set("0123456789abcdef"):
            found[key] = digest
    if not file.read_bytes().endswith(b"\n"):
        with file.open("ab") as handle:
            handle.write(b"\n")
    return found


def _dtype(variable: Variable) -> "np.dtype[Any]":
    return np.dtype(variable.dtype).newbyteorder("<")
