import Foundation
import Synchronization

/// The first Ctrl-C as a wish that the work hears between its steps; a second one ends the program as ever.
final class Interrupt {
    private final class Wish: Sendable {
        let isAsked = Mutex(false)
    }

    private let wish = Wish()
    private let source: any DispatchSourceSignal

    /// Listens from now on.
    init() {
        source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
        signal(SIGINT, SIG_IGN)
        source.setEventHandler { [wish] in
            wish.isAsked.withLock { $0 = true }
            signal(SIGINT, SIG_DFL)
        }
        source.resume()
    }

    /// Whether somebody asked to stop.
    var isAsked: Bool { wish.isAsked.withLock { $0 } }

    /// Lets Ctrl-C be what it was.
    func end() {
        source.cancel()
        signal(SIGINT, SIG_DFL)
    }
}
