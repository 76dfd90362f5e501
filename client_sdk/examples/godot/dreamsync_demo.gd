# A scene to begin with: on a Node2D, fill in the address in the inspector, and play by its buttons.
extends Node2D

const SCALE := 0.4 # pixels a hundredth of a step
const SPEED := 300.0 # hundredths of a step a second
const LINES_MAX := 12
const RADIUS := 12.0

@export var url := "ws://127.0.0.1:8765"
@export var world := ""
@export var invite := ""
@export var role := "leo"
@export var player_name := "Ari"

var client := DreamsyncClient.new()
var place := Vector2(200.0, 200.0)
var lines := Label.new()
var buttons := VBoxContainer.new()


func _ready() -> void:
	add_child(client)
	add_child(lines)
	add_child(buttons)
	buttons.position = Vector2(500.0, 0.0)
	client.happened.connect(_on_happened)
	client.changed.connect(_on_changed)
	client.posed.connect(_on_posed)
	client.away.connect(_on_away)
	var entry := {"world": world, "as": "player", "role": role, "name": player_name}
	if invite != "":
		entry["invite"] = invite
	var entered: Dictionary = await client.enter(url, entry)
	if not entered["ok"]:
		_say(entered["text"])


func _process(delta: float) -> void:
	var step := Input.get_vector("ui_left", "ui_right", "ui_up", "ui_down")
	if not client.is_live() or step == Vector2.ZERO:
		return
	place = (place + step * SPEED * delta).clamp(Vector2.ZERO, Vector2(2000.0, 2000.0))
	var facing := posmod(roundi(rad_to_deg(atan2(step.x, -step.y))), 360)
	client.pose(roundi(place.x), roundi(place.y), facing)


func _draw() -> void:
	for pose in client.poses:
		draw_circle(Vector2(pose[1], pose[2]) * SCALE, RADIUS, Color.CORAL)


func _on_happened(event: Dictionary) -> void:
	if event.get("text", "") == "":
		return
	var who: String = event.get("who_name", "")
	_say(event["text"] if who == "" else who + ": " + event["text"])


func _on_posed(_poses: Array) -> void:
	queue_redraw()


func _on_away(why: String) -> void:
	_say("(" + why + " Coming back …)")


func _on_changed() -> void:
	for old in buttons.get_children():
		old.queue_free()
	for choice in client.choices():
		for option in choice["options"]:
			var answer := client.choose.bind(choice["id"], option["id"])
			_button(choice["ask"] + " " + option["label"], true, answer)
	for offer in client.actions():
		var params: Variant = _filled(offer)
		if params != null:
			_button(offer["label"], offer.get("is_ready", true), _do.bind(offer["id"], params))


func _button(text: String, is_ready_now: bool, pressed: Callable) -> void:
	var button := Button.new()
	button.text = text
	button.disabled = not is_ready_now
	button.pressed.connect(pressed)
	buttons.add_child(button)


func _do(action: String, params: Dictionary) -> void:
	var outcome: Dictionary = await client.act(action, params)
	if not outcome["ok"]:
		_say(outcome.get("text", ""))


# The first of everything that an action asks for; null where there is nothing to choose.
func _filled(offer: Dictionary) -> Variant:
	var filled := {}
	for asked in offer.get("params", []):
		match asked["type"]:
			"choice":
				if asked.get("choices", []).is_empty():
					return null
				filled[asked["name"]] = asked["choices"][0]["id"]
			"int":
				filled[asked["name"]] = asked["low"]
			"bool":
				filled[asked["name"]] = true
			_:
				filled[asked["name"]] = "…"
	return filled


func _say(line: String) -> void:
	var told := lines.text.split("\n", false)
	told.append(line)
	lines.text = "\n".join(told.slice(maxi(0, told.size() - LINES_MAX)))
