// A program's way to a server: one session over ClientWebSocket, which comes back when a line is lost.
//
//   var leo = await DreamsyncClient.Enter("ws://127.0.0.1:8765",
//       new Map { ["world"] = id, ["as"] = "player", ["role"] = "leo", ["invite"] = invite });
//   var outcome = await leo.Act("talk", new Map { ["words"] = "now?" });
//   Map notice;
//   while (leo.TryNext(out notice)) { … }   // each frame, on your own thread

using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;

namespace Dreamsync
{
    /// <summary>
    /// One session, or the lobby. Everything may be called from any thread.
    ///
    /// TryNext hands out what there is to tell, in order: maps with `kind`. happened {event};
    /// changed; posed {poses}; jumped {why, recap}: events may be missing here; matched {hit};
    /// live; away {why}: the line is lost and will be taken up again; over {error}; pack {change}.
    /// </summary>
    public partial class DreamsyncClient
    {
        const string Path = "/dream", Name = "dreamsync-csharp/0.1.0";
        const int AnswerMs = 30000, NoticesMax = 4096;

        readonly object _gate = new object();
        readonly Uri _url;
        readonly ClientSession _session;
        readonly Queue<Map> _news = new Queue<Map>();
        readonly Dictionary<long, TaskCompletionSource<Map>> _waiting =
            new Dictionary<long, TaskCompletionSource<Map>>();
        readonly TaskCompletionSource<bool> _opened = NewSource<bool>();
        readonly SemaphoreSlim _wake = new SemaphoreSlim(0, 1);
        readonly CancellationTokenSource _stop = new CancellationTokenSource();
        readonly Stopwatch _clock = Stopwatch.StartNew();
        Map _broken, _poses = new Map();

        DreamsyncClient(string url, string lang, string token, Map entry)
        {
            _url = SocketUrl(url);
            _session = new ClientSession(Name, lang, token, entry);
        }

        /// <summary>Reach a server without entering a world, to ask for `create`, `list`, `card` …</summary>
        public static Task<DreamsyncClient> Lobby(string url, string lang = "en", string token = null)
        {
            return Open(new DreamsyncClient(url, lang, token, null));
        }

        /// <summary>
        /// Enter a world. `entry`: world, as (player, watch, desk, script), and role, name, invite,
        /// token where wanted. Nothing is tried again the first time.
        /// </summary>
        public static Task<DreamsyncClient> Enter(string url, Map entry, string lang = "en",
            string token = null)
        {
            return Open(new DreamsyncClient(url, lang, token, entry));
        }

        static async Task<DreamsyncClient> Open(DreamsyncClient client)
        {
            _ = Task.Run(client.Run);
            var limit = Task.Delay(OpenMs + EnterMs);
            if (await Task.WhenAny(client._opened.Task, limit) == limit)
                client.Close();
            await client._opened.Task;
            return client;
        }

        // What may be asked and proposed. Each throws DreamsyncException where nothing came of it.

        /// <summary>Propose something; the outcome is a map: ok, code, text, pos, args.</summary>
        public Task<Map> Propose(string type, Map fields = null)
        {
            return Wait(() => _session.Propose(Plain(type, fields)));
        }

        /// <summary>Ask for something; the answer is the server's message.</summary>
        public Task<Map> Ask(string type, Map fields = null)
        {
            return Wait(() => _session.Ask(Plain(type, fields)));
        }

        public Task<Map> Act(string action, Map parameters = null)
        {
            return Propose("act", new Map { ["action"] = action, ["params"] = parameters ?? new Map() });
        }

        public Task<Map> Choose(string choice, string option)
        {
            return Propose("choose", new Map { ["choice"] = choice, ["option"] = option });
        }

        public Task<Map> Claim(string role) { return Propose("claim", new Map { ["role"] = role }); }
        public Task<Map> Release() { return Propose("release"); }
        public Task<Map> Pause(string why = "") { return Propose("pause", new Map { ["why"] = why }); }
        public Task<Map> Unpause() { return Propose("unpause"); }

        /// <summary>Say where the avatar stands: hundredths of a step, and degrees. Latest wins.</summary>
        public void Pose(int x, int y, int facing)
        {
            lock (_gate) _session.Pose(x, y, facing);
            Wake();
        }

        /// <summary>Leave the world for good, and close.</summary>
        public async Task Leave()
        {
            try { await Propose("leave"); }
            catch (DreamsyncException) { } // whatever ends it first: that it is over was wanted
            Close();
        }

        /// <summary>Close the line without leaving: the seat is kept for a while.</summary>
        public void Close()
        {
            lock (_gate) _session.End(null);
            Flush();
            _stop.Cancel();
        }

        /// <summary>Tear the line, as a network does; the session goes on by itself. To try it out.</summary>
        public void Cut() { lock (_gate) _line.Cancel(); }

        // What is seen.

        public bool TryNext(out Map notice)
        {
            lock (_gate)
            {
                notice = _news.Count > 0 ? _news.Dequeue() : null;
                return notice != null;
            }
        }

        /// <summary>A fact as it is now: bool, long, string or list; null where it is not seen.</summary>
        public object Fact(string name) { return See((mirror, ms) => mirror.Read(name, ms)); }
        public Map Facts
        {
            get
            {
                return See((mirror, ms) =>
                {
                    var facts = new Map();
                    foreach (var fact in mirror.Facts) facts[fact.Key] = mirror.Read(fact.Key, ms);
                    return facts;
                });
            }
        }

