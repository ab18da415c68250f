// A soft sound of two tones, for who wants to hear of new messages.

let context = null;

export function chime() {
    context ??= new AudioContext();
    context.resume();
    const now = context.currentTime;
    for (const [index, frequency] of [659.3, 880].entries()) {
        const tone = context.createOscillator();
        const volume = context.createGain();
        const start = now + index * 0.13;
        tone.frequency.value = frequency;
        volume.gain.setValueAtTime(0.0001, start);
        volume.gain.exponentialRampToValueAtTime(0.12, start + 0.02);
        volume.gain.exponentialRampToValueAtTime(0.0001, start + 0.28);
        tone.connect(volume).connect(context.destination);
        tone.start(start);
        tone.stop(start + 0.3);
    }
}
