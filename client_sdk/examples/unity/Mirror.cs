// What one viewer sees of a world, kept by applying what the server sends. No I/O, no clock.

using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Text;

namespace Dreamsync
{
    /// <summary>How a drifting fact reads at a moment: whole numbers, the same in every language.</summary>
    public static class Drift
    {
        public const long Unit = 3600000; // fine units a whole one has: one hour in milliseconds

        public static long FineAt(Map drift, long worldMs)
        {
            long fine = drift.Whole("fine"), rate = drift.Whole("rate");
            long elapsedMs = worldMs - drift.Whole("since");
            if (rate == 0 || elapsedMs <= 0) return fine;
            long end = drift.Whole(rate > 0 ? "high" : "low") * Unit;
            long toEndMs = (Math.Abs(end - fine) + Math.Abs(rate) - 1) / Math.Abs(rate);
            return elapsedMs >= toEndMs ? end : fine + rate * elapsedMs;
        }

        /// <summary>The whole value: a falling one is rounded up, all others down.</summary>
        public static long ValueAt(Map drift, long worldMs)
        {
            long fine = FineAt(drift, worldMs);
            return drift.Whole("rate") < 0 ? -FloorDivide(-fine, Unit) : FloorDivide(fine, Unit);
        }

        static long FloorDivide(long a, long b) { return (a - (a % b + b) % b) / b; }
    }

    /// <summary>The digest of a view: the sum, modulo 2^64, of one hash a fact.</summary>
    public static class Digest
    {
        public static ulong HashFact(string name, object value)
        {
            var map = value as Map;
            if (map != null && map.Has("rate"))
                value = new List<object> { map["fine"], map["rate"], map["since"] };
            else if (map != null)
                value = new List<object> { map["ref"], map["digest"] };
            var bytes = Encoding.UTF8.GetBytes(Json.Write(new List<object> { name, value }));
            using (var sha = SHA256.Create())
                return sha.ComputeHash(bytes).Take(8).Aggregate(0UL, (sum, one) => sum << 8 | one);
        }
    }

    /// <summary>One viewer's view. Times nowMs are of the caller's own clock that never steps.</summary>
    public class Mirror
    {
        const long AheadSMax = 2; // how far reckoned world time may run ahead before it is set back

        public Map World, Names;
        public string As, Role, Seat;
        public long[] Position;
        public bool Running;
        public Map Facts; // as they were sent; Read gives them as of now
        public List<Map> Choices;

        long _speed, _anchorMs, _anchorAtMs;
        ulong _digest;
        long[] _lastEvent = { -1, -1 };
        long[] _beforeTail; // where to resume while a tail still comes in further views
        readonly Dictionary<string, Map> _offers = new Dictionary<string, Map>();

        public Mirror(Map whole, long nowMs) { Replace(whole, nowMs); }

        /// <summary>From where to resume: behind all that was taken in whole.</summary>
        public long[] ResumePosition { get { return _beforeTail ?? Position; } }
        public string DigestHex { get { return _digest.ToString("x16"); } }

        /// <summary>Take a whole view; return whether its digest is that of its facts.</summary>
        public bool Replace(Map whole, long nowMs)
        {
            // Of a tail that is still to come in further views nothing counts as had.
            bool isCut = whole.Flag("resumed") && whole.Flag("more") && Position != null;
            _beforeTail = isCut ? ResumePosition : null;
            World = whole.MapOf("world");
            As = whole.Text("as");
            Role = whole.Text("role");
            Seat = whole.Text("seat");
            Position = Pair(whole["position"]);
            _speed = whole.Whole("speed");
            Running = whole.Flag("running");
            Facts = new Map(whole.MapOf("facts"));
            _offers.Clear();
            foreach (var offer in whole.Each("actions")) _offers[offer.Text("id")] = offer;
            Choices = whole.Each("choices").ToList();
            Names = new Map { { "roles", new Map() }, { "things", new Map() },
                { "scenes", new Map() }, { "facts", new Map() } };
            Learn(whole.MapOf("cards"));
            _digest = 0;
            foreach (var fact in Facts) unchecked { _digest += Digest.HashFact(fact.Key, fact.Value); }
            _anchorMs = whole.Whole("ms");
            _anchorAtMs = nowMs;
            return DigestHex == whole.Text("digest");
        }

