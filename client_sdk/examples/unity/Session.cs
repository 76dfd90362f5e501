// A client's conversation with a server, without a socket: messages in, messages and notices out.
// The same machine as dreamsync/session.py, which tells how it works; see also the table there.

using System;
using System.Collections.Generic;

namespace Dreamsync
{
    public enum State { Offline, Greeting, Entering, Live, Over }

    /// <summary>
    /// One session. Drive it so: LineUp() when a socket is open, Received() for each message,
    /// LineDown() when it is gone; after each, and at WakeAtMs, send all of Outgoing(nowMs) and
    /// handle all of Notices(): maps with a kind, as DreamsyncClient tells of them.
    /// </summary>
    public class ClientSession
    {
        const int ResyncsMax = 3;
        const long GapWaitMs = 50, RetryMs = 250, PoseIntervalMs = 50;
        static readonly HashSet<long> ForGood = new HashSet<long> {
            4000, 4001, 4002, 4003, 4005, 4006, 4007, 4011, 4012 };
        static readonly Dictionary<string, long> CloseNumbers = new Dictionary<string, long> {
            { "bad_hello", 4000 }, { "no_auth", 4001 }, { "version", 4002 }, { "origin", 4003 },
            { "hello_timeout", 4004 }, { "world_closed", 4005 }, { "removed", 4006 },
            { "replaced", 4007 }, { "flood", 4008 }, { "too_slow", 4009 },
            { "node_draining", 4010 }, { "world_fault", 4011 }, { "protocol", 4012 } };

        readonly Map _hello, _entry;
        readonly Proposals _proposals = new Proposals();
        readonly Requests _requests = new Requests();
        List<Map> _out = new List<Map>(), _notices = new List<Map>();
        Map _pose;
        long _poseAtMs, _nextTicket = 1, _leaving;
        string _secret = "";
        bool _isResyncing;
        int _resyncsInARow;

        public State State { get; private set; }
        public string Id { get; private set; }
        public Mirror Mirror { get; private set; }
        public int Resets { get; private set; } // snapshots taken in place of events
        public int Mismatches { get; private set; } // views whose digest did not agree

        /// <summary>`entry` is an enter without type and q: world, as, role …; null: the lobby.</summary>
        public ClientSession(string client, string lang, string token, Map entry)
        {
            _hello = new Map { { "type", "hello" }, { "v", 1L }, { "client", client }, { "lang", lang } };
            if (token != null) _hello["token"] = token;
            _entry = entry;
            Id = "";
        }

        // What the program wants.

        public long Propose(Map plain)
        {
            MustBeOpen();
            if (_proposals.IsFull) throw TooMany();
            _proposals.Add(_nextTicket, plain);
            if (plain.Text("type") == "leave") _leaving = _nextTicket;
            return _nextTicket++;
        }

        public long Ask(Map plain)
        {
            MustBeOpen();
            if (_requests.IsFull) throw TooMany();
            _requests.Add(_nextTicket, plain);
            return _nextTicket++;
        }

        /// <summary>Say where the avatar stands; only the latest is sent, 20 times a second.</summary>
        public void Pose(long x, long y, long facing)
        {
            _pose = new Map { { "type", "pose" }, { "x", x }, { "y", y }, { "facing", facing } };
        }

        /// <summary>Nobody waits for this any more: take it back if it was not sent.</summary>
        public bool Abandon(long ticket)
        {
            return _proposals.Abandon(ticket) || _requests.Abandon(ticket);
        }

        // What the line does.

        public void LineUp()
        {
            State = State.Greeting;
            _out = new List<Map> { _hello };
        }

        public void LineDown(long closeCode)
        {
            _out = new List<Map>();
            _pose = null;
            if (State == State.Over) return;
            State = State.Offline;
            if (ForGood.Contains(closeCode)) CloseForGood(closeCode, "The server closed the line.");
            else if (_leaving != 0 && closeCode == 1000) End(null);
            foreach (var gone in _requests.LineDown())
                Fail(gone, new DreamsyncException("line_lost", "The line was lost while creating."));
        }

        /// <summary>The maps to send now, in order; they count as sent.</summary>
        public List<Map> Outgoing(long nowMs)
        {
            var due = _out;
            _out = new List<Map>();
            if (State != State.Live) return due;
            due.AddRange(_requests.Due());
            due.AddRange(_proposals.Due(nowMs));
            if (_pose != null && nowMs >= _poseAtMs)
            {
                due.Add(_pose);
                _pose = null;
                _poseAtMs = nowMs + PoseIntervalMs;
            }
            return due;
        }

