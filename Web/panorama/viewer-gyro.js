// Turns the view as the phone is turned.

/** Where the back of a phone points, by the angles of the DeviceOrientation event in degrees: yaw to the right from north, pitch upwards. */
export function pointed(alpha, beta, gamma) {
    const [a, b, g] = [alpha, beta, gamma].map((angle) => angle * Math.PI / 180);
    // The last column of Z(alpha) X(beta) Y(gamma) (DeviceOrientation specification, 3.1), the other way round.
    const east = -(Math.cos(a) * Math.sin(g) + Math.sin(a) * Math.sin(b) * Math.cos(g));
    const north = -(Math.sin(a) * Math.sin(g) - Math.cos(a) * Math.sin(b) * Math.cos(g));
    const up = -Math.cos(b) * Math.cos(g);
    return { yaw: Math.atan2(east, north), pitch: Math.asin(Math.max(-1, Math.min(1, up))) };
}

export class Gyro {
    #offset = null;

    /** `pose()` is what is looked at; `turn({ yaw, pitch })` looks elsewhere. */
    constructor(pose, turn) {
        this.isOn = false;
        this.heard = (event) => {
            if (event.alpha === null || event.beta === null || event.gamma === null) return;
            const { yaw, pitch } = pointed(event.alpha, event.beta, event.gamma);
            // What is seen at first stays ahead.
            this.#offset ??= pose().yaw - yaw;
            turn({ yaw: yaw + this.#offset, pitch });
        };
    }

    /** Whether this may be a thing that is turned. */
    static get isThere() {
        return 'DeviceOrientationEvent' in window
            && (navigator.maxTouchPoints > 0 || typeof DeviceOrientationEvent.requestPermission === 'function');
    }

    /** Begins; some browsers ask the person first. Answers whether it may. */
    async start() {
        if (typeof DeviceOrientationEvent.requestPermission === 'function') {
            const answer = await DeviceOrientationEvent.requestPermission().catch(() => 'denied');
            if (answer !== 'granted') return false;
        }
        this.#offset = null;
        this.isOn = true;
        window.addEventListener('deviceorientation', this.heard);
        return true;
    }

    /** What is seen now is ahead. */
    settle() {
        this.#offset = null;
    }

    stop() {
        this.isOn = false;
        window.removeEventListener('deviceorientation', this.heard);
    }
}
