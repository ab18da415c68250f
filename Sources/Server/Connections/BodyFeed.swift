import Basics
import HummingbirdCore
import NIOCore

/// The body of a request that is handled while it arrives.
///
/// Used on its event loop only; what it feeds may be read anywhere.
final class BodyFeed {
    private typealias Producer = NIOThrowingAsyncSequenceProducer<
        ByteBuffer, any Error, NIOAsyncSequenceProducerBackPressureStrategies.HighLowWatermark, Reader
    >

    private struct Reader: NIOAsyncSequenceProducerDelegate {
        let feed: NIOLoopBound<BodyFeed>

        func produceMore() { feed.eventLoop.execute { feed.value.asksForMore() } }
        func didTerminate() { feed.eventLoop.execute { feed.value.asksForMore() } }
    }

    private let onRoom: () -> Void
    private var source: Producer.Source?
    /// Whether enough is waiting to be read.
    private(set) var isFull = false
    /// What the handler of the request reads.
    private(set) var body = RequestBody(buffer: ByteBuffer())

    /// A feed; `onRoom` is called on the event loop when there is room for more after ``isFull``.
    init(eventLoop: any EventLoop, onRoom: @escaping () -> Void) {
        self.onRoom = onRoom
        let producer = Producer.makeSequence(
            elementType: ByteBuffer.self, backPressureStrategy: .init(lowWatermark: 1, highWatermark: 4),
            finishOnDeinit: true, delegate: Reader(feed: NIOLoopBound(self, eventLoop: eventLoop)))
        source = producer.source
        body = RequestBody(asyncSequence: producer.sequence)
    }

    func feed(_ bytes: ByteBuffer) {
        if case .stopProducing? = source?.yield(bytes) { isFull = true }
    }

    /// The body is whole.
    func finish() {
        source?.finish()
        drop()
    }

    /// The client went away in the middle.
    func fail() {
        source?.finish(
            RequestError(status: 400, code: "M_UNKNOWN", message: "The connection closed before the body was whole."))
        drop()
    }

    /// Nobody wants the rest.
    func drop() {
        source = nil
        isFull = false
    }

    private func asksForMore() {
        guard isFull else { return }
        isFull = false
        onRoom()
    }
}
