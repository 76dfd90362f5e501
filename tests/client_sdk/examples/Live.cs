// Takes steps as lines of JSON, does them with the C# client, and answers each with a line; the steps
// and the answers are those of tests/web/conformance.mjs.

using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Dreamsync;

static class Live
{
    const int WaitMs = 20000;

    static readonly Dictionary<string, DreamsyncClient> Viewers = new Dictionary<string, DreamsyncClient>();
    static readonly Dictionary<string, Queue<Map>> Told = new Dictionary<string, Queue<Map>>();
    static readonly List<string> Hits = new List<string>();
    static readonly Dictionary<string, string> Watched = new Dictionary<string, string>();
    static string _url;
    static int _watches;
    static DreamsyncClient _lobby;
    static Map _world;

    public static async Task Run(string url)
    {
        _url = url;
        _lobby = await DreamsyncClient.Lobby(url);
        Answer("ready");
        string line;
        while ((line = Console.In.ReadLine()) != null)
        {
            var step = Json.ParseMap(line);
            try { Answer(await Do(step)); }
            catch (Exception error) { Answer(new Map { ["error"] = error.ToString() }); }
        }
        foreach (var viewer in Viewers.Values) viewer.Close();
        _lobby.Close();
    }

    static void Answer(object value)
    {
        Console.Out.WriteLine(value == null ? "null" : Json.Write(value));
        Console.Out.Flush();
    }

    static async Task<object> Do(Map step)
    {
        var who = step.Text("who");
        switch (step.Text("do"))
        {
            case "create":
                var fields = new Map(step.MapOf("options")) { ["pack"] = step["pack"], ["private"] = true };
                _world = await _lobby.Ask("create", fields);
                return _world.Keys.Where(key => key != "type" && key != "q").OrderBy(key => key).ToList();
            case "enter": return Seen(await Enter(who, "player", step.Text("role"), step.Text("name")));
            case "watch": return Seen(await Enter(who, "watch"));
            case "desk": return (await Enter(who, "desk")).As;
            case "see": return Seen(Viewers[who]);
            case "propose":
                var plain = new Map(step.MapOf("plain"));
                plain.Remove("type");
                var outcome = await Viewers[who].Propose(step.MapOf("plain").Text("type"), plain);
                return new Map { ["ok"] = outcome["ok"], ["code"] = outcome["code"],
                    ["text"] = outcome.Text("text"), ["args"] = outcome.MapOf("args") };
            case "why":
                var why = (await Viewers[who].Ask("why", new Map { ["beat"] = step["beat"] })).MapOf("why");
                return new List<object> { why["code"], why.Each("leaves").Select(
                    leaf => new List<object> { leaf["text"], leaf["holds"] }).ToList() };
            case "when":
                var id = "w" + ++_watches;
                Watched[id] = step.Text("condition");
                await Viewers[who].Ask("watch", new Map { ["id"] = id, ["when"] = step["condition"] });
                return null;
            case "unwatch":
                if (Watched.Count == 0) return new List<object> { "UsageError", "unknown_handler" };
                var names = Watched.Keys.ToList();
                Watched.Clear();
                foreach (var name in names) await Viewers[who].Ask("unwatch", new Map { ["id"] = name });
                return null;
            case "hits":
                await Until(() => Drained() && Hits.Count >= step.Whole("count"));
                return Hits;
            case "people":
                var people = (await Viewers[who].Ask("people")).Each("people");
                return people.Select(one => new List<object> { one["name"], one["as"], one.Text("role") }).ToList();
            case "events": return await Events(who, step.Text("until"));
            case "refused":
                try { await Enter("nobody", "player", step.Text("role")); }
                catch (DreamsyncException error) { return new List<object> { "RefusedError", error.Code }; }
                return "entered";
            case "past": return await Past(Viewers[who]);
            case "leave":
                await Viewers[who].Leave();
                return Viewers[who].IsOver;
            default: throw new Exception("no such step");
        }
    }

    static async Task<DreamsyncClient> Enter(string who, string kind, string role = null, string name = null)
    {
        var entry = new Map { ["world"] = _world["world"], ["as"] = kind };
        if (role != null) entry["role"] = role;
        if (!string.IsNullOrEmpty(name)) entry["name"] = name;
        entry[kind == "desk" ? "token" : "invite"] = _world[kind == "desk" ? "desk_token" : "invite"];
        var viewer = await DreamsyncClient.Enter(_url, entry);
        Viewers[who] = viewer;
        Told[who] = new Queue<Map>();
        return viewer;
    }

