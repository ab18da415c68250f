/// How long a connection may take for what, in seconds, and how much it must move meanwhile.
package struct ConnectionLimits: Hashable, Sendable {
    /// Without any request.
    package var idleSeconds = 75
    /// For the head of a request, from its first byte.
    package var headSeconds = 15
    /// For a body up to `largeBodyBytes`; a larger one must bring `bytesPerWindow` in that time, again and again.
    package var bodySeconds = 30
    /// Taking none of a reply that is ready; a slow reader must take `bytesPerWindow` in that time.
    package var replySeconds = 30
    /// Between our last byte and the end of a connection that we close, so that the client can read it.
    package var lingerSeconds = 2
    /// What slow but honest lines move in a window.
    package var bytesPerWindow = 240 * 1_024
    /// Above it a body is large.
    package var largeBodyBytes = 1_048_576
    /// Bytes of all header fields and of the request target.
    package var headBytes = 16 * 1_024
    /// Bytes of one header field, or of the request target.
    package var fieldBytes = 8 * 1_024
    /// Header fields.
    package var fieldCount = 100
    /// Connections at once.
    package var connections = 20_000
    /// Connections at once from one address that is not a trusted proxy.
    package var connectionsPerAddress = 500

    /// The limits as they are documented.
    package init() {}
}
