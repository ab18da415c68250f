// Robots: programs that talk as people do. One is registered here; the registration with its tokens is shown once.

import { t } from '../language.js';
import { deskPost } from '../matrix/desk.js';
import { openDialog } from '../parts/dialog.js';
import { h } from '../parts/dom.js';
import { toast } from '../parts/toast.js';
import { field, openForm, textInput } from './form.js';
import { Section } from './section.js';

export class Robots extends Section {
    constructor(setup) {
        super(setup, 'robots', () => this.edit());
    }

    draw() {
        super.draw();
        this.addButton.hidden = !this.setup.isAdmin;
    }

    rows() {
        return this.setup.activeRobots.map((robot) => {
            const bound = this.setup.rules.flatMap(({ then }, place) => ([robot.user, robot.user_id].includes(then.robot) ? [place + 1] : []));
            const name = robot.name || robot.id;
            const buttons = this.setup.isAdmin && robot.url ? [['settings_ping', () => this.#ping(robot)]] : [];
            if (this.setup.isAdmin && !robot.from_file) buttons.push(['settings_remove', (row) => this.#remove(row, robot, name)]);
            return this.row(name, {
                tags: robot.from_file ? [[t('settings_from_file'), 'is-quiet']] : [], data: { robot: robot.id },
                lines: [robot.user_id, robot.url ?? (this.setup.isAdmin ? t('settings_no_address') : null),
                    bound.length ? t('settings_bound', { rules: bound.join(', ') }) : t('settings_unbound')],
                buttons,
            });
        });
    }

    async #ping(robot) {
        const { duration_ms: time } = await this.client.request('POST', `/api/v1/desk/robots/${encodeURIComponent(robot.id)}/ping`, { body: {}, timeout: 60_000 });
        toast('settings_ping_ok', { name: robot.name || robot.id, n: time });
    }

    #remove(row, robot, name) {
        const target = `/api/v1/desk/robots/${encodeURIComponent(robot.id)}`;
        return this.remove(row, name, () => this.client.request('DELETE', target), () => deskPost(this.client, `robots/${encodeURIComponent(robot.id)}/restore`));
    }

    edit() {
        const id = textInput('', { required: true, maxlength: 32, pattern: '[a-z0-9\\-]+', spellcheck: 'false', autocapitalize: 'none' });
        const name = textInput('', { required: true, maxlength: 64 });
        const url = textInput('', { type: 'url', maxlength: 500, placeholder: 'http://127.0.0.1:9000' });
        openForm('settings_robot_new', [field('settings_robot_id', id, 'settings_robot_id_help'), field('settings_robot_name', name, 'settings_robot_name_help'),
            field('settings_robot_url', url, 'settings_robot_url_help')], async () => {
            const made = await deskPost(this.client, 'robots', { id: id.value.trim(), name: name.value.trim(), url: url.value.trim() || null });
            await this.load();
            this.#show(made);
        });
    }

    /** The registration as the robot's program needs it; nobody can ask for it again. */
    #show({ registration, user_id: user }) {
        const words = JSON.stringify(registration, null, 2);
        const file = URL.createObjectURL(new Blob([words], { type: 'application/json' }));
        const dialog = openDialog('settings_robot_made', h('div', { class: 'set-form' }, h('p', { t: 'settings_robot_once' }), h('p', { class: 'quiet' }, user),
            h('pre', { class: 'staff-command', tabindex: 0, label: 'settings_robot_made' }, h('code', {}, words)),
            h('div', { class: 'become-actions' }, h('a', { class: 'button is-primary', href: file, download: `robot-${registration.id}.json`, t: 'settings_download' }),
                h('button', { type: 'button', class: 'button', t: 'settings_copy', on: { click: () => navigator.clipboard.writeText(words).then(() => toast('settings_copied'), () => toast('settings_copy_failed')) } }))), { className: 'set-dialog' });
        dialog.addEventListener('close', () => URL.revokeObjectURL(file));
    }
}
