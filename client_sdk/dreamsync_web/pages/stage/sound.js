// A few quiet tones for what happens: made here, nothing is loaded.

const CHORDS = {
  beat: [196, 293.66, 440], chapter: [174.61, 261.63, 392], ending: [130.81, 196, 329.63, 493.88],
  whisper: [659.25], choice: [523.25, 659.25],
};
let context = null;

/** Sound for an event, where its kind has one. */
export function ring(event) {
  const chord = CHORDS[event.kind];
  if (!chord || !globalThis.AudioContext) return;
  context ??= new AudioContext();
  if (context.state === "suspended") context.resume().catch(() => {});
  const now = context.currentTime;
  const out = context.createGain();
  const soft = context.createBiquadFilter();
  soft.frequency.value = 1300;
  out.connect(soft).connect(context.destination);
  out.gain.setValueAtTime(0, now);
  out.gain.linearRampToValueAtTime(0.06, now + 0.05);
  out.gain.exponentialRampToValueAtTime(0.0001, now + 3.6);
  chord.forEach((pitch, i) => {
    const tone = context.createOscillator();
    tone.type = i % 2 ? "sine" : "triangle";
    tone.frequency.value = pitch;
    tone.connect(out);
    tone.start(now + i * 0.09);
    tone.stop(now + 3.7);
  });
}
