"""What somebody would like to do of an evening: by the words of the menu, most wanted first."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

ANY: Final = ((),)
"""Nothing is typed for it; what is asked all the same is answered with the first."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Something to do, by a part of its label. `given` are the answers, time after time."""

    label: str
    most: int = 1
    given: tuple[tuple[str, ...], ...] = ANY


@dataclass(frozen=True, slots=True)
class Plan:
    """Whom one plays, what one wants, and how one answers questions (parts of answers' labels)."""

    pack: str
    role: str
    who: str
    wishes: tuple[Wish, ...]
    answers: tuple[str, ...] = ("",)


EXPO: Final = Plan(
    "expo",
    "leo",
    "Leo, who is ten and cannot sleep the way one sleeps now",
    (
        Wish("wake, on purpose", 9),
        Wish("hold on to one thing", 9),
        Wish("draw a door", 2),
        Wish("sit down and join in", 20),
        Wish("^say something", 1, (("Is anybody else awake?",),)),
        Wish("pull the nineteen"),
        Wish("make shadow animals", 2),
        Wish("draw something nobody", 2),
        Wish("test yourself"),
        Wish("^refuse"),
        Wish("put out the lamp"),
        Wish("feed the halo"),
        Wish("climb out of the window"),
        Wish("slip into the library"),
        Wish("ask for a book", 2),
        Wish("leave a drawing", 1),
        Wish("read an old book", 3),
        Wish("sign a part of the plan", 2, (("way",), ("cover",))),
        Wish("run, in slippers"),
        Wish("count the windows"),
        Wish("look at their faces"),
        Wish("take from", 4),
        Wish("crawl along"),
        Wish("put a proof on the screens", 6),
        Wish("ask Ellis in front", 3),
        Wish("say it plainly", 2),
        Wish("speak of a thing", 3),
        Wish("make Juno laugh", 2),
        Wish("send a copy", 2),
        Wish("^vote", 4, (("1",),)),
        Wish("teach a row", 3),
        Wish(
            "make up an evening",
            2,
            (
                ("Nobody reads and nobody sings. We list what went well, lying down.", "hush"),
                ("We walk once round the house and say good night to the windows.", "walk"),
            ),
        ),
        Wish("begin the evening", 12, (("conversation",),)),
        Wish("take a chair", 2),
        Wish("go home to bed", 2),
        Wish("leave with what you have"),
        Wish("^go to", 40, (("stage|floor|ward|archive|kitchen|reading|children",), ("1",))),
    ),
    ("",),
)

SEIZURE: Final = Plan(
    "seizure",
    "leo",
    "Leo, who sleeps for a living",
    (
        Wish("go through the door that has come", 4),
        Wish("bring a stranded dreamer out", 12),
        Wish("stand in the doorway", 4),
        Wish("bring somebody out of Row Nine", 12),
        Wish("read the ending aloud", 6),
        Wish("say good night back", 6),
        Wish("write what breaks", 3, (("combs",), ("tower",), ("combs",))),
        Wish("write the last image", 3, (("roof|row|ward",),)),
        Wish("write who wakes", 3, (("mia",), ("leo",), ("terra",))),
        Wish("empty the row", 6),
        Wish("show them how the rows"),
        Wish("walk into your sister"),
        Wish("say yes, as she does", 3),
        Wish("stop, and understand", 2),
        Wish("lay down what you know", 4),
        Wish("tell the others your piece", 3),
        Wish("say what you have seen", 2),
        Wish("^say something", 1, (("Good morning. Has anybody been awake long?",),)),
        Wish("sign on for a shift"),
        Wish("look at the next bed", 3),
        Wish("leak the real figures"),
        Wish("hand back the sheet"),
        Wish("warn somebody", 4, (("mia|terra",), ("terra|mia",), ("kane",))),
        Wish("lie down with nothing", 9),
        Wish("keep watch", 4),
        Wish("be elsewhere", 3),
        Wish("spoil the session", 3),
        Wish("^climb", 5),
        Wish("talk the bound one", 3),
        Wish("apologise", 6, (("mia",), ("terra",), ("kane",))),
        Wish("try a remedy", 6),
        Wish("leave a light"),
        Wish("take a stand", 1, (("accusing",),)),
        Wish("tell Mia she may stop"),
        Wish("begin to say good night", 4),
        Wish("compare dreams", 1),
        Wish("^go to", 6, (("kitchen|dormitory|roof",), ("dormitory|roof",))),
        Wish("take a moment", 12),
    ),
    ("carry", ""),
)

PLANS: Final[Mapping[str, Plan]] = {plan.pack: plan for plan in (EXPO, SEIZURE)}