        /// <summary>When to call Outgoing again though nothing happened; 0: not needed.</summary>
        public long WakeAtMs
        {
            get
            {
                if (State != State.Live) return 0;
                long held = _proposals.WakeAtMs, pose = _pose == null ? 0 : _poseAtMs;
                return held == 0 ? pose : pose == 0 ? held : Math.Min(held, pose);
            }
        }

        public List<Map> Notices()
        {
            var told = _notices;
            _notices = new List<Map>();
            return told;
        }

        /// <summary>End the session for good: whatever waits fails.</summary>
        public void End(DreamsyncException error)
        {
            if (State == State.Over) return;
            State = State.Over;
            _out = new List<Map>();
            var why = error ?? new DreamsyncException("closed", "The session is over.");
            var unknown = new DreamsyncException("unknown", "Sent, outcome not known: " + why.Text);
            foreach (var gone in _proposals.Clear()) Fail(gone, gone.HasBeenSent ? unknown : why);
            foreach (var gone in _requests.Clear()) Fail(gone, why);
            Tell("over", "error", error);
        }

        /// <summary>Take in one message; throws where it may not come now: drop the line.</summary>
        public void Received(Map message, long nowMs)
        {
            if (State == State.Over) return;
            var type = message.Text("type");
            MustBeDue(type);
            switch (type)
            {
                case "bye": OnBye(message); break;
                case "error": OnError(message, nowMs); break;
                case "welcome": OnWelcome(); break;
                case "entered": OnEntered(message, nowMs); break;
                case "view": OnView(message, nowMs); break;
                case "quiet": Mirrored(type).PassOver(message, nowMs); break;
                case "reset": OnReset(message, nowMs); break;
                case "poses": Tell("posed", "poses", message); break;
                case "pack": Tell("pack", "change", message); break;
                case "hit":
                    if (_requests.Matched(message.Text("id"), message.Flag("holds")))
                        Tell("matched", "hit", message);
                    break;
                case "created":
                case "worlds":
                case "card":
                case "answer":
                    var item = _requests.Answered(message.Whole("q"));
                    if (item != null) Tell("replied", "answer", message, item.Ticket);
                    break;
                default: throw new DreamsyncException("bad_message", "There is no message of this type.");
            }
        }

        // Each message.

        void OnWelcome()
        {
            if (_entry == null) { GoLive(false); return; }
            State = State.Entering;
            var start = new Map { { "type", Mirror == null ? "enter" : "resume" }, { "q", _requests.TakeQ() } };
            if (Mirror == null) foreach (var field in _entry) start[field.Key] = field.Value;
            else
            {
                start["world"] = _entry["world"];
                start["session"] = Id;
                start["secret"] = _secret;
                start["epoch"] = Mirror.ResumePosition[0];
                start["seq"] = Mirror.ResumePosition[1];
            }
            _out.Add(start);
        }

        void OnEntered(Map entered, long nowMs)
        {
            bool isFirst = Mirror == null;
            TakeWhole(entered, nowMs, isFirst ? "" : "trimmed");
            _proposals.Restart(entered.Whole("n"), !entered.Flag("resumed"));
            _out.AddRange(_requests.Watches());
            GoLive(isFirst);
        }

        void OnReset(Map reset, long nowMs)
        {
            TakeWhole(reset, nowMs, reset.Text("why"));
            if (!reset.Flag("resumed")) _proposals.Restart(reset.Whole("n"), true);
        }

        void OnView(Map view, long nowMs)
        {
            var mirror = Mirrored("view");
            if ((long)view.ListOf("pos")[1] < mirror.Position[1])
                throw new DreamsyncException("bad_order", "A view came for a position already passed.");
            Judge(mirror.Change(view, nowMs));
            News(mirror.NewEvents(view), view);
            Tell("changed");
        }

        void OnError(Map error, long nowMs)
        {
            var why = new DreamsyncException(error.Text("code"), error.Text("text"), error.Whole("retry_ms"));
            if (State == State.Greeting || State == State.Entering)
            {
                if (why.MayBeRetried) Tell("broken", "error", why, retryMs: why.RetryMs > 0 ? why.RetryMs : RetryMs);
                else End(why);
            }
            else if (error.Has("n")) OnNotTaken(why, error.Whole("n"), nowMs);
            else if (error.Has("q")) Fail(_requests.Refused(error.Whole("q")), why);
        }

