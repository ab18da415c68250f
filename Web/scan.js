// The scan page: a picture in, the same items and similar ones out.

import './scan/page.js';
