"""Evenings of the expo, played by hand, and stretches of its story that many rows begin with."""

from dreamsync_server.story.rehearsing import begin
from support.by_hand import ByHand
from support.packs import expo

CROWD = 60
"""How full the hall is before anybody shows anything."""

CHAOS_MAX = 100
AWAKE = 6
"""The imagination that one can wake oneself with."""
FIVE = ("casebook", "ledger", "reel", "drawings", "letters")


class Evening(ByHand):
    """One world of the expo. `evening["leo.fear"]` is a fact as it reads now."""

    def __init__(self, seed: int = 7, absent: tuple[str, ...] = ()) -> None:
        self.absent = absent
        super().__init__(begin(expo(), seed, absent))

    # --- walking

    def go(self, role: str, *scenes: str) -> None:
        """Let a role's player walk from scene to scene, unless already there."""
        for scene in scenes:
            if self[f"{role}.scene"] != scene:
                self.do(role, "go", to=scene)

    # --- stretches of the story that many rows begin with

    def ally(self) -> None:
        """Evening: Leo asks for books that do not exist, and Mia takes his side."""
        self.go("leo", "home.kitchen")
        self.do("leo", "slip_into_library")
        self.do("leo", "ask_for_book")
        self.do("leo", "ask_for_book")
        self.do("mia", "offer_help", who="leo")
        self.do("mia", "gather_letters")
        self.go("leo", "street.queue", "home.kitchen", "home.bedroom")
        self.do("leo", "pocket_drawings")

    def rebel(self) -> None:
        """Night: the lamp, the band, the window, and the library behind it."""
        self.until("night")
        self.go("mia", "street.queue")
        self.do("mia", "hang_lamp")
        self.do("mia", "back_to_desk")
        self.do("leo", "put_out_lamp")
        self.wait(210)
        self.do("leo", "loop_band")
        self.do("leo", "slip_out")
        self.cue("night.rebellion")

    def plan(self) -> None:
        """Night: four lines on an overdue notice, signed by two."""
        self.do("leo", "sign_plan", part="way_in")
        self.do("mia", "sign_plan", part="watch")
        self.do("leo", "sign_plan", part="cover")
        self.do("mia", "sign_plan", part="way_out")

    def break_in(self) -> None:
        """The facility: the casebook, the ledger and the reel, between two lullabies."""
        self.until("facility")
        self.go("mia", "facility.archive")
        self.do("mia", "take_in_archive", what="casebook")
        self.go("mia", "facility.lobby")
        self.do("mia", "hum_lullaby")
        self.go("mia", "facility.archive")
        self.do("mia", "take_in_archive", what="ledger")
        self.go("leo", "facility.archive", "facility.lobby", "facility.ward")
        self.go("mia", "facility.lobby")
        self.do("mia", "hum_lullaby")
        self.do("leo", "take_in_ward", what="reel")
        if "ava" not in self.absent:
            self.do("ava", "open_file")

    def to_expo(self) -> None:
        """From the first evening to the expo's open doors, with five proofs in two pockets."""
        self.ally()
        self.rebel()
        self.plan()
        self.break_in()
        self.until("expo")

    def show(self, *things: str) -> None:
        """The expo: put proofs on the screens before a full hall, each by whoever holds it."""
        while self["expo.phase"] not in ("keynote", "open_floor") or self["expo.crowd"] < CROWD:
            self.wait(5)
        for thing in things:
            holder = self[f"{thing}.holder"]
            if self[f"{holder}.scene"] not in ("expo.backstage", "expo.stage"):
                self.go(holder, "expo.backstage")
            self.do(holder, "show_video", what=thing)

    def challenge(self, *charges: str) -> None:
        """The expo: questions that Ellis lets stand, and a boy who says it plainly."""
        self.go("leo", "expo.stage")
        self.go("mia", "expo.stage")
        for charge in charges:
            self.do("mia", "raise_claim", charge=charge)
            self.do("leo", "say_it_plainly")
            self.wait(50)

    def hear_her_laugh(self) -> None:
        """The expo: Juno sleeps on stage, and Ava at the front hears whose laugh it is."""
        self.cue("expo.demonstration")
        if "ava" in self.absent:
            return
        self.do("ava", "step_to_front")
        self.cue("expo.foreign_laughter")
        self.choose("ava", "laughter", "call_her_name")
        self.do("ava", "speak_as_mother")

    def to_uproar(self) -> None:
        """From the first evening to a hall that everybody leaves at once."""
        self.do("ellis", "buy_security")
        self.to_expo()
        self.show(*FIVE[:2])
        self.cue("expo.first_video")
        self.cue("expo.tram_driver")
        self.show(*FIVE[2:])
        self.cue("expo.demonstration")
        if "ava" not in self.absent:
            self.do("ava", "step_to_front")
            self.do("ava", "lift_halo")
        self.do("ellis", "cut_screens")
        self.do("mia", "patch_screens")
        for thing in FIVE:
            self.show(thing)
        self.do("ellis", "cut_screens")
        self.go("leo", "expo.stage")
        self.do("leo", "say_it_plainly")
        self.do("ellis", "call_guards")
        self.go("mia", "expo.stage")
        if "ava" not in self.absent:
            self.do("ava", "speak_as_mother")
        for who, charge in (("leo", "index"), ("mia", "returns"), ("leo", "index")):
            if self["expo.chaos"] < CHAOS_MAX:
                self.do(who, "raise_claim", charge=charge)
            if self["expo.chaos"] < CHAOS_MAX:
                self.do("ellis", "deny")
        while self["chapter"] == "expo" and not self.ending:
            self.wait(5)

    def to_aftermath(self) -> None:
        """From the first evening to the morning papers: four proofs shown, two questions asked."""
        self.to_expo()
        self.show("casebook", "ledger", "reel", "drawings")
        self.cue("expo.both_kinds")
        self.cue("expo.confrontation")
        self.hear_her_laugh()
        self.challenge("returns", "index")
        self.until("aftermath")

    def to_dawn(self) -> None:
        """From the first evening to the evenings after, with the halos still on their hooks."""
        self.to_aftermath()
        self.to_dawn_from_aftermath()

    def to_dawn_from_aftermath(self) -> None:
        """The aftermath: Mia says whose voice it is, Leo says what went too far."""
        self.do("mia", "confess_voice")
        self.go("leo", "home.kitchen", "street.queue", "council.hall")
        self.do("leo", "speak_too_far", lived="the_pencil")
        self.do("leo", "speak_too_far", lived="the_pencil")
        self.cue("aftermath.her_sons_words")
        self.do("leo", "go_to_bed")
        self.until("dawn")

    def unplug(self) -> None:
        """The dawn: Ava takes the halos off their hooks."""
        self.do("ava", "go_in_to_them")
        self.do("ava", "unplug_halos")

    def keep(self, way: str = "conversation") -> None:
        """The dawn: an evening that Ava begins and Leo joins, and the night after it."""
        night = self["nights"]
        self.do("ava", "begin_ritual", way=way)
        self.do("leo", "join_ritual")
        while self["nights"] == night:
            self.wait(5)

    def until_awake(self, role: str) -> None:
        """Let a dreamer find their own way up, holding on to what is theirs."""
        while self[f"{role}.imagination"] < AWAKE and not self[f"{role}.recall"]:
            self.do(role, "hold_on")
        self.do(role, "wake_yourself")
