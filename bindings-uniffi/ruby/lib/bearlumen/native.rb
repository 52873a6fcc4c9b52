# frozen_string_literal: true

# The compiled core and its generated face. Both are private to this gem.
begin
  require_relative "native/bearlumen_core"
rescue LoadError => e
  raise unless e.message.include?("bearlumen")

  raise LoadError, "bearlumen has no compiled core for #{RUBY_PLATFORM} in this gem; " \
                   "install the gem of your platform, or build it (bindings-uniffi/README.md): #{e.message}"
end
