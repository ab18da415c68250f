/// A few threads for calls on files that may wait for the disk.
final class FileWorkers: Sendable {
    private let queue = CommandQueue<any Command<Void>>(limit: 65_536, byteLimit: .max)

    init(count: Int, name: String) {
        for number in 0..<count {
            _ = WorkerThread("\(name).\(number)") { [queue] in
                while let commands = queue.take(limit: 1, byteLimit: .max) {
                    for command in commands {
                        do {
                            try command.run(())
                            command.succeed()
                        } catch {
                            command.fail(error)
                        }
                    }
                }
            }
        }
    }

    deinit { queue.close() }

    func run<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { caller in
            let command = TypedCommand<Void, T>(caller: caller) { _ in try body() }
            switch queue.append(command, bytes: 0) {
            case .admitted: break
            case .full, .closed: command.fail(StorageError(.busy, "Too many files are being written or read."))
            }
        }
    }
}
