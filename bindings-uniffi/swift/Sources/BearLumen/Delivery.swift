import BearLumenCore
import Foundation

/// The loop that carries bytes: it asks the core what to do, does it, and reports. Nothing is decided here.
actor Delivery {
    private let tracker: Tracker
    private let transport: Transport
    private let onError: (@Sendable (Lost) -> Void)?
    private var worker: Task<Void, Never>?
    private var nap: Task<Void, Never>?
    private var sleepsUntil = Int64.min

    init(tracker: Tracker, transport: Transport, onError: (@Sendable (Lost) -> Void)?) {
        self.tracker = tracker
        self.transport = transport
        self.onError = onError
    }

    /// Called after an event was queued.
    func notice() {
        guard let due = tracker.dueAt() else { return }
        start()
        if due < sleepsUntil { nap?.cancel() }
    }

    /// Waits until everything queued before a flush is settled.
    func settle(_ flush: UInt64) async {
        start()
        while !tracker.isSettled(flush: flush) {
            nap?.cancel()
            try? await Task.sleep(nanoseconds: 5_000_000)
        }
    }

    func get(_ path: String) async throws -> Data {
        let answer = try await transport.request("GET", path, body: nil)
        guard answer.status < 400 else {
            let failure = readFailure(
                status: answer.status, retryAfter: answer.retryAfter, body: answer.body, nowMs: Clock.wallMs())
            throw BearLumenError(
                code: failure.code, message: failure.message, status: Int(answer.status),
                correlationId: failure.correlationId, retryAfter: failure.retryAfterMs.map { Double($0) / 1000 })
        }
        return answer.body
    }

    private func start() {
        if worker == nil { worker = Task { await run() } }
    }

    private func run() async {
        while !Task.isCancelled {
            switch tracker.nextStep(nowMs: Clock.nowMs()) {
            case .send(let batch): await send(batch)
            case .waitUntil(let atMs): await rest(until: atMs)
            case .idle:
                // The next event starts the loop again.
                worker = nil
                tell(tracker.takeLosses())
                return
            }
            tell(tracker.takeLosses())
        }
    }

    private func send(_ batch: Batch) async {
        let answer: Answer
        do {
            let got = try await transport.request("POST", "/v1/usage/events/batch", body: batch.body)
            answer = .answered(status: got.status, retryAfter: got.retryAfter, body: got.body)
        } catch {
            // Whatever went wrong, the batch is accounted for: it is kept and sent again.
            answer = .unreachable
        }
        tell(tracker.report(batchId: batch.id, answer: answer, nowMs: Clock.nowMs(), jitter: nil))
    }

    private func rest(until: Int64) async {
        let wait = max(until - Clock.nowMs(), 0)
        sleepsUntil = until
        let nap = Task<Void, Never> { try? await Task.sleep(nanoseconds: UInt64(wait) * 1_000_000) }
        self.nap = nap
        await nap.value
        sleepsUntil = Int64.min
    }

    private func tell(_ losses: [Lost]) {
        for lost in losses { onError?(lost) }
    }
}
