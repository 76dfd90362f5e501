# A client's conversation with a server, without a socket: messages in, messages and notices out.
# The same machine as dreamsync/session.py, which tells how it works; see also the table there.
#
# Drive it so: line_up() when a socket is open, received() for each message, line_down() when it is
# gone; after each, and at wake_at_ms(), send all of outgoing() and handle all of notices().
class_name DreamsyncSession
extends RefCounted

const RESYNCS_MAX := 3
const GAP_WAIT_MS := 50
const RETRY_MS := 250
const POSE_INTERVAL_MS := 50
const MAY_BE_RETRIED := ["gap", "rate", "busy", "store_unavailable", "starting", "slow_down"]
const CLOSED_FOR_GOOD := {
	4000: "bad_hello", 4001: "no_auth", 4002: "version", 4003: "origin", 4005: "world_closed",
	4006: "removed", 4007: "replaced", 4011: "world_fault", 4012: "protocol",
}

var state := "offline" # greeting, entering, live, over
var id := ""
var mirror: DreamsyncMirror = null
var resets := 0 # snapshots taken in place of events
var mismatches := 0 # views whose digest did not agree
var refusal := "" # why propose or ask gave 0

var _hello := {}
var _entry := {}
var _secret := ""
var _out := []
var _notices := []
var _proposals := DreamsyncProposals.new()
var _requests := DreamsyncRequests.new()
var _pose := {}
var _pose_at_ms := 0
var _next_ticket := 1
var _leaving := 0
var _is_resyncing := false
var _resyncs_in_a_row := 0


## `entry` is an enter without type and q: world, as, role …; {} for the lobby.
func _init(client: String, lang: String, token: String, entry: Dictionary) -> void:
	_hello = {"type": "hello", "v": 1, "client": client, "lang": lang}
	if token != "":
		_hello["token"] = token
	_entry = entry


# What the program wants.

## Take a proposal (its map without n); return its ticket, 0 where `refusal` says why not.
func propose(plain: Dictionary) -> int:
	if not _may_take(_proposals.is_full()):
		return 0
	_proposals.add(_next_ticket, plain)
	if plain["type"] == "leave":
		_leaving = _next_ticket
	return _take_ticket()


## Take a request (its map without q); return its ticket, 0 where `refusal` says why not.
func ask(plain: Dictionary) -> int:
	if not _may_take(_requests.is_full()):
		return 0
	_requests.add(_next_ticket, plain)
	return _take_ticket()


## Say where the avatar stands; only the latest is sent, 20 times a second at most.
func pose(x: int, y: int, facing: int) -> void:
	_pose = {"type": "pose", "x": x, "y": y, "facing": facing}


## Nobody waits for this any more: take it back if it was not sent; return whether so.
func abandon(ticket: int) -> bool:
	return _proposals.abandon(ticket) or _requests.abandon(ticket)


# What the line does.

## A socket is open: greet.
func line_up() -> void:
	state = "greeting"
	_out = [_hello]


## The socket is gone, with this close code, or 0 where there was none.
func line_down(close_code: int) -> void:
	_out = []
	_pose = {}
	if state == "over":
		return
	state = "offline"
	if CLOSED_FOR_GOOD.has(close_code):
		_close(CLOSED_FOR_GOOD[close_code], "The server closed the line.")
	elif _leaving != 0 and close_code == 1000:
		end("", "")
	for gone in _requests.line_down():
		_fail(gone, "line_lost", "The line was lost while creating.")


## The maps to send now, in order; they count as sent.
func outgoing(now_ms: int) -> Array:
	var ready := _out
	_out = []
	if state != "live":
		return ready
	ready.append_array(_requests.due())
	ready.append_array(_proposals.due(now_ms))
	if not _pose.is_empty() and now_ms >= _pose_at_ms:
		ready.append(_pose)
		_pose = {}
		_pose_at_ms = now_ms + POSE_INTERVAL_MS
	return ready


## When to call outgoing() again though nothing happened; 0: not needed.
func wake_at_ms() -> int:
	if state != "live":
		return 0
	if _pose.is_empty():
		return _proposals.wake_at_ms
	return mini(_pose_at_ms, _proposals.wake_at_ms) if _proposals.wake_at_ms != 0 else _pose_at_ms


## What there is to tell, in order, each once: maps with `kind`.
func notices() -> Array:
	var told := _notices
	_notices = []
	return told


## End the session for good: whatever waits fails. `code` "" is a calm end.
func end(code: String, text: String) -> void:
	if state == "over":
		return
	state = "over"
	_out = []
	var why_code := code if code != "" else "closed"
	var why := text if text != "" else "The session is over."
	for gone in _proposals.clear():
		if gone["has_been_sent"]:
			_fail(gone, "unknown", "Sent, outcome not known: " + why)
		else:
			_fail(gone, why_code, why)
	for gone in _requests.clear():
		_fail(gone, why_code, why)
	_tell({"kind": "over", "code": code, "text": text})


## Take in one message; return "", or the code of a fault of the server's: drop the line then.
func received(message: Dictionary, now_ms: int) -> String:
	if state == "over":
		return ""
	var type: String = message["type"]
	if not _is_due(type):
		return "bad_order"
	match type:
		"bye":
			_on_bye(message)
		"error":
			_on_error(message, now_ms)
		"welcome":
			_on_welcome()
		"entered":
			_on_entered(message, now_ms)
		"view":
			return _on_view(message, now_ms)
		"quiet":
			if mirror == null:
				return "bad_order"
			mirror.pass_over(message, now_ms)
		"reset":
			_on_reset(message, now_ms)
		"poses":
			_tell({"kind": "posed", "scene": message["scene"], "poses": message["poses"]})
		"hit":
			if _requests.matched(message["id"], message["holds"]):
				_tell({"kind": "matched", "hit": message})
		"pack":
			_tell({"kind": "pack", "change": message})
		"created", "worlds", "card", "answer":
			var item := _requests.answered(message["q"])
			if not item.is_empty():
				_tell({"kind": "replied", "ticket": item["ticket"], "answer": message})
		_:
			return "bad_message"
	return ""


