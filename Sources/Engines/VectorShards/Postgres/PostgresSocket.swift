internal import Foundation

/// Sockets that block, with a limit on how long.
enum PostgresSocket {
    /// Connects to a server; the descriptor belongs to the caller.
    static func connect(_ address: PostgresAddress, seconds: Int) throws -> Int32 {
        address.host.hasPrefix("/")
            ? try local("\(address.host)/.s.PGSQL.\(address.port)", seconds)
            : try remote(address, seconds)
    }

    private static func local(_ path: String, _ seconds: Int) throws -> Int32 {
        var place = sockaddr_un()
        place.sun_family = sa_family_t(AF_UNIX)
        let room = MemoryLayout.size(ofValue: place.sun_path)
        guard path.utf8.count < room else { throw VectorStoreError.address("\(path) is too long for a socket") }
        withUnsafeMutableBytes(of: &place.sun_path) { $0.copyBytes(from: path.utf8) }
        let file = try opened(AF_UNIX, 0, seconds)
        let result = withUnsafePointer(to: &place) { start in
            start.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(file, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else { throw refusal(file, path) }
        return file
    }

    private static func remote(_ address: PostgresAddress, _ seconds: Int) throws -> Int32 {
        var wish = addrinfo()
        wish.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(address.host, "\(address.port)", &wish, &found) == 0 else {
            throw VectorStoreError.connection("nobody knows where \(address.host) is")
        }
        defer { if let found { freeaddrinfo(found) } }
        var failure = VectorStoreError.connection("\(address.host) has no address")
        var next = found
        while let place = next?.pointee {
            let file = try opened(place.ai_family, place.ai_protocol, seconds)
            if Glibc.connect(file, place.ai_addr, place.ai_addrlen) == 0 { return file }
            failure = refusal(file, address.host)
            next = place.ai_next
        }
        throw failure
    }

    private static func opened(_ family: Int32, _ kind: Int32, _ seconds: Int) throws -> Int32 {
        let file = socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), kind)
        guard file >= 0 else { throw VectorStoreError.connection("no socket: \(String(cString: strerror(errno)))") }
        var limit = timeval(tv_sec: seconds, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(file, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
        return file
    }

    private static func refusal(_ file: Int32, _ place: String) -> VectorStoreError {
        let why = String(cString: strerror(errno))
        Glibc.close(file)
        return .connection("\(place): \(why)")
    }

    /// Sends all bytes.
    static func send(_ bytes: [UInt8], to file: Int32) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { all in
                Glibc.send(file, all.baseAddress.map { $0 + sent }, all.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw VectorStoreError.connection(ending(count)) }
            sent += count
        }
    }

    /// The next bytes, at least one.
    static func receive(from file: Int32) throws -> [UInt8] {
        while true {
            var count = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: 1 << 16) { room, filled in
                count = recv(file, room.baseAddress, room.count, 0)
                filled = max(0, count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw VectorStoreError.connection(ending(count)) }
            return bytes
        }
    }

    private static func ending(_ count: Int) -> String {
        if count == 0 { return "the server hung up" }
        if errno == EAGAIN || errno == EWOULDBLOCK { return "the server does not answer in time" }
        return "the connection broke: \(String(cString: strerror(errno)))"
    }
}
