# What one viewer sees of a world, kept by applying what the server sends. No I/O, no clock.
class_name DreamsyncMirror
extends RefCounted

const UNIT := 3600000 # fine units a whole one of a drift has: one hour in milliseconds
const AHEAD_S_MAX := 2 # how far reckoned world time may run ahead before it is set back
const INT_EXACT_MAX := 9007199254740991
const LANE := 0xffffffff
const ESCAPES := {
	"\"": "\\\"", "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t",
}

var world := {}
var as_kind := ""
var role := ""
var seat := ""
var position := []
var running := false
var facts := {} # as they were sent; read() gives them as of now
var choices := []
var names := {}

var _offers := {}
var _speed := 1000
var _anchor_ms := 0
var _anchor_at_ms := 0
var _high := 0 # the digest, as two halves of 32 bits
var _low := 0
var _last_event := [-1, -1]
var _before_tail := [] # where to resume while a tail still comes in further views


## Take a whole view; return whether its digest is that of its facts.
func replace(whole: Dictionary, now_ms: int) -> bool:
	# Of a tail that is still to come in further views nothing counts as had.
	var is_cut: bool = whole["resumed"] and whole.get("more", false) and not position.is_empty()
	_before_tail = resume_position() if is_cut else []
	world = whole["world"]
	as_kind = whole["as"]
	role = whole["role"]
	seat = whole["seat"]
	position = whole["position"]
	running = whole["running"]
	choices = whole["choices"]
	facts = whole["facts"].duplicate()
	names = {"roles": {}, "things": {}, "scenes": {}, "facts": {}}
	_learn(whole["cards"])
	_offers = {}
	for offer in whole["actions"]:
		_offers[offer["id"]] = offer
	_speed = whole["speed"]
	_high = 0
	_low = 0
	for fact in facts:
		_count(fact, facts[fact])
	_anchor_ms = whole["ms"]
	_anchor_at_ms = now_ms
	return digest() == whole["digest"]


## Apply a view; return whether the digests agree after it.
func change(view: Dictionary, now_ms: int) -> bool:
	if not view.get("more", false):
		_before_tail = []
	for fact in view.get("gone", []):
		_forget(fact)
	var changes: Dictionary = view.get("changes", {})
	for fact in changes:
		_forget(fact)
		facts[fact] = changes[fact]
		_count(fact, changes[fact])
	for action in view.get("withdrawn", []):
		_offers.erase(action)
	for offer in view.get("actions", []):
		_offers[offer["id"]] = offer
	choices = view.get("choices", choices)
	_learn(view.get("cards", {}))
	role = view.get("role", role)
	seat = view.get("seat", seat)
	_reach(view, now_ms)
	return digest() == view["digest"]


## Take note that nothing was seen up to a position.
func pass_over(quiet: Dictionary, now_ms: int) -> void:
	_reach(quiet, now_ms)


## Return the events that were not seen before, and take them as seen.
func new_events(view: Dictionary) -> Array:
	var fresh := []
	for event in view.get("events", []):
		var at: Array = event["at"]
		if at[0] > _last_event[0] or (at[0] == _last_event[0] and at[1] > _last_event[1]):
			_last_event = at
			fresh.append(event)
	return fresh


## Return the new events of a whole view; where it does not go on, all of them are new.
func first_events(whole: Dictionary) -> Array:
	if whole["resumed"]:
		return new_events(whole)
	_last_event = [position[1], INT_EXACT_MAX]
	return whole.get("events", [])


## From where to resume: behind all that was taken in whole.
func resume_position() -> Array:
	return position if _before_tail.is_empty() else _before_tail


## The digest of the facts, as it is sent.
func digest() -> String:
	return "%08x%08x" % [_high, _low]


## World time in ms, reckoned from the last frame; it stands while paused.
func world_ms(now_ms: int) -> int:
	if not running:
		return _anchor_ms
	@warning_ignore("integer_division")
	return _anchor_ms + maxi(0, now_ms - _anchor_at_ms) * _speed / 1000


## A fact as it is now; null where it is not seen.
func read(fact: String, now_ms: int) -> Variant:
	var value: Variant = facts.get(fact)
	if not value is Dictionary:
		return value
	return value_at(value, world_ms(now_ms)) if value.has("rate") else value["text"]


