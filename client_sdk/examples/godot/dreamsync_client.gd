# A program's way to a server: one session over WebSocketPeer, which comes back when a line is lost.
#
#   var leo := DreamsyncClient.new()
#   add_child(leo)
#   var entered: Dictionary = await leo.enter("ws://127.0.0.1:8765",
#       {"world": id, "as": "player", "role": "leo", "invite": invite})
#   var outcome: Dictionary = await leo.act("talk", {"words": "now?"})
class_name DreamsyncClient
extends Node

signal live(is_first: bool)
signal away(why: String) # the line is lost, and will be taken up again
signal happened(event: Dictionary) # each once, in order
signal changed # what is seen has changed
signal posed(poses: Array) # [seat, x, y, facing] each
signal jumped(recap: Array) # events may be missing here
signal matched(hit: Dictionary) # a watched condition turned true or false
signal pack_changed(change: Dictionary)
signal over(code: String, text: String) # "" for a calm end
signal finished(ticket: int, result: Dictionary) # what `await propose(…)` waits for

const NAME := "dreamsync-godot/0.1.0"
const SUBPROTOCOL := "dreamsync.v1.json"
const SOCKET_PATH := "/dream"
const OPEN_MS := 10000 # to a socket that speaks the protocol
const ENTER_MS := 15000 # from there until the session stands
const IDLE_MS := 50000 # silence after which the line is taken as lost
const ANSWER_MS := 30000 # reconnecting included
const BACKOFF_FIRST_MS := 250
const BACKOFF_MAX_MS := 15000
const STABLE_MS := 10000
const PATIENCE_MS := 300000
const FRAME_BYTES_MAX := 1048576

var session: DreamsyncSession = null
var poses := [] # where everybody stands now
var lang := "en"
var token := "" # the operator's: with it no bound of an address counts

var _socket: WebSocketPeer = null
var _url := ""
var _is_up := false
var _deadline_ms := 0 # of the line as it stands
var _retry_at_ms := 0
var _retry_ms := -1 # what the server said
var _opened_ms := 0
var _live_ms := -1 # when the session last stood
var _failures := 0
var _deadlines := {} # ticket -> when to give it up
var _why := [] # code and text of the end, where it was none to be calm about


## Reach a server without entering a world, to ask for `create`, `list`, `card` …
func open(url: String) -> Dictionary:
	return await _begin(url, {})


## Enter a world: world, as (player, watch, desk, script), role, name, invite, token.
## Nothing is tried again the first time. Returns {ok} or {ok, code, text}.
func enter(url: String, entry: Dictionary) -> Dictionary:
	return await _begin(url, entry)


# What may be asked and proposed. Where nothing came of it: {"ok": false, "code", "text"}.

## Propose something; return the outcome: ok, code, text, pos, args.
func propose(type: String, fields := {}) -> Dictionary:
	return await _result(session.propose(_plain(type, fields)))


## Ask for something; return the server's answer.
func ask(type: String, fields := {}) -> Dictionary:
	return await _result(session.ask(_plain(type, fields)))


func act(action: String, params := {}) -> Dictionary:
	return await propose("act", {"action": action, "params": params})


func choose(choice: String, option: String) -> Dictionary:
	return await propose("choose", {"choice": choice, "option": option})


func claim(role: String) -> Dictionary:
	return await propose("claim", {"role": role})


func release() -> Dictionary:
	return await propose("release")


func pause(why := "") -> Dictionary:
	return await propose("pause", {"why": why})


func unpause() -> Dictionary:
	return await propose("unpause")


## Say where the avatar stands: hundredths of a step, and degrees. Latest wins.
func pose(x: int, y: int, facing: int) -> void:
	session.pose(x, y, facing)


## Leave the world for good, and close.
func leave() -> void:
	await propose("leave")
	close()


## Close the line without leaving: the seat is kept for a while.
func close() -> void:
	if session != null:
		session.end("", "")
		_tell_all()
	_hang_up()


## Tear the line, as a network does; the session goes on by itself. For trying it out.
func cut() -> void:
	_lost(0, "The line was cut.")


# What is seen.

## A fact as it is now; null where it is not seen.
func fact(name_of_fact: String) -> Variant:
	return session.mirror.read(name_of_fact, now_ms())


## What one's role may do: {id, label, is_ready, why, params …} each.
func actions() -> Array:
	return session.mirror.offers(now_ms())


func choices() -> Array:
	return session.mirror.choices


func is_live() -> bool:
	return session != null and session.state == "live"


func is_over() -> bool:
	return session == null or session.state == "over"


func now_ms() -> int:
	return Time.get_ticks_msec()


# The life of a line.

func _process(_delta: float) -> void:
	if session == null:
		return
	if _socket != null:
		_poll()
	elif not is_over() and now_ms() >= _retry_at_ms:
		_dial()
	for ticket in _deadlines.keys():
		if now_ms() > _deadlines[ticket]:
			session.abandon(ticket)
			_finish(ticket, _refused("timeout", "No answer came in time."))


func _begin(url: String, entry: Dictionary) -> Dictionary:
	_start(url, entry)
	var until_ms := now_ms() + OPEN_MS + ENTER_MS
	while not is_live() and not is_over():
		await get_tree().process_frame
		if now_ms() > until_ms:
			session.end("timeout", "The session did not stand in time.")
			_tell_all()
	return {"ok": true} if is_live() else _refused(_why[0], _why[1])


