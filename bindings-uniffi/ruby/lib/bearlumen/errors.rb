# frozen_string_literal: true

module BearLumen
  # The base of everything this gem raises.
  class Error < StandardError
    # @return [String] such as "rate_limit_exceeded"
    attr_reader :code
    # @return [Integer, nil] the HTTP status, nil where no server answered
    attr_reader :status
    # @return [String, nil] for support
    attr_reader :correlation_id
    # @return [Float, nil] seconds to wait, where the service asks for it
    attr_reader :retry_after

    def initialize(message, code:, status: nil, correlation_id: nil, retry_after: nil)
      super(message)
      @code = code
      @status = status
      @correlation_id = correlation_id
      @retry_after = retry_after
    end
  end

  # The request must change first.
  class InvalidRequestError < Error; end
  # The e-mail address is malformed.
  class InvalidEmailError < InvalidRequestError; end
  # The key is missing, wrong, revoked, or lacks a scope.
  class AuthenticationError < Error; end
  # No such thing.
  class NotFoundError < Error; end
  # An end user with this external id exists already.
  class DuplicateCustomerError < InvalidRequestError; end
  # Too many requests; see {Error#retry_after}.
  class RateLimitError < Error; end
  # The service could not be reached, or cannot take the request now.
  class NetworkError < Error; end

  # @api private
  module Failure
    KINDS = {
      BearlumenCore::FailureKind::INVALID_REQUEST => InvalidRequestError,
      BearlumenCore::FailureKind::INVALID_EMAIL => InvalidEmailError,
      BearlumenCore::FailureKind::AUTHENTICATION => AuthenticationError,
      BearlumenCore::FailureKind::NOT_FOUND => NotFoundError,
      BearlumenCore::FailureKind::DUPLICATE_CUSTOMER => DuplicateCustomerError,
      BearlumenCore::FailureKind::RATE_LIMIT => RateLimitError,
      BearlumenCore::FailureKind::NETWORK => NetworkError,
      BearlumenCore::FailureKind::OTHER => Error
    }.freeze

    # @param answer [Transport::Answer]
    # @return [Error]
    def self.of(answer)
      read = BearlumenCore.read_failure(answer.status, answer.retry_after, answer.body, Clock.wall_ms)
      KINDS.fetch(read.kind).new(
        read.message,
        code: read.code, status: answer.status, correlation_id: read.correlation_id,
        retry_after: read.retry_after_ms && (read.retry_after_ms / 1000.0)
      )
    end

    # @param lost [BearlumenCore::Lost]
    def self.of_loss(lost)
      Lost.new(lost.code.downcase, lost.message, lost.correlation_id, lost.status, lost.events)
    end
  end

  # Events that were given up: what an `on_error` handler gets.
  Lost = Struct.new(:code, :message, :correlation_id, :status, :events)

  # @api private
  module Clock
    def self.wall_ms
      Process.clock_gettime(Process::CLOCK_REALTIME, :millisecond)
    end

    def self.now_ms
      Process.clock_gettime(Process::CLOCK_MONOTONIC, :millisecond)
    end
  end
end
