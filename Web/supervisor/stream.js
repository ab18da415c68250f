// The live board as the server tells it: server-sent events, read with the session's token, which EventSource cannot send.
// The server ends each stream after a minute; one that breaks is opened again after a rest that grows.

const rests = [500, 1_000, 2_000, 5_000, 10_000];

/** Hands the data of each event in `text` to `tell`; the rest that is not whole yet. */
export function takeEvents(text, tell) {
    const parts = text.split('\n\n');
    const rest = parts.pop();
    for (const part of parts) {
        const data = part.split('\n').filter((line) => line.startsWith('data: ')).map((line) => line.slice(6)).join('\n');
        if (data) tell(JSON.parse(data));
    }
    return rest;
}

export class BoardStream {
    #stop = new AbortController();

    /** `tell(board)` for each board, `state(isThere, error)` when the connection comes and goes. */
    constructor(client, tell, state) {
        this.client = client;
        this.tell = tell;
        this.state = state;
    }

    async run() {
        let failures = 0;
        while (!this.#stop.signal.aborted) {
            try {
                await this.#once(() => { failures = 0; });
                // A server that stops ends all streams: not everybody comes back at once.
                await new Promise((done) => { setTimeout(done, rests[0]); });
            } catch (error) {
                if (this.#stop.signal.aborted) return;
                this.state(false, error);
                if (error.status === 401 || error.status === 403) return;
                await new Promise((done) => { setTimeout(done, rests[Math.min(failures, rests.length - 1)]); });
                failures += 1;
            }
        }
    }

    async #once(onBoard) {
        const read = async (body) => {
            const reader = body.pipeThrough(new TextDecoderStream()).getReader();
            let rest = '';
            for (;;) {
                const { done, value } = await reader.read();
                if (done) return;
                rest = takeEvents(rest + value, (board) => {
                    onBoard();
                    this.state(true);
                    this.tell(board);
                });
            }
        };
        await this.client.request('GET', '/api/v1/desk/stats/stream', { read, timeout: 90_000, signal: this.#stop.signal });
    }

    end() {
        this.#stop.abort();
    }
}
