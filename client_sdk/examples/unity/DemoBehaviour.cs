// A scene to begin with: put it on an empty object, fill in the address, and play by its buttons.

using System.Collections.Generic;
using System.Linq;
using UnityEngine;

namespace Dreamsync
{
    public class DemoBehaviour : MonoBehaviour
    {
        const int LinesMax = 12;
        const float SpeedASecond = 300f; // hundredths of a step

        public string Url = "ws://127.0.0.1:8765";
        public string World = "";
        public string Invite = "";
        public string Role = "leo";
        public string PlayerName = "Ari";

        readonly List<string> _lines = new List<string>();
        readonly Dictionary<string, GameObject> _figures = new Dictionary<string, GameObject>();
        DreamsyncClient _client;
        Vector2 _place = new Vector2(200f, 200f);

        async void Start()
        {
            var entry = new Map { ["world"] = World, ["as"] = "player", ["role"] = Role, ["name"] = PlayerName };
            if (Invite != "") entry["invite"] = Invite;
            try { _client = await DreamsyncClient.Enter(Url, entry); }
            catch (DreamsyncException error) { Say(error.Text); }
        }

        void OnDestroy()
        {
            if (_client != null) _client.Close();
        }

        void Update()
        {
            if (_client == null) return;
            Map notice;
            while (_client.TryNext(out notice)) Tell(notice);
            Move();
            foreach (List<object> pose in _client.Poses.ListOf("poses")) Place(pose);
        }

        void Tell(Map notice)
        {
            var happened = notice.MapOf("event");
            if (notice.Text("kind") == "happened" && happened.Text("text") != "")
                Say((happened.Text("who_name") + ": " + happened.Text("text")).TrimStart(':', ' '));
            if (notice.Text("kind") == "away") Say("(the line is lost; coming back …)");
            if (notice.Text("kind") == "jumped")
                foreach (string line in notice.ListOf("recap")) Say(line);
        }

        // The client sends the latest pose twenty times a second at most; say it whenever it changes.
        void Move()
        {
            var step = new Vector2(Input.GetAxis("Horizontal"), Input.GetAxis("Vertical"));
            if (step.sqrMagnitude < 0.01f) return;
            _place += step * SpeedASecond * Time.deltaTime;
            _place = new Vector2(Mathf.Clamp(_place.x, 0f, 2000f), Mathf.Clamp(_place.y, 0f, 2000f));
            var facing = (Mathf.RoundToInt(Mathf.Atan2(step.x, step.y) * Mathf.Rad2Deg) + 360) % 360;
            _client.Pose(Mathf.RoundToInt(_place.x), Mathf.RoundToInt(_place.y), facing);
        }

        void Place(List<object> pose)
        {
            var seat = (string)pose[0];
            if (!_figures.ContainsKey(seat))
                _figures[seat] = GameObject.CreatePrimitive(PrimitiveType.Capsule);
            _figures[seat].transform.position = new Vector3((long)pose[1] / 100f, 1f, (long)pose[2] / 100f);
        }

        void OnGUI()
        {
            if (_client == null) return;
            GUILayout.Label(string.Join("\n", _lines.ToArray()));
            foreach (var choice in _client.Choices)
            {
                GUILayout.Label(choice.Text("ask"));
                foreach (var option in choice.Each("options"))
                    if (GUILayout.Button(option.Text("label"))) Choose(choice, option);
            }
            foreach (var offer in _client.Actions.Where(offer => Filled(offer) != null))
            {
                GUI.enabled = offer.Flag("is_ready", true);
                if (GUILayout.Button(offer.Text("label"))) Do(offer);
                GUI.enabled = true;
            }
        }

        async void Do(Map offer)
        {
            try
            {
                var outcome = await _client.Act(offer.Text("id"), Filled(offer));
                if (!outcome.Flag("ok")) Say(outcome.Text("text"));
            }
            catch (DreamsyncException error) { Say(error.Text); }
        }

        async void Choose(Map choice, Map option)
        {
            try { await _client.Choose(choice.Text("id"), option.Text("id")); }
            catch (DreamsyncException error) { Say(error.Text); }
        }

        // The first of everything that an action asks for; null where there is nothing to choose.
        static Map Filled(Map offer)
        {
            var filled = new Map();
            foreach (var asked in offer.Each("params"))
            {
                var first = asked.Each("choices").FirstOrDefault();
                if (asked.Text("type") == "choice" && first == null) return null;
                if (asked.Text("type") == "choice") filled[asked.Text("name")] = first.Text("id");
                else if (asked.Text("type") == "int") filled[asked.Text("name")] = asked.Whole("low");
                else if (asked.Text("type") == "bool") filled[asked.Text("name")] = true;
                else filled[asked.Text("name")] = "…";
            }
            return filled;
        }

        void Say(string line)
        {
            _lines.Add(line);
            if (_lines.Count > LinesMax) _lines.RemoveAt(0);
        }
    }
}