func _start(url: String, entry: Dictionary) -> void:
	close()
	_url = socket_url(url)
	_live_ms = -1
	_failures = 0
	_why = ["closed", "The session is over."]
	session = DreamsyncSession.new(NAME, lang, token, entry)
	_dial()


func _dial() -> void:
	_socket = WebSocketPeer.new()
	_socket.supported_protocols = PackedStringArray([SUBPROTOCOL])
	_socket.inbound_buffer_size = FRAME_BYTES_MAX
	_is_up = false
	_retry_ms = -1
	_deadline_ms = now_ms() + OPEN_MS
	if _socket.connect_to_url(_url) != OK:
		_lost(0, "The address cannot be reached.")


func _poll() -> void:
	_socket.poll()
	var socket_state := _socket.get_ready_state()
	if socket_state == WebSocketPeer.STATE_OPEN and not _is_up:
		_is_up = true
		_opened_ms = now_ms()
		_deadline_ms = now_ms() + ENTER_MS
		session.line_up()
	while _socket != null and _socket.get_available_packet_count() > 0:
		_take(_socket.get_packet().get_string_from_utf8())
	if _socket == null:
		return
	if socket_state == WebSocketPeer.STATE_CLOSED:
		_lost(maxi(0, _socket.get_close_code()), "The server closed the line.")
	elif now_ms() > _deadline_ms:
		_lost(0, "The line went silent.")
	else:
		_send()


func _take(text: String) -> void:
	var message: Variant = whole(JSON.parse_string(text))
	var fault := "bad_message"
	if message is Dictionary and message.has("type"):
		fault = session.received(message, now_ms())
	_tell_all()
	if fault != "":
		_lost(0, "The server broke the protocol: " + fault)
	elif _retry_ms >= 0:
		_lost(0, "The server asks to come back.")
	elif is_over():
		_hang_up()
	elif is_live():
		_deadline_ms = now_ms() + IDLE_MS


func _send() -> void:
	for plain in session.outgoing(now_ms()):
		_socket.send_text(JSON.stringify(plain))


func _lost(close_code: int, why: String) -> void:
	var was_live := is_live()
	_hang_up()
	if session == null or is_over():
		return
	session.line_down(close_code)
	if was_live:
		_live_ms = now_ms()
		if _live_ms - _opened_ms >= STABLE_MS:
			_failures = 0
		if not is_over():
			away.emit(why)
	if _live_ms < 0 and _retry_ms < 0:
		session.end("unreachable", why)
	elif _live_ms >= 0 and now_ms() - _live_ms > PATIENCE_MS:
		session.end("line_lost", "Given up: " + why)
	var ceiling_ms := mini(BACKOFF_MAX_MS, BACKOFF_FIRST_MS << mini(_failures, 8))
	_failures += 1
	_retry_at_ms = now_ms() + maxi(0, _retry_ms) + int(randf() * ceiling_ms)
	_tell_all()


func _hang_up() -> void:
	if _socket != null:
		_socket.close()
	_socket = null


func _tell_all() -> void:
	for notice in session.notices():
		match notice["kind"]:
			"live":
				_live_ms = now_ms()
				live.emit(notice["is_first"])
			"settled":
				_finish(notice["ticket"], notice["outcome"])
			"replied":
				_finish(notice["ticket"], notice["answer"])
			"failed":
				_finish(notice["ticket"], _refused(notice["code"], notice["text"]))
			"happened":
				happened.emit(notice["event"])
			"changed":
				changed.emit()
			"posed":
				poses = notice["poses"]
				posed.emit(poses)
			"jumped":
				jumped.emit(notice["recap"])
			"matched":
				matched.emit(notice["hit"])
			"pack":
				pack_changed.emit(notice["change"])
			"broken":
				_retry_ms = notice["retry_ms"]
			"over":
				if notice["code"] != "":
					_why = [notice["code"], notice["text"]]
				over.emit(notice["code"], notice["text"])


func _finish(ticket: int, result: Dictionary) -> void:
	_deadlines.erase(ticket)
	finished.emit(ticket, result)


func _result(ticket: int) -> Dictionary:
	if ticket == 0:
		return _refused(session.refusal, "It cannot be sent: " + session.refusal)
	_deadlines[ticket] = now_ms() + ANSWER_MS
	while true:
		var came: Array = await finished
		if came[0] == ticket:
			return came[1]
	return {}


static func _refused(code: String, text: String) -> Dictionary:
	return {"ok": false, "code": code, "text": text}


static func _plain(type: String, fields: Dictionary) -> Dictionary:
	var plain := {"type": type}
	plain.merge(fields)
	return plain


## A parsed value with its numbers whole: JSON.parse_string makes fractions of them all.
static func whole(value: Variant) -> Variant:
	if value is float:
		return int(value)
	if value is Array:
		var list := []
		for item in value:
			list.append(whole(item))
		return list
	if value is Dictionary:
		var map := {}
		for key in value:
			map[key] = whole(value[key])
		return map
	return value


## The address of the socket of a server whose address was given in any form.
static func socket_url(url: String) -> String:
	var address := "ws" + url.substr(4) if url.begins_with("http") else url
	if not address.contains("://"):
		address = "ws://" + address
	var slash := address.find("/", address.find("://") + 3)
	if slash < 0:
		return address + SOCKET_PATH
	return address.left(slash) + SOCKET_PATH if slash == address.length() - 1 else address
