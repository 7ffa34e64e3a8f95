#include <freehold/value_codec.hpp>

#include <nlohmann/json.hpp>

namespace freehold {

void value_codec<nlohmann::json>::encode(parameters& to, const nlohmann::json& value) {
  std::string text;
  try {
    text = value.dump();
  } catch (const nlohmann::json::type_error&) { // its own text would quote the value
    return to.refuse("JSON contains a string that is not valid UTF-8");
  }
  to.add_text(text);
}

nlohmann::json value_codec<nlohmann::json>::decode(cell_view cell) {
  const std::string_view text = cell.text();
  auto parsed = nlohmann::json::parse(text.begin(), text.end(), nullptr, false);
  if (parsed.is_discarded())
    unreadable(name);
  return parsed;
}

} // namespace freehold
