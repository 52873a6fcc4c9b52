# frozen_string_literal: true

require "json"

module BearLumen
  # A stream on its way through: yields what the provider's stream yields, unchanged, and becomes one event when
  # it ends, breaks off or is left.
  class Stream
    include Enumerable

    # @api private
    def initialize(source, recorder)
      @source = source
      @recorder = recorder
      @result = nil
    end

    # Yields every chunk.
    def each
      return enum_for(:each) unless block_given?

      whole = false
      begin
        @source.each do |chunk|
          feed(chunk)
          yield chunk
        end
        whole = true
      ensure
        finish(cut_short: !whole)
      end
      self
    end

    # Reads one chunk along, for streams that arrive through a callback.
    #
    # @return what was handed in
    def feed(chunk)
      @recorder.feed(bytes(chunk))
      chunk
    rescue StandardError => e
      # A chunk that cannot be read leaves the event incomplete; the caller's stream goes on.
      @recorder.feed("\n")
      @unread = e
      chunk
    end

    # Ends the stream. Calling it again changes nothing.
    #
    # @return [Result]
    def finish(cut_short: false)
      @result ||= Result.new(@recorder.finish(cut_short || !@unread.nil?, Clock.wall_ms, Clock.now_ms))
    end

    # @return [Result, nil] nil while the stream is under way
    attr_reader :result

    def respond_to_missing?(name, include_private = false)
      @source.respond_to?(name, include_private) || super
    end

    # The source's own methods keep working.
    def method_missing(name, ...)
      @source.respond_to?(name) ? @source.public_send(name, ...) : super
    end

    private

    # Objects become events of one line; text is read as it comes, cut anywhere.
    def bytes(chunk)
      chunk.is_a?(String) ? chunk.b : "data: #{Wire.json(chunk)}\n\n"
    end
  end
end
