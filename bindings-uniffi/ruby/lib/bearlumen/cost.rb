# frozen_string_literal: true

module BearLumen
  # What a call used and cost, without recording anything.
  #
  # @param response [Hash, String, Object] a response, its JSON, or a client library's object
  # @param at [Time, nil] priced as of then; now when absent
  # @return [Hash] "provider", "model", "usage", "totals", "cost", "warnings", …: the same in every language
  # @raise [InvalidRequestError] when it is no response of a provider that is known
  def self.cost_of(response, at: nil, **hints)
    priced { BearlumenCore.cost_of(Wire.json(response), Wire.hints(**hints), Cost.at_ms(at)) }
  end

  # The same of a stream: its text as it came, or a list of its chunks.
  def self.cost_of_stream(stream, at: nil, **hints)
    priced { BearlumenCore.cost_of_stream(Wire.json(stream), Wire.hints(**hints), Cost.at_ms(at)) }
  end

  # @api private
  module Cost
    def self.at_ms(time)
      time ? (time.to_r * 1000).floor : Clock.wall_ms
    end
  end

  def self.priced
    JSON.parse(yield)
  rescue BearlumenCore::CostError::UnreadableResponse => e
    raise InvalidRequestError.new(e.reason, code: "unreadable_response")
  rescue BearlumenCore::CostError::UnknownResponse => e
    raise InvalidRequestError.new(e.reason, code: "unknown_response")
  end
  private_class_method :priced
end
