"""How many connections there may be."""

from dreamsync_server.gateway.admission import Admission


def test_there_is_a_bound_in_all_and_one_by_address() -> None:
    admission = Admission(most_in_all=4, most_by_address=2)
    assert [admission.enter("a"), admission.enter("a"), admission.enter("a")] == [True, True, False]
    assert admission.enter("")
    assert admission.enter("b")
    assert not admission.enter("c")
    admission.leave("a")
    assert admission.enter("a")
    assert not admission.enter("")


def test_an_address_that_is_known_later_is_counted_then() -> None:
    admission = Admission(most_in_all=9, most_by_address=1)
    assert admission.enter("")
    assert admission.enter("")
    assert admission.add("behind a proxy")
    assert not admission.add("behind a proxy")
    admission.leave("behind a proxy")
    assert admission.add("behind a proxy")


def test_the_addresses_of_one_ipv6_network_are_counted_together() -> None:
    admission = Admission(most_in_all=9, most_by_address=2)
    assert admission.enter("2001:db8::1")
    assert admission.enter("2001:db8::2")
    assert not admission.enter("2001:db8:0:0:ffff::3")
    assert admission.enter("2001:db8:0:1::3")
    admission.leave("2001:db8::1")
    assert admission.enter("2001:db8::4")


def test_nothing_is_kept_of_who_has_left() -> None:
    admission = Admission(most_in_all=3, most_by_address=3)
    for address in ("a", "a", "b"):
        admission.enter(address)
    for address in ("a", "b", "a"):
        admission.leave(address)
    assert admission._by_address == {}
    assert [admission.enter("a") for _ in range(4)] == [True, True, True, False]
