import Basics
import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTPTypes

/// Answers the requests of one connection, one after the other: turns messages into calls of the shell and its replies
/// into messages.
///
/// A connection has no task of its own. One runs while a request is being answered; none while a long poll waits, so
/// that ten thousand waiting clients hold ten thousand small objects and no stacks. Used on its event loop only.
final class ExchangeHandler: ChannelInboundHandler, ChannelOutboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private enum State {
        /// Between two requests.
        case idle
        /// A short body is arriving; the request runs once it is whole.
        case gathering(HTTPRequest, ByteBuffer?)
        /// A task is answering.
        case answering
        /// A long poll waits, without a task.
        case waiting(PendingReply)
        /// Answered before the body had arrived: the rest is dropped.
        case skipping
        /// The connection is closed, or about to be.
        case over
    }

    /// Bodies up to this announced length are gathered before the request runs.
    private static let gatheredBytes = 65_536
    /// Parts of later requests that are kept before reading stops.
    private static let laterParts = 64

    private let link: ClientLink
    private let shell: Shell
    private let work: WorkCount
    private let executor: LoopExecutor
    private var context: ChannelHandlerContext?
    private var state = State.idle
    /// The body of the request that is being answered, while it is still arriving.
    private var body: BodyFeed?
    private var later: [HTTPRequestPart] = []
    private var closesAfterReply = false
    /// The reply that is being written says that it is the last; the guard before us then closes after it.
    private var saysClose = false
    /// The length of the reply is not known: it is told as it comes, so each part leaves at once.
    private var isStreaming = false
    private var isInputClosed = false
    private var isReadHeld = false
    private var writer: CheckedContinuation<Void, any Error>?

    init(link: ClientLink, shell: Shell, work: WorkCount, executor: LoopExecutor) {
        self.link = link
        self.shell = shell
        self.work = work
        self.executor = executor
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        end()
        self.context = nil
    }

    // MARK: Inbound

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        receive(unwrapInboundIn(data), context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed: inputClosed(context)
        case is ChannelShouldQuiesceEvent:
            closesAfterReply = true
            if case .idle = state { context.close(promise: nil) }
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    private func receive(_ part: HTTPRequestPart, _ context: ChannelHandlerContext) {
        switch (state, part) {
        case (.idle, .head(let head)): receivedHead(head)
        case (.gathering(let head, let buffer), .body(let bytes)): state = .gathering(head, joined(buffer, bytes))
        case (.gathering(let head, let buffer), .end): answer(head, RequestBody(buffer: buffer ?? ByteBuffer()))
        case (.skipping, .end): next()
        case (.skipping, .body), (.over, _): break
        case (.answering, .body(let bytes)): if let body { body.feed(bytes) } else { later.append(part) }
        case (.answering, .end) where body != nil:
            body?.finish()
            body = nil
        case (.answering, _), (.waiting, _): later.append(part)
        case (.idle, _), (.gathering, .head), (.skipping, .head): context.close(promise: nil)
        }
    }

    private func joined(_ buffer: ByteBuffer?, _ bytes: ByteBuffer) -> ByteBuffer {
        guard var buffer else { return bytes }
        buffer.writeImmutableBuffer(bytes)
        return buffer
    }

    private func receivedHead(_ head: HTTPRequest) {
        if head.headerFields[.connection]?.lowercased() == "close" { closesAfterReply = true }
        let length = head.headerFields[.contentLength].flatMap { Int($0) } ?? 0
        if head.headerFields[.transferEncoding] == nil, length <= Self.gatheredBytes {
            state = .gathering(head, nil)
        } else if let context {
            let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
            let feed = BodyFeed(eventLoop: context.eventLoop) { handler.value.resumeReading() }
            body = feed
            answer(head, feed.body)
        }
    }

    /// The client has ended its side; what it asked for before is still answered.
    private func inputClosed(_ context: ChannelHandlerContext) {
        isInputClosed = true
        switch state {
        case .idle, .gathering, .skipping: context.close(promise: nil)
        case .waiting(let pending): pending.poll.cancel()
        case .answering:
            body?.fail()
            body = nil
        case .over: break
        }
    }

    private func end() {
        let ended = state
        state = .over
        later = []
        body?.fail()
        body = nil
        writer.take()?.resume(throwing: ChannelError.ioOnClosedChannel)
        if case .waiting(let pending) = ended { pending.poll.cancel() }
    }

    // MARK: Reading no more than is used

    func read(context: ChannelHandlerContext) {
        if later.count >= Self.laterParts || body?.isFull == true { isReadHeld = true } else { context.read() }
    }

    private func resumeReading() {
        guard isReadHeld, later.count < Self.laterParts, body?.isFull != true else { return }
        isReadHeld = false
        context?.read()
    }

    // MARK: Answering

    private func answer(_ head: HTTPRequest, _ body: RequestBody) {
        let exchange = Exchange(Request(head: head, body: body), link, shell)
        run { [shell] in await shell.respond(to: exchange) }
    }

    private func run(_ step: @escaping @Sendable () async -> ShellAnswer) {
        guard let context else { return }
        state = .answering
        let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
        let work = work
        work.begin()
        Task(executorPreference: executor) {
            switch await step() {
            case .reply(let response):
                let isWhole = (try? await response.body.write(ReplyWriter(handler, response.head))) != nil
                if !isWhole { handler.value.closeNow() }
            case .wait(let pending): handler.value.park(pending)
            }
            work.end()
        }
    }

    private func park(_ pending: PendingReply) {
        guard let context, case .answering = state else { return }
        state = .waiting(pending)
        let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
        pending.poll.park { handler.eventLoop.execute { handler.value.wake(pending) } }
        if isInputClosed { pending.poll.cancel() }
    }

    private func wake(_ pending: PendingReply) {
        guard case .waiting(let waiting) = state, waiting === pending else { return }
        run { [shell, link] in await shell.resume(pending, by: link) }
    }

    /// The reply is out: what came meanwhile has its turn.
    private func next() {
        state = .idle
        let parts = later
        later = []
        var taken = 0
        while takesParts, taken < parts.count, let context {
            receive(parts[taken], context)
            taken += 1
        }
        if taken < parts.count { later = parts[taken...] + later }
        if case .idle = state, isInputClosed { context?.close(promise: nil) }
        resumeReading()
    }

    private var takesParts: Bool {
        switch state {
        case .idle, .gathering, .skipping: true
        case .answering: body != nil
        case .waiting, .over: false
        }
    }

    private func closeNow() { context?.close(promise: nil) }
}

