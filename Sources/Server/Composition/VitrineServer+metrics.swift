import Messaging
import Storage

extension VitrineServer {
    /// What `/metrics` shows beside the requests.
    func registerMetrics() {
        registerDatabaseMetrics()
        registerProcessMetrics()
        registerDeliveryMetrics()
        registerModelMetrics()
        registerDeskMetrics()
        registerStatisticsMetrics()
        scanMeters.register(in: metrics, gate: scanGate)
        let messaging = core.messaging
        metrics.gauge("vitrine_long_polls", "Open long polls.") { Double(messaging.openPolls) }
    }

    private func registerDatabaseMetrics() {
        let database = core.database
        metrics.counter("vitrine_commits_total", "Commits, each one sync of the disk.") {
            Double(database.statistics.commits)
        }
        metrics.distribution("vitrine_commit_seconds", "Time of a commit: the sync of the disk, mostly.") {
            database.commitSeconds
        }
        metrics.distribution("vitrine_commit_commands", "Write commands that shared a commit.") {
            database.commandsPerCommit
        }
        metrics.counter("vitrine_commands_total", "Write commands that were committed.") {
            Double(database.statistics.commands)
        }
        metrics.counter("vitrine_commands_refused_total", "Write commands whose batch failed.") {
            Double(database.statistics.refusedCommands)
        }
        metrics.counter("vitrine_checkpoint_failures_total", "Checkpoints that ended with an error.") {
            Double(database.statistics.checkpointFailures)
        }
        metrics.gauge("vitrine_write_queue", "Write commands that wait.") {
            Double(database.statistics.waitingCommands)
        }
        metrics.gauge("vitrine_read_queue", "Reads that wait.") { Double(database.statistics.waitingReads) }
        metrics.gauge("vitrine_wal_bytes", "Bytes of the write-ahead log in use.") {
            Double(database.statistics.logBytes)
        }
        metrics.gauge("vitrine_last_commit_timestamp_seconds", "When the last commit was.") {
            Double(database.statistics.lastCommitMilliseconds) / 1_000
        }
        metrics.gauge("vitrine_position", "The newest position: events, receipts and other changes so far.") {
            Double(database.position)
        }
        metrics.gauge("vitrine_database_writable", "1 while the database takes writes.") {
            database.state == .writable ? 1 : 0
        }
    }

    private func registerProcessMetrics() {
        metrics.gauge("process_resident_memory_bytes", "Resident memory.") { ProcessFigures.residentBytes }
        metrics.gauge("process_open_fds", "Open files and sockets.") { ProcessFigures.openDescriptors }
        metrics.counter("process_cpu_seconds_total", "Processor time used.") { ProcessFigures.processorSeconds }
    }

    private func registerDeliveryMetrics() {
        let meters = deliveries
        metrics.counter("vitrine_service_transactions_total", "Transactions that application services took.") {
            Double(meters.transactions.total)
        }
        metrics.counter("vitrine_service_failures_total", "Transactions that application services did not take.") {
            Double(meters.failedTransactions.total)
        }
        metrics.counter("vitrine_push_notices_total", "Notices that push gateways took.") {
            Double(meters.pushes.total)
        }
        metrics.counter("vitrine_push_failures_total", "Notices that push gateways did not take.") {
            Double(meters.failedPushes.total)
        }
        metrics.counter("vitrine_pushers_rejected_total", "Pushers that gateways said are gone.") {
            Double(meters.rejectedPushers.total)
        }
    }
}
