# frozen_string_literal: true

# Forecast, anomalies, savings and routing, of the caller's own numbers. Nothing is sent. Questions and answers are the
# same in every language; a question is a Hash with keys in either spelling, or its JSON.
module BearLumen
  # What the coming days will cost: start, daily_nanos, horizon_days, level.
  def self.forecast(question)
    advised { BearlumenCore.forecast(Advice.json(question)) }
  end

  # What is odd: series, unpriced, budget, check_days, least_nanos.
  def self.anomalies(question)
    advised { BearlumenCore.anomalies(Advice.json(question)) }
  end

  # What the same usage would have cost otherwise: usage or events, at (now when absent), and more.
  def self.savings(question)
    advised { BearlumenCore.savings(Advice.json(question, priced: true)) }
  end

  # Which model should answer: prompt or input_tokens, at (now when absent), and more.
  def self.route(question)
    advised { BearlumenCore.route(Advice.json(question, priced: true)) }
  end

  # @api private
  module Advice
    def self.json(question, priced: false)
      return question if question.is_a?(String)

      asked = question.to_h.transform_keys(&:to_s)
      asked["at"] ||= Time.now.utc.iso8601 if priced
      JSON.generate(asked)
    end
  end

  def self.advised
    JSON.parse(yield)
  rescue BearlumenCore::AdviceError::InvalidQuestion => e
    raise InvalidRequestError.new(e.reason, code: "validation_error")
  end
  private_class_method :advised
end
