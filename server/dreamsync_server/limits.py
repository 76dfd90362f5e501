"""Every bound of the server: its name, its number, and what happens when it is reached."""

from typing import Final

KIB: Final = 1024
MIB: Final = 1024 * KIB

# Numbers. Every integer that leaves the server stays exact in a JavaScript double.
INT_EXACT_MAX: Final = 2**53 - 1
FACT_INT_MAX: Final = 1_000_000_000  # |bound| of an int fact; the pack is refused beyond it
DRIFT_UNIT: Final = 3_600_000  # fine units a whole unit has: one hour in milliseconds
DRIFT_RATE_MAX: Final = 3_600_000  # whole units an hour; the pack is refused beyond it

# Packs. Beyond any of these a pack is refused with file:line:column.
PACK_FILES_MAX: Final = 400
PACK_FILE_BYTES_MAX: Final = 512 * KIB
PACK_BYTES_MAX: Final = 4 * MIB
PACK_FAULTS_MAX: Final = 200  # faults listed at once; more are counted
PACK_TEXT_CHARS_MAX: Final = 4_000  # in one text that people read
YAML_DEPTH_MAX: Final = 24
YAML_NODES_MAX: Final = 100_000
EXPR_CHARS_MAX: Final = 2_000
EXPR_NODES_MAX: Final = 400  # before sets are unrolled
EXPR_DEPTH_MAX: Final = 60  # levels of nesting
EXPR_UNROLLED_MAX: Final = 4_000
FACTS_MAX: Final = 4_000  # instances a pack may have, chorus seats aside
ROLES_MAX: Final = 64
SCENES_MAX: Final = 200
ACTIONS_MAX: Final = 500
ODDS_SIGNS_MAX: Final = 400  # what learned odds may go by
ODDS_POINTS_MAX: Final = 10_000  # hundredths of log-odds
BEATS_MAX: Final = 500
CHORUS_SEATS_MAX: Final = 2_000
TEXT_FACT_CHARS_MAX: Final = 2_000
LIST_FACT_ITEMS_MAX: Final = 64
EFFECTS_MAX: Final = 400  # in one action, law, beat or clock, nested ones counted
ID_CHARS_MAX: Final = 64

DEV_LOOK_S: Final = 0.4  # `serve --dev` looks at pack files so often; a change waits for two looks
DEV_FAULTS_SHOWN_MAX: Final = 20  # faults of a changed pack told at once; more are counted

# One decision. A world that exceeds one of these faults: it is stopped, its log is kept.
LAW_ROUNDS_MAX: Final = 16
CHANGES_PER_COMMIT_MAX: Final = 4_000
EVENTS_PER_COMMIT_MAX: Final = 400

# Sessions in a world.
OUTCOMES_KEPT: Final = 8  # a resend older than this is answered `stale`
SEAT_GRACE_MS: Final = 60_000  # before an understudy may take an absent player's seat
ASLEEP_AFTER_MS: Final = 60_000  # no player, desk or script
TAKEOVER_GRACE_MS: Final = 30_000  # outage added to world time, at most
SAY_CHARS_MAX: Final = 500
NAME_CHARS_MAX: Final = 40
SESSION_ID_CHARS_MAX: Final = 40
PARAMS_MAX: Final = 16

