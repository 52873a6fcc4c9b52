# frozen_string_literal: true

require "json"
require "bigdecimal"

module BearLumen
  # What one tracked call used and cost.
  class Result
    # @api private
    def initialize(native)
      @native = native
    end

    # @!attribute event_id the event's id at the service, "evt_…"
    # @!attribute provider who answered, nil when unknown
    # @!attribute model nil when unknown
    # @!attribute input_tokens tokens sent, cached ones included
    # @!attribute output_tokens tokens received, reasoning included
    # @!attribute cost_nanos nano-dollars (10^-9 USD), nil when unknown
    # @!attribute cost_basis "reported", "exact", "estimated" or "unpriced"
    %i[event_id idempotency_key provider model input_tokens output_tokens total_tokens cost_nanos cost_basis
       warnings].each { |name| define_method(name) { @native.public_send(name) } }

    # @return [BigDecimal, nil] US dollars; nil when unknown, never 0
    def cost
      cost_nanos && (BigDecimal(cost_nanos) / 1_000_000_000)
    end

    # @return [Boolean] the stream ended early, or the response said nothing: what is known is not all
    def incomplete?
      @native.incomplete
    end

    # @return [Hash] everything, with usage by bucket and the cost's lines
    def to_h
      @to_h ||= JSON.parse(@native.json)
    end

    def inspect
      "#<BearLumen::Result #{provider}/#{model} #{input_tokens} in, #{output_tokens} out, #{cost_basis} " \
        "#{cost ? "$#{cost.to_s("F")}" : "unknown"}>"
    end
  end
end
