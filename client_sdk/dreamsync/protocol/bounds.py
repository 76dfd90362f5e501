"""Every bound of the wire. Those the server also enforces have the same name in its limits."""

from typing import Final

KIB: Final = 1024
MIB: Final = 1024 * KIB

VERSION: Final = 1  # `hello.v`; raised when an old client could no longer read what is sent
SUBPROTOCOL_MSGPACK: Final = "dreamsync.v1.msgpack"  # binary frames
SUBPROTOCOL_JSON: Final = "dreamsync.v1.json"  # text frames
SUBPROTOCOLS: Final = (SUBPROTOCOL_MSGPACK, SUBPROTOCOL_JSON)
SOCKET_PATH: Final = "/dream"

INT_EXACT_MAX: Final = 2**53 - 1  # |any integer|: exact in a JavaScript double
NESTING_MAX: Final = 8  # maps and arrays inside each other, the message itself counted

# From client to server.
FRAME_BYTES_MAX: Final = 64 * KIB  # beyond: close 1009
STR_BYTES_MAX: Final = 8 * KIB
MAP_ITEMS_MAX: Final = 64
ARRAY_ITEMS_MAX: Final = 64

# From server to client.
SERVER_FRAME_BYTES_MAX: Final = 1 * MIB
SERVER_STR_BYTES_MAX: Final = 64 * KIB
SERVER_ITEMS_MAX: Final = 16_384  # of a map or an array

# Fields, in characters where nothing else is said.
ID_CHARS_MAX: Final = 64
FACT_NAME_CHARS_MAX: Final = 200  # a pair fact is three ids and two dots
WORLD_ID_CHARS_MAX: Final = 40
SESSION_ID_CHARS_MAX: Final = 40
TOKEN_CHARS_MAX: Final = 128
NAME_CHARS_MAX: Final = 40
TITLE_CHARS_MAX: Final = 80
CLIENT_CHARS_MAX: Final = 80
LANG_CHARS_MAX: Final = 16
SAY_CHARS_MAX: Final = 500
EXPR_CHARS_MAX: Final = 2_000
PARAMS_MAX: Final = 16
CLASS_WORLDS_MAX: Final = 40  # worlds of one class
SPEED_MAX: Final = 1_000_000  # world milliseconds a second of real time

# A pose is whole numbers: hundredths of a step, and degrees clockwise from the scene's far side.
POSE_UNITS_A_STEP: Final = 100
POSE_MAX: Final = 1_000_000
POSES_IN_VIEW_MAX: Final = 50

# Rates and windows; `welcome.limits` repeats those that a client should keep to.
MESSAGES_PER_S: Final = 40
MESSAGES_BURST: Final = 80
PENDING_PROPOSALS_MAX: Final = 32  # sent and not answered, a session; beyond: error `busy`
OUTCOMES_KEPT: Final = 8  # a client has at most this many under way, so that a resend is answered
POSE_INTERVAL_S: Final = 0.05
CONDITIONS_PER_DESK_MAX: Final = 32
IDLE_PING_S: Final = 20.0  # the server sends something at least this often
IDLE_CUT_S: Final = 50.0  # silence after which either side takes the line as lost
