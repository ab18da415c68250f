import Foundation

/// What queueing theory says of a line before equal servers (M/M/m): conversations come by chance, each takes a time by
/// chance, and whoever is free takes the oldest (Erlang 1917; Kleinrock, Queueing Systems I, 3.5).
package struct ErlangC: Sendable, Hashable {
    /// Places at which conversations are served at once: agents times their capacity.
    package var servers: Int
    /// Mean milliseconds between arrivals.
    package var between: Double
    /// Mean milliseconds that a conversation keeps its place.
    package var handling: Double

    package init(servers: Int, between: Double, handling: Double) {
        self.servers = max(1, servers)
        self.between = max(.leastNormalMagnitude, between)
        self.handling = max(0, handling)
    }

    /// The part of all places that is in use; from 1 on the line grows for ever.
    package var load: Double { handling / between / Double(servers) }

    /// The probability that a conversation has to wait; 1 when the line grows for ever.
    package var waiting: Double {
        guard load < 1 else { return 1 }
        let offered = handling / between
        // Erlang's B by its recursion, which stays within numbers; C follows from it.
        var blocked = 1.0
        for place in 1...servers { blocked = offered * blocked / (Double(place) + offered * blocked) }
        return blocked / (1 - load * (1 - blocked))
    }

    /// The mean wait of all conversations in milliseconds; infinite when the line grows for ever.
    package var meanWait: Double {
        guard load < 1 else { return .infinity }
        return waiting * handling / (Double(servers) * (1 - load))
    }

    /// The part of all conversations that waits no longer than so many milliseconds.
    package func share(within milliseconds: Double) -> Double {
        guard load < 1, handling > 0 else { return 0 }
        return 1 - waiting * exp(-Double(servers) * (1 - load) * milliseconds / handling)
    }
}
