import Basics
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Keeps one connection within its limits: time for heads, bodies and replies, a readable refusal of what is no HTTP,
/// and an end that lets the client read our last word.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let link: ClientLink
    private let loop: LoopWatch
    private var watch: ConnectionWatch
    private var context: ChannelHandlerContext?
    private var sawMessage = false
    private var replyBegun = false
    private var closesAfterReply = false
    /// Nothing more is read or written but what has been written already.
    private var isOver = false
    private var closesWhenSent: (mode: CloseMode, promise: EventLoopPromise<Void>?)?

    init(link: ClientLink, loop: LoopWatch) {
        self.link = link
        self.loop = loop
        watch = ConnectionWatch(limits: loop.limits, at: loop.tick)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        loop.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        loop.remove(self)
        self.context = nil
    }

    // MARK: Inbound

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver else { return }
        sawMessage = true
        switch unwrapInboundIn(data) {
        case .head(let head): receivedHead(head, context)
        case .body(let bytes): watch.receivedBody(bytes.readableBytes)
        case .end: watch.receivedEnd(at: loop.tick)
        }
        link.isBodyPending = watch.isBodyPending
        context.fireChannelRead(data)
    }

    private func receivedHead(_ head: HTTPRequest, _ context: ChannelHandlerContext) {
        let isFirst = watch.answering == 0
        watch.receivedHead(
            announcedLength: head.headerFields[.contentLength].flatMap { Int($0) },
            isChunked: head.headerFields[.transferEncoding] != nil, at: loop.tick)
        if isFirst, head.headerFields[.expect]?.lowercased() == "100-continue" {
            context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if !sawMessage, !isOver { watch.receivedFragment(at: loop.tick) }
        sawMessage = false
        context.fireChannelReadComplete()
    }

    func channelInactive(context: ChannelHandlerContext) {
        link.closed()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event {
            link.closed()
            if isOver { context.close(promise: nil) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case HTTPParserError.headerOverflow:
            refuse(RequestError(status: 431, code: "M_TOO_LARGE", message: "The head of this request is too large."))
        case is HTTPParserError:
            refuse(RequestError(status: 400, code: "M_UNRECOGNIZED", message: "This is not a request in HTTP/1.1."))
        default:
            context.fireErrorCaught(error)
            context.close(promise: nil)
        }
    }

    // MARK: Outbound

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !isOver else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(let head):
            replyBegun = head.status.kind != .informational
            if head.headerFields[.connection] == "close" { closesAfterReply = true }
            context.write(data, promise: promise)
        case .body(let bytes):
            watch.wrote(bytes.readableBytes)
            context.write(data, promise: promise)
        case .end:
            replyBegun = false
            watch.replied(at: loop.tick)
            link.isBodyPending = watch.isBodyPending
            context.write(data, promise: promise)
            if closesAfterReply { finish(context) }
        }
    }

    /// Closing waits until what has been written is with the other side, as long as it takes it.
    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if mode == .output { watch.lingers(at: loop.tick) }
        guard unsentBytes > 0, mode != .input else {
            context.close(mode: mode, promise: promise)
            return
        }
        if let earlier = closesWhenSent?.promise { promise?.futureResult.cascade(to: earlier) }
        closesWhenSent = (mode, promise ?? closesWhenSent?.promise)
    }

    // MARK: The end

    /// Called every second.
    func tick() {
        guard let context else { return }
        let unsent = unsentBytes
        if unsent == 0, let (mode, promise) = closesWhenSent {
            closesWhenSent = nil
            context.close(mode: mode, promise: promise)
            return
        }
        switch watch.verdict(at: loop.tick, unsentBytes: unsent) {
        case .keep: break
        case .close: closeNow()
        case .abort: abort(context)
        case .refuse:
            refuse(RequestError(status: 408, code: "M_UNKNOWN", message: "The request took too long to arrive."))
        }
    }

    /// Closes without waiting for anything.
    func closeNow() {
        context?.close(promise: closesWhenSent?.promise)
        closesWhenSent = nil
    }

    /// Resets the connection: an ordinary close would leave the kernel trying to deliver.
    private func abort(_ context: ChannelHandlerContext) {
        guard let socket = context.channel as? any SocketOptionProvider else { return closeNow() }
        let guardian = NIOLoopBound(self, eventLoop: context.eventLoop)
        socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in guardian.value.closeNow() }
    }

    private var unsentBytes: Int {
        guard let options = context?.channel.syncOptions else { return 0 }
        return (try? options.getOption(.bufferedWritableBytes)) ?? 0
    }

    private func refuse(_ error: RequestError) {
        guard let context, !isOver else { return }
        guard !replyBegun, watch.answering <= 1 else {
            context.close(promise: nil)
            return
        }
        let body = ErrorReply.body(of: error)
        let head = HTTPResponse(
            status: .init(code: error.status),
            headerFields: [
                .contentType: "application/json", .contentLength: String(body.count), .connection: "close",
                .accessControlAllowOrigin: "*",
            ])
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(ByteBuffer(bytes: body))), promise: nil)
        context.write(wrapOutboundOut(.end(nil)), promise: nil)
        finish(context)
    }

    /// Ends our side and drops what still comes, for a while: closing at once would reset the connection and could
    /// take the reply away from the client that is still sending (RFC 9112, section 9.6).
    private func finish(_ context: ChannelHandlerContext) {
        isOver = true
        link.closed()
        context.flush()
        close(context: context, mode: .output, promise: nil)
    }
}
