# frozen_string_literal: true

require "json"
require "time"
require "bigdecimal"

module BearLumen
  # Turns what Ruby programs hold into what the core reads.
  #
  # @api private
  module Wire
    TEXTS = %i[user_id feature agent_id workflow_id session_id session_type subscription_id provider model url
               idempotency_key].freeze
    OTHERS = %i[headers timestamp dimensions metadata units cost].freeze

    # The JSON of a response: text as it is, hashes and the objects of client libraries as JSON.
    #
    # @return [String, nil] nil for nil
    def self.json(response)
      case response
      when nil then nil
      when String then response
      when Hash, Array then JSON.generate(response)
      else JSON.generate(plain(response))
      end
    end

    def self.plain(object)
      return object.deep_to_h if object.respond_to?(:deep_to_h)
      return object.to_h if object.respond_to?(:to_h)
      return JSON.parse(object.body) if object.respond_to?(:body)

      object.instance_variables.to_h { |name| [name.to_s.delete_prefix("@"), object.instance_variable_get(name)] }
    end

    # @raise [ArgumentError] for an option that does not exist: a slip of the pen in the caller's source
    def self.options(given)
      unknown = given.keys - TEXTS - OTHERS
      raise ArgumentError, "unknown option #{unknown.first}; options are #{(TEXTS + OTHERS).join(", ")}" if unknown.any?

      BearlumenCore::TrackOptions.new(
        **TEXTS.to_h { |name| [name, text(given[name])] },
        headers: headers(given[:headers]),
        timestamp: timestamp(given[:timestamp]),
        dimensions: (given[:dimensions] || {}).to_h { |key, value| [key.to_s, dimension(value)] },
        metadata: given[:metadata] && JSON.generate(given[:metadata]),
        units: (given[:units] || {}).to_h { |unit, amount| [unit.to_s, decimal(amount)] },
        cost: given[:cost] && decimal(given[:cost])
      )
    end

    def self.hints(provider: nil, model: nil, url: nil, headers: nil)
      BearlumenCore::Hints.new(provider: text(provider), model: text(model), url: text(url), headers: headers(headers))
    end

    def self.text(value)
      value&.to_s&.encode(Encoding::UTF_8, invalid: :replace, undef: :replace)
    end

    def self.headers(given)
      (given || {}).to_h { |name, value| [text(name), text(value.is_a?(Array) ? value.join(", ") : value)] }
    end

    def self.timestamp(given)
      given.respond_to?(:iso8601) ? given.iso8601(3) : text(given)
    end

    def self.dimension(value)
      return BearlumenCore::Dimension::NUMBER.new(value: value.to_f) if value.is_a?(Numeric)

      BearlumenCore::Dimension::TEXT.new(value: text(value))
    end

    # Money and quantities as decimal text, without a detour through binary fractions where Ruby has decimals.
    def self.decimal(value)
      case value
      when BigDecimal then value.to_s("F")
      when Rational then BigDecimal(value, 20).to_s("F")
      else value.to_s
      end
    end

    private_class_method :plain
  end
end
