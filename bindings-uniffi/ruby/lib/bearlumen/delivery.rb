# frozen_string_literal: true

module BearLumen
  # The loop that carries bytes: it asks the core what to do, does it, and reports. Nothing is decided here.
  #
  # @api private
  class Delivery
    attr_reader :tracker

    def initialize(tracker, transport, on_error)
      @tracker = tracker
      @transport = transport
      @on_error = on_error
      # A pipe, since a signal handler may wake through it where it may not lock.
      @wake_reader, @wake_writer = IO.pipe
      @settled = Queue.new
      @sleeps_until = nil
      @start = Mutex.new
      @thread = nil
    end

    # Called after an event was queued. Cheap while the worker is due soon anyway.
    def notice
      start unless @thread&.alive?
      due_at = @tracker.due_at
      sleeps_until = @sleeps_until
      wake if due_at && sleeps_until && due_at < sleeps_until
    end

    # Sends everything that is queued.
    #
    # @param timeout [Numeric, nil] seconds; nil waits to the end
    # @return [Boolean] whether it was all settled in time
    def flush(timeout)
      deadline = timeout && (Clock.now_ms + (timeout * 1000))
      flush = @tracker.flush
      start unless @thread&.alive?
      until @tracker.is_settled(flush)
        return false if deadline && Clock.now_ms >= deadline

        wake
        sleep(0.005)
      end
      true
    end

    def stop
      @stopping = true
      wake
      @thread&.join(1)
    end

    private

    def start
      @start.synchronize do
        return if @thread&.alive?

        @thread = Thread.new { run }
        @thread.name = "bearlumen"
        @thread.report_on_exception = false
      end
    rescue ThreadError
      # Inside a signal handler nothing may lock; the next call from outside starts the worker.
    end

    def run
      step until @stopping
    ensure
      @transport.close
    end

    def step
      case (step = @tracker.next_step(Clock.now_ms))
      when BearlumenCore::Step::SEND then send_batch(step.batch)
      when BearlumenCore::Step::WAIT_UNTIL then rest(step.at_ms)
      else rest(nil)
      end
      tell(@tracker.take_losses)
    end

    def send_batch(batch)
      answer =
        begin
          got = @transport.request("post", "/v1/usage/events/batch", batch.body)
          BearlumenCore::Answer::ANSWERED.new(status: got.status, retry_after: got.retry_after, body: got.body.b)
        rescue StandardError
          # Whatever went wrong, the batch is accounted for: it is kept and sent again.
          BearlumenCore::Answer::UNREACHABLE.new
        end
      tell(@tracker.report(batch.id, answer, Clock.now_ms, nil))
    end

    def rest(until_ms)
      @sleeps_until = until_ms || Float::INFINITY
      # Something may have come due between the question and the nap.
      due_at = @tracker.due_at
      return if due_at && due_at < @sleeps_until

      seconds = until_ms && [(until_ms - Clock.now_ms) / 1000.0, 0].max
      @wake_reader.read_nonblock(4096, exception: false) if @wake_reader.wait_readable(seconds)
    ensure
      @sleeps_until = nil
    end

    def wake
      @wake_writer.write_nonblock("!", exception: false)
    rescue IOError, Errno::EPIPE
      # The process is ending.
    end

    def tell(losses)
      losses.each do |lost|
        @on_error&.call(Failure.of_loss(lost))
      rescue StandardError => e
        warn("bearlumen: the on_error handler failed: #{e.class}: #{e.message}")
      end
    end
  end
end
