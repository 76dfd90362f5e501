// What a session has asked for and not had yet: numbered proposals, and requests. No I/O, no clock.

using System;
using System.Collections.Generic;
using System.Linq;

namespace Dreamsync
{
    /// <summary>One thing asked for: the map to send but for its number, and who waits for it.</summary>
    public class Pending
    {
        public long Ticket, Number;
        public Map Plain;
        public bool HasBeenSent;

        /// <summary>The map to send; `key` is n or q.</summary>
        public Map Numbered(string key)
        {
            var map = new Map { { "type", Plain["type"] }, { key, Number } };
            foreach (var field in Plain) if (field.Key != "type") map[field.Key] = field.Value;
            return map;
        }
    }

    /// <summary>
    /// Proposals are numbered as they are made and sent in that order, at most Window under way. One
    /// that the gateway did not take stops the line there: either it waits and goes again with its
    /// number, or it leaves and those behind it move up. After a new line everything goes again.
    /// </summary>
    public class Proposals
    {
        const int Window = 8, WaitingMax = 256;

        readonly List<Pending> _items = new List<Pending>();
        int _sent; // how many of the items are under way on this line
        long _nextN = 1, _decidedN;

        public bool IsFull { get { return _items.Count >= WaitingMax; } }
        public long WakeAtMs { get; private set; } // 0 where nothing waits for time

        public void Add(long ticket, Map plain)
        {
            _items.Add(new Pending { Ticket = ticket, Number = _nextN++, Plain = plain });
        }

        public List<Map> Due(long nowMs)
        {
            var due = new List<Map>();
            if (WakeAtMs > nowMs) return due;
            WakeAtMs = 0;
            for (; _sent < _items.Count && _sent < Window; _sent++)
            {
                _items[_sent].HasBeenSent = true;
                due.Add(_items[_sent].Numbered("n"));
            }
            return due;
        }

        public Pending Settle(long n)
        {
            _decidedN = Math.Max(_decidedN, n);
            int at = Index(n);
            return at < 0 ? null : Take(at);
        }

        public void Wait(long n, long untilMs)
        {
            int at = Index(n);
            if (at < 0 || at >= _sent) return;
            _sent = at;
            WakeAtMs = untilMs;
        }

        public Pending GiveUp(long n)
        {
            int at = Index(n);
            if (at < 0 || at >= _sent) return null;
            var gone = Take(at);
            if (n <= _decidedN) return gone; // a repeat: its number was decided before
            _sent = at;
            Renumber(at, gone.Number);
            return gone;
        }

        public bool Abandon(long ticket)
        {
            int at = _items.FindIndex(item => item.Ticket == ticket && !item.HasBeenSent);
            if (at >= 0) Renumber(at, Take(at).Number);
            return at >= 0;
        }

        public void Restart(long decidedN, bool isRepaired)
        {
            _sent = 0;
            WakeAtMs = 0;
            _decidedN = decidedN;
            // Where the world may know less than was acked, numbers go on from what it knows.
            bool isBehind = _items.Count == 0 || _items[0].Number > decidedN + 1;
            if (isRepaired && isBehind) Renumber(0, decidedN + 1);
        }

        public List<Pending> Clear()
        {
            var items = _items.ToList();
            _items.Clear();
            _sent = 0;
            return items;
        }

        int Index(long n) { return _items.FindIndex(item => item.Number == n); }

        Pending Take(int at)
        {
            var item = _items[at];
            if (at < _sent) _sent--;
            _items.RemoveAt(at);
            return item;
        }

        void Renumber(int at, long n)
        {
            for (; at < _items.Count; at++) _items[at].Number = n++;
            _nextN = n;
        }
    }

    /// <summary>
    /// Requests by q. All but what makes a world are asked again on a new line; watched conditions
    /// are watched by a line, so they are sent again with what was last known of them.
    /// </summary>
    public class Requests
    {
        const int WaitingMax = 64;
        static readonly string[] Once = { "create", "open_class", "branch" };

        readonly List<Pending> _items = new List<Pending>();
        readonly List<string> _watchedIds = new List<string>();
        readonly Dictionary<string, Map> _watched = new Dictionary<string, Map>();
        long _nextQ = 1;

        public bool IsFull { get { return _items.Count >= WaitingMax; } }
        public long TakeQ() { return _nextQ++; }

        public void Add(long ticket, Map plain)
        {
            var id = plain.Text("id");
            if (plain.Text("type") == "watch") Watch(id, plain.Text("when"));
            if (plain.Text("type") == "unwatch") Unwatch(id);
            _items.Add(new Pending { Ticket = ticket, Number = TakeQ(), Plain = plain });
        }

        public List<Map> Due()
        {
            var ready = _items.Where(item => !item.HasBeenSent).ToList();
            foreach (var item in ready) item.HasBeenSent = true;
            return ready.Select(item => item.Numbered("q")).ToList();
        }

        public Pending Answered(long q)
        {
            var item = _items.Find(one => one.Number == q);
            _items.Remove(item);
            return item;
        }

        public Pending Refused(long q)
        {
            var item = Answered(q);
            if (item != null && item.Plain.Text("type") == "watch") Unwatch(item.Plain.Text("id"));
            return item;
        }

        public bool Abandon(long ticket)
        {
            return _items.RemoveAll(item => item.Ticket == ticket && !item.HasBeenSent) > 0;
        }

        public bool Matched(string id, bool holds)
        {
            if (!_watched.ContainsKey(id)) return false;
            _watched[id]["was"] = holds;
            return true;
        }

        /// <summary>Make ready to ask again; return what may not be asked twice, taken out.</summary>
        public List<Pending> LineDown()
        {
            var gone = _items.Where(
                item => item.HasBeenSent && Once.Contains(item.Plain.Text("type"))).ToList();
            _items.RemoveAll(gone.Contains);
            foreach (var item in _items) item.HasBeenSent = false;
            return gone;
        }

        public List<Map> Watches()
        {
            var asked = _items.Where(item => item.Plain.Text("type") == "watch")
                .Select(item => item.Plain.Text("id")).ToList();
            var again = _watchedIds.Where(id => !asked.Contains(id)).ToList();
            return again.Select(id => new Pending { Number = TakeQ(), Plain = _watched[id] }.Numbered("q"))
                .ToList();
        }

        public List<Pending> Clear()
        {
            var items = _items.ToList();
            _items.Clear();
            return items;
        }

        void Watch(string id, string when)
        {
            Unwatch(id);
            _watchedIds.Add(id);
            _watched[id] = new Map { { "type", "watch" }, { "id", id }, { "when", when }, { "was", false } };
        }

        void Unwatch(string id)
        {
            _watchedIds.Remove(id);
            _watched.Remove(id);
        }
    }
}
