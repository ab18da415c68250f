// The page on which the shop's people decide what looks through the catalogue and customers ask.

import './review/page.js';
