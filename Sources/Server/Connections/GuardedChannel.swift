import Basics
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTPTypes

/// Sets up and serves the connections: HTTP/1.1 as Hummingbird does it, between our limits.
struct GuardedChannel: ServerChildChannel {
    /// A connection that was set up; without a stream if there was no place for it.
    struct Value: ServerChildChannelValue {
        let channel: any Channel
        let stream: NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>?
        let link: ClientLink
        let executor: LoopExecutor?
    }

    let shell: Shell
    let limits: ConnectionLimits
    let table: ConnectionTable
    let loops: LoopLocals

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let address = ClientAddress(channel.remoteAddress) ?? .unspecified
        let local = loops.local(of: channel.eventLoop)
        let link = ClientLink(address: address, executor: local?.executor)
        guard let local, table.admit(address) else { return refuse(channel, link) }
        channel.closeFuture.whenComplete { _ in table.release(address) }
        do {
            try tune(channel)
        } catch {
            return channel.eventLoop.makeFailedFuture(error)
        }
        let guardian = NIOLoopBound(ConnectionGuard(link: link, loop: local.watch.value), eventLoop: channel.eventLoop)
        let http = HTTP1Channel(
            responder: { _, _, _ in },
            configuration: .init(
                additionalChannelHandlers: [guardian.value], idleTimeout: nil,
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: limits.fieldBytes, maxHeaderListSize: limits.headBytes,
                    maxHeaderFieldCount: limits.fieldCount)))
        return http.setup(channel: channel, logger: logger).map { stream in
            Value(channel: channel, stream: stream, link: link, executor: local.executor)
        }
    }

    /// Small buffers: most connections wait, and a waiting connection keeps what it last read into.
    private func tune(_ channel: any Channel) throws {
        let sizes = AdaptiveRecvByteBufferAllocator(minimum: 512, initial: 512, maximum: 65_536)
        try channel.syncOptions?.setOption(.recvAllocator, value: sizes)
        try channel.syncOptions?.setOption(.maxMessagesPerRead, value: 2)
    }

    private func refuse(_ channel: any Channel, _ link: ClientLink) -> EventLoopFuture<Value> {
        let refusal = RequestError.resourceLimit("Too many connections. Try again in a moment.")
        let body = String(decoding: ErrorReply.body(of: refusal), as: UTF8.self)
        let head = [
            "HTTP/1.1 503 Service Unavailable", "Content-Type: application/json", "Retry-After: 1",
            "Content-Length: \(body.utf8.count)", "Connection: close", "", "",
        ]
        let text = head.joined(separator: "\r\n") + body
        channel.writeAndFlush(ByteBuffer(string: text)).whenComplete { _ in channel.close(promise: nil) }
        return channel.eventLoop.makeSucceededFuture(Value(channel: channel, stream: nil, link: link, executor: nil))
    }

    func handle(value: Value, logger: Logger) async {
        guard let stream = value.stream else { return }
        let shell = shell
        let link = value.link
        let http = HTTP1Channel(responder: { request, writer, _ in
            let response = await shell.respond(to: request, by: link)
            try await writer.write(response: response.head, body: response.body)
        })
        await withTaskExecutorPreference(value.executor) {
            await http.handle(value: stream, logger: logger)
        }
    }
}

/// What belongs to each event loop.
struct LoopLocals: Sendable {
    struct Local: Sendable {
        let watch: NIOLoopBound<LoopWatch>
        let executor: LoopExecutor
    }

    private let locals: [ObjectIdentifier: Local]

    /// Makes what belongs to the loops and starts their clocks.
    init(of group: any EventLoopGroup, limits: ConnectionLimits) async throws {
        var locals: [ObjectIdentifier: Local] = [:]
        for loop in group.makeIterator() {
            let watch = try await loop.submit {
                let watch = NIOLoopBound(LoopWatch(limits: limits), eventLoop: loop)
                watch.value.clock = loop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { _ in
                    watch.value.advance()
                }
                return watch
            }.get()
            locals[ObjectIdentifier(loop)] = Local(watch: watch, executor: LoopExecutor(loop: loop))
        }
        self.locals = locals
    }

    /// Closes every connection at once, whatever it is doing.
    func closeAll() {
        for local in locals.values { local.watch.eventLoop.execute { local.watch.value.closeAll() } }
    }

    /// Stops the clocks, when the last connection has gone.
    func stop() {
        for local in locals.values { local.watch.eventLoop.execute { local.watch.value.clock?.cancel() } }
    }

    func local(of loop: any EventLoop) -> Local? { locals[ObjectIdentifier(loop)] }
}
