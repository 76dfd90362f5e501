"""YAML 1.2 core, and nothing beyond it, with the place of every node."""

import pytest
import yaml

from dreamsync_server.limits import YAML_DEPTH_MAX, YAML_NODES_MAX
from dreamsync_server.packs import yaml as pack_yaml
from dreamsync_server.packs.faults import Faults
from dreamsync_server.packs.yaml import Leaf, Table, parse_yaml, plain_value


def read(text: str) -> tuple[Table, list[str]]:
    faults = Faults()
    table = parse_yaml("a.yaml", text, faults)
    return table, [f"{f.code} {f.line}:{f.column}" for f in faults.listed()[0]]


def value_of(scalar: str) -> object:
    table, faults = read(f"a: {scalar}\n")
    assert faults == []
    return plain_value(table)["a"]


@pytest.mark.parametrize(
    ("scalar", "value"),
    [
        ("no", "no"), ("on", "on"), ("Yes", "Yes"), ("1:30", "1:30"), ("2026-11-22", "2026-11-22"),
        ("0o17", 15), ("0x1F", 31), ("017", 17), ("+5", 5), ("-3", -3), ("1_000", "1_000"),
        ("0b11", "0b11"), ("1e3", 1000.0), (".5", 0.5), ("1.", 1.0), ("-.inf", float("-inf")),
        ("true", True), ("False", False), ("~", None), ("null", None), ("", None), ("nULL", "nULL"),
        ("'1'", "1"), ('"true"', "true"), ("9" * 40, "9" * 40), ("=", "="), ("<<", "<<"),
    ],
)  # fmt: skip
def test_a_plain_scalar_is_what_the_core_schema_says(scalar: str, value: object) -> None:
    assert value_of(scalar) == value
    assert type(value_of(scalar)) is type(value)


def test_a_file_of_comments_alone_is_an_empty_mapping() -> None:
    assert read("# nothing yet\n") == read("")
    assert read("")[0].entries == ()


def test_places_count_lines_and_characters_from_one() -> None:
    table, _ = read("ä: ü\nb:\n  - 'é'\n  -   x\n")
    row = table.get("b")
    assert [tuple(item.place)[1:] for item in row.items] == [(3, 5), (4, 7)]
    assert table.entries[0][1].place == ("a.yaml", 1, 4)


@pytest.mark.parametrize(
    ("text", "offset", "line_column"),
    [
        ("a: x == y", 5, (1, 9)),
        ("a: 'x == y'", 5, (1, 10)),
        ("a: 'it''s == y'", 8, (1, 14)),
        ('a: "x \\"q\\" == y"', 8, (1, 15)),
        ('a: "\\u00e9\\t== y"', 2, (1, 13)),
        ("a: x\n   == y", 5, (2, 7)),
        ("a: |\n  x\n  == y\n", 5, (3, 6)),
        ("a: >-\n  x\n  == y\n", 5, (3, 6)),
        ('a: "x\n  == y"', 5, (2, 6)),
        ('a: "x \\\n  == y"', 5, (2, 6)),
        ("a: xyz", 3, (1, 7)),
    ],
)
def test_a_character_of_a_value_is_found_in_the_file(
    text: str, offset: int, line_column: tuple[int, int]
) -> None:
    leaf = read(text)[0].get("a")
    assert isinstance(leaf, Leaf)
    assert tuple(leaf.place_at(offset))[1:] == line_column


def test_a_part_of_a_scalar_keeps_its_place() -> None:
    leaf = read("a: 'role:leo'")[0].get("a")
    assert isinstance(leaf, Leaf)
    assert leaf.part("leo", 5).place_at(1) == ("a.yaml", 1, 11)


def test_too_deep_and_too_many_are_faults_and_the_file_is_left() -> None:
    deep = "a: " + "[" * 50_000
    assert read(deep) == (Table(("a.yaml", 1, 1), ()), [f"yaml_depth 1:{3 + YAML_DEPTH_MAX}"])
    assert read("a: [" + "b," * YAML_NODES_MAX + "]")[1][0].startswith("yaml_nodes ")


def test_a_second_key_is_told_and_the_first_one_stands() -> None:
    table, faults = read("a: 1\nb: 2\na: 3\n")
    assert faults == ["yaml_duplicate 3:1"]
    assert plain_value(table) == {"a": 1, "b": 2}


@pytest.mark.parametrize(
    "text", ["a: \u2028", "a: \ud800", "a: \x00", "a: \ufeffx", "a: \x85", "\x1b[31m: a"]
)
def test_characters_beyond_text_are_refused(text: str) -> None:
    assert read(text)[1][0].startswith("yaml_character 1:")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: !!python/object/apply:os.system [x]\n", "yaml_tag 1:4"),
        ("a: !!str 5\n", "yaml_tag 1:4"),
        ("a: !own {b: 1}\n", "yaml_tag 1:4"),
        ("a: &b 1\n", "yaml_alias 1:4"),
        ("a: {b: *c}\n", "yaml_alias 1:8"),
    ],
)
def test_a_pack_has_no_tags_anchors_or_aliases(text: str, code: str) -> None:
    assert read(text)[1] == [code]


@pytest.mark.parametrize("loader", [pack_yaml._LOADER, yaml.SafeLoader])
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: b: c\n", "wants quotes"),
        ("a: 1\nkey\nb: 2\n", "a key without its ':'"),
        ("a: [1, 2\nb: 1\n", "wants a ',' or its ']'"),
        ("a: {b: 1\nc: 2\n", "wants a ',' or its '}'"),
        ("a:\n   b: 1\n  c: 2\n", "how far it is indented"),
        ("a: 'it's'\n", "a quote inside quotes"),
        ("a:\n - b\n c: 1\n", "no item of it"),
        ('a: "x\nb: 1\n', "never closed"),
        ("a: @x\n", "begins with this character"),
    ],
)
def test_what_is_not_yaml_is_told_in_plain_words(
    text: str, said: str, loader: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pack_yaml, "_LOADER", loader)
    faults = Faults()
    parse_yaml("a.yaml", text, faults)
    assert said in faults.listed()[0][0].what


def test_without_the_c_loader_everything_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "a: {b: [1, 'x', \"y\\n\"], c: no}\nd: |\n  e\n   f\n"
    fast = read(text)
    monkeypatch.setattr(pack_yaml, "_LOADER", yaml.SafeLoader)
    assert read(text) == fast
    assert read("a: [b")[1] == ["yaml_syntax 1:6"]
