"""Every kind of fault a pack can have: its code, how grave it is, and an example that has it.

An example is files put into the sample pack; `▸` marks where the fault is told. A test runs them
all, so that no code can be invented, lost or told at the wrong place.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

MARK: Final = "▸"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of fault. `example` is empty where only a test of its own can make it."""

    code: str
    severity: Literal["error", "warning"]
    means: str
    example: Mapping[str, str]


def _error(code: str, means: str, more: str = "", **files: str) -> Kind:
    return Kind(code, "error", means, _files(more, files))


def _warning(code: str, means: str, more: str = "", **files: str) -> Kind:
    return Kind(code, "warning", means, _files(more, files))


def _files(more: str, files: Mapping[str, str]) -> Mapping[str, str]:
    """`more` is a file beside the sample's; pack, base, text and rehearsal name further ones."""
    paths = {
        "pack": "pack.yaml",
        "text": "text/en/more.yaml",
        "german": "text/de.yaml",
        "rehearsal": "rehearsals/run.yaml",
        "odds": "odds.yaml",
    }
    named = {paths[name]: text for name, text in files.items()}
    return {**({"more.yaml": more} if more else {}), **named}


_ALL: Final = (
    # Files.
    _error("file_missing", "a pack has a file pack.yaml"),
    _error("file_name", "the path of a file cannot be used"),
    _error("file_link", "a link leads out of the folder"),
    _error("file_size", "a file, or all together, are too large"),
    _error("file_unreadable", "the machine does not let the file be read"),
    _error("file_encoding", "a file is not UTF-8 text"),
    # YAML.
    _error("yaml_syntax", "this is not YAML", "sets:\n  a: [ada\nb▸: 1\n"),
    _error("yaml_character", "no text may hold this character", "sets: {a: [a▸\x07da]}"),
    _error("yaml_top", "a file is a mapping", "▸- ada\n"),
    _error("yaml_documents", "one file is one document", "sets: {}\n▸---\nsets: {}\n"),
    _error("yaml_alias", "no anchors and aliases", "sets: {a: ▸&x [ada], b: *x}"),
    _error("yaml_tag", "no tags", "sets: {a: ▸!!set {ada, ben}}"),
    _error("yaml_depth", "nested too deep", "sets: " + "[" * 23 + f"{MARK}["),
    _error("yaml_nodes", "too many values in one file"),
    _error("yaml_key", "a key is one word or text", "sets: {▸[a, b]: [ada]}"),
    _error("yaml_duplicate", "a key is there already", "sets: {a: [ada], ▸a: [ben]}"),
    # Shape.
    _error("unknown_section", "packs have no such section", "▸rolls: {}"),
    _error("misplaced_key", "a key of pack.yaml stands elsewhere", "▸languages: [en]"),
    _error("unknown_key", "no such key here",
           "laws: {a: {when: calm > 1, do: [], ▸onec: true}}"),
    _error("missing_key", "a key must be given", "nudges:\n  a: ▸{kind: deny}",
           text="nudge.a.text: A\n"),
    _error("wrong_kind", "a list, a mapping, a number or text is wanted", "sets:\n  a: ▸{b: 1}"),
    _error("out_of_bounds", "a number or length beyond what is allowed",
           "facts: {f: {type: int, range: [0, 9], visible: desk, start: ▸12}}"),
    _error("too_many", "more of them than a pack may have",
           "laws: {a: {when: calm > 1, do: ["
           + "chapter: late, " * 400 + f"{MARK}chapter: late]}}}}"),
    _error("bad_id", "this cannot be an id", "sets: {▸Old-Ones: [ada]}"),
    _error("reserved_id", "the name means something else already", "sets: {▸me: [ada]}"),
    _error("given_twice", "the same id or text again", "sets: {▸family: [ada]}"),
    _error("unknown_word", "not one of the words that may stand here",
           "beats: {b: {slope: ▸upp}}", text="beat.b.title: B\nbeat.b.text: B\n"),
    _error("bad_duration", "not a time like 10s",
           "laws: {a: {when: calm > 1, do: [start: {clock: bell, in: ▸10}]}}"),
    _error("bad_rate", "not a rate like -4 per hour",
           "laws: {a: {when: calm > 1, do: [drift: {calm: ▸fast}]}}"),
    _error("bad_range", "not [lowest, highest]", "facts: {f: {type: int, range: ▸[5, 1]}}"),
    _error("bad_choice", "a choice is a word, and once there",
           "facts: {f: {type: choice, visible: desk, choices: [one, ▸two words]}}"),
    _error("wrong_format", "a format this server does not read",
           pack="format: ▸2\nid: sample\nlanguages: [en]\n"),
    _error("wrong_pack_id", "the id is not the folder's name"),
    _error("bad_language", "not a language such as en or pt-BR",
           pack="format: 1\nid: sample\nlanguages: [en, ▸english!]\n"),
    # Names.
    _error("unknown_id", "nothing has this id", "sets: {a: [▸aba]}"),
    _error("wrong_sort", "an id of another sort", "sets: {a: [ada, ▸hall]}"),
    _error("expression", "an expression cannot be read, or not typed",
           "laws: {a: {when: 'calm > 1 and ▸clam < 3', do: []}}"),
    # Effects.
    _error("unknown_effect", "there is no such effect",
           "laws: {a: {when: calm > 1, do: [▸sett: {calm: 1}]}}"),
    _error("not_settable", "the world itself keeps this fact",
           "laws: {a: {when: calm > 1, do: [set: {▸ada.scene: yard}]}}"),
    _error("wrong_type", "an effect for facts of another type",
           "laws: {a: {when: calm > 1, do: [add: {▸ada.mood: 1}]}}"),
    _error("no_drift", "this fact cannot drift",
           "facts: {f: {type: bool, visible: desk, ▸drift: 1 per hour}}"),
    _error("not_apart", "somebody might be paired with itself",
           "actions: {a: {by: family, params: {who: {role: family}},"
           " do: [add: {▸bond.me.who: 1}]}}",
           text="action.a.label: A\n"),
    _error("no_actor", "nobody acts here",
           "laws: {a: {when: calm > 1, do: [▸move: {to: yard}]}}"),
    _error("end_in_ending", "an ending ends the world by itself",
           "endings: {e: {when: calm > 1, do: [▸end: night]}}",
           text="ending.e.title: E\nending.e.text: E\n"),
    _error("grammar_open", "one alternative has no condition",
           "grammars: {▸g: {a: {when: calm > 1}}}\n"
           "laws: {l: {when: calm > 1, do: [tell: {text: t, to: ada, pick: {x: g}}]}}",
           text="t: A {x}\ngrammar.g.a: A\n"),
    _error("grammar_circle", "a grammar must not use itself",
           "grammars: {▸g: {a: {uses: [g]}}}\n"
           "laws: {l: {when: calm > 1, do: [tell: {text: t, to: ada, pick: {x: g}}]}}",
           text="t: A {x}\ngrammar.g.a: A {g}\n"),
    # Texts.
    _error("missing_text", "a text that is needed is not there",
           "laws: {a: {when: calm > 1, do: [tell: {text: ▸resty, to: all}]}}"),
    _error("empty_text", "a text says nothing", text="action.rest.text: ▸''\n"),
    _error("unknown_placeholder", "nothing fills a placeholder",
           text="action.rest.text: Have a ▸{rest}.\n"),
    _error("bad_placeholder", "a brace that belongs to no placeholder",
           text="action.rest.text: A smile ▸} here\n"),
    _error("unknown_language", "texts of a language that pack.yaml does not name",
           german="▸title: Ein Muster\n"),
    # The whole.
    _error("not_seen", "an action depends on what its role does not see",
           "actions: {a: {by: ada, when: '▸ben.nerve > 2', do: []}}",
           text="action.a.label: A\n"),
    _error("impossible", "a condition that can never be true",
           "laws: {a: {when: ▸calm > 11, do: []}}"),
    _error("rehearsal", "a recorded rehearsal does not fit the pack",
           rehearsal="format: 1\npack: sample\nsteps: []\nends: ▸dawn\n"),
    _warning("stale_rehearsal", "recorded with other contents of the pack",
             rehearsal="format: 1\npack: sample\nsteps: []\npack_hash: ▸" + "0" * 64 + "\n"),
    _error("odds", "learned odds do not fit the pack"),
    _warning("stale_odds", "odds learned with other rules of the pack",
             odds="format: 1\nrules_hash: ▸" + "0" * 64 + "\n"),
    _warning("bound_beyond_cap", "nobody may be nudged as often as 'lead_within' asks for",
             pack="format: 1\nid: sample\nlanguages: [en]\nnudge_cap: ▸15 per hour\n"),
    _warning("unreachable_scene", "nobody can come to a scene", "scenes: {▸loft: {}}",
             text="scene.loft.name: L\nscene.loft.text: L\n"),
    _warning("unused", "declared, and nothing uses it", "facts: {▸f: {type: bool, visible: desk}}"),
    _warning("never_changes", "a fact that is read and always stays the same",
             "facts: {▸f: {type: bool, visible: desk, start: true}}\n"
             "laws: {a: {when: f and calm > 1, do: []}}\n"),
    _warning("unused_text", "nothing says this text", text="resting.deep: ▸Zzz\n"),
)  # fmt: skip

CATALOGUE: Final[Mapping[str, Kind]] = {kind.code: kind for kind in _ALL}
"""Every kind of fault by its code."""
