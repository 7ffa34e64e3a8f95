// Finding the word that was meant.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace freehold::configuration {

/// Insertions, deletions, replacements and swaps of neighbours that turn one
/// word into the other (optimal string alignment distance).
std::size_t edit_distance(std::string_view left, std::string_view right);

/// The candidate closest to `word`, if it is close enough to have been meant:
/// at most a third of the letters differ, though always two may.
std::optional<std::string> nearest(std::string_view word,
                                   const std::vector<std::string>& candidates);

/// "; did you mean X?", or nothing.
std::string suggestion(std::string_view word, const std::vector<std::string>& candidates);

} // namespace freehold::configuration
