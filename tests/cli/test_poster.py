"""The poster: what a host reads first."""

import dataclasses

from dreamsync_server.cli.poster import Poster, qr_of

POSTER = Poster(
    "The Expo",
    "http://127.0.0.1:8765/w#abc",
    "abc",
    (("Ava", "understudy"), ("Leo", "player"), ("Mia", "nobody")),
    "/home/ari/dreamsync-data",
    "a crash",
)


def test_it_names_link_roles_that_wait_data_and_what_it_survives() -> None:
    text = POSTER.text()
    assert "Dreamsync is open: The Expo" in text
    assert "./dream play http://127.0.0.1:8765/w#abc" in text
    assert "Roles that wait:  Ava, Mia\n" in text
    assert "/home/ari/dreamsync-data" in text
    assert "a crash" in text


def test_it_says_so_when_no_role_waits() -> None:
    full = dataclasses.replace(POSTER, roles=(("Leo", "player"),))
    assert "none: all are taken" in full.text()


def test_a_link_is_a_picture_that_fits_a_terminal() -> None:
    picture = qr_of(POSTER.link)
    assert 10 < len(picture.splitlines()) < 24
    assert max(map(len, picture.splitlines())) <= 62
    assert qr_of("http://127.0.0.1/" + "x" * 900) == ""


def test_without_a_public_world_no_roles_are_spoken_of() -> None:
    told = dataclasses.replace(POSTER, world="", roles=()).text()
    assert "Roles that wait" not in told
    assert POSTER.link in told
