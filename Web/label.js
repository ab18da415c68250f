// The page on which the shop's people draw boxes around things.

import './label/page.js';
