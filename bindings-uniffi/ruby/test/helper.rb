# frozen_string_literal: true

require "minitest/autorun"
require "json"
require "bearlumen"

VECTORS = ENV.fetch("BEARLUMEN_VECTORS") { File.expand_path("../../../tests/vectors", __dir__) }

def vectors(folder)
  files = Dir[File.join(VECTORS, folder, "**", "*.json")]
  raise "no vectors in #{folder}" if files.empty?

  files.sort.map { |file| [File.basename(file, ".json"), JSON.parse(File.read(file))] }
end
