#include <freehold/value_codec.hpp>

#include <utility>

#include <freehold/error.hpp>

#include "runtime/value_utf8.hpp"

namespace freehold {

void unreadable(std::string_view type_name, std::string_view why) {
  error problem;
  problem.code = errc::bad_conversion;
  problem.message.append("does not read as ").append(type_name);
  if (!why.empty())
    problem.message.append(": ").append(why);
  throw failure{std::move(problem)};
}

void parameters::add_field(field value) {
  if (count_ < few)
    first_[count_] = value;
  else
    more_.push_back(value);
  ++count_;
}

void parameters::add_null() {
  add_field({0, -1, false});
}

void parameters::add_text(std::string_view text) {
  const std::size_t bad = first_unsendable_byte(text);
  if (bad == std::string_view::npos) [[likely]]
    return append(text, false);
  const bool is_nul = text[bad] == '\0';
  refuse((is_nul ? "text contains a NUL byte at offset " : "text is not valid UTF-8 at offset ") +
         std::to_string(bad));
}

void parameters::add_binary(std::span<const std::byte> bytes) {
  append({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, true);
}

void parameters::refuse(std::string_view why) {
  add_null();
  if (problem_)
    return;
  problem_ = "parameter $" + std::to_string(size()) + ": ";
  problem_->append(why);
}

void parameters::append(std::string_view bytes, bool binary) {
  if (bytes.size() > largest_field) {
    return refuse(std::to_string(bytes.size()) +
                  " bytes are more than a field of the server holds (" +
                  std::to_string(largest_field) + ")");
  }
  add_field({buffer_.size(), static_cast<int>(bytes.size()), binary});
  buffer_.append(bytes);
  buffer_ += '\0';
}

} // namespace freehold
