# The numbered proposals of a session that have no outcome yet. No I/O, no clock.
#
# They are numbered as they are made and sent in that order, at most WINDOW under way. One that the
# gateway did not take stops the line there: either it waits and goes again with its number, or it
# leaves and those behind it move up. After a new line everything goes again.
class_name DreamsyncProposals
extends RefCounted

const WINDOW := 8
const WAITING_MAX := 256

var wake_at_ms := 0 # 0 where nothing waits for time

var _items := [] # {ticket, n, plain, has_been_sent}
var _sent := 0 # how many of the items are under way on this line
var _next_n := 1
var _decided_n := 0


func is_full() -> bool:
	return _items.size() >= WAITING_MAX


func add(ticket: int, plain: Dictionary) -> void:
	_items.append({"ticket": ticket, "n": _next_n, "plain": plain, "has_been_sent": false})
	_next_n += 1


## The maps to send now; they count as sent.
func due(now_ms: int) -> Array:
	var ready := []
	if wake_at_ms > now_ms:
		return ready
	wake_at_ms = 0
	while _sent < _items.size() and _sent < WINDOW:
		var item: Dictionary = _items[_sent]
		item["has_been_sent"] = true
		var plain: Dictionary = item["plain"].duplicate()
		plain["n"] = item["n"]
		ready.append(plain)
		_sent += 1
	return ready


## Take out the proposal that got its outcome; {} where there is none of that number.
func settle(n: int) -> Dictionary:
	_decided_n = maxi(_decided_n, n)
	var at := _index(n)
	return {} if at < 0 else _take(at)


## Send again from number `n` on, not before `until_ms`.
func wait(n: int, until_ms: int) -> void:
	var at := _index(n)
	if at >= 0 and at < _sent:
		_sent = at
		wake_at_ms = until_ms


## Take out a proposal that was not taken; those behind it move up and go again.
func give_up(n: int) -> Dictionary:
	var at := _index(n)
	if at < 0 or at >= _sent:
		return {}
	var gone := _take(at)
	if n <= _decided_n:
		return gone # a repeat: its number was decided before
	_sent = at
	_renumber(at, n)
	return gone


## Take out what nobody waits for, if it was never sent; return whether it was.
func abandon(ticket: int) -> bool:
	for at in _items.size():
		if _items[at]["ticket"] == ticket and not _items[at]["has_been_sent"]:
			_renumber(at, _take(at)["n"])
			return true
	return false


## Send everything again on a new line. `decided_n` is the highest that was decided.
func restart(decided_n: int, is_repaired: bool) -> void:
	_sent = 0
	wake_at_ms = 0
	_decided_n = decided_n
	# Where the world may know less than was acked, numbers go on from what it knows.
	if is_repaired and (_items.is_empty() or _items[0]["n"] > decided_n + 1):
		_renumber(0, decided_n + 1)


## Take everything out and return it.
func clear() -> Array:
	var items := _items
	_items = []
	_sent = 0
	return items


func _index(n: int) -> int:
	for at in _items.size():
		if _items[at]["n"] == n:
			return at
	return -1


func _take(at: int) -> Dictionary:
	var item: Dictionary = _items[at]
	_items.remove_at(at)
	if at < _sent:
		_sent -= 1
	return item


func _renumber(at: int, n: int) -> void:
	for i in range(at, _items.size()):
		_items[i]["n"] = n
		n += 1
	_next_n = n
