"""A source of images without labels: whatever a labelled one can be, whose classes and labels are not looked at."""

from pathlib import Path

from kd.config import DataConfig
from kd.data.listing import Listing, kinds, of_images
from kd.data.source_names import is_function, local_folder
from kd.data.sources import form_of, list_source, python
from kd.data.sources.files.folder import check_links, divide_images, encoded_file, files_under, hidden_images
from kd.data.sources.files.idle_keys import refuse_idle_keys
from kd.data.sources.tables import hub, parquet
from kd.data.sources.tables.columns import list_images
from kd.errors import InputError


def list_unlabeled(data: DataConfig) -> Listing:
    """Find ``data.source`` and list its images as one split, ``unlabeled``.

    All images under a folder are meant, whatever the folders in it are called; of several splits that which
    ``data.splits`` names as train, or the one that is called as unlabelled ones are, or train.

    Raises:
        InputError: It cannot be found or reached, or holds no images.
    """
    kind = data.source.partition(":")[0]
    if is_function(data.source):
        return python.list_images(data)
    if kind == "embedded":
        labelled = list_source(data).splits["train"]
        return of_images(labelled.images, len(labelled.labels_N))
    folder = local_folder(data.source)
    if folder is None:
        return hub.list_hub(data, None, list_images)
    form = "images" if kind == "folder" else form_of(folder)
    if form == "parquet":
        return parquet.list_parquet(data, folder, list_images)
    if form == "other":
        return hub.list_hub(data, folder, list_images)
    return _list_files(data, folder)


def _list_files(data: DataConfig, folder: Path) -> Listing:
    """All images under a folder, by path; a table that lies beside them is not read."""
    refuse_idle_keys(data, f"{folder}, a folder of images,", "config", "image_column")
    if data.split_names is not None:
        raise InputError(f"data.splits: {folder} is a folder of images, of which all are meant; give the folder within")
    images, others = divide_images(files_under(folder))
    others["hidden"] = sum(map(len, hidden_images(folder).values()))
    if not images:
        raise InputError(
            f"data.source: {folder} holds no images{f', only {kinds(+others)}' if +others else ''}; "
            "give the folder that they lie in"
        )
    check_links(images, folder)
    return of_images([encoded_file(path) for path in images], len(images))._replace(
        folder=f"{folder}/", left_out=dict(+others)
    )