## What may be done, in the authors' order; a cooldown that is over is ready.
func offers(now_ms: int) -> Array:
	var ranked := _offers.values()
	ranked.sort_custom(_is_before)
	var made := []
	for offer in ranked:
		made.append(_cooled(offer, world_ms(now_ms)))
	return made


## The fine value of a drift at a moment of world time. Before `since` it stands still.
static func fine_at(drift: Dictionary, at_ms: int) -> int:
	var fine: int = drift["fine"]
	var rate: int = drift["rate"]
	var elapsed_ms: int = at_ms - drift["since"]
	if rate == 0 or elapsed_ms <= 0:
		return fine
	var end: int = (drift["high"] if rate > 0 else drift["low"]) * UNIT
	@warning_ignore("integer_division")
	var to_end_ms := (absi(end - fine) + absi(rate) - 1) / absi(rate)
	return end if elapsed_ms >= to_end_ms else fine + rate * elapsed_ms


## The whole value of a drift: a falling one is rounded up, all others down.
static func value_at(drift: Dictionary, at_ms: int) -> int:
	var fine := fine_at(drift, at_ms)
	return -_floor_divide(-fine, UNIT) if drift["rate"] < 0 else _floor_divide(fine, UNIT)


## The first 64 bits of a fact's hash, as two halves.
static func hash_fact(fact: String, value: Variant) -> Array:
	var plain: Variant = value
	if value is Dictionary:
		plain = [value["ref"], value["digest"]] if value.has("ref") else [
			value["fine"], value["rate"], value["since"]]
	var bytes := written([fact, plain]).sha256_buffer()
	var halves := [0, 0]
	for i in 8:
		@warning_ignore("integer_division")
		halves[i / 4] = halves[i / 4] * 256 + bytes[i]
	return halves


## JSON as the digest is over: as JavaScript writes it.
static func written(value: Variant) -> String:
	if value is bool:
		return "true" if value else "false"
	if value is String:
		return _quoted(value)
	if not value is Array:
		return str(value)
	var parts := PackedStringArray()
	for item in value:
		parts.append(written(item))
	return "[" + ",".join(parts) + "]"


static func _quoted(text: String) -> String:
	var made := ""
	for i in text.length():
		var code := text.unicode_at(i)
		if ESCAPES.has(text[i]):
			made += ESCAPES[text[i]]
		elif code < 32:
			made += "\\u%04x" % code
		else:
			made += text[i]
	return "\"" + made + "\""


static func _floor_divide(a: int, b: int) -> int:
	@warning_ignore("integer_division")
	return (a - posmod(a, b)) / b


static func _is_before(a: Dictionary, b: Dictionary) -> bool:
	var rank_a: int = a.get("rank", 0)
	var rank_b: int = b.get("rank", 0)
	return a["id"] < b["id"] if rank_a == rank_b else rank_a < rank_b


static func _cooled(offer: Dictionary, at_ms: int) -> Dictionary:
	if offer.get("code", "ok") != "cooldown" or offer.get("ready_ms", at_ms + 1) > at_ms:
		return offer
	var ready := offer.duplicate()
	ready["is_ready"] = true
	ready["code"] = "ok"
	ready["why"] = ""
	return ready


func _learn(cards: Dictionary) -> void:
	for sort in cards:
		names[sort].merge(cards[sort], true)


func _count(fact: String, value: Variant) -> void:
	var halves := hash_fact(fact, value)
	var low: int = _low + halves[1]
	_low = low & LANE
	_high = (_high + halves[0] + (1 if low > LANE else 0)) & LANE


func _forget(fact: String) -> void:
	if not facts.has(fact):
		return
	var halves := hash_fact(fact, facts[fact])
	var low: int = _low - halves[1]
	_low = low & LANE
	_high = (_high - halves[0] - (1 if low < 0 else 0)) & LANE
	facts.erase(fact)


func _reach(view: Dictionary, now_ms: int) -> void:
	# The least delayed frame knows the time best.
	var reckoned_ms := world_ms(now_ms)
	var ms: int = view["ms"]
	running = view.get("running", running)
	var is_near := ms <= reckoned_ms and reckoned_ms <= ms + AHEAD_S_MAX * _speed
	_anchor_ms = reckoned_ms if is_near and running else ms
	_anchor_at_ms = now_ms
	position = view["pos"]
