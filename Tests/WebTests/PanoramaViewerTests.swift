import Basics
import Foundation
import TestSupport
import Testing

@Suite("The viewer of panoramas")
struct PanoramaViewerTests {
    private static let phone = ChromiumPage.Look(width: 360, height: 740, isPhone: true)

    /// The panorama page with a viewer on it, and functions that draw pictures of directions.
    private static func open(_ shop: Shop, look: ChromiumPage.Look = phone) async throws -> ChromiumPage {
        let page = try await ChromiumPage.open(shop.browser, look: look)
        try await page.open(shop.address("/panorama"))
        try await page.wait("document.querySelector('.pano-choose')")
        try await page.evaluate(
            """
            (() => {
                window.shown = (side, height, colour) => {
                    const canvas = document.createElement('canvas'); canvas.width = side; canvas.height = height;
                    const pen = canvas.getContext('2d'); const picture = pen.createImageData(side, height);
                    for (let y = 0; y < height; y += 1) for (let x = 0; x < side; x += 1) {
                        const [r, g, b] = colour(x, y);
                        picture.data.set([r, g, b, 255], 4 * (y * side + x));
                    }
                    pen.putImageData(picture, 0, 0);
                    return new Promise(done => canvas.toBlob(blob => done(URL.createObjectURL(blob)), 'image/png'));
                };
                // Red tells the yaw, green the pitch, blue the side.
                window.told = ([x, y, z]) => {
                    const yaw = Math.atan2(x, z) * 180 / Math.PI;
                    const pitch = Math.atan2(-y, Math.hypot(x, z)) * 180 / Math.PI;
                    return [Math.abs(yaw) / 180 * 255, (pitch + 90) / 180 * 255, yaw < 0 ? 0 : 255];
                };
                window.sphere = (width) => { const scale = width / (2 * Math.PI);
                    return { surface: 'sphere', hasAngles: true, closed: true, scale, width, height: width / 2, left: -Math.PI + 0.5 / scale, top: -Math.PI / 2 + 0.5 / scale }; };
                window.viewer = document.createElement('vt-panorama');
                document.body.replaceChildren(viewer);
                viewer.style.height = '100vh';
            })()
            """)
        return page
    }

    private static func numbers(_ json: JSON) -> [Double] { json.arrayValue?.compactMap(\.doubleValue) ?? [] }

