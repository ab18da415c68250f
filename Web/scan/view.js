// <vt-scan-view>: from a picture to an answer. It knows no page: `configure` gives it a client, a way to an account, and
// what can be done with a result.

import { t } from '../language.js';
import { h } from '../parts/dom.js';
import { BoxEditor } from './box-editor.js';
import { Camera } from './camera.js';
import { feedbackOf } from './feedback.js';
import { complaintOf, photoOf } from './photo.js';
import { resultsOf } from './results.js';
import {
    giveFeedback, keptScan, overview, rescan, scanArticle, scanMedia, scanPhotos, scanPicture, similarTo, stopWaiting, waitFor,
} from './scans.js';
import { startPanel } from './start.js';
import { action, meaningOf, notice } from './states.js';
import { watchOf } from './watch.js';

export class ScanView extends HTMLElement {
    #turn = 0;
    #photos = [];
    #answer = null;
    #url = null;
    #again = null;

    /**
     * `account()` makes the account that scans need; `share(group, answer)` puts a card into a conversation, its button
     * says `shareWords`; `offer(answer)` lets a customer choose from all of it; `scanned(answer)` hears of each new scan; `help` is a way to a person; `canWait` offers to
     * wait for what is not here.
     */
    configure({
        client, account = async () => {}, share = null, shareWords = null, offer = null, scanned = () => {}, help = null, canWait = false,
    }) {
        Object.assign(this, { client, account, share, shareWords, offer, scanned, help, canWait });
        this.stage = h('section', { class: 'scan-stage', label: 'scan_picture' });
        this.results = h('section', { class: 'scan-results', label: 'scan_results', 'aria-live': 'polite' });
        this.editor = new BoxEditor((box) => this.#ask({ box: box ?? 'full' }));
        this.replaceChildren(this.stage, this.results);
        window.addEventListener('online', () => this.#again?.());
        document.addEventListener('vitrine:language', () => this.#answer && this.#show(this.#answer));
        this.begin();
    }

    disconnectedCallback() {
        this.camera?.stop();
        this.#again = null;
        if (this.#url) URL.revokeObjectURL(this.#url);
    }

    /** Back to the beginning. */
    begin() {
        this.camera?.stop();
        this.#turn += 1;
        this.#answer = null;
        this.dataset.state = 'start';
        this.stage.replaceChildren(startPanel({ camera: () => this.#openCamera(), files: (list) => this.takeFiles(list) }));
        this.results.replaceChildren();
    }

    // MARK: Pictures

    /** Scans the first picture of a list of files. */
    async takeFiles(files) {
        const [file] = [...files];
        if (!file) return;
        try {
            await this.#consider([await photoOf(file)]);
        } catch (error) {
            this.begin();
            this.#refuse(error);
        }
    }

    async #openCamera() {
        this.camera = new Camera();
        try {
            await this.camera.start();
        } catch {
            this.camera.stop();
            this.results.replaceChildren(notice('camera', t('scan_no_camera'), t('scan_no_camera_text')));
            return;
        }
        this.dataset.state = 'camera';
        this.results.replaceChildren();
        const shoot = action('scan_shoot', () => this.#shoot(), true);
        this.stage.replaceChildren(this.camera.element,
            h('div', { class: 'scan-bar' }, action('cancel', () => this.begin()), shoot));
        shoot.focus();
    }

    async #shoot() {
        this.dataset.state = 'shooting';
        const photos = await this.camera.shoot();
        this.camera.stop();
        await this.#consider(photos);
    }

    // A person is asked, and not refused, when a picture is unlikely to be found.
    async #consider(photos) {
        this.#photos = photos;
        this.#showPhoto(photos[0].blob, photos[0]);
        const complaint = complaintOf(photos[0]);
        if (!complaint) return this.#search();
        this.dataset.state = 'asked';
        this.results.replaceChildren(notice(complaint === 'dark' ? 'moon' : 'eye', t(`scan_${complaint}`),
            t(`scan_${complaint}_text`),
            [action('scan_anyway', () => this.#search(), true), action('scan_another', () => this.begin())]));
        return null;
    }

    #showPhoto(blob, size) {
        if (this.#url) URL.revokeObjectURL(this.#url);
        this.#url = URL.createObjectURL(blob);
        this.editor.show(this.#url, size);
        this.stage.replaceChildren(this.editor.element,
            h('div', { class: 'scan-bar' }, action('scan_another', () => this.begin())));
    }

    // MARK: Asking

    #search() {
        const photos = this.#photos;
        return this.#run(async () => {
            await this.account();
            const answer = await scanPhotos(this.client, photos);
            answer.sent = photos.reduce((sum, { blob }) => sum + blob.size, 0);
            return answer;
        }, () => this.#search());
    }

    /** Scans a picture of a conversation; `picture` is its bytes, to be shown. */
    async scanMedia(media, picture) {
        const photo = await photoOf(picture);
        this.#photos = [photo];
        this.#showPhoto(photo.blob, photo);
        await this.#run(() => scanMedia(this.client, media), () => this.scanMedia(media, picture));
    }

    /** Scans a picture that an article shows. */
    async scanArticle(article, picture) {
        await this.#run(async () => {
            await this.account();
            const answer = await scanArticle(this.client, article, picture);
            const photo = await photoOf(await scanPicture(this.client, answer.id));
            this.#photos = [photo];
            this.#showPhoto(photo.blob, photo);
            return answer;
        }, () => this.scanArticle(article, picture));
    }

    /** Opens a scan that was made before. */
    async open(id) {
        await this.#run(async () => {
            await this.account();
            const [answer, picture] = await Promise.all([keptScan(this.client, id), scanPicture(this.client, id)]);
            const photo = await photoOf(picture);
            this.#photos = [photo];
            this.#showPhoto(photo.blob, photo);
            return answer;
        }, () => this.open(id));
    }

    #ask(change) {
        const { id } = this.#answer ?? {};
        if (!id) return this.#search();
        return this.#run(() => this.#rescan(id, change), () => this.#ask(change));
    }

    // A scan that somebody else made, or that was forgotten, is made again from the picture that is here.
    async #rescan(id, change) {
        try {
            return await rescan(this.client, id, change);
        } catch (error) {
            if (error.status !== 403 && error.status !== 404) throw error;
            return scanPhotos(this.client, this.#photos, { box: [change.box].flat().join(',') });
        }
    }

    // The answer to an older question comes to nothing when a newer one was asked.
    async #run(work, again) {
        this.#turn += 1;
        const turn = this.#turn;
        this.#again = null;
        this.dataset.state = this.#answer ? 'again' : 'searching';
        if (!this.#answer) this.results.replaceChildren(h('p', { class: 'scan-searching', t: 'scan_searching' }));
        try {
            const answer = await work();
            if (turn !== this.#turn) return;
            this.#answer = answer;
            this.scanned(answer);
            this.#show(answer);
        } catch (error) {
            if (turn === this.#turn) this.#refuse(error, again);
        }
    }

    // MARK: Showing

    #show(answer) {
        this.dataset.state = 'answered';
        this.editor.answered(answer);
        if (answer.reason === 'index_empty') return this.#empty(answer.generation);
        const hooks = {
            similar: (offer) => this.#like(offer), shareWords: this.shareWords,
            share: this.share ? (group) => this.share(group, answer) : null,
        };
        const feedback = feedbackOf((body) => giveFeedback(this.client, answer.id, body),
            async () => (await overview(this.client)).categories);
        this.results.replaceChildren(...resultsOf(answer, hooks, feedback, this.#watch(answer)));
        if (this.offer && answer.groups.length + answer.similar.length > 0) {
            this.results.firstElementChild.after(h('div', { class: 'scan-bar' }, action('scan_ask_which', () => this.offer(answer), true)));
        }
        return null;
    }

    // Whose the very item is not need not wait for it.
    #watch(answer) {
        if (!this.canWait || ['nothing_to_see', 'no_model'].includes(answer.reason)) return null;
        if (answer.verdict === 'sameItem' && !answer.watch) return null;
        return watchOf(answer, {
            wait: async () => {
                const { state } = await waitFor(this.client, answer.id);
                answer.watch = state;
                return state;
            },
            stop: async () => {
                await stopWaiting(this.client, answer.id);
                answer.watch = 'cancelled';
                return 'cancelled';
            },
            look: () => this.#ask({ box: answer.chosen }),
        });
    }

    #empty() {
        this.results.replaceChildren(notice('info', t('scan_empty'), t('scan_empty_text'), this.help ? [this.help()] : []));
    }

    async #like(offer) {
        const back = action('back', () => this.#show(this.#answer));
        try {
            const { similar } = await similarTo(this.client, offer);
            const answer = { ...this.#answer, verdict: 'uncalibrated', groups: [], similar, qr: null };
            const hooks = { similar: (next) => this.#like(next), shareWords: this.shareWords,
                share: this.share ? (group) => this.share(group, this.#answer) : null };
            const [, list] = resultsOf(answer, hooks, null);
            this.results.replaceChildren(h('div', { class: 'scan-like' }, back,
                h('h2', { class: 'scan-verdict-title', dir: 'auto' }, t('scan_like', { name: offer.title || offer.sku }))), list ?? '');
            this.results.scrollTop = 0;
        } catch (error) {
            this.#refuse(error, () => this.#like(offer));
        }
    }

    #refuse(error, again = null) {
        const { kind, shape, title, text, seconds } = meaningOf(error);
        this.dataset.state = kind;
        const actions = [];
        if (again && kind !== 'picture' && kind !== 'empty') actions.push(action('try_again', again, true));
        if (kind === 'empty' && this.help) actions.push(this.help());
        if (kind === 'picture') actions.push(action('scan_another', () => this.begin()));
        this.results.replaceChildren(notice(shape, title, text, actions));
        // What waits for the network or its turn goes on by itself.
        if (kind === 'offline') this.#again = again;
        if (kind === 'wait' && again) {
            const turn = this.#turn;
            setTimeout(() => { if (turn === this.#turn) again(); }, seconds * 1000);
        }
    }
}

customElements.define('vt-scan-view', ScanView);
