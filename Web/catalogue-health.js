// The page that tells how good the catalogue is.

import './health/page.js';