// MARK: Writing

extension ExchangeHandler {
    fileprivate func write(_ head: HTTPResponse) throws {
        var head = head
        if closesAfterReply { head.headerFields[.connection] = "close" }
        saysClose = head.headerFields[.connection] == "close"
        isStreaming = head.headerFields[.contentLength] == nil
        try open().write(wrapOutboundOut(.head(head)), promise: nil)
    }

    fileprivate func write(_ bytes: ByteBuffer) throws {
        let context = try open()
        context.write(wrapOutboundOut(.body(bytes)), promise: nil)
        if isStreaming { context.flush() }
    }

    /// Calls back when the other side has taken enough of what was written.
    fileprivate func whenWritable(_ continuation: CheckedContinuation<Void, any Error>) {
        guard let context, context.channel.isActive else {
            continuation.resume(throwing: ChannelError.ioOnClosedChannel)
            return
        }
        context.flush()
        if context.channel.isWritable { continuation.resume() } else { writer = continuation }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { writer.take()?.resume() }
        context.fireChannelWritabilityChanged()
    }

    fileprivate func finish() throws {
        let context = try open()
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        guard case .answering = state else { return }
        if closesAfterReply || saysClose {
            end()
            // The server began to stop in the middle of the reply: its head could not say so.
            if !saysClose { context.close(promise: nil) }
        } else if body != nil {
            body?.drop()
            body = nil
            state = .skipping
            resumeReading()
        } else {
            next()
        }
    }

    fileprivate var isWritable: Bool { context?.channel.isWritable ?? true }

    private func open() throws -> ChannelHandlerContext {
        guard let context, context.channel.isActive else { throw ChannelError.ioOnClosedChannel }
        return context
    }
}

/// Writes one reply to its connection, no faster than the other side takes it.
private struct ReplyWriter: ResponseBodyWriter {
    private let handler: NIOLoopBound<ExchangeHandler>
    private var head: HTTPResponse?

    init(_ handler: NIOLoopBound<ExchangeHandler>, _ head: HTTPResponse) {
        self.handler = handler
        self.head = head
    }

    mutating func write(_ buffer: ByteBuffer) async throws {
        try begin()
        try handler.value.write(buffer)
        guard !handler.value.isWritable else { return }
        try await withCheckedThrowingContinuation { handler.value.whenWritable($0) }
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {
        try begin()
        try handler.value.finish()
    }

    private mutating func begin() throws {
        guard let head = head.take() else { return }
        try handler.value.write(head)
    }
}
