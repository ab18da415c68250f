// The page on which a heap of photos becomes panoramas, and on which they are looked at.

import './panorama/page.js';
