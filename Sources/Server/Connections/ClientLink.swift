import Synchronization

/// The connection that a request came by, as handlers may know it.
package final class ClientLink: Sendable {
    private struct State {
        var isGone = false
        var isBodyPending = false
        var whenGone: (@Sendable () -> Void)?
    }

    /// The address at the other end of the connection, be it a proxy's.
    let address: ClientAddress
    /// The same as text.
    let addressText: String
    private let state = Mutex(State())

    init(address: ClientAddress) {
        self.address = address
        addressText = address.description
    }

    /// Calls `body` once when the client has closed its side before the reply, at once if it has already.
    ///
    /// For requests that wait: a long poll whose client is gone is answered right away and frees its place. A second
    /// call replaces the first; the end of the request forgets it.
    package func whenGone(_ body: @escaping @Sendable () -> Void) {
        let isGone = state.withLock { state in
            if !state.isGone { state.whenGone = body }
            return state.isGone
        }
        if isGone { body() }
    }

    func closed() {
        let body = state.withLock { state in
            state.isGone = true
            return state.whenGone.take()
        }
        body?()
    }

    func ended() { state.withLock { $0.whenGone = nil } }

    /// Whether a part of the current request's body has not arrived yet.
    var isBodyPending: Bool {
        get { state.withLock { $0.isBodyPending } }
        set { state.withLock { $0.isBodyPending = newValue } }
    }
}