        // The gateway did not take a proposal: wait and go again from there, or give it up.
        void OnNotTaken(DreamsyncException why, long n, long nowMs)
        {
            if (!why.MayBeRetried) { Fail(_proposals.GiveUp(n), why); return; }
            long waitMs = why.RetryMs > 0 ? why.RetryMs : why.Code == "gap" ? GapWaitMs : RetryMs;
            _proposals.Wait(n, nowMs + waitMs);
        }

        void OnBye(Map bye)
        {
            var name = bye.Text("code");
            long number;
            if (name == "left") End(null);
            else if (CloseNumbers.TryGetValue(name, out number) && ForGood.Contains(number))
                CloseForGood(number, bye.Text("text"));
            else
                Tell("broken", "error", new DreamsyncException(name, bye.Text("text")), retryMs: bye.Whole("retry_ms"));
        }

        // Parts of the above.

        void TakeWhole(Map whole, long nowMs, string why)
        {
            Id = whole.Text("session");
            _secret = whole.Text("secret");
            _isResyncing = false;
            bool isSame;
            if (Mirror == null)
            {
                Mirror = new Mirror(whole, nowMs);
                isSame = Mirror.DigestHex == whole.Text("digest");
            }
            else
            {
                isSame = Mirror.Replace(whole, nowMs);
                if (!whole.Flag("resumed"))
                {
                    Resets++;
                    Tell("jumped", "recap", whole.ListOf("recap"), why: why);
                }
            }
            Judge(isSame);
            News(Mirror.FirstEvents(whole), whole);
            Tell("changed");
        }

        void News(List<Map> events, Map view)
        {
            foreach (var happened in events) Tell("happened", "event", happened);
            foreach (var outcome in view.Each("outcomes"))
            {
                var item = _proposals.Settle(outcome.Whole("n"));
                if (item == null) continue;
                Tell("settled", "outcome", outcome, item.Ticket);
                if (item.Ticket != _leaving) continue;
                _leaving = 0;
                if (outcome.Flag("ok")) End(null);
            }
        }

        // Ask for the whole view where the mirror went wrong, a few times in a row at most.
        void Judge(bool isSame)
        {
            if (isSame) { _resyncsInARow = 0; return; }
            Mismatches++;
            if (_isResyncing || _resyncsInARow >= ResyncsMax) return;
            _isResyncing = true;
            _resyncsInARow++;
            _out.Add(new Map { { "type", "resync" }, { "q", _requests.TakeQ() }, { "digest", Mirror.DigestHex } });
        }

        void CloseForGood(long number, string text)
        {
            if (number == 4005) { End(null); return; }
            foreach (var close in CloseNumbers)
                if (close.Value == number) End(new DreamsyncException(close.Key, text));
        }

        void GoLive(bool isFirst)
        {
            State = State.Live;
            Tell("live", "is_first", isFirst);
        }

        Mirror Mirrored(string type)
        {
            if (Mirror != null) return Mirror;
            throw new DreamsyncException("bad_order", "A " + type + " came outside of a world.");
        }

        void MustBeDue(string type)
        {
            if (type == "bye" || type == "error") return;
            var due = type == "welcome" ? State.Greeting : type == "entered" ? State.Entering : State.Live;
            if (State != due)
                throw new DreamsyncException("bad_order", "A " + type + " came while " + State + ".");
        }

        void MustBeOpen()
        {
            if (State == State.Over) throw new DreamsyncException("closed", "The session is over.");
        }

        static DreamsyncException TooMany()
        {
            return new DreamsyncException("too_many", "Too many things asked for wait for their answer.");
        }

        void Fail(Pending gone, DreamsyncException why)
        {
            if (gone != null) Tell("failed", "error", why, gone.Ticket);
        }

        void Tell(string kind, string key = null, object value = null, long ticket = 0, long retryMs = 0,
            string why = null)
        {
            var notice = new Map { { "kind", kind } };
            if (key != null) notice[key] = value;
            if (ticket != 0) notice["ticket"] = ticket;
            if (kind == "broken") notice["retry_ms"] = retryMs;
            if (why != null) notice["why"] = why;
            _notices.Add(notice);
        }
    }
}
