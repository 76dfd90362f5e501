"""Where people stand: by scene, for who sees one and for who sees several."""

from dreamsync.standing import Standing


def test_a_frame_is_whole_for_its_scene_and_leaves_the_others_as_they_are() -> None:
    standing = Standing()
    standing.take("hall", [("ada", 1, 2, 0), ("ben", 3, 4, 90)])
    standing.take("attic", [("guest", 5, 6, 180)])
    standing.take("hall", [("ben", 3, 5, 90)])
    assert standing.seats() == {"ben": (3, 5, 90), "guest": (5, 6, 180)}


def test_a_seat_stands_where_it_was_heard_of_last() -> None:
    standing = Standing()
    standing.take("hall", [("ada", 1, 2, 0)])
    standing.take("attic", [("ada", 5, 6, 0)])
    assert standing.seats() == {"ada": (5, 6, 0)}
    standing.take("hall", [])
    assert standing.seats() == {"ada": (5, 6, 0)}


def test_a_player_who_walks_on_leaves_behind_whom_it_saw() -> None:
    standing = Standing()
    standing.be_in("hall")
    standing.take("hall", [("ada", 1, 2, 0)])
    standing.take("attic", [("ben", 3, 4, 0)])  # the frame may come before the view
    assert standing.seats() == {"ada": (1, 2, 0)}
    standing.be_in("attic")
    assert standing.seats() == {"ben": (3, 4, 0)}
    standing.be_in("hall")
    assert standing.seats() == {}