    @Test(
        "PANO-205 the viewer takes the tiles of a cube: each direction is where it belongs, and only what is seen is asked for",
        arguments: [360, 1280])
    func tiles(width: Int) async throws {
        try await Shop.openWithoutModels { shop in
            let page = try await Self.open(
                shop, look: width == 360 ? Self.phone : ChromiumPage.Look(width: width, height: 800))
            let script = """
                (async () => {
                    const faces = [[[1,0,0],[0,1,0],[0,0,1]], [[0,0,-1],[0,1,0],[1,0,0]], [[-1,0,0],[0,1,0],[0,0,-1]],
                        [[0,0,1],[0,1,0],[-1,0,0]], [[1,0,0],[0,0,1],[0,-1,0]], [[1,0,0],[0,0,-1],[0,1,0]]];
                    const [side, tile] = [2400, 512];
                    const levels = [2400, 1200, 600, 300];
                    const places = [];
                    levels.forEach((pixels, level) => { for (let face = 0; face < 6; face += 1) for (let row = 0; row * tile < pixels; row += 1)
                        for (let column = 0; column * tile < pixels; column += 1) places.push(`${face}/${level}/${column}_${row}`); });
                    const asked = [];
                    // Tiles of an eighth of their size say the same directions.
                    const picture = (address) => {
                        const [, face, level, column, row] = address.match(/\\/(\\d)\\/(\\d)\\/(\\d+)_(\\d+)\\.jpg$/).map(Number);
                        asked.push(`${face}/${level}/${column}_${row}`);
                        const pixels = levels[level];
                        const [wide, high] = [Math.min(tile, pixels - column * tile), Math.min(tile, pixels - row * tile)];
                        return shown(64, 64, (x, y) => {
                            const at = (part, size, step) => 2 * ((part * tile + size * (step + 0.5) / 64) / pixels) - 1;
                            const [u, v] = [at(column, wide, x), at(row, high, y)];
                            return told([0, 1, 2].map((k) => u * faces[face][0][k] + v * faces[face][1][k] + faces[face][2][k]));
                        });
                    };
                    await viewer.open({ ...sphere(9600), tiles: { side, tile, levels, places, address: '/tiles' } }, picture);
                    const first = asked.length;
                    let worst = 0;
                    for (const [degrees, up] of [[-170, -80], [-120, 0], [-45, 46], [-44, -35], [0, 80], [15, 0], [60, 46], [100, -35], [150, 0]]) {
                        const pose = { yaw: degrees * Math.PI / 180, pitch: up * Math.PI / 180, field: 0.6 };
                        viewer.look(pose);
                        await viewer.scene.ready(viewer.pose, viewer.canvas.width / viewer.canvas.height, viewer.canvas.height);
                        viewer.scene.draw(viewer.pose);
                        const gl = viewer.scene.gl; const dot = new Uint8Array(4);
                        gl.readPixels(viewer.canvas.width / 2, viewer.canvas.height / 2, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, dot);
                        const yaw = dot[0] / 255 * 180 * (dot[2] > 128 ? 1 : -1); const pitch = dot[1] / 255 * 180 - 90;
                        const off = Math.abs(yaw - viewer.pose.yaw * 180 / Math.PI);
                        worst = Math.max(worst, Math.min(off, 360 - off) * Math.cos(viewer.pose.pitch), Math.abs(pitch - viewer.pose.pitch * 180 / Math.PI));
                    }
                    return [first, worst, asked.length, places.length, viewer.scene.held, viewer.scene.constructor.name === 'TileScene' ? 1 : 0];
                })()
                """
            let found = Self.numbers(try await page.evaluate(script))
            try #require(found.count == 6)
            // Six coarse tiles, then what the first view asks for; colours tell degrees to 0.7.
            #expect(found[0] >= 6 && found[0] < 40 && found[5] == 1, "\(found)")
            #expect(found[1] < 1.6, "\(found)")
            #expect(found[0] < found[3] / 4 && found[4] <= 70, "\(found)")
            #expect(page.problems == [])
        }
    }

    @Test("PANO-205 from the server's tiles the viewer draws what it draws from the whole picture")
    func served() async throws {
        try await Shop.openWithoutModels { shop in
            let page = try await ChromiumPage.open(shop.browser, look: Self.phone)
            try await PanoramaTourTests.made(shop, page, seed: 5, isRound: true, options: "{ tiles: true }")
            try await PanoramaTourTests.look(page)
            let script = """
                (async () => {
                    const viewer = document.querySelector('vt-panorama');
                    const { manifest, scene } = viewer;
                    if (!manifest.tiles) throw new Error(`no tiles: ${JSON.stringify(manifest)}`);
                    const bring = scene.picture;
                    const shot = async (yaw, pitch, field) => {
                        viewer.look({ yaw, pitch, field });
                        const { width, height } = viewer.canvas;
                        await viewer.scene.ready(viewer.pose, width / height, height);
                        viewer.scene.draw(viewer.pose);
                        const gl = viewer.scene.gl; const dots = new Uint8Array(4 * width * height);
                        gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, dots);
                        return dots;
                    };
                    const apart = (a, b) => { let sum = 0; for (let at = 0; at < a.length; at += 1) sum += Math.abs(a[at] - b[at]); return sum / a.length; };
                    const poses = [[0, 0, 0.6], [-0.25, 0.08, 0.3], [0.25, -0.08, 0.3]];
                    const tiled = []; for (const pose of poses) tiled.push(await shot(...pose));
                    await viewer.open({ ...manifest, tiles: null }, bring);
                    let worst = 0; for (const [n, pose] of poses.entries()) worst = Math.max(worst, apart(await shot(...pose), tiled[n]));
                    const beside = apart(await shot(0.02, 0, 0.6), tiled[0]);
                    return [scene.constructor.name === 'TileScene' ? 1 : 0, manifest.tiles.places.length, worst, beside];
                })()
                """
            let found = Self.numbers(try await page.evaluate(script))
            try #require(found.count == 4)
            // A degree beside, the same picture is far off.
            #expect(found[0] == 1 && found[1] >= 6 && found[2] < 4 && found[3] > 2 * found[2], "\(found)")
            #expect(page.problems == [])
        }
    }