        /// <summary>The facts as they were sent: a moving one with its rate, a person's text with its ref.</summary>
        public Map SentFacts { get { return See((mirror, ms) => new Map(mirror.Facts)); } }

        /// <summary>What one's role may do: id, label, is_ready, why, params …</summary>
        public List<Map> Actions { get { return See((mirror, ms) => mirror.Offers(ms)) ?? new List<Map>(); } }
        public List<Map> Choices { get { return See((mirror, ms) => mirror.Choices) ?? new List<Map>(); } }
        public Map Names { get { return See((mirror, ms) => mirror.Names) ?? new Map(); } }
        public string Role { get { return See((mirror, ms) => mirror.Role) ?? ""; } }
        public string Seat { get { return See((mirror, ms) => mirror.Seat) ?? ""; } }
        public string As { get { return See((mirror, ms) => mirror.As) ?? ""; } }
        public string Digest { get { return See((mirror, ms) => mirror.DigestHex) ?? ""; } }
        public long WorldMs { get { return See((mirror, ms) => mirror.WorldMs(ms)); } }
        public bool IsRunning { get { return See((mirror, ms) => mirror.Running); } }
        /// <summary>Who stands where: {scene, poses: [[seat, x, y, facing], …]}.</summary>
        public Map Poses { get { lock (_gate) return _poses; } }
        public bool IsLive { get { lock (_gate) return _session.State == State.Live; } }
        public bool IsOver { get { lock (_gate) return _session.State == State.Over; } }
        public int Resets { get { lock (_gate) return _session.Resets; } }
        public int Mismatches { get { lock (_gate) return _session.Mismatches; } }

        T See<T>(Func<Mirror, long, T> read)
        {
            lock (_gate) return _session.Mirror == null ? default(T) : read(_session.Mirror, NowMs);
        }

        // Waiting for what was asked.

        async Task<Map> Wait(Func<long> take)
        {
            var source = NewSource<Map>();
            long ticket;
            lock (_gate)
            {
                ticket = take();
                _waiting[ticket] = source;
            }
            Wake();
            var limit = Task.Delay(AnswerMs);
            if (await Task.WhenAny(source.Task, limit) == limit) GiveUp(ticket, source);
            return await source.Task;
        }

        void GiveUp(long ticket, TaskCompletionSource<Map> source)
        {
            bool wasSent;
            lock (_gate)
            {
                _waiting.Remove(ticket);
                wasSent = !_session.Abandon(ticket);
            }
            var text = wasSent ? "It was sent, but no answer came in time." : "It could not be sent in time.";
            source.TrySetException(new DreamsyncException("timeout", text));
        }

        void End(DreamsyncException error)
        {
            lock (_gate) _session.End(error);
            Flush();
        }

        // Hand out what the session has to tell.
        void Flush()
        {
            lock (_gate) foreach (var notice in _session.Notices()) Note(notice);
        }

        void Note(Map notice)
        {
            TaskCompletionSource<Map> waiting = null;
            if (notice.Has("ticket") && _waiting.TryGetValue(notice.Whole("ticket"), out waiting))
                _waiting.Remove(notice.Whole("ticket"));
            switch (notice.Text("kind"))
            {
                case "settled": if (waiting != null) waiting.TrySetResult(notice.MapOf("outcome")); return;
                case "replied": if (waiting != null) waiting.TrySetResult(notice.MapOf("answer")); return;
                case "failed":
                    if (waiting != null) waiting.TrySetException((DreamsyncException)notice["error"]);
                    return;
                case "broken": _broken = notice; return;
                case "posed": _poses = notice.MapOf("poses"); break;
                case "live":
                    _liveAtMs = NowMs;
                    _opened.TrySetResult(true);
                    break;
                case "over":
                    var late = new DreamsyncException("timeout", "The session did not stand in time.");
                    _opened.TrySetException(notice.Get("error") as DreamsyncException ?? late);
                    break;
            }
            Keep(notice);
        }

        void Keep(Map notice)
        {
            if (_news.Count >= NoticesMax) _news.Dequeue(); // nobody reads them: the oldest go
            _news.Enqueue(notice);
        }

        void Wake()
        {
            try { _wake.Release(); }
            catch (SemaphoreFullException) { } // it is awake already
        }

        long NowMs { get { return _clock.ElapsedMilliseconds; } }

        static Map Plain(string type, Map fields)
        {
            var plain = new Map { ["type"] = type };
            foreach (var field in fields ?? new Map()) if (field.Value != null) plain[field.Key] = field.Value;
            return plain;
        }

        // Continuations run elsewhere: never while the lock is held.
        static TaskCompletionSource<T> NewSource<T>()
        {
            return new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        static Uri SocketUrl(string url)
        {
            Uri given;
            var full = url.StartsWith("http") ? "ws" + url.Substring(4) : url;
            if (!full.Contains("://")) full = "ws://" + full;
            if (!Uri.TryCreate(full, UriKind.Absolute, out given))
                throw new DreamsyncException("bad_address", url + " is no address: ws://127.0.0.1:8765 is one.");
            return given.AbsolutePath == "/" ? new Uri(given, Path) : given;
        }
    }
}
