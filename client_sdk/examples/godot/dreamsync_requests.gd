# The requests of a session that have no answer yet, and watched conditions. No I/O, no clock.
#
# All but what makes a world are asked again on a new line. Conditions are watched by a line: on a
# new one they are sent again, with what was last known of them.
class_name DreamsyncRequests
extends RefCounted

const ONCE := ["create", "open_class", "branch"] # what makes something anew each time
const WAITING_MAX := 64

var _items := {} # q -> {ticket, plain, was_sent}
var _watched := {} # id -> {when, holds}
var _next_q := 1


func is_full() -> bool:
	return _items.size() >= WAITING_MAX


func take_q() -> int:
	_next_q += 1
	return _next_q - 1


func add(ticket: int, plain: Dictionary) -> void:
	if plain["type"] == "watch":
		_watched[plain["id"]] = {"when": plain["when"], "holds": false}
	elif plain["type"] == "unwatch":
		_watched.erase(plain["id"])
	var q := take_q()
	var numbered := plain.duplicate()
	numbered["q"] = q
	_items[q] = {"ticket": ticket, "plain": numbered, "was_sent": false}


## The maps to send now; they count as sent.
func due() -> Array:
	var ready := []
	for q in _items:
		if not _items[q]["was_sent"]:
			_items[q]["was_sent"] = true
			ready.append(_items[q]["plain"])
	return ready


## Take out the request that was answered; {} where nobody asked.
func answered(q: int) -> Dictionary:
	var item: Dictionary = _items.get(q, {})
	_items.erase(q)
	return item


## Take out the request that was refused; a condition that was refused is not watched.
func refused(q: int) -> Dictionary:
	var item := answered(q)
	if not item.is_empty() and item["plain"]["type"] == "watch":
		_watched.erase(item["plain"]["id"])
	return item


## Take out what nobody waits for, if it was not sent; return whether it was.
func abandon(ticket: int) -> bool:
	for q in _items:
		if _items[q]["ticket"] == ticket and not _items[q]["was_sent"]:
			_items.erase(q)
			return true
	return false


## Take note of a hit; return whether that condition is watched.
func matched(id: String, holds: bool) -> bool:
	if not _watched.has(id):
		return false
	_watched[id]["holds"] = holds
	return true


## Make ready to ask again; return what may not be asked twice, taken out.
func line_down() -> Array:
	var gone := []
	for q in _items.keys():
		if _items[q]["was_sent"] and _items[q]["plain"]["type"] in ONCE:
			gone.append(_items[q])
			_items.erase(q)
		else:
			_items[q]["was_sent"] = false
	return gone


## The watches to send again on a new line, but for those still to be asked.
func watches() -> Array:
	var asked := []
	for q in _items:
		if _items[q]["plain"]["type"] == "watch":
			asked.append(_items[q]["plain"]["id"])
	var again := []
	for id in _watched:
		if not id in asked:
			again.append({
				"type": "watch", "q": take_q(), "id": id,
				"when": _watched[id]["when"], "was": _watched[id]["holds"],
			})
	return again


## Take everything out and return it.
func clear() -> Array:
	var items := _items.values()
	_items = {}
	return items
