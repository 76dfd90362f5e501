"""Pictures: true to their numbers, and safe whatever the names."""

import re
from xml.etree import ElementTree

from dreamsync_server.cli.pictures import Bar, bars, curves, histogram, table, timeline
from dreamsync_server.story.trial import Trial


def test_the_longest_bar_takes_the_room_and_the_others_their_part() -> None:
    text = bars([Bar("a", 0.4), Bar("<b>", 0.1, "<i>")])
    assert re.findall(r"width:([\d.]+)%", text) == ["100.0", "25.0"]
    assert "&lt;b&gt;" in text
    assert "<i>" not in text
    assert bars([Bar("none", 0.0)]).count("width:0.0%") == 1


def test_curves_rise_with_the_tension() -> None:
    minutes = [
        {"tension": float(t), "low": 0.0, "high": 10.0, "wanted": 5.0, "going": 1.0} for t in (1, 9)
    ]
    root = ElementTree.fromstring(curves(minutes))
    lines = [line.get("points", "") for line in root.iter("polyline")]
    wanted, measured = ([float(spot.partition(",")[2]) for spot in line.split()] for line in lines)
    assert wanted[0] == wanted[1]
    assert measured[0] > wanted[0] > measured[1]  # down is less
    assert curves([]) == ""


def test_the_last_label_of_an_axis_stays_inside_the_picture() -> None:
    minute = {"tension": 1.0, "low": 0.0, "high": 2.0, "wanted": 1.0, "going": 1.0}
    root = ElementTree.fromstring(curves([minute] * 61))
    labels = [(one.text, one.get("text-anchor")) for one in root.iter("text")]
    assert ("50 min", "middle") in labels
    assert ("60 min", "end") in labels


def test_a_timeline_has_each_beat_at_its_time_and_its_chapters() -> None:
    trial = Trial(0, 0, {}, ended_ms=600_000, beats={"chime": 0, "<x>": 600_000})
    trial.chapters = {"night": 0, "dream": 300_000}
    trial.tension = [[0, 10, 20], [600, 50, 20]]
    text = timeline(trial, {"beat.chime": "The clock & bell", "chapter.night": "Night"})
    root = ElementTree.fromstring(text)
    spots = [float(dot.get("cx", "")) for dot in root.iter("circle")]
    assert spots == [34.0, 888.0]
    assert len(list(root.iter("rect"))) == 2
    assert "The clock & bell · 0:00" in "".join(root.itertext())
    ElementTree.fromstring(timeline(Trial(0, 0, {}), {}))


def test_a_histogram_counts_every_time_once() -> None:
    root = ElementTree.fromstring(histogram([10_000, 50_000, 70_000]))
    assert [text.text for text in root.iter("text")][:1] == ["2"]
    assert histogram([]) == ""


def test_tables_escape_what_they_hold() -> None:
    assert "<script>" not in table(("<script>",), [("<script>",)])
