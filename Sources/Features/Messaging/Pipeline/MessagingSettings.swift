/// What an operator may set about conversations.
package struct MessagingSettings: Sendable {
    /// How many rooms are kept in memory.
    package var cachedRooms = 20_000
    /// The longest a long poll waits, in milliseconds.
    package var longestPoll: Int64 = 55_000
    /// For how long a customer may recall an own message in a service room, in milliseconds.
    package var recallWindow: Int64 = 120_000
    /// How long the original of a recalled message is kept for an auditor, in milliseconds.
    package var recalledKept: Int64 = 90 * 86_400_000
    /// The name that customers see.
    package var shopName = "Vitrine"

    package init() {}
}
