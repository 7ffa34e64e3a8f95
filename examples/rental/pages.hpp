// Pages from templates.
#pragma once

#include <ctemplate/template.h>

#include <filesystem>
#include <stdexcept>
#include <string>

namespace rental {

/// The values of a page: those of the frame that all have, and of the template in it. Where a
/// template shows one, it is escaped as that place needs it.
struct page {
  page(const char* content_template, const char* title)
      : content{*frame.AddIncludeDictionary("CONTENT")} {
    content.SetFilename(content_template);
    frame["PAGE_TITLE"] = title;
  }
  ctemplate::TemplateDictionary frame{"page"};
  ctemplate::TemplateDictionary& content;
};

/// The templates of a folder. Any thread may render.
class templates {
public:
  /// Throws `std::runtime_error` when one of the files is none.
  explicit templates(const std::filesystem::path& folder) {
    files_.SetTemplateRootDirectory(folder.string());
    for (const auto& each : std::filesystem::directory_iterator{folder})
      if (!files_.LoadTemplate(each.path().filename().string(), ctemplate::STRIP_BLANK_LINES))
        throw std::runtime_error{"not a template: " + each.path().string()};
    files_.Freeze();
  }
  [[nodiscard]] std::string render(const page& what) const {
    std::string text;
    ctemplate::StringEmitter to{&text};
    files_.ExpandNoLoad("frame.html", ctemplate::STRIP_BLANK_LINES, &what.frame, nullptr, &to);
    return text;
  }

private:
  ctemplate::TemplateCache files_;
};

} // namespace rental
