import Dispatch
import Foundation
import Learning

/// Ctrl-C and SIGTERM: the first asks the training to end after its step, the second ends the program at once.
final class StopSignals {
    let signal = StopSignal()
    private var sources: [any DispatchSourceSignal] = []

    init() {
        let stop = signal
        for number in [SIGINT, SIGTERM] {
            Foundation.signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                if stop.wasAsked { _exit(130) }
                stop.ask()
                Terminal.warn("\nending after this step; once more ends at once")
            }
            source.resume()
            sources.append(source)
        }
    }
}