# Each message.

func _on_welcome() -> void:
	if _entry.is_empty():
		_go_live(false)
		return
	state = "entering"
	var q := _requests.take_q()
	if mirror == null:
		var enter := _entry.duplicate()
		enter["type"] = "enter"
		enter["q"] = q
		_out.append(enter)
		return
	var from := mirror.resume_position()
	_out.append({
		"type": "resume", "q": q, "world": _entry["world"], "session": id, "secret": _secret,
		"epoch": from[0], "seq": from[1],
	})


func _on_entered(entered: Dictionary, now_ms: int) -> void:
	var is_first := mirror == null
	_take_whole(entered, now_ms, "" if is_first else "trimmed")
	_proposals.restart(entered["n"], not entered["resumed"])
	_out.append_array(_requests.watches())
	_go_live(is_first)


func _on_reset(reset: Dictionary, now_ms: int) -> void:
	_take_whole(reset, now_ms, reset["why"])
	if not reset["resumed"]:
		_proposals.restart(reset["n"], true)


func _on_view(view: Dictionary, now_ms: int) -> String:
	if mirror == null or view["pos"][1] < mirror.position[1]:
		return "bad_order"
	_judge(mirror.change(view, now_ms))
	_news(mirror.new_events(view), view)
	_tell({"kind": "changed"})
	return ""


func _on_error(error: Dictionary, now_ms: int) -> void:
	var code: String = error["code"]
	var retry_ms: int = error.get("retry_ms", 0)
	if state == "greeting" or state == "entering":
		if code in MAY_BE_RETRIED:
			var wait_ms := retry_ms if retry_ms > 0 else RETRY_MS
			_tell({"kind": "broken", "code": code, "text": error["text"], "retry_ms": wait_ms})
		else:
			end(code, error["text"])
	elif error.has("n") and code in MAY_BE_RETRIED:
		var own_ms := GAP_WAIT_MS if code == "gap" else RETRY_MS
		_proposals.wait(error["n"], now_ms + (retry_ms if retry_ms > 0 else own_ms))
	elif error.has("n"):
		_fail(_proposals.give_up(error["n"]), code, error["text"])
	elif error.has("q"):
		_fail(_requests.refused(error["q"]), code, error["text"])


func _on_bye(bye: Dictionary) -> void:
	var code: String = bye["code"]
	if code == "left":
		end("", "")
	elif code in CLOSED_FOR_GOOD.values():
		_close(code, bye["text"])
	else:
		var retry_ms: int = bye.get("retry_ms", 0)
		_tell({"kind": "broken", "code": code, "text": bye["text"], "retry_ms": retry_ms})


# Parts of the above.

func _take_whole(whole: Dictionary, now_ms: int, why: String) -> void:
	var is_first := mirror == null
	if is_first:
		mirror = DreamsyncMirror.new()
	id = whole["session"]
	_secret = whole["secret"]
	_is_resyncing = false
	var is_same := mirror.replace(whole, now_ms)
	if not is_first and not whole["resumed"]:
		resets += 1
		_tell({"kind": "jumped", "why": why, "recap": whole.get("recap", [])})
	_judge(is_same)
	_news(mirror.first_events(whole), whole)
	_tell({"kind": "changed"})


func _news(events: Array, view: Dictionary) -> void:
	for event in events:
		_tell({"kind": "happened", "event": event})
	for outcome in view.get("outcomes", []):
		var item := _proposals.settle(outcome["n"])
		if item.is_empty():
			continue
		_tell({"kind": "settled", "ticket": item["ticket"], "outcome": outcome})
		if item["ticket"] == _leaving:
			_leaving = 0
			if outcome["ok"]:
				end("", "")


# Ask for the whole view where the mirror went wrong, a few times in a row at most.
func _judge(is_same: bool) -> void:
	if is_same:
		_resyncs_in_a_row = 0
		return
	mismatches += 1
	if _is_resyncing or _resyncs_in_a_row >= RESYNCS_MAX:
		return
	_is_resyncing = true
	_resyncs_in_a_row += 1
	_out.append({"type": "resync", "q": _requests.take_q(), "digest": mirror.digest()})


func _close(code: String, text: String) -> void:
	if code == "world_closed":
		end("", "")
	else:
		end(code, text)


func _go_live(is_first: bool) -> void:
	state = "live"
	_tell({"kind": "live", "is_first": is_first})


func _is_due(type: String) -> bool:
	match type:
		"bye", "error":
			return true
		"welcome":
			return state == "greeting"
		"entered":
			return state == "entering"
		_:
			return state == "live"


func _may_take(is_full: bool) -> bool:
	refusal = "closed" if state == "over" else "too_many" if is_full else ""
	return refusal == ""


func _take_ticket() -> int:
	_next_ticket += 1
	return _next_ticket - 1


func _fail(gone: Dictionary, code: String, text: String) -> void:
	if not gone.is_empty():
		_tell({"kind": "failed", "ticket": gone["ticket"], "code": code, "text": text})


func _tell(notice: Dictionary) -> void:
	_notices.append(notice)
