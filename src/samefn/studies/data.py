"""The data of a study in the store: decoded once, then mapped by every worker."""

from samefn.config.keys import DATA, ORIGIN
from samefn.core.events import Emit
from samefn.datasets.dataset import Dataset
from samefn.datasets.files import read_dataset, write_dataset
from samefn.datasets.origin import read_origin, write_origin
from samefn.datasets.source import Source
from samefn.store.store import Store


def decoded_dataset(source: Source, store: Store, emit: Emit) -> Dataset:
    """A data set from its files; from the store where the same files have been decoded before.

    Raises:
        InputError: the files are not what they should be.
        StorageError: the store cannot be written.
    """
    files = source.key()
    if files is None:
        return source.decode(emit)
    key = ORIGIN.key(source=files)
    if store.verified(key, emit):
        origin = read_origin(store.folder(key))
        data_key = DATA.key(fingerprint=origin.fingerprint)
        if store.verified(data_key, emit):
            return origin.apply_to(read_dataset(store.folder(data_key)))
    dataset = source.decode(emit)
    store_dataset(dataset, store, emit)
    if key not in store:
        with store.publish(key, ORIGIN.name, dataset.name, {"source": files}) as folder:
            write_origin(dataset, folder)
    return dataset


def store_dataset(dataset: Dataset, store: Store, emit: Emit) -> str:
    """Put the data where every worker can map it; its key.

    Raises:
        StorageError: the store cannot be written.
    """
    key = DATA.key(fingerprint=dataset.fingerprint)
    if not store.verified(key, emit):
        with store.publish(key, DATA.name, dataset.name, {"fingerprint": dataset.fingerprint}) as folder:
            write_dataset(dataset, folder)
    return key
