import Basics
package import Foundation

/// What a person does: click, type, press keys, choose files, lose the network, look.
extension ChromiumPage {
    /// Clicks in the middle of the first element that matches, with real mouse events, and once more where it moved away
    /// under the hand.
    package func click(_ selector: String) async throws {
        let seek = """
            (async () => {
                let last = '';
                for (;;) {
                    const element = document.querySelector(\(Self.quoted(selector)));
                    if (!element) throw new Error('nothing matches ' + \(Self.quoted(selector)));
                    element.scrollIntoView({ block: 'nearest' });
                    const box = element.getBoundingClientRect();
                    const now = [box.x, box.y, box.width, box.height].join();
                    // A person waits until the thing stands still.
                    if (now === last) {
                        window.wasHit = null;
                        document.addEventListener('mousedown', (event) => {
                            const { left, right, top, bottom } = element.getBoundingClientRect();
                            const [x, y] = [event.clientX, event.clientY];
                            window.wasHit = element.contains(event.target) || (x >= left && x <= right && y >= top && y <= bottom);
                        }, { capture: true, once: true });
                        return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
                    }
                    last = now;
                    await new Promise(done => setTimeout(done, 25));
                }
            })()
            """
        for _ in 0..<5 {
            let place = try await evaluate(seek)
            guard let x = place["x"]?.doubleValue, let y = place["y"]?.doubleValue else { return }
            for type in ["mouseMoved", "mousePressed", "mouseReleased"] {
                try await send(
                    "Input.dispatchMouseEvent",
                    [
                        "type": .string(type), "x": .double(x), "y": .double(y),
                        "button": type == "mouseMoved" ? "none" : "left", "clickCount": type == "mouseMoved" ? 0 : 1,
                    ])
            }
            // After a click that led to another page nothing is known, and nothing was missed.
            guard (try? await evaluate("window.wasHit === false")) == true else { return }
        }
    }

    /// Types text into whatever has the focus, as an input method would.
    package func type(_ text: String) async throws {
        try await send("Input.insertText", ["text": .string(text)])
    }

    /// Presses and releases a key ("Enter", "ArrowDown", "j"), with Shift or Control if told.
    package func press(_ key: String, shift: Bool = false, control: Bool = false) async throws {
        let codes: [String: Int64] = [
            "Enter": 13, "Escape": 27, "Tab": 9, "ArrowUp": 38, "ArrowDown": 40, "ArrowLeft": 37, "ArrowRight": 39,
            "Home": 36, "End": 35, " ": 32, "Backspace": 8,
        ]
        let code = codes[key] ?? Int64(key.uppercased().unicodeScalars.first?.value ?? 0)
        let modifiers: Int64 = (shift ? 8 : 0) + (control ? 2 : 0)
        var down: JSONObject = [
            "type": "rawKeyDown", "key": .string(key), "code": .string(key), "windowsVirtualKeyCode": .int(code),
            "modifiers": .int(modifiers),
        ]
        if key.count == 1 || key == "Enter", !control {
            down["type"] = "keyDown"
            down["text"] = .string(key == "Enter" ? "\r" : key)
        }
        try await send("Input.dispatchKeyEvent", .object(down))
        down["type"] = "keyUp"
        down["text"] = nil
        try await send("Input.dispatchKeyEvent", .object(down))
    }

    /// Chooses files in a file input, also a hidden one.
    package func choose(files: [URL], in selector: String) async throws {
        let document = try await send("DOM.getDocument")
        let found = try await send(
            "DOM.querySelector", ["nodeId": document["root"]?["nodeId"] ?? 0, "selector": .string(selector)])
        try await send(
            "DOM.setFileInputFiles",
            ["nodeId": found["nodeId"] ?? 0, "files": .array(files.map { .string($0.path()) })])
    }

    /// Takes the network away from the page, or gives it back.
    package func setOffline(_ offline: Bool) async throws {
        try await send(
            "Network.emulateNetworkConditions",
            ["offline": .bool(offline), "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1])
    }

    /// Refuses requests whose address matches one of the patterns (`*` stands for anything); none lets all pass.
    package func block(_ patterns: [String]) async throws {
        try await send("Network.setBlockedURLs", ["urls": .array(patterns.map { .string($0) })])
    }

    /// Saves what is to be seen as PNG.
    package func screenshot(to file: URL) async throws {
        let picture = try await send("Page.captureScreenshot", ["format": "png"])["data"]?.stringValue ?? ""
        guard let data = Data(base64Encoded: picture) else { throw Chromium.Failure("no picture came") }
        try data.write(to: file)
    }

    /// A JavaScript string literal of `text`.
    package static func quoted(_ text: String) -> String {
        String(decoding: JSON.string(text).encoded(), as: UTF8.self)
    }
}
