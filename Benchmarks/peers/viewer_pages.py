"""Pannellum, a viewer of panoramas for web pages, in headless Chromium: what is on its screen in a direction.

Used by panorama_viewers.py. Needs: aiohttp, opencv-python-headless, streamlit_pannellum (which brings Pannellum 2.5.6).
"""
import asyncio
import base64
import functools
import http.server
import importlib.metadata
import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading

import aiohttp
import cv2
import numpy as np

SIDE, ACROSS = 600, 60.0  # Of the viewer's window in pixels, and the angle that it shows.
PAGE = """<!doctype html><meta charset="utf-8"><style>html,body,#app{{margin:0;width:100%;height:100%}}</style>
<link rel="stylesheet" href="assets/{style}"><div id="app"></div><script type="module">
import "./assets/{script}";
window.show = name => new Promise((done, fail) => {{
    window.viewer?.destroy();
    window.viewer = pannellum.viewer("app", {{panorama: name, autoLoad: true, showControls: false, minHfov: 5}});
    viewer.on("load", () => done(1));
    viewer.on("error", words => fail(new Error(words)));
}});
</script>"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    extensions_map = {**http.server.SimpleHTTPRequestHandler.extensions_map, ".js": "text/javascript"}

    def log_message(self, *_):
        pass


def served(folder):
    handler = functools.partial(Quiet, directory=folder)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def site(folder):
    """Pannellum out of its Python package, and a page that shows one picture with nothing said about it."""
    package = importlib.metadata.files("streamlit_pannellum") or []
    assets = [file.locate() for file in package if "dist/assets/" in str(file)]
    os.makedirs(os.path.join(folder, "assets"), exist_ok=True)
    for asset in assets:
        shutil.copy(asset, os.path.join(folder, "assets"))
    names = {os.path.splitext(str(asset))[1]: os.path.basename(str(asset)) for asset in assets}
    with open(os.path.join(folder, "index.html"), "w", encoding="utf-8") as file:
        file.write(PAGE.format(style=names[".css"], script=names[".js"]))


class Browser:
    """A page of headless Chromium, told what to do over its debugging port."""

    def __init__(self, program, profile):
        self.process = subprocess.Popen(
            [program, "--remote-debugging-port=0", "--no-sandbox", f"--user-data-dir={profile}", "--hide-scrollbars",
             "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True)
        for line in self.process.stderr:
            if "DevTools listening on" in line:
                self.port = int(line.split("://")[1].split("/")[0].split(":")[1])
                break
        threading.Thread(target=self.process.stderr.read, daemon=True).start()
        self.count = 0

    async def __aenter__(self):
        self.session = aiohttp.ClientSession()
        async with self.session.put(f"http://127.0.0.1:{self.port}/json/new?about:blank") as reply:
            address = (await reply.json())["webSocketDebuggerUrl"]
        self.socket = await self.session.ws_connect(address, max_msg_size=0)
        await self.send("Page.enable")
        await self.send("Emulation.setDeviceMetricsOverride", width=SIDE, height=SIDE, deviceScaleFactor=1, mobile=False)
        return self

    async def __aexit__(self, *_):
        await self.socket.close()
        await self.session.close()
        # Debian's program is a script that starts the browser: both, and what that started.
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    async def send(self, method, **parameters):
        self.count += 1
        await self.socket.send_json({"id": self.count, "method": method, "params": parameters})
        while True:
            message = await self.socket.receive_json(timeout=120)
            if message.get("id") == self.count:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]

    async def run(self, expression):
        found = await self.send("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in found:
            raise RuntimeError(json.dumps(found["exceptionDetails"])[:400])
        return found["result"].get("value")

    async def screenshot(self):
        data = (await self.send("Page.captureScreenshot", format="png"))["data"]
        return cv2.imdecode(np.frombuffer(base64.b64decode(data), np.uint8), cv2.IMREAD_COLOR)


async def looks(program, folder, picture, directions, shots):
    """Turns the viewer to directions: what it says of where it looks, and what is on the screen."""
    web = os.path.join(folder, "web")
    os.makedirs(web, exist_ok=True)
    site(web)
    shutil.copy(picture, os.path.join(web, "panorama.jpg"))
    server = served(web)
    found = []
    with tempfile.TemporaryDirectory() as profile:
        async with Browser(program, profile) as browser:
            await browser.send("Page.navigate", url=f"http://127.0.0.1:{server.server_port}/index.html")
            for _ in range(100):
                if await browser.run("typeof show") == "function":
                    break
                await asyncio.sleep(0.1)
            await browser.run('show("panorama.jpg")')
            config = await browser.run("(({haov, vaov, vOffset}) => ({haov, vaov, vOffset}))(viewer.getConfig())")
            for index, (yaw, pitch) in enumerate(directions):
                await browser.run(
                    f"viewer.setHfov({ACROSS}, false).setYaw({yaw}, false).setPitch({pitch}, false); "
                    "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 30))))")
                pose = await browser.run("[viewer.getYaw(), viewer.getPitch(), viewer.getHfov()]")
                image = await browser.screenshot()
                found.append((pose, image))
                if index < 3 or index == len(directions) // 2:
                    cv2.imwrite(os.path.join(shots, f"look-{index:02d}.png"), image)
    server.shutdown()
    return config, found