    static object Seen(DreamsyncClient viewer)
    {
        var hidden = new Regex("^(clock|choice)\\.|scribed");
        var facts = viewer.Facts.Where(fact => !hidden.IsMatch(fact.Key) && !(viewer.SentFacts.Get(fact.Key) is Map));
        return new Map {
            ["role"] = viewer.Role, ["seat"] = viewer.Seat, ["mismatches"] = viewer.Mismatches,
            ["facts"] = facts.OrderBy(fact => fact.Key, StringComparer.Ordinal)
                .Select(fact => new List<object> { fact.Key, fact.Value }).ToList(),
            ["offers"] = viewer.Actions.Select(offer => new List<object> {
                offer["id"], offer.Flag("is_ready", true), offer.Text("code", "ok") }).ToList(),
            ["choices"] = viewer.Choices.Select(choice => choice.Text("id")).ToList(),
            ["resets"] = viewer.Resets };
    }

    static async Task<object> Events(string who, string until)
    {
        var read = new List<object>();
        await Until(() =>
        {
            Drained();
            while (Told[who].Count > 0)
            {
                var one = Told[who].Dequeue();
                read.Add(new List<object> { one["kind"], one.Text("who"), one.Text("text"), one.Text("reach", "all") });
                if (one.Text("text") == until) return true;
            }
            return Viewers[who].IsOver;
        });
        return read;
    }

    static async Task<object> Past(DreamsyncClient desk)
    {
        var marks = new List<Map>();
        for (var page = new Map { ["next"] = 0L }; page.Has("next");)
        {
            page = (await desk.Ask("history", new Map { ["after"] = page["next"] })).MapOf("history");
            marks.AddRange(page.Each("marks").Where(mark => mark.Text("by") != "director"));
        }
        var joined = marks.Where(mark => mark.Text("kind") == "join").ElementAt(1);
        var seq = joined["seq"];
        var look = (await desk.Ask("look", new Map { ["seq"] = seq, ["eyes"] = "ben" })).MapOf("look");
        var made = await desk.Ask("branch", new Map { ["seq"] = seq, ["title"] = "What if?" });
        var erased = await desk.Ask("erase", new Map { ["session"] = joined["session"], ["why"] = "asked" });
        var keys = new[] { "kind", "by", "what", "title", "name", "why" };
        return new List<object> {
            marks.Select(mark => keys.Select(key => mark.Text(key)).ToList()).ToList(),
            new List<object> { look["eyes"],
                look.MapOf("facts").Keys.OrderBy(key => key, StringComparer.Ordinal).ToList(),
                look.Each("lines").Select(line => line.Text("text")).ToList() },
            made.Keys.OrderBy(key => key).ToList(), erased["erased"] };
    }

    static bool Drained()
    {
        foreach (var viewer in Viewers)
        {
            Map notice;
            while (viewer.Value.TryNext(out notice))
            {
                if (notice.Text("kind") == "happened") Told[viewer.Key].Enqueue(notice.MapOf("event"));
                if (notice.Text("kind") == "jumped")
                    Told[viewer.Key].Enqueue(new Map { ["kind"] = "reset", ["text"] = string.Join("\n",
                        notice.ListOf("recap").Cast<string>()) });
                string condition;
                if (notice.Text("kind") == "matched" && notice.MapOf("hit").Flag("holds")
                    && Watched.TryGetValue(notice.MapOf("hit").Text("id"), out condition)) Hits.Add(condition);
            }
        }
        return true;
    }

    static async Task Until(Func<bool> isSo)
    {
        var limit = DateTime.UtcNow.AddMilliseconds(WaitMs);
        while (!isSo())
        {
            if (DateTime.UtcNow > limit) throw new Exception("it was not so in time");
            await Task.Delay(5);
        }
    }
}

static class Program
{
    static int Main(string[] args)
    {
        try
        {
            if (args[0] == "vectors") Vectors.Run(args[1]);
            else Live.Run(args[1]).GetAwaiter().GetResult();
            return 0;
        }
        catch (Exception error)
        {
            Console.Error.WriteLine(error);
            return 1;
        }
    }
}