# The log and the inbox.
INBOX_LENGTH_MAX: Final = 1_000  # full: `busy`
INBOX_PAGE: Final = 64  # entries read at once; no more is read while so many wait
BATCH_COMMITS_MAX: Final = 64  # commits in one append
PROPOSALS_TIMED_MAX: Final = 10_000  # at once, for a metric; beyond: the oldest is not timed
TURN_COMMITS_MAX: Final = 512  # decided in one loop turn; the rest waits for the next
COMMIT_BYTES_MAX: Final = 256 * KIB  # beyond: the world faults
LOG_PAGE: Final = 500  # commits read at once
SNAPSHOT_EVERY_COMMITS: Final = 500
LOG_WINDOW_COMMITS: Final = 2_000  # kept in the live stream behind the newest snapshot
RING_COMMITS: Final = 2_048  # kept by a follower in memory, to resume from
SEGMENT_BYTES_MAX: Final = 1 * MIB  # encoded commits in one sealed segment, before compression
PROPOSAL_BYTES_MAX: Final = 128 * KIB  # one inbox entry; beyond: it is ours, a gateway bounds it
SNAPSHOT_BYTES_MAX: Final = 16 * MIB  # before compression; beyond: the world faults
SNAPSHOTS_KEPT: Final = 2
DIRECTORY_BUCKETS: Final = 16  # keys the listing of worlds is spread over
STORE_COMMANDS_WAITING_MAX: Final = 20_000  # on one connection, unanswered; beyond: unavailable
STORE_START_S: Final = 30.0  # for an embedded store to read its log and answer
STORE_STOP_S: Final = 10.0  # for it to end by itself, then it is killed
STORE_REWRITE_S: Final = 30.0  # for its file to be written anew; then that is left to itself
STORE_DISK_FREE_MIN: Final = 1 * MIB  # below: a store whose disk was full is not started again
NOTES_WAITING_MAX: Final = 256  # said on a topic and not taken yet; beyond: the oldest is lost
STORE_HOPS_MAX: Final = 40  # times a call goes on to another server; beyond: unavailable
STORE_TRY_AGAIN_S: Final = 0.05  # between two tries while a slot's keys move, one by one
STORE_ROUTES_S: Final = 0.5  # for Sentinels or cluster nodes to say who has which keys
STORE_ROUTES_PAUSE_S: Final = 0.1  # between two questions for that
STORE_ROUTES_ASKED_MAX: Final = 5  # cluster nodes asked at once, others each time
STORE_SERVER_KEPT_S: Final = 30.0  # a server without keys is let go of after this
LEASE_PARTS: Final = 5  # keys of one lease in a cluster; more than half of them decide
RINGS_AT_ONCE_MAX: Final = 64  # turns of doorbells on their way to a server; beyond: lost
BELL_IDLE_S: Final = 2.0  # a silent doorbell connection is asked whether it lives

# Ownership.
KEPT_S: Final = 30.0  # confirmed commits are kept by the owner, against a store that loses them
KEPT_COMMITS_MAX: Final = 512  # a world; what is lost beyond is lost, and said
SETTLE_S: Final = 2.0  # after an outage of the store nobody counts as dead for so long
MEND_LOOKS: Final = 5  # a follower gives the owner so many looks to put a lost tail back
LEASE_S: Final = 3.0
LEASE_RENEW_S: Final = 1.0
PEERS_HEARD_AT_ONCE: Final = 40  # of more processes a node hears more seldom, on average as often
FENCE_SELF_S: Final = 0.6 * LEASE_S
DOORBELL_LOOK_S: Final = 1.0  # followers look at the log at least this often
RING_INTERVAL_S: Final = 0.01  # between two rings of a node; bells of one world fold into one
STORE_TIMEOUT_S: Final = 2.0
APPEND_RETRY_S: Final = 0.1
OPEN_WORLD_S: Final = 10.0  # to open a world from its snapshot and log; beyond: unavailable
SNAPSHOT_SAVE_S: Final = 10.0
DRAIN_S: Final = 5.0  # for a node to give up its worlds between commits
HANDING_S: Final = 15.0  # for a node to hand its worlds to others; the rest it just gives up
HANDED_AT_ONCE_MAX: Final = 4  # worlds on their way to other nodes at the same time
WARMED_S: Final = 3.0  # for another node to load a world; beyond: the next one is asked
WARM_KEPT_S: Final = 10.0  # a state loaded for that is kept this long
WARM_MAX: Final = 64  # such states at once; beyond: the oldest goes
TAKEN_S: Final = 2.0  # for it to own the world; beyond: whoever finds it opens it
PLACED_S: Final = 1.0  # for a less loaded node to open a world; beyond: it is opened here
MOVES_PER_S: Final = 100  # clients that a node which ends sends to others; more where they are many
MOVE_S: Final = 8.0  # for all of them to be sent
SCAN_WORLDS_S: Final = 10.0  # a node looks over its share of the awake worlds at least this often
SCAN_ALL_S: Final = 60.0  # … over a share of all worlds, another one each time
STATUS_EVERY_S: Final = 10.0  # directory hints about a running world are renewed this often

