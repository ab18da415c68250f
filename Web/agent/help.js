// The keys, in a dialog.

import { openDialog } from '../parts/dialog.js';
import { h } from '../parts/dom.js';

const rows = [
    [['j', '↓'], 'key_next'], [['k', '↑'], 'key_previous'], [['Enter'], 'key_open'], [['Esc'], 'key_close'],
    [['/'], 'key_search'], [['Enter'], 'key_send'], [['Shift', 'Enter'], 'key_line'], [['Ctrl', 'Enter'], 'key_send'],
    [['↑'], 'key_edit_last'], [['u'], 'key_unread'], [['i'], 'key_info'], [['?'], 'key_help'],
];

export function showHelp() {
    openDialog('keyboard', h('dl', { class: 'keys' }, rows.flatMap(([keys, name]) => [
        h('dt', {}, keys.map((key) => h('kbd', {}, key))), h('dd', { t: name }),
    ])), { className: 'is-small' });
}
