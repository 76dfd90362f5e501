// The shared vectors, read by the C# client. Arguments: the folder of the vectors.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Dreamsync;

static class Vectors
{
    public static void Run(string folder)
    {
        Drifts(Read(folder, "drift.json"));
        Digests(Read(folder, "digest.json"));
        int count = Directory.GetFiles(Path.Combine(folder, "protocol"), "*.json").Count(file => Message(file));
        Console.WriteLine("messages " + count);
        int steps = 0;
        foreach (var scene in Read(folder, "session.json").Each("all")) steps += Scene(scene);
        Console.WriteLine("steps " + steps);
    }

    static Map Read(string folder, string name)
    {
        var text = File.ReadAllText(Path.Combine(folder, name));
        return Json.ParseMap(text.TrimStart()[0] == '[' ? "{\"all\":" + text + "}" : text);
    }

    static void Drifts(Map file)
    {
        int count = 0;
        foreach (var line in file.Each("all"))
        {
            var drift = new Map(line) { ["since"] = line["since_ms"] };
            foreach (List<object> at in line.ListOf("at"))
            {
                Same(at[1], Drift.FineAt(drift, (long)at[0]), "fine");
                Same(at[2], Drift.ValueAt(drift, (long)at[0]), "value");
                count++;
            }
        }
        Console.WriteLine("drifts " + count);
    }

    static void Digests(Map file)
    {
        var facts = file.Each("facts").ToList();
        foreach (var fact in facts)
            Same(fact["hash"], Digest.HashFact(fact.Text("name"), fact["value"]).ToString("x16"), fact.Text("name"));
        foreach (var sum in file.Each("sums"))
        {
            ulong total = 0;
            foreach (long at in sum.ListOf("of"))
                unchecked { total += Digest.HashFact(facts[(int)at].Text("name"), facts[(int)at]["value"]); }
            Same(sum["digest"], total.ToString("x16"), "sum");
        }
        Console.WriteLine("facts " + facts.Count);
    }

    // Every message of either side is read and written without a loss.
    static bool Message(string file)
    {
        var plain = Json.ParseMap(File.ReadAllText(file)).MapOf("json");
        Same(plain, Json.ParseMap(Json.Write(plain)), file);
        if (plain.Text("type") == "entered" || plain.Text("type") == "reset")
            Same(plain["digest"], new Mirror(plain, 0).DigestHex, file);
        return plain.Has("type");
    }

    static int Scene(Map scene)
    {
        var entry = scene.Has("entry") ? scene.MapOf("entry") : null;
        var session = new ClientSession("test", "en", null, entry);
        int count = 0;
        foreach (var step in scene.Each("steps"))
            Same(step.Get("gives"), Do(session, step), scene.Text("scene") + ", step " + count++);
        return count;
    }

    static object Do(ClientSession session, Map step)
    {
        var args = step.ListOf("args");
        try
        {
            switch (step.Text("call"))
            {
                case "propose": return session.Propose((Map)args[0]);
                case "ask": return session.Ask((Map)args[0]);
                case "abandon": return session.Abandon((long)args[0]);
                case "pose": session.Pose((long)args[0], (long)args[1], (long)args[2]); return null;
                case "line_up": session.LineUp(); return null;
                case "line_down": session.LineDown((long)args[0]); return null;
                case "outgoing": return session.Outgoing((long)args[0]).Cast<object>().ToList();
                case "received": session.Received((Map)args[0], (long)args[1]); return null;
                case "notices": return session.Notices().Select(Plain).ToList();
                case "seen": return Seen(session, (long)args[0]);
                default: throw new Exception("no such step: " + step.Text("call"));
            }
        }
        catch (DreamsyncException error) { return new Map { ["error"] = error.Code }; }
    }

    static object Plain(Map notice)
    {
        var plain = new Map { ["kind"] = notice["kind"] };
        foreach (var key in new[] { "ticket", "retry_ms", "why", "recap", "is_first" })
            if (notice.Has(key)) plain[key] = notice[key];
        var error = notice.Get("error") as DreamsyncException;
        if (notice.Has("error")) plain["code"] = error == null ? "" : error.Code;
        if (notice.Has("outcome")) plain["code"] = notice.MapOf("outcome")["code"];
        if (notice.Has("answer")) plain["type"] = notice.MapOf("answer")["type"];
        if (notice.Has("change")) plain["ok"] = notice.MapOf("change")["ok"];
        Copy(notice.MapOf("event"), plain, "at", "text");
        Copy(notice.MapOf("poses"), plain, "scene", "poses");
        Copy(notice.MapOf("hit"), plain, "id", "holds");
        return plain;
    }

    static void Copy(Map from, Map to, params string[] keys)
    {
        foreach (var key in keys) if (from.Has(key)) to[key] = from[key];
    }

    static Map Seen(ClientSession session, long nowMs)
    {
        var mirror = session.Mirror;
        var facts = new Map();
        foreach (var fact in mirror.Facts) facts[fact.Key] = mirror.Read(fact.Key, nowMs);
        var names = new[] { "roles", "things", "scenes" }.SelectMany(sort => mirror.Names.MapOf(sort).Keys).ToList();
        names.Sort(StringComparer.Ordinal);
        return new Map {
            ["state"] = session.State.ToString().ToLowerInvariant(), ["id"] = session.Id, ["role"] = mirror.Role,
            ["position"] = mirror.Position, ["resume_position"] = mirror.ResumePosition,
            ["digest"] = mirror.DigestHex, ["running"] = mirror.Running, ["world_ms"] = mirror.WorldMs(nowMs),
            ["facts"] = facts, ["choices"] = mirror.Choices.Select(one => one.Text("id")).ToList(),
            ["offers"] = mirror.Offers(nowMs).Select(one => new List<object> {
                one["id"], one.Flag("is_ready", true), one.Text("code", "ok") }).ToList(),
            ["names"] = names, ["resets"] = session.Resets, ["mismatches"] = session.Mismatches,
            ["wake_at_ms"] = session.WakeAtMs };
    }

    static void Same(object wanted, object got, string where)
    {
        string a = Sorted(wanted), b = Sorted(got);
        if (a != b) throw new Exception(where + "\n  wanted " + a + "\n  got    " + b);
    }

    // JSON with its keys in order.
    static string Sorted(object value)
    {
        if (value == null) return "null";
        if (!(value is Map)) return value is System.Collections.IEnumerable && !(value is string)
            ? "[" + string.Join(",", ((System.Collections.IEnumerable)value).Cast<object>().Select(Sorted)) + "]"
            : Json.Write(value);
        var pairs = ((Map)value).OrderBy(pair => pair.Key, StringComparer.Ordinal);
        return "{" + string.Join(",", pairs.Select(pair => pair.Key + ":" + Sorted(pair.Value))) + "}";
    }
}