        /// <summary>Apply a view; return whether the digests agree after it.</summary>
        public bool Change(Map view, long nowMs)
        {
            if (!view.Flag("more")) _beforeTail = null;
            foreach (string name in view.ListOf("gone")) Forget(name);
            foreach (var change in view.MapOf("changes"))
            {
                Forget(change.Key);
                Facts[change.Key] = change.Value;
                unchecked { _digest += Digest.HashFact(change.Key, change.Value); }
            }
            foreach (string action in view.ListOf("withdrawn")) _offers.Remove(action);
            foreach (var offer in view.Each("actions")) _offers[offer.Text("id")] = offer;
            if (view.Has("choices")) Choices = view.Each("choices").ToList();
            Learn(view.MapOf("cards"));
            Role = view.Text("role", Role);
            Seat = view.Text("seat", Seat);
            Reach(view, nowMs);
            return DigestHex == view.Text("digest");
        }

        /// <summary>Take note that nothing was seen up to a position.</summary>
        public void PassOver(Map quiet, long nowMs) { Reach(quiet, nowMs); }

        /// <summary>Return the events that were not seen before, and take them as seen.</summary>
        public List<Map> NewEvents(Map view)
        {
            var fresh = new List<Map>();
            foreach (var happened in view.Each("events"))
            {
                var at = Pair(happened["at"]);
                bool isAfter = at[0] > _lastEvent[0] || at[0] == _lastEvent[0] && at[1] > _lastEvent[1];
                if (!isAfter) continue;
                _lastEvent = at;
                fresh.Add(happened);
            }
            return fresh;
        }

        /// <summary>The new events of a whole view; where it does not go on, all of them are.</summary>
        public List<Map> FirstEvents(Map whole)
        {
            if (whole.Flag("resumed")) return NewEvents(whole);
            _lastEvent = new[] { Pair(whole["position"])[1], long.MaxValue };
            return whole.Each("events").ToList();
        }

        /// <summary>World time in ms, reckoned from the last frame; it stands while paused.</summary>
        public long WorldMs(long nowMs)
        {
            return Running ? _anchorMs + Math.Max(0, nowMs - _anchorAtMs) * _speed / 1000 : _anchorMs;
        }

        /// <summary>A fact as it is now: bool, long, string or list; null where it is not seen.</summary>
        public object Read(string name, long nowMs)
        {
            var value = Facts.Get(name);
            var map = value as Map;
            if (map == null) return value;
            return map.Has("rate") ? (object)Drift.ValueAt(map, WorldMs(nowMs)) : map.Text("text");
        }

        /// <summary>What may be done, in the authors' order; a cooldown that is over is ready.</summary>
        public List<Map> Offers(long nowMs)
        {
            long worldMs = WorldMs(nowMs);
            var ranked = _offers.Values.OrderBy(offer => offer.Whole("rank"))
                .ThenBy(offer => offer.Text("id"), StringComparer.Ordinal);
            return ranked.Select(offer => Cooled(offer, worldMs)).ToList();
        }

        static Map Cooled(Map offer, long worldMs)
        {
            bool isOver = offer.Text("code") == "cooldown" && offer.Has("ready_ms")
                && offer.Whole("ready_ms") <= worldMs;
            return isOver ? new Map(offer) { ["is_ready"] = true, ["code"] = "ok", ["why"] = "" } : offer;
        }

        void Learn(Map cards)
        {
            foreach (var sort in cards)
                foreach (var card in (Map)sort.Value) Names.MapOf(sort.Key)[card.Key] = card.Value;
        }

        void Forget(string name)
        {
            object old;
            if (!Facts.TryGetValue(name, out old)) return;
            Facts.Remove(name);
            unchecked { _digest -= Digest.HashFact(name, old); }
        }

        void Reach(Map view, long nowMs)
        {
            // The least delayed frame knows the time best.
            long reckonedMs = WorldMs(nowMs), ms = view.Whole("ms");
            Running = view.Flag("running", Running);
            bool isNear = ms <= reckonedMs && reckonedMs <= ms + AheadSMax * _speed;
            _anchorMs = isNear && Running ? reckonedMs : ms;
            _anchorAtMs = nowMs;
            Position = Pair(view["pos"]);
        }

        static long[] Pair(object value)
        {
            var list = (List<object>)value;
            return new[] { (long)list[0], (long)list[1] };
        }
    }
}