# The director.
DIRECTOR_RESEND_MS: Final = 3_000  # an unanswered proposal is proposed again, same number
DIRECTOR_TURN_S: Final = 0.25  # between two rounds: reading what was rung for, proposing
DIRECTED_LEASE_S: Final = 5 * LEASE_S  # of a world; ended sooner where its director has died
DIRECTED_AGAIN_S: Final = 60.0  # a world whose direction broke is left alone so long
DIRECTOR_LOOK_S: Final = 2.0  # how often it looks for worlds to direct
DIRECTOR_NEWS_S: Final = 10.0  # how often it asks which endings were shared
SHARED_ENDINGS_MAX: Final = 64  # kept for each pack; beyond: the one shared longest ago is dropped
DIRECTOR_WORLDS_MAX: Final = 1_000  # a process; others are left to another director

# The socket.
HANDSHAKE_S: Final = 5.0
HELLO_S: Final = 5.0  # from the handshake to the first message
FRAME_BYTES_MAX: Final = 64 * KIB  # inbound; beyond: close 1009
NESTING_MAX: Final = 8
MESSAGES_PER_S: Final = 40  # sustained, a session; beyond: error `rate`, no n taken
MESSAGES_BURST: Final = 80
MESSAGES_DROPPED_MAX: Final = 400  # refused for rate in a row: close 4008
CONTROL_PER_S: Final = 10
CONTROL_BURST: Final = 20  # beyond: close 4008
BUFFER_SOFT_BYTES: Final = 128 * KIB  # stop queuing, resume from the log when drained
BUFFER_HARD_BYTES: Final = 512 * KIB  # cut with 4009
BUFFER_STALLED_S: Final = 10.0  # cut with 4009
IDLE_PING_S: Final = 20.0
IDLE_CUT_S: Final = 50.0
HEAD_BYTES_MAX: Final = 16 * KIB  # of an HTTP request; beyond: HTTP 431
READ_BYTES: Final = 16 * KIB  # read from a socket at once
FRAMES_PER_TURN: Final = 32  # of one client in one turn of the loop; the rest waits its turn
FRAGMENTS_MAX: Final = 64  # a message may come in; beyond: close 4012
CLOSE_S: Final = 2.0  # from our close frame until the line is cut
HTTP_ANSWER_S: Final = 10.0  # a plain answer may take; beyond: cut
REFUSED_LINGER_MAX: Final = 200  # sockets beyond CONNECTIONS_MAX that are told so; others: cut
ACCEPT_BACKLOG: Final = 1_024
UNSENT_IN_KERNEL_BYTES: Final = 64 * KIB  # of one client; the rest waits here, where it is seen
VIEW_INTERVAL_S: Final = 0.05  # views a client: at most 20 a second
VIEW_EARLY_S: Final = 0.005  # before its time a view may go with a commit that it tells of
QUIET_INTERVAL_S: Final = 1.0
POSE_INTERVAL_S: Final = 0.05
POSES_IN_VIEW_MAX: Final = 50
POSES_CARRIED_MAX: Final = 500  # in one note to other nodes; the rest goes with the next
POSES_BYTES_MAX: Final = 128 * KIB  # of such a note; beyond: passed over
POSES_WHOLE_S: Final = 2.0  # behind a move all of a node's poses are said again within this
POSES_ASKED_S: Final = 5.0  # a node with spectators alone asks for poses this often
CONNECTIONS_MAX: Final = 20_000  # a node; beyond: HTTP 503
CONNECTIONS_PER_ADDRESS_MAX: Final = 4_000  # loopback is not counted
RECAP_COMMITS_MAX: Final = 400  # looked at for what a role knows
RECAP_LINES_MAX: Final = 20
TAIL_EVENTS_MAX: Final = 400  # in one frame to who comes back; the rest goes in further ones
ENTER_S: Final = 8.0  # to enter or resume; beyond: error `starting`
ASKED_S: Final = 5.0  # any other request; beyond: error `store_unavailable`
STRAY_SAID_EACH: Final = 3  # looks, a second each: so often it is said that it is absent
UNSETTLED_LOOKS_MAX: Final = 600  # a second each, until what a lost line asked for is decided
ROOM_IDLE_S: Final = 30.0  # a room nobody is in is kept this long, for who comes back
LOOKS_AT_ONCE_MAX: Final = 16  # followers that read the store at the same time
LISTING_KEPT_S: Final = 1.0  # a list of worlds is read from the store at most this often
PACKS_LISTED_S: Final = 3.0  # for packs to be read before they are listed; beyond: left out
LISTED_MAX: Final = 200  # worlds in one list
ASKED_AT_ONCE_MAX: Final = 8  # unanswered requests of a session; beyond: error `busy`
CONDITIONS_PER_DESK_MAX: Final = 32  # `when` watches a session may hold
PROPOSED_AGAIN_S: Final = 2.0  # without an outcome a gateway proposes it again: it may be lost
PENDING_PROPOSALS_MAX: Final = 32  # unanswered proposals a session; beyond: error `busy`

