import Foundation

/// A bar on standard error that shows how far a long command is; nothing where nobody looks on.
///
///     building  [############--------]  61 %  0:12 left
struct ProgressBar {
    private let title: String
    private let started = ContinuousClock.now
    private let isShown: Bool
    private var lastTenth = -1
    private static let width = 24

    /// A bar that is drawn when standard error is a terminal.
    init(_ title: String) {
        self.title = title
        isShown = isatty(STDERR_FILENO) == 1
    }

    /// Draws the share that is done, 0...1.
    mutating func show(_ share: Double) {
        let share = min(1, max(0, share))
        let tenth = Int(share * 1000)
        guard isShown, tenth != lastTenth else { return }
        lastTenth = tenth
        let filled = Int(share * Double(Self.width))
        let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: Self.width - filled)
        write("\r\(title)  [\(bar)]  \(Int(share * 100)) %\(left(share))   ")
    }

    /// Takes the bar away.
    func finish() {
        if isShown { write("\r\u{1B}[K") }
    }

    private func left(_ share: Double) -> String {
        let passed = started.duration(to: .now)
        guard share > 0.02, passed > .seconds(1) else { return "" }
        let seconds = Int(Double(passed.components.seconds) * (1 - share) / share)
        return "  \(seconds / 60):\(seconds % 60 < 10 ? "0" : "")\(seconds % 60) left"
    }

    private func write(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }
}
