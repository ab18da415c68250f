// What the keys do.

import { openDialog } from '../parts/dialog.js';
import { h } from '../parts/dom.js';

const rows = [
    [['N'], 'label_key_new'], [['Tab'], 'label_key_tab'], [['←', '↑', '↓', '→'], 'label_key_move'], [['Shift', '→'], 'label_key_resize'],
    [['1', '…', '9'], 'label_key_category'], [['C'], 'label_category'], [['D'], 'label_key_double'], [['Delete'], 'label_remove'],
    [['Enter'], 'label_key_enter'], [['F'], 'label_done'], [['J'], 'label_next'], [['K'], 'label_previous'], [['V'], 'label_copy'],
    [['G'], 'label_suggest'], [['A'], 'label_accept'], [['Ctrl', 'Z'], 'label_undo'], [['Ctrl', 'Y'], 'label_redo'],
    [['+', '−', '0'], 'review_zoom_keys'], [['Space'], 'label_key_hand'],
];

export function showHelp() {
    openDialog('keyboard', h('dl', { class: 'keys' }, rows.flatMap(([keys, name]) => [
        h('dt', {}, keys.map((key) => h('kbd', {}, key))), h('dd', { t: name }),
    ])), { className: 'is-small' });
}