# A world's past: looking back, branching, moving to another server.
PAST_SLICE_COMMITS: Final = 100  # read and applied in one turn of the loop; then others have theirs
PAST_KEPT: Final = 6  # states of one world kept on the way back, so that a slider is quick
PAST_WORLDS_KEPT: Final = 8  # worlds whose states are kept; the one looked at longest ago goes
PAST_EVERY_COMMITS: Final = 500  # between two states that are kept
LOOK_S: Final = 10.0  # to look back; beyond: `starting`, and the next try goes on from there
LOOK_LINES_MAX: Final = 20  # of what was seen up to a moment
LOOK_BACK_COMMITS: Final = 200  # looked at for those lines
HISTORY_COMMITS_MAX: Final = 2_000  # looked through for one page of marks
HISTORY_MARKS_MAX: Final = 400  # in one page; the rest comes with the next
BRANCH_S: Final = 25.0  # to copy a log for a branch; beyond: nothing was made
PASTS_AT_ONCE_MAX: Final = 2  # looks, pages and branches a node works on; others wait their turn
STAGED_S: Final = 3600.0  # what was put away for a world that was never made is gone after that
ARCHIVE_BYTES_MAX: Final = 1024 * MIB  # of an imported file, unpacked; beyond: refused
ARCHIVE_COMMITS_MAX: Final = 2_000_000  # in an imported file; beyond: refused
ARCHIVE_PACKS_MAX: Final = 32  # a world may have played, one after the other
ARCHIVE_PART_BYTES_MAX: Final = 8 * MIB  # one part of the file as it lies there; beyond: refused

# Private worlds.
WORLDS_PER_ADDRESS_MAX: Final = 20
CLASS_OPENED_AT_ONCE: Final = 8  # worlds of a class that are written at the same time
CLASS_LED_S: Final = 5.0  # who was led to a world of a class counts there so long, not yet come
WORLDS_PER_NODE_MAX: Final = 2_000
STORE_MEMORY_NEW_WORLDS: Final = 0.7  # share of maxmemory above which new worlds are refused
INVITE_TRIES_PER_MINUTE: Final = 10  # an address; beyond: `slow_down`
TENSION_POINTS_MAX: Final = 360  # of the curve a desk is shown; beyond: every second one, …
REPORTS_A_SESSION_MAX: Final = 20  # of what others write; beyond: `spent`
REPORTS_A_WORLD_MAX: Final = 400
SESSIONS_PER_WORLD_MAX: Final = 2_000  # beyond: who is away and has no seat goes, else `full`
SESSIONS_GONE_MAX: Final = 1_000  # who left, and are known to have; then all are forgotten

assert FACT_INT_MAX * DRIFT_UNIT <= INT_EXACT_MAX, "a drifting value must stay exact"
assert BUFFER_SOFT_BYTES < BUFFER_HARD_BYTES
assert IDLE_PING_S < IDLE_CUT_S
assert FRAME_BYTES_MAX < BUFFER_SOFT_BYTES
assert LEASE_RENEW_S < FENCE_SELF_S < LEASE_S
assert RING_COMMITS >= LOG_WINDOW_COMMITS
assert SNAPSHOT_EVERY_COMMITS <= LOG_WINDOW_COMMITS
assert SAY_CHARS_MAX <= TEXT_FACT_CHARS_MAX
assert STORE_TIMEOUT_S < LEASE_S
