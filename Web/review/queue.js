// The questions that somebody has before them: taken a few at a time so that the next one is there at once, decided,
// skipped, taken back. Whoever else works at the same time is never shown the same ones.

const ahead = 5;
const renewMilliseconds = 120_000;

export class Queue extends EventTarget {
    #questions = [];
    #done = [];
    #timer = null;
    #shownAt = 0;

    constructor(api) {
        super();
        this.api = api;
        this.kind = '';
        this.isSecond = false;
        this.again = false;
    }

    get current() {
        return this.#questions[0] ?? null;
    }

    get canUndo() {
        return this.#done.length > 0;
    }

    /** Begins to keep what is taken from others. */
    begin() {
        this.#timer = setInterval(() => {
            if (this.#questions.length && document.visibilityState === 'visible') this.#fill().catch(() => null);
        }, renewMilliseconds);
    }

    end() {
        clearInterval(this.#timer);
        this.api.post('/api/v1/reviews/release').catch(() => null);
    }

    /** Changes what is asked for: `kind`, `isSecond`, `again`. */
    async turn(change) {
        Object.assign(this, change);
        await this.api.post('/api/v1/reviews/release');
        this.#questions = [];
        await this.#fill();
        this.#changed();
    }

    /** Asks the server for more, keeping the order of what is here. */
    async #fill() {
        const reply = await this.api.post('/api/v1/reviews/claim', {
            kind: this.kind, limit: ahead, second: this.isSecond, again: this.again,
        }, { attempts: 2 });
        const here = new Set(this.#questions.map(({ review }) => review));
        this.#questions.push(...reply.reviews.filter(({ review }) => !here.has(review)));
    }

    #changed() {
        this.#shownAt = performance.now();
        this.dispatchEvent(new Event('changed'));
    }

    async #next() {
        const gone = this.#questions.shift();
        if (this.#questions.length < 2) await this.#fill();
        this.#questions = this.#questions.filter(({ review }) => review !== gone.review);
        this.#changed();
    }

    /** Answers the question that is shown: `yes`, `no` or `skip`. Answers what the server says. */
    async answer(word, why = '') {
        const question = this.current;
        const body = { why, took_ms: Math.round(performance.now() - this.#shownAt) };
        try {
            const reply = word === 'skip'
                ? await this.api.post(`/api/v1/reviews/${question.review}/skip`, body)
                : await this.api.post(`/api/v1/reviews/${question.review}/decision`,
                    { decision: word, second: this.isSecond, ...body });
            if (!this.isSecond) this.#done.push(question);
            await this.#next();
            return reply;
        } catch (error) {
            // Somebody was faster, or it is gone: this one is over, whatever the answer.
            if (error.status === 409 || error.status === 404) await this.#next();
            throw error;
        }
    }

    /** Takes back the last answer that was given here; its question is shown again. */
    async undo() {
        const question = this.#done.pop();
        try {
            await this.api.post(`/api/v1/reviews/${question.review}/undo`);
        } catch (error) {
            if (error.status !== 409) this.#done.push(question);
            throw error;
        }
        this.#questions = [question, ...this.#questions.filter(({ review }) => review !== question.review)];
        await this.#fill();
        this.#changed();
        return question;
    }
}
