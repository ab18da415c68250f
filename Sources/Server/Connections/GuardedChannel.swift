import Basics
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1

/// Sets up the connections: HTTP/1.1 between our limits. Once set up, a connection looks after itself.
struct GuardedChannel: ServerChildChannel {
    /// A connection that was set up, or refused.
    struct Value: ServerChildChannelValue {
        let channel: any Channel
    }

    let shell: Shell
    let limits: ConnectionLimits
    let table: ConnectionTable
    let loops: LoopLocals
    let work: WorkCount

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let address = ClientAddress(channel.remoteAddress) ?? .unspecified
        let link = ClientLink(address: address)
        guard let local = loops.local(of: channel.eventLoop), table.admit(address) else { return refuse(channel) }
        work.begin()
        channel.closeFuture.whenComplete { [work, table] _ in
            table.release(address)
            work.end()
        }
        return channel.eventLoop.makeCompletedFuture {
            try tune(channel)
            try addHandlers(to: channel.pipeline.syncOperations, link, local)
            return Value(channel: channel)
        }
    }

    private func addHandlers(
        to pipeline: ChannelPipeline.SynchronousOperations, _ link: ClientLink, _ local: LoopLocals.Local
    ) throws {
        var decoderLimits = NIOHTTPDecoderLimitConfiguration()
        decoderLimits.maxHeaderFieldSize = limits.fieldBytes
        decoderLimits.maxHeaderListSize = limits.headBytes
        decoderLimits.maxHeaderFieldCount = limits.fieldCount
        // One after the other is our handler's work; HTTPTypes have checked what we send.
        try pipeline.configureHTTPServerPipeline(
            withPipeliningAssistance: false, withErrorHandling: false, withOutboundHeaderValidation: false,
            withEncoderConfiguration: .init(), withDecoderLimitConfiguration: decoderLimits)
        try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
        try pipeline.addHandler(ConnectionGuard(link: link, loop: local.watch.value))
        try pipeline.addHandler(
            ExchangeHandler(link: link, shell: shell, work: work, executor: local.executor))
    }

    /// Small buffers: most connections wait, and a waiting connection keeps what it last read into.
    private func tune(_ channel: any Channel) throws {
        let sizes = AdaptiveRecvByteBufferAllocator(minimum: 512, initial: 512, maximum: 65_536)
        try channel.syncOptions?.setOption(.recvAllocator, value: sizes)
        try channel.syncOptions?.setOption(.maxMessagesPerRead, value: 2)
    }

    private func refuse(_ channel: any Channel) -> EventLoopFuture<Value> {
        let refusal = RequestError.resourceLimit("Too many connections. Try again in a moment.")
        let body = String(decoding: ErrorReply.body(of: refusal), as: UTF8.self)
        let head = [
            "HTTP/1.1 503 Service Unavailable", "Content-Type: application/json", "Retry-After: 1",
            "Content-Length: \(body.utf8.count)", "Connection: close", "", "",
        ]
        let text = head.joined(separator: "\r\n") + body
        channel.writeAndFlush(ByteBuffer(string: text)).whenComplete { _ in channel.close(promise: nil) }
        return channel.eventLoop.makeSucceededFuture(Value(channel: channel))
    }

    func handle(value: Value, logger: Logger) async {}
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
