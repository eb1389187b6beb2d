"""The head of a README: files by split, columns by type, and nothing outside the folder."""

import pytest

from kd.data.sources.files import readme as module
from kd.data.sources.files.readme import read_readme
from kd.errors import InputError


def readme(folder, head):
    (folder / "README.md").write_text(f"---\n{head}\n---\n# Pets\n")
    return read_readme(folder)


@pytest.mark.parametrize(
    ("data_files", "patterns"),
    [
        ("a/*.parquet", {"train": ["a/*.parquet"]}),
        ("[a.parquet, b.parquet]", {"train": ["a.parquet", "b.parquet"]}),
        ("[{split: test, path: a.parquet}]", {"test": ["a.parquet"]}),
        ("[{split: test, path: [a.parquet, b.parquet]}]", {"test": ["a.parquet", "b.parquet"]}),
    ],
)
def test_files_in_every_form_that_there_is(tmp_path, data_files, patterns):
    found = readme(tmp_path, f"configs:\n- config_name: small\n  default: true\n  data_files: {data_files}")
    assert found.configurations == [("small", True, patterns)]


def test_files_in_a_folder_of_their_own(tmp_path):
    found = readme(tmp_path, "configs:\n- config_name: small\n  data_dir: inner\n  data_files: a.parquet")
    assert found.configurations[0].patterns == {"train": ["inner/a.parquet"]}


ELSEWHERE = [
    "/etc/*", "../a", "a/../../b", "~/a", "https://example.org/a", "hf://datasets/x/y", "file:/etc/*", "file:///etc/*",
    "simplecache::/etc/*", "zip://*::/etc/a.zip",
]  # fmt: skip


@pytest.mark.parametrize("pattern", ELSEWHERE)
@pytest.mark.parametrize("key", ["data_files", "data_dir"])
def test_files_elsewhere_are_refused(tmp_path, pattern, key):
    other = {"data_files": "", "data_dir": "\n  data_files: a.parquet"}[key]
    with pytest.raises(InputError, match="which are outside its folder"):
        readme(tmp_path, f"configs:\n- config_name: default\n  {key}: '{pattern}'{other}")


def test_a_folder_elsewhere_is_refused_without_files_too(tmp_path):
    with pytest.raises(InputError, match="which are outside its folder"):
        readme(tmp_path, "configs:\n- config_name: default\n  data_dir: ../secret")


def test_types_of_columns(tmp_path):
    head = (
        "dataset_info:\n- config_name: small\n  features:\n  - {name: image, dtype: image}\n"
        "  - {name: label, dtype: {class_label: {names: {'0': cat, '1': dog}}}}\n  - {name: id, dtype: int64}"
    )
    assert readme(tmp_path, head).features == {
        "small": {"image": {"_type": "Image"}, "label": {"_type": "ClassLabel", "names": ["cat", "dog"]}}
    }


@pytest.mark.parametrize("head", ["", "configs: 3", "configs: [3]", "- 1", "dataset_info: {features: 3}", "configs:"])
def test_a_head_without_files_says_nothing(tmp_path, head):
    assert readme(tmp_path, head).configurations == []


def test_a_readme_without_head_says_nothing(tmp_path):
    assert read_readme(tmp_path) == ([], {})
    for text in ("", "# Pets\n---\n", "---\nno end"):
        (tmp_path / "README.md").write_text(text)
        assert read_readme(tmp_path) == ([], {})


def test_a_head_that_is_no_yaml_is_one_line(tmp_path):
    with pytest.raises(InputError, match=r"the head of .*README.md is not YAML: [^\n]*$"):
        readme(tmp_path, "a: b: [")


HEAD = "configs:\n- config_name: default\n  data_files: /etc/*\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [("README.md", f"\n \n---\n{HEAD}---\n"), (".huggingface.yaml", HEAD), ("README.md", f"---\n{HEAD}---")],
)
def test_every_place_that_datasets_reads_is_read(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError, match="'/etc/\\*', which are outside its folder"):
        read_readme(tmp_path)


@pytest.mark.parametrize("name", ["README.md", ".huggingface.yaml", "dataset_infos.json"])
def test_a_head_without_end_is_one_line(tmp_path, monkeypatch, name):
    monkeypatch.setattr(module, "MAX_BYTES", 10)
    (tmp_path / name).write_text("---\n" + 10 * "#")
    with pytest.raises(InputError, match=f"{name} has 14 bytes; at most 10 are read"):
        read_readme(tmp_path)


def test_aliases_of_aliases_are_not_written_out(tmp_path):
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [{', '.join(10 * [f'*a{n - 1}'])}]" for n in range(1, 60)]
    bomb = "*a59"
    found = readme(
        tmp_path,
        "\n".join(lines)
        + f"\nconfigs:\n- config_name: {bomb}\n  data_files: {{split: {bomb}, path: {bomb}}}\n"
        + f"dataset_info:\n- features:\n  - {{name: l, dtype: {{class_label: {{names: {bomb}}}}}}}",
    )
    assert found == ([], {"default": {}})


def test_nesting_without_end_is_one_line(tmp_path):
    with pytest.raises(InputError, match=r"is not YAML: [^\n]*$"):
        readme(tmp_path, "a: " + 5000 * "[")
