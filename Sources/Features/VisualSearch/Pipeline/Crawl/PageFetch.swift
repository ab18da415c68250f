/// How pages of other sites are asked for. What does it keeps to the pause for each host, and to the rules for addresses
/// that strangers may not choose.
public struct PageFetch: Sendable {
    /// What a site answered.
    public struct Page: Sendable, Hashable {
        /// The status.
        public let status: Int
        /// The body, within the limit that was asked.
        public let body: [UInt8]
        /// Where the answer sends to instead.
        public let location: String?

        /// An answer.
        public init(status: Int, body: [UInt8] = [], location: String? = nil) {
            self.status = status
            self.body = body
            self.location = location
        }
    }

    /// Asks for an address once; `pause` is the least time since the last request to its host, in seconds. Throws a
    /// sentence for people when there is no answer.
    public let get: @Sendable (_ address: String, _ limit: Int, _ pause: Double) async throws -> Page

    /// A way to ask.
    public init(get: @escaping @Sendable (_ address: String, _ limit: Int, _ pause: Double) async throws -> Page) {
        self.get = get
    }

    /// The name by which sites know the robot.
    public static let robot = "Vitrine"
}
