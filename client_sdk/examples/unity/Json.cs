// Messages as plain values: Map, List<object>, string, long, bool. Nothing else is on the wire.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Dreamsync
{
    /// <summary>A map of a message, with typed ways to read it; what is missing is empty.</summary>
    public class Map : Dictionary<string, object>
    {
        public Map() { }
        public Map(IDictionary<string, object> other) : base(other) { }

        public bool Has(string key) { return ContainsKey(key); }
        public object Get(string key) { object value; return TryGetValue(key, out value) ? value : null; }
        public string Text(string key, string other = "") { return Get(key) as string ?? other; }
        public long Whole(string key, long other = 0) { return Has(key) ? (long)this[key] : other; }
        public bool Flag(string key, bool other = false) { return Has(key) ? (bool)this[key] : other; }
        public Map MapOf(string key) { return Get(key) as Map ?? new Map(); }
        public List<object> ListOf(string key) { return Get(key) as List<object> ?? new List<object>(); }

        /// <summary>The maps of a list, such as events or offers.</summary>
        public IEnumerable<Map> Each(string key)
        {
            foreach (var item in ListOf(key)) yield return (Map)item;
        }
    }

    /// <summary>What cannot be done, and why. Code and Text are the server's, or the client's own.</summary>
    public class DreamsyncException : Exception
    {
        static readonly HashSet<string> PassesByItself = new HashSet<string> {
            "gap", "rate", "busy", "store_unavailable", "starting", "slow_down" };

        public readonly string Code;
        public readonly string Text;
        public readonly long RetryMs;

        public DreamsyncException(string code, string text, long retryMs = 0) : base(text + " (" + code + ")")
        {
            Code = code;
            Text = text;
            RetryMs = retryMs;
        }

        /// <summary>Whether the same may be sent again after a while.</summary>
        public bool MayBeRetried { get { return PassesByItself.Contains(Code); } }
    }

    /// <summary>JSON of the wire: no null, no fractions. Written as JSON.stringify writes it.</summary>
    public static class Json
    {
        const int NestingMax = 16;

        public static Map ParseMap(string text)
        {
            int at = 0;
            var value = Value(text, ref at, 0) as Map;
            Space(text, ref at);
            if (value == null || at != text.Length) throw Bad();
            return value;
        }

        public static string Write(object value)
        {
            var made = new StringBuilder();
            Write(made, value);
            return made.ToString();
        }

        static void Write(StringBuilder made, object value)
        {
            if (value is bool) made.Append((bool)value ? "true" : "false");
            else if (value is int || value is long)
                made.Append(Convert.ToInt64(value).ToString(CultureInfo.InvariantCulture));
            else if (value is string) WriteText(made, (string)value);
            else if (value is Map) WriteMap(made, (Map)value);
            else if (value is System.Collections.IEnumerable) WriteList(made, (System.Collections.IEnumerable)value);
            else throw new DreamsyncException("bad_message", "Only text, whole numbers, yes and no can be sent.");
        }

        static void WriteMap(StringBuilder made, Map map)
        {
            var sign = "{";
            foreach (var pair in map)
            {
                made.Append(sign);
                WriteText(made, pair.Key);
                made.Append(':');
                Write(made, pair.Value);
                sign = ",";
            }
            made.Append(map.Count == 0 ? "{}" : "}");
        }

        static void WriteList(StringBuilder made, System.Collections.IEnumerable list)
        {
            var sign = "";
            made.Append('[');
            foreach (var item in list)
            {
                made.Append(sign);
                Write(made, item);
                sign = ",";
            }
            made.Append(']');
        }

        static void WriteText(StringBuilder made, string text)
        {
            made.Append('"');
            foreach (var c in text)
            {
                int known = "\b\t\n\f\r\"\\".IndexOf(c);
                if (known >= 0) made.Append('\\').Append("btnfr\"\\"[known]);
                else if (c < ' ') made.Append("\\u").Append(((int)c).ToString("x4"));
                else made.Append(c);
            }
            made.Append('"');
        }

        static object Value(string text, ref int at, int depth)
        {
            Space(text, ref at);
            if (at >= text.Length || depth > NestingMax) throw Bad();
            switch (text[at])
            {
                case '{': return ReadMap(text, ref at, depth);
                case '[': return ReadList(text, ref at, depth);
                case '"': return ReadText(text, ref at);
                case 't': Word(text, ref at, "true"); return true;
                case 'f': Word(text, ref at, "false"); return false;
                default: return ReadWhole(text, ref at);
            }
        }

        static Map ReadMap(string text, ref int at, int depth)
        {
            var map = new Map();
            at++;
            while (!Ends(text, ref at, '}', map.Count == 0))
            {
                Space(text, ref at);
                if (at >= text.Length || text[at] != '"') throw Bad();
                var key = ReadText(text, ref at);
                Space(text, ref at);
                Word(text, ref at, ":");
                map[key] = Value(text, ref at, depth + 1);
            }
            return map;
        }

        static List<object> ReadList(string text, ref int at, int depth)
        {
            var list = new List<object>();
            at++;
            while (!Ends(text, ref at, ']', list.Count == 0)) list.Add(Value(text, ref at, depth + 1));
            return list;
        }

        // Whether a map or list ends here; else takes the comma before its next item.
        static bool Ends(string text, ref int at, char end, bool isFirst)
        {
            Space(text, ref at);
            if (at >= text.Length) throw Bad();
            if (text[at] == end) { at++; return true; }
            if (!isFirst) Word(text, ref at, ",");
            return false;
        }

        static string ReadText(string text, ref int at)
        {
            var made = new StringBuilder();
            for (at++; at < text.Length && text[at] != '"'; at++)
            {
                if (text[at] != '\\') { made.Append(text[at]); continue; }
                if (++at >= text.Length) throw Bad();
                int known = "btnfr\"\\/".IndexOf(text[at]);
                if (known >= 0) made.Append("\b\t\n\f\r\"\\/"[known]);
                else if (text[at] == 'u' && at + 4 < text.Length)
                {
                    int unit;
                    var hex = text.Substring(at + 1, 4);
                    if (!int.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out unit))
                        throw Bad();
                    made.Append((char)unit);
                    at += 4;
                }
                else throw Bad();
            }
            if (at++ >= text.Length) throw Bad();
            return made.ToString();
        }

        static object ReadWhole(string text, ref int at)
        {
            int from = at;
            while (at < text.Length && (text[at] == '-' || char.IsDigit(text[at]))) at++;
            long value;
            var digits = text.Substring(from, at - from);
            if (!long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value))
                throw Bad();
            return value;
        }

        static void Word(string text, ref int at, string word)
        {
            if (string.CompareOrdinal(text, at, word, 0, word.Length) != 0) throw Bad();
            at += word.Length;
        }

        static void Space(string text, ref int at)
        {
            while (at < text.Length && " \t\r\n".IndexOf(text[at]) >= 0) at++;
        }

        static DreamsyncException Bad() { return new DreamsyncException("bad_message", "The frame is not JSON."); }
    }
}
