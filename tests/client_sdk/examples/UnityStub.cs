// As much of Unity's interface as the demo uses, so that it is compiled where Unity is not.

namespace UnityEngine
{
    public class Object { }
    public class GameObject : Object
    {
        public Transform transform = new Transform();
        public static GameObject CreatePrimitive(PrimitiveType type) { return new GameObject(); }
    }
    public enum PrimitiveType { Capsule }
    public class Transform { public Vector3 position; }
    public class MonoBehaviour : Object { }
    public struct Vector3 { public Vector3(float x, float y, float z) { } }
    public struct Vector2
    {
        public float x, y;
        public Vector2(float x, float y) { this.x = x; this.y = y; }
        public float sqrMagnitude { get { return x * x + y * y; } }
        public static Vector2 operator *(Vector2 a, float by) { return new Vector2(a.x * by, a.y * by); }
        public static Vector2 operator +(Vector2 a, Vector2 b) { return new Vector2(a.x + b.x, a.y + b.y); }
    }
    public static class Input { public static float GetAxis(string name) { return 0f; } }
    public static class Time { public static float deltaTime { get { return 0.02f; } } }
    public static class Mathf
    {
        public const float Rad2Deg = 57.29578f;
        public static float Clamp(float value, float low, float high) { return value; }
        public static int RoundToInt(float value) { return (int)value; }
        public static float Atan2(float y, float x) { return 0f; }
    }
    public static class GUI { public static bool enabled; }
    public static class GUILayout
    {
        public static void Label(string text) { }
        public static bool Button(string text) { return false; }
    }
}