    @Test("PANO-339 a crop of the panorama is a perspective view: the lines of a grid are straight to half a pixel")
    func crop() async throws {
        try await Shop.openWithoutModels { shop in
            let page = try await Self.open(shop)
            let script = """
                (async () => {
                    // A wall ahead with lines every 0.1 of its distance, drawn on a sphere.
                    const width = 4096; const manifest = sphere(width);
                    const picture = await shown(width, width / 2, (column, row) => {
                        const [u, v] = [manifest.left + column / manifest.scale, manifest.top + row / manifest.scale];
                        const [x, y, z] = [Math.sin(u) * Math.cos(v), Math.sin(v), Math.cos(u) * Math.cos(v)];
                        if (z < 0.3) return [128, 128, 128];
                        const near = (value) => Math.abs(value * 10 - Math.round(value * 10)) / 10;
                        const dark = (value) => Math.round(255 * Math.min(1, (near(value) / 0.006) ** 2));
                        return [dark(x / z), dark(y / z), 255];
                    });
                    await viewer.open(manifest, picture);
                    const place = { yaw: 0.25, pitch: 0.2 };
                    const canvas = await viewer.crop(place, 35 * Math.PI / 180, 640);
                    const pixels = canvas.getContext('2d').getImageData(0, 0, 640, 640).data;
                    // Follows each line from one side to the other: the middle of what is dark near where it was.
                    const worst = [];
                    for (const upright of [true, false]) {
                        const value = (along, across) => 255 - pixels[4 * (upright ? along * 640 + across : across * 640 + along) + (upright ? 0 : 1)];
                        for (let start = 20; start < 620; start += 1) {
                            if (!(value(320, start) > 150 && value(320, start) >= value(320, start - 1) && value(320, start) > value(320, start + 1))) continue;
                            const points = [];
                            for (const step of [1, -1]) {
                                let at = start;
                                for (let along = 320; along >= 0 && along < 640; along += step) {
                                    let [sum, weight] = [0, 0];
                                    for (let across = Math.round(at) - 5; across <= Math.round(at) + 5; across += 1) {
                                        if (across < 0 || across >= 640) { weight = 0; break; }
                                        const w = Math.max(0, value(along, across) - 60); sum += w * across; weight += w;
                                    }
                                    if (weight < 60) break;
                                    at = sum / weight;
                                    points.push([along, at]);
                                }
                            }
                            if (points.length < 300) continue;
                            const n = points.length;
                            const [mx, my] = [points.reduce((s, p) => s + p[0], 0) / n, points.reduce((s, p) => s + p[1], 0) / n];
                            const slope = points.reduce((s, p) => s + (p[0] - mx) * (p[1] - my), 0) / points.reduce((s, p) => s + (p[0] - mx) ** 2, 0);
                            // Where another line crosses, its darkness pulls evenly; the median of nine takes the grain away.
                            const off = points.sort((a, b) => a[0] - b[0]).map((p) => p[1] - my - slope * (p[0] - mx));
                            const calm = off.map((_, i) => off.slice(Math.max(0, i - 4), i + 5).sort((a, b) => a - b)[Math.min(4, Math.floor(off.slice(Math.max(0, i - 4), i + 5).length / 2))]);
                            worst.push(Math.max(...calm.map(Math.abs)));
                        }
                    }
                    return [worst.length, Math.max(...worst)];
                })()
                """
            let found = Self.numbers(try await page.evaluate(script))
            try #require(found.count == 2)
            #expect(found[0] >= 8 && found[1] < 0.5, "\(found)")
        }
    }

    @Test("PANO-316 the view turns as the phone is turned: to the right, upwards, and not when it is refused")
    func gyroscope() async throws {
        try await Shop.openWithoutModels { shop in
            let page = try await ChromiumPage.open(shop.browser, look: Self.phone)
            try await page.send("Emulation.setTouchEmulationEnabled", ["enabled": true, "maxTouchPoints": 5])
            try await page.open(shop.address("/panorama"))
            try await page.wait("document.querySelector('.pano-choose')")
            try await page.evaluate(
                """
                (async () => {
                    const canvas = document.createElement('canvas'); canvas.width = 512; canvas.height = 256;
                    const blob = await new Promise(done => canvas.toBlob(done, 'image/png'));
                    const scale = 512 / (2 * Math.PI);
                    window.viewer = document.createElement('vt-panorama');
                    document.body.replaceChildren(viewer);
                    viewer.style.height = '100vh';
                    await viewer.open({ surface: 'sphere', hasAngles: true, closed: true, scale, width: 512, height: 256,
                        left: -Math.PI + 0.5 / scale, top: -Math.PI / 2 + 0.5 / scale }, URL.createObjectURL(blob));
                })()
                """)
            let pose = "[viewer.pose.yaw, viewer.pose.pitch].map(one => one * 180 / Math.PI)"
            // A headless browser has no sensor: what one would tell is told on the page.
            func hold(_ alpha: Double, _ beta: Double, _ gamma: Double) async throws -> [Double] {
                let turn = "{ alpha: \(alpha), beta: \(beta), gamma: \(gamma) }"
                try await page.evaluate("dispatchEvent(new DeviceOrientationEvent('deviceorientation', \(turn)))")
                return Self.numbers(try await page.evaluate(pose))
            }
            // Before it is asked for nothing turns.
            let before = Self.numbers(try await page.evaluate(pose))
            #expect(try await hold(10, 90, 0) == before)
            // A browser that asks, and a person who says yes.
            try await page.evaluate("DeviceOrientationEvent.requestPermission = () => Promise.resolve('granted')")
            try await page.click(".pano-gyro")
            try await page.wait("document.querySelector('.pano-gyro').getAttribute('aria-pressed') === 'true'")
            // What was ahead stays ahead, from the first event that comes; one without a sensor tells nothing.
            try await page.evaluate("dispatchEvent(new DeviceOrientationEvent('deviceorientation'))")
            let first = try await hold(50, 90, 0)
            #expect(first.count == 2 && abs(first[0] - before[0]) < 0.01 && abs(first[1]) < 0.01, "\(first)")
            // Alpha grows to the left.
            let right = try await hold(30, 90, 0)
            #expect(abs(right[0] - first[0] - 20) < 0.01, "\(right)")
            let up = try await hold(30, 120, 0)
            #expect(abs(up[1] - 30) < 0.01 && abs(up[0] - right[0]) < 0.01, "\(up)")
            try await page.click(".pano-gyro")
            #expect(try await hold(90, 90, 0) == up)
            // A browser that asks, and a person who says no.
            try await page.evaluate("DeviceOrientationEvent.requestPermission = () => Promise.resolve('denied')")
            try await page.click(".pano-gyro")
            try await page.wait("document.querySelector('.toast')")
            #expect(
                try await page.evaluate("document.querySelector('.pano-gyro').getAttribute('aria-pressed')") == "false")
            #expect(page.problems == [])
        }
    }

    @Test("PANO-265 without WebGL the panorama is a still picture to be scrolled, and without motion it does not glide")
    func still() async throws {
        try await Shop.openWithoutModels { shop in
            let page = try await Self.open(shop)
            let plain = try await page.evaluate(
                """
                (async () => {
                    const address = await shown(400, 200, (x, y) => [x % 255, y, 90]);
                    await viewer.open(sphere(400), address);
                    viewer.look({ yaw: 0 });
                    const canvas = viewer.canvas;
                    const at = (type, x) => canvas.dispatchEvent(new PointerEvent(type, { pointerId: 1, clientX: x, clientY: 200, bubbles: true }));
                    canvas.setPointerCapture = () => {};
                    at('pointerdown', 100); at('pointermove', 140); at('pointerup', 140);
                    const yaw = viewer.pose.yaw;
                    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done))));
                    const glides = viewer.pose.yaw !== yaw;
                    HTMLCanvasElement.prototype.getContext = () => null;
                    await viewer.open(sphere(400), address);
                    const image = viewer.querySelector('.pano-plain img');
                    await image.decode();
                    return [glides ? 1 : 0, viewer.dataset.state === 'plain' ? 1 : 0, image.naturalWidth, viewer.querySelector('.pano-plain').tabIndex];
                })()
                """)
            #expect(Self.numbers(plain) == [0, 1, 400, 0])
        }
    }
}
